//! XLSX: an archive of XML parts. Read by hand, because the readers that exist take what a file says of its size for
//! granted in one place or another, and make binary fractions of its numbers.

mod archive;
mod cells;
mod merged;
mod number;
mod strings;
mod styles;
mod workbook;
mod xml;

use livehand_prepare::sheet::{Problem, SheetError, Source, Table};

use self::archive::Archive;
use self::cells::Context;
use self::strings::Strings;
use self::styles::Styles;
use self::workbook::Workbook;

/// Reads a workbook: the worksheet called `wanted`, or the first visible one with something in it.
///
/// # Errors
/// The file is damaged, holds what it must not, or passes a limit.
pub(super) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Table, SheetError> {
    let mut archive = Archive::open(bytes)?;
    let workbook = Workbook::read(&mut archive)?;
    let strings = Strings::read(&mut archive, workbook.strings.as_deref())?;
    let styles = Styles::read(&mut archive, workbook.styles.as_deref())?;
    let context = Context { strings: &strings, styles: &styles, since_1904: workbook.since_1904 };
    let candidates = workbook.sheets.iter().filter(|sheet| match wanted {
        Some(wanted) => sheet.name == wanted,
        None => true,
    });
    let mut outcome = Err(if wanted.is_some() { Problem::UnknownSheet } else { Problem::Empty }.into());
    for sheet in candidates {
        outcome = cells::read(&mut archive, &sheet.part, context).map(|read| (sheet, read));
        if !matches!(&outcome, Err(error) if error.problem == Problem::Empty) {
            break;
        }
    }
    let (sheet, read) = outcome?;
    let others = workbook.sheets.iter().filter(|other| other.name != sheet.name);
    Ok(Table {
        name: sheet.name.clone(),
        source: Source::Xlsx,
        other_sheets: others.map(|other| other.name.clone()).collect(),
        header: read.header,
        notes: read.notes,
        rows: read.rows,
    })
}
