//! 交易: changes that need two people.

use axum::extract::State;
use http::StatusCode;
use livehand_app::{Approval, Assessment, ChangeQuery, ChangeView, NewChange, PromotionStep};
use livehand_compliance::changes::{Confirmation, Warning};
use livehand_kernel::{ChangeId, Fen, Millis, ProductId, PromotionId, ShowId, SkuId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};
use crate::words::Words;

/// A change to be asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "price", "product": "p1", "to_fen": 9900, "reason": "跟进对手价"}))]
pub struct ChangeToPropose {
    /// price or flash_sale.
    kind: String,
    /// The show that it is for.
    show: Option<ShowId>,
    product: ProductId,
    /// Only this SKU.
    sku: Option<SkuId>,
    /// The new price in fen.
    to_fen: Fen,
    /// Whether the former price comes back at the end of the show.
    #[serde(default)]
    live_only: bool,
    /// When the former price comes back; a flash sale needs it.
    ends_at: Option<Millis>,
    /// Why.
    reason: String,
}

impl From<ChangeToPropose> for NewChange {
    fn from(change: ChangeToPropose) -> Self {
        let ChangeToPropose { kind, show, product, sku, to_fen, live_only, ends_at, reason } = change;
        Self { kind, show, product, sku, to: to_fen, live_only, ends_at, reason }
    }
}

/// Something to look out for.
#[derive(Serialize, ToSchema)]
pub struct Caution {
    code: Warning,
    words: Words,
}

/// How much care a change needs.
#[derive(Serialize, ToSchema)]
pub struct CareNeeded {
    /// What to look out for, the worst first.
    warnings: Vec<Caution>,
    /// What the second person has to confirm.
    confirmations: Vec<Confirmation>,
    /// Whether one person may never apply it alone.
    never_alone: bool,
}

impl From<livehand_compliance::changes::Care> for CareNeeded {
    fn from(care: livehand_compliance::changes::Care) -> Self {
        let caution = |code: Warning| Caution { code, words: code.words().into() };
        Self {
            warnings: care.warnings.into_iter().map(caution).collect(),
            confirmations: care.confirmations,
            never_alone: care.never_alone,
        }
    }
}

/// Why a change cannot be asked for.
#[derive(Serialize, ToSchema)]
pub struct Refused {
    code: String,
    words: Words,
}

/// What a change would mean.
#[derive(Serialize, ToSchema)]
pub struct ChangeAssessment {
    /// The price now.
    from_fen: Option<Fen>,
    /// The price that it is held against.
    usual_fen: Option<Fen>,
    /// The amount in words, to be read out.
    in_words: Words,
    care: CareNeeded,
    /// Why it cannot be asked for.
    refused: Option<Refused>,
}

impl From<Assessment> for ChangeAssessment {
    fn from(it: Assessment) -> Self {
        Self {
            from_fen: it.from,
            usual_fen: it.usual,
            in_words: it.in_words.into(),
            care: it.care.into(),
            refused: it.refused.map(|(code, words)| Refused { code: code.to_owned(), words: words.into() }),
        }
    }
}

/// A change that needs two people.
#[derive(Serialize, ToSchema)]
#[schema(as = TwoPersonChange)]
pub struct Change {
    id: ChangeId,
    show: Option<ShowId>,
    /// price, flash_sale, promotion or stock_release.
    kind: String,
    /// Product, or promotion.
    subject: String,
    subject_name: String,
    sku: Option<SkuId>,
    from_fen: Option<Fen>,
    to_fen: Option<Fen>,
    /// The amount in words.
    in_words: Option<Words>,
    live_only: bool,
    ends_at: Option<Millis>,
    reason: String,
    /// proposed, delayed, applied, restored, rejected, withdrawn or undone.
    status: String,
    care: CareNeeded,
    /// Account of whoever asked.
    maker: String,
    maker_name: String,
    made_at: Millis,
    /// When it comes into force without a second person.
    due_at: Option<Millis>,
    checker_name: Option<String>,
    decided_at: Option<Millis>,
    /// Why it was rejected, or made alone.
    decision: String,
    applied_at: Option<Millis>,
    /// Until when either of the two can undo it.
    undo_until: Option<Millis>,
    restored_at: Option<Millis>,
}

impl From<ChangeView> for Change {
    fn from(ChangeView { row, subject_name, care, in_words, undo_until }: ChangeView) -> Self {
        Self {
            id: row.id,
            show: row.show_id,
            kind: row.kind,
            subject: row.subject_id,
            subject_name,
            sku: Some(row.sku_id).filter(|sku| !sku.is_empty()).map(SkuId),
            from_fen: row.from,
            to_fen: row.to,
            in_words: in_words.map(Words::from),
            live_only: row.live_only,
            ends_at: row.ends_at,
            reason: row.reason,
            status: row.status,
            care: care.into(),
            maker: row.maker_id.0,
            maker_name: row.maker_name,
            made_at: row.made_at,
            due_at: row.due_at,
            checker_name: row.checker_name,
            decided_at: row.decided_at,
            decision: row.decision,
            applied_at: row.applied_at,
            undo_until,
            restored_at: row.restored_at,
        }
    }
}

/// A page of changes, newest first.
#[derive(Serialize, ToSchema)]
pub struct Changes {
    changes: Vec<Change>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<ChangeId>,
}

/// Which changes to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// Only those that wait to be decided.
    waiting: Option<bool>,
    /// Of one show.
    show: Option<String>,
    /// Of one product or promotion.
    subject: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// What a second person confirms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": true, "amount_fen": 9900, "difference": true}))]
pub struct ChangeApproval {
    /// The amount in words was read out.
    #[serde(default)]
    words: bool,
    /// The amount, typed again.
    amount_fen: Option<Fen>,
    /// The difference from the usual price was seen.
    #[serde(default)]
    difference: bool,
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "价格已核对"}))]
pub struct Reason {
    pub(super) reason: String,
}

/// How many prices came back.
#[derive(Serialize, ToSchema)]
pub struct PricesRestored {
    restored: usize,
}

/// A promotion to be published or ended while a show with its products is on air.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"step": "publish", "reason": "加一张券"}))]
pub struct PromotionToChange {
    /// publish or end.
    #[schema(value_type = String)]
    step: PromotionStep,
    show: Option<ShowId>,
    reason: String,
}

/// Units to be put in front of the buyers while a show is on air with them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 30, "reason": "加库存"}))]
pub struct StockToRelease {
    quantity: i64,
    show: Option<ShowId>,
    reason: String,
}

/// Asks for a promotion to be published or ended; it waits for a second person.
#[utoipa::path(
    post, path = "/api/v1/promotions/{promotion}/changes", tag = "trade", request_body = PromotionToChange,
    params(("promotion" = String, Path, description = "Promotion id")),
    responses((status = 201, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("propose_change")))
)]
pub async fn propose_promotion(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(promotion): Path<PromotionId>,
    Json(PromotionToChange { step, show, reason }): Json<PromotionToChange>,
) -> Result<(StatusCode, axum::Json<Change>), ApiError> {
    let change = state.app.propose_promotion(&caller, &promotion, step, show, &reason).await?;
    Ok((StatusCode::CREATED, axum::Json(change.into())))
}

/// Asks for units to be put in front of the buyers; it waits for a second person.
#[utoipa::path(
    post, path = "/api/v1/stock/{sku}/release", tag = "trade", request_body = StockToRelease,
    params(("sku" = String, Path, description = "SKU id")),
    responses((status = 201, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("propose_change")))
)]
pub async fn propose_stock_release(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(sku): Path<SkuId>,
    Json(StockToRelease { quantity, show, reason }): Json<StockToRelease>,
) -> Result<(StatusCode, axum::Json<Change>), ApiError> {
    let change = state.app.propose_stock_release(&caller, &sku, quantity, show, &reason).await?;
    Ok((StatusCode::CREATED, axum::Json(change.into())))
}

/// What a change would mean, before it is asked for. Stores nothing.
#[utoipa::path(
    post, path = "/api/v1/changes/assessment", tag = "trade", request_body = ChangeToPropose,
    responses((status = 200, body = ChangeAssessment), (status = "default", body = Problem)),
    extensions(("x-action" = json!("propose_change")))
)]
pub async fn assess_change(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(change): Json<ChangeToPropose>,
) -> Result<axum::Json<ChangeAssessment>, ApiError> {
    Ok(axum::Json(state.app.assess_change(&caller, &change.into()).await?.into()))
}

/// Asks for a change; it waits for a second person.
#[utoipa::path(
    post, path = "/api/v1/changes", tag = "trade", request_body = ChangeToPropose,
    responses((status = 201, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("propose_change")))
)]
pub async fn propose_change(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(change): Json<ChangeToPropose>,
) -> Result<(StatusCode, axum::Json<Change>), ApiError> {
    let change = state.app.propose_change(&caller, change.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(change.into())))
}

/// Changes, newest first.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "trade", params(ChangesQuery),
    responses((status = 200, body = Changes), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_changes")))
)]
pub async fn list_changes(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ChangesQuery>,
) -> Result<axum::Json<Changes>, ApiError> {
    let ChangesQuery { waiting, show, subject, after, limit } = query;
    let query = ChangeQuery {
        waiting: waiting.unwrap_or(false),
        show: show.map(ShowId),
        subject,
        after: after.map(ChangeId),
        limit,
    };
    let page = state.app.list_changes(&caller, query).await?;
    Ok(axum::Json(Changes { changes: page.changes.into_iter().map(Change::from).collect(), next: page.next }))
}

/// One change.
#[utoipa::path(
    get, path = "/api/v1/changes/{change}", tag = "trade", operation_id = "change",
    params(("change" = String, Path, description = "Change id")),
    responses((status = 200, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_changes")))
)]
pub async fn change(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(change): Path<ChangeId>,
) -> Result<axum::Json<Change>, ApiError> {
    Ok(axum::Json(state.app.change(&caller, &change).await?.into()))
}

/// Puts a change into force, as the second person.
#[utoipa::path(
    post, path = "/api/v1/changes/{change}/approve", tag = "trade", request_body = ChangeApproval,
    params(("change" = String, Path, description = "Change id")),
    responses((status = 200, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("decide_change")))
)]
pub async fn approve_change(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(change): Path<ChangeId>,
    Json(approval): Json<ChangeApproval>,
) -> Result<axum::Json<Change>, ApiError> {
    let ChangeApproval { words, amount_fen, difference } = approval;
    let approval = Approval { words, amount: amount_fen, difference };
    Ok(axum::Json(state.app.approve_change(&caller, &change, approval).await?.into()))
}

/// Says no to a change, as the second person.
#[utoipa::path(
    post, path = "/api/v1/changes/{change}/reject", tag = "trade", request_body = Reason,
    params(("change" = String, Path, description = "Change id")),
    responses((status = 200, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("decide_change")))
)]
pub async fn reject_change(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(change): Path<ChangeId>,
    Json(Reason { reason }): Json<Reason>,
) -> Result<axum::Json<Change>, ApiError> {
    Ok(axum::Json(state.app.reject_change(&caller, &change, &reason).await?.into()))
}

/// Takes one's own proposal back.
#[utoipa::path(
    post, path = "/api/v1/changes/{change}/withdraw", tag = "trade",
    params(("change" = String, Path, description = "Change id")),
    responses((status = 200, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("propose_change")))
)]
pub async fn withdraw_change(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(change): Path<ChangeId>,
) -> Result<axum::Json<Change>, ApiError> {
    Ok(axum::Json(state.app.withdraw_change(&caller, &change).await?.into()))
}

/// Lets one's own proposal come into force after 30 seconds, because nobody else can be reached. Refused at night, for
/// dear goods, and for a price that is far from the usual one.
#[utoipa::path(
    post, path = "/api/v1/changes/{change}/alone", tag = "trade", request_body = Reason,
    params(("change" = String, Path, description = "Change id")),
    responses((status = 200, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("propose_change")))
)]
pub async fn change_alone(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(change): Path<ChangeId>,
    Json(Reason { reason }): Json<Reason>,
) -> Result<axum::Json<Change>, ApiError> {
    Ok(axum::Json(state.app.change_alone(&caller, &change, &reason).await?.into()))
}

/// Undoes a change within ten seconds, as one of the two.
#[utoipa::path(
    post, path = "/api/v1/changes/{change}/undo", tag = "trade",
    params(("change" = String, Path, description = "Change id")),
    responses((status = 200, body = Change), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_changes")))
)]
pub async fn undo_change(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(change): Path<ChangeId>,
) -> Result<axum::Json<Change>, ApiError> {
    Ok(axum::Json(state.app.undo_change(&caller, &change).await?.into()))
}

/// Brings back every price of a show that was for the show alone, so that it can be closed.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/restore-prices", tag = "trade",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = PricesRestored), (status = "default", body = Problem)),
    extensions(("x-action" = json!("run_show")))
)]
pub async fn restore_prices(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<PricesRestored>, ApiError> {
    Ok(axum::Json(PricesRestored { restored: state.app.restore_prices(&caller, &show).await? }))
}
