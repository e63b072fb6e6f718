//! Folding SQLite's write-ahead log into its file beside the writes instead of within them, so that nobody who commits
//! waits for pages that others wrote before.

use std::time::Duration;

use crate::{Db, Error};

/// How often it is looked how long the log is.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Pages from which the log is folded, as SQLite does it by itself.
const PAGES_MIN: i64 = 1_000;

impl Db {
    /// Folds the log whenever it is long enough, until it is dropped. Without it the connection that writes folds the log
    /// by itself, later and all at once. PostgreSQL needs no help.
    pub async fn keep_folded(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.fold().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the write-ahead log was not folded"
                );
            }
        }
    }

    async fn fold(&self) -> Result<(), Error> {
        let Db::Sqlite { read, .. } = self else { return Ok(()) };
        let failed = |source| Error::of("folding the write-ahead log", source);
        let pages: Result<(i64, i64, i64), sqlx::Error> =
            sqlx::query_as("PRAGMA wal_checkpoint(NOOP)").fetch_one(read).await;
        let (_, written, folded) = pages.map_err(failed)?;
        if written - folded >= PAGES_MIN {
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(read).await.map_err(failed)?;
        }
        Ok(())
    }
}
