//! Rows of the show log. What they mean is `show-log`'s business.

use livehand_kernel::{Millis, ShowId};

use crate::statement::{digest, sequence, unsigned};
use crate::{Error, Tx, sql};

/// One batch of a show's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Sequence of its first event.
    pub first: u64,
    /// Sequence of its last event.
    pub last: u64,
    /// When it was appended.
    pub at: Millis,
    /// Hash of the batch before.
    pub previous: [u8; 32],
    /// Its own hash.
    pub hash: [u8; 32],
    /// Its events, encoded.
    pub body: Vec<u8>,
}

/// Adds a batch.
///
/// # Errors
/// [`Error::Conflict`] if there is one at this place.
pub async fn insert(tx: &Tx, show: &ShowId, batch: &BatchRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO log_batches (show_id, first, last, at, previous, hash, body) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let args = vec![
        show.as_str().into(),
        sequence(batch.first).into(),
        sequence(batch.last).into(),
        batch.at.into(),
        (&batch.previous).into(),
        (&batch.hash).into(),
        batch.body.as_slice().into(),
    ];
    tx.run("appending to a show's log", sql, args).await.map(|_| ())
}

/// Last sequence and hash of a show's log.
///
/// # Errors
/// [`Error`] of the database.
pub async fn head(tx: &Tx, show: &ShowId) -> Result<Option<(u64, [u8; 32])>, Error> {
    let sql = sql!("SELECT last, hash FROM log_batches WHERE show_id = $1 ORDER BY first DESC LIMIT 1");
    let row: Option<(i64, Vec<u8>)> = tx.one("reading a show's log", sql, vec![show.as_str().into()]).await?;
    Ok(row.map(|(last, hash)| (unsigned(last), digest(&hash))))
}

/// The hash of the batch that ends at `last`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn hash_at(tx: &Tx, show: &ShowId, last: u64) -> Result<Option<[u8; 32]>, Error> {
    // By its first event, which is what the table is ordered by.
    let sql = sql!(
        "SELECT last, hash FROM log_batches WHERE show_id = $1 AND first <= $2 ORDER BY first DESC LIMIT 1"
    );
    let args = vec![show.as_str().into(), sequence(last).into()];
    let row: Option<(i64, Vec<u8>)> = tx.one("reading a show's log", sql, args).await?;
    Ok(row.filter(|(found, _)| unsigned(*found) == last).map(|(_, hash)| digest(&hash)))
}

/// The last sequence and the hash of the batch before the one that holds `at`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn before(tx: &Tx, show: &ShowId, at: u64) -> Result<Option<(u64, [u8; 32])>, Error> {
    let sql = sql!(
        "SELECT first, last, previous FROM log_batches WHERE show_id = $1 AND first <= $2 ORDER BY first DESC LIMIT 1"
    );
    let args = vec![show.as_str().into(), sequence(at).into()];
    let row: Option<(i64, i64, Vec<u8>)> = tx.one("reading a show's log", sql, args).await?;
    let holds = row.filter(|(_, last, _)| unsigned(*last) >= at);
    Ok(holds.map(|(first, _, previous)| (unsigned(first).saturating_sub(1), digest(&previous))))
}

/// Up to `limit` batches that begin after `after` and not later than `until`, in order.
///
/// # Errors
/// [`Error`] of the database.
pub async fn read(
    tx: &Tx,
    show: &ShowId,
    after: u64,
    until: u64,
    limit: i64,
) -> Result<Vec<BatchRow>, Error> {
    let sql = sql!(
        "SELECT first, last, at, previous, hash, body FROM log_batches WHERE show_id = $1 AND first > $2 \
         AND first <= $3 ORDER BY first LIMIT $4"
    );
    type Columns = (i64, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>);
    let args = vec![show.as_str().into(), sequence(after).into(), sequence(until).into(), limit.into()];
    let rows = tx.all::<Columns>("reading a show's log", sql, args).await?;
    let row = |(first, last, at, previous, hash, body): Columns| BatchRow {
        first: unsigned(first),
        last: unsigned(last),
        at: Millis(at),
        previous: digest(&previous),
        hash: digest(&hash),
        body,
    };
    Ok(rows.into_iter().map(row).collect())
}
