//! Words by their sound: whoever writes 消冠 for 销冠 wants it to be read aloud, and no list of spellings is ever complete.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use pinyin::ToPinyin;

use super::context::Span;
use super::fold::{Folded, Gap, HAN};
use super::segment::Segmenter;

/// The first of the characters that stand for a syllable; they take as many bytes as those that they stand for.
const SYLLABLES: u32 = 0xE000;
/// Shortest word that is known by its sound alone. Two syllables say too many things, so the pack names those.
const CHARS_MIN: usize = 3;

/// A word as it is written, and the rule that it belongs to.
struct Heard {
    rule: usize,
    written: Vec<char>,
}

/// Finds words that are written with characters of the same sound.
pub(super) struct Sounds {
    syllables: Box<[u16]>,
    automaton: AhoCorasick,
    heard: Vec<Vec<Heard>>,
    /// Characters that stand for no other.
    unheard: String,
}

impl Sounds {
    /// Of words with their rules; those of two characters only when `short` names them.
    ///
    /// # Errors
    /// If the automaton gets too large.
    pub fn new<'a>(
        words: impl Iterator<Item = (&'a str, usize)>,
        short: &[String],
        unheard: &str,
    ) -> Result<Self, aho_corasick::BuildError> {
        let syllables = syllables();
        let mut patterns: BTreeMap<String, Vec<Heard>> = BTreeMap::new();
        for (word, rule) in words {
            let written: Vec<char> = word.chars().collect();
            let long = written.len() >= CHARS_MIN || short.iter().any(|short| short == word);
            if long && written.iter().all(|c| syllable(&syllables, *c).is_some()) {
                patterns.entry(said(&syllables, word)).or_default().push(Heard { rule, written });
            }
        }
        let (texts, heard): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        let automaton = AhoCorasick::builder().build(texts)?;
        Ok(Self { automaton, syllables, heard, unheard: unheard.to_owned() })
    }

    /// The number of a character's syllable, or 0.
    pub fn number(&self, c: char) -> u32 {
        syllable(&self.syllables, c).map_or(0, |syllable| syllable as u32)
    }

    /// What sounds like a word and is written otherwise, and the rule of that word.
    pub fn find(&self, folded: &Folded, segmenter: &Segmenter) -> Vec<(Span, usize)> {
        let mut found = Vec::new();
        for sound in self.automaton.find_overlapping_iter(&said(&self.syllables, &folded.text)) {
            let span = Span { from: folded.piece_at(sound.start()), to: folded.piece_at(sound.end()) };
            for heard in self.heard.get(sound.pattern().as_usize()).into_iter().flatten() {
                let changed: Vec<usize> = (span.from..span.to)
                    .zip(&heard.written)
                    .filter(|(piece, c)| folded.pieces.get(*piece).is_some_and(|piece| piece.c != **c))
                    .map(|(piece, _)| piece)
                    .collect();
                let word = |piece: &usize| {
                    folded.pieces.get(*piece).is_some_and(|piece| self.unheard.contains(piece.c))
                };
                let hidden = !changed.is_empty() && changed.len() * 2 <= heard.written.len();
                if hidden
                    && !changed.iter().any(word)
                    && (span.from + 1..span.to).all(|piece| folded.gap(piece) <= Gap::Soft)
                    && segmenter.stand_alone(folded, span, &changed)
                {
                    found.push((span, heard.rule));
                }
            }
        }
        found
    }
}

/// The number of the syllable of each character, and none for those that have none.
fn syllables() -> Box<[u16]> {
    let mut known: BTreeMap<&'static str, u16> = BTreeMap::new();
    HAN.map(|code| {
        let sound = char::from_u32(code).and_then(|c| c.to_pinyin());
        sound.map_or(0, |sound| {
            let next = known.len() as u16 + 1;
            *known.entry(sound.plain()).or_insert(next)
        })
    })
    .collect()
}

fn syllable(syllables: &[u16], c: char) -> Option<char> {
    let index = (c as u32).checked_sub(HAN.start)?;
    let number = *syllables.get(index as usize)?;
    (number > 0).then(|| char::from_u32(SYLLABLES + u32::from(number))).flatten()
}

/// A text with its syllables for its characters; every character takes the bytes that it took.
fn said(syllables: &[u16], text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    said.extend(text.chars().map(|c| syllable(syllables, c).unwrap_or(c)));
    said
}

/// The syllable of a character in letters.
pub(super) fn letters(c: char) -> Option<&'static str> {
    c.to_pinyin().map(|sound| sound.plain()).filter(|sound| sound.is_ascii())
}
