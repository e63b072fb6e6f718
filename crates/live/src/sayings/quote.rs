//! Quotes of facts: what was quoted, what is known now, and why a quote no longer holds.

use std::collections::BTreeMap;

use livehand_kernel::{FactRef, Millis, Phrase, ProductId, SkuId, display_text};
use serde::{Deserialize, Serialize};

use super::SayingKind;
use crate::event::{FieldError, ID_BYTES_MAX};

/// Most facts that one saying quotes; nobody reads out more.
pub const QUOTES_PER_SAYING_MAX: usize = 20;
/// Most facts in one event.
pub const FACTS_PER_EVENT_MAX: usize = 500;
/// Longest value of a fact as it is shown, in bytes.
pub const SHOWN_VALUE_BYTES_MAX: usize = 600;
/// Facts that a room keeps: five hundred products with forty each. Quoted ones are kept beyond it.
const FACTS_KEPT_MAX: usize = 20_000;

/// A fact as it was quoted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quote {
    /// The product.
    pub product: ProductId,
    /// Its SKU, where the field is the SKU's own.
    #[serde(default)]
    pub sku: Option<SkuId>,
    /// Code of the field: `live_price`, `gifts`, …
    pub field: String,
    /// Its version, from 1.
    pub version: i64,
    /// The value as it is shown.
    pub value: String,
    /// Until when it may be said; absent for "until it is changed".
    #[serde(default)]
    pub valid_to: Option<Millis>,
}

/// A fact as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FactNow {
    /// The product.
    pub product: ProductId,
    /// Its SKU, where the field is the SKU's own.
    #[serde(default)]
    pub sku: Option<SkuId>,
    /// Code of the field.
    pub field: String,
    /// Its version, from 1.
    pub version: i64,
    /// The value as it is shown; absent when there is none any more.
    #[serde(default)]
    pub value: Option<String>,
}

/// Why a quote no longer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StaleReason {
    /// There is a newer version.
    Changed,
    /// The fact has no value any more.
    Gone,
    /// It was true up to a moment that has passed.
    Expired,
}

/// A quote that no longer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StaleQuote {
    /// The saying that quotes.
    pub saying: String,
    /// What kind it is.
    pub kind: SayingKind,
    /// What it quotes.
    pub quote: Quote,
    /// Why that no longer holds.
    pub reason: StaleReason,
    /// The newest version that the room knows.
    pub version: i64,
    /// The value now, as it is shown; absent when there is none that may be said.
    pub value: Option<String>,
}

/// A fact among those of a room: product, SKU, field.
pub(super) type Place = (ProductId, Option<SkuId>, String);

impl Quote {
    /// The fact and its version.
    pub fn reference(&self) -> FactRef {
        let (product, sku, field) = self.place();
        FactRef { fact: livehand_kernel::FactKey { product, sku, field }, version: self.version }
    }

    pub(super) fn place(&self) -> Place {
        (self.product.clone(), self.sku.clone(), self.field.clone())
    }

    /// As it may be shown.
    pub(super) fn inert(&self) -> Self {
        Self { value: display_text(&self.value), ..self.clone() }
    }

    pub(super) fn check(&self, field: &str) -> Result<(), FieldError> {
        check_fact(field, &self.product, self.sku.as_ref(), &self.field, self.version)?;
        check_value(field, &self.value)
    }
}

impl FactNow {
    fn place(&self) -> Place {
        (self.product.clone(), self.sku.clone(), self.field.clone())
    }

    pub(crate) fn check(&self) -> Result<(), FieldError> {
        check_fact("facts", &self.product, self.sku.as_ref(), &self.field, self.version)?;
        self.value.as_deref().map_or(Ok(()), |value| check_value("facts", value))
    }
}

fn check_fact(
    key: &str,
    product: &ProductId,
    sku: Option<&SkuId>,
    field: &str,
    version: i64,
) -> Result<(), FieldError> {
    let ids = [Some(product.as_str()), sku.map(SkuId::as_str), Some(field)];
    if ids.into_iter().flatten().any(|id| id.is_empty() || id.len() > ID_BYTES_MAX) {
        let expected = Phrase::new(
            format!("ids of 1 to {ID_BYTES_MAX} bytes"),
            format!("编号为 1 到 {ID_BYTES_MAX} 字节"),
        );
        return Err(FieldError::new(key, expected, Phrase::new("another length", "长度不符")));
    }
    if version < 1 {
        let expected = Phrase::new("a version from 1", "从 1 起的版本号");
        return Err(FieldError::new(key, expected, Phrase::literal(version.to_string())));
    }
    Ok(())
}

fn check_value(key: &str, value: &str) -> Result<(), FieldError> {
    if value.len() <= SHOWN_VALUE_BYTES_MAX {
        return Ok(());
    }
    let expected = Phrase::new(
        format!("a value of at most {SHOWN_VALUE_BYTES_MAX} bytes"),
        format!("值不超过 {SHOWN_VALUE_BYTES_MAX} 字节"),
    );
    Err(FieldError::new(key, expected, Phrase::literal(format!("{} B", value.len()))))
}

/// What a room knows of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    version: i64,
    value: Option<String>,
}

/// The facts that a room knows, each in the newest version that it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts(BTreeMap<Place, Known>);

impl Facts {
    /// Takes in a fact that was told; `quoted` says whether anything said quotes it.
    pub fn learn(&mut self, fact: &FactNow, quoted: impl Fn(&Place) -> bool) {
        let (place, known) = (fact.place(), self.0.len());
        let value = fact.value.as_deref().map(display_text);
        if known < FACTS_KEPT_MAX || self.0.contains_key(&place) || quoted(&place) {
            self.take(place, Known { version: fact.version, value });
        }
    }

    /// Takes in what a quote tells of its fact.
    pub fn learn_from(&mut self, quote: &Quote) {
        self.take(quote.place(), Known { version: quote.version, value: Some(quote.value.clone()) });
    }

    /// A version that comes late, or once more, changes nothing.
    fn take(&mut self, place: Place, known: Known) {
        let entry = self.0.entry(place).or_insert_with(|| known.clone());
        if entry.version < known.version {
            *entry = known;
        }
    }

    /// Why a quote does not hold at `clock`.
    pub fn fault(&self, quote: &Quote, clock: Millis) -> Option<StaleReason> {
        let known = self.0.get(&quote.place());
        match known {
            Some(Known { value: None, version }) if *version >= quote.version => Some(StaleReason::Gone),
            Some(Known { version, .. }) if *version > quote.version => Some(StaleReason::Changed),
            _ if quote.valid_to.is_some_and(|until| until <= clock) => Some(StaleReason::Expired),
            _ => None,
        }
    }

    /// The quote as one that does not hold, if it does not.
    pub fn stale(&self, saying: &str, kind: SayingKind, quote: &Quote, clock: Millis) -> Option<StaleQuote> {
        let reason = self.fault(quote, clock)?;
        let known = self.0.get(&quote.place());
        let version = known.map_or(quote.version, |known| known.version);
        let value = known.and_then(|known| known.value.clone()).filter(|_| reason == StaleReason::Changed);
        Some(StaleQuote { saying: saying.to_owned(), kind, quote: quote.clone(), reason, version, value })
    }

    /// The newest version that is known of each of these facts, 0 for none.
    pub fn version(&self, place: &Place) -> i64 {
        self.0.get(place).map_or(0, |known| known.version)
    }
}
