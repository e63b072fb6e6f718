//! Holds (暂停发货): what keeps orders from going on. What must never happen here: a hold that is removed.

use livehand_kernel::{Millis, PersonId};
use livehand_trade::fulfilment::{Hold, HoldKind};

use crate::{Error, Tx, sql};

/// Somebody who placed or lifted a hold, or a part of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The person; nothing for the program itself.
    pub person: Option<PersonId>,
    /// Their name at the time.
    pub name: String,
}

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// Its id.
    pub id: String,
    /// The order's id.
    pub order: String,
    /// What it is.
    pub hold: Hold,
    /// Who placed it.
    pub placed: By,
    /// When it was lifted, and by whom; nothing while it stands.
    pub lifted: Option<(Millis, By)>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    order_id: String,
    kind: String,
    cause: String,
    placed_at: i64,
    placed_by: Option<String>,
    placed_name: String,
    lifted_at: Option<i64>,
    lifted_by: Option<String>,
    lifted_name: Option<String>,
}

fn row(it: Columns) -> Result<HoldRow, Error> {
    let kind = HoldKind::from_code(&it.kind);
    let kind =
        kind.ok_or_else(|| Error::Unusable(format!("a hold of the order {} is damaged", it.order_id)))?;
    let lifted = it.lifted_at.map(|at| {
        let by = By { person: it.lifted_by.map(PersonId), name: it.lifted_name.unwrap_or_default() };
        (Millis(at), by)
    });
    Ok(HoldRow {
        id: it.id,
        order: it.order_id,
        hold: Hold { kind, cause: it.cause, since: Millis(it.placed_at) },
        placed: By { person: it.placed_by.map(PersonId), name: it.placed_name },
        lifted,
    })
}

/// Places a hold; false if the order is held for that by one that stands.
///
/// # Errors
/// [`Error`] of the database.
pub async fn place(tx: &Tx, row: &HoldRow) -> Result<bool, Error> {
    let sql = sql!(
        "INSERT INTO holds (id, order_id, kind, cause, placed_at, placed_by, placed_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (order_id, kind, cause) WHERE lifted_at IS NULL DO NOTHING"
    );
    let args = vec![
        (&row.id).into(),
        (&row.order).into(),
        row.hold.kind.code().into(),
        (&row.hold.cause).into(),
        row.hold.since.into(),
        row.placed.person.as_ref().map(|it| it.0.clone()).into(),
        (&row.placed.name).into(),
    ];
    Ok(tx.run("placing a hold", sql, args).await? > 0)
}

/// Lifts what holds an order: all of a kind, or only that of a cause. How many holds that were.
///
/// # Errors
/// [`Error`] of the database.
pub async fn lift(
    tx: &Tx,
    order: &str,
    kind: HoldKind,
    cause: Option<&str>,
    at: Millis,
    by: &By,
) -> Result<u64, Error> {
    let sql = sql!(
        "UPDATE holds SET lifted_at = $1, lifted_by = $2, lifted_name = $3 \
         WHERE order_id = $4 AND kind = $5 AND (CAST($6 AS TEXT) IS NULL OR cause = $6) AND lifted_at IS NULL"
    );
    let args = vec![
        at.into(),
        by.person.as_ref().map(|it| it.0.clone()).into(),
        (&by.name).into(),
        order.into(),
        kind.code().into(),
        cause.map(str::to_owned).into(),
    ];
    tx.run("lifting holds", sql, args).await
}

/// The holds of these orders that stand.
///
/// # Errors
/// [`Error`] of the database.
pub async fn standing(tx: &Tx, orders: &[&str]) -> Result<Vec<HoldRow>, Error> {
    let sql = sql!(
        "SELECT id, order_id, kind, cause, placed_at, placed_by, placed_name, lifted_at, lifted_by, lifted_name \
         FROM holds WHERE lifted_at IS NULL AND order_id IN ($1) ORDER BY placed_at, id"
    );
    let orders = orders.iter().map(|order| (*order).into()).collect();
    tx.all_in::<Columns>("reading holds", sql, orders).await?.into_iter().map(row).collect()
}

/// The holds of a kind that stand, the first first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn standing_of(tx: &Tx, kind: HoldKind, limit: i64) -> Result<Vec<HoldRow>, Error> {
    let sql = sql!(
        "SELECT id, order_id, kind, cause, placed_at, placed_by, placed_name, lifted_at, lifted_by, lifted_name \
         FROM holds WHERE lifted_at IS NULL AND kind = $1 ORDER BY placed_at, id LIMIT $2"
    );
    let args = vec![kind.code().into(), limit.into()];
    tx.all::<Columns>("listing holds of a kind", sql, args).await?.into_iter().map(row).collect()
}

/// All holds that an order ever had, the first first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_order(tx: &Tx, order: &str) -> Result<Vec<HoldRow>, Error> {
    let sql = sql!(
        "SELECT id, order_id, kind, cause, placed_at, placed_by, placed_name, lifted_at, lifted_by, lifted_name \
         FROM holds WHERE order_id = $1 ORDER BY placed_at, id LIMIT 200"
    );
    tx.all::<Columns>("listing holds", sql, vec![order.into()]).await?.into_iter().map(row).collect()
}
