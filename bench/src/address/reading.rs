//! What a parser makes of lines, in the form in which all of them say it.

use serde::Deserialize;

/// A line as it was read. An empty text is as good as none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Reading {
    pub province: Option<String>,
    pub city: Option<String>,
    pub county: Option<String>,
    pub town: Option<String>,
    pub devzone: Option<String>,
    pub detail: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    /// Whether the parser says that it is not sure.
    pub unsure: bool,
}

/// What a parser says of itself and of the time that it took.
#[derive(Debug, Clone, Deserialize)]
pub struct Figures {
    /// Its name and version.
    pub engine: String,
    pub gives_name: bool,
    pub gives_phone: bool,
    /// Lines in a second of processor time.
    pub lines_per_s: f64,
    /// Half of the lines took no longer than this, by the clock.
    pub p50_us: f64,
    pub p99_us: f64,
}

/// One parser and one file.
pub struct Took {
    pub readings: Vec<Reading>,
    pub figures: Figures,
}
