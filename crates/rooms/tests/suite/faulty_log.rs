//! A log in memory that fails, waits and forgets when it is told to.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use livehand_kernel::{Millis, Sequence, ShowId};
use livehand_show_log::{
    AppendError, Batch, EventLog, Head, MemoryLog, PackedPage, Page, ReadError, Snapshot,
};
use livehand_storage::Error;
use tokio::sync::Semaphore;

/// What happens to one append.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It is refused; nothing is written.
    Refuse,
    /// The disk is full; nothing is written.
    Full,
    /// The outcome is not known; it was written.
    UnknownWritten,
    /// The outcome is not known; it was not written.
    UnknownLost,
}

pub(crate) struct FaultyLog {
    log: MemoryLog,
    faults: Mutex<VecDeque<Fault>>,
    /// One permit lets one append through.
    gate: Semaphore,
    gated: AtomicBool,
    without_snapshots: AtomicBool,
    /// Why the log cannot be read, if it cannot.
    broken: Mutex<Option<(Sequence, String)>>,
    /// From where it was read.
    reads: Mutex<Vec<Sequence>>,
}

impl Default for FaultyLog {
    fn default() -> Self {
        Self {
            log: MemoryLog::default(),
            faults: Mutex::default(),
            gate: Semaphore::new(0),
            gated: AtomicBool::new(false),
            without_snapshots: AtomicBool::new(false),
            broken: Mutex::default(),
            reads: Mutex::default(),
        }
    }
}

impl FaultyLog {
    /// Lets the next append fail.
    pub(crate) fn fail_next(&self, fault: Fault) {
        self.faults.lock().unwrap().push_back(fault);
    }

    /// Lets every append wait until the gate is opened.
    pub(crate) fn close_gate(&self) {
        self.gated.store(true, Ordering::SeqCst);
    }

    /// Lets so many of the appends that wait at the gate through.
    pub(crate) fn let_through(&self, appends: usize) {
        self.gate.add_permits(appends);
    }

    pub(crate) fn open_gate(&self) {
        self.gated.store(false, Ordering::SeqCst);
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    pub(crate) fn forget_snapshots(&self) {
        self.without_snapshots.store(true, Ordering::SeqCst);
    }

    pub(crate) fn break_at(&self, sequence: Sequence, reason: &str) {
        *self.broken.lock().unwrap() = Some((sequence, reason.to_owned()));
    }

    /// From which places the log was read since the last time this was asked.
    pub(crate) fn take_reads(&self) -> Vec<Sequence> {
        std::mem::take(&mut self.reads.lock().unwrap())
    }
}

#[async_trait]
impl EventLog for FaultyLog {
    async fn head(&self, show: &ShowId) -> Result<Head, ReadError> {
        self.log.head(show).await
    }

    async fn head_before(&self, show: &ShowId, sequence: Sequence) -> Result<Option<Head>, ReadError> {
        self.log.head_before(show, sequence).await
    }

    async fn hash_at(&self, show: &ShowId, sequence: Sequence) -> Result<Option<[u8; 32]>, ReadError> {
        self.log.hash_at(show, sequence).await
    }

    async fn append(
        &self,
        show: &ShowId,
        expected: Head,
        at: Millis,
        batch: &Batch,
    ) -> Result<Head, AppendError> {
        if self.gated.load(Ordering::SeqCst) {
            self.gate.acquire().await.unwrap().forget();
        }
        let fault = self.faults.lock().unwrap().pop_front();
        let unknown =
            || AppendError::Unknown { show: show.clone(), cause: Error::Unusable("planted".to_owned()) };
        match fault {
            None => self.log.append(show, expected, at, batch).await,
            Some(Fault::Refuse) => Err(AppendError::Refused { show: show.clone(), cause: "planted".into() }),
            Some(Fault::Full) => {
                Err(AppendError::Full { show: show.clone(), cause: Error::Unusable("planted".to_owned()) })
            }
            Some(Fault::UnknownWritten) => {
                self.log.append(show, expected, at, batch).await?;
                Err(unknown())
            }
            Some(Fault::UnknownLost) => Err(unknown()),
        }
    }

    async fn read_packed(&self, show: &ShowId, after: Head, limit: usize) -> Result<PackedPage, ReadError> {
        self.log.read_packed(show, after, limit).await
    }

    async fn read(&self, show: &ShowId, after: Head, limit: usize) -> Result<Page, ReadError> {
        self.reads.lock().unwrap().push(after.sequence);
        if let Some((sequence, reason)) = self.broken.lock().unwrap().clone() {
            return Err(ReadError::Broken { show: show.clone(), sequence, reason });
        }
        self.log.read(show, after, limit).await
    }

    async fn snapshot(&self, show: &ShowId, format: i64) -> Result<Option<Snapshot>, ReadError> {
        if self.without_snapshots.load(Ordering::SeqCst) {
            return Ok(None);
        }
        self.log.snapshot(show, format).await
    }

    async fn save_snapshot(&self, show: &ShowId, snapshot: &Snapshot) -> Result<(), ReadError> {
        self.log.save_snapshot(show, snapshot).await
    }
}
