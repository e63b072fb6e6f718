//! One request, from the asking to the customer who is told.

use livehand_kernel::{Fen, Millis, PersonId, Phrase, SkuId};
use serde::{Deserialize, Serialize};

use super::Road;
use crate::fulfilment::Node;
use crate::stock::codes;
use crate::verification::{CorrectedLine, Difference};

codes! {
    /// What the customer wants.
    #[cfg_attr(feature = "schema", schema(as = InterceptAim))]
    Aim {
        /// The parcel stays or comes back, and so does the money (拦截退款).
        Stop = "stop",
        /// It goes to somebody or somewhere else (改地址).
        Address = "address",
        /// Something else is in it (改规格).
        Spec = "spec",
    }
}

codes! {
    /// Where a request stands.
    #[cfg_attr(feature = "schema", schema(as = InterceptState))]
    State {
        /// Somebody has to do something: the warehouse, the station, the carrier or the customer (拦截中).
        Asked = "asked",
        /// The parcel is stopped (已拦下).
        Stopped = "stopped",
        /// The money went back (已退款).
        Refunded = "refunded",
        /// The goods are back on the shelf (已回补).
        Restocked = "restocked",
        /// The label says what it is to say, and the parcel goes on (已改单).
        Changed = "changed",
        /// The customer knows (已通知客户).
        Told = "told",
        /// It cannot be stopped or changed any more (拦截失败).
        Failed = "failed",
        /// Whoever asked took it back (已撤销).
        Withdrawn = "withdrawn",
    }
}

/// Who did a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// Their account.
    pub id: PersonId,
    /// Their name then.
    pub name: String,
}

codes! {
    /// Something that was done for a request.
    #[cfg_attr(feature = "schema", schema(as = InterceptDone))]
    Done {
        /// It was asked for.
        Requested = "requested",
        /// The order was held at once.
        Held = "held",
        /// The warehouse confirmed that it has the parcel, or that the label is changed (仓库确认).
        Confirmed = "confirmed",
        /// The parcel was gone when they looked (已离仓).
        Gone = "gone",
        /// The next thing is tried, because the parcel has come further.
        Further = "further",
        /// The station, the carrier or the customer did it (结果回执).
        Receipt = "receipt",
        /// It cannot be done.
        Failed = "failed",
        /// The money went back.
        Refunded = "refunded",
        /// The goods are back on the shelf.
        Restocked = "restocked",
        /// The order goes on with its new label.
        Changed = "changed",
        /// The customer was told.
        Told = "told",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

/// A step that was taken, with who took it and how long after the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    /// What was done.
    pub done: Done,
    /// On which road.
    pub road: Road,
    /// When.
    pub at: Millis,
    /// Who did it; nobody where the program did.
    pub by: Option<By>,
    /// In words: why not, or what the carrier said.
    pub words: String,
}

/// Why something is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// It stands elsewhere.
    #[error("an intercept that is {} does not take {}", .0.code(), .1.code())]
    NotNow(State, Done),
    /// What was scanned is another parcel.
    #[error("another parcel was scanned")]
    OtherParcel,
    /// More would go back than was paid.
    #[error("more than what was paid would go back")]
    TooMuch,
}

impl NotDone {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            NotDone::NotNow(..) => "intercept_step",
            NotDone::OtherParcel => "other_parcel",
            NotDone::TooMuch => "refund_too_much",
        }
    }

    /// For people.
    pub fn words(self) -> Phrase {
        match self {
            NotDone::NotNow(state, _) => {
                let (en, zh) = state.words();
                Phrase::new(
                    format!("The request is {en}: that cannot be done now"),
                    format!("该拦截单{zh}，当前不能这样操作"),
                )
            }
            NotDone::OtherParcel => Phrase::new(
                "What was scanned is not the number of this order: look at the parcel again",
                "扫描内容与该订单号不一致，请核对包裹",
            ),
            NotDone::TooMuch => Phrase::new("More would go back than was paid", "退款金额超过了实付金额"),
        }
    }
}

impl State {
    /// As it is said.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            State::Asked => ("waiting to be done", "正在拦截"),
            State::Stopped => ("done: the parcel is stopped", "已拦下"),
            State::Refunded => ("refunded", "已退款"),
            State::Restocked => ("restocked", "已回补库存"),
            State::Changed => ("changed", "已改单"),
            State::Told => ("over: the customer knows", "已通知客户"),
            State::Failed => ("over: it failed", "已失败"),
            State::Withdrawn => ("taken back", "已撤销"),
        }
    }

    /// Whether the parcel waits for it: nothing else can be asked for the order meanwhile. A label that is changed lets it go
    /// on, and only the telling is left.
    pub fn is_running(self) -> bool {
        matches!(self, State::Asked | State::Stopped | State::Refunded | State::Restocked)
    }
}

/// A request. It holds no name, number or address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intercept {
    /// Its id.
    pub id: String,
    /// The order, as platform and number.
    pub order: String,
    /// The ticket that it belongs to.
    pub ticket: Option<String>,
    /// What the customer wants.
    pub aim: Aim,
    /// How far the parcel had come when it was asked for.
    pub node: Node,
    /// What is being tried.
    pub road: Road,
    /// Where it stands.
    pub state: State,
    /// When it was asked for.
    pub requested_at: Millis,
    /// By when the present step is to be done.
    pub due: Millis,
    /// When the warehouse confirmed.
    pub confirmed_at: Option<Millis>,
    /// What was done, in order.
    pub steps: Vec<StepTaken>,
    /// How much went back.
    pub refund: Option<Fen>,
    /// What is to be in the parcel instead, for a change of what is in it: the line, what it was, what it is to be and how
    /// many; and which parts of the address change, by their codes.
    pub change: Vec<String>,
    /// What that costs more or less, and what becomes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
    /// What the shop's carrier took for bringing a parcel back when it was asked for.
    #[serde(default = "usual_fee")]
    pub carrier_fee: Fen,
}

/// What every shop had before it could say what its carrier takes.
fn usual_fee() -> Fen {
    Fen(1_000)
}

impl Intercept {
    /// One that is asked for now, for a parcel that has come so far. What is not printed is done at once.
    pub fn ask(new: Self, by: By, words: &str) -> Self {
        let road = Road::of(new.node);
        let at = new.requested_at;
        let mut it = Self { road, state: State::Asked, due: at.plus(road.within_ms()), ..new };
        it.note(Done::Requested, at, Some(by.clone()), words);
        if road == Road::Hold {
            it.note(Done::Held, at, None, "");
            // Nobody has to look for a parcel that there is not.
            it.confirmed_at = Some(at);
            it.state = State::Stopped;
            it.after_stop(at, Some(by));
        }
        it
    }

    fn note(&mut self, done: Done, at: Millis, by: Option<By>, words: &str) {
        self.steps.push(StepTaken { done, road: self.road, at, by, words: words.to_owned() });
    }

    /// A label that is changed lets the parcel go on.
    fn after_stop(&mut self, at: Millis, by: Option<By>) {
        if self.aim != Aim::Stop {
            self.note(Done::Changed, at, by, "");
            self.state = State::Changed;
        }
    }

    fn must_be(&self, state: State, done: Done) -> Result<(), NotDone> {
        if self.state == state { Ok(()) } else { Err(NotDone::NotNow(self.state, done)) }
    }

    /// What is sent instead, for a change of what is in the parcel; as many as there are of the line, `units`, unless it says
    /// how many.
    pub fn correction(&self, units: impl FnOnce(&str) -> i64) -> Option<CorrectedLine> {
        let [line, _, to, rest @ ..] = self.change.as_slice() else { return None };
        let quantity = rest.first().and_then(|text| text.parse().ok());
        (self.aim == Aim::Spec).then(|| CorrectedLine {
            line: Some(line.clone()),
            sku: SkuId(to.clone()),
            quantity: quantity.unwrap_or_else(|| units(line)),
        })
    }

    /// What the road that is tried costs.
    pub fn fee(&self) -> Fen {
        if self.road == Road::CarrierIntercept { self.carrier_fee } else { Fen(0) }
    }

    /// Whether the warehouse has something to do.
    pub fn is_with_warehouse(&self) -> bool {
        self.state == State::Asked && self.road.is_of_warehouse()
    }

    /// The warehouse has the parcel: what it scanned is the order's number, or the number of its parcel.
    ///
    /// # Errors
    /// [`NotDone`].
    pub fn confirm(&mut self, scanned: &str, at: Millis, by: By) -> Result<(), NotDone> {
        self.must_be(State::Asked, Done::Confirmed)?;
        if !self.road.is_of_warehouse() {
            return Err(NotDone::NotNow(self.state, Done::Confirmed));
        }
        if !self.is_its_number(scanned) {
            return Err(NotDone::OtherParcel);
        }
        self.confirmed_at = Some(at);
        self.note(Done::Confirmed, at, Some(by.clone()), "");
        self.state = State::Stopped;
        self.after_stop(at, Some(by));
        Ok(())
    }

    fn is_its_number(&self, scanned: &str) -> bool {
        let scanned = scanned.trim();
        let number = self.order.split_once(':').map_or("", |(_, number)| number);
        scanned == self.order || (!number.is_empty() && scanned == number)
    }

    /// The parcel has come further than what is being tried: the next thing is. A label cannot be changed from afar, and
    /// what is at the door is not called back; there it fails. False if it has not come further.
    pub fn further(&mut self, node: Node, at: Millis, by: Option<By>, words: &str) -> bool {
        let road = Road::of(node);
        if self.state != State::Asked || road <= self.road {
            return false;
        }
        self.note(Done::Gone, at, by, words);
        if self.aim == Aim::Spec || (self.aim == Aim::Address && road > Road::StopAtStation) {
            self.note(Done::Failed, at, None, "");
            self.state = State::Failed;
            return true;
        }
        self.road = road;
        self.due = at.plus(road.within_ms());
        self.note(Done::Further, at, None, "");
        true
    }

    /// What came of it at the station, the carrier or the door.
    ///
    /// # Errors
    /// [`NotDone`].
    pub fn receipt(&mut self, stopped: bool, at: Millis, by: By, words: &str) -> Result<(), NotDone> {
        self.must_be(State::Asked, Done::Receipt)?;
        if stopped && self.road == Road::StopParcel {
            // What lies in the warehouse is confirmed by whoever has it in their hands.
            return Err(NotDone::NotNow(self.state, Done::Receipt));
        }
        let done = if stopped { Done::Receipt } else { Done::Failed };
        self.note(done, at, Some(by.clone()), words);
        self.state = if stopped { State::Stopped } else { State::Failed };
        if stopped {
            self.after_stop(at, Some(by));
        }
        Ok(())
    }

    /// The money went back.
    ///
    /// # Errors
    /// [`NotDone`].
    pub fn refund(&mut self, fen: Fen, paid: Option<Fen>, at: Millis, by: By) -> Result<(), NotDone> {
        self.must_be(State::Stopped, Done::Refunded)?;
        if fen.0 < 1 || paid.is_some_and(|paid| fen > paid) {
            return Err(NotDone::TooMuch);
        }
        self.refund = Some(fen);
        self.note(Done::Refunded, at, Some(by), "");
        self.state = State::Refunded;
        Ok(())
    }

    /// The goods are back on the shelf.
    ///
    /// # Errors
    /// [`NotDone`].
    pub fn restock(&mut self, at: Millis, by: By, words: &str) -> Result<(), NotDone> {
        self.must_be(State::Refunded, Done::Restocked)?;
        self.note(Done::Restocked, at, Some(by), words);
        self.state = State::Restocked;
        Ok(())
    }

    /// The customer was told what came of it; also that it failed.
    ///
    /// # Errors
    /// [`NotDone`].
    pub fn tell(&mut self, at: Millis, by: By, words: &str) -> Result<(), NotDone> {
        let told = self.steps.iter().any(|step| step.done == Done::Told);
        let may =
            matches!(self.state, State::Restocked | State::Changed) || (self.state == State::Failed && !told);
        if !may {
            return Err(NotDone::NotNow(self.state, Done::Told));
        }
        self.note(Done::Told, at, Some(by), words);
        if self.state != State::Failed {
            self.state = State::Told;
        }
        Ok(())
    }

    /// Whoever asked takes it back, as long as nothing is stopped.
    ///
    /// # Errors
    /// [`NotDone`].
    pub fn withdraw(&mut self, at: Millis, by: By, words: &str) -> Result<(), NotDone> {
        self.must_be(State::Asked, Done::Withdrawn)?;
        self.note(Done::Withdrawn, at, Some(by), words);
        self.state = State::Withdrawn;
        Ok(())
    }

    /// When a step was taken last.
    pub fn at(&self, done: Done) -> Option<Millis> {
        self.steps.iter().rev().find(|step| step.done == done).map(|step| step.at)
    }
}
