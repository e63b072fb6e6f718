//! Sessions of people who signed in. The token is nowhere, only its SHA-256.

use livehand_kernel::{Millis, PersonId};

use crate::statement::digest;
use crate::{Error, Tx, sql};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub person_id: PersonId,
    /// When it began.
    pub created_at: Millis,
    /// When it was last used, to the minute.
    pub seen_at: Millis,
    /// When it ends at the latest.
    pub expires_at: Millis,
}

/// Adds a session.
///
/// # Errors
/// [`Error`] of the database.
pub async fn insert(tx: &Tx, session: &SessionRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO sessions (token_hash, person_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let args = vec![
        (&session.token_hash).into(),
        session.person_id.as_str().into(),
        session.created_at.into(),
        session.seen_at.into(),
        session.expires_at.into(),
    ];
    tx.run("beginning a session", sql, args).await.map(|_| ())
}

/// The session with this token.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<SessionRow>, Error> {
    let sql = sql!(
        "SELECT token_hash, person_id, created_at, seen_at, expires_at FROM sessions WHERE token_hash = $1"
    );
    let row: Option<(Vec<u8>, String, i64, i64, i64)> =
        tx.one("finding a session", sql, vec![hash.into()]).await?;
    Ok(row.map(|(hash, person, created_at, seen_at, expires_at)| SessionRow {
        token_hash: digest(&hash),
        person_id: PersonId(person),
        created_at: Millis(created_at),
        seen_at: Millis(seen_at),
        expires_at: Millis(expires_at),
    }))
}

/// Notes that a session was used.
///
/// # Errors
/// [`Error`] of the database.
pub async fn touch(tx: &Tx, hash: &[u8; 32], now: Millis) -> Result<(), Error> {
    let sql = sql!("UPDATE sessions SET seen_at = $2 WHERE token_hash = $1");
    tx.run("touching a session", sql, vec![hash.into(), now.into()]).await.map(|_| ())
}

/// Ends a session.
///
/// # Errors
/// [`Error`] of the database.
pub async fn delete(tx: &Tx, hash: &[u8; 32]) -> Result<(), Error> {
    let sql = sql!("DELETE FROM sessions WHERE token_hash = $1");
    tx.run("ending a session", sql, vec![hash.into()]).await.map(|_| ())
}

/// Ends all sessions of a person.
///
/// # Errors
/// [`Error`] of the database.
pub async fn delete_for_person(tx: &Tx, person: &PersonId) -> Result<(), Error> {
    let sql = sql!("DELETE FROM sessions WHERE person_id = $1");
    tx.run("ending sessions", sql, vec![person.as_str().into()]).await.map(|_| ())
}

/// Ends all sessions of a person but one.
///
/// # Errors
/// [`Error`] of the database.
pub async fn delete_others(tx: &Tx, person: &PersonId, kept: &[u8; 32]) -> Result<u64, Error> {
    let sql = sql!("DELETE FROM sessions WHERE person_id = $1 AND token_hash <> $2");
    tx.run("ending other sessions", sql, vec![person.as_str().into(), kept.into()]).await
}

/// Removes sessions that ended; how many.
///
/// # Errors
/// [`Error`] of the database.
pub async fn expire(tx: &Tx, now: Millis) -> Result<u64, Error> {
    let sql = sql!("DELETE FROM sessions WHERE expires_at <= $1");
    tx.run("removing ended sessions", sql, vec![now.into()]).await
}
