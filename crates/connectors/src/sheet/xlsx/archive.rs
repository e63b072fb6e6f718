//! The archive around the parts of a workbook.

use std::io::{self, Cursor, Read};

use livehand_prepare::sheet::{ENTRIES_MAX, INFLATED_BYTES_MAX, Problem, SheetError};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// Bytes that are unpacked at once.
const BUFFER_BYTES: usize = 32 * 1024;
/// Endings of embedded files that are archives.
const ARCHIVES: [&str; 9] = [".zip", ".xlsx", ".xlsm", ".docx", ".pptx", ".7z", ".rar", ".gz", ".jar"];

/// The parts of a workbook, all of which were unpacked once and counted.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    /// Opens an archive and goes through all of it, so that whatever is read later is whole and within the limits.
    pub fn open(bytes: &'a [u8]) -> Result<Self, SheetError> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
        if zip.len() > ENTRIES_MAX {
            return Err(Problem::TooManyEntries.into());
        }
        let mut archive = Self { zip };
        let mut left = INFLATED_BYTES_MAX;
        for place in 0..archive.zip.len() {
            let mut part = archive.zip.by_index(place).map_err(|error| refusal(&error))?;
            let name = String::from_utf8_lossy(part.name_raw()).to_ascii_lowercase();
            check_name(&name)?;
            left = walk(&mut part, &name, left)?;
        }
        Ok(archive)
    }

    /// Whether there is a part.
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// A part, to be read.
    pub fn part(&mut self, name: &str) -> Result<ZipFile<'_, Cursor<&'a [u8]>>, SheetError> {
        match self.zip.by_name(name) {
            Err(ZipError::FileNotFound) => Err(SheetError::from(Problem::DamagedFile).with(name)),
            Err(error) => Err(refusal(&error)),
            Ok(part) => Ok(part),
        }
    }
}

/// Refuses what a workbook must not hold, by the name of the part.
fn check_name(name: &str) -> Result<(), SheetError> {
    let refuse = |problem: Problem| Err(SheetError::from(problem).with(name));
    if name.ends_with("vbaproject.bin") || name.starts_with("xl/macrosheets/") {
        return refuse(Problem::Macros);
    }
    if name.starts_with("xl/externallinks/") || name == "xl/connections.xml" {
        return refuse(Problem::ExternalReference);
    }
    if ARCHIVES.iter().any(|ending| name.ends_with(ending)) {
        return refuse(Problem::NestedArchive);
    }
    Ok(())
}

/// Unpacks a part and forgets it; how much may still be unpacked after it.
fn walk(part: &mut impl Read, name: &str, mut left: u64) -> Result<u64, SheetError> {
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut first = true;
    loop {
        let read = match part.read(&mut buffer) {
            Ok(0) => return Ok(left),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(SheetError::from(Problem::DamagedFile).with(name)),
        };
        let read_bytes = buffer.get(..read).unwrap_or_default();
        if first && read_bytes.starts_with(b"PK\x03\x04") {
            return Err(SheetError::from(Problem::NestedArchive).with(name));
        }
        first = false;
        left = left
            .checked_sub(read as u64)
            .ok_or_else(|| SheetError::from(Problem::InflatesTooMuch).with(name))?;
    }
}

fn refusal(error: &ZipError) -> SheetError {
    match error {
        ZipError::UnsupportedArchive(reason) if *reason == ZipError::PASSWORD_REQUIRED => {
            Problem::PasswordProtected.into()
        }
        error => SheetError::from(Problem::DamagedFile).with(&error.to_string()),
    }
}
