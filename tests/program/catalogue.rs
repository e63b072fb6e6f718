//! Product cards: added, edited together, with history, undone as a whole, and guarded while they are on air.

use livehand_tests::api::{Answer, Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Fresh;

/// A tee with two SKUs.
async fn tee(api: &Api) {
    let body = json!({ "id": "tee", "name": "纯棉T恤", "price_fen": 5_900, "link_number": 3, "category": "apparel" });
    api.done("/api/v1/products", body).await.unwrap();
    for (code, size) in [("QH-M", "M"), ("QH-L", "L")] {
        let sku = json!({ "spec": { "尺码": size }, "merchant_code": code });
        let added = api.done("/api/v1/products/tee/skus", sku).await.unwrap();
        assert_eq!(text(&added, "/id"), code);
    }
}

fn edit(sku: Option<&str>, field: &str, value: Value) -> Value {
    json!({ "product": "tee", "sku": sku, "field": field, "value": value })
}

async fn edit_facts(api: &Api, edits: &[Value]) -> Answer {
    api.post("/api/v1/facts", json!({ "edits": edits })).await.unwrap()
}

async fn edited(api: &Api, edits: &[Value]) -> Value {
    let answer = edit_facts(api, edits).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

async fn card(api: &Api) -> Value {
    api.get("/api/v1/products/tee").await.unwrap().json()
}

/// The current value of a fact, and its version.
fn fact(card: &Value, sku: Option<&str>, field: &str) -> (Value, i64) {
    let facts = card["facts"].as_array().unwrap();
    let is = |it: &&Value| it["field"] == field && it.get("sku").and_then(Value::as_str) == sku;
    let found = facts.iter().find(is).unwrap_or_else(|| panic!("{field} in {card}"));
    (found["value"].clone(), found["version"].as_i64().unwrap())
}

fn errors(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.json();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (text(error, "/field"), text(error, "/found"))).collect()
}

#[tokio::test]
async fn a_product_is_added_edited_and_keeps_every_version() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let first = card(api).await;
    assert_eq!(fact(&first, None, "name"), (json!("纯棉T恤"), 1));
    assert_eq!(fact(&first, Some("QH-L"), "spec"), (json!({"尺码": "L"}), 1));
    assert_eq!(first["skus"].as_array().unwrap().len(), 2);

    let done = edited(
        api,
        &[
            edit(None, "name", json!("纯棉圆领T恤")),
            edit(Some("QH-L"), "live_price", json!(6_900)),
            json!({ "product": "tee", "field": "aliases", "text": "3号链接/蓝色那个" }),
            json!({ "product": "tee", "field": "gifts", "text": "洗衣袋x1" }),
            edit(None, "category", json!("apparel")),
        ],
    )
    .await;
    assert_eq!((done["facts"].as_array().unwrap().len(), &done["unchanged"]), (4, &json!(1)));
    let second = card(api).await;
    assert_eq!((text(&second, "/name"), &second["price_fen"]), ("纯棉圆领T恤".into(), &json!(5_900)));
    assert_eq!(fact(&second, None, "aliases").0, json!(["3号链接", "蓝色那个"]));
    assert_eq!(fact(&second, None, "gifts").0, json!([{"name": "洗衣袋", "quantity": 1}]));

    let history = api.get("/api/v1/products/tee/history?field=name").await.unwrap().json();
    let versions = history["versions"].as_array().unwrap();
    assert_eq!(versions.iter().map(|it| it["version"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        (text(&versions[1], "/value"), text(&versions[0], "/edit")),
        ("纯棉T恤".into(), text(&done, "/edit"))
    );
    assert_eq!(text(&versions[0], "/by/name"), "command line");
    let of_sku = api.get("/api/v1/products/tee/history?field=live_price&sku=QH-L").await.unwrap().json();
    assert_eq!(of_sku["versions"].as_array().unwrap().len(), 1);
    let all = api.get("/api/v1/products/tee/history?limit=200").await.unwrap().json();
    assert_eq!(all["versions"].as_array().unwrap().len(), 4 + 2 * 2 + 4);

    for (path, status) in [("/api/v1/products/hat", 404), ("/api/v1/products/hat/history", 404)] {
        assert_eq!(api.get(path).await.unwrap().status, status);
    }
    let twice = json!({ "id": "tee", "name": "T", "price_fen": 1, "link_number": 1 });
    assert_eq!(api.post("/api/v1/products", twice).await.unwrap().code(), "product_exists");
    let same = json!({ "spec": { "尺码": "L" } });
    assert_eq!(api.post("/api/v1/products/tee/skus", same).await.unwrap().code(), "sku_duplicate");
}

#[tokio::test]
async fn a_paste_is_taken_whole_or_not_at_all_and_each_wrong_cell_is_named() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let wrong = edit_facts(
        api,
        &[
            edit(None, "brand", json!("青禾")),
            edit(Some("QH-L"), "live_price", json!(59.9)),
            edit(None, "no_such_field", json!(1)),
            edit(Some("QH-L"), "brand", json!("青禾")),
            edit(None, "merchant_code", json!("X")),
            json!({ "product": "tee", "field": "gifts", "text": "洗衣袋" }),
            edit(None, "windows", json!([{"from": 2, "to": 1}])),
            edit(None, "brand", json!("禾青")),
        ],
    )
    .await;
    assert_eq!((wrong.status, wrong.code()), (422, "invalid".into()));
    let fields: Vec<String> = errors(&wrong).into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        fields,
        [
            "edits.1.value",
            "edits.2.field",
            "edits.3.sku",
            "edits.4.sku",
            "edits.5.value",
            "edits.6.value",
            "edits.7"
        ]
    );
    let nobody = edit_facts(api, &[json!({ "product": "hat", "field": "brand", "value": "x" })]).await;
    assert_eq!(nobody.status, 404);
    let nothing = edit_facts(api, &[edit(Some("QH-XXL"), "stock", json!(1))]).await;
    assert_eq!(nothing.status, 404);
    assert!(card(api).await["facts"].as_array().unwrap().iter().all(|fact| fact["field"] != "brand"));
    let host = api.hire("主播", &["anchor"]).await.unwrap().0;
    assert_eq!(edit_facts(&host, &[edit(None, "brand", json!("青禾"))]).await.status, 403);
    assert_eq!(host.get("/api/v1/products/tee").await.unwrap().status, 200);
}

#[tokio::test]
async fn of_two_who_edit_the_same_cell_the_second_is_told_whose_version_stands() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let lin = api.hire("小林", &["assistant"]).await.unwrap().0;
    let seen = fact(&card(api).await, None, "name").1;
    let of = |name: &str| {
        let brand = json!({ "product": "tee", "field": "brand", "value": "青禾", "if_version": 0 });
        [json!({ "product": "tee", "field": "name", "value": name, "if_version": seen }), brand]
    };
    edited(&lin, &of("小林改的")).await;
    let late = edit_facts(api, &of("另一个")).await;
    assert_eq!((late.status, late.code()), (409, "stale_edit".into()));
    let named =
        [("edits.0".to_owned(), "version 2, 小林".to_owned()), ("edits.1".into(), "version 1, 小林".into())];
    assert_eq!(errors(&late), named);
    assert_eq!(text(&card(api).await, "/name"), "小林改的");

    // Many at once: exactly one of them is first.
    let mut racing = tokio::task::JoinSet::new();
    for n in 0..8 {
        let api = api.clone();
        let body =
            json!({ "product": "tee", "field": "brand", "value": format!("品牌{n}"), "if_version": 1 });
        racing.spawn(async move { edit_facts(&api, &[body]).await.status });
    }
    let mut statuses = racing.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(fact(&card(api).await, None, "brand").1, 2);
}

#[tokio::test]
async fn a_whole_paste_is_undone_at_once_and_undoing_that_brings_it_back() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let paste = edited(
        api,
        &[
            edit(None, "name", json!("新名字")),
            edit(None, "brand", json!("青禾")),
            edit(Some("QH-M"), "live_price", json!(6_900)),
        ],
    )
    .await;
    let undo = |edit: String| async move {
        api.post(&format!("/api/v1/edits/{edit}/undo"), json!({})).await.unwrap()
    };
    let undone = undo(text(&paste, "/edit")).await;
    assert_eq!((undone.status, undone.json()["facts"].as_array().unwrap().len()), (200, 3));
    let after = card(api).await;
    assert_eq!(fact(&after, None, "name"), (json!("纯棉T恤"), 3));
    assert_eq!(fact(&after, None, "brand"), (Value::Null, 2));
    let again = undo(text(&paste, "/edit")).await;
    assert_eq!((again.status, again.code()), (409, "edit_undone".into()));

    let redone = undo(text(&undone.json(), "/edit")).await;
    assert_eq!(redone.status, 200);
    assert_eq!(fact(&card(api).await, None, "name"), (json!("新名字"), 4));
    let edits = api.get("/api/v1/edits").await.unwrap().json();
    let whats: Vec<String> = edits["edits"].as_array().unwrap().iter().map(|it| text(it, "/what")).collect();
    assert_eq!(whats[2], "grid");
    assert_eq!(whats[1], format!("undo:{}", text(&paste, "/edit")));
    assert_eq!(whats[3..], ["skus", "skus", "product"]);

    // What was changed since is not overwritten; nothing of the edit is undone then.
    edited(api, &[edit(None, "brand", json!("别人改的"))]).await;
    let late = undo(text(&redone.json(), "/edit")).await;
    assert_eq!((late.status, late.code()), (409, "stale_edit".into()));
    assert_eq!(errors(&late)[0].0, "tee/brand");
    assert_eq!(fact(&card(api).await, None, "name"), (json!("新名字"), 4));
    assert_eq!(undo("no-such-edit".into()).await.status, 404);
}

#[tokio::test]
async fn undoing_that_a_product_was_added_takes_it_out_of_use() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let edits = api.get("/api/v1/edits").await.unwrap().json();
    let added = |what: &str| {
        let all = edits["edits"].as_array().unwrap();
        text(all.iter().find(|it| it["what"] == what).unwrap(), "/id")
    };
    api.done(&format!("/api/v1/edits/{}/undo", added("skus")), json!({})).await.unwrap();
    let skus = card(api).await["skus"].clone();
    assert_eq!((&skus[0]["disabled"], &skus[1]["disabled"]), (&json!(false), &json!(true)));
    let undone = api.done(&format!("/api/v1/edits/{}/undo", added("product")), json!({})).await.unwrap();
    let after = card(api).await;
    assert_eq!((text(&after, "/status"), text(&after, "/name")), ("disabled".into(), "纯棉T恤".into()));
    api.done(&format!("/api/v1/edits/{}/undo", text(&undone, "/edit")), json!({})).await.unwrap();
    assert_eq!(text(&card(api).await, "/status"), "draft");
    api.call(Method::POST, "/api/v1/products/tee/skus/QH-L/enable", None).await.unwrap();
    assert_eq!(card(api).await["skus"][1]["disabled"], false);
}

#[tokio::test]
async fn a_price_that_looks_like_a_slip_waits_for_a_word_and_one_below_the_floor_is_refused() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    edited(api, &[edit(None, "daily_price", json!(9_900)), edit(None, "floor_price", json!(4_900))]).await;
    let below = edit_facts(api, &[edit(None, "live_price", json!(4_800))]).await;
    assert_eq!((below.status, errors(&below)[0].0.as_str()), (422, "edits.0.value"));
    edited(api, &[edit(None, "floor_price", Value::Null)]).await;
    let mut slip = edit(None, "live_price", json!(590));
    let doubted = edit_facts(api, &[slip.clone()]).await;
    assert_eq!((doubted.status, doubted.code()), (409, "needs_confirmation".into()));
    assert!(errors(&doubted)[0].1.contains("a digit is missing"), "{:?}", errors(&doubted));
    slip["confirmed"] = json!(true);
    edited(api, &[slip]).await;
    assert_eq!(card(api).await["price_fen"], 590);
    let wide = edit_facts(api, &[json!({ "product": "tee", "field": "live_price", "text": "５９" })]).await;
    assert_eq!((wide.status, wide.code()), (409, "needs_confirmation".into()));
    // A price of the product is held against each SKU that it holds for, and not against one with its own.
    edited(
        api,
        &[edit(Some("QH-M"), "floor_price", json!(5_000)), edit(Some("QH-M"), "live_price", json!(5_900))],
    )
    .await;
    edited(api, &[edit(None, "live_price", json!(4_500))]).await;
    edited(api, &[edit(Some("QH-L"), "floor_price", json!(4_400))]).await;
    let floored = edit_facts(api, &[edit(None, "live_price", json!(4_300))]).await;
    assert_eq!(floored.status, 422);
}

#[tokio::test]
async fn gifts_that_lead_in_a_circle_are_refused() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let hat = json!({ "id": "hat", "name": "渔夫帽", "price_fen": 3_900, "link_number": 4 });
    api.done("/api/v1/products", hat).await.unwrap();
    api.done("/api/v1/products/hat/skus", json!({ "merchant_code": "MAO" })).await.unwrap();
    edited(api, &[edit(None, "gifts", json!([{"name": "帽", "quantity": 1, "sku": "MAO"}]))]).await;
    let back = json!({ "product": "hat", "field": "gifts", "text": "T恤[QH-M]x1" });
    let circle = edit_facts(api, std::slice::from_ref(&back)).await;
    assert_eq!((circle.status, errors(&circle)[0].1.as_str()), (422, "渔夫帽 → 纯棉T恤 → 渔夫帽"));
    let unknown =
        edit_facts(api, &[edit(None, "gifts", json!([{"name": "袜", "quantity": 1, "sku": "无"}]))]).await;
    assert_eq!(unknown.status, 422);
    let own = edit(None, "gifts", json!([{"name": "同款", "quantity": 1, "sku": "QH-M"}]));
    edited(api, &[own]).await;
    edited(api, &[back]).await;
}

#[tokio::test]
async fn while_a_product_is_on_air_its_price_changes_only_with_a_second_person() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let raised = edited(api, &[edit(None, "live_price", json!(6_900))]).await;
    let show = api.open_show("今晚").await.unwrap();
    let lineup = json!({ "products": ["tee"] });
    api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    assert_eq!(card(api).await["on_air"], json!([show]));
    for guarded in [edit(None, "live_price", json!(4_900)), edit(Some("QH-L"), "floor_price", json!(1_000))] {
        let refused = edit_facts(api, &[edit(None, "brand", json!("青禾")), guarded]).await;
        assert_eq!((refused.status, refused.code()), (409, "needs_second_person".into()));
        assert_eq!(errors(&refused)[0].0, "edits.1");
    }
    let undone =
        api.post(&format!("/api/v1/edits/{}/undo", text(&raised, "/edit")), json!({})).await.unwrap();
    assert_eq!((undone.status, undone.code()), (409, "needs_second_person".into()));
    edited(api, &[edit(None, "brand", json!("青禾")), edit(None, "live_price", json!(6_900))]).await;
    api.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();
    edited(api, &[edit(None, "live_price", json!(5_500))]).await;
}

#[tokio::test]
async fn products_are_found_filtered_and_compared() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    tee(api).await;
    let hat = json!({ "id": "hat", "name": "渔夫帽", "price_fen": 3_900, "link_number": 4, "category": "apparel", "brand": "禾" });
    api.done("/api/v1/products", hat).await.unwrap();
    edited(api, &[edit(None, "aliases", json!(["蓝色那个"])), edit(None, "status", json!("ready"))]).await;
    for (query, ids) in [
        ("search=蓝色", vec!["tee"]),
        ("search=qh-l", vec!["tee"]),
        ("search=4", vec!["hat"]),
        ("search=帽", vec!["hat"]),
        ("category=apparel", vec!["tee", "hat"]),
        ("status=ready", vec!["tee"]),
        ("incomplete=true&limit=1", vec!["tee"]),
        ("incomplete=true&after=tee", vec!["hat"]),
    ] {
        let found = api.get(&format!("/api/v1/products?{query}")).await.unwrap().json();
        let found: Vec<String> =
            found["products"].as_array().unwrap().iter().map(|it| text(it, "/id")).collect();
        assert_eq!(found, ids, "{query}");
    }
    for wrong in ["category=shoes", "status=open", "limit=0"] {
        assert_eq!(api.get(&format!("/api/v1/products?{wrong}")).await.unwrap().status, 422, "{wrong}");
    }
    let listed = api.get("/api/v1/products?search=tee").await.unwrap().json()["products"][0].clone();
    assert_eq!((&listed["skus"], text(&listed, "/status")), (&json!(2), "ready".into()));
    let gate = &listed["completeness"];
    let missing = gate["missing"].as_array().unwrap();
    assert!(missing.contains(&json!("size_chart")) && !missing.contains(&json!("live_price")), "{gate}");
    assert_eq!(
        gate["filled"].as_u64().unwrap() as usize + missing.len(),
        gate["required"].as_u64().unwrap() as usize
    );
    assert_eq!(card(api).await["completeness"], *gate);
    assert_eq!(card(api).await["missing"].as_array().unwrap().len(), missing.len());

    let compared = api.get("/api/v1/products/compare?ids=tee,hat").await.unwrap().json();
    let row = |field: &str| {
        let rows = compared["rows"].as_array().unwrap();
        rows.iter().find(|row| row["field"] == field).unwrap().clone()
    };
    assert_eq!(
        (&row("live_price")["values"], &row("live_price")["differs"]),
        (&json!([5_900, 3_900]), &json!(true))
    );
    assert_eq!((&row("category")["differs"], &row("brand")["values"][0]), (&json!(false), &Value::Null));
    assert_eq!(row("merchant_code")["values"][0], json!(["QH-M", "QH-L"]));
    assert_eq!(api.get("/api/v1/products/compare?ids=tee").await.unwrap().status, 422);
    assert_eq!(api.get("/api/v1/products/compare?ids=tee,pen").await.unwrap().status, 404);
    let fields = api.get("/api/v1/catalogue/fields").await.unwrap().json();
    assert!(
        fields["fields"].as_array().unwrap().len() > 30
            && fields["categories"].as_array().unwrap().len() == 8
    );
}
