//! CSV and its kin: cells with separators, some of them in quotes. Rows are counted as a spreadsheet counts them, so a
//! line end within quotes begins none, and an empty line is one; the `csv` crate passes empty lines over and takes the
//! rest of the file for one cell where a quote is not closed.

use livehand_prepare::sheet::{CELL_BYTES_MAX, CellKind, Problem, SheetError, Source, Table, header_row};

use super::builder::Builder;
use super::clean::guarded_text;
use super::encoding::decode;

/// Separators that are known, the most likely first.
const SEPARATORS: [char; 3] = [',', '\t', ';'];
/// Rows by which the separator is guessed.
const ROWS_FOR_GUESS: usize = 40;
/// Longest name of a table, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Reads text with separators.
///
/// # Errors
/// It is no text, a quote is not closed, or a limit is passed.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Table, SheetError> {
    let (text, encoding) = decode(bytes)?;
    // A file of an old Macintosh has no other line ends.
    let text =
        if !text.contains('\n') && text.contains('\r') { text.replace('\r', "\n").into() } else { text };
    let (text, skipped, separator) = match declared_separator(&text) {
        Some((separator, rest)) => (rest, 1, separator),
        None => (&*text, 0, guess_separator(&text)),
    };
    let mut builder = Builder::default();
    let mut scanner = Scanner::new(text, separator, skipped);
    while let Some(cell) = scanner.next_cell()? {
        if cell.column == 1 {
            builder.begin_row(cell.row)?;
        }
        if is_formula(&cell.text) {
            let error = SheetError::from(Problem::FormulaWithoutValue);
            return Err(error.at(cell.row, cell.column).with(&cell.text));
        }
        builder.put(cell.column, &cell.text, CellKind::Plain)?;
    }
    let (rows, notes) = builder.finish()?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = livehand_kernel::display_text(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    Ok(Table {
        name: name.chars().take(NAME_CHARS_MAX).collect(),
        source: Source::Csv { encoding, separator },
        other_sheets: Vec::new(),
        header: header_row(&rows),
        notes,
        rows,
    })
}

/// The first line `sep=;`, by which Excel is told; it is a row of the file but none of the table.
fn declared_separator(text: &str) -> Option<(char, &str)> {
    let rest = text.strip_prefix("sep=").or_else(|| text.strip_prefix("SEP="))?;
    let separator = rest.chars().next().filter(|separator| SEPARATORS.contains(separator))?;
    let rest = rest.get(separator.len_utf8()..)?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    Some((separator, rest))
}

/// The separator by which the first rows are most alike.
fn guess_separator(text: &str) -> char {
    let mut best = (0, ',');
    for separator in SEPARATORS {
        let score = likeness(text, separator);
        if score > best.0 {
            best = (score, separator);
        }
    }
    best.1
}

/// How many of the first rows, in thousandths, have the number of cells that most have, weighed a little by that number;
/// 0 if that is one.
fn likeness(text: &str, separator: char) -> usize {
    let mut scanner = Scanner::new(text, separator, 0);
    let mut widths: Vec<usize> = Vec::new();
    while let Ok(Some(cell)) = scanner.next_cell() {
        if cell.column == 1 {
            if widths.len() == ROWS_FOR_GUESS {
                break;
            }
            widths.push(0);
        }
        if let Some(width) = widths.last_mut() {
            *width += 1;
        }
    }
    // An empty line has one cell with any separator.
    let usual = (widths.iter().copied().filter(|width| *width > 1))
        .max_by_key(|width| (widths.iter().filter(|it| *it == width).count(), *width));
    let Some(usual) = usual else { return 0 };
    let alike = widths.iter().filter(|width| **width == usual).count();
    alike * 1_000 / widths.len().max(1) + usual.min(100)
}

/// Whether a cell is a formula, of which a text file holds no result. Words between equals signs are none.
fn is_formula(cell: &str) -> bool {
    let Some(rest) = cell.trim_start().strip_prefix('=') else { return false };
    guarded_text(cell.trim()).is_none()
        && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "(+-\"'$@[".contains(c))
}

/// One cell and its place.
struct Place {
    row: u32,
    column: u32,
    text: String,
}

/// Goes through a text cell by cell.
struct Scanner<'a> {
    rest: &'a str,
    separator: char,
    row: u32,
    column: u32,
    over: bool,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, separator: char, rows_before: u32) -> Self {
        Self { rest: text, separator, row: rows_before + 1, column: 1, over: text.is_empty() }
    }

    /// The next cell; nothing at the end.
    fn next_cell(&mut self) -> Result<Option<Place>, SheetError> {
        if self.over {
            return Ok(None);
        }
        let (row, column) = (self.row, self.column);
        let text = match self.rest.strip_prefix('"') {
            Some(quoted) => self.quoted(quoted)?,
            None => self.plain()?.to_owned(),
        };
        self.pass_end();
        Ok(Some(Place { row, column, text }))
    }

    /// What is behind the cell: a separator, a line end, or nothing more.
    fn pass_end(&mut self) {
        if let Some(rest) = self.rest.strip_prefix(self.separator) {
            self.rest = rest;
            self.column = self.column.saturating_add(1);
            return;
        }
        let rest = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n'));
        self.rest = rest.unwrap_or_default();
        self.row = self.row.saturating_add(1);
        self.column = 1;
        self.over = self.rest.is_empty();
    }

    /// Text up to a separator or a line end.
    fn plain(&mut self) -> Result<&'a str, SheetError> {
        let length = self.rest.find([self.separator, '\n']).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        let (text, end) = match text.strip_suffix('\r').filter(|_| rest.starts_with('\n')) {
            Some(text) => (text, text.len()),
            None => (text, length),
        };
        self.rest = self.rest.get(end..).unwrap_or_default();
        self.check(text.len())?;
        Ok(text)
    }

    /// Text in quotes, and what somebody wrote behind them.
    fn quoted(&mut self, after_quote: &'a str) -> Result<String, SheetError> {
        let mut text = String::new();
        let mut rest = after_quote;
        loop {
            let Some((part, behind)) = rest.split_once('"') else {
                let error = SheetError::from(Problem::QuoteOpen).at(self.row, self.column);
                return Err(error.with(&after_quote.chars().take(20).collect::<String>()));
            };
            self.check(text.len().saturating_add(part.len()))?;
            text.push_str(part);
            match behind.strip_prefix('"') {
                Some(more) => {
                    text.push('"');
                    rest = more;
                }
                None => {
                    self.rest = behind;
                    break;
                }
            }
        }
        let behind = self.plain()?;
        text.push_str(behind);
        self.check(text.len())?;
        Ok(text)
    }

    /// A cell that is too long is refused before it is copied, and so is a row without an end.
    fn check(&self, length: usize) -> Result<(), SheetError> {
        if length > CELL_BYTES_MAX {
            return Err(SheetError::from(Problem::CellTooLong).at(self.row, self.column));
        }
        Ok(())
    }
}
