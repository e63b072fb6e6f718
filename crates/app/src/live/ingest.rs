//! Events into a show: every line is checked, marked with where it came from, and read for what it asks; then all of
//! them are recorded, or none.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, ShowId};
use livehand_live::{Event, FieldError, Kind};
use livehand_rooms::{ActionTime, Done};

use crate::error::Fault;
use crate::prepare::{find_show, not_on_air};
use crate::trade::{after_sale_event, is_order};
use crate::{App, Caller, Error};

/// Events in one request; all of them are recorded, or none.
pub const EVENTS_PER_REQUEST_MAX: usize = livehand_rooms::EVENTS_PER_INGEST_MAX;
/// Longest name of a source, in bytes.
const SOURCE_BYTES_MAX: usize = 64;
/// Wrong lines that are named; the rest are read no further.
const FAULTS_MAX: usize = 100;
/// The origin of crew events.
const CREW_ORIGIN: &str = "crew";

/// How events that arrive are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntakeMode {
    /// They happen now: `received` is this instant, and nobody may speak for the crew.
    Live(Millis),
    /// They happened before: `received` stays, or is their own time, and what the crew did then is part of them.
    Recording,
}

/// Where events come from and how they are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// Name of the source; with an event's id it identifies the event.
    pub source: String,
    /// How.
    pub mode: IntakeMode,
    /// Whether the show has a line-up: only where something is sold does half a question mean goods.
    pub selling: bool,
}

impl Intake {
    /// Makes an event that was read the one that is recorded.
    ///
    /// # Errors
    /// [`FieldError`] if the source may not send such an event.
    pub fn take(&self, event: &mut Event) -> Result<(), FieldError> {
        match self.mode {
            IntakeMode::Live(now) => {
                if event.kind.is_reserved() {
                    return Err(FieldError::new(
                        "type",
                        Phrase::new("a type of the audience", "观众侧的事件类型"),
                        Phrase::literal(event.kind.name().to_owned()),
                    ));
                }
                event.origin.clone_from(&self.source);
                event.received = Some(now);
                event.by = None;
                // What a comment asks for is read here, not believed.
                (event.intent, event.topic, event.named, event.doubt) = (None, None, None, None);
            }
            IntakeMode::Recording => {
                if event.origin.is_empty() {
                    event.origin.clone_from(&self.source);
                }
                event.received = event.received.or(Some(event.at));
            }
        }
        if event.kind == Kind::Comment && event.intent.is_none() {
            super::annotate::annotate(event, self.selling);
        }
        Ok(())
    }
}

/// Reads the lines of an NDJSON body. Empty lines are passed over.
///
/// # Errors
/// Every line that cannot be used, with its number, up to a hundred.
pub fn read_events(body: &[u8], intake: &Intake) -> Result<Vec<Event>, Vec<Fault>> {
    let lines = memchr::memchr_iter(b'\n', body).count() + 1;
    let mut events = Vec::with_capacity(lines.min(EVENTS_PER_REQUEST_MAX));
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(body.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if events.len() >= EVENTS_PER_REQUEST_MAX {
            let expected = Phrase::new(
                format!("at most {EVENTS_PER_REQUEST_MAX} events in one request"),
                format!("每次请求最多 {EVENTS_PER_REQUEST_MAX} 条事件"),
            );
            let found = Phrase::new("more", "超出");
            faults.push(Fault { line: Some(number), error: FieldError::new("line", expected, found) });
            break;
        }
        // Taken where it lies: an event is too large to be handed on at every step.
        let taken = Event::parse_line(line).and_then(|event| {
            events.push(event);
            events.last_mut().map_or(Ok(()), |event| intake.take(event))
        });
        if let Err(error) = taken {
            faults.push(Fault { line: Some(number), error });
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if faults.is_empty() { Ok(events) } else { Err(faults) }
}

impl App {
    /// Checks that the caller may send events into a show, before a body is read.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_may_send(&self, caller: &Caller, show: &ShowId) -> Result<(), Error> {
        caller.require_in(Action::SendEvents, show)
    }

    /// Records the events of an NDJSON body in a show that is on air; all of them, or none. Events that are there already
    /// are counted and left out. `recording` keeps the events' own times, origins and crew actions.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`] with line numbers, [`Error::Conflict`] when the show
    /// is not on air, [`Error::Room`].
    pub async fn ingest(
        &self,
        caller: &Caller,
        show: &ShowId,
        source: &str,
        recording: bool,
        body: bytes::Bytes,
    ) -> Result<(usize, Done), Error> {
        caller.require_in(Action::SendEvents, show)?;
        if recording {
            caller.require(Action::ImportRecording)?;
        }
        let row = find_show(self, show).await?;
        if recording == (row.mode == "live") {
            return Err(Error::Conflict {
                code: "wrong_show_mode",
                explanation: Phrase::new(
                    "A live show takes live events, a recording or replay takes recorded ones",
                    "直播场次只接收实时事件，录播和回放场次只接收录制事件",
                ),
            });
        }
        if row.status != "on_air" {
            return Err(not_on_air());
        }
        let mode = if recording { IntakeMode::Recording } else { IntakeMode::Live(self.clock.now()) };
        let source = match (caller, checked_source(source)?) {
            // No link can take the ids of another source's events.
            (Caller::Link { id, .. }, source) => format!("{id}/{source}"),
            (_, source) => source,
        };
        let tx = self.db.read().await?;
        let selling = livehand_storage::shows::has_lineup(&tx, show).await?;
        drop(tx);
        let intake = Intake { source, mode, selling };
        let read = move || read_events(&body, &intake);
        let events =
            tokio::task::spawn_blocking(read).await.map_err(|_| Error::Internal("reading events failed"))?;
        let mut events = events.map_err(Error::Invalid)?;
        self.name_products(show, &mut events).await?;
        let received = events.len();
        let orders = events.iter().any(is_order);
        let after_sale = !recording && events.iter().any(after_sale_event);
        let time = if recording { ActionTime::Show } else { ActionTime::Wall };
        let done = self.rooms.ingest_in(show, events, time).await?;
        if orders {
            self.orders_arrived(&row);
        }
        if after_sale {
            self.after_sale_heard(&row);
        }
        Ok((received, done))
    }
}

impl App {
    /// Names the product of each comment that names a link of the line-up: the room knows no line-up.
    async fn name_products(&self, show: &ShowId, events: &mut [Event]) -> Result<(), Error> {
        let named = |event: &Event| {
            let comment = event.kind == Kind::Comment && event.product.is_none();
            event.named.as_deref().filter(|_| comment).and_then(livehand_live::link_named)
        };
        if !events.iter().any(|event| named(event).is_some()) {
            return Ok(());
        }
        let tx = self.db.read().await?;
        let lineup = livehand_storage::shows::lineup(&tx, show).await?;
        drop(tx);
        let products: BTreeMap<i64, String> =
            lineup.into_iter().map(|product| (product.link_number, product.id.0)).collect();
        for event in events {
            if let Some(link) = named(event) {
                event.product = products.get(&i64::from(link)).cloned();
            }
        }
        Ok(())
    }
}

fn checked_source(source: &str) -> Result<String, Error> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if !source.is_empty()
        && source.len() <= SOURCE_BYTES_MAX
        && source.chars().all(fits)
        && source != CREW_ORIGIN
    {
        return Ok(source.to_owned());
    }
    let expected = Phrase::new(
        format!("a name of 1 to {SOURCE_BYTES_MAX} letters, digits, - _ . : other than {CREW_ORIGIN}"),
        format!("1 到 {SOURCE_BYTES_MAX} 个字母、数字或 - _ . :，且不是 {CREW_ORIGIN}"),
    );
    Err(Error::field("source", expected, Phrase::literal(livehand_kernel::display_text(source))))
}

#[cfg(test)]
mod tests {
    use livehand_language::Intent;

    #[test]
    fn a_comment_opens_a_card_exactly_when_its_viewer_waits_for_an_answer() {
        for intent in Intent::ALL {
            assert_eq!(livehand_live::asks(intent.code()), intent.is_question(), "{}", intent.code());
        }
    }
}
