//! 播前: spreadsheets that somebody sends.

use axum::extract::{Request, State};
use http::HeaderMap;
use livehand_app::SheetFile;
use livehand_kernel::Language;
use livehand_prepare::sheet::{CellKind, Encoding, Note, Row, Source, Table};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{self, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};

/// Rows in one answer.
const ROWS_SHOWN: usize = 20;

/// How a file is to be read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SheetQuery {
    /// Name of the file.
    #[serde(default)]
    name: String,
    /// The worksheet; the first visible one with something in it if absent.
    sheet: Option<String>,
}

/// What a spreadsheet says.
#[derive(Serialize, ToSchema)]
pub struct Sheet {
    /// Name of the worksheet; of a CSV file, its file name without the ending.
    name: String,
    /// csv or xlsx.
    format: &'static str,
    /// How the characters of a CSV file are written: UTF-8, GBK, …
    encoding: Option<&'static str>,
    /// What separates the cells of a CSV file.
    separator: Option<char>,
    /// Visible worksheets of the same file that were not read.
    other_sheets: Vec<String>,
    /// The row that names the columns, if one looks like it.
    header: Option<SheetRow>,
    /// Rows below the header, or all if there is none.
    row_count: usize,
    /// The first 20 of them.
    rows: Vec<SheetRow>,
    /// What is to be known about its cells.
    notes: Vec<SheetNote>,
}

/// One row.
#[derive(Serialize, ToSchema)]
pub struct SheetRow {
    /// As the sheet counts, from 1.
    number: u32,
    /// From column A on; empty ones at the end are left out.
    cells: Vec<SheetCell>,
}

/// One cell.
#[derive(Serialize, ToSchema)]
pub struct SheetCell {
    text: String,
    /// plain, date, formula, merged, damaged or error.
    kind: &'static str,
}

/// Something that is to be known about the cells of a column.
#[derive(Serialize, ToSchema)]
pub struct SheetNote {
    /// Stable code, such as formula or damaged.
    code: &'static str,
    /// The column, from 1; 0 for whole rows.
    column: u32,
    /// The first row that has it.
    row: u32,
    /// How many cells, or rows, have it.
    count: u32,
    /// For people.
    text: String,
}

impl From<&Row> for SheetRow {
    fn from(row: &Row) -> Self {
        let cell = |cell: &livehand_prepare::sheet::Cell| SheetCell {
            text: cell.text.clone(),
            kind: match cell.kind {
                CellKind::Plain => "plain",
                CellKind::Date => "date",
                CellKind::Formula => "formula",
                CellKind::Merged => "merged",
                CellKind::Damaged => "damaged",
                CellKind::Error => "error",
            },
        };
        Self { number: row.number, cells: row.cells.iter().map(cell).collect() }
    }
}

impl Sheet {
    /// The beginning of a table, in one language.
    fn of(table: &Table, language: Language) -> Self {
        let (format, encoding, separator) = match table.source {
            Source::Xlsx => ("xlsx", None, None),
            Source::Csv { encoding, separator } => ("csv", Some(Encoding::name(encoding)), Some(separator)),
        };
        let note = |note: &Note| SheetNote {
            code: note.kind.code(),
            column: note.column,
            row: note.row,
            count: note.count,
            text: note.phrase().in_language(language).to_owned(),
        };
        Self {
            name: table.name.clone(),
            format,
            encoding,
            separator,
            other_sheets: table.other_sheets.clone(),
            header: table.header.and_then(|number| table.row(number)).map(SheetRow::from),
            row_count: table.data().len(),
            rows: table.data().iter().take(ROWS_SHOWN).map(SheetRow::from).collect(),
            notes: table.notes.iter().map(note).collect(),
        }
    }
}

/// What a spreadsheet says, CSV or XLSX. Nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/sheets", tag = "prepare", params(SheetQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The file, at most 5 MiB",
        example = json!("商品名称,直播价")),
    responses((status = 200, body = Sheet), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn read_sheet(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<SheetQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<axum::Json<Sheet>, ApiError> {
    // Before five million bytes are taken from somebody who may not send them.
    state.app.check_may_read_sheets(&caller)?;
    let bytes = body::sheet_body(request).await?;
    let SheetQuery { name, sheet } = query;
    let table = state.app.read_sheet(&caller, SheetFile { bytes, name, sheet }).await?;
    Ok(axum::Json(Sheet::of(&table, problem::language(&headers))))
}
