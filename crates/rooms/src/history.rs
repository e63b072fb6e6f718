//! A show as it was at some moment: its log folded up to there. Scrubbing goes back and forth, so states on the way are
//! kept and the fold goes on from the nearest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as StdMutex};

use livehand_kernel::{Millis, ShowId};
use livehand_live::alarms::Steps;
use livehand_live::view::RoomView;
use livehand_live::{Changes, Room};
use livehand_show_log::{EventLog, Head};
use tokio::sync::Mutex;

use crate::{RoomError, locked};

/// Events read from the log at once.
pub(crate) const PAGE_EVENTS: usize = 5_000;
/// Events between two states that are kept.
const CHECKPOINT_EVENTS: u64 = 20_000;
/// States kept of one show; when there are more, every second one is dropped.
const CHECKPOINTS_MAX: usize = 6;
/// Shows whose states are kept.
const SHOWS_MAX: usize = 2;

/// States of one show by their sequence. Whoever folds keeps them as they come, so that one who gives up has not worked
/// for nothing.
type Checkpoints = Arc<Mutex<BTreeMap<u64, Checkpoint>>>;

pub(crate) struct History {
    log: Arc<dyn EventLog>,
    steps: Steps,
    /// The show looked at last comes last.
    shows: StdMutex<Vec<(ShowId, Checkpoints)>>,
}

#[derive(Clone)]
struct Checkpoint {
    room: Arc<Room>,
    head: Head,
}

impl History {
    pub fn new(log: Arc<dyn EventLog>, steps: Steps) -> Self {
        Self { log, steps, shows: StdMutex::default() }
    }

    /// The view at `at` by the show's clock. Two who look at the same show wait for one another, and then share the work.
    pub async fn view_at(&self, show: &ShowId, at: Millis) -> Result<RoomView, RoomError> {
        let checkpoints = self.checkpoints(show);
        let mut checkpoints = checkpoints.lock().await;
        self.fold_to(show, at, &mut checkpoints).await
    }

    fn checkpoints(&self, show: &ShowId) -> Checkpoints {
        let mut shows = locked(&self.shows);
        let position = shows.iter().position(|(known, _)| known == show);
        let entry = position
            .map_or_else(|| (show.clone(), Checkpoints::default()), |position| shows.remove(position));
        let checkpoints = entry.1.clone();
        shows.push(entry);
        if shows.len() > SHOWS_MAX {
            shows.remove(0);
        }
        checkpoints
    }

    async fn fold_to(
        &self,
        show: &ShowId,
        at: Millis,
        checkpoints: &mut BTreeMap<u64, Checkpoint>,
    ) -> Result<RoomView, RoomError> {
        let restarted = |_| RoomError::Restarted { show: show.clone() };
        let nearest = checkpoints.values().rev().find(|checkpoint| checkpoint.room.clock() <= at).cloned();
        let (mut room, mut head) = match nearest {
            Some(Checkpoint { room, head }) => {
                let copied = tokio::task::spawn_blocking(move || (*room).clone()).await;
                (copied.map_err(restarted)?, head)
            }
            None => (Room::default(), Head::EMPTY),
        };
        loop {
            let page = self.log.read(show, head, PAGE_EVENTS).await;
            let page = page.map_err(|cause| RoomError::Read { show: show.clone(), cause })?;
            let last = checkpoints.last_key_value().map_or(0, |(sequence, _)| *sequence);
            let keep = page.head.sequence >= last + CHECKPOINT_EVENTS;
            let reached = page.head;
            let apply = self.steps.apply;
            let folded = tokio::task::spawn_blocking(move || {
                for recorded in &page.events {
                    if recorded.event.effective_at() > at {
                        return Folded::There(Box::new(room.view()));
                    }
                    apply(&mut room, &recorded.event, &mut Changes::default());
                }
                if page.events.is_empty() {
                    return Folded::There(Box::new(room.view()));
                }
                let kept = keep.then(|| Arc::new(room.clone()));
                Folded::Onward(Box::new(room), kept)
            });
            match folded.await.map_err(restarted)? {
                Folded::There(view) => return Ok(*view),
                Folded::Onward(folded, kept) => {
                    (room, head) = (*folded, reached);
                    if let Some(room) = kept {
                        checkpoints.insert(head.sequence, Checkpoint { room, head });
                        thin(checkpoints);
                    }
                }
            }
        }
    }
}

/// What came of folding one page.
enum Folded {
    /// The moment was reached.
    There(Box<RoomView>),
    /// It lies further on; the state, and the same to be kept.
    Onward(Box<Room>, Option<Arc<Room>>),
}

fn thin(checkpoints: &mut BTreeMap<u64, Checkpoint>) {
    if checkpoints.len() > CHECKPOINTS_MAX {
        let mut keep = false;
        checkpoints.retain(|_, _| {
            keep = !keep;
            keep
        });
    }
}
