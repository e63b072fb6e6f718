//! Questions as they are shown.

use livehand_kernel::{Millis, PersonId, Sequence};
use serde::Serialize;

use crate::command::ReplyRoute;
use crate::event::Event;

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Nobody answered yet.
    Open,
    /// Answered, typed or aloud.
    Answered,
    /// Ten minutes passed.
    Missed,
}

/// A question of the audience: one comment, or several that ask the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Question {
    /// The sequence of the first comment that asked; this is its id.
    pub id: Sequence,
    /// When it was first asked. Its 30 s ring starts here.
    pub at: Millis,
    /// Who asked first.
    pub name: String,
    /// The first wording, safe to show.
    pub text: String,
    /// What it asks for.
    pub intent: String,
    /// What it is about, as the code of a concept, if `language` is sure of it.
    pub topic: Option<String>,
    /// What it names: link, colours, sizes, height, weight, separated by blanks.
    pub named: Option<String>,
    /// How many comments asked it.
    pub asked: u32,
    /// The item that was on stage when it was asked.
    pub product: Option<String>,
    /// Open, answered or missed.
    pub state: QuestionState,
    /// When it was answered or missed.
    pub closed_at: Option<Millis>,
    /// The answer as typed; absent when it was given aloud.
    pub answer: Option<String>,
    /// Whether the host answered aloud.
    pub spoken: bool,
    /// The entry of the FAQ library that the answer came from.
    pub faq: Option<String>,
    /// Whether the answer went out by itself.
    pub automatic: bool,
    /// When the typed answer was seen in the public chat; absent while it was not seen there.
    pub echoed_at: Option<Millis>,
    /// Who closed it.
    pub by: Option<PersonId>,
    /// Who is answering it.
    pub claimed_by: Option<PersonId>,
    /// Until when nobody else answers it.
    pub claimed_until: Option<Millis>,
    /// Why the answer did not solve it, if it did not.
    pub unsolved: Option<Unsolved>,
}

/// Why an answer did not solve a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Unsolved {
    /// What came after it.
    pub why: UnsolvedWhy,
    /// The comment that came.
    pub comment: Sequence,
    /// When.
    pub at: Millis,
    /// Its text, safe to show.
    pub text: String,
}

/// What came after an answer that did not solve its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnsolvedWhy {
    /// The same was asked again.
    AskedAgain,
    /// One of those who had asked complained.
    Complained,
}

/// How answers go out by themselves (自动回复): of entries of level A, ten seconds after they were queued, unless somebody
/// takes them back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AutoAnswers {
    /// From which trust on, in thousandths.
    pub trust_permille: u32,
    /// Which way.
    pub route: ReplyRoute,
    /// Who switched it on, and answers for it.
    pub by: Option<PersonId>,
    /// Since when.
    pub since: Millis,
}

impl AutoAnswers {
    /// As an event sets it; absent where it switches it off.
    pub(crate) fn set(event: &Event, at: Millis) -> Option<Self> {
        let note = event.saying.as_deref()?;
        let (trust_permille, route) = (note.trust_permille?, note.route?);
        Some(Self { trust_permille, route, by: event.by.clone(), since: at })
    }
}

/// How the questions of the show were served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answering {
    /// Questions so far, each counted once however often it was repeated.
    pub asked: u64,
    /// Answered.
    pub answered: u64,
    /// Of them: by themselves.
    pub automatic: u64,
    /// Answered within 30 s.
    pub in_time: u64,
    /// Not answered within ten minutes.
    pub missed: u64,
    /// Answered, and for three minutes neither asked again nor complained about.
    pub solved: u64,
    /// Answered, and then asked again or complained about.
    pub unsolved: u64,
    /// Waiting now.
    pub open: u64,
}
