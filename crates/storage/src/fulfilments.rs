//! How far the parcels of orders have come.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, ShowId};
use livehand_trade::fulfilment::{Fulfilment, Node};

use crate::statement::containing;
use crate::{Error, Tx, sql};

#[derive(sqlx::FromRow)]
struct Columns {
    order_id: String,
    node: String,
    printed_at: Option<i64>,
    out_at: Option<i64>,
    collected_at: Option<i64>,
    delivering_at: Option<i64>,
}

fn read(it: &Columns) -> Result<Fulfilment, Error> {
    let times = [
        (Node::Printed, it.printed_at),
        (Node::Out, it.out_at),
        (Node::Collected, it.collected_at),
        (Node::Delivering, it.delivering_at),
    ];
    let reached = times.into_iter().filter_map(|(node, at)| at.map(|at| (node, Millis(at)))).collect();
    let fulfilment = Fulfilment::of(reached);
    if fulfilment.node().code() == it.node {
        Ok(fulfilment)
    } else {
        Err(Error::Unusable(format!("the fulfilment of the order {} is damaged", it.order_id)))
    }
}

/// Writes how far an order has come.
///
/// # Errors
/// [`Error`] of the database.
pub async fn save(tx: &Tx, order: &str, fulfilment: &Fulfilment) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO fulfilments (order_id, node, printed_at, out_at, collected_at, delivering_at) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (order_id) DO UPDATE SET node = excluded.node, printed_at = excluded.printed_at, \
         out_at = excluded.out_at, collected_at = excluded.collected_at, delivering_at = excluded.delivering_at"
    );
    let args = vec![
        order.into(),
        fulfilment.node().code().into(),
        fulfilment.at(Node::Printed).into(),
        fulfilment.at(Node::Out).into(),
        fulfilment.at(Node::Collected).into(),
        fulfilment.at(Node::Delivering).into(),
    ];
    tx.run("writing how far an order has come", sql, args).await.map(|_| ())
}

/// How far these orders have come; those of which nothing is known are missing.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, orders: &[&str]) -> Result<BTreeMap<String, Fulfilment>, Error> {
    let sql = sql!(
        "SELECT order_id, node, printed_at, out_at, collected_at, delivering_at FROM fulfilments WHERE order_id IN ($1)"
    );
    let orders = orders.iter().map(|order| (*order).into()).collect();
    let rows: Vec<Columns> = tx.all_in("reading how far orders have come", sql, orders).await?;
    rows.into_iter().map(|row| Ok((row.order_id.clone(), read(&row)?))).collect()
}

/// Which orders to list.
#[derive(Clone, Debug)]
pub struct FulfilmentFilter {
    /// Where they are.
    pub node: Node,
    /// Only those that are held, or only those that are not.
    pub held: Option<bool>,
    /// Part of the number.
    pub search: Option<String>,
    /// When the last one of the page before was bought, and its id.
    pub after: Option<(Millis, String)>,
    /// Most rows.
    pub limit: i64,
}

/// An order as a warehouse sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WaveRow {
    /// The order's id.
    pub id: String,
    /// When it was bought, ms.
    pub bought_at: i64,
    /// The show in which it was bought.
    show_id: Option<String>,
}

impl WaveRow {
    /// The show in which it was bought.
    pub fn show(&self) -> Option<ShowId> {
        self.show_id.clone().map(ShowId)
    }
}

/// Orders that are paid and not given back, by where they are; those that were bought first come first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &FulfilmentFilter) -> Result<Vec<WaveRow>, Error> {
    let sql = sql!(
        "SELECT o.id, o.bought_at, o.show_id FROM orders o LEFT JOIN fulfilments f ON f.order_id = o.id \
         WHERE o.state IN ('paid', 'shipped') AND COALESCE(f.node, 'to_print') = $1 \
         AND (CAST($2 AS BOOLEAN) IS NULL OR $2 = (EXISTS \
         (SELECT 1 FROM holds h WHERE h.order_id = o.id AND h.lifted_at IS NULL) OR NOT EXISTS \
         (SELECT 1 FROM order_checks c WHERE c.order_id = o.id AND c.state <> 'due'))) \
         AND (CAST($3 AS TEXT) IS NULL OR LOWER(o.number) LIKE LOWER($3) ESCAPE '\\') \
         AND (o.bought_at > $4 OR (o.bought_at = $4 AND o.id > $5)) ORDER BY o.bought_at, o.id LIMIT $6"
    );
    let (at, id) = filter.after.clone().unwrap_or((Millis(i64::MIN), String::new()));
    let args = vec![
        filter.node.code().into(),
        crate::Value::Boolean(filter.held),
        filter.search.as_deref().map(containing).into(),
        at.into(),
        (&id).into(),
        filter.limit.into(),
    ];
    tx.all("listing orders by where they are", sql, args).await
}
