//! 播中: alarms, what the crew changes, and what lies behind the numbers.

use axum::extract::State;
use livehand_app::EventView;
use livehand_kernel::{Millis, Sequence, ShowId};
use livehand_live::effects::{Adjustment, Block};
use livehand_live::{Change, CrewAction};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::live::{Acknowledgement, Acted, act};
use crate::ApiState;
use crate::body::{Json, OptionalJson, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// What was done about an alarm.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "a-3", "text": "换了备线，画面恢复"}))]
pub struct Outcome {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    /// In words.
    text: String,
}

/// A change that was made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "d-1", "change": "pace", "text": "讲解加快，每三分钟提一次问"}))]
pub struct AdjustmentToLog {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    /// What was changed.
    change: Change,
    /// A product of the line-up, if the change is about one.
    product: Option<String>,
    /// In words.
    text: String,
}

/// What was changed, and what came of it.
#[derive(Serialize, ToSchema)]
pub struct Effects {
    /// Oldest first.
    adjustments: Vec<Adjustment>,
}

/// A switchback.
#[derive(Serialize, ToSchema)]
pub struct Switchback {
    /// In order of time.
    blocks: Vec<Block>,
}

/// How long a switchback is to be.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SwitchbackQuery {
    /// All of it, minutes.
    #[serde(default = "switchback_minutes")]
    minutes: i64,
    /// One block, minutes: longer than the change takes to work.
    #[serde(default = "block_minutes")]
    block_minutes: i64,
}

fn switchback_minutes() -> i64 {
    60
}

fn block_minutes() -> i64 {
    5
}

/// Which events of a minute.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MinuteQuery {
    /// Types of events, separated by commas; all if absent.
    types: Option<String>,
}

/// The events behind a minute.
#[derive(Serialize, ToSchema)]
pub struct MinuteEvents {
    /// In the order of the log, at most 500.
    events: Vec<MinuteEvent>,
    /// Whether these are all.
    complete: bool,
}

/// An event, without ids of viewers.
#[derive(Serialize, ToSchema)]
pub struct MinuteEvent {
    sequence: Sequence,
    at: Millis,
    #[serde(rename = "type")]
    kind: String,
    /// Nickname, safe to show.
    name: String,
    /// Safe to show.
    text: String,
    /// On a join.
    source: Option<String>,
    product: Option<String>,
    /// Fen.
    amount: Option<i64>,
    /// Taps or pieces.
    count: Option<i64>,
}

impl From<EventView> for MinuteEvent {
    fn from(event: EventView) -> Self {
        let EventView { sequence, at, kind, name, text, source, product, amount, count } = event;
        Self { sequence, at, kind, name, text, source, product, amount, count }
    }
}

/// Takes an alarm: it is known who works on it.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/alarms/{alarm}/take", tag = "live", request_body = Acknowledgement,
    params(("show" = String, Path, description = "Show id"), ("alarm" = String, Path, description = "Alarm id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_alarm")))
)]
pub async fn take_alarm(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, alarm)): Path<(ShowId, String)>,
    OptionalJson(request): OptionalJson<Acknowledgement>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, request.id, CrewAction::TakeAlarm { alarm }).await
}

/// Says that a step of an alarm's playbook was done.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/alarms/{alarm}/steps/{step}/done", tag = "live", request_body = Acknowledgement,
    params(
        ("show" = String, Path, description = "Show id"),
        ("alarm" = String, Path, description = "Alarm id"),
        ("step" = String, Path, description = "Code of the step"),
    ),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_alarm")))
)]
pub async fn finish_alarm_step(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, alarm, step)): Path<(ShowId, String, String)>,
    OptionalJson(request): OptionalJson<Acknowledgement>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, request.id, CrewAction::FinishAlarmStep { alarm, step }).await
}

/// Closes an alarm, with what was done.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/alarms/{alarm}/close", tag = "live", request_body = Outcome,
    params(("show" = String, Path, description = "Show id"), ("alarm" = String, Path, description = "Alarm id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("handle_alarm")))
)]
pub async fn close_alarm(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, alarm)): Path<(ShowId, String)>,
    Json(outcome): Json<Outcome>,
) -> Result<axum::Json<Acted>, ApiError> {
    let Outcome { id, text } = outcome;
    act(&state, &caller, &show, id, CrewAction::CloseAlarm { alarm, text }).await
}

/// Logs a change, so that its effect can be told (调整).
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/adjustments", tag = "live", request_body = AdjustmentToLog,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("log_adjustment")))
)]
pub async fn log_adjustment(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(adjustment): Json<AdjustmentToLog>,
) -> Result<axum::Json<Acted>, ApiError> {
    let AdjustmentToLog { id, change, product, text } = adjustment;
    act(&state, &caller, &show, id, CrewAction::LogAdjustment { change, product, text }).await
}

/// What was changed in a show, and what came of it: each effect with its interval, or that none can be told.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/effects", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Effects), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn effects(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Effects>, ApiError> {
    Ok(axum::Json(Effects { adjustments: state.app.effects(&caller, &show).await? }))
}

/// Blocks of time in which a change is to be in force and not in force by turns, drawn by lot, for an answer to whether
/// it is the cause. Nothing is stored.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/switchback", tag = "live",
    params(("show" = String, Path, description = "Show id"), SwitchbackQuery),
    responses((status = 200, body = Switchback), (status = "default", body = Problem)),
    extensions(("x-action" = json!("log_adjustment")))
)]
pub async fn plan_switchback(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Query(query): Query<SwitchbackQuery>,
) -> Result<axum::Json<Switchback>, ApiError> {
    let blocks = state.app.switchback(&caller, &show, query.minutes, query.block_minutes).await?;
    Ok(axum::Json(Switchback { blocks }))
}

/// The events behind one minute of a show.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/minutes/{at}/events", tag = "review",
    params(
        ("show" = String, Path, description = "Show id"),
        ("at" = i64, Path, description = "Any moment of the minute, ms"),
        MinuteQuery,
    ),
    responses((status = 200, body = MinuteEvents), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_review")))
)]
pub async fn minute_events(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, at)): Path<(ShowId, i64)>,
    Query(query): Query<MinuteQuery>,
) -> Result<axum::Json<MinuteEvents>, ApiError> {
    let types = query.types.unwrap_or_default();
    let types = types.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let (events, complete) = state.app.minute_events(&caller, &show, Millis(at), types).await?;
    Ok(axum::Json(MinuteEvents { events: events.into_iter().map(MinuteEvent::from).collect(), complete }))
}
