//! Stock (库存): movements that are only added to, and the sums that they give. What must never happen here: a statement
//! that changes or deletes a movement, and sums that are written without the movement that explains them.

use livehand_kernel::{Millis, PersonId, ProductId, SkuId};
use livehand_trade::stock::{Entry, Kind, Movement, Reason, Repaired, Stock};

use crate::statement::containing;
use crate::{Error, Tx, Value, sql};

/// Movements of a SKU that are held at once while its sums are computed again.
const REPAIRED_AT_ONCE: i64 = 10_000;

/// The sums of one SKU, with the product that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// The sums.
    pub stock: Stock,
    /// Whose SKU it is, if the catalogue knows it.
    pub product_id: Option<ProductId>,
    /// Name of the product.
    pub product_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Sums {
    sku_id: String,
    stocked: i64,
    available: i64,
    reserved: i64,
    sold: i64,
    buffer: i64,
    locked: i64,
    buffer_percent: i64,
    version: i64,
    at: i64,
}

#[derive(sqlx::FromRow)]
struct Listed {
    #[sqlx(flatten)]
    sums: Sums,
    product_id: Option<String>,
    product_name: Option<String>,
}

fn stock(sums: Sums) -> Stock {
    Stock {
        sku: SkuId(sums.sku_id),
        stocked: sums.stocked,
        available: sums.available,
        reserved: sums.reserved,
        sold: sums.sold,
        buffer: sums.buffer,
        locked: sums.locked,
        buffer_percent: sums.buffer_percent,
        version: sums.version,
        at: Millis(sums.at),
    }
}

fn listed(row: Listed) -> StockRow {
    let Listed { sums, product_id, product_name } = row;
    StockRow { stock: stock(sums), product_id: product_id.map(ProductId), product_name }
}

pub(crate) fn sums_args(stock: &Stock) -> Vec<Value> {
    vec![
        stock.sku.as_str().into(),
        stock.stocked.into(),
        stock.available.into(),
        stock.reserved.into(),
        stock.sold.into(),
        stock.buffer.into(),
        stock.locked.into(),
        stock.buffer_percent.into(),
        stock.version.into(),
        stock.at.into(),
    ]
}

#[derive(sqlx::FromRow)]
struct MovementColumns {
    sku_id: String,
    number: i64,
    id: String,
    kind: String,
    quantity: i64,
    locked: bool,
    at: i64,
    reason: String,
    note: String,
    person_id: String,
    person_name: String,
    source: String,
    order_id: Option<String>,
    asked_sku: String,
    asked_quantity: i64,
}

fn entry(row: MovementColumns) -> Result<Entry, Error> {
    let (Some(kind), Some(reason)) = (Kind::from_code(&row.kind), Reason::from_code(&row.reason)) else {
        return Err(Error::Unusable(format!("movement {} of the SKU {} is damaged", row.number, row.sku_id)));
    };
    let movement = Movement {
        id: row.id,
        sku: SkuId(row.sku_id),
        kind,
        quantity: row.quantity,
        locked: row.locked,
        at: Millis(row.at),
        reason,
        note: row.note,
        by: PersonId(row.person_id),
        by_name: row.person_name,
        source: row.source,
        order: row.order_id,
    };
    let (asked_sku, asked_quantity) = (SkuId(row.asked_sku), row.asked_quantity);
    Ok(Entry { number: row.number, movement, asked_sku, asked_quantity })
}

/// The sums of a SKU; absent if it never moved.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, sku: &SkuId) -> Result<Option<Stock>, Error> {
    let sql = sql!(
        "SELECT sku_id, stocked, available, reserved, sold, buffer, locked, buffer_percent, version, at FROM stock \
         WHERE sku_id = $1"
    );
    Ok(tx.one::<Sums>("reading the stock of a SKU", sql, vec![sku.as_str().into()]).await?.map(stock))
}

/// Which SKUs to list.
#[derive(Clone, Debug, Default)]
pub struct StockFilter {
    /// Part of the SKU's id or its product's name.
    pub search: Option<String>,
    /// Only those of which less is available than is held back, or nothing.
    pub low: bool,
    /// The last SKU of the page before.
    pub after: Option<SkuId>,
    /// Most rows.
    pub limit: i64,
}

/// SKUs that ever moved, by id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &StockFilter) -> Result<Vec<StockRow>, Error> {
    let sql = sql!(
        "SELECT t.sku_id, t.stocked, t.available, t.reserved, t.sold, t.buffer, t.locked, t.buffer_percent, t.version, t.at, \
         p.id AS product_id, p.name AS product_name FROM stock t LEFT JOIN skus s ON s.id = t.sku_id \
         LEFT JOIN products p ON p.id = COALESCE(s.product_id, t.sku_id) \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(t.sku_id) LIKE LOWER($1) ESCAPE '\\' \
           OR LOWER(COALESCE(p.name, '')) LIKE LOWER($1) ESCAPE '\\') \
         AND ($2 = FALSE OR t.available <= t.buffer) AND (CAST($3 AS TEXT) IS NULL OR t.sku_id > $3) \
         ORDER BY t.sku_id LIMIT $4"
    );
    let args = vec![
        filter.search.as_deref().map(containing).into(),
        filter.low.into(),
        filter.after.as_ref().map(|sku| sku.0.clone()).into(),
        filter.limit.into(),
    ];
    Ok(tx.all::<Listed>("listing stock", sql, args).await?.into_iter().map(listed).collect())
}

/// The sums of a product's SKUs that ever moved, and of the product itself where it has none.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_product(tx: &Tx, product: &ProductId) -> Result<Vec<Stock>, Error> {
    let sql = sql!(
        "SELECT sku_id, stocked, available, reserved, sold, buffer, locked, buffer_percent, version, at FROM stock \
         WHERE sku_id = $1 OR sku_id IN (SELECT id FROM skus WHERE product_id = $1) ORDER BY sku_id"
    );
    let rows = tx.all::<Sums>("reading the stock of a product", sql, vec![product.as_str().into()]).await?;
    Ok(rows.into_iter().map(stock).collect())
}

/// Writes new rows of movements and the sums that they give, if the sums are still those from which they were computed:
/// `before` is their version then. False if somebody was faster; then nothing may be committed.
///
/// # Errors
/// [`Error::Conflict`] if the sums break an identity, or a number or an id is taken.
pub async fn record(tx: &Tx, after: &Stock, before: i64, entries: &[Entry]) -> Result<bool, Error> {
    let changed = if before == 0 {
        let sql = sql!(
            "INSERT INTO stock (sku_id, stocked, available, reserved, sold, buffer, locked, buffer_percent, version, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (sku_id) DO NOTHING"
        );
        tx.run("opening the stock of a SKU", sql, sums_args(after)).await?
    } else {
        let sql = sql!(
            "UPDATE stock SET stocked = $2, available = $3, reserved = $4, sold = $5, buffer = $6, locked = $7, \
             buffer_percent = $8, version = $9, at = $10 WHERE sku_id = $1 AND version = $11"
        );
        let mut args = sums_args(after);
        args.push(before.into());
        tx.run("writing the stock of a SKU", sql, args).await?
    };
    if changed == 0 {
        return Ok(false);
    }
    for entry in entries {
        add(tx, entry).await?;
    }
    Ok(true)
}

async fn add(tx: &Tx, entry: &Entry) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO stock_movements (sku_id, number, id, kind, quantity, locked, at, reason, note, person_id, person_name, \
         source, order_id, asked_sku, asked_quantity) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let Entry { number, movement, asked_sku, asked_quantity } = entry;
    let args = vec![
        movement.sku.as_str().into(),
        (*number).into(),
        (&movement.id).into(),
        movement.kind.code().into(),
        movement.quantity.into(),
        movement.locked.into(),
        movement.at.into(),
        movement.reason.code().into(),
        (&movement.note).into(),
        movement.by.as_str().into(),
        (&movement.by_name).into(),
        (&movement.source).into(),
        movement.order.clone().into(),
        asked_sku.as_str().into(),
        (*asked_quantity).into(),
    ];
    tx.run("recording a movement of stock", sql, args).await.map(|_| ())
}

/// Writes sums, whatever they were before.
pub(crate) const SUMS_WRITTEN: &str = sql!(
    "INSERT INTO stock (sku_id, stocked, available, reserved, sold, buffer, locked, buffer_percent, version, at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (sku_id) DO UPDATE SET stocked = excluded.stocked, \
     available = excluded.available, reserved = excluded.reserved, sold = excluded.sold, buffer = excluded.buffer, \
     locked = excluded.locked, buffer_percent = excluded.buffer_percent, version = excluded.version, at = excluded.at"
);

/// Puts the sums of a SKU right, after they were computed again from its movements.
///
/// # Errors
/// [`Error::Conflict`] if they break an identity.
pub async fn put_right(tx: &Tx, stock: &Stock) -> Result<(), Error> {
    tx.run("putting the stock of a SKU right", SUMS_WRITTEN, sums_args(stock)).await.map(|_| ())
}

/// The sums of all SKUs.
///
/// # Errors
/// [`Error`] of the database.
pub async fn all(tx: &Tx) -> Result<Vec<Stock>, Error> {
    let sql = sql!(
        "SELECT sku_id, stocked, available, reserved, sold, buffer, locked, buffer_percent, version, at FROM stock \
         ORDER BY sku_id"
    );
    Ok(tx.all::<Sums>("reading all stock", sql, Vec::new()).await?.into_iter().map(stock).collect())
}

/// A row of the movement with this id; for a bundle, that of any part.
///
/// # Errors
/// [`Error`] of the database.
pub async fn movement(tx: &Tx, id: &str) -> Result<Option<Entry>, Error> {
    let sql = sql!(
        "SELECT sku_id, number, id, kind, quantity, locked, at, reason, note, person_id, person_name, source, order_id, \
         asked_sku, asked_quantity FROM stock_movements WHERE id = $1 ORDER BY sku_id LIMIT 1"
    );
    tx.one::<MovementColumns>("finding a movement of stock", sql, vec![id.into()])
        .await?
        .map(entry)
        .transpose()
}

/// Movements of a SKU, the latest first, before the one numbered `before`: those that were recorded one by one and those
/// that reservations made, in one row of numbers.
///
/// # Errors
/// [`Error`] of the database.
pub async fn movements(tx: &Tx, sku: &SkuId, before: Option<i64>, limit: i64) -> Result<Vec<Entry>, Error> {
    let sql = sql!(
        "SELECT sku_id, number, id, kind, quantity, locked, at, reason, note, person_id, person_name, source, order_id, \
         asked_sku, asked_quantity FROM stock_movements WHERE sku_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3"
    );
    let before = before.unwrap_or(i64::MAX);
    let args = vec![sku.as_str().into(), before.into(), limit.into()];
    let rows = tx.all::<MovementColumns>("listing movements of stock", sql, args).await?;
    let mut entries: Vec<Entry> = rows.into_iter().map(entry).collect::<Result<_, _>>()?;
    entries.extend(crate::reservations::taken(tx, sku, before, limit).await?.into_iter().map(Entry::from));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.number));
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(entries)
}

/// The sums of a SKU computed again from all of its movements, of which few are held at once.
///
/// # Errors
/// [`Error`] of the database.
pub async fn repaired(tx: &Tx, sku: &SkuId) -> Result<Repaired, Error> {
    let sql = sql!(
        "SELECT sku_id, number, id, kind, quantity, locked, at, reason, note, person_id, person_name, source, order_id, \
         asked_sku, asked_quantity FROM stock_movements WHERE sku_id = $1 AND number > $2 ORDER BY number LIMIT $3"
    );
    let (mut repaired, mut after) = (Repaired::new(sku), 0);
    loop {
        let args = vec![sku.as_str().into(), after.into(), REPAIRED_AT_ONCE.into()];
        let rows = tx.all::<MovementColumns>("reading movements of stock", sql, args).await?;
        let mut entries: Vec<Entry> = rows.into_iter().map(entry).collect::<Result<_, _>>()?;
        let taken = crate::reservations::taken_after(tx, sku, after, REPAIRED_AT_ONCE).await?;
        entries.extend(taken.into_iter().map(Entry::from));
        entries.sort_by_key(|entry| entry.number);
        // Beyond so many, one of the two may have rows that are not read yet.
        entries.truncate(usize::try_from(REPAIRED_AT_ONCE).unwrap_or(usize::MAX));
        let Some(last) = entries.last() else { return Ok(repaired) };
        after = last.number;
        entries.iter().for_each(|entry| repaired.add(entry));
    }
}

/// Since when the books of a SKU stand for what lies there: its last stocktake, else its first movement. Absent without
/// books.
///
/// # Errors
/// [`Error`] of the database.
pub async fn counted_at(tx: &Tx, sku: &SkuId) -> Result<Option<Millis>, Error> {
    let sql = sql!(
        "SELECT COALESCE(MAX(CASE WHEN kind = 'counted' THEN at END), MIN(at)) FROM stock_movements WHERE sku_id = $1"
    );
    let found: Option<(Option<i64>,)> =
        tx.one("finding when a SKU was counted", sql, vec![sku.as_str().into()]).await?;
    Ok(found.and_then(|(at,)| at).map(Millis))
}

/// SKUs that have movements or sums, by id, after `after`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn skus(tx: &Tx, after: &str, limit: i64) -> Result<Vec<SkuId>, Error> {
    let sql = sql!(
        "SELECT sku_id FROM (SELECT sku_id FROM stock UNION SELECT sku_id FROM stock_movements \
         UNION SELECT sku_id FROM reservation_movements) known \
         WHERE sku_id > $1 ORDER BY sku_id LIMIT $2"
    );
    let rows: Vec<(String,)> =
        tx.all("listing the SKUs of the stock", sql, vec![after.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|(id,)| SkuId(id)).collect())
}
