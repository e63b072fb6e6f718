//! What the revisions of the codes say of the past.
//!
//! They know every name that a code had, but not what became of a code that ended. Our own tables know that; where they do
//! not, a code that goes on under another name was renamed, and a name that goes on under another code was moved.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::Division;
use super::changes::{Changes, Ended};
use super::zones;

/// Names by codes, by year and month of the revision.
type Revisions = BTreeMap<u32, BTreeMap<u32, String>>;

/// The revisions begin with the end of 1980; whoever stands in one of these first two may be older.
const FIRST_MONTHS: [u32; 2] = [198_012, 198_112];
/// The year of the last revision.
pub const LAST_YEAR: u32 = 2019;
/// Before this month codes of districts were given anew to others, so that another name need not be a new one.
const CODES_STEADY_SINCE: u32 = 198_412;
/// The third and fourth digit of cities that a province ran itself; their last two went from one city to another.
const RUN_BY_PROVINCES: u32 = 90;
/// So many times a name is followed to the next.
const STEPS_MAX: usize = 8;

/// The year in which a code first bore a name, if that was later than 1981.
pub fn since(revisions: &Revisions, code: u32, name: &str) -> Option<u32> {
    let first = revisions.iter().find(|(_, names)| names.get(&code).is_some_and(|it| it == name));
    first.map(|(month, _)| *month).filter(|month| !FIRST_MONTHS.contains(month)).map(|month| month / 100)
}

/// The past as the revisions tell it.
pub struct History<'data> {
    revisions: &'data Revisions,
    divisions: &'data BTreeMap<u32, Division>,
    /// Our own tables: heirs by code and name.
    ended: BTreeMap<(u32, &'data str), &'data [u32]>,
    namesakes: Namesakes<'data>,
    /// Names that a revision has by mistake.
    wrong: &'data BTreeSet<(u32, String)>,
}

impl<'data> History<'data> {
    pub fn new(
        revisions: &'data Revisions,
        divisions: &'data BTreeMap<u32, Division>,
        changes: &'data Changes,
    ) -> Self {
        let mut namesakes = Namesakes::default();
        let mut ended = BTreeMap::new();
        for it in &changes.ended {
            ended.insert((it.code, it.name.as_str()), it.heirs.as_slice());
            namesakes.past.note(it.code, &it.name, &it.heirs);
        }
        for (code, division) in divisions {
            namesakes.current.note(*code, &division.name, std::slice::from_ref(code));
        }
        Self { revisions, divisions, ended, namesakes, wrong: &changes.wrong }
    }

    /// Names that ended and that our own tables do not have.
    pub fn past(&self) -> Vec<Ended> {
        let mut last_months = BTreeMap::new();
        for (month, names) in self.revisions {
            for (code, name) in names {
                last_months.insert((*code, name.as_str()), *month);
            }
        }
        last_months
            .into_iter()
            .filter_map(|((code, name), month)| self.past_name(code, name, month))
            .collect()
    }

    fn past_name(&self, code: u32, name: &str, last: u32) -> Option<Ended> {
        let counted_only = zones::LAST_DIGITS.contains(&(code % 100))
            || name.ends_with("市辖区")
            || name.chars().count() < 2;
        if self.wrong.contains(&(code, name.to_owned())) {
            return None;
        }
        let place_name = name.ends_with(['市', '区', '县', '旗', '盟', '州']);
        if code.is_multiple_of(10_000) || counted_only || !place_name || self.is_current(code, name) {
            return None;
        }
        let known = self.ended.contains_key(&(code, name));
        let heirs = if code.is_multiple_of(100) {
            self.heirs_of_prefecture(code, last)
        } else {
            self.heirs(code, name, last, STEPS_MAX)
        };
        // Whoever has the same name under another code is not past.
        let goes_on = heirs.iter().any(|heir| self.divisions.get(heir).is_some_and(|it| it.name == name));
        if known || goes_on || heirs.is_empty() {
            return None;
        }
        let year = self.revisions.range(last + 1..).next().map_or(LAST_YEAR, |(month, _)| month / 100);
        let above = self.revisions.get(&last).and_then(|names| names.get(&(code / 100 * 100)));
        let city = above.filter(|_| !code.is_multiple_of(100)).cloned().unwrap_or_default();
        Some(Ended { code, name: name.to_owned(), city, year, heirs: heirs.into_iter().collect() })
    }

    /// What there is today of a code and a name that a revision has. What is surer comes first.
    fn heirs(&self, code: u32, name: &str, month: u32, steps: usize) -> BTreeSet<u32> {
        if self.is_current(code, name) {
            return BTreeSet::from([code]);
        }
        if let Some(heirs) = self.ended.get(&(code, name)) {
            return heirs.iter().copied().collect();
        }
        if let Some(heirs) = self.namesakes.heirs(code / 100, name) {
            return heirs;
        }
        // Of districts, a province has many with the same name.
        if !name.ends_with('区')
            && let Some(heirs) = self.namesakes.heirs(code / 10_000, name)
        {
            return heirs;
        }
        match self.next_name(code, name, month) {
            Some((next, renamed)) if steps > 0 => self.heirs(code, renamed, next, steps - 1),
            _ => BTreeSet::new(),
        }
    }

    /// The name that a code has in the revision after the last one that has this name.
    fn next_name(&self, code: u32, name: &str, month: u32) -> Option<(u32, &'data str)> {
        if code / 100 % 100 == RUN_BY_PROVINCES {
            return None;
        }
        let mut later = self.revisions.range(month + 1..);
        let (next, names) = later.find(|(_, names)| names.get(&code).is_none_or(|it| it != name))?;
        let renamed = names.get(&code)?;
        let alike = renamed.chars().next() == name.chars().next();
        (alike || *next > CODES_STEADY_SINCE).then_some((*next, renamed.as_str()))
    }

    /// The prefectures that the counties of a past one are in today; where there is none, the counties or the municipality.
    fn heirs_of_prefecture(&self, code: u32, last: u32) -> BTreeSet<u32> {
        let Some(names) = self.revisions.get(&last) else { return BTreeSet::new() };
        let counties = names.range(code + 1..code + 100).filter(|(_, name)| !name.ends_with("市辖区"));
        let mut heirs = BTreeSet::new();
        for heir in counties.flat_map(|(county, name)| self.heirs(*county, name, last, STEPS_MAX)) {
            heirs.insert(self.city_of(heir));
        }
        heirs
    }

    fn city_of(&self, county: u32) -> u32 {
        let prefecture = county / 100 * 100;
        if self.divisions.contains_key(&prefecture) {
            prefecture
        } else if matches!(county / 10_000, 11 | 12 | 31 | 50) {
            county / 10_000 * 10_000
        } else {
            county
        }
    }

    fn is_current(&self, code: u32, name: &str) -> bool {
        self.divisions.get(&code).is_some_and(|it| it.name == name)
    }
}

/// Who bears a name, or bore it, in a province or in a prefecture.
#[derive(Default)]
struct Namesakes<'data> {
    current: Names<'data>,
    past: Names<'data>,
}

impl Namesakes<'_> {
    /// What a name means in a place (the first two or four digits), if it means one thing only.
    fn heirs(&self, place: u32, name: &str) -> Option<BTreeSet<u32>> {
        let found = self.current.meaning(place, name).or_else(|| self.past.meaning(place, name))?;
        Some(found.iter().copied().collect())
    }
}

/// What names mean by place; nothing where they mean several things.
#[derive(Default)]
struct Names<'data>(BTreeMap<(u32, &'data str), Option<&'data [u32]>>);

impl<'data> Names<'data> {
    fn note(&mut self, code: u32, name: &'data str, means: &'data [u32]) {
        for place in [code / 100, code / 10_000] {
            let known = self.0.entry((place, name)).or_insert(Some(means));
            *known = known.filter(|known| *known == means);
        }
    }

    fn meaning(&self, place: u32, name: &str) -> Option<&'data [u32]> {
        self.0.get(&(place, name)).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(pairs: &[(u32, &str)]) -> BTreeMap<u32, String> {
        pairs.iter().map(|(code, name)| (*code, (*name).to_owned())).collect()
    }

    fn revisions() -> Revisions {
        BTreeMap::from([
            (198_012, revision(&[(110_221, "昌平县"), (420_600, "襄樊市"), (420_602, "襄城区")])),
            (
                199_812,
                revision(&[
                    (110_221, "昌平县"),
                    (420_600, "襄樊市"),
                    (420_602, "襄城区"),
                    (420_607, "襄阳区"),
                ]),
            ),
            (
                199_912,
                revision(&[
                    (110_114, "昌平区"),
                    (420_600, "襄阳市"),
                    (420_602, "襄城区"),
                    (420_607, "襄州区"),
                ]),
            ),
        ])
    }

    #[test]
    fn a_name_is_as_old_as_the_first_revision_that_has_it() {
        assert_eq!(since(&revisions(), 110_114, "昌平区"), Some(1999));
        assert_eq!(since(&revisions(), 110_221, "昌平县"), None, "it may be older");
        assert_eq!(since(&revisions(), 110_114, "昌平县"), None);
    }

    #[test]
    fn another_name_of_a_code_is_its_heir_and_a_prefecture_follows_its_counties() {
        let revisions = revisions();
        let current = [(110_114, "昌平区"), (420_600, "襄阳市"), (420_602, "襄城区"), (420_607, "襄州区")];
        let divisions = current
            .map(|(code, name)| (code, Division { name: name.to_owned(), since: None }))
            .into_iter()
            .collect();
        let ended = Ended {
            code: 110_221,
            name: "昌平县".to_owned(),
            city: String::new(),
            year: 1999,
            heirs: vec![110_114],
        };
        let changes = Changes { ended: vec![ended], ..Changes::default() };
        let past = History::new(&revisions, &divisions, &changes).past();
        let told: Vec<_> = past.iter().map(|it| (it.name.as_str(), it.year, it.heirs.clone())).collect();
        assert_eq!(told, [("襄樊市", 1999, vec![420_600]), ("襄阳区", 1999, vec![420_607])]);
        assert_eq!(past.last().map(|it| it.city.as_str()), Some("襄樊市"));
    }
}
