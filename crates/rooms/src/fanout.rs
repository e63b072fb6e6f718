//! What followers of a room get: frames a few times a second, each encoded once for all of them.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use livehand_kernel::Sequence;
use livehand_live::view::{Delta, RoomView};
use livehand_live::{Changes, Room};
use tokio::sync::broadcast;

/// Frames kept so that a follower who lost the connection can go on: about a minute at full rate.
const FRAMES_KEPT: usize = 300;
/// Frames a follower may be behind before it is told to take a whole view instead.
const FRAMES_BEHIND_MAX: usize = 64;

/// One delta, with room for its encoded form.
#[derive(Debug)]
pub struct Frame {
    /// What changed.
    pub delta: Delta,
    /// The delta as the API sends it, made by the first follower who needs it.
    pub encoded: OnceLock<Bytes>,
}

/// What a follower is told.
#[derive(Clone, Debug)]
pub enum Notice {
    /// The room changed.
    Frame(Arc<Frame>),
    /// The show itself changed: read it again.
    ShowChanged,
}

/// A follower's beginning and what comes after it.
#[derive(Debug)]
pub struct Subscription {
    /// The whole view; absent when `missed` continues what the follower has.
    pub view: Option<Box<RoomView>>,
    /// Frames since `after`.
    pub missed: Vec<Arc<Frame>>,
    /// What happens from now on. A follower that falls behind gets `Lagged`, one whose room was restarted `Closed`; both
    /// must subscribe again.
    pub notices: broadcast::Receiver<Notice>,
}

pub(crate) struct Fanout {
    sender: broadcast::Sender<Notice>,
    frames: VecDeque<Arc<Frame>>,
    /// What changed since the last frame.
    pub changes: Changes,
}

impl Fanout {
    pub fn new(room: &Room) -> Self {
        let sender = broadcast::channel(FRAMES_BEHIND_MAX).0;
        Self { sender, frames: VecDeque::new(), changes: Changes::since(room) }
    }

    /// Whether anybody follows the room.
    pub fn has_followers(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    /// Makes a frame of what changed, if anything did.
    pub fn publish(&mut self, room: &Room) {
        let changes = std::mem::replace(&mut self.changes, Changes::since(room));
        if changes == self.changes {
            return;
        }
        let frame = Arc::new(Frame { delta: room.delta(&changes), encoded: OnceLock::new() });
        self.frames.push_back(frame.clone());
        if self.frames.len() > FRAMES_KEPT {
            self.frames.pop_front();
        }
        self.send(Notice::Frame(frame));
    }

    pub fn send(&self, notice: Notice) {
        // Without followers there is nobody to tell.
        let _ = self.sender.send(notice);
    }

    /// Where a follower who has everything up to `after` begins.
    pub fn subscribe(&mut self, room: &Room, after: Option<Sequence>) -> Subscription {
        self.publish(room);
        let notices = self.sender.subscribe();
        if let Some(missed) = after.and_then(|after| self.since(after, room.sequence())) {
            return Subscription { view: None, missed, notices };
        }
        Subscription { view: Some(Box::new(room.view())), missed: Vec::new(), notices }
    }

    fn since(&self, after: Sequence, now: Sequence) -> Option<Vec<Arc<Frame>>> {
        if after == now {
            return Some(Vec::new());
        }
        let first = self.frames.iter().position(|frame| frame.delta.from == after)?;
        Some(self.frames.iter().skip(first).cloned().collect())
    }
}
