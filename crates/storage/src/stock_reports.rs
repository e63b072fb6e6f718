//! What others say of our stock, as they said it. Reports are kept; the latest of each source is compared.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, PersonId, SkuId};
use livehand_trade::stock::{Report, Reporter};

use crate::{Error, Tx, sql};

/// A report of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// Id; the same id is taken once.
    pub id: String,
    /// Who says it: the name of a warehouse, a platform, a sheet.
    pub source: String,
    /// What it says.
    pub report: Report,
    /// When it arrived.
    pub received_at: Millis,
    /// Who brought it.
    pub person_id: PersonId,
    /// Their name at the time.
    pub person_name: String,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    source: String,
    reporter: String,
    as_of: i64,
    age_limit_ms: i64,
    received_at: i64,
    person_id: String,
    person_name: String,
}

/// Keeps a report; false if one with this id is there already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn insert(tx: &Tx, row: &ReportRow) -> Result<bool, Error> {
    let sql = sql!(
        "INSERT INTO stock_reports (id, source, reporter, as_of, age_limit_ms, received_at, person_id, person_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING"
    );
    let args = vec![
        (&row.id).into(),
        (&row.source).into(),
        row.report.reporter.code().into(),
        row.report.as_of.into(),
        row.report.age_limit_ms.into(),
        row.received_at.into(),
        row.person_id.as_str().into(),
        (&row.person_name).into(),
    ];
    if tx.run("keeping a report of stock", sql, args).await? == 0 {
        return Ok(false);
    }
    for (sku, quantity) in &row.report.rows {
        let sql = sql!("INSERT INTO stock_report_rows (report_id, sku_id, quantity) VALUES ($1, $2, $3)");
        let args = vec![(&row.id).into(), sku.as_str().into(), (*quantity).into()];
        tx.run("keeping a row of a report of stock", sql, args).await?;
    }
    Ok(true)
}

/// The latest report of each source, by source.
///
/// # Errors
/// [`Error`] of the database.
pub async fn latest(tx: &Tx) -> Result<Vec<ReportRow>, Error> {
    let sql = sql!(
        "SELECT r.id, r.source, r.reporter, r.as_of, r.age_limit_ms, r.received_at, r.person_id, r.person_name \
         FROM stock_reports r WHERE NOT EXISTS (SELECT 1 FROM stock_reports n WHERE n.source = r.source \
         AND (n.as_of > r.as_of OR (n.as_of = r.as_of AND n.id > r.id))) ORDER BY r.source"
    );
    let mut reports = Vec::new();
    for row in tx.all::<Columns>("reading the latest reports of stock", sql, Vec::new()).await? {
        reports.push(read(tx, row).await?);
    }
    Ok(reports)
}

async fn read(tx: &Tx, row: Columns) -> Result<ReportRow, Error> {
    let sql = sql!("SELECT sku_id, quantity FROM stock_report_rows WHERE report_id = $1");
    let rows: Vec<(String, i64)> = tx.all("reading a report of stock", sql, vec![(&row.id).into()]).await?;
    let reporter = Reporter::from_code(&row.reporter)
        .ok_or_else(|| Error::Unusable(format!("the stock report {} is damaged", row.id)))?;
    let rows: BTreeMap<SkuId, i64> = rows.into_iter().map(|(sku, quantity)| (SkuId(sku), quantity)).collect();
    Ok(ReportRow {
        id: row.id,
        source: row.source,
        report: Report { reporter, as_of: Millis(row.as_of), age_limit_ms: row.age_limit_ms, rows },
        received_at: Millis(row.received_at),
        person_id: PersonId(row.person_id),
        person_name: row.person_name,
    })
}
