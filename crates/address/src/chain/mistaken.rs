//! Levels that were written with one mistake: 广洲市, 天和区.

use smallvec::SmallVec;

use super::extend::Finder;
use super::{Chain, Pick, Resolution};
use crate::gazetteer::{Level, Unit};
use crate::near::{Mistake, mistake, sounds_like};

/// A division that was probably meant.
struct Meant {
    unit: Unit,
    to: usize,
    mistake: Mistake,
    short: bool,
}

impl Finder<'_> {
    /// Goes on with the next level as if one mistake had been made in it.
    /// It ends before `limit`.
    pub(super) fn extend_by_mistake(
        &self,
        chain: &Chain,
        at: usize,
        limit: usize,
        best: &mut Option<(Chain, Resolution)>,
    ) {
        let upper = || [&chain.province, &chain.city].into_iter().flatten();
        let mistakes = upper().filter(|it| it.mistake.is_some()).count();
        let is_town = upper().count() > 0 && self.town_end(at).is_some_and(|end| end > at + 2);
        if mistakes > 1 || self.wall(at) || is_town {
            return;
        }
        let g = self.gazetteer;
        let below = |unit: Unit| g.place(unit).children.iter().copied();
        if let Some(city) = &chain.city {
            let heirs = city.past.iter().flat_map(|it| g.past(*it).heirs.iter().copied());
            let cities = city.units.iter().copied().chain(heirs);
            self.go_on(chain, (at, limit), cities.flat_map(below), best);
        } else if let Some(province) = self.province_of(chain) {
            self.go_on(chain, (at, limit), below(province), best);
            // A county whose city is missing too.
            self.go_on(chain, (at, limit), below(province).flat_map(below), best);
        } else {
            self.go_on(chain, (at, limit), g.provinces.iter().copied(), best);
        }
    }

    fn go_on(
        &self,
        chain: &Chain,
        (at, limit): (usize, usize),
        units: impl Iterator<Item = Unit>,
        best: &mut Option<(Chain, Resolution)>,
    ) {
        let meant = self.meant(at, units);
        let mut ends: SmallVec<[usize; 2]> = meant.iter().map(|it| it.to).filter(|to| *to < limit).collect();
        ends.sort_unstable();
        ends.dedup();
        for to in ends {
            // Where several can be meant, what follows has to say which.
            let group = || meant.iter().filter(|it| it.to == to);
            let Some(first) = group().next() else { continue };
            let level = self.gazetteer.place(first.unit).level;
            let units =
                group().filter(|it| self.gazetteer.place(it.unit).level == level).map(|it| it.unit).collect();
            let pick = Pick {
                from: at,
                to,
                units,
                mistake: Some(first.mistake),
                short: first.short,
                ..Pick::default()
            };
            let level = if level == Level::Town { Level::County } else { level };
            self.extend(&self.joined(chain, pick, level), best);
        }
    }

    /// Which of some divisions were written with one mistake at a place, and equally likely so.
    fn meant(&self, at: usize, units: impl Iterator<Item = Unit>) -> SmallVec<[Meant; 2]> {
        let mut found: SmallVec<[Meant; 2]> = SmallVec::new();
        let (Some(first), Some(second)) = (self.text.at(at), self.text.at(at + 1)) else { return found };
        for unit in units {
            // With one mistake, one of the first two characters is at its place or at that of the other.
            let [a, b] = self.gazetteer.head(unit);
            if a != first && b != second && a != second && b != first {
                continue;
            }
            let place = self.gazetteer.place(unit);
            self.written_near(at, unit, &place.name, false, &mut found);
            if place.level == Level::Province && place.short != place.name {
                self.written_near(at, unit, &place.short, true, &mut found);
            }
        }
        if found.iter().any(|it| !it.short) {
            found.retain(|it| !it.short);
        }
        if let Some(likeliest) = found.iter().map(|it| it.mistake).min() {
            found.retain(|it| it.mistake == likeliest);
        }
        found
    }

    fn written_near(
        &self,
        at: usize,
        unit: Unit,
        name: &[char],
        short: bool,
        found: &mut SmallVec<[Meant; 2]>,
    ) {
        for len in [name.len(), name.len() + 1, name.len() - 1] {
            let Some(written) = self.text.chars.get(at..at + len).filter(|_| len >= 2) else { continue };
            let other_length = len != name.len() && (short || written.last() != name.last());
            if other_length || !(short || is_alike(name, written)) {
                continue;
            }
            if let Some(mistake) = mistake(name, written) {
                found.push(Meant { unit, to: at + len, mistake, short });
            }
        }
    }
}

/// Whether two names end in the same character, and have another in common: the rest need not be compared.
fn is_alike(name: &[char], written: &[char]) -> bool {
    // 自治洲
    let ends = name.last() == written.last() || name.len() > 5 && name.len() == written.len();
    // 邵阳是, 井陉现: as a telephone hears it.
    let heard = || {
        name.len() > 2
            && name.len() == written.len()
            && name.split_last().map(|it| it.1) == written.split_last().map(|it| it.1)
            && name.last().zip(written.last()).is_some_and(|(a, b)| sounds_like(*a, *b))
    };
    ends && (name.first() == written.first()
        || name.get(1) == written.get(1)
        || name.len() <= 3
        || name.first() == written.get(1)
        || name.get(1) == written.first())
        || heard()
}
