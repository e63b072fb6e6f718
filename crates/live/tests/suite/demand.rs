//! Demand: what many wish for becomes a card, and what many suffer from an alarm.

use livehand_kernel::{MINUTE_MS, Millis, PersonId};
use livehand_live::alarms::{AlarmState, Occasion};
use livehand_live::view::{DemandCard, DemandState, Ratio, WishKind};
use livehand_live::{Changes, Command, CrewAction, Event, KeptRoom, Kind, Refusal, Room};
use proptest::prelude::*;

use crate::{START, crew, event, ingest};

/// A comment that wants a colour.
fn wants(id: &str, at: i64, user: &str, colour: &str) -> Event {
    let mut comment = event(id, at, "comment", user);
    comment.text = Some(format!("有没有{colour}"));
    (comment.intent, comment.topic) = (Some("stock".into()), Some("stock.variant".into()));
    comment.named = Some(colour.into());
    comment
}

/// `count` viewers who want a colour, a second apart.
fn many(from: i64, count: i64, colour: &str) -> Vec<Event> {
    (0..count)
        .map(|n| wants(&format!("{colour}{from}-{n}"), from + n * 1_000, &format!("u{n}"), colour))
        .collect()
}

fn heartbeat(at: i64) -> Event {
    event(&format!("h{at}"), at, "heartbeat", "watcher")
}

fn open(room: &Room) -> Vec<DemandCard> {
    room.view().demands.into_iter().filter(|card| card.state == DemandState::Open).collect()
}

#[test]
fn forty_viewers_who_want_the_same_are_one_card_with_how_many_and_how_fast() {
    let mut room = Room::default();
    crew(&mut room, "stage", START, CrewAction::StageItem { product: Some("coat".into()), price: None })
        .unwrap();
    let mut changes = Changes::since(&room);
    let mut again = wants("again", 45_000, "u3", "红色");
    again.text = Some("红色红色".into());
    for event in many(1_000, 40, "红色").iter().chain([&again]) {
        room.apply(event, &mut changes);
    }
    let cards = open(&room);
    assert_eq!(cards.len(), 1);
    let card = &cards[0];
    assert_eq!((card.comments, card.viewers, card.recent), (41, 40, 40));
    assert_eq!((card.product.as_deref(), card.wanted.colour.as_deref()), (Some("coat"), Some("红色")));
    assert_eq!((card.wanted.kind, card.id), (WishKind::Variant, 6));
    assert_eq!((card.per_minute.len(), card.per_minute[29]), (30, 40));
    assert_eq!(card.wordings, ["有没有红色", "红色红色"]);
    assert_eq!(room.delta(&changes).demands, Some(room.view().demands));
    let mut calm = Changes::since(&room);
    room.apply(&heartbeat(45_500), &mut calm);
    assert_eq!(room.delta(&calm).demands, None, "nothing changed");
}

#[test]
fn a_link_that_is_named_and_the_item_on_stage_are_two_things() {
    let mut room = Room::default();
    crew(&mut room, "stage", START, CrewAction::StageItem { product: Some("coat".into()), price: None })
        .unwrap();
    let mut events = many(0, 6, "红色");
    events.extend(many(10_000, 6, "红色").into_iter().map(|mut event| {
        event.named = Some("3号 红色".into());
        event.product = Some("tee".into());
        event
    }));
    ingest(&mut room, events);
    let products: Vec<_> = open(&room).into_iter().map(|card| card.product.unwrap()).collect();
    assert_eq!(products, ["tee", "coat"], "those that rose last first");
}

#[test]
fn a_demand_is_over_by_itself_and_rises_again_as_another_card() {
    let mut room = Room::default();
    ingest(&mut room, many(0, 6, "红色"));
    assert_eq!(open(&room).len(), 1);
    ingest(&mut room, vec![heartbeat(4 * MINUTE_MS)]);
    let cards = room.view().demands;
    assert_eq!((cards[0].state, cards[0].by.clone()), (DemandState::Over, None));
    assert_eq!(cards[0].closed_at, Some(Millis(START + 4 * MINUTE_MS)));
    let later = many(30 * MINUTE_MS, 6, "红色");
    ingest(&mut room, later);
    let cards = room.view().demands;
    assert_eq!(
        cards.iter().map(|card| card.state).collect::<Vec<_>>(),
        [DemandState::Open, DemandState::Over]
    );
    assert_eq!((cards[0].viewers, cards[0].comments), (6, 12), "the same six");
}

#[test]
fn the_crew_closes_a_demand_with_what_it_did_and_is_left_alone_for_a_while() {
    let mut room = Room::default();
    ingest(&mut room, many(0, 6, "红色"));
    let id = open(&room)[0].id;
    let close = |text: &str| CrewAction::CloseDemand { demand: id, text: text.into() };
    assert!(matches!(crew(&mut room, "k0", START + 10_000, close(" ")), Err(Refusal::TextLength { .. })));
    assert_eq!(crew(&mut room, "k1", START + 10_000, close("主播已讲")), Ok(1));
    let card = room.view().demands.remove(0);
    assert_eq!((card.state, card.outcome.as_deref()), (DemandState::Done, Some("主播已讲")));
    assert_eq!(card.by, Some(PersonId::from("lin")));
    assert!(matches!(
        crew(&mut room, "k2", START + 11_000, close("再关")),
        Err(Refusal::DemandClosed { .. })
    ));
    let unknown = CrewAction::CloseDemand { demand: 999, text: "x".into() };
    assert_eq!(crew(&mut room, "k3", START + 11_000, unknown), Err(Refusal::DemandUnknown { demand: 999 }));
    let rename = |mut event: Event, to: &str| {
        event.user = event.user.map(|user| format!("{to}{user}"));
        event
    };
    ingest(&mut room, many(20_000, 20, "红色").into_iter().map(|it| rename(it, "x")).collect());
    assert_eq!(open(&room), [], "who closed it has seen it");
    ingest(&mut room, many(15 * MINUTE_MS, 40, "红色").into_iter().map(|it| rename(it, "y")).collect());
    assert_eq!(open(&room).len(), 1);
}

#[test]
fn what_is_wished_for_all_the_time_raises_nothing() {
    let mut room = Room::default();
    let steady = |minute: i64, from: i64| {
        (0..4).map(move |n| {
            let user = format!("u{minute}-{n}");
            wants(&format!("w{minute}-{n}"), from + minute * MINUTE_MS + n * 14_000, &user, "红色")
        })
    };
    ingest(&mut room, (0..18).flat_map(|minute| steady(minute, 0)).collect());
    let before = room.view().demands.len();
    ingest(&mut room, (18..120).flat_map(|minute| steady(minute, 0)).collect());
    assert_eq!(room.view().demands.len(), before, "only its beginning was something new");
}

#[test]
fn half_a_percent_of_those_online_must_want_it() {
    let mut room = Room::default();
    let mut stats = event("stats", 0, "stats", "");
    stats.stats = Some(serde_json::from_str(r#"{"online":20000}"#).unwrap());
    ingest(&mut room, vec![stats]);
    ingest(&mut room, many(1_000, 99, "红色"));
    assert_eq!(open(&room), []);
    ingest(&mut room, vec![wants("one", 110_000, "one", "红色")]);
    assert_eq!(open(&room).len(), 1);
}

#[test]
fn viewers_without_an_id_are_never_counted_too_often() {
    let mut room = Room::default();
    let masked = |mut event: Event, name: &str| {
        (event.user, event.name) = (None, Some(name.to_owned()));
        event
    };
    ingest(&mut room, many(0, 20, "红色").into_iter().map(|event| masked(event, "张***")).collect());
    assert_eq!(open(&room), []);
    let named =
        (many(30_000, 6, "红色").into_iter().zip(0..)).map(|(event, n)| masked(event, &format!("名{n}")));
    ingest(&mut room, named.collect());
    assert_eq!(open(&room)[0].viewers, 7);
}

#[test]
fn the_least_recent_wishes_go_and_are_counted() {
    let mut room = Room::default();
    let odd = |n: i64| {
        let mut event = wants(&format!("w{n}"), n * 1_000, &format!("u{n}"), "红色");
        event.named = Some(format!("{}号 红色", n % 300));
        event.product = Some(format!("p{n}"));
        event
    };
    ingest(&mut room, (0..450).map(odd).collect());
    let (wishes, forgotten) = room.wishes();
    assert_eq!((wishes.len(), forgotten), (400, 50));
    assert!(wishes.iter().all(|wish| wish.first >= Millis(START + 50_000)));
}

#[test]
fn what_askers_bought_is_known_only_where_payments_say_by_whom() {
    let mut room = Room::default();
    ingest(&mut room, many(0, 10, "紫色"));
    assert_eq!(room.askers_who_bought(), None, "nobody bought");
    let paid = |id: &str, user: Option<&str>| {
        let mut event = event(id, 60_000, "order_paid", "");
        (event.user, event.order, event.amount) = (user.map(str::to_owned), Some(id.to_owned()), Some(100));
        event
    };
    ingest(&mut room, vec![paid("o1", Some("u1")), paid("o2", Some("u1")), paid("o3", Some("stranger"))]);
    assert_eq!(room.askers_who_bought(), Some(Ratio { numerator: 1, denominator: 10 }));
    ingest(&mut room, vec![paid("o4", None)]);
    assert_eq!(room.askers_who_bought(), None);
}

/// Events of a busy show: wishes and troubles, in bursts, some late.
fn busy(seeds: &[(u8, u8, u16)]) -> Vec<Event> {
    let mut at = 0;
    let events = seeds.iter().enumerate().map(|(n, (what, user, gap))| {
        at += i64::from(*gap) % 20_000;
        let late = i64::from(*what % 7 == 0) * 30_000;
        let colour = ["红色", "黑色", "紫色"][usize::from(*what) % 3];
        let mut event = wants(&format!("e{n}"), (at - late).max(0), &format!("u{user}"), colour);
        if what % 5 == 0 {
            (event.intent, event.topic) = (Some("tech".into()), Some("room.no_sound".into()));
            event.named = None;
        }
        event
    });
    events.collect()
}

proptest! {
    #[test]
    fn the_same_log_gives_the_same_cards_however_it_is_cut(
        seeds in proptest::collection::vec((any::<u8>(), 0..40_u8, any::<u16>()), 1..120), cut in 0..120_usize,
    ) {
        let events = busy(&seeds);
        let (mut whole, mut cut_up) = (Room::default(), Room::default());
        ingest(&mut whole, events.clone());
        let cut = cut.min(events.len());
        ingest(&mut cut_up, events[..cut].to_vec());
        // A restart in between, from what is kept.
        let kept = postcard::to_stdvec(&cut_up.to_kept()).unwrap();
        let mut cut_up = postcard::from_bytes::<KeptRoom>(&kept).unwrap().into_room();
        cut_up.remember(&livehand_live::packed::pack(&events[..cut]).unwrap()).unwrap();
        for event in &events[cut..] {
            ingest(&mut cut_up, vec![event.clone()]);
        }
        prop_assert_eq!(whole.view().demands, cut_up.view().demands);
        prop_assert_eq!(whole.wishes(), cut_up.wishes());
        prop_assert_eq!(whole, cut_up);
    }
}

/// A room whose rules look at it after each event.
fn watched(events: Vec<Event>) -> Room {
    let mut room = Room::default();
    let mut judged = 0;
    for event in events {
        livehand_live::alarms::Steps::USUAL.take(&mut room, &event, &mut judged, &mut Changes::default());
    }
    room
}

fn trouble(n: i64, at: i64, topic: &str) -> Event {
    let mut event = event(&format!("t{topic}{n}"), at, "comment", &format!("u{n}"));
    event.text = Some("没声音".into());
    event.topic = Some(topic.into());
    event
}

#[test]
fn five_viewers_with_the_same_trouble_raise_its_alarm_with_five_steps() {
    for (topic, rule) in [
        ("room.no_sound", "no_sound"),
        ("room.picture_frozen", "picture_frozen"),
        ("coupon.cannot_use", "coupon_fails"),
        ("coupon.cannot_get", "coupon_fails"),
        ("price.mismatch", "price_mismatch"),
        ("order.cannot_open", "link_broken"),
    ] {
        let four = (0..4).map(|n| trouble(n, n * 1_000, topic)).chain([trouble(3, 9_000, topic)]);
        let room = watched(four.clone().collect());
        assert_eq!(room.view().alarms, [], "{topic}: four viewers, five comments");
        let room = watched(four.chain([trouble(4, 10_000, topic)]).collect());
        let alarms = room.view().alarms;
        assert_eq!(alarms.iter().map(|alarm| alarm.rule.as_str()).collect::<Vec<_>>(), [rule]);
        assert_eq!(alarms[0].steps.len(), 5, "{rule}");
    }
}

#[test]
fn a_trouble_that_nobody_writes_of_any_more_is_over() {
    let mut events: Vec<Event> = (0..6).map(|n| trouble(n, n * 1_000, "room.no_sound")).collect();
    let room = watched(events.clone());
    assert_eq!(room.view().alarms[0].state, AlarmState::Raised);
    let ended = room.watch(Occasion::Time(Millis(START + 4 * MINUTE_MS)));
    assert!(ended.iter().any(|event| event.kind == Kind::AlarmResolved));
    events.push(heartbeat(4 * MINUTE_MS));
    let alarms = watched(events).view().alarms;
    let alarm = alarms.iter().find(|alarm| alarm.rule == "no_sound").unwrap();
    assert_eq!((alarm.state, alarm.closed_by.clone()), (AlarmState::Resolved, None));
}

#[test]
fn a_closed_demand_is_an_event_that_names_it() {
    let mut room = Room::default();
    ingest(&mut room, many(0, 6, "红色"));
    let action = CrewAction::CloseDemand { demand: open(&room)[0].id, text: "已补货".into() };
    let command =
        Command::Crew { id: "k".into(), by: PersonId::from("lin"), at: Millis(START + 9_000), action };
    let event = room.decide(command).unwrap().events.remove(0);
    let line = serde_json::to_string(&event).unwrap();
    assert!(line.contains(r#""type":"crew.demand_closed""#) && line.contains(r#""demand":5"#), "{line}");
    assert_eq!(Event::parse_line(line.as_bytes()).unwrap(), event);
    let packed = livehand_live::packed::pack(std::slice::from_ref(&event)).unwrap();
    assert_eq!(livehand_live::packed::unpack(&packed).unwrap(), [event]);
    let without = r#"{"id":"1","at":1763812800000,"type":"crew.demand_closed"}"#;
    assert_eq!(Event::parse_line(without.as_bytes()).unwrap_err().field, "demand");
}
