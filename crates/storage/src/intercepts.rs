//! Intercepts and changes of labels. What must never happen here: two that run for one order.

use livehand_kernel::{CustomerId, Millis};
use livehand_trade::fulfilment::Node;
use livehand_trade::intercepts::Intercept;

use crate::statement::containing;
use crate::{Error, Tx, Value, sql};

/// A request as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterceptRow {
    /// The request.
    pub intercept: Intercept,
    /// With whose key the new recipient is sealed.
    pub customer: Option<CustomerId>,
    /// Whom it is to go to instead, sealed; nothing once that is done or given up.
    pub recipient: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    body: String,
    customer_id: Option<String>,
    recipient: Option<Vec<u8>>,
}

fn row(it: Columns) -> Result<InterceptRow, Error> {
    let intercept = serde_json::from_str(&it.body);
    Ok(InterceptRow {
        intercept: intercept.map_err(|_| Error::Unusable(format!("the intercept {} is damaged", it.id)))?,
        customer: it.customer_id.map(CustomerId),
        recipient: it.recipient.filter(|sealed| !sealed.is_empty()),
    })
}

/// Writes a request, new or changed.
///
/// # Errors
/// [`Error::Conflict`] if another one runs for the order.
pub async fn save(tx: &Tx, row: &InterceptRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO intercepts (id, order_id, ticket_id, aim, state, running, with_warehouse, requested_at, due, \
         confirmed_at, customer_id, recipient, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, running = excluded.running, \
         with_warehouse = excluded.with_warehouse, due = excluded.due, confirmed_at = excluded.confirmed_at, \
         customer_id = excluded.customer_id, recipient = excluded.recipient, body = excluded.body"
    );
    let it = &row.intercept;
    let body = serde_json::to_string(it).unwrap_or_default();
    let args = vec![
        (&it.id).into(),
        (&it.order).into(),
        it.ticket.clone().into(),
        it.aim.code().into(),
        it.state.code().into(),
        it.state.is_running().into(),
        it.is_with_warehouse().into(),
        it.requested_at.into(),
        it.due.into(),
        it.confirmed_at.into(),
        row.customer.as_ref().map(|it| it.0.clone()).into(),
        row.recipient.as_deref().unwrap_or_default().into(),
        (&body).into(),
    ];
    tx.run("writing an intercept", sql, args).await.map(|_| ())
}

/// The one with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &str) -> Result<Option<InterceptRow>, Error> {
    let sql = sql!("SELECT id, body, customer_id, recipient FROM intercepts WHERE id = $1");
    tx.one::<Columns>("finding an intercept", sql, vec![id.into()]).await?.map(row).transpose()
}

/// The one that runs for an order.
///
/// # Errors
/// [`Error`] of the database.
pub async fn running(tx: &Tx, order: &str) -> Result<Option<InterceptRow>, Error> {
    let sql = sql!("SELECT id, body, customer_id, recipient FROM intercepts WHERE order_id = $1 AND running");
    tx.one::<Columns>("finding a running intercept", sql, vec![order.into()]).await?.map(row).transpose()
}

/// Those that wait for somebody, with how far their parcels have come.
///
/// # Errors
/// [`Error`] of the database.
pub async fn asked(tx: &Tx, limit: i64) -> Result<Vec<(String, Node)>, Error> {
    let sql = sql!(
        "SELECT i.id, f.node FROM intercepts i JOIN fulfilments f ON f.order_id = i.order_id \
         WHERE i.running AND i.state = 'asked' ORDER BY i.requested_at, i.id LIMIT $1"
    );
    let rows: Vec<(String, String)> = tx.all("finding intercepts that wait", sql, vec![limit.into()]).await?;
    Ok(rows.into_iter().filter_map(|(id, node)| Some((id, Node::from_code(&node)?))).collect())
}

/// Which requests to list.
#[derive(Clone, Debug, Default)]
pub struct InterceptFilter {
    /// Part of the order's number.
    pub search: Option<String>,
    /// Only those that run, or only those that are over.
    pub running: Option<bool>,
    /// Only those that stand so.
    pub state: Option<String>,
    /// Only those of a ticket.
    pub ticket: Option<String>,
    /// Only those of an order.
    pub order: Option<String>,
    /// When the last one of the page before was asked for, and its id.
    pub before: Option<(Millis, String)>,
    /// Most rows.
    pub limit: i64,
}

/// Requests, the last first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &InterceptFilter) -> Result<Vec<InterceptRow>, Error> {
    let sql = sql!(
        "SELECT id, body, customer_id, recipient FROM intercepts \
         WHERE (CAST($1 AS TEXT) IS NULL OR LOWER(order_id) LIKE LOWER($1) ESCAPE '\\') \
         AND (CAST($2 AS BOOLEAN) IS NULL OR running = $2) AND (CAST($3 AS TEXT) IS NULL OR state = $3) \
         AND (CAST($4 AS TEXT) IS NULL OR ticket_id = $4) AND (CAST($5 AS TEXT) IS NULL OR order_id = $5) \
         AND (requested_at < $6 OR (requested_at = $6 AND id < $7)) ORDER BY requested_at DESC, id DESC LIMIT $8"
    );
    let (at, id) = filter.before.clone().unwrap_or((Millis(i64::MAX), String::new()));
    let args = vec![
        filter.search.as_deref().map(containing).into(),
        Value::Boolean(filter.running),
        filter.state.clone().into(),
        filter.ticket.clone().into(),
        filter.order.clone().into(),
        at.into(),
        (&id).into(),
        filter.limit.into(),
    ];
    tx.all::<Columns>("listing intercepts", sql, args).await?.into_iter().map(row).collect()
}

/// What the warehouse has to do, by when it is to be done.
///
/// # Errors
/// [`Error`] of the database.
pub async fn with_warehouse(tx: &Tx, limit: i64) -> Result<Vec<InterceptRow>, Error> {
    let sql = sql!(
        "SELECT id, body, customer_id, recipient FROM intercepts WHERE with_warehouse ORDER BY due, id LIMIT $1"
    );
    tx.all::<Columns>("listing what the warehouse has to do", sql, vec![limit.into()])
        .await?
        .into_iter()
        .map(row)
        .collect()
}
