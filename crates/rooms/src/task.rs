//! One room's task and the supervisor that keeps it going.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use livehand_kernel::{Sequence, ShowId};
use livehand_live::{Changes, Command, Decision, Event, Room};
use livehand_show_log::{AppendError, Batch, EVENTS_PER_BATCH_MAX, Head};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use crate::fanout::{Fanout, Notice};
use crate::history::PAGE_EVENTS;
use crate::mailbox::{Message, Request};
use crate::{ActionTime, Done, RoomError, Wiring, snapshots};

/// Least time between two frames: followers repaint at most this often.
const FRAME_INTERVAL: Duration = Duration::from_millis(400);
/// Requests decided together and appended as one batch.
const REQUESTS_PER_BATCH_MAX: usize = 256;
/// Events between two snapshots: about a second of folding at a restart.
const SNAPSHOT_EVENTS: u64 = 50_000;
/// How often a log that makes the fold panic is read again before the room is quarantined.
const REPLAYS_MAX: u32 = 3;
/// Pause before the first such replay; each further one waits twice as long.
const REPLAY_BACKOFF: Duration = Duration::from_millis(100);

/// The room's state with its place in the log.
struct Seat {
    room: Room,
    head: Head,
    snapshot_at: Sequence,
}

enum Exit {
    Stopped,
    /// The state is no longer known to be that of the log.
    Restart,
}

enum LoadError {
    Poisoned { sequence: Sequence, event: String },
    Unreadable(livehand_show_log::ReadError),
}

/// Loads the room, runs it, and loads it again after a failure, until the program stops or the room is quarantined.
pub(crate) async fn supervise(show: ShowId, wiring: Wiring, mut mailbox: mpsc::Receiver<Message>) {
    let mut poison = BTreeSet::new();
    let mut replays = 0;
    loop {
        match load(&show, &wiring).await {
            Ok(seat) => {
                metrics::gauge!("livehand_rooms_open").increment(1.0);
                let exit = run(&show, &wiring, &mut mailbox, seat, &mut poison).await;
                metrics::gauge!("livehand_rooms_open").decrement(1.0);
                if matches!(exit, Exit::Stopped) {
                    return;
                }
                metrics::counter!("livehand_rooms_restarts_total").increment(1);
            }
            Err(LoadError::Poisoned { sequence, event }) => {
                replays += 1;
                tracing::error!(show.id = %show, sequence, event, "show {show} cannot be folded at event {sequence}");
                if replays >= REPLAYS_MAX {
                    let reason = format!("the fold fails at event {sequence} (id {event})");
                    return quarantine(&show, &wiring, &mut mailbox, reason).await;
                }
                sleep(REPLAY_BACKOFF * 2_u32.pow(replays)).await;
            }
            Err(LoadError::Unreadable(error)) => {
                tracing::error!(show.id = %show, error = &error as &dyn std::error::Error, "the log of show {show} cannot be read");
                return quarantine(&show, &wiring, &mut mailbox, error.to_string()).await;
            }
        }
    }
}

/// Answers everything with the reason; the other rooms go on.
async fn quarantine(show: &ShowId, wiring: &Wiring, mailbox: &mut mpsc::Receiver<Message>, reason: String) {
    metrics::counter!("livehand_rooms_quarantined_total").increment(1);
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
            return Ok(Seat { room, head, snapshot_at });
        }
        for recorded in &page.events {
            let folded = catch_unwind(AssertUnwindSafe(|| {
                (wiring.apply)(&mut room, &recorded.event, &mut Changes::default())
            }));
            if folded.is_err() {
                let event = recorded.event.id.clone();
                return Err(LoadError::Poisoned { sequence: recorded.sequence, event });
            }
        }
        head = page.head;
    }
}

async fn run(
    show: &ShowId,
    wiring: &Wiring,
    mailbox: &mut mpsc::Receiver<Message>,
    mut seat: Seat,
    poison: &mut BTreeSet<(String, String)>,
) -> Exit {
    // Ends with this run: what followers were shown no longer continues, so they must begin again with a whole view.
    let mut fanout = Fanout::new(seat.room.sequence());
    let mut next_frame = Instant::now();
    let mut frame_due = false;
    let mut requests = Vec::with_capacity(REQUESTS_PER_BATCH_MAX);
    loop {
        tokio::select! {
            biased;
            () = wiring.stop.cancelled() => {
                if seat.head.sequence > seat.snapshot_at {
                    snapshots::save(&wiring.log, show, &seat.room, seat.head).await;
                }
                return Exit::Stopped;
            }
            () = sleep_until(next_frame), if frame_due => {
                fanout.publish(&seat.room);
                next_frame = Instant::now() + FRAME_INTERVAL;
                frame_due = false;
            }
            received = mailbox.recv_many(&mut requests, REQUESTS_PER_BATCH_MAX) => {
                if received == 0 {
                    return Exit::Stopped;
                }
                let turn = Turn { show, wiring, seat: &mut seat, fanout: &mut fanout, poison };
                if let Err(exit) = turn.take(requests.drain(..)).await {
                    return exit;
                }
                frame_due = true;
                if seat.head.sequence >= seat.snapshot_at + SNAPSHOT_EVENTS {
                    snapshots::save(&wiring.log, show, &seat.room, seat.head).await;
                    seat.snapshot_at = seat.head.sequence;
                }
            }
        }
    }
}

/// One round of the mailbox: everything in it is decided, appended as one batch, and then answered.
struct Turn<'a> {
    show: &'a ShowId,
    wiring: &'a Wiring,
    seat: &'a mut Seat,
    fanout: &'a mut Fanout,
    poison: &'a mut BTreeSet<(String, String)>,
}

/// An answer that waits for the append.
type Waiting = (tokio::sync::oneshot::Sender<Result<Done, RoomError>>, Done);

impl Turn<'_> {
    async fn take(mut self, requests: impl Iterator<Item = Message>) -> Result<(), Exit> {
        let mut batch = Vec::new();
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut requests = requests;
        while let Some(message) = requests.next() {
            match message.request {
                Request::Ingest { events, reply } => {
                    let command = Command::Ingest(events);
                    self.decide(command, reply, &mut batch, &mut waiting, &mut requests)?;
                }
                Request::Act { id, by, time, action, reply } => {
                    let at = match time {
                        ActionTime::Wall => self.wiring.clock.now(),
                        ActionTime::Show => self.seat.room.clock(),
                    };
                    let command = Command::Crew { id, by, at, action };
                    self.decide(command, reply, &mut batch, &mut waiting, &mut requests)?;
                }
                // Whoever only looks must see what is durable, so the batch goes first.
                Request::View { reply } => {
                    self.append(&mut batch, &mut waiting).await?;
                    let _ = reply.send(Ok(self.seat.room.view()));
                }
                Request::Subscribe { after, reply } => {
                    self.append(&mut batch, &mut waiting).await?;
                    let _ = reply.send(Ok(self.fanout.subscribe(&self.seat.room, after)));
                }
                Request::Announce { reply } => {
                    self.append(&mut batch, &mut waiting).await?;
                    self.fanout.send(Notice::ShowChanged);
                    let _ = reply.send(Ok(()));
                }
            }
            if batch.len() >= EVENTS_PER_BATCH_MAX {
                self.append(&mut batch, &mut waiting).await?;
            }
        }
        self.append(&mut batch, &mut waiting).await
    }

    /// Decides one command and applies its events to the draft.
    fn decide(
        &mut self,
        command: Command,
        reply: tokio::sync::oneshot::Sender<Result<Done, RoomError>>,
        batch: &mut Vec<Event>,
        waiting: &mut Vec<Waiting>,
        rest: &mut impl Iterator<Item = Message>,
    ) -> Result<(), Exit> {
        let decision = match self.seat.room.decide(command) {
            Ok(decision) => decision,
            Err(refusal) => {
                let _ = reply.send(Err(RoomError::Refused { show: self.show.clone(), refusal }));
                return Ok(());
            }
        };
        if let Some(event) = decision.events.iter().find(|event| self.is_poison(event)) {
            let _ = reply.send(Err(RoomError::Poison { show: self.show.clone(), event: event.id.clone() }));
            return Ok(());
        }
        let Decision { events, duplicates } = decision;
        let mut applying = None;
        let (room, changes, apply) = (&mut self.seat.room, &mut self.fanout.changes, self.wiring.apply);
        let folded = catch_unwind(AssertUnwindSafe(|| {
            for event in &events {
                applying = Some(event);
                apply(room, event, changes);
            }
        }));
        if folded.is_err() {
            let event = applying.map(|event| (event.origin.clone(), event.id.clone())).unwrap_or_default();
            tracing::error!(show.id = %self.show, event = event.1, "an event made the room of show {} fail", self.show);
            let _ = reply.send(Err(RoomError::Poison { show: self.show.clone(), event: event.1.clone() }));
            self.poison.insert(event);
            self.fail(waiting, rest);
            return Err(Exit::Restart);
        }
        let done = Done { sequence: self.seat.room.sequence(), recorded: events.len(), duplicates };
        batch.extend(events);
        waiting.push((reply, done));
        Ok(())
    }

    fn is_poison(&self, event: &Event) -> bool {
        !self.poison.is_empty() && self.poison.contains(&(event.origin.clone(), event.id.clone()))
    }

    /// Makes the drafted events durable, then answers.
    async fn append(&mut self, batch: &mut Vec<Event>, waiting: &mut Vec<Waiting>) -> Result<(), Exit> {
        while !batch.is_empty() {
            let rest = batch.split_off(batch.len().min(EVENTS_PER_BATCH_MAX));
            let events = std::mem::replace(batch, rest);
            let count = events.len() as u64;
            let at = self.wiring.clock.now();
            match self.wiring.log.append(self.show, self.seat.head, at, &Batch { events }).await {
                Ok(head) => {
                    self.seat.head = head;
                    self.wiring.marks.note(self.show.as_str(), head);
                    metrics::counter!("livehand_rooms_events_total").increment(count);
                }
                Err(error) => return Err(self.append_failed(error, waiting)),
            }
        }
        for (reply, done) in waiting.drain(..) {
            let _ = reply.send(Ok(done));
        }
        Ok(())
    }

    fn append_failed(&mut self, error: AppendError, waiting: &mut Vec<Waiting>) -> Exit {
        let show = self.show;
        tracing::error!(show.id = %show, error = &error as &dyn std::error::Error, "cannot append to the log of show {show}");
        if let AppendError::Unknown { .. } = error {
            // Whether the batch is in the log can only be learned by reading it afresh, after the disk was looked at.
            (self.wiring.on_fatal)(&format!("the log of show {show} could not be written: {error}"));
        }
        self.fail(waiting, &mut std::iter::empty());
        Exit::Restart
    }

    fn fail(&self, waiting: &mut Vec<Waiting>, rest: &mut impl Iterator<Item = Message>) {
        for (reply, _) in waiting.drain(..) {
            let _ = reply.send(Err(RoomError::Restarted { show: self.show.clone() }));
        }
        for message in rest {
            message.fail(RoomError::Restarted { show: self.show.clone() });
        }
    }
}
