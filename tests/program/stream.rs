//! The live stream: a snapshot, then deltas, taken up again where it broke off.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use livehand_tests::api::{Api, Credential, text};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{AT, Fresh, line};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Something that must come; on a busy machine it may take its time.
const SOON: Duration = Duration::from_secs(20);

async fn connect(
    api: &Api,
    credential: &Credential,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Result<Socket, u16> {
    let mut request =
        format!("{}{path}", api.url().replace("http://", "ws://")).into_client_request().unwrap();
    let mut protocols = "livehand.v1".to_owned();
    match credential {
        Credential::Bearer(token) => protocols.push_str(&format!(", bearer.{token}")),
        Credential::Cookie(session) => {
            let cookie = format!("livehand_session={session}").parse().unwrap();
            request.headers_mut().insert("cookie", cookie);
        }
        Credential::None => {}
    }
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

/// The next frame; nothing when the server closes.
async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        match tokio::time::timeout(SOON, socket.next()).await.expect("the server says nothing") {
            Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

/// Frames until one satisfies `wanted`.
async fn until(socket: &mut Socket, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut frames = Vec::new();
    while let Some(frame) = next(socket).await {
        frames.push(frame);
        if frames.last().is_some_and(&wanted) {
            return frames;
        }
    }
    panic!("the stream ended: {frames:?}");
}

fn sequence(frame: &Value) -> u64 {
    let at = |pointer| frame.pointer(pointer).and_then(Value::as_u64);
    at("/view/sequence").or(at("/delta/sequence")).unwrap_or(0)
}

#[tokio::test]
async fn a_console_that_lost_the_connection_goes_on_with_deltas() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let operator = Credential::Bearer(fresh.operator.secret().to_owned());
    let path = format!("/api/v1/shows/{show}/stream");
    let mut socket = connect(&fresh.operator, &operator, &path, &[]).await.unwrap();
    let first = next(&mut socket).await.unwrap();
    assert_eq!((text(&first, "/type"), sequence(&first)), ("snapshot".to_owned(), 0));
    fresh.operator.send(&show, line("a", AT, "comment", ",\"text\":\"一\"")).await.unwrap();
    let frames = until(&mut socket, |frame| sequence(frame) == 1).await;
    assert_eq!(text(frames.last().unwrap(), "/delta/comments/0/text"), "一");
    drop(socket);

    for n in 2..5 {
        fresh
            .operator
            .send(&show, line(&format!("e{n}"), AT + n, "comment", ",\"text\":\"二\""))
            .await
            .unwrap();
    }
    let mut again = connect(&fresh.operator, &operator, &format!("{path}?after=1"), &[]).await.unwrap();
    let frames = until(&mut again, |frame| sequence(frame) == 4).await;
    assert!(frames.iter().all(|frame| text(frame, "/type") != "snapshot"), "{frames:?}");
    let comments: usize = frames
        .iter()
        .filter_map(|frame| frame.pointer("/delta/comments"))
        .map(|it| it.as_array().unwrap().len())
        .sum();
    assert_eq!(comments, 3, "nothing is missing and nothing comes twice");

    let mut stranger = connect(&fresh.operator, &operator, &format!("{path}?after=3000"), &[]).await.unwrap();
    assert_eq!(text(&next(&mut stranger).await.unwrap(), "/type"), "snapshot");
    fresh.operator.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();
    let frames = until(&mut again, |frame| text(frame, "/type") == "status").await;
    assert_eq!(text(frames.last().unwrap(), "/show/status"), "ended");
}

#[tokio::test]
async fn frames_are_few_however_much_happens() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let operator = Credential::Bearer(fresh.operator.secret().to_owned());
    let mut socket =
        connect(&fresh.operator, &operator, &format!("/api/v1/shows/{show}/stream"), &[]).await.unwrap();
    next(&mut socket).await.unwrap();
    let sending = async {
        for n in 0..200 {
            fresh.operator.send(&show, line(&format!("l{n}"), AT + n, "like", "")).await.unwrap();
        }
    };
    let (frames, ()) = tokio::join!(until(&mut socket, |frame| sequence(frame) == 200), sending);
    let first = frames[0]["server_time"].as_i64().unwrap();
    let took = frames.last().unwrap()["server_time"].as_i64().unwrap() - first;
    // One each fifth of a second, one at each end of that time, and one for what is lost by counting in whole milliseconds.
    let most = usize::try_from(took / 200 + 2).unwrap();
    assert!(frames.len() <= most, "{} frames in {took} ms", frames.len());
}

#[tokio::test]
async fn a_foreign_page_and_a_foreign_room_are_refused_before_the_upgrade() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let other = fresh.operator.open_show("二号").await.unwrap();
    let (person, _) = fresh.operator.hire("场控", &["floor_director"]).await.unwrap();
    let session = Credential::Cookie(person.secret().to_owned());
    let path = format!("/api/v1/shows/{show}/stream");
    let refused = connect(&person, &session, &path, &[("origin", "https://evil.example")]).await;
    assert_eq!(refused.err(), Some(403));
    assert!(connect(&person, &session, &path, &[("origin", person.url())]).await.is_ok());
    assert_eq!(connect(&person, &Credential::None, &path, &[]).await.err(), Some(401));
    let (wall, _) = fresh.operator.link(&other, "wall").await.unwrap();
    let wall = Credential::Bearer(wall.secret().to_owned());
    assert_eq!(connect(&person, &wall, &path, &[]).await.err(), Some(403));
}

#[tokio::test]
async fn a_screen_goes_dark_when_its_link_is_revoked_and_a_person_when_they_are_put_out() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let path = format!("/api/v1/shows/{show}/stream");
    let (wall, link) = fresh.operator.link(&show, "wall").await.unwrap();
    let mut screen = connect(&wall, &Credential::Bearer(wall.secret().to_owned()), &path, &[]).await.unwrap();
    let (person, id) = fresh.operator.hire("场控", &["floor_director"]).await.unwrap();
    let mut console =
        connect(&person, &Credential::Cookie(person.secret().to_owned()), &path, &[]).await.unwrap();
    for socket in [&mut screen, &mut console] {
        assert_eq!(text(&next(socket).await.unwrap(), "/type"), "snapshot");
    }
    fresh.operator.done(&format!("/api/v1/links/{link}/revoke"), json!({})).await.unwrap();
    fresh.operator.done(&format!("/api/v1/people/{id}/disable"), json!({})).await.unwrap();
    for socket in [&mut screen, &mut console] {
        let frames = until(socket, |frame| text(frame, "/type") == "refused").await;
        assert_eq!(text(frames.last().unwrap(), "/problem/code"), "unauthenticated");
        assert!(next(socket).await.is_none());
    }
}

#[tokio::test]
async fn a_client_that_says_too_much_is_cut_off() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("一号").await.unwrap();
    let operator = Credential::Bearer(fresh.operator.secret().to_owned());
    let mut socket =
        connect(&fresh.operator, &operator, &format!("/api/v1/shows/{show}/stream"), &[]).await.unwrap();
    next(&mut socket).await.unwrap();
    socket.send(Message::text("small talk")).await.unwrap();
    fresh.operator.send(&show, line("a", AT, "like", "")).await.unwrap();
    until(&mut socket, |frame| sequence(frame) == 1).await;
    let _ = socket.send(Message::text("x".repeat(100 * 1024))).await;
    while next(&mut socket).await.is_some() {}
}
