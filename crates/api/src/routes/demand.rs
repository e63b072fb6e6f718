//! 播中: what viewers wish for, and what of it is not sold.

use axum::extract::State;
use livehand_app::{DemandView, MissingWish, SkuOffer, StockNow};
use livehand_kernel::{Millis, Sequence, ShowId, SkuId};
use livehand_live::CrewAction;
use livehand_live::view::{DemandCard, Ratio};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::live::{Acted, act};
use crate::ApiState;
use crate::body::{Json, Path};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// What was done about a demand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "w-1", "text": "主播已讲，补了 20 件"}))]
pub struct DemandOutcome {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    /// In words.
    text: String,
}

/// The demand of a show.
#[derive(Serialize, ToSchema)]
pub struct Demands {
    /// When the stock was looked up.
    at: Millis,
    /// Those that rose last first: open ones, then the last 30 that are over or closed.
    demands: Vec<Demand>,
}

/// A demand with what the crew needs to answer it.
#[derive(Serialize, ToSchema)]
pub struct Demand {
    /// As the room has it.
    card: DemandCard,
    /// Link number of the product. Absent: the product is not known.
    link_number: Option<i64>,
    /// Its name.
    name: Option<String>,
    /// Whether the catalogue has what is wanted. Absent: it does not say.
    offered: Option<bool>,
    /// The SKUs that are wanted, or those that there are instead; at most 12.
    skus: Vec<DemandedSku>,
    /// A line for the host, with slots, to be pushed as a card. Absent: nothing can be said, or the demand is not open.
    line: Option<String>,
    /// The line as it would be said now.
    said: Option<String>,
}

/// A SKU beside a demand.
#[derive(Serialize, ToSchema)]
pub struct DemandedSku {
    /// Absent for a product without SKUs.
    sku: Option<SkuId>,
    /// Its colour and size, safe to show.
    label: String,
    /// Absent: not known.
    stock: Option<DemandedStock>,
}

/// A stock figure that can be quoted.
#[derive(Serialize, ToSchema)]
pub struct DemandedStock {
    /// Units in front of the buyers.
    value: i64,
    /// Its version, as a quote has it.
    version: i64,
    /// When it last changed.
    at: Millis,
    /// Whether the stock ledger keeps it; otherwise somebody typed it.
    of_ledger: bool,
}

/// What viewers wished for and the catalogue does not have.
#[derive(Serialize, ToSchema)]
pub struct MissingDemands {
    /// The most viewers first.
    wishes: Vec<MissingVariant>,
    /// Of the viewers who asked something in this show, those who bought later. Absent: not known, because nobody who asked
    /// bought, or because a payment does not say by whom.
    conversion: Option<Ratio>,
    /// Wishes that are kept no more, because others were more recent.
    forgotten: u64,
}

/// A variant that was wished for and is not sold.
#[derive(Serialize, ToSchema)]
pub struct MissingVariant {
    /// Product id.
    product: String,
    link_number: i64,
    name: String,
    /// In which colour, if one is named.
    colour: Option<String>,
    /// In which size, if one is named.
    size: Option<String>,
    /// Distinct viewers.
    viewers: u64,
    /// Comments.
    comments: u64,
    /// The first three wordings, safe to show.
    wordings: Vec<String>,
    /// Orders that were probably lost: `viewers` × `conversion`. Absent: not known.
    lost: Option<Ratio>,
    /// The first comment.
    first: Millis,
    /// The last one.
    last: Millis,
}

impl From<DemandView> for Demand {
    fn from(view: DemandView) -> Self {
        let DemandView { card, product, offered, skus, line, said } = view;
        let (link_number, name) = product.unzip();
        let skus = skus.into_iter().map(DemandedSku::from).collect();
        Self { card, link_number, name, offered, skus, line, said }
    }
}

impl From<SkuOffer> for DemandedSku {
    fn from(SkuOffer { sku, label, stock }: SkuOffer) -> Self {
        let stock = stock.map(|StockNow { value, version, at, of_ledger }| DemandedStock {
            value,
            version,
            at,
            of_ledger,
        });
        Self { sku, label, stock }
    }
}

impl From<MissingWish> for MissingVariant {
    fn from(MissingWish { wish, link_number, name, lost }: MissingWish) -> Self {
        Self {
            product: wish.product.unwrap_or_default(),
            link_number,
            name,
            colour: wish.colour,
            size: wish.size,
            viewers: wish.viewers,
            comments: wish.comments,
            wordings: wish.wordings,
            lost,
            first: wish.first,
            last: wish.last,
        }
    }
}

/// What many viewers wish for, with the stock of it and a line for the host (需求).
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/demand", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Demands), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn demand(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Demands>, ApiError> {
    let demands = state.app.demand(&caller, &show).await?;
    Ok(axum::Json(Demands { at: state.app.now(), demands: demands.into_iter().map(Demand::from).collect() }))
}

/// Closes a demand, with what was done about it.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/demand/{demand}/close", tag = "live", request_body = DemandOutcome,
    params(
        ("show" = String, Path, description = "Show id"),
        ("demand" = u64, Path, description = "The demand's id", example = 1),
    ),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("answer_question")))
)]
pub async fn close_demand(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, demand)): Path<(ShowId, Sequence)>,
    Json(outcome): Json<DemandOutcome>,
) -> Result<axum::Json<Acted>, ApiError> {
    let DemandOutcome { id, text } = outcome;
    act(&state, &caller, &show, id, CrewAction::CloseDemand { demand, text }).await
}

/// What viewers wished for and the catalogue does not have, also after the show (缺失需求).
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/missing-demand", tag = "review",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = MissingDemands), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_review")))
)]
pub async fn missing_demand(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<MissingDemands>, ApiError> {
    let missing = state.app.missing_demand(&caller, &show).await?;
    let wishes = missing.wishes.into_iter().map(MissingVariant::from).collect();
    Ok(axum::Json(MissingDemands { wishes, conversion: missing.conversion, forgotten: missing.forgotten }))
}
