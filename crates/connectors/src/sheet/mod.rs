//! Spreadsheets (表格): CSV and XLSX, read cell by cell into a [`Table`].
//!
//! The file may come from anybody. Everything that it says of its own size is ignored, everything that it holds is
//! counted against a limit with a name, and nothing outside of it is read. The server does not call [`read`] on an
//! upload: it asks a process that may take little memory and time. What must never happen here: an allocation of a size
//! that the file names.

mod builder;
mod clean;
mod delimited;
mod encoding;
mod xlsx;

use livehand_prepare::sheet::{FILE_BYTES_MAX, Problem, SheetError, Table};

pub use clean::clean;

/// How a file of an old Excel, or one that is encrypted, begins.
const OLE_MAGIC: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// How an archive begins; an empty one begins with the second.
const ZIP_MAGIC: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// How files begin that are sent by mistake, or with the ending of a spreadsheet.
const OTHER_MAGIC: [&[u8]; 8] =
    [b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF"];
/// Where markup is looked for.
const MARKUP_WITHIN: usize = 512;

/// Reads a file. `name` is its file name, and `sheet` the worksheet that is wanted; without it the first visible one
/// with something in it is read.
///
/// # Errors
/// [`SheetError`] says what is wrong with it, and where.
pub fn read(bytes: &[u8], name: &str, sheet: Option<&str>) -> Result<Table, SheetError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Problem::TooLarge.into());
    }
    if bytes.starts_with(OLE_MAGIC) {
        // The directory of such a file names its streams in UTF-16.
        let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let found = memchr::memmem::find(bytes, &encrypted).is_some();
        return Err(if found { Problem::PasswordProtected } else { Problem::OldExcel }.into());
    }
    if ZIP_MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
        return xlsx::read(bytes, sheet);
    }
    if OTHER_MAGIC.iter().any(|magic| bytes.starts_with(magic)) || is_markup(bytes) {
        return Err(Problem::UnknownFormat.into());
    }
    if sheet.is_some() {
        return Err(SheetError::from(Problem::UnknownSheet));
    }
    delimited::read(bytes, name)
}

/// Whether it is a web page or XML; shops hand some out as `.xls`.
fn is_markup(bytes: &[u8]) -> bool {
    let beginning = bytes.get(..bytes.len().min(MARKUP_WITHIN)).unwrap_or_default();
    let beginning = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let beginning = beginning.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    ["<?xml", "<html", "<!doctype", "<table", "<meta", "<head"].iter().any(|tag| beginning.starts_with(tag))
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
