//! 播后: the review of a show and its tables.

mod export;
mod review_show;

pub use export::Table;
pub use review_show::{Review, StagedItem};
