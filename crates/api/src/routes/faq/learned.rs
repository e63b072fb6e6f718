//! Words of viewers that may become variants, as the API says them.

use livehand_app::{LearnedPage, LearnedQuery, LearnedView, NewLearned};
use livehand_kernel::{FaqId, Millis, ShowId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::routes::catalogue::By;

/// Words of a viewer, without private data.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "啥时候发"}))]
pub struct WordsToLearn {
    /// Masked; at most 60 characters.
    text: String,
    /// The show in which they were written.
    show: Option<ShowId>,
}

impl WordsToLearn {
    /// For an entry.
    pub fn of_entry(self, entry: FaqId) -> NewLearned {
        NewLearned { entry, text: self.text, show: self.show }
    }
}

/// Which words to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LearnedFaqsQuery {
    /// waiting, taken or refused; waiting if absent.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 if absent.
    limit: Option<i64>,
}

impl From<LearnedFaqsQuery> for LearnedQuery {
    fn from(query: LearnedFaqsQuery) -> Self {
        let LearnedFaqsQuery { state, after, limit } = query;
        Self { state, after, limit }
    }
}

/// Words that may become a variant.
#[derive(Serialize, ToSchema)]
pub struct LearnedFaq {
    id: String,
    /// The entry whose variant it may become.
    entry: FaqId,
    /// Its question.
    question: String,
    show: Option<ShowId>,
    text: String,
    at: Millis,
    by: By,
    /// waiting, taken or refused.
    state: String,
    decided_at: Option<Millis>,
    /// The name of who decided; empty while it waits.
    decided_by: String,
}

impl From<LearnedView> for LearnedFaq {
    fn from(view: LearnedView) -> Self {
        let LearnedView { row, question } = view;
        Self {
            id: row.id,
            entry: row.entry,
            question,
            show: row.show,
            text: row.text,
            at: row.at,
            by: By { id: row.person_id, name: row.person_name },
            state: row.state,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
        }
    }
}

/// A page of words, newest first.
#[derive(Serialize, ToSchema)]
pub struct LearnedFaqs {
    learned: Vec<LearnedFaq>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
}

impl From<LearnedPage> for LearnedFaqs {
    fn from(page: LearnedPage) -> Self {
        Self { learned: page.learned.into_iter().map(LearnedFaq::from).collect(), next: page.next }
    }
}
