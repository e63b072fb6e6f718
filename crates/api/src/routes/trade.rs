//! 交易: promotions, and what they come to.

use axum::extract::State;
use http::StatusCode;
use livehand_app::{LineToSimulate, PromotionQuery, PromotionView, Simulated, Simulation};
use livehand_kernel::{Fen, Millis, ProductId, PromotionId, SkuId};
use livehand_trade::offers::{Audience, Case, Closed, Line, Promotion, Rule, Scope, Shipping};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// A promotion to be written; its id is made by the server.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "满300减40", "from": 1_782_000_000_000_i64, "to": 1_782_100_000_000_i64,
    "rule": {"kind": "full_reduction", "threshold_fen": 30_000, "off_fen": 4_000}
}))]
pub struct PromotionToWrite {
    /// As the crew calls it.
    name: String,
    /// What it does.
    rule: Rule,
    /// For what; the whole shop if absent.
    #[serde(default)]
    scope: Scope,
    /// When it begins.
    from: Millis,
    /// When it has ended.
    to: Millis,
    /// For whom; everybody if absent.
    #[serde(default)]
    audience: Audience,
    /// Units or uses that one buyer may have.
    limit_per_buyer: Option<i64>,
    /// How many there are.
    stock: Option<i64>,
    /// Promotions of one group are not combined.
    group: Option<String>,
    /// Promotions that it is never combined with.
    #[serde(default)]
    excludes: Vec<PromotionId>,
    /// Promotions of its own group that it is combined with all the same.
    #[serde(default)]
    stackable_with: Vec<PromotionId>,
}

impl From<PromotionToWrite> for Promotion {
    fn from(written: PromotionToWrite) -> Self {
        Self {
            id: PromotionId::from(""),
            name: written.name,
            rule: written.rule,
            scope: written.scope,
            from: written.from,
            to: written.to,
            audience: written.audience,
            limit_per_buyer: written.limit_per_buyer,
            stock: written.stock,
            group: written.group,
            excludes: written.excludes,
            stackable_with: written.stackable_with,
        }
    }
}

/// A promotion and where it stands.
#[derive(Serialize, ToSchema)]
pub struct PromotionVersion {
    promotion: Promotion,
    /// From 1.
    version: i64,
    /// draft, published or ended.
    status: String,
    /// Who wrote this version.
    by: String,
    /// When.
    at: Millis,
}

impl From<PromotionView> for PromotionVersion {
    fn from(view: PromotionView) -> Self {
        let PromotionView { promotion, version, status, by, at, .. } = view;
        Self { promotion, version, status, by, at }
    }
}

/// A page of promotions, newest first.
#[derive(Serialize, ToSchema)]
pub struct Promotions {
    promotions: Vec<PromotionVersion>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<PromotionId>,
}

/// Which promotions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromotionsQuery {
    /// Part of the name.
    search: Option<String>,
    /// draft, published or ended.
    status: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// A product to be looked at; what is said here takes the place of its facts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductToSimulate {
    product: ProductId,
    /// Its SKU, if one is meant.
    sku: Option<SkuId>,
    /// Most units in one order.
    quantity_max: Option<i64>,
    /// Price without promotions.
    price_fen: Option<Fen>,
    cost_fen: Option<Fen>,
    floor_fen: Option<Fen>,
    minimum_margin_fen: Option<Fen>,
}

/// Promotions as they are typed, and products that are to be bought.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"promotions": [], "products": [{"product": "p1"}]}))]
pub struct OffersToSimulate {
    /// Drafts.
    promotions: Vec<Promotion>,
    /// Whether the published ones hold as well.
    #[serde(default = "yes")]
    with_published: bool,
    /// Up to five.
    products: Vec<ProductToSimulate>,
    /// What sending an order costs.
    #[serde(default)]
    shipping: Shipping,
    /// At which moment; absent for the worst of all at which something typed holds.
    at: Option<Millis>,
}

fn yes() -> bool {
    true
}

/// The order in which one unit of a product is cheapest.
#[derive(Serialize, ToSchema)]
pub struct LowestPrice {
    line: Line,
    /// At which moment.
    at: Millis,
    /// Whether it is below the floor.
    below_floor: bool,
    case: Case,
}

/// The order that earns least.
#[derive(Serialize, ToSchema)]
pub struct LowestMargin {
    /// At which moment.
    at: Millis,
    case: Case,
}

/// The worst that buyers can combine.
#[derive(Serialize, ToSchema)]
pub struct WorstOffers {
    /// For each product.
    prices: Vec<LowestPrice>,
    /// Absent while a cost is not known.
    margin: Option<LowestMargin>,
    /// How it was proven that nothing lower exists.
    closed: Closed,
}

impl From<Simulated> for WorstOffers {
    fn from(Simulated { lines, worst }: Simulated) -> Self {
        let prices = lines.into_iter().zip(worst.prices).map(|(line, (at, case))| {
            let below_floor = line.floor_fen.is_some_and(|floor| {
                let bought = case.line(&line.product, line.sku.as_ref());
                bought.is_some_and(|it| it.payable_fen.0 < floor.0.saturating_mul(it.quantity))
            });
            LowestPrice { line, at, below_floor, case }
        });
        let margin = worst.margin.map(|(at, case)| LowestMargin { at, case });
        Self { prices: prices.collect(), margin, closed: worst.closed }
    }
}

/// Promotions, newest first.
#[utoipa::path(
    get, path = "/api/v1/promotions", tag = "trade", params(PromotionsQuery),
    responses((status = 200, body = Promotions), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn list_promotions(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<PromotionsQuery>,
) -> Result<axum::Json<Promotions>, ApiError> {
    let PromotionsQuery { search, status, after, limit } = query;
    let query = PromotionQuery { search, status, after: after.map(PromotionId), limit };
    let page = state.app.list_promotions(&caller, query).await?;
    let promotions = page.promotions.into_iter().map(PromotionVersion::from).collect();
    Ok(axum::Json(Promotions { promotions, next: page.next }))
}

/// Writes a draft of a promotion.
#[utoipa::path(
    post, path = "/api/v1/promotions", tag = "trade", request_body = PromotionToWrite,
    responses((status = 201, body = PromotionVersion), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_promotions")))
)]
pub async fn add_promotion(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(promotion): Json<PromotionToWrite>,
) -> Result<(StatusCode, axum::Json<PromotionVersion>), ApiError> {
    let added = state.app.add_promotion(&caller, promotion.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(added.into())))
}

/// Writes the next version of a draft.
#[utoipa::path(
    put, path = "/api/v1/promotions/{promotion}", tag = "trade", request_body = PromotionToWrite,
    params(("promotion" = String, Path, description = "Promotion id")),
    responses((status = 200, body = PromotionVersion), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_promotions")))
)]
pub async fn edit_promotion(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<PromotionId>,
    Json(promotion): Json<PromotionToWrite>,
) -> Result<axum::Json<PromotionVersion>, ApiError> {
    Ok(axum::Json(state.app.edit_promotion(&caller, &id, promotion.into()).await?.into()))
}

/// Publishes a draft. It is refused, with the order that shows why, if something that can be combined then comes below a
/// floor or a required margin.
#[utoipa::path(
    post, path = "/api/v1/promotions/{promotion}/publish", tag = "trade",
    params(("promotion" = String, Path, description = "Promotion id")),
    responses((status = 200, body = PromotionVersion), (status = "default", body = Problem)),
    extensions(("x-action" = json!("publish_promotions")))
)]
pub async fn publish_promotion(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<PromotionId>,
) -> Result<axum::Json<PromotionVersion>, ApiError> {
    Ok(axum::Json(state.app.publish_promotion(&caller, &id).await?.into()))
}

/// Ends a promotion that is published.
#[utoipa::path(
    post, path = "/api/v1/promotions/{promotion}/end", tag = "trade",
    params(("promotion" = String, Path, description = "Promotion id")),
    responses((status = 200, body = PromotionVersion), (status = "default", body = Problem)),
    extensions(("x-action" = json!("publish_promotions")))
)]
pub async fn end_promotion(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<PromotionId>,
) -> Result<axum::Json<PromotionVersion>, ApiError> {
    Ok(axum::Json(state.app.end_promotion(&caller, &id).await?.into()))
}

/// The lowest price of one unit of each product, and the lowest margin, over all that buyers can combine. Nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/offers/simulate", tag = "trade", request_body = OffersToSimulate,
    responses((status = 200, body = WorstOffers), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_promotions")))
)]
pub async fn simulate_offers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(offers): Json<OffersToSimulate>,
) -> Result<axum::Json<WorstOffers>, ApiError> {
    let OffersToSimulate { promotions, with_published, products, shipping, at } = offers;
    let line = |it: ProductToSimulate| LineToSimulate {
        product: it.product,
        sku: it.sku,
        quantity_max: it.quantity_max,
        price: it.price_fen,
        cost: it.cost_fen,
        floor: it.floor_fen,
        minimum_margin: it.minimum_margin_fen,
    };
    let lines = products.into_iter().map(line).collect();
    let simulation = Simulation { promotions, with_published, lines, shipping, at };
    Ok(axum::Json(state.app.simulate_offers(&caller, simulation).await?.into()))
}
