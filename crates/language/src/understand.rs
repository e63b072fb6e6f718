//! From a comment to what the desk needs: what is wanted, what is named, which entries answer it, and how sure that is.

use livehand_kernel::Phrase;

use crate::attributes::Attributes;
use crate::concepts::Words;
use crate::features::masked;
use crate::matcher::{Asked, Candidate, Matcher};
use crate::model::{Model, trust_signs};
use crate::normalise::read;
use crate::reading::Reading;

/// Candidates that are handed on.
const CANDIDATES_MAX: usize = 10;

/// From here on an answer may go out by itself: the highest at which half of what any of seven writers asks is answered, each
/// judged by what was learned from the others (`examples/judge.rs`).
pub const AUTO_FROM: f32 = 0.97;

/// How often answers were right from a trust on, on comments that the model has not learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// From this trust on, in thousandths.
    pub trust_permille: u32,
    /// Of the answers that would have gone out, so many of a thousand were right.
    pub precision_permille: u32,
    /// Of the comments that an entry answers, so many of a thousand would have been answered right.
    pub coverage_permille: u32,
}

/// What was measured on 2,731 comments of seven writers, each judged by what was learned from the others, and rounded down
/// (`examples/judge.rs`). Writers differ: from 0.97 on, 51 % of what one asked is answered and 65 % of what another did.
pub const MEASURED: &[Measured] = &[
    Measured { trust_permille: 900, precision_permille: 980, coverage_permille: 730 },
    Measured { trust_permille: 940, precision_permille: 985, coverage_permille: 690 },
    Measured { trust_permille: 950, precision_permille: 987, coverage_permille: 660 },
    Measured { trust_permille: 970, precision_permille: 989, coverage_permille: 580 },
];

/// A library of entries, ready to answer.
pub struct Library {
    matcher: Matcher,
}

/// What is known of a comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// Link number, colours, sizes, height and weight.
    pub attributes: Attributes,
    /// What the writer wants.
    pub reading: Reading,
    /// Entries that may answer it, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// How probable it is that the first one is right, 0 to 1.
    pub trust: f32,
}

impl Library {
    /// Makes entries ready; each hangs on the concepts that it names, or on those that its question asks for.
    pub fn new(entries: Vec<Asked>, model: &Model) -> Self {
        Self { matcher: Matcher::new(entries, &model.concepts, model.ranking) }
    }

    /// The entries.
    pub fn entries(&self) -> &[Asked] {
        &self.matcher.entries
    }

    /// What speaks for a candidate and how much, the strongest first; together it is the score.
    pub fn why(&self, candidate: &Candidate) -> Vec<(Phrase, f32)> {
        self.matcher.why(candidate)
    }

    /// Understands a comment; `goods` is the kind of the item on stage, if known.
    pub fn understand(&self, text: &str, goods: Option<&str>, model: &Model) -> Understood {
        let normalised = read(text);
        let attributes = Attributes::of(&normalised);
        let masked = masked(&normalised, &attributes);
        let words = Words::of_masked(&masked);
        let reading = model.reader.read(&masked, &words.features);
        let mut candidates = self.matcher.find(&words, goods, &model.concepts);
        let trust = model.trust.of(&trust_signs(&candidates, &reading, text));
        candidates.truncate(CANDIDATES_MAX);
        Understood { attributes, reading, candidates, trust }
    }
}
