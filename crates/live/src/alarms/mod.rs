//! Alarms.
pub mod drop;
