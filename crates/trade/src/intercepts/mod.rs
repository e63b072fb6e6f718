//! Intercepts (拦截发货) and changes of a label (改单): by how far a parcel has come, what is to be done, by when, and who did
//! it; then the money, the goods and the customer.
//!
//! The moment of the request and that of the warehouse's confirmation are both kept: who answers for a parcel that left all
//! the same follows from them (责任划分). What must never happen here: a step that is skipped, a parcel that counts as
//! stopped without anybody having seen it, goods that are back on the shelf twice.

mod intercept;
mod road;

pub use intercept::{Aim, By, Done, Intercept, NotDone, State, StepTaken};
pub use road::{CHANCE_COLLECTED_PERCENT, Road};
