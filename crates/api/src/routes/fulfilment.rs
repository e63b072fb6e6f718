//! 履约: how far parcels have come, moving them on, and stopping them by hand.

use axum::extract::State;
use http::HeaderMap;
use livehand_app::{
    FulfilmentMove, FulfilmentMoved, FulfilmentView, HoldRow, NotMoved, WaveOrder as ListedOrder, WaveQuery,
};
use livehand_kernel::{Language, Millis, ShowId};
use livehand_trade::fulfilment::{Fulfilment, HoldKind, HoldReason, Node};
use livehand_trade::verification::CorrectedLine;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};

/// Something that keeps an order from going on, or did.
#[derive(Serialize, ToSchema)]
pub struct OrderHold {
    kind: HoldKind,
    /// What exactly: the check that found something, the ticket, the reason.
    cause: String,
    placed_at: Millis,
    /// Who placed it.
    placed_by: String,
    /// When it was lifted; absent while it stands.
    lifted_at: Option<Millis>,
    /// Who lifted it.
    lifted_by: Option<String>,
}

impl From<HoldRow> for OrderHold {
    fn from(row: HoldRow) -> Self {
        let (lifted_at, lifted_by) = row.lifted.map(|(at, by)| (at, by.name)).unzip();
        Self {
            kind: row.hold.kind,
            cause: row.hold.cause,
            placed_at: row.hold.since,
            placed_by: row.placed.name,
            lifted_at,
            lifted_by,
        }
    }
}

/// How far the parcel of an order has come.
#[derive(Serialize, ToSchema)]
pub struct OrderFulfilment {
    node: Node,
    printed_at: Option<Millis>,
    out_at: Option<Millis>,
    collected_at: Option<Millis>,
    delivering_at: Option<Millis>,
    /// Whether something keeps it from going on.
    held: bool,
    /// Whether it was checked since it changed; before that it is not printed.
    checked: bool,
    /// What is sent instead of its lines, or added to them.
    corrected: Vec<CorrectedLine>,
    /// What holds or held it, the first first.
    holds: Vec<OrderHold>,
}

impl From<FulfilmentView> for OrderFulfilment {
    fn from(it: FulfilmentView) -> Self {
        Self::of(&it.fulfilment, it.holds, it.checked, it.corrected)
    }
}

impl OrderFulfilment {
    fn of(
        fulfilment: &Fulfilment,
        holds: Vec<HoldRow>,
        checked: bool,
        corrected: Vec<CorrectedLine>,
    ) -> Self {
        Self {
            node: fulfilment.node(),
            printed_at: fulfilment.at(Node::Printed),
            out_at: fulfilment.at(Node::Out),
            collected_at: fulfilment.at(Node::Collected),
            delivering_at: fulfilment.at(Node::Delivering),
            held: !checked || holds.iter().any(|hold| hold.lifted.is_none()),
            checked,
            corrected,
            holds: holds.into_iter().map(OrderHold::from).collect(),
        }
    }
}

/// Orders that are to be moved on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"orders": ["douyin:6917926768823643751"], "node": "printed"}))]
pub struct FulfilmentToMove {
    /// Ids of orders, at most 500.
    orders: Vec<String>,
    /// How far they have come: printed, out, collected, delivering.
    node: Node,
    /// Whether those that may go on do, and the others are named; otherwise one that may not stops them all.
    #[serde(default)]
    skip_refused: bool,
}

/// An order that may not go on.
#[derive(Serialize, ToSchema)]
pub struct OrderNotMoved {
    order: String,
    /// `order_held`, `order_not_paid` or `order_ended`.
    code: String,
    why: String,
}

/// What became of orders that were to be moved on.
#[derive(Serialize, ToSchema)]
pub struct OrdersMoved {
    moved: Vec<String>,
    /// Orders that had come as far before.
    again: Vec<String>,
    /// Orders that may not go on; only with `skip_refused`.
    refused: Vec<OrderNotMoved>,
}

/// Orders that are to be stopped, or let go on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"orders": ["douyin:6917926768823643751"], "reason": "goods"}))]
pub struct OrdersToHold {
    /// Ids of orders, at most 500.
    orders: Vec<String>,
    reason: HoldReason,
}

/// How many orders that changed.
#[derive(Serialize, ToSchema)]
pub struct OrdersHeld {
    changed: u64,
}

/// An order in a list by where it is.
#[derive(Serialize, ToSchema)]
pub struct WaveOrder {
    order: String,
    bought_at: Millis,
    show: Option<ShowId>,
    #[serde(flatten)]
    fulfilment: OrderFulfilment,
}

impl From<ListedOrder> for WaveOrder {
    fn from(ListedOrder { row, fulfilment, holds, checked, corrected }: ListedOrder) -> Self {
        Self {
            show: row.show(),
            bought_at: Millis(row.bought_at),
            order: row.id,
            fulfilment: OrderFulfilment::of(&fulfilment, holds, checked, corrected),
        }
    }
}

/// A page of orders by where they are, those that were bought first come first.
#[derive(Serialize, ToSchema)]
pub struct WaveOrders {
    orders: Vec<WaveOrder>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
}

/// Which orders to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WaveOrdersQuery {
    /// Where they are; `to_print` if absent.
    node: Option<Node>,
    /// Only those that are held, or only those that are not.
    held: Option<bool>,
    /// Part of the number.
    search: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// Paid orders by where they are. What is to be printed next is `node=to_print&held=false`.
#[utoipa::path(
    get, path = "/api/v1/fulfilment", tag = "trade", params(WaveOrdersQuery),
    responses((status = 200, body = WaveOrders), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_orders")))
)]
pub async fn list_fulfilment(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<WaveOrdersQuery>,
) -> Result<axum::Json<WaveOrders>, ApiError> {
    let WaveOrdersQuery { node, held, search, after, limit } = query;
    let query = WaveQuery { node: node.unwrap_or(Node::ToPrint), held, search, after, limit };
    let page = state.app.list_fulfilment(&caller, query).await?;
    Ok(axum::Json(WaveOrders {
        orders: page.orders.into_iter().map(WaveOrder::from).collect(),
        next: page.next,
    }))
}

/// Says how far orders have come. An order in the warehouse that is held, not paid or given back may not go on (409).
#[utoipa::path(
    post, path = "/api/v1/fulfilment", tag = "trade", request_body = FulfilmentToMove,
    responses((status = 200, body = OrdersMoved), (status = "default", body = Problem)),
    extensions(("x-action" = json!("move_fulfilment")))
)]
pub async fn move_fulfilment(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Json(body): Json<FulfilmentToMove>,
) -> Result<axum::Json<OrdersMoved>, ApiError> {
    let FulfilmentToMove { orders, node, skip_refused } = body;
    let wanted = FulfilmentMove { orders, node, skip_refused };
    let FulfilmentMoved { moved, again, refused } = state.app.move_fulfilment(&caller, wanted).await?;
    let language = problem::language(&headers);
    let refused = refused.into_iter().map(|it| not_moved(it, language)).collect();
    Ok(axum::Json(OrdersMoved { moved, again, refused }))
}

fn not_moved(NotMoved { order, refusal }: NotMoved, language: Language) -> OrderNotMoved {
    let why = refusal.phrase().in_language(language).to_owned();
    OrderNotMoved { order, code: refusal.code().to_owned(), why }
}

/// Stops orders: until they are released, none of them is printed or leaves the warehouse.
#[utoipa::path(
    post, path = "/api/v1/fulfilment/hold", tag = "trade", request_body = OrdersToHold,
    responses((status = 200, body = OrdersHeld), (status = "default", body = Problem)),
    extensions(("x-action" = json!("hold_orders")))
)]
pub async fn hold_orders(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<OrdersToHold>,
) -> Result<axum::Json<OrdersHeld>, ApiError> {
    let changed = state.app.hold_orders(&caller, body.orders, body.reason, true).await?;
    Ok(axum::Json(OrdersHeld { changed }))
}

/// Lets orders go on that somebody stopped for this reason. What else holds them stands.
#[utoipa::path(
    post, path = "/api/v1/fulfilment/release", tag = "trade", request_body = OrdersToHold,
    responses((status = 200, body = OrdersHeld), (status = "default", body = Problem)),
    extensions(("x-action" = json!("hold_orders")))
)]
pub async fn release_orders(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<OrdersToHold>,
) -> Result<axum::Json<OrdersHeld>, ApiError> {
    let changed = state.app.hold_orders(&caller, body.orders, body.reason, false).await?;
    Ok(axum::Json(OrdersHeld { changed }))
}
