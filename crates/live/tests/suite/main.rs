//! What the fold promises, seen from outside: figures, questions, the prompter, deltas.

#![cfg(test)]

mod alarms;
mod demand;
mod detection;
mod effects;
mod fold;
mod hesitation;
mod metrics;
mod packed;
mod questions;
mod sayings;
mod table;

use livehand_kernel::{Millis, PersonId};
use livehand_live::view::RoomView;
use livehand_live::{Changes, Command, CrewAction, Event, Kind, Refusal, Room};

/// When the shows of these tests begin: at the beginning of a minute.
pub(crate) const START: i64 = 1_763_812_800_000;

pub(crate) fn ingest(room: &mut Room, events: Vec<Event>) {
    let decision = room.decide(Command::Ingest(events)).unwrap();
    let mut changes = Changes::default();
    for event in &decision.events {
        room.apply(event, &mut changes);
    }
}

pub(crate) fn crew(room: &mut Room, id: &str, at: i64, action: CrewAction) -> Result<usize, Refusal> {
    let command = Command::Crew { id: id.into(), by: PersonId::from("lin"), at: Millis(at), action };
    let decision = room.decide(command)?;
    let mut changes = Changes::default();
    for event in &decision.events {
        room.apply(event, &mut changes);
    }
    Ok(decision.events.len())
}

pub(crate) fn event(id: &str, at: i64, kind: &str, user: &str) -> Event {
    let mut event = Event::new(id, Millis(START + at), Kind::from_name(kind));
    event.user = Some(user.to_owned());
    event.session = Some(format!("s-{user}"));
    event
}

/// The figures of a view; versions count restatements and so may differ with the order of arrival.
pub(crate) fn figures(view: &RoomView) -> String {
    let mut minutes = view.minutes.clone();
    for minute in &mut minutes {
        minute.version = 0;
    }
    serde_json::to_string(&(&view.metrics, minutes)).unwrap()
}
