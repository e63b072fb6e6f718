//! Texts that are looked for beside every candidate. Hardly one is ever there, so that is asked once for all of them.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

/// Texts that may be said.
pub(super) struct Said {
    texts: Vec<String>,
    any: AhoCorasick,
    /// Characters of the longest.
    pub longest: usize,
}

impl Said {
    /// # Errors
    /// If the automaton gets too large.
    pub fn new(texts: Vec<String>) -> Result<Self, BuildError> {
        let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        Ok(Self { any: small(&texts)?, texts, longest })
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether one of them is said as `fits` wants it; `fits` is asked only when one stands in `place` at all.
    pub fn fits(&self, place: &str, fits: impl FnMut(&String) -> bool) -> bool {
        self.any.is_match(place) && self.texts.iter().any(fits)
    }
}

/// One of hundreds of automata, each for the few characters beside a candidate: small rather than fast.
pub(super) fn small(texts: &[String]) -> Result<AhoCorasick, BuildError> {
    AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(texts)
}
