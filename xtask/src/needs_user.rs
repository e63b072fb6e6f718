//! What a task cannot do by itself.

/// Exit code of a task that stopped because its user must install something.
pub const EXIT_CODE: u8 = 3;

/// Something is missing that only the user can install; the text ends with what to run.
#[derive(Debug)]
pub struct NeedsUser(pub String);

impl std::fmt::Display for NeedsUser {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NeedsUser {}
