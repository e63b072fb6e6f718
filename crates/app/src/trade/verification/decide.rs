//! Decisions of persons on orders that are held.

use livehand_compliance::Action;
use livehand_compliance::personal::{Given, Recipient};
use livehand_kernel::{Phrase, new_uuid};
use livehand_live::FieldError;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_checks::CheckRow;
use livehand_storage::order_decisions::{DecisionRow, Previous};
use livehand_storage::orders::OrderRow;
use livehand_trade::fulfilment::{Hold, HoldKind};
use livehand_trade::verification::{
    CheckState, CorrectedLine, Decision, Finding, Fix, Kind, Settlement, is_sure, standing,
};

use super::CANCELLED;
use super::corrections::{Correcting, Exchanging, corrected, fixed_lines, known_lines};
use super::recipient::Reading;
use super::run::{hold_kind, is_in_house};
use crate::audit::Entry;
use crate::privacy::{Keeper, NotKept, unreadable};
use crate::trade::fulfilment::by;
use crate::{App, Caller, Error, Fault};

/// Orders that are decided on at once, at most.
const ORDERS_MAX: usize = 200;
/// Most units of a corrected line.
const QUANTITY_MAX: i64 = 1_000_000;
/// Most corrected lines.
const LINES_MAX: usize = 100;

/// What somebody decides. Printing it does not say whom it goes to.
#[derive(Debug)]
pub struct NewDecision {
    /// accept, keep, correct, ask, cancel.
    pub decision: Decision,
    /// With correct: whom it goes to instead.
    pub recipient: Option<Given>,
    /// With correct: what is sent instead.
    pub lines: Vec<CorrectedLine>,
    /// What becomes of what that costs more or less.
    pub difference: Option<Settlement>,
}

/// What became of decisions on many orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecidedMany {
    /// The orders.
    pub decided: Vec<String>,
}

/// Why nothing was decided.
pub(in crate::trade) enum Stop {
    Refused(Error),
    Storage(storage::Error),
}

impl From<storage::Error> for Stop {
    fn from(error: storage::Error) -> Self {
        Stop::Storage(error)
    }
}

impl From<NotKept> for Stop {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::Unreadable => Stop::Refused(unreadable()),
            NotKept::Storage(error) => Stop::Storage(error),
        }
    }
}

pub(super) fn conflict(code: &'static str, en: &'static str, zh: &'static str) -> Stop {
    Stop::Refused(Error::Conflict { code, explanation: Phrase::new(en, zh) })
}

/// An order with its check, as a decision finds it.
pub(super) struct Held {
    pub order: OrderRow,
    pub check: CheckRow,
    pub decisions: Vec<DecisionRow>,
}

impl Held {
    /// Reads it.
    pub async fn read(tx: &Tx, id: &str) -> Result<Self, Stop> {
        let unknown = || Stop::Refused(Error::not_found("order", id));
        let order = storage::orders::find(tx, id).await?.ok_or_else(unknown)?;
        let check = storage::order_checks::find(tx, &[id]).await?.into_iter().next().ok_or_else(unknown)?;
        let decisions = storage::order_decisions::of_orders(tx, &[id]).await?;
        Ok(Self { order, check, decisions })
    }

    /// Refuses what can be changed no more.
    pub async fn in_house(&self, tx: &Tx) -> Result<(), Stop> {
        let fulfilments = storage::fulfilments::find(tx, &[&self.check.order]).await?;
        let node = fulfilments.get(&self.check.order).map(|it| it.node()).unwrap_or(Self::FIRST);
        if is_in_house(node, self.order.order.state()) {
            return Ok(());
        }
        Err(conflict(
            "order_left",
            "The order left the warehouse or is over; a ticket is the way now",
            "订单已出库或已结束，请改走售后工单",
        ))
    }

    const FIRST: livehand_trade::fulfilment::Node = livehand_trade::fulfilment::Node::ToPrint;

    /// What a person has to decide on.
    pub fn asked(&self) -> Vec<Finding> {
        self.check.findings.iter().filter(|it| it.asks()).cloned().collect()
    }
}

impl App {
    /// Decides on an order that is held.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `not_waiting`, `no_fix`,
    /// `order_left` and those of the keys of personal data, [`Error::Refused`] with `sold_out` and `price_difference`.
    pub async fn decide_order(&self, caller: &Caller, id: &str, new: NewDecision) -> Result<(), Error> {
        caller.require(Action::VerifyOrders)?;
        let recipient = checked(&new)?;
        let keeper = self.keeper().ok();
        if recipient.is_some() {
            self.keeper()?;
        }
        let by = by(caller);
        let detail = serde_json::json!({
            "decision": new.decision.code(), "lines": new.lines, "recipient": recipient.is_some(),
            "difference": new.difference,
        });
        let entry = Entry::of(caller, "decide_order", id).with(detail);
        let turn = self.exchanging(new.decision == Decision::Accept || !new.lines.is_empty()).await?;
        let (keeper, recipient, new, by) = (keeper.as_ref(), recipient.as_ref(), &new, &by);
        let stock = turn.as_ref();
        let done = self.decided(entry, move |tx| async move {
            answered(self.decide_one(&tx, (keeper, stock), id, new, recipient, by).await)
        });
        let done = done.await;
        self.end_exchange(turn, &done);
        done?;
        self.order_checks.wake();
        Ok(())
    }

    /// Accepts the fixes of many orders, or keeps them as they are: all of them, or none. Only those for which everything
    /// that was found has a fix can be accepted so.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Refused`] with `not_sure` and the orders that
    /// have to be looked at one by one.
    pub async fn decide_orders(
        &self,
        caller: &Caller,
        orders: &[String],
        decision: Decision,
    ) -> Result<DecidedMany, Error> {
        caller.require(Action::VerifyOrders)?;
        if orders.is_empty() || orders.len() > ORDERS_MAX {
            let expected = Phrase::new(format!("1 to {ORDERS_MAX}"), format!("1 到 {ORDERS_MAX} 个"));
            return Err(Error::field("orders", expected, Phrase::literal(orders.len().to_string())));
        }
        if !matches!(decision, Decision::Accept | Decision::Keep) {
            let expected = Phrase::new("accept or keep", "采纳修正（accept）或维持原样（keep）");
            return Err(Error::field("decision", expected, Phrase::literal(decision.code())));
        }
        let keeper = self.keeper().ok();
        let by = by(caller);
        let detail = serde_json::json!({ "decision": decision.code(), "orders": orders });
        let entry = Entry::of(caller, "decide_orders", "").with(detail);
        let new = NewDecision { decision, recipient: None, lines: Vec::new(), difference: None };
        let turn = self.exchanging(decision == Decision::Accept).await?;
        let (keeper, new, by, stock) = (keeper.as_ref(), &new, &by, turn.as_ref());
        let done = self.decided(entry, move |tx| async move {
            let ids: Vec<&str> = orders.iter().map(String::as_str).collect();
            let checks = storage::order_checks::find(&tx, &ids).await?;
            if let Some(error) = unsure(orders, &checks).filter(|_| decision == Decision::Accept) {
                return Ok(Err(error));
            }
            for (place, id) in orders.iter().enumerate() {
                match answered(self.decide_one(&tx, (keeper, stock), id, new, None, by).await)? {
                    Ok(_) => {}
                    Err(Error::Refused { code: "price_difference", explanation, .. }) => {
                        return Ok(Err(not_sure(vec![(place, id, explanation)])));
                    }
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Ok(Some(())))
        });
        let done = done.await;
        self.end_exchange(turn, &done);
        done?;
        self.order_checks.wake();
        Ok(DecidedMany { decided: orders.to_vec() })
    }

    /// False if nothing is to be done.
    async fn decide_one(
        &self,
        tx: &Tx,
        (keeper, turn): (Option<&Keeper>, Option<&Exchanging<'_>>),
        id: &str,
        new: &NewDecision,
        recipient: Option<&Recipient>,
        by: &By,
    ) -> Result<bool, Stop> {
        let held = Held::read(tx, id).await?;
        held.in_house(tx).await?;
        let (now, asked) = (self.clock.now(), held.asked());
        let waits = matches!(held.check.state, CheckState::Waiting | CheckState::Asked);
        if !waits && new.decision != Decision::Correct {
            return Err(conflict(
                "not_waiting",
                "Nobody has to decide on this order any more; look again",
                "该订单已无需处理，请刷新查看",
            ));
        }
        let mut row = DecisionRow {
            id: new_uuid(now, &*self.entropy),
            order: id.to_owned(),
            decision: new.decision,
            findings: asked.clone(),
            lines: new.lines.clone(),
            recipient_print: held.check.recipient_print.clone(),
            previous: None,
            difference: None,
            intercept: None,
            by: by.clone(),
            at: now,
            answered: None,
            undone: None,
        };
        let before = corrected(&held.decisions);
        if !waits && recipient.is_none() && standing(before.iter().chain(&new.lines)) == before {
            // The same correction once more.
            return Ok(false);
        }
        let mut recheck = false;
        match new.decision {
            Decision::Accept => {
                row.lines = fixed_lines(&held, &asked)?;
                if asked.iter().any(|it| it.fix == Some(Fix::Recipient)) {
                    row.previous = accept_recipient(tx, keeper, id).await?;
                    recheck = true;
                }
            }
            Decision::Correct => {
                known_lines(tx, &held, &new.lines).await?;
                if let (Some(keeper), Some(to)) = (keeper, recipient) {
                    row.previous = replace(tx, keeper, id, to.clone()).await?;
                }
                recheck = true;
            }
            Decision::Keep | Decision::Ask | Decision::Cancel => {}
            Decision::Fixed | Decision::SecondRight | Decision::SecondWrong => {
                return Err(Stop::Storage(storage::Error::NothingToDo));
            }
        }
        if let (Some(turn), false) = (turn, row.lines.is_empty()) {
            let after = standing(before.iter().chain(&row.lines));
            let it = Correcting { order: &held.order, before: &before, after: &after, by, at: now };
            row.difference = self.correct_contents(tx, turn, &it, new.difference).await?;
        }
        storage::order_decisions::insert(tx, &row).await?;
        if new.decision == Decision::Ask {
            self.ask_buyer(tx, &held.order, &row).await?;
        } else {
            self.settle_tickets(tx, &held.order, &row).await?;
        }
        self.follow_decision(tx, &held, new.decision, recheck, by).await?;
        Ok(true)
    }

    /// A turn of the stock, if something may move by what is decided.
    pub(in crate::trade) async fn exchanging(&self, moves: bool) -> Result<Option<Exchanging<'_>>, Error> {
        if !moves {
            return Ok(None);
        }
        Ok(Some(Exchanging::new(self.reservations.stock_turn().await?)))
    }

    /// The transaction that a turn of the stock was for is over.
    pub(in crate::trade) fn end_exchange<T>(
        &self,
        turn: Option<Exchanging<'_>>,
        done: &Result<Option<T>, Error>,
    ) {
        if let Some(turn) = turn {
            turn.into_inner().end(matches!(done, Ok(Some(_))));
            // Who waited for what was given back may be served by it.
            self.order_stock.wake();
        }
    }

    /// Lifts what holds the order, or holds it for good.
    async fn follow_decision(
        &self,
        tx: &Tx,
        held: &Held,
        decision: Decision,
        recheck: bool,
        by: &By,
    ) -> Result<(), Stop> {
        let (now, id) = (self.clock.now(), held.check.order.as_str());
        let state = match decision {
            Decision::Ask => CheckState::Asked,
            Decision::Cancel => CheckState::Cancelled,
            // What was changed by hand is checked again before it goes on.
            _ if recheck => CheckState::Due,
            _ => CheckState::Decided,
        };
        match state {
            CheckState::Asked => {}
            CheckState::Cancelled => {
                let hold = Hold { kind: HoldKind::Verification, cause: CANCELLED.to_owned(), since: now };
                self.place_hold(tx, id, hold, by.clone()).await?;
            }
            _ => {
                for kind in Kind::ALL {
                    storage::holds::lift(tx, id, hold_kind(*kind), Some(kind.code()), now, by).await?;
                }
            }
        }
        let row = CheckRow { state, version: held.check.version + 1, due_at: now, ..held.check.clone() };
        if storage::order_checks::write(tx, &row, held.check.version).await? {
            Ok(())
        } else {
            Err(Stop::Storage(storage::Error::NothingToDo))
        }
    }
}

/// What a use case answers inside its transaction.
pub(in crate::trade) fn answered(
    done: Result<bool, Stop>,
) -> Result<Result<Option<()>, Error>, storage::Error> {
    match done {
        Ok(done) => Ok(Ok(done.then_some(()))),
        Err(Stop::Refused(error)) => Ok(Err(error)),
        Err(Stop::Storage(error)) => Err(error),
    }
}

/// The orders that cannot be accepted together with others.
fn unsure(orders: &[String], checks: &[CheckRow]) -> Option<Error> {
    let sure = |id: &String| {
        let row = checks.iter().find(|row| row.order == *id);
        row.is_none_or(|row| row.state != CheckState::Waiting || is_sure(&row.findings))
    };
    let expected = || Phrase::new("an order with a fix for everything", "每个问题都有修正的订单");
    let wrong: Vec<_> = (orders.iter().enumerate())
        .filter(|(_, id)| !sure(id))
        .map(|(place, id)| (place, id, expected()))
        .collect();
    (!wrong.is_empty()).then(|| not_sure(wrong))
}

fn not_sure(wrong: Vec<(usize, &String, Phrase)>) -> Error {
    let fault = |(place, id, expected): (usize, &String, Phrase)| {
        let error = FieldError::new(&format!("orders[{place}]"), expected, Phrase::literal(id.clone()));
        Fault { line: None, error }
    };
    Error::Refused {
        code: "not_sure",
        explanation: Phrase::new(
            "Some of the orders have to be looked at one by one; nothing was changed",
            "有订单需要逐单查看，未做任何更改",
        ),
        faults: wrong.into_iter().map(fault).collect(),
    }
}

/// Checks what was sent.
fn checked(new: &NewDecision) -> Result<Option<Recipient>, Error> {
    let known = [Decision::Accept, Decision::Keep, Decision::Correct, Decision::Ask, Decision::Cancel];
    let wrong = |field: &str, en: &'static str, zh: &'static str, found: String| {
        Err(Error::field(field, Phrase::new(en, zh), Phrase::literal(found)))
    };
    if !known.contains(&new.decision) {
        let code = new.decision.code().to_owned();
        return wrong(
            "decision",
            "accept, keep, correct, ask or cancel",
            "accept、keep、correct、ask、cancel 之一",
            code,
        );
    }
    let corrects = new.recipient.is_some() || !new.lines.is_empty();
    if corrects != (new.decision == Decision::Correct) {
        let found = new.decision.code().to_owned();
        return wrong(
            "decision",
            "correct exactly where something is corrected",
            "只有 correct 才填写修正内容",
            found,
        );
    }
    if new.lines.len() > LINES_MAX || new.lines.iter().any(|it| !(1..=QUANTITY_MAX).contains(&it.quantity)) {
        return wrong(
            "lines",
            "at most 100, each of 1 to 1000000",
            "最多 100 行，每行 1 到 1000000 件",
            String::new(),
        );
    }
    let Some(given) = &new.recipient else { return Ok(None) };
    match Recipient::checked(given, livehand_address::divisions_end) {
        Ok(recipient) => Ok(Some(recipient)),
        Err(faults) => Err(Error::Invalid(crate::privacy::invalid("recipient.", faults))),
    }
}

/// Writes the recipient as it is read; the one before.
async fn accept_recipient(tx: &Tx, keeper: Option<&Keeper>, id: &str) -> Result<Option<Previous>, Stop> {
    let gone = || conflict("no_fix", "The recipient cannot be read any more", "收件信息已无法解读");
    let keeper = keeper.ok_or_else(gone)?;
    let opened = keeper.open(tx, id).await?.ok_or_else(gone)?;
    let to = Reading::of(&opened.recipient).corrected.ok_or_else(gone)?;
    replace(tx, keeper, id, to).await
}

/// Sends the order elsewhere; the recipient before.
pub(super) async fn replace(
    tx: &Tx,
    keeper: &Keeper,
    id: &str,
    to: Recipient,
) -> Result<Option<Previous>, Stop> {
    let before = keeper.open(tx, id).await?.map(|opened| opened.sealed);
    let customer = keeper.redirect(tx, id, to).await?;
    storage::orders::set_customer(tx, id, &customer).await?;
    Ok(before)
}
