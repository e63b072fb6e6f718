//! Text from strangers, made inert for screens. The log keeps what was sent; what is shown goes through here.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

/// Longest text shown on a screen, in graphemes; the rest is cut with an ellipsis.
pub const DISPLAY_GRAPHEMES_MAX: usize = 500;

/// Longest text shown on a screen, in characters: one grapheme may have thousands of them, which no writing needs.
const DISPLAY_CHARS_MAX: usize = 2_000;

/// Marks on one base character that real writing needs at most (Vietnamese uses two, Thai three).
const COMBINING_MARKS_MAX: usize = 4;

/// `text` as it may be shown: NFC, no control, bidirectional or zero-width characters, few combining marks, at most
/// [`DISPLAY_GRAPHEMES_MAX`] graphemes and four times as many characters, white space collapsed. Markup stays as text: escaping belongs to the page.
pub fn display_text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().min(4096));
    let mut marks = 0;
    let mut space = false;
    for c in text.nfc() {
        if is_invisible(c) {
            continue;
        }
        if c.is_whitespace() || c.is_control() {
            space = !clean.is_empty();
            continue;
        }
        if is_combining_mark(c) {
            marks += 1;
            if marks > COMBINING_MARKS_MAX || clean.is_empty() {
                continue;
            }
        } else {
            marks = 0;
        }
        if space {
            clean.push(' ');
            space = false;
        }
        clean.push(c);
    }
    let graphemes = clean.grapheme_indices(true).nth(DISPLAY_GRAPHEMES_MAX).map(|(end, _)| end);
    let chars = clean.char_indices().nth(DISPLAY_CHARS_MAX).map(|(end, _)| end);
    if let Some(end) = graphemes.into_iter().chain(chars).min() {
        clean.truncate(end);
        clean.push('…');
    }
    clean
}

/// Characters that change how others are drawn without being seen. The zero-width joiner stays: emoji need it.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_text_is_inert_and_the_words_stay() {
        assert_eq!(display_text("红色\u{202E}有吗\u{200B}?\0"), "红色有吗?");
        assert_eq!(display_text("  一\r\n二\t三 "), "一 二 三");
        let zalgo = format!("a{}", "\u{0301}".repeat(10_000));
        assert!(display_text(&zalgo).chars().count() <= 1 + COMBINING_MARKS_MAX);
        assert_eq!(display_text("<img onerror=x>"), "<img onerror=x>");
        assert_eq!(display_text("👨‍👩‍👧"), "👨‍👩‍👧");
        let chain = "😀".to_owned() + &"\u{1F3FB}".repeat(8_000);
        assert_eq!(display_text(&chain).chars().count(), DISPLAY_CHARS_MAX + 1);
    }

    proptest! {
        #[test]
        fn what_is_shown_has_no_control_or_bidi_characters_and_a_bounded_length(text in "\\PC{0,40}|[\\x00-\\x1f\u{200B}-\u{206F}a-z中文 ]{0,900}") {
            let shown = display_text(&text);
            prop_assert!(shown.chars().all(|c| !c.is_control() && !is_invisible(c)));
            prop_assert!(shown.graphemes(true).count() <= DISPLAY_GRAPHEMES_MAX + 1);
            prop_assert_eq!(display_text(&shown.clone()), shown);
        }
    }
}
