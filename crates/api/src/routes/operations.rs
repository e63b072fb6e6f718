//! For whoever operates the program: is it alive, can it work, what does it count.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ApiState;
use crate::problem::{ApiError, Problem};

/// A show that is not served.
#[derive(Serialize, ToSchema)]
pub struct RefusedShow {
    /// Its id.
    show: String,
    /// What is wrong with its log.
    reason: String,
}

/// Whether the program can work.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// Always true; otherwise the answer is a problem.
    ready: bool,
    /// Shows that are held back; the others work.
    refused_shows: Vec<RefusedShow>,
}

/// Whether the program is alive.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String)), extensions(("x-action" = json!("anyone"))))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether the program can work: its database answers.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Readiness), (status = "default", body = Problem)),
    extensions(("x-action" = json!("anyone")))
)]
pub async fn readyz(State(state): State<ApiState>) -> Result<axum::Json<Readiness>, ApiError> {
    state.app.check_ready().await?;
    let refused = state.app.refused_shows().into_iter();
    let refused_shows = refused.map(|(show, reason)| RefusedShow { show: show.0, reason }).collect();
    Ok(axum::Json(Readiness { ready: true, refused_shows }))
}

/// Counters in the format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String)), extensions(("x-action" = json!("anyone"))))]
pub async fn metrics(State(state): State<ApiState>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], state.prometheus.render()).into_response()
}

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations", responses((status = 200, body = String)), extensions(("x-action" = json!("anyone"))))]
pub async fn openapi() -> Response {
    match crate::openapi_document() {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
