//! Editing facts: one cell of the grid or a whole paste, all of it or nothing, as one edit that can be undone at once.

mod doubts;

use std::collections::{BTreeMap, BTreeSet};

use livehand_compliance::Action;
use livehand_kernel::{FactKey, FactRef, Millis, Phrase, ProductId, SkuId};
use livehand_live::FieldError;
use livehand_prepare::catalogue::{Catalogue, Field, Known, KnownProduct, Level, Unit, Wrong, check, read};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::NewFact;
use serde_json::{Value as Json, json};

use super::write_facts::Editing;
use super::{fault, needs_second_person, stale, version_words};
use crate::audit::Entry;
use crate::trade::write_facts;
use crate::{App, Caller, Error, Fault};

/// Most cells in one edit: a paste of a hundred rows with twenty columns.
const EDITS_MAX: usize = 2_000;
/// Longest evidence, in bytes.
const EVIDENCE_BYTES_MAX: usize = 2_000;

/// A value as it was given.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// As JSON.
    Value(Json),
    /// As somebody typed it, or as it was pasted from a spreadsheet.
    Text(String),
}

/// A new value of a fact.
#[derive(Clone, Debug)]
pub struct FactEdit {
    /// Whose.
    pub product: ProductId,
    /// Of which SKU, where it is the SKU's own.
    pub sku: Option<SkuId>,
    /// Code of the field.
    pub field: String,
    /// What it is to be; null or an empty text takes it back.
    pub given: Given,
    /// From when on it holds.
    pub valid_from: Option<Millis>,
    /// Until when.
    pub valid_to: Option<Millis>,
    /// What proves it.
    pub evidence: Option<String>,
    /// The version that was seen; 0 for none.
    pub if_version: Option<i64>,
    /// Whether somebody has looked at what is doubted about it.
    pub confirmed: bool,
}

/// What an edit did.
#[derive(Clone, Debug, Default)]
pub struct Edited {
    /// The edit, by which it can be undone; absent when nothing changed.
    pub edit: Option<String>,
    /// The versions that it wrote.
    pub facts: Vec<FactRef>,
    /// How many cells said what was there already.
    pub unchanged: usize,
}

/// A cell that was read.
struct Cell<'a> {
    index: usize,
    field: &'static Field,
    key: FactKey,
    value: Json,
    doubt: Option<Wrong>,
    edit: &'a FactEdit,
}

impl Cell<'_> {
    fn place(&self, part: &str) -> String {
        format!("edits.{}{part}", self.index)
    }

    /// Whether the fact says all of this already.
    fn is_known(&self, known: Option<&Known>) -> bool {
        let Some(known) = known else { return self.value.is_null() };
        let same = |new: Option<Millis>, old| new.is_none_or(|new| Some(new) == old);
        let evidence = self.edit.evidence.as_ref();
        known.value == self.value
            && same(self.edit.valid_from, known.valid_from)
            && same(self.edit.valid_to, known.valid_to)
            && evidence.is_none_or(|new| known.evidence.as_ref() == Some(new))
    }
}

impl App {
    /// Writes new versions of facts, all of them or none.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::NotFound`], and [`Error::Refused`] with the cells: `stale_edit`,
    /// `needs_confirmation`, `needs_second_person`.
    pub async fn edit_facts(&self, caller: &Caller, edits: &[FactEdit]) -> Result<Edited, Error> {
        caller.require(Action::EditProducts)?;
        let cells = read_cells(edits)?;
        let editing = self.editing(caller, "grid");
        let products: BTreeSet<&ProductId> = cells.iter().map(|cell| &cell.key.product).collect();
        let subject = products.first().filter(|_| products.len() == 1).map_or("products", |id| id.as_str());
        let detail = json!({ "edit": editing.id, "cells": cells.len(), "products": products.len() });
        let entry = Entry::of(caller, "edit_facts", subject).with(detail);
        let (editing, cells) = (&editing, &cells);
        let written = self.decided(entry, move |tx| write(tx, editing, cells)).await?;
        let facts = written.unwrap_or_default();
        self.wrote(&facts).await?;
        let unchanged = cells.len().saturating_sub(facts.len());
        Ok(Edited { edit: (!facts.is_empty()).then(|| editing.id.clone()), facts, unchanged })
    }
}

async fn write(
    tx: Tx,
    editing: &Editing,
    cells: &[Cell<'_>],
) -> Result<Result<Option<Vec<FactRef>>, Error>, storage::Error> {
    let mut catalogue = match load(&tx, cells).await? {
        Ok(catalogue) => catalogue,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(error) = find_stale(&tx, &catalogue, cells).await? {
        return Ok(Err(error));
    }
    let changed: Vec<&Cell> =
        cells.iter().filter(|cell| !cell.is_known(known(&catalogue, &cell.key))).collect();
    if changed.is_empty() {
        return Ok(Ok(None));
    }
    let on_air = |cell: &&&Cell| {
        let product = catalogue.products.get(&cell.key.product);
        cell.field.is_guarded_on_air() && product.is_some_and(|product| product.on_air)
    };
    let guarded: Vec<Fault> = changed.iter().filter(on_air).map(|cell| guarded(cell)).collect();
    if !guarded.is_empty() {
        return Ok(Err(needs_second_person(guarded)));
    }
    overlay(&mut catalogue, &changed);
    if let Err(error) = doubts::judge(&catalogue, &changed, editing.at) {
        return Ok(Err(error));
    }
    let facts: Vec<NewFact> = changed.iter().map(|cell| new_fact(editing, cell)).collect();
    editing.begin(&tx, facts.len()).await?;
    Ok(Ok(Some(write_facts(&tx, &facts).await?)))
}

fn new_fact(editing: &Editing, cell: &Cell<'_>) -> NewFact {
    let edit = cell.edit;
    NewFact {
        valid_from: edit.valid_from,
        valid_to: edit.valid_to,
        evidence: edit.evidence.clone(),
        ..editing.fact(cell.key.clone(), cell.value.clone(), "manual")
    }
}

fn guarded(cell: &Cell<'_>) -> Fault {
    let expected = Phrase::new("a change that a second person approves", "双人复核的改价申请");
    let found = Phrase::new("an edit while the product is on air", "直播中直接修改");
    Fault { line: None, error: FieldError::new(&cell.place(""), expected, found) }
}

/// Reads all cells, or says what is wrong with each of them.
fn read_cells(edits: &[FactEdit]) -> Result<Vec<Cell<'_>>, Error> {
    if edits.is_empty() || edits.len() > EDITS_MAX {
        let expected = Phrase::new(format!("1 to {EDITS_MAX} edits"), format!("1 到 {EDITS_MAX} 处修改"));
        return Err(Error::field("edits", expected, Phrase::literal(edits.len().to_string())));
    }
    let (mut cells, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (index, edit) in edits.iter().enumerate() {
        match read_cell(index, edit) {
            Err(fault) => faults.push(*fault),
            Ok(cell) => {
                if let Some(first) = seen.insert(cell.key.clone(), index) {
                    let expected = Phrase::new("each cell once", "每个单元格只出现一次");
                    let found = Phrase::new(format!("also edits.{first}"), format!("与 edits.{first} 重复"));
                    faults
                        .push(Fault { line: None, error: FieldError::new(&cell.place(""), expected, found) });
                }
                cells.push(cell);
            }
        }
    }
    if faults.is_empty() { Ok(cells) } else { Err(Error::Invalid(faults)) }
}

fn read_cell(index: usize, edit: &FactEdit) -> Result<Cell<'_>, Box<Fault>> {
    let wrong = |part: &str, expected: Phrase, found: Phrase| {
        let place = format!("edits.{index}{part}");
        Box::new(Fault { line: None, error: FieldError::new(&place, expected, found) })
    };
    let quoted = |text: &str| Phrase::literal(livehand_kernel::display_text(text));
    let Some(field) = Field::of(&edit.field) else {
        return Err(wrong(
            ".field",
            Phrase::new("a field of the catalogue", "商品卡的字段"),
            quoted(&edit.field),
        ));
    };
    match (field.level, &edit.sku) {
        (Level::Product, Some(sku)) => {
            let expected = Phrase::new("no SKU: the fact is the product's", "不带规格：该项属于商品");
            return Err(wrong(".sku", expected, quoted(sku.as_str())));
        }
        (Level::Sku, None) if field.code != "stock" => {
            let expected = Phrase::new("a SKU: the fact is its own", "规格编号：该项属于规格");
            return Err(wrong(".sku", expected, Phrase::new("none", "未填写")));
        }
        _ => {}
    }
    if edit.valid_from.zip(edit.valid_to).is_some_and(|(from, to)| from >= to) {
        let expected = Phrase::new("an end after the beginning", "晚于生效时间的失效时间");
        return Err(wrong(".valid_to", expected, quoted(&edit.valid_to.unwrap_or_default().to_rfc3339())));
    }
    if edit.evidence.as_ref().is_some_and(|text| text.len() > EVIDENCE_BYTES_MAX) {
        let expected = Phrase::new(
            format!("at most {EVIDENCE_BYTES_MAX} bytes"),
            format!("最多 {EVIDENCE_BYTES_MAX} 字节"),
        );
        return Err(wrong(".evidence", expected, Phrase::new("more", "超出")));
    }
    let read = match &edit.given {
        Given::Value(value) => check(field, value.clone()).map(|value| (value, None)),
        Given::Text(text) => read(field, text, Unit::Yuan).map(|reading| (reading.value, reading.doubt)),
    };
    let (value, doubt) = read.map_err(|wrong| Box::new(fault(format!("edits.{index}.value"), wrong)))?;
    if value.is_null() && field.code == "name" {
        return Err(wrong(".value", Phrase::new("a name", "商品名称"), Phrase::new("none", "未填写")));
    }
    let key = FactKey { product: edit.product.clone(), sku: edit.sku.clone(), field: field.code.to_owned() };
    Ok(Cell { index, field, key, value, doubt, edit })
}

/// The products that are edited; all of them where gifts are, because gifts lead from one to another.
async fn load(tx: &Tx, cells: &[Cell<'_>]) -> Result<Result<Catalogue, Error>, storage::Error> {
    let mut catalogue = Catalogue::default();
    if cells.iter().any(|cell| cell.field.code == "gifts") {
        catalogue = storage::catalogue::all(tx).await?;
    }
    for cell in cells {
        let id = &cell.key.product;
        if !catalogue.products.contains_key(id) {
            let Some(known) = storage::catalogue::product(tx, id).await? else {
                return Ok(Err(Error::not_found("product", id)));
            };
            catalogue.products.insert(id.clone(), known);
        }
        let product = catalogue.products.get(id);
        if let Some(sku) =
            cell.key.sku.as_ref().filter(|sku| !product.is_some_and(|it| it.skus.contains_key(sku)))
        {
            return Ok(Err(Error::not_found("sku", sku)));
        }
    }
    Ok(Ok(catalogue))
}

fn known<'a>(catalogue: &'a Catalogue, key: &FactKey) -> Option<&'a Known> {
    let product = catalogue.products.get(&key.product)?;
    match &key.sku {
        None => product.facts.get(&key.field),
        Some(sku) => product.skus.get(sku)?.facts.get(&key.field),
    }
}

/// Cells whose fact has another version than the one that was seen.
async fn find_stale(
    tx: &Tx,
    catalogue: &Catalogue,
    cells: &[Cell<'_>],
) -> Result<Option<Error>, storage::Error> {
    let mut faults = Vec::new();
    for cell in cells {
        let Some(seen) = cell.edit.if_version else { continue };
        if known(catalogue, &cell.key).map_or(0, |known| known.version) == seen {
            continue;
        }
        let found = version_words(storage::facts::current(tx, &cell.key).await?.as_ref());
        let expected = Phrase::new(format!("version {seen}"), format!("第 {seen} 版"));
        faults.push(Fault { line: None, error: FieldError::new(&cell.place(""), expected, found) });
    }
    Ok((!faults.is_empty()).then(|| stale(faults)))
}

/// The catalogue as it would be.
fn overlay(catalogue: &mut Catalogue, cells: &[&Cell<'_>]) {
    for cell in cells {
        let Some(product) = catalogue.products.get_mut(&cell.key.product) else { continue };
        let facts = match &cell.key.sku {
            None => Some(&mut product.facts),
            Some(sku) => product.skus.get_mut(sku).map(|sku| &mut sku.facts),
        };
        if let Some(facts) = facts {
            facts.entry(cell.key.field.clone()).or_default().value = cell.value.clone();
        }
    }
}

/// A product that is not there has nothing.
fn product_of<'a>(catalogue: &'a Catalogue, cell: &Cell<'_>) -> Option<&'a KnownProduct> {
    catalogue.products.get(&cell.key.product)
}
