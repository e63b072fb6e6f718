//! Exit codes that scripts can rely on (`livehand --help` lists them).

/// Everything was done.
pub const DONE: u8 = 0;
/// It could not be done.
pub const FAILED: u8 = 1;
/// Done, but some lines or shows were left out; what and why was printed.
pub const PARTLY: u8 = 3;
/// Another process uses the data directory.
pub const IN_USE: u8 = 4;
/// The data is damaged or behind its mark.
pub const DAMAGED: u8 = 5;
/// It is not known what is stored; start again.
pub const FATAL: u8 = 70;

/// A failure with its own exit code.
#[derive(Debug)]
pub struct Coded {
    /// The code.
    pub code: u8,
    /// What happened.
    pub message: String,
}

impl std::fmt::Display for Coded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Coded {}

/// An error that ends the program with `code`.
pub fn coded(code: u8, message: impl Into<String>) -> anyhow::Error {
    Coded { code, message: message.into() }.into()
}

/// The code for an error.
pub fn code_of(error: &anyhow::Error) -> u8 {
    error.downcast_ref::<Coded>().map_or(FAILED, |coded| coded.code)
}
