//! Snapshots of rooms. What they mean is `rooms`' business.

use livehand_kernel::ShowId;
use sha2::{Digest, Sha256};

use crate::statement::{digest, sequence, unsigned};
use crate::{Error, Tx, sql};

/// Snapshots kept of one show: the newest, and one to fall back on.
const KEPT: i64 = 2;

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Last event folded in.
    pub sequence: u64,
    /// The log's hash there.
    pub log_hash: [u8; 32],
    /// Shape of the body.
    pub format: i64,
    /// The state, encoded.
    pub body: Vec<u8>,
}

/// Adds a snapshot and drops the oldest beyond two.
///
/// # Errors
/// [`Error`] of the database.
pub async fn put(tx: &Tx, show: &ShowId, snapshot: &SnapshotRow) -> Result<(), Error> {
    let add = sql!(
        "INSERT INTO snapshots (show_id, sequence, log_hash, format, body_hash, body) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (show_id, sequence) DO UPDATE SET log_hash = EXCLUDED.log_hash, format = EXCLUDED.format, \
         body_hash = EXCLUDED.body_hash, body = EXCLUDED.body"
    );
    let body_hash: [u8; 32] = Sha256::digest(&snapshot.body).into();
    let args = vec![
        show.as_str().into(),
        sequence(snapshot.sequence).into(),
        (&snapshot.log_hash).into(),
        snapshot.format.into(),
        (&body_hash).into(),
        snapshot.body.as_slice().into(),
    ];
    tx.run("saving a snapshot", add, args).await?;
    let drop = sql!(
        "DELETE FROM snapshots WHERE show_id = $1 AND sequence NOT IN ( \
            SELECT sequence FROM snapshots WHERE show_id = $1 ORDER BY sequence DESC LIMIT $2)"
    );
    tx.run("dropping old snapshots", drop, vec![show.as_str().into(), KEPT.into()]).await.map(|_| ())
}

/// The newest whole snapshot of this format that belongs to the show's log as it is.
///
/// # Errors
/// [`Error`] of the database.
pub async fn latest(tx: &Tx, show: &ShowId, format: i64) -> Result<Option<SnapshotRow>, Error> {
    let sql = sql!(
        "SELECT s.sequence, s.log_hash, s.body_hash, s.body FROM snapshots s JOIN log_batches b \
         ON b.show_id = s.show_id AND b.last = s.sequence AND b.hash = s.log_hash AND b.first = ( \
            SELECT MAX(first) FROM log_batches WHERE show_id = s.show_id AND first <= s.sequence) \
         WHERE s.show_id = $1 AND s.format = $2 ORDER BY s.sequence DESC"
    );
    type Columns = (i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let rows = tx.all::<Columns>("reading snapshots", sql, vec![show.as_str().into(), format.into()]).await?;
    let whole =
        rows.into_iter().find(|(_, _, hash, body)| digest(hash) == <[u8; 32]>::from(Sha256::digest(body)));
    Ok(whole.map(|(number, log_hash, _, body)| SnapshotRow {
        sequence: unsigned(number),
        log_hash: digest(&log_hash),
        format,
        body,
    }))
}
