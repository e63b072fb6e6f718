//! Another SKU or another number of units in a parcel: a correction like one of the queue, made when the label says it.

use livehand_kernel::{Millis, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_decisions::DecisionRow;
use livehand_storage::orders::OrderRow;
use livehand_trade::intercepts::Intercept;
use livehand_trade::verification::{CorrectedLine, Decision, Matter, Settlement, standing};

use crate::trade::verification::{Correcting, Exchanging, Stop, corrected};
use crate::{App, Error};

/// What a request changes of an order.
struct Change {
    decisions: Vec<DecisionRow>,
    line: CorrectedLine,
    before: Vec<CorrectedLine>,
    after: Vec<CorrectedLine>,
    by: By,
}

impl Change {
    async fn read(tx: &Tx, order: &OrderRow, it: &Intercept) -> Result<Option<Self>, storage::Error> {
        let units = |line: &str| order.order.lines().find(|it| it.id == line).map_or(1, |it| it.quantity);
        let Some(line) = it.correction(units) else { return Ok(None) };
        let decisions = storage::order_decisions::of_orders(tx, &[&it.order]).await?;
        let before = corrected(&decisions);
        let after = standing(before.iter().chain([&line]));
        // Whoever asked for it decided on it; the warehouse does it.
        let asked = it.steps.first().and_then(|step| step.by.as_ref());
        let by = By {
            person: asked.map(|by| by.id.clone()),
            name: asked.map_or_else(String::new, |by| by.name.clone()),
        };
        Ok(Some(Self { decisions, line, before, after, by }))
    }

    fn correcting<'a>(&'a self, order: &'a OrderRow, at: Millis) -> Correcting<'a> {
        Correcting { order, before: &self.before, after: &self.after, by: &self.by, at }
    }
}

fn refused<T>(done: Result<T, Stop>) -> Result<Result<T, Error>, storage::Error> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Stop::Refused(error)) => Ok(Err(error)),
        Err(Stop::Storage(error)) => Err(error),
    }
}

impl App {
    /// Refuses what is sold out or whose difference in price nobody settled, before anybody looks for the parcel.
    pub(super) async fn check_contents(
        &self,
        tx: &Tx,
        turn: &Exchanging<'_>,
        order: &OrderRow,
        it: &mut Intercept,
        said: Option<Settlement>,
    ) -> Result<Result<(), Error>, storage::Error> {
        let Some(change) = Change::read(tx, order, it).await? else { return Ok(Ok(())) };
        let correcting = change.correcting(order, it.requested_at);
        match refused(correcting.settled(tx, said).await)? {
            Ok(difference) => it.difference = difference,
            Err(error) => return Ok(Err(error)),
        }
        refused(correcting.exchange(tx, turn, true).await)
    }

    /// Makes the correction: the label says it. The same request corrects once.
    pub(super) async fn change_contents(
        &self,
        tx: &Tx,
        turn: &Exchanging<'_>,
        order: &OrderRow,
        it: &Intercept,
        now: Millis,
    ) -> Result<Result<(), Error>, storage::Error> {
        let Some(change) = Change::read(tx, order, it).await? else { return Ok(Ok(())) };
        if change.decisions.iter().any(|row| row.intercept.as_ref() == Some(&it.id)) {
            return Ok(Ok(()));
        }
        let correcting = change.correcting(order, now);
        if let Err(error) = refused(correcting.exchange(tx, turn, false).await)? {
            return Ok(Err(error));
        }
        if let Err(error) = refused(self.await_payment(tx, &correcting, it.difference).await)? {
            return Ok(Err(error));
        }
        let row = DecisionRow {
            id: new_uuid(now, &*self.entropy),
            order: it.order.clone(),
            decision: Decision::Correct,
            findings: self.asked_about(tx, &it.order, Matter::Contents).await?,
            lines: vec![change.line.clone()],
            recipient_print: None,
            previous: None,
            difference: it.difference,
            intercept: Some(it.id.clone()),
            by: change.by.clone(),
            at: now,
            answered: None,
            undone: None,
        };
        storage::order_decisions::insert(tx, &row).await?;
        crate::trade::verification::due(tx, order, now).await?;
        Ok(Ok(()))
    }
}
