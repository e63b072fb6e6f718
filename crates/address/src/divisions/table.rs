//! The table and how to ask it.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::load;
use super::names;
use super::types::{Code, Division, Level, Move, Past, PastTown, Town, Zone};

static BUILT_IN: LazyLock<Divisions> = LazyLock::new(|| {
    // A test proves that the file inside the program can be read.
    load::built_in().unwrap_or_default()
});

/// All divisions, and what became of past ones.
#[derive(Debug, Default)]
pub struct Divisions {
    /// In order of their codes.
    pub(super) current: Vec<Division>,
    /// In order of their counties, then of their codes.
    pub(super) towns: Vec<Town>,
    pub(super) zones: Vec<Zone>,
    /// In order of their codes, then of the years in which they ended.
    pub(super) past: Vec<Past>,
    /// In order of their counties.
    pub(super) past_towns: Vec<PastTown>,
    pub(super) moves: Vec<Move>,
    /// Names by hand, beside those by rule: 内蒙, 科左后旗.
    pub(super) by_hand: FxHashMap<Code, Vec<&'static str>>,
    names: FxHashMap<String, Vec<Code>>,
    past_names: FxHashMap<&'static str, Vec<usize>>,
}

impl Divisions {
    /// The table inside the program. The first call builds it, which takes some ten milliseconds.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Every division that exists, in order of the codes.
    #[must_use]
    pub fn all(&self) -> &[Division] {
        &self.current
    }

    /// The division with a code.
    #[must_use]
    pub fn get(&self, code: Code) -> Option<&Division> {
        let at = self.current.binary_search_by_key(&code, |it| it.code).ok()?;
        self.current.get(at)
    }

    /// What belongs to a division directly, in order of the codes: prefectures and province-run counties of a province,
    /// counties of a prefecture.
    pub fn children(&self, code: Code) -> impl Iterator<Item = &Division> {
        let last = match code.level() {
            Level::Province => code.0 + 9_999,
            Level::Prefecture => code.0 + 99,
            Level::County => code.0,
        };
        let from = self.current.partition_point(|it| it.code <= code);
        let below = self.current.get(from..).unwrap_or_default();
        below.iter().take_while(move |it| it.code.0 <= last).filter(move |it| it.parent == Some(code))
    }

    /// What stands as the city in an address of a division: its prefecture, in a municipality the municipality itself.
    ///
    /// Counties that a province runs itself, districts of 香港 and 澳门, and provinces have none.
    #[must_use]
    pub fn city_of(&self, code: Code) -> Option<&Division> {
        if code.in_municipality() {
            return self.get(code.province());
        }
        self.get(code.prefecture()).filter(|it| it.level == Level::Prefecture)
    }

    /// Every town, in order of the counties.
    #[must_use]
    pub fn towns(&self) -> &[Town] {
        &self.towns
    }

    /// The towns of a county; also those that a prefecture has directly.
    #[must_use]
    pub fn towns_of(&self, county: Code) -> &[Town] {
        part_of(&self.towns, county, |town| town.county)
    }

    /// Names that towns on the land of a county had.
    #[must_use]
    pub fn past_towns_of(&self, county: Code) -> &[PastTown] {
        part_of(&self.past_towns, county, |town| town.county)
    }

    /// Every name that a town had, in order of the counties.
    #[must_use]
    pub fn past_towns(&self) -> &[PastTown] {
        &self.past_towns
    }

    /// Every name that a county or prefecture had.
    #[must_use]
    pub fn past(&self) -> &[Past] {
        &self.past
    }

    /// The past counties and prefectures with a name, whole or short: 江干区, 江干.
    pub fn past_named(&self, name: &str) -> impl Iterator<Item = &Past> {
        let found = self.past_names.get(name).map(Vec::as_slice).unwrap_or_default();
        found.iter().filter_map(|at| self.past.get(*at))
    }

    /// Land that went from one county to another.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// Development zones.
    #[must_use]
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// Every name of a division: the whole one first, then the short one, then others, by rule and by hand.
    #[must_use]
    pub fn aliases(&self, division: &Division) -> Vec<String> {
        let mut aliases = vec![division.name.to_owned(), division.short.to_owned()];
        aliases.extend(names::between(division.code, division.name, division.short));
        aliases.extend(self.by_hand.get(&division.code).into_iter().flatten().map(|it| (*it).to_owned()));
        let mut seen = Vec::new();
        aliases.retain(|it| {
            let new = !seen.contains(it);
            if new {
                seen.push(it.clone());
            }
            new
        });
        aliases
    }

    /// The divisions that bear a name, as [`Self::aliases`] gives them, in order of their codes.
    ///
    /// 朝阳 is a prefecture, two districts and, as 朝阳县, a county.
    #[must_use]
    pub fn named(&self, name: &str) -> &[Code] {
        self.names.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Sorts what was read and notes the names.
    pub(super) fn indexed(mut self) -> Self {
        self.current.sort_by_key(|it| it.code);
        self.towns.sort_by_key(|it| (it.county, it.code));
        self.past_towns.sort_by_key(|it| it.county);
        for division in &self.current {
            for alias in self.aliases(division) {
                self.names.entry(alias).or_default().push(division.code);
            }
        }
        for (at, past) in self.past.iter().enumerate() {
            self.past_names.entry(past.name).or_default().push(at);
            if past.short != past.name {
                self.past_names.entry(past.short).or_default().push(at);
            }
        }
        self
    }
}

fn part_of<Item>(sorted: &[Item], county: Code, of: impl Fn(&Item) -> Code) -> &[Item] {
    let from = sorted.partition_point(|it| of(it) < county);
    let to = sorted.partition_point(|it| of(it) <= county);
    sorted.get(from..to).unwrap_or_default()
}
