//! The rows of a sheet, read cell by cell.

use std::collections::BTreeMap;

use livehand_kernel::{Phrase, ProductId, SkuId};
use serde_json::{Value as Json, json};

use super::columns::{Mapping, Target};
use crate::catalogue::fault::{Fault, Wrong};
use crate::catalogue::field::Field;
use crate::catalogue::text::{cell_text, code_text};
use crate::catalogue::value::{Reading, check, read as read_cell};
use crate::sheet::{Cell, CellKind, Row, Table};

/// A row as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SheetRow {
    /// As the spreadsheet numbers it.
    pub number: u32,
    /// The product that it is about.
    pub product: Option<ProductId>,
    /// The SKU that it is about; none for a row about the product itself.
    pub sku: Option<SkuId>,
    /// Ids that stand in the row, with their columns.
    pub product_id: Option<(u32, String)>,
    /// As above.
    pub sku_id: Option<(u32, String)>,
    /// Facts by the code of their field.
    pub values: BTreeMap<&'static str, Entry>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// A value with the column that it stands in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub column: u32,
    pub value: Json,
    pub evidence: Option<String>,
}

impl SheetRow {
    /// A text fact of the row.
    pub fn text(&self, field: &str) -> &str {
        self.values.get(field).and_then(|entry| entry.value.as_str()).unwrap_or_default()
    }

    /// Adds what is wrong with one of its facts.
    pub fn wrong(&mut self, field: &str, wrong: Wrong) {
        let column = match field {
            "product" => self.product_id.as_ref().map(|(column, _)| *column),
            "sku" => self.sku_id.as_ref().map(|(column, _)| *column),
            field => self.values.get(field).map(|entry| entry.column),
        };
        self.faults.push(wrong.at(self.number, column, field));
    }
}

/// The rows below the header that say something.
pub(super) fn read(table: &Table, mapping: &Mapping) -> Vec<SheetRow> {
    let meant: Vec<u32> =
        mapping.columns.iter().filter(|it| it.target().is_some()).map(|it| it.column).collect();
    // The second row of some exports holds formulas that have come to nothing.
    let says = |row: &&Row| meant.iter().any(|column| !cell_text(row.text(*column)).is_empty());
    table.data().iter().filter(says).map(|row| read_row(row, mapping)).collect()
}

fn read_row(row: &Row, mapping: &Mapping) -> SheetRow {
    let mut found = SheetRow { number: row.number, ..SheetRow::default() };
    let mut spec: BTreeMap<String, String> = BTreeMap::new();
    let mut spec_column = None;
    let mut evidence = Vec::new();
    for column in &mapping.columns {
        let (Some(target), Some(cell)) = (column.target(), row.cell(column.column)) else { continue };
        if cell_text(&cell.text).is_empty() {
            continue;
        }
        if let Some(wrong) = unusable(cell) {
            found.faults.push(wrong.at(row.number, Some(column.column), &target.code()));
            continue;
        }
        match target {
            Target::Product => found.product_id = Some((column.column, code_text(&cell.text))),
            Target::Sku => found.sku_id = Some((column.column, code_text(&cell.text))),
            Target::Spec(name) => {
                spec.insert(name, cell_text(&cell.text));
                spec_column = spec_column.or(Some(column.column));
            }
            Target::Evidence(field) => evidence.push((field, cell_text(&cell.text))),
            Target::Fact(code) => {
                let Some(field) = Field::of(code) else { continue };
                take(&mut found, field, column.column, read_cell(field, &cell.text, column.unit()));
            }
        }
    }
    add_spec(&mut found, &spec, spec_column);
    for (field, text) in evidence {
        if let Some(entry) = found.values.get_mut(field) {
            entry.evidence = Some(text);
        }
    }
    found
}

fn take(row: &mut SheetRow, field: &'static Field, column: u32, reading: Result<Reading, Wrong>) {
    match reading {
        Err(wrong) => row.faults.push(wrong.at(row.number, Some(column), field.code)),
        Ok(reading) => {
            if !reading.value.is_null() {
                row.values.insert(field.code, Entry { column, value: reading.value, evidence: None });
            }
            if let Some(doubt) = reading.doubt {
                row.wrong(field.code, doubt);
            }
        }
    }
}

/// Columns that each hold a part of the spec, added to what a column for the whole of it says.
fn add_spec(row: &mut SheetRow, parts: &BTreeMap<String, String>, column: Option<u32>) {
    let (Some(column), Some(field)) = (column, Field::of("spec")) else { return };
    let mut whole = row.values.get("spec").map_or_else(|| json!({}), |entry| entry.value.clone());
    if let Some(pairs) = whole.as_object_mut() {
        pairs.extend(parts.iter().map(|(name, value)| (name.clone(), json!(value))));
    }
    match check(field, whole) {
        Ok(value) => {
            row.values.insert("spec", Entry { column, value, evidence: None });
        }
        Err(wrong) => row.faults.push(wrong.at(row.number, Some(column), "spec")),
    }
}

/// What a spreadsheet has made of a cell so that it cannot be used.
fn unusable(cell: &Cell) -> Option<Wrong> {
    match cell.kind {
        CellKind::Damaged => {
            let expected = Phrase::new(
                "all digits, as text: a spreadsheet keeps 15 digits of a number",
                "完整的编号（请把该列设为文本后重新填写，表格软件只保留 15 位数字）",
            );
            Some(Wrong::error("damaged_number", expected, cell.text.clone()))
        }
        CellKind::Error => {
            let expected = Phrase::new("a value", "有效的内容");
            Some(Wrong::error("cell_error", expected, cell.text.clone()))
        }
        CellKind::Plain | CellKind::Date | CellKind::Formula | CellKind::Merged => None,
    }
}
