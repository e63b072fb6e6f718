//! Which row of a sheet names its columns.

use std::collections::BTreeSet;

use super::Row;

/// The header stands among the first rows, below a title or two at most.
const ROWS_LOOKED_AT: usize = 20;

/// The number of the row that names the columns: the first that fills most of the sheet's width with words, no two alike.
pub fn header_row(rows: &[Row]) -> Option<u32> {
    let looked_at = rows.get(..rows.len().min(ROWS_LOOKED_AT)).unwrap_or_default();
    let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.text.is_empty()).count();
    let width = looked_at.iter().map(filled).max().unwrap_or(0);
    let is_header = |row: &&Row| {
        let texts: Vec<&str> =
            row.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        let different: BTreeSet<&str> = texts.iter().copied().collect();
        let named = texts.len() > 1 || width == 1;
        named
            && texts.len() * 5 >= width * 3
            && different.len() == texts.len()
            && texts.iter().all(|it| is_word(it))
    };
    looked_at.iter().find(is_header).map(|row| row.number)
}

/// Whether a text can name a column: it is no figure, no date and no code of digits.
fn is_word(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.starts_with(|first: char| first.is_ascii_digit())
}
