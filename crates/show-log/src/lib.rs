//! The show log: what happened in a show, in order, for good.
//!
//! A log grows by batches. Each batch names the hash of the one before it, so a changed, missing or moved batch is found
//! when it is read; a missing end is found by [`Marks`], which are kept outside the database. An append names the head it
//! expects, and that alone keeps two writers from both succeeding. What must never happen here: a batch half there, an
//! append that reports success before the disk has it.

mod batch;
mod log;
mod marks;
mod memory;
mod sql;

pub use batch::{Batch, EVENTS_PER_BATCH_MAX, Head, PackedBatch, PackedPage, Page, Recorded, Snapshot};
pub use log::{AppendError, EventLog, ReadError};
pub use marks::{Gap, GapKind, Marks, find_gaps};
pub use memory::MemoryLog;
pub use sql::SqlLog;
