//! Deliveries: orders and prizes, as far as it concerns whom they go to.

use livehand_kernel::{CustomerId, DeliveryId, Millis};

use crate::{Error, Tx, sql};

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The order's number, or the prize's.
    pub id: DeliveryId,
    /// To whom.
    pub customer_id: CustomerId,
    /// order or prize.
    pub class: String,
    /// The recipient of this one, sealed with the customer's key; absent once it expired or was erased.
    pub recipient: Option<Vec<u8>>,
    /// Counts what was written.
    pub version: i64,
    /// When it was ordered or won.
    pub opened_at: Millis,
    /// When it left.
    pub shipped_at: Option<Millis>,
    /// When it was signed for.
    pub received_at: Option<Millis>,
    /// When its after-sale was over.
    pub closed_at: Option<Millis>,
    /// When the recipient was taken away.
    pub expired_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    customer_id: String,
    class: String,
    recipient: Option<Vec<u8>>,
    version: i64,
    opened_at: i64,
    shipped_at: Option<i64>,
    received_at: Option<i64>,
    closed_at: Option<i64>,
    expired_at: Option<i64>,
}

fn row(it: Columns) -> DeliveryRow {
    DeliveryRow {
        id: DeliveryId(it.id),
        customer_id: CustomerId(it.customer_id),
        class: it.class,
        recipient: it.recipient,
        version: it.version,
        opened_at: Millis(it.opened_at),
        shipped_at: it.shipped_at.map(Millis),
        received_at: it.received_at.map(Millis),
        closed_at: it.closed_at.map(Millis),
        expired_at: it.expired_at.map(Millis),
    }
}

/// A step that a delivery takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It left.
    Shipped,
    /// It was signed for.
    Received,
    /// Its after-sale is over.
    Closed,
    /// A case was opened again: the after-sale is not over.
    Reopened,
}

/// Adds a delivery.
///
/// # Errors
/// [`Error::Conflict`] if there is one with this id.
pub async fn insert(tx: &Tx, delivery: &DeliveryRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO deliveries (id, customer_id, class, recipient, version, opened_at, shipped_at, received_at, closed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let args = vec![
        delivery.id.as_str().into(),
        delivery.customer_id.as_str().into(),
        (&delivery.class).into(),
        delivery.recipient.as_deref().unwrap_or_default().into(),
        delivery.version.into(),
        delivery.opened_at.into(),
        delivery.shipped_at.into(),
        delivery.received_at.into(),
        delivery.closed_at.into(),
    ];
    tx.run("adding a delivery", sql, args).await.map(|_| ())
}

/// Writes to whom a delivery goes anew, unless it was taken away; false if it was.
///
/// # Errors
/// [`Error`] of the database.
pub async fn redirect(tx: &Tx, delivery: &DeliveryRow) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE deliveries SET customer_id = $2, recipient = $3, version = $4 WHERE id = $1 AND recipient IS NOT NULL"
    );
    let args = vec![
        delivery.id.as_str().into(),
        delivery.customer_id.as_str().into(),
        delivery.recipient.as_deref().unwrap_or_default().into(),
        delivery.version.into(),
    ];
    Ok(tx.run("writing a delivery", sql, args).await? > 0)
}

/// Notes a step of a delivery; false if there is no such delivery.
///
/// # Errors
/// [`Error`] of the database.
pub async fn step(tx: &Tx, id: &DeliveryId, step: Step, at: Millis) -> Result<bool, Error> {
    let args = vec![id.as_str().into(), at.into()];
    let sql = match step {
        Step::Shipped => sql!("UPDATE deliveries SET shipped_at = COALESCE(shipped_at, $2) WHERE id = $1"),
        Step::Received => sql!(
            "UPDATE deliveries SET received_at = COALESCE(received_at, $2), shipped_at = COALESCE(shipped_at, $2) WHERE id = $1"
        ),
        Step::Closed => sql!("UPDATE deliveries SET closed_at = $2 WHERE id = $1"),
        Step::Reopened => {
            let sql = sql!("UPDATE deliveries SET closed_at = NULL WHERE id = $1");
            return Ok(tx.run("writing a delivery", sql, vec![id.as_str().into()]).await? > 0);
        }
    };
    Ok(tx.run("writing a delivery", sql, args).await? > 0)
}

/// The delivery with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &DeliveryId) -> Result<Option<DeliveryRow>, Error> {
    let sql = sql!(
        "SELECT id, customer_id, class, recipient, version, opened_at, shipped_at, received_at, closed_at, expired_at \
         FROM deliveries WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding a delivery", sql, vec![id.as_str().into()]).await?.map(row))
}

/// Deliveries of a customer, the last first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_customer(tx: &Tx, customer: &CustomerId, limit: i64) -> Result<Vec<DeliveryRow>, Error> {
    let sql = sql!(
        "SELECT id, customer_id, class, recipient, version, opened_at, shipped_at, received_at, closed_at, expired_at \
         FROM deliveries WHERE customer_id = $1 ORDER BY opened_at DESC, id DESC LIMIT $2"
    );
    let args = vec![customer.as_str().into(), limit.into()];
    Ok(tx.all::<Columns>("listing deliveries", sql, args).await?.into_iter().map(row).collect())
}

/// Deliveries whose recipient is due to go: orders closed by `orders` or never closed and idle since `idle`, prizes received
/// by `prizes`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn due(
    tx: &Tx,
    orders: Millis,
    idle: Millis,
    prizes: Millis,
    limit: i64,
) -> Result<Vec<DeliveryId>, Error> {
    let sql = sql!(
        "SELECT d.id FROM deliveries d WHERE d.recipient IS NOT NULL \
         AND ((d.class = 'order' AND d.closed_at <= $1) OR (d.class = 'prize' AND d.received_at <= $2) \
             OR (d.class = 'order' AND d.closed_at IS NULL AND d.opened_at <= $3 AND COALESCE(d.shipped_at, 0) <= $3 \
             AND COALESCE(d.received_at, 0) <= $3 \
             AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = d.id AND o.changed_at > $3) \
             AND NOT EXISTS (SELECT 1 FROM tickets t JOIN ticket_entries e ON e.ticket_id = t.id \
                 WHERE t.order_id = d.id AND e.at > $3) \
             AND NOT EXISTS (SELECT 1 FROM intercepts i WHERE i.order_id = d.id AND i.requested_at > $3) \
             AND NOT EXISTS (SELECT 1 FROM order_decisions c WHERE c.order_id = d.id AND c.at > $3))) \
         ORDER BY d.id LIMIT $4"
    );
    let args = vec![orders.into(), prizes.into(), idle.into(), limit.into()];
    let rows = tx.all::<(String,)>("listing deliveries", sql, args).await?;
    Ok(rows.into_iter().map(|(id,)| DeliveryId(id)).collect())
}

/// Takes the recipient of a delivery away; false if it was gone already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn expire(tx: &Tx, id: &DeliveryId, now: Millis) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE deliveries SET recipient = NULL, expired_at = $2 WHERE id = $1 AND recipient IS NOT NULL"
    );
    crate::order_decisions::forget(tx, id.as_str()).await?;
    Ok(tx.run("forgetting a delivery", sql, vec![id.as_str().into(), now.into()]).await? > 0)
}
