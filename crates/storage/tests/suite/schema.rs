//! One SQL text for both engines, and one schema.

use std::sync::{Arc, Mutex};

use livehand_storage::{Db, Engine, Error, Statement};

use crate::{behind_its_back, on_every_engine, person, save};

#[tokio::test]
async fn every_statement_is_understood_by_every_engine() {
    on_every_engine(|db| async move {
        let statements: Vec<&Statement> = inventory::iter::<Statement>.into_iter().collect();
        assert!(statements.len() > 30, "only {} statements are registered", statements.len());
        for statement in statements {
            let prepared = db.prepare(statement.text).await;
            assert!(prepared.is_ok(), "{} on {:?}: {prepared:?}", statement.place, db.engine());
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_an_engine_does_not_understand_is_found() {
    on_every_engine(|db| async move {
        let planted = match db.engine() {
            Engine::Sqlite => "SELECT GREATEST(sequence, at) FROM audit",
            Engine::Postgres => "SELECT sequence FROM audit WHERE $1 IS NULL",
        };
        assert!(db.prepare(planted).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_engines_have_the_same_tables_and_columns() {
    let found = Arc::new(Mutex::new(Vec::new()));
    on_every_engine(|db| {
        let found = found.clone();
        async move {
            let columns = db.columns().await.unwrap();
            assert!(columns.contains(&("log_batches".to_owned(), "hash".to_owned())));
            found.lock().unwrap().push(columns);
        }
    })
    .await;
    for columns in found.lock().unwrap().windows(2) {
        assert_eq!(columns[0], columns[1]);
    }
}

#[tokio::test]
async fn a_database_is_opened_again_with_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("with space % and ?.db").display());
    let db = Db::open(&url).await.unwrap();
    save!(db, people::insert(&person("p1", "Sample Lin"))).unwrap();
    db.close().await;
    let db = Db::open(&url).await.unwrap();
    assert_eq!(crate::load!(db, people::count()), 1);
    db.close().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("livehand.db");
    let garbage = b"this is not a database, it is a letter ".repeat(200);
    std::fs::write(&path, &garbage).unwrap();
    let error = Db::open(&format!("sqlite:{}", path.display())).await.unwrap_err();
    assert!(matches!(error, Error::Unusable(_)), "{error:?}");
    let message = error.to_string();
    assert!(message.contains("livehand.db") && message.contains("not a database"), "{message}");
    assert_eq!(std::fs::read(&path).unwrap(), garbage, "a refused file must stay as it is");
}

#[tokio::test]
async fn a_damaged_schema_or_a_foreign_url_is_refused() {
    let error = Db::open("mysql://localhost/shows").await.unwrap_err().to_string();
    assert!(error.contains("sqlite:") && error.contains("postgres://"), "{error}");
    on_every_engine(|db| async move {
        behind_its_back(&db, "UPDATE _sqlx_migrations SET checksum = checksum || checksum").await;
        if let Db::Sqlite { path, .. } = &db {
            let error = Db::open(&format!("sqlite:{}", path.display())).await.unwrap_err().to_string();
            assert!(error.contains("schema"), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_printed_about_a_database_has_no_address_in_it() {
    on_every_engine(|db| async move {
        let printed = format!("{db:?}");
        assert!(printed == "Db(Sqlite)" || printed == "Db(Postgres)", "{printed}");
    })
    .await;
}
