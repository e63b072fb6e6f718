//! Imports: a sheet that was sent and waits until somebody confirms what it would change.

use livehand_kernel::{Millis, PersonId};

use crate::{Error, Tx, sql};

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Id.
    pub id: String,
    /// Name of the file.
    pub name: String,
    /// previewed, applied or dropped.
    pub status: String,
    /// When it was sent.
    pub at: Millis,
    /// Who sent it.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
    /// Its cells as JSON; empty once it is settled.
    pub sheet: String,
    /// What its columns mean, as JSON.
    pub mapping: String,
    /// The edit that it became.
    pub edit: Option<String>,
}

type Columns = (String, String, String, i64, String, String, String, String, Option<String>);

fn row((id, name, status, at, person_id, person_name, sheet, mapping, edit): Columns) -> ImportRow {
    let person_id = PersonId(person_id);
    ImportRow { id, name, status, at: Millis(at), person_id, person_name, sheet, mapping, edit }
}

/// Adds an import.
///
/// # Errors
/// [`Error::Conflict`] if the id is taken.
pub async fn insert(tx: &Tx, import: &ImportRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO imports (id, name, status, at, person_id, person_name, sheet, mapping, edit_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let args = vec![
        (&import.id).into(),
        (&import.name).into(),
        (&import.status).into(),
        import.at.into(),
        import.person_id.as_str().into(),
        (&import.person_name).into(),
        (&import.sheet).into(),
        (&import.mapping).into(),
        import.edit.clone().into(),
    ];
    tx.run("adding an import", sql, args).await.map(|_| ())
}

/// The import with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<ImportRow>, Error> {
    let sql = sql!(
        "SELECT id, name, status, at, person_id, person_name, sheet, mapping, edit_id FROM imports WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding an import", sql, vec![id.into()]).await?.map(row))
}

/// Changes what the columns of an import mean; false if it is settled already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn set_mapping(tx: &Tx, id: &str, mapping: &str) -> Result<bool, Error> {
    let sql = sql!("UPDATE imports SET mapping = $2 WHERE id = $1 AND status = 'previewed'");
    Ok(tx.run("mapping an import", sql, vec![id.into(), mapping.into()]).await? == 1)
}

/// Settles an import as applied or dropped, and forgets its cells; false if it is settled already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn settle(tx: &Tx, id: &str, status: &str, edit: Option<&str>) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE imports SET status = $2, sheet = '', edit_id = $3 WHERE id = $1 AND status = 'previewed'"
    );
    let args = vec![id.into(), status.into(), edit.map(str::to_owned).into()];
    Ok(tx.run("settling an import", sql, args).await? == 1)
}
