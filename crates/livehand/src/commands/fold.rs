//! `livehand fold`.

use std::path::Path;

use livehand_app::{Intake, IntakeMode};
use livehand_connectors::recording::{self, Item, Recording};
use livehand_live::alarms::Steps;
use livehand_live::{Changes, Command, Event, Room};

use super::import::{Report, SOURCE};
use crate::exit;
use crate::words::say;

/// Events decided at once.
const EVENTS_AT_ONCE: usize = 5_000;

pub fn run(file: &Path) -> anyhow::Result<u8> {
    let recording = open(file)?;
    let intake = Intake { source: SOURCE.to_owned(), mode: IntakeMode::Recording, selling: false };
    let mut room = Room::default();
    let mut judged = room.clock().minute() - 1;
    let mut report = Report::default();
    let mut events = Vec::with_capacity(EVENTS_AT_ONCE);
    for item in recording {
        if let Some(event) = report.take(item?, &intake) {
            events.push(event);
        }
        if events.len() >= EVENTS_AT_ONCE {
            fold(&mut room, &mut judged, std::mem::take(&mut events));
        }
    }
    fold(&mut room, &mut judged, events);
    super::print(&serde_json::to_string(&room.view())?)?;
    report.print_left_out();
    Ok(if report.left_out.is_empty() { exit::DONE } else { exit::PARTLY })
}

/// Opens a recording, with an error that names the file.
pub fn open(file: &Path) -> anyhow::Result<Recording> {
    Recording::open(file).map_err(|error| cannot_read(file, error))
}

/// Why a recording cannot be read.
pub fn cannot_read(file: &Path, error: recording::Error) -> anyhow::Error {
    let named = say(format!("cannot read {}", file.display()), format!("无法读取 {}", file.display()));
    anyhow::Error::new(error).context(named)
}

/// Folds events in as the server does, with what the rules find after each.
fn fold(room: &mut Room, judged: &mut i64, events: Vec<Event>) {
    // Events of an audience are never refused; only duplicates are left out.
    let Ok(decision) = room.decide(Command::Ingest(events)) else { return };
    for event in &decision.events {
        if event.kind.is_reserved() && room.knows(event) {
            continue;
        }
        Steps::USUAL.take(room, event, judged, &mut Changes::default());
    }
}

impl Report {
    /// The event of an item, ready to be recorded; what is left out is noted.
    pub fn take(&mut self, item: Item, intake: &Intake) -> Option<Event> {
        match item {
            Item::Event(mut event) => match intake.take(&mut event) {
                Ok(()) => {
                    self.count(&event);
                    Some(*event)
                }
                Err(_) => None,
            },
            Item::LeftOut(left_out) => {
                self.note(left_out);
                None
            }
        }
    }
}
