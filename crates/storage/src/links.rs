//! Links to one show: prompter, wall, overlay, event source.

use livehand_kernel::{LinkId, Millis, PersonId, ShowId};

use crate::statement::digest;
use crate::{Error, Tx, sql};

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Id.
    pub id: LinkId,
    /// Which show.
    pub show_id: ShowId,
    /// prompter, wall, overlay, source.
    pub kind: String,
    /// What the crew calls it.
    pub name: String,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Who made it.
    pub created_by: PersonId,
    /// When.
    pub created_at: Millis,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

type Columns = (String, String, String, String, Vec<u8>, String, i64, Option<i64>);

fn row((id, show, kind, name, hash, by, created_at, revoked_at): Columns) -> LinkRow {
    LinkRow {
        id: LinkId(id),
        show_id: ShowId(show),
        kind,
        name,
        token_hash: digest(&hash),
        created_by: PersonId(by),
        created_at: Millis(created_at),
        revoked_at: revoked_at.map(Millis),
    }
}

/// Adds a link.
///
/// # Errors
/// [`Error::Conflict`] if the show does not exist.
pub async fn insert(tx: &Tx, link: &LinkRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO links (id, show_id, kind, name, token_hash, created_by, created_at, revoked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let args = vec![
        link.id.as_str().into(),
        link.show_id.as_str().into(),
        (&link.kind).into(),
        (&link.name).into(),
        (&link.token_hash).into(),
        link.created_by.as_str().into(),
        link.created_at.into(),
        link.revoked_at.into(),
    ];
    tx.run("making a link", sql, args).await.map(|_| ())
}

/// The link with this token.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_by_hash(tx: &Tx, hash: &[u8; 32]) -> Result<Option<LinkRow>, Error> {
    let sql = sql!(
        "SELECT id, show_id, kind, name, token_hash, created_by, created_at, revoked_at FROM links WHERE token_hash = $1"
    );
    Ok(tx.one::<Columns>("finding a link", sql, vec![hash.into()]).await?.map(row))
}

/// The link with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &LinkId) -> Result<Option<LinkRow>, Error> {
    let sql = sql!(
        "SELECT id, show_id, kind, name, token_hash, created_by, created_at, revoked_at FROM links WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding a link", sql, vec![id.as_str().into()]).await?.map(row))
}

/// Links to a show, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, show: &ShowId) -> Result<Vec<LinkRow>, Error> {
    let sql = sql!(
        "SELECT id, show_id, kind, name, token_hash, created_by, created_at, revoked_at FROM links \
         WHERE show_id = $1 ORDER BY id DESC"
    );
    let rows = tx.all::<Columns>("listing links", sql, vec![show.as_str().into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// Revokes a link; a revoked link stays in the list.
///
/// # Errors
/// [`Error`] of the database.
pub async fn revoke(tx: &Tx, id: &LinkId, now: Millis) -> Result<(), Error> {
    let sql = sql!("UPDATE links SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
    tx.run("revoking a link", sql, vec![id.as_str().into(), now.into()]).await.map(|_| ())
}
