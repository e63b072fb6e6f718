//! One matter, decided once: a mistake that a buyer tells of is a finding of the check and a ticket, and whoever decides on one
//! of them has decided on the other, in the same transaction.

use livehand_kernel::{Millis, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::holds::By;
use livehand_storage::order_checks::CheckRow;
use livehand_storage::order_decisions::DecisionRow;
use livehand_storage::orders::OrderRow;
use livehand_storage::tickets::{EntryRow, TicketFilter};
use livehand_trade::intercepts::{Aim, Intercept};
use livehand_trade::tickets::{Cause, Settled, Ticket};
use livehand_trade::verification::{CheckState, Decision, Finding, Kind, Matter};

use super::run::stands;
use crate::App;

/// Tickets of one order that are looked at.
const TICKETS_MAX: i64 = 50;

/// The open tickets of an order, and those of the comments that were found: whether they are about the matter of a finding, or
/// the check asks by them.
pub(super) async fn tickets_about(
    tx: &Tx,
    order: &OrderRow,
    findings: &[Finding],
) -> Result<Vec<Ticket>, storage::Error> {
    let id = order.order.id();
    let filter = TicketFilter {
        order: Some(id.clone()),
        running: Some(true),
        limit: TICKETS_MAX,
        ..TicketFilter::default()
    };
    let mut found = storage::tickets::queue(tx, &filter, None).await?;
    let comments = findings.iter().filter_map(|it| it.comment);
    if let Some(show) = &order.show {
        for comment in comments {
            let event = format!("{show}#{comment}");
            for ticket in storage::tickets::of_event(tx, &event).await? {
                let own = ticket.order.as_ref().is_none_or(|order| *order == id);
                if own && found.iter().all(|it| it.id != ticket.id) {
                    found.push(ticket);
                }
            }
        }
    }
    let about = |ticket: &Ticket| {
        let matter = Matter::of_ticket(ticket.kind);
        ticket.asks || matter.is_some_and(|matter| findings.iter().any(|it| it.matter() == matter))
    };
    found.retain(|ticket| ticket.state.is_open() && about(ticket));
    Ok(found)
}

fn entry(by: &By, what: &str, detail: &serde_json::Value, at: Millis) -> EntryRow {
    EntryRow {
        at,
        person_id: by.person.clone(),
        person_name: by.name.clone(),
        what: what.to_owned(),
        detail: detail.to_string(),
        ..EntryRow::default()
    }
}

/// Why it came to a ticket whose matter was decided on so.
fn cause(row: &DecisionRow) -> Cause {
    match row.decision {
        Decision::Keep => Cause::ChangedMind,
        // What a buyer tells of, or wrote, is what they did.
        _ if row.findings.iter().any(|it| it.kind == Kind::Said || it.matter() == Matter::Recipient) => {
            Cause::BuyerMistake
        }
        _ => Cause::Other,
    }
}

impl App {
    /// What a decision on an order settles: the tickets about the same matter.
    pub(super) async fn settle_tickets(
        &self,
        tx: &Tx,
        order: &OrderRow,
        row: &DecisionRow,
    ) -> Result<(), storage::Error> {
        for mut ticket in tickets_about(tx, order, &row.findings).await? {
            let settled = Settled { decision: row.id.clone(), how: row.decision, at: row.at };
            if !ticket.settle(settled, cause(row)) {
                continue;
            }
            if ticket.order.is_none() {
                ticket.order = Some(order.order.id());
                ticket.customer.clone_from(&order.customer);
            }
            storage::tickets::save(tx, &ticket, None).await?;
            let detail = serde_json::json!({ "decision": row.decision, "cause": ticket.cause });
            storage::tickets::add_entry(tx, &ticket.id, &entry(&row.by, "settled", &detail, row.at)).await?;
        }
        Ok(())
    }

    /// A decision was taken back: what it settled is open again.
    pub(super) async fn unsettle_tickets(
        &self,
        tx: &Tx,
        order: &str,
        decision: &str,
        by: &By,
    ) -> Result<(), storage::Error> {
        let now = self.clock.now();
        let filter =
            TicketFilter { order: Some(order.to_owned()), limit: TICKETS_MAX, ..TicketFilter::default() };
        for mut ticket in storage::tickets::newest(tx, &filter, None).await? {
            if ticket.unsettle(decision, now) {
                storage::tickets::save(tx, &ticket, None).await?;
                let detail = serde_json::json!({ "undone": decision });
                storage::tickets::add_entry(tx, &ticket.id, &entry(by, "unsettled", &detail, now)).await?;
            }
        }
        Ok(())
    }

    /// The buyer is asked by the ticket that there is, or by a new one: its clock runs, and what they say comes back here.
    pub(super) async fn ask_buyer(
        &self,
        tx: &Tx,
        order: &OrderRow,
        row: &DecisionRow,
    ) -> Result<(), storage::Error> {
        let known = tickets_about(tx, order, &row.findings).await?.into_iter().next();
        let mut ticket = match known {
            Some(ticket) => ticket,
            None => {
                let matter = row.findings.iter().map(Finding::matter).min().unwrap_or(Matter::Rest);
                let kinds: Vec<String> =
                    row.findings.iter().map(|it| it.kind.phrase().zh.to_string()).collect();
                let text = format!("审单需要跟买家确认：{}", kinds.join("、"));
                self.ticket_for_check(tx, order, matter.asked_by(), text, row.at).await?
            }
        };
        ticket.asks = true;
        if ticket.order.is_none() {
            ticket.order = Some(order.order.id());
            ticket.customer.clone_from(&order.customer);
        }
        storage::tickets::save(tx, &ticket, None).await?;
        let detail = serde_json::json!({ "decision": row.decision });
        storage::tickets::add_entry(tx, &ticket.id, &entry(&row.by, "asked", &detail, row.at))
            .await
            .map(|_| ())
    }

    /// What the buyer said comes back to the card: somebody looks at the order again.
    pub(in crate::trade) async fn answer_came(
        &self,
        tx: &Tx,
        ticket: &Ticket,
        at: Millis,
    ) -> Result<(), storage::Error> {
        let Some(order) = ticket.order.as_deref().filter(|_| ticket.asks) else { return Ok(()) };
        storage::order_decisions::note_answer(tx, order, at).await?;
        let check = storage::order_checks::find(tx, &[order]).await?.into_iter().next();
        if let Some(check) = check.filter(|check| check.state == CheckState::Asked) {
            let row = CheckRow { state: CheckState::Waiting, version: check.version + 1, ..check.clone() };
            if !storage::order_checks::write(tx, &row, check.version).await? {
                return Err(storage::Error::Busy);
            }
        }
        Ok(())
    }

    /// A ticket is over: what the check still asks about its matter stays as it is, with the ticket's reason.
    pub(in crate::trade) async fn settle_check(
        &self,
        tx: &Tx,
        ticket: &Ticket,
        by: &By,
        at: Millis,
    ) -> Result<(), storage::Error> {
        let over =
            !ticket.state.is_open() && ticket.settled.is_none() && ticket.cause != Some(Cause::Duplicate);
        let Some(id) = ticket.order.as_deref().filter(|_| over) else { return Ok(()) };
        let Some(matter) = Matter::of_ticket(ticket.kind).or(ticket.asks.then_some(Matter::Rest)) else {
            return Ok(());
        };
        let mine = |it: &Finding| it.matter() == matter && (ticket.asks || it.kind == Kind::Said);
        self.decide_check(tx, id, Decision::Keep, None, &mine, (by, at)).await.map(|_| ())
    }

    /// An intercept decided on the matter of an order: what is to be in the parcel, where it goes, or that it does not go.
    pub(in crate::trade) async fn settle_check_by_intercept(
        &self,
        tx: &Tx,
        it: &Intercept,
        by: &By,
        at: Millis,
    ) -> Result<(), storage::Error> {
        let (decision, matter) = match it.aim {
            // What is corrected is decided with its lines.
            Aim::Spec => return Ok(()),
            Aim::Address => (Decision::Correct, Some(Matter::Recipient)),
            Aim::Stop => (Decision::Cancel, None),
        };
        let mine = |finding: &Finding| match matter {
            Some(matter) => finding.matter() == matter,
            None => finding.kind == Kind::Said,
        };
        self.decide_check(tx, &it.order, decision, Some(&it.id), &mine, (by, at)).await.map(|_| ())
    }

    /// What the check asks about the contents of an order.
    pub(in crate::trade) async fn asked_about(
        &self,
        tx: &Tx,
        order: &str,
        matter: Matter,
    ) -> Result<Vec<Finding>, storage::Error> {
        let check = storage::order_checks::find(tx, &[order]).await?.into_iter().next();
        let findings = check.map(|check| check.findings).unwrap_or_default();
        Ok(findings.into_iter().filter(|it| it.asks() && it.matter() == matter).collect())
    }

    async fn decide_check(
        &self,
        tx: &Tx,
        order: &str,
        decision: Decision,
        intercept: Option<&str>,
        mine: &(dyn Fn(&Finding) -> bool + Sync),
        (by, at): (&By, Millis),
    ) -> Result<bool, storage::Error> {
        let Some(check) = storage::order_checks::find(tx, &[order]).await?.into_iter().next() else {
            return Ok(false);
        };
        let waits = matches!(check.state, CheckState::Waiting | CheckState::Asked | CheckState::Due);
        let findings: Vec<Finding> =
            check.findings.iter().filter(|it| it.asks() && mine(it)).cloned().collect();
        if !waits || findings.is_empty() {
            return Ok(false);
        }
        let row = DecisionRow {
            id: new_uuid(at, &*self.entropy),
            order: order.to_owned(),
            decision,
            findings,
            lines: Vec::new(),
            recipient_print: check.recipient_print.clone(),
            previous: None,
            difference: None,
            intercept: intercept.map(str::to_owned),
            by: by.clone(),
            at,
            answered: None,
            undone: None,
        };
        storage::order_decisions::insert(tx, &row).await?;
        storage::order_checks::mark_due(tx, order, at).await?;
        Ok(true)
    }

    /// An intercept was taken back: what it decided is asked again.
    pub(in crate::trade) async fn reopen_check(
        &self,
        tx: &Tx,
        it: &Intercept,
        by: &By,
        at: Millis,
    ) -> Result<(), storage::Error> {
        let decisions = storage::order_decisions::of_orders(tx, &[&it.order]).await?;
        for row in decisions.iter().filter(|row| stands(row) && row.intercept.as_ref() == Some(&it.id)) {
            storage::order_decisions::undo(tx, &row.id, at, by).await?;
            storage::order_checks::mark_due(tx, &it.order, at).await?;
        }
        Ok(())
    }
}
