//! Words of viewers that may become variants of an FAQ entry, once somebody has looked at them. What must never happen here:
//! a text that has not passed the mask of private data.

use livehand_kernel::{FaqId, Millis, PersonId, ShowId};

use crate::{Error, Tx, sql};

/// Words that wait, or about which somebody has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnedRow {
    /// Its id.
    pub id: String,
    /// The entry whose variant it may become.
    pub entry: FaqId,
    /// The show in which it was written.
    pub show: Option<ShowId>,
    /// The words, masked.
    pub text: String,
    /// When it was learned.
    pub at: Millis,
    /// By whom.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// waiting, taken or refused.
    pub state: String,
    /// When somebody decided.
    pub decided_at: Option<Millis>,
    /// The name of who did; empty while it waits.
    pub decided_by: String,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    entry_id: String,
    show_id: Option<String>,
    text: String,
    at: i64,
    person_id: String,
    person_name: String,
    state: String,
    decided_at: Option<i64>,
    decided_by: String,
}

fn row(columns: Columns) -> LearnedRow {
    LearnedRow {
        id: columns.id,
        entry: FaqId(columns.entry_id),
        show: columns.show_id.map(ShowId),
        text: columns.text,
        at: Millis(columns.at),
        person_id: PersonId(columns.person_id),
        person_name: columns.person_name,
        state: columns.state,
        decided_at: columns.decided_at.map(Millis),
        decided_by: columns.decided_by,
    }
}

/// Adds words that wait; false if the entry has been offered the same words before.
///
/// # Errors
/// [`Error::Conflict`] if there is no such entry or show.
pub async fn insert(tx: &Tx, learned: &LearnedRow) -> Result<bool, Error> {
    let sql = sql!(
        "INSERT INTO faq_learned (id, entry_id, show_id, text, at, person_id, person_name, state, decided_at, decided_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (entry_id, text) DO NOTHING"
    );
    let args = vec![
        (&learned.id).into(),
        learned.entry.as_str().into(),
        learned.show.as_ref().map(|id| id.0.clone()).into(),
        (&learned.text).into(),
        learned.at.into(),
        learned.person_id.as_str().into(),
        (&learned.person_name).into(),
        (&learned.state).into(),
        learned.decided_at.into(),
        (&learned.decided_by).into(),
    ];
    Ok(tx.run("keeping a variant to be looked at", sql, args).await? == 1)
}

/// The words with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<LearnedRow>, Error> {
    let sql = sql!(
        "SELECT id, entry_id, show_id, text, at, person_id, person_name, state, decided_at, decided_by FROM faq_learned \
         WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding a variant to be looked at", sql, vec![id.into()]).await?.map(row))
}

/// Words in a state, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, state: &str, after: Option<&str>, limit: i64) -> Result<Vec<LearnedRow>, Error> {
    let sql = sql!(
        "SELECT id, entry_id, show_id, text, at, person_id, person_name, state, decided_at, decided_by FROM faq_learned \
         WHERE state = $1 AND (CAST($2 AS TEXT) IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"
    );
    let args = vec![state.into(), after.map(str::to_owned).into(), limit.into()];
    Ok(tx.all::<Columns>("listing variants to be looked at", sql, args).await?.into_iter().map(row).collect())
}

/// Decides about words that wait; false if somebody was faster.
///
/// # Errors
/// [`Error`] of the database.
pub async fn decide(tx: &Tx, id: &str, state: &str, at: Millis, by: &str) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE faq_learned SET state = $2, decided_at = $3, decided_by = $4 WHERE id = $1 AND state = 'waiting'"
    );
    let args = vec![id.into(), state.into(), at.into(), by.into()];
    Ok(tx.run("deciding about a variant", sql, args).await? == 1)
}
