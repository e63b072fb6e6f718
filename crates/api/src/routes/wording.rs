//! 词检: what may be said.

use axum::extract::State;
use http::HeaderMap;
use livehand_compliance::wording::{Goods, Hit, Level, Place, Verdict};
use livehand_kernel::{Language, Millis, Phrase};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiState;
use crate::body::Json;
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem, language};

/// A text to be checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "这款面霜全网最低价", "place": "script", "category": "beauty"}))]
pub struct TextToCheck {
    /// At most 20,000 characters.
    text: String,
    /// Where it will stand.
    place: Place,
    /// What kind of goods it is about; judged by every rule if absent.
    category: Option<Goods>,
    /// Whether there is evidence for what it says.
    #[serde(default)]
    evidence: bool,
}

/// A wording that was found.
#[derive(Serialize, ToSchema)]
pub struct WordingHit {
    /// First byte (UTF-8) in the text.
    start: usize,
    /// The byte after the last.
    end: usize,
    /// First character (code point) in the text.
    start_char: usize,
    /// The character after the last.
    end_char: usize,
    /// As it stands there.
    found: String,
    /// The wording of the rule.
    word: String,
    /// Code of its category.
    category: String,
    /// Name of its category.
    category_name: String,
    level: Level,
    /// Whether evidence lets it pass.
    passes: bool,
    /// The rule of law.
    basis: String,
    /// What could be said instead.
    suggestions: Vec<String>,
    /// Why, in one sentence.
    why: String,
}

/// What was found in a text.
#[derive(Serialize, ToSchema)]
pub struct WordingVerdict {
    /// In the order of the text.
    hits: Vec<WordingHit>,
    /// The most serious of those that do not pass; absent if all is well.
    level: Option<Level>,
    /// Says so when nobody has looked at the rules for too long.
    stale: Option<String>,
}

/// The rules by which texts are judged.
#[derive(Serialize, ToSchema)]
pub struct WordingRules {
    name: String,
    version: String,
    /// Where the rules come from.
    source: String,
    /// When somebody last held the rules against the law.
    verified_at: Millis,
    effective_from: Millis,
    effective_to: Option<Millis>,
    /// How many wordings.
    words: usize,
    /// In how many categories.
    categories: usize,
    /// Whether they are the team's own, from its data directory.
    own: bool,
    /// Says so when nobody has looked at the rules for too long.
    stale: Option<String>,
    /// Why a rule file in the data directory is not used.
    rejected: Option<String>,
}

fn hit(hit: Hit, language: Language) -> WordingHit {
    let say = |phrase: &Phrase| phrase.in_language(language).to_owned();
    WordingHit {
        category_name: say(&hit.category_name),
        basis: say(&hit.basis),
        why: say(&hit.why),
        start: hit.start,
        end: hit.end,
        start_char: hit.start_char,
        end_char: hit.end_char,
        found: hit.found,
        word: hit.word,
        category: hit.category,
        level: hit.level,
        passes: hit.passes,
        suggestions: hit.suggestions,
    }
}

/// Checks a text before it is published.
#[utoipa::path(
    post, path = "/api/v1/wording/check", tag = "prepare", request_body = TextToCheck,
    responses((status = 200, body = WordingVerdict), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn check_wording(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    Json(asked): Json<TextToCheck>,
) -> Result<axum::Json<WordingVerdict>, ApiError> {
    let TextToCheck { text, place, category, evidence } = asked;
    let language = language(&headers);
    let Verdict { hits, level, stale } =
        state.app.check_wording(&caller, text, place, category, evidence).await?;
    Ok(axum::Json(WordingVerdict {
        hits: hits.into_iter().map(|found| hit(found, language)).collect(),
        level,
        stale: stale.map(|phrase| phrase.in_language(language).to_owned()),
    }))
}

/// The rules by which texts are judged.
#[utoipa::path(
    get, path = "/api/v1/wording/pack", tag = "prepare",
    responses((status = 200, body = WordingRules), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_shows")))
)]
pub async fn wording_pack(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
) -> Result<axum::Json<WordingRules>, ApiError> {
    let language = language(&headers);
    let say = |phrase: &Phrase| phrase.in_language(language).to_owned();
    let pack = state.app.wording_pack(&caller)?;
    Ok(axum::Json(WordingRules {
        name: say(&pack.summary.name),
        version: pack.summary.version,
        source: pack.summary.source,
        verified_at: pack.summary.verified_at,
        effective_from: pack.summary.effective_from,
        effective_to: pack.summary.effective_to,
        words: pack.summary.words,
        categories: pack.summary.categories,
        own: pack.own,
        stale: pack.stale.as_ref().map(say),
        rejected: pack.rejected.as_ref().map(say),
    }))
}
