//! Recordings of real shows. A file is read event by event, in constant memory; what cannot be read is reported with its
//! line and left out, and a file that was cut off yields everything up to its last whole event.

mod bililive;
mod douyin;
mod lines;
mod livehand;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use livehand_live::{Event, FieldError};
use xxhash_rust::xxh3::xxh3_128;

/// Bytes looked at to find out what a file is.
const PROBE_BYTES: usize = 4_096;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
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
        Some(if line.contains("\"timestamp\"") && !line.contains("\"at\"") {
            Format::Douyin
        } else {
            Format::Livehand
        })
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
}

/// The next thing in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An event.
    Event(Box<Event>),
    /// Something that was left out.
    LeftOut(LeftOut),
}

/// A recording that is being read.
pub struct Recording {
    format: Format,
    items: Box<dyn Iterator<Item = io::Result<Item>> + Send>,
}

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
        let mut reader = plain(path)?;
        let mut beginning = Vec::new();
        reader.by_ref().take(PROBE_BYTES as u64).read_to_end(&mut beginning)?;
        let format = Format::detect(&beginning).ok_or(Error::UnknownFormat)?;
        let placeholders = match format {
            Format::Douyin => douyin::placeholders(plain(path)?)?,
            _ => douyin::Placeholders::default(),
        };
        Ok(Self::read(plain(path)?, format, placeholders))
    }

    /// Reads from memory, for tests and uploads.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let format =
            Format::detect(bytes.get(..PROBE_BYTES).unwrap_or(&bytes)).ok_or(Error::UnknownFormat)?;
        let placeholders = match format {
            Format::Douyin => douyin::placeholders(io::Cursor::new(bytes.clone()))?,
            _ => douyin::Placeholders::default(),
        };
        Ok(Self::read(io::Cursor::new(bytes), format, placeholders))
    }

    fn read(
        reader: impl BufRead + Send + 'static,
        format: Format,
        placeholders: douyin::Placeholders,
    ) -> Self {
        let items: Box<dyn Iterator<Item = io::Result<Item>> + Send> = match format {
            Format::Bililive => Box::new(bililive::read(reader)),
            Format::Livehand => Box::new(livehand::read(reader)),
            Format::Douyin => Box::new(douyin::read(reader, placeholders)),
        };
        Self { format, items }
    }

    /// What the file is.
    pub fn format(&self) -> Format {
        self.format
    }
}

impl Iterator for Recording {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        self.items.next()
    }
}

fn plain(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
    if reader.fill_buf()?.starts_with(&GZIP_MAGIC) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(reader))));
    }
    Ok(Box::new(reader))
}

/// An id that the same line of the same file always gets, so that importing twice records once.
fn line_id(line: u64, content: &[u8]) -> String {
    let mut bytes = line.to_le_bytes().to_vec();
    bytes.extend_from_slice(content);
    format!("{:032x}", xxh3_128(&bytes))
}
