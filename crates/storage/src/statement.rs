//! Statements that are known before the program runs, and the values bound to them.

use livehand_kernel::{Hat, Millis};

/// One SQL text, registered so that a test can prepare it on every engine.
#[derive(Debug)]
pub struct Statement {
    /// Where it stands, for the test's message.
    pub place: &'static str,
    /// The text.
    pub text: &'static str,
}

inventory::collect!(Statement);

/// Registers a statement and yields its text.
#[macro_export]
macro_rules! sql {
    ($text:literal) => {{
        $crate::__inventory::submit! { $crate::Statement { place: concat!(file!(), ":", line!()), text: $text } }
        $text
    }};
}

/// A value bound to a statement. `None` is NULL of that type, which PostgreSQL has to know.
#[derive(Clone, Debug)]
pub enum Value {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Integer(Option<i64>),
    /// BOOLEAN.
    Boolean(Option<bool>),
    /// BYTEA.
    Bytes(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Value::Text(Some(text.clone()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(Some(number))
    }
}

impl From<Millis> for Value {
    fn from(at: Millis) -> Self {
        Value::Integer(Some(at.0))
    }
}

impl From<Option<Millis>> for Value {
    fn from(at: Option<Millis>) -> Self {
        Value::Integer(at.map(|at| at.0))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Boolean(Some(flag))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Value::Bytes(bytes.to_vec())
    }
}

impl From<&[u8; 32]> for Value {
    fn from(bytes: &[u8; 32]) -> Self {
        Value::Bytes(bytes.to_vec())
    }
}

impl From<&[Hat]> for Value {
    fn from(hats: &[Hat]) -> Self {
        Value::Text(Some(hats.iter().map(|hat| hat.code()).collect::<Vec<_>>().join(",")))
    }
}

/// A sequence number as the database keeps it; sequences stay far below 2⁶³.
pub(crate) fn sequence(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// A sequence number from the database.
pub(crate) fn unsigned(sequence: i64) -> u64 {
    u64::try_from(sequence).unwrap_or(0)
}

/// Thirty-two bytes from the database; a damaged column becomes zeros, which match no hash.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or_default()
}

/// A LIKE pattern, escaped with a backslash, for texts that contain `text` as it was typed.
pub(crate) fn containing(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}
