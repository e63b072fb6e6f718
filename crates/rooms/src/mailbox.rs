//! What can be put into a room's mailbox, and how much of it may wait.

use std::sync::Arc;

use livehand_kernel::{PersonId, Sequence};
use livehand_live::{CrewAction, Event, Room};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{ActionTime, Done, RoomError, Subscription};

/// Requests that may wait; beyond it callers are told to come back, within microseconds.
const REQUESTS_MAX: usize = 1_024;
/// Events that may wait in all requests together: ten full requests, about 100 MB.
const EVENTS_MAX: usize = 200_000;

type Reply<T> = oneshot::Sender<Result<T, RoomError>>;

/// Reads something off the room and gives it to whoever asked.
pub(crate) type Look = Box<dyn FnOnce(Result<&Room, RoomError>) + Send>;

pub(crate) enum Request {
    Ingest { events: Vec<Event>, time: ActionTime, reply: Reply<Done> },
    Act { id: String, by: PersonId, time: ActionTime, action: Box<CrewAction>, reply: Reply<Done> },
    Look { look: Look },
    Subscribe { after: Option<Sequence>, reply: Reply<Subscription> },
    Announce { reply: Reply<()> },
    Close { reply: Reply<()> },
}

impl Request {
    /// Answers with an error, whatever was asked.
    pub fn fail(self, error: RoomError) {
        // A caller who went away does not need the answer.
        let _ = match self {
            Request::Ingest { reply, .. } | Request::Act { reply, .. } => reply.send(Err(error)).is_ok(),
            Request::Look { look } => {
                look(Err(error));
                true
            }
            Request::Subscribe { reply, .. } => reply.send(Err(error)).is_ok(),
            Request::Announce { reply } | Request::Close { reply } => reply.send(Err(error)).is_ok(),
        };
    }

    fn events(&self) -> u32 {
        match self {
            Request::Ingest { events, .. } => u32::try_from(events.len()).unwrap_or(u32::MAX),
            _ => 0,
        }
    }
}

/// A request with its share of what may wait, which it gives back when it is answered.
pub(crate) struct Message {
    pub request: Request,
    pub share: OwnedSemaphorePermit,
}

impl Message {
    /// See [`Request::fail`].
    pub fn fail(self, error: RoomError) {
        self.request.fail(error);
    }
}

/// The slot of a mailbox.
#[derive(Clone)]
pub(crate) struct Sender {
    messages: mpsc::Sender<Message>,
    events: Arc<Semaphore>,
}

/// Why a request was not put into a mailbox.
pub(crate) enum Unsent {
    /// The room has too much to do.
    Full,
    /// The room's task has ended; here is the request back.
    Closed(Request),
}

impl Sender {
    /// A mailbox and its slot.
    pub fn new() -> (Self, mpsc::Receiver<Message>) {
        let (messages, receiver) = mpsc::channel(REQUESTS_MAX);
        (Self { messages, events: Arc::new(Semaphore::new(EVENTS_MAX)) }, receiver)
    }

    /// Puts a request in.
    pub fn send(&self, request: Request) -> Result<(), Unsent> {
        let share = self.events.clone().try_acquire_many_owned(request.events());
        let Ok(share) = share else { return Err(Unsent::Full) };
        self.messages.try_send(Message { request, share }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unsent::Full,
            mpsc::error::TrySendError::Closed(message) => Unsent::Closed(message.request),
        })
    }

    /// Whether the room's task has ended.
    pub fn is_closed(&self) -> bool {
        self.messages.is_closed()
    }
}
