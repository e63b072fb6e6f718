//! One room's task and the supervisor that keeps it going.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::FutureExt;
use livehand_kernel::{Sequence, ShowId};
use livehand_live::{Changes, KeptRoom, Room};
use livehand_show_log::{Head, ReadError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

use crate::fanout::Fanout;
use crate::history::PAGE_EVENTS;
use crate::mailbox::Message;
use crate::turn::Turn;
use crate::{RoomError, Wiring, snapshots};

/// Least time between two frames: followers repaint at most this often. A card waits for its frame, half of this on
/// average, and is to be on the screen within half a second, whatever else the machine does.
const FRAME_INTERVAL: Duration = Duration::from_millis(200);
/// Requests decided together and appended as one batch.
const REQUESTS_PER_BATCH_MAX: usize = 256;
/// Events between two snapshots, at least: about a second of folding at a restart.
const SNAPSHOT_EVENTS: u64 = 50_000;
/// And at least this part of the show, so that all snapshots together cost about as much as the last one.
const SNAPSHOT_PART: u64 = 2;
/// How often a room that fails is tried again before it is quarantined.
const TRIES_MAX: u32 = 3;
/// Pause before the first such try; each further one waits twice as long.
const BACKOFF: Duration = Duration::from_millis(200);
/// Longest pause.
const BACKOFF_MAX: Duration = Duration::from_secs(5);
/// A room that ran for so long before it failed begins to count its tries anew.
const STEADY_AFTER: Duration = Duration::from_secs(60);
/// How often the rules look at a room of which nothing is heard.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// A room that nobody asks and nobody follows for so long leaves memory.
const IDLE_AFTER: Duration = Duration::from_secs(600);
/// Poisonous events that are remembered, so that sending one again costs no replay.
const POISON_KEPT: usize = 1_000;

/// The room's state with its place in the log.
pub(crate) struct Seat {
    pub room: Room,
    pub head: Head,
    pub snapshot_at: Sequence,
    /// The minute up to which the rules looked at the room, from the epoch.
    pub judged: i64,
}

/// What outlives a run of the room.
#[derive(Default)]
pub(crate) struct Lasting {
    /// (origin, id) of events that make the fold fail.
    pub poison: BTreeSet<(String, String)>,
    /// The show has ended; its log takes nothing more.
    pub closed: bool,
    /// Events come as they happen, so that it means something when none come.
    pub live: bool,
}

pub(crate) enum Exit {
    /// The program stops, or nobody needs the room.
    Stopped,
    /// The state is no longer known to be that of the log.
    Restart,
}

enum LoadError {
    Poisoned { sequence: Sequence, event: String },
    Unreadable(ReadError),
}

/// A failure of a room, and whether trying again can go on for ever.
struct Failure {
    reason: String,
    /// The same state will fail again; after some tries somebody must look at it.
    lasting: bool,
}

/// Loads the room, runs it, and loads it again after a failure, until the program stops or the room is quarantined.
pub(crate) async fn supervise(show: ShowId, wiring: Wiring, mut mailbox: mpsc::Receiver<Message>) {
    let mut lasting = Lasting::default();
    let (mut tries, mut pause) = (0, BACKOFF);
    loop {
        let begun = Instant::now();
        let Some(failure) = load_and_run(&show, &wiring, &mut mailbox, &mut lasting).await else { return };
        if begun.elapsed() > STEADY_AFTER {
            (tries, pause) = (0, BACKOFF);
        }
        tries += u32::from(failure.lasting);
        let reason = failure.reason;
        if tries >= TRIES_MAX {
            return quarantine(&show, &wiring, &mut mailbox, reason).await;
        }
        metrics::counter!("livehand_rooms_restarts_total").increment(1);
        tracing::error!(show.id = %show, reason, "the room of show {show} starts again: {reason}");
        tokio::select! {
            biased;
            () = wiring.stop.cancelled() => return,
            () = sleep(pause) => pause = (pause * 2).min(BACKOFF_MAX),
        }
    }
}

/// Nothing if the room ended because it should.
async fn load_and_run(
    show: &ShowId,
    wiring: &Wiring,
    mailbox: &mut mpsc::Receiver<Message>,
    lasting: &mut Lasting,
) -> Option<Failure> {
    let seat = match load(show, wiring).await {
        Ok(seat) => seat,
        Err(LoadError::Poisoned { sequence, event }) => {
            let reason = format!("the fold fails at event {sequence} (id {event})");
            return Some(Failure { reason, lasting: true });
        }
        // The log may be reached again, which a damaged one will not.
        Err(LoadError::Unreadable(ReadError::Storage(error))) => {
            tracing::error!(show.id = %show, error = &error as &dyn std::error::Error, "the log of show {show} cannot be reached");
            return Some(Failure { reason: "its log cannot be reached".to_owned(), lasting: false });
        }
        Err(LoadError::Unreadable(error)) => {
            quarantine(show, wiring, mailbox, error.to_string()).await;
            return None;
        }
    };
    let open = Open::new();
    let ended = AssertUnwindSafe(run(show, wiring, mailbox, seat, lasting)).catch_unwind().await;
    drop(open);
    match ended {
        Ok(Exit::Stopped) => None,
        Ok(Exit::Restart) => {
            Some(Failure { reason: "what it had drafted was not recorded".to_owned(), lasting: false })
        }
        Err(_) => Some(Failure { reason: "it fails outside of the fold".to_owned(), lasting: true }),
    }
}

/// Counts a room as open, however its run ends.
struct Open;

impl Open {
    fn new() -> Self {
        metrics::gauge!("livehand_rooms_open").increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("livehand_rooms_open").decrement(1.0);
    }
}

/// Answers everything with the reason; the other rooms go on.
async fn quarantine(show: &ShowId, wiring: &Wiring, mailbox: &mut mpsc::Receiver<Message>, reason: String) {
    metrics::counter!("livehand_rooms_quarantined_total").increment(1);
    tracing::error!(show.id = %show, reason, "show {show} is not served any more: {reason}");
    loop {
        tokio::select! {
            biased;
            () = wiring.stop.cancelled() => return,
            message = mailbox.recv() => match message {
                Some(message) => message.fail(RoomError::Quarantined { show: show.clone(), reason: reason.clone() }),
                None => return,
            },
        }
    }
}

async fn load(show: &ShowId, wiring: &Wiring) -> Result<Seat, LoadError> {
    let (mut room, mut head) =
        snapshots::load(&wiring.log, show).await.unwrap_or((Room::default(), Head::EMPTY));
    let snapshot_at = head.sequence;
    loop {
        let page = wiring.log.read(show, head, PAGE_EVENTS).await.map_err(LoadError::Unreadable)?;
        if page.events.is_empty() {
            // What the rules found is recorded with the event that ended the minute.
            let judged = room.clock().minute() - 1;
            return Ok(Seat { room, head, snapshot_at, judged });
        }
        for recorded in &page.events {
            let folded = catch_unwind(AssertUnwindSafe(|| {
                (wiring.steps.apply)(&mut room, &recorded.event, &mut Changes::default())
            }));
            if folded.is_err() {
                let event = recorded.event.id.clone();
                return Err(LoadError::Poisoned { sequence: recorded.sequence, event });
            }
        }
        head = page.head;
        // A long show is folded in pieces, between which others have their turn.
        tokio::task::yield_now().await;
    }
}

async fn run(
    show: &ShowId,
    wiring: &Wiring,
    mailbox: &mut mpsc::Receiver<Message>,
    mut seat: Seat,
    lasting: &mut Lasting,
) -> Exit {
    // Ends with this run: what followers were shown no longer continues, so they must begin again with a whole view.
    let mut fanout = Fanout::new(&seat.room);
    let mut next_frame = Instant::now();
    let mut frame_due = false;
    let mut idle_at = Instant::now() + IDLE_AFTER;
    let mut look_at = Instant::now() + LOOK_INTERVAL;
    let mut requests = Vec::with_capacity(REQUESTS_PER_BATCH_MAX);
    let mut keeping: Option<JoinHandle<()>> = None;
    loop {
        tokio::select! {
            biased;
            () = wiring.stop.cancelled() => {
                keep_last(show, wiring, &seat).await;
                return Exit::Stopped;
            }
            () = sleep_until(next_frame), if frame_due => {
                fanout.publish(&seat.room);
                next_frame = Instant::now() + FRAME_INTERVAL;
                frame_due = false;
            }
            received = mailbox.recv_many(&mut requests, REQUESTS_PER_BATCH_MAX) => {
                if received == 0 {
                    keep_last(show, wiring, &seat).await;
                    return Exit::Stopped;
                }
                let turn = Turn { show, wiring, seat: &mut seat, fanout: &mut fanout, lasting };
                if let Err(exit) = turn.take(requests.drain(..)).await {
                    while lasting.poison.len() > POISON_KEPT {
                        lasting.poison.pop_first();
                    }
                    return exit;
                }
                frame_due = true;
                idle_at = Instant::now() + IDLE_AFTER;
                let since = seat.head.sequence - seat.snapshot_at;
                let due = since >= SNAPSHOT_EVENTS.max(seat.head.sequence / SNAPSHOT_PART);
                if due && keeping.as_ref().is_none_or(JoinHandle::is_finished) {
                    // A copy takes milliseconds, and encoding it takes long enough for callers to notice.
                    seat.snapshot_at = seat.head.sequence;
                    let kept = keep(show.clone(), wiring.clone(), seat.room.to_kept(), seat.head);
                    keeping = Some(wiring.tasks.spawn(kept));
                }
            }
            () = sleep_until(look_at), if lasting.live && !lasting.closed && !mailbox.is_closed() => {
                let before = seat.head.sequence;
                let turn = Turn { show, wiring, seat: &mut seat, fanout: &mut fanout, lasting };
                if let Err(exit) = turn.look().await {
                    return exit;
                }
                frame_due |= seat.head.sequence != before;
                look_at = Instant::now() + LOOK_INTERVAL;
            }
            // From now on senders are turned away to a new task; what is in the mailbox already is still answered.
            () = sleep_until(idle_at), if !mailbox.is_closed() => {
                if fanout.has_followers() {
                    idle_at = Instant::now() + IDLE_AFTER;
                } else {
                    mailbox.close();
                }
            }
        }
    }
}

/// Keeps the last state of a room that stops, if there is anything new.
async fn keep_last(show: &ShowId, wiring: &Wiring, seat: &Seat) {
    if seat.head.sequence != seat.snapshot_at {
        keep(show.clone(), wiring.clone(), seat.room.to_kept(), seat.head).await;
    }
}

/// Keeps a snapshot.
async fn keep(show: ShowId, wiring: Wiring, room: KeptRoom, head: Head) {
    let Ok(body) = tokio::task::spawn_blocking(move || snapshots::encode(&room)).await else { return };
    let saved = match body {
        Some(body) => snapshots::save(&wiring.log, &show, head, body).await,
        None => Ok(()),
    };
    if let Err(error) = saved {
        tracing::warn!(show.id = %show, error = &error as &dyn std::error::Error, "cannot save a snapshot of show {show}");
        if let ReadError::Storage(error) = &error
            && error.is_fatal()
        {
            (wiring.on_fatal)(&format!("a snapshot of show {show} could not be written: {error}"));
        }
    }
}
