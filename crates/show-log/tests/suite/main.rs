//! What every log must do, in memory, on SQLite and on PostgreSQL alike; and what the marks find when a database lost
//! something without a word.

#![cfg(test)]

mod conformance;
mod damage;
mod marks;
mod write_ahead;

#[path = "../../../storage/tests/suite/engines.rs"]
mod engines;

use std::future::Future;
use std::sync::Arc;

use livehand_kernel::{Millis, ShowId};
use livehand_live::{Event, Kind};
use livehand_show_log::{Batch, EventLog, Head, MemoryLog, Recorded, SqlLog};

pub use engines::{behind_its_back, on_every_engine};

/// Runs `test` on an empty log of each kind.
pub async fn on_every_log<F, Fut>(test: F)
where
    F: Fn(Arc<dyn EventLog>) -> Fut,
    Fut: Future<Output = ()> + 'static,
{
    test(Arc::new(MemoryLog::default())).await;
    on_every_engine(|db| test(Arc::new(SqlLog::new(db)))).await;
}

/// The show of most tests.
pub fn show() -> ShowId {
    ShowId::from("s1")
}

/// A batch of `count` comments whose ids begin with `name`.
pub fn batch(name: &str, count: usize) -> Batch {
    let event = |n| {
        let mut event = Event::new(format!("{name}-{n}"), Millis(1_000), Kind::Comment);
        event.text = Some(format!("第{n}条 from {name}\nwith a second line"));
        event
    };
    Batch { events: (0..count).map(event).collect() }
}

/// Appends a batch where the log ends.
pub async fn append(log: &dyn EventLog, name: &str, count: usize) -> Head {
    let head = log.head(&show()).await.unwrap();
    log.append(&show(), head, Millis(2_000), &batch(name, count)).await.unwrap()
}

/// The whole log.
pub async fn read_all(log: &dyn EventLog) -> Vec<Recorded> {
    log.read(&show(), Head::EMPTY, usize::MAX).await.unwrap().events
}
