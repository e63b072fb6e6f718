//! The two engines behind one door.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::Mutex;

use crate::{Error, Value};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Connections that only read.
const READERS: u32 = 4;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long SQLite waits for a lock before it says busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a write that lost a race is tried again.
const ATTEMPTS_MAX: u32 = 12;
/// Pause before the second attempt; each further one waits twice as long, up to 64 times.
const RETRY_PAUSE: Duration = Duration::from_millis(2);
/// Oldest bundled SQLite without the WAL-reset corruption bug of 3.7.0 to 3.51.2.
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// One connection writes, some read; the write-ahead log lets them do so at the same time.
    Sqlite {
        /// The only connection that writes.
        write: SqlitePool,
        /// Connections that cannot write.
        read: SqlitePool,
        /// The file.
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres(PgPool),
}

impl std::fmt::Debug for Db {
    /// Never prints how to connect.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.engine())
    }
}

enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction. It is handed to closures by value so that they stay ordinary closures; clones are the same transaction.
#[derive(Clone)]
pub struct Tx(Arc<Mutex<Conn>>);

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`, checks the engine, and brings the schema up to date.
    ///
    /// # Errors
    /// [`Error::Unusable`] says what is wrong with the URL, the engine or the schema.
    pub async fn open(url: &str) -> Result<Self, Error> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Self::open_sqlite(Path::new(path)).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::open_postgres(url).await;
        }
        Err(Error::Unusable("the database URL must begin with sqlite: or postgres://".to_owned()))
    }

    async fn open_sqlite(path: &Path) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF")
            .pragma("cell_size_check", "ON")
            .pragma("mmap_size", "0")
            // What is taken away of a person is not left lying in the file. FAST leaves out pages that are given back as
            // a whole, which none of theirs fills.
            .pragma("secure_delete", "FAST")
            .pragma("journal_size_limit", "67108864");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None);
        let opened = write.connect_with(options.clone()).await;
        let write = opened.map_err(|source| match Error::is_foreign_file(&source) {
            true => Error::Unusable(format!("{} is not a database", path.display())),
            false => Error::of("opening the database", source),
        })?;
        check_sqlite_version(&write).await?;
        MIGRATIONS
            .run(&write)
            .await
            .map_err(|error| Error::Unusable(format!("cannot bring the schema up to date: {error}")))?;
        let read = SqlitePoolOptions::new().max_connections(READERS).idle_timeout(None);
        let opened = read.connect_with(options.pragma("query_only", "ON")).await;
        let read = opened.map_err(|source| Error::of("opening the database", source))?;
        Ok(Self::Sqlite { write, read, path: path.to_owned() })
    }

    async fn open_postgres(url: &str) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|source| Error::of("reading the database URL", source))?
            // Whatever the server's default: who is told "done" can rely on it.
            .options([("synchronous_commit", "on")]);
        let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect_with(options).await;
        let pool = pool.map_err(|source| match source {
            sqlx::Error::PoolTimedOut => Error::Unusable("the database server does not answer".to_owned()),
            source => Error::of("connecting to the database", source),
        })?;
        MIGRATIONS
            .run(&pool)
            .await
            .map_err(|error| Error::Unusable(format!("cannot bring the schema up to date: {error}")))?;
        Ok(Self::Postgres(pool))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// A transaction that only reads, on a consistent state.
    ///
    /// # Errors
    /// [`Error`] if no connection can be had.
    pub async fn read(&self) -> Result<Tx, Error> {
        let conn = match self {
            Db::Sqlite { read, .. } => read.begin().await.map(Conn::Sqlite),
            Db::Postgres(pool) => {
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map(Conn::Postgres)
            }
        };
        conn.map(Tx::new).map_err(|source| Error::of("beginning to read", source))
    }

    /// Runs `work` in a transaction that no other write overlaps, and commits it if it succeeds. `work` may run more than
    /// once.
    ///
    /// # Errors
    /// What `work` returned, [`Error::Busy`] when it lost too many races, [`Error::Fatal`] when the commit's outcome is
    /// not known.
    pub async fn write<T, F, Fut>(&self, work: F) -> Result<T, Error>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        for attempt in 0..ATTEMPTS_MAX {
            if attempt > 0 {
                tokio::time::sleep(RETRY_PAUSE * 2_u32.pow(attempt.min(6))).await;
            }
            match self.attempt(&work).await {
                Err(Error::Busy) => {}
                other => return other,
            }
        }
        Err(Error::Busy)
    }

    async fn attempt<T, F, Fut>(&self, work: &F) -> Result<T, Error>
    where
        F: Fn(Tx) -> Fut,
        Fut: Future<Output = Result<T, Error>>,
    {
        let conn = match self {
            Db::Sqlite { write, .. } => write.begin_with("BEGIN IMMEDIATE").await.map(Conn::Sqlite),
            Db::Postgres(pool) => {
                pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await.map(Conn::Postgres)
            }
        };
        let tx = Tx::new(conn.map_err(|source| Error::of("beginning to write", source))?);
        let result = work(tx.clone()).await?;
        let conn = Arc::into_inner(tx.0).map(Mutex::into_inner);
        let committed = match conn {
            Some(Conn::Sqlite(tx)) => tx.commit().await,
            Some(Conn::Postgres(tx)) => tx.commit().await,
            None => return Err(Error::Unusable("a transaction outlived its closure".to_owned())),
        };
        committed.map_err(|source| match Error::of("committing", source) {
            Error::Database { operation, source } => Error::Fatal { operation, source },
            other => other,
        })?;
        Ok(result)
    }

    /// The schema with its column names and types, for comparing engines.
    ///
    /// # Errors
    /// [`Error`] if the catalogue cannot be read.
    pub async fn columns(&self) -> Result<Vec<(String, String)>, Error> {
        let rows: Result<Vec<(String, String)>, sqlx::Error> = match self {
            Db::Sqlite { read, .. } => {
                sqlx::query_as(
                    "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p \
                     WHERE m.type = 'table' AND m.name NOT LIKE '%sqlx%' AND m.name NOT LIKE 'sqlite%' ORDER BY 1, 2",
                )
                .fetch_all(read)
                .await
            }
            Db::Postgres(pool) => {
                sqlx::query_as(
                    "SELECT table_name::text, column_name::text FROM information_schema.columns \
                     WHERE table_schema = 'public' AND table_name NOT LIKE '%sqlx%' ORDER BY 1, 2",
                )
                .fetch_all(pool)
                .await
            }
        };
        rows.map_err(|source| Error::of("reading the schema", source))
    }

    /// Prepares a statement without running it.
    ///
    /// # Errors
    /// [`Error`] if the engine does not understand it.
    pub async fn prepare(&self, text: &'static str) -> Result<(), Error> {
        use sqlx::{Executor, SqlSafeStr};
        let prepared = match self {
            Db::Sqlite { read, .. } => read.prepare(text.into_sql_str()).await.map(|_| ()),
            Db::Postgres(pool) => pool.prepare(text.into_sql_str()).await.map(|_| ()),
        };
        prepared.map_err(|source| Error::of("preparing a statement", source))
    }

    /// Closes all connections; SQLite's write-ahead log is folded into the file.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

async fn check_sqlite_version(pool: &SqlitePool) -> Result<(), Error> {
    let version: (String,) = sqlx::query_as("SELECT sqlite_version()")
        .fetch_one(pool)
        .await
        .map_err(|source| Error::of("reading the SQLite version", source))?;
    let mut parts = version.0.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let found = (next(), next(), next());
    if found < SQLITE_VERSION_MIN {
        let (major, minor, patch) = SQLITE_VERSION_MIN;
        return Err(Error::Unusable(format!(
            "SQLite {} can corrupt its write-ahead log; {major}.{minor}.{patch} or later is needed",
            version.0
        )));
    }
    Ok(())
}

/// A row that both engines can read.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for value in $args {
            query = match value {
                Value::Text(value) => query.bind(value),
                Value::Integer(value) => query.bind(value),
                Value::Boolean(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Tx {
    fn new(conn: Conn) -> Self {
        Self(Arc::new(Mutex::new(conn)))
    }

    /// All rows.
    pub(crate) async fn all<T: Row>(
        &self,
        what: &'static str,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<T>, Error> {
        let rows = match &mut *self.0.lock().await {
            Conn::Sqlite(tx) => bound!(sqlx::query_as::<_, T>(sql), args).fetch_all(&mut **tx).await,
            Conn::Postgres(tx) => bound!(sqlx::query_as::<_, T>(sql), args).fetch_all(&mut **tx).await,
        };
        rows.map_err(|source| Error::of(what, source))
    }

    /// The only row, if there is one.
    pub(crate) async fn one<T: Row>(
        &self,
        what: &'static str,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, Error> {
        Ok(self.all(what, sql, args).await?.into_iter().next())
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) async fn run(
        &self,
        what: &'static str,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<u64, Error> {
        let done = match &mut *self.0.lock().await {
            Conn::Sqlite(tx) => {
                bound!(sqlx::query(sql), args).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            Conn::Postgres(tx) => {
                bound!(sqlx::query(sql), args).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        };
        done.map_err(|source| Error::of(what, source))
    }
}
