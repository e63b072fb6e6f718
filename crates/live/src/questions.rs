//! The question desk: which comments ask something, what is still open, and how quickly it was answered.
//!
//! Comments that ask the same become one card. For intents whose answer depends only on the item on stage (price,
//! coupon, link, shipping, …) the item decides; for all others the wording does; and one viewer who repeats an intent
//! within five minutes asks once. Where `language` is sure of the topic, the topic and what is named decide: 发货时效 of
//! link 3 is one question, in whatever words. Nothing is lost: every merge is counted in `asked`.
//!
//! An answer *solves* a question if for three minutes nobody asks the same again and none of those who had asked
//! complains; what speaks against it is kept with the question.

mod gaps;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use livehand_kernel::{Millis, PersonId, Sequence};
use serde::{Deserialize, Serialize};

pub use self::gaps::Gap;
use self::gaps::{Gaps, note_wording};
use crate::event::Event;
use crate::view::{Answering, Question, QuestionState, Unsolved, UnsolvedWhy};

/// An answer within this time counts as in time.
pub const ANSWER_WITHIN_MS: i64 = 30_000;
/// A question that waited this long is missed: its viewer is gone or has asked again.
const MISSED_AFTER_MS: i64 = 600_000;
/// A viewer who repeats an intent within this time asks the same thing.
const REPEAT_WITHIN_MS: i64 = 300_000;
/// How long a claim keeps others from answering.
pub(crate) const CLAIM_MS: i64 = 30_000;
/// An answer that is followed by the same question, or a complaint, within this time has not solved it.
const SOLVED_AFTER_MS: i64 = 180_000;
/// The intent of whoever asks whether there is any.
const STOCK: &str = "stock";
/// The intent of an accusation.
const COMPLAINT: &str = "complain";
/// Most questions open at once; beyond it the oldest counts as missed, because nobody reads card 501.
const OPEN_MAX: usize = 500;
/// A typed answer appears in the chat within this time, or it was not pasted there.
const ECHO_WITHIN_MS: i64 = 120_000;
/// Entries of the library of which it is kept what came of them.
const OUTCOMES_MAX: usize = 10_000;
/// Questions kept that were missed or not solved.
const FAILED_KEPT: usize = 2_000;
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
    /// Answered questions of which it is not known yet whether they are solved, the oldest first.
    settling: VecDeque<Settling>,
    /// Typed answers that were not seen in the chat yet, the oldest first.
    unseen: VecDeque<Unseen>,
    /// What came of the answers of each entry of the FAQ library.
    outcomes: BTreeMap<String, FaqOutcome>,
    /// Questions that nobody answered, or whose answer was none, the newest first.
    failed: VecDeque<Question>,
    gaps: Gaps,
    answering: Answering,
}

/// A typed answer that may appear in the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Unseen {
    id: Sequence,
    at: Millis,
    text: String,
}

/// What came of the answers that an entry of the FAQ library gave in a show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaqOutcome {
    /// Questions that it answered.
    pub answered: u64,
    /// Of them: nobody asked again or complained for three minutes.
    pub solved: u64,
}

/// How a question was answered.
pub(crate) struct Given {
    pub at: Millis,
    pub text: Option<String>,
    pub spoken: bool,
    pub by: Option<PersonId>,
    pub faq: Option<String>,
    /// By itself.
    pub automatic: bool,
}

/// An answered question that somebody may come back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Settling {
    /// As it was closed. A busy desk closes more within three minutes than it keeps for the screen.
    question: Question,
    answered: Millis,
    topic: String,
    viewers: BTreeSet<String>,
}

/// An open question with what it is found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Waiting {
    question: Question,
    /// In which other words it was asked, each once.
    wordings: Vec<String>,
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
    pub topic: Option<String>,
    pub named: Option<String>,
    pub product: Option<String>,
}

impl Asked<'_> {
    /// What two comments have in common that ask the same.
    fn key(&self) -> String {
        let product = self.product.as_deref().unwrap_or_default();
        // 有没有红色 and 红色还有吗 are two topics and one question.
        if let (STOCK, Some(named)) = (self.intent, &self.named) {
            return format!("{STOCK} named {product} {named}");
        }
        match &self.topic {
            Some(topic) => format!("topic {topic} {product} {}", self.named.as_deref().unwrap_or_default()),
            None if SAME_FOR_ITEM.contains(&self.intent) => format!("{} item {product}", self.intent),
            None => format!("{} words {product} {}", self.intent, self.text.to_lowercase()),
        }
    }

    /// Who asks, and about what.
    fn viewer(&self) -> Option<String> {
        let about = self.topic.as_deref().unwrap_or(self.intent);
        self.user.map(|user| format!("{about} {user}"))
    }
}

impl Desk {
    /// Takes in one question; the id of the card that it became part of.
    pub fn ask(&mut self, asked: Asked<'_>) -> Sequence {
        let topic = asked.key();
        let viewer = asked.viewer();
        let repeated = viewer.as_ref().and_then(|key| self.by_viewer.get(key)).copied();
        let repeated = repeated.filter(|(_, at)| asked.at.0 - at.0 < REPEAT_WITHIN_MS).map(|(id, _)| id);
        let known = self.by_topic.get(&topic).copied().or(repeated);
        let at = asked.at;
        let id = match known.and_then(|id| self.open.get_mut(&id)) {
            Some(waiting) => {
                waiting.question.asked += 1;
                note_wording(waiting, &asked.text);
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
            topic: asked.topic,
            named: asked.named,
            asked: 1,
            product: asked.product,
            state: QuestionState::Open,
            closed_at: None,
            answer: None,
            spoken: false,
            faq: None,
            automatic: false,
            echoed_at: None,
            by: None,
            claimed_by: None,
            claimed_until: None,
            unsolved: None,
        };
        self.answering.asked += 1;
        self.by_age.insert((question.at, id));
        self.by_topic.insert(topic.clone(), id);
        self.open.insert(id, Waiting { question, wordings: Vec::new(), topic, viewers: BTreeSet::new() });
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
    pub fn answer(&mut self, id: Sequence, given: Given) {
        let Some(waiting) = self.take(id) else { return };
        let Given { at, text, spoken, by, faq, automatic } = given;
        if faq.is_none() {
            self.gaps.keep(&waiting, text.clone());
        }
        let Waiting { mut question, topic, viewers, .. } = waiting;
        if let Some(entry) = &faq
            && (self.outcomes.len() < OUTCOMES_MAX || self.outcomes.contains_key(entry))
        {
            self.outcomes.entry(entry.clone()).or_default().answered += 1;
        }
        if let Some(text) = text.clone() {
            self.unseen.push_back(Unseen { id, at, text });
        }
        question.faq = faq;
        question.automatic = automatic;
        question.claimed_by = None;
        question.claimed_until = None;
        question.state = QuestionState::Answered;
        question.answer = text;
        question.spoken = spoken;
        question.by = by;
        self.answering.answered += 1;
        self.answering.automatic += u64::from(automatic);
        self.answering.in_time += u64::from(at.0 - question.at.0 <= ANSWER_WITHIN_MS);
        question.closed_at = Some(at);
        self.settling.push_back(Settling { question: question.clone(), answered: at, topic, viewers });
        self.close(question, at);
    }

    /// Takes note of a comment that is a typed answer itself, pasted into the chat; the question that it answers.
    pub fn echo(&mut self, text: &str, at: Millis) -> Option<Sequence> {
        while self.unseen.front().is_some_and(|one| at.0 - one.at.0 >= ECHO_WITHIN_MS) {
            self.unseen.pop_front();
        }
        let place = self.unseen.iter().position(|one| one.text == text)?;
        let id = self.unseen.remove(place)?.id;
        self.closed.iter_mut().find(|question| question.id == id)?.echoed_at = Some(at);
        Some(id)
    }

    /// Questions that were missed or not solved, the newest first.
    pub fn failed(&self) -> impl Iterator<Item = &Question> {
        self.failed.iter()
    }

    /// What came of the answers of each entry of the FAQ library.
    pub fn outcomes(&self) -> &BTreeMap<String, FaqOutcome> {
        &self.outcomes
    }

    /// Questions for which the library had no answer, the oldest first.
    /// Those behind them nobody has answered yet.
    pub fn gaps(&self) -> impl Iterator<Item = Gap> {
        self.gaps.all().cloned().chain(self.open.values().map(Gap::from))
    }

    /// Marks as missed what waited too long by the show's clock, and the oldest of too many; their ids.
    pub fn expire(&mut self, clock: Millis) -> Vec<Sequence> {
        self.settle(clock);
        let mut missed = Vec::new();
        while let Some((at, id)) = self.by_age.first().copied()
            && (clock.0 - at.0 >= MISSED_AFTER_MS || self.open.len() > OPEN_MAX)
        {
            let Some(waiting) = self.take(id) else { return missed };
            self.gaps.keep(&waiting, None);
            let mut question = waiting.question;
            question.state = QuestionState::Missed;
            self.answering.missed += 1;
            self.close(question, clock);
            missed.push(id);
        }
        missed
    }

    /// Takes an open question off the desk, with everything that it is found by.
    fn take(&mut self, id: Sequence) -> Option<Waiting> {
        let waiting = self.open.remove(&id)?;
        self.by_age.remove(&(waiting.question.at, id));
        if self.by_topic.get(&waiting.topic) == Some(&id) {
            self.by_topic.remove(&waiting.topic);
        }
        for viewer in &waiting.viewers {
            if self.by_viewer.get(viewer).is_some_and(|(asked, _)| *asked == id) {
                self.by_viewer.remove(viewer);
            }
        }
        Some(waiting)
    }

    /// Somebody answers a question; its id, if it is open.
    pub fn claim(&mut self, id: Sequence, at: Millis, by: Option<PersonId>) -> Option<Sequence> {
        let waiting = self.open.get_mut(&id)?;
        waiting.question.claimed_by = by;
        waiting.question.claimed_until = Some(Millis(at.0.saturating_add(CLAIM_MS)));
        Some(id)
    }

    /// Takes note of a comment that may say that an answer was none; the questions that it speaks against.
    /// `asked` is what it has in common with others that ask the same, if it asks.
    pub fn hear(
        &mut self,
        event: &Event,
        asked: Option<&Asked<'_>>,
        sequence: Sequence,
        at: Millis,
        text: &str,
    ) -> Vec<Sequence> {
        self.settle(at);
        let Some(intent) = event.intent.as_deref().filter(|_| event.counts()) else { return Vec::new() };
        let key = asked.map(Asked::key);
        let again = asked.and_then(Asked::viewer);
        let complainer = event.user.as_ref().filter(|_| intent == COMPLAINT).map(|user| format!(" {user}"));
        let mut failed = Vec::new();
        self.settling.retain(|one| {
            let asked_again = key.as_ref() == Some(&one.topic)
                || again.as_ref().is_some_and(|viewer| one.viewers.contains(viewer));
            let complained = complainer
                .as_ref()
                .is_some_and(|user| one.viewers.iter().any(|viewer| viewer.ends_with(user.as_str())));
            let why = match (asked_again, complained) {
                (_, true) => UnsolvedWhy::Complained,
                (true, _) => UnsolvedWhy::AskedAgain,
                _ => return true,
            };
            let mut question = one.question.clone();
            question.unsolved = Some(Unsolved { why, comment: sequence, at, text: text.to_owned() });
            failed.push(question);
            false
        });
        self.answering.unsolved += failed.len() as u64;
        let mut ids = Vec::with_capacity(failed.len());
        for mut question in failed {
            // Whether it is still on the screen or not: it is counted, so it can be looked at.
            if let Some(shown) = self.closed.iter_mut().find(|shown| shown.id == question.id) {
                shown.unsolved.clone_from(&question.unsolved);
                question.echoed_at = shown.echoed_at;
                ids.push(question.id);
            }
            self.failed.push_front(question);
        }
        self.failed.truncate(FAILED_KEPT);
        ids
    }

    /// Counts as solved what nobody came back to.
    fn settle(&mut self, clock: Millis) {
        while self.settling.front().is_some_and(|one| clock.0 - one.answered.0 >= SOLVED_AFTER_MS) {
            let settled = self.settling.pop_front();
            self.answering.solved += 1;
            let entry = settled.and_then(|one| one.question.faq);
            if let Some(outcome) = entry.and_then(|entry| self.outcomes.get_mut(&entry)) {
                outcome.solved += 1;
            }
        }
    }

    fn close(&mut self, mut question: Question, at: Millis) {
        question.closed_at = Some(at);
        if question.state == QuestionState::Missed {
            self.failed.push_front(question.clone());
            self.failed.truncate(FAILED_KEPT);
        }
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
