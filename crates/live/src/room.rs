//! The fold of one show.

use std::collections::{BTreeSet, VecDeque};

use livehand_kernel::{CardId, Millis, Sequence, display_text};
use serde::{Deserialize, Serialize};

use crate::command::{Command, CrewAction, Decision, Refusal};
use crate::event::{Event, ID_BYTES_MAX, Kind};
use crate::metrics::{Basis, Fact, Key, MetricsFold, Numbered};
use crate::questions::{Asked, Desk, asks};
use crate::table::MetricTable;
use crate::view::{Card, Comment, Delta, Minute, Question, RoomView, Stage, TimelineEntry, TimelineKind};

/// The shape of a serialized [`Room`]; a snapshot of another format is not read, the log is folded instead.
pub const STATE_FORMAT: i64 = 5;

/// Comments kept for the screen.
const COMMENTS_KEPT: usize = 200;
/// Comments in one delta; a screen cannot show more between two frames.
const COMMENTS_PER_DELTA_MAX: usize = 100;
/// Timeline entries kept for the screen.
const TIMELINE_KEPT: usize = 2_000;
/// Cards that may wait for the host; beyond it nobody reads them.
const CARDS_WAITING_MAX: usize = 100;
/// Acknowledged cards kept for the screen.
const ACKNOWLEDGED_KEPT: usize = 20;
/// Longest text of a card, marker or answer, in bytes: about 650 Chinese characters.
const CREW_TEXT_BYTES_MAX: usize = 2_000;
/// Longest note, in bytes.
const NOTE_BYTES_MAX: usize = 8_000;

/// The state of one show: what its log amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    sequence: Sequence,
    clock: Millis,
    /// Digests of (origin, id) of every event in the log.
    seen: Numbered<Key>,
    metrics: MetricsFold,
    desk: Desk,
    stage: Option<(String, Millis)>,
    comments: VecDeque<Comment>,
    cards: VecDeque<Card>,
    acknowledged: VecDeque<Card>,
    timeline: VecDeque<TimelineEntry>,
}

/// What changed since somebody last looked, so that a delta can be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    from: Sequence,
    clock: Millis,
    basis: Basis,
    /// Facts that the metrics had taken in.
    facts: u64,
    comments: u64,
    questions: BTreeSet<Sequence>,
    cards: BTreeSet<CardId>,
    timeline: u64,
}

impl Changes {
    /// No changes, counted from what `room` is now.
    pub fn since(room: &Room) -> Self {
        Self {
            from: room.sequence,
            clock: room.clock,
            basis: room.metrics.basis(room.clock),
            facts: room.metrics.number(),
            ..Self::default()
        }
    }
}

impl Room {
    /// The last event folded in; 0 before the first.
    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// The show's clock: the latest event time seen.
    pub fn clock(&self) -> Millis {
        self.clock
    }

    /// The metric table of `minutes` minutes from the one that `from` lies in, or from the first with data (spec
    /// `lc-metrics-1`).
    pub fn metric_table(&self, from: Option<Millis>, minutes: u32) -> MetricTable {
        self.metrics.table(from, minutes)
    }

    /// What `command` amounts to, given everything that happened so far. Changes nothing.
    ///
    /// # Errors
    /// [`Refusal`] when the room cannot do it; then nothing happens at all.
    pub fn decide(&self, command: Command) -> Result<Decision, Refusal> {
        match command {
            Command::Ingest(events) => Ok(self.drop_duplicates(events)),
            Command::Crew { id, by, at, action } => {
                let mut event = Event::new(id, at, Kind::NoteTaken);
                "crew".clone_into(&mut event.origin);
                event.received = Some(at);
                event.by = Some(by);
                if self.seen.find(digest(&event)).is_some() {
                    return Ok(Decision { events: Vec::new(), duplicates: 1 });
                }
                self.decide_action(&mut event, action)?;
                event.check().map_err(|error| Refusal::Invalid(Box::new(error)))?;
                Ok(Decision { events: vec![event], duplicates: 0 })
            }
        }
    }

    fn drop_duplicates(&self, events: Vec<Event>) -> Decision {
        let received = events.len();
        let mut new = BTreeSet::new();
        let events: Vec<Event> = (events.into_iter())
            .filter(|event| {
                let digest = digest(event);
                self.seen.find(digest).is_none() && new.insert(digest)
            })
            .collect();
        Decision { duplicates: received - events.len(), events }
    }

    fn decide_action(&self, event: &mut Event, action: CrewAction) -> Result<(), Refusal> {
        match action {
            CrewAction::AnswerQuestion { question, text, spoken } => {
                if let Some(closed) = self.desk.find_closed(question) {
                    return Err(Refusal::QuestionClosed { question, by: closed.by.clone() });
                }
                if self.desk.find_open(question).is_none() {
                    return Err(Refusal::QuestionUnknown { question });
                }
                let text = text.filter(|text| !text.trim().is_empty());
                if text.is_none() && !spoken {
                    return Err(Refusal::AnswerEmpty);
                }
                event.kind = Kind::QuestionAnswered;
                event.question = Some(question);
                event.spoken = Some(spoken);
                event.text = text.map(|text| limited(text, CREW_TEXT_BYTES_MAX)).transpose()?;
            }
            CrewAction::StageItem { product } => {
                event.kind = Kind::ItemStaged;
                event.product = product.map(|product| limited(product, ID_BYTES_MAX)).transpose()?;
            }
            CrewAction::PushCard { card, level, text } => {
                if self.cards.len() >= CARDS_WAITING_MAX {
                    return Err(Refusal::CardsWaiting { max: CARDS_WAITING_MAX });
                }
                event.kind = Kind::CardPushed;
                event.card = Some(card);
                event.level = Some(level);
                event.text = Some(limited(text, CREW_TEXT_BYTES_MAX)?);
            }
            CrewAction::AcknowledgeCard { card } => {
                if !self.cards.iter().any(|known| known.id == card) {
                    return Err(Refusal::CardUnknown { card });
                }
                event.kind = Kind::CardAcknowledged;
                event.card = Some(card);
            }
            CrewAction::PlaceMarker { text } => {
                event.kind = Kind::MarkerPlaced;
                event.text = Some(limited(text, CREW_TEXT_BYTES_MAX)?);
            }
            CrewAction::TakeNote { text } => {
                event.kind = Kind::NoteTaken;
                event.text = Some(limited(text, NOTE_BYTES_MAX)?);
            }
        }
        Ok(())
    }

    /// Folds in the next event of the log. Never fails: an event that makes no sense changes nothing but the sequence.
    pub fn apply(&mut self, event: &Event, changes: &mut Changes) {
        self.sequence += 1;
        let at = event.effective_at();
        let digest = digest(event);
        self.seen.number(digest, || digest);
        self.clock = self.clock.max(at);
        self.metrics.apply(&Fact::from(event));
        match event.kind {
            Kind::Comment => self.comment(event, at, changes),
            Kind::QuestionAnswered => self.answered(event, at, changes),
            Kind::ItemStaged => {
                self.stage = event.product.clone().map(|product| (product, at));
                self.enter(event, at, TimelineKind::ItemStaged, event.product.clone(), changes);
            }
            Kind::CardPushed => self.card_pushed(event, at, changes),
            Kind::CardAcknowledged => self.card_acknowledged(event, at, changes),
            Kind::MarkerPlaced => self.enter(event, at, TimelineKind::MarkerPlaced, None, changes),
            Kind::NoteTaken => self.enter(event, at, TimelineKind::NoteTaken, None, changes),
            _ => {}
        }
        changes.questions.extend(self.desk.expire(self.clock));
    }

    fn comment(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let comment = Comment {
            sequence: self.sequence,
            at,
            name: display_text(event.name.as_deref().unwrap_or_default()),
            text: display_text(event.text.as_deref().unwrap_or_default()),
            intent: event.intent.clone(),
            quality: event.quality,
        };
        if let Some(intent) = event.intent.as_deref().filter(|intent| event.counts() && asks(intent)) {
            let question = self.desk.ask(Asked {
                sequence: self.sequence,
                at,
                user: event.user.as_deref(),
                name: comment.name.clone(),
                text: comment.text.clone(),
                intent,
                product: self.stage.as_ref().map(|(product, _)| product.clone()),
            });
            changes.questions.insert(question);
        }
        self.comments.push_back(comment);
        if self.comments.len() > COMMENTS_KEPT {
            self.comments.pop_front();
        }
        changes.comments += 1;
    }

    fn answered(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let Some(question) = event.question else { return };
        let answer = event.text.as_deref().map(display_text);
        self.desk.answer(question, at, answer, event.spoken == Some(true), event.by.clone());
        changes.questions.insert(question);
        self.enter(event, at, TimelineKind::QuestionAnswered, Some(question.to_string()), changes);
    }

    fn card_pushed(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let (Some(id), Some(level)) = (event.card.clone(), event.level) else { return };
        changes.cards.insert(id.clone());
        if self.cards.len() < CARDS_WAITING_MAX {
            let text = display_text(event.text.as_deref().unwrap_or_default());
            let by = event.by.clone();
            self.cards.push_back(Card { id: id.clone(), at, level, text, by, acknowledged_at: None });
        }
        self.enter(event, at, TimelineKind::CardPushed, Some(id.0), changes);
    }

    fn card_acknowledged(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let position = self.cards.iter().position(|card| Some(&card.id) == event.card.as_ref());
        let Some(mut card) = position.and_then(|position| self.cards.remove(position)) else { return };
        card.acknowledged_at = Some(at);
        changes.cards.insert(card.id.clone());
        self.enter(event, at, TimelineKind::CardAcknowledged, Some(card.id.0.clone()), changes);
        self.acknowledged.push_front(card);
        self.acknowledged.truncate(ACKNOWLEDGED_KEPT);
    }

    fn enter(
        &mut self,
        event: &Event,
        at: Millis,
        what: TimelineKind,
        subject: Option<String>,
        changes: &mut Changes,
    ) {
        self.timeline.push_back(TimelineEntry {
            sequence: self.sequence,
            at,
            what,
            subject,
            text: display_text(event.text.as_deref().unwrap_or_default()),
            by: event.by.clone(),
        });
        if self.timeline.len() > TIMELINE_KEPT {
            self.timeline.pop_front();
        }
        changes.timeline += 1;
    }

    /// Everything that a console shows.
    pub fn view(&self) -> RoomView {
        RoomView {
            sequence: self.sequence,
            clock: self.clock,
            metrics: self.metrics.metrics(self.clock),
            minutes: self.metrics.minutes(self.clock),
            products: self.metrics.products(),
            stage: self.stage(),
            comments: self.comments.iter().cloned().collect(),
            questions: self.desk.questions(),
            answering: self.desk.answering(),
            prompter: self.cards.iter().chain(self.acknowledged.iter()).cloned().collect(),
            timeline: self.timeline.iter().cloned().collect(),
        }
    }

    /// What a console that stands at the beginning of `changes` must take over to stand here.
    pub fn delta(&self, changes: &Changes) -> Delta {
        let new_comments = usize::try_from(changes.comments).unwrap_or(usize::MAX).min(self.comments.len());
        let shown = new_comments.min(COMMENTS_PER_DELTA_MAX);
        let new_entries = usize::try_from(changes.timeline).unwrap_or(usize::MAX).min(self.timeline.len());
        let find = |id: &Sequence| self.desk.find_open(*id).or_else(|| self.desk.find_closed(*id));
        let questions: Vec<Question> = changes.questions.iter().filter_map(find).cloned().collect();
        let gone = changes.questions.iter().filter(|id| find(id).is_none());
        let cards = self.cards.iter().chain(self.acknowledged.iter());
        Delta {
            from: changes.from,
            sequence: self.sequence,
            clock: self.clock,
            metrics: self.metrics.metrics(self.clock),
            minutes: self.changed_minutes(changes),
            products: self.metrics.products_since(changes.facts),
            stage: self.stage(),
            comments: self.comments.iter().skip(self.comments.len() - shown).cloned().collect(),
            comments_left_out: changes.comments - shown as u64,
            questions,
            questions_gone: gone.copied().collect(),
            answering: self.desk.answering(),
            prompter: cards.filter(|card| changes.cards.contains(&card.id)).cloned().collect(),
            timeline: self.timeline.iter().skip(self.timeline.len() - new_entries).cloned().collect(),
        }
    }

    /// The minutes that a view at the beginning of `changes` lacks or shows otherwise.
    fn changed_minutes(&self, changes: &Changes) -> Vec<Minute> {
        let (before, basis) = (changes.basis, self.metrics.basis(self.clock));
        if basis.presence_known != before.presence_known || basis.first != before.first {
            return self.metrics.minutes(self.clock);
        }
        // Minutes without an event are shown too, as gaps.
        let mut minutes = BTreeSet::from_iter(
            basis.first.into_iter().flat_map(|first| changes.clock.minute().max(first)..=self.clock.minute()),
        );
        if basis.last_sign != before.last_sign {
            minutes.extend(before.last_sign.into_iter().chain(basis.last_sign));
        }
        self.metrics.minutes_since(changes.facts, &minutes, self.clock)
    }

    fn stage(&self) -> Option<Stage> {
        self.stage.as_ref().map(|(product, since)| Stage { product: product.clone(), since: *since })
    }
}

fn limited(text: String, max_bytes: usize) -> Result<String, Refusal> {
    if text.trim().is_empty() || text.len() > max_bytes {
        return Err(Refusal::TextLength { max_bytes });
    }
    Ok(text)
}

/// An event is known by its origin and its id.
fn digest(event: &Event) -> Key {
    Key::of(&event.id).within(Key::of(&event.origin))
}
