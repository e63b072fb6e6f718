use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use livehand_kernel::Language;
use livehand_live::{Changes, Command, Kind, Quality, Room};
use proptest::prelude::*;

use super::*;

const BILILIVE: &str = include_str!("../../samples/bililive.xml");
const LIVEHAND: &str = include_str!("../../samples/livehand.ndjson");
const DOUYIN: &str = include_str!("../../samples/douyin.jsonl");

fn items(bytes: impl Into<Vec<u8>>) -> Vec<Item> {
    Recording::from_bytes(bytes.into()).unwrap().map(Result::unwrap).collect()
}

fn split(bytes: impl Into<Vec<u8>>) -> (Vec<Event>, Vec<LeftOut>) {
    let (mut events, mut left_out) = (Vec::new(), Vec::new());
    for item in items(bytes) {
        match item {
            Item::Event(event) => events.push(*event),
            Item::LeftOut(what) => left_out.push(what),
        }
    }
    (events, left_out)
}

/// Everything that a user sees of a recording, a line per item.
fn shown(bytes: &str) -> String {
    let shown = items(bytes).into_iter().map(|item| match item {
        Item::Event(event) => serde_json::to_string(&event).unwrap(),
        Item::LeftOut(LeftOut { line, error, cut_off }) => {
            let end = if cut_off { " (cut off)" } else { "" };
            let chinese = error.expected.in_language(Language::Chinese);
            format!("line {line}{end}: {error} / 应为：{chinese}")
        }
    });
    shown.collect::<Vec<_>>().join("\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_bililive_recording_becomes_events() {
    insta::assert_snapshot!(shown(BILILIVE));
}

#[test]
fn a_livehand_recording_becomes_events() {
    insta::assert_snapshot!(shown(LIVEHAND));
}

#[test]
fn a_douyin_recording_becomes_events() {
    insta::assert_snapshot!(shown(DOUYIN));
}

#[test]
fn a_file_is_known_by_its_beginning() {
    assert_eq!(Format::detect(BILILIVE.as_bytes()), Some(Format::Bililive));
    assert_eq!(Format::detect(LIVEHAND.as_bytes()), Some(Format::Livehand));
    assert_eq!(Format::detect(format!("\u{FEFF}\r\n{DOUYIN}").as_bytes()), Some(Format::Douyin));
    let payload_first = r#"{"payload":{"at":[],"content":"\"at\""},"type":"chat","timestamp":1781784000.5}"#;
    assert_eq!(Format::detect(payload_first.as_bytes()), Some(Format::Douyin));
    for nothing in [&b""[..], b"\n\n", b"name,price\n", b"\x89PNG", b"[]"] {
        assert_eq!(Format::detect(nothing), None);
        assert!(matches!(Recording::from_bytes(nothing.to_vec()), Err(Error::UnknownFormat)));
    }
    for text in [LIVEHAND, BILILIVE] {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(Recording::from_bytes(utf16), Err(Error::Utf16)));
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_yields_its_whole_events_and_no_others() {
    for sample in [BILILIVE, LIVEHAND, DOUYIN] {
        let (whole, _) = split(sample);
        for end in 0..sample.len() {
            let Ok(recording) = Recording::from_bytes(sample.as_bytes()[..end].to_vec()) else { continue };
            let mut events = Vec::new();
            let mut cut_off = 0;
            for item in recording.map(Result::unwrap) {
                match item {
                    Item::Event(event) => events.push(*event),
                    Item::LeftOut(what) => cut_off += usize::from(what.cut_off),
                }
            }
            assert!(cut_off <= 1, "{cut_off} ends at {end}");
            // Between lines nothing is cut off, so nothing may be missing either.
            assert!(!sample.as_bytes()[..end].ends_with(b"\n") || cut_off == 0, "cut off at {end}");
            // Whose id is a placeholder is known only from the whole file.
            let anonymous = |event: &Event| Event { user: None, ..event.clone() };
            let expected: Vec<Event> = whole.iter().take(events.len()).map(anonymous).collect();
            assert_eq!(events.iter().map(anonymous).collect::<Vec<_>>(), expected, "cut off at {end}");
        }
    }
}

#[test]
fn what_was_cut_off_is_reported_with_its_line() {
    let last = BILILIVE.find("最后").unwrap();
    let (_, left_out) = split(&BILILIVE[..last]);
    let end = left_out.last().unwrap();
    assert!(end.cut_off);
    assert_eq!(end.line, 17);
    let (_, left_out) = split(LIVEHAND.trim_end().strip_suffix('}').unwrap());
    assert_eq!(left_out.iter().filter(|what| what.cut_off).map(|what| what.line).collect::<Vec<_>>(), [9]);
    // Without its line end, but whole: nothing is missing.
    let (events, left_out) = split(LIVEHAND.trim_end());
    assert_eq!(events.len(), 6);
    assert!(left_out.iter().all(|what| !what.cut_off));
}

#[test]
fn a_packed_file_reads_like_the_file_and_may_be_cut_off_as_well() {
    for sample in [BILILIVE, LIVEHAND, DOUYIN] {
        let whole = items(sample);
        let packed = gzip(sample.as_bytes());
        assert_eq!(items(packed.clone()), whole);
        let long = sample.replace("</i>", "").repeat(40);
        let packed = gzip(long.as_bytes());
        let (events, left_out) = split(&packed[..packed.len() * 3 / 4]);
        assert!(!events.is_empty());
        assert_eq!(left_out.iter().filter(|what| what.cut_off).count(), 1);
    }
}

#[test]
fn a_file_is_opened_from_the_disk_with_what_it_does_not_say() {
    let path = std::env::temp_dir().join(format!("livehand-recording-{}.xml", std::process::id()));
    let text = r#"<i><gift ts="2" uid="1" giftname="小花花" giftcount="1"/></i>"#;
    std::fs::write(&path, text).unwrap();
    let without: Vec<Item> = Recording::open(&path).unwrap().map(Result::unwrap).collect();
    let options = ImportOptions { origin: "replayed".to_owned(), start: Some(Millis(1_781_784_000_000)) };
    let with: Vec<Item> = Recording::open_with(&path, &options).unwrap().map(Result::unwrap).collect();
    std::fs::remove_file(&path).unwrap();
    let Item::LeftOut(left_out) = &without[0] else { panic!("a gift without a time") };
    assert_eq!(left_out.error.field, "start_time");
    let Item::Event(event) = &with[0] else { panic!("{with:?}") };
    assert_eq!((event.at, event.origin.as_str()), (Millis(1_781_784_002_000), "replayed"));
    assert!(matches!(Recording::open(&path), Err(Error::Io(_))));
}

#[test]
fn importing_twice_gives_the_same_ids_and_no_two_events_share_one() {
    for sample in [BILILIVE, LIVEHAND, DOUYIN] {
        let ids = |text: &str| split(text).0.into_iter().map(|event| event.id).collect::<Vec<_>>();
        assert_eq!(ids(sample), ids(sample));
        let distinct: std::collections::BTreeSet<String> = ids(sample).into_iter().collect();
        assert_eq!(distinct.len(), ids(sample).len());
    }
    // Two viewers who write the same in the same moment are two comments.
    let line = DOUYIN.lines().nth(3).unwrap();
    let (events, _) = split(format!("{line}\n{line}\n"));
    assert_ne!(events[0].id, events[1].id);
    let one = r#"<d p="1,1,25,0,1781784001623,0,0,0" user="张***">1</d>"#;
    let (events, _) = split(format!("<i>{one}{one}</i>"));
    assert_ne!(events[0].id, events[1].id);
}

#[test]
fn wrong_bytes_cost_one_line_and_not_the_file() {
    let gbk = [0xb6, 0xe0, 0xc9, 0xd9, 0xc7, 0xae];
    let good = LIVEHAND.lines().next().unwrap();
    let mut lines =
        format!("{good}\n{{\"id\":\"b\",\"at\":1781784000000,\"type\":\"comment\",\"text\":\"").into_bytes();
    lines.extend(gbk);
    lines.extend(format!("\"}}\n\0\0\n{good}\n").into_bytes());
    let (events, left_out) = split(lines);
    assert_eq!(events.len(), 2);
    assert_eq!(left_out.iter().map(|what| what.line).collect::<Vec<_>>(), [2, 3]);
    assert!(left_out[0].error.expected.en.contains("UTF-8"));

    let one = |text: &[u8], user: &[u8]| {
        let mut element = b"<d p=\"1,1,25,0,1781784001623,0,7,0\" user=\"".to_vec();
        element.extend([user, b"\">", text, b"</d>\n"].concat());
        element
    };
    let xml = [
        b"<i>\n".to_vec(),
        one(b"a", b"x"),
        one(&gbk, b"x"),
        one(b"b", &gbk),
        one(b"c", b"x"),
        b"</i>".to_vec(),
    ];
    let (events, left_out) = split(xml.concat());
    assert_eq!(events.iter().filter_map(|event| event.text.as_deref()).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(left_out.iter().map(|what| what.line).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn a_line_of_ten_megabytes_is_refused_and_the_next_is_read() {
    let good = LIVEHAND.lines().next().unwrap();
    let long = "x".repeat(10 * 1024 * 1024);
    let (events, left_out) = split(format!("{good}\n{{\"id\":\"{long}\"}}\n{good}\n"));
    assert_eq!(events.len(), 2);
    assert_eq!(left_out.len(), 1);
    assert_eq!((left_out[0].line, left_out[0].cut_off), (2, false));

    let (events, left_out) = split(format!(
        "<i><d p=\"1,1,25,0,1781784001623,0,7,0\">a</d><d p=\"2,1,25,0,1781784001623,0,7,0\">{long}</d></i>"
    ));
    assert_eq!(events.len(), 1);
    assert!(left_out[0].error.expected.en.contains("1 MiB"));
}

#[test]
fn what_would_not_fit_into_a_line_of_the_log_is_left_out_here_and_not_refused_there() {
    let ranks = "甲".repeat(21_700);
    let long = format!(r#"{{"type":"rank","payload":{{"ranks":"{ranks}"}},"timestamp":1781784008.0}}"#);
    let (events, left_out) = split(format!("{long}\n{}\n", DOUYIN.lines().next().unwrap()));
    assert_eq!((events.len(), left_out.len()), (1, 1));
    // Characters that XML writes in one byte each and JSON in six.
    let raw = "\u{1}".repeat(12_000);
    let (events, left_out) = split(format!("<i><d p=\"1,1,25,0,1781784001623,0,7,0\">a{raw}a</d></i>"));
    assert!(events.is_empty());
    assert!(left_out[0].error.expected.en.contains("as JSON"), "{left_out:?}");
    assert!(!left_out[0].cut_off);
}

#[test]
fn hostile_xml_neither_grows_nor_reaches_outside() {
    let bomb = r#"<!DOCTYPE i [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
<i><d p="1,1,25,0,1781784001623,0,7,0">x&b;&f;&unknown;y</d></i>"#;
    let (events, left_out) = split(bomb);
    assert_eq!(events[0].text.as_deref(), Some("xy"));
    assert!(left_out.is_empty());

    let (events, left_out) = split("<a>".repeat(200_000));
    assert!(events.is_empty());
    assert!(left_out[0].error.expected.en.contains("64"));

    let attributes: String = (0..50_000).map(|n| format!(" a{n}=\"\"")).collect();
    let (events, left_out) =
        split(format!("<i><d{attributes}>x</d><d p=\"1,1,25,0,1781784001623,0,7,0\">y</d></i>"));
    assert_eq!(events.len(), 1);
    assert_eq!(left_out[0].error.field, "attributes");

    let text = "x".repeat(200_000);
    let (events, left_out) = split(format!("<i><d p=\"1,1,25,0,1781784001623,0,7,0\">{text}</d></i>"));
    assert!(events.is_empty());
    assert_eq!(left_out[0].error.field, "text");
}

#[test]
fn an_element_without_an_end_does_not_swallow_the_next() {
    let (events, left_out) = split(
        "<i><d p=\"1,1,25,0,1781784001623,0,7,0\">a\n<d p=\"2,1,25,0,1781784001623,0,8,0\">b <b>c</b></d></d></i>",
    );
    assert_eq!(events.iter().filter_map(|event| event.text.as_deref()).collect::<Vec<_>>(), ["b c"]);
    assert_eq!(left_out.len(), 1);
}

#[test]
fn lines_in_any_order_keep_their_own_times() {
    let lines: Vec<&str> = LIVEHAND.lines().rev().collect();
    let (events, _) = split(lines.join("\n"));
    let (straight, _) = split(LIVEHAND);
    assert_eq!(events.into_iter().rev().collect::<Vec<_>>(), straight);
}

#[test]
fn a_douyin_file_gives_no_numbers_that_it_does_not_know() {
    let (events, _) = split(DOUYIN);
    assert!(events.iter().all(|event| event.user.as_deref() != Some("111111") && event.amount.is_none()));
    let joins: Vec<_> =
        events.iter().filter(|event| event.kind == Kind::Join).map(|event| event.quality).collect();
    assert_eq!(joins, [Some(Quality::History), Some(Quality::Sampled)]);

    let mut room = Room::default();
    let Ok(decision) = room.decide(Command::Ingest(events)) else { panic!("an audience is never refused") };
    for event in &decision.events {
        room.apply(event, &mut Changes::default());
    }
    let view = serde_json::to_value(room.view()).unwrap();
    insta::assert_json_snapshot!(view["metrics"]["totals"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_files_are_read_to_the_end(
        which in 0_usize..3,
        places in prop::collection::vec((0_usize..1_000_000, any::<u8>()), 1..12),
    ) {
        let mut bytes = [BILILIVE, LIVEHAND, DOUYIN][which].as_bytes().to_vec();
        for (place, byte) in places {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        if let Ok(recording) = Recording::from_bytes(bytes) {
            for item in recording.take(1_000_000) {
                if let Item::Event(event) = item.unwrap() {
                    prop_assert!(event.check().is_ok());
                }
            }
        }
    }
}

#[test]
fn a_room_takes_a_file_that_is_imported_twice_once() {
    for sample in [BILILIVE, LIVEHAND, DOUYIN] {
        let mut room = Room::default();
        let mut taken = |text: &str| {
            let Ok(decision) = room.decide(Command::Ingest(split(text).0)) else { panic!("never refused") };
            for event in &decision.events {
                room.apply(event, &mut Changes::default());
            }
            decision.events.len()
        };
        // First a part of it, as if the recorder were still writing.
        let most = sample.lines().count() * 3 / 4;
        let part: Vec<&str> = sample.lines().take(most).collect();
        let first = taken(&part.join("\n"));
        assert!(first > 0);
        assert_eq!(first + taken(sample), split(sample).0.len());
        assert_eq!(taken(sample), 0);
    }
}
