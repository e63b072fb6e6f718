//! Checking a text: what is found, how serious it is, and why.

use livehand_kernel::{Millis, Phrase};

use super::codes::{Goods, Level, Place};
use super::context::{
    Span, counts_here, has_borders, is_excused, is_in_phrase, is_innocent_here, is_one_word, is_shrugged_off,
    within_clause,
};
use super::fold::{Folded, Gap};
use super::linter::{Entry, Linter, Meaning, Rule};

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// Where it will stand.
    pub place: Place,
    /// What it is about; unknown goods are judged by every rule.
    pub category: Option<Goods>,
    /// When: rules have a first and a last day.
    pub at: Millis,
    /// Whether there is evidence for what it says.
    pub evidence: bool,
}

/// A wording that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// First byte in the original text.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// First character in the original text.
    pub start_char: usize,
    /// The character after the last.
    pub end_char: usize,
    /// As it stands there.
    pub found: String,
    /// The wording of the rule.
    pub word: String,
    /// Code of its category.
    pub category: String,
    /// Name of its category.
    pub category_name: Phrase,
    /// How serious it is.
    pub level: Level,
    /// Whether evidence lets it pass.
    pub passes: bool,
    /// The rule of law.
    pub basis: Phrase,
    /// What could be said instead.
    pub suggestions: Vec<String>,
    /// Why, in one sentence.
    pub why: Phrase,
}

/// What was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// In the order of the text.
    pub hits: Vec<Hit>,
    /// The most serious of those that do not pass; nothing if all is well.
    pub level: Option<Level>,
    /// Says so when nobody has looked at the rules for too long.
    pub stale: Option<Phrase>,
}

impl Verdict {
    /// Whether the text must not be published.
    pub fn blocks(&self) -> bool {
        self.level == Some(Level::Block)
    }
}

/// A hit of a rule.
pub(super) struct Found {
    pub hit: Hit,
    /// Whether it is written otherwise than the word.
    pub disguise: bool,
}

/// A word that may be a hit.
#[derive(Clone, Copy)]
struct Candidate {
    span: Span,
    rule: usize,
    disguise: bool,
}

/// An innocent phrase, with the part of it that would be a word.
struct Innocent {
    span: Span,
    core: Option<Span>,
}

impl Innocent {
    /// Whether the hit is that innocent phrase, or cut out of it.
    fn covers(&self, hit: Span) -> bool {
        match self.core {
            None => self.span.contains(hit),
            Some(core) => {
                (self.span.contains(hit) && core.overlaps(hit))
                    || (hit.contains(core) && !hit.contains(self.span))
            }
        }
    }
}

/// Longest word or innocent phrase with what is around it, in characters of the folded text.
const SPAN_CHARS_MAX: usize = 64;
/// Digits of a mobile number on the mainland.
const MOBILE_DIGITS: usize = 11;

impl Linter {
    /// Checks a text.
    pub fn check(&self, text: &str, context: &Context) -> Verdict {
        let folded = self.folding.fold(text);
        let found = self.found(text, &folded, context);
        let hits = match &self.judge {
            Some(judge) => judge.judged(self, text, &folded, found, context),
            None => found.into_iter().map(|one| one.hit).collect(),
        };
        let level = hits.iter().filter(|hit| !hit.passes).map(|hit| hit.level).max();
        Verdict { hits, level, stale: self.pack.stale(context.at) }
    }

    /// What the rules find, in the order of the text.
    pub(super) fn found(&self, text: &str, folded: &Folded, context: &Context) -> Vec<Found> {
        let mut found = self.hits(text, folded, context);
        let (mut new, mut chars, mut byte) = (Vec::new(), 0, 0);
        for sentence in self.folding.sentences_with_pictures(text) {
            let Some(part) = text.get(sentence.clone()) else { continue };
            chars += text.get(byte..sentence.start).map_or(0, |between| between.chars().count());
            byte = sentence.start;
            for mut one in self.hits(part, &self.folding.without_pictures(part), context) {
                let hit = &mut one.hit;
                hit.start += byte;
                hit.end += byte;
                hit.start_char += chars;
                hit.end_char += chars;
                let known = found.partition_point(|known| known.hit.end <= hit.start);
                if found.get(known).is_none_or(|known| hit.end <= known.hit.start) {
                    new.push(one);
                }
            }
        }
        found.extend(new);
        found.sort_by_key(|one| one.hit.start);
        found
    }

    fn hits(&self, text: &str, folded: &Folded, context: &Context) -> Vec<Found> {
        let (mut candidates, innocent) = self.find(folded);
        candidates.extend(self.telephones(folded));
        let mut candidates: Vec<Candidate> = candidates
            .into_iter()
            .filter_map(|candidate| self.whole(folded, candidate, &innocent, context))
            .collect();
        // A word that is innocent takes along what lies in it: 招财 of a wished 招财进宝.
        candidates.sort_by_key(|candidate| candidate.span.from);
        let pardoned: Vec<Candidate> = candidates
            .iter()
            .copied()
            .filter(|candidate| self.is_pardoned(folded, *candidate, &innocent))
            .collect();
        candidates.retain(|candidate| {
            let longer = around(&pardoned, candidate.span, |longer| longer.span);
            !longer.iter().any(|longer| longer.span.contains(candidate.span))
        });
        // The longest of those that lie in one another says it all.
        candidates.sort_by_key(|candidate| {
            (candidate.span.from, usize::MAX - candidate.span.to, candidate.disguise, candidate.rule)
        });
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in candidates {
            if !kept.iter().rev().take(8).any(|longer| longer.span.contains(candidate.span)) {
                kept.push(candidate);
            }
        }
        let mut hits = Vec::with_capacity(kept.len());
        let (mut byte, mut chars) = (0, 0);
        for candidate in kept {
            let Some(rule) = self.rules.get(candidate.rule) else { continue };
            let Some(mut hit) = hit(text, folded, candidate.span, rule, context) else { continue };
            chars += text.get(byte..hit.start).map_or(0, |between| between.chars().count());
            byte = hit.start;
            hit.start_char = chars;
            hit.end_char = chars + hit.found.chars().count();
            hits.push(Found { hit, disguise: candidate.disguise });
        }
        hits
    }

    /// Everything that the automaton knows.
    fn find(&self, folded: &Folded) -> (Vec<Candidate>, Vec<Innocent>) {
        let (mut candidates, mut innocent) = (Vec::new(), Vec::new());
        for found in self.automaton.find_overlapping_iter(&folded.text) {
            let span = Span { from: folded.piece_at(found.start()), to: folded.piece_at(found.end()) };
            for meaning in self.meanings.get(found.pattern().as_usize()).into_iter().flatten() {
                match *meaning {
                    Meaning::Word { rule, disguise } => candidates.push(Candidate { span, rule, disguise }),
                    Meaning::Innocent { core } => {
                        let core = core.map(|(from, to)| Span {
                            from: folded.piece_at(found.start() + from),
                            to: folded.piece_at(found.start() + to),
                        });
                        if within_clause(folded, span) {
                            innocent.push(Innocent { span, core });
                        }
                    }
                }
            }
        }
        innocent.sort_by_key(|phrase: &Innocent| phrase.span.from);
        let heard = self.sounds.find(folded, &self.segmenter).into_iter();
        candidates.extend(heard.map(|(span, rule)| Candidate { span, rule, disguise: true }));
        (candidates, innocent)
    }

    /// A candidate that is a word, in two parts from the first to the second.
    fn whole(
        &self,
        folded: &Folded,
        candidate: Candidate,
        innocent: &[Innocent],
        context: &Context,
    ) -> Option<Candidate> {
        let rule = self.rules.get(candidate.rule)?;
        let Some(parts) = rule.entry.then.as_ref() else {
            return Some(candidate).filter(|one| self.is_word(folded, *one, context));
        };
        // What follows is looked for first: it seldom does.
        let span = parts.completed(folded, candidate.span, &self.denials)?;
        let near = around(innocent, candidate.span, |phrase| phrase.span);
        let begun = self.is_word(folded, candidate, context)
            && !is_in_phrase(folded, candidate.span, rule)
            && !near.iter().any(|phrase| phrase.covers(candidate.span));
        begun.then_some(Candidate { span, ..candidate })
    }

    /// Whether a candidate is a word of a rule that counts here. Whoever disguises a word knows what it says.
    fn is_word(&self, folded: &Folded, candidate: Candidate, context: &Context) -> bool {
        let Some(rule) = self.rules.get(candidate.rule) else { return false };
        let span = candidate.span;
        in_scope(rule, context)
            && has_borders(folded, span)
            && is_one_word(folded, span)
            && (candidate.disguise
                || (counts_here(folded, span, rule)
                    && (rule.entry.then.is_some() || !self.segmenter.lies_across(folded, span))))
    }

    /// Whether a word is innocent: as part of a phrase, by what stands beside it, or because it is denied.
    fn is_pardoned(&self, folded: &Folded, candidate: Candidate, innocent: &[Innocent]) -> bool {
        let Some(rule) = self.rules.get(candidate.rule) else { return false };
        let span = candidate.span;
        (!candidate.disguise && is_innocent_here(folded, span, rule))
            || around(innocent, span, |phrase| phrase.span).iter().any(|phrase| phrase.covers(span))
            || (rule.entry.then.is_none() && is_in_phrase(folded, span, rule))
            || is_shrugged_off(folded, span)
            || self.excuses.iter().any(|excuse| is_excused(folded, span, rule, excuse, &self.denials))
    }

    /// Mobile numbers, also with marks between their digits.
    fn telephones(&self, folded: &Folded) -> Vec<Candidate> {
        let mut found = Vec::new();
        let Some(rule) = self.telephone else { return found };
        let mut digits: Vec<usize> = Vec::new();
        let mut take = |digits: &mut Vec<usize>| {
            let at = |index: usize| {
                digits.get(index).and_then(|piece| folded.pieces.get(*piece)).map(|piece| piece.c)
            };
            let mobile =
                digits.len() == MOBILE_DIGITS && at(0) == Some('1') && matches!(at(1), Some('3'..='9'));
            if mobile && let (Some(from), Some(last)) = (digits.first(), digits.last()) {
                found.push(Candidate { span: Span { from: *from, to: last + 1 }, rule, disguise: true });
            }
            digits.clear();
        };
        for (index, piece) in folded.pieces.iter().enumerate() {
            if piece.c.is_ascii_digit() {
                if piece.gap >= Gap::Pause {
                    take(&mut digits);
                }
                digits.push(index);
            } else if piece.c != '.' {
                take(&mut digits);
            }
        }
        take(&mut digits);
        found
    }
}

/// Those of the spans, sorted by where they begin, that are close enough to overlap one.
fn around<T>(sorted: &[T], span: Span, of: impl Fn(&T) -> Span) -> &[T] {
    let from = sorted.partition_point(|one| of(one).from + SPAN_CHARS_MAX < span.from);
    let to = sorted.partition_point(|one| of(one).from < span.to);
    sorted.get(from..to).unwrap_or_default()
}

fn in_scope(rule: &Rule, context: &Context) -> bool {
    let goods = context.category;
    let rule = &rule.entry;
    rule.from.is_none_or(|from| from <= context.at)
        && rule.to.is_none_or(|to| context.at < to)
        && (rule.category.places.is_empty() || rule.category.places.contains(&context.place))
        && goods.is_none_or(|goods| {
            (rule.category.goods.is_empty() || rule.category.goods.contains(&goods))
                && !rule.word.not_goods.contains(&goods)
        })
}

fn hit(text: &str, folded: &Folded, span: Span, rule: &Rule, context: &Context) -> Option<Hit> {
    let start = folded.pieces.get(span.from)?.start as usize;
    let end = folded.pieces.get(span.to.checked_sub(1)?)?.end as usize;
    let found = text.get(start..end)?.to_owned();
    let Entry { word, category, .. } = rule.entry.as_ref();
    let for_goods = context.category.and_then(|goods| word.level_for.get(&goods).copied());
    let level = for_goods.or(word.level).unwrap_or(category.level);
    let suggestions = if word.suggestions.is_empty() { &category.suggestions } else { &word.suggestions };
    Some(Hit {
        start,
        end,
        start_char: 0,
        end_char: 0,
        why: why(&found, rule),
        found,
        word: rule.text.clone(),
        category: category.code.clone(),
        category_name: category.name.phrase(),
        level,
        passes: level == Level::Evidence && context.evidence,
        basis: category.basis.phrase(),
        suggestions: suggestions.clone(),
    })
}

/// One sentence: what was found, what it means, and why it is a rule.
fn why(found: &str, rule: &Rule) -> Phrase {
    let Entry { word, category, .. } = rule.entry.as_ref();
    let shown = livehand_kernel::display_text(found);
    let (en, zh) = if shown == rule.text || rule.entry.then.is_some() {
        (format!("“{shown}”"), format!("“{shown}”"))
    } else {
        (format!("“{shown}” reads as “{}”", rule.text), format!("“{shown}”等同“{}”", rule.text))
    };
    let why = word.why.as_ref().unwrap_or(&category.why);
    Phrase::new(format!("{en}: {}", why.en), format!("{zh}：{}", why.zh))
}
