//! The audit trail, the rows of the show log, and snapshots.

use livehand_kernel::{Millis, PersonId, ShowId};
use livehand_storage::audit::{self, AuditEntry};
use livehand_storage::log_batches::BatchRow;
use livehand_storage::snapshots::SnapshotRow;
use livehand_storage::{Db, Error};
use tokio::task::JoinSet;

use crate::{behind_its_back, load, on_every_engine, save};

fn entry(n: u64) -> AuditEntry {
    AuditEntry {
        at: Millis(1_000),
        person_id: n.is_multiple_of(2).then(|| PersonId::from("p1")),
        person_name: "Sample Lin".to_owned(),
        action: "show.open".to_owned(),
        subject: format!("s{n}"),
        detail: "{}".to_owned(),
    }
}

async fn trail(db: &Db, length: u64) {
    for n in 1..=length {
        assert_eq!(save!(db, audit::append(&entry(n))).unwrap().sequence, n);
    }
    assert_eq!(load!(db, audit::verify()), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_write_the_audit_trail_at_once_make_one_chain() {
    on_every_engine(|db| async move {
        let mut tasks = JoinSet::new();
        for task in 0..8_u64 {
            let db = db.clone();
            tasks.spawn(async move {
                for n in 0..6 {
                    while let Err(error) = append(&db, task * 6 + n).await {
                        assert!(matches!(error, Error::Busy), "{error:?}");
                    }
                }
            });
        }
        tasks.join_all().await;
        assert_eq!(load!(db, audit::verify()), None);
        let head = load!(db, audit::head());
        assert_eq!(head.sequence, 48);
        assert_eq!(load!(db, audit::hash_at(48)), Some(head.hash));
        assert_eq!(load!(db, audit::hash_at(49)), None);
    })
    .await;
}

async fn append(db: &Db, n: u64) -> Result<(), Error> {
    db.write(|tx| async move { audit::append(&tx, &entry(n)).await.map(|_| ()) }).await
}

#[tokio::test]
async fn a_changed_row_of_the_audit_trail_is_found_by_its_number() {
    on_every_engine(|db| async move {
        trail(&db, 6).await;
        for change in [
            "at = at + 1",
            "person_id = 'p2'",
            "person_name = 'Sample Mei'",
            "action = 'show.end'",
            "subject = 's9'",
            "detail = '{ }'",
            "previous = hash",
            "hash = previous",
        ] {
            let keep = "CREATE TABLE kept AS SELECT * FROM audit";
            behind_its_back(&db, keep).await;
            assert_eq!(
                behind_its_back(&db, format!("UPDATE audit SET {change} WHERE sequence = 4")).await,
                1
            );
            assert_eq!(load!(db, audit::verify()), Some(4), "{change}");
            behind_its_back(&db, "DELETE FROM audit").await;
            behind_its_back(&db, "INSERT INTO audit SELECT * FROM kept").await;
            behind_its_back(&db, "DROP TABLE kept").await;
            assert_eq!(load!(db, audit::verify()), None);
        }
    })
    .await;
}

#[tokio::test]
async fn a_missing_or_moved_row_of_the_audit_trail_is_found() {
    on_every_engine(|db| async move {
        trail(&db, 6).await;
        behind_its_back(&db, "UPDATE audit SET sequence = 100 WHERE sequence = 5").await;
        behind_its_back(&db, "UPDATE audit SET sequence = 5 WHERE sequence = 6").await;
        behind_its_back(&db, "UPDATE audit SET sequence = 6 WHERE sequence = 100").await;
        assert_eq!(load!(db, audit::verify()), Some(5));
        behind_its_back(&db, "DELETE FROM audit WHERE sequence = 2").await;
        assert_eq!(load!(db, audit::verify()), Some(2));
        behind_its_back(&db, "DELETE FROM audit WHERE sequence = 1").await;
        assert_eq!(load!(db, audit::verify()), Some(1));
    })
    .await;
}

fn batch(first: u64, last: u64, mark: u8) -> BatchRow {
    BatchRow {
        first,
        last,
        at: Millis(9),
        previous: [mark - 1; 32],
        hash: [mark; 32],
        body: vec![mark, 0, 255],
    }
}

#[tokio::test]
async fn batches_come_back_in_order_and_never_two_in_one_place() {
    on_every_engine(|db| async move {
        let (show, other) = (ShowId::from("s1"), ShowId::from("s2"));
        assert_eq!(load!(db, log_batches::head(&show)), None);
        let batches = [batch(1, 3, 1), batch(4, 4, 2), batch(5, 9, 3)];
        for batch in &batches {
            save!(db, log_batches::insert(&show, batch)).unwrap();
        }
        save!(db, log_batches::insert(&other, &batch(1, 1, 7))).unwrap();
        let taken = save!(db, log_batches::insert(&show, &batch(4, 5, 9))).unwrap_err();
        assert!(matches!(taken, Error::Conflict { .. }), "{taken:?}");
        assert_eq!(load!(db, log_batches::head(&show)), Some((9, [3; 32])));
        assert_eq!(load!(db, log_batches::hash_at(&show, 4)), Some([2; 32]));
        assert_eq!(load!(db, log_batches::hash_at(&show, 2)), None);
        assert_eq!(load!(db, log_batches::before(&show, 4)), Some((3, batches[1].previous)));
        assert_eq!(load!(db, log_batches::before(&show, 10)), None);
        assert_eq!(load!(db, log_batches::read(&show, 0, 100, 10)), batches);
        assert_eq!(load!(db, log_batches::read(&show, 3, 100, 1)), batches[1..2]);
        assert_eq!(load!(db, log_batches::read(&show, 9, 100, 1)), []);
    })
    .await;
}

async fn snapshot(db: &Db, number: u64, mark: u8) -> SnapshotRow {
    let row = SnapshotRow { sequence: number, log_hash: [mark; 32], format: 1, body: vec![mark; 40] };
    save!(db, snapshots::put(&ShowId::from("s1"), &row)).unwrap();
    row
}

#[tokio::test]
async fn the_newest_whole_snapshot_that_belongs_to_the_log_is_used() {
    on_every_engine(|db| async move {
        let show = ShowId::from("s1");
        for batch in [batch(1, 3, 1), batch(4, 4, 2), batch(5, 9, 3)] {
            save!(db, log_batches::insert(&show, &batch)).unwrap();
        }
        assert_eq!(load!(db, snapshots::latest(&show, 1)), None);
        snapshot(&db, 3, 1).await;
        let second = snapshot(&db, 4, 2).await;
        let third = snapshot(&db, 9, 3).await;
        assert_eq!(load!(db, snapshots::latest(&show, 1)), Some(third));
        assert_eq!(load!(db, snapshots::latest(&show, 2)), None);
        assert_eq!(load!(db, snapshots::latest(&ShowId::from("s2"), 1)), None);
        let kept = behind_its_back(&db, "UPDATE snapshots SET format = format").await;
        assert_eq!(kept, 2, "the newest and one to fall back on");

        let sql = "UPDATE snapshots SET body = log_hash WHERE sequence = 9";
        behind_its_back(&db, sql).await;
        assert_eq!(
            load!(db, snapshots::latest(&show, 1)),
            Some(second.clone()),
            "a damaged body counts for nothing"
        );
        snapshot(&db, 9, 8).await;
        assert_eq!(load!(db, snapshots::latest(&show, 1)), Some(second), "nor one of another history");
        let repaired = snapshot(&db, 9, 3).await;
        assert_eq!(load!(db, snapshots::latest(&show, 1)), Some(repaired));
    })
    .await;
}
