//! What the crew does is done once, in turn, and in the right time.

use std::sync::Arc;

use livehand_kernel::{CardId, Millis, PersonId};
use livehand_live::view::QuestionState;
use livehand_live::{CardLevel, CrewAction, Refusal};
use livehand_rooms::{ActionTime, Done, Notice, RoomError};
use tokio::task::JoinSet;

use crate::audience::{event, question};
use crate::{FaultyLog, Program, START, logged, show};

fn answer(question: u64) -> CrewAction {
    CrewAction::AnswerQuestion {
        question,
        text: Some("L 码".into()),
        expected: None,
        spoken: false,
        faq: None,
        route: livehand_live::ReplyRoute::Copy,
    }
}

fn refusal(result: Result<Done, RoomError>) -> Refusal {
    match result {
        Err(RoomError::Refused { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_is_answered_once_and_the_second_is_told_by_whom() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), vec![question("q", 0, "170 穿什么码")]).await.unwrap();
    program.clock.set(START + 8_000);
    program.act_as("lin", "a1", answer(1)).await.unwrap();
    let late = refusal(program.act_as("mei", "a2", answer(1)).await);
    assert_eq!(late, Refusal::QuestionClosed { question: 1, by: Some(PersonId::from("lin")) });
    assert_eq!(refusal(program.act("a3", answer(9)).await), Refusal::QuestionUnknown { question: 9 });
    let view = program.rooms.view(&show()).await.unwrap();
    assert_eq!(view.questions[0].state, QuestionState::Answered);
    assert_eq!(view.questions[0].closed_at, Some(Millis(START + 8_000)));
    assert_eq!((view.answering.answered, view.answering.in_time), (1, 1));
    assert_eq!(logged(&log, &show()).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn of_many_who_answer_at_once_one_does() {
    let log = Arc::new(FaultyLog::default());
    let program = Arc::new(Program::start(&log));
    program.rooms.ingest(&show(), vec![question("q", 0, "170 穿什么码")]).await.unwrap();
    let mut crew = JoinSet::new();
    for n in 0..16 {
        let program = program.clone();
        crew.spawn(async move { program.act_as(&format!("p{n}"), &format!("a{n}"), answer(1)).await });
    }
    let answers = crew.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let winner = program.rooms.view(&show()).await.unwrap().questions[0].by.clone();
    for answer in answers.into_iter().filter(Result::is_err) {
        assert_eq!(refusal(answer), Refusal::QuestionClosed { question: 1, by: winner.clone() });
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_with_the_same_id_does_nothing_twice_even_after_a_restart() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.rooms.ingest(&show(), vec![question("q", 0, "170 穿什么码")]).await.unwrap();
    let stage = CrewAction::StageItem { product: Some("p1".to_owned()), price: None };
    let first = Done { sequence: 2, recorded: 1, duplicates: 0 };
    assert_eq!(program.act("a1", stage.clone()).await.unwrap(), first);
    assert_eq!(program.act("a2", answer(1)).await.unwrap().recorded, 1);
    // The answer to the first try was lost on the way; the second must not be told that somebody else was quicker.
    let again = Done { sequence: 3, recorded: 0, duplicates: 1 };
    assert_eq!(program.act("a2", answer(1)).await.unwrap(), again);
    program.stop().await;
    let program = Program::start(&log);
    assert_eq!(program.act("a1", stage).await.unwrap(), again);
    assert_eq!(program.act("a2", answer(1)).await.unwrap(), again);
    assert_eq!(logged(&log, &show()).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refused_action_leaves_no_trace_and_its_id_can_be_used() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let card = || CardId::from("c1");
    assert_eq!(
        refusal(program.act("a1", CrewAction::AcknowledgeCard { card: card() }).await),
        Refusal::CardUnknown { card: card() }
    );
    let empty = CrewAction::TakeNote { text: "  ".to_owned() };
    assert!(matches!(refusal(program.act("a2", empty).await), Refusal::TextLength { .. }));
    assert_eq!(logged(&log, &show()).await.len(), 0);
    let push = CrewAction::PushCard { card: card(), level: CardLevel::Red, text: "讲优惠".into() };
    program.act("a2", push).await.unwrap();
    program.act("a1", CrewAction::AcknowledgeCard { card: card() }).await.unwrap();
    let view = program.rooms.view(&show()).await.unwrap();
    assert!(view.prompter[0].acknowledged_at.is_some());
    assert_eq!(view.timeline.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn in_a_replay_the_crew_works_in_the_time_of_the_show() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    program.clock.set(START + 86_400_000);
    program.rooms.ingest(&show(), vec![event("a", 5_000, "join")]).await.unwrap();
    for (id, time, expected) in [("a1", ActionTime::Show, 5_000), ("a2", ActionTime::Wall, 86_400_000)] {
        let action = CrewAction::PlaceMarker { text: "高光".to_owned() };
        program.rooms.act(&show(), id.to_owned(), PersonId::from("lin"), time, action).await.unwrap();
        let view = program.rooms.view(&show()).await.unwrap();
        assert_eq!(view.timeline.last().unwrap().at, Millis(START + expected));
        assert_eq!(view.timeline.last().unwrap().by, Some(PersonId::from("lin")));
    }
}

#[tokio::test(start_paused = true)]
async fn followers_are_told_when_the_show_itself_changes() {
    let log = Arc::new(FaultyLog::default());
    let program = Program::start(&log);
    let mut following = program.rooms.subscribe(&show(), None).await.unwrap();
    program.rooms.announce(&show()).await.unwrap();
    assert!(matches!(following.notices.recv().await, Ok(Notice::ShowChanged)));
}
