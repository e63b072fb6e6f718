//! Upper levels that were written with a mistake before a chain: 重厌市 before 潼南区.

use super::extend::{Finder, is_separator};
use super::{Chain, Pick, Resolution, resolve};
use crate::dictionary::of_letters;
use crate::gazetteer::{Gazetteer, Unit};
use crate::near::{Mistake, mistake};
use smallvec::SmallVec;

/// The chain with the levels to its left, if they are there with a mistake.
pub(crate) fn repaired_to_the_left(
    finder: &Finder<'_>,
    chain: &Chain,
    it: &Resolution,
) -> Option<(Chain, Resolution)> {
    if chain.province.is_some() || it.candidates.len() > 8 && chain.city.is_none() {
        return None;
    }
    let g = finder.gazetteer;
    let mut best: Option<(Chain, Resolution)> = None;
    let mut of = it.candidates.clone();
    of.extend(it.city);
    for unit in of {
        let mut next = chain.clone();
        if chain.city.is_none()
            && let Some(pick) = g.city_of(unit).and_then(|city| before(finder, next.from, city, false))
        {
            next.from = pick.from;
            next.city = Some(pick);
        }
        if let Some(pick) = before(finder, next.from, g.place(unit).province, true) {
            next.from = pick.from;
            next.province = Some(pick);
        }
        if next.from == chain.from {
            continue;
        }
        if let (Some(city), None) = (&next.city, &next.province)
            && city.units.iter().any(|unit| g.is_municipality(*unit))
        {
            next.province = next.city.take();
        }
        let resolution = resolve(finder, &next);
        if best.as_ref().is_none_or(|(_, other)| resolution.score > other.score) {
            best = Some((next, resolution));
        }
    }
    best.filter(|(_, other)| other.score > it.score)
}

/// A division that stands before a place, written rightly or with one mistake.
fn before(finder: &Finder<'_>, to: usize, unit: Unit, short_too: bool) -> Option<Pick> {
    let g: &Gazetteer = finder.gazetteer;
    let mut to = to;
    while to > 0 && finder.text.at(to - 1).is_some_and(is_separator) && !finder.wall(to - 1) {
        to -= 1;
    }
    let place = g.place(unit);
    let names: [(&[char], bool); 2] = [(&place.name, false), (&place.short, true)];
    for (name, short) in names {
        if short && (!short_too || name.len() < 2) {
            continue;
        }
        for len in [name.len(), name.len() + 1, name.len() - 1] {
            let Some(from) = to.checked_sub(len) else { continue };
            let Some(written) = finder.text.chars.get(from..to).filter(|it| it.len() >= 2) else { continue };
            if short && len != name.len() || (from..to).any(|at| finder.wall(at)) {
                continue;
            }
            let kind = if written == name { None } else { Some(mistake(name, written)?) };
            let heard = kind == Some(Mistake::Sound) && len == name.len() && len > 2;
            if kind.is_some() && !short && !heard && written.last() != name.last() {
                continue;
            }
            // Another division that there is was meant, unless it sounds the same.
            if kind.is_some_and(|kind| kind != Mistake::Sound) && finder.is_a_division(from, to) {
                return None;
            }
            // Two characters of which one differs are no evidence unless they stand where an address begins.
            if short
                && kind.is_some_and(|kind| kind == Mistake::Other)
                && from > 0
                && finder.text.at(from - 1).is_some_and(of_letters)
            {
                continue;
            }
            return Some(Pick {
                from,
                to,
                units: SmallVec::from_slice(&[unit]),
                short,
                mistake: kind,
                ..Pick::default()
            });
        }
    }
    None
}
