//! 合规: who may do what. One table, denied by default; `app` asks it before every use case.

mod permissions;

pub use permissions::{Action, permitted};
