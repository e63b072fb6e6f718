//! States kept beside the log, so that a room need not be folded from its first event. A snapshot is a shortcut and never
//! the truth: one that cannot be read, or does not belong to the log as it is, is passed over.

use std::sync::Arc;

use livehand_kernel::ShowId;
use livehand_live::{KeptRoom, Room, STATE_FORMAT};
use livehand_show_log::{EventLog, Head, ReadError, Snapshot};

/// Largest state after decompression, in bytes: a show of two million viewers. A larger one is folded from its log.
const SNAPSHOT_BYTES_MAX: usize = 1 << 30;

/// Events of which the ids are read at once.
const IDS_AT_ONCE: usize = 50_000;

/// The newest usable snapshot of a show; nothing if there is none.
pub(crate) async fn load(log: &Arc<dyn EventLog>, show: &ShowId) -> Option<(Room, Head)> {
    let snapshot = match log.snapshot(show, STATE_FORMAT).await {
        Ok(snapshot) => snapshot?,
        Err(error) => {
            tracing::warn!(show.id = %show, error = &error as &dyn std::error::Error, "cannot read the snapshot of show {show}");
            return None;
        }
    };
    let head = snapshot.head;
    let decoded = tokio::task::spawn_blocking(move || {
        let body = zstd::bulk::decompress(&snapshot.body, SNAPSHOT_BYTES_MAX).ok()?;
        postcard::from_bytes::<KeptRoom>(&body).ok().map(KeptRoom::into_room)
    });
    let room = decoded.await.ok().flatten()?;
    if room.sequence() != head.sequence {
        return None;
    }
    let remembered = remember(log, show, room, head).await;
    let room = remembered.inspect_err(|error| {
        tracing::warn!(show.id = %show, error = error.as_ref() as &dyn std::error::Error, "the log of show {show} before its snapshot cannot be read");
    });
    room.ok().flatten().map(|room| (room, head))
}

/// Tells the room of the events that it was made of, so that it knows them again; nothing if the log does not lead to it.
async fn remember(
    log: &Arc<dyn EventLog>,
    show: &ShowId,
    mut room: Room,
    head: Head,
) -> Result<Option<Room>, Box<dyn std::error::Error + Send + Sync>> {
    let mut at = Head::EMPTY;
    while at.sequence < head.sequence {
        let left = usize::try_from(head.sequence - at.sequence).unwrap_or(usize::MAX);
        let page = log.read_packed(show, at, left.min(IDS_AT_ONCE)).await?;
        if page.batches.is_empty() {
            return Ok(None);
        }
        at = page.head;
        let noted = tokio::task::spawn_blocking(move || {
            page.batches.iter().try_for_each(|batch| room.remember(&batch.events)).map(|()| room)
        });
        room = noted.await??;
    }
    Ok((at == head).then_some(room))
}

/// The body of a snapshot; nothing for a state that is too large to be worth one. Takes as long as folding some ten
/// thousand events, so it does not run where others wait.
pub(crate) fn encode(room: &KeptRoom) -> Option<Vec<u8>> {
    let body = postcard::to_stdvec(room).ok().filter(|body| body.len() <= SNAPSHOT_BYTES_MAX)?;
    zstd::bulk::compress(&body, 1).ok()
}

/// Writes the state at `head`.
///
/// # Errors
/// When the log cannot keep it.
pub(crate) async fn save(
    log: &Arc<dyn EventLog>,
    show: &ShowId,
    head: Head,
    body: Vec<u8>,
) -> Result<(), ReadError> {
    log.save_snapshot(show, &Snapshot { head, format: STATE_FORMAT, body }).await
}
