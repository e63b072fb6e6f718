//! The trait that every log implements, and its errors.

use async_trait::async_trait;
use livehand_kernel::{Millis, Sequence, ShowId};

use crate::{Batch, Head, PackedPage, Page, Snapshot};

/// Why a batch was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The log does not end where the writer believes; somebody else wrote to it.
    #[error("the log of show {show} ends at {}, not at {}", .found.sequence, .expected.sequence)]
    Conflict {
        /// Which show.
        show: ShowId,
        /// Where the writer believed it to end.
        expected: Head,
        /// Where it ends.
        found: Head,
    },
    /// The disk or the connection failed; whether the batch is in the log is not known. The process must end.
    #[error("it is not known whether the batch is in the log of show {show}")]
    Unknown {
        /// Which show.
        show: ShowId,
        /// Why.
        #[source]
        cause: livehand_storage::Error,
    },
    /// The disk is full; nothing was written.
    #[error("there is no room for the batch of show {show}")]
    Full {
        /// Which show.
        show: ShowId,
        /// What the engine said.
        #[source]
        cause: livehand_storage::Error,
    },
    /// Nothing was written.
    #[error("the batch was not written to the log of show {show}")]
    Refused {
        /// Which show.
        show: ShowId,
        /// Why.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why a log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log is damaged.
    #[error("the log of show {show} is damaged at event {sequence}: {reason}")]
    Broken {
        /// Which show.
        show: ShowId,
        /// The first event that cannot be trusted.
        sequence: Sequence,
        /// What is wrong.
        reason: String,
    },
    /// The database failed.
    #[error("the log cannot be read")]
    Storage(#[from] livehand_storage::Error),
}

/// A log of shows.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Where the log of a show ends.
    async fn head(&self, show: &ShowId) -> Result<Head, ReadError>;

    /// The hash of the batch that ends at `sequence`; nothing if no batch ends there.
    async fn hash_at(&self, show: &ShowId, sequence: Sequence) -> Result<Option<[u8; 32]>, ReadError>;

    /// The head of the log before the batch that holds `sequence`; nothing if there is no such event.
    async fn head_before(&self, show: &ShowId, sequence: Sequence) -> Result<Option<Head>, ReadError>;

    /// Appends a batch directly after `expected`, all or nothing, durable when it returns.
    async fn append(
        &self,
        show: &ShowId,
        expected: Head,
        at: Millis,
        batch: &Batch,
    ) -> Result<Head, AppendError>;

    /// Events after `after`, in order: whole batches, until there are about `limit` events. Each batch is checked against
    /// the one before. `after` must be a head that this log returned. An empty page is the end.
    async fn read_packed(&self, show: &ShowId, after: Head, limit: usize) -> Result<PackedPage, ReadError>;

    /// As [`EventLog::read_packed`], unpacked.
    async fn read(&self, show: &ShowId, after: Head, limit: usize) -> Result<Page, ReadError> {
        let PackedPage { batches, head } = self.read_packed(show, after, limit).await?;
        let mut events = Vec::with_capacity(batches.iter().map(|batch| batch.count).sum());
        for batch in batches {
            let broken = |reason| ReadError::Broken { show: show.clone(), sequence: batch.first, reason };
            events.extend(batch.recorded().map_err(broken)?);
        }
        Ok(Page { events, head })
    }

    /// The newest snapshot of this format that belongs to the log as it is.
    async fn snapshot(&self, show: &ShowId, format: i64) -> Result<Option<Snapshot>, ReadError>;

    /// Keeps a snapshot.
    async fn save_snapshot(&self, show: &ShowId, snapshot: &Snapshot) -> Result<(), ReadError>;
}
