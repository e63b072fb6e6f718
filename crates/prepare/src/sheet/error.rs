//! Why a spreadsheet was not read: what was expected, what was found, and where.

use livehand_kernel::{Phrase, display_text};
use serde::{Deserialize, Serialize};

use super::column_letters;

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $expected:literal / $expected_zh:literal, $found:literal / $found_zh:literal;)*) => {
        /// What is wrong with a spreadsheet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Problem {
            $($(#[$doc])* $name,)*
        }

        impl Problem {
            /// Every problem.
            pub const ALL: &'static [Problem] = &[$(Problem::$name,)*];

            /// Stable code.
            pub fn code(self) -> &'static str {
                match self { $(Problem::$name => $code,)* }
            }

            /// What a sheet must be like.
            pub fn expected(self) -> Phrase {
                match self { $(Problem::$name => Phrase::new($expected, $expected_zh),)* }
            }

            /// What was found instead.
            pub fn found(self) -> Phrase {
                match self { $(Problem::$name => Phrase::new($found, $found_zh),)* }
            }
        }
    };
}

problems! {
    /// The file is too large.
    TooLarge = "sheet_too_large": "at most 5 MiB; remove pictures" / "不超过 5 MiB（请删除图片）", "a file that is too large" / "文件过大";
    /// There is nothing in it.
    Empty = "sheet_empty": "a sheet with rows" / "有内容的表格", "an empty one" / "空表格";
    /// An Excel file of before 2007.
    OldExcel = "sheet_old_excel": "CSV or XLSX; save it as .xlsx" / "CSV 或 XLSX 文件（请另存为 .xlsx）", "an old .xls file" / "旧版 .xls 文件";
    /// The file is encrypted.
    PasswordProtected = "sheet_password": "a file without a password; take it off" / "未加密的文件（请取消密码）", "a password-protected file" / "加密文件";
    /// The workbook holds macros.
    Macros = "sheet_macros": "a file without macros; save it as .xlsx" / "不含宏的文件（请另存为 .xlsx）", "a file with macros" / "含宏的文件";
    /// It is no spreadsheet that can be read.
    UnknownFormat = "sheet_format": "CSV or XLSX" / "CSV 或 XLSX 文件", "a file of another kind" / "其他类型的文件";
    /// Bytes that are text in no encoding that is known.
    Undecodable = "sheet_encoding": "text in UTF-8, GBK or GB18030" / "UTF-8、GBK 或 GB18030 编码的文字", "bytes that are no text" / "无法识别的字节";
    /// A quote that is not closed.
    QuoteOpen = "sheet_quote": "a second quote at the end of the cell" / "单元格结尾有配对的引号", "a quote that is not closed" / "引号没有闭合";
    /// Too many rows.
    TooManyRows = "sheet_rows": "at most 20,000 rows; split the sheet" / "最多 20,000 行（请拆分表格）", "too many rows" / "行数过多";
    /// Too many columns.
    TooManyColumns = "sheet_columns": "at most 64 columns" / "最多 64 列", "too many columns" / "列数过多";
    /// A cell is too long.
    CellTooLong = "sheet_cell": "at most 32 KiB in a cell" / "每格不超过 32 KiB", "a cell that is too long" / "单元格内容过长";
    /// All cells together are too long.
    TooMuchText = "sheet_text": "at most 8 MiB of text in all cells" / "全部文字不超过 8 MiB", "too much text" / "文字过多";
    /// The archive is damaged.
    DamagedFile = "sheet_damaged": "a whole XLSX file" / "完整的 XLSX 文件", "a damaged or incomplete one" / "文件损坏或不完整";
    /// The archive has too many files in it.
    TooManyEntries = "sheet_entries": "at most 200 parts within the file; remove pictures" / "文件内最多 200 个部件（请删除图片）", "too many parts" / "部件过多";
    /// The archive unpacks to too much.
    InflatesTooMuch = "sheet_inflates": "at most 50 MiB when unpacked" / "解压后不超过 50 MiB", "a file that unpacks to more" / "解压后过大";
    /// An archive in the archive.
    NestedArchive = "sheet_nested": "no files embedded in the file" / "不含嵌入文件的表格", "an embedded archive" / "嵌入的压缩文件";
    /// A part that is no workbook as the standard has it.
    Malformed = "sheet_malformed": "a workbook as Excel or WPS writes it" / "Excel 或 WPS 保存的工作簿", "something that no workbook holds" / "内容不符合格式";
    /// A document type declaration, with which files are read and memory is filled.
    Doctype = "sheet_doctype": "a workbook without a DOCTYPE" / "不含 DOCTYPE 的工作簿", "a DOCTYPE" / "DOCTYPE 声明";
    /// Values that come from elsewhere.
    ExternalReference = "sheet_external": "values in the sheet itself; paste them as values" / "表内自己的数值（请粘贴为数值）", "a link to another file" / "引用了其他文件";
    /// A formula without its result.
    FormulaWithoutValue = "sheet_formula": "a formula with its result; open the file in Excel or WPS and save it, or paste as values" / "带计算结果的公式（请用 Excel 或 WPS 打开后保存，或粘贴为数值）", "a formula that was never calculated" / "没有计算结果的公式";
    /// A text merged across columns beside other texts.
    MergedAcross = "sheet_merged_across": "one cell for each column; unmerge it" / "每列一个单元格（请取消合并）", "a cell merged across columns" / "跨列合并的单元格";
    /// A merged cell that hides another text.
    MergedHides = "sheet_merged_hides": "merged cells without another text below; unmerge them" / "合并单元格下没有其他内容（请取消合并）", "a hidden text" / "被合并单元格盖住的内容";
    /// There is no visible worksheet of that name.
    UnknownSheet = "sheet_unknown": "the name of a visible worksheet" / "可见工作表的名称", "no such worksheet" / "没有该工作表";
    /// Reading took too long.
    TookTooLong = "sheet_time": "a sheet that is read within 10 s" / "10 秒内能读完的表格", "one that takes longer" / "读取超时";
    /// Reading took too much memory.
    TookTooMuch = "sheet_memory": "a sheet that is read within 256 MiB" / "256 MiB 内存内能读完的表格", "one that takes more" / "占用内存过多";
    /// Others are being read.
    Busy = "sheet_busy": "another try in a moment" / "稍后重试", "too many sheets at once" / "同时读取的表格太多";
    /// The reader broke; that is a fault of ours.
    Broken = "sheet_broken": "a sheet that can be read" / "可以读取的表格", "one that the reader fails at; it was logged" / "读取程序出错（已记录）";
}

/// Why a spreadsheet was not read. Nothing was taken from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct SheetError {
    /// What is wrong.
    pub problem: Problem,
    /// The row, as the sheet counts, from 1.
    pub row: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
    /// What stood there, or the part of the file.
    pub detail: Option<String>,
}

impl From<Problem> for SheetError {
    fn from(problem: Problem) -> Self {
        Self { problem, row: None, column: None, detail: None }
    }
}

impl SheetError {
    /// With the cell.
    #[must_use]
    pub fn at(mut self, row: u32, column: u32) -> Self {
        (self.row, self.column) = (Some(row), Some(column));
        self
    }

    /// With the row.
    #[must_use]
    pub fn in_row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self
    }

    /// With what stood there.
    #[must_use]
    pub fn with(mut self, detail: &str) -> Self {
        let detail = display_text(detail);
        self.detail = Some(detail.chars().take(80).collect());
        self
    }

    /// Where it is: a column's letters, or the file as a whole.
    pub fn field(&self) -> String {
        self.column.map_or_else(|| "file".to_owned(), column_letters)
    }

    /// What was found.
    pub fn found(&self) -> Phrase {
        let found = self.problem.found();
        match &self.detail {
            None => found,
            Some(detail) => {
                Phrase::new(format!("{} ({detail})", found.en), format!("{}（{detail}）", found.zh))
            }
        }
    }

    /// The whole of it for people.
    pub fn phrase(&self) -> Phrase {
        let (expected, found) = (self.problem.expected(), self.found());
        let (place, place_zh) = match (self.row, self.column.map(column_letters)) {
            (Some(row), Some(column)) => {
                (format!("row {row}, column {column}: "), format!("第 {row} 行 {column} 列："))
            }
            (Some(row), None) => (format!("row {row}: "), format!("第 {row} 行：")),
            (None, _) => (String::new(), String::new()),
        };
        Phrase::new(
            format!("{place}{}; expected {}", found.en, expected.en),
            format!("{place_zh}{}，应为：{}", found.zh, expected.zh),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn messages_name_the_limits_that_hold_and_the_place() {
        for (problem, limit) in [
            (Problem::TooLarge, format!("{} MiB", FILE_BYTES_MAX >> 20)),
            (Problem::TooManyRows, "20,000".to_owned()),
            (Problem::TooManyColumns, COLUMNS_MAX.to_string()),
            (Problem::CellTooLong, format!("{} KiB", CELL_BYTES_MAX >> 10)),
            (Problem::TooMuchText, format!("{} MiB", TEXT_BYTES_MAX >> 20)),
            (Problem::TooManyEntries, ENTRIES_MAX.to_string()),
            (Problem::InflatesTooMuch, format!("{} MiB", INFLATED_BYTES_MAX >> 20)),
        ] {
            let phrase = SheetError::from(problem).phrase();
            assert!(phrase.en.contains(&limit) && phrase.zh.contains(&limit), "{phrase:?}");
        }
        assert_eq!(ROWS_MAX, 20_000);
        let error = SheetError::from(Problem::FormulaWithoutValue).at(7, 4).with("SUM(A1)");
        assert!(
            error
                .phrase()
                .zh
                .starts_with("第 7 行 D 列：没有计算结果的公式（SUM(A1)），应为：带计算结果的公式"),
            "{}",
            error.phrase().zh
        );
        assert!(
            error.to_string().starts_with(
                "row 7, column D: a formula that was never calculated (SUM(A1)); expected a formula with"
            ),
            "{error}"
        );
    }

    #[test]
    fn every_problem_has_a_code_of_its_own_and_words_in_both_languages() {
        let codes: std::collections::BTreeSet<_> = Problem::ALL.iter().map(|it| it.code()).collect();
        assert_eq!(codes.len(), Problem::ALL.len());
        for problem in Problem::ALL {
            assert!(problem.code().starts_with("sheet_"));
            assert!(problem.expected().en.is_ascii() && !problem.expected().zh.is_ascii(), "{problem:?}");
        }
    }
}
