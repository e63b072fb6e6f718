//! Batches: how events are written, and the chain of hashes over them.

use livehand_kernel::{Sequence, ShowId};
use livehand_live::{Event, packed};
use sha2::{Digest, Sha256};
use zstd::bulk::Decompressor;

/// Most events in one batch, and so in one request, which is recorded as a whole or not at all.
pub const EVENTS_PER_BATCH_MAX: usize = 20_000;
/// Largest batch after decompression, in bytes: as many events as fit, each of the largest size that is accepted.
const BATCH_BYTES_MAX: usize = 1 << 30;
/// The format of a body, its first byte. A reader refuses others.
const BODY_FORMAT: u8 = 1;
/// Columns are small already; level 1 takes what repeats in them.
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

/// A batch whose hash was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedBatch {
    /// Sequence of its first event.
    pub first: Sequence,
    /// How many events it has.
    pub count: usize,
    /// Its events in columns, as [`livehand_live::packed`] reads them.
    pub events: Vec<u8>,
}

impl PackedBatch {
    /// Its events with their places. The error says what is wrong.
    pub(crate) fn recorded(&self) -> Result<impl Iterator<Item = Recorded>, String> {
        let events = packed::unpack(&self.events).map_err(|error| error.to_string())?;
        if events.len() != self.count {
            return Err(format!("it holds {} events instead of {}", events.len(), self.count));
        }
        Ok((self.first..).zip(events).map(|(sequence, event)| Recorded { sequence, event }))
    }
}

/// A stretch of a log, not unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedPage {
    /// The batches, in order.
    pub batches: Vec<PackedBatch>,
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

/// Encodes a batch; it is hashed with its place and its predecessor's hash.
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
    let body = write_body(&batch.events)?;
    let hash = hash(show, expected, count, &body);
    let sequence = expected.sequence + count as u64;
    Ok(Encoded { head: Head { sequence, hash }, body })
}

/// Checks a batch against its predecessor and unpacks its body. The error says what is wrong.
pub(crate) fn decode(
    show: &ShowId,
    before: Head,
    stored: Head,
    body: &[u8],
    unpacker: &mut Unpacker,
) -> Result<PackedBatch, String> {
    let count = usize::try_from(stored.sequence.saturating_sub(before.sequence)).unwrap_or(0);
    if hash(show, before, count, body) != stored.hash {
        return Err("its hash does not fit its content and its place".to_owned());
    }
    Ok(PackedBatch { first: before.sequence + 1, count, events: unpacker.read_body(body)? })
}

/// The body of a batch: a byte that names the format, and the events in columns, packed with zstd.
fn write_body(events: &[Event]) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let packed = packed::pack(events)?;
    let mut body = vec![BODY_FORMAT];
    body.extend(zstd::bulk::compress(&packed, ZSTD_LEVEL)?);
    Ok(body)
}

/// Unpacks bodies; what it works with is made for the first and used for all of them.
#[derive(Default)]
pub(crate) struct Unpacker(Option<Decompressor<'static>>);

impl Unpacker {
    /// The events of a body in their columns.
    fn read_body(&mut self, body: &[u8]) -> Result<Vec<u8>, String> {
        let frame = match body.split_first() {
            Some((&BODY_FORMAT, frame)) => frame,
            Some((format, _)) => {
                return Err(format!("it is of format {format}, which this version does not know"));
            }
            None => return Err("it is empty".to_owned()),
        };
        let mut unpack = || match &mut self.0 {
            Some(unpacker) => unpacker.decompress(frame, bounded(frame)),
            none => none.insert(Decompressor::new()?).decompress(frame, bounded(frame)),
        };
        unpack().map_err(|error| format!("it cannot be unpacked ({error})"))
    }
}

/// What the frame says it unpacks to, within the limit; a damaged frame may claim anything.
fn bounded(frame: &[u8]) -> usize {
    zstd::zstd_safe::get_frame_content_size(frame)
        .ok()
        .flatten()
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(0)
        .min(BATCH_BYTES_MAX)
}

fn hash(show: &ShowId, before: Head, count: usize, body: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(before.hash);
    hasher.update(show.as_str().as_bytes());
    hasher.update((before.sequence + 1).to_le_bytes());
    hasher.update((count as u64).to_le_bytes());
    hasher.update(body);
    hasher.finalize().into()
}
