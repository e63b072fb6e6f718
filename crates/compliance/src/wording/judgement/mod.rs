//! What a sentence means as a whole, beside the words that stand in it: 我舅舅天天吃这个，现在药都停了 has no word of any list.
//!
//! A small linear model over pieces of characters ([`linear`], [`features`]), trained from labelled sentences in `training/`
//! ([`training`]). It does two things. It drops a word that was found where the sentence as a whole is innocent, unless the
//! pack calls that word plain; and it adds a hit where no word was found and the sentence reads like one of the pack's
//! categories, with the piece of the sentence that weighed most. What it adds is never more serious than
//! [`Level::Warn`]: it asks for a second look and forbids nothing.

mod features;
mod linear;
mod training;

use std::sync::{Arc, LazyLock};

use livehand_kernel::Phrase;

use self::features::{Sentence, sentences};
pub(crate) use self::linear::Linear;
use super::check::{Context, Found, Hit};
use super::codes::Level;
use super::context::Span;
use super::fold::{Folded, HAN};
use super::linter::Linter;
use super::pack::{Category, Thresholds};

pub use training::{Labelled, train};

/// Made from `training/` by the example `wording_model`.
const FILE: &[u8] = include_bytes!("../../../model/wording.bin");

/// How far a category may score below the highest and still be told.
const RATIO: f32 = 1.0;
/// Most categories that are told of a sentence.
const TOLD_MAX: usize = 2;
/// A shorter sentence says too little to be judged, in characters without marks; it may be half typed.
const JUDGED_CHARS_MIN: usize = 10;
/// Longest piece that is shown of a sentence, in characters.
const SHOWN_CHARS: usize = 12;

/// What speaks for a sentence being risky: a constant, the scores of the model together, whether a word was found, whether it
/// is of the category that the model holds for the likeliest, and the score of the word's category. Found by logistic
/// regression on sentences that neither the rules nor the model had seen.
const TRUST: [f32; 5] = [-1.3, 1.6, 3.2, 1.6, 0.7];

/// The model that comes with the program; nothing if its file is damaged, which a test rules out.
pub(super) fn built_in() -> Option<Arc<Linear>> {
    static MODEL: LazyLock<Option<Arc<Linear>>> = LazyLock::new(|| open(FILE));
    MODEL.clone()
}

/// A model from its file.
pub(super) fn open(bytes: &[u8]) -> Option<Arc<Linear>> {
    postcard::from_bytes::<linear::Kept>(bytes).ok()?.open().map(Arc::new)
}

/// A model with what a pack lets it decide.
pub(super) struct Judge {
    model: Arc<Linear>,
    thresholds: Thresholds,
}

/// A sentence as the model sees it.
struct Seen {
    sentence: Sentence,
    /// The score of each category, over that of being innocent.
    scores: Vec<f32>,
}

impl Judge {
    pub fn new(model: Arc<Linear>, thresholds: Thresholds) -> Self {
        Self { model, thresholds }
    }

    /// The hits of a text after its sentences were judged.
    pub fn judged(
        &self,
        linter: &Linter,
        text: &str,
        folded: &Folded,
        found: Vec<Found>,
        context: &Context,
    ) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(found.len());
        let mut found = found.into_iter().peekable();
        for span in sentences(folded) {
            let end = folded.pieces.get(span.to).map_or(u32::MAX, |piece| piece.start);
            let mut here = Vec::new();
            while let Some(one) = found.next_if(|one| (one.hit.start as u64) < u64::from(end)) {
                here.push(one);
            }
            if !can_be_judged(folded, span) {
                hits.extend(here.into_iter().map(|one| one.hit));
                continue;
            }
            let seen = self.see(linter, folded, span, &here, context);
            let risk = probability(&seen.signs(&self.model, &here)) * 100.0;
            if risk < f32::from(self.thresholds.keep) {
                here.retain(|one| self.is_plain(&one.hit));
            }
            let mut here: Vec<Hit> = here.into_iter().map(|one| one.hit).collect();
            if risk >= f32::from(self.thresholds.add) {
                self.add(linter, text, folded, &seen, &mut here, context);
            }
            hits.extend(here);
        }
        hits.extend(found.map(|one| one.hit));
        hits
    }

    /// Whether the model has nothing to say against a hit.
    fn is_plain(&self, hit: &Hit) -> bool {
        self.thresholds.plain.contains(&hit.word) || !self.model.categories.contains(&hit.category)
    }

    fn see(&self, linter: &Linter, folded: &Folded, span: Span, found: &[Found], context: &Context) -> Seen {
        let sentence = Sentence::of(folded, span, &disguised(linter, folded, found));
        let mut rows = Vec::with_capacity(sentence.chars.len() * 5);
        sentence.features(&linter.sounds, context.place, context.category, |feature| {
            rows.extend(self.model.row(feature.id));
        });
        rows.sort_unstable();
        rows.dedup();
        let scores = self.model.scores(&rows);
        Seen { sentence, scores }
    }

    /// Adds what the sentence reads like and no rule has found.
    fn add(
        &self,
        linter: &Linter,
        text: &str,
        folded: &Folded,
        seen: &Seen,
        hits: &mut Vec<Hit>,
        context: &Context,
    ) {
        let mut order: Vec<(usize, f32)> = seen.scores.iter().copied().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let most = order.first().map_or(0.0, |(_, score)| *score);
        for (index, score) in order.into_iter().take(TOLD_MAX) {
            let Some(code) = self.model.categories.get(index) else { continue };
            let category = linter.pack.content.categories.iter().find(|category| category.code == *code);
            let Some(category) = category.filter(|category| category.holds(context)) else { continue };
            if score < most - RATIO || hits.iter().any(|hit| hit.category == *code) {
                continue;
            }
            let taken: Vec<(usize, usize)> = hits.iter().map(|hit| (hit.start, hit.end)).collect();
            let weighed = self.heaviest(linter, folded, seen, index, &taken, context);
            hits.extend(weighed.and_then(|span| added(text, folded, span, category)));
        }
        hits.sort_by_key(|hit| hit.start);
    }

    /// The piece of a sentence that speaks most for a category, beside what was found already.
    fn heaviest(
        &self,
        linter: &Linter,
        folded: &Folded,
        seen: &Seen,
        category: usize,
        taken: &[(usize, usize)],
        context: &Context,
    ) -> Option<Span> {
        let sentence = &seen.sentence;
        let mut shares = vec![0.0_f32; sentence.chars.len()];
        sentence.features(&linter.sounds, context.place, context.category, |feature| {
            let Some(row) = self.model.row(feature.id) else { return };
            let share = self.model.share(row, category) / (feature.to - feature.from).max(1) as f32;
            shares.iter_mut().take(feature.to).skip(feature.from).for_each(|sum| *sum += share);
        });
        let place = |at: usize| {
            let piece = folded.pieces.get(*sentence.pieces.get(at)?)?;
            sentence.chars.get(at).filter(|c| c.is_alphanumeric()).map(|_| piece)
        };
        let free = |at: usize| {
            place(at).is_some_and(|piece| {
                taken.iter().all(|(from, to)| piece.end as usize <= *from || *to <= piece.start as usize)
            })
        };
        let mut best: Option<(f32, usize, usize)> = None;
        for from in 0..shares.len() {
            let mut sum = 0.0;
            for to in from..shares.len().min(from + SHOWN_CHARS) {
                if !free(from) || (place(to).is_some() && !free(to)) {
                    break;
                }
                sum += shares.get(to).copied().unwrap_or(0.0);
                if to > from && place(to).is_some() && best.is_none_or(|(most, ..)| sum > most) {
                    best = Some((sum, from, to));
                }
            }
        }
        let (_, from, to) = best?;
        Some(Span { from: *sentence.pieces.get(from)?, to: sentence.pieces.get(to)? + 1 })
    }
}

impl Seen {
    /// What speaks for it being risky.
    fn signs(&self, model: &Linear, found: &[Found]) -> [f32; 5] {
        let together = libm::logf(self.scores.iter().map(|score| libm::expf(*score)).sum::<f32>());
        let most = self.scores.iter().copied().fold(f32::MIN, f32::max);
        let of = |found: &Found| {
            let index = model.categories.iter().position(|code| *code == found.hit.category)?;
            self.scores.get(index).copied()
        };
        let own = found.iter().filter_map(of).fold(f32::MIN, f32::max);
        let has = !found.is_empty();
        let sign = |is: bool| f32::from(u8::from(is));
        [1.0, together, sign(has), sign(has && own >= most), if own > f32::MIN { own } else { 0.0 }]
    }
}

/// Whether a sentence is long enough, and Chinese.
fn can_be_judged(folded: &Folded, span: Span) -> bool {
    let length = span.to - span.from;
    let pieces = folded.pieces.get(span.from..span.to).unwrap_or_default();
    let chinese = pieces.iter().filter(|piece| HAN.contains(&(piece.c as u32))).count();
    length >= JUDGED_CHARS_MIN && chinese * 2 >= length
}

/// How probable it is that a sentence is risky, 0 to 1.
fn probability(signs: &[f32; 5]) -> f32 {
    let sum: f32 = signs.iter().zip(TRUST).map(|(sign, weight)| sign * weight).sum();
    1.0 / (1.0 + libm::expf(-sum))
}

/// Where words are disguised, and those words.
fn disguised(linter: &Linter, folded: &Folded, found: &[Found]) -> Vec<(Span, String)> {
    let piece = |byte: usize| folded.pieces.partition_point(|piece| (piece.start as usize) < byte);
    let hidden = found.iter().filter(|one| one.disguise);
    hidden
        .map(|one| {
            let span = Span { from: piece(one.hit.start), to: piece(one.hit.end) };
            (span, linter.folding.word(&one.hit.word))
        })
        .collect()
}

/// A hit of a category without a word of a rule.
fn added(text: &str, folded: &Folded, span: Span, category: &Category) -> Option<Hit> {
    let start = folded.pieces.get(span.from)?.start as usize;
    let end = folded.pieces.get(span.to.checked_sub(1)?)?.end as usize;
    let found = text.get(start..end)?.to_owned();
    let start_char = text.get(..start)?.chars().count();
    let shown = livehand_kernel::display_text(&found);
    let (name, why) = (&category.name, &category.why);
    Some(Hit {
        start,
        end,
        start_char,
        end_char: start_char + found.chars().count(),
        word: shown.clone(),
        category: category.code.clone(),
        category_name: name.phrase(),
        level: category.level.min(Level::Warn),
        passes: false,
        basis: category.basis.phrase(),
        suggestions: category.suggestions.clone(),
        why: Phrase::new(
            format!("The sentence reads as “{}”, most of all “{shown}”: {}", name.en, why.en),
            format!("整句读起来属于“{}”，尤其是“{shown}”：{}", name.zh, why.zh),
        ),
        found,
    })
}
