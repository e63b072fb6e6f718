//! What was decided on orders, by persons and by the program. What must never happen here: a decision that is removed.

use livehand_kernel::{CustomerId, Fen, Millis, PersonId};
use livehand_trade::verification::{CorrectedLine, Decision, Difference, Finding, Settlement};

use crate::holds::By;
use crate::{Error, Tx, Value, sql};

/// The recipient as it was before, sealed as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    /// What was sealed.
    pub sealed: Vec<u8>,
    /// The version that it was sealed as.
    pub version: i64,
    /// Whose key sealed it.
    pub customer: CustomerId,
}

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRow {
    /// Its id.
    pub id: String,
    /// The order's id.
    pub order: String,
    /// What was decided.
    pub decision: Decision,
    /// On what.
    pub findings: Vec<Finding>,
    /// What is sent instead.
    pub lines: Vec<CorrectedLine>,
    /// A keyed hash of the recipient that was looked at.
    pub recipient_print: Option<Vec<u8>>,
    /// The recipient before.
    pub previous: Option<Previous>,
    /// What that costs more or less, and what becomes of it.
    pub difference: Option<Difference>,
    /// The intercept that it was decided by; nothing in the queue.
    pub intercept: Option<String>,
    /// Who decided.
    pub by: By,
    /// When.
    pub at: Millis,
    /// When the buyer answered, who was asked by it.
    pub answered: Option<Millis>,
    /// When it was taken back, and by whom.
    pub undone: Option<(Millis, By)>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    order_id: String,
    decision: String,
    findings: String,
    lines: String,
    recipient_print: Option<Vec<u8>>,
    previous: Option<Vec<u8>>,
    previous_version: Option<i64>,
    previous_customer: Option<String>,
    difference_fen: Option<i64>,
    settlement: Option<String>,
    intercept_id: Option<String>,
    answered_at: Option<i64>,
    person_id: Option<String>,
    person_name: String,
    at: i64,
    undone_at: Option<i64>,
    undone_by: Option<String>,
    undone_name: Option<String>,
}

fn row(it: Columns) -> Result<DecisionRow, Error> {
    let damaged = || Error::Unusable(format!("a decision on the order {} is damaged", it.order_id));
    let previous = match (it.previous, it.previous_version, it.previous_customer) {
        (Some(sealed), Some(version), Some(customer)) if !sealed.is_empty() => {
            Some(Previous { sealed, version, customer: CustomerId(customer) })
        }
        _ => None,
    };
    let settlement = it.settlement.as_deref().map(|code| Settlement::from_code(code).ok_or_else(damaged));
    let difference = it.difference_fen.zip(settlement.transpose()?);
    let undone = it.undone_at.map(|at| {
        (Millis(at), By { person: it.undone_by.map(PersonId), name: it.undone_name.unwrap_or_default() })
    });
    Ok(DecisionRow {
        decision: Decision::from_code(&it.decision).ok_or_else(damaged)?,
        findings: serde_json::from_str(&it.findings).map_err(|_| damaged())?,
        lines: serde_json::from_str(&it.lines).map_err(|_| damaged())?,
        recipient_print: it.recipient_print.filter(|print| !print.is_empty()),
        previous,
        difference: difference.map(|(fen, settlement)| Difference { fen: Fen(fen), settlement }),
        intercept: it.intercept_id,
        answered: it.answered_at.map(Millis),
        by: By { person: it.person_id.map(PersonId), name: it.person_name },
        at: Millis(it.at),
        undone,
        id: it.id,
        order: it.order_id,
    })
}

/// Keeps a decision.
///
/// # Errors
/// [`Error`] of the database.
pub async fn insert(tx: &Tx, row: &DecisionRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO order_decisions (id, order_id, decision, findings, lines, recipient_print, previous, \
         previous_version, previous_customer, person_id, person_name, at, difference_fen, settlement, intercept_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let previous = row.previous.as_ref();
    let args = vec![
        (&row.id).into(),
        (&row.order).into(),
        row.decision.code().into(),
        Value::Text(Some(serde_json::to_string(&row.findings).unwrap_or_default())),
        Value::Text(Some(serde_json::to_string(&row.lines).unwrap_or_default())),
        row.recipient_print.as_deref().unwrap_or_default().into(),
        previous.map_or(&[][..], |it| it.sealed.as_slice()).into(),
        Value::Integer(previous.map(|it| it.version)),
        previous.map(|it| it.customer.0.clone()).into(),
        row.by.person.as_ref().map(|it| it.0.clone()).into(),
        (&row.by.name).into(),
        row.at.into(),
        Value::Integer(row.difference.map(|it| it.fen.0)),
        row.difference.map(|it| it.settlement.code().to_owned()).into(),
        row.intercept.clone().into(),
    ];
    tx.run("keeping a decision on an order", sql, args).await.map(|_| ())
}

/// Notes that a buyer who was asked about an order answered.
///
/// # Errors
/// [`Error`] of the database.
pub async fn note_answer(tx: &Tx, order: &str, at: Millis) -> Result<(), Error> {
    let sql = sql!(
        "UPDATE order_decisions SET answered_at = $2 WHERE order_id = $1 AND decision = 'ask' AND answered_at IS NULL"
    );
    tx.run("noting the answer of a buyer", sql, vec![order.into(), at.into()]).await.map(|_| ())
}

/// Takes a decision back; false if that was done before.
///
/// # Errors
/// [`Error`] of the database.
pub async fn undo(tx: &Tx, id: &str, at: Millis, by: &By) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE order_decisions SET undone_at = $2, undone_by = $3, undone_name = $4 WHERE id = $1 AND undone_at IS NULL"
    );
    let args =
        vec![id.into(), at.into(), by.person.as_ref().map(|it| it.0.clone()).into(), (&by.name).into()];
    Ok(tx.run("taking back a decision on an order", sql, args).await? == 1)
}

/// All decisions on these orders, the first first; those that were taken back as well.
///
/// # Errors
/// [`Error`] of the database.
pub async fn of_orders(tx: &Tx, orders: &[&str]) -> Result<Vec<DecisionRow>, Error> {
    let sql = sql!(
        "SELECT id, order_id, decision, findings, lines, recipient_print, previous, previous_version, previous_customer, \
         difference_fen, settlement, intercept_id, answered_at, person_id, person_name, at, undone_at, undone_by, undone_name FROM order_decisions WHERE order_id IN ($1) \
         ORDER BY at, id"
    );
    let orders = orders.iter().map(|order| (*order).into()).collect();
    let rows: Vec<Columns> = tx.all_in("reading decisions on orders", sql, orders).await?;
    let mut rows: Vec<DecisionRow> = rows.into_iter().map(row).collect::<Result<_, _>>()?;
    // A list that was filled up asks for the last of its ids several times.
    rows.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    rows.dedup_by(|a, b| a.id == b.id);
    Ok(rows)
}

/// On how many orders what was decided in a span, without what was taken back; `synthetic` says which ones are looked at.
///
/// # Errors
/// [`Error`] of the database.
pub async fn count(
    tx: &Tx,
    from: Millis,
    to: Millis,
    synthetic: bool,
) -> Result<Vec<(Decision, i64)>, Error> {
    let sql = sql!(
        "SELECT d.decision, COUNT(DISTINCT d.order_id) FROM order_decisions d JOIN orders o ON o.id = d.order_id \
         WHERE d.at >= $1 AND d.at < $2 AND d.undone_at IS NULL AND o.synthetic = $3 \
         GROUP BY d.decision ORDER BY d.decision"
    );
    let rows: Vec<(String, i64)> =
        tx.all("counting decisions on orders", sql, vec![from.into(), to.into(), synthetic.into()]).await?;
    Ok(rows.into_iter().filter_map(|(code, count)| Some((Decision::from_code(&code)?, count))).collect())
}

/// Orders on which persons decided in a span about something that was found, each once: those of which it was true, because
/// the fix was accepted, or because they were corrected or not sent; and those that stayed as they were.
///
/// # Errors
/// [`Error`] of the database.
pub async fn held_orders(tx: &Tx, from: Millis, to: Millis, synthetic: bool) -> Result<(i64, i64), Error> {
    let sql = sql!(
        "SELECT SUM(wrong), SUM(1 - wrong) FROM (SELECT d.order_id, \
         MAX(CASE WHEN d.decision IN ('accept', 'correct', 'cancel') THEN 1 ELSE 0 END) AS wrong \
         FROM order_decisions d JOIN orders o ON o.id = d.order_id \
         WHERE d.at >= $1 AND d.at < $2 AND d.undone_at IS NULL AND d.findings <> '[]' AND o.synthetic = $3 \
         AND d.decision IN ('accept', 'correct', 'cancel', 'keep') GROUP BY d.order_id) held"
    );
    let args = vec![from.into(), to.into(), synthetic.into()];
    let found: Option<(Option<i64>, Option<i64>)> =
        tx.one("counting orders on which it was decided", sql, args).await?;
    let (wrong, right) = found.unwrap_or_default();
    Ok((wrong.unwrap_or(0), right.unwrap_or(0)))
}

/// Takes away the recipients that are kept with the decisions on an order.
///
/// # Errors
/// [`Error`] of the database.
pub async fn forget(tx: &Tx, order: &str) -> Result<(), Error> {
    let sql = sql!("UPDATE order_decisions SET previous = NULL WHERE order_id = $1 AND previous IS NOT NULL");
    tx.run("taking away former recipients", sql, vec![order.into()]).await.map(|_| ())
}
