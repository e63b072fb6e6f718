//! What is about a cell rather than in it: the tricks by which exports keep a spreadsheet from spoiling an id, and the
//! keys that a Chinese input method types.

/// Signs behind an apostrophe that an export sets so that no spreadsheet takes the cell for a formula.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The text of a cell as it is meant: without spaces, tabs and invisible marks around it, without the apostrophe or the
/// `="…"` before an id, with half-width digits, and with `\n` between its lines.
pub fn clean(cell: &str) -> String {
    let bare = strip_guard(trim(cell));
    let mut text = String::with_capacity(bare.len());
    let mut before = None;
    let mut chars = bare.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let Some(kept) = kept(c, before, next) else { continue };
        text.push(kept);
        before = Some(kept);
    }
    // What was between two marks that are gone may begin or end with a space.
    let trimmed = trim(&text);
    if trimmed.len() == text.len() { text } else { trimmed.to_owned() }
}

/// A character as it is kept, by its neighbours.
fn kept(c: char, before: Option<char>, next: Option<char>) -> Option<char> {
    let digit = |c: Option<char>| c.is_some_and(|c| half_width(c).is_ascii_digit());
    match c {
        '\r' => (next != Some('\n')).then_some('\n'),
        '\n' => Some('\n'),
        '\t' | '\u{a0}' | '\u{3000}' => Some(' '),
        '．' if digit(before) && digit(next) => Some('.'),
        '％' if digit(before) => Some('%'),
        '－' if before.is_none() && digit(next) => Some('-'),
        c if c.is_control() || is_unseen(c) => None,
        c => Some(half_width(c)),
    }
}

fn half_width(c: char) -> char {
    let digit = u32::from(c).checked_sub(u32::from('０')).filter(|digit| *digit < 10);
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)
}

/// Marks that no one sees and that make equal texts differ.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}')
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_unseen(c))
}

/// Without `'` or `="…"`, when it guards a number, an id, or what looks like a formula.
fn strip_guard(text: &str) -> &str {
    if let Some(inner) = guarded_text(text) {
        return trim(inner);
    }
    let Some(rest) = text.strip_prefix(['\'', '＇']) else { return text };
    let guards = rest.starts_with(|c: char| half_width(c).is_ascii_digit() || FORMULA_SIGNS.contains(&c));
    if guards && !rest.ends_with(['\'', '＇']) { trim(rest) } else { text }
}

/// The text in `="…"`, which is no formula but a way to keep an id whole.
pub(super) fn guarded_text(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("=\"")?.strip_suffix('"')?;
    (!inner.contains('"')).then_some(inner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_guards_an_id_is_taken_off_and_what_is_meant_stays() {
        for (cell, expected) in [
            ("\t6917926768823643751", "6917926768823643751"),
            ("'6917926768823643751", "6917926768823643751"),
            ("=\"6917926768823643751\"", "6917926768823643751"),
            ("'=1+1", "=1+1"),
            ("'-5", "-5"),
            ("'70年代'风", "70年代'风"),
            ("'90后'", "'90后'"),
            ("'n'", "'n'"),
            ("１９９．９", "199.9"),
            ("－５", "-5"),
            ("２０％", "20%"),
            ("第１代．升级", "第1代．升级"),
            ("　红色　大码　", "红色 大码"),
            ("\u{feff}商品名称\u{200b}", "商品名称"),
            ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
            ("-", "-"),
            ("A;B", "A;B"),
            ("#N/A", "#N/A"),
            ("  ", ""),
        ] {
            assert_eq!(clean(cell), expected, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cleaned_cell_has_no_controls_and_no_space_around_it(cell in "[\\PC\\x00-\\x1f\u{200b}'=\"　０-９]{0,30}") {
            let cleaned = clean(&cell);
            prop_assert!(cleaned.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert_eq!(cleaned.trim(), cleaned.as_str());
            prop_assert!(cleaned.len() <= cell.len());
        }
    }
}
