//! What is said holds the version of the facts that it quotes, from the tables to the room and back.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Fresh;

async fn product(api: &Api, id: &str, number: i64) {
    let body = json!({ "id": id, "name": id, "price_fen": 12_900, "link_number": number });
    api.done("/api/v1/products", body).await.unwrap();
}

async fn set(api: &Api, product: &str, field: &str, value: Value) {
    let edit = json!({ "product": product, "field": field, "value": value, "confirmed": true });
    api.done("/api/v1/facts", json!({ "edits": [edit] })).await.unwrap();
}

async fn lineup(api: &Api, show: &str, products: &[&str]) {
    let body = json!({ "products": products });
    let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(body)).await.unwrap();
    assert_eq!(set.status, 200);
}

async fn state(api: &Api, show: &str) -> Value {
    api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json()
}

/// What is stale: the saying, why, and the value now.
async fn stale(api: &Api, show: &str) -> Vec<(String, String, Value)> {
    let state = state(api, show).await;
    let stale = state["stale"].as_array().unwrap().iter();
    stale.map(|it| (text(it, "/saying"), text(it, "/reason"), it["value"].clone())).collect()
}

/// A show on air with `tee`, of which a reply and an overlay line quote the daily price.
async fn two_sayings(fresh: &Fresh) -> String {
    let api = &fresh.operator;
    product(api, "tee", 1).await;
    product(api, "coat", 2).await;
    set(api, "tee", "daily_price", json!(15_900)).await;
    let show = api.done("/api/v1/shows", json!({ "title": "引用", "kind": "daily" })).await.unwrap();
    let show = text(&show, "/id");
    lineup(api, &show, &["tee"]).await;
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    assert!(
        state(api, &show).await["facts_told"].as_u64() > Some(0),
        "opening tells the facts of the line-up"
    );
    let path = format!("/api/v1/shows/{show}");
    let reply = json!({ "id": "r", "text": "日常价 {{daily_price #1}}" });
    api.done(&format!("{path}/replies"), reply).await.unwrap();
    let line = json!({ "id": "l", "kind": "overlay_line", "text": "{{daily_price tee}}" });
    api.done(&format!("{path}/lines"), line).await.unwrap();
    show
}

#[tokio::test]
async fn a_change_marks_what_quotes_it_and_a_refresh_brings_the_new_version() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, two_sayings(&fresh).await);
    assert_eq!(state(api, &show).await["sayings"][0]["text"], "日常价 ¥159.00");
    set(api, "tee", "daily_price", json!(9_900)).await;
    let changed = |saying: &str| (saying.to_owned(), "changed".to_owned(), json!("¥99.00"));
    assert_eq!(stale(api, &show).await, [changed("r"), changed("l")]);

    let path = format!("/api/v1/shows/{show}");
    let sent = api.post(&format!("{path}/replies/r/send"), json!({})).await.unwrap();
    assert_eq!((sent.status, sent.code()), (409, "stale_quote".to_owned()));
    for saying in ["r", "l"] {
        api.done(&format!("{path}/sayings/{saying}/refresh"), json!({})).await.unwrap();
    }
    assert_eq!(stale(api, &show).await, []);
    let sayings = state(api, &show).await["sayings"].clone();
    assert_eq!((&sayings[0]["text"], &sayings[0]["version"]), (&json!("日常价 ¥99.00"), &json!(2)));
    assert_eq!(sayings[1]["text"], "¥99.00");
    let sent = json!({ "id": "s" });
    api.done(&format!("{path}/replies/r/send"), sent.clone()).await.unwrap();
    let again = api.done(&format!("{path}/replies/r/send"), sent).await.unwrap();
    assert_eq!(again["duplicate"], true);

    set(api, "tee", "daily_price", Value::Null).await;
    assert_eq!(stale(api, &show).await, [("l".to_owned(), "gone".to_owned(), Value::Null)]);
    let refused = api.post(&format!("{path}/sayings/l/refresh"), json!({})).await.unwrap();
    assert_eq!((refused.status, refused.code()), (422, "invalid".to_owned()), "there is nothing to say");
    api.done(&format!("{path}/sayings/l/drop"), json!({})).await.unwrap();
    assert_eq!(stale(api, &show).await, []);
}

#[tokio::test]
async fn a_product_that_left_the_line_up_still_marks_what_quotes_it_and_a_new_one_can_be_quoted() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, two_sayings(&fresh).await);
    set(api, "coat", "gifts", json!([{ "name": "挂钩", "quantity": 2 }])).await;
    let quote = json!({ "id": "g", "text": "送 {{gifts #2}}" });
    let path = format!("/api/v1/shows/{show}/replies");
    assert_eq!(api.post(&path, quote.clone()).await.unwrap().status, 422);
    lineup(api, &show, &["coat"]).await;
    api.done(&path, quote).await.unwrap();
    assert_eq!(state(api, &show).await["sayings"][2]["text"], "送 挂钩×2");
    set(api, "tee", "daily_price", json!(9_900)).await;
    assert_eq!(stale(api, &show).await.len(), 2);
}

#[tokio::test]
async fn what_may_not_be_said_in_public_never_reaches_a_room() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, two_sayings(&fresh).await);
    set(api, "tee", "cost_price", json!(4_567)).await;
    set(api, "tee", "daily_price", json!(9_900)).await;
    let reply = json!({ "text": "{{cost_price #1}}" });
    let refused = api.post(&format!("/api/v1/shows/{show}/replies"), reply).await.unwrap();
    assert_eq!(refused.status, 422);
    let log = api.get(&format!("/api/v1/shows/{show}/events")).await.unwrap();
    let log = String::from_utf8(log.body.to_vec()).unwrap();
    assert!(log.contains("rule.fact_changed") && log.contains("¥99.00"), "{log}");
    assert!(!log.contains("cost_price") && !log.contains("45.67"), "{log}");
    let facts = api.get(&format!("/api/v1/shows/{show}/products/tee/quotable")).await.unwrap().json();
    let slots: Vec<String> = facts["facts"].as_array().unwrap().iter().map(|it| text(it, "/slot")).collect();
    assert!(slots.contains(&"{{daily_price #1}}".to_owned()), "{slots:?}");
    assert!(!slots.iter().any(|slot| slot.contains("cost")), "{slots:?}");
}
