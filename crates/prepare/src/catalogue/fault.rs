//! What is wrong with a cell, in words for whoever has to put it right.

use livehand_kernel::Phrase;

use crate::sheet::column_letters;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Probably a slip; somebody may say that it is meant.
    Warning,
    /// Cannot be applied.
    Error,
}

impl Severity {
    /// The code used in the API.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What is wrong with a value, not yet with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Stable code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was expected.
    pub expected: Phrase,
    /// What stood there.
    pub found: Phrase,
}

impl Wrong {
    /// A value that cannot be taken.
    pub(crate) fn error(code: &'static str, expected: Phrase, found: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, expected, found: shortened(found.into()) }
    }

    /// A value that is probably a slip.
    pub(crate) fn warning(code: &'static str, expected: Phrase, found: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, expected, found) }
    }

    /// With what was found in words of both languages.
    pub(crate) fn finding(self, found: Phrase) -> Self {
        Self { found, ..self }
    }

    /// At its place in a sheet.
    pub(crate) fn at(self, row: u32, column: Option<u32>, field: &str) -> Fault {
        Fault { row, column, field: field.to_owned(), wrong: self }
    }
}

impl Fault {
    /// The letters of its column.
    pub fn letters(&self) -> Option<String> {
        self.column.map(column_letters)
    }
}

/// Longest quote of what was found, in characters.
const FOUND_CHARS_MAX: usize = 120;

fn shortened(text: String) -> Phrase {
    match text.char_indices().nth(FOUND_CHARS_MAX) {
        Some((end, _)) => Phrase::literal(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Phrase::literal(text),
    }
}

/// Something wrong in a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Row as the spreadsheet numbers it, from 1.
    pub row: u32,
    /// Column from 1; absent where it is about the row as a whole.
    pub column: Option<u32>,
    /// What the column means: a code of a field, `product`, `sku`.
    pub field: String,
    /// What is wrong.
    pub wrong: Wrong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_quoted_in_short() {
        let wrong = Wrong::error("x", Phrase::literal(""), "字".repeat(1_000));
        assert_eq!(wrong.found.zh.chars().count(), FOUND_CHARS_MAX + 1);
    }
}
