//! What is wrong with rows only beside one another: the same SKU twice, a link number of two products, rows of one product
//! that say different things of it, gifts that lead in a circle.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Phrase, ProductId, SkuId};
use serde_json::{Value as Json, json};

use super::identify::with_spec;
use super::rows::SheetRow;
use crate::catalogue::doubts::{GiftsOf, circle, circular, gifts_of};
use crate::catalogue::fault::Wrong;
use crate::catalogue::field::{FIELDS, Field, Level};
use crate::catalogue::known::{Catalogue, value};
use crate::catalogue::value::{Gift, parsed, show};

/// Adds to each row what is wrong with it beside the others.
pub(super) fn check(rows: &mut [SheetRow], catalogue: &Catalogue) {
    check_twice(rows, catalogue);
    check_link_numbers(rows, catalogue);
    check_agreement(rows);
    check_names(rows, catalogue);
    place_gifts(rows, catalogue);
    check_circles(rows, catalogue);
}

fn row_number(row: u32) -> Phrase {
    Phrase::new(format!("row {row}"), format!("第 {row} 行"))
}

/// A SKU in two rows, or a spec of two SKUs.
fn check_twice(rows: &mut [SheetRow], catalogue: &Catalogue) {
    let mut seen: BTreeMap<(ProductId, Option<SkuId>), u32> = BTreeMap::new();
    let mut owners: BTreeMap<SkuId, (ProductId, u32)> = BTreeMap::new();
    let mut specs: BTreeMap<(ProductId, String), u32> = BTreeMap::new();
    let moved = moved(rows, catalogue);
    for row in rows.iter_mut() {
        let Some(product) = row.product.clone() else { continue };
        let (sku, number) = (row.sku.clone(), row.number);
        let field = named_by(row);
        if let Some(first) = seen.insert((product.clone(), sku.clone()), number) {
            row.wrong(field, twice(field, &sku.map(|sku| sku.0).unwrap_or(product.0), &row_number(first)));
            continue;
        }
        let Some(sku) = sku else { continue };
        match owners.get(&sku) {
            Some((owner, first)) if *owner != product => {
                row.wrong(field, twice("sku", sku.as_str(), &row_number(*first)));
            }
            _ => {
                owners.insert(sku.clone(), (product.clone(), number));
            }
        }
        let Some(spec) = row.values.get("spec").map(|entry| entry.value.clone()) else { continue };
        let first = specs.insert((product.clone(), spec.to_string()), number).map(row_number);
        let known = catalogue.products.get(&product).and_then(|known| with_spec(known, &spec));
        let known = known
            .filter(|known| **known != sku && !moved.contains(known))
            .map(|known| Phrase::literal(known.0.clone()));
        if let Some(other) = first.or(known) {
            let shown = Field::of("spec").map(|field| show(field, &spec)).unwrap_or_default();
            row.wrong("spec", twice("spec", &shown, &other));
        }
    }
}

/// SKUs to which the sheet gives another spec, so that their old one is free.
fn moved(rows: &[SheetRow], catalogue: &Catalogue) -> BTreeSet<SkuId> {
    let moves = |row: &SheetRow| {
        let sku = row.sku.clone()?;
        let known = catalogue.products.get(row.product.as_ref()?)?.skus.get(&sku)?;
        let new = &row.values.get("spec")?.value;
        value(&known.facts, "spec").filter(|old| *old != new).map(|_| sku)
    };
    rows.iter().filter_map(moves).collect()
}

/// What names the SKU of a row.
fn named_by(row: &SheetRow) -> &'static str {
    match () {
        () if row.sku_id.is_some() => "sku",
        () if row.values.contains_key("merchant_code") => "merchant_code",
        () if row.values.contains_key("spec") => "spec",
        () if row.product_id.is_some() => "product",
        () => "name",
    }
}

fn twice(field: &str, what: &str, other: &Phrase) -> Wrong {
    let expected = match field {
        "spec" => Phrase::new("each spec once for a product", "同一商品的规格不重复"),
        "product" | "name" => Phrase::new("one row for a product without SKUs", "无规格的商品只占一行"),
        _ => Phrase::new("each SKU once", "每个规格只出现一次"),
    };
    let found = Phrase::new(format!("{what}, also {}", other.en), format!("{what}，与{}重复", other.zh));
    Wrong::error("sku_duplicate", expected, "").finding(found)
}

/// A link number of two products.
fn check_link_numbers(rows: &mut [SheetRow], catalogue: &Catalogue) {
    let in_sheet: BTreeSet<ProductId> = rows.iter().filter_map(|row| row.product.clone()).collect();
    let mut taken: BTreeMap<i64, (ProductId, Phrase)> = BTreeMap::new();
    for (id, product) in
        catalogue.products.iter().filter(|(id, it)| !in_sheet.contains(id) && !it.is_disabled())
    {
        if let Some(number) = product.value("link_number").and_then(Json::as_i64) {
            taken.insert(number, (id.clone(), Phrase::literal(product.text("name").to_owned())));
        }
    }
    for row in rows.iter_mut() {
        let Some(product) = row.product.clone() else { continue };
        let Some(number) = row.values.get("link_number").and_then(|entry| entry.value.as_i64()) else {
            continue;
        };
        let place = row_number(row.number);
        let name = row.text("name");
        let named = Phrase::new(format!("{} {name}", place.en), format!("{}的{name}", place.zh));
        let (owner, whose) = taken.entry(number).or_insert_with(|| (product.clone(), named));
        if *owner != product {
            let expected = Phrase::new("a link number that no other product has", "未被其他商品使用的链接号");
            let found =
                Phrase::new(format!("{number}, of {}", whose.en), format!("{number}，已用于{}", whose.zh));
            row.wrong("link_number", Wrong::error("link_number_reused", expected, "").finding(found));
        }
    }
}

/// The values that rows give for one fact: how many rows, and the first of them.
type Said = BTreeMap<String, (usize, u32)>;

/// Rows of one product that say different things of it: those that differ from most are named.
fn check_agreement(rows: &mut [SheetRow]) {
    let mut said: BTreeMap<(ProductId, &'static str), Said> = BTreeMap::new();
    for row in rows.iter() {
        let Some(product) = &row.product else { continue };
        for (code, entry) in row.values.iter().filter(|(code, _)| is_of_product(code)) {
            let values = said.entry((product.clone(), code)).or_default();
            let (count, _) = values.entry(entry.value.to_string()).or_insert((0, row.number));
            *count += 1;
        }
    }
    for row in rows.iter_mut() {
        let Some(product) = row.product.clone() else { continue };
        let differing: Vec<(&'static str, u32)> = (row.values.iter())
            .filter_map(|(code, entry)| {
                let values = said.get(&(product.clone(), *code))?;
                let most =
                    values.iter().max_by_key(|(_, (count, first))| (*count, std::cmp::Reverse(*first)))?;
                let own = entry.value.to_string();
                (*most.0 != own).then_some((*code, most.1.1))
            })
            .collect();
        for (code, first) in differing {
            let place = row_number(first);
            let expected = Phrase::new(format!("the same as in {}", place.en), format!("与{}一致", place.zh));
            let entry = row.values.get(code).map(|entry| entry.value.clone()).unwrap_or_default();
            let shown = Field::of(code).map(|field| show(field, &entry)).unwrap_or_default();
            row.wrong(code, Wrong::error("disagrees", expected, shown));
        }
    }
}

/// Whether a field is the product's, so that all its rows have to agree on it.
pub(super) fn is_of_product(code: &str) -> bool {
    FIELDS.iter().any(|field| field.code == code && field.level == Level::Product)
}

/// A product that would be added needs a name.
fn check_names(rows: &mut [SheetRow], catalogue: &Catalogue) {
    let named: BTreeSet<ProductId> = rows
        .iter()
        .filter(|row| !row.text("name").is_empty())
        .filter_map(|row| row.product.clone())
        .collect();
    for row in rows.iter_mut() {
        let Some(product) = &row.product else { continue };
        if !named.contains(product) && !catalogue.products.contains_key(product) {
            let expected = Phrase::new("the name of a new product", "新商品须有商品名称");
            row.wrong(
                "name",
                Wrong::error("name_missing", expected, "").finding(Phrase::new("none", "未填写")),
            );
        }
    }
}

/// Gives gifts that are ours the ids of their SKUs.
fn place_gifts(rows: &mut [SheetRow], catalogue: &Catalogue) {
    let mut codes: BTreeMap<String, SkuId> = BTreeMap::new();
    for row in rows.iter() {
        let Some(sku) = &row.sku else { continue };
        codes.insert(sku.0.clone(), sku.clone());
        let code = row.text("merchant_code");
        if !code.is_empty() {
            codes.insert(code.to_owned(), sku.clone());
        }
    }
    for row in rows.iter_mut() {
        let Some(entry) = row.values.get_mut("gifts") else { continue };
        let mut gifts: Vec<Gift> = parsed(&entry.value);
        let mut unknown = Vec::new();
        for gift in &mut gifts {
            let Some(code) = gift.sku.as_ref().map(|sku| sku.0.clone()) else { continue };
            let found = codes.get(&code).or_else(|| catalogue.sku_of(&code).map(|(_, sku)| sku));
            match found {
                Some(sku) => gift.sku = Some(sku.clone()),
                None => unknown.push(code),
            }
        }
        entry.value = json!(gifts);
        for code in unknown {
            let expected =
                Phrase::new("a gift that is in the catalogue or the sheet", "商品库或本表中已有的赠品编码");
            row.wrong("gifts", Wrong::error("gift_unknown", expected, code));
        }
    }
}

/// Gifts that lead from a product back to itself; the row that closes the circle is named.
fn check_circles(rows: &mut [SheetRow], catalogue: &Catalogue) {
    let mut given: GiftsOf = gifts_of(catalogue);
    let mut names: BTreeMap<ProductId, String> =
        catalogue.products.iter().map(|(id, known)| (id.clone(), known.text("name").to_owned())).collect();
    let mut owners: BTreeMap<SkuId, ProductId> = BTreeMap::new();
    for row in rows.iter() {
        let Some(product) = &row.product else { continue };
        if row.values.contains_key("gifts") {
            given.remove(product);
        }
        if let Some(sku) = &row.sku {
            owners.insert(sku.clone(), product.clone());
        }
        let place = row_number(row.number);
        names.entry(product.clone()).or_insert_with(|| format!("{}({})", row.text("name"), place.zh));
    }
    for row in rows.iter_mut() {
        let Some(product) = row.product.clone() else { continue };
        let Some(entry) = row.values.get("gifts") else { continue };
        let gifts: Vec<Gift> = parsed(&entry.value);
        let owner = |sku: SkuId| {
            owners.get(&sku).cloned().or_else(|| catalogue.sku_of(&sku.0).map(|(it, _)| it.clone()))
        };
        let products: BTreeSet<ProductId> = gifts.into_iter().filter_map(|gift| owner(gift.sku?)).collect();
        given.entry(product.clone()).or_default().extend(products);
        if let Some(way) = circle(&given, &product) {
            let name = |id: &ProductId| names.get(id).cloned().unwrap_or_else(|| id.0.clone());
            let names: Vec<String> = way.iter().chain([&product]).map(name).collect();
            row.wrong("gifts", circular(&names));
        }
    }
}
