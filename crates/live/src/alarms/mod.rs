//! Alarms (告警): a signal crosses a rule, the crew is told why and what to do next, and what became of it is recorded.
//!
//! One mechanism for all: [`rules`] says what is watched and which playbook (预案) answers it, [`Room::watch`] finds what
//! is due and says it as events of the type `rule.*`, and [`Alarms`] folds those and what the crew does about them. What
//! is found depends on how the room looked when it was looked at, so it is recorded and never worked out again: a replay
//! shows the alarms that there were.
//!
//! [`Room::watch`]: crate::Room::watch

mod cause;
pub mod drop;
mod found;
mod rules;
mod stored;
mod watch;

use std::collections::VecDeque;

use livehand_kernel::{Hat, Millis, PersonId, display_text};
use serde::{Deserialize, Serialize};

pub use self::found::{AlarmNote, Cause, Evidence, Severity, Source};
pub use self::rules::{Playbook, Rule, Step, playbook, rule};
pub(crate) use self::watch::{Look, falls};
pub use self::watch::{Occasion, Steps};
use crate::event::{Event, Kind};
use crate::metrics::Series;

/// Closed alarms kept for the screen.
const CLOSED_KEPT: usize = 50;
/// Most alarms open at once; the rules open far fewer.
const OPEN_MAX: usize = 100;

/// What became of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    /// Nobody took it yet.
    Raised,
    /// Somebody works on it.
    Taken,
    /// Nobody took it in time; it is urgent now, whatever it was.
    Escalated,
    /// It is over.
    Resolved,
}

/// A step of the playbook, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AlarmStep {
    /// Its code; the console has its words.
    pub code: String,
    /// Whose step it is.
    pub owner: Hat,
    /// By when it should be done.
    pub due_at: Millis,
    /// When it was done.
    pub done_at: Option<Millis>,
    /// Who did it.
    pub by: Option<PersonId>,
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Alarm {
    /// Its id: the rule, what it is about, and the minute.
    pub id: String,
    /// The rule that it comes from.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: a product, a device; absent for the room as a whole.
    pub subject: Option<String>,
    /// When it was raised.
    pub at: Millis,
    /// What was found.
    #[serde(with = "self::stored")]
    pub evidence: Evidence,
    /// What may lie behind it, the likeliest first.
    #[serde(with = "self::stored")]
    pub causes: Vec<Cause>,
    /// What to do next.
    pub steps: Vec<AlarmStep>,
    /// What became of it.
    pub state: AlarmState,
    /// Who took it.
    pub taken_by: Option<PersonId>,
    /// When it was resolved.
    pub closed_at: Option<Millis>,
    /// Who resolved it; absent when the signal came back by itself.
    pub closed_by: Option<PersonId>,
    /// What was done, safe to show.
    pub outcome: Option<String>,
}

/// A series that is watched for falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Watch {
    /// Which.
    pub series: Series,
    /// How it stands.
    pub state: WatchState,
    /// The smallest fall that would be seen within five minutes, in thousandths of what is expected. Absent: not known, or
    /// the numbers are too few to see any.
    pub visible_permille: Option<i64>,
}

/// How a watch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WatchState {
    /// The source does not deliver what is needed.
    Unknown,
    /// Too early to judge.
    Learning,
    /// Falls of `visible_permille` or more are seen.
    Watching,
    /// The numbers are too few.
    TooFew,
}

/// The fold of the alarms of a show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alarms {
    open: Vec<Alarm>,
    closed: VecDeque<Alarm>,
}

impl Alarms {
    /// Open alarms, the worst first, then the last 50 that were resolved, newest first.
    pub fn all(&self) -> Vec<Alarm> {
        let mut open: Vec<&Alarm> = self.open.iter().collect();
        open.sort_by_key(|alarm| (std::cmp::Reverse(alarm.urgency()), alarm.at));
        open.into_iter().chain(&self.closed).cloned().collect()
    }

    /// Those that are not resolved.
    pub fn open(&self) -> &[Alarm] {
        &self.open
    }

    /// Those that were resolved last, newest first.
    pub fn closed(&self) -> impl Iterator<Item = &Alarm> {
        self.closed.iter()
    }

    /// The open alarm with this id.
    pub fn find(&self, id: &str) -> Option<&Alarm> {
        self.open.iter().find(|alarm| alarm.id == id)
    }

    /// Whether an alarm with this id was resolved, of those that are kept.
    pub fn find_closed(&self, id: &str) -> Option<&Alarm> {
        self.closed.iter().find(|alarm| alarm.id == id)
    }

    /// Takes in an event about an alarm; whether it changed anything.
    pub fn apply(&mut self, event: &Event, at: Millis) -> bool {
        let Some(note) = event.alarm.as_deref() else { return false };
        if event.kind == Kind::AlarmRaised {
            return self.raise(note, at);
        }
        let Some(place) = self.open.iter().position(|alarm| alarm.id == note.id) else { return false };
        let Some(alarm) = self.open.get_mut(place) else { return false };
        match event.kind {
            Kind::AlarmEscalated => (alarm.state, alarm.severity) = (AlarmState::Escalated, Severity::Urgent),
            Kind::AlarmTaken => (alarm.state, alarm.taken_by) = (AlarmState::Taken, event.by.clone()),
            Kind::AlarmStepDone => {
                let step = alarm.steps.iter_mut().find(|step| Some(&step.code) == note.step.as_ref());
                let Some(step) = step.filter(|step| step.done_at.is_none()) else { return false };
                (step.done_at, step.by) = (Some(at), event.by.clone());
                alarm.state = AlarmState::Taken;
                alarm.taken_by = alarm.taken_by.take().or_else(|| event.by.clone());
            }
            _ => {
                let mut alarm = self.open.remove(place);
                alarm.state = AlarmState::Resolved;
                (alarm.closed_at, alarm.closed_by) = (Some(at), event.by.clone());
                alarm.outcome = event.text.as_deref().map(display_text);
                self.closed.push_front(alarm);
                self.closed.truncate(CLOSED_KEPT);
            }
        }
        true
    }

    fn raise(&mut self, note: &AlarmNote, at: Millis) -> bool {
        let (Some(rule), Some(evidence)) = (&note.rule, &note.evidence) else { return false };
        let known = self.open.iter().any(|alarm| alarm.id == note.id);
        if known || self.open.len() >= OPEN_MAX {
            return false;
        }
        let step = |step: &Step| AlarmStep {
            code: step.code.to_owned(),
            owner: step.owner,
            due_at: at.plus(step.within_ms),
            done_at: None,
            by: None,
        };
        self.open.push(Alarm {
            id: note.id.clone(),
            rule: rule.clone(),
            severity: note.severity.unwrap_or(Severity::Warning),
            subject: note.subject.clone(),
            at,
            evidence: evidence.clone(),
            causes: note.causes.clone(),
            // A rule of another version has no playbook here, and its alarm is shown all the same.
            steps: playbook(rule).map_or_else(Vec::new, |playbook| playbook.steps.iter().map(step).collect()),
            state: AlarmState::Raised,
            taken_by: None,
            closed_at: None,
            closed_by: None,
            outcome: None,
        });
        true
    }
}

impl Alarm {
    fn urgency(&self) -> (Severity, bool) {
        (self.severity, self.state == AlarmState::Escalated)
    }
}
