//! Changes that need two people. Each step is one conditional statement, so that of two people who decide at the same
//! moment one is told that it was decided.

use livehand_kernel::{ChangeId, Fen, Millis, PersonId, ShowId};

use crate::{Error, Tx, Value, sql};

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// Id.
    pub id: ChangeId,
    /// The show on air that it is for.
    pub show_id: Option<ShowId>,
    /// price, flash_sale, promotion or stock_release.
    pub kind: String,
    /// A product; of kind `promotion` a promotion.
    pub subject_id: String,
    /// Its SKU; empty for none.
    pub sku_id: String,
    /// The price before.
    pub from: Option<Fen>,
    /// The price asked for.
    pub to: Option<Fen>,
    /// What else is asked for, as JSON.
    pub detail: String,
    /// Whether the former price comes back when the show ends.
    pub live_only: bool,
    /// When the former price comes back.
    pub ends_at: Option<Millis>,
    /// Why.
    pub reason: String,
    /// proposed, delayed, applied, restored, rejected, withdrawn or undone.
    pub status: String,
    /// How much care it needs, as JSON.
    pub care: String,
    /// Who asked.
    pub maker_id: PersonId,
    /// Their name then.
    pub maker_name: String,
    /// When.
    pub made_at: Millis,
    /// When it comes into force without a second person.
    pub due_at: Option<Millis>,
    /// Who decided.
    pub checker_id: Option<PersonId>,
    /// Their name then.
    pub checker_name: Option<String>,
    /// When.
    pub decided_at: Option<Millis>,
    /// Why it was rejected, or made alone.
    pub decision: String,
    /// When it came into force.
    pub applied_at: Option<Millis>,
    /// When the former value came back.
    pub restored_at: Option<Millis>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    show_id: Option<String>,
    kind: String,
    subject_id: String,
    sku_id: String,
    from_fen: Option<i64>,
    to_fen: Option<i64>,
    detail: String,
    live_only: bool,
    ends_at: Option<i64>,
    reason: String,
    status: String,
    care: String,
    maker_id: String,
    maker_name: String,
    made_at: i64,
    due_at: Option<i64>,
    checker_id: Option<String>,
    checker_name: Option<String>,
    decided_at: Option<i64>,
    decision: String,
    applied_at: Option<i64>,
    restored_at: Option<i64>,
}

fn row(columns: Columns) -> ChangeRow {
    ChangeRow {
        id: ChangeId(columns.id),
        show_id: columns.show_id.map(ShowId),
        kind: columns.kind,
        subject_id: columns.subject_id,
        sku_id: columns.sku_id,
        from: columns.from_fen.map(Fen),
        to: columns.to_fen.map(Fen),
        detail: columns.detail,
        live_only: columns.live_only,
        ends_at: columns.ends_at.map(Millis),
        reason: columns.reason,
        status: columns.status,
        care: columns.care,
        maker_id: PersonId(columns.maker_id),
        maker_name: columns.maker_name,
        made_at: Millis(columns.made_at),
        due_at: columns.due_at.map(Millis),
        checker_id: columns.checker_id.map(PersonId),
        checker_name: columns.checker_name,
        decided_at: columns.decided_at.map(Millis),
        decision: columns.decision,
        applied_at: columns.applied_at.map(Millis),
        restored_at: columns.restored_at.map(Millis),
    }
}

/// Which changes to list.
#[derive(Clone, Debug, Default)]
pub struct ChangeFilter {
    /// Only those that wait to be decided.
    pub waiting: bool,
    /// Of one show.
    pub show: Option<ShowId>,
    /// Of one product or promotion.
    pub subject: Option<String>,
    /// Only changes older than this one.
    pub after: Option<ChangeId>,
    /// At most so many.
    pub limit: i64,
}

/// Adds a proposal.
///
/// # Errors
/// [`Error::Conflict`] if one for the same thing waits already.
pub async fn insert(tx: &Tx, change: &ChangeRow) -> Result<(), Error> {
    let sql = sql!(
        "INSERT INTO changes (id, show_id, kind, subject_id, sku_id, from_fen, to_fen, detail, live_only, ends_at, reason, \
         status, care, maker_id, maker_name, made_at, decision) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '')"
    );
    let args = vec![
        change.id.as_str().into(),
        change.show_id.clone().map(|id| id.0).into(),
        (&change.kind).into(),
        (&change.subject_id).into(),
        (&change.sku_id).into(),
        Value::Integer(change.from.map(|fen| fen.0)),
        Value::Integer(change.to.map(|fen| fen.0)),
        (&change.detail).into(),
        change.live_only.into(),
        change.ends_at.into(),
        (&change.reason).into(),
        (&change.status).into(),
        (&change.care).into(),
        change.maker_id.as_str().into(),
        (&change.maker_name).into(),
        change.made_at.into(),
    ];
    tx.run("proposing a change", sql, args).await.map(|_| ())
}

/// The change with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &ChangeId) -> Result<Option<ChangeRow>, Error> {
    let sql = sql!("SELECT * FROM changes WHERE id = $1");
    Ok(tx.one::<Columns>("finding a change", sql, vec![id.as_str().into()]).await?.map(row))
}

/// Changes, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub async fn list(tx: &Tx, filter: &ChangeFilter) -> Result<Vec<ChangeRow>, Error> {
    let sql = sql!(
        "SELECT * FROM changes WHERE ($1 = FALSE OR status IN ('proposed', 'delayed')) \
         AND (CAST($2 AS TEXT) IS NULL OR show_id = $2) AND (CAST($3 AS TEXT) IS NULL OR subject_id = $3) \
         AND (CAST($4 AS TEXT) IS NULL OR (made_at, id) < (SELECT made_at, id FROM changes WHERE id = $4)) \
         ORDER BY made_at DESC, id DESC LIMIT $5"
    );
    let args = vec![
        filter.waiting.into(),
        filter.show.clone().map(|id| id.0).into(),
        filter.subject.clone().into(),
        filter.after.clone().map(|id| id.0).into(),
        filter.limit.into(),
    ];
    Ok(tx.all::<Columns>("listing changes", sql, args).await?.into_iter().map(row).collect())
}

/// Changes of a price that are in force only for a while: for a show, or all of them.
///
/// # Errors
/// [`Error`] of the database.
pub async fn in_force_for_a_while(tx: &Tx, show: Option<&ShowId>) -> Result<Vec<ChangeRow>, Error> {
    let sql = sql!(
        "SELECT * FROM changes WHERE status = 'applied' AND (live_only = TRUE OR ends_at IS NOT NULL) \
         AND (CAST($1 AS TEXT) IS NULL OR show_id = $1) ORDER BY applied_at, id"
    );
    let args = vec![show.map(|id| id.0.clone()).into()];
    Ok(tx.all::<Columns>("listing prices for a while", sql, args).await?.into_iter().map(row).collect())
}

/// A second person's decision.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// applied or rejected.
    pub status: &'a str,
    /// Who.
    pub checker: &'a PersonId,
    /// Their name.
    pub checker_name: &'a str,
    /// When.
    pub at: Millis,
    /// Why, where it was rejected.
    pub reason: &'a str,
}

/// Writes a decision of somebody other than the maker; false if it was decided before.
///
/// # Errors
/// [`Error`] of the database.
pub async fn decide(tx: &Tx, id: &ChangeId, decision: Decision<'_>) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE changes SET status = $2, checker_id = $3, checker_name = $4, decided_at = $5, decision = $6, \
         applied_at = CASE WHEN CAST($2 AS TEXT) = 'applied' THEN CAST($5 AS BIGINT) ELSE NULL END, due_at = NULL \
         WHERE id = $1 AND status IN ('proposed', 'delayed') AND maker_id <> $3"
    );
    let args = vec![
        id.as_str().into(),
        decision.status.into(),
        decision.checker.as_str().into(),
        decision.checker_name.into(),
        decision.at.into(),
        decision.reason.into(),
    ];
    Ok(tx.run("deciding on a change", sql, args).await? == 1)
}

/// Takes a proposal back; false if it was decided before.
///
/// # Errors
/// [`Error`] of the database.
pub async fn withdraw(tx: &Tx, id: &ChangeId, now: Millis) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE changes SET status = 'withdrawn', decided_at = $2, due_at = NULL \
         WHERE id = $1 AND status IN ('proposed', 'delayed')"
    );
    Ok(tx.run("withdrawing a change", sql, vec![id.as_str().into(), now.into()]).await? == 1)
}

/// Lets a proposal come into force by itself at `due_at`; false if it was decided before.
///
/// # Errors
/// [`Error`] of the database.
pub async fn delay(tx: &Tx, id: &ChangeId, due_at: Millis, reason: &str) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE changes SET status = 'delayed', due_at = $2, decision = $3 WHERE id = $1 AND status = 'proposed'"
    );
    let args = vec![id.as_str().into(), due_at.into(), reason.into()];
    Ok(tx.run("delaying a change", sql, args).await? == 1)
}

/// Marks a delayed change as in force; false if it is not due, or was decided.
///
/// # Errors
/// [`Error`] of the database.
pub async fn apply_due(tx: &Tx, id: &ChangeId, now: Millis) -> Result<bool, Error> {
    let sql = sql!(
        "UPDATE changes SET status = 'applied', applied_at = $2, decided_at = $2 \
         WHERE id = $1 AND status = 'delayed' AND due_at <= $2"
    );
    Ok(tx.run("applying a delayed change", sql, vec![id.as_str().into(), now.into()]).await? == 1)
}

/// Marks a change in force as `undone` or `restored`; false if it is not in force.
///
/// # Errors
/// [`Error`] of the database.
pub async fn end(tx: &Tx, id: &ChangeId, status: &str, now: Millis) -> Result<bool, Error> {
    let sql = sql!("UPDATE changes SET status = $2, restored_at = $3 WHERE id = $1 AND status = 'applied'");
    Ok(tx.run("ending a change", sql, vec![id.as_str().into(), status.into(), now.into()]).await? == 1)
}
