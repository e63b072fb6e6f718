//! 审单: the queue of orders that a person has to decide on, decisions and second checks.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use livehand_app::personal::Given;
use livehand_app::{CardQuery, DecisionRow, DifferenceView, NewDecision, OrderCard as Card};
use livehand_kernel::{Fen, Language, Millis, ShowId};
use livehand_trade::fulfilment::Node;
use livehand_trade::tickets::{Kind as TicketKind, State as TicketState};
use livehand_trade::verification::{
    CheckState, CorrectedLine, Decision, Difference, Disposition, Finding, Fix, Kind, Settlement,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};
use crate::routes::orders::Order;
use crate::routes::review::{TableQuery, asked, table_file};

/// Something that was found in an order.
#[derive(Serialize, ToSchema)]
pub struct OrderFinding {
    kind: Kind,
    /// What exactly.
    code: String,
    /// The same for people.
    text: String,
    /// The line that it is about.
    line: Option<String>,
    /// What stands in the order; never a name, a number or an address.
    found: Option<String>,
    /// What should.
    expected: Option<String>,
    /// What puts it right; absent if only a person can know.
    fix: Option<Fix>,
    /// The comment in the room that it rests on, by its sequence.
    comment: Option<u64>,
    disposition: Disposition,
}

impl OrderFinding {
    fn of(it: Finding, language: Language) -> Self {
        Self {
            text: it.phrase().in_language(language).to_owned(),
            kind: it.kind,
            code: it.code,
            line: it.line,
            found: it.found,
            expected: it.expected,
            fix: it.fix,
            comment: it.comment,
            disposition: it.disposition,
        }
    }
}

/// What a fix changes of a recipient: places down to the town, and numbers without their middle.
#[derive(Serialize, ToSchema)]
pub struct RecipientDifference {
    /// phone, province, city, county or town.
    part: String,
    /// As it was written; absent where it was missing.
    written: Option<String>,
    /// As it is read.
    read: String,
}

impl From<DifferenceView> for RecipientDifference {
    fn from(it: DifferenceView) -> Self {
        Self { part: it.part.to_owned(), written: it.written, read: it.read }
    }
}

/// A recipient as every screen has them.
#[derive(Serialize, ToSchema)]
pub struct OrderRecipient {
    name: String,
    phone: String,
    region: String,
}

/// What was decided on an order.
#[derive(Serialize, ToSchema)]
pub struct DecisionMade {
    decision: Decision,
    /// What is sent instead.
    lines: Vec<CorrectedLine>,
    /// What that costs more or less, and what becomes of it.
    difference: Option<Difference>,
    /// The intercept that it was decided by; absent in the queue.
    intercept: Option<String>,
    by: String,
    at: Millis,
    /// When it was taken back.
    undone_at: Option<Millis>,
    /// By whom.
    undone_by: Option<String>,
}

impl From<DecisionRow> for DecisionMade {
    fn from(row: DecisionRow) -> Self {
        let (undone_at, undone_by) = row.undone.map(|(at, by)| (at, by.name)).unzip();
        Self {
            decision: row.decision,
            lines: row.lines,
            difference: row.difference,
            intercept: row.intercept,
            by: row.by.name,
            at: row.at,
            undone_at,
            undone_by,
        }
    }
}

/// An order of the queue.
#[derive(Serialize, ToSchema)]
pub struct OrderCard {
    order: Order,
    check: CheckState,
    checked_at: Option<Millis>,
    /// Until when a correction costs nothing; absent if the shop has no such times.
    cut_off: Option<Millis>,
    findings: Vec<OrderFinding>,
    /// Whether everything that a person has to decide on has a fix that costs nothing more or less: then it can be accepted
    /// together with others.
    sure: bool,
    /// How much more it costs with the fixes that are proposed for its lines, less where it is below zero; absent without any,
    /// and if a price is not known.
    costs_more_fen: Option<Fen>,
    /// Whether it is in the sample of second checks.
    sampled: bool,
    node: Node,
    /// Whom it goes to, masked.
    recipient: Option<OrderRecipient>,
    /// What is changed of the recipient, by a fix that was made or is proposed.
    difference: Vec<RecipientDifference>,
    /// What is sent instead of its lines, or added to them.
    corrected: Vec<CorrectedLine>,
    /// The first first; those that were taken back say so.
    decisions: Vec<DecisionMade>,
    /// Open tickets about the same matter: a decision settles them as well.
    tickets: Vec<TicketOfCard>,
}

/// A ticket about what was found in an order.
#[derive(Serialize, ToSchema)]
pub struct TicketOfCard {
    id: String,
    /// Its number, for people.
    number: i64,
    kind: TicketKind,
    state: TicketState,
    /// Whether the buyer is asked by it.
    asks: bool,
    /// Whether the customer was answered.
    answered: bool,
    /// What the customer said last; no name, number or address.
    said: Option<String>,
    /// When.
    said_at: Option<Millis>,
}

impl OrderCard {
    fn of(card: Card, language: Language) -> Self {
        let recipient = card.recipient.map(|it| OrderRecipient {
            name: it.name.clone(),
            phone: it.phone.clone(),
            region: it.region.clone(),
        });
        let tickets = card.tickets.into_iter().map(|(it, said)| TicketOfCard {
            answered: it.times.first_at.is_some(),
            id: it.id,
            number: it.number,
            kind: it.kind,
            state: it.state,
            asks: it.asks,
            said_at: said.as_ref().map(|said| said.at),
            said: said.map(|said| said.words),
        });
        Self {
            order: card.order.into(),
            check: card.check.state,
            checked_at: card.check.checked_at,
            cut_off: card.check.cut_off,
            findings: card.check.findings.into_iter().map(|it| OrderFinding::of(it, language)).collect(),
            sure: card.sure,
            costs_more_fen: card.costs_more,
            sampled: card.check.sampled,
            node: card.node,
            recipient,
            difference: card.difference.into_iter().map(RecipientDifference::from).collect(),
            corrected: card.corrected,
            decisions: card.decisions.into_iter().map(DecisionMade::from).collect(),
            tickets: tickets.collect(),
        }
    }
}

/// A page of the queue, those that can be corrected for nothing for the shortest time first.
#[derive(Serialize, ToSchema)]
pub struct OrderCards {
    cards: Vec<OrderCard>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
    /// How many orders stand where, by code.
    counts: BTreeMap<String, i64>,
}

/// Which cards to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderCardsQuery {
    /// Where their check stands; waiting if absent.
    state: Option<CheckState>,
    /// Instead, those of the sample that nobody looked at yet.
    sample: Option<bool>,
    /// Only those with a finding of this kind that a person decides on.
    kind: Option<Kind>,
    /// Only those of a show.
    show: Option<ShowId>,
    /// Part of the order's number.
    search: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

impl From<OrderCardsQuery> for CardQuery {
    fn from(it: OrderCardsQuery) -> Self {
        let OrderCardsQuery { state, sample, kind, show, search, after, limit } = it;
        Self { state, sample: sample.unwrap_or(false), kind, show, search, after, limit }
    }
}

/// A decision on an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "keep"}))]
pub struct OrderToDecide {
    /// accept, keep, correct, ask or cancel.
    decision: Decision,
    /// With correct: whom it goes to instead; it is kept sealed.
    #[serde(default)]
    recipient: Option<Given>,
    /// With correct: what is sent instead of lines, or added.
    #[serde(default)]
    lines: Vec<CorrectedLine>,
    /// With correct and accept, where what is sent costs more or less (409 `price_difference`): what becomes of that.
    #[serde(default)]
    difference: Option<Settlement>,
}

/// A decision on many orders.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"orders": ["douyin:6917926768823643751"], "decision": "accept"}))]
pub struct OrdersToDecide {
    /// Ids of orders, at most 200.
    orders: Vec<String>,
    /// accept or keep.
    decision: Decision,
}

/// What a second check found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"right": true}))]
pub struct SecondCheck {
    /// Whether the order was right.
    right: bool,
}

/// Orders that were decided on.
#[derive(Serialize, ToSchema)]
pub struct OrdersDecided {
    decided: Vec<String>,
}

/// The queue of orders: those that wait for a person, unless something else is asked for.
#[utoipa::path(
    get, path = "/api/v1/orders/verification", tag = "trade", params(OrderCardsQuery),
    responses((status = 200, body = OrderCards), (status = "default", body = Problem)),
    extensions(("x-action" = json!("verify_orders")))
)]
pub async fn order_cards(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Query(query): Query<OrderCardsQuery>,
) -> Result<axum::Json<OrderCards>, ApiError> {
    let page = state.app.order_cards(&caller, query.into()).await?;
    let language = problem::language(&headers);
    Ok(axum::Json(OrderCards {
        cards: page.cards.into_iter().map(|card| OrderCard::of(card, language)).collect(),
        next: page.next,
        counts: page.counts.into_iter().map(|(state, count)| (state.code().to_owned(), count)).collect(),
    }))
}

/// One card, wherever its check stands.
#[utoipa::path(
    get, path = "/api/v1/orders/{order}/verification", tag = "trade",
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = OrderCard), (status = "default", body = Problem)),
    extensions(("x-action" = json!("verify_orders")))
)]
pub async fn order_card(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Path(order): Path<String>,
) -> Result<axum::Json<OrderCard>, ApiError> {
    let card = state.app.order_card(&caller, &order).await?;
    Ok(axum::Json(OrderCard::of(card, problem::language(&headers))))
}

/// Decides on an order that is held: accept the fix, keep it as it is, correct it by hand, ask the buyer, or do not send it.
#[utoipa::path(
    post, path = "/api/v1/orders/{order}/verification", tag = "trade", request_body = OrderToDecide,
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = OrderCard), (status = "default", body = Problem)),
    extensions(("x-action" = json!("verify_orders")))
)]
pub async fn decide_order(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Path(order): Path<String>,
    Json(body): Json<OrderToDecide>,
) -> Result<axum::Json<OrderCard>, ApiError> {
    let OrderToDecide { decision, recipient, lines, difference } = body;
    let new = NewDecision { decision, recipient, lines, difference };
    state.app.decide_order(&caller, &order, new).await?;
    let card = state.app.order_card(&caller, &order).await?;
    Ok(axum::Json(OrderCard::of(card, problem::language(&headers))))
}

/// Takes the last decision back, or what the program put right by itself, while the label is not printed.
#[utoipa::path(
    post, path = "/api/v1/orders/{order}/verification/undo", tag = "trade",
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = OrderCard), (status = "default", body = Problem)),
    extensions(("x-action" = json!("verify_orders")))
)]
pub async fn undo_order_decision(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Path(order): Path<String>,
) -> Result<axum::Json<OrderCard>, ApiError> {
    state.app.undo_order_decision(&caller, &order).await?;
    let card = state.app.order_card(&caller, &order).await?;
    Ok(axum::Json(OrderCard::of(card, problem::language(&headers))))
}

/// Says what a second check of an order of the sample found; whoever decided on it may not.
#[utoipa::path(
    post, path = "/api/v1/orders/{order}/verification/second", tag = "trade", request_body = SecondCheck,
    params(("order" = String, Path, description = "Id of the order")),
    responses((status = 200, body = OrderCard), (status = "default", body = Problem)),
    extensions(("x-action" = json!("verify_orders")))
)]
pub async fn second_check(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Path(order): Path<String>,
    Json(body): Json<SecondCheck>,
) -> Result<axum::Json<OrderCard>, ApiError> {
    state.app.second_check(&caller, &order, body.right).await?;
    let card = state.app.order_card(&caller, &order).await?;
    Ok(axum::Json(OrderCard::of(card, problem::language(&headers))))
}

/// Accepts the fixes of many orders, or keeps them as they are: all of them, or none (409 `not_sure` names those that have to
/// be looked at one by one).
#[utoipa::path(
    post, path = "/api/v1/orders/verification/decide", tag = "trade", request_body = OrdersToDecide,
    responses((status = 200, body = OrdersDecided), (status = "default", body = Problem)),
    extensions(("x-action" = json!("verify_orders")))
)]
pub async fn decide_orders(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<OrdersToDecide>,
) -> Result<axum::Json<OrdersDecided>, ApiError> {
    let done = state.app.decide_orders(&caller, &body.orders, body.decision).await?;
    Ok(axum::Json(OrdersDecided { decided: done.decided }))
}

/// The queue as CSV or XLSX: all that the list would show, whatever `after` and `limit` say.
#[utoipa::path(
    get, path = "/api/v1/orders/verification/export/{list}", tag = "trade",
    params(("list" = String, Path, description = "verification.csv or verification.xlsx", example = "verification.csv"), OrderCardsQuery, TableQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export_order_cards(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Path(file): Path<String>,
    Query(query): Query<OrderCardsQuery>,
    Query(table): Query<TableQuery>,
) -> Result<Response, ApiError> {
    state.app.check_may_export(&caller)?;
    let form = asked(&file, table.encoding).filter(|(list, _)| *list == "verification").map(|(_, form)| form);
    let form = form.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    let query = CardQuery { after: None, ..query.into() };
    let language = problem::language(&headers);
    let rows = state.app.export_order_cards(&caller, query, form, language).await?;
    Ok(table_file(&file, form, rows))
}
