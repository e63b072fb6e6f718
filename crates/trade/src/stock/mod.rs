//! Stock (库存): one ledger per SKU, in which stocked = available + reserved + sold + buffer (机动) at every instant.
//!
//! Sums change by movements only. What must never happen here: a sum below zero, a movement that counts twice, and a
//! bundle of which some parts are taken and others are not.

mod book;
mod compare;
mod movement;
mod recipe;
mod refused;
mod repair;
mod sums;

pub use book::{Book, Entry, Recorded, Shortage};
pub use compare::{
    AGE_LIMIT_PLATFORM_MS, AGE_LIMIT_WAREHOUSE_MS, Compared, Difference, Report, Reporter, Who, compare,
};
pub use movement::{Kind, Movement, QUANTITY_MAX, Reason};
pub use recipe::{Part, Recipe, RecipeFault, RecipeKind, Recipes};
pub use refused::Refused;
pub use repair::{Drift, Repaired, drift, repair};
pub(crate) use movement::codes;
pub(crate) use sums::shift;
pub use sums::{Applied, BUFFER_PERCENT_USUAL, Stock, apply, identities, stock_fact};
