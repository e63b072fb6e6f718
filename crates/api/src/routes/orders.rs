//! 交易: orders. The signed webhook, exports of shops, and looking at orders.

use axum::extract::{Request, State};
use http::HeaderMap;
use livehand_app::personal::Given;
use livehand_app::{
    ImportRefusal, NewOrderNotice, OrderDetail, OrderQuery, OrderTaken as Taken, OrdersImport, Promise,
    SheetFile, SignedBody,
};
use livehand_kernel::{CustomerId, Fen, Language, Millis, ProductId, ShowId, SkuId};
use livehand_trade::orders::{
    Attention, Line, Notice, Order as KnownOrder, Refund, State as OrderState, Took,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{self, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};
use crate::routes::fulfilment::OrderFulfilment;

/// One line of an order.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// Its id within the order, such as the number of the sub-order; the SKU if absent.
    #[serde(default)]
    id: Option<String>,
    sku: SkuId,
    /// The product, where it is named beside its SKU.
    #[serde(default)]
    product: Option<ProductId>,
    quantity: i64,
    /// What was paid for all of them, fen.
    #[serde(default)]
    paid_fen: Option<Fen>,
}

/// Money that went back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRefund {
    /// Its id within the order; the same id is one refund.
    id: String,
    /// How much; everything if absent.
    fen: Option<Fen>,
}

/// What happened to an order. It may say as little as the state and its time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"platform": "douyin", "number": "6917926768823643751", "state": "paid", "at": 1_781_784_000_000_i64,
    "lines": [{"sku": "cup-red", "quantity": 2, "paid_fen": 2580}],
    "recipient": {"name": "李明", "phone": "13900001234", "address": "浙江省杭州市西湖区文三路1号"}}))]
pub struct OrderNotice {
    /// Where it was placed, such as douyin.
    platform: String,
    /// Its number there.
    number: String,
    /// The state that it reached.
    state: OrderState,
    /// When it did, which may be days ago.
    at: Millis,
    /// When it was placed, if the state is a later one.
    #[serde(default)]
    created_at: Option<Millis>,
    /// Its lines, or some of them.
    #[serde(default)]
    lines: Vec<OrderLine>,
    /// What was paid for all of it, where that is said apart from the lines, fen.
    #[serde(default)]
    paid_fen: Option<Fen>,
    /// With the state refunded: which money went back; all of it if absent.
    #[serde(default)]
    refund: Option<OrderRefund>,
    /// The platform's id of the buyer: neither a name nor a telephone number.
    #[serde(default)]
    buyer: Option<String>,
    /// The show in which it was placed.
    #[serde(default)]
    show: Option<ShowId>,
    /// To whom it goes; it is kept sealed.
    #[serde(default)]
    recipient: Option<Given>,
}

impl From<OrderNotice> for NewOrderNotice {
    fn from(it: OrderNotice) -> Self {
        let mut reached = std::collections::BTreeMap::from([(it.state, it.at)]);
        if let Some(at) = it.created_at {
            reached.entry(OrderState::Created).or_insert(at);
        }
        let whole = || (it.state == OrderState::Refunded).then(|| Refund { id: "all".to_owned(), fen: None });
        let refund = it.refund.map(|refund| Refund { id: refund.id, fen: refund.fen }).or_else(whole);
        let line = |line: OrderLine| Line {
            id: line.id.unwrap_or_else(|| line.sku.0.clone()),
            sku: line.sku,
            product: line.product,
            quantity: line.quantity,
            paid: line.paid_fen,
        };
        let notice = Notice {
            id: String::new(),
            platform: it.platform,
            number: it.number,
            reached,
            lines: it.lines.into_iter().map(line).collect(),
            paid: it.paid_fen,
            refunds: refund.into_iter().collect(),
            buyer: it.buyer,
            show: it.show,
            whom: it.recipient.is_some(),
        };
        Self { notice, recipient: it.recipient }
    }
}

/// What became of a notice; the same delivery is answered the same again.
#[derive(Serialize, ToSchema)]
pub struct OrderTaken {
    /// The order's id here: platform and number.
    order: String,
    took: Took,
    /// Where the order stood then.
    state: OrderState,
}

/// An order.
#[derive(Serialize, ToSchema)]
pub struct Order {
    /// Platform and number.
    id: String,
    platform: String,
    number: String,
    state: OrderState,
    /// Since when.
    state_at: Millis,
    /// When it was bought: the first time that is known of it.
    bought_at: Millis,
    paid_at: Option<Millis>,
    shipped_at: Option<Millis>,
    completed_at: Option<Millis>,
    closed_at: Option<Millis>,
    refunded_at: Option<Millis>,
    /// What was paid for it; absent if that is not known.
    paid_fen: Option<Fen>,
    /// How much went back.
    refunded_fen: Fen,
    lines: Vec<OrderLine>,
    /// The platform's id of the buyer.
    buyer: Option<String>,
    /// To whom it goes, by an id that says nothing about them.
    customer: Option<CustomerId>,
    /// The show in which it was bought.
    show: Option<ShowId>,
    /// Why somebody should look at it.
    attention: Vec<Attention>,
    /// Whether it is made up.
    synthetic: bool,
    /// When it was first heard of.
    taken_at: Millis,
}

impl From<livehand_app::OrderRow> for Order {
    fn from(row: livehand_app::OrderRow) -> Self {
        let order: &KnownOrder = &row.order;
        let line = |line: &Line| OrderLine {
            id: Some(line.id.clone()),
            sku: line.sku.clone(),
            product: line.product.clone(),
            quantity: line.quantity,
            paid_fen: line.paid,
        };
        Self {
            id: order.id(),
            platform: order.platform.clone(),
            number: order.number.clone(),
            state: order.state(),
            state_at: order.state_at(),
            bought_at: order.bought_at(),
            paid_at: order.at(OrderState::Paid),
            shipped_at: order.at(OrderState::Shipped),
            completed_at: order.at(OrderState::Completed),
            closed_at: order.at(OrderState::Closed),
            refunded_at: order.at(OrderState::Refunded),
            paid_fen: order.paid(),
            refunded_fen: order.refunded(),
            lines: order.lines().map(line).collect(),
            buyer: order.buyer().map(str::to_owned),
            attention: order.attention(),
            synthetic: row.synthetic,
            taken_at: row.taken_at,
            customer: row.customer,
            show: row.show,
        }
    }
}

/// A page of orders, those that were bought last first.
#[derive(Serialize, ToSchema)]
pub struct Orders {
    orders: Vec<Order>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
}

/// Which orders to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrdersQuery {
    /// Part of the number.
    search: Option<String>,
    /// Only those that stand so.
    state: Option<OrderState>,
    /// Only those that somebody has to look at.
    attention: Option<bool>,
    /// Only those of a customer.
    customer: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// Something that was said in the minute before an order was bought.
#[derive(Serialize, ToSchema)]
pub struct OrderSaid {
    at: Millis,
    /// card, reply, `overlay_line` or `script_line`.
    kind: livehand_live::sayings::SayingKind,
    text: String,
    /// The versions of the facts that it quotes.
    quotes: Vec<livehand_kernel::FactRef>,
}

/// A fact that was in force when an order was bought.
#[derive(Serialize, ToSchema)]
pub struct OrderFact {
    product: ProductId,
    sku: Option<SkuId>,
    /// `live_price` (fen), gifts or guarantees.
    field: String,
    version: i64,
    #[schema(value_type = Object)]
    value: serde_json::Value,
}

/// What was promised of a line.
#[derive(Serialize, ToSchema)]
pub struct OrderPromisedLine {
    sku: SkuId,
    /// Its product, if the catalogue knows it.
    product: Option<ProductId>,
    facts: Vec<OrderFact>,
}

/// What was promised when an order was bought.
#[derive(Serialize, ToSchema)]
pub struct OrderPromise {
    /// When it was bought.
    at: Millis,
    /// The show that was on air.
    show: Option<ShowId>,
    /// The product on stage.
    staged: Option<String>,
    /// What was said in the minute before, and what stood on the screen; absent if it could not be looked up.
    said: Option<Vec<OrderSaid>>,
    lines: Vec<OrderPromisedLine>,
}

impl From<Promise> for OrderPromise {
    fn from(Promise { at, show, staged, said, lines }: Promise) -> Self {
        let said = said.map(|said| {
            let row = |it: livehand_app::SaidThen| OrderSaid {
                at: it.at,
                kind: it.kind,
                text: it.text,
                quotes: it.quotes,
            };
            said.into_iter().map(row).collect()
        });
        let fact = |it: livehand_app::PromisedFact| OrderFact {
            product: it.fact.fact.product,
            sku: it.fact.fact.sku,
            field: it.fact.fact.field,
            version: it.fact.version,
            value: it.value,
        };
        let line = |it: livehand_app::PromisedLine| OrderPromisedLine {
            sku: it.sku,
            product: it.product,
            facts: it.facts.into_iter().map(fact).collect(),
        };
        Self { at, show, staged, said, lines: lines.into_iter().map(line).collect() }
    }
}

/// A notice that was taken.
#[derive(Serialize, ToSchema)]
pub struct OrderHeard {
    /// Who delivered it: a webhook's source, export, or simulator.
    source: String,
    id: String,
    took: Took,
    state: OrderState,
    received_at: Millis,
}

/// An order with what was promised, and with the notices that made it.
#[derive(Serialize, ToSchema)]
pub struct OrderWithPromise {
    #[serde(flatten)]
    order: Order,
    promise: Option<OrderPromise>,
    /// The first 200, in the order in which they came.
    notices: Vec<OrderHeard>,
    fulfilment: OrderFulfilment,
}

/// Which export is sent.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderImportQuery {
    /// Name of the file.
    #[serde(default)]
    name: String,
    /// The worksheet; the first visible one with something in it if absent.
    sheet: Option<String>,
    /// Where its orders were placed; douyin if absent.
    platform: Option<String>,
    /// Whether it is taken; otherwise it is only said what would become of it.
    apply: Option<bool>,
}

/// A row of an export that was not taken.
#[derive(Serialize, ToSchema)]
pub struct OrderRefused {
    /// Row of the sheet.
    row: u32,
    /// Letters of the column, or the name of the field.
    field: String,
    expected: String,
}

/// What became of an export.
#[derive(Serialize, ToSchema)]
pub struct OrdersTaken {
    /// Whether it was taken; otherwise the figures say what would become of it.
    applied: bool,
    /// Orders in it that can be used.
    orders: usize,
    /// Orders that were not known.
    opened: usize,
    /// Orders that stand elsewhere now.
    moved: usize,
    /// Orders of which more is known now.
    filled: usize,
    /// Orders of which it says something older, which is ignored.
    older: usize,
    /// Orders of which it says nothing new.
    same: usize,
    /// Orders whose recipient the export hides.
    without_recipient: usize,
    /// Cells and fields that cannot be used, the first 500. Their orders were left out.
    refused: Vec<OrderRefused>,
    /// How many there are.
    refused_count: usize,
}

/// Refusals in one answer.
const REFUSED_SHOWN: usize = 500;

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Takes a notice of an order, signed after Standard Webhooks with a secret that the setting `order_secrets` names: the
/// headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. The answer comes when it is durable; the same delivery
/// is answered the same again, and a forged or old one with 401.
#[utoipa::path(
    post, path = "/api/v1/orders/webhook", tag = "trade", request_body = OrderNotice,
    params(
        ("webhook-id" = Option<String>, Header, description = "Id of the notice"),
        ("webhook-timestamp" = Option<String>, Header, description = "Seconds since the epoch, at most five minutes off"),
        ("webhook-signature" = Option<String>, Header, description = "`v1,` and the base64 of HMAC-SHA-256 over id.timestamp.body")
    ),
    responses((status = 200, body = OrderTaken), (status = "default", body = Problem)),
    extensions(("x-action" = json!("anyone")))
)]
pub async fn order_webhook(
    State(state): State<ApiState>,
    headers: HeaderMap,
    request: Request,
) -> Result<axum::Json<OrderTaken>, ApiError> {
    let body = body::webhook_body(request).await?;
    let signed = SignedBody {
        id: header(&headers, "webhook-id"),
        timestamp: header(&headers, "webhook-timestamp"),
        signature: header(&headers, "webhook-signature"),
        body: &body,
    };
    let verified = state.app.verify_order_webhook(&signed)?;
    let notice: OrderNotice = body::parse_private(&body)?;
    let Taken { order, took, state, .. } = state.app.take_order_webhook(verified, notice.into()).await?;
    Ok(axum::Json(OrderTaken { order, took, state }))
}

/// Takes a shop's export of orders, CSV or XLSX; without `apply` it only says what would become of it.
#[utoipa::path(
    post, path = "/api/v1/orders/import", tag = "trade", params(OrderImportQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The file, at most 5 MiB",
        example = json!("主订单编号,订单状态,订单提交时间")),
    responses((status = 200, body = OrdersTaken), (status = "default", body = Problem)),
    extensions(("x-action" = json!("take_orders")))
)]
pub async fn import_orders(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<OrderImportQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<axum::Json<OrdersTaken>, ApiError> {
    // Before five million bytes are taken from somebody who may not send them.
    state.app.check_may_take_orders(&caller)?;
    let bytes = body::sheet_body(request).await?;
    let OrderImportQuery { name, sheet, platform, apply } = query;
    let file = SheetFile { bytes, name, sheet };
    let import = OrdersImport { file, platform, apply: apply.unwrap_or(false) };
    let done = state.app.import_orders(&caller, import).await?;
    let language = problem::language(&headers);
    Ok(axum::Json(OrdersTaken {
        applied: done.applied,
        orders: done.orders,
        opened: done.opened,
        moved: done.moved,
        filled: done.filled,
        older: done.older,
        same: done.same,
        without_recipient: done.without_recipient,
        refused_count: done.refused.len(),
        refused: done.refused.into_iter().take(REFUSED_SHOWN).map(|it| refused(it, language)).collect(),
    }))
}

fn refused(ImportRefusal { row, field, expected }: ImportRefusal, language: Language) -> OrderRefused {
    OrderRefused { row, field, expected: expected.in_language(language).to_owned() }
}

/// Orders, those that were bought last first.
#[utoipa::path(
    get, path = "/api/v1/orders", tag = "trade", params(OrdersQuery),
    responses((status = 200, body = Orders), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_orders")))
)]
pub async fn list_orders(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<OrdersQuery>,
) -> Result<axum::Json<Orders>, ApiError> {
    let OrdersQuery { search, state: wanted, attention, customer, after, limit } = query;
    let query = OrderQuery {
        search,
        state: wanted,
        attention: attention.unwrap_or(false),
        customer: customer.map(CustomerId),
        after,
        limit,
    };
    let page = state.app.list_orders(&caller, query).await?;
    Ok(axum::Json(Orders { orders: page.orders.into_iter().map(Order::from).collect(), next: page.next }))
}

/// An order with what was promised when it was bought.
#[utoipa::path(
    get, path = "/api/v1/orders/{order}", tag = "trade",
    params(("order" = String, Path, description = "Platform and number, such as douyin:6917926768823643751")),
    responses((status = 200, body = OrderWithPromise), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_orders")))
)]
pub async fn order(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(order): Path<String>,
) -> Result<axum::Json<OrderWithPromise>, ApiError> {
    let OrderDetail { row, promise, notices, fulfilment } = state.app.order(&caller, &order).await?;
    let heard = |it: livehand_app::OrderHeard| OrderHeard {
        source: it.source,
        id: it.id,
        took: it.took,
        state: it.state,
        received_at: it.received_at,
    };
    let notices = notices.into_iter().map(heard).collect();
    let promise = promise.map(OrderPromise::from);
    Ok(axum::Json(OrderWithPromise { order: row.into(), promise, notices, fulfilment: fulfilment.into() }))
}
