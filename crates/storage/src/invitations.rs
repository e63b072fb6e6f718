//! One-time links.

use livehand_kernel::{Millis, PersonId};

use crate::statement::digest;
use crate::{Error, Tx, Value, sql};

/// A one-time link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// `setup` makes the owner, `enter` lets a person in.
    pub purpose: String,
    /// Whom it lets in.
    pub person_id: Option<PersonId>,
    /// When it was made.
    pub created_at: Millis,
    /// When it goes stale.
    pub expires_at: Millis,
    /// When it was used.
    pub used_at: Option<Millis>,
}

/// Adds a link.
///
/// # Errors
/// [`Error`] of the database.
pub async fn insert(tx: &Tx, link: &InvitationRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO invitations (token_hash, purpose, person_id, created_at, expires_at, used_at) \
         VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let args = vec![
        (&link.token_hash).into(),
        (&link.purpose).into(),
        Value::Text(link.person_id.clone().map(|id| id.0)),
        link.created_at.into(),
        link.expires_at.into(),
        link.used_at.into(),
    ];
    tx.run("making a link", sql, args).await.map(|_| ())
}

/// The link with this token.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<InvitationRow>, Error> {
    let sql = sql!(
        "SELECT token_hash, purpose, person_id, created_at, expires_at, used_at FROM invitations WHERE token_hash = $1"
    );
    type Columns = (Vec<u8>, String, Option<String>, i64, i64, Option<i64>);
    let row: Option<Columns> = tx.one("finding a link", sql, vec![hash.into()]).await?;
    Ok(row.map(|(hash, purpose, person, created_at, expires_at, used_at)| InvitationRow {
        token_hash: digest(&hash),
        purpose,
        person_id: person.map(PersonId),
        created_at: Millis(created_at),
        expires_at: Millis(expires_at),
        used_at: used_at.map(Millis),
    }))
}

/// Makes every unused link of a person useless.
///
/// # Errors
/// [`Error`] of the database.
pub async fn withdraw(tx: &Tx, person: &PersonId, now: Millis) -> Result<u64, Error> {
    let sql = sql!("UPDATE invitations SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL");
    tx.run("withdrawing links", sql, vec![person.as_str().into(), now.into()]).await
}

/// Uses a link; false if somebody was quicker.
///
/// # Errors
/// [`Error`] of the database.
pub async fn mark_used(tx: &Tx, hash: &[u8; 32], now: Millis) -> Result<bool, Error> {
    let sql = sql!("UPDATE invitations SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL");
    Ok(tx.run("using a link", sql, vec![hash.into(), now.into()]).await? == 1)
}
