//! Working on tickets.

use axum::extract::State;
use http::StatusCode;
use livehand_app::{AnswerRoute, NewTicket, NewTicketAnswer, TicketEdit, TicketMove};
use livehand_kernel::{PersonId, ProductId, ShowId};
use livehand_trade::tickets::{Cause, Kind, Mood, Priority, Source, State as TicketState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TicketWithRecord;
use crate::ApiState;
use crate::body::{Json, OptionalJson, Path, PrivateJson};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// A ticket to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "hurry_up", "source": "phone", "text": "客户来电催发货", "once": "call-1"}))]
pub struct TicketToOpen {
    kind: Kind,
    /// `private_message`, support, phone or order.
    source: Source,
    /// In words: no name, number or address.
    text: String,
    /// Higher than its kind's, if that is to be.
    priority: Option<Priority>,
    mood: Option<Mood>,
    show: Option<String>,
    product: Option<String>,
    /// Platform and number, such as `douyin:6917926768823643751`.
    order: Option<String>,
    /// Only its first character is kept.
    #[serde(default)]
    nickname: String,
    /// Chosen by the client: the same key opens one ticket, and is answered the same again.
    once: Option<String>,
}

/// Opens a ticket by hand; 201 if it is new, 200 if the key was used before.
#[utoipa::path(
    post, path = "/api/v1/tickets", tag = "trade", request_body = TicketToOpen,
    responses(
        (status = 201, body = TicketWithRecord), (status = 200, body = TicketWithRecord),
        (status = "default", body = Problem)
    ),
    extensions(("x-action" = json!("handle_tickets")))
)]
pub async fn open_ticket(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    PrivateJson(new): PrivateJson<TicketToOpen>,
) -> Result<(StatusCode, axum::Json<TicketWithRecord>), ApiError> {
    let new = NewTicket {
        kind: new.kind,
        source: new.source,
        text: new.text,
        priority: new.priority,
        mood: new.mood,
        show: new.show.map(ShowId),
        product: new.product.map(ProductId),
        order: new.order,
        nickname: new.nickname,
        once: new.once,
    };
    let opened = state.app.open_ticket(&caller, new).await?;
    let status = if opened.again { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, axum::Json(opened.ticket.into())))
}

/// What is put right of a ticket; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "spec_change", "cause": "buyer_mistake"}))]
pub struct TicketToEdit {
    kind: Option<Kind>,
    /// Never lower than that of its kind.
    priority: Option<Priority>,
    mood: Option<Mood>,
    /// Platform and number.
    order: Option<String>,
    product: Option<String>,
    cause: Option<Cause>,
    /// What whoever supplies the goods has to learn from it.
    feedback: Option<String>,
}

/// Puts right what a ticket says of itself.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/edit", tag = "trade", request_body = TicketToEdit,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_tickets")))
)]
pub async fn edit_ticket(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    PrivateJson(edit): PrivateJson<TicketToEdit>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    let edit = TicketEdit {
        kind: edit.kind,
        priority: edit.priority,
        mood: edit.mood,
        order: edit.order,
        product: edit.product.map(ProductId),
        cause: edit.cause,
        feedback: edit.feedback,
    };
    Ok(axum::Json(state.app.edit_ticket(&caller, &ticket, edit).await?.into()))
}

/// Where a ticket is to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "triaged"}))]
pub struct TicketToMove {
    to: TicketState,
    /// Needed to resolve it, unless it was said before.
    cause: Option<Cause>,
    /// What was done, or has to be.
    #[serde(default)]
    note: String,
}

/// Moves a ticket on. Warehouse and finance only give it back from where it waited for them.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/move", tag = "trade", request_body = TicketToMove,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("note_tickets")))
)]
pub async fn move_ticket(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    Json(to): Json<TicketToMove>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    let to = TicketMove { to: to.to, cause: to.cause, note: to.note };
    Ok(axum::Json(state.app.move_ticket(&caller, &ticket, to).await?.into()))
}

/// Who is to have a ticket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "交给我处理"}))]
pub struct TicketToHandOver {
    /// Their id; whoever asks if absent.
    owner: Option<PersonId>,
    /// What they have to know.
    #[serde(default)]
    note: String,
}

/// Somebody to whom a ticket can be handed over.
#[derive(Serialize, ToSchema)]
pub struct TicketColleague {
    id: PersonId,
    name: String,
    /// How many tickets they have that are to be done.
    open: i64,
}

/// Everybody to whom a ticket can be handed over.
#[derive(Serialize, ToSchema)]
pub struct TicketColleagues {
    /// Who has the fewest comes first.
    colleagues: Vec<TicketColleague>,
}

/// Everybody whose hats may have tickets, with how many each has.
#[utoipa::path(
    get, path = "/api/v1/ticket-colleagues", tag = "trade",
    responses((status = 200, body = TicketColleagues), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_tickets")))
)]
pub async fn ticket_colleagues(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<TicketColleagues>, ApiError> {
    let colleague = |livehand_app::TicketColleague { id, name, open }| TicketColleague { id, name, open };
    let colleagues = state.app.ticket_colleagues(&caller).await?.into_iter().map(colleague).collect();
    Ok(axum::Json(TicketColleagues { colleagues }))
}

/// Hands a ticket over, or takes it.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/hand-over", tag = "trade", request_body = TicketToHandOver,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_tickets")))
)]
pub async fn hand_over_ticket(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    Json(to): Json<TicketToHandOver>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    let TicketToHandOver { owner, note } = to;
    Ok(axum::Json(state.app.hand_over_ticket(&caller, &ticket, owner.as_ref(), &note).await?.into()))
}

/// What was done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "已联系仓库核实"}))]
pub struct TicketNote {
    /// No name, number or address.
    text: String,
}

/// Writes down what was done.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/notes", tag = "trade", request_body = TicketNote,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("note_tickets")))
)]
pub async fn note_ticket(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    PrivateJson(note): PrivateJson<TicketNote>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    Ok(axum::Json(state.app.note_ticket(&caller, &ticket, &note.text).await?.into()))
}

/// What a customer said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "买家回复要 L 码"}))]
pub struct TicketSaid {
    /// No name, number or address.
    text: String,
}

/// Notes what the customer said; what the check of an order asked them comes back to its card.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/customer", tag = "trade", request_body = TicketSaid,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_tickets")))
)]
pub async fn note_customers_words(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    PrivateJson(said): PrivateJson<TicketSaid>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    Ok(axum::Json(state.app.note_customers_words(&caller, &ticket, &said.text).await?.into()))
}

/// Which way an answer goes.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketAnswerRoute {
    /// In the room: the question behind the ticket is answered.
    Room,
    /// In a private message.
    PrivateMessage,
    /// In the platform's or the shop's support.
    Support,
    /// On the telephone.
    Phone,
}

impl From<TicketAnswerRoute> for AnswerRoute {
    fn from(route: TicketAnswerRoute) -> Self {
        match route {
            TicketAnswerRoute::Room => AnswerRoute::Room,
            TicketAnswerRoute::PrivateMessage => AnswerRoute::PrivateMessage,
            TicketAnswerRoute::Support => AnswerRoute::Support,
            TicketAnswerRoute::Phone => AnswerRoute::Phone,
        }
    }
}

/// An answer to a customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "已为您联系仓库", "route": "private_message"}))]
pub struct TicketAnswer {
    /// What is said; absent where a prepared answer is sent as it is.
    text: Option<String>,
    /// The code of a prepared answer.
    canned: Option<String>,
    route: TicketAnswerRoute,
}

/// Answers the customer. The first answer stops the first clock.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/answers", tag = "trade", request_body = TicketAnswer,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_tickets")))
)]
pub async fn answer_ticket(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    PrivateJson(answer): PrivateJson<TicketAnswer>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    let answer = NewTicketAnswer { text: answer.text, canned: answer.canned, route: answer.route.into() };
    Ok(axum::Json(state.app.answer_ticket(&caller, &ticket, answer).await?.into()))
}

/// What the customer says of it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"score": 5}))]
pub struct TicketScore {
    /// 1 to 5; absent to note that they were asked.
    score: Option<i64>,
}

/// Notes that the customer was asked how it was, or what they say.
#[utoipa::path(
    post, path = "/api/v1/tickets/{ticket}/satisfaction", tag = "trade", request_body = TicketScore,
    params(("ticket" = String, Path, description = "Ticket id")),
    responses((status = 200, body = TicketWithRecord), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_tickets")))
)]
pub async fn ticket_satisfaction(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(ticket): Path<String>,
    OptionalJson(said): OptionalJson<TicketScore>,
) -> Result<axum::Json<TicketWithRecord>, ApiError> {
    let detail = match said.score {
        Some(score) => state.app.rate_ticket(&caller, &ticket, score).await?,
        None => state.app.ask_satisfaction(&caller, &ticket).await?,
    };
    Ok(axum::Json(detail.into()))
}
