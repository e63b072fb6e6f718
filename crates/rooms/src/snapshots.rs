//! A room's state at one point of its log, so that a restart need not fold the whole show again. A snapshot is only a
//! shortcut: one that cannot be read, or belongs to another history, is passed over and the log is folded.

use std::sync::Arc;

use livehand_kernel::ShowId;
use livehand_live::{Room, STATE_FORMAT};
use livehand_show_log::{EventLog, Head, Snapshot};

/// Largest snapshot after decompression: a show of two million viewers.
const SNAPSHOT_BYTES_MAX: usize = 1 << 30;

/// The newest usable snapshot of a show; nothing if there is none.
pub(crate) async fn load(log: &Arc<dyn EventLog>, show: &ShowId) -> Option<(Room, Head)> {
    let snapshot = match log.snapshot(show, STATE_FORMAT).await {
        Ok(snapshot) => snapshot?,
        Err(error) => {
            tracing::warn!(show.id = %show, error = &error as &dyn std::error::Error, "cannot read the snapshot of show {show}");
            return None;
        }
    };
    let body = zstd::bulk::decompress(&snapshot.body, SNAPSHOT_BYTES_MAX).ok()?;
    let room: Room = postcard::from_bytes(&body).ok()?;
    (room.sequence() == snapshot.head.sequence).then_some((room, snapshot.head))
}

/// Writes the state at `head`.
pub(crate) async fn save(log: &Arc<dyn EventLog>, show: &ShowId, room: &Room, head: Head) {
    let Some(body) = encode(room) else { return };
    let snapshot = Snapshot { head, format: STATE_FORMAT, body };
    if let Err(error) = log.save_snapshot(show, &snapshot).await {
        tracing::warn!(show.id = %show, error = &error as &dyn std::error::Error, "cannot save a snapshot of show {show}");
    }
}

/// The bytes of a snapshot.
pub(crate) fn encode(room: &Room) -> Option<Vec<u8>> {
    let body = postcard::to_stdvec(room).ok()?;
    zstd::bulk::compress(&body, 1).ok()
}
