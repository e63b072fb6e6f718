//! The one writer of reservations: everybody's requests wait in one mailbox, are decided in turns, and are answered when
//! the turn is committed. What must never happen here: an answer, also a refusal, before the commit that it rests on, and
//! a state in memory that goes on after a write that failed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use livehand_kernel::{Clock, PersonId, SkuId};
use livehand_rooms::OnFatal;
use livehand_storage::Db;
use livehand_trade::reservation::{Answer, Desk, Refusal, Step, Wish};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::App;

/// Requests that may wait; more are told to come again, so that nobody waits for longer than that takes.
const MAILBOX_MAX: usize = 8_192;
/// Requests decided in one turn, and so committed together: enough that the disk is waited for once, and few enough that
/// nobody waits long for the others.
pub(super) const TURN_MAX: usize = 512;
/// How often it is looked whether a hold ended; a hold lasts for minutes.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often rooms are told of stock that reservations moved: a figure that is quoted may be so old.
const TELL_EVERY: Duration = Duration::from_millis(300);

/// What is asked of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Stock.
    Reserve(Wish),
    /// To go on.
    Move(Step),
}

/// A request about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The order.
    pub order: String,
    /// What is asked.
    pub asked: Asked,
    /// Who asks.
    pub by: Option<PersonId>,
}

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReserved {
    /// It cannot be done.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was not tried, or it was not written: try again.
    #[error("reservations cannot be written now")]
    Busy,
}

/// What a request is answered with.
pub(crate) type Answered = Result<Answer, NotReserved>;

/// A request that waits, and where its answer goes.
pub(super) struct Waiting {
    pub request: Request,
    pub answer: oneshot::Sender<Answered>,
}

/// The writer, for whoever asks it something. Cheap to clone.
#[derive(Clone)]
pub struct Reservations {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub on_fatal: OnFatal,
    mailbox: mpsc::Sender<Waiting>,
    /// Where the writer takes requests from, until it runs.
    waiting: Mutex<Option<mpsc::Receiver<Waiting>>>,
    /// What the writer knows; absent while somebody works on it and after a write that failed, until it is read again.
    pub desk: tokio::sync::Mutex<Option<Desk>>,
    /// SKUs of which rooms are not told yet.
    moved: Mutex<BTreeSet<SkuId>>,
    news: Notify,
}

impl Reservations {
    /// A writer over a database. Nothing is answered before [`Reservations::run`].
    pub fn new(db: Db, clock: Arc<dyn Clock>, on_fatal: OnFatal) -> Self {
        let (mailbox, waiting) = mpsc::channel(MAILBOX_MAX);
        let inner = Inner {
            db,
            clock,
            on_fatal,
            mailbox,
            waiting: Mutex::new(Some(waiting)),
            desk: tokio::sync::Mutex::default(),
            moved: Mutex::default(),
            news: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Asks one thing; the answer comes when it is durable.
    ///
    /// # Errors
    /// [`NotReserved`].
    pub async fn ask(&self, request: Request) -> Answered {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { request, answer };
        self.inner.mailbox.try_send(waiting).map_err(|_| NotReserved::Busy)?;
        answered.await.unwrap_or(Err(NotReserved::Busy))
    }

    /// Asks for all of these, in this order, without waiting in between; each answer with the order that it is about.
    pub(crate) async fn ask_all(&self, requests: Vec<Request>) -> Vec<(String, Answered)> {
        let asked = requests.into_iter().map(|request| {
            let (answer, answered) = oneshot::channel();
            let order = request.order.clone();
            let sent = self.inner.mailbox.try_send(Waiting { request, answer });
            (order, sent.is_ok().then_some(answered))
        });
        let asked: Vec<_> = asked.collect();
        let mut answers = Vec::with_capacity(asked.len());
        for (order, answered) in asked {
            let answer = match answered {
                Some(answered) => answered.await.unwrap_or(Err(NotReserved::Busy)),
                None => Err(NotReserved::Busy),
            };
            answers.push((order, answer));
        }
        answers
    }

    /// Decides turn after turn until it is stopped; then it answers who waits already.
    pub async fn run(&self, stop: CancellationToken) {
        let taken = self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut waiting) = taken else { return };
        let mut requests = Vec::with_capacity(TURN_MAX);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = waiting.recv_many(&mut requests, TURN_MAX) => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            self.turn(&mut requests).await;
        }
        waiting.close();
        while waiting.recv_many(&mut requests, TURN_MAX).await > 0 {
            self.turn(&mut requests).await;
        }
    }

    /// Notes that these SKUs moved, for the rooms.
    pub(super) fn note_moved(&self, skus: impl IntoIterator<Item = SkuId>) {
        self.inner.moved.lock().unwrap_or_else(PoisonError::into_inner).extend(skus);
        self.inner.news.notify_one();
    }

    async fn tell(&self, app: &App) {
        self.inner.news.notified().await;
        tokio::time::sleep(TELL_EVERY).await;
        let moved = std::mem::take(&mut *self.inner.moved.lock().unwrap_or_else(PoisonError::into_inner));
        if !moved.is_empty() {
            app.stock_moved(moved.into_iter().collect()).await;
        }
    }
}

/// Runs the writer of an app until it is stopped, and tells rooms what moved.
pub async fn run_reservations(app: App, stop: CancellationToken) {
    let (reservations, ended) = (app.reservations.clone(), stop.child_token());
    let telling = async {
        loop {
            tokio::select! {
                () = ended.cancelled() => return,
                () = reservations.tell(&app) => {}
            }
        }
    };
    tokio::join!(reservations.run(stop), telling);
}
