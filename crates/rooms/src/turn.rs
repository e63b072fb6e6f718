//! One round of the mailbox: everything in it is decided, appended as one batch, and then answered.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use livehand_kernel::{Millis, ShowId};
use livehand_live::alarms::Occasion;
use livehand_live::{Command, Decision, Event};
use livehand_show_log::{AppendError, Batch, EVENTS_PER_BATCH_MAX};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::fanout::{Fanout, Notice};
use crate::mailbox::{Message, Request};
use crate::task::{Exit, Lasting, Seat};
use crate::{ActionTime, Done, RoomError, Wiring};

/// Events of which the room reads at once what it will need.
const APPROACHED_AT_ONCE: usize = 256;

/// A round of the mailbox.
pub(crate) struct Turn<'a> {
    pub show: &'a ShowId,
    pub wiring: &'a Wiring,
    pub seat: &'a mut Seat,
    pub fanout: &'a mut Fanout,
    pub lasting: &'a mut Lasting,
}

/// What was decided and is not durable yet.
#[derive(Default)]
struct Draft {
    events: Vec<Event>,
    /// Answers that wait for the append. A refusal waits too: it may rest on a draft that is thrown away.
    answers: Vec<Answer>,
}

struct Answer {
    reply: oneshot::Sender<Result<Done, RoomError>>,
    result: Result<Done, RoomError>,
    /// Given back to the mailbox with the answer.
    _share: OwnedSemaphorePermit,
}

impl Turn<'_> {
    pub async fn take(mut self, mut requests: impl Iterator<Item = Message>) -> Result<(), Exit> {
        let mut draft = Draft::default();
        while let Some(Message { request, share }) = requests.next() {
            let (command, reply) = match self.command(request) {
                Ok(command) => command,
                // Whoever only looks must see what is durable, so the draft goes first.
                Err(request) => {
                    self.append(&mut draft).await?;
                    self.answer(request);
                    continue;
                }
            };
            let Some(command) = command else {
                let _ = reply.send(Err(RoomError::Ended { show: self.show.clone() }));
                continue;
            };
            if let Command::Ingest(events) = &command
                && draft.events.len() + events.len() > EVENTS_PER_BATCH_MAX
            {
                self.append(&mut draft).await?;
            }
            let result = match self.decide(command, &mut draft.events) {
                Ok(result) => result,
                Err(event) => {
                    let _ = reply.send(Err(RoomError::Poison { show: self.show.clone(), event }));
                    let restarted = || RoomError::Restarted { show: self.show.clone() };
                    self.fail(&mut draft, restarted);
                    requests.for_each(|message| message.fail(restarted()));
                    return Err(Exit::Restart);
                }
            };
            draft.answers.push(Answer { reply, result, _share: share });
        }
        self.append(&mut draft).await
    }

    /// Lets the rules look at a room of which nothing was heard.
    pub async fn look(mut self) -> Result<(), Exit> {
        let now = self.wiring.clock.now();
        let found = (self.wiring.steps.watch)(&self.seat.room, Occasion::Time(now));
        let mut draft = Draft::default();
        match self.apply(found) {
            Ok((events, _)) => draft.events = events,
            Err(_) => return Err(Exit::Restart),
        }
        self.append(&mut draft).await
    }

    /// The command in a request, none if the show takes no more; or the request back, if it only looks.
    #[expect(clippy::type_complexity, reason = "the parts are named where they are taken apart")]
    fn command(
        &mut self,
        request: Request,
    ) -> Result<(Option<Command>, oneshot::Sender<Result<Done, RoomError>>), Request> {
        let (command, reply) = match request {
            Request::Ingest { events, time, reply } => {
                self.lasting.live |= time == ActionTime::Wall;
                (Command::Ingest(events), reply)
            }
            Request::Act { id, by, time, action, reply } => {
                let show = Some(self.seat.room.clock()).filter(|clock| *clock > Millis(0));
                let at = match time {
                    // Before its first event a show has no time of its own.
                    ActionTime::Show => show.unwrap_or_else(|| self.wiring.clock.now()),
                    ActionTime::Wall => self.wiring.clock.now(),
                };
                (Command::Crew { id, by, at, action: *action }, reply)
            }
            other => return Err(other),
        };
        Ok(((!self.lasting.closed).then_some(command), reply))
    }

    /// Answers a request that changes nothing in the log.
    fn answer(&mut self, request: Request) {
        match request {
            Request::Look { look } => look(Ok(&self.seat.room)),
            Request::Subscribe { after, reply } => {
                let _ = reply.send(Ok(self.fanout.subscribe(&self.seat.room, after)));
            }
            Request::Announce { reply } => {
                self.fanout.send(Notice::ShowChanged);
                let _ = reply.send(Ok(()));
            }
            Request::Close { reply } => {
                self.lasting.closed = true;
                let _ = reply.send(Ok(()));
            }
            Request::Ingest { .. } | Request::Act { .. } => {}
        }
    }

    /// Decides one command and applies its events to the room's state; the id of an event that makes the fold fail.
    fn decide(
        &mut self,
        command: Command,
        batch: &mut Vec<Event>,
    ) -> Result<Result<Done, RoomError>, String> {
        let show = self.show.clone();
        let Decision { events, duplicates } = match self.seat.room.decide(command) {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(RoomError::Refused { show, refusal })),
        };
        if let Some(event) = events.iter().find(|event| self.is_poison(event)) {
            return Ok(Err(RoomError::Poison { show, event: event.id.clone() }));
        }
        let received = events.len();
        let (applied, known) = self.apply(events)?;
        let sequence = self.seat.room.sequence();
        let done = Done { sequence, recorded: received - known, duplicates: duplicates + known };
        if batch.is_empty() {
            *batch = applied;
        } else {
            batch.extend(applied);
        }
        Ok(Ok(done))
    }

    /// Applies events to the room's state, and after each what the rules find. Returns all of them in order, and how many
    /// were left out because a rule had found the same before, as happens in a replay; or the id of one that makes the fold
    /// fail.
    fn apply(&mut self, events: Vec<Event>) -> Result<(Vec<Event>, usize), String> {
        // Events stay where they are: nearly all are neither left out nor followed by what a rule found.
        let (mut known, mut found) = (BTreeSet::new(), BTreeMap::new());
        let (seat, changes) = (&mut *self.seat, &mut self.fanout.changes);
        let steps = self.wiring.steps;
        let mut at_work = 0;
        let folded = catch_unwind(AssertUnwindSafe(|| {
            for (place, event) in events.iter().enumerate() {
                at_work = place;
                if place % APPROACHED_AT_ONCE == 0 {
                    let soon = place..events.len().min(place + APPROACHED_AT_ONCE);
                    seat.room.approach(events.get(soon).unwrap_or_default());
                }
                if event.kind.is_reserved() && seat.room.knows(event) {
                    known.insert(place);
                    continue;
                }
                let by_rules = steps.take(&mut seat.room, event, &mut seat.judged, changes);
                if !by_rules.is_empty() {
                    found.insert(place, by_rules);
                }
            }
        }));
        if folded.is_err() {
            let show = self.show;
            let event = events.get(at_work).map(|event| (event.origin.clone(), event.id.clone()));
            let event = event.unwrap_or_default();
            tracing::error!(show.id = %show, event = event.1, "an event made the room of show {show} fail");
            self.lasting.poison.insert(event.clone());
            return Err(event.1);
        }
        if known.is_empty() && found.is_empty() {
            return Ok((events, 0));
        }
        let mut applied = Vec::with_capacity(events.len() + found.len());
        for (place, event) in events.into_iter().enumerate() {
            applied.extend(Some(event).filter(|_| !known.contains(&place)));
            applied.extend(found.remove(&place).unwrap_or_default());
        }
        Ok((applied, known.len()))
    }

    fn is_poison(&self, event: &Event) -> bool {
        !self.lasting.poison.is_empty()
            && self.lasting.poison.contains(&(event.origin.clone(), event.id.clone()))
    }

    /// Makes the drafted events durable, then answers.
    async fn append(&mut self, draft: &mut Draft) -> Result<(), Exit> {
        if !draft.events.is_empty() {
            let batch = Batch { events: std::mem::take(&mut draft.events) };
            let count = batch.events.len() as u64;
            let at = self.wiring.clock.now();
            match self.wiring.log.append(self.show, self.seat.head, at, &batch).await {
                Ok(head) => {
                    self.seat.head = head;
                    self.wiring.marks.note(self.show.as_str(), head);
                    metrics::counter!("livehand_rooms_events_total").increment(count);
                }
                Err(error) => return Err(self.append_failed(error, draft)),
            }
        }
        for Answer { reply, result, .. } in draft.answers.drain(..) {
            let _ = reply.send(result);
        }
        Ok(())
    }

    fn append_failed(&mut self, error: AppendError, draft: &mut Draft) -> Exit {
        let show = self.show;
        tracing::error!(show.id = %show, error = &error as &dyn std::error::Error, "cannot append to the log of show {show}");
        if let AppendError::Unknown { .. } = error {
            // Whether the batch is in the log can only be learned by reading it afresh, after the disk was looked at.
            (self.wiring.on_fatal)(&format!("the log of show {show} could not be written: {error}"));
        }
        let full = matches!(error, AppendError::Full { .. });
        self.fail(draft, || match full {
            true => RoomError::Full { show: show.clone() },
            false => RoomError::Restarted { show: show.clone() },
        });
        Exit::Restart
    }

    fn fail(&self, draft: &mut Draft, error: impl Fn() -> RoomError) {
        for Answer { reply, .. } in draft.answers.drain(..) {
            let _ = reply.send(Err(error()));
        }
    }
}
