//! Events in: all of a request or nothing of it, errors that name the line, hostile text that is only ever text.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use livehand_tests::api::text;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{AT, Fresh, line};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn wrong_lines_are_named_in_both_languages_and_nothing_is_recorded() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = api.open_show("一号").await.unwrap();
    let lines = [
        line("a", AT, "comment", ",\"text\":\"好\""),
        line("b", AT, "order_paid", ",\"order\":\"o\",\"amount\":12.5"),
        "\n".to_owned(),
        "not JSON\n".to_owned(),
        line("c", AT, "crew.note_taken", ",\"text\":\"假冒\""),
    ]
    .concat();
    let english = api.send(&show, lines.clone()).await.unwrap();
    assert_eq!((english.status, english.header("content-type")), (422, "application/problem+json"));
    let problem = english.json();
    let errors = problem["errors"].as_array().unwrap();
    let named: Vec<_> = errors.iter().map(|it| (it["line"].as_u64().unwrap(), text(it, "/field"))).collect();
    assert_eq!(named, [(2, "amount".to_owned()), (4, "line".to_owned()), (5, "type".to_owned())]);
    assert_eq!(text(&errors[0], "/expected"), "an integer number of fen");

    let request = api.request(Method::POST, &format!("/api/v1/shows/{show}/events"));
    let chinese = request.header("accept-language", "zh-CN").header("content-type", "application/x-ndjson");
    let mut built = chinese.body(lines).build().unwrap();
    built.headers_mut().insert("accept-language", "zh-CN".parse().unwrap());
    let answer: Value = reqwest::Client::new().execute(built).await.unwrap().json().await.unwrap();
    assert_eq!(text(&answer, "/errors/0/expected"), "以分为单位的整数");
    assert_eq!(api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json()["sequence"], 0);
}

#[tokio::test]
async fn a_source_delivers_twice_and_it_counts_once() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let (source, _) = fresh.operator.link(&show, "source").await.unwrap();
    let lines: String =
        (0..50).map(|n| line(&format!("l{n}"), AT + n, "like", ",\"user\":\"u\",\"count\":2")).collect();
    let first = source.send(&show, lines.clone()).await.unwrap().json();
    assert_eq!((&first["recorded"], &first["duplicates"]), (&json!(50), &json!(0)));
    let packed = source.request(Method::POST, &format!("/api/v1/shows/{show}/events"));
    let packed = packed.header("content-encoding", "gzip").body(gzip(lines.as_bytes()));
    let again = source.answer(packed).await.unwrap().json();
    assert_eq!((&again["recorded"], &again["duplicates"]), (&json!(0), &json!(50)));
    let (other, _) = fresh.operator.link(&show, "source").await.unwrap();
    assert_eq!(
        other.send(&show, lines).await.unwrap().json()["recorded"],
        50,
        "another source has ids of its own"
    );
}

#[tokio::test]
async fn a_source_cannot_say_what_a_comment_asks_for_or_who_received_it_when() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let (source, _) = fresh.operator.link(&show, "source").await.unwrap();
    let lines = [
        line("a", AT, "comment", ",\"text\":\"主播真好看\",\"intent\":\"price\""),
        line(
            "b",
            4_000_000_000_000,
            "comment",
            ",\"text\":\"多少钱\",\"received\":4000000000000,\"by\":\"owner\"",
        ),
    ]
    .concat();
    assert_eq!(source.send(&show, lines).await.unwrap().status, 200);
    let state = fresh.operator.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    let questions = state["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 1);
    assert_eq!(
        (text(&questions[0], "/text"), text(&questions[0], "/intent")),
        ("多少钱".into(), "price".into())
    );
    assert!(state["clock"].as_i64().unwrap() < 4_000_000_000_000, "a fast clock does not move the show");
}

#[tokio::test]
async fn a_show_takes_events_only_while_it_is_on_air_and_only_of_its_kind() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let made = api.done("/api/v1/shows", json!({ "title": "未开播", "kind": "daily" })).await.unwrap();
    let show = text(&made, "/id");
    let one = line("a", AT, "like", "");
    assert_eq!(api.send(&show, one.clone()).await.unwrap().code(), "show_not_on_air");
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    assert_eq!(api.send(&show, one.clone()).await.unwrap().status, 200);
    let recorded = api.request(Method::POST, &format!("/api/v1/shows/{show}/events?recording=true"));
    assert_eq!(api.answer(recorded.body(one.clone())).await.unwrap().code(), "wrong_show_mode");
    api.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();
    assert_eq!(api.send(&show, one).await.unwrap().code(), "show_not_on_air");
    assert_eq!(
        api.post(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap().code(),
        "show_not_planned"
    );
}

#[tokio::test]
async fn limits_hold_for_bodies_lines_and_what_unpacks_to_more_than_it_looks() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = api.open_show("一号").await.unwrap();
    let path = format!("/api/v1/shows/{show}/events");
    let many: String = (0..20_001).map(|n| line(&format!("m{n}"), AT, "like", "")).collect();
    let refused = api.send(&show, many).await.unwrap();
    assert_eq!((refused.status, refused.json()["errors"][0]["line"].as_u64()), (422, Some(20_001)));
    let long = line("long", AT, "comment", &format!(",\"text\":\"{}\"", "长".repeat(30_000)));
    assert_eq!(api.send(&show, long).await.unwrap().json()["errors"][0]["field"], "line");
    let bomb = gzip(&vec![b'\n'; 80 * 1024 * 1024]);
    let answer =
        api.answer(api.request(Method::POST, &path).header("content-encoding", "gzip").body(bomb)).await;
    assert_eq!(answer.unwrap().code(), "too_large");
    let plain = api.answer(api.request(Method::POST, &path).body(vec![b' '; 17 * 1024 * 1024])).await;
    assert!(plain.is_err() || plain.is_ok_and(|answer| answer.code() == "too_large"));
    let torn = &gzip(line("t", AT, "like", "").as_bytes())[..20];
    let torn = api.request(Method::POST, &path).header("content-encoding", "gzip").body(torn.to_vec());
    assert_eq!(api.answer(torn).await.unwrap().json()["errors"][0]["field"], "body");
    let brotli = api.request(Method::POST, &path).header("content-encoding", "br").body("x");
    assert_eq!(api.answer(brotli).await.unwrap().code(), "unsupported_media_type");
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    assert_eq!(state["sequence"], 0, "nothing of all that was recorded");
}

#[tokio::test]
async fn hostile_text_is_inert_wherever_it_is_given_out() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = api.open_show("一号").await.unwrap();
    let marks = "\u{0301}".repeat(10_000);
    let hostile = json!({ "id": "h", "at": AT, "type": "comment", "user": "u\u{202E}", "name": format!("=1+1\u{200B}{marks}"),
        "text": format!("<script>alert(1)</script>\u{202E}多少钱\u{0000}{marks}") });
    assert_eq!(api.send(&show, hostile.to_string()).await.unwrap().status, 200);
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap();
    let shown = text(&state.json(), "/comments/0/text");
    assert!(shown.starts_with("<script>alert(1)</script>多少钱"), "{shown}");
    let given_out = String::from_utf8(state.body).unwrap();
    assert!(given_out.len() < 20_000, "{} bytes", given_out.len());
    for c in ['\u{202E}', '\u{200B}', '\u{0000}'] {
        assert!(!given_out.contains(c) && !given_out.contains("\\u0000"), "{c:?}");
    }
    let table = api.get(&format!("/api/v1/shows/{show}/export/comments.csv")).await.unwrap();
    let table = String::from_utf8(table.body).unwrap();
    assert!(table.contains(",'=1+1"), "no spreadsheet takes it for a formula: {}", &table[..200]);
    let log = api.get(&format!("/api/v1/shows/{show}/events")).await.unwrap();
    let kept: Value = serde_json::from_slice(log.body.trim_ascii()).unwrap();
    assert_eq!(kept["text"], hostile["text"], "the log keeps what was sent");
}
