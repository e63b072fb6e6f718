//! SKUs (规格) of a product: adding them, and taking them out of use and back.

use std::collections::BTreeMap;

use livehand_compliance::Action;
use livehand_kernel::{FactKey, FactRef, Phrase, ProductId, SkuId};
use livehand_prepare::catalogue::{Field, KnownProduct, check};
use livehand_storage as storage;
use livehand_storage::Tx;
use livehand_storage::facts::NewFact;
use serde_json::{Value as Json, json};

use super::write_facts::Editing;
use super::{SkuView, checked_id};
use crate::audit::Entry;
use crate::trade::write_facts;
use crate::{App, Caller, Error};

/// Most SKUs of a product: more than any size run in all its colours.
const SKUS_MAX: usize = 400;

/// A SKU to be added.
#[derive(Clone, Debug, Default)]
pub struct NewSku {
    /// The shop's id; the merchant code or a new one if absent.
    pub id: Option<SkuId>,
    /// Its spec, such as 颜色: 蓝.
    pub spec: BTreeMap<String, String>,
    /// Merchant code.
    pub merchant_code: Option<String>,
    /// Barcode.
    pub barcode: Option<String>,
}

impl App {
    /// Adds a SKU to a product.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Invalid`], [`Error::Conflict`] when the id or the spec is taken.
    pub async fn add_sku(&self, caller: &Caller, product: &ProductId, new: NewSku) -> Result<SkuView, Error> {
        caller.require(Action::EditProducts)?;
        let facts = checked_facts(&new)?;
        let code =
            facts.iter().find(|(field, _)| *field == "merchant_code").and_then(|(_, code)| code.as_str());
        let editing = self.editing(caller, "skus");
        let id = new.id.or_else(|| code.map(|code| SkuId(code.to_owned())));
        let id = id.unwrap_or_else(|| SkuId::new(editing.at, &*self.entropy));
        checked_id("id", id.as_str())?;
        let entry = Entry::of(caller, "add_sku", product.as_str()).with(json!({ "sku": id }));
        let (editing, facts, id) = (&editing, &facts, &id);
        let added = self.decided(entry, move |tx| async move {
            let Some(known) = storage::catalogue::product(&tx, product).await? else {
                return Ok(Err(Error::not_found("product", product)));
            };
            if let Some(error) = refusal(&known, facts) {
                return Ok(Err(error));
            }
            if storage::skus::find(&tx, id).await?.is_some() {
                return Ok(Err(taken(
                    "sku_exists",
                    "There is a SKU with this id already",
                    "已有相同编号的规格",
                )));
            }
            write(&tx, editing, product, id, &known, facts).await.map(|added| Ok(Some(added)))
        });
        let (row, written) = added.await?.ok_or(Error::Internal("a SKU was not added"))?;
        self.wrote(&written).await?;
        Ok(row)
    }

    /// Takes a SKU out of use, or back into it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn set_sku_disabled(
        &self,
        caller: &Caller,
        product: &ProductId,
        sku: &SkuId,
        disabled: bool,
    ) -> Result<(), Error> {
        caller.require(Action::EditProducts)?;
        let at = disabled.then(|| self.clock.now());
        let action = if disabled { "disable_sku" } else { "enable_sku" };
        let entry = Entry::of(caller, action, product.as_str()).with(json!({ "sku": sku }));
        let done = self.audited(entry, move |tx| async move {
            let found = storage::skus::find(&tx, sku).await?.filter(|row| row.product_id == *product);
            if found.is_none() {
                return Ok(None);
            }
            storage::skus::set_disabled(&tx, sku, at).await?;
            storage::facts::mirror(&tx, product).await.map(Some)
        });
        done.await?.ok_or_else(|| Error::not_found("sku", sku))
    }
}

fn taken(code: &'static str, en: &'static str, zh: &'static str) -> Error {
    Error::Conflict { code, explanation: Phrase::new(en, zh) }
}

/// The first facts of a SKU.
fn checked_facts(new: &NewSku) -> Result<Vec<(&'static str, Json)>, Error> {
    let texts = [("merchant_code", &new.merchant_code), ("barcode", &new.barcode)];
    let given = texts.into_iter().filter_map(|(code, text)| Some((code, json!(text.as_ref()?))));
    let mut facts = Vec::new();
    for (code, value) in given.chain([("spec", json!(new.spec))]) {
        let Some(field) = Field::of(code) else { continue };
        let value = check(field, value).map_err(|wrong| Error::field(code, wrong.expected, wrong.found))?;
        if !value.is_null() {
            facts.push((field.code, value));
        }
    }
    if facts.is_empty() {
        let expected = Phrase::new("a spec, a merchant code or a barcode", "规格、商家编码或条码");
        return Err(Error::field("spec", expected, Phrase::new("none of them", "都未填写")));
    }
    Ok(facts)
}

/// Why a SKU cannot stand beside the others of its product.
fn refusal(known: &KnownProduct, facts: &[(&'static str, Json)]) -> Option<Error> {
    if known.skus.len() >= SKUS_MAX {
        let expected = Phrase::new(format!("at most {SKUS_MAX} SKUs"), format!("最多 {SKUS_MAX} 个规格"));
        return Some(Error::field("id", expected, Phrase::literal(known.skus.len().to_string())));
    }
    let twice = |(code, value): &(&'static str, Json)| {
        let mut skus = known.in_use().into_iter();
        skus.any(|(_, sku)| sku.facts.get(*code).is_some_and(|known| known.value == *value))
    };
    facts.iter().any(twice).then(|| {
        taken("sku_duplicate", "The product has a SKU with the same spec or code", "该商品已有相同规格或编码")
    })
}

async fn write(
    tx: &Tx,
    editing: &Editing,
    product: &ProductId,
    id: &SkuId,
    known: &KnownProduct,
    facts: &[(&'static str, Json)],
) -> Result<(SkuView, Vec<FactRef>), storage::Error> {
    editing.begin(tx, facts.len()).await?;
    let row = SkuView {
        id: id.clone(),
        product_id: product.clone(),
        position: known.skus.values().map(|sku| sku.position).max().unwrap_or(0) + 1,
        created_at: editing.at,
        disabled_at: None,
        edit: Some(editing.id.clone()),
    };
    storage::skus::insert(tx, &row).await?;
    let facts: Vec<NewFact> = (facts.iter())
        .map(|(field, value)| {
            let key = FactKey { product: product.clone(), sku: Some(id.clone()), field: (*field).to_owned() };
            editing.fact(key, value.clone(), "manual")
        })
        .collect();
    Ok((row, write_facts(tx, &facts).await?))
}
