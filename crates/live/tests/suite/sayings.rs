//! Whatever quotes a fact turns stale with it, everywhere at once, and nothing stale counts as fresh.

use std::collections::BTreeMap;

use livehand_kernel::{CardId, Millis, ProductId};
use livehand_live::packed::{pack, unpack};
use livehand_live::sayings::{FactNow, Quote, Said, SayingKind, SayingNote, SayingState, StaleReason};
use livehand_live::view::{QuestionState, RoomView};
use livehand_live::{CardLevel, Changes, CrewAction, Event, KeptRoom, Kind, LineKind, Refusal, Room};
use proptest::prelude::*;

use crate::{START, crew, event, ingest};

fn price(version: i64, value: &str) -> Quote {
    Quote {
        product: ProductId::from("p1"),
        sku: None,
        field: "live_price".into(),
        version,
        value: value.into(),
        valid_to: None,
    }
}

fn said(quote: Quote) -> Said {
    let text = format!("现价 {}", quote.value);
    Said { text, template: Some("现价 {{live_price #1}}".into()), quotes: vec![quote] }
}

fn told(id: &str, at: i64, facts: Vec<FactNow>) -> Event {
    let mut event = Event::new(id, Millis(START + at), Kind::FactChanged);
    event.origin = "rule".into();
    event.facts = Some(facts.into());
    event.check().unwrap();
    event
}

fn price_now(version: i64, value: Option<&str>) -> FactNow {
    FactNow {
        product: ProductId::from("p1"),
        sku: None,
        field: "live_price".into(),
        version,
        value: value.map(str::to_owned),
    }
}

fn push(card: &str, quote: Quote) -> CrewAction {
    CrewAction::PushCard { card: CardId::from(card), level: CardLevel::Red, text: said(quote) }
}

fn queue(reply: &str, quote: Quote) -> CrewAction {
    CrewAction::QueueReply { reply: reply.into(), question: None, text: said(quote), automatic: None }
}

fn line(line: &str, quote: Quote) -> CrewAction {
    CrewAction::SetLine { line: line.into(), kind: LineKind::OverlayLine, text: said(quote) }
}

/// A card, a reply, an overlay line and a script line that quote the first version of one price.
fn four_sayings() -> Room {
    let mut room = Room::default();
    ingest(&mut room, vec![told("f1", 0, vec![price_now(1, Some("¥129.00"))])]);
    crew(&mut room, "card", START, push("card", price(1, "¥129.00"))).unwrap();
    crew(&mut room, "reply", START, queue("reply", price(1, "¥129.00"))).unwrap();
    crew(&mut room, "line", START, line("line", price(1, "¥129.00"))).unwrap();
    let script = CrewAction::SetLine {
        line: "script".into(),
        kind: LineKind::ScriptLine,
        text: said(price(1, "¥129.00")),
    };
    crew(&mut room, "script", START, script).unwrap();
    room
}

fn stale(view: &RoomView) -> Vec<(&str, StaleReason, Option<&str>)> {
    view.stale.iter().map(|one| (one.saying.as_str(), one.reason, one.value.as_deref())).collect()
}

#[test]
fn one_change_marks_every_quote_everywhere_at_once() {
    let mut room = four_sayings();
    assert_eq!(room.view().stale, []);
    ingest(&mut room, vec![told("f2", 1_000, vec![price_now(2, Some("¥99.00"))])]);
    let view = room.view();
    let now = Some("¥99.00");
    assert_eq!(
        stale(&view),
        ["card", "reply", "line", "script"].map(|saying| (saying, StaleReason::Changed, now))
    );
    assert_eq!(view.prompter[0].stale, Some(StaleReason::Changed));
    assert!(view.sayings.iter().all(|saying| saying.stale == Some(StaleReason::Changed)));
    assert_eq!(view.facts_told, room.sequence());
    assert_eq!((view.stale[0].quote.version, view.stale[0].version), (1, 2));
}

#[test]
fn what_is_stale_is_neither_sent_nor_acknowledged_until_it_is_refreshed() {
    let mut room = four_sayings();
    ingest(&mut room, vec![told("f2", 1_000, vec![price_now(2, Some("¥99.00"))])]);
    let send = CrewAction::SendReply { reply: "reply".into() };
    let acknowledge = CrewAction::AcknowledgeCard { card: CardId::from("card") };
    for action in [&send, &acknowledge] {
        let refused = crew(&mut room, "x", START + 2_000, action.clone()).unwrap_err();
        assert!(matches!(&refused, Refusal::StaleQuote { quotes } if quotes.len() == 1), "{refused:?}");
    }
    let refresh =
        |saying: &str, quote| CrewAction::RefreshSaying { saying: saying.into(), text: said(quote) };
    let old = crew(&mut room, "r0", START + 2_000, refresh("card", price(1, "¥129.00")));
    assert!(matches!(old, Err(Refusal::StaleQuote { .. })), "a refresh with the old price refreshes nothing");
    for saying in ["card", "reply", "line", "script"] {
        crew(&mut room, &format!("r {saying}"), START + 2_000, refresh(saying, price(2, "¥99.00"))).unwrap();
    }
    let view = room.view();
    assert_eq!(view.stale, []);
    assert_eq!((view.prompter[0].text.as_str(), view.prompter[0].version), ("现价 ¥99.00", 2));
    assert!(view.sayings.iter().all(|saying| (saying.text.as_str(), saying.version) == ("现价 ¥99.00", 2)));
    assert_eq!(view.sayings[0].template, "现价 {{live_price #1}}");
    crew(&mut room, "send", START + 3_000, send.clone()).unwrap();
    crew(&mut room, "ack", START + 3_000, acknowledge).unwrap();
    let again = crew(&mut room, "again", START + 4_000, send);
    assert_eq!(again, Err(Refusal::SayingSaid { saying: "reply".into() }));
}

#[test]
fn a_quote_that_is_old_when_it_comes_is_refused() {
    let mut room = Room::default();
    ingest(&mut room, vec![told("f2", 0, vec![price_now(2, Some("¥99.00"))])]);
    for action in
        [push("c", price(1, "¥129.00")), queue("r", price(1, "¥129.00")), line("l", price(1, "¥129.00"))]
    {
        let refused = crew(&mut room, "x", START + 1_000, action).unwrap_err();
        let Refusal::StaleQuote { quotes } = refused else { panic!("{refused:?}") };
        assert_eq!((quotes[0].version, quotes[0].value.as_deref()), (2, Some("¥99.00")));
    }
    assert_eq!(room.sequence(), 1);
}

#[test]
fn a_newer_quote_teaches_the_room_before_it_is_told() {
    let mut room = four_sayings();
    crew(&mut room, "new", START + 1_000, queue("new", price(2, "¥99.00"))).unwrap();
    let view = room.view();
    assert_eq!(stale(&view).len(), 4, "the others are stale already");
    ingest(&mut room, vec![told("late", 2_000, vec![price_now(2, Some("¥99.00"))])]);
    assert_eq!(room.view().stale, view.stale);
}

#[test]
fn what_is_true_only_up_to_a_moment_is_stale_from_then_on() {
    let mut room = Room::default();
    let until = Quote { valid_to: Some(Millis(START + 60_000)), ..price(1, "¥99.00") };
    crew(&mut room, "c", START, push("c", until.clone())).unwrap();
    crew(&mut room, "r", START, queue("r", until.clone())).unwrap();
    ingest(&mut room, vec![event("h1", 59_999, "heartbeat", "u1")]);
    assert_eq!(room.view().stale, []);
    let mut changes = Changes::since(&room);
    room.apply(&event("h2", 60_000, "heartbeat", "u1"), &mut changes);
    assert_eq!(stale(&room.view()), [("c", StaleReason::Expired, None), ("r", StaleReason::Expired, None)]);
    assert_eq!(room.delta(&changes).prompter[0].stale, Some(StaleReason::Expired));
    // Time passes also where no event comes.
    let mut quiet = Room::default();
    crew(&mut quiet, "r", START, queue("r", until.clone())).unwrap();
    let late = crew(&mut quiet, "s", START + 60_000, CrewAction::SendReply { reply: "r".into() });
    assert!(matches!(late, Err(Refusal::StaleQuote { .. })));
    let made_late = crew(&mut quiet, "r2", START + 60_000, queue("r2", until));
    assert!(matches!(made_late, Err(Refusal::StaleQuote { .. })));
}

#[test]
fn a_fact_that_is_gone_is_not_said() {
    let mut room = four_sayings();
    ingest(&mut room, vec![told("f2", 1_000, vec![price_now(2, None)])]);
    assert!(stale(&room.view()).iter().all(|one| (one.1, one.2) == (StaleReason::Gone, None)));
}

#[test]
fn a_reply_that_is_sent_answers_its_question_once() {
    let mut room = Room::default();
    let mut ask = event("q1", 0, "comment", "u1");
    (ask.text, ask.intent) = (Some("多少钱".into()), Some("price".into()));
    ingest(&mut room, vec![ask]);
    let reply = |id: &str| CrewAction::QueueReply {
        reply: id.into(),
        question: Some(1),
        text: "99 元".into(),
        automatic: None,
    };
    crew(&mut room, "r", START + 1_000, reply("r")).unwrap();
    assert_eq!(room.view().questions[0].state, QuestionState::Open);
    crew(&mut room, "s", START + 2_000, CrewAction::SendReply { reply: "r".into() }).unwrap();
    let view = room.view();
    assert_eq!(view.questions[0].state, QuestionState::Answered);
    assert_eq!(view.questions[0].answer.as_deref(), Some("99 元"));
    assert_eq!(view.sayings[0].state, SayingState::Said);
    let late = crew(&mut room, "r2", START + 3_000, reply("r2"));
    assert!(matches!(late, Err(Refusal::QuestionClosed { question: 1, .. })));
}

#[test]
fn a_saying_that_is_dropped_is_gone_from_where_it_would_be_said() {
    let mut room = four_sayings();
    let mut changes = Changes::since(&room);
    for saying in ["card", "line", "reply"] {
        let drop = CrewAction::DropSaying { saying: saying.into() };
        let command = livehand_live::Command::Crew {
            id: format!("drop {saying}"),
            by: "lin".into(),
            at: Millis(START + 1_000),
            action: drop,
        };
        for event in room.decide(command).unwrap().events {
            room.apply(&event, &mut changes);
        }
    }
    let (view, delta) = (room.view(), room.delta(&changes));
    assert_eq!(view.prompter, []);
    assert_eq!(delta.cards_gone, [CardId::from("card")]);
    let left: Vec<_> = view.sayings.iter().map(|saying| (saying.id.as_str(), saying.state)).collect();
    assert_eq!(left, [("script", SayingState::Open), ("reply", SayingState::Dropped)]);
    assert_eq!(delta.sayings.as_ref(), Some(&view.sayings));
    let again = crew(&mut room, "x", START, CrewAction::DropSaying { saying: "line".into() });
    assert_eq!(again, Err(Refusal::SayingUnknown { saying: "line".into() }));
}

#[test]
fn an_overlay_line_is_replaced_under_its_id_and_there_is_room_for_few() {
    let mut room = Room::default();
    crew(&mut room, "1", START, line("a", price(1, "¥129.00"))).unwrap();
    crew(&mut room, "2", START, line("a", price(2, "¥99.00"))).unwrap();
    let view = room.view();
    assert_eq!((view.sayings.len(), view.sayings[0].version, view.stale.len()), (1, 2, 0));
    for n in 1..8 {
        crew(&mut room, &format!("b{n}"), START, line(&format!("b{n}"), price(2, "¥99.00"))).unwrap();
    }
    let full = crew(&mut room, "c", START, line("c", price(2, "¥99.00")));
    assert_eq!(full, Err(Refusal::SayingsOpen { kind: SayingKind::OverlayLine, max: 8 }));
    crew(&mut room, "d", START, line("a", price(2, "¥99.00"))).unwrap();
    let taken = crew(&mut room, "e", START, queue("a", price(2, "¥99.00")));
    assert_eq!(taken, Err(Refusal::SayingExists { saying: "a".into() }));
}

#[test]
fn quotes_are_shown_inert_and_have_limits() {
    let mut room = Room::default();
    let hostile = Quote { value: "¥9\u{202E}9\u{200B}".into(), ..price(1, "") };
    crew(&mut room, "c", START, push("c", hostile)).unwrap();
    assert_eq!(room.view().prompter[0].quotes[0].value, "¥99");
    let many = Said { text: "x".into(), template: None, quotes: vec![price(1, "¥1.00"); 21] };
    let refused = crew(
        &mut room,
        "d",
        START,
        CrewAction::QueueReply { reply: "d".into(), question: None, text: many, automatic: None },
    );
    assert!(matches!(refused, Err(Refusal::Invalid(_))), "{refused:?}");
    for (json, field) in [
        (r#"{"id":"a","at":1763812800000,"type":"crew.saying_made","text":"x"}"#, "saying.id"),
        (
            r#"{"id":"a","at":1763812800000,"type":"crew.saying_made","text":"x","saying":{"id":"r"}}"#,
            "saying.kind",
        ),
        (r#"{"id":"a","at":1763812800000,"type":"crew.saying_refreshed","saying":{"id":"r"}}"#, "text"),
        (r#"{"id":"a","at":1763812800000,"type":"crew.reply_sent"}"#, "saying.id"),
        (r#"{"id":"a","at":1763812800000,"type":"rule.fact_changed"}"#, "facts"),
        (
            r#"{"id":"a","at":1763812800000,"type":"rule.fact_changed","facts":[{"product":"","field":"x","version":1}]}"#,
            "facts",
        ),
        (
            r#"{"id":"a","at":1763812800000,"type":"rule.fact_changed","facts":[{"product":"p","field":"x","version":0}]}"#,
            "facts",
        ),
        (r#"{"id":"a","at":1763812800000,"type":"rule.fact_changed","facts":7}"#, "facts"),
    ] {
        assert_eq!(Event::parse_line(json.as_bytes()).unwrap_err().field, field, "{json}");
    }
}

/// Something that happens to a few sayings and facts.
#[derive(Clone, Debug)]
enum Step {
    Tell { product: u8, version: i64, gone: bool },
    Make { kind: u8, id: u8, product: u8, version: i64, until: Option<i64> },
    Refresh { id: u8, product: u8, version: i64 },
    Drop { id: u8 },
    Send { id: u8 },
    Acknowledge { id: u8 },
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    let (id, product, version) = (0..6_u8, 0..3_u8, 1..5_i64);
    prop_oneof![
        3 => (product.clone(), version.clone(), prop::bool::weighted(0.2))
            .prop_map(|(product, version, gone)| Step::Tell { product, version, gone }),
        4 => (0..4_u8, id.clone(), product.clone(), version.clone(), prop::option::of(0..40_i64))
            .prop_map(|(kind, id, product, version, until)| Step::Make { kind, id, product, version, until }),
        2 => (id.clone(), product, version).prop_map(|(id, product, version)| Step::Refresh { id, product, version }),
        1 => id.clone().prop_map(|id| Step::Drop { id }),
        1 => id.clone().prop_map(|id| Step::Send { id }),
        1 => id.prop_map(|id| Step::Acknowledge { id }),
        2 => Just(Step::Wait),
    ]
}

fn quote(product: u8, version: i64, until: Option<i64>) -> Quote {
    let product = ProductId(format!("p{product}"));
    let valid_to = until.map(|seconds| Millis(START + seconds * 1_000));
    Quote { product, valid_to, ..price(version, &format!("¥{version}.00")) }
}

fn as_event(place: usize, step: &Step) -> Event {
    let at = Millis(START + 1_000 * i64::try_from(place).unwrap());
    let mut event = Event::new(format!("e{place}"), at, Kind::Join);
    let note = |id: &u8| SayingNote::of(format!("s{id}"));
    let mut saying = None;
    match step {
        Step::Tell { product, version, gone } => {
            event.kind = Kind::FactChanged;
            let Quote { product, sku, field, version, value, .. } = quote(*product, *version, None);
            event.facts =
                Some([FactNow { product, sku, field, version, value: (!gone).then_some(value) }].into());
        }
        Step::Make { kind, id, product, version, until } => {
            let kinds = [SayingKind::Reply, SayingKind::OverlayLine, SayingKind::ScriptLine];
            event.text = Some("话".into());
            let quotes = vec![quote(*product, *version, *until)];
            saying = match kinds.get(usize::from(*kind)) {
                Some(kind) => {
                    event.kind = Kind::SayingMade;
                    Some(SayingNote { kind: Some(*kind), quotes, ..note(id) })
                }
                None => {
                    event.kind = Kind::CardPushed;
                    event.card = Some(CardId(format!("s{id}")));
                    event.level = Some(CardLevel::Yellow);
                    Some(SayingNote { quotes, ..SayingNote::default() })
                }
            };
        }
        Step::Refresh { id, product, version } => {
            event.kind = Kind::SayingRefreshed;
            event.text = Some("新话".into());
            saying = Some(SayingNote { quotes: vec![quote(*product, *version, None)], ..note(id) });
        }
        Step::Drop { id } => (event.kind, saying) = (Kind::SayingDropped, Some(note(id))),
        Step::Send { id } => (event.kind, saying) = (Kind::ReplySent, Some(note(id))),
        Step::Acknowledge { id } => {
            event.kind = Kind::CardAcknowledged;
            event.card = Some(CardId(format!("s{id}")));
        }
        Step::Wait => {}
    }
    event.saying = saying.map(Box::new);
    event.check().unwrap();
    event
}

/// What must be stale, worked out anew from all that happened: no marks are kept, so none can be forgotten.
fn stale_by_the_book(steps: &[Step]) -> BTreeMap<String, StaleReason> {
    let mut facts: BTreeMap<String, (i64, bool)> = BTreeMap::new();
    let mut open: BTreeMap<String, (u8, Quote)> = BTreeMap::new();
    let learn = |facts: &mut BTreeMap<String, (i64, bool)>, product: &str, version: i64, gone: bool| {
        let known = facts.entry(product.to_owned()).or_insert((version, gone));
        if known.0 < version {
            *known = (version, gone);
        }
    };
    for step in steps {
        let key = |id: &u8| format!("s{id}");
        match step {
            Step::Tell { product, version, gone } => {
                learn(&mut facts, &format!("p{product}"), *version, *gone);
            }
            Step::Make { kind, id, product, version, until } => {
                let standing = open.get(&key(id)).map(|(kind, _)| *kind);
                let quote = quote(*product, *version, *until);
                if standing.is_none() || (standing == Some(*kind) && [1, 2].contains(kind)) {
                    learn(&mut facts, quote.product.as_str(), *version, false);
                    open.insert(key(id), (*kind, quote));
                }
            }
            Step::Refresh { id, product, version } => {
                if let Some(saying) = open.get_mut(&key(id)) {
                    saying.1 = quote(*product, *version, None);
                    learn(&mut facts, saying.1.product.as_str(), *version, false);
                }
            }
            Step::Drop { id } => _ = open.remove(&key(id)),
            Step::Send { id } if open.get(&key(id)).is_some_and(|saying| saying.0 == 0) => {
                open.remove(&key(id));
            }
            Step::Acknowledge { id } if open.get(&key(id)).is_some_and(|saying| saying.0 == 3) => {
                open.remove(&key(id));
            }
            _ => {}
        }
    }
    let clock = Millis(START + 1_000 * (i64::try_from(steps.len()).unwrap() - 1));
    let reason = |quote: &Quote| {
        let (version, gone) = facts[quote.product.as_str()];
        match (gone, version > quote.version) {
            (true, _) if version >= quote.version => Some(StaleReason::Gone),
            (false, true) => Some(StaleReason::Changed),
            _ => quote.valid_to.filter(|until| *until <= clock).map(|_| StaleReason::Expired),
        }
    };
    open.iter().filter_map(|(id, (_, quote))| Some((id.clone(), reason(quote)?))).collect()
}

fn marked(view: &RoomView) -> BTreeMap<String, StaleReason> {
    let cards = view.prompter.iter().map(|card| (card.id.0.clone(), card.stale));
    let others = view.sayings.iter().filter(|saying| saying.state == SayingState::Open);
    let all = cards.chain(others.map(|saying| (saying.id.clone(), saying.stale)));
    all.filter_map(|(id, stale)| Some((id, stale?))).collect()
}

/// Takes a delta over, as the console does.
fn follow(view: &mut RoomView, room: &Room, changes: &Changes) {
    let delta = room.delta(changes);
    view.prompter.retain(|card| !delta.cards_gone.contains(&card.id));
    for card in delta.prompter {
        match view.prompter.iter_mut().find(|known| known.id == card.id) {
            Some(known) => *known = card,
            None => view.prompter.push(card),
        }
    }
    if let Some(sayings) = delta.sayings {
        view.sayings = sayings;
    }
    view.stale = delta.stale;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_same_is_stale_however_events_come_and_wherever_the_room_begins_anew(
        steps in prop::collection::vec(step(), 1..60), batch in 1..9_usize, kept_at in any::<prop::sample::Index>()
    ) {
        let events: Vec<Event> = steps.iter().enumerate().map(|(place, step)| as_event(place, step)).collect();
        let mut room = Room::default();
        let mut followed = room.view();
        let mut kept = None;
        let kept_at = kept_at.index(events.len());
        let mut done = 0;
        for some in unpack(&pack(&events).unwrap()).unwrap().chunks(batch) {
            let mut changes = Changes::since(&room);
            for event in some {
                room.apply(event, &mut changes);
                done += 1;
                prop_assert_eq!(marked(&room.view()), stale_by_the_book(&steps[..done]));
                if done == kept_at {
                    kept = Some(postcard::to_stdvec(&room.to_kept()).unwrap());
                }
            }
            follow(&mut followed, &room, &changes);
            let view = room.view();
            prop_assert_eq!(&followed.sayings, &view.sayings);
            prop_assert_eq!(&followed.stale, &view.stale);
            let by_id = |view: &RoomView| {
                view.prompter.iter().map(|card| (card.id.clone(), card.clone())).collect::<BTreeMap<_, _>>()
            };
            prop_assert_eq!(by_id(&followed), by_id(&view));
        }
        if let Some(bytes) = kept {
            let mut again = postcard::from_bytes::<KeptRoom>(&bytes).unwrap().into_room();
            again.remember(&pack(&events[..kept_at]).unwrap()).unwrap();
            for event in &events[kept_at..] {
                again.apply(event, &mut Changes::default());
            }
            prop_assert_eq!(again, room);
        }
    }
}
