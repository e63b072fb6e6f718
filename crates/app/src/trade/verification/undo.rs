//! Taking back what was decided, while nothing was printed.

use livehand_compliance::Action;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_checks::CheckRow;
use livehand_storage::order_decisions::DecisionRow;
use livehand_trade::fulfilment::{HoldKind, HoldReason, Node};
use livehand_trade::verification::{CheckState, Decision, Settlement};

use super::CANCELLED;
use super::corrections::{Correcting, Exchanging, corrected};
use super::decide::{Held, Stop, answered, conflict, replace};
use super::run::stands;
use crate::audit::Entry;
use crate::privacy::Keeper;
use crate::trade::fulfilment::by;
use crate::{App, Caller, Error};

impl App {
    /// Takes the last decision on an order back, or what the program put right by itself: the order is as it was, and is
    /// checked again.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`] with `nothing_decided`, `already_printed`,
    /// `decided_elsewhere` and those of the keys of personal data, [`Error::Refused`] with `sold_out` if what was bought is
    /// gone meanwhile.
    pub async fn undo_order_decision(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        caller.require(Action::VerifyOrders)?;
        let keeper = self.keeper().ok();
        let by = by(caller);
        let entry = Entry::of(caller, "undo_order_decision", id);
        let turn = self.exchanging(true).await?;
        let (keeper, by, stock) = (keeper.as_ref(), &by, turn.as_ref());
        let done = self.decided(entry, move |tx| async move {
            answered(self.undo_one(&tx, (keeper, stock), id, by).await.map(|()| true))
        });
        let done = done.await;
        self.end_exchange(turn, &done);
        done?;
        self.order_checks.wake();
        Ok(())
    }

    async fn undo_one(
        &self,
        tx: &Tx,
        (keeper, turn): (Option<&Keeper>, Option<&Exchanging<'_>>),
        id: &str,
        by: &By,
    ) -> Result<(), Stop> {
        let held = Held::read(tx, id).await?;
        held.in_house(tx).await?;
        let fulfilments = storage::fulfilments::find(tx, &[id]).await?;
        if fulfilments.get(id).is_some_and(|it| it.node() != Node::ToPrint) {
            return Err(conflict(
                "already_printed",
                "Its label is printed; stop the order first, and correct it by hand",
                "面单已打印；请先暂停发货，再手工修正",
            ));
        }
        let second =
            |row: &DecisionRow| matches!(row.decision, Decision::SecondRight | Decision::SecondWrong);
        let last = held.decisions.iter().rfind(|row| stands(row) && !second(row));
        let Some(last) = last else {
            return Err(conflict(
                "nothing_decided",
                "Nothing was decided on this order",
                "该订单没有可撤销的处理",
            ));
        };
        if last.intercept.is_some() {
            return Err(conflict(
                "decided_elsewhere",
                "It was changed by a request of customer service; ask for another change there",
                "该订单由客服改单修改，请重新发起改单",
            ));
        }
        let now = self.clock.now();
        storage::order_decisions::undo(tx, &last.id, now, by).await?;
        self.undo_contents(tx, turn, &held, last, by).await?;
        self.unsettle_tickets(tx, id, &last.id, by).await?;
        if let Some(previous) = &last.previous {
            let gone = || conflict("no_fix", "The recipient cannot be read any more", "收件信息已无法解读");
            let keeper = keeper.ok_or_else(gone)?;
            let before = keeper.open_previous(tx, id, previous).await?.ok_or_else(gone)?;
            replace(tx, keeper, id, before).await?;
        }
        let kind = HoldKind::Verification;
        storage::holds::lift(tx, id, kind, Some(CANCELLED), now, by).await?;
        let version = held.check.version;
        let row =
            CheckRow { state: CheckState::Due, version: version + 1, due_at: now, ..held.check.clone() };
        if storage::order_checks::write(tx, &row, version).await? {
            Ok(())
        } else {
            Err(Stop::Storage(storage::Error::NothingToDo))
        }
    }
    /// The order contains what it contained before, also for the stock.
    async fn undo_contents(
        &self,
        tx: &Tx,
        turn: Option<&Exchanging<'_>>,
        held: &Held,
        last: &DecisionRow,
        by: &By,
    ) -> Result<(), Stop> {
        let now = self.clock.now();
        let rest: Vec<DecisionRow> = held.decisions.iter().filter(|row| row.id != last.id).cloned().collect();
        let (before, after) = (corrected(&held.decisions), corrected(&rest));
        if let Some(turn) = turn {
            let it = Correcting { order: &held.order, before: &before, after: &after, by, at: now };
            it.exchange(tx, turn, false).await?;
        }
        if last.difference.is_some_and(|it| it.settlement == Settlement::Pay) {
            let (kind, cause) = (HoldKind::ByHand, Some(HoldReason::Difference.code()));
            storage::holds::lift(tx, &held.check.order, kind, cause, now, by).await?;
        }
        Ok(())
    }
}
