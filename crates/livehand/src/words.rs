//! What the command line says, in the language of whoever sits at it.

use std::borrow::Cow;
use std::sync::OnceLock;

use livehand_kernel::{Language, Phrase};

/// The language of the terminal: Chinese if the locale is, English otherwise. A server's locale says nothing about its
/// people, so an unset one is taken for English, which every terminal can draw.
pub fn language() -> Language {
    static LANGUAGE: OnceLock<Language> = OnceLock::new();
    *LANGUAGE.get_or_init(|| of_locale(crate::edge::locale().as_deref()))
}

fn of_locale(locale: Option<&str>) -> Language {
    match locale {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Language::Chinese,
        _ => Language::English,
    }
}

/// One message, in the language of the terminal.
pub fn say(en: impl Into<Cow<'static, str>>, zh: impl Into<Cow<'static, str>>) -> String {
    said(&Phrase::new(en, zh))
}

/// A phrase, in the language of the terminal.
pub fn said(phrase: &Phrase) -> String {
    phrase.in_language(language()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_terminal_is_spoken_to_in_chinese() {
        for (locale, expected) in [
            (Some("zh_CN.UTF-8"), Language::Chinese),
            (Some("zh-Hans"), Language::Chinese),
            (Some("en_US.UTF-8"), Language::English),
            (Some("C"), Language::English),
            (None, Language::English),
        ] {
            assert_eq!(of_locale(locale), expected, "{locale:?}");
        }
    }
}
