//! 播后: the review of a show and its tables.

mod export;
mod export_list;
mod read_log;
mod review_show;

pub use export::Table;
pub use export_list::List;
pub use read_log::LogReader;
pub(crate) use review_show::staged;
pub use review_show::{Review, StagedItem};
