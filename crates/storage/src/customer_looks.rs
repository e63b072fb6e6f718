//! Who looked at what of a customer in clear, and why.

use livehand_kernel::{CustomerId, DeliveryId, Millis, PersonId};

use crate::{Error, Tx, sql};

/// A look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookRow {
    /// Id.
    pub id: String,
    /// At whom.
    pub customer_id: CustomerId,
    /// For which delivery, if for one.
    pub delivery_id: Option<DeliveryId>,
    /// Who looked.
    pub person_id: PersonId,
    /// Their name then.
    pub person_name: String,
    /// reveal or label.
    pub purpose: String,
    /// Code of the reason; empty for a label.
    pub reason: String,
    /// What they wrote about it.
    pub note: String,
    /// Codes of the fields, with commas.
    pub fields: String,
    /// From when.
    pub at: Millis,
    /// Until when.
    pub until: Millis,
    /// How often it was shown.
    pub seen: i64,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    customer_id: String,
    delivery_id: Option<String>,
    person_id: String,
    person_name: String,
    purpose: String,
    reason: String,
    note: String,
    fields: String,
    at: i64,
    until: i64,
    seen: i64,
}

fn row(it: Columns) -> LookRow {
    LookRow {
        id: it.id,
        customer_id: CustomerId(it.customer_id),
        delivery_id: it.delivery_id.map(DeliveryId),
        person_id: PersonId(it.person_id),
        person_name: it.person_name,
        purpose: it.purpose,
        reason: it.reason,
        note: it.note,
        fields: it.fields,
        at: Millis(it.at),
        until: Millis(it.until),
        seen: it.seen,
    }
}

/// Adds a look.
///
/// # Errors
/// [`Error::Conflict`] if there is no such customer or person.
pub async fn insert(tx: &Tx, look: &LookRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO customer_looks (id, customer_id, delivery_id, person_id, person_name, purpose, reason, note, fields, at, \
         until, seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    let args = vec![
        (&look.id).into(),
        look.customer_id.as_str().into(),
        look.delivery_id.clone().map(|id| id.0).into(),
        look.person_id.as_str().into(),
        (&look.person_name).into(),
        (&look.purpose).into(),
        (&look.reason).into(),
        (&look.note).into(),
        (&look.fields).into(),
        look.at.into(),
        look.until.into(),
        look.seen.into(),
    ];
    tx.run("recording a look", sql, args).await.map(|_| ())
}

/// The last look of a person at a customer that still lasts.
///
/// # Errors
/// [`Error`] of the database.
pub async fn lasting(
    tx: &Tx,
    customer: &CustomerId,
    person: &PersonId,
    now: Millis,
) -> Result<Option<LookRow>, Error> {
    let sql = sql!(
        "SELECT id, customer_id, delivery_id, person_id, person_name, purpose, reason, note, fields, at, until, seen \
         FROM customer_looks WHERE customer_id = $1 AND person_id = $2 AND until > $3 AND purpose = 'reveal' \
         ORDER BY at DESC, id DESC LIMIT 1"
    );
    let args = vec![customer.as_str().into(), person.as_str().into(), now.into()];
    Ok(tx.one::<Columns>("finding a look", sql, args).await?.map(row))
}

/// Counts that a look was shown again; false if it lasts no longer.
///
/// # Errors
/// [`Error`] of the database.
pub async fn count(tx: &Tx, id: &str, now: Millis) -> Result<bool, Error> {
    let sql = sql!("UPDATE customer_looks SET seen = seen + 1 WHERE id = $1 AND until > $2");
    Ok(tx.run("recording a look", sql, vec![id.into(), now.into()]).await? > 0)
}

/// Looks, the last first, from before `after`; at one customer, or at all.
///
/// # Errors
/// [`Error`] of the database.
pub async fn page(
    tx: &Tx,
    customer: Option<&CustomerId>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<LookRow>, Error> {
    let sql = sql!(
        "SELECT id, customer_id, delivery_id, person_id, person_name, purpose, reason, note, fields, at, until, seen \
         FROM customer_looks WHERE (CAST($1 AS TEXT) IS NULL OR customer_id = $1) AND (CAST($2 AS TEXT) IS NULL OR id < $2) \
         ORDER BY id DESC LIMIT $3"
    );
    let args = vec![customer.map(|id| id.0.clone()).into(), after.map(str::to_owned).into(), limit.into()];
    Ok(tx.all::<Columns>("listing looks", sql, args).await?.into_iter().map(row).collect())
}
