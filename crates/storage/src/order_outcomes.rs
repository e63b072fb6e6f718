//! What became of orders that left: how many did, and which came back as wrong.

use livehand_kernel::Millis;
use livehand_trade::tickets::{Cause, Kind};

use crate::{Error, Tx, sql};

/// A ticket about an order that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketOfSent {
    /// The ticket.
    pub ticket: String,
    /// Its number.
    pub number: i64,
    /// What it is about.
    pub kind: Kind,
    /// Why it came to it, as far as that was said.
    pub cause: Option<Cause>,
    /// The order.
    pub order: String,
}

/// How many orders left in a span; `synthetic` says which ones are looked at.
///
/// # Errors
/// [`Error`] of the database.
pub async fn sent(tx: &Tx, from: Millis, to: Millis, synthetic: bool) -> Result<i64, Error> {
    let sql = sql!(
        "SELECT COUNT(*) FROM fulfilments f JOIN orders o ON o.id = f.order_id \
         WHERE COALESCE(f.out_at, f.collected_at, f.delivering_at) >= $1 \
         AND COALESCE(f.out_at, f.collected_at, f.delivering_at) < $2 AND o.synthetic = $3"
    );
    let args = vec![from.into(), to.into(), synthetic.into()];
    let found: Option<(i64,)> = tx.one("counting orders that left", sql, args).await?;
    Ok(found.map_or(0, |(count,)| count))
}

/// The tickets of orders that left in a span.
///
/// # Errors
/// [`Error`] of the database.
pub async fn tickets_of_sent(
    tx: &Tx,
    from: Millis,
    to: Millis,
    synthetic: bool,
) -> Result<Vec<TicketOfSent>, Error> {
    let sql = sql!(
        "SELECT t.id, t.number, t.kind, t.cause, t.order_id FROM tickets t \
         JOIN fulfilments f ON f.order_id = t.order_id JOIN orders o ON o.id = t.order_id \
         WHERE COALESCE(f.out_at, f.collected_at, f.delivering_at) >= $1 \
         AND COALESCE(f.out_at, f.collected_at, f.delivering_at) < $2 AND o.synthetic = $3 \
         ORDER BY t.number DESC"
    );
    let args = vec![from.into(), to.into(), synthetic.into()];
    let rows: Vec<(String, i64, String, Option<String>, String)> =
        tx.all("reading tickets of orders that left", sql, args).await?;
    let read = |(ticket, number, kind, cause, order): (String, i64, String, Option<String>, String)| {
        let damaged = || Error::Unusable(format!("the ticket {ticket} is damaged"));
        let kind = Kind::from_code(&kind).ok_or_else(damaged)?;
        let cause = cause.filter(|code| !code.is_empty());
        let cause = cause.map(|code| Cause::from_code(&code).ok_or_else(damaged)).transpose()?;
        Ok(TicketOfSent { ticket, number, kind, cause, order })
    };
    rows.into_iter().map(read).collect()
}

/// Orders that left in a span and of which a second check says that they are wrong.
///
/// # Errors
/// [`Error`] of the database.
pub async fn wrong_by_second_check(
    tx: &Tx,
    from: Millis,
    to: Millis,
    synthetic: bool,
) -> Result<Vec<String>, Error> {
    let sql = sql!(
        "SELECT DISTINCT d.order_id FROM order_decisions d \
         JOIN fulfilments f ON f.order_id = d.order_id JOIN orders o ON o.id = d.order_id \
         WHERE COALESCE(f.out_at, f.collected_at, f.delivering_at) >= $1 \
         AND COALESCE(f.out_at, f.collected_at, f.delivering_at) < $2 AND o.synthetic = $3 \
         AND d.decision = 'second_wrong' AND d.undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM order_decisions l \
         WHERE l.order_id = d.order_id AND l.undone_at IS NULL AND l.at > d.at \
         AND l.decision IN ('accept', 'keep', 'correct', 'cancel')) ORDER BY d.order_id"
    );
    let args = vec![from.into(), to.into(), synthetic.into()];
    let rows: Vec<(String,)> = tx.all("reading orders that left and are wrong", sql, args).await?;
    Ok(rows.into_iter().map(|(order,)| order).collect())
}
