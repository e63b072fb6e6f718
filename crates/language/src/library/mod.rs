//! The FAQ library (FAQ 话术库): questions that buyers ask again and again, the words in which they ask, and the answers of
//! the shop. What an entry is, what is wrong with one, how answers are read, how lines and sheets become entries, and which
//! entries need somebody's care.
//!
//! What must never happen here: a slot that nobody can fill standing in an answer without anybody being told, and a line of a
//! paste that is dropped without its number being named.

mod answer;
mod check;
mod draft;
mod entry;
mod fault;
mod health;
mod leaving;
mod masked;
mod paste;
mod plan;
mod sheet;

pub use answer::{Part, Piece, SLOTS, Slot, SlotKind, choose, parts, shown_chars, slots};
pub use check::{
    CONCEPT_CHARS_MAX, CONCEPTS_MAX, EVIDENCE_CHARS_MAX, LONG_CHARS_MAX, QUESTION_CHARS_MAX, SCOPE_IDS_MAX,
    SHORT_CHARS_MAX, VARIANT_CHARS_MAX, VARIANTS_MAX, check, clean,
};
pub use draft::{DraftFault, Given, check_draft};
pub use entry::{Asked, Entry, Level, Scope, ScopeOf, State};
pub use fault::{Fault, LineFault};
pub use health::{
    Ailment, EXPIRES_WITHIN_DAYS, HealthCheck, REWRITTEN_PERCENT_MIN, SENT_MIN, Use, VARIANTS_WANTED,
    ailments,
};
pub use leaving::leaving;
pub use masked::MaskedText;
pub use paste::{LINES_MAX, Pasted, PastedLine, parse_paste};
pub use plan::{Incoming, Patch, Plan, Planned, plan};
pub use sheet::{COLUMNS, Column, SheetRow, guess_column, read_row, row_of};
