//! 播前: shows, line-ups, products.

use std::collections::BTreeMap;

use axum::extract::State;
use http::StatusCode;
use livehand_app::{
    LineupItem, LineupProposal, LineupWishes, NewProduct, NewShow, ProductView, ShowQuery, ShowView,
};
use livehand_kernel::{Fen, Millis, ProductId, RoomId, ShowId};
use livehand_prepare::lineup::{Assumed, Limits, Ordered, Said};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, OptionalJson, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// Where a show happens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Room {
    id: RoomId,
    name: String,
}

/// A show (场次).
#[derive(Debug, Serialize, ToSchema)]
pub struct Show {
    id: ShowId,
    title: String,
    /// promotion, launch, daily, brand, clearance or festival.
    kind: String,
    /// live, recording or replay.
    mode: String,
    /// planned, on_air or ended.
    status: String,
    room: Room,
    planned_at: Option<Millis>,
    opened_at: Option<Millis>,
    ended_at: Option<Millis>,
    created_at: Millis,
    /// Whether its audience is made up.
    synthetic: bool,
}

impl From<ShowView> for Show {
    fn from(ShowView { row, room_name }: ShowView) -> Self {
        Self {
            id: row.id,
            title: row.title,
            kind: row.kind,
            mode: row.mode,
            status: row.status,
            room: Room { id: row.room_id, name: room_name },
            planned_at: row.planned_at,
            opened_at: row.opened_at,
            ended_at: row.ended_at,
            created_at: row.created_at,
            synthetic: row.synthetic,
        }
    }
}

/// A page of shows, newest first.
#[derive(Serialize, ToSchema)]
pub struct Shows {
    shows: Vec<Show>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<ShowId>,
}

/// Which shows to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ShowsQuery {
    /// Part of the title.
    search: Option<String>,
    /// planned, on_air or ended.
    status: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// A show to be planned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "周三日常带货", "kind": "daily"}))]
pub struct ShowToCreate {
    title: String,
    /// promotion, launch, daily, brand, clearance or festival.
    kind: String,
    /// live, recording or replay; live if absent.
    mode: Option<String>,
    planned_at: Option<Millis>,
    /// Whether its audience is made up.
    #[serde(default)]
    synthetic: bool,
}

/// A product (商品).
#[derive(Serialize, ToSchema)]
pub struct Product {
    id: ProductId,
    name: String,
    /// Live price in fen.
    price_fen: Fen,
    /// The 3 of "link 3".
    link_number: i64,
}

impl From<ProductView> for Product {
    fn from(product: ProductView) -> Self {
        Self {
            id: product.id,
            name: product.name,
            price_fen: product.price,
            link_number: product.link_number,
        }
    }
}

/// One place of a line-up.
#[derive(Serialize, ToSchema)]
pub struct Item {
    /// From 1.
    position: i64,
    product: Product,
}

impl From<LineupItem> for Item {
    fn from(item: LineupItem) -> Self {
        Self { position: item.position, product: item.product.into() }
    }
}

/// A line-up (排品).
#[derive(Serialize, ToSchema)]
pub struct Lineup {
    items: Vec<Item>,
}

/// The products of a line-up, in order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"products": []}))]
pub struct LineupToSet {
    products: Vec<ProductId>,
}

/// What is known of a show beside its line-up; all of it may be absent.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"minutes": 240, "products": {"p1": {"minutes": 6, "must_appear": true}}}))]
pub struct LineupToPropose {
    /// How long the show is, in minutes; two hours if absent.
    minutes: Option<usize>,
    /// What somebody says of products, by their ids.
    products: BTreeMap<String, Said>,
    /// The rules of the trade that the order keeps.
    limits: Limits,
}

/// A proposed order of a line-up.
#[derive(Serialize, ToSchema)]
pub struct ProposedLineup {
    /// The whole plan, and what each of its numbers rests on.
    assumed: Assumed,
    /// The minute of a show on air from which on the rest was ordered.
    from: Option<usize>,
    /// Products of the line-up that were on stage already.
    shown: Vec<String>,
    /// The order.
    ordered: Ordered,
}

/// A product to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "纯棉四件套", "price_fen": 19900, "link_number": 3}))]
pub struct ProductToAdd {
    /// The platform's id; made up if absent.
    id: Option<ProductId>,
    name: String,
    /// Live price in fen.
    price_fen: Fen,
    /// 1 to 9999.
    link_number: i64,
    /// apparel, beauty, baby, food, electronics, jewellery, home or other.
    category: Option<String>,
    /// Brand.
    brand: Option<String>,
}

/// Shows, newest first.
#[utoipa::path(
    get, path = "/api/v1/shows", tag = "prepare", params(ShowsQuery),
    responses((status = 200, body = Shows), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn list_shows(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ShowsQuery>,
) -> Result<axum::Json<Shows>, ApiError> {
    let ShowsQuery { search, status, after, limit } = query;
    let query = ShowQuery { search, status, after: after.map(ShowId), limit };
    let page = state.app.list_shows(&caller, query).await?;
    Ok(axum::Json(Shows { shows: page.shows.into_iter().map(Show::from).collect(), next: page.next }))
}

/// Plans a show.
#[utoipa::path(
    post, path = "/api/v1/shows", tag = "prepare", request_body = ShowToCreate,
    responses((status = 201, body = Show), (status = "default", body = Problem)),
    extensions(("x-action" = json!("create_show")))
)]
pub async fn create_show(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(show): Json<ShowToCreate>,
) -> Result<(StatusCode, axum::Json<Show>), ApiError> {
    let ShowToCreate { title, kind, mode, planned_at, synthetic } = show;
    let mode = mode.unwrap_or_else(|| "live".to_owned());
    let created =
        state.app.create_show(&caller, NewShow { title, kind, mode, planned_at, synthetic }).await?;
    Ok((StatusCode::CREATED, axum::Json(created.into())))
}

/// One show.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}", tag = "prepare", operation_id = "show",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Show), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn show(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Show>, ApiError> {
    Ok(axum::Json(state.app.show(&caller, &show).await?.into()))
}

/// Opens a planned show: from now on it takes events.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/open", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Show), (status = "default", body = Problem)),
    extensions(("x-action" = json!("run_show")))
)]
pub async fn open_show(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Show>, ApiError> {
    Ok(axum::Json(state.app.open_show(&caller, &show).await?.into()))
}

/// Ends a show: it takes no more events.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/end", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Show), (status = "default", body = Problem)),
    extensions(("x-action" = json!("run_show")))
)]
pub async fn end_show(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Show>, ApiError> {
    Ok(axum::Json(state.app.end_show(&caller, &show).await?.into()))
}

/// The line-up of a show, in order.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/lineup", tag = "prepare",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Lineup), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn lineup(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Lineup>, ApiError> {
    let items = state.app.lineup(&caller, &show).await?;
    Ok(axum::Json(Lineup { items: items.into_iter().map(Item::from).collect() }))
}

/// Replaces the line-up of a show.
#[utoipa::path(
    put, path = "/api/v1/shows/{show}/lineup", tag = "prepare", request_body = LineupToSet,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Lineup), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_lineup")))
)]
pub async fn set_lineup(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(lineup): Json<LineupToSet>,
) -> Result<axum::Json<Lineup>, ApiError> {
    let items = state.app.set_lineup(&caller, &show, &lineup.products).await?;
    Ok(axum::Json(Lineup { items: items.into_iter().map(Item::from).collect() }))
}

/// Proposes an order for the line-up, from what past shows tell and from what is said here; of a show on air, for what is
/// left of it. Nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/lineup/proposal", tag = "prepare", request_body = LineupToPropose,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = ProposedLineup), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_lineup")))
)]
pub async fn propose_lineup(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    OptionalJson(wishes): OptionalJson<LineupToPropose>,
) -> Result<axum::Json<ProposedLineup>, ApiError> {
    let LineupToPropose { minutes, products, limits } = wishes;
    let proposal =
        state.app.propose_lineup(&caller, &show, LineupWishes { minutes, products, limits }).await?;
    let LineupProposal { assumed, from, shown, ordered } = proposal;
    Ok(axum::Json(ProposedLineup { assumed, from, shown, ordered }))
}

/// Adds a product.
#[utoipa::path(
    post, path = "/api/v1/products", tag = "prepare", request_body = ProductToAdd,
    responses((status = 201, body = Product), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn add_product(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(product): Json<ProductToAdd>,
) -> Result<(StatusCode, axum::Json<Product>), ApiError> {
    let ProductToAdd { id, name, price_fen, link_number, category, brand } = product;
    let new = NewProduct { id, name, price: price_fen, link_number, category, brand };
    let added = state.app.add_product(&caller, new).await?;
    Ok((StatusCode::CREATED, axum::Json(added.into())))
}
