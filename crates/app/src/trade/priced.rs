//! Of what a price is: of a product as a whole, or of its SKUs, where those have prices of their own.

use livehand_kernel::{FactKey, Fen, Phrase, ProductId, SkuId};
use livehand_storage as storage;
use livehand_storage::Tx;

use crate::{App, Error};

/// The live prices that are written when the price of a product, or of one of its SKUs, changes: a SKU's own price goes
/// before the product's, so a price of the whole product is also that of every SKU in use that has one.
pub(super) async fn live_price_keys(
    tx: &Tx,
    product: &ProductId,
    sku: Option<&SkuId>,
) -> Result<Vec<FactKey>, storage::Error> {
    let key = |sku: Option<SkuId>| FactKey { product: product.clone(), sku, field: "live_price".to_owned() };
    if let Some(sku) = sku {
        return Ok(vec![key(Some(sku.clone()))]);
    }
    let mut keys: Vec<FactKey> =
        priced_skus(tx, product).await?.into_iter().map(|(sku, _)| key(Some(sku))).collect();
    let own = storage::facts::current(tx, &key(None)).await?;
    if keys.is_empty() || own.is_some_and(|row| !row.fact.value.is_null()) {
        keys.push(key(None));
    }
    Ok(keys)
}

/// The SKUs in use that have a live price of their own.
async fn priced_skus(tx: &Tx, product: &ProductId) -> Result<Vec<(SkuId, Fen)>, storage::Error> {
    let rows = storage::skus::of_product(tx, product).await?;
    let in_use: Vec<SkuId> =
        rows.into_iter().filter(|row| row.disabled_at.is_none()).map(|row| row.id).collect();
    let facts = storage::facts::of_product(tx, product).await?;
    let priced = facts.into_iter().filter(|row| row.fact.key.field == "live_price").filter_map(|row| {
        let price = Fen(row.fact.value.as_i64()?);
        let sku = row.fact.key.sku.filter(|sku| in_use.contains(sku))?;
        Some((sku, price))
    });
    Ok(priced.collect())
}

impl App {
    /// Of which SKUs a price is, `None` standing for the product itself.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a SKU that the product does not have; [`Error::Invalid`] when no SKU is named and they
    /// cost differently, because then no one price is meant.
    pub(super) async fn concerned(
        &self,
        product: &ProductId,
        sku: Option<&SkuId>,
    ) -> Result<Vec<Option<SkuId>>, Error> {
        let tx = self.db.read().await?;
        if let Some(sku) = sku {
            let rows = storage::skus::of_product(&tx, product).await?;
            let known = rows.iter().any(|row| row.id == *sku && row.disabled_at.is_none());
            return if known { Ok(vec![Some(sku.clone())]) } else { Err(Error::not_found("sku", sku)) };
        }
        let priced = priced_skus(&tx, product).await?;
        let mut prices: Vec<Fen> = priced.iter().map(|(_, price)| *price).collect();
        prices.sort_unstable();
        prices.dedup();
        if let [low, .., high] = prices.as_slice() {
            let expected =
                Phrase::new("a SKU, because they cost differently", "各规格价格不同，请选定一个规格");
            return Err(Error::field("sku", expected, Phrase::literal(format!("¥{low} – ¥{high}"))));
        }
        Ok(if priced.is_empty() {
            vec![None]
        } else {
            priced.into_iter().map(|(sku, _)| Some(sku)).collect()
        })
    }

    /// The price that a fact says: the SKU's own, or else the product's.
    pub(super) async fn price_fact(
        &self,
        product: &ProductId,
        sku: Option<&SkuId>,
        field: &str,
    ) -> Result<Option<Fen>, Error> {
        let tx = self.db.read().await?;
        for sku in [sku, None] {
            let key = FactKey { product: product.clone(), sku: sku.cloned(), field: field.to_owned() };
            let fact = storage::facts::current(&tx, &key).await?;
            if let Some(price) = fact.and_then(|row| row.fact.value.as_i64()) {
                return Ok(Some(Fen(price)));
            }
        }
        let product = storage::products::find(&tx, product).await?.filter(|_| field == "live_price");
        Ok(product.map(|product| product.price))
    }
}
