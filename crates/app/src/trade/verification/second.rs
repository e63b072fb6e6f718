//! Second checks (抽检) of a drawn part of the orders that went through.

use livehand_compliance::Action;
use livehand_kernel::new_uuid;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_checks::CheckRow;
use livehand_storage::order_decisions::DecisionRow;
use livehand_trade::fulfilment::Hold;
use livehand_trade::verification::{CheckState, Decision, Finding, Kind};

use super::decide::{Held, Stop, answered, conflict};
use super::run::{hold_kind, stands};
use crate::audit::Entry;
use crate::trade::fulfilment::by;
use crate::{App, Caller, Error};

impl App {
    /// Says what a second check of an order of the sample found. Whoever decided on the order does not check it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with `not_sampled` and `own_decision`.
    pub async fn second_check(&self, caller: &Caller, id: &str, right: bool) -> Result<(), Error> {
        caller.require(Action::VerifyOrders)?;
        let by = by(caller);
        let decision = if right { Decision::SecondRight } else { Decision::SecondWrong };
        let entry = Entry::of(caller, "second_check", id).with(serde_json::json!({ "right": right }));
        let by = &by;
        let done = self.decided(entry, move |tx| async move {
            answered(self.second_one(&tx, id, decision, by).await.map(|()| true))
        });
        done.await.map(|_| ())
    }

    async fn second_one(&self, tx: &Tx, id: &str, decision: Decision, by: &By) -> Result<(), Stop> {
        let held = Held::read(tx, id).await?;
        let standing = || held.decisions.iter().filter(|row| stands(row));
        let second =
            |row: &&DecisionRow| matches!(row.decision, Decision::SecondRight | Decision::SecondWrong);
        if !held.check.sampled || !held.check.state.lets_go() || standing().any(|row| second(&row)) {
            return Err(conflict(
                "not_sampled",
                "This order is not in the sample, or somebody checked it already",
                "该订单不在抽检名单中，或已有人抽检",
            ));
        }
        if standing().any(|row| row.by.person.is_some() && row.by.person == by.person) {
            return Err(conflict(
                "own_decision",
                "You decided on this order yourself; somebody else checks it",
                "该订单是你处理的，需由其他人抽检",
            ));
        }
        let now = self.clock.now();
        let row = DecisionRow {
            id: new_uuid(now, &*self.entropy),
            order: id.to_owned(),
            decision,
            findings: Vec::new(),
            lines: Vec::new(),
            recipient_print: held.check.recipient_print.clone(),
            previous: None,
            difference: None,
            intercept: None,
            by: by.clone(),
            at: now,
            answered: None,
            undone: None,
        };
        storage::order_decisions::insert(tx, &row).await?;
        if decision == Decision::SecondWrong && held.in_house(tx).await.is_ok() {
            let mut check = CheckRow {
                state: CheckState::Waiting,
                version: held.check.version + 1,
                ..held.check.clone()
            };
            check.findings.push(Finding::second_check());
            let kind = Kind::SecondCheck;
            let hold = Hold { kind: hold_kind(kind), cause: kind.code().to_owned(), since: now };
            self.place_hold(tx, id, hold, by.clone()).await?;
            storage::order_checks::write(tx, &check, held.check.version).await?;
        }
        Ok(())
    }
}
