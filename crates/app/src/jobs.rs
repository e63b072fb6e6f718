//! Work that is done later: jobs written by the transaction that made them necessary, done at least once.

use std::time::Duration;

use livehand_kernel::{ChangeId, ShowId};
use livehand_storage as storage;
use livehand_storage::jobs::JobRow;
use tokio_util::sync::CancellationToken;

use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Keeps what an ended show taught the FAQ library, reads its whole log and what is left in it for tickets, checks its chain, writes what is left of its orders
/// into the price ledger, and its last hash into the audit trail.
pub(crate) const SEAL_SHOW: &str = "seal_show";
/// Puts a change into force that nobody else could approve, after its delay.
pub(crate) const APPLY_CHANGE: &str = "apply_change";
/// Brings the former price back when the time of a price is over.
pub(crate) const RESTORE_PRICE: &str = "restore_price";
/// Takes a product whose breaker tripped off the stages, and tells the hosts.
pub(crate) const STOP_PRODUCT: &str = "stop_product";
/// Tells a show on air of facts that it could not be told of when they changed.
pub(crate) const TELL_FACTS: &str = "tell_facts";
/// Pause of the worker when nothing is due.
const PAUSE: Duration = Duration::from_secs(1);

/// Does jobs until told to stop.
pub async fn run_jobs(app: App, stop: CancellationToken) {
    if let Err(error) = app.catch_up_with_facts().await {
        tracing::error!(error = &error as &dyn std::error::Error, "shows on air were not told of facts");
    }
    loop {
        match app.do_next_job().await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "jobs cannot be read");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(PAUSE * 10) => {}
                }
            }
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

impl App {
    /// Does one job; false when none is due.
    async fn do_next_job(&self) -> Result<bool, Error> {
        let now = self.clock.now();
        self.write(move |tx| async move { storage::sessions::expire(&tx, now).await }).await?;
        let job = self.write(move |tx| async move { storage::jobs::claim(&tx, now).await }).await?;
        let Some(job) = job else { return Ok(false) };
        let result = self.do_job(&job).await;
        let now = self.clock.now();
        let (row, text) = (&job, result.as_ref().err().map(ToString::to_string));
        let failure = text.as_deref();
        self.write(move |tx| async move {
            match failure {
                None => storage::jobs::finish(&tx, &row.id, now).await,
                Some(error) => storage::jobs::fail(&tx, row, error, now).await,
            }
        })
        .await?;
        let outcome = if result.is_ok() { "livehand_jobs_done_total" } else { "livehand_jobs_failed_total" };
        metrics::counter!(outcome).increment(1);
        if let Err(error) = result {
            tracing::error!(
                job.id = job.id,
                job.kind = job.kind,
                error = &error as &dyn std::error::Error,
                "a job failed"
            );
        }
        Ok(true)
    }

    async fn do_job(&self, job: &JobRow) -> Result<(), Error> {
        match job.kind.as_str() {
            SEAL_SHOW => self.seal_show(&ShowId(job.payload.clone())).await,
            APPLY_CHANGE => self.apply_due_change(&ChangeId(job.payload.clone())).await,
            RESTORE_PRICE => self.restore_price(&ChangeId(job.payload.clone())).await,
            STOP_PRODUCT => self.stop_product(&job.payload).await,
            TELL_FACTS => self.tell_facts(&ShowId(job.payload.clone())).await,
            _ => Err(Error::Internal("a job of an unknown kind")),
        }
    }

    async fn seal_show(&self, show: &ShowId) -> Result<(), Error> {
        self.keep_what_was_learned(show).await?;
        self.rooms.close(show).await?;
        let mut events = 0_u64;
        self.rooms.read(show, |recorded| events = recorded.sequence).await?;
        self.read_last_orders(show).await?;
        self.read_after_sale(show).await?;
        let tx = self.db.read().await?;
        let head = storage::log_batches::head(&tx, show).await?;
        drop(tx);
        let hash = head.map(|(_, hash)| hex::encode(hash)).unwrap_or_default();
        let entry = Entry::of(&Caller::Local, SEAL_SHOW, show.as_str())
            .with(serde_json::json!({ "events": events, "log_hash": hash }));
        self.audit_alone(entry).await
    }
}
