//! One spelling for what people type in many.

use livehand_kernel::simplified;

/// Longest comment that is read, in characters; nobody asks a question after that.
pub const COMMENT_CHARS_MAX: usize = 300;

/// How often a character may follow itself: 多少钱钱钱钱 reads like 多少钱钱.
const REPEATS_MAX: usize = 2;
/// Longest name between the brackets of an emoji tag, in characters: [捂脸哭].
const TAG_CHARS_MAX: usize = 8;

/// `text` in the spelling of the rules: half-width, lower case, simplified,
/// without white space (digits that stood apart get a `/` between them), emoji tags, and characters that cannot be seen.
pub fn normalise(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().min(COMMENT_CHARS_MAX * 4));
    let mut last = '\0';
    let mut repeats = 0;
    let mut gap = false;
    let mut rest = text.chars().take(COMMENT_CHARS_MAX);
    while let Some(original) = rest.next() {
        let Some(c) = fold(original) else {
            gap |= original.is_whitespace();
            continue;
        };
        if let Some(tag_chars) = (c == '[').then(|| emoji_tag(rest.clone())).flatten() {
            rest.by_ref().take(tag_chars).for_each(drop);
            continue;
        }
        if gap && last.is_ascii_digit() && c.is_ascii_digit() {
            clean.push('/');
            repeats = 0;
        }
        gap = false;
        repeats = if c == last { repeats + 1 } else { 1 };
        last = c;
        if repeats <= REPEATS_MAX || c.is_ascii_digit() {
            clean.push(c);
        }
    }
    clean
}

/// The length of an emoji tag such as `[赞]` after its opening bracket, with the closing one.
fn emoji_tag(rest: impl Iterator<Item = char>) -> Option<usize> {
    let mut length = 0;
    for c in rest.take(TAG_CHARS_MAX + 1) {
        length += 1;
        match c {
            ']' | '］' => return (length > 1).then_some(length),
            '[' => return None,
            _ => {}
        }
    }
    None
}

/// The character as the rules spell it; `None` for one that carries no word.
fn fold(c: char) -> Option<char> {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    if c.is_ascii() {
        return (!c.is_ascii_control() && c != ' ').then(|| c.to_ascii_lowercase());
    }
    if c.is_whitespace() || is_wordless(c) {
        return None;
    }
    Some(simplified(c))
}

/// Marks, invisible characters and pictures.
fn is_wordless(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{0300}'..='\u{036F}' | '\u{061C}' | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{20D0}'..='\u{20FF}' | '\u{2600}'..='\u{27BF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}'
            | '\u{FEFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn many_spellings_become_one() {
        for (written, read) in [
            ("多 少 钱 ？", "多少钱?"),
            ("ＸＬ码", "xl码"),
            ("多少錢", "多少钱"),
            ("好好好好看[赞][比心]", "好好看"),
            ("1000", "1000"),
            ("165 110", "165/110"),
            ("有\u{200B}券\u{202E}吗😂😂", "有券吗"),
            ("[", "["),
            ("[]", "[]"),
            ("[赞", "[赞"),
        ] {
            assert_eq!(normalise(written), read, "{written}");
        }
        let marks = format!("价{}格", "\u{0301}".repeat(10_000));
        assert!(normalise(&marks).starts_with('价'));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_bounded_text(text in "\\PC{0,500}") {
            prop_assert!(normalise(&text).chars().count() <= COMMENT_CHARS_MAX * 2);
        }
    }
}
