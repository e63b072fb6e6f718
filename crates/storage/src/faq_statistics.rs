//! How the entries of the FAQ library are used.

use livehand_kernel::{FaqId, Millis};

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
