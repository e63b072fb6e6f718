//! What is to be known about the cells of a table.

use livehand_kernel::Phrase;
use serde::{Deserialize, Serialize};

use super::column_letters;

/// Something that many cells of a column, or one, have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it is.
    pub kind: NoteKind,
    /// The column, from 1; 0 for whole rows.
    pub column: u32,
    /// The first row that has it.
    pub row: u32,
    /// How many cells, or rows, have it.
    pub count: u32,
}

/// What is to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Formulas, whose last results were taken.
    Formula,
    /// Cells that are merged with one above, whose text was taken.
    MergedDown,
    /// A text that is merged across columns; it was left in the first.
    MergedAcross,
    /// Numbers of more than 15 digits, of which a spreadsheet keeps no more.
    Damaged,
    /// Errors such as `#N/A`.
    Error,
    /// Dates, written as `2026-06-18`.
    Date,
    /// Numbers that the sheet shows in another unit, such as 万: the number that it keeps was taken.
    Scaled,
    /// Pictures in cells; there is no text to read.
    Picture,
    /// Rows that the sheet hides, which were read all the same.
    HiddenRow,
    /// A column that the sheet hides, which was read all the same.
    HiddenColumn,
}

impl NoteKind {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            NoteKind::Formula => "formula",
            NoteKind::MergedDown => "merged_down",
            NoteKind::MergedAcross => "merged_across",
            NoteKind::Damaged => "damaged",
            NoteKind::Error => "error",
            NoteKind::Date => "date",
            NoteKind::Scaled => "scaled",
            NoteKind::Picture => "picture",
            NoteKind::HiddenRow => "hidden_row",
            NoteKind::HiddenColumn => "hidden_column",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            NoteKind::Formula => ("formulas; their last results were taken", "公式，已取其上次计算的结果"),
            NoteKind::MergedDown => (
                "cells merged with the one above; its text was taken for each",
                "合并单元格，已按上方内容填充",
            ),
            NoteKind::MergedAcross => {
                ("cells merged across columns; the text counts for the first", "跨列合并，内容只计入第一列")
            }
            NoteKind::Damaged => (
                "numbers of more than 15 digits; the spreadsheet has replaced the rest, so they cannot be used as ids: format the column as text and fill it in again",
                "超过 15 位的数字，末尾已被表格软件改掉，不能作为编号使用；请把该列设为文本后重新填写",
            ),
            NoteKind::Error => {
                ("errors such as #N/A; there is no value", "错误值（如 #N/A），没有可用的内容")
            }
            NoteKind::Date => ("dates, written as 2026-06-18", "日期，统一写作 2026-06-18"),
            NoteKind::Scaled => (
                "numbers that the sheet shows in another unit, such as 万; the number that it keeps was taken",
                "显示时换了单位（如“万”）的数字，已取单元格里的原始数值，请核对",
            ),
            NoteKind::Picture => ("pictures; there is no text to read", "图片，无文字可读"),
            NoteKind::HiddenRow => ("rows that the sheet hides; they were read", "隐藏行，已一并读取"),
            NoteKind::HiddenColumn => ("column that the sheet hides; it was read", "隐藏列，已一并读取"),
        }
    }
}

impl Note {
    /// The note for people, with its place.
    pub fn phrase(&self) -> Phrase {
        let Self { kind, column, row, count } = self;
        let (en, zh) = kind.words();
        let letters = column_letters(*column);
        match (kind, column) {
            (NoteKind::HiddenColumn, _) => {
                Phrase::new(format!("Column {letters}: {en}."), format!("{letters} 列：{zh}。"))
            }
            (_, 0) => Phrase::new(
                format!("From row {row}: {count} {en}."),
                format!("第 {row} 行起共 {count} 行：{zh}。"),
            ),
            _ => Phrase::new(
                format!("Column {letters} from row {row}: {count} {en}."),
                format!("{letters} 列（第 {row} 行起，共 {count} 处）：{zh}。"),
            ),
        }
    }
}
