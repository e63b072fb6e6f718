//! 合规: who may do what. One table, denied by default; `app` asks it before every use case.

pub mod changes;
pub mod claims;
mod permissions;
pub mod wording;

pub use permissions::{Action, permitted};
