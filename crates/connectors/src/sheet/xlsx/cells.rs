//! The cells of a worksheet, one after another. What it says of its dimensions is not looked at.

use std::io;

use livehand_prepare::sheet::{CellKind, Note, NoteKind, Problem, Row, SheetError};

use super::super::builder::{Builder, check_length};
use super::archive::Archive;
use super::merged::{self, Range};
use super::number;
use super::strings::{Strings, read_text, unescaped};
use super::styles::{Format, Styles};
use super::xml::{Piece, Tag, Xml, malformed};

/// The last row and column that a worksheet can have.
const ROW_MAX: u32 = 1_048_576;
const COLUMN_MAX: u32 = 16_384;
/// The formula by which WPS puts a picture into a cell.
const PICTURE_FORMULA: &str = "DISPIMG(";

/// What cells refer to.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub strings: &'a Strings,
    pub styles: &'a Styles,
    pub since_1904: bool,
}

/// What a worksheet says.
pub(super) struct Read {
    pub rows: Vec<Row>,
    pub notes: Vec<Note>,
    /// Number of the row that names the columns.
    pub header: Option<u32>,
}

/// A cell as its tag has it.
struct Open {
    row: u32,
    column: u32,
    kind: String,
    format: Format,
    value: Option<String>,
    formula: Option<String>,
}

struct Sheet<'a> {
    context: Context<'a>,
    builder: Builder,
    merged: Vec<Range>,
    row: u32,
    column: u32,
}

/// Reads a worksheet.
pub(super) fn read(archive: &mut Archive<'_>, part: &str, context: Context<'_>) -> Result<Read, SheetError> {
    let mut xml = Xml::new(archive.part(part)?);
    let mut sheet = Sheet { context, builder: Builder::default(), merged: Vec::new(), row: 0, column: 0 };
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Piece::Start(tag) if tag.is("row") => sheet.begin_row(&tag)?,
            Piece::Start(tag) if tag.is("c") => {
                let open = sheet.begin_cell(&tag)?;
                let (row, column) = (open.row, open.column);
                let cell = finish_cell(&mut xml, open).map_err(|error| error.at(row, column))?;
                sheet.take(&cell)?;
            }
            Piece::Start(tag) if tag.is("col") && tag.flag("hidden") => sheet.hide_columns(&tag),
            Piece::Start(tag) if tag.is("mergeCell") => {
                let range = tag.get("ref").as_deref().and_then(range);
                merged::add(&mut sheet.merged, range.ok_or_else(|| malformed("mergeCell"))?)?;
            }
            Piece::Over => break,
            _ => {}
        }
    }
    sheet.builder.end_row()?;
    let header = merged::apply(&mut sheet.builder, &sheet.merged)?;
    let (rows, notes) = sheet.builder.finish()?;
    Ok(Read { rows, notes, header })
}

impl Sheet<'_> {
    fn begin_row(&mut self, tag: &Tag<'_>) -> Result<(), SheetError> {
        let number = match tag.get("r") {
            Some(number) => number.parse().ok(),
            None => Some(self.row.saturating_add(1)),
        };
        let number = number.filter(|number| (self.row.saturating_add(1)..=ROW_MAX).contains(number));
        self.row = number.ok_or_else(|| malformed("row"))?;
        self.column = 0;
        if tag.flag("hidden") {
            self.builder.note(NoteKind::HiddenRow, 0, self.row);
        }
        self.builder.begin_row(self.row)
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) -> Result<Open, SheetError> {
        let row = self.row;
        let place = match tag.get("r") {
            Some(name) => place(&name),
            None => Some((row, self.column.saturating_add(1))),
        };
        let wrong = || malformed("c").in_row(row);
        let (of_row, column) = place.ok_or_else(wrong)?;
        if row == 0 || of_row != row || column <= self.column || column > COLUMN_MAX {
            return Err(wrong());
        }
        self.column = column;
        let style = tag.get("s").and_then(|number| number.parse().ok());
        Ok(Open {
            row,
            column,
            kind: tag.get("t").unwrap_or_default(),
            format: style.map_or(Format::Number, |style| self.context.styles.get(style)),
            value: None,
            formula: None,
        })
    }

    /// Puts a cell into the table.
    fn take(&mut self, cell: &Open) -> Result<(), SheetError> {
        let Open { row, column, .. } = *cell;
        if let Some(formula) = &cell.formula {
            if formula.contains(PICTURE_FORMULA) {
                self.builder.note(NoteKind::Picture, column, row);
                return Ok(());
            }
            if names_another_file(formula) {
                return Err(SheetError::from(Problem::ExternalReference).at(row, column).with(formula));
            }
            // A formula may give an empty text, but then the cell says that it is text.
            if cell.kind != "str" && cell.value.as_deref().is_none_or(str::is_empty) {
                return Err(SheetError::from(Problem::FormulaWithoutValue).at(row, column).with(formula));
            }
        }
        let Some(value) = cell.value.as_deref().filter(|value| !value.is_empty()) else { return Ok(()) };
        let wrong = || malformed(value).at(row, column);
        let (text, kind) = match cell.kind.as_str() {
            "s" => {
                let number = value.trim().parse().ok();
                let text = number.and_then(|number| self.context.strings.get(number)).ok_or_else(wrong)?;
                (text.to_owned(), CellKind::Plain)
            }
            "str" | "inlineStr" => (value.to_owned(), CellKind::Plain),
            "b" => ((if value.trim() == "1" { "TRUE" } else { "FALSE" }).to_owned(), CellKind::Plain),
            "e" => (value.to_owned(), CellKind::Error),
            "d" => (value.to_owned(), CellKind::Date),
            "n" | "" => self.number(value, cell).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let kind = match (&cell.formula, kind) {
            (Some(_), CellKind::Plain) => CellKind::Formula,
            // What its result is says more than that it is one.
            (Some(_), kind) => {
                self.builder.note(NoteKind::Formula, column, row);
                kind
            }
            (None, kind) => kind,
        };
        self.builder.put(column, &text, kind)
    }

    /// A number as its format shows it.
    fn number(&mut self, raw: &str, cell: &Open) -> Option<(String, CellKind)> {
        match cell.format {
            // A number that is no day is shown as signs of despair; what it is then is its number.
            Format::Date => match number::date(raw, self.context.since_1904) {
                Some(text) => Some((text, CellKind::Date)),
                None => plain(raw),
            },
            Format::Time => match number::time(raw) {
                Some(text) => Some((text, CellKind::Date)),
                None => plain(raw),
            },
            Format::Percent => Some((number::percent(raw)?, CellKind::Plain)),
            Format::Zeros(width) => Some((number::with_zeros(raw, width)?, CellKind::Plain)),
            Format::Scaled => {
                self.builder.note(NoteKind::Scaled, cell.column, cell.row);
                plain(raw)
            }
            Format::Number => plain(raw),
        }
    }

    fn hide_columns(&mut self, tag: &Tag<'_>) {
        let number = |name| tag.get(name).and_then(|number| number.parse::<u32>().ok()).unwrap_or(0);
        for column in number("min")..=number("max").min(livehand_prepare::sheet::COLUMNS_MAX) {
            if column > 0 {
                self.builder.note(NoteKind::HiddenColumn, column, 1);
            }
        }
    }
}

fn plain(raw: &str) -> Option<(String, CellKind)> {
    let (text, damaged) = number::digits(raw)?;
    Some((text, if damaged { CellKind::Damaged } else { CellKind::Plain }))
}

/// Reads what is in a cell up to its end.
fn finish_cell<R: io::Read>(xml: &mut Xml<R>, mut open: Open) -> Result<Open, SheetError> {
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Piece::Start(tag) if tag.is("is") => open.value = Some(read_text(xml, "is")?),
            Piece::Start(tag) if tag.is("v") => open.value = Some(unescaped(read_value(xml, "v", &open)?)),
            Piece::Start(tag) if tag.is("f") => open.formula = Some(read_value(xml, "f", &open)?),
            Piece::End(name) if name.is("c") => return Ok(open),
            Piece::Over => return Err(malformed("c")),
            _ => {}
        }
    }
}

/// The text up to the end of the element `name`.
fn read_value<R: io::Read>(xml: &mut Xml<R>, name: &str, cell: &Open) -> Result<String, SheetError> {
    let mut text = String::new();
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Piece::Text(part) => {
                text.push_str(&part);
                check_length(&text, cell.row, cell.column)?;
            }
            Piece::End(end) if end.is(name) => return Ok(text),
            Piece::Over => return Err(malformed(name)),
            _ => {}
        }
    }
}

/// Whether a formula takes something from another workbook: `[1]` where no name stands before it.
fn names_another_file(formula: &str) -> bool {
    let mut before = None;
    let mut rest = formula.chars();
    while let Some(c) = rest.next() {
        if c == '[' && !before.is_some_and(|before: char| before.is_alphanumeric() || "_[],".contains(before))
        {
            let number = rest.as_str().split(']').next().unwrap_or_default();
            if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
                return true;
            }
        }
        before = Some(c);
    }
    false
}

/// Row and column of a name such as `B7`.
fn place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = name.split_at_checked(letters)?;
    if !(1..=3).contains(&letters.len()) {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = digits.parse().ok().filter(|row| (1..=ROW_MAX).contains(row))?;
    Some((row, column))
}

/// The range of a name such as `A2:B7`.
fn range(name: &str) -> Option<Range> {
    let (first, last) = name.split_once(':').unwrap_or((name, name));
    let (first, last) = (place(first)?, place(last)?);
    (first.0 <= last.0 && first.1 <= last.1).then_some(Range { first, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells_are_places_or_nothing() {
        for (name, expected) in [
            ("A1", Some((1, 1))),
            ("BL20000", Some((20_000, 64))),
            ("XFD1048576", Some((1_048_576, 16_384))),
            ("A0", None),
            ("A1048577", None),
            ("AAAA1", None),
            ("1", None),
            ("A", None),
            ("A-1", None),
            ("甲1", None),
        ] {
            assert_eq!(place(name), expected, "{name}");
        }
        assert!(range("B2:A1").is_none());
    }

    #[test]
    fn formulas_that_take_from_another_file_are_known() {
        for (formula, other) in [
            ("[1]Sheet1!A1*2", true),
            ("VLOOKUP(A2,'[2]价格 表'!A:B,2,0)", true),
            ("SUM(Table1[价格])", false),
            ("Table1[[#This Row],[1]]", false),
            ("A1*2", false),
            ("[价格]", false),
        ] {
            assert_eq!(names_another_file(formula), other, "{formula}");
        }
    }
}
