//! 播前: the FAQ library (FAQ 话术库): entries, their versions, what needs care, and what was learned.

mod entries;
mod learned;
mod plans;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use livehand_app::SheetFile;
use livehand_kernel::FaqId;

use entries::{
    FaqEntries, FaqEntry, FaqEntryToAdd, FaqEntryToEdit, FaqHealthReport, FaqHealthRequest, FaqListQuery,
    FaqRollback, FaqSlot, FaqSlots, FaqVersionGiven, FaqVersions,
};
use learned::{LearnedFaq, LearnedFaqs, LearnedFaqsQuery, WordsToLearn};
use plans::{FaqImportQuery, FaqLines, FaqLinesDone, FaqPackToLoad, FaqSheetRead};

use super::imports::{ExportQuery, attachment};
use crate::ApiState;
use crate::body::{self, Json, LargeJson, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{self, ApiError, Problem};

/// Entries of the FAQ library, newest first.
#[utoipa::path(
    get, path = "/api/v1/faq", tag = "prepare", params(FaqListQuery),
    responses((status = 200, body = FaqEntries), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn list_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<FaqListQuery>,
) -> Result<axum::Json<FaqEntries>, ApiError> {
    Ok(axum::Json(state.app.list_faq(&caller, query.into()).await?.into()))
}

/// Writes a new entry.
#[utoipa::path(
    post, path = "/api/v1/faq", tag = "prepare", request_body = FaqEntryToAdd,
    responses((status = 201, body = FaqEntry), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn add_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(entry): Json<FaqEntryToAdd>,
) -> Result<(StatusCode, axum::Json<FaqEntry>), ApiError> {
    let added = state.app.add_faq(&caller, entry.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(added.into())))
}

/// An entry.
#[utoipa::path(
    get, path = "/api/v1/faq/{entry}", tag = "prepare",
    params(("entry" = String, Path, description = "Entry id")),
    responses((status = 200, body = FaqEntry), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn faq_entry(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<FaqId>,
) -> Result<axum::Json<FaqEntry>, ApiError> {
    Ok(axum::Json(state.app.faq_entry(&caller, &id).await?.into()))
}

/// Writes the next version of an entry, unless somebody else was faster.
#[utoipa::path(
    put, path = "/api/v1/faq/{entry}", tag = "prepare", request_body = FaqEntryToEdit,
    params(("entry" = String, Path, description = "Entry id")),
    responses((status = 200, body = FaqEntry), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn edit_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<FaqId>,
    Json(entry): Json<FaqEntryToEdit>,
) -> Result<axum::Json<FaqEntry>, ApiError> {
    let FaqEntryToEdit { version, entry } = entry;
    Ok(axum::Json(state.app.edit_faq(&caller, &id, entry.into(), version).await?.into()))
}

/// Takes an entry out of use; it stays, with its versions.
#[utoipa::path(
    post, path = "/api/v1/faq/{entry}/retire", tag = "prepare", request_body = FaqVersionGiven,
    params(("entry" = String, Path, description = "Entry id")),
    responses((status = 200, body = FaqEntry), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn retire_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<FaqId>,
    Json(given): Json<FaqVersionGiven>,
) -> Result<axum::Json<FaqEntry>, ApiError> {
    Ok(axum::Json(state.app.retire_faq(&caller, &id, given.version, true).await?.into()))
}

/// Takes an entry back into use.
#[utoipa::path(
    post, path = "/api/v1/faq/{entry}/restore", tag = "prepare", request_body = FaqVersionGiven,
    params(("entry" = String, Path, description = "Entry id")),
    responses((status = 200, body = FaqEntry), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn restore_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<FaqId>,
    Json(given): Json<FaqVersionGiven>,
) -> Result<axum::Json<FaqEntry>, ApiError> {
    Ok(axum::Json(state.app.retire_faq(&caller, &id, given.version, false).await?.into()))
}

/// All versions of an entry, newest first.
#[utoipa::path(
    get, path = "/api/v1/faq/{entry}/history", tag = "prepare",
    params(("entry" = String, Path, description = "Entry id")),
    responses((status = 200, body = FaqVersions), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn faq_history(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<FaqId>,
) -> Result<axum::Json<FaqVersions>, ApiError> {
    Ok(axum::Json(state.app.faq_history(&caller, &id).await?.into()))
}

/// Writes what an entry was in an earlier version as its next version.
#[utoipa::path(
    post, path = "/api/v1/faq/{entry}/rollback", tag = "prepare", request_body = FaqRollback,
    params(("entry" = String, Path, description = "Entry id")),
    responses((status = 200, body = FaqEntry), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn roll_back_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<FaqId>,
    Json(given): Json<FaqRollback>,
) -> Result<axum::Json<FaqEntry>, ApiError> {
    let FaqRollback { version, to } = given;
    Ok(axum::Json(state.app.roll_back_faq(&caller, &id, version, to).await?.into()))
}

/// The slots that answers may have.
#[utoipa::path(
    get, path = "/api/v1/faq/slots", tag = "prepare",
    responses((status = 200, body = FaqSlots), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn faq_slots(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<FaqSlots>, ApiError> {
    let slots = state.app.faq_slots(&caller)?.iter().map(FaqSlot::from).collect();
    Ok(axum::Json(FaqSlots { slots }))
}

/// Entries that need somebody's care, the most urgent first.
#[utoipa::path(
    get, path = "/api/v1/faq/health", tag = "prepare", params(FaqHealthRequest),
    responses((status = 200, body = FaqHealthReport), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn faq_health(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<FaqHealthRequest>,
) -> Result<axum::Json<FaqHealthReport>, ApiError> {
    Ok(axum::Json(state.app.faq_health(&caller, query.into()).await?.into()))
}

/// Looks at lines of `词A/词B|回复` or `1,4,7|词A/词B|回复`, or takes them into the library: good lines are written, and the
/// others named by their numbers.
#[utoipa::path(
    post, path = "/api/v1/faq/paste", tag = "prepare", request_body = FaqLines,
    responses((status = 200, body = FaqLinesDone), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn paste_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    LargeJson(lines): LargeJson<FaqLines>,
) -> Result<axum::Json<FaqLinesDone>, ApiError> {
    Ok(axum::Json(state.app.paste_faq(&caller, lines.into()).await?.into()))
}

/// Looks at what the pack of questions that comes with the program would add, or takes it in, as drafts unless told
/// otherwise.
#[utoipa::path(
    post, path = "/api/v1/faq/pack", tag = "prepare", request_body = FaqPackToLoad,
    responses((status = 200, body = FaqLinesDone), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn load_faq_pack(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(load): Json<FaqPackToLoad>,
) -> Result<axum::Json<FaqLinesDone>, ApiError> {
    Ok(axum::Json(state.app.load_faq_pack(&caller, load.into()).await?.into()))
}

/// Takes a sheet, CSV or XLSX, and says what it would do. Sent again with the digest of that, it is applied.
#[utoipa::path(
    post, path = "/api/v1/faq/import", tag = "prepare", params(FaqImportQuery),
    request_body(content = String, content_type = "application/octet-stream", description = "The file, at most 5 MiB",
        example = json!("标准问题,回复")),
    responses((status = 200, body = FaqSheetRead), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn import_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<FaqImportQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<axum::Json<FaqSheetRead>, ApiError> {
    // Before five million bytes are taken from somebody who may not send them.
    state.app.check_may_import_faq(&caller)?;
    let bytes = body::sheet_body(request).await?;
    let FaqImportQuery { name, sheet, digest } = query;
    let read = state.app.import_faq(&caller, SheetFile { bytes, name, sheet }, digest.as_deref()).await?;
    Ok(axum::Json(FaqSheetRead::of(read, problem::language(&headers))))
}

/// The whole library as a sheet, which changes nothing when it is imported again.
#[utoipa::path(
    get, path = "/api/v1/faq/export", tag = "prepare", params(ExportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn export_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<ExportQuery>,
) -> Result<Response, ApiError> {
    let form = query.form();
    Ok(attachment(form, "faq", state.app.export_faq(&caller, form).await?))
}

/// Words of viewers that may become variants, newest first.
#[utoipa::path(
    get, path = "/api/v1/faq/learned", tag = "prepare", params(LearnedFaqsQuery),
    responses((status = 200, body = LearnedFaqs), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn list_learned(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Query(query): Query<LearnedFaqsQuery>,
) -> Result<axum::Json<LearnedFaqs>, ApiError> {
    Ok(axum::Json(state.app.list_learned(&caller, query.into()).await?.into()))
}

/// Keeps words of a viewer, masked by whoever sends them, until somebody says whether they become a variant.
#[utoipa::path(
    post, path = "/api/v1/faq/{entry}/learned", tag = "prepare", request_body = WordsToLearn,
    params(("entry" = String, Path, description = "Entry id")),
    responses((status = 201, body = LearnedFaq), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn learn_faq(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<FaqId>,
    Json(words): Json<WordsToLearn>,
) -> Result<(StatusCode, axum::Json<LearnedFaq>), ApiError> {
    let learned = state.app.learn_faq(&caller, words.of_entry(id)).await?;
    Ok((StatusCode::CREATED, axum::Json(learned.into())))
}

/// Makes words a variant of their entry, which is its next version.
#[utoipa::path(
    post, path = "/api/v1/faq/learned/{learned}/take", tag = "prepare",
    params(("learned" = String, Path, description = "Id of the words")),
    responses((status = 200, body = FaqEntry), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn take_learned(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Result<axum::Json<FaqEntry>, ApiError> {
    Ok(axum::Json(state.app.take_learned(&caller, &id).await?.into()))
}

/// Refuses words; they are not offered again.
#[utoipa::path(
    post, path = "/api/v1/faq/learned/{learned}/refuse", tag = "prepare",
    params(("learned" = String, Path, description = "Id of the words")),
    responses((status = 204), (status = "default", body = Problem)),
    extensions(("x-action" = json!("edit_faq")))
)]
pub async fn refuse_learned(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.app.refuse_learned(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
