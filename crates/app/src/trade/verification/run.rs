//! Checking what is due: what was found is written, what can be put right is, and what a person has to decide on is held.

use std::collections::BTreeSet;
use std::time::Duration;

use livehand_kernel::{Millis, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_checks::CheckRow;
use livehand_storage::order_decisions::DecisionRow;
use livehand_storage::orders::OrderRow;
use livehand_trade::fulfilment::{Hold, HoldKind, Node};
use livehand_trade::orders::State;
use livehand_trade::verification::{
    CheckState, Decision, Disposition, Finding, Fix, Kind, Settings, check, cut_off, is_sampled,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::gather::Shelf;
use super::recipient::Reading;
use crate::audit::Entry;
use crate::privacy::{Keeper, NotKept, unreadable};
use crate::{App, Error};

/// Orders that are checked at once: others wait for the same database.
const ORDERS_AT_ONCE: i64 = 50;
/// How often it is listened to the rooms, and looked for orders of which nobody told.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Pause after something could not be written.
const PAUSE: Duration = Duration::from_millis(500);
/// Who decides where nobody does.
pub(super) const MACHINERY: &str = "Livehand";

/// Wakes whoever checks orders.
#[derive(Debug, Default)]
pub(crate) struct OrderChecks(Notify);

impl OrderChecks {
    /// An order is due.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// What was found in one order.
struct Outcome {
    /// The check as it was when the order was read.
    before: CheckRow,
    order: OrderRow,
    findings: Vec<Finding>,
    print: Option<Vec<u8>>,
    /// Whether persons decided on it before, and whether the buyer is asked.
    decided: bool,
    asked: bool,
    node: Node,
    since: Millis,
    later: Vec<String>,
}

/// Checks orders until it is stopped.
pub async fn run_verification(app: App, stop: CancellationToken) {
    loop {
        if let Err(error) = app.listen_to_shows().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the rooms were not listened to");
        }
        let mut pause = LOOK_EVERY;
        loop {
            match app.check_due_orders().await {
                Ok(true) if !stop.is_cancelled() => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "orders were not checked");
                    pause = PAUSE;
                    break;
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.order_checks.0.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl App {
    /// Checks the orders that have waited longest. False if none is due.
    async fn check_due_orders(&self) -> Result<bool, Error> {
        // Without a key there are no recipients to be read.
        let keeper = self.keeper().ok();
        let tx = self.db.read().await?;
        let due = storage::order_checks::due(&tx, ORDERS_AT_ONCE).await?;
        if due.is_empty() {
            return Ok(false);
        }
        let settings = storage::order_checks::settings(&tx).await?.map_or_else(Settings::default, |it| it.1);
        let ids: Vec<&str> = due.iter().map(|row| row.order.as_str()).collect();
        let decisions = storage::order_decisions::of_orders(&tx, &ids).await?;
        let mut fulfilments = storage::fulfilments::find(&tx, &ids).await?;
        let rows = storage::orders::find_all(&tx, &ids).await?;
        let mut shelf = Shelf::read(&tx).await?;
        let mut outcomes = Vec::with_capacity(due.len());
        for before in due.iter().cloned() {
            let Some(order) = rows.iter().find(|row| row.order.id() == before.order).cloned() else {
                continue;
            };
            let own: Vec<&DecisionRow> = decisions.iter().filter(|it| it.order == before.order).collect();
            let gathered = self.gather(&tx, &mut shelf, keeper.as_ref(), &order, &settings).await?;
            let print = match (&keeper, &gathered.opened) {
                (Some(keeper), Some(opened)) => Some(readable(keeper.print(&opened.recipient))?),
                _ => None,
            };
            let mut findings = check(&gathered.facts, &settings);
            let asked = settle(&mut findings, &own, print.as_deref());
            let fulfilment = fulfilments.remove(&before.order).unwrap_or_default();
            let node = fulfilment.node();
            outcomes.push(Outcome {
                decided: own.iter().any(|it| stands(it) && it.by.person.is_some()),
                since: fulfilment.at(node).unwrap_or_else(|| order.order.bought_at()),
                asked,
                before,
                order,
                findings,
                print,
                node,
                later: gathered.later,
            });
        }
        drop(tx);
        self.write_outcomes(keeper.as_ref(), &settings, &outcomes).await?;
        Ok(true)
    }

    async fn write_outcomes(
        &self,
        keeper: Option<&Keeper>,
        settings: &Settings,
        outcomes: &[Outcome],
    ) -> Result<(), Error> {
        let ids = |picked: &dyn Fn(&Outcome) -> bool| {
            let picked = outcomes.iter().filter(|it| picked(it)).map(|it| it.before.order.as_str());
            picked.collect::<Vec<_>>()
        };
        let fixed: serde_json::Map<String, serde_json::Value> = (outcomes.iter())
            .filter_map(|it| {
                let codes: Vec<&str> = fixed(&it.findings).map(|finding| finding.code.as_str()).collect();
                (!codes.is_empty()).then(|| (it.before.order.clone(), codes.into()))
            })
            .collect();
        let held = ids(&|it| it.findings.iter().any(Finding::asks));
        let detail = serde_json::json!({ "checked": outcomes.len(), "held": held, "fixed": fixed });
        let entry = Entry::by_nobody("check_orders", "").with(detail);
        let done = self.decided(entry, move |tx| async move {
            for outcome in outcomes {
                match self.write_outcome(&tx, keeper, settings, outcome).await {
                    Ok(()) => {}
                    Err(NotKept::Unreadable) => return Ok(Err(unreadable())),
                    Err(NotKept::Storage(error)) => return Err(error),
                }
            }
            Ok(Ok(Some(())))
        });
        done.await.map(|_| ())
    }

    async fn write_outcome(
        &self,
        tx: &Tx,
        keeper: Option<&Keeper>,
        settings: &Settings,
        outcome: &Outcome,
    ) -> Result<(), NotKept> {
        let Outcome { before, order, findings, .. } = outcome;
        let now = self.clock.now();
        let asks: BTreeSet<Kind> = findings.iter().filter(|it| it.asks()).map(|it| it.kind).collect();
        let state = match (asks.is_empty(), outcome.asked, outcome.decided) {
            (false, true, _) => CheckState::Asked,
            (false, false, _) => CheckState::Waiting,
            (true, _, true) => CheckState::Decided,
            (true, _, false) => CheckState::Passed,
        };
        let mut row = CheckRow {
            state,
            version: before.version + 1,
            checked_at: Some(now),
            findings: findings.clone(),
            cut_off: cut_off(outcome.node, outcome.since, &settings.waves, &settings.collections),
            sampled: state.lets_go() && is_sampled(&before.order, settings.sample_per_mille),
            recipient_print: outcome.print.clone(),
            ..before.clone()
        };
        if fixed(findings).any(|it| it.fix == Some(Fix::Recipient))
            && let Some(keeper) = keeper
        {
            row.recipient_print = self.put_right(tx, keeper, order, findings).await?.or(row.recipient_print);
        }
        if !storage::order_checks::write(tx, &row, before.version).await? {
            // The order changed while it was looked at, and is due again.
            return Err(NotKept::Storage(storage::Error::NothingToDo));
        }
        let by = By { person: None, name: MACHINERY.to_owned() };
        for kind in Kind::ALL {
            if asks.contains(kind) {
                let hold = Hold { kind: hold_kind(*kind), cause: kind.code().to_owned(), since: now };
                self.place_hold(tx, &before.order, hold, by.clone()).await?;
            } else if before.checked_at.is_some() {
                let cause = Some(kind.code());
                storage::holds::lift(tx, &before.order, hold_kind(*kind), cause, now, &by).await?;
            }
        }
        self.mark_later_due(tx, outcome, now).await
    }

    /// Later orders with the same lines are looked at again, if they went through without this one being known.
    async fn mark_later_due(&self, tx: &Tx, outcome: &Outcome, now: Millis) -> Result<(), NotKept> {
        let later: Vec<&str> = outcome.later.iter().map(String::as_str).collect();
        for row in storage::order_checks::find(tx, &later).await? {
            let knows = row.findings.iter().any(|it| it.kind == Kind::Duplicate);
            if row.state.lets_go() && !knows {
                storage::order_checks::mark_due(tx, &row.order, now).await?;
            }
        }
        Ok(())
    }

    /// Writes the recipient as it is read, and keeps the one before; a keyed hash of the new one.
    async fn put_right(
        &self,
        tx: &Tx,
        keeper: &Keeper,
        order: &OrderRow,
        findings: &[Finding],
    ) -> Result<Option<Vec<u8>>, NotKept> {
        let id = order.order.id();
        let Some(opened) = keeper.open(tx, &id).await? else { return Ok(None) };
        let Some(to) = Reading::of(&opened.recipient).corrected else { return Ok(None) };
        let print = keeper.print(&to)?;
        let customer = keeper.redirect(tx, &id, to).await?;
        storage::orders::set_customer(tx, &id, &customer).await?;
        let now = self.clock.now();
        let recipient = |it: &&Finding| it.fix == Some(Fix::Recipient);
        let row = DecisionRow {
            id: new_uuid(now, &*self.entropy),
            order: id,
            decision: Decision::Fixed,
            findings: fixed(findings).filter(recipient).cloned().collect(),
            lines: Vec::new(),
            recipient_print: Some(keeper.print(&opened.recipient)?),
            previous: Some(opened.sealed),
            difference: None,
            intercept: None,
            by: By { person: None, name: MACHINERY.to_owned() },
            at: now,
            answered: None,
            undone: None,
        };
        storage::order_decisions::insert(tx, &row).await?;
        Ok(Some(print))
    }
}

fn readable<T>(kept: Result<T, NotKept>) -> Result<T, Error> {
    kept.map_err(|error| match error {
        NotKept::Unreadable => unreadable(),
        NotKept::Storage(error) => error.into(),
    })
}

/// What holds an order for a finding of a kind.
pub(super) fn hold_kind(kind: Kind) -> HoldKind {
    if kind == Kind::SecondCheck { HoldKind::SecondCheck } else { HoldKind::Verification }
}

fn fixed(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(|it| it.disposition == Disposition::Fixed)
}

/// Whether a decision was not taken back.
pub(super) fn stands(row: &DecisionRow) -> bool {
    row.undone.is_none()
}

/// Whether a decision settles what was found. An order that an intercept stops is held by that.
fn settles(row: &DecisionRow) -> bool {
    let stopped = row.decision == Decision::Cancel && row.intercept.is_some();
    stopped || matches!(row.decision, Decision::Accept | Decision::Keep | Decision::Correct)
}

/// Brings in what was decided before: what stands is only noted, what was taken back is asked, and a second check that found
/// the order wrong is a finding until somebody decides on it. Whether the buyer is asked about all that is left.
fn settle(findings: &mut Vec<Finding>, decisions: &[&DecisionRow], print: Option<&[u8]>) -> bool {
    let about = |row: &DecisionRow, finding: &Finding| {
        let of_recipient = matches!(finding.kind, Kind::Address | Kind::Phone | Kind::Name);
        // Another recipient with the same kind of mistake is another matter.
        let same_recipient = !of_recipient || row.recipient_print.as_deref() == print;
        same_recipient && row.findings.iter().any(|it| it.is_same(finding))
    };
    for finding in findings.iter_mut() {
        let settled = decisions.iter().any(|row| stands(row) && settles(row) && about(row, finding));
        let undone = decisions.iter().any(|row| {
            !stands(row) && matches!(row.decision, Decision::Fixed | Decision::Accept) && about(row, finding)
        });
        if settled {
            finding.disposition = Disposition::Noted;
        } else if undone && finding.disposition == Disposition::Fixed {
            finding.disposition = Disposition::Person;
        }
    }
    let second = decisions.iter().rposition(|row| stands(row) && row.decision == Decision::SecondWrong);
    let after = second.map_or(&[][..], |place| decisions.get(place + 1..).unwrap_or_default());
    if second.is_some() && !after.iter().any(|row| stands(row) && settles(row)) {
        findings.push(Finding::second_check());
    }
    let asked: Vec<&&DecisionRow> = decisions
        .iter()
        .filter(|row| stands(row) && row.decision == Decision::Ask && row.answered.is_none())
        .collect();
    let mut left = findings.iter().filter(|it| it.asks()).peekable();
    left.peek().is_some() && left.all(|finding| asked.iter().any(|row| about(row, finding)))
}

/// Whether an order may still be changed by what is decided here.
pub(super) fn is_in_house(node: Node, state: State) -> bool {
    node < Node::Out && matches!(state, State::Created | State::Paid)
}
