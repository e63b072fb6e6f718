//! 交易: the price ledger, and claims with their evidence.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use livehand_app::{ClaimView, EvidencePack, LedgerQuery, PaidByHand, ProductLedger};
use livehand_compliance::claims::{Claim, Judged, Proved, Reason, Signal, Verdict};
use livehand_kernel::{FactRef, Fen, Language, Millis, ProductId, SkuId};
use livehand_trade::ledger::{Kind, ReferenceRule, Row, Series};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::body::{Json, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem, language};

/// One row of the price ledger.
#[derive(Serialize, ToSchema)]
pub struct LedgerRow {
    /// Its place in the ledger, from 1.
    sequence: u64,
    at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<SkuId>,
    /// Where: a room's id.
    venue: String,
    kind: Kind,
    /// Of one piece, in fen.
    fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    /// Who delivered it.
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// Who wrote it.
    by: String,
    /// The hash of the row before, as hex.
    previous: String,
    /// Its own hash, as hex.
    hash: String,
}

impl From<Row> for LedgerRow {
    fn from(row: Row) -> Self {
        let entry = row.entry;
        Self {
            sequence: row.sequence,
            at: entry.at,
            sku: entry.sku,
            venue: entry.venue,
            kind: entry.kind,
            fen: entry.fen,
            until: entry.until,
            quantity: entry.quantity,
            order: entry.order,
            source: entry.source,
            evidence: entry.evidence,
            by: entry.by_name,
            previous: hex(&row.previous),
            hash: hex(&row.hash),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The highest price that a promotion may be compared with.
#[derive(Serialize, ToSchema)]
pub struct AllowedReference {
    /// In fen; absent when none may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_fen: Option<Fen>,
    rule: ReferenceRule,
    /// The rows that it rests on.
    rows: Vec<u64>,
}

/// A price that was raised before the promotion.
#[derive(Serialize, ToSchema)]
pub struct RaisedBefore {
    from_fen: Fen,
    to_fen: Fen,
    at: Millis,
    /// The row that raised it.
    row: u64,
}

/// One price of the ladder.
#[derive(Serialize, ToSchema)]
pub struct LadderRung {
    /// cost_price, floor_price, live_price, daily_price or list_price.
    field: String,
    fen: Fen,
    /// The version of the fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

/// The price ledger of a product.
#[derive(Serialize, ToSchema)]
pub struct ProductLedgerView {
    product: ProductId,
    name: String,
    venue: String,
    /// The last rows, newest first.
    rows: Vec<LedgerRow>,
    /// How many there are in all.
    total: usize,
    series: Series,
    /// From when on the promotion runs.
    promotion_begins: Millis,
    reference: AllowedReference,
    #[serde(skip_serializing_if = "Option::is_none")]
    raised: Option<RaisedBefore>,
    /// The prices of the product, from the lowest rung to the highest.
    ladder: Vec<LadderRung>,
    /// Whether the chain of the ledger is as it was written.
    whole: bool,
}

impl From<ProductLedger> for ProductLedgerView {
    fn from(ledger: ProductLedger) -> Self {
        let reference = ledger.reference;
        let rungs = ledger.ladder.into_iter();
        Self {
            product: ledger.product.id,
            name: ledger.product.name,
            venue: ledger.venue,
            rows: ledger.rows.into_iter().map(LedgerRow::from).collect(),
            total: ledger.total,
            series: ledger.series,
            promotion_begins: ledger.promotion_begins,
            reference: AllowedReference {
                price_fen: reference.price,
                rule: reference.rule,
                rows: reference.evidence,
            },
            raised: ledger.raised.map(|raised| RaisedBefore {
                from_fen: raised.from,
                to_fen: raised.to,
                at: raised.at,
                row: raised.row,
            }),
            ladder: rungs
                .map(|rung| LadderRung { field: rung.field.to_owned(), fen: rung.fen, version: rung.version })
                .collect(),
            whole: ledger.whole,
        }
    }
}

/// Which part of the ledger, and for which promotion.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerParameters {
    /// Only this SKU.
    sku: Option<String>,
    /// Only this venue; the main room if absent.
    venue: Option<String>,
    /// When the promotion begins; when the present price was asked first if absent.
    promotion_begins: Option<i64>,
    /// Days before it in which a raise is told, 1 to 365; 30 if absent.
    days: Option<i64>,
}

/// A price that was paid, as somebody writes it down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaidRow {
    product: ProductId,
    sku: Option<SkuId>,
    /// The main room if absent.
    venue: Option<String>,
    /// When it was paid.
    at: Millis,
    /// For one piece, in fen.
    fen: Fen,
    /// One if absent.
    quantity: Option<i64>,
    /// The order's id; with it, a payment that a show delivered as well stays one row.
    order: Option<String>,
    /// What proves it: a file's hash, an address, the number of a receipt.
    evidence: String,
}

/// Prices that were paid: as rows, or as a CSV with the columns product, sku, venue, at, fen or price_yuan, quantity, order
/// and evidence.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rows": [{"product": "p1", "at": 1781784000000_i64, "fen": 12900, "evidence": "收据 20260618-7"}]}))]
pub struct PaidToRecord {
    #[serde(default)]
    rows: Vec<PaidRow>,
    csv: Option<String>,
}

/// What was written.
#[derive(Serialize, ToSchema)]
pub struct PaidWritten {
    /// Rows that are new.
    added: usize,
    /// Rows that the ledger had already.
    known: usize,
}

/// Words of a claim that its evidence bears out; without evidence there are none.
#[derive(Serialize, ToSchema)]
pub struct ProvedText {
    zh: String,
    en: String,
    /// From then on they have to be judged anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    holds_until: Option<Millis>,
}

impl From<&Proved> for ProvedText {
    fn from(proved: &Proved) -> Self {
        let text = proved.text();
        Self { zh: text.zh.to_string(), en: text.en.to_string(), holds_until: proved.holds_until() }
    }
}

/// What comes of judging a claim.
#[derive(Serialize, ToSchema)]
pub struct JudgedClaim {
    verdict: Verdict,
    reason: Reason,
    /// The reason in a sentence, in the language of the request.
    explanation: String,
    signals: Vec<Signal>,
    /// What the rule rests on.
    legal_basis: String,
    /// The words that may be shown; absent unless it passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<ProvedText>,
}

impl JudgedClaim {
    fn of(judged: &Judged, claim: &Claim, language: Language) -> Self {
        Self {
            verdict: judged.verdict(),
            reason: judged.reason,
            explanation: judged.explanation.in_language(language).to_owned(),
            signals: judged.signals.clone(),
            legal_basis: claim.kind.legal_basis().to_owned(),
            text: judged.proved().map(ProvedText::from),
        }
    }
}

/// A claim that was judged and not kept.
#[derive(Serialize, ToSchema)]
pub struct CheckedClaim {
    judged: JudgedClaim,
    /// The facts that it rests on.
    quotes: Vec<FactRef>,
    /// The rows of the ledger that it rests on.
    rows: Vec<u64>,
    /// When it was judged.
    at: Millis,
}

/// A claim to be judged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"claim": {"product": "p1", "kind": "lowest_in_days", "scope": "shop", "numbers": {"days": 90}}}))]
pub struct ClaimToCheck {
    claim: Claim,
}

/// A claim to be judged and kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"claim": {"product": "p1", "kind": "lowest_in_days", "scope": "shop", "numbers": {"days": 90}}}))]
pub struct ClaimToKeep {
    claim: Claim,
    /// The claim that it is the next version of.
    id: Option<String>,
}

/// A claim that was kept.
#[derive(Serialize, ToSchema)]
pub struct KeptClaim {
    id: String,
    /// From 1; each time it is judged and kept anew there is one more.
    version: i64,
    claim: Claim,
    product_name: String,
    /// The facts that it rests on.
    quotes: Vec<FactRef>,
    /// The verdict when it was kept.
    kept_verdict: String,
    /// The verdict by the facts of now.
    judged: JudgedClaim,
    /// Who kept it.
    by: String,
    /// When.
    at: Millis,
    /// SHA-256 of its evidence pack, as hex.
    pack_sha256: String,
}

impl KeptClaim {
    fn of(view: ClaimView, language: Language) -> Self {
        let judged = JudgedClaim::of(&view.judged, &view.claim, language);
        Self {
            id: view.row.id,
            version: view.row.version,
            claim: view.claim,
            product_name: view.product_name,
            quotes: view.quotes,
            kept_verdict: view.row.verdict,
            judged,
            by: view.row.person_name,
            at: view.row.at,
            pack_sha256: hex(&view.row.pack_hash),
        }
    }
}

/// A page of claims, newest first.
#[derive(Serialize, ToSchema)]
pub struct Claims {
    claims: Vec<KeptClaim>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
}

/// Which claims to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaimsQuery {
    /// Only of this product.
    product: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

/// The evidence pack of a claim (证据包).
#[derive(Serialize, ToSchema)]
pub struct Pack {
    claim: String,
    version: i64,
    /// The pack, exactly as it was hashed: JSON with the claim, the verdict and its legal basis, the facts, the rows of the
    /// ledger with their hashes, who, and when.
    text: String,
    /// SHA-256 of `text`, as hex.
    sha256: String,
    /// Whether `text` still has that hash.
    whole: bool,
}

impl From<EvidencePack> for Pack {
    fn from(pack: EvidencePack) -> Self {
        let EvidencePack { claim, version, text, sha256, whole } = pack;
        Self { claim, version, text, sha256, whole }
    }
}

/// The price ledger of a product (价格账本), with the reference price that it allows.
#[utoipa::path(
    get, path = "/api/v1/products/{product}/ledger", tag = "trade",
    params(("product" = String, Path, description = "Product id"), LedgerParameters),
    responses((status = 200, body = ProductLedgerView), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_ledger")))
)]
pub async fn product_ledger(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(product): Path<ProductId>,
    Query(query): Query<LedgerParameters>,
) -> Result<axum::Json<ProductLedgerView>, ApiError> {
    let LedgerParameters { sku, venue, promotion_begins, days } = query;
    let promotion_begins = promotion_begins.map(Millis);
    let query = LedgerQuery { sku: sku.map(SkuId), venue, promotion_begins, days };
    Ok(axum::Json(state.app.product_ledger(&caller, &product, query).await?.into()))
}

/// Writes prices that were paid into the ledger; all of them, or none.
#[utoipa::path(
    post, path = "/api/v1/ledger/paid", tag = "trade", request_body = PaidToRecord,
    responses((status = 201, body = PaidWritten), (status = "default", body = Problem)),
    extensions(("x-action" = json!("record_prices")))
)]
pub async fn record_paid(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(paid): Json<PaidToRecord>,
) -> Result<(StatusCode, axum::Json<PaidWritten>), ApiError> {
    let rows = paid.rows.into_iter().map(|row| PaidByHand {
        product: row.product,
        sku: row.sku,
        venue: row.venue,
        at: row.at,
        fen: row.fen,
        quantity: row.quantity,
        order: row.order,
        evidence: row.evidence,
    });
    let recorded = match paid.csv {
        Some(text) => state.app.record_paid_csv(&caller, &text).await?,
        None => state.app.record_paid(&caller, rows.collect()).await?,
    };
    let written = PaidWritten { added: recorded.added, known: recorded.known };
    Ok((StatusCode::CREATED, axum::Json(written)))
}

/// Judges a claim by the facts of now; nothing is kept.
#[utoipa::path(
    post, path = "/api/v1/claims/check", tag = "trade", request_body = ClaimToCheck,
    responses((status = 200, body = CheckedClaim), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_claims")))
)]
pub async fn check_claim(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Json(ClaimToCheck { claim }): Json<ClaimToCheck>,
) -> Result<axum::Json<CheckedClaim>, ApiError> {
    let checked = state.app.check_claim(&caller, &claim).await?;
    let judged = JudgedClaim::of(&checked.judged, &claim, language(&headers));
    Ok(axum::Json(CheckedClaim { judged, quotes: checked.quotes, rows: checked.rows, at: checked.at }))
}

/// Judges a claim and keeps it with its evidence pack, whatever the verdict.
#[utoipa::path(
    post, path = "/api/v1/claims", tag = "trade", request_body = ClaimToKeep,
    responses((status = 201, body = KeptClaim), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_claims")))
)]
pub async fn keep_claim(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Json(ClaimToKeep { claim, id }): Json<ClaimToKeep>,
) -> Result<(StatusCode, axum::Json<KeptClaim>), ApiError> {
    let kept = state.app.keep_claim(&caller, claim, id).await?;
    Ok((StatusCode::CREATED, axum::Json(KeptClaim::of(kept, language(&headers)))))
}

/// Claims that were kept, newest first, each judged by the facts of now.
#[utoipa::path(
    get, path = "/api/v1/claims", tag = "trade", params(ClaimsQuery),
    responses((status = 200, body = Claims), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_ledger")))
)]
pub async fn list_claims(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Query(query): Query<ClaimsQuery>,
) -> Result<axum::Json<Claims>, ApiError> {
    let product = query.product.map(ProductId);
    let page = state.app.list_claims(&caller, product.as_ref(), query.after.as_deref(), query.limit).await?;
    let language = language(&headers);
    let claims = page.claims.into_iter().map(|view| KeptClaim::of(view, language)).collect();
    Ok(axum::Json(Claims { claims, next: page.next }))
}

/// The evidence pack of the newest version of a claim.
#[utoipa::path(
    get, path = "/api/v1/claims/{claim}/evidence", tag = "trade",
    params(("claim" = String, Path, description = "Claim id")),
    responses((status = 200, body = Pack), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_ledger")))
)]
pub async fn claim_evidence(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(claim): Path<String>,
) -> Result<axum::Json<Pack>, ApiError> {
    Ok(axum::Json(state.app.claim_evidence(&caller, &claim).await?.into()))
}
