//! What can be the matter with a line.

use serde::{Deserialize, Serialize};

/// Whether a line can be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing but the form of it has to change.
    #[default]
    Ok,
    /// Exactly one correction is right.
    AutoFixable,
    /// There is more than one reading, or something only the buyer knows.
    NeedsHuman,
}

/// A thing that is the matter. The order is that in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// No address is in the line.
    NoAddress,
    /// Parcels for several people in one line.
    MultipleRecipients,
    /// Only a part is to be changed, and the rest is not said.
    PartialUpdate,
    /// Behind the address something is asked for, or taken back, that was not understood.
    NotUnderstood,
    /// Pinyin instead of characters.
    PinyinAddress,
    /// A place to which nothing is sent from here.
    OutOfScopeRegion,
    /// Two addresses.
    ContradictionTwoAddresses,
    /// The county is not in the city.
    ContradictionCounty,
    /// The city is not where the county is.
    ContradictionCity,
    /// The town is in another county.
    ContradictionTown,
    /// The county of that name can be one of several.
    AmbiguousCounty,
    /// A county that was divided.
    OldNameSplit,
    /// There is no such division.
    UnknownDivision,
    /// What was picked from a list is another place than what was written.
    ContradictionPicked,
    /// The county is missing, and nothing says which.
    MissingCounty,
    /// Nothing below the county or town.
    MissingDetail,
    /// A detail that no courier can find.
    VagueDetail,
    /// The province is missing.
    MissingProvince,
    /// The city is missing.
    MissingCity,
    /// The county is missing, and the town says which.
    MissingCountyInferable,
    /// A short name of a city or county.
    Abbreviated,
    /// A name that is no longer.
    OldName,
    /// The town went to another county.
    MovedTown,
    /// A division with a mistake.
    TypoDivision,
    /// A town with a mistake.
    TypoTown,
    /// Another province than that of city and county.
    ContradictionProvince,
    /// The city that the county was in formerly.
    ContradictionCityHistoric,
    /// No phone number.
    PhoneMissing,
    /// Too few digits.
    PhoneShort,
    /// Too many digits.
    PhoneLong,
    /// A prefix that nobody has.
    PhoneBadSegment,
    /// Digits behind asterisks.
    PhoneMasked,
    /// A service number.
    PhoneServiceNumber,
    /// Letters for digits.
    PhoneConfusable,
    /// A zero before a mobile number.
    PhoneLeadingZero,
    /// Digits in Chinese.
    PhoneChineseDigits,
    /// A landline without its area code.
    LandlineNoArea,
    /// A number of Hong Kong or Macau without its prefix.
    PhoneMissingPrefix,
    /// No name.
    NameMissing,
    /// Something that is no name.
    NameInvalid,
}

impl Defect {
    /// What it makes of a line.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::MissingProvince
            | Self::MissingCity
            | Self::MissingCountyInferable
            | Self::Abbreviated
            | Self::OldName
            | Self::MovedTown
            | Self::TypoDivision
            | Self::TypoTown
            | Self::ContradictionProvince
            | Self::ContradictionCityHistoric
            | Self::PhoneConfusable
            | Self::PhoneLeadingZero
            | Self::PhoneChineseDigits
            | Self::LandlineNoArea
            | Self::PhoneMissingPrefix => Verdict::AutoFixable,
            _ => Verdict::NeedsHuman,
        }
    }

    pub(crate) const fn is_contradiction_of_counties(self) -> bool {
        matches!(self, Self::ContradictionCounty | Self::ContradictionCity)
    }
}
