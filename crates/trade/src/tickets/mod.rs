//! After-sale tickets (售后工单): what a customer needs after the sale, who has it, by when they are answered, and what became
//! of it.
//!
//! Everything here is a function of times that are given. What must never happen here: a move that skips a step, a clock
//! that is set back, and a customer who is answered twice "first".

mod canned;
mod cause;
mod clock;
pub mod compensation;
mod kind;
mod moves;
mod settings;
mod ticket;

pub use canned::{Canned, Need, canned, question};
pub use cause::{Cause, came_back_wrong};
pub use clock::{
    FIRST_AFTER_SHOW_MS, FIRST_ON_AIR_MS, FIRST_URGENT_MS, Late, RESOLVE_MS, WorkingHours, first_due,
    resolve_due,
};
pub use kind::{Kind, Mood, Priority, Source};
pub use moves::{NotMoved, State, Waits, may_move};
pub use settings::{Settings, SettingsFault};
pub use ticket::{Owner, SATISFIED_FROM, SCORES, Satisfaction, Settled, Ticket, Times};

/// Share of customers who are to be satisfied, in thousandths (满意度 95%).
pub const SATISFIED_PERMILLE: i64 = 950;
