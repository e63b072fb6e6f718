//! What a warehouse, a platform or a sheet says of our stock, and where it differs from the books.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::stock_reports::ReportRow;
use livehand_trade::stock::{
    AGE_LIMIT_PLATFORM_MS, AGE_LIMIT_WAREHOUSE_MS, Compared, QUANTITY_MAX, Report, Reporter, Stock, compare,
};

use super::{checked_id, load_recipes};
use crate::audit::Entry;
use crate::{App, Caller, Error};

/// Most rows of one report; what a body of the API holds.
const ROWS_MAX: usize = 5_000;
/// Longest age limit that a report may ask for: a week.
const AGE_LIMIT_MAX_MS: i64 = 7 * 24 * 3_600_000;

/// A report to be kept.
#[derive(Clone, Debug)]
pub struct NewStockReport {
    /// Chosen by the client; the same id is taken once.
    pub id: String,
    /// Name of the warehouse, the platform or the sheet.
    pub source: String,
    /// Which of them, by which the figures are read.
    pub reporter: Reporter,
    /// When it was so, by its own word.
    pub as_of: Millis,
    /// From which age on it is not believed; a minute for platforms and a day for warehouses if absent.
    pub age_limit_ms: Option<i64>,
    /// SKU and units; a platform that oversold may report a negative number.
    pub rows: Vec<(SkuId, i64)>,
}

/// The latest report of a source, held against the books.
#[derive(Clone, Debug)]
pub struct ReportView {
    /// The report.
    pub row: ReportRow,
    /// What differs.
    pub compared: Compared,
}

impl ReportView {
    pub(super) fn skus(&self) -> Vec<SkuId> {
        self.compared.differences.iter().map(|difference| difference.sku.clone()).collect()
    }
}

/// The latest report of each source, held against the books.
pub(super) async fn compared(tx: &Tx, now: Millis) -> Result<Vec<ReportView>, storage::Error> {
    let recipes = load_recipes(tx).await?;
    let mut views = Vec::new();
    for row in storage::stock_reports::latest(tx).await? {
        let mut ledger: BTreeMap<SkuId, Stock> = BTreeMap::new();
        for sku in row.report.rows.keys() {
            let parts = recipes.demand(&[(sku.clone(), 1)]).unwrap_or_default();
            for part in parts.into_keys().filter(|part| !ledger.contains_key(part)).collect::<Vec<_>>() {
                ledger.extend(storage::stock::find(tx, &part).await?.map(|stock| (part, stock)));
            }
        }
        let compared = compare(&ledger, &recipes, &row.report, now);
        views.push(ReportView { row, compared });
    }
    Ok(views)
}

impl App {
    /// Keeps what somebody says of our stock and holds it against the books. The books stay as they are.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn report_stock(&self, caller: &Caller, new: NewStockReport) -> Result<Vec<ReportView>, Error> {
        caller.require(Action::MoveStock)?;
        let now = self.now();
        let row = checked(caller, new, now)?;
        let detail = serde_json::json!({ "source": row.source, "rows": row.report.rows.len() });
        let entry = Entry::of(caller, "report_stock", &row.source).with(detail);
        let kept = &row;
        self.audited(entry, move |tx| async move {
            Ok(storage::stock_reports::insert(&tx, kept).await?.then_some(()))
        })
        .await?;
        let tx = self.db.read().await?;
        let views = compared(&tx, now).await?;
        Ok(views.into_iter().filter(|view| view.row.source == row.source).collect())
    }

    /// What differs between the books and the latest report of each source.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn stock_differences(&self, caller: &Caller) -> Result<Vec<ReportView>, Error> {
        caller.require(Action::ViewStock)?;
        let tx = self.db.read().await?;
        Ok(compared(&tx, self.now()).await?)
    }
}

fn checked(caller: &Caller, new: NewStockReport, now: Millis) -> Result<ReportRow, Error> {
    checked_id("id", &new.id)?;
    checked_id("source", &new.source)?;
    if new.rows.is_empty() || new.rows.len() > ROWS_MAX {
        let expected = Phrase::new(format!("1 to {ROWS_MAX} rows"), format!("1 到 {ROWS_MAX} 行"));
        return Err(Error::field("rows", expected, Phrase::literal(new.rows.len().to_string())));
    }
    let usual = match new.reporter {
        Reporter::Platform => AGE_LIMIT_PLATFORM_MS,
        Reporter::Warehouse => AGE_LIMIT_WAREHOUSE_MS,
    };
    let age_limit_ms = new.age_limit_ms.unwrap_or(usual);
    if !(1..=AGE_LIMIT_MAX_MS).contains(&age_limit_ms) {
        let expected = Phrase::new(format!("1 to {AGE_LIMIT_MAX_MS}"), format!("1 到 {AGE_LIMIT_MAX_MS}"));
        return Err(Error::field("age_limit_ms", expected, Phrase::literal(age_limit_ms.to_string())));
    }
    let lowest = if new.reporter == Reporter::Platform { -QUANTITY_MAX } else { 0 };
    let mut rows = BTreeMap::new();
    for (place, (sku, quantity)) in new.rows.into_iter().enumerate() {
        checked_id(&format!("rows[{place}].sku"), sku.as_str())?;
        if !(lowest..=QUANTITY_MAX).contains(&quantity) {
            let expected =
                Phrase::new(format!("{lowest} to {QUANTITY_MAX}"), format!("{lowest} 到 {QUANTITY_MAX}"));
            let field = format!("rows[{place}].quantity");
            return Err(Error::field(&field, expected, Phrase::literal(quantity.to_string())));
        }
        if rows.insert(sku.clone(), quantity).is_some() {
            let expected = Phrase::new("each SKU once", "每个规格只出现一次");
            return Err(Error::field(&format!("rows[{place}].sku"), expected, Phrase::literal(sku.0)));
        }
    }
    Ok(ReportRow {
        id: new.id,
        source: new.source,
        report: Report { reporter: new.reporter, as_of: new.as_of, age_limit_ms, rows },
        received_at: now,
        person_id: caller.person(),
        person_name: caller.name(),
    })
}
