//! A table in the making: every limit on rows, columns and cells is kept here, whatever the file is.

use std::collections::BTreeMap;

use livehand_prepare::sheet::{
    CELL_BYTES_MAX, COLUMNS_MAX, Cell, CellKind, Note, NoteKind, Problem, ROWS_MAX, Row, SheetError,
    TEXT_BYTES_MAX,
};

use super::clean::clean;

/// Digits of a number that a spreadsheet keeps.
pub(super) const DIGITS_KEPT: usize = 15;
/// Zeros at the end of a long id that chance seldom gives.
const SUSPICIOUS_ZEROS: usize = 3;

/// Rows, and what is to be known of them.
#[derive(Default)]
pub(super) struct Builder {
    rows: Vec<Row>,
    open: Option<Row>,
    text_bytes: usize,
    notes: BTreeMap<(NoteKind, u32), Note>,
}

impl Builder {
    /// Begins a row; rows come from top to bottom.
    ///
    /// # Errors
    /// Too many rows.
    pub fn begin_row(&mut self, number: u32) -> Result<(), SheetError> {
        self.end_row()?;
        self.open = Some(Row { number, cells: Vec::new() });
        Ok(())
    }

    /// Ends the row that is open; an empty one leaves nothing behind.
    ///
    /// # Errors
    /// Too many rows.
    pub fn end_row(&mut self) -> Result<(), SheetError> {
        let Some(row) = self.open.take().filter(|row| !row.cells.is_empty()) else { return Ok(()) };
        if self.rows.len() == ROWS_MAX {
            return Err(SheetError::from(Problem::TooManyRows).in_row(row.number));
        }
        self.rows.push(row);
        Ok(())
    }

    /// Puts a cell into the row that is open; cells come from left to right.
    ///
    /// # Errors
    /// Too many columns, too long a cell, too much text.
    pub fn put(&mut self, column: u32, text: &str, kind: CellKind) -> Result<(), SheetError> {
        let number = self.open.as_ref().map_or(0, |row| row.number);
        // Cleaning takes time in proportion to the length, so it comes second.
        check_length(text, number, column)?;
        let text = clean(text);
        if text.is_empty() {
            return Ok(());
        }
        if column > COLUMNS_MAX {
            return Err(SheetError::from(Problem::TooManyColumns).at(number, column));
        }
        let kind = if kind == CellKind::Plain && has_lost_digits(&text) { CellKind::Damaged } else { kind };
        let note = match kind {
            CellKind::Plain => None,
            CellKind::Date => Some(NoteKind::Date),
            CellKind::Formula => Some(NoteKind::Formula),
            CellKind::Merged => Some(NoteKind::MergedDown),
            CellKind::Damaged => Some(NoteKind::Damaged),
            CellKind::Error => Some(NoteKind::Error),
        };
        if let Some(note) = note {
            self.note(note, column, number);
        }
        self.count_text(text.len(), number, column)?;
        let place = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
        if let Some(row) = &mut self.open {
            row.cells.resize_with(place.max(row.cells.len()), Cell::default);
            row.cells.push(Cell { text, kind });
        }
        Ok(())
    }

    /// Counts text against the limit of all cells together.
    fn count_text(&mut self, bytes: usize, row: u32, column: u32) -> Result<(), SheetError> {
        self.text_bytes += bytes;
        if self.text_bytes > TEXT_BYTES_MAX {
            return Err(SheetError::from(Problem::TooMuchText).at(row, column));
        }
        Ok(())
    }

    /// Fills an empty cell of a row that is there with what the merged cell above says.
    ///
    /// # Errors
    /// Another text is there, or too much text.
    pub fn fill(&mut self, place: usize, column: u32, text: &str) -> Result<(), SheetError> {
        let Some(row) = self.rows.get_mut(place) else { return Ok(()) };
        let number = row.number;
        let at = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
        if let Some(cell) = row.cells.get(at).filter(|cell| !cell.text.is_empty()) {
            if cell.text == text {
                return Ok(());
            }
            return Err(SheetError::from(Problem::MergedHides).at(number, column).with(&cell.text));
        }
        if text.is_empty() {
            return Ok(());
        }
        let needed = at.saturating_add(1).max(row.cells.len());
        row.cells.resize_with(needed, Cell::default);
        if let Some(cell) = row.cells.get_mut(at) {
            *cell = Cell { text: text.to_owned(), kind: CellKind::Merged };
        }
        self.count_text(text.len(), number, column)?;
        self.note(NoteKind::MergedDown, column, number);
        Ok(())
    }

    /// Notes something about a cell, or with column 0 about a row.
    pub fn note(&mut self, kind: NoteKind, column: u32, row: u32) {
        if column > COLUMNS_MAX {
            return;
        }
        let note = self.notes.entry((kind, column)).or_insert(Note { kind, column, row, count: 0 });
        note.count = note.count.saturating_add(1);
        note.row = note.row.min(row);
    }

    /// The rows so far.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Everything.
    ///
    /// # Errors
    /// Too many rows, or none.
    pub fn finish(mut self) -> Result<(Vec<Row>, Vec<Note>), SheetError> {
        self.end_row()?;
        if self.rows.is_empty() {
            return Err(Problem::Empty.into());
        }
        Ok((self.rows, self.notes.into_values().collect()))
    }
}

/// Checks the length of a cell.
///
/// # Errors
/// It is too long.
pub(super) fn check_length(text: &str, row: u32, column: u32) -> Result<(), SheetError> {
    if text.len() > CELL_BYTES_MAX {
        return Err(SheetError::from(Problem::CellTooLong).at(row, column));
    }
    Ok(())
}

/// Whether a text is what a spreadsheet makes of a long number: `6.91793E+18`, or 18 digits and more of which those that
/// it does not keep are zeros.
fn has_lost_digits(text: &str) -> bool {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let beyond = text.get(DIGITS_KEPT..).unwrap_or_default();
        return beyond.len() >= SUSPICIOUS_ZEROS && beyond.bytes().all(|byte| byte == b'0');
    }
    let Some((mantissa, exponent)) = text.split_once("E+") else { return false };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let shifted = exponent.parse::<usize>().unwrap_or(0);
    whole.len() == 1
        && digits(whole)
        && digits(part)
        && digits(exponent)
        && shifted > part.len()
        && shifted >= 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_a_spreadsheet_has_spoilt_are_known() {
        for (text, lost) in [
            ("6.91793E+18", true),
            ("6.91792676882364E+18", true),
            ("6917926768823640000", true),
            ("6917926768823643751", false),
            ("1234567890123450", false),
            ("1.5E+2", false),
            ("E+18", false),
            ("1E+3", false),
            ("型号2E+18", false),
            ("", false),
        ] {
            assert_eq!(has_lost_digits(text), lost, "{text}");
        }
    }
}
