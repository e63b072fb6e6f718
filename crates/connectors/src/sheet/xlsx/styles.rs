//! What the formats of cells make of their numbers.

use std::collections::BTreeMap;

use livehand_prepare::sheet::SheetError;

use super::archive::Archive;
use super::xml::{Piece, Xml, malformed};

/// Most formats of cells; Excel writes no more.
const FORMATS_MAX: usize = 65_536;
/// Most codes of formats that a workbook has of its own.
const CODES_MAX: usize = 10_000;
/// Longest code of a format; Excel allows 255 characters.
const CODE_CHARS_MAX: usize = 255;

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Itself.
    Number,
    /// A part of a hundred: 0.15 is shown as 15%.
    Percent,
    /// A code with leading zeros: 123 is shown as 00123.
    Zeros(usize),
    /// A number shown in another unit.
    Scaled,
    /// Days since the beginning of the calendar.
    Date,
    /// A part of a day.
    Time,
}

/// The formats of a workbook, by their numbers.
#[derive(Default)]
pub(super) struct Styles {
    formats: Vec<Format>,
}

impl Styles {
    pub fn read(archive: &mut Archive<'_>, part: Option<&str>) -> Result<Self, SheetError> {
        let mut styles = Self::default();
        let Some(part) = part.filter(|part| archive.has(part)) else { return Ok(styles) };
        let mut xml = Xml::new(archive.part(part)?);
        let mut codes: BTreeMap<u32, Format> = BTreeMap::new();
        let (mut buffer, mut within) = (Vec::new(), false);
        loop {
            match xml.next(&mut buffer)? {
                Piece::Start(tag) if tag.is("numFmt") => {
                    if codes.len() == CODES_MAX {
                        return Err(malformed("numFmts"));
                    }
                    let id = tag.get("numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, tag.get("formatCode")) {
                        codes.insert(id, of_code(&code));
                    }
                }
                Piece::Start(tag) if tag.is("cellXfs") => within = true,
                Piece::End(name) if name.is("cellXfs") => within = false,
                Piece::Start(tag) if within && tag.is("xf") => {
                    if styles.formats.len() == FORMATS_MAX {
                        return Err(malformed("cellXfs"));
                    }
                    let id = tag.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    styles.formats.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                Piece::Over => return Ok(styles),
                _ => {}
            }
        }
    }

    /// The format with a number.
    pub fn get(&self, number: usize) -> Format {
        self.formats.get(number).copied().unwrap_or(Format::Number)
    }
}

/// The formats that every workbook knows; 27 to 36 and 50 to 58 are the East Asian ones.
fn built_in(id: u32) -> Format {
    match id {
        9 | 10 => Format::Percent,
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Date,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Format::Time,
        _ => Format::Number,
    }
}

/// What a code such as `yyyy"年"m"月"d"日"` makes of a number: of its first part, which is for numbers above zero.
fn of_code(code: &str) -> Format {
    if code.eq_ignore_ascii_case("general") {
        return Format::Number;
    }
    let mut signs = String::new();
    let mut words = String::new();
    let mut elapsed = false;
    let mut chars = code.chars().take(CODE_CHARS_MAX);
    while let Some(c) = chars.next() {
        match c {
            '"' => words.extend(chars.by_ref().take_while(|c| *c != '"')),
            '\\' => words.extend(chars.next()),
            '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let unit = inner.to_ascii_lowercase();
                elapsed |= !unit.is_empty()
                    && ["h", "m", "s"].iter().any(|it| unit.trim_matches(|c| it.starts_with(c)).is_empty());
            }
            ';' => break,
            c => signs.push(c.to_ascii_lowercase()),
        }
    }
    let has = |signs_of: &[char]| signs.contains(signs_of);
    let of_a_day = elapsed || has(&['h', 's']);
    if has(&['y', 'd']) || (signs.contains('m') && !of_a_day) {
        return Format::Date;
    }
    if of_a_day {
        return Format::Time;
    }
    if signs.contains('%') {
        return Format::Percent;
    }
    let scaled = signs.trim_end().ends_with(',') || signs.contains(['万', '千', '百', '亿', 'k']);
    if scaled || words.contains(['万', '千', '百', '亿', 'k', 'K']) {
        return Format::Scaled;
    }
    let zeros = signs.len();
    if zeros > 1 && words.is_empty() && signs.bytes().all(|sign| sign == b'0') {
        Format::Zeros(zeros)
    } else {
        Format::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_what_they_show() {
        for (code, format) in [
            ("General", Format::Number),
            ("0.00", Format::Number),
            ("#,##0.00", Format::Number),
            ("\"¥\"#,##0.00_);[Red](\"¥\"#,##0.00)", Format::Number),
            ("0.00E+00", Format::Number),
            ("@", Format::Number),
            ("0.0%", Format::Percent),
            ("00000", Format::Zeros(5)),
            ("0", Format::Number),
            ("0\"万\"", Format::Scaled),
            ("0.0,", Format::Scaled),
            ("0!.0,\"万\"", Format::Scaled),
            ("yyyy\"年\"m\"月\"d\"日\"", Format::Date),
            ("yyyy/m/d h:mm", Format::Date),
            ("[$-804]m月d日;@", Format::Date),
            ("mmm", Format::Date),
            ("h:mm AM/PM", Format::Time),
            ("[h]:mm:ss", Format::Time),
            ("\"day\"0", Format::Number),
        ] {
            assert_eq!(of_code(code), format, "{code}");
        }
    }
}
