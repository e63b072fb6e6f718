//! Jobs, and many writers at once.

use std::collections::BTreeMap;

use livehand_kernel::Millis;
use livehand_storage::jobs::{self, ATTEMPTS_MAX, JobRow, LOCK_MS};
use livehand_storage::{Db, Error};
use tokio::task::JoinSet;

use crate::{behind_its_back, load, on_every_engine, person, save};

#[tokio::test]
async fn a_job_is_done_when_it_is_due_and_then_never_again() {
    on_every_engine(|db| async move {
        save!(db, jobs::enqueue("j1", "webhook", "{}", Millis(1_000))).unwrap();
        assert_eq!(save!(db, jobs::claim(Millis(999))).unwrap(), None);
        let job = save!(db, jobs::claim(Millis(1_000))).unwrap().unwrap();
        let expected = JobRow { id: "j1".into(), kind: "webhook".into(), payload: "{}".into(), attempt: 1 };
        assert_eq!(job, expected);
        assert_eq!(save!(db, jobs::claim(Millis(1_001))).unwrap(), None);
        save!(db, jobs::finish("j1", Millis(1_002))).unwrap();
        assert_eq!(save!(db, jobs::claim(Millis(i64::MAX / 2))).unwrap(), None);
        let again = save!(db, jobs::enqueue("j1", "webhook", "{}", Millis(1_000))).unwrap_err();
        assert!(matches!(again, Error::Conflict { .. }), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_worker_went_away_is_given_to_another() {
    on_every_engine(|db| async move {
        save!(db, jobs::enqueue("j1", "webhook", "{}", Millis(0))).unwrap();
        save!(db, jobs::claim(Millis(0))).unwrap().unwrap();
        assert_eq!(save!(db, jobs::claim(Millis(LOCK_MS - 1))).unwrap(), None);
        assert_eq!(save!(db, jobs::claim(Millis(LOCK_MS))).unwrap().unwrap().attempt, 2);
    })
    .await;
}

#[tokio::test]
async fn a_failing_job_is_tried_ever_later_and_at_last_set_aside() {
    on_every_engine(|db| async move {
        save!(db, jobs::enqueue("j1", "webhook", "{}", Millis(0))).unwrap();
        let mut now = Millis(0);
        let mut pauses = Vec::new();
        for attempt in 1..=ATTEMPTS_MAX {
            let job = save!(db, jobs::claim(now)).unwrap().unwrap();
            assert_eq!(job.attempt, attempt);
            save!(db, jobs::fail(&job, "no route to the shop", now)).unwrap();
            if attempt == ATTEMPTS_MAX {
                break;
            }
            let mut pause = 1_000;
            while save!(db, jobs::claim(now.plus(pause - 1))).unwrap().is_some() {
                pause = 0;
            }
            while pause < 300_000 && due(&db, now.plus(pause)).await == 0 {
                pause *= 2;
            }
            pauses.push(pause);
            now = now.plus(pause);
        }
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000]);
        assert_eq!(save!(db, jobs::claim(Millis(i64::MAX / 2))).unwrap(), None);
        let waits =
            "UPDATE jobs SET kind = kind WHERE failed_at IS NOT NULL AND last_error = 'no route to the shop'";
        assert_eq!(behind_its_back(&db, waits).await, 1);
    })
    .await;
}

/// How many jobs are due at `now`.
async fn due(db: &Db, now: Millis) -> u64 {
    let sql = format!("UPDATE jobs SET kind = kind WHERE run_at <= {0} AND locked_until <= {0}", now.0);
    behind_its_back(db, sql).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_never_get_the_same_job() {
    on_every_engine(|db| async move {
        const JOBS: usize = 30;
        for n in 0..JOBS {
            save!(db, jobs::enqueue(&format!("j{n:02}"), "webhook", "{}", Millis(0))).unwrap();
        }
        let mut workers = JoinSet::new();
        for _ in 0..2 {
            let db = db.clone();
            workers.spawn(async move {
                let mut claimed = Vec::new();
                loop {
                    match db.write(|tx| async move { jobs::claim(&tx, Millis(1)).await }).await {
                        Ok(Some(job)) => claimed.push(job.id),
                        Ok(None) => return claimed,
                        Err(Error::Busy) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            });
        }
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        for id in workers.join_all().await.concat() {
            *times.entry(id).or_default() += 1;
        }
        assert_eq!(times.len(), JOBS);
        assert!(times.values().all(|times| *times == 1), "{times:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_read_and_then_write_lose_nothing() {
    on_every_engine(|db| async move {
        const TASKS: usize = 16;
        const WRITES: usize = 5;
        save!(db, people::insert(&person("p1", "counter"))).unwrap();
        save!(db, people::set_password(&person("p1", "").id, Some("0"))).unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let db = db.clone();
            tasks.spawn(async move {
                let mut done = 0;
                while done < WRITES {
                    match count_up(&db).await {
                        Ok(()) => done += 1,
                        Err(Error::Busy) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            });
        }
        tasks.join_all().await;
        let counted = load!(db, people::find(&person("p1", "").id)).unwrap().password_hash.unwrap();
        assert_eq!(counted, (TASKS * WRITES).to_string());
    })
    .await;
}

/// Reads a number and writes the next, which loses updates unless writes are serialised.
async fn count_up(db: &Db) -> Result<(), Error> {
    use livehand_storage::people;
    let id = person("p1", "").id;
    db.write(|tx| {
        let id = id.clone();
        async move {
            let row = people::find(&tx, &id).await?.unwrap();
            let number: u32 = row.password_hash.unwrap().parse().unwrap();
            people::set_password(&tx, &id, Some(&(number + 1).to_string())).await
        }
    })
    .await
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing_behind() {
    on_every_engine(|db| async move {
        let failed = crate::save_with(&db, async |tx| {
            livehand_storage::people::insert(&tx, &person("p1", "Sample Lin")).await?;
            Err::<(), _>(Error::Unusable("planted".to_owned()))
        })
        .await;
        assert!(failed.is_err());
        assert_eq!(load!(db, people::count()), 0);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_kept_beyond_its_closure_is_not_committed() {
    on_every_engine(|db| async move {
        let kept = std::sync::Mutex::new(Vec::new());
        let result = crate::save_with(&db, async |tx| {
            livehand_storage::people::insert(&tx, &person("p1", "Sample Lin")).await?;
            kept.lock().unwrap().push(tx);
            Ok(())
        })
        .await;
        assert!(matches!(result, Err(Error::Unusable(_))), "{result:?}");
        kept.lock().unwrap().clear();
        assert_eq!(load!(db, people::count()), 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_only_reads_cannot_write() {
    on_every_engine(|db| async move {
        let tx = db.read().await.unwrap();
        assert!(livehand_storage::people::insert(&tx, &person("p1", "Sample Lin")).await.is_err());
        drop(tx);
        assert_eq!(load!(db, people::count()), 0);
    })
    .await;
}
