//! Customers who are to be forgotten: one person asks, another does it.

use livehand_kernel::{CustomerId, Millis, PersonId};

use crate::{Error, Tx, sql};

/// That somebody is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// Id.
    pub id: String,
    /// Who is.
    pub customer_id: CustomerId,
    /// asked, done or refused.
    pub status: String,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: PersonId,
    /// Their name then.
    pub asked_name: String,
    /// When.
    pub asked_at: Millis,
    /// By when it must be decided.
    pub due_at: Millis,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// Their name then.
    pub decided_name: Option<String>,
    /// When.
    pub decided_at: Option<Millis>,
    /// Why it was refused.
    pub decision: String,
    /// Whether one person did it, because nobody else could.
    pub alone: bool,
}

/// A decision.
#[derive(Clone, Debug)]
pub struct Decision {
    /// done or refused.
    pub status: &'static str,
    /// Who decided.
    pub by: PersonId,
    /// Their name.
    pub name: String,
    /// When.
    pub at: Millis,
    /// Why it was refused.
    pub why: String,
    /// Whether they also asked, because nobody else could decide.
    pub alone: bool,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    customer_id: String,
    status: String,
    reason: String,
    asked_by: String,
    asked_name: String,
    asked_at: i64,
    due_at: i64,
    decided_by: Option<String>,
    decided_name: Option<String>,
    decided_at: Option<i64>,
    decision: String,
    alone: bool,
}

fn row(it: Columns) -> ErasureRow {
    ErasureRow {
        id: it.id,
        customer_id: CustomerId(it.customer_id),
        status: it.status,
        reason: it.reason,
        asked_by: PersonId(it.asked_by),
        asked_name: it.asked_name,
        asked_at: Millis(it.asked_at),
        due_at: Millis(it.due_at),
        decided_by: it.decided_by.map(PersonId),
        decided_name: it.decided_name,
        decided_at: it.decided_at.map(Millis),
        decision: it.decision,
        alone: it.alone,
    }
}

/// Asks for one.
///
/// # Errors
/// [`Error::Conflict`] if one of the same customer waits already.
pub async fn insert(tx: &Tx, erasure: &ErasureRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO erasures (id, customer_id, status, reason, asked_by, asked_name, asked_at, due_at, decision, alone) \
         VALUES ($1, $2, 'asked', $3, $4, $5, $6, $7, '', FALSE)"
    );
    let args = vec![
        (&erasure.id).into(),
        erasure.customer_id.as_str().into(),
        (&erasure.reason).into(),
        erasure.asked_by.as_str().into(),
        (&erasure.asked_name).into(),
        erasure.asked_at.into(),
        erasure.due_at.into(),
    ];
    tx.run("asking for an erasure", sql, args).await.map(|_| ())
}

/// Decides on one that waits; false if it was decided already.
///
/// # Errors
/// [`Error::Conflict`] if whoever asked decides, without being alone.
pub async fn decide(tx: &Tx, id: &str, decision: &Decision) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE erasures SET status = $2, decided_by = $3, decided_name = $4, decided_at = $5, decision = $6, alone = $7 \
         WHERE id = $1 AND status = 'asked'"
    );
    let args = vec![
        id.into(),
        decision.status.into(),
        decision.by.as_str().into(),
        (&decision.name).into(),
        decision.at.into(),
        (&decision.why).into(),
        decision.alone.into(),
    ];
    Ok(tx.run("deciding on an erasure", sql, args).await? > 0)
}

/// The one with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<ErasureRow>, Error> {
    let sql = sql!(
        "SELECT id, customer_id, status, reason, asked_by, asked_name, asked_at, due_at, decided_by, decided_name, \
         decided_at, decision, alone FROM erasures WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding an erasure", sql, vec![id.into()]).await?.map(row))
}

/// The last ones; only those that wait, if asked.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, waiting: bool, limit: i64) -> Result<Vec<ErasureRow>, Error> {
    let sql = sql!(
        "SELECT id, customer_id, status, reason, asked_by, asked_name, asked_at, due_at, decided_by, decided_name, \
         decided_at, decision, alone FROM erasures WHERE (status = 'asked' OR NOT $1) ORDER BY id DESC LIMIT $2"
    );
    let rows = tx.all::<Columns>("listing erasures", sql, vec![waiting.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}
