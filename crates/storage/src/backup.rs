//! Copies of an embedded database, made while it is in use and checked before they count.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::{Db, Error};

impl Db {
    /// Writes a checked copy to `path`, which must not exist yet. The copy holds everything that was committed before.
    ///
    /// # Errors
    /// [`Error::Unusable`] if `path` exists, the engine is PostgreSQL (use `pg_dump`), or the copy fails its check.
    pub async fn backup_to(&self, path: &Path) -> Result<(), Error> {
        let Db::Sqlite { write, .. } = self else {
            return Err(Error::Unusable("a PostgreSQL database is backed up with pg_dump".to_owned()));
        };
        if path.exists() {
            return Err(Error::Unusable(format!("{} exists already", path.display())));
        }
        let part = path.with_extension("part");
        let _ = std::fs::remove_file(&part);
        let copied =
            sqlx::query("VACUUM INTO $1").bind(part.to_string_lossy().into_owned()).execute(write).await;
        copied.map_err(|source| Error::of("copying the database", source))?;
        check(&part).await?;
        let placed = std::fs::File::open(&part)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&part, path))
            .and_then(|()| match path.parent() {
                Some(folder) if folder != Path::new("") => {
                    std::fs::File::open(folder).and_then(|folder| folder.sync_all())
                }
                _ => Ok(()),
            });
        placed.map_err(|error| Error::of("placing the copy", sqlx::Error::Io(error)))
    }
}

impl Db {
    /// Lets the engine check its files; what is wrong, if anything. PostgreSQL checks its pages as it reads them.
    ///
    /// # Errors
    /// [`Error`] if the check cannot be made.
    pub async fn check_integrity(&self) -> Result<Option<String>, Error> {
        let Db::Sqlite { read, .. } = self else { return Ok(None) };
        let verdict: Result<(String,), _> = sqlx::query_as("PRAGMA integrity_check").fetch_one(read).await;
        let (verdict,) = verdict.map_err(|source| Error::of("checking the database", source))?;
        Ok(Some(verdict).filter(|verdict| verdict != "ok"))
    }
}

/// Lets SQLite check a database file that nobody else uses.
async fn check(path: &Path) -> Result<(), Error> {
    // Not by a URL: a path may hold characters that mean something there.
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let connected = SqliteConnection::connect_with(&options).await;
    let mut connection = connected.map_err(|source| Error::of("opening the copy", source))?;
    let result: Result<(String,), _> =
        sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut connection).await;
    let (verdict,) = result.map_err(|source| Error::of("checking the copy", source))?;
    if verdict == "ok" { Ok(()) } else { Err(Error::Unusable(format!("the copy is damaged: {verdict}"))) }
}
