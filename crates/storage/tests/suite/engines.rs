//! Fresh databases for tests: always SQLite in a folder of its own, and PostgreSQL where the environment names a server.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use livehand_storage::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::task::LocalSet;

/// URL of a server's maintenance database, `postgres://…/postgres`, on which tests may make databases.
const POSTGRES_VARIABLE: &str = "LIVEHAND_TEST_POSTGRES";
/// `all` makes a missing server a failure, so that a test run cannot skip PostgreSQL unseen.
const ENGINES_VARIABLE: &str = "LIVEHAND_TEST_ENGINES";

static MADE: AtomicU32 = AtomicU32::new(0);

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.into_string().unwrap()).filter(|value| !value.is_empty())
}

fn server() -> Option<String> {
    let url = variable(POSTGRES_VARIABLE);
    let required = variable(ENGINES_VARIABLE).is_some_and(|engines| engines == "all");
    assert!(url.is_some() || !required, "{ENGINES_VARIABLE} is all, but {POSTGRES_VARIABLE} names no server");
    url
}

/// Runs `test` on a fresh database of each engine, and removes the database afterwards, also when the test fails.
pub async fn on_every_engine<F, Fut>(test: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()> + 'static,
{
    let server = server();
    let folder = TempDir::new().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
    test(db.clone()).await;
    db.close().await;
    if let Some(server) = server {
        on_postgres(&server, &test).await;
    }
}

async fn on_postgres<F, Fut>(server: &str, test: &F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()> + 'static,
{
    let name = format!("livehand_test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    let db = Db::open(&with_database(server, &name)).await.unwrap();
    let tasks = LocalSet::new();
    let ended = tasks.run_until(tasks.spawn_local(test(db.clone()))).await;
    db.close().await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::query(AssertSqlSafe(drop)).execute(&mut admin).await.unwrap();
    if let Err(failed) = ended {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// The URL with another database in it.
fn with_database(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, None), |(a, o)| (a, Some(o)));
    let (host, _) = address.rsplit_once('/').unwrap();
    match options {
        Some(options) => format!("{host}/{name}?{options}"),
        None => format!("{host}/{name}"),
    }
}

/// Runs a statement past the crate, as somebody with the database's password could; how many rows it changed.
pub async fn behind_its_back(db: &Db, sql: impl Into<String>) -> u64 {
    attempted_behind_its_back(db, sql).await.unwrap()
}

/// As [`behind_its_back`], for a statement that the database itself may refuse.
pub async fn attempted_behind_its_back(db: &Db, sql: impl Into<String>) -> Result<u64, sqlx::Error> {
    let sql = AssertSqlSafe(sql.into());
    match db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(|done| done.rows_affected()),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|done| done.rows_affected()),
    }
}
