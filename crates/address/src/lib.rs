//! Chinese shipping lines: who receives, on which number, where; and whether a person must look.
//!
//! [`divisions`] is the table of provinces, prefectures, counties and towns, with what became of those that are no more.
//!
//! Pure: no clock, no I/O. The table is inside the program.

mod asked;
mod chain;
mod defect;
mod dictionary;
pub mod divisions;
mod gazetteer;
mod labels;
mod line;
mod near;
mod order;
mod parse;
mod parsed;
mod phone;
mod pieces;
mod recipient;
mod remarks;
mod seen;
mod spoken;
mod text;
mod vague;
mod words;
mod zones;

pub use defect::{Defect, Verdict};
pub use order::{OrderAddress, check};
pub use parse::parse;
pub use parsed::{Change, Parsed, Part};
pub use phone::PhoneKind;
pub use seen::divisions_end;
