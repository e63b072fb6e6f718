//! Recordings of real shows. A file is read event by event, in constant memory; what cannot be read is reported with its
//! line and left out, and a file that was cut off yields everything up to its last whole event.

mod bililive;
mod douyin;
mod lines;
mod livehand;
mod pieces;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use livehand_kernel::{Millis, Phrase};
use livehand_live::{Event, FieldError, LINE_BYTES_MAX};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

pub use self::pieces::{Piece, Pieces};

/// Bytes looked at to find out what a file is.
const PROBE_BYTES: usize = 4_096;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// What every line of a Douyin collector has, and an event has not.
const DOUYIN_KEYS: [&str; 2] = ["payload", "timestamp"];
/// Left free in the line of an event for what is added on the way to the log: times, origin, intent.
const LINE_BYTES_RESERVED: usize = 1_024;
/// Room for reading.
const BUFFER_BYTES: usize = 256 * 1024;

/// A kind of recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// XML of BililiveRecorder (B站录播姬).
    Bililive,
    /// Livehand's own NDJSON (`docs/event.md`).
    Livehand,
    /// JSON lines of a Douyin collector: `{"type","payload","timestamp"}`.
    Douyin,
}

impl Format {
    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Format::Bililive => "BililiveRecorder XML",
            Format::Livehand => "Livehand NDJSON",
            Format::Douyin => "Douyin collector JSON lines",
        }
    }

    /// Guesses the format from the beginning of a file.
    pub fn detect(beginning: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(beginning);
        let text = text.trim_start_matches('\u{FEFF}').trim_start();
        if text.starts_with('<') {
            return Some(Format::Bililive);
        }
        let line = text.lines().find(|line| !line.trim().is_empty())?;
        if !line.trim_start().starts_with('{') {
            return None;
        }
        let douyin = match serde_json::from_str::<Map<String, Value>>(line) {
            Ok(object) => {
                !object.contains_key("at") && DOUYIN_KEYS.iter().any(|key| object.contains_key(*key))
            }
            // Longer than what is looked at, or damaged: the keys that can be seen have to do.
            Err(_) => line.contains("\"payload\""),
        };
        Some(if douyin { Format::Douyin } else { Format::Livehand })
    }
}

/// One line or element that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub error: FieldError,
    /// Whether the file ends here, in the middle of something.
    pub cut_off: bool,
}

/// What the file does not say itself.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The origin of events that carry none.
    pub origin: String,
    /// When the recording began, for BililiveRecorder files without a start time.
    pub start: Option<Millis>,
}

/// Why a recording cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// The file is none of the known formats.
    #[error(
        "the file is neither BililiveRecorder XML, nor Livehand NDJSON, nor a Douyin collector's JSON lines"
    )]
    UnknownFormat,
    /// The file is text in an encoding that none of the formats uses.
    #[error("the file is UTF-16; save it as UTF-8")]
    Utf16,
}

/// The next thing in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An event.
    Event(Box<Event>),
    /// Something that was left out.
    LeftOut(LeftOut),
}

/// A recording that is being read. Every event has passed [`Event::check`] and has a `received` time, which is its own
/// time where the file does not know another.
pub struct Recording {
    format: Format,
    origin: String,
    items: Items,
}

type Items = Box<dyn Iterator<Item = io::Result<Item>> + Send>;
type Input = Box<dyn BufRead + Send>;

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recording({:?})", self.format)
    }
}

impl Recording {
    /// Opens a file, which may be gzip. A Douyin file is read twice: first to learn which user ids are placeholders.
    ///
    /// # Errors
    /// [`Error`] if the file cannot be read or is nothing known.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with(path, &ImportOptions::default())
    }

    /// Opens a file, with what it does not say itself.
    ///
    /// # Errors
    /// [`Error`] if the file cannot be read or is nothing known.
    pub fn open_with(path: &Path, options: &ImportOptions) -> Result<Self, Error> {
        Self::read(|| plain(BufReader::with_capacity(BUFFER_BYTES, File::open(path)?)), options)
    }

    /// Reads from memory, for tests and uploads.
    ///
    /// # Errors
    /// [`Error`] if the bytes are nothing known.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let bytes: Arc<[u8]> = bytes.into();
        Self::read(|| plain(io::Cursor::new(Arc::clone(&bytes))), &ImportOptions::default())
    }

    /// `input` gives the bytes from the beginning, as often as it is asked.
    fn read(input: impl Fn() -> io::Result<Input>, options: &ImportOptions) -> Result<Self, Error> {
        let beginning = beginning(input()?)?;
        if is_utf16(&beginning) {
            return Err(Error::Utf16);
        }
        let format = Format::detect(&beginning).ok_or(Error::UnknownFormat)?;
        let items: Items = match format {
            Format::Bililive => Box::new(bililive::read(input()?, options.start)),
            Format::Livehand => Box::new(livehand::read(input()?)),
            Format::Douyin => Box::new(douyin::read(input()?, douyin::placeholders(input()?)?)),
        };
        Ok(Self { format, origin: options.origin.clone(), items })
    }

    /// What the file is.
    pub fn format(&self) -> Format {
        self.format
    }
}

impl Iterator for Recording {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut item = self.items.next()?;
        if let Ok(Item::Event(event)) = &mut item {
            event.received = event.received.or(Some(event.at));
            if event.origin.is_empty() {
                event.origin.clone_from(&self.origin);
            }
        }
        Some(item)
    }
}

/// The first bytes; fewer if the file ends, or breaks off, before.
fn beginning(input: Input) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    match input.take(PROBE_BYTES as u64).read_to_end(&mut beginning) {
        Err(error) if !is_torn(&error) => Err(error),
        _ => Ok(beginning),
    }
}

/// Whether a packed file was cut off or is damaged from here on, rather than the disk failing.
fn is_torn(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | InvalidData | InvalidInput)
}

fn is_utf16(beginning: &[u8]) -> bool {
    beginning.starts_with(&[0xff, 0xfe])
        || beginning.starts_with(&[0xfe, 0xff])
        || matches!(beginning, [b'<' | b'{', 0, ..] | [0, b'<' | b'{', ..])
}

/// The bytes of a file as they were before it was packed, if it was.
fn plain(mut reader: impl BufRead + Send + 'static) -> io::Result<Input> {
    if reader.fill_buf()?.starts_with(&GZIP_MAGIC) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(reader))));
    }
    Ok(Box::new(reader))
}

/// Checks an event as the log will: by the contract, and by the length of its line, because what a file says in few bytes
/// can take six times as many in JSON.
fn check(event: &Event) -> Result<(), FieldError> {
    event.check()?;
    let text = [&event.text, &event.name].into_iter().flatten().map(String::len).sum::<usize>();
    let max = LINE_BYTES_MAX - LINE_BYTES_RESERVED;
    if event.extra.is_empty() && event.stats.is_none() && text < max / 8 {
        return Ok(());
    }
    let length = serde_json::to_vec(event).map_or(usize::MAX, |line| line.len());
    if length <= max {
        return Ok(());
    }
    let expected = Phrase::new(
        format!("an event of at most {max} bytes as JSON"),
        format!("JSON 不超过 {max} 字节的事件"),
    );
    Err(FieldError::new("line", expected, Phrase::new(format!("{length} bytes"), format!("{length} 字节"))))
}

/// An id that the same place of the same file always gets, so that importing twice records once. `place` is a line or a
/// position: two viewers may write the same in the same moment.
fn line_id(place: u64, content: &[u8]) -> String {
    let mut bytes = place.to_le_bytes().to_vec();
    bytes.extend_from_slice(content);
    format!("{:032x}", xxh3_128(&bytes))
}

#[cfg(test)]
mod tests;
