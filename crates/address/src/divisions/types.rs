//! What the table holds.

use std::fmt;

use super::names;

/// The code of a division: six digits, as in GB/T 2260.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u32);

impl Code {
    /// What the digits say of the level. Whether there is such a division is for the table to say.
    #[must_use]
    pub const fn level(self) -> Level {
        match self.0 {
            code if code.is_multiple_of(10_000) => Level::Province,
            code if code.is_multiple_of(100) => Level::Prefecture,
            _ => Level::County,
        }
    }

    /// The code of the province.
    #[must_use]
    pub const fn province(self) -> Self {
        Self(self.0 / 10_000 * 10_000)
    }

    /// The code that a prefecture of this county would have.
    #[must_use]
    pub const fn prefecture(self) -> Self {
        Self(self.0 / 100 * 100)
    }

    /// Whether the province is a municipality (直辖市): its counties have the city's name above them, and no prefecture.
    #[must_use]
    pub const fn in_municipality(self) -> bool {
        matches!(self.0 / 10_000, 11 | 12 | 31 | 50)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:06}", self.0)
    }
}

/// The level of a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省, 自治区, 直辖市, 特别行政区.
    Province,
    /// 地级市, 地区, 自治州, 盟.
    Prefecture,
    /// 区, 县, 县级市, 旗.
    County,
}

/// A division that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// Its code.
    pub code: Code,
    /// Province, prefecture or county.
    pub level: Level,
    /// The whole name: 长阳土家族自治县.
    pub name: &'static str,
    /// The name as it is spoken: 长阳. Never shorter than two characters: 沙县 stays 沙县.
    pub short: &'static str,
    /// What it belongs to; a province belongs to nothing.
    pub parent: Option<Code>,
    /// The first year in which this code bore this name, if it is later than 1981 and known.
    pub since: Option<u16>,
}

/// A town: 街道, 镇, 乡 and what statistics count beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Town {
    /// Nine digits, as statistics give them. The first six are not always the county: see [`Self::county`].
    pub code: u32,
    /// The whole name: 新村回族乡.
    pub name: &'static str,
    /// The name without its kind and its nationality: 新村.
    pub short: &'static str,
    /// The county, or the prefecture where that has no counties and where the county is not known (development zones).
    pub county: Code,
    /// Its kind.
    pub kind: TownKind,
}

/// The kind of a town, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TownKind {
    /// 街道.
    Street,
    /// 镇.
    Town,
    /// 乡, 民族乡.
    Township,
    /// 苏木.
    Sumu,
    /// What is counted as a town and is none: farms, parks, prisons, regiments.
    Other,
}

impl Town {
    pub(super) fn new(code: u32, name: &'static str, county: Code) -> Self {
        Self { code, name, short: names::short_of_town(name), county, kind: names::kind_of_town(name) }
    }
}

/// A county or prefecture that is no more, or has another name today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The code that it had.
    pub code: Code,
    /// The name that it had: 江干区.
    pub name: &'static str,
    /// The same, as it is spoken: 江干.
    pub short: &'static str,
    /// The province that its land is in today. 万县市 was in 四川 and is in 重庆.
    pub province: Code,
    /// The name that its city or prefecture had, if it had one: 万县地区.
    pub city: Option<&'static str>,
    /// The year in which the name ended.
    pub ended: u16,
    /// What there is today on its land; at least one, all of them in the table. In order of their codes.
    pub heirs: Vec<Code>,
}

impl Past {
    /// The one division that it became, if it was not divided: a change of name or of kind, or a union.
    #[must_use]
    pub fn heir(&self) -> Option<Code> {
        match self.heirs.as_slice() {
            [heir] => Some(*heir),
            _ => None,
        }
    }
}

/// A name of a town that is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastTown {
    /// The name that it had.
    pub name: &'static str,
    /// The name without its kind and its nationality.
    pub short: &'static str,
    /// The county that its land is in today.
    pub county: Code,
    /// The code of the town that it became, if that is known.
    pub heir: Option<u32>,
}

impl PastTown {
    pub(super) fn new(name: &'static str, county: Code, heir: Option<u32>) -> Self {
        Self { name, short: names::short_of_town(name), county, heir }
    }
}

/// Land that went from one county to another while both went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The county that it belonged to; it may be no more.
    pub from: Code,
    /// The county that it belongs to now.
    pub to: Code,
    /// The year.
    pub year: u16,
    /// The codes of the towns that went, as far as they are known.
    pub towns: Vec<u32>,
}

/// A development zone (开发区, 高新区, 新区): no division, though it is written like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The code that statistics give it, if they do. It is the beginning of the codes of its towns.
    pub code: Option<Code>,
    /// The whole name: 苏州工业园区.
    pub name: &'static str,
    /// Other names that buyers write: 园区, 工业园区. They mean it only within the city.
    pub aliases: Vec<&'static str>,
    /// The prefecture; in a municipality, the province.
    pub city: Code,
    /// The county that it lies in, if there is one and only one.
    pub host: Option<Code>,
}
