//! Wording (词检): what must not be said, or only with evidence.
//!
//! Rules are data, a dated [`Pack`] of words with their level and legal basis; [`Linter`] finds them in a text however
//! they are disguised, and leaves alone the everyday sentences that contain the same characters. What must never happen
//! here: a rule of one single character, and a word that is hit because it happens to lie across two others.

mod check;
mod codes;
mod context;
mod fold;
mod judgement;
mod linter;
mod pack;
mod parts;
mod patterns;
mod said;
mod segment;
mod sounds;

pub use check::{Context, Hit, Verdict};
pub use codes::{Goods, Level, Place};
pub use judgement::{Labelled, train};
pub use linter::Linter;
pub use pack::{Pack, PackError, PackSummary};

/// The rules that come with the program.
pub const BUILT_IN: &str = include_str!("../../packs/wording.json");

/// Longest text that is checked at once, in characters: a script of two hours and a half.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Days after which rules that nobody has looked at again may be out of date.
pub const STALE_DAYS: i64 = 180;
