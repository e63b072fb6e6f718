//! The library as a sheet: out, and in again. A sheet is looked at, and applied when it is sent once more with the digest of
//! what was seen; nothing of it is kept in between.

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase};
use livehand_language::library::{
    COLUMNS, Column, Entry, Fault, Incoming, LINES_MAX, LineFault, SheetRow, State, guess_column, read_row,
    row_of,
};
use livehand_prepare::sheet::{CellKind, Row, Table, column_letters};
use livehand_storage as storage;

use super::{FaqPlan, FaqView, find_entries};
use crate::audit::Entry as Audit;
use crate::prepare::SheetFile;
use crate::spreadsheet::{Rows, TableForm, Value};
use crate::{App, Caller, Error};

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaqColumn {
    /// Its letters.
    pub letters: String,
    /// Its header.
    pub header: String,
    /// What it means; absent if it is left aside.
    pub column: Option<Column>,
}

/// A sheet as it was understood, and what it does.
#[derive(Clone, Debug)]
pub struct FaqImport {
    /// Name of the worksheet.
    pub sheet: String,
    /// Its columns.
    pub columns: Vec<FaqColumn>,
    /// What is to be known about its cells.
    pub notes: Vec<Phrase>,
    /// What it does, or would do.
    pub planned: FaqPlan,
}

impl App {
    /// Whether the caller may send sheets for the library; asked before the body is read.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_may_import_faq(&self, caller: &Caller) -> Result<(), Error> {
        caller.require(Action::EditFaq)
    }

    /// Looks at a sheet, or takes it into the library if it still does what was seen under `digest`.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Sheet`], [`Error::Invalid`] for a sheet without questions, [`Error::Conflict`] when the
    /// library has changed since.
    pub async fn import_faq(
        &self,
        caller: &Caller,
        file: SheetFile,
        digest: Option<&str>,
    ) -> Result<FaqImport, Error> {
        caller.require(Action::EditFaq)?;
        let table = (self.sheets)(file).await?;
        let columns = columns_of(&table)?;
        let (mut incoming, mut faults) = (Vec::new(), Vec::new());
        for row in table.data() {
            match read(row, &columns) {
                Ok(read) => incoming.extend(read),
                Err(wrong) => faults.extend(wrong),
            }
        }
        let blank = Entry { state: State::Active, ..Entry::blank(caller.person()) };
        let planned = self.plan_faq(&blank, incoming, faults).await?;
        let planned = match digest {
            Some(_) => self.apply_faq(caller, planned, digest, "import_faq", "imported").await?,
            None => planned,
        };
        let notes = table.notes.iter().map(livehand_prepare::sheet::Note::phrase).collect();
        Ok(FaqImport { sheet: table.name, columns, notes, planned })
    }

    /// The whole library as a sheet.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn export_faq(&self, caller: &Caller, form: TableForm) -> Result<Vec<u8>, Error> {
        caller.require(Action::ExportData)?;
        let tx = self.db.read().await?;
        let rows = storage::faq_entries::all(&tx).await?;
        drop(tx);
        let audit = Audit::of(caller, "export_faq", "faq").with(serde_json::json!({ "rows": rows.len() }));
        self.audit_alone(audit).await?;
        let mut sheet = Rows::of(form, "FAQ话术库", self.clock.now());
        let headers = COLUMNS.iter().map(|column| column.header());
        sheet.add(headers.chain(["负责人", "命中", "发送", "改写", "解决", "最近命中"]));
        for row in rows {
            sheet.add(cells_of(&find_entries::view(row)?));
        }
        sheet.finish()
    }
}

fn cells_of(view: &FaqView) -> Vec<Value<'_>> {
    let used = &view.used;
    let last_hit = used.last_hit_at.map(Millis::shanghai_minute).unwrap_or_default();
    let mut cells: Vec<Value<'_>> = row_of(&view.entry).into_iter().map(Value::from).collect();
    cells.push(view.owner_name.as_str().into());
    cells.extend([used.hit, used.sent, used.edited, used.solved].map(Value::Number));
    cells.push(last_hit.into());
    cells
}

/// What the columns mean; of two that mean the same, the first does.
fn columns_of(table: &Table) -> Result<Vec<FaqColumn>, Error> {
    let mut columns: Vec<FaqColumn> = Vec::new();
    for (place, cell) in (1..).zip(table.columns()) {
        let column = guess_column(&cell.text);
        let taken = columns.iter().any(|known| known.column.is_some() && known.column == column);
        let header = livehand_kernel::display_text(&cell.text);
        let column = column.filter(|_| !taken);
        columns.push(FaqColumn { letters: column_letters(place), header, column });
    }
    let asks = |it: &FaqColumn| matches!(it.column, Some(Column::Question | Column::Variants));
    if !columns.iter().any(asks) {
        let expected = Phrase::new("a column 标准问题 or 问法", "含“标准问题”或“问法”列");
        let headers: Vec<&str> = columns.iter().map(|column| column.header.as_str()).collect();
        let found = if headers.is_empty() {
            Phrase::new("no header", "没有表头")
        } else {
            Phrase::literal(headers.join("、").chars().take(200).collect::<String>())
        };
        return Err(Error::field("file", expected, found));
    }
    if table.data().len() > LINES_MAX {
        let expected = Phrase::new(format!("at most {LINES_MAX} rows"), format!("最多 {LINES_MAX} 行"));
        return Err(Error::field("file", expected, Phrase::literal(table.data().len().to_string())));
    }
    Ok(columns)
}

/// What a row says; nothing if the columns that mean something are empty.
fn read(row: &Row, columns: &[FaqColumn]) -> Result<Option<Incoming>, Vec<LineFault>> {
    let (mut cells, mut faults) = (Vec::new(), Vec::new());
    for (place, column) in (1..).zip(columns) {
        let Some(meaning) = column.column else { continue };
        cells.push((meaning, row.text(place)));
        // What the spreadsheet has lost must not come in as if it were meant.
        let lost = row.cell(place).filter(|cell| match cell.kind {
            CellKind::Error => true,
            CellKind::Damaged => matches!(meaning, Column::Id | Column::Scope),
            _ => false,
        });
        if let Some(cell) = lost {
            let expected = Phrase::new("a value that the spreadsheet has kept whole", "完整的单元格内容");
            faults.push(Fault::quoting(meaning.code(), expected, &cell.text).at(row.number));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if cells.iter().all(|(_, text)| text.trim().is_empty()) {
        return Ok(None);
    }
    read_row(&SheetRow { number: row.number, cells }).map(Some)
}
