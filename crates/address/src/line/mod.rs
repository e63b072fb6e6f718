//! A line with what was found in it.

mod detail;
mod fields;
mod name;
mod other;
mod reason;
mod told;

use crate::asked::{says_new, says_old};
use crate::chain::{Chain, Finder, Resolution, best_chains, repaired_to_the_left};
use crate::dictionary::{of_letters, of_words};
use crate::gazetteer::Gazetteer;
use crate::labels::{self, Label, Mark};
use crate::phone::{self, Found};
use crate::text::Text;

/// A chain with less is none.
const HOPELESS: i32 = -15;

/// A line with what was found in it.
pub(crate) struct Line<'a> {
    gazetteer: &'a Gazetteer,
    text: Text,
    marks: Vec<Mark>,
    phones: Vec<Found>,
    chain: Option<(Chain, Resolution)>,
    /// Another address that contradicts the first.
    other: Option<(Chain, Resolution)>,
    /// The detail stands before the divisions: the smallest comes first.
    reversed: bool,
    /// The field that is neither number nor address.
    field: Option<(usize, usize)>,
}

impl<'a> Line<'a> {
    /// Finds numbers, labels and divisions.
    pub(crate) fn read(gazetteer: &'a Gazetteer, line: &str) -> Line<'a> {
        let text = Text::read(line, |c| gazetteer.keeps(c));
        let phones = phone::scan(&text);
        let mut marks = vec![Mark::Free; text.len()];
        for phone in &phones {
            for mark in marks.get_mut(phone.from..phone.to).into_iter().flatten() {
                *mark = Mark::Phone;
            }
        }
        labels::mark(&text, &mut marks);
        let mut line =
            Line { gazetteer, text, marks, phones, chain: None, other: None, reversed: false, field: None };
        line.find_chain();
        line.field = line.lone_field();
        line
    }

    fn find_chain(&mut self) {
        let walls: Vec<bool> =
            self.marks.iter().map(|mark| !matches!(mark, Mark::Free | Mark::Label(Label::Address))).collect();
        let mut text = std::mem::take(&mut self.text);
        for (c, mark) in text.chars.iter_mut().zip(&self.marks) {
            if *mark == Mark::Label(Label::Address) {
                *c = '\u{2}';
            }
        }
        let hits = self.gazetteer.hits(&text);
        let finder = Finder { gazetteer: self.gazetteer, text: &text, hits: &hits, walls: &walls };
        let starts = (0..text.len()).filter(|at| {
            self.marks.get(*at) == Some(&Mark::Free)
                && (hits.get(*at).is_some_and(|it| !it.is_empty()) || begins(&text, &self.marks, *at))
        });
        let mut found = best_chains(&finder, starts);
        let ends: Vec<usize> = found.iter().map(|(chain, _)| chain.to).collect();
        for (chain, resolution) in &mut found {
            if let Some((more, better)) = repaired_to_the_left(&finder, chain, resolution) {
                (*chain, *resolution) = (more, better);
            }
            let before = text.slice(chain.from.saturating_sub(10), chain.from);
            if says_new(&before) {
                resolution.score += 30;
            } else if says_old(&before) {
                resolution.score -= 60;
            }
            // 医学院北区 is no 北区: one level in the midst of words.
            let glued = chain.from.checked_sub(1).is_some_and(|at| {
                !walls.get(at).copied().unwrap_or(true) && text.at(at).is_some_and(of_letters)
            });
            // 城固县洋县: two of them.
            let behind_another =
                ends.contains(&chain.from) && text.at(chain.to.saturating_sub(1)) == Some('县');
            if glued && chain.levels() == 1 && !behind_another {
                resolution.score -= if chain.to - chain.from <= 2 { 60 } else { 15 };
            }
            let behind = text.slice(chain.to, chain.to + 9);
            if ["不对", "发错", "写错", "错了"].iter().any(|word| behind.contains(word)) {
                resolution.score -= 60;
            }
        }
        // 金水店子村: a short name alone that goes on with anything but its own town.
        let begins_another = |(chain, it): &(Chain, Resolution)| {
            chain.levels() == 1
                && chain.county.is_some()
                && chain.ends_short()
                && it.town.is_none()
                && text.at(chain.to).is_some_and(of_letters)
        };
        found.retain(|it| it.1.score > HOPELESS && !begins_another(it));
        let best = found.iter().map(|it| it.1.score).max();
        let place = found.iter().position(|it| Some(it.1.score) == best);
        if let Some(place) = place {
            let (mut chain, mut resolution) = found.swap_remove(place);
            found.sort_by_key(|it| it.0.from);
            self.upper_elsewhere(&finder, &mut chain, &mut resolution, &mut found);
            self.other = self.second(&finder, &mut chain, &mut resolution, found);
            self.chain = Some((chain, resolution));
        }
        self.text = text;
    }
}

/// Whether an address can begin at a place that no name of a division begins at: where a field begins.
fn begins(text: &Text, marks: &[Mark], at: usize) -> bool {
    let Some(c) = text.at(at) else { return false };
    if !('\u{4e00}'..='\u{9fff}').contains(&c) {
        return false;
    }
    let Some(before) = at.checked_sub(1) else { return true };
    marks.get(before) != Some(&Mark::Free) || text.at(before).is_some_and(|c| !of_words(c))
}
