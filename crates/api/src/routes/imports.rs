//! 播前: sheets into the catalogue and out of it.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use livehand_app::{Applied, ImportToApply, ImportView, MappedColumn, SheetFile, TableForm};
use livehand_kernel::{Language, Millis, ProductId, SkuId};
use livehand_prepare::catalogue::{Column, Fault, ImportPlan, PlannedFact};
use livehand_prepare::sheet::{Table, column_letters};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::catalogue::By;
use crate::ApiState;
use crate::body::{self, Json, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};
use crate::words::Words;

/// Faults and changes in one answer; the rest would not be read anyway.
const SHOWN_MAX: usize = 1_000;
/// Cells that show what stands in a column.
const SAMPLES: usize = 3;

/// Which file is sent.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Name of the file.
    #[serde(default)]
    name: String,
    /// The worksheet; the first visible one with something in it if absent.
    sheet: Option<String>,
}

/// A column of an import.
#[derive(Serialize, ToSchema)]
pub struct ImportColumn {
    /// Its letters.
    column: String,
    header: String,
    /// `product`, `sku`, the code of a field, `spec:<name>` or `evidence:<field>`; null if it is left aside.
    field: Option<String>,
    /// How sure that is, in percent.
    confidence: u8,
    /// What stands in it.
    samples: Vec<String>,
}

/// Something wrong in a sheet.
#[derive(Serialize, ToSchema)]
pub struct ImportFault {
    /// As the spreadsheet numbers it, from 1.
    row: u32,
    /// The letters of the column; null where it is about the row as a whole.
    column: Option<String>,
    /// What the column means.
    field: String,
    /// Stable code.
    code: &'static str,
    /// error: the row is left out. warning: it is left out unless it is confirmed.
    severity: &'static str,
    expected: Words,
    found: Words,
}

impl From<Fault> for ImportFault {
    fn from(fault: Fault) -> Self {
        Self {
            row: fault.row,
            column: fault.letters(),
            field: fault.field,
            code: fault.wrong.code,
            severity: fault.wrong.severity.code(),
            expected: fault.wrong.expected.into(),
            found: fault.wrong.found.into(),
        }
    }
}

/// A fact that would be written.
#[derive(Serialize, ToSchema)]
pub struct ImportChange {
    row: u32,
    product: ProductId,
    sku: Option<SkuId>,
    field: String,
    before: Value,
    after: Value,
}

impl From<PlannedFact> for ImportChange {
    fn from(fact: PlannedFact) -> Self {
        let (row, key) = (fact.row, fact.key);
        Self {
            row,
            product: key.product,
            sku: key.sku,
            field: key.field,
            before: fact.before,
            after: fact.value,
        }
    }
}

/// What an import would do.
#[derive(Serialize, ToSchema)]
pub struct ImportPreview {
    /// Stands for all of it: give it when applying.
    digest: String,
    rows: usize,
    products_added: usize,
    products_changed: usize,
    skus_added: usize,
    /// Facts that would be written.
    facts: usize,
    /// Rows that say what is known already.
    unchanged_rows: usize,
    /// Rows that would not be applied.
    left_out: Vec<u32>,
    /// The first thousand.
    faults: Vec<ImportFault>,
    fault_count: usize,
    /// The first thousand.
    changes: Vec<ImportChange>,
}

impl ImportPreview {
    fn of(plan: ImportPlan, digest: String) -> Self {
        Self {
            digest,
            rows: plan.rows,
            products_added: plan.products.len(),
            products_changed: plan.changed().len(),
            skus_added: plan.skus.len(),
            facts: plan.facts.len(),
            unchanged_rows: plan.unchanged,
            left_out: plan.left_out,
            fault_count: plan.faults.len(),
            faults: plan.faults.into_iter().take(SHOWN_MAX).map(ImportFault::from).collect(),
            changes: plan.facts.into_iter().take(SHOWN_MAX).map(ImportChange::from).collect(),
        }
    }
}

/// An import.
#[derive(Serialize, ToSchema)]
pub struct Import {
    id: String,
    /// Name of the file.
    name: String,
    /// previewed, applied or dropped.
    status: String,
    at: Millis,
    by: By,
    /// The edit that it became.
    edit: Option<String>,
    /// Name of the worksheet.
    sheet: Option<String>,
    /// The row that names the columns, if one looks like it.
    header_row: Option<u32>,
    columns: Vec<ImportColumn>,
    /// What is to be known about the cells.
    notes: Vec<String>,
    /// Null once it is applied or dropped.
    plan: Option<ImportPreview>,
}

impl Import {
    fn of(view: ImportView, language: Language) -> Self {
        let ImportView { row, table, mapping, plan, digest } = view;
        let columns = mapping.columns.into_iter().map(|column| column_of(column, table.as_ref()));
        let notes = table.iter().flat_map(|table| &table.notes);
        Self {
            id: row.id,
            name: row.name,
            status: row.status,
            at: row.at,
            by: By { id: row.person_id, name: row.person_name },
            edit: row.edit,
            sheet: table.as_ref().map(|table| table.name.clone()),
            header_row: table.as_ref().and_then(|table| table.header),
            columns: columns.collect(),
            notes: notes.map(|note| note.phrase().in_language(language).to_owned()).collect(),
            plan: plan.map(|plan| ImportPreview::of(plan, digest)),
        }
    }
}

fn column_of(column: Column, table: Option<&Table>) -> ImportColumn {
    let rows = table.map(Table::data).unwrap_or_default().iter();
    let texts = rows.map(|row| row.text(column.column)).filter(|text| !text.is_empty());
    let shown = |text: &str| livehand_kernel::display_text(text).chars().take(60).collect();
    ImportColumn {
        column: column_letters(column.column),
        header: column.header,
        field: column.field,
        confidence: column.confidence,
        samples: texts.take(SAMPLES).map(shown).collect(),
    }
}

/// What a column is to mean.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnToMap {
    /// Its letters.
    column: String,
    /// As in the preview; null to leave the column aside.
    field: Option<String>,
}

/// What columns are to mean; those that are not named stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"columns": [{"column": "F", "field": "selling_points"}]}))]
pub struct ImportMapping {
    columns: Vec<ColumnToMap>,
}

/// How an import is to be applied.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"digest": "…", "leave_out_faulty": false, "confirmed_rows": []}))]
pub struct ImportConfirmation {
    /// That of the preview.
    digest: String,
    /// Whether rows with faults may be left out; otherwise one fault refuses the whole.
    #[serde(default)]
    leave_out_faulty: bool,
    /// Rows whose warnings somebody has looked at.
    #[serde(default)]
    confirmed_rows: BTreeSet<u32>,
}

/// What an import did.
#[derive(Serialize, ToSchema)]
pub struct ImportDone {
    /// By which it can be undone; null when nothing changed.
    edit: Option<String>,
    products_added: usize,
    skus_added: usize,
    /// Facts that were written.
    facts: usize,
    /// Rows that were not applied.
    left_out: Vec<u32>,
}

impl From<Applied> for ImportDone {
    fn from(applied: Applied) -> Self {
        Self {
            edit: applied.edit,
            products_added: applied.products_added,
            skus_added: applied.skus_added,
            facts: applied.facts.len(),
            left_out: applied.left_out,
        }
    }
}

/// Takes a sheet, CSV or XLSX, and says what it would change. Nothing is applied.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "prepare", params(ImportQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The file, at most 5 MiB",
        example = json!("商品名称,直播价")),
    responses((status = 201, body = Import), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn start_import(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ImportQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, axum::Json<Import>), ApiError> {
    // Before five million bytes are taken from somebody who may not send them.
    state.app.check_may_read_sheets(&caller)?;
    let bytes = body::sheet_body(request).await?;
    let ImportQuery { name, sheet } = query;
    let view = state.app.start_import(&caller, SheetFile { bytes, name, sheet }).await?;
    Ok((StatusCode::CREATED, axum::Json(Import::of(view, problem::language(&headers)))))
}

/// An import with what it would change now.
#[utoipa::path(
    get, path = "/api/v1/imports/{import}", tag = "prepare",
    params(("import" = String, Path, description = "Import id")),
    responses((status = 200, body = Import), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn import(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(import): Path<String>,
    headers: HeaderMap,
) -> Result<axum::Json<Import>, ApiError> {
    let view = state.app.import(&caller, &import).await?;
    Ok(axum::Json(Import::of(view, problem::language(&headers))))
}

/// Says what columns of an import mean.
#[utoipa::path(
    put, path = "/api/v1/imports/{import}/mapping", tag = "prepare", request_body = ImportMapping,
    params(("import" = String, Path, description = "Import id")),
    responses((status = 200, body = Import), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn map_import(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(import): Path<String>,
    headers: HeaderMap,
    Json(mapping): Json<ImportMapping>,
) -> Result<axum::Json<Import>, ApiError> {
    let columns: Vec<MappedColumn> = (mapping.columns.into_iter())
        .map(|wanted| MappedColumn { column: column_number(&wanted.column), field: wanted.field })
        .collect();
    let view = state.app.map_import(&caller, &import, &columns).await?;
    Ok(axum::Json(Import::of(view, problem::language(&headers))))
}

/// The number of a column from its letters; 0 if they are none.
fn column_number(letters: &str) -> u32 {
    let digit = |letter: char| letter.is_ascii_uppercase().then(|| u32::from(letter) - u32::from('A') + 1);
    let add = |number: u32, letter: char| number.checked_mul(26)?.checked_add(digit(letter)?);
    letters.chars().try_fold(0, add).unwrap_or(0)
}

/// Applies an import as it was looked at.
#[utoipa::path(
    post, path = "/api/v1/imports/{import}/apply", tag = "prepare", request_body = ImportConfirmation,
    params(("import" = String, Path, description = "Import id")),
    responses((status = 200, body = ImportDone), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn apply_import(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(import): Path<String>,
    Json(confirmation): Json<ImportConfirmation>,
) -> Result<axum::Json<ImportDone>, ApiError> {
    let ImportConfirmation { digest, leave_out_faulty, confirmed_rows } = confirmation;
    let wanted = ImportToApply { digest, leave_out_faulty, confirmed_rows };
    Ok(axum::Json(state.app.apply_import(&caller, &import, &wanted).await?.into()))
}

/// Drops an import.
#[utoipa::path(
    delete, path = "/api/v1/imports/{import}", tag = "prepare",
    params(("import" = String, Path, description = "Import id")),
    responses((status = 204), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn drop_import(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(import): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.app.drop_import(&caller, &import).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How the catalogue is written.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueFormat {
    /// CSV in UTF-8 with a byte order mark.
    #[default]
    Csv,
    /// CSV in GBK.
    CsvGbk,
    /// A workbook.
    Xlsx,
}

/// How the catalogue is to be written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// csv, csv_gbk or xlsx; csv if absent.
    #[serde(default)]
    #[param(inline)]
    format: CatalogueFormat,
}

impl ExportQuery {
    /// The form that is asked for.
    pub fn form(&self) -> TableForm {
        match self.format {
            CatalogueFormat::Csv => TableForm::Csv,
            CatalogueFormat::CsvGbk => TableForm::CsvGbk,
            CatalogueFormat::Xlsx => TableForm::Xlsx,
        }
    }
}

/// The catalogue as a sheet, which changes nothing when it is imported again.
#[utoipa::path(
    get, path = "/api/v1/products/export", tag = "prepare", params(ExportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export_products(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ExportQuery>,
) -> Result<Response, ApiError> {
    let form = query.form();
    Ok(attachment(form, "products", state.app.export_products(&caller, form).await?))
}

/// A sheet as a file with a name.
pub(super) fn attachment(form: TableForm, name: &str, bytes: Vec<u8>) -> Response {
    let (kind, ending) = match form {
        TableForm::Csv => ("text/csv; charset=utf-8", "csv"),
        TableForm::CsvGbk => ("text/csv; charset=gbk", "csv"),
        TableForm::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")),
    ];
    (headers, bytes).into_response()
}
