//! 合规: who may do what, and what may be said. Permissions are one table, denied by default; `app` asks it before every
//! use case.

pub mod changes;
pub mod claims;
mod permissions;
pub mod wording;

pub use permissions::{Action, permitted};
