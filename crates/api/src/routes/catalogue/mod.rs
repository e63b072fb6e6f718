//! 播前: the catalogue (商品库): product cards, the grid, history and undoing.

mod cards;
mod edits;

use axum::extract::State;
use http::StatusCode;
use livehand_app::FactEdit;
use livehand_kernel::{ProductId, SkuId};

pub use cards::By;
use cards::{
    CatalogueFields, CompareQuery, ComparedProducts, FactVersions, HistoryQuery, ProductCard, Products,
    ProductsQuery, Sku,
};
use edits::{EditDone, Edits, EditsQuery, FactsToEdit, SkuToAdd};

use crate::ApiState;
use crate::body::{Json, LargeJson, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// Products, by link number.
#[utoipa::path(
    get, path = "/api/v1/products", tag = "prepare", params(ProductsQuery),
    responses((status = 200, body = Products), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn list_products(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ProductsQuery>,
) -> Result<axum::Json<Products>, ApiError> {
    Ok(axum::Json(state.app.find_products(&caller, &query.into()).await?.into()))
}

/// Everything that is known of a product.
#[utoipa::path(
    get, path = "/api/v1/products/{product}", tag = "prepare",
    params(("product" = String, Path, description = "Product id")),
    responses((status = 200, body = ProductCard), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn product(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(product): Path<ProductId>,
) -> Result<axum::Json<ProductCard>, ApiError> {
    Ok(axum::Json(state.app.product(&caller, &product).await?.into()))
}

/// All versions of a fact of a product, or of everything about it.
#[utoipa::path(
    get, path = "/api/v1/products/{product}/history", tag = "prepare",
    params(("product" = String, Path, description = "Product id"), HistoryQuery),
    responses((status = 200, body = FactVersions), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn fact_history(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(product): Path<ProductId>,
    Query(query): Query<HistoryQuery>,
) -> Result<axum::Json<FactVersions>, ApiError> {
    let HistoryQuery { field, sku, limit } = query;
    let sku = sku.filter(|sku| !sku.is_empty()).map(SkuId);
    let field = field.filter(|field| !field.is_empty());
    let versions = state.app.fact_history(&caller, &product, sku.as_ref(), field.as_deref(), limit).await?;
    Ok(axum::Json(versions.into()))
}

/// Products beside one another.
#[utoipa::path(
    get, path = "/api/v1/products/compare", tag = "prepare", params(CompareQuery),
    responses((status = 200, body = ComparedProducts), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn compare_products(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<CompareQuery>,
) -> Result<axum::Json<ComparedProducts>, ApiError> {
    let ids = query.ids.split(',').map(str::trim).filter(|id| !id.is_empty());
    let ids: Vec<ProductId> = ids.map(ProductId::from).collect();
    Ok(axum::Json(state.app.compare_products(&caller, &ids).await?.into()))
}

/// Adds a SKU to a product.
#[utoipa::path(
    post, path = "/api/v1/products/{product}/skus", tag = "prepare", request_body = SkuToAdd,
    params(("product" = String, Path, description = "Product id")),
    responses((status = 201, body = Sku), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn add_sku(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(product): Path<ProductId>,
    Json(sku): Json<SkuToAdd>,
) -> Result<(StatusCode, axum::Json<Sku>), ApiError> {
    let added = state.app.add_sku(&caller, &product, sku.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(added.into())))
}

/// Takes a SKU out of use.
#[utoipa::path(
    post, path = "/api/v1/products/{product}/skus/{sku}/disable", tag = "prepare",
    params(("product" = String, Path, description = "Product id"), ("sku" = String, Path, description = "SKU id")),
    responses((status = 204), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn disable_sku(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((product, sku)): Path<(ProductId, SkuId)>,
) -> Result<StatusCode, ApiError> {
    state.app.set_sku_disabled(&caller, &product, &sku, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a SKU back into use.
#[utoipa::path(
    post, path = "/api/v1/products/{product}/skus/{sku}/enable", tag = "prepare",
    params(("product" = String, Path, description = "Product id"), ("sku" = String, Path, description = "SKU id")),
    responses((status = 204), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn enable_sku(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((product, sku)): Path<(ProductId, SkuId)>,
) -> Result<StatusCode, ApiError> {
    state.app.set_sku_disabled(&caller, &product, &sku, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The fields of a product card, with their kinds and for which categories they are needed.
#[utoipa::path(
    get, path = "/api/v1/catalogue/fields", tag = "prepare",
    responses((status = 200, body = CatalogueFields), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn fields(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<CatalogueFields>, ApiError> {
    Ok(axum::Json(CatalogueFields::of(state.app.catalogue_fields(&caller)?)))
}

/// Writes new versions of facts: one cell or a whole paste, all of it or nothing.
#[utoipa::path(
    post, path = "/api/v1/facts", tag = "prepare", request_body = FactsToEdit,
    responses((status = 200, body = EditDone), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn edit_facts(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    LargeJson(edits): LargeJson<FactsToEdit>,
) -> Result<axum::Json<EditDone>, ApiError> {
    let edits: Vec<FactEdit> = edits.edits.into_iter().map(FactEdit::from).collect();
    Ok(axum::Json(state.app.edit_facts(&caller, &edits).await?.into()))
}

/// Edits, newest first.
#[utoipa::path(
    get, path = "/api/v1/edits", tag = "prepare", params(EditsQuery),
    responses((status = 200, body = Edits), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn list_edits(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<EditsQuery>,
) -> Result<axum::Json<Edits>, ApiError> {
    let page = state.app.list_edits(&caller, query.after.as_deref(), query.limit).await?;
    Ok(axum::Json(page.into()))
}

/// Undoes an edit as a whole, unless something of it was changed since.
#[utoipa::path(
    post, path = "/api/v1/edits/{edit}/undo", tag = "prepare",
    params(("edit" = String, Path, description = "Edit id")),
    responses((status = 200, body = EditDone), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn undo_edit(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(edit): Path<String>,
) -> Result<axum::Json<EditDone>, ApiError> {
    Ok(axum::Json(state.app.undo_edit(&caller, &edit).await?.into()))
}
