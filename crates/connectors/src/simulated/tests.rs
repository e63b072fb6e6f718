use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Fen, Millis};
use livehand_live::{Event, Kind};

use super::*;

const START: Millis = Millis(1_781_784_000_000);

fn scenario(seed: u64, viewers: u32, minutes: u32) -> Scenario {
    let product = |n: i64| SimulatedProduct {
        id: format!("p{n}"),
        name: format!("商品{n}"),
        price: Fen(9_900),
        link_number: n,
    };
    let products = (1..=3).map(product).collect();
    Scenario { seed, viewers, minutes, start: START, products, slot_seconds: 60 }
}

fn lines(audience: Audience) -> Vec<String> {
    audience.map(|event| serde_json::to_string(&event).unwrap()).collect()
}

/// Viewers online at the peak and at the end. Connections that break without a word count until they time out.
fn online(audience: Audience) -> (usize, usize) {
    let (mut seen, mut peak, mut minute) = (BTreeMap::new(), 0, START.minute());
    for event in audience {
        if event.at.minute() > minute {
            minute = event.at.minute();
            seen.retain(|_, last: &mut Millis| last.0 + 200_000 > event.at.0);
            peak = peak.max(seen.len());
        }
        match event.kind {
            Kind::Join | Kind::Heartbeat => drop(seen.insert(event.session, event.at)),
            Kind::Leave => drop(seen.remove(&event.session)),
            _ => {}
        }
    }
    (peak, seen.len())
}

#[test]
fn the_same_seed_gives_the_same_audience_and_another_gives_another() {
    let first = lines(Audience::new(scenario(7, 300, 8)));
    assert_eq!(first, lines(Audience::new(scenario(7, 300, 8))));
    assert_ne!(first, lines(Audience::new(scenario(8, 300, 8))));
    insta::assert_snapshot!(first[..8].join("\n"));
}

#[test]
fn events_come_in_order_of_time_keep_the_contract_and_have_ids_of_their_own() {
    let events: Vec<Event> = Audience::new(scenario(7, 300, 8)).collect();
    assert!(events.is_sorted_by_key(|event| event.at));
    assert!(events.iter().all(|event| event.at >= START && event.at <= START.plus(8 * 60_000)));
    events.iter().try_for_each(Event::check).unwrap();
    assert!(events.iter().all(|event| !event.kind.is_reserved()));
    let ids: BTreeSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), events.len());
}

#[test]
fn the_room_is_about_as_full_as_wanted_early_and_hours_later() {
    let (peak, end) = online(Audience::new(scenario(7, 1_000, 10)));
    assert!((850..=1_250).contains(&peak), "peak {peak}");
    assert!((700..=1_200).contains(&end), "after ten minutes {end}");
    let (peak, end) = online(Audience::new(scenario(7, 500, 240)));
    assert!((425..=650).contains(&peak), "peak {peak}");
    assert!((400..=650).contains(&end), "after four hours {end}");
}

#[test]
fn people_ask_like_look_click_buy_and_come_back() {
    let mut kinds = BTreeMap::new();
    let (mut joins, mut viewers, mut sources) = (0, BTreeSet::new(), BTreeSet::new());
    for event in Audience::new(scenario(7, 1_000, 30)) {
        *kinds.entry(event.kind.name().to_owned()).or_insert(0) += 1;
        if event.kind == Kind::Join {
            joins += 1;
            viewers.insert(event.user);
            sources.insert(event.source.unwrap());
        }
    }
    for (kind, at_least) in [
        ("comment", 500),
        ("like", 3_000),
        ("product_view", 3_000),
        ("product_click", 100),
        ("order_paid", 10),
        ("heartbeat", 3_000),
        ("follow", 30),
        ("share", 20),
        ("gift", 30),
    ] {
        assert!(kinds.get(kind).copied().unwrap_or(0) > at_least, "{kind}: {kinds:?}");
    }
    assert!(viewers.len() < joins, "nobody came back");
    let all = ["feed", "follow", "other", "paid", "search", "square", "video"];
    assert_eq!(sources.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

#[test]
fn many_leave_at_once_and_some_stay_for_the_show() {
    let (mut came, mut stays) = (BTreeMap::new(), Vec::new());
    for event in Audience::new(scenario(3, 1_000, 60)) {
        match event.kind {
            Kind::Join => drop(came.insert(event.session, event.at)),
            Kind::Leave => stays.push(event.at.0 - came.remove(&event.session).unwrap().0),
            _ => {}
        }
    }
    let share = |ms: i64| stays.iter().filter(|stay| **stay >= ms).count() as f64 / stays.len() as f64;
    assert!((0.40..0.75).contains(&share(60_000)), "a minute: {}", share(60_000));
    assert!((0.05..0.35).contains(&share(600_000)), "ten minutes: {}", share(600_000));
}

#[test]
fn nobody_in_the_room_is_silent_for_longer_than_the_metrics_wait() {
    let mut seen: BTreeMap<Option<String>, Millis> = BTreeMap::new();
    for event in Audience::new(scenario(3, 300, 30)) {
        if matches!(event.kind, Kind::Join | Kind::Heartbeat | Kind::Leave) {
            let silent = seen.insert(event.session, event.at).map_or(0, |last| event.at.0 - last.0);
            assert!(silent <= 90_001, "{silent} ms");
        }
    }
}

#[test]
fn money_follows_orders() {
    let mut state: BTreeMap<String, (Kind, i64)> = BTreeMap::new();
    let mut refunded = 0;
    for event in Audience::new(scenario(5, 2_000, 60)) {
        let Some(order) = event.order.clone() else { continue };
        let amount = event.amount.unwrap();
        let before = state.insert(order, (event.kind.clone(), amount));
        match (event.kind, before) {
            (Kind::OrderCreated, None) => {}
            (Kind::OrderPaid, Some((Kind::OrderCreated, created))) => assert_eq!(amount, created),
            (Kind::OrderRefunded, Some((Kind::OrderPaid, paid))) => {
                assert!(amount > 0 && amount <= paid);
                refunded += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(refunded > 5, "{refunded} of {} orders", state.len());
}

#[test]
fn the_audience_looks_at_what_is_on_stage() {
    let mut audience = Audience::new(scenario(7, 1_000, 4));
    let told = START.plus(60_000);
    let cleared = START.plus(120_000);
    audience.stage(Some("p3"), told);
    audience.stage(None, cleared);
    let looks: Vec<(Millis, String)> = audience
        .filter(|event| event.kind == Kind::ProductView)
        .map(|event| (event.at, event.product.unwrap()))
        .collect();
    assert!(looks.iter().any(|(at, _)| *at < told));
    assert!(looks.iter().filter(|(at, _)| *at < told).all(|(_, product)| product == "p1"));
    assert!(looks.iter().any(|(at, _)| *at >= told));
    assert!(looks.iter().filter(|(at, _)| *at >= told).all(|(at, product)| product == "p3" && *at < cleared));
}

#[test]
fn five_thousand_viewers_for_ten_minutes_make_tens_of_thousands_of_events() {
    let events = Audience::new(scenario(1, 5_000, 10)).count();
    assert!((30_000..120_000).contains(&events), "{events}");
}

#[test]
fn a_room_without_viewers_or_products_is_quiet_and_not_broken() {
    let empty = Scenario { products: Vec::new(), ..scenario(1, 50, 20) };
    let events: Vec<Event> = Audience::new(empty).collect();
    assert!(events.iter().all(|event| event.product.is_none() && event.order.is_none()));
    assert!(events.iter().any(|event| event.kind == Kind::Comment));
    assert!(Audience::new(scenario(1, 0, 1)).count() < 50);
    assert_eq!(Audience::new(scenario(1, 50, 0)).count(), 0);
}
