//! 个人信息: what is known of a recipient, how it is masked, who sees which part of it, and how long it is kept.
//!
//! What must never happen here: a type with a name, a number or an address in clear that can be printed, compared or
//! written out by accident. Clear values are in [`Recipient`] and [`Clear`]; both say so and nothing else when they are
//! printed, and are wiped from memory when they are dropped.

mod clear;
mod masking;
mod purpose;
mod recipient;
mod retention;

pub use clear::Clear;
pub use masking::{Masked, mask_name, mask_phone};
pub use purpose::{Field, LABEL_FIELDS, LOOK_MS, Reason, Shown};
pub use recipient::{Given, Recipient, Wrong, normal_name, normal_phone};
pub use retention::{Class, DAYS_MAX, Matrix, MatrixRow, Since, Times};
