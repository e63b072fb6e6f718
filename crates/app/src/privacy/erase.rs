//! Forgetting a customer (删除权): one person asks, another does it, and both keys of the customer are destroyed. Orders and
//! their sums stay; they name the customer by an id that leads nowhere then.

use livehand_compliance::Action;
use livehand_kernel::{CustomerId, DAY_MS, Hat, Phrase, new_uuid};
use livehand_storage as storage;
use livehand_storage::erasures::{Decision, ErasureRow};

use super::masked::{CustomerView, view};
use super::reveal::checked_note;
use super::{find_customer, gone, open_clear, person};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// A request must be decided within fifteen days (《个人信息保护法》第五十条, 十五个工作日 in practice).
const DECIDE_WITHIN_MS: i64 = 15 * DAY_MS;
/// Requests in an answer.
const LISTED_MAX: i64 = 200;

/// That a customer is to be forgotten.
#[derive(Clone, Debug)]
pub struct NewErasure {
    /// Who.
    pub customer: CustomerId,
    /// Why, such as the number of a ticket. Never personal data.
    pub reason: String,
}

/// A request as screens have it.
#[derive(Clone, Debug)]
pub struct ErasureView {
    /// Its row.
    pub row: ErasureRow,
    /// The customer, masked.
    pub customer: CustomerView,
}

impl App {
    /// Asks that a customer be forgotten.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with the codes
    /// `personal_data_gone` and `erasure_waits`.
    pub async fn ask_erasure(&self, caller: &Caller, new: &NewErasure) -> Result<ErasureView, Error> {
        let who = person(caller, Action::AskErasure)?;
        let tx = self.db.read().await?;
        let customer = find_customer(&tx, &new.customer).await?;
        drop(tx);
        if customer.masked.is_none() {
            return Err(gone());
        }
        // Without a key nobody can tell whether the reason names them; what looks like a number or an address is found anyway.
        let known = match self.sealer() {
            Ok(sealer) => open_clear(&sealer, &customer).ok().flatten(),
            Err(_) => None,
        };
        let reason = checked_note("reason", &new.reason, known.as_ref().map(|(known, _)| known))?;
        let now = self.clock.now();
        let row = ErasureRow {
            id: new_uuid(now, &*self.entropy),
            customer_id: new.customer.clone(),
            status: "asked".to_owned(),
            reason,
            asked_by: who,
            asked_name: caller.name(),
            asked_at: now,
            due_at: now.plus(DECIDE_WITHIN_MS),
            decided_by: None,
            decided_name: None,
            decided_at: None,
            decision: String::new(),
            alone: false,
        };
        let entry = Entry::of(caller, "ask_erasure", new.customer.as_str())
            .with(serde_json::json!({ "erasure": row.id }));
        let asked = &row;
        let written = self
            .audited(entry, move |tx| async move {
                storage::erasures::insert(&tx, asked).await?;
                Ok(Some(()))
            })
            .await;
        match written {
            Err(Error::Storage(storage::Error::Conflict { .. })) => Err(Error::Conflict {
                code: "erasure_waits",
                explanation: Phrase::new(
                    "A request for this customer waits already",
                    "该客户已有待处理的删除请求",
                ),
            }),
            Err(error) => Err(error),
            Ok(_) => self.erasure_view(row).await,
        }
    }

    /// Does what was asked, or refuses it and says why. Whoever asked may do it only if nobody else in the crew may.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] with the codes
    /// `needs_second_person` and `erasure_decided`.
    pub async fn decide_erasure(
        &self,
        caller: &Caller,
        id: &str,
        refused: Option<&str>,
    ) -> Result<ErasureView, Error> {
        let who = person(caller, Action::DecideErasure)?;
        let why = refused.map(|why| checked_note("refused", why, None)).transpose()?;
        let tx = self.db.read().await?;
        let row = storage::erasures::find(&tx, id).await?.ok_or_else(|| Error::not_found("erasure", id))?;
        let deciders = storage::people::count_wearing(&tx, Hat::Compliance).await?;
        drop(tx);
        let own = row.asked_by == who;
        if own && why.is_none() && deciders > 1 {
            return Err(Error::Conflict {
                code: "needs_second_person",
                explanation: Phrase::new("Somebody else must confirm it", "须由另一人确认"),
            });
        }
        let now = self.clock.now();
        let decision = Decision {
            status: if why.is_some() { "refused" } else { "done" },
            by: who,
            name: caller.name(),
            at: now,
            why: why.unwrap_or_default(),
            alone: own,
        };
        let entry = Entry::of(caller, "decide_erasure", row.customer_id.as_str())
            .with(serde_json::json!({ "erasure": id, "status": decision.status, "alone": decision.alone }));
        let (decision, customer) = (&decision, &row.customer_id);
        let done = self.audited(entry, move |tx| async move {
            if !storage::erasures::decide(&tx, id, decision).await? {
                return Ok(None);
            }
            if decision.status == "done" {
                storage::customers::erase(&tx, customer, now).await?;
            }
            Ok(Some(()))
        });
        done.await?.ok_or_else(|| Error::Conflict {
            code: "erasure_decided",
            explanation: Phrase::new("It was decided already", "该请求已处理"),
        })?;
        if decision.status == "done" {
            self.write_down_erased(customer);
        }
        self.clear_traces().await;
        let tx = self.db.read().await?;
        let row = storage::erasures::find(&tx, id).await?.ok_or_else(|| Error::not_found("erasure", id))?;
        drop(tx);
        self.erasure_view(row).await
    }

    /// Requests, the last first; only those that wait, if asked.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn list_erasures(&self, caller: &Caller, waiting: bool) -> Result<Vec<ErasureView>, Error> {
        caller.require(Action::ViewPrivacyRecords)?;
        let tx = self.db.read().await?;
        let rows = storage::erasures::list(&tx, waiting, LISTED_MAX).await?;
        drop(tx);
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            views.push(self.erasure_view(row).await?);
        }
        Ok(views)
    }

    async fn erasure_view(&self, row: ErasureRow) -> Result<ErasureView, Error> {
        let tx = self.db.read().await?;
        let customer = find_customer(&tx, &row.customer_id).await?;
        drop(tx);
        let customer = view(self.sealer().ok().as_deref(), &customer);
        Ok(ErasureView { row, customer })
    }

    /// Erases customers once more of whom it is written down outside the database that they were: a backup from before may
    /// have brought them back. How many of them it had; those that it has erased besides are written down.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn erase_again(&self, known: &[CustomerId]) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut again = 0;
        for customer in known {
            let entry = Entry::by_nobody("erase_again", customer.as_str());
            let done = self.audited(entry, move |tx| async move {
                Ok(storage::customers::erase(&tx, customer, now).await?.then_some(()))
            });
            again += usize::from(done.await?.is_some());
        }
        if again > 0 {
            self.clear_traces().await;
        }
        let tx = self.db.read().await?;
        let erased = storage::customers::erased(&tx).await?;
        drop(tx);
        let known: std::collections::BTreeSet<&CustomerId> = known.iter().collect();
        for customer in erased.iter().filter(|customer| !known.contains(customer)) {
            self.write_down_erased(customer);
        }
        Ok(again)
    }

    /// What could not be written down is at the next start, from the database.
    fn write_down_erased(&self, customer: &CustomerId) {
        if let Err(error) = (self.note_erased)(customer) {
            tracing::error!(
                customer = customer.as_str(),
                error = &error as &dyn std::error::Error,
                "an erasure is not written down outside the database: a backup from before would bring it back"
            );
        }
    }

    /// What is left of rows in the files of the database goes as well. That it could not is no reason to take anything back.
    pub(super) async fn clear_traces(&self) {
        if let Err(error) = self.db.clear_traces().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "traces of erased data stay until the next time"
            );
        }
    }
}
