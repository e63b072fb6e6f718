//! Words for people in an answer: both languages, so that a screen can be switched without asking again.

use livehand_kernel::Phrase;
use serde::Serialize;
use utoipa::ToSchema;

/// One message in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Words {
    /// 中文.
    zh: String,
    /// English.
    en: String,
}

impl From<Phrase> for Words {
    fn from(phrase: Phrase) -> Self {
        Self { zh: phrase.zh.into_owned(), en: phrase.en.into_owned() }
    }
}
