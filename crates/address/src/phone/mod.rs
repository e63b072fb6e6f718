//! Phone numbers in a line: where they stand, what kind they are, and what is wrong with them.

mod area;
mod number;
mod scan;
mod valid;

pub(crate) use area::area_code;
pub(crate) use scan::scan;
use serde::{Deserialize, Serialize};

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneKind {
    /// A mobile number of eleven digits.
    Mobile,
    /// A number of a platform that forwards, with an extension; it is dead some days after the order.
    Virtual,
    /// An area code and seven or eight digits.
    Landline,
    /// A number of Hong Kong or Macau.
    Overseas,
}

/// What is the matter with a number. The first three can be put right, the others cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    LeadingZero,
    Confusable,
    ChineseDigits,
    NoArea,
    Short,
    Long,
    BadSegment,
    Masked,
    Service,
}

/// A number in a line.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub from: usize,
    /// After its extension.
    pub to: usize,
    /// As it is dialled: digits, with a `-` after an area code. Empty where nobody can know it.
    pub number: String,
    pub extension: Option<String>,
    pub kind: PhoneKind,
    pub trouble: Option<Trouble>,
    /// The line says that it is not to be used any more.
    pub dropped: bool,
}

impl Found {
    /// Whether it can be dialled, at once or after it is put right.
    pub fn usable(&self) -> bool {
        !self.dropped && !self.number.is_empty() && self.trouble.is_none_or(|it| it <= Trouble::NoArea)
    }
}
