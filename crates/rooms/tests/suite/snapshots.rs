//! A snapshot is a shortcut and nothing else.

use std::sync::Arc;

use livehand_live::STATE_FORMAT;
use livehand_show_log::{EventLog, Snapshot};

use crate::audience::audience;
use crate::{FaultyLog, Program, folded, show};

async fn view_of(log: &Arc<FaultyLog>) -> String {
    let program = Program::start(log);
    let view = serde_json::to_string(&program.rooms.view(&show()).await.unwrap()).unwrap();
    program.stop().await;
    view
}

/// A log whose snapshot lies 300 events before its end.
async fn with_snapshot_and_tail() -> Arc<FaultyLog> {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), audience(1, 700, 2_000)).await.unwrap();
    program.stop().await;
    let head = log.head(&show()).await.unwrap();
    let snapshot = log.snapshot(&show(), STATE_FORMAT).await.unwrap().unwrap();
    assert_eq!(snapshot.head, head, "a room that is stopped keeps its state");
    let program = Program::start(&log);
    program.rooms.ingest(&show(), audience(2, 300, 6_000)).await.unwrap();
    program.stop().await;
    log.save_snapshot(&show(), &snapshot).await.unwrap();
    log
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_and_the_rest_of_the_log_give_the_same_room_as_the_whole_log() {
    let log = with_snapshot_and_tail().await;
    let whole = serde_json::to_string(&folded(&log, &show()).await.view()).unwrap();
    log.take_reads();
    assert_eq!(view_of(&log).await, whole);
    assert_eq!(log.take_reads().first(), Some(&700), "the snapshot was used");
    log.forget_snapshots();
    assert_eq!(view_of(&log).await, whole);
    assert_eq!(log.take_reads().first(), Some(&0));
}

#[tokio::test(start_paused = true)]
async fn the_state_after_a_snapshot_is_the_same_to_the_byte() {
    let log = with_snapshot_and_tail().await;
    let mut bodies = Vec::new();
    for forget in [false, true] {
        if forget {
            log.forget_snapshots();
        }
        let program = Program::start(&log);
        let events = audience(3, 10 + bodies.len(), 2_000);
        program.rooms.ingest(&show(), events).await.unwrap();
        program.stop().await;
        let fold = folded(&log, &show()).await;
        assert_eq!(view_of(&log).await, serde_json::to_string(&fold.view()).unwrap());
        bodies.push(());
    }
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_is_no_good_is_passed_over() {
    let log = with_snapshot_and_tail().await;
    let whole = serde_json::to_string(&folded(&log, &show()).await.view()).unwrap();
    let good = log.snapshot(&show(), STATE_FORMAT).await.unwrap().unwrap();
    let end = log.head(&show()).await.unwrap();
    let mut flipped = good.body.clone();
    let middle = flipped.len() / 2;
    flipped.truncate(middle);
    for (case, snapshot) in [
        ("empty", Snapshot { body: Vec::new(), ..good.clone() }),
        ("no snapshot at all", Snapshot { body: b"garbage".to_vec(), ..good.clone() }),
        ("cut", Snapshot { body: flipped, ..good.clone() }),
        ("of another place", Snapshot { head: end, ..good.clone() }),
        ("of another format", Snapshot { format: STATE_FORMAT + 1, ..good.clone() }),
    ] {
        log.save_snapshot(&show(), &snapshot).await.unwrap();
        log.take_reads();
        assert_eq!(view_of(&log).await, whole, "{case}");
        assert_eq!(log.take_reads().first(), Some(&0), "{case}");
    }
}
