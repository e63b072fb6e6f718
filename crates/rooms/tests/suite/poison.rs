//! One event that no fold survives must not take more than its own room.

use std::sync::Arc;
use std::time::Duration;

use livehand_kernel::{Millis, ShowId};
use livehand_live::{Changes, Event, Room};
use livehand_rooms::RoomError;
use livehand_show_log::{Batch, EventLog, Head};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::audience::{audience, event};
use crate::{FaultyLog, Program, START, folded, logged, show};

/// A fold with a defect: some events make it panic.
fn fragile(room: &mut Room, event: &Event, changes: &mut Changes) {
    assert!(!event.id.starts_with("poison"), "a planted defect");
    room.apply(event, changes);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_one_room_leaves_the_others_serving() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start_with(&log, fragile);
    let other = ShowId::from("s2");
    program.rooms.ingest(&show(), audience(1, 30, 2_000)).await.unwrap();
    program.rooms.ingest(&other, audience(2, 30, 2_000)).await.unwrap();

    let sent = vec![event("good", 1, "join"), event("poison-1", 2, "join"), event("later", 3, "join")];
    let error = program.rooms.ingest(&show(), sent).await.unwrap_err();
    let RoomError::Poison { event: named, .. } = &error else { panic!("{error:?}") };
    assert_eq!(named, "poison-1");
    assert_eq!(logged(&log, &show()).await.len(), 30, "nothing of that request was recorded");

    assert_eq!(program.rooms.ingest(&other, vec![event("b", 4, "join")]).await.unwrap().sequence, 31);
    let view = program.rooms.view(&show()).await.unwrap();
    assert_eq!(view, folded(&log, &show()).await.view());
    let again = program.rooms.ingest(&show(), vec![event("poison-1", 2, "join")]).await.unwrap_err();
    assert!(matches!(&again, RoomError::Poison { event, .. } if event == "poison-1"), "{again:?}");
    let done = program.rooms.ingest(&show(), vec![event("good", 1, "join"), event("later", 3, "join")]).await;
    assert_eq!(done.unwrap().recorded, 2);
}

#[tokio::test(start_paused = true)]
async fn a_follower_of_a_room_that_was_restarted_is_told_to_begin_again() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start_with(&log, fragile);
    program.rooms.ingest(&show(), audience(1, 30, 2_000)).await.unwrap();
    let mut following = program.rooms.subscribe(&show(), None).await.unwrap();
    // Recorded, but no frame was due before the panic threw the draft of the next one away.
    program.rooms.ingest(&show(), audience(2, 5, 2_000)).await.unwrap();
    program.rooms.ingest(&show(), vec![event("poison-1", 2, "join")]).await.unwrap_err();
    let told = async {
        while let Ok(notice) = following.notices.recv().await {
            drop(notice);
        }
        following.notices.recv().await
    };
    let told = tokio::time::timeout(Duration::from_secs(10), told).await;
    assert!(matches!(told, Ok(Err(RecvError::Closed))), "{told:?}");
    let again = program.rooms.subscribe(&show(), None).await.unwrap();
    assert_eq!(again.view.unwrap().sequence, 35);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_fails_outside_of_the_fold_is_tried_again_and_then_held_back() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), audience(1, 30, 2_000)).await.unwrap();
    for n in 0..3 {
        program.clock.fail();
        let failed = program.rooms.ingest(&show(), vec![event(&format!("x{n}"), 1, "join")]).await;
        assert!(matches!(failed, Err(RoomError::Restarted { .. })), "{failed:?}");
        program.rooms.ingest(&ShowId::from("s2"), vec![event(&format!("y{n}"), 1, "join")]).await.unwrap();
    }
    let error = program.rooms.view(&show()).await.unwrap_err();
    assert!(matches!(error, RoomError::Quarantined { .. }), "{error:?}");
    assert_eq!(logged(&log, &show()).await.len(), 30);
}

/// A log whose third event is poison: it was written by a version that could fold it.
async fn poisoned() -> Arc<FaultyLog> {
    let log = Arc::new(FaultyLog::default());
    let ids = ["a", "b", "poison-7", "c"];
    let events = ids.iter().zip(0..).map(|(id, at)| event(id, at * 1_000, "join")).collect();
    log.append(&show(), Head::EMPTY, Millis(START), &Batch { events }).await.unwrap();
    log
}

#[tokio::test(start_paused = true)]
async fn poison_in_the_log_quarantines_its_room_by_name_after_some_tries() {
    let log = poisoned().await;
    let program = Program::start_with(&log, fragile);
    let began = Instant::now();
    let error = program.rooms.view(&show()).await.unwrap_err();
    let RoomError::Quarantined { reason, .. } = &error else { panic!("{error:?}") };
    assert!(reason.contains("event 3") && reason.contains("poison-7"), "{reason}");
    assert_eq!(began.elapsed(), Duration::from_millis(200 + 400));
    assert_eq!(log.take_reads().len(), 3);

    for _ in 0..3 {
        let error = program.rooms.ingest(&show(), vec![event("d", 9_000, "join")]).await.unwrap_err();
        assert!(matches!(error, RoomError::Quarantined { .. }), "{error:?}");
        assert!(matches!(program.rooms.subscribe(&show(), None).await, Err(RoomError::Quarantined { .. })));
    }
    assert!(log.take_reads().is_empty(), "a quarantined room is not folded again");
    assert_eq!(logged(&log, &show()).await.len(), 4);
    program.rooms.ingest(&ShowId::from("s2"), audience(2, 30, 2_000)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_log_of_a_quarantined_room_can_be_looked_at() {
    let log = poisoned().await;
    let program = Program::start_with(&log, fragile);
    program.rooms.view(&show()).await.unwrap_err();
    let mut ids = Vec::new();
    program.rooms.read(&show(), |recorded| ids.push(recorded.event.id)).await.unwrap();
    assert_eq!(ids, ["a", "b", "poison-7", "c"]);
    let before = program.rooms.view_at(&show(), Millis(START + 1_500)).await.unwrap();
    assert_eq!(before.sequence, 2, "what came before the defect can be shown");
    assert!(program.rooms.view_at(&show(), Millis(START + 5_000)).await.is_err());
    assert_eq!(program.rooms.view_at(&show(), Millis(START)).await.unwrap().sequence, 1);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_can_fold_it_serves_the_room_again() {
    let log = poisoned().await;
    let program = Program::start_with(&log, fragile);
    program.rooms.view(&show()).await.unwrap_err();
    program.stop().await;
    assert_eq!(Program::start(&log).rooms.view(&show()).await.unwrap().sequence, 4);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_log_quarantines_its_room_and_names_the_event() {
    let log = Arc::new(FaultyLog::default());
    log.break_at(41, "its hash does not fit");
    let program = Program::start(&log);
    let error = program.rooms.view(&show()).await.unwrap_err();
    let RoomError::Quarantined { reason, .. } = &error else { panic!("{error:?}") };
    assert!(reason.contains("event 41") && reason.contains("hash"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_show_that_is_refused_is_not_even_read() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.refuse(show(), "entries 4 to 7 are missing".to_owned());
    let quarantined = |error: &RoomError| error.to_string().contains("entries 4 to 7 are missing");
    assert!(quarantined(&program.rooms.view(&show()).await.unwrap_err()));
    assert!(quarantined(&program.rooms.view_at(&show(), Millis(START)).await.unwrap_err()));
    assert!(quarantined(&program.rooms.read(&show(), |_| ()).await.unwrap_err()));
    assert!(quarantined(&program.rooms.ingest(&show(), audience(1, 1, 1)).await.unwrap_err()));
    assert!(log.take_reads().is_empty());
    assert_eq!(program.rooms.refused().len(), 1);
    program.rooms.view(&ShowId::from("s2")).await.unwrap();
}
