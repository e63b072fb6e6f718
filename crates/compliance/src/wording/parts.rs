//! Words in two parts with others between them: 法令纹 … 抹平. Neither part says anything alone.

use aho_corasick::{AhoCorasick, BuildError};

use super::context::{Span, stretch_after};
use super::fold::{Folded, Gap};
use super::linter::Denials;
use super::said::small;

/// How far the second part may stand behind the first if the pack says nothing, in characters.
pub(super) const APART_CHARS: usize = 8;

/// The second parts of a word.
pub(super) struct Parts {
    automaton: AhoCorasick,
    /// Characters of the longest.
    longest: usize,
    /// How far behind the first part they may stand, in characters.
    apart: usize,
    /// The gap that they must not cross.
    reach: Gap,
}

impl Parts {
    /// # Errors
    /// If the automaton gets too large.
    pub fn new(parts: &[String], apart: Option<usize>, reach: Gap) -> Result<Self, BuildError> {
        Ok(Self {
            automaton: small(parts)?,
            longest: parts.iter().map(|part| part.chars().count()).max().unwrap_or(0),
            apart: apart.unwrap_or(APART_CHARS),
            reach,
        })
    }

    /// From the first part to the end of the second, unless something between them denies it.
    pub fn completed(&self, folded: &Folded, span: Span, denials: &Denials) -> Option<Span> {
        let to = stretch_after(folded, span.to, self.apart + self.longest, self.reach);
        let after = folded.slice(span.to, to);
        let begin = folded.byte_of(span.to);
        self.automaton.find_overlapping_iter(after).find_map(|part| {
            let between = after.get(..part.start())?;
            (between.chars().count() <= self.apart && !denials.are_in(between))
                .then(|| Span { from: span.from, to: folded.piece_at(begin + part.end()) })
        })
    }
}
