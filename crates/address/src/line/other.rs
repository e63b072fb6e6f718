//! Divisions that stand apart: upper levels behind or before the county, and a second address.

use super::Line;
use crate::chain::{Chain, Finder, Resolution, resolve};
use crate::labels::Mark;
use crate::line::detail::is_of_detail;
use crate::pieces::pieces;
use crate::remarks::says_old;

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
        let fits = |other: &(Chain, Resolution)| {
            let stands_alone = other.0.from < chain.from
                && pieces(finder.text, &self.marks, other.0.to, chain.from)
                    .iter()
                    .any(|piece| is_of_detail(&piece.text))
                || other.0.from >= chain.to && !finder.text.at(other.0.to).is_some_and(char::is_alphabetic);
            stands_alone
                && other.0.county.is_none()
                && other.1.province.is_some()
                && it.candidates.iter().any(|unit| {
                    let place = finder.gazetteer.place(*unit);
                    Some(place.province) == other.1.province
                        && other.1.city.is_none_or(|city| finder.gazetteer.city_of(*unit) == Some(city))
                })
        };
        let Some(place) = rest.iter().position(fits) else { return };
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
                let near = finder.skip(other.to) >= chain.from;
                if near && other_place && other.full_levels() > 1 && !says_old(&before) {
                    return Some((other, meaning));
                }
                continue;
            }
            let whole =
                other.full_levels() > 1 || adjacent && other.full_levels() == 1 && meaning.town.is_some();
            if other.from < it.end || !whole || says_old(&before) {
                continue;
            }
            let same =
                meaning.county == it.county && meaning.city == it.city && it.province == meaning.province;
            let within = meaning.county.is_none() && meaning.city == it.city;
            if same || within {
                if adjacent {
                    it.end = meaning.end;
                    it.town = it.town.or(meaning.town);
                    chain.to = other.to;
                }
                continue;
            }
            if meaning.province.is_some() {
                return Some((other, meaning));
            }
        }
        None
    }

    /// Whether each of two addresses has a number of its own.
    pub(super) fn several_recipients(&self) -> bool {
        let Some((other, _)) = &self.other else { return false };
        let usable = || self.phones.iter().filter(|it| it.usable());
        usable().any(|it| it.from < other.from) && usable().any(|it| it.from > other.to)
    }
}

/// A town of the county right before a place.
fn town_before(finder: &Finder<'_>, at: usize, county: Option<u32>) -> Option<(usize, u32)> {
    let county = finder.gazetteer.place(county?);
    let end = (0..at).rev().find(|it| finder.text.at(*it).is_some_and(char::is_alphanumeric))? + 1;
    county.towns.iter().find_map(|town| {
        let name = &finder.gazetteer.town(*town).name;
        let from = end.checked_sub(name.len())?;
        (finder.text.chars.get(from..end)? == name.as_slice()).then_some((from, *town))
    })
}
