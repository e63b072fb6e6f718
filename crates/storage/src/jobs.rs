//! Work to be done later, written in the transaction that makes it necessary.

use livehand_kernel::Millis;

use crate::{Error, Tx, sql};

/// After so many failed attempts a job waits for a person.
pub const ATTEMPTS_MAX: i64 = 8;
/// A worker that does not finish a job in this time is taken to be gone.
pub const LOCK_MS: i64 = 60_000;
/// Pause before the second attempt; each further one waits twice as long.
const BACKOFF_MS: i64 = 1_000;
/// Longest pause between two attempts.
const BACKOFF_MS_MAX: i64 = 300_000;

/// A job that was claimed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRow {
    /// Id.
    pub id: String,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
}

/// Adds a job.
///
/// # Errors
/// [`Error`] of the database.
pub async fn enqueue(tx: &Tx, id: &str, kind: &str, payload: &str, run_at: Millis) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO jobs (id, kind, payload, run_at, locked_until, attempt) VALUES ($1, $2, $3, $4, 0, 0)"
    );
    tx.run("adding a job", sql, vec![id.into(), kind.into(), payload.into(), run_at.into()]).await.map(|_| ())
}

/// Takes the next job that is due, so that no other worker does.
///
/// # Errors
/// [`Error`] of the database.
pub async fn claim(tx: &Tx, now: Millis) -> Result<Option<JobRow>, Error> {
    let sql = sql!(
        "UPDATE jobs SET locked_until = $1, attempt = attempt + 1 WHERE locked_until <= $2 AND id = ( \
            SELECT id FROM jobs WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= $2 AND locked_until <= $2 \
            ORDER BY run_at, id LIMIT 1) \
         RETURNING id, kind, payload, attempt"
    );
    tx.one("claiming a job", sql, vec![now.plus(LOCK_MS).into(), now.into()]).await
}

/// A job that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SetAside {
    /// What was to be done.
    pub kind: String,
    /// With what.
    pub payload: String,
    /// Why the last attempt failed.
    pub error: String,
}

/// Jobs that failed too often, the first one first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn set_aside(tx: &Tx) -> Result<Vec<SetAside>, Error> {
    let sql = sql!(
        "SELECT kind, payload, COALESCE(last_error, '') AS error FROM jobs WHERE failed_at IS NOT NULL ORDER BY failed_at, id"
    );
    tx.all("listing jobs that were set aside", sql, Vec::new()).await
}

/// Marks a job as done.
///
/// # Errors
/// [`Error`] of the database.
pub async fn finish(tx: &Tx, id: &str, now: Millis) -> Result<(), Error> {
    let sql = sql!("UPDATE jobs SET done_at = $2, last_error = NULL WHERE id = $1");
    tx.run("finishing a job", sql, vec![id.into(), now.into()]).await.map(|_| ())
}

/// Puts a failed job back, or, after [`ATTEMPTS_MAX`] attempts, aside for a person.
///
/// # Errors
/// [`Error`] of the database.
pub async fn fail(tx: &Tx, job: &JobRow, error: &str, now: Millis) -> Result<(), Error> {
    if job.attempt >= ATTEMPTS_MAX {
        let sql = sql!("UPDATE jobs SET failed_at = $2, last_error = $3 WHERE id = $1");
        return tx
            .run("setting a job aside", sql, vec![(&job.id).into(), now.into(), error.into()])
            .await
            .map(|_| ());
    }
    let exponent = u32::try_from(job.attempt.clamp(1, 20) - 1).unwrap_or(0);
    let pause = BACKOFF_MS.saturating_mul(2_i64.pow(exponent)).min(BACKOFF_MS_MAX);
    let sql = sql!("UPDATE jobs SET run_at = $2, locked_until = 0, last_error = $3 WHERE id = $1");
    tx.run("putting a job back", sql, vec![(&job.id).into(), now.plus(pause).into(), error.into()])
        .await
        .map(|_| ())
}
