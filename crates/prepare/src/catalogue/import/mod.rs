//! What a sheet would change: planned as a whole, shown, and applied only when somebody confirms it. A row with an error is
//! left out, and so is one with a warning until somebody says that it is meant.

mod across;
mod changes;
mod columns;
mod identify;
mod rows;

use std::collections::BTreeSet;

use livehand_kernel::{FactKey, Millis, ProductId, SkuId};
use serde_json::Value as Json;

pub use columns::{Column, Mapping, Target, guess_columns};

use super::fault::{Fault, Severity};
use super::known::Catalogue;
use crate::sheet::Table;

/// What an import would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportPlan {
    /// Rows with something in them, below the header.
    pub rows: usize,
    /// Products that would be added.
    pub products: Vec<PlannedProduct>,
    /// SKUs that would be added, or taken back into use.
    pub skus: Vec<PlannedSku>,
    /// Facts that would be written.
    pub facts: Vec<PlannedFact>,
    /// What is wrong, by row and column.
    pub faults: Vec<Fault>,
    /// Rows that would not be applied.
    pub left_out: Vec<u32>,
    /// Rows that say what is known already.
    pub unchanged: usize,
}

impl ImportPlan {
    /// The products that it would change, those added not among them.
    pub fn changed(&self) -> BTreeSet<&ProductId> {
        let added: BTreeSet<_> = self.products.iter().map(|product| &product.id).collect();
        let touched =
            self.facts.iter().map(|fact| &fact.key.product).chain(self.skus.iter().map(|sku| &sku.product));
        touched.filter(|product| !added.contains(product)).collect()
    }
}

/// A product that would be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedProduct {
    /// Id.
    pub id: ProductId,
    /// The first row about it.
    pub row: u32,
    /// Name.
    pub name: String,
    /// Link number; 0 if the sheet says none.
    pub link_number: i64,
}

/// A SKU that would be added, or taken back into use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSku {
    /// Id.
    pub id: SkuId,
    /// Whose.
    pub product: ProductId,
    /// Its row.
    pub row: u32,
    /// Its place among the SKUs of the product.
    pub position: i64,
    /// Whether there is such a SKU out of use already.
    pub returns: bool,
}

/// A fact that would be written.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedFact {
    /// The row that says so.
    pub row: u32,
    /// Which fact.
    pub key: FactKey,
    /// Its value.
    pub value: Json,
    /// What proves it.
    pub evidence: Option<String>,
    /// What its value was; null if there was none.
    pub before: Json,
}

/// Plans what a sheet would change in a catalogue. `confirmed` are rows whose warnings somebody has looked at.
pub fn plan_import(
    table: &Table,
    mapping: &Mapping,
    catalogue: &Catalogue,
    now: Millis,
    confirmed: &BTreeSet<u32>,
) -> ImportPlan {
    let mut rows = rows::read(table, mapping);
    identify::identify(&mut rows, catalogue);
    across::check(&mut rows, catalogue);
    changes::doubt(&mut rows, catalogue, now);
    let is_left_out = |row: &rows::SheetRow| {
        let worst = row.faults.iter().map(|fault| fault.wrong.severity).max();
        worst == Some(Severity::Error)
            || (worst == Some(Severity::Warning) && !confirmed.contains(&row.number))
    };
    let mut plan = changes::plan(rows.iter().filter(|row| !is_left_out(row)), catalogue);
    plan.rows = rows.len();
    plan.left_out = rows.iter().filter(|row| is_left_out(row)).map(|row| row.number).collect();
    plan.faults = rows.into_iter().flat_map(|row| row.faults).collect();
    plan
}
