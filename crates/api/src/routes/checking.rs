//! 审单: how orders are checked, and how right they go out.

use axum::extract::State;
use livehand_kernel::Millis;
use livehand_trade::tickets::{Cause as TicketCause, Kind as TicketKind};
use livehand_trade::verification::Settings;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// How orders are checked.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ask": ["old_name"], "waves": ["10:00", "16:00"], "collections": ["18:30"],
    "duplicate_minutes": 10, "sample_per_mille": 10}))]
pub struct OrderChecking {
    /// Codes of corrections that a person is asked about instead of having them made.
    ask: Vec<String>,
    /// When labels are printed, times of the day in Asia/Shanghai.
    waves: Vec<String>,
    /// When carriers come.
    collections: Vec<String>,
    /// Within how many minutes the same order again is a duplicate; 0 for never.
    duplicate_minutes: i64,
    /// How many of a thousand orders are looked at a second time.
    sample_per_mille: i64,
}

/// How orders are checked, with its version.
#[derive(Serialize, ToSchema)]
pub struct OrderCheckingNow {
    /// 0 until somebody sets something.
    version: i64,
    settings: OrderChecking,
    /// Codes of corrections that a shop can be asked about.
    fixable: Vec<String>,
}

impl From<livehand_app::VerificationSettings> for OrderCheckingNow {
    fn from(it: livehand_app::VerificationSettings) -> Self {
        let clocks = |clocks: &[livehand_trade::verification::Clock]| {
            clocks.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let settings = OrderChecking {
            ask: it.settings.ask.iter().cloned().collect(),
            waves: clocks(&it.settings.waves),
            collections: clocks(&it.settings.collections),
            duplicate_minutes: it.settings.duplicate_minutes,
            sample_per_mille: it.settings.sample_per_mille,
        };
        Self { version: it.version, settings, fixable: it.fixable }
    }
}

/// A ticket by which an order came back as wrong.
#[derive(Serialize, ToSchema)]
pub struct CameBack {
    /// Id of the ticket.
    ticket: String,
    /// Its number.
    number: i64,
    kind: TicketKind,
    /// Why it came to it; absent while nobody has said.
    cause: Option<TicketCause>,
    /// The order, as platform and number.
    order: String,
}

/// How right orders go out.
#[derive(Serialize, ToSchema)]
pub struct OrderRates {
    /// Orders that were checked and let go, by themselves or by a person.
    let_go: i64,
    /// Of these, those that went by themselves.
    by_themselves: i64,
    /// Orders that the program put right.
    fixed: i64,
    /// Orders that wait for a person or a buyer.
    waiting: i64,
    /// Held orders that were wrong: the fix was accepted, or they were corrected or not sent.
    wrong_held: i64,
    /// Held orders that a person kept as they were.
    right_held: i64,
    /// Second checks that found the order right.
    second_right: i64,
    /// Second checks that found it wrong.
    second_wrong: i64,
    /// Orders that left.
    sent: i64,
    /// Of these, those that came back by a ticket as wrong by our doing, or that a second check found wrong and that left all
    /// the same; each counts once.
    sent_wrong: i64,
    /// The tickets by which they came back, the last first; the first hundred of them.
    came_back: Vec<CameBack>,
    /// What is to be reached, per mille.
    goal_per_mille: i64,
}

/// What is to be reached: 99.8 %.
const GOAL_PER_MILLE: i64 = 998;

/// Of which span.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderRatesQuery {
    /// From when on, ms.
    from: Option<Millis>,
    /// Until when, ms.
    to: Option<Millis>,
    /// true: made-up orders instead of real ones.
    synthetic: Option<bool>,
}

/// How orders are checked.
#[utoipa::path(
    get, path = "/api/v1/orders/verification/settings", tag = "trade",
    responses((status = 200, body = OrderCheckingNow), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_orders")))
)]
pub async fn order_checking(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<OrderCheckingNow>, ApiError> {
    Ok(axum::Json(state.app.verification_settings(&caller).await?.into()))
}

/// Sets how orders are checked from now on.
#[utoipa::path(
    put, path = "/api/v1/orders/verification/settings", tag = "trade", request_body = OrderChecking,
    responses((status = 200, body = OrderCheckingNow), (status = "default", body = Problem)),
    extensions(("x-action" = json!("set_verification")))
)]
pub async fn set_order_checking(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<OrderChecking>,
) -> Result<axum::Json<OrderCheckingNow>, ApiError> {
    let settings = Settings {
        ask: body.ask.into_iter().collect(),
        waves: livehand_app::clocks("waves", &body.waves)?,
        collections: livehand_app::clocks("collections", &body.collections)?,
        duplicate_minutes: body.duplicate_minutes,
        sample_per_mille: body.sample_per_mille,
    };
    Ok(axum::Json(state.app.set_verification_settings(&caller, settings).await?.into()))
}

/// How right orders go out, against 99.8 %.
#[utoipa::path(
    get, path = "/api/v1/orders/verification/rates", tag = "trade", params(OrderRatesQuery),
    responses((status = 200, body = OrderRates), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_orders")))
)]
pub async fn order_rates(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<OrderRatesQuery>,
) -> Result<axum::Json<OrderRates>, ApiError> {
    let synthetic = query.synthetic.unwrap_or(false);
    let rates = state.app.verification_rates(&caller, query.from, query.to, synthetic).await?;
    let came_back = rates.came_back.into_iter().map(|it| CameBack {
        ticket: it.ticket,
        number: it.number,
        kind: it.kind,
        cause: it.cause,
        order: it.order,
    });
    Ok(axum::Json(OrderRates {
        let_go: rates.let_go,
        by_themselves: rates.by_themselves,
        fixed: rates.fixed,
        waiting: rates.waiting,
        wrong_held: rates.wrong_held,
        right_held: rates.right_held,
        second_right: rates.second_right,
        second_wrong: rates.second_wrong,
        sent: rates.sent,
        sent_wrong: rates.sent_wrong,
        came_back: came_back.collect(),
        goal_per_mille: GOAL_PER_MILLE,
    }))
}
