//! 播中: the room of one show. A show is a log of [`Event`]s; [`Room`] folds the log into what the crew sees.
//!
//! The fold is pure: no clock, no I/O, no randomness, no order that depends on a hash. The same log gives the same
//! state, byte for byte, on any machine. What must never happen here: a failing [`Room::apply`], and a rule that looks
//! at anything but its arguments.

pub mod alarms;
mod command;
mod decide;
mod demand;
pub mod effects;
mod event;
pub mod hesitation;
mod metrics;
pub mod packed;
mod questions;
mod room;
pub mod sayings;
pub mod series;
pub mod table;
mod troubles;
pub mod view;

pub use command::{
    AutoAnswering, Automatic, Command, CrewAction, Decision, LineKind, Refusal, ReplyRoute, TICKER,
};
pub use demand::link_named;
pub use event::{
    AMOUNT_FEN_MAX, AT_RANGE_MS, COUNT_MAX, COUNTER_MAX, CardLevel, Change, Event, FieldError, ID_BYTES_MAX,
    Kind, LINE_BYTES_MAX, Quality, Stats, TEXT_BYTES_MAX,
};
pub use questions::{ANSWER_WITHIN_MS, FaqOutcome, Gap, asks};
pub use room::{Changes, KeptRoom, Room, STATE_FORMAT};
