//! What of the catalogue a promotion can be for: products and SKUs with their prices, costs and floors, from their facts.

use std::collections::BTreeMap;

use livehand_kernel::{Fen, ProductId, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::FactRow;
use livehand_storage::products::{ProductFilter, ProductRow};
use livehand_storage::skus::SkuRow;
use livehand_trade::offers::{Known, Line};

/// Products that are read at most: far more than a shop sells live.
const PRODUCTS_MAX: i64 = 100_000;
/// Most units of a product in one order where nothing is said.
const QUANTITY_USUAL: i64 = 5;

/// The catalogue, as far as offers need it.
pub(super) struct Catalogue {
    products: Vec<ProductRow>,
    skus: Vec<SkuRow>,
    facts: BTreeMap<(ProductId, Option<SkuId>, String), serde_json::Value>,
}

impl Catalogue {
    /// Reads it; the facts of all products, or of some.
    pub async fn read(tx: &Tx, some: Option<&[ProductId]>) -> Result<Self, storage::Error> {
        let filter = ProductFilter { limit: PRODUCTS_MAX, ..ProductFilter::default() };
        let listed = storage::products::list(tx, &filter).await?;
        let products = listed.into_iter().map(|listed| listed.product).collect();
        let skus = storage::skus::of_all(tx).await?;
        let rows = match some {
            None => storage::facts::of_all(tx).await?,
            Some(some) => {
                let mut rows = Vec::new();
                for product in some {
                    rows.extend(storage::facts::of_product(tx, product).await?);
                }
                rows
            }
        };
        let fact =
            |FactRow { fact, .. }: FactRow| ((fact.key.product, fact.key.sku, fact.key.field), fact.value);
        Ok(Self { products, skus, facts: rows.into_iter().map(fact).collect() })
    }

    /// What there is to be promoted.
    pub fn known(&self) -> Known {
        let category = |product: &ProductRow| self.text(&product.id, "category");
        Known {
            products: self.products.iter().map(|it| (it.id.clone(), category(it))).collect(),
            skus: self.skus.iter().map(|sku| (sku.id.clone(), sku.product_id.clone())).collect(),
        }
    }

    fn text(&self, product: &ProductId, field: &str) -> String {
        let value = self.facts.get(&(product.clone(), None, field.to_owned()));
        value.and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    }

    /// A number of the SKU itself, or else of its product.
    fn number(&self, product: &ProductId, sku: Option<&SkuId>, field: &str) -> Option<i64> {
        let own = |sku: Option<&SkuId>| {
            self.facts
                .get(&(product.clone(), sku.cloned(), field.to_owned()))
                .and_then(serde_json::Value::as_i64)
        };
        sku.and_then(|sku| own(Some(sku))).or_else(|| own(None))
    }

    /// One product or SKU as it can be in a basket; nothing if there is none.
    pub fn line(&self, product: &ProductId, sku: Option<&SkuId>) -> Option<Line> {
        let row = self.products.iter().find(|row| row.id == *product)?;
        if let Some(sku) = sku {
            self.skus.iter().find(|it| it.id == *sku && it.product_id == *product)?;
        }
        let number = |field: &str| self.number(product, sku, field);
        Some(Line {
            product: product.clone(),
            sku: sku.cloned(),
            name: sku.map_or_else(|| row.name.clone(), |sku| format!("{} {sku}", row.name)),
            category: self.text(product, "category"),
            price_fen: Fen(number("live_price").unwrap_or(row.price.0)),
            cost_fen: number("cost_price").map(Fen),
            floor_fen: number("floor_price").map(Fen),
            minimum_margin_fen: number("minimum_margin").map(Fen),
            quantity_max: number("purchase_limit").unwrap_or(QUANTITY_USUAL),
        })
    }

    /// Everything that can be bought: each SKU in use, and products without SKUs.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for product in &self.products {
            let in_use = |sku: &&SkuRow| sku.product_id == product.id && sku.disabled_at.is_none();
            let skus: Vec<&SkuId> = self.skus.iter().filter(in_use).map(|sku| &sku.id).collect();
            if skus.is_empty() {
                lines.extend(self.line(&product.id, None));
            }
            lines.extend(skus.into_iter().filter_map(|sku| self.line(&product.id, Some(sku))));
        }
        lines
    }
}
