//! The suite that every implementation of the log passes.

use livehand_kernel::{Millis, ShowId};
use livehand_live::Event;
use livehand_show_log::EventLog;
use livehand_show_log::{AppendError, Batch, EVENTS_PER_BATCH_MAX, Head, ReadError, Snapshot, SqlLog};
use proptest::prelude::*;
use tokio::task::JoinSet;

use crate::{append, batch, on_every_engine, on_every_log, read_all, show};

#[tokio::test]
async fn a_log_in_which_nothing_happened_is_empty() {
    on_every_log(|log| async move {
        assert_eq!(log.head(&show()).await.unwrap(), Head::EMPTY);
        assert_eq!(log.hash_at(&show(), 0).await.unwrap(), None);
        assert_eq!(log.hash_at(&show(), 1).await.unwrap(), None);
        let page = log.read(&show(), Head::EMPTY, 10).await.unwrap();
        assert_eq!((page.events.len(), page.head), (0, Head::EMPTY));
        assert_eq!(log.snapshot(&show(), 1).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn events_come_back_as_written_and_numbered_without_gaps() {
    on_every_log(|log| async move {
        let mut written: Vec<Event> = Vec::new();
        for (name, count) in [("a", 3), ("b", 1), ("c", 5)] {
            let head = append(&*log, name, count).await;
            written.extend(batch(name, count).events);
            assert_eq!(head.sequence, written.len() as u64);
            assert_eq!(log.head(&show()).await.unwrap(), head);
            assert_eq!(log.hash_at(&show(), head.sequence).await.unwrap(), Some(head.hash));
        }
        assert_eq!(log.hash_at(&show(), 2).await.unwrap(), None, "no batch ends inside another");
        for (sequence, before) in [(1, 0), (3, 0), (4, 3), (5, 4), (9, 4)] {
            let head = log.head_before(&show(), sequence).await.unwrap().unwrap();
            assert_eq!(head.sequence, before, "the batch of event {sequence}");
            let page = log.read(&show(), head, 1).await.unwrap();
            assert_eq!(page.events[0].sequence, before + 1, "reading goes on from there");
        }
        assert_eq!(log.head_before(&show(), 10).await.unwrap(), None);
        let read = read_all(&*log).await;
        let numbers: Vec<u64> = read.iter().map(|recorded| recorded.sequence).collect();
        assert_eq!(numbers, (1..=9).collect::<Vec<u64>>());
        assert_eq!(read.into_iter().map(|recorded| recorded.event).collect::<Vec<_>>(), written);
    })
    .await;
}

#[tokio::test]
async fn pages_end_where_batches_end_and_miss_nothing() {
    on_every_log(|log| async move {
        for (name, count) in [("a", 3), ("b", 1), ("c", 5), ("d", 2)] {
            append(&*log, name, count).await;
        }
        let whole = read_all(&*log).await;
        for (limit, ends) in [
            (1, vec![3, 4, 9, 11]),
            (3, vec![3, 9, 11]),
            (4, vec![4, 9, 11]),
            (5, vec![9, 11]),
            (11, vec![11]),
        ] {
            let (mut head, mut events, mut found) = (Head::EMPTY, Vec::new(), Vec::new());
            loop {
                let page = log.read(&show(), head, limit).await.unwrap();
                if page.events.is_empty() {
                    assert_eq!(page.head, head);
                    break;
                }
                head = page.head;
                found.push(head.sequence);
                events.extend(page.events);
            }
            assert_eq!(found, ends, "limit {limit}");
            assert_eq!(events, whole, "limit {limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_may_span_hundreds_of_small_batches() {
    on_every_log(|log| async move {
        for n in 0..150 {
            append(&*log, &format!("b{n}"), 1).await;
        }
        let page = log.read(&show(), Head::EMPTY, 1_000).await.unwrap();
        assert_eq!(page.events.len(), 150);
        assert_eq!(page.head, log.head(&show()).await.unwrap());
        assert_eq!(log.read(&show(), Head::EMPTY, 140).await.unwrap().events.len(), 140);
    })
    .await;
}

#[tokio::test]
async fn shows_do_not_see_each_other() {
    on_every_log(|log| async move {
        append(&*log, "a", 2).await;
        let other = ShowId::from("s2");
        let head = log.append(&other, Head::EMPTY, Millis(0), &batch("b", 1)).await.unwrap();
        assert_eq!(head.sequence, 1);
        assert_eq!(read_all(&*log).await.len(), 2);
        let same = log.append(&ShowId::from("s3"), Head::EMPTY, Millis(0), &batch("b", 1)).await.unwrap();
        assert_ne!(same.hash, head.hash, "the hash names the show");
    })
    .await;
}

#[tokio::test]
async fn a_writer_who_is_behind_is_told_where_the_log_ends() {
    on_every_log(|log| async move {
        let first = append(&*log, "a", 2).await;
        let second = append(&*log, "b", 2).await;
        let wrong_hash = Head { sequence: second.sequence, hash: [7; 32] };
        let ahead = Head { sequence: 9, hash: second.hash };
        for expected in [Head::EMPTY, first, wrong_hash, ahead] {
            let error = log.append(&show(), expected, Millis(0), &batch("x", 1)).await.unwrap_err();
            let AppendError::Conflict { found, expected: told, .. } = error else { panic!("{error:?}") };
            assert_eq!((found, told), (second, expected));
        }
        assert_eq!(log.head(&show()).await.unwrap(), second);
        assert_eq!(read_all(&*log).await.len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_writers_at_one_place_one_succeeds() {
    on_every_log(|log| async move {
        let mut expected = Head::EMPTY;
        for round in 0..5 {
            let mut writers = JoinSet::new();
            for writer in 0..8 {
                let log = log.clone();
                writers.spawn(async move {
                    let batch = batch(&format!("r{round}w{writer}"), 2);
                    log.append(&show(), expected, Millis(0), &batch).await
                });
            }
            let mut accepted = Vec::new();
            for result in writers.join_all().await {
                match result {
                    Ok(head) => accepted.push(head),
                    Err(AppendError::Conflict { .. } | AppendError::Refused { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!(accepted.len(), 1, "{accepted:?}");
            expected = accepted[0];
            assert_eq!(log.head(&show()).await.unwrap(), expected);
        }
        assert_eq!(read_all(&*log).await.len(), 10);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_not_empty_and_not_above_the_limit() {
    on_every_log(|log| async move {
        append(&*log, "a", 1).await;
        let head = append(&*log, "large", EVENTS_PER_BATCH_MAX).await;
        for events in [Vec::new(), batch("x", EVENTS_PER_BATCH_MAX + 1).events] {
            let error = log.append(&show(), head, Millis(0), &Batch { events }).await.unwrap_err();
            let AppendError::Refused { cause, .. } = error else { panic!("{error:?}") };
            assert!(cause.to_string().contains("1 to 20000 events"), "{cause}");
        }
        let head = append(&*log, "b", 1).await;
        assert_eq!(head.sequence, EVENTS_PER_BATCH_MAX as u64 + 2);
        assert_eq!(read_all(&*log).await.len(), EVENTS_PER_BATCH_MAX + 2);
    })
    .await;
}

#[tokio::test]
async fn reading_on_from_a_head_of_another_history_fails() {
    on_every_log(|log| async move {
        let first = append(&*log, "a", 2).await;
        append(&*log, "b", 2).await;
        let wrong = Head { hash: [7; 32], ..first };
        let error = log.read(&show(), wrong, 10).await.unwrap_err();
        assert!(matches!(error, ReadError::Broken { sequence: 3, .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_counts_only_if_it_belongs_to_the_log() {
    on_every_log(|log| async move {
        let first = append(&*log, "a", 2).await;
        let second = append(&*log, "b", 2).await;
        let at = |head| Snapshot { head, format: 1, body: vec![1, 2, 3] };
        for head in [
            Head { sequence: 3, hash: second.hash },
            Head { hash: [7; 32], ..second },
            Head { sequence: 9, hash: second.hash },
        ] {
            log.save_snapshot(&show(), &at(head)).await.unwrap();
            assert_eq!(log.snapshot(&show(), 1).await.unwrap(), None, "{}", head.sequence);
        }
        log.save_snapshot(&ShowId::from("s2"), &at(first)).await.unwrap();
        assert_eq!(log.snapshot(&ShowId::from("s2"), 1).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_newest_snapshot_of_the_format_is_given() {
    on_every_log(|log| async move {
        let first = append(&*log, "a", 2).await;
        let second = append(&*log, "b", 2).await;
        for head in [first, second] {
            let snapshot = Snapshot { head, format: 1, body: head.hash.to_vec() };
            log.save_snapshot(&show(), &snapshot).await.unwrap();
            assert_eq!(log.snapshot(&show(), 1).await.unwrap(), Some(snapshot));
        }
        assert_eq!(log.snapshot(&show(), 2).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_closed_database_refuses_and_writes_nothing() {
    on_every_engine(|db| async move {
        let log = SqlLog::new(db.clone());
        let head = append(&log, "a", 2).await;
        db.close().await;
        let error = log.append(&show(), head, Millis(0), &batch("b", 1)).await.unwrap_err();
        assert!(matches!(error, AppendError::Refused { .. }), "{error:?}");
        assert!(matches!(log.head(&show()).await, Err(ReadError::Storage(_))));
    })
    .await;
}

/// Where a writer believes the log to end.
#[derive(Clone, Copy, Debug)]
enum Belief {
    Right,
    /// The head of an earlier moment.
    Earlier(prop::sample::Index),
    WrongHash,
    WrongSequence(u64),
}

fn belief() -> impl Strategy<Value = Belief> {
    prop_oneof![
        4 => Just(Belief::Right),
        2 => any::<prop::sample::Index>().prop_map(Belief::Earlier),
        1 => Just(Belief::WrongHash),
        1 => (0..40_u64).prop_map(Belief::WrongSequence),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn whatever_writers_believe_the_log_holds_what_was_accepted(appends in prop::collection::vec((belief(), 1..5_usize), 1..16)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(on_every_log(|log| believe(log, appends.clone())));
    }
}

async fn believe(log: std::sync::Arc<dyn EventLog>, appends: Vec<(Belief, usize)>) {
    let mut heads = vec![Head::EMPTY];
    let mut accepted: Vec<Event> = Vec::new();
    for (n, (belief, count)) in appends.into_iter().enumerate() {
        let now = *heads.last().unwrap();
        let expected = match belief {
            Belief::Right => now,
            Belief::Earlier(index) => *index.get(&heads),
            Belief::WrongHash => Head { hash: [9; 32], ..now },
            Belief::WrongSequence(sequence) => Head { sequence, ..now },
        };
        let batch = batch(&format!("a{n}"), count);
        match log.append(&show(), expected, Millis(0), &batch).await {
            Ok(head) => {
                assert_eq!(expected, now, "accepted in the wrong place");
                heads.push(head);
                accepted.extend(batch.events);
            }
            Err(AppendError::Conflict { found, .. }) => {
                assert_ne!(expected, now, "refused in the right place");
                assert_eq!(found, now);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(log.head(&show()).await.unwrap(), *heads.last().unwrap());
    let read: Vec<Event> = read_all(&*log).await.into_iter().map(|recorded| recorded.event).collect();
    assert_eq!(read, accepted);
}
