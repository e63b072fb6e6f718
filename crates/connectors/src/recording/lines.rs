//! Lines of a file, none of them longer than the contract allows.

use std::io::{self, BufRead};

use livehand_kernel::Phrase;
use livehand_live::{FieldError, LINE_BYTES_MAX};

use super::{Item, LeftOut, is_torn};

/// A line of a file.
pub(super) struct Line {
    /// From 1.
    pub number: u64,
    /// Without its end.
    pub bytes: Vec<u8>,
    /// Whether its end was there; the last line of a file that was cut off has none.
    pub ended: bool,
    /// Longer than allowed; `bytes` holds the beginning.
    pub too_long: bool,
    /// The compressed file breaks off here.
    torn: bool,
}

impl Line {
    /// A line of which all is there, without its end.
    pub fn whole(number: u64, bytes: &[u8]) -> Self {
        let too_long = bytes.len() > LINE_BYTES_MAX;
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes).to_vec();
        Self { number, bytes, ended: true, too_long, torn: false }
    }

    /// What is said of a line that is too long.
    pub fn length_error() -> FieldError {
        FieldError::new(
            "line",
            Phrase::new(format!("at most {LINE_BYTES_MAX} bytes"), format!("最多 {LINE_BYTES_MAX} 字节")),
            Phrase::new("a longer line", "超长"),
        )
    }

    /// Whether the compressed file breaks off here.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// The line as something that was left out. An object whose end is missing was cut off; one that is whole but wrong
    /// was not, even if the file ends right after it.
    pub fn left_out(&self, error: FieldError) -> Item {
        let cut_off = self.torn || (!self.ended && !self.too_long && error.field == "line");
        Item::LeftOut(LeftOut { line: self.number, error, cut_off })
    }
}

/// The lines of `reader`; empty ones are left out.
pub(super) fn lines(mut reader: impl BufRead) -> impl Iterator<Item = io::Result<Line>> {
    let mut number = 0;
    let mut over = false;
    std::iter::from_fn(move || {
        while !over {
            let line = match next(&mut reader, number + 1) {
                Ok(line) => line?,
                Err(error) => {
                    over = true;
                    return Some(Err(error));
                }
            };
            number += 1;
            over = line.torn;
            if line.torn || !line.is_empty() {
                return Some(Ok(line));
            }
        }
        None
    })
}

/// The next line, which has this number.
pub(super) fn next(reader: &mut impl BufRead, number: u64) -> io::Result<Option<Line>> {
    let mut line = Line { number, bytes: Vec::new(), ended: false, too_long: false, torn: false };
    let mut begun = false;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            // What was unpacked so far counts.
            Err(error) if is_torn(&error) => {
                (line.torn, begun) = (true, true);
                break;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            break;
        }
        begun = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        let room = (LINE_BYTES_MAX + 1).saturating_sub(line.bytes.len());
        line.bytes.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        line.too_long |= part.len() > room || line.bytes.len() > LINE_BYTES_MAX;
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            line.ended = true;
            break;
        }
    }
    if line.bytes.last() == Some(&b'\r') {
        line.bytes.pop();
    }
    if number == 1 && line.bytes.starts_with("\u{FEFF}".as_bytes()) {
        line.bytes.drain(..3);
    }
    Ok(begun.then_some(line))
}
