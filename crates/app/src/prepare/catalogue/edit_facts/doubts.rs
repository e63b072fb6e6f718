//! What is wrong with an edit beside everything else that is known: errors refuse it, and what looks like a slip waits until
//! somebody says that it is meant.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Millis, Phrase, SkuId};
use livehand_prepare::catalogue::{
    Catalogue, Gift, KnownProduct, Prices, Severity, Wrong, circular_gifts, doubts, expired,
};

use super::{Cell, product_of};
use crate::prepare::catalogue::fault;
use crate::{Error, Fault};

/// Judges the cells that change, in the catalogue as it would be.
pub(super) fn judge(catalogue: &Catalogue, cells: &[&Cell<'_>], now: Millis) -> Result<(), Error> {
    let mut wrongs: BTreeMap<usize, Wrong> = BTreeMap::new();
    for cell in cells {
        let Some(product) = product_of(catalogue, cell) else { continue };
        let found = match cell.field.code {
            "qualifications" => {
                // Somebody may keep a paper that has run out, if they have looked at it.
                let expired = expired(&cell.value, product.value("windows"), now);
                expired.map(|wrong| Wrong { severity: Severity::Warning, ..wrong })
            }
            "gifts" => unknown_gift(catalogue, cell).or_else(|| circular_gifts(catalogue, &cell.key.product)),
            _ => None,
        };
        for wrong in cell.doubt.clone().into_iter().chain(found) {
            keep_worst(&mut wrongs, cell.index, wrong);
        }
    }
    let products: BTreeSet<_> = cells.iter().map(|cell| &cell.key.product).collect();
    for id in products {
        let of_product: Vec<&Cell> = cells.iter().copied().filter(|cell| cell.key.product == *id).collect();
        let Some(product) = catalogue.products.get(id) else { continue };
        for (index, wrong) in doubted_prices(product, &of_product) {
            keep_worst(&mut wrongs, index, wrong);
        }
    }
    refuse(cells, wrongs)
}

fn keep_worst(wrongs: &mut BTreeMap<usize, Wrong>, index: usize, wrong: Wrong) {
    if wrongs.get(&index).is_none_or(|kept| kept.severity < wrong.severity) {
        wrongs.insert(index, wrong);
    }
}

fn refuse(cells: &[&Cell<'_>], wrongs: BTreeMap<usize, Wrong>) -> Result<(), Error> {
    let confirmed: BTreeSet<usize> =
        cells.iter().filter(|cell| cell.edit.confirmed).map(|cell| cell.index).collect();
    let (mut errors, mut doubted): (Vec<Fault>, Vec<Fault>) = (Vec::new(), Vec::new());
    for (index, wrong) in wrongs {
        let place = format!("edits.{index}.value");
        match wrong.severity {
            Severity::Error => errors.push(fault(place, wrong)),
            Severity::Warning if !confirmed.contains(&index) => doubted.push(fault(place, wrong)),
            Severity::Warning => {}
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if doubted.is_empty() {
        return Ok(());
    }
    let explanation =
        Phrase::new("This looks like a slip; confirm it if it is meant", "疑似填错，确认无误后再提交");
    Err(Error::Refused { code: "needs_confirmation", explanation, faults: doubted })
}

/// What looks wrong about prices that change, of each SKU that they hold for.
fn doubted_prices(product: &KnownProduct, cells: &[&Cell<'_>]) -> Vec<(usize, Wrong)> {
    let mut targets: BTreeSet<Option<&SkuId>> = cells.iter().map(|cell| cell.key.sku.as_ref()).collect();
    if targets.contains(&None) {
        targets.extend(product.in_use().into_iter().map(|(id, _)| Some(id)));
    }
    let mut found = Vec::new();
    for target in targets {
        let own = |field: &str| {
            let sku = target.and_then(|sku| product.skus.get(sku));
            sku.and_then(|sku| sku.facts.get(field)).is_some_and(|known| !known.value.is_null())
        };
        let holds = |cell: &&&Cell| match &cell.key.sku {
            None => !own(cell.field.code),
            sku => sku.as_ref() == target,
        };
        let holding: Vec<&&Cell> = cells.iter().filter(holds).collect();
        let changed: Vec<&'static str> = holding.iter().map(|cell| cell.field.code).collect();
        for (field, wrong) in doubts(&Prices::of(product, target), &changed) {
            let cell = holding.iter().find(|cell| cell.field.code == field);
            found.extend(cell.map(|cell| (cell.index, wrong)));
        }
    }
    found
}

/// A gift that is said to be ours and is not.
fn unknown_gift(catalogue: &Catalogue, cell: &Cell<'_>) -> Option<Wrong> {
    let gifts: Vec<Gift> = serde_json::from_value(cell.value.clone()).unwrap_or_default();
    let unknown =
        gifts.into_iter().filter_map(|gift| gift.sku).find(|sku| catalogue.sku_of(sku.as_str()).is_none())?;
    let expected = Phrase::new("a SKU of the catalogue", "商品库中已有的规格");
    let (code, severity) = ("gift_unknown", Severity::Error);
    Some(Wrong { code, severity, expected, found: Phrase::literal(unknown.0) })
}
