//! 交易: the five prices of a product, and breakers.

use axum::extract::State;
use livehand_app::{BreakerView, FivePrices, NewSighting, PriceRow};
use livehand_kernel::{Fen, Millis, ProductId, ShowId, SkuId};
use livehand_trade::prices::Deviation;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::changes::Reason;
use crate::ApiState;
use crate::body::{Json, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// A price that was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "page", "price_fen": 12900}))]
pub struct PriceSeen {
    /// script, spoken, page, payable or paid.
    kind: String,
    /// In fen.
    price_fen: Fen,
    show: Option<ShowId>,
    sku: Option<SkuId>,
    #[serde(default)]
    note: String,
}

/// One of the five prices.
#[derive(Serialize, ToSchema)]
pub struct SeenPrice {
    /// script, spoken, page, payable or paid.
    kind: String,
    sku: Option<SkuId>,
    price_fen: Fen,
    /// The nearest price that would have been right.
    expected_fen: Fen,
    /// Deviation in per mille; negative if too low.
    per_mille: i64,
    severity: Deviation,
    at: Millis,
    by: String,
    note: String,
}

impl From<PriceRow> for SeenPrice {
    fn from(PriceRow { seen, compared }: PriceRow) -> Self {
        Self {
            kind: seen.kind,
            sku: Some(seen.sku_id).filter(|sku| !sku.is_empty()).map(SkuId),
            price_fen: seen.price,
            expected_fen: compared.expected,
            per_mille: compared.per_mille,
            severity: compared.severity,
            at: seen.at,
            by: seen.person_name,
            note: seen.note,
        }
    }
}

/// The five prices of a product, those that were seen.
#[derive(Serialize, ToSchema)]
pub struct ProductPrices {
    /// The live price.
    live_fen: Fen,
    prices: Vec<SeenPrice>,
    /// The breaker that keeps it from being sold.
    breaker: Option<Breaker>,
}

impl From<FivePrices> for ProductPrices {
    fn from(it: FivePrices) -> Self {
        Self {
            live_fen: it.live,
            prices: it.prices.into_iter().map(SeenPrice::from).collect(),
            breaker: it.breaker.map(Breaker::from),
        }
    }
}

/// A breaker (熔断).
#[derive(Serialize, ToSchema)]
pub struct Breaker {
    id: String,
    show: Option<ShowId>,
    product: ProductId,
    product_name: String,
    /// Which of the five prices was wrong.
    kind: String,
    seen_fen: Fen,
    expected_fen: Fen,
    tripped_at: Millis,
    /// Who said first that it may be lifted.
    first_name: Option<String>,
    first_reason: Option<String>,
    second_name: Option<String>,
    second_reason: Option<String>,
    lifted_at: Option<Millis>,
}

impl From<BreakerView> for Breaker {
    fn from(BreakerView { row, product_name }: BreakerView) -> Self {
        let (first_name, first_reason) = row.first.map(|it| (it.name, it.reason)).unzip();
        let (second_name, second_reason) = row.second.unzip();
        Self {
            id: row.id,
            show: row.show_id,
            product: row.product_id,
            product_name,
            kind: row.kind,
            seen_fen: row.seen,
            expected_fen: row.expected,
            tripped_at: row.tripped_at,
            first_name,
            first_reason,
            second_name,
            second_reason,
            lifted_at: row.lifted_at,
        }
    }
}

/// Breakers, newest first.
#[derive(Serialize, ToSchema)]
pub struct Breakers {
    breakers: Vec<Breaker>,
}

/// Which breakers to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BreakersQuery {
    /// Only those that are not lifted.
    tripped: Option<bool>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// The five prices of a product, each held against what it should be.
#[utoipa::path(
    get, path = "/api/v1/products/{product}/prices", tag = "trade",
    params(("product" = String, Path, description = "Product id")),
    responses((status = 200, body = ProductPrices), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_changes")))
)]
pub async fn five_prices(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(product): Path<ProductId>,
) -> Result<axum::Json<ProductPrices>, ApiError> {
    Ok(axum::Json(state.app.five_prices(&caller, &product).await?.into()))
}

/// Records a price that was seen. More than 1 % off raises an alarm, more than 20 % trips the breaker.
#[utoipa::path(
    post, path = "/api/v1/products/{product}/prices", tag = "trade", request_body = PriceSeen,
    params(("product" = String, Path, description = "Product id")),
    responses((status = 200, body = ProductPrices), (status = "default", body = Problem)),
    extensions(("x-action" = json!("record_price")))
)]
pub async fn record_price(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(product): Path<ProductId>,
    Json(seen): Json<PriceSeen>,
) -> Result<axum::Json<ProductPrices>, ApiError> {
    let PriceSeen { kind, price_fen, show, sku, note } = seen;
    let new = NewSighting { kind, price: price_fen, show, sku, note };
    Ok(axum::Json(state.app.record_price(&caller, &product, new).await?.into()))
}

/// Breakers, newest first.
#[utoipa::path(
    get, path = "/api/v1/breakers", tag = "trade", params(BreakersQuery),
    responses((status = 200, body = Breakers), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_changes")))
)]
pub async fn list_breakers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(BreakersQuery { tripped, limit }): Query<BreakersQuery>,
) -> Result<axum::Json<Breakers>, ApiError> {
    let page = state.app.list_breakers(&caller, tripped.unwrap_or(false), limit).await?;
    Ok(axum::Json(Breakers { breakers: page.breakers.into_iter().map(Breaker::from).collect() }))
}

/// Says that a breaker may be lifted; the second who says so, with a hat of the other kind, lifts it.
#[utoipa::path(
    post, path = "/api/v1/breakers/{breaker}/lift", tag = "trade", request_body = Reason,
    params(("breaker" = String, Path, description = "Breaker id")),
    responses((status = 200, body = Breaker), (status = "default", body = Problem)),
    extensions(("x-action" = json!("lift_breaker")))
)]
pub async fn lift_breaker(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(breaker): Path<String>,
    Json(Reason { reason }): Json<Reason>,
) -> Result<axum::Json<Breaker>, ApiError> {
    Ok(axum::Json(state.app.lift_breaker(&caller, &breaker, &reason).await?.into()))
}
