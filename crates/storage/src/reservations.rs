//! Reservations (占库): one row for each order, and the movements that they made. What must never happen here: sums that
//! are written without the movements that explain them, and a movement whose order is not known.

use livehand_kernel::{Millis, PersonId, SkuId};
use livehand_trade::reservation::{Changes, Reservation, Status, Taken, Taking, WhenShort, Wish};
use livehand_trade::stock::{Kind, Reason};

use crate::statement::containing;
use crate::{Error, Tx, Value, sql};

#[derive(sqlx::FromRow)]
struct Columns {
    order_id: String,
    status: String,
    paid: bool,
    lines: String,
    parts: Option<String>,
    taking: String,
    when_short: String,
    hold_ms: i64,
    place: Option<i64>,
    made_at: i64,
    changed_at: i64,
    expires_at: Option<i64>,
    person_id: Option<String>,
}

fn reservation(row: Columns) -> Result<Reservation, Error> {
    let damaged = || Error::Unusable(format!("the reservation of the order {} is damaged", row.order_id));
    let units = |text: &str| serde_json::from_str::<Vec<(SkuId, i64)>>(text).map_err(|_| damaged());
    let wish = Wish {
        lines: units(&row.lines)?,
        taking: Taking::from_code(&row.taking).ok_or_else(damaged)?,
        when_short: WhenShort::from_code(&row.when_short).ok_or_else(damaged)?,
        hold_ms: row.hold_ms,
    };
    Ok(Reservation {
        wish,
        parts: row.parts.as_deref().map(units).transpose()?,
        status: Status::from_code(&row.status).ok_or_else(damaged)?,
        paid: row.paid,
        place: row.place,
        made_at: Millis(row.made_at),
        changed_at: Millis(row.changed_at),
        expires_at: row.expires_at.map(Millis),
        by: row.person_id.map(PersonId),
        order: row.order_id,
    })
}

fn units(units: &[(SkuId, i64)]) -> String {
    serde_json::to_string(units).unwrap_or_default()
}

fn args(reservation: &Reservation) -> Vec<Value> {
    let Reservation { order, wish, parts, status, paid, place, made_at, changed_at, expires_at, by } =
        reservation;
    vec![
        order.into(),
        status.code().into(),
        (*paid).into(),
        Value::Text(Some(units(&wish.lines))),
        parts.as_deref().map(units).into(),
        wish.taking.code().into(),
        wish.when_short.code().into(),
        wish.hold_ms.into(),
        Value::Integer(*place),
        (*made_at).into(),
        (*changed_at).into(),
        (*expires_at).into(),
        by.as_ref().map(|person| person.0.clone()).into(),
    ]
}

/// One movement in a row of [`pack`]: order, kind, reason, units, who.
type Packed<'a> = (&'a str, &'a str, &'a str, i64, Option<&'a str>);
/// The same, read.
type Unpacked = (String, String, String, i64, Option<String>);

/// Movements of one SKU that follow one another, as one row.
fn pack(taken: &[&Taken]) -> Vec<Value> {
    let (Some(first), Some(last)) = (taken.first(), taken.last()) else { return Vec::new() };
    let body: Vec<Packed<'_>> = taken
        .iter()
        .map(|it| {
            let by = it.by.as_ref().map(PersonId::as_str);
            (it.order.as_str(), it.kind.code(), it.reason.code(), it.quantity, by)
        })
        .collect();
    let body = serde_json::to_string(&body).unwrap_or_default();
    vec![
        first.sku.as_str().into(),
        first.number.into(),
        last.number.into(),
        first.at.into(),
        Value::Text(Some(body)),
    ]
}

#[derive(sqlx::FromRow)]
struct PackedColumns {
    first: i64,
    last: i64,
    at: i64,
    body: String,
}

fn unpack(sku: &SkuId, row: &PackedColumns) -> Result<Vec<Taken>, Error> {
    let damaged = || Error::Unusable(format!("movement {} of the SKU {sku} is damaged", row.first));
    let body: Vec<Unpacked> = serde_json::from_str(&row.body).map_err(|_| damaged())?;
    if i64::try_from(body.len()).ok() != Some(row.last - row.first + 1) {
        return Err(damaged());
    }
    let taken = (row.first..).zip(body).map(|(number, (order, kind, reason, quantity, by))| {
        let kind = Kind::from_code(&kind).ok_or_else(damaged)?;
        let reason = Reason::from_code(&reason).ok_or_else(damaged)?;
        let (at, by) = (Millis(row.at), by.map(PersonId));
        Ok(Taken { sku: sku.clone(), number, order, kind, reason, quantity, at, by })
    });
    taken.collect()
}

/// Writes what a turn changed, if the sums are still those from which it was computed. False if somebody wrote in between;
/// then nothing may be committed.
///
/// # Errors
/// [`Error::Conflict`] if a sum or a reservation breaks a check, or the number of a movement is taken.
pub async fn write(tx: &Tx, changes: &Changes<'_>) -> Result<bool, Error> {
    if !unchanged(tx, changes).await? {
        return Ok(false);
    }
    let sums = changes.stocks.iter().map(|(stock, _)| crate::stock::sums_args(stock)).collect();
    tx.run_rows("writing the sums of reservations", crate::stock::SUMS_WRITTEN, sums).await?;
    let sql = sql!(
        "INSERT INTO reservations (order_id, status, paid, lines, parts, taking, when_short, hold_ms, place, made_at, \
         changed_at, expires_at, person_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (order_id) DO UPDATE SET status = excluded.status, paid = excluded.paid, lines = excluded.lines, \
         parts = excluded.parts, place = excluded.place, changed_at = excluded.changed_at, expires_at = excluded.expires_at, person_id = excluded.person_id"
    );
    let rows = changes.reservations.iter().map(|it| args(it)).collect();
    tx.run_rows("writing reservations", sql, rows).await?;
    let sql =
        sql!("INSERT INTO reservation_movements (sku_id, first, last, at, body) VALUES ($1, $2, $3, $4, $5)");
    let together = changes.taken.chunk_by(|a, b| (&a.sku, a.at, a.number + 1) == (&b.sku, b.at, b.number));
    tx.run_rows("writing movements of reservations", sql, together.map(pack).collect()).await?;
    Ok(true)
}

/// Whether the sums are those from which the changes were computed.
async fn unchanged(tx: &Tx, changes: &Changes<'_>) -> Result<bool, Error> {
    let sql = sql!("SELECT sku_id, version FROM stock WHERE sku_id IN ($1)");
    let skus = changes.stocks.iter().map(|(stock, _)| stock.sku.as_str().into()).collect();
    let found: Vec<(String, i64)> = tx.all_in("reading the sums before a reservation", sql, skus).await?;
    let found: std::collections::BTreeMap<&str, i64> =
        found.iter().map(|(sku, version)| (sku.as_str(), *version)).collect();
    Ok(changes
        .stocks
        .iter()
        .all(|(stock, read)| found.get(stock.sku.as_str()).copied().unwrap_or(0) == *read))
}

/// The reservations of these orders, as far as there are any.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, orders: &[&str]) -> Result<Vec<Reservation>, Error> {
    let sql = sql!(
        "SELECT order_id, status, paid, lines, parts, taking, when_short, hold_ms, place, made_at, changed_at, expires_at, \
         person_id FROM reservations WHERE order_id IN ($1)"
    );
    let orders = orders.iter().map(|order| (*order).into()).collect();
    let rows: Vec<Columns> = tx.all_in("finding reservations", sql, orders).await?;
    rows.into_iter().map(reservation).collect()
}

/// All reservations that are not settled.
///
/// # Errors
/// [`Error`] of the database.
pub async fn unsettled(tx: &Tx) -> Result<Vec<Reservation>, Error> {
    let sql = sql!(
        "SELECT order_id, status, paid, lines, parts, taking, when_short, hold_ms, place, made_at, changed_at, expires_at, \
         person_id FROM reservations WHERE status IN ('waiting', 'open', 'held') ORDER BY order_id"
    );
    let rows: Vec<Columns> = tx.all("reading reservations", sql, Vec::new()).await?;
    rows.into_iter().map(reservation).collect()
}

/// Which reservations to list.
#[derive(Clone, Debug, Default)]
pub struct ReservationFilter {
    /// Part of the order's id or of a SKU's.
    pub search: Option<String>,
    /// Only those that stand so.
    pub status: Option<Status>,
    /// Only those that are not settled.
    pub unsettled: bool,
    /// The last order of the page before.
    pub before: Option<String>,
    /// Most rows.
    pub limit: i64,
}

/// Reservations by order, the highest id first, which for the orders of a platform is the latest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &ReservationFilter) -> Result<Vec<Reservation>, Error> {
    let sql = sql!(
        "SELECT order_id, status, paid, lines, parts, taking, when_short, hold_ms, place, made_at, changed_at, expires_at, \
         person_id FROM reservations \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(order_id) LIKE LOWER($1) ESCAPE '\\' \
           OR LOWER(lines) LIKE LOWER($1) ESCAPE '\\' OR LOWER(COALESCE(parts, '')) LIKE LOWER($1) ESCAPE '\\') \
         AND (CAST($2 AS TEXT) IS NULL OR status = $2) \
         AND ($3 = FALSE OR status IN ('waiting', 'open', 'held')) \
         AND (CAST($4 AS TEXT) IS NULL OR order_id < $4) ORDER BY order_id DESC LIMIT $5"
    );
    let args = vec![
        filter.search.as_deref().map(containing).into(),
        filter.status.map(|status| status.code().to_owned()).into(),
        filter.unsettled.into(),
        filter.before.clone().into(),
        filter.limit.into(),
    ];
    let rows: Vec<Columns> = tx.all("listing reservations", sql, args).await?;
    rows.into_iter().map(reservation).collect()
}

/// Movements of a SKU that reservations made, the latest first, before the one numbered `before`. There may be more than
/// `limit`.
///
/// # Errors
/// [`Error`] of the database.
pub(crate) async fn taken(tx: &Tx, sku: &SkuId, before: i64, limit: i64) -> Result<Vec<Taken>, Error> {
    let sql = sql!(
        "SELECT first, last, at, body FROM reservation_movements WHERE sku_id = $1 AND first < $2 \
         ORDER BY first DESC LIMIT $3"
    );
    let args = vec![sku.as_str().into(), before.into(), limit.into()];
    let rows: Vec<PackedColumns> = tx.all("listing movements of reservations", sql, args).await?;
    let mut found: Vec<Taken> = Vec::new();
    for row in &rows {
        found.extend(unpack(sku, row)?.into_iter().rev().filter(|it| it.number < before));
        if i64::try_from(found.len()).is_ok_and(|found| found >= limit) {
            break;
        }
    }
    Ok(found)
}

/// Movements of a SKU that reservations made, after the one numbered `after`, by number: at least `limit` if there are so
/// many.
///
/// # Errors
/// [`Error`] of the database.
pub(crate) async fn taken_after(tx: &Tx, sku: &SkuId, after: i64, limit: i64) -> Result<Vec<Taken>, Error> {
    let sql = sql!(
        "SELECT first, last, at, body FROM reservation_movements WHERE sku_id = $1 AND first > $2 \
         ORDER BY first LIMIT $3"
    );
    let mut found = Vec::new();
    // The row in which `after` stands begins before it.
    if let Some(row) = row_with(tx, sku, after).await? {
        found.extend(unpack(sku, &row)?.into_iter().filter(|it| it.number > after));
    }
    let args = vec![sku.as_str().into(), after.into(), limit.into()];
    let rows: Vec<PackedColumns> = tx.all("reading movements of reservations", sql, args).await?;
    for row in &rows {
        if i64::try_from(found.len()).is_ok_and(|found| found >= limit) {
            break;
        }
        found.extend(unpack(sku, row)?);
    }
    Ok(found)
}

async fn row_with(tx: &Tx, sku: &SkuId, number: i64) -> Result<Option<PackedColumns>, Error> {
    let sql = sql!(
        "SELECT first, last, at, body FROM reservation_movements WHERE sku_id = $1 AND first <= $2 AND last > $2 \
         ORDER BY first DESC LIMIT 1"
    );
    tx.one("reading a movement of reservations", sql, vec![sku.as_str().into(), number.into()]).await
}
