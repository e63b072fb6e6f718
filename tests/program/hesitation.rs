//! Who hesitates, the closing line for them, and what came of it, from comments to figures.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now};

/// Viewers of product `p`, as a frozen test of `livehand-live` draws them: offered a line, and held out.
const OFFERED: &str = "u-1";
const HELD_OUT: &str = "u-10";

fn comment(id: &str, user: &str, text: &str) -> Value {
    json!({ "id": id, "at": now(), "type": "comment", "user": user, "name": format!("昵称{user}"), "text": text })
}

async fn send(api: &Api, show: &str, events: &[Value]) -> u64 {
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    let sent = api.send(show, lines.join("\n")).await.unwrap();
    assert_eq!(sent.status, 200, "{}", String::from_utf8_lossy(&sent.body));
    sent.json()["sequence"].as_u64().unwrap()
}

async fn hesitations(api: &Api, show: &str) -> Value {
    api.get(&format!("/api/v1/shows/{show}/hesitations")).await.unwrap().json()
}

/// A show on air with `p` as link 1 on stage and `q` as link 2.
async fn selling(api: &Api) -> String {
    for (id, number) in [("p", 1), ("q", 2)] {
        let body =
            json!({ "id": id, "name": format!("商品{id}"), "price_fen": 12_900, "link_number": number });
        api.done("/api/v1/products", body).await.unwrap();
    }
    let guarantees = json!({ "product": "p", "field": "guarantees", "value": ["7天无理由退货", "运费险"], "confirmed": true });
    api.done("/api/v1/facts", json!({ "edits": [guarantees] })).await.unwrap();
    let show = api.done("/api/v1/shows", json!({ "title": "催单", "kind": "daily" })).await.unwrap();
    let show = text(&show, "/id");
    let lineup = Some(json!({ "products": ["p", "q"] }));
    assert_eq!(
        api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), lineup).await.unwrap().status,
        200
    );
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/stage"), json!({ "product": "p" })).await.unwrap();
    show
}

#[tokio::test]
async fn a_doubt_is_answered_with_facts_the_order_is_counted_and_the_held_out_viewer_gets_no_line() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = selling(api).await;
    let events = [
        comment("1", OFFERED, "有点贵啊"),
        comment("2", HELD_OUT, "有点贵啊"),
        comment("3", "u-2", "有点贵啊"),
        comment("4", "u-2", "算了 不买了 别催"),
    ];
    let last = send(api, &show, &events).await;
    let shown = hesitations(api, &show).await;
    let groups = shown["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1, "{shown}");
    let group = &groups[0];
    assert_eq!(
        (text(group, "/product"), text(group, "/doubt"), &group["viewers"]),
        ("p".into(), "price".into(), &json!(1))
    );
    assert_eq!((&group["names"], &group["text"]), (&json!([format!("昵称{OFFERED}")]), &json!("有点贵啊")));
    let line = text(group, "/line/text");
    assert_eq!(line, "花钱谨慎很正常，现在直播价¥129.00，支持7天无理由退货，觉得合适就拍1号链接");
    assert!(
        group["line"]["facts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|fact| fact["version"] == 1 && fact["since"].is_i64())
    );

    let path = format!("/api/v1/shows/{show}/closing-lines");
    let to = |id: &str, hesitation: u64| json!({ "id": id, "way": "reply", "product": "p", "doubt": "price", "hesitation": hesitation });
    let first = last - 3;
    for (id, hesitation, code) in [("x1", first + 1, "held_out"), ("x2", first + 2, "said_no")] {
        let refused = api.post(&path, to(id, hesitation)).await.unwrap();
        assert_eq!((refused.status, refused.code()), (409, code.to_owned()));
    }
    let all = json!({ "id": "l1", "way": "reply", "product": "p", "doubt": "price", "variant": group["line"]["variant"] });
    let said = api.done(&path, all.clone()).await.unwrap();
    assert_eq!((text(&said, "/saying"), &said["duplicate"]), ("l1".into(), &json!(false)));
    assert_eq!(api.done(&path, all).await.unwrap()["duplicate"], true);
    let again = api.post(&path, to("l2", first)).await.unwrap();
    assert_eq!((again.status, again.code()), (409, "line_too_soon".to_owned()));
    let reply = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json()["sayings"][0].clone();
    assert_eq!((text(&reply, "/text"), reply["quotes"].as_array().unwrap().len()), (line, 2));

    let order = |id: &str, user: &str| json!({ "id": id, "at": now(), "type": "order_created", "user": user, "order": id, "product": "p", "amount": 12_900 });
    send(api, &show, &[order("o1", OFFERED), order("o2", "u-9")]).await;
    let figures = hesitations(api, &show).await["figures"].clone();
    assert_eq!(
        (&figures["lines"], &figures["addressed"], &figures["guided"]),
        (&json!(1), &json!(1), &json!(1)),
        "{figures}"
    );
    assert_eq!(figures["held_out"], json!({ "hesitated": 1, "ordered": 0, "running": 1 }));
    assert_eq!(figures["offered"]["ordered"], 1);
    assert_eq!(figures["difference"], Value::Null, "so few say nothing");

    // The log holds what was said and to whom, and gives the same figures when it is read again.
    let log =
        String::from_utf8(api.get(&format!("/api/v1/shows/{show}/events")).await.unwrap().body).unwrap();
    let recorded = log.lines().find(|line| line.contains("crew.closing_line_said")).unwrap();
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    assert_eq!((&recorded["doubt"], &recorded["hesitations"]), (&json!("price"), &json!([first])));
    let doubts = log
        .lines()
        .filter_map(|line| Some(serde_json::from_str::<Value>(line).ok()?["doubt"].as_str()?.to_owned()));
    assert_eq!(doubts.collect::<Vec<_>>(), ["price", "price", "price", "refused", "price"]);
}

#[tokio::test]
async fn a_comment_that_names_a_link_is_about_that_product_and_a_card_needs_the_right_to_push_one() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = selling(api).await;
    // Of a few, some are offered lines.
    let events: Vec<Value> =
        (0..12).map(|n| comment(&n.to_string(), &format!("v-{n}"), "2号有点贵啊")).collect();
    send(api, &show, &events).await;
    let group = hesitations(api, &show).await["groups"][0].clone();
    assert_eq!((text(&group, "/product"), &group["link_number"]), ("q".into(), &json!(2)), "{group}");

    let path = format!("/api/v1/shows/{show}/closing-lines");
    let card = json!({ "id": "c1", "way": "card", "product": "q", "doubt": group["doubt"] });
    let (service, _) = api.hire("客服", &["customer_service"]).await.unwrap();
    let refused = service.post(&path, card.clone()).await.unwrap();
    assert_eq!((refused.status, refused.code()), (403, "forbidden".to_owned()));
    api.done(&path, card).await.unwrap();
    let cards = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json()["prompter"].clone();
    assert_eq!((text(&cards, "/0/id"), text(&cards, "/0/level")), ("c1".into(), "yellow".into()));
    assert!(text(&cards, "/0/text").ends_with("拍2号链接"), "{cards}");
    // A card that was taken back is a line that was never said.
    api.done(&format!("/api/v1/shows/{show}/sayings/c1/drop"), json!({})).await.unwrap();
    assert_eq!(hesitations(api, &show).await["figures"]["addressed"], 0);

    let unknown = json!({ "way": "reply", "product": "none", "doubt": "price" });
    assert_eq!(api.post(&path, unknown).await.unwrap().status, 422);
}
