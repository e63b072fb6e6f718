//! A text as a bag of numbered features: pieces of words, and how they sound.
//!
//! Characters carry more than words in comments of seven characters (a dictionary cuts 起不起球 badly), and homophones are
//! caught by the sound. Features are hashes, so that no vocabulary has to be kept; two that collide share a weight.

use std::hash::{Hash, Hasher};

use pinyin::ToPinyin;
use rustc_hash::FxHasher;

use crate::attributes::{Attributes, Kind};
use crate::normalise::Normalised;

/// Longest text that is taken apart, in characters.
const CHARS_MAX: usize = 64;

/// What a feature is made of; part of its hash.
#[derive(Clone, Copy, Hash)]
#[repr(u8)]
enum Piece {
    One,
    Two,
    Three,
    /// Two with one left out between them: 起_起, 起_球.
    Apart,
    /// Two as they sound.
    Sound,
}

/// How much each kind of piece weighs beside the others.
const WEIGHTS: [f32; 5] = [0.6, 1.0, 0.7, 0.6, 0.7];

/// A feature of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feature {
    /// Its number.
    pub id: u32,
    /// What it weighs before it is known how common it is.
    pub weight: f32,
}

/// The text with short forms written out, and one sign for each thing that was named: 4号链接偏大吗 becomes ⟨link⟩偏大吗.
pub fn masked(text: &Normalised, attributes: &Attributes) -> String {
    let mut masked = String::with_capacity(text.text.len());
    let mut rest = Normalised::default();
    let mut places = attributes.places.iter().peekable();
    let flush = |rest: &mut Normalised, masked: &mut String| {
        masked.push_str(&rest.written_out().text);
        *rest = Normalised::default();
    };
    for ((at, c), origin) in text.text.char_indices().zip(&text.origins) {
        while places.next_if(|place| place.to <= at).is_some() {}
        match places.peek() {
            Some(place) if place.from == at => {
                flush(&mut rest, &mut masked);
                masked.push(sign(place.kind));
            }
            Some(place) if place.from < at => {}
            _ => {
                rest.text.push(c);
                rest.origins.push(*origin);
            }
        }
    }
    flush(&mut rest, &mut masked);
    masked
}

/// A character that stands for what was named.
fn sign(kind: Kind) -> char {
    match kind {
        Kind::Link => '\u{E000}',
        Kind::Colour => '\u{E001}',
        Kind::Size => '\u{E002}',
        Kind::Height => '\u{E003}',
        Kind::Weight => '\u{E004}',
    }
}

/// The features of a text as [`masked`] gives it, each once, in the order of their numbers.
pub fn features(masked: &str) -> Vec<Feature> {
    let mut characters: Vec<char> = vec!['^'];
    characters.extend(masked.chars().filter(|c| !is_mark(*c)).take(CHARS_MAX));
    characters.push('$');
    let mut found: Vec<Feature> = Vec::with_capacity(characters.len() * 5);
    let mut add = |piece: Piece, of: &[char]| {
        let weight = WEIGHTS.get(piece as usize).copied().unwrap_or(1.0);
        found.push(Feature { id: hash(&(piece, of)), weight });
    };
    let inner = characters.get(1..characters.len() - 1).unwrap_or_default();
    inner.iter().for_each(|c| add(Piece::One, &[*c]));
    characters.windows(2).for_each(|two| add(Piece::Two, two));
    characters.windows(3).for_each(|three| add(Piece::Three, three));
    for three in inner.windows(3) {
        if let [first, _, last] = three {
            add(Piece::Apart, &[*first, *last]);
        }
    }
    let sounds: Vec<&str> = inner.iter().map(|c| c.to_pinyin().map_or("", |sound| sound.plain())).collect();
    for two in sounds.windows(2).filter(|two| two.iter().all(|sound| !sound.is_empty())) {
        let weight = WEIGHTS.get(Piece::Sound as usize).copied().unwrap_or(1.0);
        found.push(Feature { id: hash(&(Piece::Sound, two)), weight });
    }
    found.sort_unstable_by_key(|feature| feature.id);
    found.dedup_by_key(|feature| feature.id);
    found
}

/// Single characters and pairs, each as often as it occurs.
pub fn grams(masked: &str) -> Vec<Feature> {
    let characters: Vec<char> = masked.chars().filter(|c| !is_mark(*c)).take(CHARS_MAX).collect();
    let gram = |piece: Piece, of: &[char]| {
        let weight = WEIGHTS.get(piece as usize).copied().unwrap_or(1.0);
        Feature { id: hash(&(piece, of)), weight }
    };
    let ones = characters.iter().map(|c| gram(Piece::One, &[*c]));
    ones.chain(characters.windows(2).map(|two| gram(Piece::Two, two))).collect()
}

/// The pieces of a part of a text, whose ends say nothing.
pub fn pieces(part: &str) -> Vec<Feature> {
    let characters: Vec<char> = part.chars().filter(|c| !is_mark(*c)).take(CHARS_MAX).collect();
    let mut found = Vec::with_capacity(characters.len() * 4);
    let mut add = |piece: Piece, of: &[char]| {
        let weight = WEIGHTS.get(piece as usize).copied().unwrap_or(1.0);
        found.push(Feature { id: hash(&(piece, of)), weight });
    };
    characters.iter().for_each(|c| add(Piece::One, &[*c]));
    characters.windows(2).for_each(|two| add(Piece::Two, two));
    let sounds: Vec<&str> =
        characters.iter().map(|c| c.to_pinyin().map_or("", |sound| sound.plain())).collect();
    for two in sounds.windows(2).filter(|two| two.iter().all(|sound| !sound.is_empty())) {
        let weight = WEIGHTS.get(Piece::Sound as usize).copied().unwrap_or(1.0);
        found.push(Feature { id: hash(&(Piece::Sound, two)), weight });
    }
    found
}

/// Marks say little in comments, but for a question mark.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '，' | ','
            | '。'
            | '.'
            | '！'
            | '!'
            | '、'
            | '~'
            | '～'
            | '…'
            | '“'
            | '”'
            | '"'
            | '\''
            | '：'
            | ':'
            | '；'
            | ';'
            | '（'
            | '）'
            | '('
            | ')'
            | '-'
            | '_'
            | '/'
            | '？'
    )
}

/// The number of a feature that is made of this.
pub(crate) fn hash(value: &impl Hash) -> u32 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::read;

    fn mask(text: &str) -> String {
        let text = read(text);
        masked(&text, &Attributes::of(&text))
    }

    #[test]
    fn what_is_named_becomes_one_sign() {
        assert_eq!(mask("4号链接偏大吗"), "\u{E000}偏大吗");
        assert_eq!(mask("160 110穿啥"), "\u{E003}/\u{E004}穿什么");
        assert_eq!(mask("红色M有货咩"), "\u{E001}\u{E002}有货吗");
    }

    #[test]
    fn homophones_share_the_sound() {
        let of = |text: &str| features(text).into_iter().map(|feature| feature.id).collect::<Vec<_>>();
        let (right, wrong) = (of("包邮吗"), of("包油吗"));
        assert!(right.iter().filter(|id| wrong.contains(id)).count() >= 4);
        assert_eq!(of(""), of("，"));
    }
}
