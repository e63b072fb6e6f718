//! The facts of a product as they are now, for whoever quotes them. What must never happen here: a stock figure that somebody
//! typed where the ledger knows better.

use livehand_kernel::{FactKey, PersonId, ProductId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::{FactRow, NewFact};
use livehand_trade::stock::Stock;

/// The field that the ledger keeps.
pub(crate) const STOCK: &str = "stock";

/// The latest versions of all facts of a product and its SKUs. Where the ledger has books of a SKU, its stock is what the
/// ledger has in front of the buyers.
pub(crate) async fn facts_now(tx: &Tx, product: &ProductId) -> Result<Vec<FactRow>, storage::Error> {
    let mut rows = storage::facts::of_product(tx, product).await?;
    for stock in storage::stock::of_product(tx, product).await? {
        let sku = Some(stock.sku.clone()).filter(|sku| sku.as_str() != product.as_str());
        let key = FactKey { product: product.clone(), sku, field: STOCK.to_owned() };
        let typed = rows.iter().position(|row| row.fact.key == key).map(|place| rows.remove(place));
        rows.push(of_ledger(key, &stock, typed.map_or(0, |row| row.version)));
    }
    Ok(rows)
}

/// A figure of the ledger as a fact. Its version counts on from what was typed before: both only grow, so a later figure has a
/// higher version, whichever of them changed.
fn of_ledger(key: FactKey, stock: &Stock, typed: i64) -> FactRow {
    let fact = NewFact {
        key,
        value: stock.available.saturating_sub(stock.locked).into(),
        valid_from: None,
        valid_to: None,
        source: "ledger".to_owned(),
        person_id: PersonId::from("system"),
        person_name: String::new(),
        at: stock.at,
        evidence: None,
        edit: None,
    };
    FactRow { version: typed.saturating_add(stock.version), fact }
}
