//! Customers: whoever orders and prizes are sent to. Everything that is known of them is sealed before it comes here; this
//! file never sees a key or a name.

use livehand_kernel::{CustomerId, Millis};

use crate::{Error, Tx, sql};

/// Something sealed, and its key as it was wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPart {
    /// The wrapped key.
    pub key: Vec<u8>,
    /// What it seals.
    pub data: Vec<u8>,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRow {
    /// Id.
    pub id: CustomerId,
    /// The key that wraps theirs.
    pub key_id: String,
    /// Name, number, address; absent once it expired or was erased.
    pub clear: Option<SealedPart>,
    /// What is masked; absent once it expired or was erased.
    pub masked: Option<SealedPart>,
    /// A keyed hash of the number; empty for none.
    pub phone_index: Vec<u8>,
    /// Counts what was written.
    pub version: i64,
    /// When they were first seen.
    pub created_at: Millis,
    /// When they last ordered or won something.
    pub last_order_at: Millis,
    /// When what is clear was taken away because its time was over.
    pub expired_at: Option<Millis>,
    /// When everything was taken away because they asked for it.
    pub erased_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    key_id: String,
    clear_key: Option<Vec<u8>>,
    clear: Option<Vec<u8>>,
    masked_key: Option<Vec<u8>>,
    masked: Option<Vec<u8>>,
    phone_index: Vec<u8>,
    version: i64,
    created_at: i64,
    last_order_at: i64,
    expired_at: Option<i64>,
    erased_at: Option<i64>,
}

fn row(it: Columns) -> CustomerRow {
    let part = |key: Option<Vec<u8>>, data: Option<Vec<u8>>| {
        key.zip(data).map(|(key, data)| SealedPart { key, data })
    };
    CustomerRow {
        id: CustomerId(it.id),
        key_id: it.key_id,
        clear: part(it.clear_key, it.clear),
        masked: part(it.masked_key, it.masked),
        phone_index: it.phone_index,
        version: it.version,
        created_at: Millis(it.created_at),
        last_order_at: Millis(it.last_order_at),
        expired_at: it.expired_at.map(Millis),
        erased_at: it.erased_at.map(Millis),
    }
}

/// Something of a customer that is there, ready to be bound; a customer without it is never written.
fn part(part: Option<&SealedPart>) -> Result<(&[u8], &[u8]), Error> {
    let gone = || Error::Unusable("a customer is written without what is known of them".to_owned());
    part.map(|part| (part.key.as_slice(), part.data.as_slice())).ok_or_else(gone)
}

/// Adds a customer.
///
/// # Errors
/// [`Error`] of the database.
pub async fn insert(tx: &Tx, customer: &CustomerRow) -> Result<(), Error> {
    let (clear_key, clear) = part(customer.clear.as_ref())?;
    let (masked_key, masked) = part(customer.masked.as_ref())?;
    let sql = sql!(
        "INSERT INTO customers (id, key_id, clear_key, clear, masked_key, masked, phone_index, version, created_at, last_order_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let args = vec![
        customer.id.as_str().into(),
        (&customer.key_id).into(),
        clear_key.into(),
        clear.into(),
        masked_key.into(),
        masked.into(),
        customer.phone_index.as_slice().into(),
        customer.version.into(),
        customer.created_at.into(),
        customer.last_order_at.into(),
    ];
    tx.run("adding a customer", sql, args).await.map(|_| ())
}

/// Writes what is known of a customer anew, if nobody else did since `version`; false if somebody did, or if it was taken
/// away.
///
/// # Errors
/// [`Error`] of the database.
pub async fn update(tx: &Tx, customer: &CustomerRow, version: i64) -> Result<bool, Error> {
    let (clear_key, clear) = part(customer.clear.as_ref())?;
    let (masked_key, masked) = part(customer.masked.as_ref())?;
    let sql = sql!(
        "UPDATE customers SET key_id = $3, clear_key = $4, clear = $5, masked_key = $6, masked = $7, phone_index = $8, \
         version = $9, last_order_at = $10 WHERE id = $1 AND version = $2 AND clear IS NOT NULL AND masked IS NOT NULL"
    );
    let args = vec![
        customer.id.as_str().into(),
        version.into(),
        (&customer.key_id).into(),
        clear_key.into(),
        clear.into(),
        masked_key.into(),
        masked.into(),
        customer.phone_index.as_slice().into(),
        customer.version.into(),
        customer.last_order_at.into(),
    ];
    Ok(tx.run("writing a customer", sql, args).await? > 0)
}

/// Notes that a customer ordered something, if that is later than what is known.
///
/// # Errors
/// [`Error`] of the database.
pub async fn note_order(tx: &Tx, id: &CustomerId, at: Millis) -> Result<(), Error> {
    let sql = sql!("UPDATE customers SET last_order_at = $2 WHERE id = $1 AND last_order_at < $2");
    tx.run("writing a customer", sql, vec![id.as_str().into(), at.into()]).await.map(|_| ())
}

/// Puts keys in the place of those that were wrapped by another key. What is sealed stays as it is. False if the row has
/// changed since `version`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn rewrap(tx: &Tx, customer: &CustomerRow) -> Result<bool, Error> {
    let sql_clear =
        sql!("UPDATE customers SET clear_key = $3 WHERE id = $1 AND version = $2 AND clear_key IS NOT NULL");
    let sql_masked = sql!(
        "UPDATE customers SET key_id = $3, masked_key = $4, phone_index = $5 \
         WHERE id = $1 AND version = $2 AND masked_key IS NOT NULL"
    );
    let id = customer.id.as_str();
    if let Some(clear) = &customer.clear {
        let args = vec![id.into(), customer.version.into(), clear.key.as_slice().into()];
        if tx.run("wrapping keys anew", sql_clear, args).await? == 0 {
            return Ok(false);
        }
    }
    let Some(masked) = &customer.masked else { return Ok(false) };
    let args = vec![
        id.into(),
        customer.version.into(),
        (&customer.key_id).into(),
        masked.key.as_slice().into(),
        customer.phone_index.as_slice().into(),
    ];
    Ok(tx.run("wrapping keys anew", sql_masked, args).await? > 0)
}

/// The customer with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &CustomerId) -> Result<Option<CustomerRow>, Error> {
    let sql = sql!(
        "SELECT id, key_id, clear_key, clear, masked_key, masked, phone_index, version, created_at, last_order_at, \
         expired_at, erased_at FROM customers WHERE id = $1"
    );
    Ok(tx.one::<Columns>("finding a customer", sql, vec![id.as_str().into()]).await?.map(row))
}

/// Customers whose number has this keyed hash, the last first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn by_phone(tx: &Tx, index: &[u8], limit: i64) -> Result<Vec<CustomerRow>, Error> {
    let sql = sql!(
        "SELECT id, key_id, clear_key, clear, masked_key, masked, phone_index, version, created_at, last_order_at, \
         expired_at, erased_at FROM customers WHERE phone_index = $1 ORDER BY id DESC LIMIT $2"
    );
    let rows = tx.all::<Columns>("looking a customer up", sql, vec![index.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// Customers, the last first, from before `after`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn page(tx: &Tx, after: Option<&CustomerId>, limit: i64) -> Result<Vec<CustomerRow>, Error> {
    let sql = sql!(
        "SELECT id, key_id, clear_key, clear, masked_key, masked, phone_index, version, created_at, last_order_at, \
         expired_at, erased_at FROM customers WHERE (CAST($1 AS TEXT) IS NULL OR id < $1) ORDER BY id DESC LIMIT $2"
    );
    let args = vec![after.map(|id| id.0.clone()).into(), limit.into()];
    Ok(tx.all::<Columns>("listing customers", sql, args).await?.into_iter().map(row).collect())
}

/// Customers whose keys are not wrapped by `key_id`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn wrapped_by_others(tx: &Tx, key_id: &str, limit: i64) -> Result<Vec<CustomerRow>, Error> {
    let sql = sql!(
        "SELECT id, key_id, clear_key, clear, masked_key, masked, phone_index, version, created_at, last_order_at, \
         expired_at, erased_at FROM customers WHERE key_id <> $1 AND masked_key IS NOT NULL ORDER BY id LIMIT $2"
    );
    let rows = tx.all::<Columns>("listing customers", sql, vec![key_id.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(row).collect())
}

/// How many customers' keys each key wraps.
///
/// # Errors
/// [`Error`] of the database.
pub async fn count_by_key(tx: &Tx) -> Result<Vec<(String, i64)>, Error> {
    let sql = sql!(
        "SELECT key_id, COUNT(*) FROM customers WHERE masked_key IS NOT NULL GROUP BY key_id ORDER BY key_id"
    );
    tx.all::<(String, i64)>("counting customers", sql, Vec::new()).await
}

/// Takes away what is clear of a customer, with its key: their own and that of all their deliveries. What is masked stays.
/// False if it was gone already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn expire(tx: &Tx, id: &CustomerId, now: Millis) -> Result<bool, Error> {
    let recipients = sql!(
        "UPDATE deliveries SET recipient = NULL, expired_at = $2 WHERE customer_id = $1 AND recipient IS NOT NULL"
    );
    tx.run("forgetting deliveries", recipients, vec![id.as_str().into(), now.into()]).await?;
    let sql = sql!(
        "UPDATE customers SET clear_key = NULL, clear = NULL, phone_index = $3, expired_at = $2 \
         WHERE id = $1 AND clear IS NOT NULL"
    );
    let nothing: &[u8] = &[];
    Ok(tx.run("forgetting a customer", sql, vec![id.as_str().into(), now.into(), nothing.into()]).await? > 0)
}

/// Takes away what is masked of a customer, with its key. False if it was gone already, or if something is still clear.
///
/// # Errors
/// [`Error`] of the database.
pub async fn expire_evidence(tx: &Tx, id: &CustomerId) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE customers SET masked_key = NULL, masked = NULL \
         WHERE id = $1 AND masked IS NOT NULL AND clear IS NULL"
    );
    Ok(tx.run("forgetting a customer", sql, vec![id.as_str().into()]).await? > 0)
}

/// Takes away everything that is known of a customer, with both keys. False if it was done already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn erase(tx: &Tx, id: &CustomerId, now: Millis) -> Result<bool, Error> {
    expire(tx, id, now).await?;
    let sql = sql!(
        "UPDATE customers SET masked_key = NULL, masked = NULL, erased_at = $2 \
         WHERE id = $1 AND erased_at IS NULL"
    );
    Ok(tx.run("erasing a customer", sql, vec![id.as_str().into(), now.into()]).await? > 0)
}

/// The customers who were erased.
///
/// # Errors
/// [`Error`] of the database.
pub async fn erased(tx: &Tx) -> Result<Vec<CustomerId>, Error> {
    let sql = sql!("SELECT id FROM customers WHERE erased_at IS NOT NULL ORDER BY id");
    let rows = tx.all::<(String,)>("listing erased customers", sql, Vec::new()).await?;
    Ok(rows.into_iter().map(|(id,)| CustomerId(id)).collect())
}

/// Customers of whom nothing needs to be clear any more: each of their deliveries is over, or they have none and ordered
/// nothing since `orders`. An order is over that was closed by `orders`, or that nobody closed and that is idle since `idle`; a
/// prize is that was received by `prizes`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn due(
    tx: &Tx,
    orders: Millis,
    idle: Millis,
    prizes: Millis,
    limit: i64,
) -> Result<Vec<CustomerId>, Error> {
    let sql = sql!(
        "SELECT c.id FROM customers c WHERE c.clear IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.customer_id = c.id AND d.recipient IS NOT NULL \
             AND NOT ((d.class = 'order' AND d.closed_at IS NOT NULL AND d.closed_at <= $1) \
                 OR (d.class = 'prize' AND d.received_at IS NOT NULL AND d.received_at <= $2) \
                 OR (d.class = 'order' AND d.closed_at IS NULL AND d.opened_at <= $3 AND COALESCE(d.shipped_at, 0) <= $3 \
             AND COALESCE(d.received_at, 0) <= $3 \
             AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = d.id AND o.changed_at > $3) \
             AND NOT EXISTS (SELECT 1 FROM tickets t JOIN ticket_entries e ON e.ticket_id = t.id \
                 WHERE t.order_id = d.id AND e.at > $3) \
             AND NOT EXISTS (SELECT 1 FROM intercepts i WHERE i.order_id = d.id AND i.requested_at > $3) \
             AND NOT EXISTS (SELECT 1 FROM order_decisions c WHERE c.order_id = d.id AND c.at > $3)))) \
         AND (c.last_order_at <= $1 OR EXISTS (SELECT 1 FROM deliveries d WHERE d.customer_id = c.id)) \
         ORDER BY c.id LIMIT $4"
    );
    let args = vec![orders.into(), prizes.into(), idle.into(), limit.into()];
    let rows = tx.all::<(String,)>("listing customers", sql, args).await?;
    Ok(rows.into_iter().map(|(id,)| CustomerId(id)).collect())
}

/// Customers of whom nothing is clear and who ordered nothing since `before`.
///
/// # Errors
/// [`Error`] of the database.
pub async fn evidence_due(tx: &Tx, before: Millis, limit: i64) -> Result<Vec<CustomerId>, Error> {
    let sql = sql!(
        "SELECT id FROM customers WHERE masked IS NOT NULL AND clear IS NULL AND last_order_at <= $1 ORDER BY id LIMIT $2"
    );
    let rows = tx.all::<(String,)>("listing customers", sql, vec![before.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|(id,)| CustomerId(id)).collect())
}
