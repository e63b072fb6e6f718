//! 播中: question cards: the answers that they offer, answering, claiming.

use axum::extract::State;
use livehand_app::{AnswerToGive, AutoAnswersView, OfferedAnswer};
use livehand_kernel::{FaqId, Millis, Sequence, ShowId};
use livehand_live::sayings::Quote;
use livehand_live::view::{Answering, AutoAnswers, Question};
use livehand_live::{CrewAction, ReplyRoute};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::live::{Acted, act};
use crate::ApiState;
use crate::body::{Json, Path};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};
use crate::words::Words;

/// A claim of a question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct QuestionClaim {
    /// Made by the client, so that a retry is recognised.
    #[serde(default)]
    pub id: Option<String>,
}

/// An answer, typed or aloud.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "a-1", "spoken": true}))]
pub struct Answer {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    /// What is written; slots such as `{{live_price #3}}` are filled.
    text: Option<String>,
    /// How it looked to whoever sends it; it is refused if it would read otherwise now.
    expected: Option<String>,
    /// The host answered aloud.
    #[serde(default)]
    spoken: bool,
    /// The entry of the FAQ library that it comes from.
    faq: Option<FaqId>,
    /// Which way a written answer goes to the viewers.
    #[serde(default)]
    route: ReplyRoute,
    /// Whether what was offered was rewritten.
    #[serde(default)]
    edited: bool,
}

/// A fact in an answer.
#[derive(Serialize, ToSchema)]
pub struct QuotedFact {
    /// The fact and its version.
    #[serde(flatten)]
    quote: Quote,
    /// Since when it is known; 0 if nobody knows.
    since: Millis,
}

/// An answer that a card offers.
#[derive(Serialize, ToSchema)]
pub struct Offered {
    /// The entry of the FAQ library; absent where the facts alone give the answer.
    faq: Option<FaqId>,
    /// The question of the entry, as the crew calls it; absent where the facts alone give the answer.
    question: Option<String>,
    /// A: facts, one key sends it; B: a person says yes; C: goes to a person.
    level: &'static str,
    /// As it is written, with slots; what is sent.
    template: String,
    /// As it would be said now; absent while something is missing.
    text: Option<String>,
    /// The facts in it.
    quotes: Vec<QuotedFact>,
    /// What it needs and nobody has written down.
    missing: Vec<Words>,
    /// How probable it is that it answers the question, in thousandths.
    trust_permille: Option<i64>,
    /// What speaks for it, the strongest first.
    why: Vec<Words>,
}

impl From<OfferedAnswer> for Offered {
    fn from(answer: OfferedAnswer) -> Self {
        let OfferedAnswer { faq, question, level, template, text, quotes, missing, trust_permille, why } =
            answer;
        Self {
            faq,
            question,
            level: level.code(),
            template,
            text,
            quotes: quotes.into_iter().map(|(quote, since)| QuotedFact { quote, since }).collect(),
            missing: missing.into_iter().map(Words::from).collect(),
            trust_permille,
            why: why.into_iter().map(Words::from).collect(),
        }
    }
}

/// The answers that a card offers, the best first.
#[derive(Serialize, ToSchema)]
pub struct OfferedAnswers {
    /// At most three.
    answers: Vec<Offered>,
}

/// The best answers to a question: from the facts where they say it, then from the FAQ library.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/questions/{question}/answers", tag = "live",
    params(("show" = String, Path, description = "Show id"), ("question" = u64, Path, description = "Question id")),
    responses((status = 200, body = OfferedAnswers), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn offered_answers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, question)): Path<(ShowId, Sequence)>,
) -> Result<axum::Json<OfferedAnswers>, ApiError> {
    let answers = state.app.offered_answers(&caller, &show, question).await?;
    Ok(axum::Json(OfferedAnswers { answers: answers.into_iter().map(Offered::from).collect() }))
}

/// How the questions of a show were served.
#[derive(Serialize, ToSchema)]
pub struct Served {
    /// How many were asked, answered, answered in time, missed, solved.
    answering: Answering,
    /// Those that were missed, or whose answer was none: asked again or complained about within three minutes. Newest
    /// first, at most 2,000.
    failed: Vec<Question>,
}

/// How the questions of a show were served, and each failure.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/questions", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Served), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn served_questions(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Served>, ApiError> {
    let (answering, failed) = state.app.served_questions(&caller, &show).await?;
    Ok(axum::Json(Served { answering, failed }))
}

/// What was measured of answers that would go out by themselves.
#[derive(Serialize, ToSchema)]
pub struct MeasuredPrecision {
    /// Of a thousand answers, so many were right.
    precision_permille: u32,
    /// Of a thousand comments that the library answers, so many would be answered right without a person.
    coverage_permille: u32,
}

/// How answers go out by themselves.
#[derive(Serialize, ToSchema)]
pub struct AutoAnswersNow {
    /// As it is now; absent where they do not.
    now: Option<AutoAnswers>,
    /// What may be asked for, the least sure first; measured on comments that the program had not learned from.
    measured: Vec<MeasuredPrecision>,
}

/// How answers are to go out by themselves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "aa-1", "on": true, "precision_permille": 970, "route": "overlay"}))]
pub struct AutoAnswersToSet {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    /// Whether they do.
    on: bool,
    /// How often an answer must have been right when it was measured, in thousandths; needed where they do.
    precision_permille: Option<u32>,
    /// Which way: to the prompter, or over the picture.
    #[serde(default)]
    route: ReplyRoute,
}

/// How answers go out by themselves (自动回复).
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/auto-answers", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = AutoAnswersNow), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn auto_answers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<AutoAnswersNow>, ApiError> {
    let AutoAnswersView { now, measured } = state.app.auto_answers(&caller, &show).await?;
    let measured = measured.iter().map(|one| MeasuredPrecision {
        precision_permille: one.precision_permille,
        coverage_permille: one.coverage_permille,
    });
    Ok(axum::Json(AutoAnswersNow { now, measured: measured.collect() }))
}

/// Lets answers of level A go out by themselves, ten seconds after they were queued, or no longer.
#[utoipa::path(
    put, path = "/api/v1/shows/{show}/auto-answers", tag = "live", request_body = AutoAnswersToSet,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("set_auto_answers")))
)]
pub async fn set_auto_answers(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(request): Json<AutoAnswersToSet>,
) -> Result<axum::Json<Acted>, ApiError> {
    let AutoAnswersToSet { id, on, precision_permille, route } = request;
    // Nobody asks for a thousand of a thousand by leaving it out: it was never measured, and is refused with what was.
    let to = on.then(|| (precision_permille.unwrap_or(1_000), route));
    Ok(axum::Json(state.app.set_auto_answers(&caller, &show, id, to).await?.into()))
}

/// Answers a question, typed or aloud.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/questions/{question}/answer", tag = "live", request_body = Answer,
    params(("show" = String, Path, description = "Show id"), ("question" = u64, Path, description = "Question id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("answer_question")))
)]
pub async fn answer_question(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, question)): Path<(ShowId, Sequence)>,
    Json(answer): Json<Answer>,
) -> Result<axum::Json<Acted>, ApiError> {
    let Answer { id, text, expected, spoken, faq, route, edited } = answer;
    let answer = AnswerToGive { text, expected, spoken, faq, route, edited };
    Ok(axum::Json(state.app.give_answer(&caller, &show, id, question, answer).await?.into()))
}

/// Says that one is answering a question: for thirty seconds nobody else can.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/questions/{question}/claim", tag = "live", request_body = QuestionClaim,
    params(("show" = String, Path, description = "Show id"), ("question" = u64, Path, description = "Question id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("answer_question")))
)]
pub async fn claim_question(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, question)): Path<(ShowId, Sequence)>,
    Json(claim): Json<QuestionClaim>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, claim.id, CrewAction::ClaimQuestion { question }).await
}
