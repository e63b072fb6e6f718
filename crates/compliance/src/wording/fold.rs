//! One spelling for what is written in many, with the way back to the original.

use std::collections::BTreeMap;
use std::ops::Range;

use livehand_kernel::simplified;
use unicode_normalization::UnicodeNormalization;

use super::pack::Content;

/// The block of Chinese characters that has a direct table.
pub(super) const HAN: std::ops::Range<u32> = 0x4E00..0xA000;

/// What stands between a character and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing that can be seen.
    None,
    /// White space, a symbol, a picture.
    Soft,
    /// A bracket, a quote, the mark between the parts of a list.
    Bracket,
    /// A comma.
    Pause,
    /// The end of a sentence or line.
    Stop,
    /// More than any mark: the end of the text.
    Never,
}

/// A character of the folded text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub c: char,
    /// Byte where it begins in the folded text.
    pub folded: u32,
    /// Bytes of the original that it stands for.
    pub start: u32,
    pub end: u32,
    pub gap: Gap,
    /// Marks that matter before it.
    pub marks: Marks,
}

/// Marks that change what is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// A question mark.
    pub asks: bool,
    /// A quote begins.
    pub opens: bool,
    /// A quote ends.
    pub closes: bool,
}

impl Marks {
    fn note(&mut self, c: char) {
        match c {
            '？' | '?' => self.asks = true,
            '“' | '「' | '『' | '《' | '‘' => self.opens = true,
            '”' | '」' | '』' | '》' | '’' => self.closes = true,
            // Which of both is not to be told.
            '"' | '\'' => (self.opens, self.closes) = (true, true),
            _ => {}
        }
    }
}

/// A folded text.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub text: String,
    pub pieces: Vec<Piece>,
    /// What stands between the last character and the end; the end itself is a stop.
    pub tail: Option<Gap>,
    /// The marks after the last character.
    pub last_marks: Marks,
    /// Marks since the last character, while it is read.
    marks: Marks,
}

impl Folded {
    /// The marks before a piece, or after the last.
    pub fn marks(&self, piece: usize) -> Marks {
        self.pieces.get(piece).map_or(self.last_marks, |piece| piece.marks)
    }

    /// The piece that begins at a byte of the folded text, or the number of pieces for its end.
    pub fn piece_at(&self, byte: usize) -> usize {
        self.pieces.partition_point(|piece| (piece.folded as usize) < byte)
    }

    /// The byte of the folded text where a piece begins.
    pub fn byte_of(&self, piece: usize) -> usize {
        self.pieces.get(piece).map_or(self.text.len(), |piece| piece.folded as usize)
    }

    /// The folded text from one piece up to another.
    pub fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(self.byte_of(from)..self.byte_of(to)).unwrap_or("")
    }

    /// What stands before a piece; the beginning and the end of the text are stops.
    pub fn gap(&self, piece: usize) -> Gap {
        match self.pieces.get(piece) {
            _ if piece == 0 => Gap::Stop,
            Some(piece) => piece.gap,
            None => Gap::Stop,
        }
    }
}

/// How characters are read, with what a pack adds.
pub(super) struct Folding {
    han: Box<[u16]>,
    symbols: BTreeMap<char, String>,
}

impl Folding {
    pub fn new(content: &Content) -> Self {
        let simple = |code: u32| char::from_u32(code).map_or(code, |c| u32::from(simplified(c)));
        let mut han: Box<[u16]> = HAN.map(|code| simple(code) as u16).collect();
        let mut read_as = |from: char, to: char| {
            let place = (from as u32).checked_sub(HAN.start).and_then(|index| han.get_mut(index as usize));
            if let (Some(place), Ok(to)) = (place, u16::try_from(to as u32)) {
                *place = to;
            }
        };
        content.folds.iter().for_each(|(from, to)| read_as(*from, *to));
        Self { han, symbols: content.symbols.clone() }
    }

    /// The text in the spelling of the rules.
    pub fn fold(&self, text: &str) -> Folded {
        self.read(text, true)
    }

    /// The sentences of a text, in bytes, that have pictures in them.
    pub fn sentences_with_pictures(&self, text: &str) -> Vec<Range<usize>> {
        let mut sentences: Vec<Range<usize>> = Vec::new();
        let pictures = text.char_indices().filter(|(_, c)| !c.is_ascii() && self.is_picture(*c));
        for (at, _) in pictures {
            if sentences.last().is_some_and(|last| at < last.end) {
                continue;
            }
            let ends = |c: char| gap_of(c) == Gap::Stop;
            let start = text.get(..at).and_then(|before| before.rfind(ends)).unwrap_or(0);
            let end =
                text.get(at..).and_then(|after| after.find(ends)).map_or(text.len(), |length| at + length);
            sentences.push(start..end);
        }
        sentences
    }

    /// The text with pictures that could be read as words taken as mere marks.
    pub fn without_pictures(&self, text: &str) -> Folded {
        self.read(text, false)
    }

    fn is_picture(&self, c: char) -> bool {
        matches!(c, '\u{1F200}'..='\u{1F265}') || self.symbols.contains_key(&c)
    }

    fn read(&self, text: &str, pictures: bool) -> Folded {
        let mut folded = Folded {
            text: String::with_capacity(text.len()),
            pieces: Vec::with_capacity(text.len() / 3 + 8),
            ..Folded::default()
        };
        let mut gap = Gap::None;
        let mut characters = text.char_indices().peekable();
        while let Some((start, c)) = characters.next() {
            if let Some((_, next)) = characters.peek()
                && is_flag(c, *next)
            {
                characters.next();
                gap = gap.max(Gap::Soft);
                continue;
            }
            let (from, to) = (start as u32, (start + c.len_utf8()) as u32);
            if HAN.contains(&(c as u32)) {
                folded.push(self.han(c), from, to, &mut gap);
                continue;
            }
            match c {
                _ if !pictures && self.is_picture(c) => gap = gap.max(Gap::Soft),
                'a'..='z' | '0'..='9' | '%' => folded.push(c, from, to, &mut gap),
                'A'..='Z' => folded.push(c.to_ascii_lowercase(), from, to, &mut gap),
                '.' if folded.in_number(gap) && digit_follows(text, start + 1) => {
                    folded.push('.', from, to, &mut gap);
                }
                '+' | '➕' | '＋' if contact_follows(text, start + c.len_utf8()) => {
                    folded.push('加', from, to, &mut gap);
                }
                _ => self.other(&mut folded, c, from, to, &mut gap),
            }
        }
        folded.tail = Some(gap);
        folded.last_marks = folded.marks;
        folded
    }

    /// A text of the pack in the spelling of the rules.
    pub fn word(&self, text: &str) -> String {
        self.fold(text).text
    }

    fn han(&self, c: char) -> char {
        let index = (c as u32).wrapping_sub(HAN.start) as usize;
        self.han.get(index).and_then(|code| char::from_u32(u32::from(*code))).unwrap_or(c)
    }

    fn other(&self, folded: &mut Folded, c: char, from: u32, to: u32, gap: &mut Gap) {
        if is_unseen(c) {
            return;
        }
        if let Some(read) = self.symbols.get(&c) {
            read.chars().for_each(|c| folded.push(self.han(c), from, to, gap));
            return;
        }
        if let Some(digit) = digit(c).or_else(|| letter(c)) {
            folded.push(digit, from, to, gap);
            return;
        }
        let mut kept = false;
        // Taken apart, so that the tone marks of pinyin fall away.
        for part in std::iter::once(c).nfkd().filter(|part| !is_unseen(*part)) {
            let part = self.han(part);
            for lower in part.to_lowercase() {
                if lower.is_alphanumeric() || lower == '%' {
                    let lower = letter(lower).or_else(|| digit(lower)).unwrap_or(lower);
                    folded.push(lower, from, to, gap);
                    kept = true;
                }
            }
        }
        if !kept {
            folded.marks.note(c);
            *gap = (*gap).max(gap_of(c));
        }
    }
}

impl Folded {
    fn push(&mut self, c: char, start: u32, end: u32, gap: &mut Gap) {
        let folded = self.text.len() as u32;
        self.text.push(c);
        let marks = std::mem::take(&mut self.marks);
        self.pieces.push(Piece { c, folded, start, end, gap: std::mem::replace(gap, Gap::None), marks });
    }

    /// Whether the text so far ends in a digit without anything after it.
    fn in_number(&self, gap: Gap) -> bool {
        gap == Gap::None && self.pieces.last().is_some_and(|piece| piece.c.is_ascii_digit())
    }
}

fn digit_follows(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether what follows a plus is a way to be reached: +V, ➕微, + QQ.
fn contact_follows(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or("");
    let next = rest.chars().find(|c| !is_unseen(*c) && !c.is_whitespace());
    next.is_some_and(|c| "vVwWqQｖＶⓥⓋ微薇威徽葳溦嶶卫扣群我🐧".contains(c))
}

/// Marks that sit on other characters, and characters that cannot be seen.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{0300}'..='\u{036F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{20D0}'..='\u{20FF}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
        || (c.is_control() && !c.is_whitespace())
}

/// What a character that is no part of a word does to the words beside it.
fn gap_of(c: char) -> Gap {
    match c {
        '。' | '！' | '？' | '!' | '?' | '…' | '\n' | '\r' | '\u{2028}' | '\u{2029}' | '｡' => {
            Gap::Stop
        }
        '，' | '；' | '：' | ',' | ';' | ':' | '､' | '﹐' => Gap::Pause,
        '、' | '“' | '”' | '‘' | '’' | '"' | '\'' | '「' | '」' | '『' | '』' | '《' | '》' | '〈' | '〉'
        | '【' | '】' | '（' | '）' | '(' | ')' | '[' | ']' | '〔' | '〕' | '{' | '}' | '<' | '>' => {
            Gap::Bracket
        }
        _ => Gap::Soft,
    }
}

/// The first of the ten digits in other scripts, and of the circled ones that have no compatible form.
const ZEROS: &[u32] = &[
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0xA620, 0xA8D0, 0xA900,
    0xABF0, 0x104A0,
];
/// The first of nine circled digits, which begin at one.
const ONES: &[u32] = &[0x2776, 0x2780, 0x278A, 0x24F5];

fn digit(c: char) -> Option<char> {
    let code = c as u32;
    let from = |firsts: &[u32], count: u32, least: u32| {
        let first = firsts.iter().find(|first| (**first..**first + count).contains(&code))?;
        char::from_digit(code - first + least, 10)
    };
    match c {
        '〇' | '⓿' | '⓪' => Some('0'),
        _ if code < 0x0660 => None,
        _ => from(ZEROS, 10, 0).or_else(|| from(ONES, 9, 1)),
    }
}

/// Whether two letters of the block for flags make one; the others, such as those of VX, are only letters.
fn is_flag(first: char, second: char) -> bool {
    let letter = |c: char| {
        let index = u32::from(c).checked_sub(0x1F1E6).filter(|index| *index < 26)?;
        char::from_u32(u32::from(b'a') + index)
    };
    let (Some(first), Some(second)) = (letter(first), letter(second)) else { return false };
    !matches!((first, second), ('v', 'x' | 'v') | ('w', 'x') | ('q', 'q') | ('q', 'v') | ('v', 'q'))
}

/// Letters that look like Latin ones: pictures of letters, Cyrillic, Greek.
fn letter(c: char) -> Option<char> {
    let code = c as u32;
    for first in [0x1F150_u32, 0x1F170, 0x1F1E6] {
        if (first..first + 26).contains(&code) {
            return char::from_u32(u32::from(b'a') + code - first);
        }
    }
    Some(match c {
        'а' | 'А' | 'α' => 'a',
        'в' | 'В' => 'b',
        'е' | 'Е' => 'e',
        'к' | 'К' => 'k',
        'о' | 'О' | 'ο' => 'o',
        'р' | 'Р' => 'p',
        'с' | 'С' => 'c',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'ν' | 'ѵ' | 'Ѵ' => 'v',
        'ω' | 'ѡ' => 'w',
        _ => return None,
    })
}
