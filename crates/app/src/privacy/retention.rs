//! The retention job (到期清理): takes away what is due by the matrix, and leaves a record of it.

use livehand_compliance::Action;
use livehand_compliance::personal::{Class, MatrixRow};
use livehand_kernel::{CustomerId, DeliveryId, Millis, new_uuid};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::retention_runs::RetentionRunRow;
use sha2::{Digest, Sha256};

use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Rows that one run takes away of each kind; what is left is for the next one, which follows at once.
const RUN_ROWS_MAX: i64 = 500;
/// Rows in a list of what is due.
const LISTED_MAX: i64 = 200;
/// Runs in an answer.
const RUNS_LISTED: i64 = 100;
/// Runs that follow one another at most; the loop comes again.
const RUNS_MAX: usize = 1_000;

/// What is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetentionDue {
    /// Deliveries whose recipient goes.
    pub deliveries: Vec<DeliveryId>,
    /// Customers of whom nothing clear stays.
    pub customers: Vec<CustomerId>,
    /// Customers of whom nothing masked stays.
    pub evidence: Vec<CustomerId>,
}

/// A run that took something away.
#[derive(Clone, Debug)]
pub struct RetentionRun {
    /// Its row.
    pub row: RetentionRunRow,
}

/// The matrix, what is due now, and what went before.
#[derive(Clone, Debug)]
pub struct RetentionView {
    /// The lines of the matrix.
    pub matrix: Vec<MatrixRow>,
    /// What the next run takes away, at most so many of each that it can be shown.
    pub due: RetentionDue,
    /// The last runs.
    pub runs: Vec<RetentionRun>,
}

impl RetentionDue {
    fn is_empty(&self) -> bool {
        self.deliveries.is_empty() && self.customers.is_empty() && self.evidence.is_empty()
    }
}

impl App {
    /// The matrix, what the next run would take away, and the last runs. Takes nothing away.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn retention(&self, caller: &Caller) -> Result<RetentionView, Error> {
        caller.require(Action::ViewPrivacyRecords)?;
        let tx = self.db.read().await?;
        let due = self.due(&tx, LISTED_MAX).await?;
        let runs = storage::retention_runs::list(&tx, RUNS_LISTED).await?;
        drop(tx);
        let runs = runs.into_iter().map(|row| RetentionRun { row }).collect();
        Ok(RetentionView { matrix: self.retention.rows().to_vec(), due, runs })
    }

    /// Takes away what is due, now; the runs that did.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn run_retention(&self, caller: &Caller) -> Result<Vec<RetentionRun>, Error> {
        caller.require(Action::RunRetention)?;
        self.expire_due(caller).await
    }

    /// Takes away what is due. It needs no key: what has no key any more cannot be read.
    pub(super) async fn expire_due(&self, caller: &Caller) -> Result<Vec<RetentionRun>, Error> {
        let mut runs = Vec::new();
        while runs.len() < RUNS_MAX {
            match self.expire_some(caller).await? {
                Some(row) => runs.push(RetentionRun { row }),
                None => break,
            }
        }
        if !runs.is_empty() {
            self.clear_traces().await;
        }
        Ok(runs)
    }

    /// One run; nothing if nothing was due.
    async fn expire_some(&self, caller: &Caller) -> Result<Option<RetentionRunRow>, Error> {
        let tx = self.db.read().await?;
        let due = self.due(&tx, RUN_ROWS_MAX).await?;
        drop(tx);
        if due.is_empty() {
            return Ok(None);
        }
        let now = self.clock.now();
        let detail = serde_json::json!({
            "deliveries": due.deliveries, "customers": due.customers, "evidence": due.evidence,
        });
        let detail = detail.to_string();
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        let row = RetentionRunRow {
            id: new_uuid(now, &*self.entropy),
            at: now,
            person_name: caller.name(),
            matrix: serde_json::to_string(&self.retention).unwrap_or_default(),
            deliveries: count(due.deliveries.len()),
            customers: count(due.customers.len()),
            evidence: count(due.evidence.len()),
            digest: hex::encode(Sha256::digest(detail.as_bytes())),
            detail,
        };
        let entry = Entry::of(caller, "expire_personal_data", &row.id).with(serde_json::json!({
            "deliveries": row.deliveries, "customers": row.customers, "evidence": row.evidence, "digest": row.digest,
        }));
        let (run, due) = (&row, &due);
        self.audited(entry, move |tx| async move {
            for id in &due.deliveries {
                storage::deliveries::expire(&tx, id, now).await?;
            }
            for id in &due.customers {
                storage::customers::expire(&tx, id, now).await?;
            }
            for id in &due.evidence {
                storage::customers::expire_evidence(&tx, id).await?;
            }
            storage::retention_runs::insert(&tx, run).await?;
            Ok(Some(()))
        })
        .await?;
        tracing::info!(
            deliveries = row.deliveries,
            customers = row.customers,
            evidence = row.evidence,
            "personal data whose time was over is gone"
        );
        metrics::counter!("livehand_retention_expired_total")
            .increment(u64::try_from(row.deliveries + row.customers + row.evidence).unwrap_or(0));
        Ok(Some(row))
    }

    async fn due(&self, tx: &Tx, limit: i64) -> Result<RetentionDue, storage::Error> {
        let (matrix, now) = (self.retention, self.clock.now());
        let before = |ms: i64| Millis(now.0.saturating_sub(ms));
        let (orders, prizes) = (before(matrix.keeps_ms(Class::Order)), before(matrix.keeps_ms(Class::Prize)));
        let idle = before(matrix.keeps_idle_ms());
        Ok(RetentionDue {
            deliveries: storage::deliveries::due(tx, orders, idle, prizes, limit).await?,
            customers: storage::customers::due(tx, orders, idle, prizes, limit).await?,
            evidence: storage::customers::evidence_due(tx, before(matrix.keeps_evidence_ms()), limit).await?,
        })
    }
}
