//! Chinese addresses.
//!
//! [`divisions`] is the table of provinces, prefectures, counties and towns, with what became of those that are no more.
//!
//! Pure: no clock, no I/O. The table is inside the program.

pub mod divisions;
