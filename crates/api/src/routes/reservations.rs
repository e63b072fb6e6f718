//! 交易: reservations. Taking stock for orders, moving them on, who has what and who waits.

use axum::extract::State;
use livehand_app::{NewReservation, ReservationQuery, ReservationView, Waiter, WaitlistView};
use livehand_kernel::{Millis, SkuId};
use livehand_trade::reservation::{Reservation, Status, Step, Taking, WhenShort};
use livehand_trade::stock::Part;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// What an order asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"order": "o-1", "lines": [{"sku": "cup-red", "quantity": 2}], "when_short": "wait"}))]
pub struct ReservationToMake {
    /// Id of the order; the same id is reserved once, and answered the same again.
    order: String,
    /// SKUs and bundles, at most 100. Lines of the same SKU are summed.
    lines: Vec<Part>,
    /// When stock is taken; `on_order` if absent.
    taking: Option<Taking>,
    /// What becomes of it if there is not enough; `refuse` if absent.
    when_short: Option<WhenShort>,
    /// How long it is held, ms; a quarter of an hour if absent, at most a week.
    hold_ms: Option<i64>,
}

/// What an order has of the stock, or waits for.
#[derive(Serialize, ToSchema)]
pub struct ReservationMade {
    order: String,
    status: Status,
    /// Whether it is paid, which one that waits can be.
    paid: bool,
    /// What was asked for, each SKU once.
    lines: Vec<Part>,
    /// What it takes: the parts of bundles, and gifts.
    parts: Vec<Part>,
    taking: Taking,
    when_short: WhenShort,
    hold_ms: i64,
    made_at: Millis,
    changed_at: Millis,
    /// When it ends by itself.
    expires_at: Option<Millis>,
    /// How many wait before it, if it waits; absent in lists.
    ahead: Option<usize>,
    /// Whether it stood so before, so that nothing was done.
    again: bool,
}

fn parts(units: &[(SkuId, i64)]) -> Vec<Part> {
    units.iter().map(|(sku, quantity)| Part { sku: sku.clone(), quantity: *quantity }).collect()
}

impl From<ReservationView> for ReservationMade {
    fn from(ReservationView { reservation, again, ahead }: ReservationView) -> Self {
        Self { ahead, again, ..Self::from(reservation) }
    }
}

impl From<Reservation> for ReservationMade {
    fn from(reservation: Reservation) -> Self {
        Self {
            lines: parts(&reservation.wish.lines),
            parts: parts(reservation.parts()),
            order: reservation.order,
            status: reservation.status,
            paid: reservation.paid,
            taking: reservation.wish.taking,
            when_short: reservation.wish.when_short,
            hold_ms: reservation.wish.hold_ms,
            made_at: reservation.made_at,
            changed_at: reservation.changed_at,
            expires_at: reservation.expires_at,
            ahead: None,
            again: true,
        }
    }
}

/// A page of reservations, the latest first.
#[derive(Serialize, ToSchema)]
pub struct ReservationsMade {
    reservations: Vec<ReservationMade>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
    /// When it was so.
    at: Millis,
}

/// Which reservations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReservationsQuery {
    /// Part of an order's id or of a SKU's.
    search: Option<String>,
    /// Only those that stand so.
    status: Option<Status>,
    /// Only those that are not settled: waiting, open, held.
    unsettled: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// One order that waits for a SKU.
#[derive(Serialize, ToSchema)]
pub struct WaitlistRow {
    order: String,
    /// Units of this SKU.
    units: i64,
    /// Whether it is paid already.
    paid: bool,
    /// Since when it waits or was asked for.
    made_at: Millis,
    /// Everything that it needs at once.
    parts: Vec<Part>,
}

/// Who waits for a SKU (候补队列).
#[derive(Serialize, ToSchema)]
pub struct Waitlist {
    sku: SkuId,
    /// How many can be had now; less than any of them needs.
    shown: i64,
    /// How many orders wait.
    waiting: usize,
    /// How many units they want together.
    units: i64,
    /// The first 200 of them, in the order in which they are served.
    first: Vec<WaitlistRow>,
}

/// Takes stock for an order, all of its lines or none. The answer comes when it is durable; an order that is known is answered
/// with where it stands.
#[utoipa::path(
    post, path = "/api/v1/reservations", tag = "trade", request_body = ReservationToMake,
    responses((status = 200, body = ReservationMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("reserve_stock")))
)]
pub async fn reserve(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<ReservationToMake>,
) -> Result<axum::Json<ReservationMade>, ApiError> {
    let ReservationToMake { order, lines, taking, when_short, hold_ms } = body;
    let new = NewReservation {
        order,
        lines: lines.into_iter().map(|line| (line.sku, line.quantity)).collect(),
        taking: taking.unwrap_or(Taking::OnOrder),
        when_short: when_short.unwrap_or(WhenShort::Refuse),
        hold_ms,
    };
    Ok(axum::Json(state.app.reserve(&caller, new).await?.into()))
}

/// Reservations, the latest first.
#[utoipa::path(
    get, path = "/api/v1/reservations", tag = "trade", params(ReservationsQuery),
    responses((status = 200, body = ReservationsMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_stock")))
)]
pub async fn list_reservations(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ReservationsQuery>,
) -> Result<axum::Json<ReservationsMade>, ApiError> {
    let ReservationsQuery { search, status, unsettled, after, limit } = query;
    let query = ReservationQuery { search, status, unsettled: unsettled.unwrap_or(false), after, limit };
    let page = state.app.list_reservations(&caller, query).await?;
    let reservations = page.reservations.into_iter().map(ReservationMade::from).collect();
    Ok(axum::Json(ReservationsMade { reservations, next: page.next, at: page.at }))
}

/// The reservation of an order.
#[utoipa::path(
    get, path = "/api/v1/reservations/{order}", tag = "trade",
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = ReservationMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_stock")))
)]
pub async fn reservation(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(order): Path<String>,
) -> Result<axum::Json<ReservationMade>, ApiError> {
    Ok(axum::Json(state.app.reservation(&caller, &order).await?.into()))
}

/// An order is paid: what it holds is sold. Where stock is taken on payment, it is taken now.
#[utoipa::path(
    post, path = "/api/v1/reservations/{order}/pay", tag = "trade",
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = ReservationMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("reserve_stock")))
)]
pub async fn pay_reservation(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(order): Path<String>,
) -> Result<axum::Json<ReservationMade>, ApiError> {
    Ok(axum::Json(state.app.move_reservation(&caller, &order, Step::Pay).await?.into()))
}

/// What an order has was taken from the shelf.
#[utoipa::path(
    post, path = "/api/v1/reservations/{order}/pick", tag = "trade",
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = ReservationMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("pick_reserved")))
)]
pub async fn pick_reservation(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(order): Path<String>,
) -> Result<axum::Json<ReservationMade>, ApiError> {
    Ok(axum::Json(state.app.move_reservation(&caller, &order, Step::Pick).await?.into()))
}

/// An order that is not paid is given up: what it holds goes to whoever waits for it.
#[utoipa::path(
    post, path = "/api/v1/reservations/{order}/release", tag = "trade",
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = ReservationMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("reserve_stock")))
)]
pub async fn release_reservation(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(order): Path<String>,
) -> Result<axum::Json<ReservationMade>, ApiError> {
    Ok(axum::Json(state.app.move_reservation(&caller, &order, Step::Release).await?.into()))
}

/// An order is cancelled, paid or not, as long as it is not picked: what it has goes to whoever waits for it.
#[utoipa::path(
    post, path = "/api/v1/reservations/{order}/cancel", tag = "trade",
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = ReservationMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("reserve_stock")))
)]
pub async fn cancel_reservation(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(order): Path<String>,
) -> Result<axum::Json<ReservationMade>, ApiError> {
    Ok(axum::Json(state.app.move_reservation(&caller, &order, Step::Cancel).await?.into()))
}

/// Who waits for a SKU, in the order in which they are served. A basket that cannot be had whole keeps its place and does not
/// hold up those behind it.
#[utoipa::path(
    get, path = "/api/v1/stock/{sku}/waitlist", tag = "trade",
    params(("sku" = String, Path, description = "SKU id")),
    responses((status = 200, body = Waitlist), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_stock")))
)]
pub async fn stock_waitlist(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(sku): Path<SkuId>,
) -> Result<axum::Json<Waitlist>, ApiError> {
    let WaitlistView { sku, shown, waiting, units, first } = state.app.waitlist(&caller, &sku).await?;
    let row = |Waiter { units, reservation }: Waiter| WaitlistRow {
        units,
        paid: reservation.paid,
        made_at: reservation.made_at,
        parts: parts(reservation.parts()),
        order: reservation.order,
    };
    Ok(axum::Json(Waitlist { sku, shown, waiting, units, first: first.into_iter().map(row).collect() }))
}
