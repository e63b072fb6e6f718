//! What is wrong with an entry or a line, in words for whoever has to put it right.

use livehand_kernel::Phrase;

/// Longest quote of what was found, in characters.
const FOUND_CHARS_MAX: usize = 60;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, such as `short` or `variants[3]`.
    pub field: String,
    /// What was expected.
    pub expected: Phrase,
    /// What stood there.
    pub found: Phrase,
}

impl Fault {
    /// A fault that quotes what was found, in short.
    pub fn quoting(field: impl Into<String>, expected: Phrase, found: &str) -> Self {
        let shown = livehand_kernel::display_text(found);
        let found = match shown.char_indices().nth(FOUND_CHARS_MAX) {
            Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
            None => shown,
        };
        Self { field: field.into(), expected, found: Phrase::literal(found) }
    }

    /// Something that is missing.
    pub(super) fn missing(field: impl Into<String>, expected: Phrase) -> Self {
        Self { field: field.into(), expected, found: Phrase::new("nothing", "空") }
    }

    /// Something that is too long.
    pub(super) fn too_long(field: impl Into<String>, most: usize, chars: usize) -> Self {
        let expected = Phrase::new(format!("at most {most} characters"), format!("不超过 {most} 字"));
        let found = Phrase::new(format!("{chars} characters"), format!("{chars} 字"));
        Self { field: field.into(), expected, found }
    }

    /// At its line.
    pub fn at(self, line: u32) -> LineFault {
        LineFault { line, fault: self }
    }
}

/// What is wrong in one line of a paste, or one row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong there.
    pub fault: Fault,
}
