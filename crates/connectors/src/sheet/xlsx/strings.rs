//! The texts that cells share.

use std::io::Read;

use livehand_prepare::sheet::{CELL_BYTES_MAX, COLUMNS_MAX, ROWS_MAX, SheetError};

use super::archive::Archive;
use super::xml::{Piece, Tag, Xml, malformed};

/// Most texts: as many as a table has cells.
const STRINGS_MAX: usize = ROWS_MAX * COLUMNS_MAX as usize;

/// All texts behind one another: a text of its own for each would take several times what it holds.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    pub fn read(archive: &mut Archive<'_>, part: Option<&str>) -> Result<Self, SheetError> {
        let mut strings = Self::default();
        let Some(part) = part.filter(|part| archive.has(part)) else { return Ok(strings) };
        let mut xml = Xml::new(archive.part(part)?);
        let mut buffer = Vec::new();
        loop {
            match xml.next(&mut buffer)? {
                Piece::Start(tag) if tag.is("si") => {
                    if strings.ends.len() == STRINGS_MAX {
                        return Err(malformed("sharedStrings"));
                    }
                    let text = read_text(&mut xml, "si")?;
                    strings.text.push_str(&text);
                    strings.ends.push(u32::try_from(strings.text.len()).unwrap_or(u32::MAX));
                }
                Piece::Over => return Ok(strings),
                _ => {}
            }
        }
    }

    /// The text with a number, from 0.
    pub fn get(&self, number: usize) -> Option<&str> {
        let end = |number: usize| self.ends.get(number).and_then(|end| usize::try_from(*end).ok());
        let begin = number.checked_sub(1).map_or(Some(0), end)?;
        self.text.get(begin..end(number)?)
    }
}

/// The text up to the end of the element `name`: its runs without their formats and without how they are pronounced. Of
/// one that is longer than a cell may be, only so much is kept as shows that it is.
pub(super) fn read_text<R: Read>(xml: &mut Xml<R>, name: &str) -> Result<String, SheetError> {
    let mut text = String::new();
    let (mut in_text, mut pronounced) = (false, 0_usize);
    let mut buffer = Vec::new();
    let begins = |tag: &Tag<'_>| tag.is("rPh");
    loop {
        match xml.next(&mut buffer)? {
            Piece::Start(tag) if begins(&tag) => pronounced += 1,
            Piece::Start(tag) if tag.is("t") => in_text = pronounced == 0,
            Piece::Text(part) if in_text && text.len() <= CELL_BYTES_MAX => text.push_str(&part),
            Piece::End(end) if end.is("rPh") => pronounced = pronounced.saturating_sub(1),
            Piece::End(end) if end.is("t") => in_text = false,
            Piece::End(end) if end.is(name) => return Ok(unescaped(text)),
            Piece::Over => return Err(malformed(name)),
            _ => {}
        }
    }
}

/// Puts characters back that XML cannot hold and Excel writes as `_x000D_`.
pub(super) fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut clear = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once("_x") {
        clear.push_str(before);
        let code = behind
            .get(..4)
            .filter(|code| behind.get(4..5) == Some("_") && code.bytes().all(|it| it.is_ascii_hexdigit()));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                clear.push(c);
                rest = behind.get(5..).unwrap_or_default();
            }
            None => {
                clear.push_str("_x");
                rest = behind;
            }
        }
    }
    clear.push_str(rest);
    clear
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_are_put_back_and_what_only_looks_like_them_stays() {
        for (text, expected) in [
            ("一_x000D_\n二", "一\r\n二"),
            ("max_x_size", "max_x_size"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xZZZZ_", "_xZZZZ_"),
            ("尾_x00", "尾_x00"),
            ("_x编号_", "_x编号_"),
        ] {
            assert_eq!(unescaped(text.to_owned()), expected);
        }
    }
}
