//! Words for people, in both languages of Livehand. Code that explains something to a user says it twice, in one place.

use std::borrow::Cow;

/// One message in Chinese and English. `Display` is the English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// As a live-room team would say it.
    pub zh: Cow<'static, str>,
    /// Plain English.
    pub en: Cow<'static, str>,
}

/// The two languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 简体中文, the first language.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Phrase {
    /// The same thing said in both languages.
    pub fn new(en: impl Into<Cow<'static, str>>, zh: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// Something that needs no translation: a quote, a number, an id.
    pub fn literal(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    /// The message in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

impl std::fmt::Display for Phrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.en)
    }
}
