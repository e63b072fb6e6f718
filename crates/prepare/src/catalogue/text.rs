//! Cells as people and shops write them, made ready to be read: full-width characters, the tab or apostrophe that keeps an id
//! a text, and the dash that stands for nothing.

/// What spreadsheets take for the beginning of a formula, and exports therefore write an apostrophe before.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What stands for nothing.
const NOTHING: &[&str] = &["", "-", "--", "—", "——", "－", "/", "N/A", "n/a"];

/// The cell without what is no part of its value; empty if it stands for nothing.
pub(crate) fn cell_text(cell: &str) -> String {
    let trimmed = cell.trim();
    if NOTHING.contains(&trimmed) {
        return String::new();
    }
    let lines: Vec<&str> = trimmed.lines().map(|line| unquoted(line).trim_end()).collect();
    lines.join("\n").trim().to_owned()
}

/// A line without the apostrophe that an export writes before what looks like a formula.
fn unquoted(line: &str) -> &str {
    let Some(rest) = line.strip_prefix('\'') else { return line };
    let looks = rest.trim_start_matches([' ', '\u{a0}', '\u{3000}']).starts_with(FORMULA_SIGNS);
    if looks { rest } else { line }
}

/// An id or code: half-width, without the tab or apostrophe that shops write before it.
pub(crate) fn code_text(cell: &str) -> String {
    half_width(&cell_text(cell)).trim_start_matches(['\'', '\u{2019}', '`']).trim().to_owned()
}

/// Letters, digits and signs of full width as those of half width; everything else stays.
pub(crate) fn half_width(text: &str) -> String {
    text.chars().map(half).collect()
}

fn half(wide: char) -> char {
    match wide {
        '\u{3000}' => ' ',
        '。' => '.',
        '￥' => '¥',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(wide) - 0xFEE0).unwrap_or(wide),
        other => other,
    }
}

/// Whether a text has digits of full width.
pub(crate) fn has_wide_digits(text: &str) -> bool {
    text.chars().any(|char| matches!(char, '０'..='９' | '．'))
}

/// The items of a list: what stands between the strongest of the separators that occur.
pub(crate) fn items(text: &str, weak: &[char]) -> Vec<String> {
    let strong = |char: char| matches!(char, ';' | '；' | '\n');
    let pieces: Vec<&str> =
        if text.contains(strong) { text.split(strong).collect() } else { text.split(weak).collect() };
    pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

/// A list as one text that [`items`] takes apart again.
pub(crate) fn joined<T: AsRef<str>>(texts: &[T], weak: &[char]) -> String {
    let joined = texts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(";");
    if texts.len() == 1 && joined.contains(weak) { joined + ";" } else { joined }
}

/// A name without what sheets decorate it with: spaces, stars, units and remarks in brackets.
pub(crate) fn plain_name(header: &str) -> String {
    let half = half_width(header);
    let mut name = String::new();
    let mut depth = 0_u32;
    for char in half.chars() {
        match char {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            '*' | ':' | '"' | '\'' => {}
            char if char.is_whitespace() => {}
            char if depth == 0 => name.extend(char.to_lowercase()),
            _ => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shops_add_to_a_cell_is_no_part_of_it() {
        for (cell, text) in [
            (" - ", ""),
            ("", ""),
            ("——", ""),
            ("  好 \r\n 的 ", "好\n 的"),
            ("'-5", "-5"),
            ("'90年代", "'90年代"),
        ] {
            assert_eq!(cell_text(cell), text, "{cell:?}");
        }
        for id in [
            "\t6917926768823643751",
            "'6917926768823643751",
            "６９１７926768823643751",
            " 6917926768823643751 ",
        ] {
            assert_eq!(code_text(id), "6917926768823643751");
        }
        assert_eq!(plain_name("*直播价（元）"), "直播价");
        assert_eq!(plain_name(" 商品 ID "), "商品id");
    }

    #[test]
    fn lists_are_taken_apart_at_the_strongest_separator() {
        let weak = ['、', '/'];
        assert_eq!(items("7天无理由;运费险；换新", &weak), ["7天无理由", "运费险", "换新"]);
        assert_eq!(items("牛奶、坚果/大豆", &weak), ["牛奶", "坚果", "大豆"]);
        assert_eq!(items("牛奶、坚果;大豆", &weak), ["牛奶、坚果", "大豆"]);
        for list in [vec!["牛奶、坚果"], vec!["a", "b/c"], vec![], vec!["x"]] {
            assert_eq!(items(&joined(&list, &weak), &weak), list);
        }
    }
}
