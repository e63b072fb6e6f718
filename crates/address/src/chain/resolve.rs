//! What a chain amounts to: the set of counties that it can mean, and what is the matter with it.

use smallvec::SmallVec;

use super::extend::Finder;
use super::town::{Towned, town_after};
use super::{Chain, Pick};
use crate::defect::Defect;
use crate::gazetteer::{Gazetteer, Level, Unit};
use crate::near::mistake;

/// What a chain means.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resolution {
    pub province: Option<Unit>,
    pub city: Option<Unit>,
    pub county: Option<Unit>,
    pub candidates: SmallVec<[Unit; 4]>,
    pub town: Option<u32>,
    pub defects: SmallVec<[Defect; 4]>,
    pub consistent: bool,
    /// Where the detail begins.
    pub end: usize,
    pub score: i32,
}

/// Cities of the Xinjiang corps (兵团) and others that a province runs itself, with the prefecture around them, of which
/// people still write that they belong to it.
const CORPS_CITIES: &[(&str, &str)] = &[
    ("阿拉尔市", "阿克苏地区"),
    ("图木舒克市", "喀什地区"),
    ("五家渠市", "昌吉回族自治州"),
    ("石河子市", "昌吉回族自治州"),
    ("石河子市", "塔城地区"),
    ("北屯市", "阿勒泰地区"),
    ("铁门关市", "巴音郭楞蒙古自治州"),
    ("双河市", "博尔塔拉蒙古自治州"),
    ("可克达拉市", "伊犁哈萨克自治州"),
    ("昆玉市", "和田地区"),
    ("胡杨河市", "塔城地区"),
    ("胡杨河市", "克拉玛依市"),
    ("新星市", "哈密市"),
    ("白杨市", "塔城地区"),
    ("草湖市", "喀什地区"),
    ("济源市", "焦作市"),
    ("仙桃市", "荆州市"),
    ("潜江市", "荆州市"),
    ("天门市", "荆州市"),
    ("神农架林区", "十堰市"),
];

/// Resolves a chain.
pub(crate) fn resolve(finder: &Finder<'_>, chain: &Chain) -> Resolution {
    let mut it = without_town(finder, chain);
    let sheet = Sheet { g: finder.gazetteer, chain };
    match town_after(finder, chain, &it) {
        Towned::None => {}
        towned => sheet.town(towned, &mut it),
    }
    sheet.finish(&mut it);
    it
}

/// Whether the county of a chain belongs to what is written above it.
pub(super) fn is_consistent(finder: &Finder<'_>, chain: &Chain) -> bool {
    without_town(finder, chain).consistent
}

fn without_town(finder: &Finder<'_>, chain: &Chain) -> Resolution {
    let mut it =
        Resolution { end: chain.to, consistent: true, score: weight(chain), ..Resolution::default() };
    let sheet = Sheet { g: finder.gazetteer, chain };
    for pick in [&chain.province, &chain.city, &chain.county].into_iter().flatten() {
        if pick.mistake.is_some() {
            it.defects.push(Defect::TypoDivision);
        }
    }
    match &chain.county {
        Some(county) => sheet.county(county, &mut it),
        None => sheet.no_county(&mut it),
    }
    it.score += if it.consistent && chain.levels() > 1 { 15 } else { 0 };
    it
}

fn weight(chain: &Chain) -> i32 {
    let of = |pick: &Option<Pick>, full: i32, short: i32, near: i32, past: i32| {
        pick.as_ref().map_or(0, |pick| {
            if pick.mistake.is_some() {
                if pick.short { near - 8 } else { near }
            } else if pick.short {
                short
            } else if pick.units.is_empty() {
                past
            } else {
                full
            }
        })
    };
    of(&chain.province, 35, 25, 20, 20)
        + of(&chain.city, 35, 20, 22, 26)
        + of(&chain.county, 45, 22, 27, 35)
        + if chain.zone.is_some() { 12 } else { 0 }
        - i32::try_from(chain.gaps).unwrap_or(0)
}

/// A chain with the divisions that it is read against.
struct Sheet<'a> {
    g: &'a Gazetteer,
    chain: &'a Chain,
}

impl Sheet<'_> {
    fn written_province(&self) -> Option<Unit> {
        self.chain.province.as_ref().and_then(|it| it.units.first().copied())
    }

    /// Prefectures that the written city can mean.
    fn cities(&self) -> Option<SmallVec<[Unit; 4]>> {
        let city = self.chain.city.as_ref()?;
        let heirs = city.past.iter().flat_map(|it| self.g.past(*it).heirs.iter().copied());
        Some(city.units.iter().copied().chain(heirs).collect())
    }

    fn in_province(&self, unit: Unit) -> bool {
        self.written_province().is_none_or(|it| self.g.place(unit).province == it)
    }

    fn in_city(&self, unit: Unit) -> bool {
        self.cities().is_none_or(|cities| {
            self.g.place(unit).parent.is_some_and(|parent| cities.contains(&parent)) || cities.contains(&unit)
        })
    }

    fn county(&self, county: &Pick, it: &mut Resolution) {
        let now: SmallVec<[Unit; 4]> = county
            .units
            .iter()
            .copied()
            .filter(|unit| self.in_province(*unit) && self.in_city(*unit))
            .collect();
        if !now.is_empty() {
            it.candidates = now;
            return;
        }
        let then: SmallVec<[u32; 4]> =
            county.past.iter().copied().filter(|past| self.past_fits(*past)).collect();
        if !then.is_empty() {
            self.old(&then, it);
            return;
        }
        self.contradiction(county, it);
    }

    fn past_fits(&self, past: u32) -> bool {
        let place = &self.g.past(past);
        let province = self.written_province().is_none_or(|it| {
            place.province == Some(it) || place.heirs.iter().any(|heir| self.g.place(*heir).province == it)
        });
        let named = self.chain.city.as_ref().is_none_or(|city| {
            city.past.iter().any(|it| self.g.past(*it).city == place.city)
                || city.units.iter().any(|it| self.g.place(*it).name.iter().copied().eq(place.city.chars()))
        });
        province && (named || place.heirs.iter().any(|heir| self.in_city(*heir)))
    }

    /// A name that is no longer: its heirs.
    fn old(&self, then: &[u32], it: &mut Resolution) {
        // What was abolished last is what people still write.
        let last = then.iter().map(|past| self.g.past(*past).ended).max().unwrap_or(0);
        let mut heirs: SmallVec<[Unit; 4]> = SmallVec::new();
        for past in then.iter().filter(|past| self.g.past(**past).ended == last || then.len() == 1) {
            let place = &self.g.past(*past);
            let same = place.heirs.iter().copied().find(|heir| self.g.place(*heir).short == place.short);
            match same {
                Some(heir) if place.heirs.len() > 1 => heirs.push(heir),
                _ => heirs.extend(place.heirs.iter().copied()),
            }
        }
        heirs.retain(|heir| self.in_province(*heir));
        heirs.sort_unstable();
        heirs.dedup();
        it.defects.push(if heirs.len() == 1 { Defect::OldName } else { Defect::OldNameSplit });
        it.candidates = heirs;
        it.score -= 6;
    }

    fn contradiction(&self, county: &Pick, it: &mut Resolution) {
        it.consistent = false;
        let all: SmallVec<[Unit; 4]> = if county.units.is_empty() {
            county.past.iter().flat_map(|past| self.g.past(*past).heirs.iter().copied()).collect()
        } else {
            county.units.iter().copied().collect()
        };
        let in_city: SmallVec<[Unit; 4]> =
            all.iter().copied().filter(|unit| self.chain.city.is_some() && self.in_city(*unit)).collect();
        if !in_city.is_empty() {
            it.defects.push(Defect::ContradictionProvince);
            it.candidates = in_city;
            it.score -= 15;
            return;
        }
        let in_province: SmallVec<[Unit; 4]> = all
            .iter()
            .copied()
            .filter(|unit| self.written_province().is_some() && self.in_province(*unit))
            .collect();
        if let ([only], Some(city)) = (in_province.as_slice(), self.chain.city.as_ref())
            && let Some(defect) = self.mended_city(*only, city)
        {
            it.defects.push(defect);
            it.candidates = in_province;
            it.score -= 15;
            it.consistent = true;
            return;
        }
        let defect =
            if in_province.is_empty() { Defect::ContradictionCounty } else { Defect::ContradictionCity };
        it.defects.push(defect);
        it.score -= 42;
        it.candidates = if in_province.is_empty() { all } else { in_province };
    }

    /// Why a county can be right though it isn't in the city that was written.
    fn mended_city(&self, county: Unit, city: &Pick) -> Option<Defect> {
        let parent = self.g.place(county).parent.map(|it| self.g.place(it));
        let written: Vec<&[char]> = city.units.iter().map(|it| self.g.place(*it).name.as_slice()).collect();
        let foreign = !city.units.iter().any(|it| self.in_province(*it)) && !city.units.is_empty();
        if let Some(parent) = parent.filter(|_| foreign)
            && written.iter().any(|it| mistake(&parent.name, it).is_some())
        {
            return Some(Defect::TypoDivision);
        }
        let was_there = self.g.any_past(|past| {
            past.heirs.contains(&county)
                && city.units.iter().any(|it| past.city.chars().eq(self.g.place(*it).name.iter().copied()))
        });
        let around = CORPS_CITIES.iter().any(|(name, around)| {
            name.chars().eq(self.g.place(county).name.iter().copied())
                && written.iter().any(|it| around.chars().eq(it.iter().copied()))
        });
        (was_there || around).then_some(Defect::ContradictionCityHistoric)
    }

    fn no_county(&self, it: &mut Resolution) {
        let Some(cities) = self.cities() else { return };
        let fit: SmallVec<[Unit; 4]> =
            cities.iter().copied().filter(|unit| self.in_province(*unit)).collect();
        if fit.is_empty() {
            it.consistent = false;
            it.score -= 42;
            it.defects.push(Defect::ContradictionCity);
        }
    }

    /// Takes one county of the set, since the town says so.
    fn narrow(&self, county: Unit, it: &mut Resolution) {
        if self.g.place(county).level != Level::County {
            return;
        }
        if it.candidates.is_empty() {
            it.defects.push(Defect::MissingCountyInferable);
        }
        if it.defects.contains(&Defect::OldNameSplit) {
            it.defects.retain(|defect| *defect != Defect::OldNameSplit);
            it.defects.push(Defect::OldName);
        }
        it.candidates = SmallVec::from_slice(&[county]);
    }

    fn town(&self, towned: Towned, it: &mut Resolution) {
        match towned {
            Towned::None => {}
            Towned::Formerly { county } => self.narrow(county, it),
            Towned::In { town, to, mistake } => {
                let county = self.g.town(town).county;
                self.narrow(county, it);
                it.town = Some(town);
                it.end = to;
                it.score += if mistake { 9 } else { 18 };
                if mistake {
                    it.defects.push(Defect::TypoTown);
                }
            }
            Towned::Moved { town, to } => {
                it.defects.push(Defect::MovedTown);
                it.candidates = SmallVec::from_slice(&[self.g.town(town).county]);
                it.town = Some(town);
                it.end = to;
                it.score += 12;
            }
            Towned::Became { county, to } => {
                it.defects.push(Defect::MovedTown);
                it.candidates = SmallVec::from_slice(&[county]);
                it.end = to;
                it.score += 12;
            }
            Towned::Elsewhere { town, to } => {
                it.defects.push(Defect::ContradictionTown);
                it.candidates.push(self.g.town(town).county);
                it.town = Some(town);
                it.end = to;
            }
            Towned::Several { towns, to } => {
                it.candidates = towns.iter().map(|town| self.g.town(*town).county).collect();
                it.town = towns.first().copied();
                it.end = to;
                it.defects.push(Defect::AmbiguousCounty);
            }
        }
    }

    /// Fills the levels in from the set of counties, and says what was missing.
    fn finish(&self, it: &mut Resolution) {
        let province = self.written_province();
        let single = (it.candidates.len() == 1).then(|| it.candidates.first().copied()).flatten();
        let wrong = it
            .defects
            .iter()
            .any(|defect| matches!(defect, Defect::ContradictionCity | Defect::ContradictionCounty));
        let torn = it.defects.contains(&Defect::ContradictionTown);
        if let Some(county) = single.filter(|_| !wrong && !torn) {
            it.county = Some(county).filter(|unit| self.g.place(*unit).level == Level::County);
            it.city = self.g.city_of(county);
            it.province = Some(self.g.place(county).province);
        } else {
            it.province = province;
            let city_fits = self.cities().map(|cities| {
                cities.into_iter().filter(|unit| self.in_province(*unit)).collect::<SmallVec<[Unit; 4]>>()
            });
            it.city = city_fits.filter(|fit| fit.len() == 1).and_then(|fit| fit.first().copied());
            if let Some(city) = it.city.filter(|_| province.is_none()) {
                it.province = Some(self.g.place(city).province);
            }
            if it.city.is_none() && province.is_some_and(|unit| self.g.is_municipality(unit)) {
                it.city = province;
            }
            if it.candidates.len() > 1
                && !wrong
                && !torn
                && !it.defects.contains(&Defect::OldNameSplit)
                && !it.defects.contains(&Defect::AmbiguousCounty)
            {
                it.defects.push(Defect::AmbiguousCounty);
                it.score -= 4;
            }
            if it.defects.contains(&Defect::ContradictionCity) && self.chain.county.is_some() {
                it.city = None;
            }
        }
        self.missing(it);
    }

    fn missing(&self, it: &mut Resolution) {
        let chain = self.chain;
        let city = chain.city.as_ref();
        let municipality = |unit: Option<Unit>| unit.is_some_and(|unit| self.g.is_municipality(unit));
        if chain.province.is_none()
            && !city.is_some_and(|pick| pick.units.iter().any(|unit| self.g.is_municipality(*unit)))
            && it.province.is_some()
        {
            it.defects.push(Defect::MissingProvince);
        }
        if city.is_none() && it.county.is_some() && it.city.is_some() && !municipality(it.city) {
            it.defects.push(Defect::MissingCity);
        }
        let short = |pick: &Option<Pick>| pick.as_ref().is_some_and(|pick| pick.short);
        if short(&chain.city)
            && !city.is_some_and(|pick| pick.units.iter().any(|unit| self.g.is_municipality(*unit)))
            || short(&chain.county)
        {
            it.defects.push(Defect::Abbreviated);
        }
        if city.is_some_and(|pick| pick.units.is_empty()) && !it.defects.contains(&Defect::OldName) {
            it.defects.push(Defect::OldName);
        }
        let whole = it.city.is_some_and(|unit| {
            self.g.place(unit).level == Level::Prefecture && self.g.place(unit).children.is_empty()
        });
        if it.candidates.is_empty() && it.county.is_none() && !whole {
            if chain.zone.is_none() {
                it.defects.push(Defect::MissingCounty);
            } else if it.city.is_none() {
                it.defects.extend([Defect::MissingCity, Defect::MissingCounty]);
            }
            if chain.zone.is_none()
                && let Some(city) = it.city
            {
                it.candidates = self.g.place(city).children.iter().copied().collect();
            }
        }
        it.defects.sort_unstable();
        it.defects.dedup();
    }
}
