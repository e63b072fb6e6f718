//! Where the words of a sentence begin and end, by the dictionary of jieba.

use jieba_rs::Jieba;

use super::context::Span;
use super::fold::{Folded, Gap};

/// How much of the sentence is cut, on each side of a hit, in characters.
const AROUND_CHARS: usize = 10;

/// Cuts sentences into words.
pub(super) struct Segmenter {
    jieba: Jieba,
}

impl Segmenter {
    /// A segmenter that also knows the words of a pack.
    pub fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut jieba = Jieba::new();
        for word in words {
            jieba.add_word(word, None, None);
        }
        Self { jieba }
    }

    /// Whether each of some characters is no part of a longer word: then it only stands for another of its sound.
    pub fn stand_alone(&self, folded: &Folded, span: Span, pieces: &[usize]) -> bool {
        let (mut begin, words) = self.words_around(folded, span);
        for length in words {
            let word = Span { from: begin, to: begin + length };
            if length > 1 && pieces.iter().any(|piece| (word.from..word.to).contains(piece)) {
                return false;
            }
            begin = word.to;
        }
        true
    }

    /// Whether a hit only lies across other words: the 开光 of 打开 and 光.
    pub fn lies_across(&self, folded: &Folded, span: Span) -> bool {
        if (span.from + 1..span.to).any(|piece| folded.gap(piece) > Gap::None) {
            return false;
        }
        let (mut begin, words) = self.words_around(folded, span);
        for length in words {
            let end = begin + length;
            let word = Span { from: begin, to: end };
            if word.overlaps(span) && !word.contains(span) && !span.contains(word) {
                return true;
            }
            begin = end;
        }
        false
    }

    /// Where the run of characters around a hit begins that is cut, and the lengths of its words.
    fn words_around(&self, folded: &Folded, span: Span) -> (usize, Vec<usize>) {
        let mut from = span.from;
        while from > 0 && span.from - from < AROUND_CHARS && folded.gap(from) == Gap::None {
            from -= 1;
        }
        let mut to = span.to;
        while to < folded.pieces.len() && to - span.to < AROUND_CHARS && folded.gap(to) == Gap::None {
            to += 1;
        }
        let words = self.jieba.cut(folded.slice(from, to), false);
        (from, words.iter().map(|word| word.word.chars().count()).collect())
    }
}
