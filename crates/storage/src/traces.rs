//! Taking away what a database file still holds of rows that are gone.

use crate::{Db, Error};

impl Db {
    /// Takes away what the files still hold of rows that were written over. In SQLite the place of such a row is zeroed when
    /// it is freed (`secure_delete`), but the write-ahead file holds it until it is emptied, which is done here; in
    /// PostgreSQL the old versions of rows are given back. Copies made before, such as backups, are out of reach.
    ///
    /// # Errors
    /// [`Error`] of the database; whoever reads for long can keep the write-ahead file from being emptied, which is no
    /// error and is made up for by the next call.
    pub async fn clear_traces(&self) -> Result<(), Error> {
        match self {
            Db::Sqlite { write, .. } => {
                let done = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await;
                done.map(|_| ()).map_err(|source| Error::of("emptying the write-ahead file", source))
            }
            Db::Postgres(pool) => {
                for table in ["VACUUM customers", "VACUUM deliveries"] {
                    let done = sqlx::query(table).execute(pool).await;
                    done.map_err(|source| Error::of("giving back old rows", source))?;
                }
                Ok(())
            }
        }
    }
}
