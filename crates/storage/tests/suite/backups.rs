//! Copies of a database.

use livehand_storage::{Db, Engine, Error};
use tokio::task::JoinSet;

use crate::{load, on_every_engine, person, save};

#[tokio::test]
async fn a_copy_opens_and_has_every_row_that_was_there() {
    on_every_engine(|db| async move {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy of 100% ? #1.db");
        for n in 0..20 {
            save!(db, people::insert(&person(&format!("p{n}"), &format!("Sample {n}")))).unwrap();
        }
        let copied = db.backup_to(&path).await;
        if db.engine() == Engine::Postgres {
            let message = copied.unwrap_err().to_string();
            assert!(message.contains("pg_dump"), "{message}");
            return;
        }
        copied.unwrap();
        let copy = Db::open(&format!("sqlite:{}", path.display())).await.unwrap();
        assert_eq!(load!(copy, people::list()), load!(db, people::list()));
        copy.close().await;
        let names = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(names, 1, "nothing but the copy may stay");
    })
    .await;
}

#[tokio::test]
async fn a_copy_never_replaces_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("a.db").display())).await.unwrap();
    let path = folder.path().join("copy.db");
    std::fs::write(&path, b"the only copy of last week").unwrap();
    let error = db.backup_to(&path).await.unwrap_err();
    assert!(matches!(&error, Error::Unusable(message) if message.contains("exists already")), "{error:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"the only copy of last week");
    assert!(db.backup_to(&folder.path().join("missing").join("copy.db")).await.is_err());
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_made_while_others_write_holds_all_that_was_committed_before() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("a.db").display())).await.unwrap();
    for n in 0..50 {
        save!(db, people::insert(&person(&format!("p{n}"), &format!("Sample {n}")))).unwrap();
    }
    let mut writers = JoinSet::new();
    for writer in 0..2 {
        let db = db.clone();
        writers.spawn(async move {
            for n in 0..30 {
                add(&db, format!("w{writer}-{n}")).await.unwrap();
            }
        });
    }
    let path = folder.path().join("copy.db");
    db.backup_to(&path).await.unwrap();
    writers.join_all().await;
    let copy = Db::open(&format!("sqlite:{}", path.display())).await.unwrap();
    let names: Vec<String> = load!(copy, people::list()).into_iter().map(|person| person.name).collect();
    for n in 0..50 {
        assert!(names.contains(&format!("Sample {n}")), "Sample {n} is missing");
    }
    copy.close().await;
    db.close().await;
}

async fn add(db: &Db, id: String) -> Result<(), Error> {
    db.write(|tx| {
        let row = person(&id, &format!("Late {id}"));
        async move { livehand_storage::people::insert(&tx, &row).await }
    })
    .await
}
