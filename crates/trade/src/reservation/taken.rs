//! The movements that reservations make, as short as they can be.

use livehand_kernel::{Millis, PersonId, SkuId};

use crate::stock::{Entry, Kind, Movement, Reason};

/// One movement of one SKU for one order. It stands in the books of its SKU in one row of numbers with all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which SKU.
    pub sku: SkuId,
    /// Its number in the books of the SKU, from 1.
    pub number: i64,
    /// For which order.
    pub order: String,
    /// How it moved.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
    /// Units.
    pub quantity: i64,
    /// When.
    pub at: Millis,
    /// Who asked for it; nobody where time did.
    pub by: Option<PersonId>,
}

/// Source of the movements that reservations make.
const SOURCE: &str = "reservation";

impl From<Taken> for Entry {
    /// The movement as it stands in the books beside those that were recorded one by one.
    fn from(taken: Taken) -> Self {
        let Taken { sku, number, order, kind, reason, quantity, at, by } = taken;
        let movement = Movement {
            // An order that is corrected moves the same SKU in the same way again.
            id: format!("{SOURCE}:{order}:{}:{number}", kind.code()),
            sku: sku.clone(),
            kind,
            quantity,
            locked: false,
            at,
            reason,
            note: String::new(),
            by: by.unwrap_or_else(|| PersonId(String::new())),
            by_name: String::new(),
            source: SOURCE.to_owned(),
            order: Some(order),
        };
        Entry { number, movement, asked_sku: sku, asked_quantity: quantity }
    }
}
