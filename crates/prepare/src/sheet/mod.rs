//! A spreadsheet (表格) that somebody sent, as it was understood: rows of text with their numbers, and what is to be known
//! about them. Reading the bytes is the work of `connectors`, in a process of its own; here is only what comes of it.
//! What must never happen here: a cell that differs from what the sheet shows without a note that says so.

mod error;
mod header;
mod note;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use error::{Problem, SheetError};
pub use header::header_row;
pub use note::{Note, NoteKind};

/// Largest file, in bytes: a product list of a year without pictures has one tenth of it.
pub const FILE_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Most files within an XLSX file; one without pictures has about a dozen.
pub const ENTRIES_MAX: usize = 200;
/// Largest XLSX file when unpacked, in bytes, as counted and not as it says of itself.
pub const INFLATED_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// Most rows with something in them.
pub const ROWS_MAX: usize = 20_000;
/// Most columns with something in them.
pub const COLUMNS_MAX: u32 = 64;
/// Longest cell, in bytes of UTF-8.
pub const CELL_BYTES_MAX: usize = 32 * 1024;
/// All cells together, in bytes of UTF-8: any CSV file of the largest size fits, and a long text that an XLSX file repeats
/// in every row does not.
pub const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What a sheet says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Name of the worksheet; of a CSV file, its file name.
    pub name: String,
    /// What kind of file it came from.
    pub source: Source,
    /// Visible worksheets of the same file that were not read.
    pub other_sheets: Vec<String>,
    /// Number of the row that names the columns, if one looks like it.
    pub header: Option<u32>,
    /// What is to be known about its cells, by column.
    pub notes: Vec<Note>,
    /// Rows with something in them, from top to bottom, also those above the header.
    pub rows: Vec<Row>,
}

impl Table {
    /// The cells that name the columns; empty if no row looks like it.
    pub fn columns(&self) -> &[Cell] {
        self.header.and_then(|number| self.row(number)).map_or(&[], |row| &row.cells)
    }

    /// The rows below the header, or all if there is none.
    pub fn data(&self) -> &[Row] {
        let header = self.header.unwrap_or(0);
        let first = self.rows.partition_point(|row| row.number <= header);
        self.rows.get(first..).unwrap_or_default()
    }

    /// The row with this number, if there is something in it.
    pub fn row(&self, number: u32) -> Option<&Row> {
        let place = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        self.rows.get(place)
    }
}

/// What kind of file a table came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "format")]
pub enum Source {
    /// Text with separators.
    Csv {
        /// How its characters are written.
        encoding: Encoding,
        /// Comma, tab or semicolon.
        separator: char,
    },
    /// A workbook of Excel or WPS.
    Xlsx,
}

/// How characters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-8 behind a byte order mark.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    /// GBK, which Excel writes on a Chinese Windows.
    Gbk,
    /// GB18030: GBK with characters of four bytes.
    Gb18030,
    /// UTF-16, which Excel calls Unicode text.
    #[serde(rename = "utf-16")]
    Utf16,
}

impl Encoding {
    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => "UTF-8 (BOM)",
            Encoding::Gbk => "GBK",
            Encoding::Gb18030 => "GB18030",
            Encoding::Utf16 => "UTF-16",
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As the sheet counts, from 1.
    pub number: u32,
    /// From column A on; empty ones at the end are left out.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column, from 1; absent if it is empty.
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        let place = usize::try_from(column).ok()?.checked_sub(1)?;
        self.cells.get(place).filter(|cell| !cell.text.is_empty())
    }

    /// The text in a column, from 1.
    pub fn text(&self, column: u32) -> &str {
        self.cell(column).map_or("", |cell| &cell.text)
    }
}

/// One cell. As JSON it is its text, or its text and its kind if that is not plain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it: numbers with the digits that the sheet holds, dates as `2026-06-18` or `2026-06-18 20:00`.
    pub text: String,
    /// Where that comes from.
    pub kind: CellKind,
}

/// Where the text of a cell comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// It stands there.
    #[default]
    Plain,
    /// A date or time that the sheet keeps as a number.
    Date,
    /// A formula, whose last result was taken.
    Formula,
    /// It is merged with a cell above, whose text was taken.
    Merged,
    /// A number of more digits than a spreadsheet keeps: what is left of an id. It must not be used as one.
    Damaged,
    /// An error such as `#N/A`: there is no value.
    Error,
}

impl Cell {
    /// A plain cell.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: CellKind::Plain }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CellForm {
    Plain(String),
    Marked(String, CellKind),
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.kind {
            CellKind::Plain => self.text.serialize(serializer),
            kind => (&self.text, kind).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match CellForm::deserialize(deserializer)? {
            CellForm::Plain(text) => Self { text, kind: CellKind::Plain },
            CellForm::Marked(text, kind) => Self { text, kind },
        })
    }
}

/// The letters of a column, from 1: A, Z, AA.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column;
    while left > 0 {
        let letter = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(u32, &[&str])]) -> Table {
        let rows: Vec<Row> = (rows.iter())
            .map(|(number, cells)| Row {
                number: *number,
                cells: cells.iter().copied().map(Cell::plain).collect(),
            })
            .collect();
        let header = header_row(&rows);
        let source = Source::Csv { encoding: Encoding::Utf8, separator: ',' };
        Table { name: "表".into(), source, other_sheets: Vec::new(), header, notes: Vec::new(), rows }
    }

    #[test]
    fn columns_are_lettered_as_a_sheet_letters_them() {
        for (column, letters) in [(1, "A"), (26, "Z"), (27, "AA"), (64, "BL"), (702, "ZZ"), (16_384, "XFD")] {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn the_header_is_found_below_titles_and_the_rows_below_it_are_the_data() {
        let found = table(&[
            (1, &["618 大促排品表"]),
            (3, &["商品名称", "商家编码", "直播价", "库存"]),
            (4, &["纯棉四件套", "SJT-01", "199", "50"]),
            (6, &["珊瑚绒睡衣", "SY-02", "89.9", ""]),
        ]);
        assert_eq!(found.header, Some(3));
        assert_eq!(found.columns().len(), 4);
        let numbers: Vec<u32> = found.data().iter().map(|row| row.number).collect();
        assert_eq!(numbers, [4, 6]);
        assert_eq!(
            (found.data()[1].text(3), found.data()[1].text(4), found.data()[1].text(9)),
            ("89.9", "", "")
        );
        assert!(found.row(5).is_none());
    }

    #[test]
    fn rows_of_figures_have_no_header() {
        assert_eq!(table(&[(1, &["1", "2"]), (2, &["3", "4"])]).header, None);
        assert_eq!(table(&[]).header, None);
        assert_eq!(table(&[(1, &["1", "2"])]).data().len(), 1);
    }

    #[test]
    fn a_table_survives_being_handed_over_as_json() {
        let mut sent = table(&[(1, &["甲", "乙"]), (2, &["1", ""])]);
        sent.rows[1].cells.push(Cell { text: "6917926768823640000".into(), kind: CellKind::Damaged });
        let json = serde_json::to_string(&sent).unwrap();
        assert!(json.contains(r#"["1","",["6917926768823640000","damaged"]]"#), "{json}");
        assert_eq!(serde_json::from_str::<Table>(&json).unwrap(), sent);
    }
}
