//! What the rules find is recorded like everything else.

use std::sync::Arc;
use std::time::Duration;

use livehand_live::alarms::{AlarmState, Steps};
use livehand_live::{CrewAction, Event};
use livehand_rooms::ActionTime;
use tokio::time::sleep;

use crate::audience::{event, question};
use crate::faulty_log::Fault;
use crate::{FaultyLog, Program, START, folded, logged, show};

fn reading(id: &str, at: i64, value: i64) -> Event {
    let mut event = event(id, at, "reading");
    (event.signal, event.value) = (Some("dropped_frames_permille".to_owned()), Some(value));
    event
}

fn with_rules(log: &Arc<FaultyLog>) -> Program {
    Program::start_with_rules(log, Steps::USUAL)
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_part_of_the_batch_that_set_it_off_and_survives_a_restart() {
    let log = Arc::new(FaultyLog::default());
    let program = with_rules(&log);
    program.rooms.ingest(&show(), vec![reading("r1", 0, 90)]).await.unwrap();
    let view = program.rooms.view(&show()).await.unwrap();
    assert_eq!(view.alarms.len(), 1);
    let id = view.alarms[0].id.clone();
    program.act("t1", CrewAction::TakeAlarm { alarm: id.clone() }).await.unwrap();
    program.stop().await;
    let program = with_rules(&log);
    let again = program.rooms.view(&show()).await.unwrap();
    assert_eq!((again.alarms[0].id.as_str(), again.alarms[0].state), (id.as_str(), AlarmState::Taken));
    assert_eq!(again, folded(&log, &show()).await.view());
    let kinds: Vec<String> =
        logged(&log, &show()).await.iter().map(|event| event.kind.name().to_owned()).collect();
    assert_eq!(kinds, ["reading", "rule.alarm_raised", "crew.alarm_taken"], "nothing is found twice");
}

#[tokio::test(start_paused = true)]
async fn an_append_that_fails_leaves_no_alarm_behind() {
    let log = Arc::new(FaultyLog::default());
    let program = with_rules(&log);
    program.rooms.ingest(&show(), vec![event("e", 0, "join")]).await.unwrap();
    log.fail_next(Fault::Refuse);
    program.rooms.ingest(&show(), vec![reading("r1", 1_000, 90)]).await.unwrap_err();
    assert_eq!(program.rooms.view(&show()).await.unwrap().alarms, []);
    program.rooms.ingest(&show(), vec![reading("r1", 1_000, 90)]).await.unwrap();
    assert_eq!(program.rooms.view(&show()).await.unwrap().alarms.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_live_source_that_falls_silent_is_noticed_although_nothing_happens() {
    let log = Arc::new(FaultyLog::default());
    let program = with_rules(&log);
    program.rooms.ingest_in(&show(), vec![event("e", 0, "join")], ActionTime::Wall).await.unwrap();
    program.clock.set(START + 60_000);
    sleep(Duration::from_secs(6)).await;
    assert_eq!(program.rooms.view(&show()).await.unwrap().alarms, []);
    program.clock.set(START + 240_000);
    sleep(Duration::from_secs(6)).await;
    let view = program.rooms.view(&show()).await.unwrap();
    assert_eq!(view.alarms.iter().map(|alarm| alarm.rule.as_str()).collect::<Vec<_>>(), ["data_gap"]);
    program.clock.set(START + 250_000);
    program.rooms.ingest_in(&show(), vec![event("f", 250_000, "join")], ActionTime::Wall).await.unwrap();
    let view = program.rooms.view(&show()).await.unwrap();
    assert_eq!(view.alarms[0].state, AlarmState::Resolved);
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_ended_is_not_silent() {
    let log = Arc::new(FaultyLog::default());
    let program = with_rules(&log);
    program.rooms.ingest(&show(), vec![event("e", 0, "join")]).await.unwrap();
    program.clock.set(START + 86_400_000);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(program.rooms.view(&show()).await.unwrap().alarms, []);
}

#[tokio::test(start_paused = true)]
async fn events_of_a_minute_are_found_in_the_middle_of_a_log() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    for n in 0..50_i64 {
        let events = vec![
            event(&format!("j{n}"), n * 30_000, "join"),
            question(&format!("q{n}"), n * 30_000 + 1, "码"),
        ];
        program.rooms.ingest(&show(), events).await.unwrap();
    }
    let late = question("late", 20 * 30_000 + 5, "迟到");
    program.rooms.ingest(&show(), vec![late]).await.unwrap();
    let minute = (START + 20 * 30_000).div_euclid(60_000);
    let asked = |event: &Event| event.kind.name() == "comment";
    let (found, all) = program.rooms.events_of_minute(&show(), minute, 10, asked).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|recorded| recorded.event.id.as_str()).collect();
    assert_eq!((ids, all), (vec!["q20", "q21", "late"], true));
    let (found, all) = program.rooms.events_of_minute(&show(), minute, 2, asked).await.unwrap();
    assert_eq!((found.len(), all), (2, false));
    let (found, all) = program.rooms.events_of_minute(&show(), minute + 1_000, 2, asked).await.unwrap();
    assert_eq!((found.len(), all), (0, true));
}
