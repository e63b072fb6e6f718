//! The question desk: which comments ask something, what is still open, and how quickly it was answered.
//!
//! Comments that ask the same become one card. For intents whose answer depends only on the item on stage (price,
//! coupon, link, shipping, …) the item decides; for all others the wording does; and one viewer who repeats an intent
//! within five minutes asks once. Nothing is lost: every merge is counted in `asked`.

use std::collections::{BTreeMap, VecDeque};

use livehand_kernel::{Millis, PersonId, Sequence};
use serde::{Deserialize, Serialize};

use crate::view::{Answering, Question, QuestionState};

/// An answer within this time counts as in time.
pub const ANSWER_WITHIN_MS: i64 = 30_000;
/// A question that waited this long is missed: its viewer is gone or has asked again.
const MISSED_AFTER_MS: i64 = 600_000;
/// A viewer who repeats an intent within this time asks the same thing.
const REPEAT_WITHIN_MS: i64 = 300_000;
/// Most questions open at once; beyond it the oldest counts as missed, because nobody reads card 501.
const OPEN_MAX: usize = 500;
/// Closed questions kept for the screen.
const CLOSED_KEPT: usize = 50;

/// Intents whose answer is the same for everybody while an item is on stage.
const SAME_FOR_ITEM: &[&str] =
    &["price", "coupon", "link", "ship", "return", "auth", "event", "request_show", "ingredient"];
/// Intents that are no questions to answer.
const NOT_ASKED: &[&str] = &["praise", "greet", "spam", "private_info"];

/// The fold of the question desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Desk {
    open: BTreeMap<Sequence, Question>,
    /// What an open question is found by: its topic, and each viewer who asked it.
    by_topic: BTreeMap<String, Sequence>,
    by_viewer: BTreeMap<String, (Sequence, Millis)>,
    closed: VecDeque<Question>,
    answering: Answering,
}

/// A comment that was recognised as a question.
pub(crate) struct Asked<'a> {
    pub sequence: Sequence,
    pub at: Millis,
    pub user: Option<&'a str>,
    pub name: String,
    pub text: String,
    pub intent: &'a str,
    pub product: Option<String>,
}

impl Desk {
    /// Whether comments of this intent belong on the desk.
    pub fn takes(intent: &str) -> bool {
        !NOT_ASKED.contains(&intent)
    }

    /// Takes in one question; the id of the card that it became part of.
    pub fn ask(&mut self, asked: Asked<'_>) -> Sequence {
        let product = asked.product.as_deref().unwrap_or_default();
        let topic = if SAME_FOR_ITEM.contains(&asked.intent) {
            format!("{} item {product}", asked.intent)
        } else {
            format!("{} words {product} {}", asked.intent, asked.text.to_lowercase())
        };
        let viewer = asked.user.map(|user| format!("{} {user}", asked.intent));
        let repeated = viewer.as_ref().and_then(|key| self.by_viewer.get(key)).copied();
        let repeated = repeated.filter(|(_, at)| asked.at.0 - at.0 < REPEAT_WITHIN_MS).map(|(id, _)| id);
        let known = self.by_topic.get(&topic).copied().or(repeated);
        let id = match known.and_then(|id| self.open.get_mut(&id)) {
            Some(question) => {
                question.asked += 1;
                question.id
            }
            None => {
                self.answering.asked += 1;
                self.open.insert(
                    asked.sequence,
                    Question {
                        id: asked.sequence,
                        at: asked.at,
                        name: asked.name,
                        text: asked.text,
                        intent: asked.intent.to_owned(),
                        asked: 1,
                        product: asked.product,
                        state: QuestionState::Open,
                        closed_at: None,
                        answer: None,
                        spoken: false,
                        by: None,
                    },
                );
                self.by_topic.insert(topic, asked.sequence);
                asked.sequence
            }
        };
        if let Some(key) = viewer {
            self.by_viewer.insert(key, (id, asked.at));
        }
        id
    }

    /// The open question with this id.
    pub fn find_open(&self, id: Sequence) -> Option<&Question> {
        self.open.get(&id)
    }

    /// The question with this id among those closed lately.
    pub fn find_closed(&self, id: Sequence) -> Option<&Question> {
        self.closed.iter().find(|question| question.id == id)
    }

    /// Closes a question as answered; nothing happens if it is not open.
    pub fn answer(
        &mut self,
        id: Sequence,
        at: Millis,
        answer: Option<String>,
        spoken: bool,
        by: Option<PersonId>,
    ) {
        let Some(mut question) = self.open.remove(&id) else { return };
        question.state = QuestionState::Answered;
        question.answer = answer;
        question.spoken = spoken;
        question.by = by;
        self.answering.answered += 1;
        self.answering.in_time += u64::from(at.0 - question.at.0 <= ANSWER_WITHIN_MS);
        self.close(question, at);
    }

    /// Marks as missed what waited too long by the show's clock; their ids.
    pub fn expire(&mut self, clock: Millis) -> Vec<Sequence> {
        let overdue: Vec<Sequence> = (self.open.values().enumerate())
            .filter(|(rank, question)| {
                clock.0 - question.at.0 >= MISSED_AFTER_MS || rank + OPEN_MAX < self.open.len()
            })
            .map(|(_, question)| question.id)
            .collect();
        for id in &overdue {
            if let Some(mut question) = self.open.remove(id) {
                question.state = QuestionState::Missed;
                self.answering.missed += 1;
                self.close(question, clock);
            }
        }
        overdue
    }

    fn close(&mut self, mut question: Question, at: Millis) {
        question.closed_at = Some(at);
        self.by_topic.retain(|_, id| *id != question.id);
        self.by_viewer.retain(|_, (id, _)| *id != question.id);
        self.closed.push_front(question);
        self.closed.truncate(CLOSED_KEPT);
    }

    /// Open questions, oldest first, then those closed lately, newest first.
    pub fn questions(&self) -> Vec<Question> {
        self.open.values().chain(self.closed.iter()).cloned().collect()
    }

    /// How the questions were served so far.
    pub fn answering(&self) -> Answering {
        Answering { open: self.open.len() as u64, ..self.answering.clone() }
    }
}
