//! What an order asks for.

use std::collections::BTreeMap;

use livehand_kernel::SkuId;

use crate::stock::{QUANTITY_MAX, codes};

/// How long a hold lasts unless somebody says otherwise: what platforms give a buyer to pay.
pub const HOLD_MS_USUAL: i64 = 15 * 60_000;
/// Longest hold: a week.
pub const HOLD_MS_MAX: i64 = 7 * 24 * 3_600_000;
/// Most lines of one order.
pub const LINES_MAX: usize = 100;

codes! {
    /// When stock is taken.
    #[cfg_attr(feature = "schema", schema(as = ReservationTaking))]
    Taking {
        /// When it is ordered, and held until it is paid (下单占库).
        OnOrder = "on_order",
        /// When it is paid, so that who pays first has it (付款占库，先付款先得).
        OnPayment = "on_payment",
    }
}

codes! {
    /// What becomes of an order of which there is not enough.
    #[cfg_attr(feature = "schema", schema(as = ReservationWhenShort))]
    WhenShort {
        /// It is refused, and nothing is kept of it.
        Refuse = "refuse",
        /// It waits for its turn (候补).
        Wait = "wait",
    }
}

/// What an order asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// SKUs and bundles, each once, by id.
    pub lines: Vec<(SkuId, i64)>,
    /// When stock is taken.
    pub taking: Taking,
    /// What becomes of it if there is not enough.
    pub when_short: WhenShort,
    /// How long a hold lasts, ms.
    pub hold_ms: i64,
}

/// Why a wish makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WishFault {
    /// No lines, or too many.
    #[error("{0} lines")]
    Lines(usize),
    /// A quantity below one, or more than books can hold; with the place of its line.
    #[error("{quantity} units in line {place}")]
    Quantity {
        /// Place of the line, from 0.
        place: usize,
        /// What was given.
        quantity: i64,
    },
    /// A hold without a length, or longer than a week.
    #[error("a hold of {0} ms")]
    Hold(i64),
}

impl Wish {
    /// A wish for these lines. Lines of the same SKU are summed, before anything is compared with the stock.
    ///
    /// # Errors
    /// [`WishFault`].
    pub fn new(
        lines: impl IntoIterator<Item = (SkuId, i64)>,
        taking: Taking,
        when_short: WhenShort,
        hold_ms: i64,
    ) -> Result<Self, WishFault> {
        let lines: Vec<(SkuId, i64)> = lines.into_iter().collect();
        if lines.is_empty() || lines.len() > LINES_MAX {
            return Err(WishFault::Lines(lines.len()));
        }
        if !(1..=HOLD_MS_MAX).contains(&hold_ms) {
            return Err(WishFault::Hold(hold_ms));
        }
        let mut summed: BTreeMap<SkuId, i64> = BTreeMap::new();
        for (place, (sku, quantity)) in lines.into_iter().enumerate() {
            let fault = WishFault::Quantity { place, quantity };
            if quantity < 1 {
                return Err(fault);
            }
            let sum = summed.entry(sku).or_insert(0);
            *sum = sum.checked_add(quantity).filter(|sum| *sum <= QUANTITY_MAX).ok_or(fault)?;
        }
        Ok(Self { lines: summed.into_iter().collect(), taking, when_short, hold_ms })
    }
}
