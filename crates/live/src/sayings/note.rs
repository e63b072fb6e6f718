//! What events say about sayings and facts, and its limits.

use livehand_kernel::{Millis, Phrase};
use serde::{Deserialize, Serialize};

use super::{FACTS_PER_EVENT_MAX, FactNow, QUOTES_PER_SAYING_MAX, Quote, SayingKind};
use crate::command::ReplyRoute;
use crate::event::{FieldError, ID_BYTES_MAX, TEXT_BYTES_MAX};

/// What an event tells of a saying besides its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SayingNote {
    /// Its id; a card has it in the event's own key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it is said, on the event that makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SayingKind>,
    /// As it was written, with its slots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The facts that fill its slots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotes: Vec<Quote>,
    /// The entry of the FAQ library that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faq: Option<String>,
    /// On a reply that goes out by itself: when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Millis>,
    /// Which way answers by themselves go to the viewers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<ReplyRoute>,
    /// From which trust on answers go out by themselves, in thousandths; absent where they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_permille: Option<u32>,
}

impl SayingNote {
    /// A note on the saying with this id.
    pub fn of(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Checks the limits of a note on a saying.
pub(crate) fn check_note(note: &SayingNote) -> Result<(), FieldError> {
    if let Some(id) = note.id.as_deref().filter(|id| id.is_empty() || id.len() > ID_BYTES_MAX) {
        let expected = Phrase::new(format!("1 to {ID_BYTES_MAX} bytes"), format!("1 到 {ID_BYTES_MAX} 字节"));
        return Err(FieldError::new("saying.id", expected, Phrase::literal(format!("{} B", id.len()))));
    }
    if let Some(faq) = note.faq.as_deref().filter(|id| id.is_empty() || id.len() > ID_BYTES_MAX) {
        let expected = Phrase::new(format!("1 to {ID_BYTES_MAX} bytes"), format!("1 到 {ID_BYTES_MAX} 字节"));
        return Err(FieldError::new("saying.faq", expected, Phrase::literal(format!("{} B", faq.len()))));
    }
    if let Some(template) = note.template.as_deref().filter(|text| text.len() > TEXT_BYTES_MAX) {
        let expected =
            Phrase::new(format!("at most {TEXT_BYTES_MAX} bytes"), format!("不超过 {TEXT_BYTES_MAX} 字节"));
        let found = Phrase::literal(format!("{} B", template.len()));
        return Err(FieldError::new("saying.template", expected, found));
    }
    check_number("saying.quotes", note.quotes.len(), QUOTES_PER_SAYING_MAX)?;
    note.quotes.iter().try_for_each(|quote| quote.check("saying.quotes"))
}

/// Checks the limits of facts that an event tells.
pub(crate) fn check_facts(facts: &[FactNow]) -> Result<(), FieldError> {
    check_number("facts", facts.len(), FACTS_PER_EVENT_MAX)?;
    facts.iter().try_for_each(FactNow::check)
}

fn check_number(field: &str, number: usize, max: usize) -> Result<(), FieldError> {
    if number <= max {
        return Ok(());
    }
    let expected = Phrase::new(format!("at most {max}"), format!("最多 {max} 条"));
    Err(FieldError::new(field, expected, Phrase::literal(number.to_string())))
}
