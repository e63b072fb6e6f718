//! The row of a product as a mirror of its current facts: what lists are searched, filtered and ordered by.

use livehand_kernel::{ProductId, SkuId};
use serde_json::Value as Json;

use crate::facts::{self, FactRow};
use crate::{Error, Tx, skus, sql};

/// Fields whose texts a product is found by.
const SEARCHED: &[&str] = &["name", "brand", "aliases", "merchant_code", "barcode", "link_number"];

/// Writes what the current facts of a product say into its row. What they do not say stays as it is.
pub(crate) async fn refresh(tx: &Tx, product: &ProductId) -> Result<(), Error> {
    let facts = facts::of_product(tx, product).await?;
    let skus = skus::of_product(tx, product).await?;
    let in_use: Vec<&SkuId> =
        skus.iter().filter(|sku| sku.disabled_at.is_none()).map(|sku| &sku.id).collect();
    let own = |field: &str| own_value(&facts, field);
    let text = |field: &str| own(field).and_then(Json::as_str).map(str::to_owned);
    let sql = sql!(
        "UPDATE products SET name = COALESCE($2, name), price_fen = COALESCE($3, price_fen), \
         link_number = COALESCE($4, link_number), category = $5, brand = $6, status = $7, search = $8 WHERE id = $1"
    );
    let args = vec![
        product.as_str().into(),
        text("name").into(),
        crate::Value::Integer(price(&facts, &in_use)),
        crate::Value::Integer(own("link_number").and_then(Json::as_i64)),
        text("category").unwrap_or_default().as_str().into(),
        text("brand").unwrap_or_default().as_str().into(),
        text("status").unwrap_or_else(|| "draft".to_owned()).as_str().into(),
        (&searched(&facts)).into(),
    ];
    tx.run("mirroring the facts of a product", sql, args).await.map(|_| ())
}

fn own_value<'a>(facts: &'a [FactRow], field: &str) -> Option<&'a Json> {
    let own = |row: &&FactRow| row.fact.key.sku.is_none() && row.fact.key.field == field;
    facts.iter().find(own).map(|row| &row.fact.value).filter(|value| !value.is_null())
}

/// The product's own live price; where only its SKUs have one, the lowest of those in use.
fn price(facts: &[FactRow], in_use: &[&SkuId]) -> Option<i64> {
    let of_skus = || {
        let priced = facts.iter().filter(|row| {
            row.fact.key.field == "live_price"
                && row.fact.key.sku.as_ref().is_some_and(|sku| in_use.contains(&sku))
        });
        priced.filter_map(|row| row.fact.value.as_i64()).min()
    };
    own_value(facts, "live_price").and_then(Json::as_i64).or_else(of_skus)
}

/// Everything that a product is found by, in lower case, one text a line.
fn searched(facts: &[FactRow]) -> String {
    let mut lines = Vec::new();
    for row in facts.iter().filter(|row| SEARCHED.contains(&row.fact.key.field.as_str())) {
        match &row.fact.value {
            Json::String(text) => lines.push(text.to_lowercase()),
            Json::Array(texts) => {
                lines.extend(texts.iter().filter_map(Json::as_str).map(str::to_lowercase));
            }
            Json::Number(number) => lines.push(number.to_string()),
            _ => {}
        }
    }
    lines.join("\n")
}
