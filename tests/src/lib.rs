//! The program as its users have it: started as a process, spoken to over HTTP, stopped and killed.

pub mod api;
pub mod crash;
pub mod drain;
pub mod model;
pub mod program;
pub mod usage;
pub mod year;
