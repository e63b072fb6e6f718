//! 交易: stock. Movements, what others report, differences, recipes, and putting sums right.

use axum::extract::State;
use livehand_app::{
    NewMovement, NewStockReport, RecipeView, RepairedSku, ReportView, StockMovements, StockQuery,
    StockRecorded, StockView,
};
use livehand_kernel::{FactRef, Language, Millis, Phrase, SkuId};
use livehand_trade::stock::{
    Difference, Drift, Entry, Kind, Part, Reason, Recipe, RecipeKind, Reporter, Stock, Who,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, OptionalJson, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem, language};

/// The books of one SKU (库存台账).
#[derive(Serialize, ToSchema)]
pub struct StockLine {
    #[serde(flatten)]
    stock: Stock,
    /// What is in front of the buyers: available less locked.
    shown: i64,
    /// Whether less is available than is held back, or nothing.
    low: bool,
    /// Whether somebody reports something else.
    differing: bool,
    /// Whose SKU it is, if the catalogue knows it.
    product: Option<String>,
    /// Name of the product.
    product_name: Option<String>,
    /// The figure `shown` as a fact that can be quoted.
    fact: Option<FactRef>,
}

impl From<StockView> for StockLine {
    fn from(StockView { row, differing, fact }: StockView) -> Self {
        Self {
            shown: row.stock.shown(),
            low: row.stock.is_low(),
            stock: row.stock,
            differing,
            product: row.product_id.map(|id| id.0),
            product_name: row.product_name,
            fact,
        }
    }
}

/// A page of SKUs, by id.
#[derive(Serialize, ToSchema)]
pub struct StockLines {
    stocks: Vec<StockLine>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<SkuId>,
    /// When it was so.
    at: Millis,
}

/// Which SKUs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockLinesQuery {
    /// Part of the SKU's id or its product's name.
    search: Option<String>,
    /// Only those that run out.
    low: Option<bool>,
    /// Only those of which somebody reports something else.
    differing: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// One movement as it stands in the books.
#[derive(Serialize, ToSchema)]
pub struct MovementRow {
    /// Its number in the books of the SKU, from 1.
    number: i64,
    id: String,
    kind: Kind,
    quantity: i64,
    /// Whether what it added stays locked until it is released.
    locked: bool,
    at: Millis,
    reason: Reason,
    note: String,
    by: String,
    source: String,
    order: Option<String>,
    /// The bundle that was asked for, if this is a part of one.
    bundle: Option<SkuId>,
}

impl From<Entry> for MovementRow {
    fn from(Entry { number, movement, asked_sku, .. }: Entry) -> Self {
        Self {
            number,
            bundle: Some(asked_sku).filter(|asked| *asked != movement.sku),
            id: movement.id,
            kind: movement.kind,
            quantity: movement.quantity,
            locked: movement.locked,
            at: movement.at,
            reason: movement.reason,
            note: movement.note,
            by: movement.by_name,
            source: movement.source,
            order: movement.order,
        }
    }
}

/// Movements of one SKU, the latest first.
#[derive(Serialize, ToSchema)]
pub struct MovementRows {
    stock: Stock,
    movements: Vec<MovementRow>,
    /// Give it as `before` for the next page; absent on the last.
    next: Option<i64>,
}

/// Which movements to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MovementRowsQuery {
    /// `next` of the page before.
    before: Option<i64>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// A movement to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovementToRecord {
    /// Chosen by the client; the same id counts once.
    id: String,
    /// A SKU or a bundle.
    sku: SkuId,
    kind: Kind,
    /// Units; the share in percent for `buffer_share_set`.
    quantity: i64,
    /// When it happened; now if absent.
    at: Option<Millis>,
    /// The usual reason of its kind if absent.
    reason: Option<Reason>,
    #[serde(default)]
    note: String,
    order: Option<String>,
}

/// Where movements or reports come from.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementSource {
    /// Entered by hand.
    #[default]
    Manual,
    /// Read from a sheet.
    Sheet,
    /// Sent by another program.
    Webhook,
    /// Fetched by a connector.
    Connector,
}

/// Movements to be recorded, all of them or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"movements": [{"id": "m-1", "sku": "cup-red", "kind": "received", "quantity": 30}]}))]
pub struct MovementsToRecord {
    /// At most 500.
    movements: Vec<MovementToRecord>,
    #[serde(default)]
    source: MovementSource,
}

/// What became of movements.
#[derive(Serialize, ToSchema)]
pub struct MovementsRecorded {
    /// New ones.
    recorded: usize,
    /// Those that were there already.
    duplicates: usize,
    /// The sums of every SKU that was named or consumed.
    stocks: Vec<Stock>,
}

/// One row of a report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockReportRow {
    sku: SkuId,
    quantity: i64,
}

/// What somebody says of our stock.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "r-1", "source": "一号仓", "reporter": "warehouse", "as_of": 1_781_784_000_000_i64,
    "rows": [{"sku": "cup-red", "quantity": 27}]}))]
pub struct StockReportToKeep {
    /// Chosen by the client; the same id is taken once.
    id: String,
    /// Name of the warehouse, the platform or the sheet.
    source: String,
    reporter: Reporter,
    /// When it was so.
    as_of: Millis,
    /// From which age on it is not believed; a minute for platforms and a day for warehouses if absent.
    age_limit_ms: Option<i64>,
    rows: Vec<StockReportRow>,
}

/// One SKU of which a report says something else than the books.
#[derive(Serialize, ToSchema)]
pub struct StockDifference {
    sku: SkuId,
    ours: i64,
    theirs: i64,
    age_ms: i64,
    /// Who must act.
    who: Who,
    /// Why, and what to do.
    why: String,
}

/// The latest report of a source, held against the books.
#[derive(Serialize, ToSchema)]
pub struct StockReportCompared {
    source: String,
    reporter: Reporter,
    as_of: Millis,
    age_ms: i64,
    age_limit_ms: i64,
    /// How many rows it has.
    rows: usize,
    /// Why it is not believed, if it is not; then nothing is compared.
    distrust: Option<String>,
    /// The gravest first.
    differences: Vec<StockDifference>,
}

/// The latest reports.
#[derive(Serialize, ToSchema)]
pub struct StockReportsCompared {
    reports: Vec<StockReportCompared>,
}

/// Which sums to compute again.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"apply": false}))]
pub struct StockToRepair {
    /// One SKU; all of them if absent.
    sku: Option<SkuId>,
    /// Whether to write the sums where they differ; otherwise it is only said what would change.
    apply: bool,
}

/// A SKU whose sums are not what its movements give.
#[derive(Serialize, ToSchema)]
pub struct SkuRepaired {
    sku: SkuId,
    /// The sums that differ.
    drift: Vec<Drift>,
    /// Identities that the kept sums break.
    broken: Vec<String>,
    /// Numbers of movements that make no sense where they stand; then the sums are left alone.
    damaged: Vec<i64>,
}

/// What a repair found.
#[derive(Serialize, ToSchema)]
pub struct StockRepaired {
    /// SKUs that were looked at.
    checked: usize,
    /// Those that were wrong.
    wrong: Vec<SkuRepaired>,
    /// How many were put right.
    put_right: usize,
}

/// Recipes to be replaced; one without parts is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"recipes": [{"sku": "tea-set", "kind": "bundle", "parts": [{"sku": "cup-red", "quantity": 2}]}]}))]
pub struct RecipesToSet {
    recipes: Vec<Recipe>,
}

/// A recipe, and how many of it can be sold.
#[derive(Serialize, ToSchema)]
pub struct RecipeLine {
    sku: SkuId,
    kind: RecipeKind,
    parts: Vec<Part>,
    /// The least that its parts allow.
    available: i64,
}

/// All recipes, by SKU.
#[derive(Serialize, ToSchema)]
pub struct RecipeLines {
    recipes: Vec<RecipeLine>,
}

fn recipe_lines(views: Vec<RecipeView>) -> RecipeLines {
    let line = |RecipeView { recipe, available }: RecipeView| {
        let Recipe { sku, kind, parts } = recipe;
        RecipeLine { sku, kind, parts, available }
    };
    RecipeLines { recipes: views.into_iter().map(line).collect() }
}

fn said(phrase: &Phrase, language: Language) -> String {
    phrase.in_language(language).to_owned()
}

fn compared(views: Vec<ReportView>, language: Language) -> StockReportsCompared {
    let difference = |it: &Difference| StockDifference {
        sku: it.sku.clone(),
        ours: it.ours,
        theirs: it.theirs,
        age_ms: it.age_ms,
        who: it.who,
        why: said(&it.why, language),
    };
    let report = |ReportView { row, compared }: ReportView| StockReportCompared {
        source: row.source,
        reporter: row.report.reporter,
        as_of: row.report.as_of,
        age_ms: compared.age_ms,
        age_limit_ms: row.report.age_limit_ms,
        rows: row.report.rows.len(),
        distrust: compared.distrust.as_ref().map(|why| said(why, language)),
        differences: compared.differences.iter().map(difference).collect(),
    };
    StockReportsCompared { reports: views.into_iter().map(report).collect() }
}

/// SKUs that ever moved, by id.
#[utoipa::path(
    get, path = "/api/v1/stock", tag = "trade", params(StockLinesQuery),
    responses((status = 200, body = StockLines), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_stock")))
)]
pub async fn list_stock(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<StockLinesQuery>,
) -> Result<axum::Json<StockLines>, ApiError> {
    let StockLinesQuery { search, low, differing, after, limit } = query;
    let (low, differing) = (low.unwrap_or(false), differing.unwrap_or(false));
    let query = StockQuery { search, low, differing, after: after.map(SkuId), limit };
    let page = state.app.list_stock(&caller, query).await?;
    let stocks = page.stocks.into_iter().map(StockLine::from).collect();
    Ok(axum::Json(StockLines { stocks, next: page.next, at: page.at }))
}

/// What moved of a SKU, the latest first.
#[utoipa::path(
    get, path = "/api/v1/stock/{sku}/movements", tag = "trade",
    params(("sku" = String, Path, description = "SKU id"), MovementRowsQuery),
    responses((status = 200, body = MovementRows), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_stock")))
)]
pub async fn stock_movements(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(sku): Path<SkuId>,
    Query(query): Query<MovementRowsQuery>,
) -> Result<axum::Json<MovementRows>, ApiError> {
    let found = state.app.stock_movements(&caller, &sku, query.before, query.limit).await?;
    let StockMovements { stock, movements, next } = found;
    let movements = movements.into_iter().map(MovementRow::from).collect();
    Ok(axum::Json(MovementRows { stock, movements, next }))
}

/// Records movements, all of them or none; one with an id that was recorded before counts as done. While a show is on air
/// with a SKU, what comes in stays locked, and `released` is refused: that takes two people.
#[utoipa::path(
    post, path = "/api/v1/stock/movements", tag = "trade", request_body = MovementsToRecord,
    responses((status = 200, body = MovementsRecorded), (status = "default", body = Problem)),
    extensions(("x-action" = json!("move_stock")))
)]
pub async fn move_stock(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<MovementsToRecord>,
) -> Result<axum::Json<MovementsRecorded>, ApiError> {
    let source = match body.source {
        MovementSource::Manual => "manual",
        MovementSource::Sheet => "sheet",
        MovementSource::Webhook => "webhook",
        MovementSource::Connector => "connector",
    };
    let movements: Vec<NewMovement> = (body.movements.into_iter())
        .map(|new| {
            let MovementToRecord { id, sku, kind, quantity, at, reason, note, order } = new;
            NewMovement { id, sku, kind, quantity, at, reason, note, order }
        })
        .collect();
    let recorded = state.app.move_stock(&caller, source, &movements).await?;
    let StockRecorded { recorded, duplicates, stocks } = recorded;
    Ok(axum::Json(MovementsRecorded { recorded, duplicates, stocks }))
}

/// Keeps what a warehouse, a platform or a sheet says of our stock, and holds it against the books, which stay as they are.
#[utoipa::path(
    post, path = "/api/v1/stock/reports", tag = "trade", request_body = StockReportToKeep,
    responses((status = 200, body = StockReportsCompared), (status = "default", body = Problem)),
    extensions(("x-action" = json!("move_stock")))
)]
pub async fn report_stock(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: http::HeaderMap,
    Json(body): Json<StockReportToKeep>,
) -> Result<axum::Json<StockReportsCompared>, ApiError> {
    let StockReportToKeep { id, source, reporter, as_of, age_limit_ms, rows } = body;
    let rows = rows.into_iter().map(|row| (row.sku, row.quantity)).collect();
    let new = NewStockReport { id, source, reporter, as_of, age_limit_ms, rows };
    Ok(axum::Json(compared(state.app.report_stock(&caller, new).await?, language(&headers))))
}

/// What differs between the books and the latest report of each source, and who must act.
#[utoipa::path(
    get, path = "/api/v1/stock/differences", tag = "trade",
    responses((status = 200, body = StockReportsCompared), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_stock")))
)]
pub async fn stock_differences(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: http::HeaderMap,
) -> Result<axum::Json<StockReportsCompared>, ApiError> {
    Ok(axum::Json(compared(state.app.stock_differences(&caller).await?, language(&headers))))
}

/// Computes sums again from the movements; with `apply` it writes them where they differ.
#[utoipa::path(
    post, path = "/api/v1/stock/repair", tag = "trade", request_body = StockToRepair,
    responses((status = 200, body = StockRepaired), (status = "default", body = Problem)),
    extensions(("x-action" = json!("repair_stock")))
)]
pub async fn repair_stock(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: http::HeaderMap,
    OptionalJson(body): OptionalJson<StockToRepair>,
) -> Result<axum::Json<StockRepaired>, ApiError> {
    let found = state.app.repair_stock(&caller, body.sku.as_ref(), body.apply).await?;
    let language = language(&headers);
    let wrong = |RepairedSku { sku, drift, broken, damaged }: RepairedSku| SkuRepaired {
        sku,
        drift,
        broken: broken.iter().map(|phrase| said(phrase, language)).collect(),
        damaged,
    };
    Ok(axum::Json(StockRepaired {
        checked: found.checked,
        wrong: found.wrong.into_iter().map(wrong).collect(),
        put_right: found.put_right,
    }))
}

/// What bundles are made of and what is given away with SKUs.
#[utoipa::path(
    get, path = "/api/v1/stock/recipes", tag = "trade",
    responses((status = 200, body = RecipeLines), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_stock")))
)]
pub async fn stock_recipes(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<RecipeLines>, ApiError> {
    Ok(axum::Json(recipe_lines(state.app.stock_recipes(&caller).await?)))
}

/// Replaces the recipes of these SKUs.
#[utoipa::path(
    put, path = "/api/v1/stock/recipes", tag = "trade", request_body = RecipesToSet,
    responses((status = 200, body = RecipeLines), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_products")))
)]
pub async fn set_stock_recipes(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(body): Json<RecipesToSet>,
) -> Result<axum::Json<RecipeLines>, ApiError> {
    Ok(axum::Json(recipe_lines(state.app.set_stock_recipes(&caller, &body.recipes).await?)))
}
