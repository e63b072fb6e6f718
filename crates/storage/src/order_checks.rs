//! What the checks of orders found, and what was set for them. What must never happen here: a name, a number or an address.

use livehand_kernel::{CustomerId, Millis, PersonId, ShowId};
use livehand_trade::verification::{CheckState, Finding, Kind, Settings};

use crate::holds::By;
use crate::orders::OrderRow;
use crate::statement::containing;
use crate::{Error, Tx, Value, sql};

/// What the check of an order found.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRow {
    /// The order's id.
    pub order: String,
    /// Where it stands.
    pub state: CheckState,
    /// How often it became due or was decided on; what is written expects it.
    pub version: i64,
    /// When it became due last.
    pub due_at: Millis,
    /// When it was checked last.
    pub checked_at: Option<Millis>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Until when a correction costs nothing.
    pub cut_off: Option<Millis>,
    /// Whether it is looked at a second time.
    pub sampled: bool,
    /// A keyed hash of the recipient.
    pub recipient_print: Option<Vec<u8>>,
    /// The same of the recipient as the source of the order gave it, before anything was put right.
    pub source_print: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    order_id: String,
    state: String,
    version: i64,
    due_at: i64,
    checked_at: Option<i64>,
    findings: String,
    cut_off: Option<i64>,
    sampled: bool,
    recipient_print: Option<Vec<u8>>,
    source_print: Option<Vec<u8>>,
}

fn row(it: Columns) -> Result<CheckRow, Error> {
    let damaged = || Error::Unusable(format!("the check of the order {} is damaged", it.order_id));
    Ok(CheckRow {
        state: CheckState::from_code(&it.state).ok_or_else(damaged)?,
        findings: serde_json::from_str(&it.findings).map_err(|_| damaged())?,
        version: it.version,
        due_at: Millis(it.due_at),
        checked_at: it.checked_at.map(Millis),
        cut_off: it.cut_off.map(Millis),
        sampled: it.sampled,
        recipient_print: it.recipient_print.filter(|print| !print.is_empty()),
        source_print: it.source_print.filter(|print| !print.is_empty()),
        order: it.order_id,
    })
}

/// Notes that an order is to be checked, for the first time or again.
///
/// # Errors
/// [`Error`] of the database.
pub async fn mark_due(tx: &Tx, order: &str, at: Millis) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO order_checks (order_id, state, version, due_at, findings, kinds, sampled) \
         VALUES ($1, 'due', 1, $2, '[]', '', FALSE) \
         ON CONFLICT (order_id) DO UPDATE SET state = CASE WHEN order_checks.state = 'cancelled' THEN 'cancelled' \
         ELSE 'due' END, version = order_checks.version + 1, due_at = excluded.due_at"
    );
    tx.run("noting that an order is to be checked", sql, vec![order.into(), at.into()]).await.map(|_| ())
}

/// Notes the recipient of an order as its source gives it.
///
/// # Errors
/// [`Error`] of the database.
pub async fn note_source(tx: &Tx, order: &str, print: &[u8]) -> Result<(), Error> {
    let sql = sql!("UPDATE order_checks SET source_print = $2 WHERE order_id = $1");
    tx.run("noting the recipient of an order", sql, vec![order.into(), print.into()]).await.map(|_| ())
}

/// The orders that are to be checked, those that have waited longest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn due(tx: &Tx, limit: i64) -> Result<Vec<CheckRow>, Error> {
    let sql = sql!(
        "SELECT order_id, state, version, due_at, checked_at, findings, cut_off, sampled, recipient_print, source_print \
         FROM order_checks WHERE state = 'due' ORDER BY due_at, order_id LIMIT $1"
    );
    let rows: Vec<Columns> = tx.all("reading orders that are to be checked", sql, vec![limit.into()]).await?;
    rows.into_iter().map(row).collect()
}

/// The checks of these orders, as far as there are any.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, orders: &[&str]) -> Result<Vec<CheckRow>, Error> {
    let sql = sql!(
        "SELECT order_id, state, version, due_at, checked_at, findings, cut_off, sampled, recipient_print, source_print \
         FROM order_checks WHERE order_id IN ($1)"
    );
    let orders = orders.iter().map(|order| (*order).into()).collect();
    tx.all_in::<Columns>("reading checks of orders", sql, orders).await?.into_iter().map(row).collect()
}

/// Writes what was found or decided, if nothing came between; false otherwise.
///
/// # Errors
/// [`Error`] of the database.
pub async fn write(tx: &Tx, row: &CheckRow, expected: i64) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE order_checks SET state = $1, version = $2, checked_at = $3, findings = $4, kinds = $5, cut_off = $6, \
         sampled = $7, recipient_print = $8 WHERE order_id = $9 AND version = $10"
    );
    let mut kinds: Vec<&str> =
        row.findings.iter().filter(|it| it.asks()).map(|finding| finding.kind.code()).collect();
    kinds.dedup();
    let args = vec![
        row.state.code().into(),
        row.version.into(),
        row.checked_at.into(),
        Value::Text(Some(serde_json::to_string(&row.findings).unwrap_or_default())),
        Value::Text(Some(format!(",{},", kinds.join(",")))),
        row.cut_off.into(),
        row.sampled.into(),
        row.recipient_print.as_deref().unwrap_or_default().into(),
        (&row.order).into(),
        expected.into(),
    ];
    Ok(tx.run("writing the check of an order", sql, args).await? == 1)
}

/// Which orders of the queue to list.
#[derive(Clone, Debug, Default)]
pub struct QueueFilter {
    /// Where they stand.
    pub state: Option<CheckState>,
    /// Only those of the sample that nobody looked at yet.
    pub sample: bool,
    /// Only those with a finding of this kind that a person decides on.
    pub kind: Option<Kind>,
    /// Only those of a show.
    pub show: Option<ShowId>,
    /// Part of the number.
    pub search: Option<String>,
    /// The cut-off of the last one of the page before, and its id.
    pub after: Option<(Millis, String)>,
    /// Most rows.
    pub limit: i64,
}

/// The ids of orders of the queue, those that can be corrected for nothing for the shortest time first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn queue(tx: &Tx, filter: &QueueFilter) -> Result<Vec<String>, Error> {
    let sql = sql!(
        "SELECT c.order_id FROM order_checks c JOIN orders o ON o.id = c.order_id \
         WHERE (CAST($1 AS TEXT) IS NULL OR c.state = $1) \
         AND (c.state NOT IN ('due', 'waiting', 'asked') OR o.state IN ('created', 'paid')) \
         AND ($2 = FALSE OR (c.sampled AND c.state IN ('passed', 'decided') AND NOT EXISTS (SELECT 1 FROM order_decisions d \
         WHERE d.order_id = c.order_id AND d.undone_at IS NULL AND d.decision IN ('second_right', 'second_wrong')))) \
         AND (CAST($3 AS TEXT) IS NULL OR c.kinds LIKE $3) AND (CAST($4 AS TEXT) IS NULL OR o.show_id = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR LOWER(o.number) LIKE LOWER($5) ESCAPE '\\') \
         AND (COALESCE(c.cut_off, 9000000000000000) > $6 \
         OR (COALESCE(c.cut_off, 9000000000000000) = $6 AND c.order_id > $7)) \
         ORDER BY COALESCE(c.cut_off, 9000000000000000), c.order_id LIMIT $8"
    );
    let (at, id) = filter.after.clone().unwrap_or((Millis(i64::MIN), String::new()));
    let args = vec![
        filter.state.map(|state| state.code().to_owned()).into(),
        filter.sample.into(),
        filter.kind.map(|kind| format!("%,{},%", kind.code())).into(),
        filter.show.as_ref().map(|show| show.0.clone()).into(),
        filter.search.as_deref().map(containing).into(),
        at.into(),
        (&id).into(),
        filter.limit.into(),
    ];
    let rows: Vec<(String,)> = tx.all("listing the queue of orders", sql, args).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The place in the queue of orders without a cut-off.
pub const NO_CUT_OFF: Millis = Millis(9_000_000_000_000_000);

/// How many orders stand where.
///
/// # Errors
/// [`Error`] of the database.
pub async fn count(tx: &Tx) -> Result<Vec<(CheckState, i64)>, Error> {
    let sql = sql!(
        "SELECT c.state, COUNT(*) FROM order_checks c JOIN orders o ON o.id = c.order_id \
         WHERE c.state NOT IN ('due', 'waiting', 'asked') OR o.state IN ('created', 'paid') \
         GROUP BY c.state ORDER BY c.state"
    );
    let rows: Vec<(String, i64)> = tx.all("counting checks of orders", sql, Vec::new()).await?;
    Ok(rows.into_iter().filter_map(|(code, count)| Some((CheckState::from_code(&code)?, count))).collect())
}

/// Other orders of the same buyer that were bought within a span: the customer's, or the platform's buyer.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_buyer(tx: &Tx, order: &OrderRow, from: Millis, to: Millis) -> Result<Vec<String>, Error> {
    let sql = sql!(
        "SELECT id FROM orders WHERE (customer_id = $1 OR (platform = $2 AND buyer = $3)) AND id <> $4 \
         AND bought_at >= $5 AND bought_at <= $6 ORDER BY bought_at, id LIMIT 200"
    );
    let args = vec![
        order.customer.as_ref().map(|CustomerId(id)| id.clone()).into(),
        (&order.order.platform).into(),
        order.order.buyer().map(str::to_owned).into(),
        order.order.id().as_str().into(),
        from.into(),
        to.into(),
    ];
    let rows: Vec<(String,)> = tx.all("finding orders of a buyer", sql, args).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The orders of a platform's buyer in a show, the first first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_viewer(tx: &Tx, show: &ShowId, buyer: &str) -> Result<Vec<String>, Error> {
    let sql = sql!(
        "SELECT id FROM orders WHERE buyer = $1 AND show_id = $2 AND state IN ('created', 'paid') \
         ORDER BY bought_at, id LIMIT 200"
    );
    let args = vec![buyer.into(), show.as_str().into()];
    let rows: Vec<(String,)> = tx.all("finding orders of a viewer", sql, args).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The settings in force, with their version; nothing if nobody set any.
///
/// # Errors
/// [`Error`] of the database.
pub async fn settings(tx: &Tx) -> Result<Option<(i64, Settings)>, Error> {
    let sql = sql!("SELECT version, body FROM verification_settings ORDER BY version DESC LIMIT 1");
    let row: Option<(i64, String)> = tx.one("reading how orders are checked", sql, Vec::new()).await?;
    let damaged = |_| Error::Unusable("the settings of the check of orders are damaged".to_owned());
    row.map(|(version, body)| Ok((version, serde_json::from_str(&body).map_err(damaged)?))).transpose()
}

/// Puts settings in force.
///
/// # Errors
/// [`Error::Conflict`] if this version is there.
pub async fn set(tx: &Tx, version: i64, settings: &Settings, by: &By, at: Millis) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO verification_settings (version, body, person_id, person_name, at) VALUES ($1, $2, $3, $4, $5)"
    );
    let args = vec![
        version.into(),
        Value::Text(Some(serde_json::to_string(settings).unwrap_or_default())),
        by.person.as_ref().map_or("", PersonId::as_str).into(),
        (&by.name).into(),
        at.into(),
    ];
    tx.run("setting how orders are checked", sql, args).await.map(|_| ())
}

/// The checks that stand so.
///
/// # Errors
/// [`Error`] of the database.
pub async fn in_states(tx: &Tx, states: &[CheckState]) -> Result<Vec<CheckRow>, Error> {
    let sql = sql!(
        "SELECT order_id, state, version, due_at, checked_at, findings, cut_off, sampled, recipient_print, source_print \
         FROM order_checks WHERE state IN ($1)"
    );
    let states = states.iter().map(|state| state.code().into()).collect();
    tx.all_in::<Columns>("reading checks of orders", sql, states).await?.into_iter().map(row).collect()
}

/// How many orders that were checked last in a span stand where; `synthetic` says which ones are looked at.
///
/// # Errors
/// [`Error`] of the database.
pub async fn count_checked(
    tx: &Tx,
    from: Millis,
    to: Millis,
    synthetic: bool,
) -> Result<Vec<(CheckState, i64)>, Error> {
    let sql = sql!(
        "SELECT c.state, COUNT(*) FROM order_checks c JOIN orders o ON o.id = c.order_id \
         WHERE c.checked_at >= $1 AND c.checked_at < $2 AND o.synthetic = $3 \
         AND (c.state NOT IN ('due', 'waiting', 'asked') OR o.state IN ('created', 'paid')) \
         GROUP BY c.state ORDER BY c.state"
    );
    let args = vec![from.into(), to.into(), synthetic.into()];
    let rows: Vec<(String, i64)> = tx.all("counting checks of orders in a span", sql, args).await?;
    Ok(rows.into_iter().filter_map(|(code, count)| Some((CheckState::from_code(&code)?, count))).collect())
}
