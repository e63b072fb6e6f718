//! What of the rows is new, and what of that looks like a slip.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{FactKey, Fen, Millis, Phrase, ProductId, SkuId};
use serde_json::Value as Json;

use super::across::is_of_product;
use super::rows::{Entry, SheetRow};
use super::{ImportPlan, PlannedFact, PlannedProduct, PlannedSku};
use crate::catalogue::doubts::{Prices, doubts, expired};
use crate::catalogue::fault::Wrong;
use crate::catalogue::field::Field;
use crate::catalogue::known::{Catalogue, Known, KnownProduct};
use crate::catalogue::value::{PaidPrice, parsed};

/// Adds to each row what looks wrong about what it would change.
pub(super) fn doubt(rows: &mut [SheetRow], catalogue: &Catalogue, now: Millis) {
    let nothing = KnownProduct::default();
    for row in rows.iter_mut() {
        let Some(product) = &row.product else { continue };
        let known = catalogue.products.get(product).unwrap_or(&nothing);
        let changed: Vec<&'static str> = row
            .values
            .iter()
            .filter(|(code, entry)| is_change(known, row, code, entry))
            .map(|(code, _)| *code)
            .collect();
        let mut prices = Prices::of(known, row.sku.as_ref());
        for (code, entry) in &row.values {
            prices.set(code, entry.value.as_i64().map(Fen));
            if *code == "price_history" {
                prices.paid = parsed::<Vec<PaidPrice>>(&entry.value).last().map(|paid| paid.price);
            }
        }
        let mut wrongs = doubts(&prices, &changed);
        let papers = row.values.get("qualifications").filter(|_| changed.contains(&"qualifications"));
        let windows = row.values.get("windows").map(|entry| &entry.value).or_else(|| known.value("windows"));
        wrongs.extend(
            papers.and_then(|papers| expired(&papers.value, windows, now)).map(|it| ("qualifications", it)),
        );
        let guarded = |code: &&'static str| Field::of(code).is_some_and(Field::is_guarded_on_air);
        if known.on_air {
            wrongs.extend(changed.iter().copied().filter(guarded).map(|code| (code, second_person())));
        }
        for (code, wrong) in wrongs {
            row.wrong(code, wrong);
        }
    }
}

/// A price of a product on air is not changed by a sheet.
fn second_person() -> Wrong {
    let expected = Phrase::new("a change that a second person approves", "直播中改价须走双人复核");
    let found = Phrase::new("the product is on air", "该商品正在直播");
    Wrong::error("needs_second_person", expected, "").finding(found)
}

/// Whose a fact of a row is.
fn owner(row: &SheetRow, code: &str) -> Option<SkuId> {
    row.sku.clone().filter(|_| !is_of_product(code))
}

fn known_fact<'a>(known: &'a KnownProduct, sku: Option<&SkuId>, code: &str) -> Option<&'a Known> {
    match sku {
        Some(sku) => known.skus.get(sku)?.facts.get(code),
        None => known.facts.get(code),
    }
}

fn is_change(known: &KnownProduct, row: &SheetRow, code: &str, entry: &Entry) -> bool {
    let Some(fact) = known_fact(known, owner(row, code).as_ref(), code) else { return true };
    fact.value != entry.value || (entry.evidence.is_some() && fact.evidence != entry.evidence)
}

/// What the rows that are applied would change.
pub(super) fn plan<'a>(rows: impl Iterator<Item = &'a SheetRow>, catalogue: &Catalogue) -> ImportPlan {
    let nothing = KnownProduct::default();
    let mut plan = ImportPlan::default();
    let mut written: BTreeSet<FactKey> = BTreeSet::new();
    let mut positions: BTreeMap<ProductId, i64> = BTreeMap::new();
    for row in rows {
        let Some(product) = &row.product else { continue };
        let known = catalogue.products.get(product).unwrap_or(&nothing);
        let before = (plan.products.len(), plan.skus.len(), plan.facts.len());
        if !catalogue.products.contains_key(product) {
            add_product(&mut plan, row, product);
        }
        if let Some(sku) = &row.sku {
            add_sku(&mut plan, row, known, product, sku, &mut positions);
        }
        for (code, entry) in &row.values {
            let sku = owner(row, code);
            let before = known_fact(known, sku.as_ref(), code).map(|fact| fact.value.clone());
            let key = FactKey { product: product.clone(), sku, field: (*code).to_owned() };
            if is_change(known, row, code, entry) && written.insert(key.clone()) {
                let (value, evidence) = (entry.value.clone(), entry.evidence.clone());
                plan.facts.push(PlannedFact {
                    row: row.number,
                    key,
                    value,
                    evidence,
                    before: before.unwrap_or(Json::Null),
                });
            }
        }
        if before == (plan.products.len(), plan.skus.len(), plan.facts.len()) {
            plan.unchanged += 1;
        }
    }
    plan
}

fn add_product(plan: &mut ImportPlan, row: &SheetRow, id: &ProductId) {
    let (name, link) =
        (row.text("name"), row.values.get("link_number").and_then(|entry| entry.value.as_i64()));
    match plan.products.iter_mut().find(|product| product.id == *id) {
        Some(product) if product.name.is_empty() => name.clone_into(&mut product.name),
        Some(product) if product.link_number == 0 => product.link_number = link.unwrap_or(0),
        Some(_) => {}
        None => plan.products.push(PlannedProduct {
            id: id.clone(),
            row: row.number,
            name: name.to_owned(),
            link_number: link.unwrap_or(0),
        }),
    }
}

fn add_sku(
    plan: &mut ImportPlan,
    row: &SheetRow,
    known: &KnownProduct,
    product: &ProductId,
    sku: &SkuId,
    positions: &mut BTreeMap<ProductId, i64>,
) {
    let there = known.skus.get(sku);
    if there.is_some_and(|sku| !sku.disabled) {
        return;
    }
    let last = || known.skus.values().map(|sku| sku.position).max().unwrap_or(0);
    let position = match there {
        Some(there) => there.position,
        None => {
            let position = positions.entry(product.clone()).or_insert_with(last);
            *position += 1;
            *position
        }
    };
    let (id, product) = (sku.clone(), product.clone());
    plan.skus.push(PlannedSku { id, product, row: row.number, position, returns: there.is_some() });
}
