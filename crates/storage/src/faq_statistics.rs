//! How the entries of the FAQ library are used.

use livehand_kernel::{FaqId, Millis, ShowId};

use crate::{Error, Tx, sql};

/// How often an entry was used, or is used more now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaqUseRow {
    /// Comments for which it was proposed.
    pub hit: i64,
    /// Times that it was sent.
    pub sent: i64,
    /// Times that it was rewritten before it was sent.
    pub edited: i64,
    /// Times that it settled the matter.
    pub solved: i64,
    /// When it was last proposed.
    pub last_hit_at: Option<Millis>,
}

/// Counts what is `more` for an entry.
///
/// # Errors
/// [`Error::Conflict`] if there is no such entry.
pub async fn count(tx: &Tx, id: &FaqId, more: &FaqUseRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO faq_statistics (entry_id, hit, sent, edited, solved, last_hit_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (entry_id) DO UPDATE SET hit = faq_statistics.hit + excluded.hit, \
         sent = faq_statistics.sent + excluded.sent, edited = faq_statistics.edited + excluded.edited, \
         solved = faq_statistics.solved + excluded.solved, \
         last_hit_at = CASE WHEN excluded.last_hit_at IS NULL THEN faq_statistics.last_hit_at \
         WHEN faq_statistics.last_hit_at > excluded.last_hit_at THEN faq_statistics.last_hit_at \
         ELSE excluded.last_hit_at END"
    );
    let args = vec![
        id.as_str().into(),
        more.hit.into(),
        more.sent.into(),
        more.edited.into(),
        more.solved.into(),
        more.last_hit_at.into(),
    ];
    tx.run("counting the use of an FAQ entry", sql, args).await.map(|_| ())
}

/// Keeps what came of the answers of an entry in a show that is over, and counts what they solved; false if it is known
/// already, or there is no such entry any more.
///
/// # Errors
/// [`Error`] of the database.
pub async fn keep_outcome(
    tx: &Tx,
    show: &ShowId,
    id: &FaqId,
    answered: i64,
    solved: i64,
) -> Result<bool, Error> {
    let sql = sql!(
        "INSERT INTO faq_outcomes (show_id, entry_id, answered, solved) \
         SELECT $1, id, $3, $4 FROM faq_entries WHERE id = $2 ON CONFLICT (show_id, entry_id) DO NOTHING"
    );
    let args = vec![show.as_str().into(), id.as_str().into(), answered.into(), solved.into()];
    if tx.run("keeping what came of an FAQ entry", sql, args).await? == 0 {
        return Ok(false);
    }
    count(tx, id, &FaqUseRow { solved, ..FaqUseRow::default() }).await?;
    Ok(true)
}
