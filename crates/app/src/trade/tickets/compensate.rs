//! Money for a customer (补偿): asked for on a ticket, given at once within the first limit, else when those have agreed whose
//! agreement the sum needs.

use livehand_compliance::Action;
use livehand_kernel::{Fen, Hat, PersonId, Phrase, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
pub use livehand_storage::compensations::CompensationRow;
use livehand_storage::compensations::Signed;
use livehand_storage::tickets::EntryRow;
use livehand_trade::tickets::compensation::{FEN_MAX, Refusal, needed, sign, signed_by_asking};

use super::{entry_by, find_ticket};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Sums in an answer.
const LISTED_MAX: i64 = 200;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::Conflict { code: refusal.code(), explanation: refusal.words() }
    }
}

/// A member of the crew; links and the command line give nobody money.
fn person(caller: &Caller, action: Action) -> Result<(&PersonId, &[Hat]), Error> {
    caller.require(action)?;
    match caller {
        Caller::Person { id, hats, .. } => Ok((id, hats)),
        Caller::Link { .. } | Caller::Local => Err(Error::Forbidden(action)),
    }
}

impl App {
    /// Asks for money for the customer of a ticket. What the ticket got before counts into the limits, and what waits as well.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`].
    pub async fn ask_compensation(
        &self,
        caller: &Caller,
        ticket: &str,
        fen: Fen,
        reason: &str,
    ) -> Result<CompensationRow, Error> {
        let (who, hats) = person(caller, Action::AskCompensation)?;
        if !(1..=FEN_MAX).contains(&fen.0) {
            let expected = Phrase::new(format!("1 to {FEN_MAX} fen"), format!("1 到 {FEN_MAX} 分"));
            return Err(Error::field("fen", expected, Phrase::literal(fen.0.to_string())));
        }
        let tx = self.db.read().await?;
        let order = find_ticket(&tx, ticket).await?.order;
        drop(tx);
        let reason = self.impersonal("reason", reason, order.as_deref()).await?;
        let now = self.clock.now();
        let row = CompensationRow {
            id: new_uuid(now, &*self.entropy),
            ticket: ticket.to_owned(),
            fen,
            reason,
            status: "asked".to_owned(),
            needs: Vec::new(),
            asked_by: who.clone(),
            asked_name: caller.name(),
            asked_at: now,
            signed: Vec::new(),
            refused: None,
            refusal: String::new(),
        };
        let entry = Entry::of(caller, "ask_compensation", ticket)
            .with(serde_json::json!({ "compensation": row.id, "fen": fen }));
        let draft = &row;
        let done = self.audited(entry, move |tx| async move {
            let known = storage::compensations::of_ticket(&tx, ticket).await?;
            let before: i64 = known.iter().filter(|it| it.status != "refused").map(|it| it.fen.0).sum();
            let (_, settings) = storage::after_sale::settings(&tx).await?;
            let needs = needed(Fen(before.saturating_add(fen.0)), settings.limits);
            let signed = signed_by_asking(needs, hats).map(|signature| Signed {
                signature,
                by: who.clone(),
                name: draft.asked_name.clone(),
                at: now,
            });
            let mut row = CompensationRow {
                needs: needs.to_vec(),
                signed: signed.into_iter().collect(),
                ..draft.clone()
            };
            if row.signed.len() == needs.len() {
                row.status = "granted".to_owned();
            }
            self.write_compensation(&tx, caller, &row, "compensation_asked").await?;
            Ok(Some(row))
        });
        done.await?.ok_or(Error::Internal("a compensation was not written"))
    }

    /// Agrees to a sum that waits, or refuses it and says why.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with `same_person`,
    /// `not_a_checker` or `already_decided`.
    pub async fn decide_compensation(
        &self,
        caller: &Caller,
        id: &str,
        refused: Option<&str>,
    ) -> Result<CompensationRow, Error> {
        let (who, hats) = person(caller, Action::DecideCompensation)?;
        let refusal = match refused {
            Some(why) => Some(self.impersonal("refused", why, None).await?),
            None => None,
        };
        let now = self.clock.now();
        let entry = Entry::of(caller, "decide_compensation", id)
            .with(serde_json::json!({ "refused": refusal.is_some() }));
        let refusal = &refusal;
        let done = self.decided(entry, move |tx| async move {
            let Some(mut row) = storage::compensations::find(&tx, id).await? else {
                return Ok(Err(Error::not_found("compensation", id)));
            };
            if row.status != "asked" {
                return Ok(Err(Refusal::Decided.into()));
            }
            let given: Vec<_> = row.signed.iter().map(|it| (it.signature, it.by.clone())).collect();
            let signature = match sign(&row.needs, &row.asked_by, &given, (who, hats)) {
                Ok(signature) => signature,
                Err(refusal) => return Ok(Err(refusal.into())),
            };
            let what = if let Some(why) = refusal {
                row.status = "refused".to_owned();
                row.refused = Some((who.clone(), caller.name(), now));
                row.refusal.clone_from(why);
                "compensation_refused"
            } else {
                row.signed.push(Signed { signature, by: who.clone(), name: caller.name(), at: now });
                if row.signed.len() == row.needs.len() {
                    row.status = "granted".to_owned();
                }
                "compensation_agreed"
            };
            self.write_compensation(&tx, caller, &row, what).await?;
            Ok(Ok(Some(row)))
        });
        done.await?.ok_or(Error::Internal("a compensation was not decided on"))
    }

    /// Writes a sum, what it adds to its ticket, and the entry in the ticket's record.
    async fn write_compensation(
        &self,
        tx: &Tx,
        caller: &Caller,
        row: &CompensationRow,
        what: &str,
    ) -> Result<(), storage::Error> {
        storage::compensations::save(tx, row).await?;
        if row.status == "granted"
            && let Some(mut ticket) = storage::tickets::find(tx, &row.ticket).await?
        {
            ticket.compensated = Fen(ticket.compensated.0.saturating_add(row.fen.0));
            storage::tickets::save(tx, &ticket, None).await?;
        }
        let words = if row.status == "refused" { &row.refusal } else { &row.reason };
        let detail = serde_json::json!({
            "compensation": row.id, "fen": row.fen, "status": row.status, "needs": row.needs,
        });
        let now = row.signed.iter().map(|it| it.at).chain(row.refused.as_ref().map(|it| it.2)).max();
        let entry = entry_by(caller, what, words, now.unwrap_or(row.asked_at));
        let entry = EntryRow { detail: detail.to_string(), ..entry };
        storage::tickets::add_entry(tx, &row.ticket, &entry).await.map(|_| ())
    }

    /// Sums that wait for somebody who agrees, the oldest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn waiting_compensations(&self, caller: &Caller) -> Result<Vec<CompensationRow>, Error> {
        caller.require(Action::ViewTickets)?;
        let tx = self.db.read().await?;
        Ok(storage::compensations::waiting(&tx, LISTED_MAX).await?)
    }
}
