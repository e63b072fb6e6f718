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
    /// What was put right, in the order of the line's parts.
    pub changes: Vec<Change>,
    /// What follows from that. A line that was read always has one.
    pub verdict: Verdict,
}

/// A part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The number of the recipient.
    Phone,
    /// 省.
    Province,
    /// 市.
    City,
    /// 区, 县.
    County,
    /// 街道, 镇, 乡.
    Town,
}

/// One thing that was put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Of what.
    pub part: Part,
    /// As it was written; none where it was missing.
    pub written: Option<String>,
    /// As it is read.
    pub read: String,
}

impl Parsed {
    /// The address as it would be written from scratch: province, city, county, town, zone and detail without a gap. In a
    /// municipality the city is not repeated.
    #[must_use]
    pub fn whole_address(&self) -> String {
        let city = self.city.as_ref().filter(|city| self.province.as_ref() != Some(city));
        [
            self.province.as_ref(),
            city,
            self.county.as_ref(),
            self.devzone.as_ref(),
            self.town.as_ref(),
            self.detail.as_ref(),
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect()
    }

    /// The verdict for a shop that wants to be asked about some kinds of corrections instead of having them made.
    #[must_use]
    pub fn verdict_where(&self, ask: &[Defect]) -> Verdict {
        if self.defects.iter().any(|defect| ask.contains(defect)) {
            Verdict::NeedsHuman
        } else {
            self.verdict
        }
    }

    /// Takes up another defect, and what follows from it.
    pub(crate) fn found(&mut self, defect: Defect) {
        self.defects.push(defect);
        self.defects.sort_unstable();
        self.defects.dedup();
        self.verdict = self.verdict.max(defect.verdict());
    }
}
