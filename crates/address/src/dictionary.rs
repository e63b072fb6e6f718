//! Words that are looked for all at once: one pass over the text, however many they are.

use daachorse::CharwiseDoubleArrayAhoCorasick;
use rustc_hash::FxHashSet;

/// Some words.
pub(crate) struct Dictionary(Option<CharwiseDoubleArrayAhoCorasick<u32>>);

impl Dictionary {
    /// Takes words in; twice the same is no more.
    pub fn new(words: impl IntoIterator<Item = &'static str>) -> Dictionary {
        let words: FxHashSet<&str> = words.into_iter().collect();
        Dictionary(CharwiseDoubleArrayAhoCorasick::new(words).ok())
    }

    /// Whether one of them stands in a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|words| words.find_iter(text).next().is_some())
    }

    /// Where they stand in a text, in bytes, by where they end.
    pub fn spans(&self, text: &str) -> impl Iterator<Item = (usize, usize)> {
        self.0
            .iter()
            .flat_map(move |words| words.find_overlapping_iter(text))
            .map(|found| (found.start(), found.end()))
    }
}

/// Whether a character belongs to a word; as [`char::is_alphanumeric`], which has to look most of ours up.
pub(crate) fn of_words(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric()
}

/// Whether it is a letter or a Chinese character.
pub(crate) fn of_letters(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphabetic()
}
