//! One ticket, and everything that happens to it.

use livehand_kernel::{CustomerId, Fen, Hat, Millis, PersonId, ProductId, ShowId};
use serde::{Deserialize, Serialize};

use super::{Cause, Kind, Late, Mood, NotMoved, Priority, Source, State, may_move, resolve_due};
use crate::verification::Decision;

/// The scores that a customer may give.
pub const SCORES: std::ops::RangeInclusive<i64> = 1..=5;
/// From this score on a customer is satisfied.
pub const SATISFIED_FROM: i64 = 4;

/// Who has a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Their account.
    pub id: PersonId,
    /// Their name when they got it.
    pub name: String,
}

/// The clocks of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// When the customer said it.
    pub opened_at: Millis,
    /// By when they must be answered.
    pub first_due: Millis,
    /// When they were.
    pub first_at: Option<Millis>,
    /// By when it must be resolved.
    pub due: Millis,
    /// When it was.
    pub resolved_at: Option<Millis>,
    /// When it was closed.
    pub closed_at: Option<Millis>,
    /// When it was told that the first answer is late.
    pub first_told_at: Option<Millis>,
    /// When it was told that the resolution is late.
    pub told_at: Option<Millis>,
}

/// What the customer says of it (回访).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Satisfaction {
    /// When they were asked.
    pub asked_at: Option<Millis>,
    /// What they said, 1 to 5.
    pub score: Option<i64>,
    /// When they said it.
    pub at: Option<Millis>,
}

/// A ticket. It holds no name, number or address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: String,
    /// Its number, for people.
    pub number: i64,
    /// What it is about.
    pub kind: Kind,
    /// Where it comes from.
    pub source: Source,
    /// What goes first.
    pub priority: Priority,
    /// How the customer feels.
    pub mood: Mood,
    /// Where it stands.
    pub state: State,
    /// The show that it belongs to.
    pub show: Option<ShowId>,
    /// The product that it is about.
    pub product: Option<ProductId>,
    /// The order, as platform and number.
    pub order: Option<String>,
    /// The customer, by an id that says nothing.
    pub customer: Option<CustomerId>,
    /// The platform's id of the viewer.
    pub viewer: Option<String>,
    /// The customer's nickname, masked.
    pub nickname: String,
    /// What it is about, in words.
    pub text: String,
    /// Who has it.
    pub owner: Option<Owner>,
    /// Its clocks.
    pub times: Times,
    /// Why it came to it.
    pub cause: Option<Cause>,
    /// What whoever supplies the goods has to learn from it (供应链反馈).
    pub feedback: String,
    /// How often it was reopened.
    pub reopened: i64,
    /// Whether it was raised to operations because it was late.
    pub raised: bool,
    /// What the customer says of it.
    pub satisfaction: Satisfaction,
    /// What the customer got for it, as far as it was granted.
    pub compensated: Fen,
    /// Whether it is made up.
    pub synthetic: bool,
    /// Whether the check of its order asks the buyer by it (审单询问买家).
    #[serde(default)]
    pub asks: bool,
    /// What was decided on its matter in the check of its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

/// That the matter of a ticket was decided on where its order is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Id of the decision.
    pub decision: String,
    /// What was decided.
    pub how: Decision,
    /// When.
    pub at: Millis,
}

impl Ticket {
    /// Who has to do something (责任岗). What is late and stays with customer service is operations' as well.
    pub fn post(&self) -> Hat {
        let post = self.state.post(self.kind);
        if self.raised && post == Hat::CustomerService { Hat::Operations } else { post }
    }

    /// Moves it on.
    ///
    /// # Errors
    /// [`NotMoved`]; nothing is changed then.
    pub fn go(&mut self, to: State, cause: Option<Cause>, at: Millis) -> Result<(), NotMoved> {
        let cause = cause.or(self.cause);
        may_move(self.state, to, cause, self.times.first_at.is_some())?;
        self.cause = cause;
        match to {
            State::Resolved => self.times.resolved_at = Some(at),
            State::Closed => self.times.closed_at = Some(at),
            State::Reopened => {
                self.reopened += 1;
                let times = &mut self.times;
                (times.resolved_at, times.closed_at, times.told_at) = (None, None, None);
                times.due = resolve_due(at);
                // What the customer said was about what has turned out not to be done.
                self.satisfaction = Satisfaction::default();
            }
            _ => {}
        }
        self.state = to;
        Ok(())
    }

    /// The customer was answered; whether that was the first time.
    pub fn answered(&mut self, at: Millis) -> bool {
        let first = self.times.first_at.is_none();
        if first {
            self.times.first_at = Some(at);
        }
        self.end_settled(at);
        first
    }

    /// Its matter was decided on elsewhere, for this cause. Once the customer was answered there is nothing left to be done;
    /// until then only that is. False if it is over, or if those have it who know more than customer service.
    pub fn settle(&mut self, settled: Settled, cause: Cause) -> bool {
        if !self.state.is_open() || self.state.is_escalated() {
            return false;
        }
        let at = settled.at;
        (self.settled, self.cause, self.asks) = (Some(settled), Some(cause), false);
        if self.times.first_at.is_some() {
            self.end_settled(at);
        }
        true
    }

    fn end_settled(&mut self, at: Millis) {
        if self.settled.is_some() && self.state.is_open() && !self.state.is_escalated() {
            self.state = State::Resolved;
            self.times.resolved_at = Some(at);
        }
    }

    /// What was decided on its matter was taken back; false if something else was.
    pub fn unsettle(&mut self, decision: &str, at: Millis) -> bool {
        if self.settled.as_ref().is_none_or(|it| it.decision != decision) {
            return false;
        }
        self.settled = None;
        if !self.state.is_open() {
            // From where it is over there is always a way back.
            let _ = self.go(State::Reopened, None, at);
        }
        true
    }

    /// What is late now and nobody was told of.
    pub fn late(&self, now: Millis) -> Option<Late> {
        let times = &self.times;
        if !self.state.is_open() {
            return None;
        }
        if times.first_at.is_none() && times.first_told_at.is_none() && now > times.first_due {
            return Some(Late::FirstAnswer);
        }
        (times.told_at.is_none() && now > times.due).then_some(Late::Resolution)
    }

    /// The moment after which [`Ticket::late`] has something to say.
    pub fn late_after(&self) -> Option<Millis> {
        let times = &self.times;
        let first = (times.first_at.is_none() && times.first_told_at.is_none()).then_some(times.first_due);
        let due = times.told_at.is_none().then_some(times.due);
        [first, due].into_iter().flatten().min().filter(|_| self.state.is_open())
    }

    /// Raises it because it is late, once.
    pub fn raise(&mut self, late: Late, now: Millis) {
        match late {
            Late::FirstAnswer => self.times.first_told_at = Some(now),
            Late::Resolution => self.times.told_at = Some(now),
        }
        self.raised = true;
        if self.priority == Priority::Usual {
            self.priority = Priority::Urgent;
        }
    }

    /// The clock that runs: that of the first answer, then that of the resolution.
    pub fn next_due(&self) -> Millis {
        if self.times.first_at.is_none() { self.times.first_due } else { self.times.due }
    }

    /// The customer was asked how it was; false if they were before, or if it is not done yet.
    pub fn ask_satisfaction(&mut self, at: Millis) -> bool {
        let may = !self.state.is_open() && self.satisfaction.asked_at.is_none();
        if may {
            self.satisfaction.asked_at = Some(at);
        }
        may
    }

    /// The customer said how it was; false if it is not done yet, or if they said so before.
    pub fn rate(&mut self, score: i64, at: Millis) -> bool {
        let may = SCORES.contains(&score) && !self.state.is_open() && self.satisfaction.score.is_none();
        if may {
            let asked_at = self.satisfaction.asked_at.or(Some(at));
            self.satisfaction = Satisfaction { asked_at, score: Some(score), at: Some(at) };
        }
        may
    }
}
