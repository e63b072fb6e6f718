//! The room task. One task per show owns its state; nobody else mutates it.
//!
//! A batch of commands is decided and applied to the task's own state, appended to the log as one durable batch, and
//! only then acknowledged and shown: until the append returns, nobody can see the new state, and if it fails the state
//! is thrown away and read from the log again. What must never happen here: an acknowledgement before the append, a
//! guess after an append whose outcome is unknown, a panic of one room that reaches another.

mod fanout;
mod history;
mod mailbox;
mod snapshots;
mod task;
mod turn;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use livehand_kernel::{Clock, Millis, PersonId, Sequence, ShowId};
use livehand_live::alarms::Steps;
use livehand_live::view::RoomView;
use livehand_live::{CrewAction, Event, Refusal, Room};
pub use livehand_show_log::Recorded;
use livehand_show_log::{EVENTS_PER_BATCH_MAX, EventLog, Head, Marks, Page};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use fanout::{Frame, Notice, Subscription};
use history::History;
use mailbox::{Request, Sender, Unsent};

/// Most events in one request. They are one batch of the log, so that all of them are recorded or none.
pub const EVENTS_PER_INGEST_MAX: usize = EVENTS_PER_BATCH_MAX;

/// Events that are read to find those of one minute; one that came very late stands far behind the others.
const MINUTE_EVENTS_READ_MAX: u64 = 300_000;

/// What happens when the log's outcome is unknown: the process must end and start again from the log.
pub type OnFatal = Arc<dyn Fn(&str) + Send + Sync>;

/// What rooms need from the program around them.
#[derive(Clone)]
pub struct Wiring {
    /// Where shows are kept.
    pub log: Arc<dyn EventLog>,
    /// High-water marks outside the log.
    pub marks: Arc<Marks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ends the process; must not return normally in production.
    pub on_fatal: OnFatal,
    /// Room tasks live on it.
    pub tasks: TaskTracker,
    /// Ends them.
    pub stop: CancellationToken,
    /// How events are taken in: [`Steps::USUAL`], except in tests, which plant an event that no fold survives, or do
    /// without rules.
    pub steps: Steps,
}

/// All rooms of this process. Cheap to clone.
#[derive(Clone)]
pub struct Rooms {
    inner: Arc<Inner>,
}

struct Inner {
    wiring: Wiring,
    open: Mutex<BTreeMap<ShowId, Sender>>,
    /// Shows that may not be served, and why.
    refused: Mutex<BTreeMap<ShowId, String>>,
    history: History,
}

/// What a room did with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The room's sequence after it.
    pub sequence: Sequence,
    /// Events that were appended.
    pub recorded: usize,
    /// Events that were in the log already.
    pub duplicates: usize,
}

/// By which clock something is taken to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionTime {
    /// Now, by the clock on the wall.
    Wall,
    /// Now, by the show's own clock: in a replay, the crew works in the show's time.
    Show,
}

/// Why a room did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// The room looked at the command and will not do it.
    #[error("the room of show {show} refused")]
    Refused {
        /// Which show.
        show: ShowId,
        /// Why.
        #[source]
        refusal: Refusal,
    },
    /// An event that the fold cannot survive.
    #[error("event {event} makes the room of show {show} fail and was not recorded")]
    Poison {
        /// Which show.
        show: ShowId,
        /// The event's id.
        event: String,
    },
    /// The mailbox is full; nothing was done.
    #[error("the room of show {show} has more to do than it can take")]
    Busy {
        /// Which show.
        show: ShowId,
    },
    /// The room was restarted or stopped before the command was appended; nothing was done.
    #[error("the room of show {show} was restarted")]
    Restarted {
        /// Which show.
        show: ShowId,
    },
    /// The disk is full; nothing was done.
    #[error("there is no room on the disk for show {show}")]
    Full {
        /// Which show.
        show: ShowId,
    },
    /// The show has ended: its log takes nothing more.
    #[error("show {show} has ended")]
    Ended {
        /// Which show.
        show: ShowId,
    },
    /// More events than one request may hold; nothing was done.
    #[error("{count} events are more than one request may hold")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// The room may not be served until somebody has looked at it.
    #[error("show {show} cannot be served: {reason}")]
    Quarantined {
        /// Which show.
        show: ShowId,
        /// What is wrong, naming the events.
        reason: String,
    },
    /// The log cannot be read.
    #[error("cannot read the log of show {show}")]
    Read {
        /// Which show.
        show: ShowId,
        /// Why.
        #[source]
        cause: livehand_show_log::ReadError,
    },
}

impl Rooms {
    /// No room is open yet; each opens when it is first spoken to.
    pub fn new(wiring: Wiring) -> Self {
        let history = History::new(wiring.log.clone(), wiring.steps);
        let inner = Inner {
            wiring,
            open: Mutex::new(BTreeMap::new()),
            refused: Mutex::new(BTreeMap::new()),
            history,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Refuses to serve a show from now on, because its log is damaged.
    pub fn refuse(&self, show: ShowId, reason: String) {
        locked(&self.inner.refused).insert(show, reason);
    }

    /// Shows that are refused, with the reason.
    pub fn refused(&self) -> BTreeMap<ShowId, String> {
        locked(&self.inner.refused).clone()
    }

    /// Records audience events; returns when they are durable.
    ///
    /// # Errors
    /// [`RoomError`]; nothing was recorded then.
    pub async fn ingest(&self, show: &ShowId, events: Vec<Event>) -> Result<Done, RoomError> {
        self.ingest_in(show, events, ActionTime::Show).await
    }

    /// As [`Rooms::ingest`]; events that happen now, by the clock on the wall, let the rules notice when no more come.
    ///
    /// # Errors
    /// As [`Rooms::ingest`].
    pub async fn ingest_in(
        &self,
        show: &ShowId,
        events: Vec<Event>,
        time: ActionTime,
    ) -> Result<Done, RoomError> {
        if events.len() > EVENTS_PER_INGEST_MAX {
            return Err(RoomError::TooMany { count: events.len() });
        }
        self.ask(show, |reply| Request::Ingest { events, time, reply }).await?
    }

    /// Does what a member of the crew asks; returns when it is durable. A repeated `id` does nothing twice.
    ///
    /// # Errors
    /// [`RoomError`]; nothing was done then.
    pub async fn act(
        &self,
        show: &ShowId,
        id: String,
        by: PersonId,
        time: ActionTime,
        action: CrewAction,
    ) -> Result<Done, RoomError> {
        let action = Box::new(action);
        self.ask(show, |reply| Request::Act { id, by, time, action, reply }).await?
    }

    /// What the room shows now.
    ///
    /// # Errors
    /// [`RoomError`] when the room cannot be served.
    pub async fn view(&self, show: &ShowId) -> Result<RoomView, RoomError> {
        self.look(show, Room::view).await
    }

    /// What `look` reads off the room. The room waits for it, so it must be quick.
    ///
    /// # Errors
    /// [`RoomError`] when the room cannot be served.
    pub async fn look<T: Send + 'static>(
        &self,
        show: &ShowId,
        look: impl FnOnce(&Room) -> T + Send + 'static,
    ) -> Result<T, RoomError> {
        let ask = |reply: oneshot::Sender<Result<T, RoomError>>| Request::Look {
            look: Box::new(move |room| {
                // Whoever asked may be gone.
                let _ = reply.send(room.map(look));
            }),
        };
        self.ask(show, ask).await?
    }

    /// Up to `limit` events of a minute that `pick` picks, in the order of the log, and whether those were all; `minute`
    /// counts from the epoch.
    ///
    /// # Errors
    /// [`RoomError`] when the log cannot be read.
    pub async fn events_of_minute(
        &self,
        show: &ShowId,
        minute: i64,
        limit: usize,
        pick: impl Fn(&Event) -> bool + Send,
    ) -> Result<(Vec<Recorded>, bool), RoomError> {
        let mut found = Vec::new();
        let Some((first, last)) = self.look(show, move |room| room.span(minute)).await? else {
            return Ok((found, true));
        };
        let failed = |cause| RoomError::Read { show: show.clone(), cause };
        let Some(mut after) = self.inner.wiring.log.head_before(show, first).await.map_err(failed)? else {
            return Ok((found, true));
        };
        while after.sequence < last && after.sequence < first + MINUTE_EVENTS_READ_MAX {
            let page = self.page(show, after).await?;
            if page.events.is_empty() {
                return Ok((found, true));
            }
            after = page.head;
            let of_minute = |it: &Recorded| it.event.effective_at().minute() == minute && pick(&it.event);
            for recorded in page.events.into_iter().filter(of_minute) {
                if found.len() == limit {
                    return Ok((found, false));
                }
                found.push(recorded);
            }
        }
        Ok((found, after.sequence >= last))
    }

    /// What the room showed at `at`, by the show's clock: its log folded up to the last event before that moment.
    ///
    /// # Errors
    /// [`RoomError`] when the log cannot be read.
    pub async fn view_at(&self, show: &ShowId, at: Millis) -> Result<RoomView, RoomError> {
        self.check_served(show)?;
        self.inner.history.view_at(show, at).await
    }

    /// Follows the room: a whole view, or, when `after` is recent enough, the frames since then; then what happens.
    ///
    /// # Errors
    /// [`RoomError`] when the room cannot be served.
    pub async fn subscribe(&self, show: &ShowId, after: Option<Sequence>) -> Result<Subscription, RoomError> {
        self.ask(show, |reply| Request::Subscribe { after, reply }).await?
    }

    /// Tells everybody who follows the room that the show itself changed (opened, ended).
    ///
    /// # Errors
    /// [`RoomError`] when the room cannot be served.
    pub async fn announce(&self, show: &ShowId) -> Result<(), RoomError> {
        self.ask(show, |reply| Request::Announce { reply }).await?
    }

    /// Closes the room's log for good, because the show has ended: what was not recorded before is refused.
    ///
    /// # Errors
    /// [`RoomError`] when the room cannot be served.
    pub async fn close(&self, show: &ShowId) -> Result<(), RoomError> {
        self.ask(show, |reply| Request::Close { reply }).await?
    }

    /// The next stretch of a show's log after `after`; empty at its end.
    ///
    /// # Errors
    /// [`RoomError`] when the log cannot be read.
    pub async fn page(&self, show: &ShowId, after: Head) -> Result<Page, RoomError> {
        self.check_served(show)?;
        let page = self.inner.wiring.log.read(show, after, history::PAGE_EVENTS).await;
        page.map_err(|cause| RoomError::Read { show: show.clone(), cause })
    }

    /// Every event of a show, in order, given to `each`.
    ///
    /// # Errors
    /// [`RoomError`] when the log cannot be read.
    pub async fn read(&self, show: &ShowId, mut each: impl FnMut(Recorded) + Send) -> Result<(), RoomError> {
        let mut after = Head::EMPTY;
        loop {
            let page = self.page(show, after).await?;
            if page.events.is_empty() {
                return Ok(());
            }
            after = page.head;
            page.events.into_iter().for_each(&mut each);
        }
    }

    fn check_served(&self, show: &ShowId) -> Result<(), RoomError> {
        match locked(&self.inner.refused).get(show) {
            Some(reason) => Err(RoomError::Quarantined { show: show.clone(), reason: reason.clone() }),
            None => Ok(()),
        }
    }

    async fn ask<T>(
        &self,
        show: &ShowId,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, RoomError> {
        self.check_served(show)?;
        let (reply, answer) = oneshot::channel();
        let sent = match self.mailbox(show).send(request(reply)) {
            // The task ended in this moment because nobody needed it; the next one takes the request.
            Err(Unsent::Closed(request)) => self.mailbox(show).send(request),
            sent => sent,
        };
        match sent {
            Ok(()) => answer.await.map_err(|_| RoomError::Restarted { show: show.clone() }),
            Err(Unsent::Full) => {
                metrics::counter!("livehand_rooms_mailbox_full_total").increment(1);
                Err(RoomError::Busy { show: show.clone() })
            }
            Err(Unsent::Closed(_)) => Err(RoomError::Restarted { show: show.clone() }),
        }
    }

    fn mailbox(&self, show: &ShowId) -> Sender {
        let mut open = locked(&self.inner.open);
        if let Some(mailbox) = open.get(show).filter(|mailbox| !mailbox.is_closed()) {
            return mailbox.clone();
        }
        let (sender, receiver) = Sender::new();
        open.retain(|_, mailbox| !mailbox.is_closed());
        open.insert(show.clone(), sender.clone());
        let wiring = self.inner.wiring.clone();
        self.inner.wiring.tasks.spawn(task::supervise(show.clone(), wiring, receiver));
        sender
    }
}

/// A panic while holding these locks leaves the maps whole, so a poisoned lock is as good as another.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
