//! A log that lives as long as the process: for folding files and for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use livehand_kernel::{Millis, Sequence, ShowId};

use crate::batch::{Unpacker, decode, encode};
use crate::{AppendError, Batch, EventLog, Head, PackedPage, ReadError, Snapshot};

#[derive(Default)]
struct Stored {
    batches: Vec<(Head, Vec<u8>)>,
    snapshot: Option<Snapshot>,
}

/// A log in memory.
#[derive(Default)]
pub struct MemoryLog {
    shows: Mutex<BTreeMap<ShowId, Stored>>,
}

impl MemoryLog {
    /// What the batches of a show take, in bytes.
    pub fn bytes(&self, show: &ShowId) -> usize {
        self.with(show, |stored| stored.batches.iter().map(|(_, body)| body.len()).sum())
    }

    fn with<T>(&self, show: &ShowId, work: impl FnOnce(&mut Stored) -> T) -> T {
        let mut shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        work(shows.entry(show.clone()).or_default())
    }
}

fn head_of(stored: &Stored) -> Head {
    stored.batches.last().map_or(Head::EMPTY, |(head, _)| *head)
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn head(&self, show: &ShowId) -> Result<Head, ReadError> {
        Ok(self.with(show, |stored| head_of(stored)))
    }

    async fn hash_at(&self, show: &ShowId, sequence: Sequence) -> Result<Option<[u8; 32]>, ReadError> {
        Ok(self.with(show, |stored| {
            stored.batches.iter().find(|(head, _)| head.sequence == sequence).map(|(head, _)| head.hash)
        }))
    }

    async fn head_before(&self, show: &ShowId, sequence: Sequence) -> Result<Option<Head>, ReadError> {
        Ok(self.with(show, |stored| {
            let place = stored.batches.iter().position(|(head, _)| head.sequence >= sequence)?;
            let before = place.checked_sub(1).and_then(|place| stored.batches.get(place));
            Some(before.map_or(Head::EMPTY, |(head, _)| *head))
        }))
    }

    async fn append(
        &self,
        show: &ShowId,
        expected: Head,
        _at: Millis,
        batch: &Batch,
    ) -> Result<Head, AppendError> {
        let encoded = encode(show, expected, batch)
            .map_err(|cause| AppendError::Refused { show: show.clone(), cause })?;
        self.with(show, |stored| {
            let found = head_of(stored);
            if found != expected {
                return Err(AppendError::Conflict { show: show.clone(), expected, found });
            }
            stored.batches.push((encoded.head, encoded.body));
            Ok(encoded.head)
        })
    }

    async fn read_packed(&self, show: &ShowId, after: Head, limit: usize) -> Result<PackedPage, ReadError> {
        self.with(show, |stored| {
            let mut page = PackedPage { batches: Vec::new(), head: after };
            let mut unpacker = Unpacker::default();
            let mut events = 0;
            for (head, body) in stored.batches.iter().filter(|(head, _)| head.sequence > after.sequence) {
                if events >= limit {
                    break;
                }
                let broken = |reason| ReadError::Broken {
                    show: show.clone(),
                    sequence: page.head.sequence + 1,
                    reason,
                };
                let batch = decode(show, page.head, *head, body, &mut unpacker).map_err(broken)?;
                events += batch.count;
                page.batches.push(batch);
                page.head = *head;
            }
            Ok(page)
        })
    }

    async fn snapshot(&self, show: &ShowId, format: i64) -> Result<Option<Snapshot>, ReadError> {
        Ok(self.with(show, |stored| {
            let belongs = |snapshot: &Snapshot| stored.batches.iter().any(|(head, _)| *head == snapshot.head);
            stored.snapshot.clone().filter(|snapshot| snapshot.format == format && belongs(snapshot))
        }))
    }

    async fn save_snapshot(&self, show: &ShowId, snapshot: &Snapshot) -> Result<(), ReadError> {
        self.with(show, |stored| stored.snapshot = Some(snapshot.clone()));
        Ok(())
    }
}
