//! Events in columns come back as they were, whatever they hold, and nothing else is ever read from damaged bytes than
//! an error or some events.

use livehand_kernel::Millis;
use livehand_live::packed::{pack, unpack};
use livehand_live::table::TableFold;
use livehand_live::{Event, Kind};
use proptest::prelude::*;

use crate::START;

const KINDS: [&str; 8] = [
    "join",
    "heartbeat",
    "like",
    "comment",
    "product_click",
    "order_paid",
    "poll_opened",
    "crew.question_answered",
];

fn optional_id() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[1-9][0-9]{0,18}|u-[a-z]{1,3}|007")
}

/// An event with any of the keys that the wire allows, as JSON.
fn event() -> impl Strategy<Value = Event> {
    let who = ("[0-9]{1,19}|[a-f0-9]{12}", optional_id(), optional_id(), prop::option::of("有.{0,2}|"));
    let what = (0..KINDS.len(), optional_id(), optional_id(), prop::option::of(0..10_000_000_000_i64));
    let when = (-5_000_i64..7_200_000, prop::option::of(-10_000_i64..100_000));
    let unusual = prop::option::weighted(0.1, 0..7_usize);
    (who, what, when, unusual).prop_map(|(who, what, when, unusual)| {
        let ((id, user, session, text), (kind, product, order, amount)) = (who, what);
        let mut event = Event::new(id, Millis(START + when.0), Kind::from_name(KINDS[kind]));
        event.received = when.1.map(|delay| event.at.plus(delay));
        (event.user, event.session, event.text) = (user, session, text);
        (event.product, event.order, event.amount) = (product, order, amount);
        let json = match unusual {
            Some(0) => r#"{"id":"x","at":1,"type":"stats","stats":{"online":6800,"precision":{"online":100},"fans":3}}"#,
            Some(1) => r#"{"id":"x","at":1,"type":"like","quality":"sampled","count":-3}"#,
            Some(2) => r#"{"id":"x","at":1,"type":"like","colour":"红","nested":{"a":[1,null,"\u0000"]},"user":null}"#,
            Some(3) => r#"{"id":"x","at":1,"type":"crew.saying_made","question":9,"saying":{"id":"r","kind":"reply","template":"{{live_price #1}}","quotes":[{"product":"p","sku":"s","field":"live_price","version":2,"value":"¥9.90","valid_to":7}]}}"#,
            Some(5) => r#"{"id":"x","at":1,"type":"crew.closing_line_said","text":"拍","doubt":"price","hesitations":[3,9],"saying":{"id":"r","kind":"card"}}"#,
            Some(4) => r#"{"id":"x","at":1,"type":"rule.fact_changed","facts":[{"product":"p","field":"gifts","version":3,"value":null}]}"#,
            Some(_) => r#"{"id":"x","at":1,"type":"reading","signal":"s","value":-7,"bound":3,"by":"lin","question":9}"#,
            None => return event,
        };
        let more: Event = serde_json::from_str(json).unwrap();
        Event { kind: more.kind.clone(), user: event.user, at: event.at, id: event.id, ..more }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn events_come_back_as_they_were(events in prop::collection::vec(event(), 0..350)) {
        prop_assert_eq!(unpack(&pack(&events).unwrap()).unwrap(), events);
    }

    #[test]
    fn damaged_bytes_are_an_error_or_events(
        events in prop::collection::vec(event(), 1..40), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()
    ) {
        let mut packed = pack(&events).unwrap();
        let place = at.index(packed.len());
        packed[place] = byte;
        if cut {
            packed.truncate(place);
        }
        let _ = TableFold::new("").take_packed(&packed);
        if let Ok(read) = unpack(&packed) {
            prop_assert_eq!(read.len(), u32::from_le_bytes(packed[..4].try_into().unwrap()) as usize);
        }
    }
}

#[test]
fn a_claimed_number_of_events_takes_no_memory() {
    let error = unpack(&[0xff, 0xff, 0xff, 0xff]).unwrap_err();
    assert_eq!(error.to_string(), "event 0 lacks its id");
}

#[test]
fn what_a_newer_version_wrote_is_refused() {
    let mut packed = pack(&[Event::new("1", Millis(START), Kind::Join)]).unwrap();
    packed.extend([200, 0, 0, 0, 0]);
    assert_eq!(
        unpack(&packed).unwrap_err().to_string(),
        "it has a column 200 that this version does not know"
    );
}

/// What is on disks cannot change its meaning.
#[test]
fn the_form_is_frozen() {
    let mut events: Vec<Event> = (0..3)
        .map(|n| Event::new(format!("{}", 70 + n), Millis(START + n), Kind::from_name("join")))
        .collect();
    events[1].user = Some("甲".to_owned());
    events[2].spoken = Some(true);
    let bytes: String = pack(&events).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    insta::assert_snapshot!(bytes);
}
