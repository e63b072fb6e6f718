//! 交易: intercepts and changes of labels, and what the warehouse has to do.

pub mod look;

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use livehand_app::personal::Given;
use livehand_app::{AnswerRoute, InterceptView, NewIntercept, SpecWish};
use livehand_kernel::{Fen, Language, Millis, PersonId, SkuId};
use livehand_trade::fulfilment::Node;
use livehand_trade::intercepts::{Aim, Done, Road, State as InterceptState};
use livehand_trade::verification::{Difference, Settlement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::tickets::TicketRecipient;
use super::tickets::handle::TicketAnswerRoute;
use crate::ApiState;
use crate::body::{Json, OptionalJson, Path, PrivateJson};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};

/// Something that was done for a request.
#[derive(Serialize, ToSchema)]
pub struct InterceptStep {
    done: Done,
    /// What was being tried.
    road: Road,
    at: Millis,
    /// Who did it; absent where the program did.
    by: Option<PersonId>,
    name: Option<String>,
    words: String,
}

/// A line of what is in a parcel.
#[derive(Serialize, ToSchema)]
pub struct InterceptLine {
    sku: SkuId,
    /// Name of the product; empty if the catalogue does not know it.
    name: String,
    quantity: i64,
}

/// A change of what is in a parcel: the difference against the label.
#[derive(Serialize, ToSchema)]
pub struct InterceptSpec {
    /// The line of the order.
    line: String,
    from: SkuId,
    to: SkuId,
    /// How many of it; absent for as many as the line has.
    quantity: Option<i64>,
    /// What it costs more or less, and what becomes of that; absent if it costs the same, or if that is not known.
    difference: Option<Difference>,
}

/// The difference of a recipient against the label, masked.
#[derive(Serialize, ToSchema)]
pub struct InterceptRecipient {
    before: TicketRecipient,
    after: TicketRecipient,
}

/// A request to stop a parcel or to change its label.
#[derive(Serialize, ToSchema)]
pub struct Intercept {
    id: String,
    /// Platform and number.
    order: String,
    ticket: Option<String>,
    aim: Aim,
    state: InterceptState,
    /// Whether the parcel waits for it: nothing else can be asked for the order meanwhile.
    running: bool,
    /// What is being tried, or was at last.
    road: Road,
    /// What whoever does it has to do.
    guide: String,
    /// What the carrier takes for it, as the shop said when it was asked for.
    fee_fen: Fen,
    /// How often it usually succeeds, in percent; absent where it is only a matter of doing it.
    chance_percent: Option<i64>,
    /// Whether the warehouse has something to do.
    with_warehouse: bool,
    /// How far the parcel had come when it was asked for.
    node_then: Node,
    /// How far it has come now.
    node: Node,
    /// When it was asked for (请求时刻).
    requested_at: Millis,
    /// When the warehouse confirmed (仓库确认时刻).
    confirmed_at: Option<Millis>,
    /// By when the present step is to be done.
    due: Millis,
    /// Whether that is over.
    late: bool,
    /// What was done, in order.
    steps: Vec<InterceptStep>,
    lines: Vec<InterceptLine>,
    paid_fen: Option<Fen>,
    /// How much went back.
    refund_fen: Option<Fen>,
    /// Which parts of the recipient change: name, phone, region, street, remark.
    changed: Vec<String>,
    /// The difference against the label, masked; while it is not done.
    recipient: Option<InterceptRecipient>,
    spec: Option<InterceptSpec>,
}

impl Intercept {
    fn of(view: InterceptView, language: Language) -> Self {
        let it = view.intercept;
        let steps = it.steps.iter().map(|step| InterceptStep {
            done: step.done,
            road: step.road,
            at: step.at,
            by: step.by.as_ref().map(|by| by.id.clone()),
            name: step.by.as_ref().map(|by| by.name.clone()),
            words: step.words.clone(),
        });
        let spec = match (it.aim, it.change.as_slice()) {
            (Aim::Spec, [line, from, to, rest @ ..]) => Some(InterceptSpec {
                line: line.clone(),
                from: SkuId(from.clone()),
                to: SkuId(to.clone()),
                quantity: rest.first().and_then(|text| text.parse().ok()),
                difference: it.difference,
            }),
            _ => None,
        };
        let line = |(sku, name, quantity)| InterceptLine { sku, name, quantity };
        Self {
            running: it.state.is_running(),
            guide: it.road.guide().in_language(language).to_owned(),
            fee_fen: it.fee(),
            chance_percent: it.road.chance_percent(),
            with_warehouse: it.is_with_warehouse(),
            steps: steps.collect(),
            lines: view.lines.into_iter().map(line).collect(),
            paid_fen: view.paid,
            refund_fen: it.refund,
            changed: if it.aim == Aim::Address { it.change.clone() } else { Vec::new() },
            recipient: view
                .change
                .map(|it| InterceptRecipient { before: it.before.into(), after: it.after.into() }),
            spec,
            node: view.node,
            late: view.late,
            id: it.id,
            order: it.order,
            ticket: it.ticket,
            aim: it.aim,
            state: it.state,
            road: it.road,
            node_then: it.node,
            requested_at: it.requested_at,
            confirmed_at: it.confirmed_at,
            due: it.due,
        }
    }
}

fn shown(view: InterceptView, headers: &HeaderMap) -> axum::Json<Intercept> {
    axum::Json(Intercept::of(view, problem::language(headers)))
}

/// What is to be in a parcel instead.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecToBe {
    /// The line of the order; its only one if absent.
    line: Option<String>,
    /// A SKU of the same product.
    to: SkuId,
    /// How many; as many as there are if absent.
    quantity: Option<i64>,
}

/// What is asked for an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"order": "douyin:6917926768823643751", "aim": "stop"}))]
pub struct InterceptToAsk {
    /// Platform and number.
    order: String,
    /// The ticket that it belongs to.
    ticket: Option<String>,
    aim: Aim,
    /// With the aim address: whom it is to go to instead; kept sealed.
    recipient: Option<Given>,
    /// With the aim spec.
    spec: Option<SpecToBe>,
    /// With the aim spec, where it costs more or less: what becomes of the difference.
    difference: Option<Settlement>,
    /// Why: no name, number or address.
    #[serde(default)]
    note: String,
}

/// Asks that a parcel be stopped or its label be changed; 201 if that is new, 200 if it is asked for already.
#[utoipa::path(
    post, path = "/api/v1/intercepts", tag = "trade", request_body = InterceptToAsk,
    responses(
        (status = 201, body = Intercept), (status = 200, body = Intercept), (status = "default", body = Problem)
    ),
    extensions(("x-action" = json!("ask_intercept")))
)]
pub async fn ask_intercept(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    PrivateJson(new): PrivateJson<InterceptToAsk>,
) -> Result<(StatusCode, axum::Json<Intercept>), ApiError> {
    let new = NewIntercept {
        order: new.order,
        ticket: new.ticket,
        aim: new.aim,
        recipient: new.recipient,
        spec: new.spec.map(|it| SpecWish { line: it.line, to: it.to, quantity: it.quantity }),
        difference: new.difference,
        note: new.note,
    };
    let asked = state.app.ask_intercept(&caller, new).await?;
    let status = if asked.again { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, shown(asked.view, &headers)))
}

/// What was scanned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"scanned": "6917926768823643751"}))]
pub struct ParcelScanned {
    /// The number of the order, scanned or typed.
    scanned: String,
}

/// The warehouse has the parcel, or has changed its label.
#[utoipa::path(
    post, path = "/api/v1/intercepts/{intercept}/confirm", tag = "trade", request_body = ParcelScanned,
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("confirm_intercept")))
)]
pub async fn confirm_intercept(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
    Json(it): Json<ParcelScanned>,
) -> Result<axum::Json<Intercept>, ApiError> {
    Ok(shown(state.app.confirm_intercept(&caller, &intercept, &it.scanned).await?, &headers))
}

/// Why something is so.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "已被快递收走"}))]
pub struct InterceptReason {
    /// No name, number or address.
    reason: String,
}

/// The parcel is gone already; what can be done next is tried.
#[utoipa::path(
    post, path = "/api/v1/intercepts/{intercept}/gone", tag = "trade", request_body = InterceptReason,
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("confirm_intercept")))
)]
pub async fn parcel_gone(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
    PrivateJson(it): PrivateJson<InterceptReason>,
) -> Result<axum::Json<Intercept>, ApiError> {
    Ok(shown(state.app.parcel_gone(&caller, &intercept, &it.reason).await?, &headers))
}

/// What came of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"stopped": true, "note": "快递已退回"}))]
pub struct InterceptReceipt {
    /// Whether the parcel comes back.
    stopped: bool,
    /// What was said: no name, number or address.
    note: String,
}

/// What the station, the carrier or the customer did.
#[utoipa::path(
    post, path = "/api/v1/intercepts/{intercept}/receipt", tag = "trade", request_body = InterceptReceipt,
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("ask_intercept")))
)]
pub async fn intercept_receipt(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
    PrivateJson(it): PrivateJson<InterceptReceipt>,
) -> Result<axum::Json<Intercept>, ApiError> {
    let done = state.app.intercept_receipt(&caller, &intercept, it.stopped, &it.note).await?;
    Ok(shown(done, &headers))
}

/// Takes a request back; the parcel goes on.
#[utoipa::path(
    post, path = "/api/v1/intercepts/{intercept}/withdraw", tag = "trade", request_body = InterceptReason,
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("ask_intercept")))
)]
pub async fn withdraw_intercept(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
    PrivateJson(it): PrivateJson<InterceptReason>,
) -> Result<axum::Json<Intercept>, ApiError> {
    Ok(shown(state.app.withdraw_intercept(&caller, &intercept, &it.reason).await?, &headers))
}

/// How much went back.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fen": 9900}))]
pub struct InterceptRefund {
    /// All that was paid if absent.
    fen: Option<Fen>,
}

/// Notes that the money went back on the platform.
#[utoipa::path(
    post, path = "/api/v1/intercepts/{intercept}/refund", tag = "trade", request_body = InterceptRefund,
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("record_refund")))
)]
pub async fn refund_intercept(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
    OptionalJson(it): OptionalJson<InterceptRefund>,
) -> Result<axum::Json<Intercept>, ApiError> {
    Ok(shown(state.app.refund_intercept(&caller, &intercept, it.fen).await?, &headers))
}

/// The goods are back on the shelf.
#[utoipa::path(
    post, path = "/api/v1/intercepts/{intercept}/restock", tag = "trade",
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("restock_intercept")))
)]
pub async fn restock_intercept(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
) -> Result<axum::Json<Intercept>, ApiError> {
    Ok(shown(state.app.restock_intercept(&caller, &intercept).await?, &headers))
}

/// What the customer is told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "已拦截成功，货款原路退回", "route": "private_message"}))]
pub struct InterceptTold {
    text: String,
    route: TicketAnswerRoute,
}

/// The customer is told what came of it; that answers the ticket as well.
#[utoipa::path(
    post, path = "/api/v1/intercepts/{intercept}/tell", tag = "trade", request_body = InterceptTold,
    params(("intercept" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Intercept), (status = "default", body = Problem)),
    extensions(("x-action" = json!("ask_intercept")))
)]
pub async fn tell_intercept(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(intercept): Path<String>,
    headers: HeaderMap,
    PrivateJson(it): PrivateJson<InterceptTold>,
) -> Result<axum::Json<Intercept>, ApiError> {
    let route: AnswerRoute = it.route.into();
    Ok(shown(state.app.tell_intercept(&caller, &intercept, &it.text, route).await?, &headers))
}
