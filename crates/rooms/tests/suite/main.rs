//! What a room promises to those who speak to it, with a log in memory and a clock that the test owns.

#![cfg(test)]

mod audience;
mod crew;
mod durability;
mod faulty_log;
mod following;
mod history;
mod poison;
mod rules;
mod snapshots;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use livehand_kernel::{Clock, Millis, PersonId, ShowId};
use livehand_live::alarms::Steps;
use livehand_live::{Changes, CrewAction, Event, Room};
use livehand_rooms::{ActionTime, Done, RoomError, Rooms, Wiring};
use livehand_show_log::{EventLog, Head, Marks};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use faulty_log::FaultyLog;

/// When the shows of these tests begin.
pub(crate) const START: i64 = 1_763_812_800_000;

/// A clock that stands still until it is set.
pub(crate) struct TestClock {
    at: AtomicI64,
    broken: AtomicBool,
}

impl TestClock {
    pub(crate) fn set(&self, at: i64) {
        self.at.store(at, Ordering::SeqCst);
    }

    /// Makes whoever asks for the time next panic: a defect outside of the fold.
    pub(crate) fn fail(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        assert!(!self.broken.swap(false, Ordering::SeqCst), "a planted defect");
        Millis(self.at.load(Ordering::SeqCst))
    }
}

/// One run of a program that has rooms.
pub(crate) struct Program {
    pub(crate) rooms: Rooms,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) marks: Arc<Marks>,
    /// What would have ended the process.
    pub(crate) fatal: Arc<Mutex<Vec<String>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Program {
    pub(crate) fn start(log: &Arc<FaultyLog>) -> Self {
        Self::start_with(log, Room::apply)
    }

    /// A program without rules, so that what is in the log is what the test put there.
    pub(crate) fn start_with(log: &Arc<FaultyLog>, apply: fn(&mut Room, &Event, &mut Changes)) -> Self {
        Self::start_with_rules(log, Steps { apply, watch: |_, _| Vec::new() })
    }

    pub(crate) fn start_with_rules(log: &Arc<FaultyLog>, steps: Steps) -> Self {
        let folder = TempDir::new().unwrap();
        let marks = Arc::new(Marks::open(folder.path()).unwrap());
        let clock = Arc::new(TestClock { at: AtomicI64::new(START), broken: AtomicBool::new(false) });
        let fatal = Arc::new(Mutex::new(Vec::new()));
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let noted = fatal.clone();
        let rooms = Rooms::new(Wiring {
            log: log.clone(),
            marks: marks.clone(),
            clock: clock.clone(),
            on_fatal: Arc::new(move |reason| noted.lock().unwrap().push(reason.to_owned())),
            tasks: tasks.clone(),
            stop: stop.clone(),
            steps,
        });
        Self { rooms, clock, marks, fatal, tasks, stop, _folder: folder }
    }

    /// Ends the program as a signal would.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Lets `lin` do something.
    pub(crate) async fn act(&self, id: &str, action: CrewAction) -> Result<Done, RoomError> {
        self.act_as("lin", id, action).await
    }

    pub(crate) async fn act_as(&self, who: &str, id: &str, action: CrewAction) -> Result<Done, RoomError> {
        self.rooms.act(&show(), id.to_owned(), PersonId::from(who), ActionTime::Wall, action).await
    }
}

/// The show of most tests.
pub(crate) fn show() -> ShowId {
    ShowId::from("s1")
}

/// Everything that is in a show's log.
pub(crate) async fn logged(log: &FaultyLog, show: &ShowId) -> Vec<Event> {
    let page = log.read(show, Head::EMPTY, usize::MAX).await.unwrap();
    page.events.into_iter().map(|recorded| recorded.event).collect()
}

/// The state that a show's log amounts to.
pub(crate) async fn folded(log: &FaultyLog, show: &ShowId) -> Room {
    fold(&logged(log, show).await)
}

pub(crate) fn fold(events: &[Event]) -> Room {
    let mut room = Room::default();
    for event in events {
        room.apply(event, &mut Changes::default());
    }
    room
}
