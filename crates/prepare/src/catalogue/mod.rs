//! The catalogue (商品库): products, SKUs and their facts, which have versions.
//!
//! Which fields there are, how a cell is read and written, what is missing before a product can go on air, what a sheet would
//! change, and what is wrong with it. What must never happen here: a cell that is guessed at without anybody being told.

mod completeness;
mod doubts;
mod export;
mod fault;
mod field;
mod import;
mod known;
mod text;
mod value;
mod variants;

pub use completeness::{Completeness, Missing, completeness};
pub use doubts::{Prices, circular_gifts, doubts, expired};
pub use export::export;
pub use fault::{Fault, Severity, Wrong};
pub use field::{CATEGORIES, Choice, FIELDS, Field, Kind, Level, Needed, ROLES, STATUSES};
pub use import::{
    Column, ImportPlan, Mapping, PlannedFact, PlannedProduct, PlannedSku, Target, guess_columns, plan_import,
};
pub use known::{Catalogue, Facts, Known, KnownProduct, KnownSku};
pub use value::{
    Gift, PaidPrice, Qualification, Reading, SellingPoint, Shipping, SizeChart, Trial, Unit, Window, check,
    read, show, shown_day,
};
pub use variants::{Offered, Variant, offered};
