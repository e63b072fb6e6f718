//! Orders, their lines, and the notices that made them. What must never happen here: a notice that is taken twice.

use livehand_kernel::{CustomerId, Millis, ShowId};
use livehand_trade::orders::{Line, Order, State, Took};

use crate::statement::containing;
use crate::{Error, Tx, Value, sql};

/// An order as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// What its notices say together.
    pub order: Order,
    /// To whom it goes, if that is known.
    pub customer: Option<CustomerId>,
    /// The show in which it was bought.
    pub show: Option<ShowId>,
    /// What was promised when it was bought, as JSON.
    pub promise: Option<String>,
    /// Whether it is made up.
    pub synthetic: bool,
    /// When it was first heard of.
    pub taken_at: Millis,
    /// When it last changed here.
    pub changed_at: Millis,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    body: String,
    customer_id: Option<String>,
    show_id: Option<String>,
    promise: Option<String>,
    synthetic: bool,
    taken_at: i64,
    changed_at: i64,
}

fn row(it: Columns) -> Result<OrderRow, Error> {
    let order = serde_json::from_str(&it.body);
    Ok(OrderRow {
        order: order.map_err(|_| Error::Unusable(format!("the order {} is damaged", it.id)))?,
        customer: it.customer_id.map(CustomerId),
        show: it.show_id.map(ShowId),
        promise: it.promise,
        synthetic: it.synthetic,
        taken_at: Millis(it.taken_at),
        changed_at: Millis(it.changed_at),
    })
}

/// Writes an order and its lines, new or changed.
///
/// # Errors
/// [`Error`] of the database.
pub async fn save(tx: &Tx, row: &OrderRow) -> Result<(), Error> {
    let order = &row.order;
    let sql = sql!(
        "INSERT INTO orders (id, platform, number, state, state_at, bought_at, paid_at, closed_at, refunded_at, paid_fen, \
         refunded_fen, buyer, customer_id, show_id, attention, synthetic, promise, body, taken_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, state_at = excluded.state_at, \
         bought_at = excluded.bought_at, paid_at = excluded.paid_at, closed_at = excluded.closed_at, \
         refunded_at = excluded.refunded_at, paid_fen = excluded.paid_fen, refunded_fen = excluded.refunded_fen, \
         buyer = excluded.buyer, customer_id = excluded.customer_id, show_id = excluded.show_id, \
         attention = excluded.attention, promise = excluded.promise, body = excluded.body, \
         changed_at = excluded.changed_at"
    );
    let body = serde_json::to_string(order).unwrap_or_default();
    let args = vec![
        order.id().as_str().into(),
        (&order.platform).into(),
        (&order.number).into(),
        order.state().code().into(),
        order.state_at().into(),
        order.bought_at().into(),
        order.at(State::Paid).into(),
        order.at(State::Closed).into(),
        order.at(State::Refunded).into(),
        Value::Integer(order.paid().map(|fen| fen.0)),
        order.refunded().0.into(),
        order.buyer().map(str::to_owned).into(),
        row.customer.as_ref().map(|it| it.0.clone()).into(),
        row.show.as_ref().map(|it| it.0.clone()).into(),
        (!order.attention().is_empty()).into(),
        row.synthetic.into(),
        row.promise.clone().into(),
        (&body).into(),
        row.taken_at.into(),
        row.changed_at.into(),
    ];
    tx.run("writing an order", sql, args).await?;
    let sql = sql!(
        "INSERT INTO order_lines (order_id, line_id, sku_id, quantity, paid_fen) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (order_id, line_id) DO UPDATE SET sku_id = excluded.sku_id, quantity = excluded.quantity, \
         paid_fen = excluded.paid_fen"
    );
    let id = order.id();
    let line = |line: &Line| {
        let paid = Value::Integer(line.paid.map(|fen| fen.0));
        vec![(&id).into(), (&line.id).into(), line.sku.as_str().into(), line.quantity.into(), paid]
    };
    tx.run_rows("writing the lines of an order", sql, order.lines().map(line).collect()).await.map(|_| ())
}

/// The order with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<OrderRow>, Error> {
    let sql = sql!(
        "SELECT id, body, customer_id, show_id, promise, synthetic, taken_at, changed_at FROM orders WHERE id = $1"
    );
    tx.one::<Columns>("finding an order", sql, vec![id.into()]).await?.map(row).transpose()
}

/// The orders with these ids, as far as there are any.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_all(tx: &Tx, ids: &[&str]) -> Result<Vec<OrderRow>, Error> {
    let sql = sql!(
        "SELECT id, body, customer_id, show_id, promise, synthetic, taken_at, changed_at FROM orders WHERE id IN ($1)"
    );
    let ids = ids.iter().map(|id| (*id).into()).collect();
    tx.all_in::<Columns>("finding orders", sql, ids).await?.into_iter().map(row).collect()
}

/// Notes to whom an order goes now.
///
/// # Errors
/// [`Error`] of the database.
pub async fn set_customer(tx: &Tx, id: &str, customer: &CustomerId) -> Result<(), Error> {
    let sql = sql!("UPDATE orders SET customer_id = $2 WHERE id = $1");
    tx.run("noting to whom an order goes", sql, vec![id.into(), customer.as_str().into()]).await.map(|_| ())
}

/// Which orders to list.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Part of the number.
    pub search: Option<String>,
    /// Only those that stand so.
    pub state: Option<State>,
    /// Only those that somebody has to look at.
    pub attention: bool,
    /// Only those of a customer.
    pub customer: Option<CustomerId>,
    /// When the last one of the page before was bought, and its id.
    pub before: Option<(Millis, String)>,
    /// Most rows.
    pub limit: i64,
}

/// Orders, those that were bought last first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &OrderFilter) -> Result<Vec<OrderRow>, Error> {
    let sql = sql!(
        "SELECT id, body, customer_id, show_id, promise, synthetic, taken_at, changed_at FROM orders \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(number) LIKE LOWER($1) ESCAPE '\\') \
         AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND ($3 = FALSE OR attention) \
         AND (CAST($4 AS TEXT) IS NULL OR customer_id = $4) \
         AND (bought_at < $5 OR (bought_at = $5 AND id < $6)) ORDER BY bought_at DESC, id DESC LIMIT $7"
    );
    let (at, id) = filter.before.clone().unwrap_or((Millis(i64::MAX), String::new()));
    let args = vec![
        filter.search.as_deref().map(containing).into(),
        filter.state.map(|state| state.code().to_owned()).into(),
        filter.attention.into(),
        filter.customer.as_ref().map(|it| it.0.clone()).into(),
        at.into(),
        (&id).into(),
        filter.limit.into(),
    ];
    tx.all::<Columns>("listing orders", sql, args).await?.into_iter().map(row).collect()
}

/// Notes that the stock has to be told of an order.
///
/// # Errors
/// [`Error`] of the database.
pub async fn stock_is_due(tx: &Tx, id: &str) -> Result<(), Error> {
    let sql = sql!("UPDATE orders SET stock_due = stock_due + 1 WHERE id = $1");
    tx.run("noting that stock is due for an order", sql, vec![id.into()]).await.map(|_| ())
}

/// An order of which the stock has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockDue {
    /// The order.
    pub order: Order,
    /// How often it changed since the stock was told.
    pub changes: i64,
}

#[derive(sqlx::FromRow)]
struct DueColumns {
    id: String,
    body: String,
    stock_due: i64,
}

/// Orders of which the stock has to be told, those that changed first first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn stock_due(tx: &Tx, limit: i64) -> Result<Vec<StockDue>, Error> {
    let sql =
        sql!("SELECT id, body, stock_due FROM orders WHERE stock_due > 0 ORDER BY changed_at, id LIMIT $1");
    let rows: Vec<DueColumns> =
        tx.all("listing orders for which stock is due", sql, vec![limit.into()]).await?;
    let due = |it: DueColumns| {
        let damaged = |_| Error::Unusable(format!("the order {} is damaged", it.id));
        Ok(StockDue { order: serde_json::from_str(&it.body).map_err(damaged)?, changes: it.stock_due })
    };
    rows.into_iter().map(due).collect()
}

/// Notes that the stock knows orders as they were; one that changed meanwhile stays due.
///
/// # Errors
/// [`Error`] of the database.
pub async fn stock_is_told(tx: &Tx, told: &[StockDue]) -> Result<(), Error> {
    let sql = sql!("UPDATE orders SET stock_due = 0 WHERE id = $1 AND stock_due = $2");
    let args = |it: &StockDue| vec![it.order.id().as_str().into(), it.changes.into()];
    tx.run_rows("noting that the stock knows orders", sql, told.iter().map(args).collect()).await.map(|_| ())
}

/// The orders of a buyer by the platform's id, those that were bought last first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_buyer(tx: &Tx, buyer: &str, limit: i64) -> Result<Vec<OrderRow>, Error> {
    let sql = sql!(
        "SELECT id, body, customer_id, show_id, promise, synthetic, taken_at, changed_at FROM orders WHERE buyer = $1 \
         ORDER BY bought_at DESC, id DESC LIMIT $2"
    );
    let args = vec![buyer.into(), limit.into()];
    tx.all::<Columns>("finding the orders of a buyer", sql, args).await?.into_iter().map(row).collect()
}

/// A notice that was taken, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Who delivered it.
    pub source: String,
    /// Its id there.
    pub id: String,
    /// The order's id here.
    pub order: String,
    /// A keyed hash of what was delivered.
    pub digest: Vec<u8>,
    /// What it did.
    pub took: Took,
    /// Where the order stood then.
    pub state: State,
    /// When it came.
    pub received_at: Millis,
}

#[derive(sqlx::FromRow)]
struct NoticeColumns {
    source: String,
    id: String,
    order_id: String,
    digest: Vec<u8>,
    took: String,
    state: String,
    received_at: i64,
}

fn notice(it: NoticeColumns) -> Result<NoticeRow, Error> {
    let damaged = || Error::Unusable(format!("a notice of the order {} is damaged", it.order_id));
    Ok(NoticeRow {
        took: Took::from_code(&it.took).ok_or_else(damaged)?,
        state: State::from_code(&it.state).ok_or_else(damaged)?,
        source: it.source,
        id: it.id,
        order: it.order_id,
        digest: it.digest,
        received_at: Millis(it.received_at),
    })
}

/// Notes that a notice was taken.
///
/// # Errors
/// [`Error::Conflict`] if one with its id was taken from the same source.
pub async fn insert_notice(tx: &Tx, notice: &NoticeRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO order_notices (source, id, order_id, digest, took, state, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let args = vec![
        (&notice.source).into(),
        (&notice.id).into(),
        (&notice.order).into(),
        notice.digest.as_slice().into(),
        notice.took.code().into(),
        notice.state.code().into(),
        notice.received_at.into(),
    ];
    tx.run("noting a notice of an order", sql, args).await.map(|_| ())
}

/// The notice with this id of a source, if it was taken.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_notice(tx: &Tx, source: &str, id: &str) -> Result<Option<NoticeRow>, Error> {
    let sql = sql!(
        "SELECT source, id, order_id, digest, took, state, received_at FROM order_notices WHERE source = $1 AND id = $2"
    );
    let args = vec![source.into(), id.into()];
    tx.one::<NoticeColumns>("finding a notice of an order", sql, args).await?.map(notice).transpose()
}

/// The notices of an order, in the order in which they came.
///
/// # Errors
/// [`Error`] of the database.
pub async fn notices_of(tx: &Tx, order: &str, limit: i64) -> Result<Vec<NoticeRow>, Error> {
    let sql = sql!(
        "SELECT source, id, order_id, digest, took, state, received_at FROM order_notices WHERE order_id = $1 \
         ORDER BY received_at, source, id LIMIT $2"
    );
    let args = vec![order.into(), limit.into()];
    tx.all::<NoticeColumns>("listing notices of an order", sql, args).await?.into_iter().map(notice).collect()
}
