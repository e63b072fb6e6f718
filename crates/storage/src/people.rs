//! The crew.

use livehand_kernel::{Hat, Millis, PersonId};

use crate::{Error, Tx, Value, sql};

/// A member of the crew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Id.
    pub id: PersonId,
    /// Name, unique.
    pub name: String,
    /// Hats.
    pub hats: Vec<Hat>,
    /// argon2id; absent until a password is set.
    pub password_hash: Option<String>,
    /// Closed accounts stay, because records name them.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Millis,
}

type Columns = (String, String, String, Option<String>, bool, i64);

fn row((id, name, hats, password_hash, disabled, created_at): Columns) -> PersonRow {
    let hats = hats.split(',').filter_map(Hat::from_code).collect();
    PersonRow { id: PersonId(id), name, hats, password_hash, disabled, created_at: Millis(created_at) }
}

/// Adds a person.
///
/// # Errors
/// [`Error::Conflict`] when the name is taken.
pub async fn insert(tx: &Tx, person: &PersonRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO people (id, name, hats, password_hash, disabled, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let args = vec![
        person.id.as_str().into(),
        (&person.name).into(),
        person.hats.as_slice().into(),
        person.password_hash.clone().into(),
        person.disabled.into(),
        person.created_at.into(),
    ];
    tx.run("adding a person", sql, args).await.map(|_| ())
}

/// The person with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &PersonId) -> Result<Option<PersonRow>, Error> {
    let sql = sql!("SELECT id, name, hats, password_hash, disabled, created_at FROM people WHERE id = $1");
    Ok(tx.one::<Columns>("finding a person", sql, vec![id.as_str().into()]).await?.map(row))
}

/// The person with this name.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_by_name(tx: &Tx, name: &str) -> Result<Option<PersonRow>, Error> {
    let sql = sql!("SELECT id, name, hats, password_hash, disabled, created_at FROM people WHERE name = $1");
    Ok(tx.one::<Columns>("finding a person", sql, vec![name.into()]).await?.map(row))
}

/// Everybody, by name.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx) -> Result<Vec<PersonRow>, Error> {
    let sql =
        sql!("SELECT id, name, hats, password_hash, disabled, created_at FROM people ORDER BY name, id");
    Ok(tx.all::<Columns>("listing people", sql, Vec::new()).await?.into_iter().map(row).collect())
}

/// How many people there are.
///
/// # Errors
/// [`Error`] of the database.
pub async fn count(tx: &Tx) -> Result<i64, Error> {
    let sql = sql!("SELECT COUNT(*) FROM people");
    Ok(tx.one::<(i64,)>("counting people", sql, Vec::new()).await?.map_or(0, |(count,)| count))
}

/// How many open accounts wear a hat.
///
/// # Errors
/// [`Error`] of the database.
pub async fn count_wearing(tx: &Tx, hat: Hat) -> Result<usize, Error> {
    let people = list(tx).await?;
    Ok(people.iter().filter(|person| !person.disabled && person.hats.contains(&hat)).count())
}

/// Sets a password, or none.
///
/// # Errors
/// [`Error`] of the database.
pub async fn set_password(tx: &Tx, id: &PersonId, hash: Option<&str>) -> Result<(), Error> {
    let sql = sql!("UPDATE people SET password_hash = $2 WHERE id = $1");
    tx.run("setting a password", sql, vec![id.as_str().into(), Value::Text(hash.map(str::to_owned))])
        .await
        .map(|_| ())
}

/// Closes an account.
///
/// # Errors
/// [`Error`] of the database.
pub async fn disable(tx: &Tx, id: &PersonId) -> Result<(), Error> {
    let sql = sql!("UPDATE people SET disabled = $2 WHERE id = $1");
    tx.run("closing an account", sql, vec![id.as_str().into(), Value::Boolean(Some(true))]).await.map(|_| ())
}
