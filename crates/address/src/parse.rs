//! The way in.

use std::sync::LazyLock;

use crate::divisions::Divisions;
use crate::gazetteer::Gazetteer;
use crate::line::Line;
use crate::parsed::Parsed;

/// The names of all divisions.
pub(crate) static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(Divisions::built_in()));

/// Reads a shipping line or a chat message. The first call builds the names of all divisions, which takes some tenths of a
/// second; each further one some microseconds.
#[must_use]
pub fn parse(line: &str) -> Parsed {
    Line::read(&GAZETTEER, line).parsed()
}
