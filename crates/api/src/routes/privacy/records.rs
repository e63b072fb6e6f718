//! What is on record about personal data: looks, requests to be forgotten, what retention took away, keys.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use livehand_app::personal::{MatrixRow, Since};
use livehand_app::{ErasureView, KeyState, KeysView, LookView, RetentionRun};
use livehand_kernel::{CustomerId, DeliveryId, Language, Millis};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::customers::Customer;
use crate::ApiState;
use crate::body::{Path, PrivateJson, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};
use crate::routes::review::{TableQuery, asked, table_file};

/// That somebody looked at a customer in clear.
#[derive(Serialize, ToSchema)]
pub struct Look {
    id: String,
    customer: CustomerId,
    delivery: Option<DeliveryId>,
    /// Name of who looked.
    person: String,
    /// reveal, or label.
    purpose: String,
    /// Why; empty for a label.
    reason: String,
    note: String,
    fields: Vec<String>,
    at: Millis,
    until: Millis,
    /// How often it was shown.
    seen: i64,
}

impl From<LookView> for Look {
    fn from(LookView { row }: LookView) -> Self {
        Self {
            id: row.id,
            customer: row.customer_id,
            delivery: row.delivery_id,
            person: row.person_name,
            purpose: row.purpose,
            reason: row.reason,
            note: row.note,
            fields: row.fields.split(',').map(str::to_owned).collect(),
            at: row.at,
            until: row.until,
            seen: row.seen,
        }
    }
}

/// Looks, the last first.
#[derive(Serialize, ToSchema)]
pub struct Looks {
    looks: Vec<Look>,
    /// Where the next page begins.
    next: Option<String>,
}

/// Which looks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LookQuery {
    /// At one customer.
    customer: Option<CustomerId>,
    /// The last look of the page before.
    after: Option<String>,
    /// Rows in the answer: 1 to 200, usually 50.
    limit: Option<i64>,
}

/// That a customer is to be forgotten.
#[derive(Serialize, ToSchema)]
pub struct Erasure {
    id: String,
    customer: Customer,
    /// asked, done or refused.
    status: String,
    reason: String,
    asked_by: String,
    asked_at: Millis,
    /// By when it must be decided.
    due_at: Millis,
    decided_by: Option<String>,
    decided_at: Option<Millis>,
    /// Why it was refused.
    decision: String,
    /// One person asked and did it, because nobody else could.
    alone: bool,
}

impl From<ErasureView> for Erasure {
    fn from(ErasureView { row, customer }: ErasureView) -> Self {
        Self {
            id: row.id,
            customer: customer.into(),
            status: row.status,
            reason: row.reason,
            asked_by: row.asked_name,
            asked_at: row.asked_at,
            due_at: row.due_at,
            decided_by: row.decided_name,
            decided_at: row.decided_at,
            decision: row.decision,
            alone: row.alone,
        }
    }
}

/// Requests, the last first.
#[derive(Serialize, ToSchema)]
pub struct Erasures {
    erasures: Vec<Erasure>,
}

/// Which requests.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ErasureQuery {
    /// Only those that wait.
    #[serde(default)]
    waiting: bool,
}

/// What is done about a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refused": "查无此人"}))]
pub struct ErasureDecision {
    /// Why it is refused; absent to do what was asked, which nobody can undo.
    refused: Option<String>,
}

/// A line of the retention matrix.
#[derive(Serialize, ToSchema)]
pub struct RetentionRule {
    code: &'static str,
    what: String,
    since: Since,
    days: u32,
    basis: String,
}

/// A run that took something away: the proof of it.
#[derive(Serialize, ToSchema)]
pub struct Run {
    id: String,
    at: Millis,
    /// Who started it; the program itself, mostly.
    person: String,
    /// Deliveries whose recipient is gone.
    deliveries: i64,
    /// Customers of whom nothing is clear any more.
    customers: i64,
    /// Customers of whom nothing is masked any more.
    evidence: i64,
    /// SHA-256 of the ids in `detail`.
    digest: String,
    /// The ids, as JSON.
    detail: String,
}

impl From<RetentionRun> for Run {
    fn from(RetentionRun { row }: RetentionRun) -> Self {
        Self {
            id: row.id,
            at: row.at,
            person: row.person_name,
            deliveries: row.deliveries,
            customers: row.customers,
            evidence: row.evidence,
            digest: row.digest,
            detail: row.detail,
        }
    }
}

/// The matrix, what is due, and what went before.
#[derive(Serialize, ToSchema)]
pub struct Retention {
    matrix: Vec<RetentionRule>,
    /// Deliveries whose recipient goes with the next run; at most the first 200.
    due_deliveries: Vec<DeliveryId>,
    /// Customers of whom nothing clear stays.
    due_customers: Vec<CustomerId>,
    /// Customers of whom nothing masked stays.
    due_evidence: Vec<CustomerId>,
    /// The last runs.
    runs: Vec<Run>,
}

/// The runs that took something away.
#[derive(Serialize, ToSchema)]
pub struct Runs {
    runs: Vec<Run>,
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
pub struct PersonalDataKey {
    id: String,
    /// Absent if the key is not in the file.
    created: Option<Millis>,
    /// active, previous, retired or missing.
    state: &'static str,
    /// Customers whose keys it wraps.
    customers: i64,
}

/// The keys.
#[derive(Serialize, ToSchema)]
pub struct PersonalDataKeys {
    keys: Vec<PersonalDataKey>,
    /// Customers whose keys are still to be wrapped by the active one.
    waiting: i64,
    /// Why there is no key to work with.
    refused: Option<String>,
}

fn keys_of(view: KeysView, language: Language) -> PersonalDataKeys {
    let state = |state| match state {
        Some(KeyState::Active) => "active",
        Some(KeyState::Previous) => "previous",
        Some(KeyState::Retired) => "retired",
        None => "missing",
    };
    let key = |it: livehand_app::KeyUse| PersonalDataKey {
        id: it.id,
        created: it.about.as_ref().map(|about| about.created),
        state: state(it.about.map(|about| about.state)),
        customers: it.customers,
    };
    PersonalDataKeys {
        keys: view.keys.into_iter().map(key).collect(),
        waiting: view.waiting,
        refused: view.refused.map(|why| why.in_language(language).to_owned()),
    }
}

/// Who looked at whom in clear, and why; the last first.
#[utoipa::path(
    get, path = "/api/v1/privacy/looks", tag = "privacy", params(LookQuery),
    responses((status = 200, body = Looks), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_privacy_records")))
)]
pub async fn list_looks(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<LookQuery>,
) -> Result<axum::Json<Looks>, ApiError> {
    let LookQuery { customer, after, limit } = query;
    let page = state.app.list_looks(&caller, customer.as_ref(), after.as_deref(), limit).await?;
    Ok(axum::Json(Looks { looks: page.looks.into_iter().map(Look::from).collect(), next: page.next }))
}

/// The last looks as CSV or XLSX.
#[utoipa::path(
    get, path = "/api/v1/privacy/export/{list}", tag = "privacy",
    params(("list" = String, Path, description = "looks.csv or looks.xlsx", example = "looks.csv"), TableQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_privacy_records")))
)]
pub async fn export_looks(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(file): Path<String>,
    Query(query): Query<TableQuery>,
) -> Result<Response, ApiError> {
    state.app.check_may_see_privacy_records(&caller)?;
    let form = asked(&file, query.encoding).filter(|(list, _)| *list == "looks").map(|(_, form)| form);
    let form = form.ok_or_else(|| livehand_app::Error::not_found("table", &file))?;
    Ok(table_file(&file, form, state.app.export_looks(&caller, form).await?))
}

/// Customers who are to be forgotten, the last first.
#[utoipa::path(
    get, path = "/api/v1/privacy/erasures", tag = "privacy", params(ErasureQuery),
    responses((status = 200, body = Erasures), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_privacy_records")))
)]
pub async fn list_erasures(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ErasureQuery>,
) -> Result<axum::Json<Erasures>, ApiError> {
    let erasures = state.app.list_erasures(&caller, query.waiting).await?;
    Ok(axum::Json(Erasures { erasures: erasures.into_iter().map(Erasure::from).collect() }))
}

/// Forgets a customer, which nobody can undo, or refuses to and says why.
#[utoipa::path(
    post, path = "/api/v1/privacy/erasures/{erasure}", tag = "privacy", request_body = ErasureDecision,
    params(("erasure" = String, Path, description = "Id of the request")),
    responses((status = 200, body = Erasure), (status = "default", body = Problem)),
    extensions(("x-action" = json!("decide_erasure")))
)]
pub async fn decide_erasure(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(erasure): Path<String>,
    PrivateJson(body): PrivateJson<ErasureDecision>,
) -> Result<axum::Json<Erasure>, ApiError> {
    let decided = state.app.decide_erasure(&caller, &erasure, body.refused.as_deref()).await?;
    Ok(axum::Json(decided.into()))
}

/// How long what is kept, what goes next, and what went.
#[utoipa::path(
    get, path = "/api/v1/privacy/retention", tag = "privacy",
    responses((status = 200, body = Retention), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_privacy_records")))
)]
pub async fn retention(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
) -> Result<axum::Json<Retention>, ApiError> {
    let view = state.app.retention(&caller).await?;
    let language = problem::language(&headers);
    let rule = |it: MatrixRow| RetentionRule {
        code: it.code,
        what: it.what.in_language(language).to_owned(),
        since: it.since,
        days: it.days,
        basis: it.basis.in_language(language).to_owned(),
    };
    Ok(axum::Json(Retention {
        matrix: view.matrix.into_iter().map(rule).collect(),
        due_deliveries: view.due.deliveries,
        due_customers: view.due.customers,
        due_evidence: view.due.evidence,
        runs: view.runs.into_iter().map(Run::from).collect(),
    }))
}

/// Takes away what is due, now, instead of within the hour.
#[utoipa::path(
    post, path = "/api/v1/privacy/retention/run", tag = "privacy",
    responses((status = 200, body = Runs), (status = "default", body = Problem)),
    extensions(("x-action" = json!("run_retention")))
)]
pub async fn run_retention(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<Runs>, ApiError> {
    let runs = state.app.run_retention(&caller).await?;
    Ok(axum::Json(Runs { runs: runs.into_iter().map(Run::from).collect() }))
}

/// The keys of personal data and what they wrap, without their secrets.
#[utoipa::path(
    get, path = "/api/v1/privacy/keys", tag = "privacy",
    responses((status = 200, body = PersonalDataKeys), (status = "default", body = Problem)),
    extensions(("x-action" = json!("manage_keys")))
)]
pub async fn keys(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
) -> Result<axum::Json<PersonalDataKeys>, ApiError> {
    let view = state.app.personal_data_keys(&caller).await?;
    Ok(axum::Json(keys_of(view, problem::language(&headers))))
}

/// Reads the key file again, and begins to wrap anew what an older key wrapped.
#[utoipa::path(
    post, path = "/api/v1/privacy/keys/reload", tag = "privacy",
    responses((status = 200, body = PersonalDataKeys), (status = "default", body = Problem)),
    extensions(("x-action" = json!("manage_keys")))
)]
pub async fn reload_keys(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
) -> Result<axum::Json<PersonalDataKeys>, ApiError> {
    let view = state.app.reload_personal_data_keys(&caller).await?;
    Ok(axum::Json(keys_of(view, problem::language(&headers))))
}
