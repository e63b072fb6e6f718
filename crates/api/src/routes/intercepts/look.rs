//! Looking at intercepts, and what the warehouse has to do.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use livehand_app::InterceptQuery;
use livehand_kernel::Millis;
use livehand_trade::intercepts::State as InterceptState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Intercept, shown};
use crate::ApiState;
use crate::body::{Path, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};
use crate::routes::review::{TableQuery, asked, table_file};

/// Which requests to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InterceptsQuery {
    /// Part of the order's number.
    search: Option<String>,
    /// true: only those that run; false: only those that are over.
    running: Option<bool>,
    /// Only those that stand so.
    state: Option<InterceptState>,
    /// Only those of a ticket.
    ticket: Option<String>,
    /// Only those of an order.
    order: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

impl From<InterceptsQuery> for InterceptQuery {
    fn from(it: InterceptsQuery) -> Self {
        let InterceptsQuery { search, running, state, ticket, order, after, limit } = it;
        Self { search, running, state, ticket, order, after, limit }
    }
}

/// A page of requests.
#[derive(Serialize, ToSchema)]
pub struct Intercepts {
    /// The last first.
    intercepts: Vec<Intercept>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
    /// When it was so: clocks are to be seen from there.
    at: Millis,
}

/// Requests, the last first.
#[utoipa::path(
    get, path = "/api/v1/intercepts", tag = "trade", params(InterceptsQuery),
    responses((status = 200, body = Intercepts), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn list_intercepts(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<InterceptsQuery>,
    headers: HeaderMap,
) -> Result<axum::Json<Intercepts>, ApiError> {
    let page = state.app.list_intercepts(&caller, query.into()).await?;
    let language = problem::language(&headers);
    let intercepts = page.intercepts.into_iter().map(|view| Intercept::of(view, language)).collect();
    Ok(axum::Json(Intercepts { intercepts, next: page.next, at: page.at }))
}

/// Requests as CSV or XLSX, the last first: all that the list would show, whatever `after` and `limit` say. Of a change of an
/// address it says which parts, and nothing of the address.
#[utoipa::path(
    get, path = "/api/v1/intercepts/export/{list}", tag = "trade",
    params(("list" = String, Path, description = "intercepts.csv or intercepts.xlsx", example = "intercepts.csv"), InterceptsQuery, TableQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export_intercepts(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(file): Path<String>,
    Query(query): Query<InterceptsQuery>,
    Query(table): Query<TableQuery>,
) -> Result<Response, ApiError> {
    state.app.check_may_export(&caller)?;
    let form = asked(&file, table.encoding).filter(|(list, _)| *list == "intercepts").map(|(_, form)| form);
    let form = form.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    let rows = state.app.export_intercepts(&caller, query.into(), form).await?;
    Ok(table_file(&file, form, rows))
}

/// A request.
#[utoipa::path(
    get, path = "/api/v1/intercepts/{intercept}", tag = "trade",
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn intercept(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
) -> Result<axum::Json<Intercept>, ApiError> {
    Ok(shown(state.app.intercept(&caller, &intercept).await?, &headers))
}

/// What the warehouse has to do.
#[derive(Serialize, ToSchema)]
pub struct WarehouseTasks {
    /// What is to be done first comes first.
    tasks: Vec<Intercept>,
    /// When it was so: clocks are to be seen from there.
    at: Millis,
}

/// What the warehouse has to do, for its phone: parcels to be taken out and labels to be changed.
#[utoipa::path(
    get, path = "/api/v1/warehouse/tasks", tag = "trade",
    responses((status = 200, body = WarehouseTasks), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn warehouse_tasks(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
) -> Result<axum::Json<WarehouseTasks>, ApiError> {
    let at = state.app.now();
    let language = problem::language(&headers);
    let tasks = state.app.warehouse_tasks(&caller).await?;
    let tasks = tasks.into_iter().map(|view| Intercept::of(view, language)).collect();
    Ok(axum::Json(WarehouseTasks { tasks, at }))
}
