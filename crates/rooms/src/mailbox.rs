//! What can be put into a room's mailbox.

use livehand_kernel::{PersonId, Sequence};
use livehand_live::view::RoomView;
use livehand_live::{CrewAction, Event};
use tokio::sync::oneshot;

use crate::{ActionTime, Done, RoomError, Subscription};

/// Requests that may wait; beyond it callers are told to come back, within microseconds.
pub(crate) const MAILBOX_MAX: usize = 1024;

type Reply<T> = oneshot::Sender<Result<T, RoomError>>;

pub(crate) enum Request {
    Ingest { events: Vec<Event>, reply: Reply<Done> },
    Act { id: String, by: PersonId, time: ActionTime, action: CrewAction, reply: Reply<Done> },
    View { reply: Reply<RoomView> },
    Subscribe { after: Option<Sequence>, reply: Reply<Subscription> },
    Announce { reply: Reply<()> },
}

/// A request with what is needed to answer it exactly once.
pub(crate) struct Message {
    pub request: Request,
}

impl Message {
    pub fn new(request: Request) -> Self {
        Self { request }
    }

    /// Answers with an error, whatever was asked.
    pub fn fail(self, error: RoomError) {
        // A caller who went away does not need the answer.
        let _ = match self.request {
            Request::Ingest { reply, .. } | Request::Act { reply, .. } => reply.send(Err(error)).is_ok(),
            Request::View { reply } => reply.send(Err(error)).is_ok(),
            Request::Subscribe { reply, .. } => reply.send(Err(error)).is_ok(),
            Request::Announce { reply } => reply.send(Err(error)).is_ok(),
        };
    }
}
