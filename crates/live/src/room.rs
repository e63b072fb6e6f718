//! The fold of one show.

mod look;
mod shown;
mod wished;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use livehand_kernel::{Millis, Sequence, display_text};
use serde::{Deserialize, Serialize};

use crate::alarms::{Alarms, Look, Occasion};
use crate::demand::Demand;
use crate::event::{Event, Kind};
use crate::hesitation::Hesitations;
use crate::metrics::{Basis, Fact, Key, MetricsFold, Name, Numbered};
use crate::packed::{Columns, PackedError};
use crate::questions::{Asked, Desk, Given, asks};
use crate::sayings::{Sayings, Touched};
use crate::table::MetricTable;
use crate::troubles::Troubles;
use crate::view::{Comment, Delta, Question, RoomView, TimelineEntry, TimelineKind};

/// The shape of a serialized [`KeptRoom`]; a snapshot of another format is not read, the log is folded instead.
pub const STATE_FORMAT: i64 = 18;

/// Comments kept for the screen.
const COMMENTS_KEPT: usize = 200;
/// Comments in one delta; a screen cannot show more between two frames.
const COMMENTS_PER_DELTA_MAX: usize = 100;
/// Timeline entries kept for the screen.
const TIMELINE_KEPT: usize = 2_000;
/// Most signals that are read; more come from a source that makes them up.
const READINGS_MAX: usize = 1_000;

/// The state of one show: what its log amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    sequence: Sequence,
    clock: Millis,
    /// Digests of (origin, id) of every event in the log. They are as many as the events, and the log has them, so they
    /// are not kept with the rest.
    #[serde(skip)]
    pub(crate) seen: Numbered<Key>,
    metrics: MetricsFold,
    /// The places in the log between which the events of each minute stand.
    spans: BTreeMap<i64, (Sequence, Sequence)>,
    pub(crate) desk: Desk,
    stage: Option<Staged>,
    /// The last reading of each signal and subject, with its own bound.
    readings: BTreeMap<(String, String), (i64, Option<i64>)>,
    alarms: Alarms,
    pub(crate) demand: Demand,
    pub(crate) troubles: Troubles,
    comments: VecDeque<Comment>,
    pub(crate) sayings: Sayings,
    pub(crate) hesitations: Hesitations,
    timeline: VecDeque<TimelineEntry>,
}

/// A room as it is kept beside its log, without what only a room needs that goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptRoom(Room);

impl KeptRoom {
    /// The room; before it takes more events, [`Room::remember`] must be given all that were folded into it.
    pub fn into_room(self) -> Room {
        self.0
    }
}

/// The item on stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Staged {
    pub product: String,
    pub since: Millis,
    /// Fen.
    pub price: Option<i64>,
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
    pub(crate) questions: BTreeSet<Sequence>,
    pub(crate) sayings: Touched,
    alarms: bool,
    demands: bool,
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
    /// A copy to be kept.
    pub fn to_kept(&self) -> KeptRoom {
        KeptRoom(Room {
            sequence: self.sequence,
            clock: self.clock,
            seen: Numbered::default(),
            metrics: self.metrics.clone(),
            spans: self.spans.clone(),
            desk: self.desk.clone(),
            stage: self.stage.clone(),
            readings: self.readings.clone(),
            alarms: self.alarms.clone(),
            demand: self.demand.clone(),
            troubles: self.troubles.clone(),
            comments: self.comments.clone(),
            sayings: self.sayings.clone(),
            hesitations: self.hesitations.clone(),
            timeline: self.timeline.clone(),
        })
    }

    /// Notes the ids of events that were folded in before the room was kept, as the log has them.
    ///
    /// # Errors
    /// [`PackedError`] when they cannot be read.
    pub fn remember(&mut self, events: &[u8]) -> Result<(), PackedError> {
        Columns::read_for_ids(events)?.ids(|id, origin| {
            let digest = within_origin(id, origin);
            self.seen.number(digest, || digest);
        })
    }

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

    /// Whether an event is in the log already, by its origin and id.
    pub fn knows(&self, event: &Event) -> bool {
        self.seen.find(digest(event)).is_some()
    }

    /// What the rules say about the room on this occasion: events to be appended and applied. Changes nothing.
    pub fn watch(&self, occasion: Occasion) -> Vec<Event> {
        Look::at(self, occasion).events.into_iter().filter(|event| !self.knows(event)).collect()
    }

    /// Reads what applying these events will need; changes nothing. Some hundred at a time are folded in faster so.
    pub fn approach(&self, events: &[Event]) {
        self.metrics.approach(events.iter().map(Fact::from));
    }

    /// Folds in the next event of the log. Never fails: an event that makes no sense changes nothing but the sequence.
    pub fn apply(&mut self, event: &Event, changes: &mut Changes) {
        self.sequence += 1;
        let at = event.effective_at();
        let digest = digest(event);
        self.seen.number(digest, || digest);
        self.clock = self.clock.max(at);
        self.metrics.apply(&Fact::from(event));
        let span = self.spans.entry(at.minute()).or_insert((self.sequence, self.sequence));
        span.1 = self.sequence;
        let staged = self.stage.as_ref().map(|stage| stage.product.as_str());
        self.hesitations.take(event, self.sequence, at, staged);
        match event.kind {
            Kind::Comment => self.comment(event, at, changes),
            Kind::QuestionAnswered => self.answered(event, at, changes),
            Kind::QuestionClaimed => {
                let claimed =
                    event.question.and_then(|question| self.desk.claim(question, at, event.by.clone()));
                changes.questions.extend(claimed);
            }
            Kind::ItemStaged => {
                let staged = |product| Staged { product, since: at, price: event.amount };
                self.stage = event.product.clone().map(staged);
                self.enter(event, at, TimelineKind::ItemStaged, event.product.clone(), changes);
            }
            Kind::CardPushed => self.card_pushed(event, at, changes),
            Kind::CardAcknowledged => self.card_acknowledged(event, at, changes),
            Kind::SayingMade | Kind::SayingRefreshed | Kind::SayingDropped => self.saying(event, at, changes),
            Kind::ReplySent => self.reply_sent(event, at, changes),
            Kind::ClosingLineSaid => self.closing_line(event, at, changes),
            Kind::FactChanged => {
                let facts = event.facts.as_deref().unwrap_or_default();
                self.sayings.learn(facts, self.sequence, self.clock, &mut changes.sayings);
            }
            Kind::MarkerPlaced => self.enter(event, at, TimelineKind::MarkerPlaced, None, changes),
            Kind::NoteTaken => self.enter(event, at, TimelineKind::NoteTaken, None, changes),
            Kind::AdjustmentMade => {
                let change = event.change.map(|change| change.code().to_owned());
                self.enter(event, at, TimelineKind::AdjustmentMade, change, changes);
            }
            Kind::Reading => self.reading(event),
            Kind::OrderPaid if event.counts() => self.demand.pay(event),
            Kind::DemandClosed => self.demand_closed(event, at, changes),
            Kind::AlarmRaised
            | Kind::AlarmEscalated
            | Kind::AlarmResolved
            | Kind::AlarmTaken
            | Kind::AlarmStepDone
            | Kind::AlarmClosed => self.alarm(event, at, changes),
            _ => {}
        }
        self.sayings.pass(self.clock, &mut changes.sayings);
        changes.demands |= self.demand.pass(self.clock);
        self.hesitations.pass(self.clock);
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
        let asked =
            event.intent.as_deref().filter(|intent| event.counts() && asks(intent)).map(|intent| Asked {
                sequence: self.sequence,
                at,
                user: event.user.as_deref(),
                name: comment.name.clone(),
                text: comment.text.clone(),
                intent,
                topic: event.topic.clone(),
                named: event.named.clone(),
                product: self.stage.as_ref().map(|stage| stage.product.clone()),
            });
        changes.questions.extend(self.desk.echo(&comment.text, at));
        let heard = self.desk.hear(event, asked.as_ref(), self.sequence, at, &comment.text);
        changes.questions.extend(heard);
        if let Some(asked) = asked {
            changes.questions.insert(self.desk.ask(asked));
        }
        changes.demands |= self.wished(event, at, &comment.text);
        self.comments.push_back(comment);
        if self.comments.len() > COMMENTS_KEPT {
            self.comments.pop_front();
        }
        changes.comments += 1;
    }

    fn answered(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let Some(question) = event.question else { return };
        let given = Given {
            at,
            text: event.text.as_deref().map(display_text),
            spoken: event.spoken == Some(true),
            by: event.by.clone(),
            faq: event.saying.as_deref().and_then(|note| note.faq.clone()),
        };
        self.desk.answer(question, given);
        changes.questions.insert(question);
        self.enter(event, at, TimelineKind::QuestionAnswered, Some(question.to_string()), changes);
    }

    fn reading(&mut self, event: &Event) {
        let (Some(signal), Some(value)) = (event.signal.clone(), event.value) else { return };
        let key = (signal, event.subject.clone().unwrap_or_default());
        if self.readings.len() < READINGS_MAX || self.readings.contains_key(&key) {
            self.readings.insert(key, (value, event.bound));
        }
    }

    fn alarm(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        if !self.alarms.apply(event, at) {
            return;
        }
        changes.alarms = true;
        let what = match event.kind {
            Kind::AlarmRaised => TimelineKind::AlarmRaised,
            Kind::AlarmEscalated => TimelineKind::AlarmEscalated,
            Kind::AlarmTaken => TimelineKind::AlarmTaken,
            Kind::AlarmStepDone => TimelineKind::AlarmStepDone,
            _ => TimelineKind::AlarmClosed,
        };
        let subject = event.alarm.as_ref().map(|note| note.id.clone());
        self.enter(event, at, what, subject, changes);
    }

    pub(crate) fn enter(
        &mut self,
        event: &Event,
        at: Millis,
        what: TimelineKind,
        subject: Option<String>,
        changes: &mut Changes,
    ) {
        let step = event.alarm.as_ref().and_then(|note| note.step.as_deref());
        let text = event.text.as_deref().or(step);
        self.timeline.push_back(TimelineEntry {
            sequence: self.sequence,
            at,
            what,
            subject,
            product: event.product.clone().filter(|_| what == TimelineKind::AdjustmentMade),
            text: display_text(text.unwrap_or_default()),
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
            stage: self.stage_view(),
            comments: self.comments.iter().cloned().collect(),
            questions: self.desk.questions(),
            answering: self.desk.answering(),
            prompter: self.sayings.cards().collect(),
            sayings: self.sayings.others(),
            stale: self.sayings.stale(self.clock),
            facts_told: self.sayings.told(),
            alarms: self.alarms.all(),
            demands: self.demand.cards(self.clock),
            watches: self.watches(),
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
        let (cards, cards_gone) = self.sayings.cards_touched(&changes.sayings);
        Delta {
            from: changes.from,
            sequence: self.sequence,
            clock: self.clock,
            metrics: self.metrics.metrics(self.clock),
            minutes: self.changed_minutes(changes),
            products: self.metrics.products_since(changes.facts),
            stage: self.stage_view(),
            comments: self.comments.iter().skip(self.comments.len() - shown).cloned().collect(),
            comments_left_out: changes.comments - shown as u64,
            questions,
            questions_gone: gone.copied().collect(),
            answering: self.desk.answering(),
            prompter: cards,
            cards_gone,
            sayings: self.sayings.others_touched(&changes.sayings),
            stale: self.sayings.stale(self.clock),
            facts_told: self.sayings.told(),
            alarms: changes.alarms.then(|| self.alarms.all()),
            demands: changes.demands.then(|| self.demand.cards(self.clock)),
            watches: self.watches(),
            timeline: self.timeline.iter().skip(self.timeline.len() - new_entries).cloned().collect(),
        }
    }

    pub(crate) fn metrics(&self) -> &MetricsFold {
        &self.metrics
    }

    pub(crate) fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    pub(crate) fn stage(&self) -> Option<&Staged> {
        self.stage.as_ref()
    }

    pub(crate) fn open_questions(&self) -> impl Iterator<Item = &Question> {
        self.desk.open()
    }

    pub(crate) fn timeline(&self) -> impl Iterator<Item = &TimelineEntry> {
        self.timeline.iter()
    }

    /// Signal, subject, number and bound.
    pub(crate) fn readings(&self) -> impl Iterator<Item = (&str, &str, i64, Option<i64>)> {
        self.readings
            .iter()
            .map(|((signal, subject), (value, bound))| (signal.as_str(), subject.as_str(), *value, *bound))
    }
}

/// An event is known by its origin and its id.
pub(crate) fn digest(event: &Event) -> Key {
    within_origin(event.id.as_str(), &event.origin)
}

fn within_origin<'a>(id: impl Into<Name<'a>>, origin: &str) -> Key {
    Key::of(id).within(Key::of(origin))
}
