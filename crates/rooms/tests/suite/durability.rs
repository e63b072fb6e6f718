//! Who is told "done" can rely on it; who is not can ask again.

use std::sync::Arc;
use std::time::Duration;

use livehand_kernel::ShowId;
use livehand_live::Event;
use livehand_rooms::{Done, RoomError};
use livehand_show_log::EventLog;
use tokio::task::JoinSet;

use crate::audience::{audience, event};
use crate::faulty_log::Fault;
use crate::{FaultyLog, Program, folded, logged, show};

#[tokio::test(start_paused = true)]
async fn nobody_is_told_and_nobody_sees_before_the_log_has_it() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), vec![event("a", 0, "join")]).await.unwrap();
    log.close_gate();
    let mut callers = JoinSet::new();
    let rooms = program.rooms.clone();
    callers.spawn(async move { rooms.ingest(&show(), vec![event("b", 1, "join")]).await.unwrap().sequence });
    let rooms = program.rooms.clone();
    callers.spawn(async move { rooms.view(&show()).await.unwrap().sequence });
    let answered = tokio::time::timeout(Duration::from_secs(60), callers.join_next()).await;
    assert!(answered.is_err(), "answered before the append: {answered:?}");
    assert_eq!(logged(&log, &show()).await.len(), 1);
    log.open_gate();
    assert_eq!(callers.join_all().await, [2, 2]);
    assert_eq!(logged(&log, &show()).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn after_a_refused_append_the_room_is_what_the_log_says() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), audience(1, 50, 2_000)).await.unwrap();
    log.fail_next(Fault::Refuse);
    let error = program.rooms.ingest(&show(), audience(2, 20, 2_000)).await.unwrap_err();
    assert!(matches!(error, RoomError::Restarted { .. }), "{error:?}");
    let view = program.rooms.view(&show()).await.unwrap();
    assert_eq!(view.sequence, 50);
    assert_eq!(view, folded(&log, &show()).await.view());
    assert!(program.fatal.lock().unwrap().is_empty());
    let done = program.rooms.ingest(&show(), audience(2, 20, 2_000)).await.unwrap();
    assert_eq!(done, Done { sequence: 70, recorded: 20, duplicates: 0 });
    assert_eq!(program.rooms.view(&show()).await.unwrap(), folded(&log, &show()).await.view());
}

#[tokio::test(start_paused = true)]
async fn on_a_full_disk_callers_are_told_so_and_the_room_goes_on_when_there_is_room_again() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), audience(1, 50, 2_000)).await.unwrap();
    for _ in 0..10 {
        log.fail_next(Fault::Full);
        let error = program.rooms.ingest(&show(), audience(2, 20, 2_000)).await.unwrap_err();
        assert!(matches!(error, RoomError::Full { .. }), "{error:?}");
        assert_eq!(program.rooms.view(&show()).await.unwrap().sequence, 50, "it can be looked at");
    }
    assert!(program.fatal.lock().unwrap().is_empty());
    assert_eq!(program.rooms.ingest(&show(), audience(2, 20, 2_000)).await.unwrap().recorded, 20);
}

#[tokio::test(start_paused = true)]
async fn everybody_in_a_batch_that_was_refused_is_told() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    log.close_gate();
    let mut callers = JoinSet::new();
    for n in 0..20 {
        let rooms = program.rooms.clone();
        callers.spawn(async move { rooms.ingest(&show(), vec![event(&format!("e{n}"), n, "join")]).await });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    log.fail_next(Fault::Refuse);
    log.open_gate();
    let answers = callers.join_all().await;
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(done, logged(&log, &show()).await.len());
    assert!(done < 20);
    let told = |answer: &Result<_, _>| matches!(answer, Ok(_) | Err(RoomError::Restarted { .. }));
    assert!(answers.iter().all(told), "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn an_append_of_unknown_outcome_ends_the_program_and_is_acknowledged_to_nobody() {
    for (fault, written) in [(Fault::UnknownWritten, 3), (Fault::UnknownLost, 0)] {
        let log = Arc::new(FaultyLog::default());
        let program = Program::start(&log);
        program.rooms.ingest(&show(), audience(1, 10, 2_000)).await.unwrap();
        log.fail_next(fault);
        let events = audience(2, 3, 2_000);
        let error = program.rooms.ingest(&show(), events.clone()).await.unwrap_err();
        assert!(matches!(error, RoomError::Restarted { .. }), "{error:?}");
        let fatal = program.fatal.lock().unwrap().clone();
        assert!(fatal.len() == 1 && fatal[0].contains("show s1"), "{fatal:?}");
        program.stop().await;

        // The next program reads what is there, and a retry of the same events is safe either way.
        let program = Program::start(&log);
        assert_eq!(program.rooms.view(&show()).await.unwrap().sequence, 10 + written as u64);
        let done = program.rooms.ingest(&show(), events).await.unwrap();
        assert_eq!(done, Done { sequence: 13, recorded: 3 - written, duplicates: written });
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_is_recorded_once_however_often_the_program_starts() {
    let log = Arc::new(FaultyLog::default());
    let events = audience(3, 40, 2_000);
    for (start, expected) in [(0, 40), (1, 0), (2, 0)] {
        let program = Program::start(&log);
        let mut sent = events.clone();
        sent.push(events[0].clone());
        let done = program.rooms.ingest(&show(), sent).await.unwrap();
        assert_eq!(
            done,
            Done { sequence: 40, recorded: expected, duplicates: 41 - expected },
            "start {start}"
        );
        program.stop().await;
    }
    let mut other = events[0].clone();
    other.origin = "another connection".to_owned();
    let program = Program::start(&log);
    assert_eq!(program.rooms.ingest(&show(), vec![other]).await.unwrap().recorded, 1);
    assert_eq!(logged(&log, &show()).await.len(), 41);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_callers_at_once_each_see_the_room_go_forward() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let mut callers = JoinSet::new();
    for caller in 0..64_u64 {
        let rooms = program.rooms.clone();
        callers.spawn(async move {
            let mut sequences = Vec::new();
            for n in 0..10 {
                let events = audience(100 + caller * 10 + n, 3, 2_000);
                let done = rooms.ingest(&show(), events).await.unwrap();
                assert_eq!((done.recorded, done.duplicates), (3, 0));
                sequences.push(done.sequence);
            }
            sequences
        });
    }
    let mut all = Vec::new();
    for sequences in callers.join_all().await {
        assert!(sequences.windows(2).all(|pair| pair[0] < pair[1]), "{sequences:?}");
        all.extend(sequences);
    }
    all.sort_unstable();
    assert_eq!(all, (1..=640).map(|n| n * 3).collect::<Vec<u64>>(), "each answer names its own place");
    let view = program.rooms.view(&show()).await.unwrap();
    assert_eq!(view, folded(&log, &show()).await.view());
    program.marks.flush().unwrap();
    assert_eq!(program.marks.all().unwrap()["s1"], Some(log.head(&show()).await.unwrap()));
}

#[tokio::test(start_paused = true)]
async fn a_room_with_too_much_to_do_says_so_and_loses_nothing() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    log.close_gate();
    let mut callers = JoinSet::new();
    for n in 0..1_500 {
        let rooms = program.rooms.clone();
        callers.spawn(async move { rooms.ingest(&show(), vec![event(&format!("e{n}"), n, "join")]).await });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    log.open_gate();
    let answers = callers.join_all().await;
    let busy = answers.iter().filter(|answer| matches!(answer, Err(RoomError::Busy { .. }))).count();
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(busy > 0 && done >= 1_024, "{busy} busy, {done} done");
    assert_eq!(busy + done, 1_500);
    assert_eq!(logged(&log, &show()).await.len(), done);
}

/// `count` events whose ids begin with `name`.
fn many(name: &str, count: i64) -> Vec<Event> {
    (0..count).map(|n| event(&format!("{name}{n}"), n, "something_new")).collect()
}

#[tokio::test(start_paused = true)]
async fn requests_that_wait_together_are_never_recorded_by_halves() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    log.close_gate();
    let mut callers = JoinSet::new();
    for name in ["a", "b", "c"] {
        let rooms = program.rooms.clone();
        callers.spawn(async move { rooms.ingest(&show(), many(name, 12_000)).await });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // One batch takes one of them; the second append fails.
    log.let_through(1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    log.fail_next(Fault::Refuse);
    log.open_gate();
    let answers = callers.join_all().await;
    let done: Vec<usize> = answers.iter().flatten().map(|done| done.recorded).collect();
    assert_eq!(logged(&log, &show()).await.len(), done.len() * 12_000, "{answers:?}");
    assert!(done.iter().all(|recorded| *recorded == 12_000) && done.len() < 3, "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_recorded_as_a_whole_is_refused_as_a_whole() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let error = program.rooms.ingest(&show(), many("x", 20_001)).await.unwrap_err();
    assert!(matches!(error, RoomError::TooMany { count: 20_001 }), "{error:?}");
    assert_eq!(program.rooms.ingest(&show(), many("x", 20_000)).await.unwrap().recorded, 20_000);
}

#[tokio::test(start_paused = true)]
async fn events_that_wait_are_limited_however_few_requests_they_come_in() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.view(&show()).await.unwrap();
    log.close_gate();
    let mut callers = JoinSet::new();
    for n in 0..30 {
        let rooms = program.rooms.clone();
        callers.spawn(async move { rooms.ingest(&show(), many(&format!("r{n}-"), 20_000)).await });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    log.open_gate();
    let answers = callers.join_all().await;
    let busy = answers.iter().filter(|answer| matches!(answer, Err(RoomError::Busy { .. }))).count();
    assert!((15..=20).contains(&busy), "{busy} of 30 were told to come back");
    assert!(program.rooms.ingest(&show(), many("later", 1)).await.is_ok(), "the room goes on");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_rests_on_a_draft_waits_for_it() {
    let log = Arc::new(FaultyLog::default());
    let program = Arc::new(Program::start(&log));
    program.rooms.ingest(&show(), vec![crate::audience::question("q", 0, "有大码吗")]).await.unwrap();
    log.close_gate();
    let mut crew = JoinSet::new();
    // The first occupies the room, so that the other two are decided in one turn.
    let rooms = program.rooms.clone();
    crew.spawn(async move { rooms.ingest(&show(), many("first", 1)).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    for who in ["lin", "mei"] {
        let program = program.clone();
        let answer = livehand_live::CrewAction::AnswerQuestion {
            question: 1,
            text: None,
            expected: None,
            spoken: true,
            faq: None,
            route: livehand_live::ReplyRoute::Copy,
        };
        crew.spawn(async move { program.act_as(who, who, answer).await });
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    log.let_through(1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    log.fail_next(Fault::Refuse);
    log.open_gate();
    let answers = crew.join_all().await;
    let restarted =
        answers.iter().filter(|answer| matches!(answer, Err(RoomError::Restarted { .. }))).count();
    assert_eq!(restarted, 2, "nobody is told that a question is answered which is open: {answers:?}");
}

#[tokio::test(start_paused = true)]
async fn a_closed_log_takes_nothing_more_and_can_still_be_looked_at() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), many("a", 3)).await.unwrap();
    program.rooms.close(&show()).await.unwrap();
    let error = program.rooms.ingest(&show(), many("b", 3)).await.unwrap_err();
    assert!(matches!(error, RoomError::Ended { .. }), "{error:?}");
    let note = livehand_live::CrewAction::TakeNote { text: "晚了".to_owned() };
    assert!(matches!(program.act("n", note).await, Err(RoomError::Ended { .. })));
    assert_eq!(program.rooms.view(&show()).await.unwrap().sequence, 3);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_nobody_needs_leaves_memory_and_comes_back_when_it_is_asked() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), audience(1, 40, 2_000)).await.unwrap();
    let following = program.rooms.subscribe(&show(), None).await.unwrap();
    log.take_reads();
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    program.rooms.view(&show()).await.unwrap();
    assert!(log.take_reads().is_empty(), "a room that is followed stays");
    drop(following);
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert_eq!(program.rooms.view(&show()).await.unwrap(), folded(&log, &show()).await.view());
    assert_eq!(log.take_reads().first(), Some(&40), "it was loaded again, from its snapshot");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_program_does_nothing_more() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let rooms = program.rooms.clone();
    rooms.ingest(&show(), vec![event("a", 0, "join")]).await.unwrap();
    program.stop().await;
    for show in [show(), ShowId::from("s2")] {
        let error = rooms.ingest(&show, vec![event("b", 0, "join")]).await.unwrap_err();
        assert!(matches!(error, RoomError::Restarted { .. }), "{error:?}");
    }
    assert_eq!(logged(&log, &show()).await.len(), 1);
}
