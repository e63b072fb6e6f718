//! Edits: everything that a person changed at once, such as a paste into the grid or an import, so that it can be undone
//! at once.

use livehand_kernel::{Millis, PersonId};

use crate::{Error, Tx, sql};

/// One edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditRow {
    /// Id.
    pub id: String,
    /// When.
    pub at: Millis,
    /// Who.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// grid, product, import:<id> or undo:<edit>.
    pub what: String,
    /// How many facts it wrote.
    pub facts: i64,
    /// The edit that undid it.
    pub undone_by: Option<String>,
}

type Columns = (String, i64, String, String, String, i64, Option<String>);

fn row((id, at, person_id, person_name, what, facts, undone_by): Columns) -> EditRow {
    EditRow { id, at: Millis(at), person_id: PersonId(person_id), person_name, what, facts, undone_by }
}

/// Adds an edit; it comes before its facts, which point to it.
///
/// # Errors
/// [`Error::Conflict`] if the id is taken.
pub async fn insert(tx: &Tx, edit: &EditRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO fact_edits (id, at, person_id, person_name, what, facts, undone_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let args = vec![
        (&edit.id).into(),
        edit.at.into(),
        edit.person_id.as_str().into(),
        (&edit.person_name).into(),
        (&edit.what).into(),
        edit.facts.into(),
        edit.undone_by.clone().into(),
    ];
    tx.run("adding an edit", sql, args).await.map(|_| ())
}

/// The edit with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<EditRow>, Error> {
    let sql =
        sql!("SELECT id, at, person_id, person_name, what, facts, undone_by FROM fact_edits WHERE id = $1");
    Ok(tx.one::<Columns>("finding an edit", sql, vec![id.into()]).await?.map(row))
}

/// Edits, newest first, those older than `after`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, after: Option<&str>, limit: i64) -> Result<Vec<EditRow>, Error> {
    let sql = sql!(
        "SELECT id, at, person_id, person_name, what, facts, undone_by FROM fact_edits \
         WHERE (CAST($1 AS TEXT) IS NULL OR id < $1) ORDER BY id DESC LIMIT $2"
    );
    let args = vec![after.map(str::to_owned).into(), limit.into()];
    Ok(tx.all::<Columns>("listing edits", sql, args).await?.into_iter().map(row).collect())
}

/// Says that an edit was undone by another; false if it was undone already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn set_undone(tx: &Tx, id: &str, by: &str) -> Result<bool, Error> {
    let sql = sql!("UPDATE fact_edits SET undone_by = $2 WHERE id = $1 AND undone_by IS NULL");
    Ok(tx.run("undoing an edit", sql, vec![id.into(), by.into()]).await? == 1)
}
