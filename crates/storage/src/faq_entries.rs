//! The FAQ library (FAQ 话术库): entries as they stand, and all their versions. What must never happen here: a statement that
//! changes or deletes a version.

use livehand_kernel::{FaqId, Millis, PersonId};

use crate::faq_statistics::FaqUseRow;
use crate::statement::containing;
use crate::{Error, Tx, sql};

/// A version of an entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFaq {
    /// Which.
    pub id: FaqId,
    /// draft, active or retired.
    pub state: String,
    /// A, B or C.
    pub level: String,
    /// What the ids of its scope are.
    pub scope_of: String,
    /// The ids of its scope, as a JSON list.
    pub scope_ids: String,
    /// Its concepts, as a JSON list.
    pub concepts: String,
    /// Everything that is searched, in lower case.
    pub search: String,
    /// Who looks after it.
    pub owner_id: PersonId,
    /// Their name at the time.
    pub owner_name: String,
    /// The whole entry as JSON.
    pub body: String,
    /// What made this version: written, pasted, imported, learned, `rolled_back:<version>`.
    pub origin: String,
    /// Who wrote it.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// When.
    pub at: Millis,
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaqRow {
    /// Which.
    pub id: FaqId,
    /// Its version, from 1.
    pub version: i64,
    /// The whole entry as JSON.
    pub body: String,
    /// The name of who looks after it.
    pub owner_name: String,
    /// Who wrote this version.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// When this version was written.
    pub at: Millis,
    /// When the first was.
    pub created_at: Millis,
    /// How it was used.
    pub used: FaqUseRow,
}

/// One version of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaqVersionRow {
    /// Its number, from 1.
    pub version: i64,
    /// What made it.
    pub origin: String,
    /// The name of who looked after the entry.
    pub owner_name: String,
    /// The whole entry as JSON.
    pub body: String,
    /// The name of who wrote it.
    pub person_name: String,
    /// When.
    pub at: Millis,
}

/// Which entries to list.
#[derive(Clone, Debug, Default)]
pub struct FaqFilter {
    /// Part of the question, a variant or an answer.
    pub search: Option<String>,
    /// draft, active or retired.
    pub state: Option<String>,
    /// A, B or C.
    pub level: Option<String>,
    /// What the ids of the scope are.
    pub scope_of: Option<String>,
    /// One of them, as a JSON text.
    pub scope_id: Option<String>,
    /// One of the concepts, as a JSON text.
    pub concept: Option<String>,
    /// The last of the page before.
    pub after: Option<FaqId>,
    /// Most rows.
    pub limit: i64,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    version: i64,
    body: String,
    owner_name: String,
    person_id: String,
    person_name: String,
    at: i64,
    created_at: i64,
    hit: Option<i64>,
    sent: Option<i64>,
    edited: Option<i64>,
    solved: Option<i64>,
    last_hit_at: Option<i64>,
}

fn row(columns: Columns) -> FaqRow {
    let used = FaqUseRow {
        hit: columns.hit.unwrap_or(0),
        sent: columns.sent.unwrap_or(0),
        edited: columns.edited.unwrap_or(0),
        solved: columns.solved.unwrap_or(0),
        last_hit_at: columns.last_hit_at.map(Millis),
    };
    FaqRow {
        id: FaqId(columns.id),
        version: columns.version,
        body: columns.body,
        owner_name: columns.owner_name,
        person_id: PersonId(columns.person_id),
        person_name: columns.person_name,
        at: Millis(columns.at),
        created_at: Millis(columns.created_at),
        used,
    }
}

/// Writes the version after `version`, 0 for an entry that is new; false if somebody was faster.
///
/// # Errors
/// [`Error::Conflict`] if a new entry has an id that is taken.
pub async fn append(tx: &Tx, entry: &NewFaq, version: i64) -> Result<bool, Error> {
    let written = if version == 0 { insert(tx, entry).await? } else { update(tx, entry, version).await? };
    if !written {
        return Ok(false);
    }
    let sql = sql!(
        "INSERT INTO faq_versions (entry_id, version, origin, owner_name, body, person_id, person_name, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let args = vec![
        entry.id.as_str().into(),
        (version + 1).into(),
        (&entry.origin).into(),
        (&entry.owner_name).into(),
        (&entry.body).into(),
        entry.person_id.as_str().into(),
        (&entry.person_name).into(),
        entry.at.into(),
    ];
    Ok(tx.run("keeping a version of an FAQ entry", sql, args).await? == 1)
}

async fn insert(tx: &Tx, entry: &NewFaq) -> Result<bool, Error> {
    let sql = sql!(
        "INSERT INTO faq_entries (id, version, state, level, scope_of, scope_ids, concepts, search, owner_id, owner_name, \
         body, person_id, person_name, at, created_at) \
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)"
    );
    Ok(tx.run("adding an FAQ entry", sql, args_of(entry)).await? == 1)
}

async fn update(tx: &Tx, entry: &NewFaq, version: i64) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE faq_entries SET version = version + 1, state = $2, level = $3, scope_of = $4, scope_ids = $5, \
         concepts = $6, search = $7, owner_id = $8, owner_name = $9, body = $10, person_id = $11, person_name = $12, \
         at = $13 WHERE id = $1 AND version = $14"
    );
    let mut args = args_of(entry);
    args.push(version.into());
    Ok(tx.run("changing an FAQ entry", sql, args).await? == 1)
}

fn args_of(entry: &NewFaq) -> Vec<crate::Value> {
    vec![
        entry.id.as_str().into(),
        (&entry.state).into(),
        (&entry.level).into(),
        (&entry.scope_of).into(),
        (&entry.scope_ids).into(),
        (&entry.concepts).into(),
        (&entry.search).into(),
        entry.owner_id.as_str().into(),
        (&entry.owner_name).into(),
        (&entry.body).into(),
        entry.person_id.as_str().into(),
        (&entry.person_name).into(),
        entry.at.into(),
    ]
}

/// An entry as it stands.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &FaqId) -> Result<Option<FaqRow>, Error> {
    let sql = sql!(
        "SELECT id, version, body, owner_name, person_id, person_name, at, created_at, hit, sent, edited, solved, \
         last_hit_at FROM faq_entries LEFT JOIN faq_statistics ON entry_id = id WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding an FAQ entry", sql, vec![id.as_str().into()]).await?.map(row))
}

/// Entries, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &FaqFilter) -> Result<Vec<FaqRow>, Error> {
    let sql = sql!(
        "SELECT id, version, body, owner_name, person_id, person_name, at, created_at, hit, sent, edited, solved, \
         last_hit_at FROM faq_entries LEFT JOIN faq_statistics ON entry_id = id \
         WHERE (CAST($1 AS TEXT) IS NULL OR search LIKE $1 ESCAPE '\\') \
         AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR level = $3) \
         AND (CAST($4 AS TEXT) IS NULL OR scope_of = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR scope_ids LIKE $5 ESCAPE '\\') \
         AND (CAST($6 AS TEXT) IS NULL OR concepts LIKE $6 ESCAPE '\\') \
         AND (CAST($7 AS TEXT) IS NULL OR id < $7) ORDER BY id DESC LIMIT $8"
    );
    let args = vec![
        filter.search.as_deref().map(|text| containing(&text.to_lowercase())).into(),
        filter.state.clone().into(),
        filter.level.clone().into(),
        filter.scope_of.clone().into(),
        filter.scope_id.as_deref().map(containing).into(),
        filter.concept.as_deref().map(containing).into(),
        filter.after.as_ref().map(|id| id.0.clone()).into(),
        filter.limit.into(),
    ];
    Ok(tx.all::<Columns>("listing FAQ entries", sql, args).await?.into_iter().map(row).collect())
}

/// How many versions were ever written, of all entries together; whoever keeps the library sees by it that it has changed.
///
/// # Errors
/// [`Error`] of the database.
pub async fn versions(tx: &Tx) -> Result<i64, Error> {
    let sql = sql!("SELECT COUNT(*) FROM faq_versions");
    Ok(tx.one::<(i64,)>("counting versions of FAQ entries", sql, Vec::new()).await?.map_or(0, |row| row.0))
}

/// Every entry, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn all(tx: &Tx) -> Result<Vec<FaqRow>, Error> {
    let sql = sql!(
        "SELECT id, version, body, owner_name, person_id, person_name, at, created_at, hit, sent, edited, solved, \
         last_hit_at FROM faq_entries LEFT JOIN faq_statistics ON entry_id = id ORDER BY id"
    );
    Ok(tx.all::<Columns>("reading the FAQ library", sql, Vec::new()).await?.into_iter().map(row).collect())
}

type VersionColumns = (i64, String, String, String, String, i64);

fn version_row((version, origin, owner_name, body, person_name, at): VersionColumns) -> FaqVersionRow {
    FaqVersionRow { version, origin, owner_name, body, person_name, at: Millis(at) }
}

/// All versions of an entry, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn history(tx: &Tx, id: &FaqId) -> Result<Vec<FaqVersionRow>, Error> {
    let sql = sql!(
        "SELECT version, origin, owner_name, body, person_name, at FROM faq_versions WHERE entry_id = $1 \
         ORDER BY version DESC"
    );
    let rows = tx.all::<VersionColumns>("reading versions of an FAQ entry", sql, vec![id.as_str().into()]);
    Ok(rows.await?.into_iter().map(version_row).collect())
}

/// One version of an entry.
///
/// # Errors
/// [`Error`] of the database.
pub async fn version(tx: &Tx, id: &FaqId, version: i64) -> Result<Option<FaqVersionRow>, Error> {
    let sql = sql!(
        "SELECT version, origin, owner_name, body, person_name, at FROM faq_versions \
         WHERE entry_id = $1 AND version = $2"
    );
    let args = vec![id.as_str().into(), version.into()];
    let row = tx.one::<VersionColumns>("finding a version of an FAQ entry", sql, args).await?;
    Ok(row.map(version_row))
}
