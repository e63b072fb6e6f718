//! Answers that go out by themselves, through HTTP: only where somebody let them, after ten seconds in which anybody can take
//! them back, and never a price.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now, until};

async fn say(api: &Api, show: &str, id: &str, words: &str) {
    let line = json!({ "id": id, "at": now(), "type": "comment", "user": id, "name": id, "text": words });
    assert_eq!(api.send(show, line.to_string()).await.unwrap().status, 200);
}

/// A show on air that sells a shirt.
async fn selling(api: &Api) -> String {
    let tee = json!({ "id": "tee", "name": "短袖", "price_fen": 12_900, "link_number": 3 });
    api.done("/api/v1/products", tee).await.unwrap();
    let show = api.done("/api/v1/shows", json!({ "title": "自动答", "kind": "daily" })).await.unwrap();
    let show = text(&show, "/id");
    let lineup = json!({ "products": ["tee"] });
    api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    show
}

async fn room(api: &Api, show: &str) -> Value {
    api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json()
}

fn question<'a>(room: &'a Value, words: &str) -> &'a Value {
    room["questions"].as_array().unwrap().iter().find(|it| it["text"] == words).unwrap()
}

/// What waits to go out.
fn waiting(room: &Value) -> Vec<&Value> {
    let open = room["sayings"].as_array().unwrap().iter().filter(|it| it["state"] == "open");
    open.filter(|it| it["due"].is_i64()).collect()
}

async fn set(api: &Api, show: &str, body: Value) -> (u16, Value) {
    let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/auto-answers"), Some(body)).await.unwrap();
    (set.status, set.json())
}

#[tokio::test]
async fn a_sure_answer_goes_out_after_ten_seconds_unless_somebody_takes_it_back() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = selling(api).await;
    for (asked, answer, level) in [
        ("能机洗吗", "可以，套洗衣袋轻柔档", "A"),
        ("几号链接", "看购物车 1 号", "A"),
        ("多少钱", "拍下 99 元", "A"),
        ("会起球吗", "正常穿着不容易起球", "B"),
    ] {
        let entry = json!({ "question": asked, "short": answer, "level": level, "evidence": "水洗标", "state": "active" });
        api.done("/api/v1/faq", entry).await.unwrap();
    }
    let path = format!("/api/v1/shows/{show}/auto-answers");
    let off = api.get(&path).await.unwrap().json();
    let best =
        off["measured"].as_array().unwrap().iter().map(|it| it["precision_permille"].as_u64().unwrap()).max();
    assert!(off["now"].is_null() && best.unwrap() >= 950, "{off}");

    let (status, refused) =
        set(api, &show, json!({ "on": true, "precision_permille": 999, "route": "overlay" })).await;
    assert_eq!((status, text(&refused, "/errors/0/field").as_str()), (422, "precision_permille"));
    let (status, refused) = set(api, &show, json!({ "on": true, "precision_permille": 950 })).await;
    assert_eq!((status, text(&refused, "/errors/0/field").as_str()), (422, "route"));
    let (assistant, _) = api.hire("小林", &["assistant"]).await.unwrap();
    let on = json!({ "on": true, "precision_permille": 950, "route": "overlay" });
    assert_eq!(set(&assistant, &show, on.clone()).await.0, 403);
    assert_eq!(set(api, &show, on).await.0, 200);
    assert!(room(api, &show).await["auto_answers"]["trust_permille"].is_i64());

    for (id, words) in [("c1", "能机洗吗"), ("c2", "几号链接"), ("c3", "多少钱"), ("c4", "会起球吗")]
    {
        say(api, &show, id, words).await;
    }
    let look = async || room(api, &show).await;
    let queued = until(look, |room| waiting(room).len() >= 2).await;
    let texts: Vec<String> = waiting(&queued).iter().map(|it| text(it, "/text")).collect();
    assert_eq!(texts, ["可以，套洗衣袋轻柔档", "看购物车 1 号"], "neither a price nor level B");
    assert_eq!(question(&queued, "能机洗吗")["state"], "open", "it can still be taken back");

    let link = waiting(&queued)[1];
    let back = format!("/api/v1/shows/{show}/sayings/{}/drop", text(link, "/id"));
    api.done(&back, json!({})).await.unwrap();
    let answered = until(look, |room| question(room, "能机洗吗")["state"] == "answered").await;
    let washed = question(&answered, "能机洗吗");
    assert_eq!(
        (&washed["automatic"], text(washed, "/answer").as_str()),
        (&json!(true), "可以，套洗衣袋轻柔档")
    );
    let took = washed["closed_at"].as_i64().unwrap() - washed["at"].as_i64().unwrap();
    assert!((10_000..30_000).contains(&took), "{took} ms");
    let shown =
        answered["sayings"].as_array().unwrap().iter().find(|it| it["id"] == "answer-ticker").unwrap();
    assert_eq!(text(shown, "/text"), "可以，套洗衣袋轻柔档");
    assert_eq!(question(&answered, "几号链接")["state"], "open", "what was taken back stays with the crew");
    assert_eq!(answered["answering"]["automatic"], 1);

    say(api, &show, "c5", "能机洗吗").await;
    until(look, |room| !waiting(room).is_empty()).await;
    assert_eq!(set(api, &show, json!({ "on": false })).await.0, 200);
    let off = until(look, |room| waiting(room).is_empty()).await;
    assert!(off["auto_answers"].is_null());
    assert_eq!(question(&off, "能机洗吗")["state"], "open");
    // The newest that was dropped stands first.
    let dropped = off["sayings"].as_array().unwrap().iter().find(|it| it["state"] == "dropped").unwrap();
    assert!(dropped["closed_at"].as_i64() < dropped["due"].as_i64(), "at once, and not when it was due");
}

#[tokio::test]
async fn an_answer_whose_facts_changed_while_it_waited_does_not_go_out() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = selling(api).await;
    let fact = |hours: i64| json!({ "edits": [{ "product": "tee", "field": "shipping_promise", "value": { "within_hours": hours }, "confirmed": true }] });
    api.done("/api/v1/facts", fact(48)).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/stage"), json!({ "product": "tee" })).await.unwrap();
    let entry = json!({ "question": "能开发票吗", "short": "可以，{{ship_by}}后开电子票", "level": "A", "evidence": "财务", "state": "active" });
    api.done("/api/v1/faq", entry).await.unwrap();
    assert_eq!(
        set(api, &show, json!({ "on": true, "precision_permille": 950, "route": "prompter" })).await.0,
        200
    );
    say(api, &show, "c1", "能开发票吗").await;
    let look = async || room(api, &show).await;
    until(look, |room| !waiting(room).is_empty()).await;
    api.done("/api/v1/facts", fact(72)).await.unwrap();
    let dropped =
        |room: &Value| room["sayings"].as_array().unwrap().iter().any(|it| it["state"] == "dropped");
    let after = until(look, dropped).await;
    assert_eq!(question(&after, "能开发票吗")["state"], "open");
    assert!(after["prompter"].as_array().unwrap().is_empty(), "the host reads nothing that is no longer so");
}
