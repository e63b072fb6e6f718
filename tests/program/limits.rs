//! Limits and time-outs of the HTTP interface, and the shape of its errors.

use std::time::{Duration, Instant};

use livehand_tests::api::{Credential, text};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Fresh;

async fn raw(url: &str) -> TcpStream {
    TcpStream::connect(url.trim_start_matches("http://")).await.unwrap()
}

/// How long the server keeps a connection on which nothing more comes, and what it says at the end.
#[expect(clippy::disallowed_methods, reason = "the time until the server gives up is what is measured")]
async fn until_closed(mut socket: TcpStream, sent: &str) -> (Duration, String) {
    socket.write_all(sent.as_bytes()).await.unwrap();
    let begun = Instant::now();
    let mut said = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), socket.read_to_end(&mut said)).await;
    read.expect("the server waits for ever").ok();
    (begun.elapsed(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_still_is_shown_the_door() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let token = fresh.operator.secret();
    let slow_headers =
        until_closed(raw(&fresh.server.url).await, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    let body = format!(
        "POST /api/v1/shows/{show}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\n{{"
    );
    let slow_body = until_closed(raw(&fresh.server.url).await, &body);
    let silent = until_closed(raw(&fresh.server.url).await, "");
    let ((headers_took, _), (body_took, body_said), (silent_took, _)) =
        tokio::join!(slow_headers, slow_body, silent);
    assert!((4..8).contains(&headers_took.as_secs()), "{headers_took:?}");
    assert!((4..8).contains(&silent_took.as_secs()), "{silent_took:?}");
    assert!((9..25).contains(&body_took.as_secs()), "{body_took:?}");
    assert!(body_said.starts_with("HTTP/1.1 408") && body_said.contains("problem+json"), "{body_said}");
    assert_eq!(fresh.operator.get("/healthz").await.unwrap().status, 200);
}

#[tokio::test]
async fn every_error_is_a_problem_in_the_language_that_was_asked_for() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = api.open_show("一号").await.unwrap();
    let big = "x".repeat(200 * 1024);
    for (method, path, body, status, code) in [
        (Method::GET, "/api/v1/nothing".to_owned(), None, 404, "not_found"),
        (Method::GET, "/api".to_owned(), None, 404, "not_found"),
        (Method::GET, "/assets/missing.js".to_owned(), None, 404, "not_found"),
        (Method::DELETE, "/api/v1/shows".to_owned(), None, 405, "method_not_allowed"),
        (
            Method::POST,
            format!("/api/v1/shows/{show}/questions/abc/answer"),
            Some(json!({ "spoken": true })),
            404,
            "not_found",
        ),
        (
            Method::POST,
            format!("/api/v1/shows/{show}/questions/7/answer"),
            Some(json!({ "spoken": true })),
            404,
            "not_found",
        ),
        (
            Method::POST,
            "/api/v1/shows".to_owned(),
            Some(json!({ "title": "x", "kind": "party" })),
            422,
            "invalid",
        ),
        (Method::POST, "/api/v1/shows".to_owned(), Some(json!({ "titel": "x" })), 422, "invalid"),
        (
            Method::POST,
            "/api/v1/shows".to_owned(),
            Some(json!({ "title": big, "kind": "daily" })),
            413,
            "too_large",
        ),
        (Method::GET, "/api/v1/shows?limit=many".to_owned(), None, 422, "invalid"),
        (Method::GET, "/api/v1/shows?limit=1000".to_owned(), None, 422, "invalid"),
        (Method::GET, format!("/api/v1/shows/{show}/export/secrets.csv"), None, 404, "not_found"),
        (Method::GET, format!("/api/v1/shows/{show}/stream"), None, 426, "not_a_websocket"),
        (
            Method::POST,
            format!("/api/v1/shows/{show}/stage"),
            Some(json!({ "product": "not in the line-up" })),
            422,
            "invalid",
        ),
    ] {
        let answer = api.call(method.clone(), &path, body).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(
            (text(&problem, "/type"), problem["status"].as_u64()),
            (format!("/problems/{code}"), Some(status.into()))
        );
        assert!(text(&problem, "/title").is_ascii(), "English was asked for: {problem}");
    }
    let chinese = reqwest::Client::new().get(format!("{}/api/v1/nothing", api.url())).send().await.unwrap();
    assert!(!text(&chinese.json().await.unwrap(), "/title").is_ascii(), "Chinese is the first language");
    let plain = api.request(Method::POST, "/api/v1/shows").header("content-type", "text/plain").body("{}");
    assert_eq!(api.answer(plain).await.unwrap().code(), "unsupported_media_type");
    let refused = api.call(Method::DELETE, "/api/v1/shows", None).await.unwrap();
    assert!(refused.header("allow").contains("POST"), "{}", refused.header("allow"));
}

#[tokio::test]
async fn whoever_operates_it_sees_that_it_lives_works_and_counts() {
    let fresh = Fresh::start().await;
    let nobody = fresh.server.caller(Credential::None);
    assert_eq!(nobody.get("/healthz").await.unwrap().body, b"ok\n");
    assert_eq!(nobody.get("/readyz").await.unwrap().json(), json!({ "ready": true, "refused_shows": [] }));
    let show = fresh.operator.open_show("一号").await.unwrap();
    fresh.operator.send(&show, crate::line("a", crate::AT, "like", "")).await.unwrap();
    let invented = Method::from_bytes(b"INVENTED").unwrap();
    nobody.call(invented, "/healthz", None).await.unwrap();
    let counts = String::from_utf8(nobody.get("/metrics").await.unwrap().body).unwrap();
    assert!(counts.contains("livehand_rooms_events_total 1"), "{counts}");
    assert!(counts.contains("route=\"/api/v1/shows/{show}/events\""), "{counts}");
    assert!(
        !counts.contains(&show) && !counts.contains("INVENTED"),
        "no id and no made-up method is a label"
    );
}

#[tokio::test]
async fn every_answer_carries_its_safety_headers() {
    let fresh = Fresh::start().await;
    for path in ["/", "/api/v1/shows", "/healthz", "/api/v1/nothing"] {
        let answer = fresh.operator.get(path).await.unwrap();
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
    }
    assert_eq!(fresh.operator.get("/api/v1/shows").await.unwrap().header("cache-control"), "no-store");
}
