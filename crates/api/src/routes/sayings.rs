//! 播中: what is said — replies, lines — and the facts that it quotes. Cards stand with the room's other routes.

use axum::extract::State;
use livehand_app::QuotableFact;
use livehand_kernel::{ProductId, Sequence, ShowId};
use livehand_live::sayings::{Quote, Said};
use livehand_live::{CrewAction, LineKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::live::{Acknowledgement, Acted, act};
use crate::ApiState;
use crate::body::{Json, OptionalJson, Path};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// A reply for the public chat.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "r-1", "text": "拍下 48 小时内发货"}))]
pub struct ReplyToQueue {
    /// Made by the client; a retry keeps it. It becomes the reply's id.
    id: Option<String>,
    /// The question that it answers, if it answers one.
    question: Option<Sequence>,
    /// May have slots, such as `{{live_price #3}}`.
    text: String,
}

/// A line over the picture, or of the script.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "l-1", "kind": "overlay_line", "text": "今晚下单 48 小时内发货"}))]
pub struct LineToSet {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    /// The line to replace; a new one if absent, whose id is the request's.
    line: Option<String>,
    kind: LineKind,
    /// May have slots.
    text: String,
}

/// What came of saying something.
#[derive(Serialize, ToSchema)]
pub struct SayingMade {
    /// The room's sequence after it.
    pub(super) sequence: Sequence,
    /// Whether it was done before.
    pub(super) duplicate: bool,
    /// The id of what is said.
    pub(super) saying: String,
}

/// What can be quoted of a product.
#[derive(Serialize, ToSchema)]
pub struct Quotable {
    /// Prices first.
    facts: Vec<QuotableAs>,
}

/// A fact that can be quoted.
#[derive(Serialize, ToSchema)]
pub struct QuotableAs {
    /// What to write to quote it, such as `{{live_price #3}}`.
    slot: String,
    /// What is quoted, as it is now.
    quote: Quote,
}

/// Queues a reply for the public chat (回复).
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/replies", tag = "live", request_body = ReplyToQueue,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = SayingMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("answer_question")))
)]
pub async fn queue_reply(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(reply): Json<ReplyToQueue>,
) -> Result<axum::Json<SayingMade>, ApiError> {
    let ReplyToQueue { id, question, text } = reply;
    let (acted, saying) = state.app.queue_reply(&caller, &show, id, question, text).await?;
    Ok(axum::Json(SayingMade { sequence: acted.sequence, duplicate: acted.duplicate, saying }))
}

/// Says that a queued reply was sent into the public chat by hand. It closes the question that it answers.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/replies/{saying}/send", tag = "live", request_body = Acknowledgement,
    params(("show" = String, Path, description = "Show id"), ("saying" = String, Path, description = "Reply id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("answer_question")))
)]
pub async fn send_reply(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, reply)): Path<(ShowId, String)>,
    OptionalJson(request): OptionalJson<Acknowledgement>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, request.id, CrewAction::SendReply { reply }).await
}

/// Sets a line over the picture (贴片) or of the script (话术).
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/lines", tag = "live", request_body = LineToSet,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = SayingMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("push_card")))
)]
pub async fn set_line(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(line): Json<LineToSet>,
) -> Result<axum::Json<SayingMade>, ApiError> {
    let LineToSet { id, line, kind, text } = line;
    let (acted, saying) = state.app.set_line(&caller, &show, id, line, kind, text).await?;
    Ok(axum::Json(SayingMade { sequence: acted.sequence, duplicate: acted.duplicate, saying }))
}

/// Fills the slots of a card, a reply or a line with the facts as they are now: its next version.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/sayings/{saying}/refresh", tag = "live", request_body = Acknowledgement,
    params(("show" = String, Path, description = "Show id"), ("saying" = String, Path, description = "Id of what is said")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("tend_sayings")))
)]
pub async fn refresh_saying(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, saying)): Path<(ShowId, String)>,
    OptionalJson(request): OptionalJson<Acknowledgement>,
) -> Result<axum::Json<Acted>, ApiError> {
    let action = CrewAction::RefreshSaying { saying, text: Said::default() };
    act(&state, &caller, &show, request.id, action).await
}

/// Takes a card, a reply or a line back.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/sayings/{saying}/drop", tag = "live", request_body = Acknowledgement,
    params(("show" = String, Path, description = "Show id"), ("saying" = String, Path, description = "Id of what is said")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("tend_sayings")))
)]
pub async fn drop_saying(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, saying)): Path<(ShowId, String)>,
    OptionalJson(request): OptionalJson<Acknowledgement>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, request.id, CrewAction::DropSaying { saying }).await
}

/// The facts of a product of the line-up that can be quoted now, each with its slot.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/products/{product}/quotable", tag = "live",
    params(("show" = String, Path, description = "Show id"), ("product" = String, Path, description = "A product of the line-up")),
    responses((status = 200, body = Quotable), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn quotable(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, product)): Path<(ShowId, ProductId)>,
) -> Result<axum::Json<Quotable>, ApiError> {
    let facts = state.app.quotable(&caller, &show, &product).await?;
    let facts = facts.into_iter().map(|QuotableFact { slot, quote }| QuotableAs { slot, quote }).collect();
    Ok(axum::Json(Quotable { facts }))
}
