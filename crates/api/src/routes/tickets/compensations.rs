//! Money for customers.

use axum::extract::State;
use http::StatusCode;
use livehand_kernel::Fen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Compensation;
use crate::ApiState;
use crate::body::{Json, OptionalJson, Path};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// A sum for the customer of a ticket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fen": 1500, "reason": "赠品破损补偿"}))]
pub struct CompensationToAsk {
    fen: Fen,
    /// Why: no name, number or address.
    reason: String,
}

/// Asks for money for the customer of a ticket. Within the shop's first limit it is granted at once, within the second a
/// lead of operations agrees, above that finance as well. What the ticket got before counts.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/compensations", tag = "trade", request_body = CompensationToAsk,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 201, body = Compensation), (status = "default", body = Problem)),
    extensions(("x-action" = json!("ask_compensation")))
)]
pub async fn ask_compensation(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    Json(new): Json<CompensationToAsk>,
) -> Result<(StatusCode, axum::Json<Compensation>), ApiError> {
    let row = state.app.ask_compensation(&caller, &ticket, new.fen, &new.reason).await?;
    Ok((StatusCode::CREATED, axum::Json(row.into())))
}

/// Sums that wait for somebody who agrees.
#[derive(Serialize, ToSchema)]
pub struct Compensations {
    /// The oldest first.
    compensations: Vec<Compensation>,
}

/// Sums that wait for somebody who agrees, the oldest first.
#[utoipa::path(
    get, path = "/api/v1/compensations", tag = "trade",
    responses((status = 200, body = Compensations), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_tickets")))
)]
pub async fn waiting_compensations(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<Compensations>, ApiError> {
    let rows = state.app.waiting_compensations(&caller).await?;
    Ok(axum::Json(Compensations { compensations: rows.into_iter().map(Compensation::from).collect() }))
}

/// What is decided on a sum.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refused": "证据不足"}))]
pub struct CompensationDecision {
    /// Why it is refused; absent to agree.
    refused: Option<String>,
}

/// Agrees to a sum, or refuses it. Never by whoever asked, nor twice by the same person.
#[utoipa::path(
    post, path = "/api/v1/compensations/{compensation}/decide", tag = "trade", request_body = CompensationDecision,
    params(("compensation" = String, Path, description = "Id of the sum")),
    responses((status = 200, body = Compensation), (status = "default", body = Problem)),
    extensions(("x-action" = json!("decide_compensation")))
)]
pub async fn decide_compensation(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(compensation): Path<String>,
    OptionalJson(decision): OptionalJson<CompensationDecision>,
) -> Result<axum::Json<Compensation>, ApiError> {
    let row = state.app.decide_compensation(&caller, &compensation, decision.refused.as_deref()).await?;
    Ok(axum::Json(row.into()))
}
