//! Rows changed behind the log's back are named by the number of the event.

use livehand_show_log::{EventLog, Head, ReadError, SqlLog};
use livehand_storage::{Db, Engine, log_batches};

use crate::{append, behind_its_back, on_every_engine, read_all, show};

/// Three batches: events 1 to 4, 5 to 8, 9 to 12.
async fn three_batches(db: &Db) -> SqlLog {
    let log = SqlLog::new(db.clone());
    for name in ["a", "b", "c"] {
        append(&log, name, 4).await;
    }
    log
}

async fn broken_at(log: &SqlLog) -> u64 {
    let error = log.read(&show(), Head::EMPTY, usize::MAX).await.unwrap_err();
    let ReadError::Broken { show, sequence, reason } = &error else { panic!("{error:?}") };
    let message = error.to_string();
    assert!(message.contains(show.as_str()) && message.contains(&format!("event {sequence}")), "{message}");
    assert!(!reason.is_empty());
    *sequence
}

async fn set_body(db: &Db, first: u64, body: &[u8]) {
    let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
    let literal = match db.engine() {
        Engine::Sqlite => format!("X'{hex}'"),
        Engine::Postgres => format!("decode('{hex}', 'hex')"),
    };
    let changed =
        behind_its_back(db, format!("UPDATE log_batches SET body = {literal} WHERE first = {first}")).await;
    assert_eq!(changed, 1);
}

#[tokio::test]
async fn a_flipped_bit_in_any_byte_of_a_body_is_named() {
    on_every_engine(|db| async move {
        let log = three_batches(&db).await;
        let whole = read_all(&log).await;
        let tx = db.read().await.unwrap();
        let body = log_batches::read(&tx, &show(), 4, 100, 1).await.unwrap().remove(0).body;
        drop(tx);
        for (n, byte) in body.iter().enumerate() {
            let mut damaged = body.clone();
            damaged[n] = byte ^ (1 << (n % 8));
            set_body(&db, 5, &damaged).await;
            assert_eq!(broken_at(&log).await, 5, "byte {n}");
        }
        for wrong in [&body[..body.len() - 1], &[]] {
            set_body(&db, 5, wrong).await;
            assert_eq!(broken_at(&log).await, 5);
        }
        set_body(&db, 5, &body).await;
        assert_eq!(read_all(&log).await, whole);
    })
    .await;
}

#[tokio::test]
async fn a_missing_batch_is_named_by_its_first_event() {
    for (first, named) in [(1, 1), (5, 5)] {
        on_every_engine(|db| async move {
            let log = three_batches(&db).await;
            behind_its_back(&db, format!("DELETE FROM log_batches WHERE first = {first}")).await;
            assert_eq!(broken_at(&log).await, named);
        })
        .await;
    }
}

#[tokio::test]
async fn two_swapped_batches_are_named() {
    on_every_engine(|db| async move {
        let log = three_batches(&db).await;
        for (from, to) in [(5, 105), (9, 5), (105, 9)] {
            let sql = format!("UPDATE log_batches SET first = {to}, last = {to} + 3 WHERE first = {from}");
            assert_eq!(behind_its_back(&db, sql).await, 1);
        }
        assert_eq!(broken_at(&log).await, 5);
    })
    .await;
}

#[tokio::test]
async fn a_changed_hash_or_length_is_named() {
    for change in ["hash = previous", "last = last - 1"] {
        on_every_engine(|db| async move {
            let log = three_batches(&db).await;
            behind_its_back(&db, format!("UPDATE log_batches SET {change} WHERE first = 5")).await;
            assert_eq!(broken_at(&log).await, 5, "{change}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_lies_before_the_damage_can_be_read() {
    on_every_engine(|db| async move {
        let log = three_batches(&db).await;
        behind_its_back(&db, "UPDATE log_batches SET hash = previous WHERE first = 9").await;
        let page = log.read(&show(), Head::EMPTY, 8).await.unwrap();
        assert_eq!(page.events.len(), 8);
        let error = log.read(&show(), page.head, 8).await.unwrap_err();
        assert!(matches!(error, ReadError::Broken { sequence: 9, .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_log_copied_to_another_show_is_named() {
    on_every_engine(|db| async move {
        let log = three_batches(&db).await;
        behind_its_back(&db, "UPDATE log_batches SET show_id = 's2'").await;
        let error = log.read(&"s2".into(), Head::EMPTY, 8).await.unwrap_err();
        assert!(matches!(error, ReadError::Broken { sequence: 1, .. }), "{error:?}");
    })
    .await;
}
