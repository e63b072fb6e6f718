//! 合规: who may do what, what may be said, and what is kept of people. Permissions are one table, denied by default; `app` asks it before every
//! use case.

pub mod changes;
pub mod claims;
mod permissions;
pub mod personal;
pub mod wording;

pub use permissions::{Action, permitted};
