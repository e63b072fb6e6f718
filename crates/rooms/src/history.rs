//! A show as it was at some moment: its log folded up to there. Scrubbing goes back and forth, so states on the way are
//! kept and the fold goes on from the nearest.

use std::collections::BTreeMap;
use std::sync::Arc;

use livehand_kernel::{Millis, ShowId};
use livehand_live::view::RoomView;
use livehand_live::{Changes, Room};
use livehand_show_log::{EventLog, Head};
use tokio::sync::Mutex;

use crate::{Apply, RoomError};

/// Events read from the log at once.
pub(crate) const PAGE_EVENTS: usize = 5_000;
/// Events between two states that are kept.
const CHECKPOINT_EVENTS: u64 = 20_000;
/// States kept of one show; when there are more, every second one is dropped.
const CHECKPOINTS_MAX: usize = 16;
/// Shows whose states are kept.
const SHOWS_MAX: usize = 2;

pub(crate) struct History {
    log: Arc<dyn EventLog>,
    apply: Apply,
    shows: Mutex<Vec<(ShowId, BTreeMap<u64, Checkpoint>)>>,
}

#[derive(Clone)]
struct Checkpoint {
    room: Arc<Room>,
    head: Head,
}

impl History {
    pub fn new(log: Arc<dyn EventLog>, apply: Apply) -> Self {
        Self { log, apply, shows: Mutex::new(Vec::new()) }
    }

    /// The view at `at` by the show's clock.
    pub async fn view_at(&self, show: &ShowId, at: Millis) -> Result<RoomView, RoomError> {
        let mut shows = self.shows.lock().await;
        let position = shows.iter().position(|(known, _)| known == show);
        let mut entry =
            position.map_or_else(|| (show.clone(), BTreeMap::new()), |position| shows.remove(position));
        let result = self.fold_to(show, at, &mut entry.1).await;
        shows.push(entry);
        if shows.len() > SHOWS_MAX {
            shows.remove(0);
        }
        result
    }

    async fn fold_to(
        &self,
        show: &ShowId,
        at: Millis,
        checkpoints: &mut BTreeMap<u64, Checkpoint>,
    ) -> Result<RoomView, RoomError> {
        let nearest = checkpoints.values().rev().find(|checkpoint| checkpoint.room.clock() <= at).cloned();
        let (mut room, mut head) = match nearest {
            Some(checkpoint) => ((*checkpoint.room).clone(), checkpoint.head),
            None => (Room::default(), Head::EMPTY),
        };
        loop {
            let page = self.log.read(show, head, PAGE_EVENTS).await;
            let page = page.map_err(|cause| RoomError::Read { show: show.clone(), cause })?;
            if page.events.is_empty() {
                return Ok(room.view());
            }
            let apply = self.apply;
            let folded = tokio::task::spawn_blocking(move || {
                for recorded in &page.events {
                    if recorded.event.effective_at() > at {
                        return (room, None);
                    }
                    apply(&mut room, &recorded.event, &mut Changes::default());
                }
                (room, Some(page.head))
            });
            let (folded_room, reached) =
                folded.await.map_err(|_| RoomError::Restarted { show: show.clone() })?;
            room = folded_room;
            let Some(reached) = reached else { return Ok(room.view()) };
            head = reached;
            let last = checkpoints.last_key_value().map_or(0, |(sequence, _)| *sequence);
            if head.sequence >= last + CHECKPOINT_EVENTS {
                checkpoints.insert(head.sequence, Checkpoint { room: Arc::new(room.clone()), head });
                thin(checkpoints);
            }
        }
    }
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
