//! What can go wrong with a database, as far as callers act differently on it.

/// A database error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Others were writing for too long; try again.
    #[error("the database is busy")]
    Busy,
    /// The disk is full; nothing was written.
    #[error("the disk is full")]
    Full {
        /// What the engine said.
        #[source]
        source: sqlx::Error,
    },
    /// The work of a transaction found nothing to do, and whatever it wrote on the way is taken back.
    #[error("there was nothing to do")]
    NothingToDo,
    /// A unique value exists already, or a row that is pointed to does not.
    #[error("the row conflicts with another")]
    Conflict {
        /// What the engine said.
        #[source]
        source: sqlx::Error,
    },
    /// Reading or writing the disk failed, or the connection broke while committing: what is stored is not known. The
    /// process must end and start again, because pages may be marked clean that were never written (Rebello et al.,
    /// USENIX ATC 2020).
    #[error("the disk or the connection failed while {operation}")]
    Fatal {
        /// What was being done.
        operation: &'static str,
        /// What the engine said.
        #[source]
        source: sqlx::Error,
    },
    /// Anything else.
    #[error("the database failed while {operation}")]
    Database {
        /// What was being done.
        operation: &'static str,
        /// What the engine said.
        #[source]
        source: sqlx::Error,
    },
    /// The database cannot be used at all.
    #[error("{0}")]
    Unusable(String),
}

/// Primary SQLite result codes that mean the disk is not to be trusted: IOERR, CORRUPT, NOTADB.
const SQLITE_FATAL: &[i32] = &[10, 11, 26];
/// FULL: the transaction was rolled back, so what is stored is known.
const SQLITE_FULL: i32 = 13;
/// PostgreSQL's `disk_full`.
const POSTGRES_FULL: &str = "53100";
/// NOTADB: the file is something else.
const SQLITE_NOT_A_DATABASE: i32 = 26;
/// BUSY and LOCKED.
const SQLITE_BUSY: &[i32] = &[5, 6];

impl Error {
    /// Whether the process must end (what is stored is not known).
    pub fn is_fatal(&self) -> bool {
        matches!(self, Error::Fatal { .. })
    }

    /// Whether a file that was to be opened is no SQLite database at all.
    pub(crate) fn is_foreign_file(source: &sqlx::Error) -> bool {
        let code = source.as_database_error().and_then(|error| error.code());
        code.and_then(|code| sqlite_code(&code)) == Some(SQLITE_NOT_A_DATABASE)
    }

    pub(crate) fn of(operation: &'static str, source: sqlx::Error) -> Self {
        match &source {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                if error.is_unique_violation()
                    || error.is_foreign_key_violation()
                    || error.is_check_violation()
                {
                    return Error::Conflict { source };
                }
                if code == "40001" || code == "40P01" {
                    return Error::Busy;
                }
                if code == POSTGRES_FULL || sqlite_code(&code) == Some(SQLITE_FULL) {
                    return Error::Full { source };
                }
                match sqlite_code(&code) {
                    Some(code) if SQLITE_BUSY.contains(&code) => Error::Busy,
                    Some(code) if SQLITE_FATAL.contains(&code) => Error::Fatal { operation, source },
                    _ => Error::Database { operation, source },
                }
            }
            sqlx::Error::Io(_) => Error::Fatal { operation, source },
            sqlx::Error::PoolTimedOut => Error::Busy,
            _ => Error::Database { operation, source },
        }
    }
}

/// The primary result code of SQLite. PostgreSQL's codes have five characters and may be digits, but mean other things.
fn sqlite_code(code: &str) -> Option<i32> {
    let extended = Some(code).filter(|code| code.len() < 5)?.parse::<i32>().ok()?;
    Some(extended & 0xff)
}
