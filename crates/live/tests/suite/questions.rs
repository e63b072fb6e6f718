//! Questions: which comments are the same one, who answers it, and whether the answer solved it.

use livehand_kernel::{Millis, PersonId};
use livehand_live::view::UnsolvedWhy;
use livehand_live::{Command, CrewAction, Event, Refusal, Room};

use crate::{START, crew, event, ingest};

fn question(id: &str, at: i64, user: &str, intent: &str, text: &str) -> Event {
    let mut comment = event(id, at, "comment", user);
    comment.text = Some(text.into());
    comment.intent = Some(intent.into());
    comment
}

/// A comment of which `language` is sure what it is about.
fn about(id: &str, at: i64, user: &str, topic: &str, text: &str) -> Event {
    Event { topic: Some(topic.into()), ..question(id, at, user, "ship", text) }
}

fn aloud(question: u64) -> CrewAction {
    CrewAction::AnswerQuestion {
        question,
        text: None,
        expected: None,
        spoken: true,
        faq: None,
        route: livehand_live::ReplyRoute::Copy,
    }
}

#[test]
fn the_same_topic_is_one_card_and_another_thing_named_is_another() {
    let mut room = Room::default();
    let named = |mut event: Event, named: &str| {
        event.named = Some(named.into());
        event
    };
    ingest(
        &mut room,
        vec![
            about("q1", 0, "u1", "shipping.time", "啥时候发"),
            about("q2", 1_000, "u2", "shipping.time", "今天拍几时能寄出"),
            named(about("q3", 2_000, "u3", "shipping.time", "3号几天发"), "3号"),
        ],
    );
    let view = room.view();
    assert_eq!(view.questions.iter().map(|q| (q.id, q.asked)).collect::<Vec<_>>(), [(1, 2), (3, 1)]);
    assert_eq!(view.questions[1].named.as_deref(), Some("3号"));
}

#[test]
fn whether_there_is_any_of_a_variant_is_one_question_whatever_topic_it_sounds_like() {
    let mut room = Room::default();
    let asks = |id: &str, at, user: &str, topic: &str, text: &str, named: &str| Event {
        topic: Some(topic.into()),
        named: Some(named.into()),
        ..question(id, at, user, "stock", text)
    };
    ingest(
        &mut room,
        vec![
            asks("q1", 0, "u1", "style.colors", "有没有红色", "红色"),
            asks("q2", 1_000, "u2", "stock.variant", "红色还有吗", "红色"),
            asks("q3", 2_000, "u3", "stock.variant", "白色还有吗", "白色"),
        ],
    );
    let view = room.view();
    assert_eq!(view.questions.iter().map(|q| (q.id, q.asked)).collect::<Vec<_>>(), [(1, 2), (3, 1)]);
}

#[test]
fn who_claims_a_question_answers_it_for_half_a_minute() {
    let mut room = Room::default();
    ingest(&mut room, vec![about("q1", 0, "u1", "shipping.time", "啥时候发")]);
    assert_eq!(crew(&mut room, "c1", START + 1_000, CrewAction::ClaimQuestion { question: 1 }), Ok(1));
    let other = |room: &Room, at, action| {
        let command = Command::Crew { id: "k1".into(), by: PersonId::from("mei"), at: Millis(at), action };
        room.decide(command).map(|decision| decision.events.len())
    };
    let claimed: Result<usize, _> = Err(Refusal::QuestionClaimed { question: 1, by: PersonId::from("lin") });
    assert_eq!(other(&room, START + 20_000, aloud(1)), claimed.clone());
    assert_eq!(other(&room, START + 20_000, CrewAction::ClaimQuestion { question: 1 }), claimed);
    assert_eq!(other(&room, START + 31_000, aloud(1)), Ok(1), "a claim ends");
    assert_eq!(crew(&mut room, "k2", START + 20_000, aloud(1)), Ok(1), "who claimed it answers it");
}

#[test]
fn an_answer_is_solved_unless_somebody_comes_back_to_it() {
    let mut room = Room::default();
    ingest(
        &mut room,
        vec![
            about("q1", 0, "u1", "shipping.time", "啥时候发"),
            about("q2", 1_000, "u2", "size.choose", "穿啥码"),
            about("q3", 2_000, "u3", "returns.how", "咋退"),
        ],
    );
    for (id, number) in [("k1", 1), ("k2", 2), ("k3", 3)] {
        assert_eq!(crew(&mut room, id, START + 10_000, aloud(number)), Ok(1));
    }
    let mut complaint = question("x", 60_000, "u3", "complain", "骗人的");
    complaint.intent = Some("complain".into());
    ingest(
        &mut room,
        vec![
            about("again", 30_000, "u1", "shipping.time", "到底几天发"),
            complaint,
            event("later", 200_000, "heartbeat", "u9"),
        ],
    );
    let view = room.view();
    assert_eq!((view.answering.answered, view.answering.solved, view.answering.unsolved), (3, 1, 2));
    let why =
        |id| view.questions.iter().find(|q| q.id == id).and_then(|q| q.unsolved.as_ref()).map(|u| u.why);
    assert_eq!(why(1), Some(UnsolvedWhy::AskedAgain));
    assert_eq!(why(2), None);
    assert_eq!(why(3), Some(UnsolvedWhy::Complained));
}

#[test]
fn a_failure_can_be_looked_at_however_much_was_closed_since() {
    let mut room = Room::default();
    ingest(&mut room, vec![about("q0", 0, "u0", "shipping.time", "啥时候发")]);
    assert_eq!(crew(&mut room, "k0", START + 5_000, aloud(1)), Ok(1));
    // More than the screen keeps of what was closed.
    for n in 1..=60_u64 {
        let at = 5_000 + i64::try_from(n).unwrap() * 1_000;
        ingest(&mut room, vec![about(&format!("q{n}"), at, &format!("u{n}"), &format!("topic.{n}"), "问")]);
        let asked = room.sequence();
        assert_eq!(crew(&mut room, &format!("k{n}"), START + at, aloud(asked)), Ok(1));
    }
    assert!(room.view().questions.iter().all(|question| question.id != 1), "it is shown no more");
    ingest(&mut room, vec![about("again", 100_000, "u99", "shipping.time", "到底几天发")]);
    let (answering, failed) = room.served();
    assert_eq!((answering.unsolved, failed.len()), (1, 1));
    let one = &failed[0];
    assert_eq!((one.id, one.closed_at), (1, Some(Millis(START + 5_000))));
    assert_eq!(one.unsolved.as_ref().map(|why| why.text.as_str()), Some("到底几天发"));
}
