//! The order of arrival and duplicates change no figure, and commands see what happened.

use livehand_kernel::{CardId, Millis, PersonId};
use livehand_live::packed::pack;
use livehand_live::view::{Provenance, QuestionState};
use livehand_live::{CardLevel, Changes, CrewAction, Event, KeptRoom, Kind, Quality, Refusal, Room};
use proptest::prelude::*;

use crate::{START, crew, event, figures, ingest};

/// A small show: viewers who come, stay for different times, talk, look, and buy.
fn small_show() -> Vec<Event> {
    let mut events = Vec::new();
    for n in 0..40_i64 {
        let user = format!("u{n}");
        let start = n * 7_000;
        let mut join = event(&format!("j{n}"), start, "join", &user);
        join.source = Some(if n % 3 == 0 { "follow" } else { "feed" }.to_owned());
        events.push(join);
        if n % 4 != 0 {
            events.push(event(&format!("h{n}"), start + 90_000, "heartbeat", &user));
            events.push(event(&format!("l{n}"), start + 95_000 + n * 1_000, "leave", &user));
        }
        if n % 2 == 0 {
            let mut comment = event(&format!("c{n}"), start + 20_000, "comment", &user);
            comment.text = Some("多少钱".into());
            events.push(comment);
        }
        for (offset, kind) in [(30_000, "product_view"), (35_000, "product_click")] {
            let mut look = event(&format!("{kind}{n}"), start + offset, kind, &user);
            look.product = Some("p1".into());
            events.push(look);
        }
        if n % 5 == 0 {
            for (offset, kind) in
                [(40_000, "order_created"), (50_000, "order_paid"), (80_000, "order_refunded")]
            {
                let mut order = event(&format!("{kind}{n}"), start + offset, kind, &user);
                order.order = Some(format!("o{n}"));
                order.amount = Some(19_900);
                events.push(order);
            }
        }
    }
    events
}

#[test]
fn the_totals_of_a_small_show_are_right() {
    let mut room = Room::default();
    ingest(&mut room, small_show());
    let totals = room.view().metrics.totals;
    assert_eq!((totals.views, totals.viewers, totals.comments), (40, 40, 20));
    assert_eq!((totals.orders_created, totals.orders_paid, totals.buyers), (8, 8, 8));
    assert_eq!((totals.gmv, totals.refunds), (8 * 19_900, 8 * 19_900));
    assert_eq!((totals.retained_60, totals.clicks, totals.exposures), (30, 40, 40));
    let metrics = room.view().metrics;
    assert_eq!(metrics.source_views[0].source, "feed");
    assert_eq!(metrics.gpm.total.map(|r| r.numerator / r.denominator), Some(8 * 19_900 * 1000 / 40));
}

#[test]
fn the_view_of_a_small_show_is_frozen() {
    let mut room = Room::default();
    ingest(&mut room, small_show());
    insta::assert_json_snapshot!(room.view().metrics);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn order_of_arrival_and_duplicates_change_no_figure(seed in any::<u64>(), copies in 0..30_usize) {
        let mut expected = Room::default();
        ingest(&mut expected, small_show());
        let mut events = small_show();
        let again: Vec<Event> = events.iter().take(copies).cloned().collect();
        events.extend(again);
        let mut state = seed | 1;
        for i in (1..events.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            events.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        let mut room = Room::default();
        for chunk in events.chunks(7) {
            ingest(&mut room, chunk.to_vec());
        }
        prop_assert_eq!(figures(&room.view()), figures(&expected.view()));
        prop_assert_eq!(room.sequence(), expected.sequence());
    }
}

#[test]
fn a_webhook_retried_under_a_new_id_counts_once() {
    let mut room = Room::default();
    let mut paid = event("m1", 0, "order_paid", "u1");
    paid.order = Some("o1".into());
    paid.amount = Some(100);
    let mut retried = paid.clone();
    retried.id = "m2".into();
    ingest(&mut room, vec![paid, retried]);
    assert_eq!(room.view().metrics.totals.gmv, 100);
    assert_eq!(room.sequence(), 2);
}

#[test]
fn sampled_arrivals_and_rounded_counters_never_become_exact_numbers() {
    let mut room = Room::default();
    let mut sampled = Event::new("m1", Millis(START), Kind::Join);
    sampled.quality = Some(Quality::Sampled);
    let stats = |id: &str, at: i64, views: i64| {
        let line = format!(
            r#"{{"id":"{id}","at":{},"type":"stats","stats":{{"online":812,"views":{views},"precision":{{"views":1000}}}}}}"#,
            START + at
        );
        Event::parse_line(line.as_bytes()).unwrap()
    };
    let mut masked = Event::new("c1", Millis(START + 500), Kind::Comment);
    masked.text = Some("好看".into());
    ingest(&mut room, vec![sampled, stats("s1", 1_000, 68_000), stats("s2", 2_000, 67_000), masked]);
    let metrics = room.view().metrics;
    assert_eq!(metrics.totals.views, 0);
    assert_eq!(metrics.online.total.map(|r| r.numerator), Some(812));
    assert_eq!(metrics.retention.provenance, Provenance::Missing);
    assert_eq!(metrics.conversion_rate.total, None);
    assert_eq!(metrics.interaction_rate.provenance, Provenance::Sampled);
    assert_eq!(metrics.interaction_rate.bounds.map(|b| (b.low, b.high)), Some((1, Some(1))));
}

#[test]
fn history_is_shown_but_not_counted() {
    let mut room = Room::default();
    let mut old = event("c1", 0, "comment", "u1");
    old.text = Some("多少钱".into());
    old.intent = Some("price".into());
    old.quality = Some(Quality::History);
    ingest(&mut room, vec![old]);
    let view = room.view();
    assert_eq!((view.comments.len(), view.metrics.totals.comments, view.answering.asked), (1, 0, 0));
}

fn question(id: &str, at: i64, user: &str, intent: &str, text: &str) -> Event {
    let mut comment = event(id, at, "comment", user);
    comment.text = Some(text.into());
    comment.intent = Some(intent.into());
    comment
}

#[test]
fn the_same_question_from_many_is_one_card_and_answering_it_closes_it_once() {
    let mut room = Room::default();
    ingest(
        &mut room,
        vec![
            question("q1", 0, "u1", "price", "多少钱"),
            question("q2", 1_000, "u2", "price", "怎么卖"),
            question("q3", 2_000, "u3", "size", "120斤穿什么码"),
        ],
    );
    let view = room.view();
    assert_eq!(view.questions.iter().map(|q| (q.id, q.asked)).collect::<Vec<_>>(), [(1, 2), (3, 1)]);
    let answer = |question| CrewAction::AnswerQuestion {
        question,
        text: Some("直播价 199 元".into()),
        expected: None,
        spoken: false,
        faq: None,
        route: livehand_live::ReplyRoute::Copy,
    };
    assert_eq!(crew(&mut room, "k1", START + 20_000, answer(1)), Ok(1));
    assert_eq!(crew(&mut room, "k1", START + 20_000, answer(1)), Ok(0));
    assert_eq!(
        crew(&mut room, "k2", START + 21_000, answer(1)),
        Err(Refusal::QuestionClosed { question: 1, by: Some(PersonId::from("lin")) })
    );
    assert_eq!(
        crew(&mut room, "k3", START + 21_000, answer(9)),
        Err(Refusal::QuestionUnknown { question: 9 })
    );
    let answering = room.view().answering;
    assert_eq!((answering.asked, answering.answered, answering.in_time, answering.open), (2, 1, 1, 1));
}

#[test]
fn a_question_that_waits_ten_minutes_is_missed() {
    let mut room = Room::default();
    ingest(
        &mut room,
        vec![question("q1", 0, "u1", "size", "有大码吗"), event("x", 600_000, "heartbeat", "u2")],
    );
    let view = room.view();
    assert_eq!(view.questions[0].state, QuestionState::Missed);
    assert_eq!(view.answering.missed, 1);
}

#[test]
fn a_card_waits_until_the_host_acknowledges_it() {
    let mut room = Room::default();
    let push = CrewAction::PushCard {
        card: CardId::from("k"),
        level: CardLevel::Red,
        text: "报错价，马上更正".into(),
    };
    crew(&mut room, "1", START, push).unwrap();
    assert_eq!(room.view().prompter[0].acknowledged_at, None);
    let acknowledge = CrewAction::AcknowledgeCard { card: CardId::from("k") };
    crew(&mut room, "2", START + 4_000, acknowledge.clone()).unwrap();
    assert_eq!(room.view().prompter[0].acknowledged_at, Some(Millis(START + 4_000)));
    assert!(matches!(crew(&mut room, "3", START + 5_000, acknowledge), Err(Refusal::CardUnknown { .. })));
}

#[test]
fn deltas_bring_an_older_view_up_to_date() {
    let mut room = Room::default();
    let events = small_show();
    ingest(&mut room, events[..50].to_vec());
    let before = room.view();
    let mut changes = Changes::since(&room);
    for event in &events[50..] {
        room.apply(event, &mut changes);
    }
    let delta = room.delta(&changes);
    let after = room.view();
    assert_eq!((delta.from, delta.sequence), (before.sequence, after.sequence));
    let mut minutes = before.minutes;
    for minute in delta.minutes {
        minutes.retain(|known| known.at != minute.at);
        minutes.push(minute);
    }
    minutes.sort_by_key(|minute| minute.at);
    assert_eq!(minutes, after.minutes);
    assert_eq!(delta.metrics, after.metrics);
    assert_eq!(delta.comments.last(), after.comments.last());
}

#[test]
fn a_delta_names_the_questions_that_are_shown_no_more() {
    let mut room = Room::default();
    let ask = |n: i64| question(&format!("q{n}"), n, &format!("u{n}"), "size", &format!("第 {n} 款有大码吗"));
    ingest(&mut room, (0..70).map(ask).collect());
    let mut shown: Vec<u64> = room.view().questions.iter().map(|question| question.id).collect();
    let mut changes = Changes::since(&room);
    room.apply(&event("late", 700_000, "heartbeat", "u1"), &mut changes);
    let delta = room.delta(&changes);
    assert_eq!(delta.answering.missed, 70);
    shown.retain(|id| !delta.questions_gone.contains(id));
    let mut changed: Vec<u64> = delta.questions.iter().map(|question| question.id).collect();
    changed.sort_unstable();
    assert_eq!(shown, changed);
    assert_eq!(room.view().questions.len(), shown.len());
}

#[test]
fn the_host_is_not_buried_in_cards() {
    let mut room = Room::default();
    let push = |n: i64| CrewAction::PushCard {
        card: CardId(format!("k{n}")),
        level: CardLevel::Green,
        text: "喝水".into(),
    };
    for n in 0..100 {
        crew(&mut room, &format!("p{n}"), START + n, push(n)).unwrap();
    }
    assert_eq!(crew(&mut room, "p100", START, push(100)), Err(Refusal::CardsWaiting { max: 100 }));
    let mut imported = event("imported", 0, "crew.card_pushed", "u");
    imported.card = Some(CardId::from("k101"));
    imported.level = Some(CardLevel::Red);
    imported.text = Some("录像里的第 101 张".into());
    ingest(&mut room, vec![imported]);
    assert_eq!(room.view().prompter.len(), 100);
}

#[test]
fn an_item_with_an_impossible_id_is_not_put_on_stage() {
    let mut room = Room::default();
    for product in [String::new(), " ".to_owned(), "长".repeat(100)] {
        let refused =
            crew(&mut room, "s", START, CrewAction::StageItem { product: Some(product), price: None });
        assert!(matches!(refused, Err(Refusal::TextLength { max_bytes: 256 })), "{refused:?}");
    }
    let before_time = crew(&mut room, "m", 0, CrewAction::PlaceMarker { text: "1970".into() });
    assert!(matches!(before_time, Err(Refusal::Invalid(_))), "what could not be read back is not recorded");
}

#[test]
fn the_shape_of_a_stored_state_is_frozen() {
    // A snapshot of an older shape must not be read as a newer one: when this changes, raise STATE_FORMAT.
    let mut events = small_show();
    events.push(question("q", 300_000, "u1", "price", "多少钱"));
    let mut room = Room::default();
    ingest(&mut room, events.clone());
    let bytes = postcard::to_stdvec(&room.to_kept()).unwrap();
    let digest = xxhash_rust::xxh3::xxh3_64(&bytes);
    insta::assert_snapshot!(format!(
        "format {} {} bytes {digest:016x}",
        livehand_live::STATE_FORMAT,
        bytes.len()
    ));
    let mut again = postcard::from_bytes::<KeptRoom>(&bytes).unwrap().into_room();
    again.remember(&pack(&events).unwrap()).unwrap();
    assert_eq!(again, room);
    assert!(events.iter().all(|event| again.knows(event)));
}
