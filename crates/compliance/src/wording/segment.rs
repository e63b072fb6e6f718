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

    /// Whether a hit only lies across other words: the 开光 of 打开 and 光.
    pub fn lies_across(&self, folded: &Folded, span: Span) -> bool {
        if (span.from + 1..span.to).any(|piece| folded.gap(piece) > Gap::None) {
            return false;
        }
        let mut from = span.from;
        while from > 0 && span.from - from < AROUND_CHARS && folded.gap(from) == Gap::None {
            from -= 1;
        }
        let mut to = span.to;
        while to < folded.pieces.len() && to - span.to < AROUND_CHARS && folded.gap(to) == Gap::None {
            to += 1;
        }
        let mut begin = from;
        for word in self.jieba.cut(folded.slice(from, to), false) {
            let end = begin + word.word.chars().count();
            let word = Span { from: begin, to: end };
            if word.overlaps(span) && !word.contains(span) && !span.contains(word) {
                return true;
            }
            begin = end;
        }
        false
    }
}
