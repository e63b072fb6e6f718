//! The metric table: the same digest in whatever order events come and however often, and counts that are those of their
//! definition.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{MINUTE_MS, Millis};
use livehand_live::packed::pack;
use livehand_live::table::{MetricTable, TableFold};
use livehand_live::{Event, Room};
use proptest::prelude::*;

use crate::{START, event, ingest};

/// Minutes of the tables of these tests.
const MINUTES: u32 = 12;
const KINDS: [&str; 11] = [
    "comment",
    "like",
    "share",
    "follow",
    "gift",
    "product_view",
    "product_click",
    "order_created",
    "order_paid",
    "order_refunded",
    "join",
];

/// kind, viewer, product, order, seconds after the start, amount in yuan
type Thing = (usize, Option<u8>, u8, u8, i64, i64);
type Things = Vec<Thing>;

fn things() -> impl Strategy<Value = Things> {
    let one = (0..KINDS.len(), prop::option::weighted(0.9, 0..5_u8), 0..4_u8, 0..6_u8, 0..700_i64, 1..4_i64);
    prop::collection::vec(one, 1..80)
}

fn events_of(things: &Things) -> Vec<Event> {
    let of = |(n, (kind, user, product, order, at, amount)): (usize, &Thing)| {
        let mut event = event(&format!("e{n}"), at * 1_000, KINDS[*kind], "");
        event.user = user.map(|user| format!("u{user}"));
        event.session = user.map(|user| format!("s{user}-{n}"));
        let named = KINDS[*kind].starts_with("product") || KINDS[*kind].starts_with("order");
        event.product = named.then(|| format!("p{product}"));
        event.order = Some(format!("o{order}"));
        event.amount = Some(amount * 100);
        event.text = Some("好".to_owned());
        event
    };
    things.iter().enumerate().map(of).collect()
}

fn table_of(events: Vec<Event>) -> MetricTable {
    let mut room = Room::default();
    for chunk in events.chunks(9) {
        ingest(&mut room, chunk.to_vec());
    }
    room.metric_table(Some(Millis(START)), MINUTES)
}

/// Distinct viewers of the events that `is` picks, by a key.
fn distinct<K: Ord>(
    events: &[&Event],
    key: impl Fn(&Event) -> K,
    is: impl Fn(&Event) -> bool,
) -> BTreeMap<K, i64> {
    let mut sets: BTreeMap<K, BTreeSet<String>> = BTreeMap::new();
    for event in events.iter().filter(|event| is(event)) {
        sets.entry(key(event)).or_default().extend(event.user.clone());
    }
    sets.into_iter().map(|(key, users)| (key, users.len() as i64)).collect()
}

fn is(kind: &'static str) -> impl Fn(&Event) -> bool {
    move |event| event.kind.name() == kind
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn a_log_in_columns_gives_the_table_of_its_events(things in things()) {
        let events = events_of(&things);
        let mut fold = TableFold::new("");
        for batch in events.chunks(7) {
            fold.take_packed(&pack(batch).unwrap()).unwrap();
        }
        prop_assert_eq!(fold.events(), events.len() as u64);
        prop_assert_eq!(fold.table(Some(Millis(START)), MINUTES), table_of(events));
    }

    #[test]
    fn shuffled_and_repeated_events_give_the_same_digest(things in things(), seed in any::<u64>()) {
        let events = events_of(&things);
        let expected = table_of(events.clone()).digest().unwrap();
        let mut state = seed | 1;
        let mut roll = |sides: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % sides
        };
        let mut shuffled = events.clone();
        for _ in 0..events.len().div_ceil(10) {
            shuffled.push(events[roll(events.len())].clone());
        }
        for i in (1..shuffled.len()).rev() {
            shuffled.swap(i, roll(i + 1));
        }
        prop_assert_eq!(table_of(shuffled).digest().unwrap(), expected);
    }

    #[test]
    fn lines_fold_to_the_same_table_as_events(things in things(), cut in 1..400_usize) {
        let events = events_of(&things);
        let mut fold = TableFold::new("recording");
        for chunk in events.chunks(cut) {
            let mut lines = Vec::new();
            for (n, event) in chunk.iter().enumerate() {
                lines.extend(serde_json::to_vec(event).unwrap());
                // A space at the end is unusual, so that some lines go the long way.
                lines.extend_from_slice(if n % 3 == 0 { b" \n" } else { b"\n" });
            }
            fold.take_lines(&lines, |_, line| Event::parse_line(line).ok());
        }
        prop_assert_eq!(fold.table(Some(Millis(START)), MINUTES), table_of(events));
    }

    #[test]
    fn counts_are_those_of_their_definition(things in things()) {
        let events = events_of(&things);
        // Of the deliveries of one step of an order the earliest counts, then the cheapest, then the first viewer.
        let mut orders: BTreeMap<(String, String), &Event> = BTreeMap::new();
        for event in events.iter().filter(|event| event.kind.name().starts_with("order")) {
            let key = (event.kind.name().to_owned(), event.order.clone().unwrap());
            let rank = |event: &Event| (event.at, event.amount, event.user.clone(), event.product.clone());
            let known = orders.entry(key).or_insert(event);
            if rank(event) < rank(known) {
                *known = event;
            }
        }
        let mut counted: Vec<&Event> = events.iter().filter(|event| !event.kind.name().starts_with("order")).collect();
        counted.extend(orders.values());
        let table = table_of(events.clone());
        let minute = |event: &Event| (event.at.0 - START) / MINUTE_MS;
        let product = |event: &Event| event.product.clone().unwrap();
        let exposed = distinct(&counted, minute, is("product_view"));
        let clicked = distinct(&counted, minute, is("product_click"));
        let paid = distinct(&counted, minute, is("order_paid"));
        for row in &table.minutes {
            let of = |counts: &BTreeMap<i64, i64>| counts.get(&row.m).copied().unwrap_or(0);
            prop_assert_eq!((row.expose_uv, row.click_uv, row.buyers), (of(&exposed), of(&clicked), of(&paid)));
            let here: Vec<&&Event> = counted.iter().filter(|event| minute(event) == row.m).collect();
            let gmv: i64 = here.iter().filter(|event| event.kind.name() == "order_paid").filter_map(|event| event.amount).sum();
            prop_assert_eq!(row.gmv, gmv);
            let acts = ["comment", "like", "share", "follow", "gift"];
            let interactions = here.iter().filter(|event| acts.contains(&event.kind.name())).count() as i64;
            prop_assert_eq!(row.interactions, interactions);
        }
        let (exposed, clicked, paid) = (
            distinct(&counted, product, is("product_view")),
            distinct(&counted, product, is("product_click")),
            distinct(&counted, product, is("order_paid")),
        );
        for row in &table.products {
            let of = |counts: &BTreeMap<String, i64>| counts.get(&row.p).copied().unwrap_or(0);
            prop_assert_eq!((row.expose_uv, row.click_uv, row.buyers), (of(&exposed), of(&clicked), of(&paid)), "{}", row.p);
        }
        let named: BTreeSet<&String> = counted.iter().filter_map(|event| event.product.as_ref()).collect();
        let rows: BTreeSet<&String> = table.products.iter().map(|row| &row.p).collect();
        prop_assert!(named.is_subset(&rows));
    }
}
