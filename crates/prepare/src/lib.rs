//! 播前: what is made ready before a show. The order of the line-up (排品), and what a spreadsheet
//! that somebody sends says.
//!
//! Pure: no clock, no I/O. What looks random comes from a seed that the caller gives, so that the same plan is ordered the
//! same way everywhere.

pub mod catalogue;
pub mod lineup;
pub mod sheet;
