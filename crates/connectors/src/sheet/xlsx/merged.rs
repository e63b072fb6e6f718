//! Merged cells. What is merged down a column counts for each of its rows. What is merged across columns counts for the
//! first of them where it is a title or a remark; beside other texts nobody can know which column it belongs to.

use std::collections::BTreeSet;

use livehand_prepare::sheet::{CellKind, NoteKind, Problem, Row, SheetError, header_row};

use super::super::builder::Builder;
use super::xml::malformed;

/// Most merged ranges of a worksheet.
const RANGES_MAX: usize = 20_000;
/// Rows among which the header is looked for.
const HEADER_WITHIN: usize = 40;

/// A merged range; rows and columns from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub first: (u32, u32),
    pub last: (u32, u32),
}

/// Adds a range.
pub(super) fn add(ranges: &mut Vec<Range>, range: Range) -> Result<(), SheetError> {
    if ranges.len() == RANGES_MAX {
        return Err(malformed("mergeCells"));
    }
    ranges.push(range);
    Ok(())
}

/// Fills merged cells in, and refuses what can be meant in more than one way. Gives the row that names the columns, which is
/// none that is merged across: of a header of two rows it is the lower one.
pub(super) fn apply(builder: &mut Builder, ranges: &[Range]) -> Result<Option<u32>, SheetError> {
    let mut ranges = ranges.to_vec();
    ranges.sort_by_key(|range| (range.first, range.last));
    for range in ranges.iter().filter(|range| range.first.1 == range.last.1) {
        fill_down(builder, *range)?;
    }
    let across = ranges.iter().filter(|range| range.first.1 < range.last.1);
    let merged: BTreeSet<u32> = across.clone().map(|range| range.first.0).collect();
    let first_rows = builder.rows().iter().filter(|row| !merged.contains(&row.number)).take(HEADER_WITHIN);
    let header = header_row(&first_rows.cloned().collect::<Vec<Row>>());
    for range in across {
        check_across(builder, *range, header.unwrap_or(0))?;
    }
    Ok(header)
}

fn fill_down(builder: &mut Builder, range: Range) -> Result<(), SheetError> {
    let Range { first: (first, column), last: (last, _) } = range;
    let rows = builder.rows();
    let from = rows.partition_point(|row| row.number < first);
    let to = rows.partition_point(|row| row.number <= last);
    let top = rows.get(from).filter(|row| row.number == first).and_then(|row| row.cell(column));
    let text = top.map(|cell| cell.text.clone()).unwrap_or_default();
    // With nothing above, whatever is below would be hidden as well.
    let below = if top.is_some() { from.saturating_add(1) } else { from };
    for place in below..to {
        builder.fill(place, column, &text)?;
    }
    Ok(())
}

fn check_across(builder: &mut Builder, range: Range, header: u32) -> Result<(), SheetError> {
    let Range { first: (first, left), last: (last, right) } = range;
    let rows = builder.rows();
    let from = rows.partition_point(|row| row.number < first);
    let to = rows.partition_point(|row| row.number <= last);
    let touched = rows.get(from..to).unwrap_or_default();
    let within = |column: u32| (left..=right).contains(&column);
    for row in touched {
        let mut filled = filled_columns(row);
        let is_top = row.number == first;
        if let Some(hidden) = filled.find(|column| within(*column) && !(is_top && *column == left)) {
            let error = SheetError::from(Problem::MergedHides).at(row.number, hidden);
            return Err(error.with(row.text(hidden)));
        }
        // Empty cells that are merged say nothing.
        let says =
            rows.get(from).filter(|row| row.number == first).is_some_and(|row| row.cell(left).is_some());
        if says && row.number >= header && filled_columns(row).any(|column| !within(column)) {
            let error = SheetError::from(Problem::MergedAcross).at(first, left);
            return Err(error.with(rows.get(from).map_or("", |row| row.text(left))));
        }
    }
    if touched.first().is_some_and(|row| row.number == first && row.cell(left).is_some()) {
        builder.note(NoteKind::MergedAcross, left, first);
    }
    Ok(())
}

fn filled_columns(row: &Row) -> impl Iterator<Item = u32> + '_ {
    let merged_in = |kind: CellKind| kind == CellKind::Merged;
    (1_u32..)
        .zip(&row.cells)
        .filter(move |(_, cell)| !cell.text.is_empty() && !merged_in(cell.kind))
        .map(|(column, _)| column)
}
