//! A line as it is read: half-width, simplified, without what cannot be seen, and each character with its place in what
//! was written.

use livehand_kernel::simplified;

/// A line that is read.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// What is read, character by character.
    pub chars: Vec<char>,
    /// The same in UTF-8.
    pub string: String,
    /// Byte in `string` to the place of the character that begins there.
    pub at_byte: Vec<u32>,
}

impl Text {
    /// Reads a line. `kept` says which traditional-looking characters belong to names of divisions, such as 乾 in 乾县.
    pub fn read(line: &str, kept: impl Fn(char) -> bool) -> Text {
        let mut text = Text {
            chars: Vec::with_capacity(line.len() / 2),
            string: String::with_capacity(line.len()),
            at_byte: Vec::with_capacity(line.len() + 1),
        };
        for c in line.chars() {
            let Some(c) = visible(c) else { continue };
            let simple = simplified(c);
            let c = if simple != c && kept(c) { c } else { simple };
            text.at_byte.resize(text.string.len(), u32::MAX);
            text.at_byte.push(u32::try_from(text.chars.len()).unwrap_or(u32::MAX));
            text.string.push(c);
            text.chars.push(c);
        }
        text.at_byte.resize(text.string.len() + 1, u32::MAX);
        if let Some(last) = text.at_byte.last_mut() {
            *last = u32::try_from(text.chars.len()).unwrap_or(u32::MAX);
        }
        text
    }

    /// The characters of a span as text.
    pub fn slice(&self, from: usize, to: usize) -> String {
        let chars = self.chars.get(from..to).unwrap_or_default();
        // Most take three bytes; the rest of the room is not worth a second look.
        let mut slice = String::with_capacity(3 * chars.len());
        slice.extend(chars);
        slice
    }

    /// Whether a word stands at a place.
    pub fn is_at(&self, place: usize, word: &str) -> bool {
        let mut here = self.chars.get(place..).unwrap_or_default().iter().copied();
        word.chars().all(|c| here.next() == Some(c))
    }

    /// The character at a place.
    pub fn at(&self, place: usize) -> Option<char> {
        self.chars.get(place).copied()
    }

    /// Where a place is in the line that was read, in bytes.
    pub fn byte_in(&self, line: &str, place: usize) -> usize {
        let mut seen = line.char_indices().filter(|(_, c)| visible(*c).is_some()).map(|(at, _)| at);
        if place < self.len() { seen.nth(place).unwrap_or(line.len()) } else { line.len() }
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.chars.len()
    }
}

/// What a character is read as, or none where it is to be left out.
fn visible(c: char) -> Option<char> {
    Some(match c {
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '「'
        | '"'
        | '“'
        | '”'
        | '」'
        | '『'
        | '』'
        | '\u{fe0f}'
        | '\u{ad}' => {
            return None;
        }
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' => ' ',
        '\u{2460}'..='\u{2473}' => ' ',
        '\r' => '\n',
        '–' | '—' | '―' | '‐' | '‑' | '−' | '﹣' => '-',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        '。' | '｡' => '。',
        '、' | '､' => '、',
        '•' | '・' | '‧' | '∙' => '·',
        _ => c,
    })
}
