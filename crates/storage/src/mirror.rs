//! The row of a product as a mirror of its current facts: what lists are searched, filtered and ordered by.

use livehand_kernel::{Millis, ProductId};
use livehand_prepare::catalogue::{Completeness, KnownProduct, completeness};
use serde_json::Value as Json;

use crate::{Error, Tx, Value, catalogue, facts, skus, sql};

/// Fields whose texts a product is found by.
const SEARCHED: &[&str] = &["name", "brand", "aliases", "merchant_code", "barcode", "link_number"];

/// Writes what the current facts of a product say into its row. A name, a price and a link number that they do not say stay
/// as they are.
pub(crate) async fn refresh(tx: &Tx, product: &ProductId) -> Result<(), Error> {
    let facts = facts::of_product(tx, product).await?;
    let latest = facts.iter().map(|row| row.fact.at).max().unwrap_or(Millis(0));
    let known = catalogue::of_rows(facts, &skus::of_product(tx, product).await?);
    let Completeness { required, missing, expires_at, .. } = completeness(&known, latest);
    let missing: Vec<&str> = missing.iter().map(|missing| missing.field).collect();
    let status = Some(known.text("status")).filter(|status| !status.is_empty()).unwrap_or("draft");
    let sql = sql!(
        "UPDATE products SET name = COALESCE(CAST($2 AS TEXT), name), price_fen = COALESCE(CAST($3 AS BIGINT), price_fen), \
         link_number = COALESCE(CAST($4 AS BIGINT), link_number), category = $5, brand = $6, status = $7, search = $8, \
         required = $9, missing = $10, expires_at = $11 WHERE id = $1"
    );
    let args = vec![
        product.as_str().into(),
        known.value("name").and_then(Json::as_str).map(str::to_owned).into(),
        Value::Integer(price(&known)),
        Value::Integer(known.value("link_number").and_then(Json::as_i64)),
        known.text("category").into(),
        known.text("brand").into(),
        status.into(),
        searched(product, &known).as_str().into(),
        i64::try_from(required).unwrap_or(i64::MAX).into(),
        missing.join(",").as_str().into(),
        expires_at.into(),
    ];
    tx.run("mirroring the facts of a product", sql, args).await.map(|_| ())
}

/// The product's own live price; where only its SKUs have one, the lowest of those in use.
fn price(product: &KnownProduct) -> Option<i64> {
    let of_skus = || {
        let skus = product.in_use().into_iter();
        skus.filter_map(|(id, _)| product.value_for(Some(id), "live_price")?.as_i64()).min()
    };
    product.value("live_price").and_then(Json::as_i64).or_else(of_skus)
}

/// Everything that a product is found by, in lower case, one text a line.
fn searched(id: &ProductId, product: &KnownProduct) -> String {
    let mut lines = vec![id.as_str().to_lowercase()];
    let skus = product.in_use().into_iter().map(|(_, sku)| &sku.facts);
    for facts in std::iter::once(&product.facts).chain(skus) {
        for known in SEARCHED.iter().filter_map(|field| facts.get(*field)) {
            match &known.value {
                Json::String(text) => lines.push(text.to_lowercase()),
                Json::Array(texts) => {
                    lines.extend(texts.iter().filter_map(Json::as_str).map(str::to_lowercase));
                }
                Json::Number(number) => lines.push(number.to_string()),
                _ => {}
            }
        }
    }
    lines.join("\n")
}
