//! The answers that a question card offers, through HTTP: facts and the FAQ library, one key, what changes meanwhile, what
//! is learned.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now};

async fn set(api: &Api, field: &str, value: Value) {
    let edit = json!({ "product": "tee", "field": field, "value": value, "confirmed": true });
    api.done("/api/v1/facts", json!({ "edits": [edit] })).await.unwrap();
}

/// A show on air with the product `tee` as link 3, in red and white, of which there is stock.
async fn shop(api: &Api) -> String {
    let tee = json!({ "id": "tee", "name": "短袖", "price_fen": 12_900, "link_number": 3 });
    api.done("/api/v1/products", tee).await.unwrap();
    for (sku, colour, stock) in [("red", "红色", 12), ("white", "白色", 0)] {
        let body = json!({ "merchant_code": sku, "spec": { "颜色": colour } });
        api.done("/api/v1/products/tee/skus", body).await.unwrap();
        let edit =
            json!({ "product": "tee", "sku": sku, "field": "stock", "value": stock, "confirmed": true });
        api.done("/api/v1/facts", json!({ "edits": [edit] })).await.unwrap();
    }
    set(api, "category", json!("apparel")).await;
    set(api, "shipping_promise", json!({ "within_hours": 48 })).await;
    set(
        api,
        "size_chart",
        json!({ "columns": ["尺码", "身高", "体重"], "rows": [["M", "155-165", "45-55kg"], ["L", "160-170", "56-65kg"]] }),
    )
    .await;
    let show = api.done("/api/v1/shows", json!({ "title": "答疑", "kind": "daily" })).await.unwrap();
    let show = text(&show, "/id");
    let lineup = json!({ "products": ["tee"] });
    let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    assert_eq!(set.status, 200);
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    show
}

/// Says something in the chat; the id of the last question that is open then.
async fn say(api: &Api, show: &str, id: &str, user: &str, words: &str) -> u64 {
    let line = json!({ "id": id, "at": now(), "type": "comment", "user": user, "name": user, "text": words });
    let taken = api.send(show, line.to_string()).await.unwrap();
    assert_eq!(taken.status, 200);
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    let open = state["questions"].as_array().unwrap().iter().filter(|it| it["state"] == "open");
    open.filter_map(|it| it["id"].as_u64()).max().unwrap_or(0)
}

async fn offered(api: &Api, show: &str, question: u64) -> Vec<Value> {
    let path = format!("/api/v1/shows/{show}/questions/{question}/answers");
    api.get(&path).await.unwrap().json()["answers"].as_array().unwrap().clone()
}

async fn closed(api: &Api, show: &str, question: u64) -> Value {
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    let found = state["questions"].as_array().unwrap().iter().find(|it| it["id"] == question);
    found.cloned().unwrap_or_default()
}

#[tokio::test]
async fn the_facts_answer_what_they_say_and_a_change_meanwhile_keeps_the_answer_back() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, shop(&fresh.operator).await);
    let question = say(api, &show, "c1", "u1", "3号红色还有货吗").await;
    let answers = offered(api, &show, question).await;
    assert_eq!(text(&answers[0], "/text"), "3 号链接这个规格现在还有 12 件");
    assert_eq!(answers[0]["quotes"][0]["field"], "stock");
    assert!(answers[0]["quotes"][0]["since"].as_i64().unwrap() > 0, "how old a fact is can be seen");
    let size = say(api, &show, "c2", "u2", "3号 162 52kg穿啥码").await;
    assert_eq!(text(&offered(api, &show, size).await[0], "/text"), "按尺码表建议 M，3 号链接可选");

    let body = |id: &str| {
        let (template, seen) = (text(&answers[0], "/template"), text(&answers[0], "/text"));
        json!({ "id": id, "text": template, "expected": seen, "route": "overlay" })
    };
    let sold = json!({ "product": "tee", "sku": "red", "field": "stock", "value": 2, "confirmed": true });
    api.done("/api/v1/facts", json!({ "edits": [sold] })).await.unwrap();
    let path = format!("/api/v1/shows/{show}/questions/{question}/answer");
    let refused = api.post(&path, body("a1")).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "answer_changed"));
    let answers = offered(api, &show, question).await;
    assert_eq!(text(&answers[0], "/text"), "3 号链接这个规格现在还有 2 件");
    let (template, seen) = (text(&answers[0], "/template"), text(&answers[0], "/text"));
    let sent = json!({ "id": "a2", "text": template, "expected": seen, "route": "overlay" });
    let first = api.done(&path, sent.clone()).await.unwrap();
    // Whoever lost the answer to the request sends it again, whatever became of the stock meanwhile.
    let gone = json!({ "product": "tee", "sku": "red", "field": "stock", "value": 1, "confirmed": true });
    api.done("/api/v1/facts", json!({ "edits": [gone] })).await.unwrap();
    let again = api.done(&path, sent).await.unwrap();
    assert_eq!((&first["duplicate"], &again["duplicate"]), (&json!(false), &json!(true)));
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    assert_eq!(state["sayings"][0]["text"], seen.as_str(), "the overlay shows it");
    assert_eq!(closed(api, &show, question).await["state"], "answered");
}

#[tokio::test]
async fn an_entry_of_the_library_answers_is_counted_and_learns_the_words_that_it_did_not_know() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, shop(&fresh.operator).await);
    let entry = json!({
        "question": "羊毛会扎皮肤吗", "variants": ["扎不扎"], "short": "{宝宝/家人}，贴身穿不扎，{{ship_by}}", "level": "A",
        "evidence": "试穿记录", "state": "active",
    });
    let entry = api.done("/api/v1/faq", entry).await.unwrap();
    let faq = text(&entry, "/id");
    let question = say(api, &show, "c1", "u1", "3号贴着脖子刺不刺挠啊").await;
    let answers = offered(api, &show, question).await;
    let found = answers.iter().find(|it| it["faq"] == faq.as_str()).expect("the library answers");
    let said = text(found, "/text");
    assert!(said.ends_with("48 小时内发货") && !said.contains('{'), "{said}");
    let path = format!("/api/v1/shows/{show}/questions/{question}/answer");
    let sent = json!({ "id": "a", "text": found["template"], "expected": said, "faq": faq });
    api.done(&path, sent).await.unwrap();
    let used = api.get(&format!("/api/v1/faq/{faq}")).await.unwrap().json();
    assert_eq!((&used["use"]["hit"], &used["use"]["sent"]), (&json!(1), &json!(1)));
    let learned = api.get("/api/v1/faq/learned").await.unwrap().json();
    assert_eq!(text(&learned, "/learned/0/text"), "3号贴着脖子刺不刺挠啊");

    // Seen in the chat, and then asked again by the same viewer.
    say(api, &show, "c2", "shop", &said).await;
    assert!(closed(api, &show, question).await["echoed_at"].as_i64().is_some());
    say(api, &show, "c3", "u1", "3号贴着脖子刺不刺挠啊").await;
    let served = api.get(&format!("/api/v1/shows/{show}/questions")).await.unwrap().json();
    assert_eq!(served["answering"]["unsolved"], 1);
    assert_eq!(text(&served, "/failed/0/unsolved/why"), "asked_again");
}

#[tokio::test]
async fn what_nobody_wrote_down_is_named_and_cannot_be_sent() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, shop(&fresh.operator).await);
    let entry = json!({
        "question": "什么面料", "variants": ["啥料子做的"], "short": "面料是{{material}}", "level": "A", "evidence": "吊牌",
        "state": "active",
    });
    api.done("/api/v1/faq", entry).await.unwrap();
    let question = say(api, &show, "c1", "u1", "3号啥料子做的").await;
    let answers = offered(api, &show, question).await;
    assert_eq!((&answers[0]["text"], text(&answers[0], "/missing/0/zh").as_str()), (&Value::Null, "材质"));
    set(api, "specs", json!({ "材质": "美利奴羊毛" })).await;
    assert_eq!(text(&offered(api, &show, question).await[0], "/text"), "面料是美利奴羊毛");
}

#[tokio::test]
async fn the_pack_comes_as_drafts_and_leaves_the_shops_own_answers_alone() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let own = json!({ "question": "什么时候发货", "short": "我们当天发", "level": "B", "state": "active" });
    api.done("/api/v1/faq", own).await.unwrap();
    let looked = api.done("/api/v1/faq/pack", json!({ "categories": ["apparel"] })).await.unwrap();
    assert_eq!((&looked["applied"], &looked["changed"]), (&json!(false), &json!(0)));
    let added = looked["added"].as_u64().unwrap();
    assert!(added >= 200 && looked["left_out"].as_array().unwrap().is_empty(), "{looked}");
    let load = json!({ "categories": ["apparel"], "apply": true, "digest": looked["digest"] });
    let loaded = api.done("/api/v1/faq/pack", load).await.unwrap();
    assert_eq!((&loaded["applied"], loaded["added"].as_u64()), (&json!(true), Some(added)));
    let again = api.done("/api/v1/faq/pack", json!({ "categories": ["apparel"] })).await.unwrap();
    assert_eq!((&again["added"], &again["changed"]), (&json!(0), &json!(0)));
    let found = api.get("/api/v1/faq?search=什么时候发货&state=active").await.unwrap().json();
    assert_eq!(text(&found, "/entries/0/content/short"), "我们当天发");
    let unknown = api.post("/api/v1/faq/pack", json!({ "categories": ["cars"] })).await.unwrap();
    assert_eq!(unknown.status, 422);
}
