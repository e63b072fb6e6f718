//! The stock ledger through HTTP: what moves counts once, nobody gets what is not there, and sums can be computed again.

use livehand_tests::api::{Api, text};
use livehand_tests::program::run;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now};

const MOVEMENTS: &str = "/api/v1/stock/movements";

fn movement(id: &str, sku: &str, kind: &str, quantity: i64) -> Value {
    json!({ "id": id, "sku": sku, "kind": kind, "quantity": quantity })
}

async fn moved(api: &Api, movements: &[Value]) -> Value {
    api.done(MOVEMENTS, json!({ "movements": movements })).await.unwrap()
}

async fn refused(api: &Api, movements: &[Value]) -> (u16, String) {
    let answer = api.post(MOVEMENTS, json!({ "movements": movements })).await.unwrap();
    (answer.status, answer.code())
}

/// Stock without a buffer.
async fn stocked(api: &Api, sku: &str, units: i64) {
    let none = movement(&format!("none-{sku}"), sku, "buffer_share_set", 0);
    moved(api, &[none, movement(&format!("in-{sku}"), sku, "received", units)]).await;
}

async fn line(api: &Api, sku: &str) -> Value {
    let page = api.get(&format!("/api/v1/stock?search={sku}")).await.unwrap().json();
    page["stocks"].as_array().unwrap().iter().find(|it| it["sku"] == sku).cloned().unwrap_or_default()
}

fn sums(line: &Value) -> [i64; 5] {
    ["stocked", "available", "reserved", "sold", "buffer"].map(|name| line[name].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_buyers_of_thirty_units_exactly_thirty_get_one() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    stocked(api, "cup", 30).await;
    let mut buyers = tokio::task::JoinSet::new();
    for buyer in 0..50 {
        let api = api.clone();
        buyers.spawn(async move {
            let kind = if buyer % 2 == 0 { "reserved" } else { "sold" };
            let wish = json!({ "movements": [movement(&format!("o{buyer}"), "cup", kind, 1)] });
            // Everybody asks twice, as after an answer that got lost.
            let first = api.post(MOVEMENTS, wish.clone()).await.unwrap();
            let second = api.post(MOVEMENTS, wish).await.unwrap();
            (first.status, first.code(), second.status, second.json()["duplicates"] == 1)
        });
    }
    let mut served = 0;
    for bought in buyers.join_all().await {
        match bought {
            (200, _, 200, true) => served += 1,
            (409, code, 409, _) => assert_eq!(code, "stock_short"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(served, 30);
    let [stocked, available, reserved, sold, buffer] = sums(&line(api, "cup").await);
    assert_eq!((stocked, available, reserved + sold, buffer), (30, 0, 30, 0));
    let found = api.done("/api/v1/stock/repair", json!({})).await.unwrap();
    assert_eq!((&found["checked"], &found["wrong"]), (&json!(1), &json!([])));
}

#[tokio::test]
async fn a_batch_counts_as_a_whole_and_once_and_its_refusal_names_the_movement() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    stocked(api, "cup", 5).await;
    let batch = [movement("a", "cup", "reserved", 3), movement("b", "cup", "sold", 3)];
    let answer = api.post(MOVEMENTS, json!({ "movements": batch })).await.unwrap();
    assert_eq!((answer.status, answer.code()), (409, "stock_short".to_owned()));
    assert_eq!(text(&answer.json(), "/errors/0/field"), "movements[1]");
    assert_eq!(sums(&line(api, "cup").await), [5, 5, 0, 0, 0]);
    let first = moved(api, &batch[..1]).await;
    let again = moved(api, &batch[..1]).await;
    assert_eq!((first["recorded"].as_u64(), again["recorded"].as_u64()), (Some(1), Some(0)));
    assert_eq!(again["stocks"], first["stocks"]);
    assert_eq!(refused(api, &[movement("a", "cup", "reserved", 2)]).await, (409, "movement_id_used".into()));
    let rows = api.get("/api/v1/stock/cup/movements?limit=2").await.unwrap().json();
    assert_eq!((&rows["movements"][0]["number"], &rows["next"]), (&json!(3), &json!(2)));
    let rows = api.get("/api/v1/stock/cup/movements?before=2").await.unwrap().json();
    assert_eq!((rows["movements"].as_array().unwrap().len(), &rows["next"]), (1, &Value::Null));
    for (wrong, field) in [
        (movement("c", "cup", "received", 0), "movements[0].quantity"),
        (movement("c", "cup", "received", -3), "movements[0].quantity"),
        (movement("c", "cup", "adjusted", 0), "movements[0].quantity"),
        (movement("", "cup", "received", 1), "movements[0].id"),
        (movement("c", "", "received", 1), "movements[0].sku"),
        (
            json!({"id": "c", "sku": "cup", "kind": "received", "quantity": 1, "reason": "damaged"}),
            "movements[0].reason",
        ),
        (
            json!({"id": "c", "sku": "cup", "kind": "received", "quantity": 1, "at": i64::MAX}),
            "movements[0].at",
        ),
    ] {
        let answer = api.post(MOVEMENTS, json!({ "movements": [wrong] })).await.unwrap();
        assert_eq!((answer.status, text(&answer.json(), "/errors/0/field")), (422, field.to_owned()));
    }
    assert_eq!(api.post(MOVEMENTS, json!({ "movements": [] })).await.unwrap().status, 422);
    assert_eq!(api.get("/api/v1/stock/plate/movements").await.unwrap().status, 404);
}

#[tokio::test]
async fn bundles_and_gifts_share_what_they_consume_and_circles_are_named() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for (sku, units) in [("cup", 10), ("spoon", 6)] {
        stocked(api, sku, units).await;
    }
    let set =
        |recipes: Value| api.call(Method::PUT, "/api/v1/stock/recipes", Some(json!({ "recipes": recipes })));
    let part = |sku: &str, quantity: i64| json!({ "sku": sku, "quantity": quantity });
    let recipes = json!([
        { "sku": "cup", "kind": "gifts", "parts": [part("spoon", 1)] },
        { "sku": "set", "kind": "bundle", "parts": [part("cup", 2), part("spoon", 1)] },
    ]);
    let made = set(recipes).await.unwrap();
    assert_eq!(made.status, 200, "{}", made.json());
    assert_eq!(made.json()["recipes"][1]["available"], 2);
    assert_eq!(refused(api, &[movement("o", "set", "reserved", 3)]).await, (409, "stock_short".into()));
    moved(api, &[movement("o", "set", "reserved", 2)]).await;
    assert_eq!(sums(&line(api, "spoon").await), [6, 0, 6, 0, 0]);
    assert_eq!(sums(&line(api, "cup").await), [10, 6, 4, 0, 0]);
    let rows = api.get("/api/v1/stock/spoon/movements").await.unwrap().json();
    assert_eq!(
        (&rows["movements"][0]["bundle"], &rows["movements"][0]["quantity"]),
        (&json!("set"), &json!(6))
    );

    let circle = set(json!([{ "sku": "spoon", "kind": "gifts", "parts": [part("set", 1)] }])).await.unwrap();
    assert_eq!((circle.status, circle.code()), (409, "recipe_cycle".to_owned()));
    assert!(text(&circle.json(), "/title").contains(" → "), "{}", circle.json());
    let stock = set(json!([{ "sku": "spoon", "kind": "bundle", "parts": [part("fork", 1)] }])).await.unwrap();
    assert_eq!(stock.code(), "bundle_has_stock");
    let gone = set(json!([{ "sku": "set", "kind": "bundle", "parts": [] }])).await.unwrap().json();
    assert_eq!(gone["recipes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn while_a_show_is_on_air_one_person_alone_puts_nothing_in_front_of_the_buyers() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let tee = json!({ "id": "tee", "name": "白T恤", "price_fen": 5900, "link_number": 1 });
    api.done("/api/v1/products", tee).await.unwrap();
    stocked(api, "tee", 20).await;
    moved(api, &[movement("l", "tee", "locked", 15)]).await;
    moved(api, &[movement("r1", "tee", "released", 5)]).await;
    let show = api.open_show("周三场").await.unwrap();
    let lineup = json!({ "products": ["tee"] });
    let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    assert_eq!(set.status, 200);

    assert_eq!(
        refused(api, &[movement("r2", "tee", "released", 1)]).await,
        (409, "needs_second_person".into())
    );
    let again = moved(api, &[movement("r1", "tee", "released", 5)]).await;
    assert_eq!(again["duplicates"], 1, "what was done before the show is still answered the same");
    for (id, kind, quantity) in [("i", "received", 50), ("c", "counted", 90), ("a", "adjusted", 5)] {
        moved(api, &[movement(id, "tee", kind, quantity)]).await;
        assert_eq!(line(api, "tee").await["shown"], 10, "{kind}");
    }
    moved(api, &[movement("s", "tee", "sold", 4), movement("l2", "tee", "locked", 2)]).await;
    let now = line(api, "tee").await;
    assert_eq!((&now["shown"], &now["product_name"]), (&json!(4), &json!("白T恤")));
    assert_eq!(now["fact"], json!({ "product": "tee", "field": "stock", "version": now["version"] }));
    let recipe = json!({ "recipes": [{ "sku": "tee", "kind": "gifts", "parts": [{ "sku": "sock", "quantity": 1 }] }] });
    let gift = api.call(Method::PUT, "/api/v1/stock/recipes", Some(recipe)).await.unwrap();
    assert_eq!(gift.code(), "needs_second_person");

    api.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();
    moved(api, &[movement("r2", "tee", "released", 1)]).await;
}

#[tokio::test]
async fn what_others_report_is_compared_and_not_believed_for_ever() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for (sku, units) in [("cup", 10), ("spoon", 10)] {
        stocked(api, sku, units).await;
    }
    moved(api, &[movement("o", "spoon", "reserved", 8)]).await;
    let report = |id: &str, reporter: &str, as_of: i64, rows: Value| json!({ "id": id, "source": format!("{reporter} one"), "reporter": reporter, "as_of": as_of, "rows": rows });
    let row = |sku: &str, quantity: i64| json!({ "sku": sku, "quantity": quantity });
    let counted = report("r1", "warehouse", now(), json!([row("cup", 9), row("spoon", 5)]));
    let answer = api.done("/api/v1/stock/reports", counted).await.unwrap();
    let differences = answer["reports"][0]["differences"].as_array().unwrap();
    let who: Vec<_> = differences.iter().map(|it| (text(it, "/sku"), text(it, "/who"))).collect();
    assert_eq!(who, [("spoon".into(), "support".into()), ("cup".into(), "warehouse".into())]);
    let old = report("r2", "platform", now() - 120_000, json!([row("cup", 3)]));
    let answer = api.done("/api/v1/stock/reports", old).await.unwrap();
    assert!(answer["reports"][0]["distrust"].is_string(), "{answer}");
    assert_eq!(answer["reports"][0]["differences"], json!([]));
    let all = api.get("/api/v1/stock/differences").await.unwrap().json();
    assert_eq!(all["reports"].as_array().unwrap().len(), 2);
    let differing = api.get("/api/v1/stock?differing=true").await.unwrap().json();
    assert_eq!(differing["stocks"].as_array().unwrap().len(), 2);
    // A later count that agrees settles it.
    let agreed = report("r3", "warehouse", now(), json!([row("cup", 10), row("spoon", 10)]));
    api.done("/api/v1/stock/reports", agreed).await.unwrap();
    let differing = api.get("/api/v1/stock?differing=true").await.unwrap().json();
    assert_eq!(differing["stocks"], json!([]));
    let twice = report("r4", "warehouse", now(), json!([row("cup", 1), row("cup", 2)]));
    let twice = api.post("/api/v1/stock/reports", twice).await.unwrap();
    assert_eq!((twice.status, text(&twice.json(), "/errors/0/field")), (422, "rows[1].sku".into()));
}

#[tokio::test]
async fn stock_is_listed_in_pages_and_searched_and_what_runs_out_is_found() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for sku in ["a-1", "a-2", "b-1"] {
        stocked(api, sku, 10).await;
    }
    moved(api, &[movement("s", "a-2", "sold", 10)]).await;
    let names = |page: &Value| -> Vec<String> {
        page["stocks"].as_array().unwrap().iter().map(|it| text(it, "/sku")).collect()
    };
    let page = api.get("/api/v1/stock?limit=2").await.unwrap().json();
    assert_eq!(
        (names(&page), text(&page, "/next")),
        (vec!["a-1".to_owned(), "a-2".into()], "a-2".to_owned())
    );
    assert_eq!(names(&api.get("/api/v1/stock?limit=2&after=a-2").await.unwrap().json()), ["b-1"]);
    assert_eq!(names(&api.get("/api/v1/stock?search=A-").await.unwrap().json()), ["a-1", "a-2"]);
    assert_eq!(names(&api.get("/api/v1/stock?low=true").await.unwrap().json()), ["a-2"]);
}

#[tokio::test]
async fn who_may_move_may_not_always_release_and_the_command_line_checks_the_sums() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let (assistant, _) = api.hire("助理", &["assistant"]).await.unwrap();
    let (control, _) = api.hire("中控", &["control_operator"]).await.unwrap();
    stocked(&assistant, "cup", 10).await;
    moved(&assistant, &[movement("l", "cup", "locked", 4)]).await;
    assert_eq!(refused(&assistant, &[movement("r", "cup", "released", 4)]).await, (403, "forbidden".into()));
    moved(&control, &[movement("r", "cup", "released", 4)]).await;
    let data = fresh.data();
    let checked = run(["stock", "check", "--data", data.to_str().unwrap()]).await.unwrap();
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success() && said.contains("1 SKUs checked, 0 wrong"), "{said}");
}
