//! Demand through HTTP: many who want the same become a card with stock and a line, what is not sold a ledger, and what does not
//! work an alarm.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now};

/// A product with SKUs in colours, of which red has ten in the ledger and black nothing.
async fn coat(api: &Api) {
    let body = json!({ "id": "coat", "name": "羽绒服", "price_fen": 19_900, "link_number": 3 });
    api.done("/api/v1/products", body).await.unwrap();
    for (sku, colour) in [("coat-red", "红色"), ("coat-black", "黑色")] {
        let body = json!({ "id": sku, "spec": { "颜色": colour } });
        api.done("/api/v1/products/coat/skus", body).await.unwrap();
    }
    let movement = |id: &str, sku: &str, kind: &str, quantity: i64| json!({ "id": id, "sku": sku, "kind": kind, "quantity": quantity });
    let movements = [
        movement("none-red", "coat-red", "buffer_share_set", 0),
        movement("in-red", "coat-red", "received", 10),
        movement("none-black", "coat-black", "buffer_share_set", 0),
        movement("in-black", "coat-black", "received", 1),
        movement("out-black", "coat-black", "sold", 1),
    ];
    api.done("/api/v1/stock/movements", json!({ "movements": movements })).await.unwrap();
}

/// A show on air with the coat on stage.
async fn on_air(api: &Api) -> String {
    coat(api).await;
    let show = api.done("/api/v1/shows", json!({ "title": "需求", "kind": "daily" })).await.unwrap();
    let show = text(&show, "/id");
    let lineup = json!({ "products": ["coat"] });
    let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    assert_eq!(set.status, 200);
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/stage"), json!({ "product": "coat" })).await.unwrap();
    show
}

/// `count` viewers write a text.
async fn write(api: &Api, show: &str, who: &str, count: i64, comment: &str) {
    let at = now();
    let lines: String = (0..count)
        .map(|n| {
            let event = json!({
                "id": format!("{who}{n}-{comment}"), "at": at + n, "type": "comment", "user": format!("{who}{n}"), "text": comment,
            });
            format!("{event}\n")
        })
        .collect();
    send(api, show, lines).await;
}

async fn send(api: &Api, show: &str, lines: String) {
    let path = format!("/api/v1/shows/{show}/events");
    let answer = api.request(Method::POST, &path).body(lines).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

async fn demand(api: &Api, show: &str) -> Vec<Value> {
    let answer = api.get(&format!("/api/v1/shows/{show}/demand")).await.unwrap();
    assert_eq!(answer.status, 200);
    answer.json()["demands"].as_array().unwrap().clone()
}

async fn missing(api: &Api, show: &str) -> Value {
    api.get(&format!("/api/v1/shows/{show}/missing-demand")).await.unwrap().json()
}

#[tokio::test]
async fn forty_viewers_who_want_red_are_one_card_with_the_stock_and_a_line_that_is_pushed() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = on_air(api).await;
    write(api, &show, "u", 40, "有红色吗").await;
    let cards = demand(api, &show).await;
    assert_eq!(cards.len(), 1, "{cards:?}");
    let card = &cards[0];
    assert_eq!((&card["card"]["viewers"], &card["card"]["comments"]), (&json!(40), &json!(40)));
    assert_eq!((&card["link_number"], &card["name"]), (&json!(3), &json!("羽绒服")));
    let sku = &card["skus"][0];
    assert_eq!((&sku["sku"], &sku["stock"]["value"]), (&json!("coat-red"), &json!(10)));
    assert_eq!(sku["stock"]["of_ledger"], true);
    let line = text(card, "/line");
    assert_eq!(line, "好多家人要红色：3 号链接红色 还有 {{stock #3 coat-red}} 件");
    assert_eq!(text(card, "/said"), "好多家人要红色：3 号链接红色 还有 10 件");

    let push = json!({ "id": "k-1", "level": "yellow", "text": line });
    api.done(&format!("/api/v1/shows/{show}/prompter/cards"), push).await.unwrap();
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    assert_eq!(text(&state, "/prompter/0/text"), "好多家人要红色：3 号链接红色 还有 10 件");
    assert_eq!(state["stale"], json!([]));
    let sold = json!({ "id": "sold", "sku": "coat-red", "kind": "sold", "quantity": 4 });
    api.done("/api/v1/stock/movements", json!({ "movements": [sold] })).await.unwrap();
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    assert_eq!(text(&state, "/stale/0/value"), "6", "what was sold makes the line stale: {}", state["stale"]);

    let id = card["card"]["id"].as_u64().unwrap();
    let close = format!("/api/v1/shows/{show}/demand/{id}/close");
    api.done(&close, json!({ "id": "c-1", "text": "主播已讲" })).await.unwrap();
    let again = api.post(&close, json!({ "text": "再关一次" })).await.unwrap();
    assert_eq!((again.status, again.code()), (409, "demand_closed".to_owned()));
    let cards = demand(api, &show).await;
    assert_eq!((&cards[0]["card"]["state"], &cards[0]["line"]), (&json!("done"), &Value::Null));
}

#[tokio::test]
async fn what_is_sold_out_and_what_is_not_sold_are_said_as_they_are() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = on_air(api).await;
    write(api, &show, "b", 6, "3号有黑色吗").await;
    write(api, &show, "p", 7, "有没有紫色").await;
    let cards = demand(api, &show).await;
    let said: Vec<String> = cards.iter().map(|card| text(card, "/said")).collect();
    assert_eq!(
        said,
        [
            "好多家人问紫色：3 号链接这款没有紫色，有 颜色 红色；颜色 黑色",
            "好多家人要黑色：3 号链接黑色 现在 0 件，补没补货以链接页面为准",
        ]
    );
    assert_eq!((&cards[0]["offered"], &cards[1]["offered"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn a_variant_that_is_not_sold_stands_in_the_ledger_also_after_the_show() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = on_air(api).await;
    write(api, &show, "u", 4, "有没有紫色").await;
    write(api, &show, "u", 1, "紫色有吗 想要").await;
    write(api, &show, "w", 4, "有红色吗").await;
    let found = missing(api, &show).await;
    assert_eq!(found["wishes"].as_array().unwrap().len(), 1, "{found}");
    let wish = &found["wishes"][0];
    assert_eq!((&wish["colour"], &wish["viewers"]), (&json!("紫色"), &json!(4)));
    assert_eq!((&wish["lost"], &found["conversion"]), (&Value::Null, &Value::Null), "not known is no zero");

    let at = now();
    let paid = ["u0", "w1"].map(|user| {
        let order = json!({ "id": format!("o-{user}"), "at": at, "type": "order_paid", "user": user, "order": format!("o-{user}"), "amount": 19_900 });
        format!("{order}\n")
    });
    send(api, &show, paid.concat()).await;
    api.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();
    // A colour that is added because of it does not undo what was missing then.
    let body = json!({ "id": "coat-purple", "spec": { "颜色": "紫色" } });
    api.done("/api/v1/products/coat/skus", body).await.unwrap();
    let found = missing(api, &show).await;
    assert_eq!(found["conversion"], json!({ "numerator": 2, "denominator": 8 }));
    assert_eq!(found["wishes"][0]["lost"], json!({ "numerator": 8, "denominator": 8 }));
    let table = api.get(&format!("/api/v1/shows/{show}/export/missing-demand.csv")).await.unwrap();
    let table = String::from_utf8(table.body).unwrap();
    assert!(table.contains("coat,3,羽绒服,紫色,,4,"), "{table}");
}

#[tokio::test]
async fn six_viewers_who_hear_nothing_raise_an_alarm_with_five_steps() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = on_air(api).await;
    write(api, &show, "u", 4, "没声音").await;
    let alarms = async |api: &Api| {
        let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
        state["alarms"].as_array().unwrap().clone()
    };
    assert_eq!(alarms(api).await, Vec::<Value>::new());
    write(api, &show, "v", 6, "主播没声音了").await;
    write(api, &show, "x", 6, "优惠券用不了").await;
    let raised = alarms(api).await;
    let rules: Vec<String> = raised.iter().map(|alarm| text(alarm, "/rule")).collect();
    assert!(
        rules.contains(&"no_sound".to_owned()) && rules.contains(&"coupon_fails".to_owned()),
        "{rules:?}"
    );
    let sound = raised.iter().find(|alarm| alarm["rule"] == "no_sound").unwrap();
    assert_eq!((&sound["severity"], sound["steps"].as_array().unwrap().len()), (&json!("urgent"), 5));
}
