//! The demo as a visitor meets it: a show in progress whose orders are checked like all others.

use std::process::Stdio;

use livehand_tests::api::{Api, Credential, session_of, text};
use livehand_tests::program::command;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::until;

#[tokio::test]
async fn the_demos_verification_queue_holds_made_up_orders_with_made_up_mistakes() {
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--viewers", "6000", "--seed", "618"];
    let mut demo = command(arguments).unwrap().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let entry = loop {
        let line = lines.next_line().await.unwrap().expect("the demo says where to sign in");
        if let Some(place) = line.find("http://").filter(|_| line.contains("Sign in")) {
            break line[place..].trim().to_owned();
        }
    };
    let address = entry.split('/').take(3).collect::<Vec<_>>().join("/");
    let nobody = Api::new(&address, Credential::None);
    let token = entry.rsplit('#').next().unwrap();
    let entered = nobody.post("/api/v1/session/link", json!({ "token": token })).await.unwrap();
    let visitor = nobody.with(Credential::Cookie(session_of(&entered).unwrap()));
    let queue = async || visitor.get("/api/v1/orders/verification?limit=200").await.unwrap().json();
    let filled = |page: &serde_json::Value| {
        let count = |state: &str| page["counts"][state].as_i64().unwrap_or(0);
        count("due") == 0 && count("waiting") > 0 && count("passed") > 0
    };
    let page = until(queue, filled).await;
    let cards = page["cards"].as_array().unwrap();
    assert!(cards.iter().all(|card| card["order"]["synthetic"] == true), "all of it is marked: {page}");
    // What is held has a recipient with a mistake in it; the others go.
    let asked = |card: &serde_json::Value| {
        let findings = card["findings"].as_array().unwrap().clone();
        findings
            .into_iter()
            .filter(|it| it["disposition"] == "person")
            .map(|it| text(&it, "/kind"))
            .collect::<Vec<_>>()
    };
    for card in cards {
        let kinds = asked(card);
        let planted = ["address", "phone", "said"];
        assert!(kinds.iter().all(|kind| planted.contains(&kind.as_str())), "{kinds:?} {card}");
    }
    let (waiting, passed) =
        (page["counts"]["waiting"].as_i64().unwrap(), page["counts"]["passed"].as_i64().unwrap());
    assert!(waiting * 2 < passed, "the smaller part: {waiting} of {passed}");
    // Figures of real orders know nothing of them.
    let rates = visitor.get("/api/v1/orders/verification/rates").await.unwrap().json();
    assert_eq!((&rates["let_go"], &rates["waiting"]), (&json!(0), &json!(0)), "{rates}");
    let made_up = visitor.get("/api/v1/orders/verification/rates?synthetic=true").await.unwrap().json();
    assert!(made_up["let_go"].as_i64().unwrap() > 0, "{made_up}");
    demo.kill().await.unwrap();
}
