//! `livehand sheet`.

use std::path::Path;

use anyhow::Context;
use livehand_app::SheetFile;
use livehand_prepare::sheet::{FILE_BYTES_MAX, Source, Table, column_letters};

use crate::exit::{self, FAILED, coded};
use crate::words::{said, say};

/// Rows that are printed.
const ROWS_SHOWN: usize = 20;
/// Of each cell, so many characters are printed.
const CELL_CHARS_SHOWN: usize = 40;

/// Prints how a spreadsheet is understood. It is read as the server reads it, in a process of its own.
pub async fn run(file: &Path, sheet: Option<String>, json: bool) -> anyhow::Result<u8> {
    let name = file.display().to_string();
    let cannot = || say(format!("cannot read {name}"), format!("无法读取 {name}"));
    let size = std::fs::metadata(file).with_context(cannot)?.len();
    // A file that is too large is not even looked at; the reader says so.
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let bytes =
        if size > most { vec![0; FILE_BYTES_MAX + 1] } else { std::fs::read(file).with_context(cannot)? };
    let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read = crate::sheets::read(SheetFile { bytes: bytes.into(), name: file_name, sheet }).await;
    let table = read.map_err(|error| {
        let phrase = error.phrase();
        coded(FAILED, say(format!("{name}: {}", phrase.en), format!("{name}：{}", phrase.zh)))
    })?;
    let text = if json { serde_json::to_string_pretty(&table)? } else { described(&table) };
    super::print(&text)?;
    Ok(exit::DONE)
}

fn described(table: &Table) -> String {
    let mut lines = vec![match table.source {
        Source::Xlsx => {
            say(format!("XLSX, worksheet \"{}\"", table.name), format!("XLSX，工作表“{}”", table.name))
        }
        Source::Csv { encoding, separator } => {
            let (en, zh) = match separator {
                '\t' => ("tab", "制表符"),
                ';' => ("semicolon", "分号"),
                _ => ("comma", "逗号"),
            };
            let encoding = encoding.name();
            say(format!("CSV, {encoding}, separated by {en}"), format!("CSV，{encoding} 编码，{zh}分隔"))
        }
    }];
    if !table.other_sheets.is_empty() {
        let others = table.other_sheets.join(", ");
        lines.push(say(format!("not read: {others}"), format!("未读取的工作表：{others}")));
    }
    lines.push(match table.header {
        Some(number) => say(
            format!(
                "row {number} names {} columns, {} rows below it",
                table.columns().len(),
                table.data().len()
            ),
            format!("第 {number} 行为表头，共 {} 列，其下 {} 行", table.columns().len(), table.data().len()),
        ),
        None => say(
            format!("no row names the columns; {} rows", table.rows.len()),
            format!("没有找到表头；共 {} 行", table.rows.len()),
        ),
    });
    lines.extend(table.notes.iter().map(|note| said(&note.phrase())));
    for row in table.rows.iter().take(ROWS_SHOWN) {
        let cell = |(column, text): (u32, &str)| {
            let mut shown: String = livehand_kernel::display_text(text);
            if let Some((end, _)) = shown.char_indices().nth(CELL_CHARS_SHOWN) {
                shown.truncate(end);
                shown.push('…');
            }
            format!("{}={shown}", column_letters(column))
        };
        let cells =
            (1..).zip(row.cells.iter().map(|cell| cell.text.as_str())).filter(|(_, text)| !text.is_empty());
        lines.push(format!("{:>6}  {}", row.number, cells.map(cell).collect::<Vec<_>>().join("  ")));
    }
    let more = table.rows.len().saturating_sub(ROWS_SHOWN);
    if more > 0 {
        lines.push(say(format!("and {more} more rows"), format!("另有 {more} 行")));
    }
    lines.join("\n")
}
