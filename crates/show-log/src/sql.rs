//! A log in SQLite or PostgreSQL: one row per batch.

use async_trait::async_trait;
use livehand_kernel::{Millis, Sequence, ShowId};
use livehand_storage::log_batches::{self, BatchRow};
use livehand_storage::snapshots::{self, SnapshotRow};
use livehand_storage::{Db, Error};

use crate::batch::{Unpacker, decode, encode};
use crate::{AppendError, Batch, EventLog, Head, PackedPage, ReadError, Snapshot};

/// Batches fetched by one query; a page goes on until it has enough events.
const BATCHES_PER_QUERY: i64 = 64;

/// A log in a database.
#[derive(Clone, Debug)]
pub struct SqlLog {
    db: Db,
}

impl SqlLog {
    /// The log in this database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

fn head_of(row: Option<(u64, [u8; 32])>) -> Head {
    row.map_or(Head::EMPTY, |(sequence, hash)| Head { sequence, hash })
}

#[async_trait]
impl EventLog for SqlLog {
    async fn head(&self, show: &ShowId) -> Result<Head, ReadError> {
        let tx = self.db.read().await?;
        Ok(head_of(log_batches::head(&tx, show).await?))
    }

    async fn hash_at(&self, show: &ShowId, sequence: Sequence) -> Result<Option<[u8; 32]>, ReadError> {
        let tx = self.db.read().await?;
        Ok(log_batches::hash_at(&tx, show, sequence).await?)
    }

    async fn head_before(&self, show: &ShowId, sequence: Sequence) -> Result<Option<Head>, ReadError> {
        let tx = self.db.read().await?;
        let found = log_batches::before(&tx, show, sequence).await?;
        Ok(found.map(|(sequence, hash)| Head { sequence, hash }))
    }

    async fn append(
        &self,
        show: &ShowId,
        expected: Head,
        at: Millis,
        batch: &Batch,
    ) -> Result<Head, AppendError> {
        let encoded = encode(show, expected, batch)
            .map_err(|cause| AppendError::Refused { show: show.clone(), cause })?;
        let head = encoded.head;
        let row = BatchRow {
            first: expected.sequence + 1,
            last: head.sequence,
            at,
            previous: expected.hash,
            hash: head.hash,
            body: encoded.body,
        };
        let written = self.db.write(|tx| {
            let row = row.clone();
            async move {
                let found = head_of(log_batches::head(&tx, show).await?);
                if found == expected {
                    log_batches::insert(&tx, show, &row).await?;
                }
                Ok(found)
            }
        });
        match written.await {
            Ok(found) if found == expected => Ok(head),
            Ok(found) => Err(AppendError::Conflict { show: show.clone(), expected, found }),
            Err(cause) if cause.is_fatal() => Err(AppendError::Unknown { show: show.clone(), cause }),
            Err(cause @ Error::Full { .. }) => Err(AppendError::Full { show: show.clone(), cause }),
            // The place is taken: somebody wrote between our look and our insert.
            Err(Error::Conflict { .. }) => {
                let found = self.head(show).await.unwrap_or(Head::EMPTY);
                Err(AppendError::Conflict { show: show.clone(), expected, found })
            }
            Err(cause) => Err(AppendError::Refused { show: show.clone(), cause: Box::new(cause) }),
        }
    }

    async fn read_packed(&self, show: &ShowId, after: Head, limit: usize) -> Result<PackedPage, ReadError> {
        let tx = self.db.read().await?;
        let mut page = PackedPage { batches: Vec::new(), head: after };
        let mut unpacker = Unpacker::default();
        let mut events = 0;
        while events < limit {
            let until = page.head.sequence.saturating_add((limit - events) as u64);
            let rows = log_batches::read(&tx, show, page.head.sequence, until, BATCHES_PER_QUERY).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let broken = |reason| ReadError::Broken {
                    show: show.clone(),
                    sequence: page.head.sequence + 1,
                    reason,
                };
                if row.first != page.head.sequence + 1 {
                    return Err(broken(format!("the next batch begins at event {}", row.first)));
                }
                let stored = Head { sequence: row.last, hash: row.hash };
                let batch = decode(show, page.head, stored, &row.body, &mut unpacker).map_err(broken)?;
                events += batch.count;
                page.batches.push(batch);
                page.head = stored;
                if events >= limit {
                    break;
                }
            }
        }
        Ok(page)
    }

    async fn snapshot(&self, show: &ShowId, format: i64) -> Result<Option<Snapshot>, ReadError> {
        let tx = self.db.read().await?;
        let row = snapshots::latest(&tx, show, format).await?;
        Ok(row.map(|row| Snapshot {
            head: Head { sequence: row.sequence, hash: row.log_hash },
            format,
            body: row.body,
        }))
    }

    async fn save_snapshot(&self, show: &ShowId, snapshot: &Snapshot) -> Result<(), ReadError> {
        let row = SnapshotRow {
            sequence: snapshot.head.sequence,
            log_hash: snapshot.head.hash,
            format: snapshot.format,
            body: snapshot.body.clone(),
        };
        let saved = self.db.write(|tx| {
            let row = row.clone();
            async move { snapshots::put(&tx, show, &row).await }
        });
        Ok(saved.await?)
    }
}
