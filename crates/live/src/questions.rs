//! The question desk: which comments ask something, what is still open, and how quickly it was answered.
//!
//! Comments that ask the same become one card. For intents whose answer depends only on the item on stage (price,
//! coupon, link, shipping, …) the item decides; for all others the wording does; and one viewer who repeats an intent
//! within five minutes asks once. Nothing is lost: every merge is counted in `asked`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

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

/// Intents whose viewer waits for an answer. What else the comments are about is no card: praise, spam, accusations, a
/// lost picture.
const ASKED: &[&str] = &[
    "order_help",
    "return",
    "auth",
    "ingredient",
    "size",
    "stock",
    "coupon",
    "ship",
    "link",
    "price",
    "usage",
    "compare",
    "request_show",
    "other_question",
];
/// Intents whose answer is the same for everybody while an item is on stage.
const SAME_FOR_ITEM: &[&str] =
    &["price", "coupon", "link", "ship", "return", "auth", "request_show", "ingredient"];

/// Whether a comment of this intent opens a question card.
pub fn asks(intent: &str) -> bool {
    ASKED.contains(&intent)
}

/// The fold of the question desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Desk {
    open: BTreeMap<Sequence, Waiting>,
    /// Open questions by the time when they were asked.
    by_age: BTreeSet<(Millis, Sequence)>,
    /// What an open question is found by: its topic, and each viewer who asked it.
    by_topic: BTreeMap<String, Sequence>,
    by_viewer: BTreeMap<String, (Sequence, Millis)>,
    closed: VecDeque<Question>,
    answering: Answering,
}

/// An open question with what it is found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    question: Question,
    topic: String,
    viewers: BTreeSet<String>,
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
        let at = asked.at;
        let id = match known.and_then(|id| self.open.get_mut(&id)) {
            Some(waiting) => {
                waiting.question.asked += 1;
                waiting.question.id
            }
            None => self.add(asked, topic),
        };
        if let Some(key) = viewer
            && let Some(waiting) = self.open.get_mut(&id)
        {
            waiting.viewers.insert(key.clone());
            self.by_viewer.insert(key, (id, at));
        }
        id
    }

    /// Open questions, by their ids.
    pub fn open(&self) -> impl Iterator<Item = &Question> {
        self.open.values().map(|waiting| &waiting.question)
    }

    fn add(&mut self, asked: Asked<'_>, topic: String) -> Sequence {
        let id = asked.sequence;
        let question = Question {
            id,
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
        };
        self.answering.asked += 1;
        self.by_age.insert((question.at, id));
        self.by_topic.insert(topic.clone(), id);
        self.open.insert(id, Waiting { question, topic, viewers: BTreeSet::new() });
        id
    }

    /// The open question with this id.
    pub fn find_open(&self, id: Sequence) -> Option<&Question> {
        self.open.get(&id).map(|waiting| &waiting.question)
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
        let Some(mut question) = self.take(id) else { return };
        question.state = QuestionState::Answered;
        question.answer = answer;
        question.spoken = spoken;
        question.by = by;
        self.answering.answered += 1;
        self.answering.in_time += u64::from(at.0 - question.at.0 <= ANSWER_WITHIN_MS);
        self.close(question, at);
    }

    /// Marks as missed what waited too long by the show's clock, and the oldest of too many; their ids.
    pub fn expire(&mut self, clock: Millis) -> Vec<Sequence> {
        let mut missed = Vec::new();
        while let Some((at, id)) = self.by_age.first().copied()
            && (clock.0 - at.0 >= MISSED_AFTER_MS || self.open.len() > OPEN_MAX)
        {
            let Some(mut question) = self.take(id) else { return missed };
            question.state = QuestionState::Missed;
            self.answering.missed += 1;
            self.close(question, clock);
            missed.push(id);
        }
        missed
    }

    /// Takes an open question off the desk, with everything that it is found by.
    fn take(&mut self, id: Sequence) -> Option<Question> {
        let Waiting { question, topic, viewers } = self.open.remove(&id)?;
        self.by_age.remove(&(question.at, id));
        if self.by_topic.get(&topic) == Some(&id) {
            self.by_topic.remove(&topic);
        }
        for viewer in &viewers {
            if self.by_viewer.get(viewer).is_some_and(|(asked, _)| *asked == id) {
                self.by_viewer.remove(viewer);
            }
        }
        Some(question)
    }

    fn close(&mut self, mut question: Question, at: Millis) {
        question.closed_at = Some(at);
        self.closed.push_front(question);
        self.closed.truncate(CLOSED_KEPT);
    }

    /// Open questions, oldest first, then those closed lately, newest first.
    pub fn questions(&self) -> Vec<Question> {
        self.open.values().map(|waiting| &waiting.question).chain(self.closed.iter()).cloned().collect()
    }

    /// How the questions were served so far.
    pub fn answering(&self) -> Answering {
        Answering { open: self.open.len() as u64, ..self.answering.clone() }
    }
}
