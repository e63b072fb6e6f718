//! 播后: the review and its tables.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use livehand_app::{List, Table};
use livehand_kernel::{Millis, ShowId};
use livehand_live::view::RoomView;
use serde::Serialize;
use utoipa::ToSchema;

use super::prepare::Show;
use crate::ApiState;
use crate::body::Path;
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

/// A list of the shop as CSV: shows, products or people.
#[utoipa::path(
    get, path = "/api/v1/export/{list}", tag = "review",
    params(("list" = String, Path, description = "shows.csv, products.csv or people.csv", example = "shows.csv")),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export_list(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(file): Path<String>,
) -> Result<Response, ApiError> {
    let list = file.strip_suffix(".csv").and_then(List::from_code);
    let list = list.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    Ok(csv(&file, state.app.export_list(&caller, list).await?))
}

fn csv(file: &str, rows: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    (headers, rows).into_response()
}

/// A table of a show as CSV: minutes, products, comments, questions or actions.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/export/{table}", tag = "review",
    params(("show" = String, Path, description = "Show id"), ("table" = String, Path, description = "minutes.csv, products.csv, comments.csv, questions.csv or actions.csv", example = "minutes.csv")),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, file)): Path<(ShowId, String)>,
) -> Result<Response, ApiError> {
    let table = file.strip_suffix(".csv").and_then(Table::from_code);
    let table = table.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    Ok(csv(&file, state.app.export(&caller, &show, table).await?))
}
