//! 播后: the review and its tables.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use livehand_app::{List, Table, TableForm};
use livehand_kernel::{Millis, ShowId};
use livehand_live::view::RoomView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::prepare::Show;
use crate::ApiState;
use crate::body::{Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// A stretch of time that an item was on stage.
#[derive(Serialize, ToSchema)]
pub struct StagedItem {
    /// Product id.
    product: String,
    /// Its name, if it is in the line-up.
    name: Option<String>,
    from: Millis,
    to: Millis,
}

/// A show to look back on.
#[derive(Serialize, ToSchema)]
pub struct Review {
    show: Show,
    /// Beginning of the first minute with data.
    first: Option<Millis>,
    /// The show's clock at the end.
    last: Option<Millis>,
    /// The room as it stands.
    view: RoomView,
    /// What was on stage, in order.
    items: Vec<StagedItem>,
}

/// The review of a show.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/review", tag = "review",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Review), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_review")))
)]
pub async fn review_show(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Review>, ApiError> {
    let review = state.app.review(&caller, &show).await?;
    let items = review.items.into_iter().map(|item| StagedItem {
        product: item.product,
        name: item.name,
        from: item.from,
        to: item.to,
    });
    let (first, last, view) = (review.first, review.last, review.view);
    Ok(axum::Json(Review { show: review.show.into(), first, last, view, items: items.collect() }))
}

/// How the characters of CSV are written.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TableEncoding {
    /// UTF-8 with a byte order mark.
    #[default]
    Utf8,
    /// For a Chinese Excel that is old; characters that it does not have become a question mark.
    Gbk,
}

/// How a table is written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TableQuery {
    /// utf8 or gbk; of CSV only.
    #[serde(default)]
    #[param(inline)]
    pub(super) encoding: TableEncoding,
}

/// What a file such as `shows.csv` or `shows.xlsx` asks for: a table and how it is written.
pub(super) fn asked(file: &str, encoding: TableEncoding) -> Option<(&str, TableForm)> {
    if let Some(table) = file.strip_suffix(".xlsx") {
        return Some((table, TableForm::Xlsx));
    }
    let form = match encoding {
        TableEncoding::Utf8 => TableForm::Csv,
        TableEncoding::Gbk => TableForm::CsvGbk,
    };
    Some((file.strip_suffix(".csv")?, form))
}

/// A list of the shop as CSV or XLSX: shows, products, people, the price ledger or promotions.
#[utoipa::path(
    get, path = "/api/v1/export/{list}", tag = "review",
    params(("list" = String, Path, description = "shows.csv, products.csv, people.csv, ledger.csv or promotions.csv; or .xlsx", example = "shows.csv"), TableQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export_list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(file): Path<String>,
    Query(query): Query<TableQuery>,
) -> Result<Response, ApiError> {
    let list = asked(&file, query.encoding).and_then(|(list, form)| Some((List::from_code(list)?, form)));
    let (list, form) = list.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    Ok(table_file(&file, form, state.app.export_list(&caller, list, form).await?))
}

pub(super) fn table_file(file: &str, form: TableForm, rows: Vec<u8>) -> Response {
    let kind = match form {
        TableForm::Csv => "text/csv; charset=utf-8",
        TableForm::CsvGbk => "text/csv; charset=gbk",
        TableForm::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    (headers, rows).into_response()
}

/// A table of a show as CSV or XLSX: minutes, products, comments, questions, actions or missing demand.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/export/{table}", tag = "review",
    params(("show" = String, Path, description = "Show id"), ("table" = String, Path, description = "minutes.csv, products.csv, comments.csv, questions.csv, actions.csv or missing-demand.csv; or .xlsx", example = "minutes.csv"), TableQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, file)): Path<(ShowId, String)>,
    Query(query): Query<TableQuery>,
) -> Result<Response, ApiError> {
    let table = asked(&file, query.encoding).and_then(|(table, form)| Some((Table::from_code(table)?, form)));
    let (table, form) = table.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    Ok(table_file(&file, form, state.app.export(&caller, &show, table, form).await?))
}
