//! A show as it was at some moment.

use std::sync::Arc;

use livehand_kernel::{Millis, ShowId};
use livehand_live::Event;
use livehand_live::view::RoomView;

use crate::audience::{Dice, audience, event};
use crate::{FaultyLog, Program, START, fold, show};

/// What the events up to `at` amount to.
fn view_at(events: &[Event], at: i64) -> RoomView {
    let end = events.iter().position(|event| event.effective_at() > Millis(at)).unwrap_or(events.len());
    fold(&events[..end]).view()
}

#[tokio::test(start_paused = true)]
async fn the_view_at_any_moment_is_the_fold_of_what_had_happened() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let events = audience(5, 600, 4_000);
    program.rooms.ingest(&show(), events.clone()).await.unwrap();
    let length = events.last().unwrap().at.0 - START;
    let mut dice = Dice::new(7);
    let mut moments = vec![-1, 0, length - 1, length, length + 3_600_000];
    moments.extend((0..25).map(|_| i64::try_from(dice.roll(length.unsigned_abs())).unwrap()));
    for moment in moments {
        let view = program.rooms.view_at(&show(), Millis(START + moment)).await.unwrap();
        assert_eq!(view, view_at(&events, START + moment), "{moment} ms after the beginning");
    }
    assert_eq!(program.rooms.view(&show()).await.unwrap(), fold(&events).view());
}

#[tokio::test(start_paused = true)]
async fn going_back_and_forth_in_a_long_show_is_the_same_as_folding_it() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let events: Vec<Event> = (0..50_000).map(|n| event(&format!("e{n}"), n * 10, "something_new")).collect();
    for part in events.chunks(9_999) {
        program.rooms.ingest(&show(), part.to_vec()).await.unwrap();
    }
    for part in [45_000, 21_000, 100, 44_000, 30_000, 49_999] {
        let view = program.rooms.view_at(&show(), Millis(START + part * 10 + 5)).await.unwrap();
        assert_eq!(view.sequence, part.unsigned_abs() + 1);
        assert_eq!(view.clock, Millis(START + part * 10));
    }
    log.take_reads();
    program.rooms.view_at(&show(), Millis(START + 499_000)).await.unwrap();
    assert!(log.take_reads().iter().all(|place| *place >= 20_000), "the states on the way are used");
}

#[tokio::test(start_paused = true)]
async fn looking_back_sees_what_was_recorded_since_the_last_look() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let far = Millis(START + 3_600_000);
    for n in 0..4_u64 {
        program.rooms.ingest(&show(), vec![event(&format!("e{n}"), 0, "join")]).await.unwrap();
        for other in ["s1", "s2", "s3", "s4"] {
            let seen = program.rooms.view_at(&ShowId::from(other), far).await.unwrap().sequence;
            assert_eq!(seen, if other == "s1" { n + 1 } else { 0 });
        }
    }
}
