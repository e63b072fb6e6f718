//! Tables for spreadsheets, as CSV or XLSX.

use std::borrow::Cow;

use encoding_rs::{EncoderResult, GBK};
use livehand_kernel::{Fen, Millis};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Worksheet, XlsxError};

use crate::Error;

/// Spreadsheets take UTF-8 for what it is only when the file begins with this.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();
/// Longest text that a cell of a workbook can hold, in UTF-16 units.
const CELL_UNITS_MAX: usize = 32_767;
/// Whole numbers beyond this lose digits in a spreadsheet.
const NUMBER_MAX: i64 = 999_999_999_999_999;

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableForm {
    /// CSV in UTF-8 with a byte order mark.
    #[default]
    Csv,
    /// CSV in GBK, for a Chinese Excel that is old; characters that it does not have become a question mark.
    CsvGbk,
    /// A workbook.
    Xlsx,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// Text: never a formula, never a number.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(i64),
    /// Money, in yuan.
    Yuan(Fen),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

/// Rows in the making.
pub(crate) enum Rows {
    /// As CSV.
    Csv {
        /// In UTF-8.
        writer: Box<csv::Writer<Vec<u8>>>,
        /// Whether it becomes GBK at the end.
        gbk: bool,
    },
    /// As a workbook.
    Xlsx(Box<Workbook>),
}

impl Default for Rows {
    fn default() -> Self {
        Self::of(TableForm::Csv, "", Millis(0))
    }
}

impl Rows {
    /// An empty table; its name and the time of its making are those of a workbook.
    pub fn of(form: TableForm, name: &str, at: Millis) -> Self {
        let writer = |beginning: &[u8]| Box::new(csv::Writer::from_writer(beginning.to_vec()));
        match form {
            TableForm::Csv => Self::Csv { writer: writer(BYTE_ORDER_MARK), gbk: false },
            TableForm::CsvGbk => Self::Csv { writer: writer(&[]), gbk: true },
            TableForm::Xlsx => Self::Xlsx(Box::new(Workbook::new(name, at))),
        }
    }

    /// Adds a row; all rows of a table have the same length.
    pub fn add<'a, T: Into<Value<'a>>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells = cells.into_iter().map(Into::into);
        match self {
            Rows::Csv { writer, .. } => {
                // Writing to memory does not fail, and all rows of a table have the same length.
                let _ = writer.write_record(cells.map(|cell| as_text(&cell)));
            }
            Rows::Xlsx(workbook) => workbook.add(cells),
        }
    }

    /// The table.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        match self {
            Rows::Csv { writer, gbk } => {
                let bytes =
                    writer.into_inner().map_err(|_| Error::Internal("a table could not be finished"))?;
                Ok(if gbk { to_gbk(&String::from_utf8_lossy(&bytes)) } else { bytes })
            }
            Rows::Xlsx(workbook) => workbook.finish(),
        }
    }
}

/// A workbook with one worksheet in the making. Texts are cells of text, which no spreadsheet takes for a formula.
pub(crate) struct Workbook {
    book: rust_xlsxwriter::Workbook,
    sheet: Worksheet,
    row: u32,
    money: Format,
    failed: Option<XlsxError>,
}

impl Workbook {
    /// An empty workbook, made at a time.
    pub fn new(name: &str, at: Millis) -> Self {
        let mut book = rust_xlsxwriter::Workbook::new();
        // Without it the clock of the machine is looked at.
        let made = ExcelDateTime::from_timestamp(at.0.div_euclid(1000)).unwrap_or_default();
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut sheet = Worksheet::new();
        let failed = sheet.set_name(name).err();
        Self { book, sheet, row: 0, money: Format::new().set_num_format("0.00"), failed }
    }

    /// Adds a row.
    pub fn add<'a>(&mut self, cells: impl IntoIterator<Item = Value<'a>>) {
        for (column, cell) in (0..).zip(cells) {
            if let Err(error) = self.write(column, &cell) {
                self.failed.get_or_insert(error);
            }
        }
        self.row = self.row.saturating_add(1);
    }

    fn write(&mut self, column: u16, cell: &Value<'_>) -> Result<(), XlsxError> {
        let (row, sheet) = (self.row, &mut self.sheet);
        match cell {
            Value::Number(number) if number.abs() <= NUMBER_MAX => {
                sheet.write_number(row, column, *number as f64)?;
            }
            Value::Yuan(price) if price.0.abs() <= NUMBER_MAX => {
                sheet.write_number_with_format(row, column, price.0 as f64 / 100.0, &self.money)?;
            }
            Value::Text(text) => {
                sheet.write_string(row, column, cut(text))?;
            }
            number => {
                sheet.write_string(row, column, as_text(number))?;
            }
        }
        Ok(())
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Internal("a workbook could not be finished");
        self.failed.map_or(Ok(()), Err).map_err(failed)?;
        self.book.push_worksheet(self.sheet);
        self.book.save_to_buffer().map_err(failed)
    }
}

/// A text that a cell can hold.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL_UNITS_MAX
    });
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn as_text(cell: &Value<'_>) -> String {
    match cell {
        Value::Text(text) => inert(text),
        Value::Number(number) => number.to_string(),
        Value::Yuan(price) => price.to_string(),
    }
}

/// Text in GBK, with a question mark for each character that it does not have.
fn to_gbk(text: &str) -> Vec<u8> {
    let mut encoder = GBK.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            EncoderResult::InputEmpty => return bytes,
            EncoderResult::OutputFull => bytes.reserve(rest.len().max(16)),
            EncoderResult::Unmappable(_) => bytes.push(b'?'),
        }
    }
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection): not by its first character, not by its
/// full-width twin, not behind a space, and not on a second line.
fn inert(cell: &str) -> String {
    const SIGNS: [char; 10] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];
    let lines = cell.split('\n').map(|line| {
        let formula = line.trim_start_matches([' ', '\u{a0}', '\u{3000}']).starts_with(SIGNS);
        if formula { format!("'{line}") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_looks_like_a_formula_stays_text() {
        let mut rows = Rows::default();
        rows.add(["=cmd|' /C calc'!A0", "说, \"好\""]);
        let text = String::from_utf8(rows.finish().unwrap()).unwrap();
        assert_eq!(text, "\u{FEFF}'=cmd|' /C calc'!A0,\"说, \"\"好\"\"\"\n");
        for formula in ["＝1+1", "\u{3000}@SUM(A1)", "\u{a0}-2", "好\n=1"] {
            assert!(inert(formula).contains('\''), "{formula}");
        }
        assert_eq!(inert("199 元=真便宜"), "199 元=真便宜");
    }

    #[test]
    fn an_old_excel_gets_gbk() {
        let mut rows = Rows::of(TableForm::CsvGbk, "products", Millis(0));
        rows.add([Value::from("四件套😀"), Value::Number(-3), Value::Yuan(Fen(1990))]);
        assert_eq!(GBK.decode(&rows.finish().unwrap()).0, "四件套?,-3,19.90\n");
    }

    #[test]
    fn the_same_table_at_the_same_time_is_the_same_workbook_and_long_texts_fit() {
        let make = || {
            let mut rows = Rows::of(TableForm::Xlsx, "products", Millis(1_781_784_000_000));
            rows.add([Value::from("=1+1"), Value::Number(i64::MAX), Value::Yuan(Fen(1990))]);
            rows.add(["长😀".repeat(20_000)]);
            rows.finish().unwrap()
        };
        assert_eq!(make(), make());
        assert!(make().starts_with(b"PK"));
    }
}
