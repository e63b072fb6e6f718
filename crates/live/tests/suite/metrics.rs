//! The figures are those of their definition, whatever arrives, and what cannot be known is not made up.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{MINUTE_MS, Millis};
use livehand_live::view::Provenance;
use livehand_live::{Changes, Event, Room};
use proptest::prelude::*;

use crate::{START, event, figures, ingest};

const TIMEOUT_MS: i64 = 200_000;

/// A sign of life as a test makes it: kind, viewer, device, ms after the start.
type Signs = Vec<(u8, u8, u8, i64)>;

fn signs() -> impl Strategy<Value = Signs> {
    // Within the minutes that one word of bits holds, and over several.
    prop_oneof![Just(1_500_000_i64), Just(16_000_000)]
        .prop_flat_map(|span| prop::collection::vec((0..3_u8, 0..4_u8, 0..3_u8, 0..span), 1..60))
}

fn events_of(signs: &Signs) -> Vec<Event> {
    let kinds = ["join", "heartbeat", "leave"];
    let of = |(n, (kind, user, device, at)): (usize, &(u8, u8, u8, i64))| {
        let mut event = event(&format!("e{n}"), *at, kinds[usize::from(*kind)], &format!("u{user}"));
        event.session = Some(format!("u{user}-{device}"));
        event
    };
    signs.iter().enumerate().map(of).collect()
}

/// Spec `lc-metrics-1` taken word by word: sessions by viewer, as (start, end, watched).
fn sessions_of(signs: &Signs) -> BTreeMap<u8, Vec<(i64, i64, i64)>> {
    let mut sessions: BTreeMap<(u8, u8), [Option<i64>; 3]> = BTreeMap::new();
    for (kind, user, device, at) in signs {
        let session = sessions.entry((*user, *device)).or_default();
        let at = START + at;
        match kind {
            0 => {
                session[0] = Some(session[0].map_or(at, |known| known.min(at)));
                session[1] = Some(session[1].map_or(at, |known| known.max(at)));
            }
            1 => session[1] = Some(session[1].map_or(at, |known| known.max(at))),
            _ => session[2] = Some(session[2].map_or(at, |known| known.max(at))),
        }
    }
    let mut by_viewer: BTreeMap<u8, Vec<_>> = BTreeMap::new();
    for ((user, _), [join, alive, leave]) in sessions {
        let Some(join) = join else { continue };
        let alive = alive.unwrap_or(join).max(join);
        let end = leave.unwrap_or(alive + TIMEOUT_MS);
        by_viewer.entry(user).or_default().push((join, end, leave.unwrap_or(alive) - join));
    }
    by_viewer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn presence_is_what_its_definition_says(signs in signs()) {
        let mut room = Room::default();
        for event in events_of(&signs) {
            ingest(&mut room, vec![event]);
        }
        let sessions = sessions_of(&signs);
        let view = room.view();
        let all: Vec<_> = sessions.values().flatten().collect();
        prop_assert_eq!(view.metrics.totals.viewers, sessions.len() as i64);
        prop_assert_eq!(view.metrics.totals.views, all.len() as i64);
        prop_assert_eq!(view.metrics.totals.watch_ms, all.iter().map(|(_, _, watched)| watched).sum::<i64>());
        prop_assert_eq!(
            view.metrics.totals.retained_60,
            all.iter().filter(|(_, _, watched)| *watched >= 60_000).count() as i64
        );
        let last = signs.iter().map(|(.., at)| START + at).max().unwrap();
        for minute in &view.minutes {
            let (from, to) = (minute.at.0, minute.at.0 + MINUTE_MS);
            let viewers = |is: &dyn Fn(i64, i64) -> bool| {
                sessions.values().filter(|all| all.iter().any(|(start, end, _)| is(*start, *end))).count() as i64
            };
            let touches = |start: i64, end: i64| start < to && start.div_euclid(MINUTE_MS) <= (end - 1).div_euclid(MINUTE_MS) && end > from;
            prop_assert_eq!(minute.present, viewers(&touches), "{:?}", minute.at);
            let at_end = |all: &[(i64, i64, i64)], at: i64| all.iter().any(|(start, end, _)| *start <= at && at < *end);
            let stayed = sessions.values().filter(|all| at_end(all, from) && at_end(all, to)).count() as i64;
            prop_assert_eq!(minute.stayed, stayed, "{:?}", minute.at);
            if view.metrics.online.provenance == Provenance::Exact {
                let at = if last < to { last } else { to };
                let online = sessions.values().filter(|all| at_end(all, at)).count() as i64;
                prop_assert_eq!(minute.online, Some(online), "{:?}", minute.at);
            }
        }
    }

    #[test]
    fn of_contradicting_deliveries_the_earliest_counts_in_whatever_order_they_come(
        deliveries in prop::collection::vec((0..3_u8, 0..4_u8, 0..600_i64, 1..5_i64, prop::option::of(0..3_u8)), 1..20),
        seed in any::<u64>(),
    ) {
        let kinds = ["order_created", "order_paid", "order_refunded"];
        let of = |(n, (kind, order, at, amount, user)): (usize, &(u8, u8, i64, i64, Option<u8>))| {
            let mut event = event(&format!("e{n}"), at * 1_000, kinds[usize::from(*kind)], "");
            event.order = Some(format!("o{order}"));
            event.amount = Some(amount * 100);
            event.user = user.map(|user| format!("u{user}"));
            event
        };
        let mut events: Vec<Event> = deliveries.iter().enumerate().map(of).collect();
        let mut one = Room::default();
        ingest(&mut one, events.clone());
        let mut state = seed | 1;
        for i in (1..events.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            events.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        let mut other = Room::default();
        for event in events {
            ingest(&mut other, vec![event]);
        }
        prop_assert_eq!(figures(&one.view()), figures(&other.view()));
        let paid: BTreeSet<u8> = deliveries.iter().filter(|it| it.0 == 1).map(|it| it.1).collect();
        prop_assert_eq!(one.view().metrics.totals.orders_paid, paid.len() as i64);
    }

    #[test]
    fn a_view_and_its_deltas_show_the_same_minutes(signs in signs(), cut in 1..60_usize) {
        let events = events_of(&signs);
        let mut room = Room::default();
        ingest(&mut room, events.iter().take(cut).cloned().collect());
        let before = room.view();
        let mut changes = Changes::since(&room);
        for event in events.iter().skip(cut) {
            room.apply(event, &mut changes);
        }
        let mut minutes: BTreeMap<Millis, _> = before.minutes.into_iter().map(|minute| (minute.at, minute)).collect();
        minutes.extend(room.delta(&changes).minutes.into_iter().map(|minute| (minute.at, minute)));
        prop_assert_eq!(minutes.into_values().collect::<Vec<_>>(), room.view().minutes);
    }
}

fn paid(id: &str, user: Option<&str>, amount: i64) -> Event {
    let mut event = event(id, 1_000, "order_paid", "");
    event.user = user.map(str::to_owned);
    event.order = Some(id.to_owned());
    event.amount = Some(amount);
    event
}

#[test]
fn orders_without_a_buyer_make_ranges_and_no_ratio() {
    let mut room = Room::default();
    ingest(
        &mut room,
        vec![event("j", 0, "join", "u1"), paid("o1", Some("u1"), 10_000), paid("o2", None, 20_000)],
    );
    let metrics = room.view().metrics;
    assert_eq!(metrics.totals.gmv, 30_000);
    assert_eq!((metrics.conversion_rate.total, metrics.order_value.total), (None, None));
    assert_eq!(metrics.conversion_rate.bounds.map(|b| (b.low, b.high)), Some((1, Some(2))));
    assert_eq!(metrics.order_value.bounds.map(|b| (b.low, b.high)), Some((15_000, Some(30_000))));
    assert_eq!(metrics.order_value.provenance, Provenance::Sampled);
}

#[test]
fn a_source_that_never_sent_an_order_has_no_conversion_of_zero() {
    let mut room = Room::default();
    ingest(&mut room, vec![event("j", 0, "join", "u1"), event("l", 5_000, "leave", "u1")]);
    let metrics = room.view().metrics;
    for metric in [metrics.conversion_rate, metrics.gpm, metrics.order_value] {
        assert_eq!((metric.total, metric.provenance), (None, Provenance::Missing));
    }
}

#[test]
fn when_a_source_falls_silent_nobody_is_said_to_have_left() {
    let mut room = Room::default();
    let mut events = vec![event("l", 0, "leave", "gone")];
    events.extend((0..50).map(|n| event(&format!("j{n}"), n * 1_000, "join", &format!("u{n}"))));
    ingest(&mut room, events);
    assert_eq!(room.view().metrics.online.total.map(|online| online.numerator), Some(50));
    let mut marker = event("m", 900_000, "crew.marker_placed", "");
    marker.text = Some("信号断了".into());
    ingest(&mut room, vec![marker]);
    let view = room.view();
    assert_eq!(view.metrics.online.total.map(|online| online.numerator), Some(50));
    assert_eq!(view.metrics.online.as_of, Some(Millis(START + 49_000)), "its age says that it is old");
    assert!(view.minutes.iter().skip(1).all(|minute| minute.online.is_none()), "a gap is a gap");
}

#[test]
fn the_trend_of_retention_leaves_out_cohorts_that_are_still_open() {
    let mut room = Room::default();
    let mut events = Vec::new();
    for n in 0..1_200_i64 {
        let user = format!("u{n}");
        events.push(event(&format!("j{n}"), n * 1_000, "join", &user));
        events.push(event(&format!("h{n}"), n * 1_000 + 90_000, "heartbeat", &user));
    }
    events.retain(|event| event.at.0 <= START + 1_200_000);
    ingest(&mut room, events);
    let retention = room.view().metrics.retention;
    assert_eq!(retention.last_10.map(|ratio| (ratio.numerator, ratio.denominator)), Some((600, 600)));
    assert!(retention.provisional);
    ingest(&mut room, vec![event("later", 1_500_000, "leave", "u0")]);
    assert!(!room.view().metrics.retention.provisional);
}

#[test]
fn counters_at_the_end_of_the_scale_break_nothing() {
    let mut room = Room::default();
    let mut stats = event("s", 0, "stats", "");
    let body = r#"{"online":9223372036854775807,"views":9223372036854775807,"precision":{"online":9223372036854775807,"views":2}}"#;
    // As an older version may have recorded it; today it would be refused.
    stats.stats = Some(serde_json::from_str(body).unwrap());
    let mut again = stats.clone();
    again.id = "t".to_owned();
    again.at = Millis(START + 60_000);
    let mut changes = Changes::default();
    for event in [stats, again, event("x", 120_000, "comment", "u")] {
        room.apply(&event, &mut changes);
    }
    let online = room.view().metrics.online;
    assert!(online.bounds.is_some_and(|bounds| bounds.low > 0 && bounds.high == Some(i64::MAX)));
    assert!(online.last_10.is_some());
}

#[test]
fn views_are_told_apart_by_the_names_of_the_platform_within_their_source_in_any_order() {
    let join = |n: i64, source: &str| {
        let mut event = event(&format!("j{n}"), n / 2 * 1_000, "join", &format!("u{}", n / 2));
        event.source = Some(source.to_owned());
        event
    };
    // Two joins of one connection at one moment count once, by the name that comes first.
    let mut events: Vec<Event> =
        ["feed", "feed/同城", "feed/同城", "feed/推荐", "profile", "profile", "mall", "paid"]
            .into_iter()
            .zip(0..)
            .map(|(source, n)| join(n, source))
            .collect();
    let seen = |events: &[Event]| {
        let mut room = Room::default();
        ingest(&mut room, events.to_vec());
        serde_json::to_value(&room.view().metrics.source_views).unwrap()
    };
    let forth = seen(&events);
    let expected = serde_json::json!([
        { "source": "feed", "views": 2, "details": [{ "name": "同城", "views": 1 }] },
        { "source": "other", "views": 2, "details": [{ "name": "mall", "views": 1 }, { "name": "profile", "views": 1 }] },
    ]);
    assert_eq!(forth, expected);
    events.reverse();
    assert_eq!(seen(&events), expected);
}
