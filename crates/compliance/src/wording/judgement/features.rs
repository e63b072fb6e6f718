//! A sentence as a bag of numbered features: pieces of words, how they sound, and where they stand.
//!
//! They are taken from the folded text, where disguises are undone. Features are hashes, so that no vocabulary has to be
//! kept; two that collide share a weight.

use super::super::codes::{Goods, Place};
use super::super::context::Span;
use super::super::fold::{Folded, Gap};
use super::super::sounds::Sounds;

/// What a feature is made of; part of its hash.
#[derive(Clone, Copy)]
enum Kind {
    One = 1,
    Two,
    Three,
    /// Two with one left out between them: 根_治.
    Apart,
    /// Two as they sound.
    Sound,
    Place,
    Goods,
}

/// A feature and the characters of the sentence that it is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feature {
    pub id: u32,
    pub from: usize,
    pub to: usize,
}

/// The characters of a sentence with marks between them, and the piece of the folded text that each belongs to.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    pub chars: Vec<char>,
    pub pieces: Vec<usize>,
}

/// The beginning and the end of a sentence, and what may stand between two characters.
const BEGIN: char = '^';
const END: char = '$';
const ASKS: char = '?';
const CLOSES: char = '”';
const OPENS: char = '“';

impl Sentence {
    /// Reads some pieces of a text, with words in place of their disguises.
    pub fn of(folded: &Folded, span: Span, disguised: &[(Span, String)]) -> Self {
        let mut sentence = Self {
            chars: Vec::with_capacity(span.to - span.from + 16),
            pieces: Vec::with_capacity(span.to - span.from + 16),
        };
        sentence.push(BEGIN, span.from);
        let mut piece = span.from;
        while piece < span.to {
            sentence.marks_before(folded, piece, piece > span.from);
            let Some(read) = folded.pieces.get(piece) else { break };
            match disguised.iter().find(|(hidden, _)| hidden.from == piece) {
                Some((hidden, word)) => {
                    let last = hidden.to.max(piece + 1) - 1;
                    for (index, c) in word.chars().enumerate() {
                        sentence.push(c, (piece + index).min(last));
                    }
                    piece = last + 1;
                }
                None => {
                    sentence.push(read.c, piece);
                    piece += 1;
                }
            }
        }
        if folded.marks(span.to).asks {
            sentence.push(ASKS, span.to - 1);
        }
        sentence.push(END, span.to.max(1) - 1);
        sentence
    }

    fn push(&mut self, c: char, piece: usize) {
        self.chars.push(c);
        self.pieces.push(piece);
    }

    /// The marks before a piece; a sentence begins without a gap.
    fn marks_before(&mut self, folded: &Folded, piece: usize, inside: bool) {
        let marks = folded.marks(piece);
        if marks.asks && inside {
            self.push(ASKS, piece);
        }
        if marks.closes && inside {
            self.push(CLOSES, piece);
        }
        if marks.opens {
            self.push(OPENS, piece);
        }
        let gap = match folded.gap(piece) {
            Gap::Soft => '_',
            Gap::Bracket => '、',
            Gap::Pause => '，',
            Gap::Stop if !marks.asks => '。',
            _ => return,
        };
        if inside {
            self.push(gap, piece);
        }
    }

    /// Its features; some may be there more than once.
    pub fn features(
        &self,
        sounds: &Sounds,
        place: Place,
        goods: Option<Goods>,
        mut add: impl FnMut(Feature),
    ) {
        let chars = &self.chars;
        let of = |at: usize| chars.get(at).map_or(0, |c| *c as u32);
        add(Feature { id: hash(Kind::Place, place as u32, 0, 0), from: 0, to: 0 });
        if let Some(goods) = goods {
            add(Feature { id: hash(Kind::Goods, goods as u32, 0, 0), from: 0, to: 0 });
        }
        let mut sound_before = 0;
        for at in 0..chars.len() {
            let (one, two, three) = (of(at), of(at + 1), of(at + 2));
            let sound = sounds.number(char::from_u32(one).unwrap_or(BEGIN));
            add(Feature { id: hash(Kind::One, one, 0, 0), from: at, to: at + 1 });
            if sound > 0 && sound_before > 0 {
                add(Feature { id: hash(Kind::Sound, sound_before, sound, 0), from: at - 1, to: at + 1 });
            }
            sound_before = sound;
            if two > 0 {
                add(Feature { id: hash(Kind::Two, one, two, 0), from: at, to: at + 2 });
            }
            if three > 0 {
                add(Feature { id: hash(Kind::Three, one, two, three), from: at, to: at + 3 });
                add(Feature { id: hash(Kind::Apart, one, three, 0), from: at, to: at + 3 });
            }
        }
    }
}

/// The sentences of a text, as pieces: a short text is one, a longer one is cut where sentences end. A question is read with
/// what is said after it.
pub(super) fn sentences(folded: &Folded) -> Vec<Span> {
    let length = folded.pieces.len();
    let mut sentences = Vec::new();
    let mut from = 0;
    for piece in 1..=length {
        let stop = piece == length || folded.gap(piece) >= Gap::Stop;
        let (long, asks) = (piece - from, folded.marks(piece).asks);
        let cut = piece == length
            || (stop && length > WHOLE_CHARS && long >= SENTENCE_CHARS && (!asks || long > WHOLE_CHARS))
            || (long >= LONG_CHARS && folded.gap(piece) >= Gap::Soft)
            || long >= LONGEST_CHARS;
        if cut {
            sentences.push(Span { from, to: piece });
            from = piece;
        }
    }
    sentences
}

/// A text up to this long is judged as a whole, in characters without marks.
const WHOLE_CHARS: usize = 48;
/// Shorter sentences are read with the next one.
const SENTENCE_CHARS: usize = 8;
/// A sentence that is longer is cut at the next mark, and at last anywhere.
const LONG_CHARS: usize = 64;
const LONGEST_CHARS: usize = 96;

/// A number that is the same on every machine.
fn hash(kind: Kind, one: u32, two: u32, three: u32) -> u32 {
    let mut sum = kind as u64;
    for part in [one, two, three] {
        sum = (sum.rotate_left(5) ^ u64::from(part)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    (sum >> 32) as u32 ^ sum as u32
}
