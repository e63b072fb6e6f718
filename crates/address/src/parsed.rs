//! What a line was read as.

use serde::{Deserialize, Serialize};

use crate::defect::{Defect, Verdict};
use crate::phone::PhoneKind;

/// A shipping line, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parsed {
    /// Who receives the parcel.
    pub name: Option<String>,
    /// Their number as it is dialled; a landline with a `-` after the area code.
    pub phone: Option<String>,
    /// What is dialled after it.
    pub phone_ext: Option<String>,
    /// What kind of number it is.
    pub phone_kind: Option<PhoneKind>,
    /// A second number.
    pub phone_alt: Option<String>,
    /// The whole name of the province, as of today; so with the levels below.
    pub province: Option<String>,
    /// None where a province runs a county itself. In a municipality the same as the province.
    pub city: Option<String>,
    /// None where a city has no counties.
    pub county: Option<String>,
    /// The town, if one was written that is known.
    pub town: Option<String>,
    /// A development zone, as it was written.
    pub devzone: Option<String>,
    /// The rest: road, estate, building, room.
    pub detail: Option<String>,
    /// The code of the county, or of the city where that has none.
    pub code: Option<u32>,
    /// Counties that it can be, where it is not sure.
    pub candidates: Vec<u32>,
    /// What is the matter.
    pub defects: Vec<Defect>,
    /// What follows from that.
    pub verdict: Option<Verdict>,
}
