//! Batches: how events are written, and the chain of hashes over them.

use livehand_kernel::{Sequence, ShowId};
use livehand_live::Event;
use sha2::{Digest, Sha256};

/// Most events in one batch, and so in one request, which is recorded as a whole or not at all.
pub const EVENTS_PER_BATCH_MAX: usize = 20_000;
/// Largest batch after decompression, in bytes: as many events as fit, each of the largest size that is accepted.
const BATCH_BYTES_MAX: usize = 1 << 30;
/// Level 1 packs to a fifth and costs a third of the fsync.
const ZSTD_LEVEL: i32 = 1;

/// Events that are appended together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Never empty, at most [`EVENTS_PER_BATCH_MAX`].
    pub events: Vec<Event>,
}

/// The end of a log: the last sequence and the hash of the last batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Sequence of the last event; 0 when there is none.
    pub sequence: Sequence,
    /// Hash of the last batch; zeros when there is none.
    pub hash: [u8; 32],
}

impl Head {
    /// The head of a log in which nothing happened yet.
    pub const EMPTY: Head = Head { sequence: 0, hash: [0; 32] };
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place.
    pub sequence: Sequence,
    /// What happened.
    pub event: Event,
}

/// A stretch of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The events, in order.
    pub events: Vec<Recorded>,
    /// Where the next page begins.
    pub head: Head,
}

/// A room's state at one point of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Which point.
    pub head: Head,
    /// Shape of the body.
    pub format: i64,
    /// The state, encoded.
    pub body: Vec<u8>,
}

/// A batch in its written form.
pub(crate) struct Encoded {
    pub head: Head,
    pub body: Vec<u8>,
}

/// Encodes a batch: NDJSON, zstd; hashed with its place and its predecessor's hash.
pub(crate) fn encode(
    show: &ShowId,
    expected: Head,
    batch: &Batch,
) -> Result<Encoded, Box<dyn std::error::Error + Send + Sync>> {
    let count = batch.events.len();
    // An empty batch would take the place of the next one, and nothing could be appended any more.
    if count == 0 || count > EVENTS_PER_BATCH_MAX {
        return Err(format!("a batch has 1 to {EVENTS_PER_BATCH_MAX} events, not {count}").into());
    }
    let mut lines = Vec::with_capacity(count * 160);
    for event in &batch.events {
        serde_json::to_writer(&mut lines, event)?;
        lines.push(b'\n');
    }
    let hash = hash(show, expected, count, &lines);
    let body = zstd::bulk::compress(&lines, ZSTD_LEVEL)?;
    let sequence = expected.sequence + count as u64;
    Ok(Encoded { head: Head { sequence, hash }, body })
}

/// Reads a batch back and checks it against its predecessor. The error says what is wrong.
pub(crate) fn decode(
    show: &ShowId,
    before: Head,
    stored: Head,
    body: &[u8],
) -> Result<Vec<Recorded>, String> {
    let lines = zstd::bulk::decompress(body, bounded(body))
        .map_err(|error| format!("it cannot be unpacked ({error})"))?;
    let count = usize::try_from(stored.sequence.saturating_sub(before.sequence)).unwrap_or(0);
    if hash(show, before, count, &lines) != stored.hash {
        return Err("its hash does not fit its content and its place".to_owned());
    }
    let mut events = Vec::with_capacity(count);
    for (sequence, line) in
        (before.sequence + 1..).zip(lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()))
    {
        let event = serde_json::from_slice(line)
            .map_err(|error| format!("event {sequence} cannot be read ({error})"))?;
        events.push(Recorded { sequence, event });
    }
    if events.len() != count {
        return Err(format!("it holds {} events instead of {count}", events.len()));
    }
    Ok(events)
}

/// What the frame says it unpacks to, within the limit; a damaged frame may claim anything.
fn bounded(body: &[u8]) -> usize {
    zstd::zstd_safe::get_frame_content_size(body)
        .ok()
        .flatten()
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(0)
        .min(BATCH_BYTES_MAX)
}

fn hash(show: &ShowId, before: Head, count: usize, lines: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(before.hash);
    hasher.update(show.as_str().as_bytes());
    hasher.update((before.sequence + 1).to_le_bytes());
    hasher.update((count as u64).to_le_bytes());
    hasher.update(lines);
    hasher.finalize().into()
}
