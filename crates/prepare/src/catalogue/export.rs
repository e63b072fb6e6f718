//! The catalogue as a sheet that is read back as the same.

use livehand_kernel::SkuId;

use super::field::FIELDS;
use super::known::{Catalogue, Facts, KnownProduct, value};
use super::value::show;

/// Header of the column with what a list price rests on.
const LIST_EVIDENCE: &str = "划线价依据";

/// The header and the rows of all products that are in use: one row for each SKU, and one for a product that has none, or
/// whose own prices its SKUs may take.
pub fn export(catalogue: &Catalogue) -> Vec<Vec<String>> {
    let ids = ["商品ID", "SKU ID"].into_iter();
    let header = ids.chain(FIELDS.iter().map(|field| field.zh)).chain([LIST_EVIDENCE]);
    let mut sheet: Vec<Vec<String>> = vec![header.map(str::to_owned).collect()];
    let mut products: Vec<_> =
        catalogue.products.iter().filter(|(_, product)| !product.is_disabled()).collect();
    products
        .sort_by_key(|(id, product)| (product.value("link_number").and_then(serde_json::Value::as_i64), *id));
    for (id, product) in products {
        let skus = product.in_use();
        let shared = FIELDS.iter().any(|field| field.is_of_skus() && product.value(field.code).is_some());
        if skus.is_empty() || shared {
            sheet.push(row(id.as_str(), product, None));
        }
        sheet.extend(
            skus.into_iter().map(|(sku, known)| row(id.as_str(), product, Some((sku, &known.facts)))),
        );
    }
    sheet
}

fn row(id: &str, product: &KnownProduct, sku: Option<(&SkuId, &Facts)>) -> Vec<String> {
    let mut cells = vec![id.to_owned(), sku.map(|(sku, _)| sku.0.clone()).unwrap_or_default()];
    let facts_of = |of_skus: bool| match sku {
        Some((_, facts)) if of_skus => facts,
        _ => &product.facts,
    };
    for field in FIELDS {
        let shown = value(facts_of(field.is_of_skus()), field.code).map(|value| show(field, value));
        cells.push(shown.unwrap_or_default());
    }
    let evidence = facts_of(true).get("list_price").filter(|known| !known.value.is_null());
    cells.push(evidence.and_then(|known| known.evidence.clone()).unwrap_or_default());
    cells
}
