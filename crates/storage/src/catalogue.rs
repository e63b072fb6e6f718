//! Products with their SKUs and current facts, as the rules of the catalogue see them.

use livehand_kernel::ProductId;
use livehand_prepare::catalogue::{Catalogue, Known, KnownProduct, KnownSku};

use crate::facts::{self, FactRow};
use crate::skus::{self, SkuRow};
use crate::{Error, Tx, products, shows};

/// One product; absent if there is none.
///
/// # Errors
/// [`Error`] of the database.
pub async fn product(tx: &Tx, id: &ProductId) -> Result<Option<KnownProduct>, Error> {
    if products::find(tx, id).await?.is_none() {
        return Ok(None);
    }
    let mut known = of_rows(facts::of_product(tx, id).await?, &skus::of_product(tx, id).await?);
    known.on_air = !shows::on_air_with(tx, id).await?.is_empty();
    Ok(Some(known))
}

/// All products.
///
/// # Errors
/// [`Error`] of the database.
pub async fn all(tx: &Tx) -> Result<Catalogue, Error> {
    let mut catalogue = Catalogue::default();
    for id in products::ids(tx).await? {
        catalogue.products.insert(id, KnownProduct::default());
    }
    for sku in skus::of_all(tx).await? {
        if let Some(product) = catalogue.products.get_mut(&sku.product_id) {
            add_sku(product, &sku);
        }
    }
    for row in facts::of_all(tx).await? {
        if let Some(product) = catalogue.products.get_mut(&row.fact.key.product) {
            add_fact(product, row);
        }
    }
    for id in shows::products_on_air(tx).await? {
        if let Some(product) = catalogue.products.get_mut(&id) {
            product.on_air = true;
        }
    }
    Ok(catalogue)
}

/// A product from its rows; whether it is on air is not among them.
pub(crate) fn of_rows(facts: Vec<FactRow>, skus: &[SkuRow]) -> KnownProduct {
    let mut product = KnownProduct::default();
    for sku in skus {
        add_sku(&mut product, sku);
    }
    for row in facts {
        add_fact(&mut product, row);
    }
    product
}

fn add_sku(product: &mut KnownProduct, sku: &SkuRow) {
    let known =
        KnownSku { position: sku.position, disabled: sku.disabled_at.is_some(), ..KnownSku::default() };
    product.skus.insert(sku.id.clone(), known);
}

fn add_fact(product: &mut KnownProduct, FactRow { version, fact }: FactRow) {
    let facts = match &fact.key.sku {
        None => &mut product.facts,
        Some(sku) => match product.skus.get_mut(sku) {
            Some(sku) => &mut sku.facts,
            None => return,
        },
    };
    let (valid_from, valid_to) = (fact.valid_from, fact.valid_to);
    let known = Known { value: fact.value, version, valid_from, valid_to, evidence: fact.evidence };
    facts.insert(fact.key.field, known);
}
