//! What may be asked of a room besides its view.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{ProductId, Sequence};

use super::Room;
use crate::hesitation::shown::Hesitating;
use crate::questions::{FaqOutcome, Gap};
use crate::sayings::{FactNow, Saying, SayingKind};
use crate::view::{Answering, AutoAnswers, Question};

impl Room {
    /// The places in the log between which the events of a minute stand; `minute` counts from the epoch.
    pub fn span(&self, minute: i64) -> Option<(Sequence, Sequence)> {
        self.spans.get(&minute).copied()
    }

    /// Who hesitates and may be addressed, and what became of hesitations.
    pub fn hesitating(&self) -> Hesitating {
        self.hesitations.shown(self.clock)
    }

    /// The question with this id, if it is open or was closed lately.
    pub fn question(&self, id: Sequence) -> Option<&Question> {
        self.desk.find_open(id).or_else(|| self.desk.find_closed(id))
    }

    /// How the questions were served, and those that were missed or not solved, the newest first.
    pub fn served(&self) -> (Answering, Vec<Question>) {
        (self.desk.answering(), self.desk.failed().cloned().collect())
    }

    /// What came of the answers of each entry of the FAQ library.
    pub fn faq_outcomes(&self) -> &BTreeMap<String, FaqOutcome> {
        self.desk.outcomes()
    }

    /// Questions for which the FAQ library had no answer, the oldest first; those behind them nobody has answered yet.
    pub fn faq_gaps(&self) -> Vec<Gap> {
        self.desk.gaps().collect()
    }

    /// How answers go out by themselves, if they do, and the replies that wait for their moment.
    pub fn automatic(&self) -> (Option<AutoAnswers>, Vec<Saying>) {
        let due = self.sayings.open(SayingKind::Reply).filter(|reply| reply.due.is_some());
        (self.auto_answers.clone(), due.cloned().collect())
    }

    /// What an open saying was written as, with its slots.
    pub fn template(&self, saying: &str) -> Option<String> {
        self.sayings.find(saying).map(|saying| saying.template.clone())
    }

    /// Products that something quotes that may still be said.
    pub fn quoted_products(&self) -> BTreeSet<ProductId> {
        self.sayings.quoted_products()
    }

    /// Those of `facts` of which the room knows no version so new.
    pub fn news_of_facts(&self, facts: Vec<FactNow>) -> Vec<FactNow> {
        self.sayings.news(facts)
    }
}
