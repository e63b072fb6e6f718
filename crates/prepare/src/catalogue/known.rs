//! What is known of products at this moment, as the tables have it.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, ProductId, SkuId};
use serde_json::Value as Json;

/// The current version of a fact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Its value; null if it was taken back.
    pub value: Json,
    /// Its version, from 1.
    pub version: i64,
    /// From when on it holds.
    pub valid_from: Option<Millis>,
    /// Until when.
    pub valid_to: Option<Millis>,
    /// What proves it.
    pub evidence: Option<String>,
}

/// Facts by the code of their field.
pub type Facts = BTreeMap<String, Known>;

/// A SKU.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownSku {
    /// Its place among the SKUs of its product.
    pub position: i64,
    /// Whether it was taken out of use.
    pub disabled: bool,
    /// Its own facts.
    pub facts: Facts,
}

/// A product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownProduct {
    /// Its own facts.
    pub facts: Facts,
    /// Its SKUs.
    pub skus: BTreeMap<SkuId, KnownSku>,
    /// Whether a show on air has it in its line-up.
    pub on_air: bool,
}

/// All products.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// By their ids.
    pub products: BTreeMap<ProductId, KnownProduct>,
}

/// The value of a fact, if there is one.
pub(crate) fn value<'a>(facts: &'a Facts, field: &str) -> Option<&'a Json> {
    facts.get(field).map(|known| &known.value).filter(|value| !value.is_null())
}

impl KnownProduct {
    /// The value of a fact of the product itself.
    pub fn value(&self, field: &str) -> Option<&Json> {
        value(&self.facts, field)
    }

    /// The value that holds for a SKU: its own, or else the product's.
    pub fn value_for(&self, sku: Option<&SkuId>, field: &str) -> Option<&Json> {
        let own = sku.and_then(|sku| self.skus.get(sku)).and_then(|sku| value(&sku.facts, field));
        own.or_else(|| self.value(field))
    }

    /// Its SKUs that are in use, in their order.
    pub fn in_use(&self) -> Vec<(&SkuId, &KnownSku)> {
        let mut skus: Vec<_> = self.skus.iter().filter(|(_, sku)| !sku.disabled).collect();
        skus.sort_by_key(|(id, sku)| (sku.position, *id));
        skus
    }

    /// Whether it was taken out of use.
    pub fn is_disabled(&self) -> bool {
        self.value("status").and_then(Json::as_str) == Some("disabled")
    }

    /// A text fact of the product itself.
    pub fn text(&self, field: &str) -> &str {
        self.value(field).and_then(Json::as_str).unwrap_or_default()
    }
}

impl Catalogue {
    /// The SKU that a code names: by its id, or by its merchant code where only one has it.
    pub fn sku_of(&self, code: &str) -> Option<(&ProductId, &SkuId)> {
        let skus = || {
            self.products
                .iter()
                .flat_map(|(product, it)| it.skus.iter().map(move |(id, sku)| (product, id, sku)))
        };
        if let Some((product, id, _)) = skus().find(|(_, id, _)| id.as_str() == code) {
            return Some((product, id));
        }
        let mut coded = skus()
            .filter(|(_, _, sku)| value(&sku.facts, "merchant_code").and_then(Json::as_str) == Some(code));
        let (product, id, _) = coded.next()?;
        coded.next().is_none().then_some((product, id))
    }
}
