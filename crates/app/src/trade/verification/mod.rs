//! 审单: each order is checked when it is taken and whenever it changes, before anybody may print it. What a person has to
//! decide on holds it; what was put right, and what was decided, is on record and can be taken back.
//!
//! An order becomes due in the transaction that takes it, and no order that is due is printed: so a process that ends in
//! between loses no check. What must never happen here: a name, a number or an address in a finding, a decision or the audit
//! trail.

mod corrections;
mod decide;
mod export;
mod gather;
mod heard;
mod look;
mod matters;
mod recipient;
mod run;
mod second;
mod settings;
mod undo;

pub(super) use corrections::{Correcting, Exchanging, corrected, corrected_at, wanted};
pub(super) use decide::Stop;
pub use decide::{DecidedMany, NewDecision};
pub(crate) use heard::Hearing;
pub use look::{CardQuery, DifferenceView, OrderCard, OrderCards, Rates};
pub(crate) use run::OrderChecks;
pub use run::run_verification;
pub use settings::{VerificationSettings, clocks};

use std::collections::BTreeMap;

use livehand_kernel::Millis;
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::order_checks::CheckRow;
use livehand_storage::orders::OrderRow;
use livehand_trade::fulfilment::{Hold, HoldKind};
use livehand_trade::orders::State;
use livehand_trade::verification::CheckState;

/// Under which cause an order is held that is not to be sent.
const CANCELLED: &str = "cancelled";

/// What the check holds an order by, beside the holds that are kept: that it was not checked yet.
pub(super) async fn unchecked(tx: &Tx, orders: &[&str]) -> Result<BTreeMap<String, Hold>, storage::Error> {
    let checks = storage::order_checks::find(tx, orders).await?;
    let checks: BTreeMap<&str, &CheckRow> = checks.iter().map(|row| (row.order.as_str(), row)).collect();
    let hold = |since| Hold { kind: HoldKind::Unchecked, cause: CheckState::Due.code().to_owned(), since };
    let mut holds = BTreeMap::new();
    for order in orders {
        match checks.get(order) {
            Some(row) if row.state != CheckState::Due => {}
            Some(row) => drop(holds.insert((*order).to_owned(), hold(row.due_at))),
            None => drop(holds.insert((*order).to_owned(), hold(Millis(0)))),
        }
    }
    Ok(holds)
}

/// Notes that the recipient of a delivery changed: if it is an order, it is checked again.
pub(crate) async fn recipient_changed(tx: &Tx, delivery: &str, now: Millis) -> Result<(), storage::Error> {
    match storage::orders::find(tx, delivery).await? {
        Some(row) => due(tx, &row, now).await,
        None => Ok(()),
    }
}

/// Notes that an order that was taken or changed is to be checked; one that is over is not.
pub(super) async fn due(tx: &Tx, row: &OrderRow, now: Millis) -> Result<(), storage::Error> {
    if matches!(row.order.state(), State::Created | State::Paid) {
        storage::order_checks::mark_due(tx, &row.order.id(), now).await?;
    }
    Ok(())
}
