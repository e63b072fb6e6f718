//! What lies behind the numbers: the events of a minute, and the effects of what the crew changed.

use livehand_compliance::Action;
use livehand_kernel::{Millis, Phrase, Sequence, ShowId, display_text};
use livehand_live::effects::{Adjustment, Block, LoggedChange, switchback};
use livehand_live::{Kind, Room};

use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// Events of a minute in one answer.
const EVENTS_MAX: usize = 500;
/// Longest switchback, and longest block, in minutes.
const SWITCHBACK_MINUTES_MAX: i64 = 24 * 60;

/// An event as people may see it: no ids of viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When it happened.
    pub at: Millis,
    /// Its type.
    pub kind: String,
    /// Nickname, safe to show.
    pub name: String,
    /// Text, safe to show.
    pub text: String,
    /// Traffic source, on a join.
    pub source: Option<String>,
    /// Product id.
    pub product: Option<String>,
    /// Fen.
    pub amount: Option<i64>,
    /// Taps or pieces.
    pub count: Option<i64>,
}

impl App {
    /// The events behind one minute of a show, of these types or of all, up to a limit; and whether those are all.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn minute_events(
        &self,
        caller: &Caller,
        show: &ShowId,
        at: Millis,
        types: Vec<String>,
    ) -> Result<(Vec<EventView>, bool), Error> {
        caller.require(Action::ViewReview)?;
        find_show(self, show).await?;
        let kinds: Vec<Kind> = types.iter().map(|name| Kind::from_name(name)).collect();
        let pick = move |event: &livehand_live::Event| kinds.is_empty() || kinds.contains(&event.kind);
        let (events, all) = self.rooms.events_of_minute(show, at.minute(), EVENTS_MAX, pick).await?;
        let view = |recorded: livehand_rooms::Recorded| {
            let event = recorded.event;
            EventView {
                sequence: recorded.sequence,
                at: event.effective_at(),
                kind: event.kind.name().to_owned(),
                name: display_text(event.name.as_deref().unwrap_or_default()),
                text: display_text(event.text.as_deref().unwrap_or_default()),
                source: event.source,
                product: event.product,
                amount: event.amount,
                count: event.count,
            }
        };
        Ok((events.into_iter().map(view).collect(), all))
    }

    /// What the crew of a show changed, and what came of it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Room`].
    pub async fn effects(&self, caller: &Caller, show: &ShowId) -> Result<Vec<Adjustment>, Error> {
        caller.require_in(Action::ViewRoom, show)?;
        find_show(self, show).await?;
        let changes = self.rooms.look(show, Room::logged_changes).await?;
        let measure = move || changes.into_iter().map(LoggedChange::measured).collect();
        tokio::task::spawn_blocking(measure).await.map_err(|_| Error::Internal("telling effects failed"))
    }

    /// Blocks of time in which a change is to be in force and not in force by turns, from the show's clock on.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Room`].
    pub async fn switchback(
        &self,
        caller: &Caller,
        show: &ShowId,
        minutes: i64,
        block_minutes: i64,
    ) -> Result<Vec<Block>, Error> {
        caller.require_in(Action::LogAdjustment, show)?;
        find_show(self, show).await?;
        let lengths = [("minutes", minutes, 2 * block_minutes), ("block_minutes", block_minutes, 1)];
        for (field, value, least) in lengths {
            if !(least.max(1)..=SWITCHBACK_MINUTES_MAX).contains(&value) {
                let least = least.max(1);
                let expected = Phrase::new(
                    format!("{least} to {SWITCHBACK_MINUTES_MAX} minutes"),
                    format!("{least} 到 {SWITCHBACK_MINUTES_MAX} 分钟"),
                );
                return Err(Error::field(field, expected, Phrase::literal(value.to_string())));
            }
        }
        let (clock, sequence) = self.rooms.look(show, |room| (room.clock(), room.sequence())).await?;
        let from = if clock > Millis(0) { clock } else { self.clock.now() };
        Ok(switchback(
            Millis((from.minute() + 1) * livehand_kernel::MINUTE_MS),
            minutes,
            block_minutes,
            sequence,
        ))
    }
}
