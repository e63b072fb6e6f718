//! Divisions that stand apart: upper levels behind or before the county, and a second address.

use super::Line;
use crate::asked::{says_new, says_old};
use crate::chain::{Chain, Finder, Pick, Resolution, resolve};
use crate::dictionary::{of_letters, of_words};
use crate::labels::Mark;
use crate::line::detail::{is_of_detail, is_of_house};
use crate::phone::Found;
use crate::pieces::{Piece, pieces};
use crate::recipient;
use crate::remarks::is_remark;
use crate::spoken;

impl Line<'_> {
    /// City and province that stand apart from the county: behind it, where the smallest comes first, or before the road.
    pub(super) fn upper_elsewhere(
        &mut self,
        finder: &Finder<'_>,
        chain: &mut Chain,
        it: &mut Resolution,
        rest: &mut Vec<(Chain, Resolution)>,
    ) {
        if chain.county.is_none() || chain.province.is_some() && chain.city.is_some() {
            return;
        }
        if chain
            .province
            .as_ref()
            .is_some_and(|pick| pick.units.iter().any(|unit| finder.gazetteer.is_municipality(*unit)))
        {
            return;
        }
        let Some(place) = rest.iter().position(|other| self.is_above(finder, chain, it, other)) else {
            return;
        };
        let (other, _) = rest.remove(place);
        let behind = other.from >= chain.to;
        let mut more = chain.clone();
        more.city = more.city.or(other.city.clone());
        more.province = more.province.or(other.province.clone());
        if behind && chain.province.is_none() {
            // 江苏 behind 苏州市.
            if let Some(place) = rest
                .iter()
                .position(|next| next.0.from >= other.to && next.0.city.is_none() && next.0.county.is_none())
            {
                let (last, _) = rest.remove(place);
                more.province = more.province.or(last.province.clone());
                self.put_out(last.from, last.to);
            }
        }
        *it = resolve(finder, &more);
        if behind {
            self.put_out(other.from, other.to);
            self.reversed = !self.marks.get(..chain.from).is_some_and(|marks| marks.is_empty())
                && pieces(finder.text, &self.marks, 0, chain.from)
                    .iter()
                    .any(|piece| is_of_detail(&piece.text));
            if let Some((from, town)) =
                self.reversed.then(|| town_before(finder, chain.from, it.county)).flatten()
            {
                it.town = it.town.or(Some(town));
                more.from = from;
            }
            *chain = more;
        } else {
            // The road stands between city and county.
            self.put_out(chain.from, chain.to.max(it.end));
            it.end = other.to;
            more.from = other.from;
            more.to = other.to;
            *chain = more;
        }
    }

    /// Whether another chain has nothing but the upper levels of this one, and stands by itself.
    fn is_above(
        &self,
        finder: &Finder<'_>,
        chain: &Chain,
        it: &Resolution,
        other: &(Chain, Resolution),
    ) -> bool {
        let (upper, meaning) = other;
        let g = finder.gazetteer;
        let road_between = || {
            pieces(finder.text, &self.marks, upper.to, chain.from)
                .iter()
                .any(|piece| is_of_detail(&piece.text))
        };
        let by_itself = upper.from < chain.from && road_between()
            || upper.from >= chain.to && !finder.text.at(upper.to).is_some_and(of_letters);
        by_itself
            && upper.county.is_none()
            && meaning.province.is_some()
            && it.candidates.iter().any(|unit| {
                Some(g.place(*unit).province) == meaning.province
                    && meaning.city.is_none_or(|city| g.city_of(*unit) == Some(city))
            })
    }

    pub(super) fn put_out(&mut self, from: usize, to: usize) {
        for mark in self.marks.get_mut(from..to).into_iter().flatten() {
            if *mark == Mark::Free {
                *mark = Mark::Out;
            }
        }
    }

    /// Another address after the one that was found, unless it is the same once more.
    pub(super) fn second(
        &self,
        finder: &Finder<'_>,
        chain: &mut Chain,
        it: &mut Resolution,
        rest: Vec<(Chain, Resolution)>,
    ) -> Option<(Chain, Resolution)> {
        for (other, meaning) in rest {
            let before = finder.text.slice(other.from.saturating_sub(10), other.from);
            let adjacent = finder.skip(it.end) >= other.from;
            let ahead = other.to <= chain.from;
            if ahead {
                let other_place =
                    meaning.county.is_some() && it.county.is_some() && meaning.county != it.county;
                let whole = other_place && other.levels() > 1 && !says_old(&before);
                let between = finder.text.slice(meaning.end, chain.from);
                if whole && !(is_taken_back(&between) || says_new(&between) || says_old(&between)) {
                    return Some((other, meaning));
                }
                continue;
            }
            let or = before.trim_end().ends_with("或者") || before.trim_end().ends_with('或');
            let another_town =
                meaning.county.is_some() && meaning.county != it.county && meaning.town.is_some();
            // 二七区金水区交界: side by side.
            let beside = adjacent
                && (is_plain_county(&other) || is_short_county(finder, &other))
                && meaning.county.is_some()
                && meaning.county != it.county
                && meaning.city == it.city
                && it.town.is_none();
            // 东莞市博罗县: a city that has no counties, with one of another.
            let torn = adjacent
                && is_plain_county(&other)
                && it.county.is_none()
                && it.town.is_none()
                // 滨海新区 is a zone in many cities.
                && finder.text.at(other.to.saturating_sub(1)).is_some_and(|c| matches!(c, '县' | '市'))
                && meaning.county.is_some()
                && meaning.city.is_some_and(|city| {
                    let whole = |own| finder.gazetteer.place(own).children.is_empty();
                    it.city.is_some_and(|own| own != city && whole(own))
                });
            let whole = or
                || torn
                || beside
                || other.full_levels() > 1
                || other.levels() > 1 && is_plain_county(&other)
                || other.full_levels() == 1 && meaning.town.is_some() && (adjacent || another_town);
            if other.from < it.end || !whole || says_old(&before) {
                continue;
            }
            let same =
                meaning.county == it.county && meaning.city == it.city && it.province == meaning.province;
            let within = meaning.county.is_none() && meaning.city == it.city;
            if same || within {
                if self.is_apart(finder, it, (&other, &meaning)) {
                    return Some((other, meaning));
                }
                if adjacent {
                    it.end = meaning.end;
                    it.town = it.town.or(meaning.town);
                    chain.to = other.to;
                }
                continue;
            }
            if meaning.province.is_some() || or {
                return Some((other, meaning));
            }
        }
        None
    }

    /// Whether an address in the same county as the first is another one: with another town, or another house.
    fn is_apart(
        &self,
        finder: &Finder<'_>,
        it: &Resolution,
        (other, meaning): (&Chain, &Resolution),
    ) -> bool {
        if it.town.is_some() && meaning.town.is_some() && it.town != meaning.town {
            return true;
        }
        let words = |from: usize, to: usize| -> Vec<char> {
            let chars = finder.text.chars.get(from..to).unwrap_or_default();
            chars.iter().copied().filter(|c| of_words(*c)).collect()
        };
        let house =
            pieces(finder.text, &self.marks, it.end, other.from).iter().any(|piece| is_of_house(&piece.text));
        let between = words(it.end, other.from);
        let behind = words(meaning.end.max(other.to), finder.text.len());
        house && other.full_levels() > 1 && !behind.is_empty() && behind.get(..4) != between.get(..4)
    }

    /// Whether two numbers have a name each: 陈凤13586244011 吴静15858610937.
    pub(super) fn two_names(&self, before: &[Piece], after: &[Piece]) -> bool {
        let mut numbers: Vec<&Found> = self.phones.iter().filter(|it| it.usable()).collect();
        numbers.dedup_by(|a, b| a.number == b.number);
        if numbers.len() < 2 {
            return false;
        }
        let name_of = |number: &Found| {
            before.iter().chain(after).find(|piece| {
                let near = piece.to <= number.from && number.from - piece.to <= 1
                    || piece.from >= number.to && piece.from - number.to <= 1;
                near && !piece.bracketed && is_a_person(&piece.text)
            })
        };
        let names: Vec<usize> =
            numbers.iter().filter_map(|number| name_of(number)).map(|piece| piece.from).collect();
        names.len() == numbers.len()
            && names.iter().all(|from| names.iter().filter(|it| *it == from).count() == 1)
    }

    /// Whether each of two addresses has a number of its own: one stands between them.
    pub(super) fn several_recipients(&self) -> bool {
        let (Some((chain, _)), Some((other, _))) = (&self.chain, &self.other) else { return false };
        let (first, second) = if chain.from < other.from { (chain, other) } else { (other, chain) };
        let usable = || self.phones.iter().filter(|it| it.usable());
        let between = usable().any(|it| it.from >= first.to && it.to <= second.from);
        let around = usable().any(|it| it.to <= first.from) && usable().any(|it| it.from >= second.to);
        usable().count() > 1 && (between || around)
    }
}

/// Whether a chain ends in the whole name of a county that no estate has: 北京密云区, not 香港北区.
fn is_plain_county(chain: &Chain) -> bool {
    let sure = |pick: &Pick| pick.mistake.is_none();
    [&chain.province, &chain.city, &chain.county].into_iter().flatten().all(sure)
        && chain.county.as_ref().is_some_and(|it| !it.short && it.to - it.from > 2)
}

/// Whether a chain is the whole name of a county of two characters, such as 洋县, which no estate has.
fn is_short_county(finder: &Finder<'_>, chain: &Chain) -> bool {
    chain.levels() == 1
        && chain.county.as_ref().is_some_and(|it| {
            !it.short
                && it.mistake.is_none()
                && it.to - it.from == 2
                && finder.text.at(it.to - 1) == Some('县')
        })
}

/// 吴静, 一箱给卢俊, 李姐收: whether somebody is named.
fn is_a_person(text: &str) -> bool {
    let text = text.trim_end_matches('收');
    let name = text.rsplit_once(['给', '寄']).map_or(text, |(_, name)| name);
    (2..=4).contains(&name.chars().count())
        && recipient::likeness(name) >= 44
        && !is_remark(name)
        && !spoken::is_sentence(name)
}

/// Whether what stands behind an address says that it is wrong: 不对, 发错了, 改到.
fn is_taken_back(behind: &str) -> bool {
    ["不对", "错了", "发错", "写错", "填错", "改", "换", "不是", "作废", "搬"]
        .iter()
        .any(|word| behind.contains(word))
}

/// A town of the county right before a place.
fn town_before(finder: &Finder<'_>, at: usize, county: Option<u32>) -> Option<(usize, u32)> {
    let county = finder.gazetteer.place(county?);
    let end = (0..at).rev().find(|it| finder.text.at(*it).is_some_and(of_words))? + 1;
    county.towns.iter().find_map(|town| {
        let name = &finder.gazetteer.town(*town).name;
        let from = end.checked_sub(name.len())?;
        (finder.text.chars.get(from..end)? == name.as_slice()).then_some((from, *town))
    })
}
