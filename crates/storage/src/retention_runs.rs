//! What the retention job took away: the proof of it (清理凭证).

use livehand_kernel::Millis;

use crate::{Error, Tx, sql};

/// A run that took something away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRunRow {
    /// Id.
    pub id: String,
    /// When.
    pub at: Millis,
    /// Who started it; the program itself, mostly.
    pub person_name: String,
    /// The periods then, as JSON.
    pub matrix: String,
    /// Deliveries whose recipient is gone.
    pub deliveries: i64,
    /// Customers of whom nothing is clear any more.
    pub customers: i64,
    /// Customers of whom nothing is masked any more.
    pub evidence: i64,
    /// The ids, as JSON.
    pub detail: String,
    /// SHA-256 of the ids.
    pub digest: String,
}

type Columns = (String, i64, String, String, i64, i64, i64, String, String);

/// Adds a run.
///
/// # Errors
/// [`Error`] of the database.
pub async fn insert(tx: &Tx, run: &RetentionRunRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO retention_runs (id, at, person_name, matrix, deliveries, customers, evidence, detail, digest) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let args = vec![
        (&run.id).into(),
        run.at.into(),
        (&run.person_name).into(),
        (&run.matrix).into(),
        run.deliveries.into(),
        run.customers.into(),
        run.evidence.into(),
        (&run.detail).into(),
        (&run.digest).into(),
    ];
    tx.run("recording a retention run", sql, args).await.map(|_| ())
}

/// The last runs.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, limit: i64) -> Result<Vec<RetentionRunRow>, Error> {
    let sql = sql!(
        "SELECT id, at, person_name, matrix, deliveries, customers, evidence, detail, digest \
         FROM retention_runs ORDER BY id DESC LIMIT $1"
    );
    let rows = tx.all::<Columns>("listing retention runs", sql, vec![limit.into()]).await?;
    let row = |(id, at, person_name, matrix, deliveries, customers, evidence, detail, digest): Columns| {
        RetentionRunRow {
            id,
            at: Millis(at),
            person_name,
            matrix,
            deliveries,
            customers,
            evidence,
            detail,
            digest,
        }
    };
    Ok(rows.into_iter().map(row).collect())
}
