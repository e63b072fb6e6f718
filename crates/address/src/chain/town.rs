//! The town after a chain: 街道, 镇 or 乡, which can narrow a set of counties or contradict it.

use smallvec::SmallVec;

use super::extend::Finder;
use super::{Chain, Resolution};
use crate::gazetteer::{Form, Level, Unit};
use crate::near::{Mistake, mistake};

/// What stands where a town can stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Towned {
    /// Nothing that is known.
    None,
    /// A town of one of the counties.
    In { town: u32, to: usize, mistake: bool },
    /// A town that went to another county.
    Moved { town: u32, to: usize },
    /// A town that became a city of its own: 苍南县龙港镇.
    Became { county: Unit, to: usize },
    /// A town of another county of the same city.
    Elsewhere { town: u32, to: usize },
    /// A town of one of the counties that has another name today. It says which county; the courier reads what was
    /// written.
    Formerly { county: Unit },
    /// Towns of several of the counties.
    Several { towns: SmallVec<[u32; 4]>, to: usize },
}

/// Counties whose towns are compared with one that nobody knows.
const COUNTIES_MAX: usize = 4;
const KINDS: [&str; 4] = ["街道", "镇", "乡", "苏木"];

/// Looks for a town after a chain.
pub(crate) fn town_after(finder: &Finder<'_>, chain: &Chain, it: &Resolution) -> Towned {
    let g = finder.gazetteer;
    if it.defects.iter().any(|defect| defect.is_contradiction_of_counties()) {
        return Towned::None;
    }
    let (counties, cities) = scope(finder, chain, it);
    if counties.is_empty() && cities.is_empty() {
        return Towned::None;
    }
    let at = finder.after_gap(chain);
    let mut inside: SmallVec<[(u32, usize); 4]> = SmallVec::new();
    let mut outside: SmallVec<[(u32, usize); 4]> = SmallVec::new();
    let mut far: SmallVec<[(u32, usize); 4]> = SmallVec::new();
    let mut former: SmallVec<[Unit; 2]> = SmallVec::new();
    for hit in finder.hits.get(at).into_iter().flatten() {
        for reading in g.readings(hit.name).iter().filter(|reading| reading.level == Level::Town) {
            if reading.form == Form::Past {
                former.extend(Some(reading.unit).filter(|county| counties.contains(county)));
                continue;
            }
            let county = g.town(reading.unit).county;
            let to = hit.to as usize;
            if chain.county.is_none()
                && crate::zones::zone_at(finder.text, at, true).is_some_and(|end| end >= to)
            {
                continue;
            }
            if counties.contains(&county) {
                inside.push((reading.unit, to));
            } else if reading.form == Form::Full
                && g.city_of(county).is_some_and(|city| cities.contains(&city))
            {
                outside.push((reading.unit, to));
            } else if reading.form == Form::Full {
                far.push((reading.unit, to));
            }
        }
    }
    if let Some(to) = inside.iter().map(|found| found.1).max() {
        inside.retain(|found| found.1 == to);
        let end = with_office(finder, to);
        return match inside.as_slice() {
            [(town, _)] => Towned::In { town: *town, to: end, mistake: false },
            [(town, _), ..] if inside.iter().all(|other| g.town(other.0).county == g.town(*town).county) => {
                Towned::In { town: *town, to: end, mistake: false }
            }
            _ => Towned::Several { towns: inside.iter().map(|found| found.0).collect(), to: end },
        };
    }
    if let Some((county, to)) = became(finder, at, &counties) {
        return Towned::Became { county, to };
    }
    former.dedup();
    if let [county] = former.as_slice() {
        return Towned::Formerly { county: *county };
    }
    if let Some(to) = outside.iter().map(|found| found.1).max() {
        outside.retain(|found| found.1 == to);
        return elsewhere(finder, &counties, &outside, to);
    }
    // All towns of a city are too many to be compared, and too alike.
    if counties.len() > COUNTIES_MAX {
        return Towned::None;
    }
    match near_town(finder, at, &counties) {
        Towned::None => far_away(finder, &counties, &far),
        near => near,
    }
}

/// The city that was a town of one of the counties, by the town's name.
fn became(finder: &Finder<'_>, at: usize, counties: &[Unit]) -> Option<(Unit, usize)> {
    let g = finder.gazetteer;
    let [county] = counties else { return None };
    let around = g.place(g.place(*county).parent?);
    around.children.iter().filter(|other| g.has_moved(*county, **other)).find_map(|other| {
        let name = &g.place(*other).short;
        let end = at + name.len();
        let same = finder.text.chars.get(at..end)? == name.as_slice();
        // Its own 街道 goes on beside others.
        let kind = ["镇", "乡"].into_iter().find(|kind| finder.text.is_at(end, kind))?;
        same.then_some((*other, end + kind.chars().count()))
    })
}

/// A town that there is once in the country, and that is in another city of the province: 慈溪市佛堂镇.
fn far_away(finder: &Finder<'_>, counties: &[Unit], towns: &[(u32, usize)]) -> Towned {
    let g = finder.gazetteer;
    match (counties, towns) {
        ([county], [(town, to)])
            if g.place(g.town(*town).county).province == g.place(*county).province
                && g.town(*town).name.len() > 2 =>
        {
            Towned::Elsewhere { town: *town, to: *to }
        }
        _ => Towned::None,
    }
}

/// The counties that the town can be in, and the cities around them.
fn scope(finder: &Finder<'_>, chain: &Chain, it: &Resolution) -> (SmallVec<[Unit; 8]>, SmallVec<[Unit; 4]>) {
    let g = finder.gazetteer;
    if !it.candidates.is_empty() {
        let cities = it.candidates.iter().filter_map(|unit| g.city_of(*unit)).collect();
        return (it.candidates.iter().copied().collect(), cities);
    }
    let mut counties: SmallVec<[Unit; 8]> = SmallVec::new();
    if let Some(city) = &chain.city {
        let heirs = city.past.iter().flat_map(|past| g.past(*past).heirs.iter().copied());
        for unit in city.units.iter().copied().chain(heirs) {
            counties.push(unit);
            counties.extend(g.place(unit).children.iter().copied());
        }
    } else if let Some(province) =
        chain.province.as_ref().and_then(|it| it.units.first()).filter(|unit| g.is_municipality(**unit))
    {
        counties.extend(g.place(*province).children.iter().copied());
    }
    (counties, SmallVec::new())
}

fn elsewhere(finder: &Finder<'_>, counties: &[Unit], towns: &[(u32, usize)], to: usize) -> Towned {
    let g = finder.gazetteer;
    let moved = towns.iter().find(|found| {
        let now = g.town(found.0).county;
        counties.iter().any(|then| g.has_moved(*then, now))
    });
    match (moved, towns) {
        (Some((town, _)), _) => Towned::Moved { town: *town, to },
        (None, [(town, _), ..]) if counties.len() == 1 => Towned::Elsewhere { town: *town, to },
        _ => Towned::None,
    }
}

/// 街道办事处 after 街道 says nothing more.
fn with_office(finder: &Finder<'_>, to: usize) -> usize {
    for word in ["办事处", "街道办事处", "街道"] {
        let end = to + word.chars().count();
        if finder.text.is_at(to, word) && (word != "街道" || finder.text.at(to.wrapping_sub(1)) == Some('街'))
        {
            return end;
        }
    }
    to
}

/// A town that was written with one mistake.
fn near_town(finder: &Finder<'_>, at: usize, counties: &[Unit]) -> Towned {
    let g = finder.gazetteer;
    let Some(len) = (3..=9).find(|len| {
        let end = at + len;
        KINDS.iter().any(|kind| finder.text.is_at(end.saturating_sub(kind.chars().count()), kind))
    }) else {
        return Towned::None;
    };
    let Some(written) = finder.text.chars.get(at..at + len) else { return Towned::None };
    let mut found: SmallVec<[(u32, Mistake); 4]> = SmallVec::new();
    for county in counties {
        for town in &g.place(*county).towns {
            let name = &g.town(*town).name;
            if name.last() == written.last()
                && name.len().abs_diff(len) <= 1
                && !differs_in_direction(name, written)
                && let Some(kind) = mistake(name, written)
            {
                found.push((*town, kind));
            }
        }
    }
    if found.iter().any(|it| it.1 == Mistake::Sound) {
        found.retain(|it| it.1 == Mistake::Sound);
    }
    match found.as_slice() {
        [(town, _)] => Towned::In { town: *town, to: with_office(finder, at + len), mistake: true },
        _ => Towned::None,
    }
}

/// 城东街道 and 城南街道 are two places, not one with a mistake.
fn differs_in_direction(name: &[char], written: &[char]) -> bool {
    const APART: &str = "东南西北中上下大小新老旧前后内外左右一二三四五六七八九十";
    name.len() == written.len()
        && name.iter().zip(written).any(|(a, b)| a != b && APART.contains(*a) && APART.contains(*b))
}
