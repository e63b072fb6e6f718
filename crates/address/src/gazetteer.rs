//! Every name that a place has or had, as one automaton: what is written where in a line.

use daachorse::CharwiseDoubleArrayAhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::divisions::{self, Code, Divisions};
use crate::text::Text;

/// Place of a division in [`Gazetteer::units`].
pub(crate) type Unit = u32;
/// Levels of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Level {
    Province,
    Prefecture,
    County,
    Town,
}

/// How a name stands to what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    Full,
    Short,
    /// A name that is no longer. `unit` is then a place in [`Gazetteer::past`], and of a town its county.
    Past,
}

/// One thing that a name can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub level: Level,
    pub form: Form,
    pub unit: u32,
}

/// A division of today.
#[derive(Debug)]
pub(crate) struct Place {
    pub code: Code,
    pub level: Level,
    pub name: Vec<char>,
    pub short: Vec<char>,
    pub parent: Option<Unit>,
    pub province: Unit,
    pub children: Vec<Unit>,
    pub towns: Vec<u32>,
}

/// A town.
#[derive(Debug)]
pub(crate) struct TownPlace {
    pub name: Vec<char>,
    pub county: Unit,
}

/// A division of former times.
#[derive(Debug)]
pub(crate) struct PastPlace {
    pub short: Vec<char>,
    pub province: Option<Unit>,
    /// The prefecture that it was in, by the name of that time.
    pub city: &'static str,
    pub ended: u16,
    pub heirs: SmallVec<[Unit; 2]>,
    /// Known only from its counties.
    pub derived: bool,
}

/// A name in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub from: u32,
    pub to: u32,
    pub name: u32,
}

/// Names and what they mean.
pub(crate) struct Gazetteer {
    units: Vec<Place>,
    /// The first two characters of each.
    heads: Vec<[char; 2]>,
    towns: Vec<TownPlace>,
    past: Vec<PastPlace>,
    // What stands for a number that is none of the table's: nothing gives such a number out.
    nowhere: Place,
    no_town: TownPlace,
    no_past: PastPlace,
    pub provinces: Vec<Unit>,
    readings: Vec<SmallVec<[Reading; 2]>>,
    automaton: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
    kept: FxHashSet<char>,
    moves: FxHashSet<(Unit, Unit)>,
}

impl Gazetteer {
    /// Takes in every name of the table.
    pub fn new(table: &Divisions) -> Gazetteer {
        let mut builder = Builder::default();
        builder.divisions(table);
        builder.towns(table);
        builder.past(table);
        builder.finish(table)
    }

    pub fn keeps(&self, c: char) -> bool {
        self.kept.contains(&c)
    }

    pub fn place(&self, unit: Unit) -> &Place {
        self.units.get(unit as usize).unwrap_or(&self.nowhere)
    }

    /// The first two characters of a division's name; those of a short name are the same.
    pub fn head(&self, unit: Unit) -> [char; 2] {
        self.heads.get(unit as usize).copied().unwrap_or_default()
    }

    pub fn town(&self, town: u32) -> &TownPlace {
        self.towns.get(town as usize).unwrap_or(&self.no_town)
    }

    /// A former division.
    pub fn past(&self, past: u32) -> &PastPlace {
        self.past.get(past as usize).unwrap_or(&self.no_past)
    }

    /// Former divisions with which a condition holds.
    pub fn any_past(&self, condition: impl Fn(&PastPlace) -> bool) -> bool {
        self.past.iter().any(condition)
    }

    pub fn readings(&self, name: u32) -> &[Reading] {
        self.readings.get(name as usize).map_or(&[], SmallVec::as_slice)
    }

    /// The prefecture of a county, none where it has none of its own.
    pub fn city_of(&self, unit: Unit) -> Option<Unit> {
        let place = self.place(unit);
        if place.level == Level::Prefecture {
            return Some(unit);
        }
        place
            .parent
            .filter(|parent| self.place(*parent).level == Level::Prefecture || self.is_municipality(*parent))
    }

    pub fn is_municipality(&self, unit: Unit) -> bool {
        self.place(unit).level == Level::Province && self.place(unit).code.in_municipality()
    }

    pub fn has_moved(&self, from: Unit, to: Unit) -> bool {
        self.moves.contains(&(from, to))
    }

    /// What is written where, by where it begins.
    pub fn hits(&self, text: &Text) -> Vec<SmallVec<[Hit; 4]>> {
        let mut hits: Vec<SmallVec<[Hit; 4]>> = vec![SmallVec::new(); text.len() + 1];
        for found in self.automaton.iter().flat_map(|it| it.find_overlapping_iter(&text.string)) {
            let place = |byte: usize| text.at_byte.get(byte).copied().unwrap_or(u32::MAX);
            let (from, to) = (place(found.start()), place(found.end()));
            if let Some(here) = hits.get_mut(from as usize) {
                here.push(Hit { from, to, name: found.value() });
            }
        }
        hits
    }
}

#[derive(Default)]
struct Builder {
    units: Vec<Place>,
    by_code: FxHashMap<u32, Unit>,
    towns: Vec<TownPlace>,
    past: Vec<PastPlace>,
    names: FxHashMap<String, u32>,
    readings: Vec<SmallVec<[Reading; 2]>>,
}

impl Builder {
    fn name(&mut self, name: &str, level: Level, form: Form, unit: u32) {
        if name.chars().count() < 2 {
            return;
        }
        let next = u32::try_from(self.readings.len()).unwrap_or(u32::MAX);
        let place = *self.names.entry(name.to_owned()).or_insert(next);
        if place == next {
            self.readings.push(SmallVec::new());
        }
        let reading = Reading { level, form, unit };
        let Some(list) = self.readings.get_mut(place as usize) else { return };
        if !list
            .iter()
            .any(|it| it.level == level && it.unit == unit && (it.form == Form::Past) == (form == Form::Past))
        {
            list.push(reading);
        }
    }

    fn unit(&self, code: Code) -> Option<Unit> {
        self.by_code.get(&code.0).copied()
    }

    fn divisions(&mut self, table: &Divisions) {
        for division in table.all() {
            let unit = count(self.units.len());
            self.by_code.insert(division.code.0, unit);
            self.units.push(Place {
                code: division.code,
                level: division.level.into(),
                name: division.name.chars().collect(),
                short: division.short.chars().collect(),
                parent: None,
                province: unit,
                children: Vec::new(),
                towns: Vec::new(),
            });
        }
        for division in table.all() {
            let Some(unit) = self.unit(division.code) else { continue };
            let parent = division.parent.and_then(|parent| self.unit(parent));
            let province = self.unit(division.code.province());
            if let Some(place) = self.units.get_mut(unit as usize) {
                place.parent = parent;
                place.province = province.unwrap_or(unit);
            }
            if let Some(above) = parent.and_then(|parent| self.units.get_mut(parent as usize)) {
                above.children.push(unit);
            }
            let level = division.level.into();
            for (place, alias) in table.aliases(division).iter().enumerate() {
                self.name(alias, level, if place == 0 { Form::Full } else { Form::Short }, unit);
            }
            if division.level == divisions::Level::Province && division.code.in_municipality() {
                self.name(division.name, Level::Prefecture, Form::Full, unit);
            }
        }
    }

    fn towns(&mut self, table: &Divisions) {
        for town in table.towns() {
            let Some(county) = self.unit(town.county) else { continue };
            let unit = count(self.towns.len());
            if let Some(place) = self.units.get_mut(county as usize) {
                place.towns.push(unit);
            }
            self.towns.push(TownPlace { name: town.name.chars().collect(), county });
            self.town_names(town.name, town.short, unit);
        }
        for past in table.past_towns() {
            if let Some(county) = self.unit(past.county) {
                self.name(past.name, Level::Town, Form::Past, county);
            }
        }
    }

    fn town_names(&mut self, name: &str, short: &str, unit: u32) {
        self.name(name, Level::Town, Form::Full, unit);
        if let Some(stem) = name.strip_suffix("街道") {
            self.name(&format!("{stem}办事处"), Level::Town, Form::Short, unit);
            self.name(&format!("{stem}街办"), Level::Town, Form::Short, unit);
        }
        for suffix in ["镇", "乡"] {
            // 白济汛乡 for 白济汛傈僳族乡.
            if name.ends_with(suffix) {
                self.name(&format!("{short}{suffix}"), Level::Town, Form::Short, unit);
            }
        }
    }

    fn past(&mut self, table: &Divisions) {
        for past in table.past() {
            let heirs: SmallVec<[Unit; 2]> = past.heirs.iter().filter_map(|code| self.unit(*code)).collect();
            if heirs.is_empty() {
                continue;
            }
            self.past_prefecture(past, &heirs);
            let unit = count(self.past.len());
            let level = past.code.level().into();
            self.name(past.name, level, Form::Past, unit);
            if level == Level::Prefecture && past.short.chars().count() > 2 {
                self.name(past.short, level, Form::Past, unit);
            }
            self.past.push(PastPlace {
                short: past.short.chars().collect(),
                province: self.unit(past.province),
                city: past.city.unwrap_or(past.name),
                ended: past.ended,
                heirs,
                derived: false,
            });
        }
    }

    /// The prefecture of a former county, by the name of that time, where there is no other record of it.
    fn past_prefecture(&mut self, past: &divisions::Past, heirs: &[Unit]) {
        let Some((city, province)) =
            past.city.filter(|city| city.chars().count() > 2).zip(self.unit(past.province))
        else {
            return;
        };
        let parents: SmallVec<[Unit; 2]> = heirs
            .iter()
            .filter_map(|heir| {
                let place = self.units.get(*heir as usize)?;
                if place.level == Level::Prefecture { Some(*heir) } else { place.parent }
            })
            .collect();
        let known = self.names.get(city).and_then(|name| {
            self.readings.get(*name as usize)?.iter().find(|it| it.level == Level::Prefecture).copied()
        });
        match known {
            Some(Reading { form: Form::Past, unit, .. }) => {
                if let Some(place) = self.past.get_mut(unit as usize).filter(|place| place.derived) {
                    place.heirs.extend(parents);
                    place.heirs.sort_unstable();
                    place.heirs.dedup();
                }
            }
            Some(_) => {}
            None => {
                let unit = count(self.past.len());
                self.name(city, Level::Prefecture, Form::Past, unit);
                self.past.push(PastPlace {
                    short: Vec::new(),
                    province: Some(province),
                    city,
                    ended: past.ended,
                    heirs: parents,
                    derived: true,
                });
            }
        }
    }

    fn finish(self, table: &Divisions) -> Gazetteer {
        let mut patterns: Vec<(String, u32)> =
            self.names.iter().map(|(name, place)| (name.clone(), *place)).collect();
        patterns.sort();
        let kept = patterns
            .iter()
            .flat_map(|(name, _)| name.chars())
            .filter(|c| livehand_kernel::simplified(*c) != *c)
            .collect();
        let automaton = CharwiseDoubleArrayAhoCorasick::with_values(patterns).ok();
        let moves =
            table.moves().iter().filter_map(|it| Some((self.unit(it.from)?, self.unit(it.to)?))).collect();
        let provinces = (0..count(self.units.len()))
            .filter(|unit| self.units.get(*unit as usize).is_some_and(|it| it.level == Level::Province))
            .collect();
        let head = |place: &Place| {
            let mut name = place.name.iter().copied();
            [name.next().unwrap_or_default(), name.next().unwrap_or_default()]
        };
        Gazetteer {
            heads: self.units.iter().map(head).collect(),
            units: self.units,
            towns: self.towns,
            past: self.past,
            nowhere: Place {
                code: Code(0),
                level: Level::County,
                name: Vec::new(),
                short: Vec::new(),
                parent: None,
                province: Unit::MAX,
                children: Vec::new(),
                towns: Vec::new(),
            },
            no_town: TownPlace { name: Vec::new(), county: Unit::MAX },
            no_past: PastPlace {
                short: Vec::new(),
                province: None,
                city: "",
                ended: 0,
                heirs: SmallVec::new(),
                derived: false,
            },
            provinces,
            readings: self.readings,
            automaton,
            kept,
            moves,
        }
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl From<divisions::Level> for Level {
    fn from(level: divisions::Level) -> Level {
        match level {
            divisions::Level::Province => Level::Province,
            divisions::Level::Prefecture => Level::Prefecture,
            divisions::Level::County => Level::County,
        }
    }
}
