//! Reservations through HTTP: nobody gets what is not there, nobody is refused what is there, and whoever waits is served in
//! order.

use livehand_tests::api::{Answer, Api, text};
use livehand_tests::program::{Server, run};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, until};

const RESERVATIONS: &str = "/api/v1/reservations";

fn wish(order: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> =
        lines.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    json!({ "order": order, "lines": lines })
}

fn waiting(order: &str, lines: &[(&str, i64)]) -> Value {
    let mut wish = wish(order, lines);
    wish["when_short"] = json!("wait");
    wish
}

async fn reserve(api: &Api, wish: Value) -> Answer {
    api.post(RESERVATIONS, wish).await.unwrap()
}

async fn step(api: &Api, order: &str, step: &str) -> Answer {
    api.post(&format!("{RESERVATIONS}/{order}/{step}"), json!({})).await.unwrap()
}

async fn moved(api: &Api, id: &str, sku: &str, kind: &str, quantity: i64) {
    let movement = json!({ "id": id, "sku": sku, "kind": kind, "quantity": quantity });
    api.done("/api/v1/stock/movements", json!({ "movements": [movement] })).await.unwrap();
}

/// Stock without a buffer.
async fn stocked(api: &Api, sku: &str, units: i64) {
    moved(api, &format!("none-{sku}"), sku, "buffer_share_set", 0).await;
    moved(api, &format!("in-{sku}"), sku, "received", units).await;
}

/// Stocked, available, reserved, sold.
async fn sums(api: &Api, sku: &str) -> [i64; 4] {
    let page = api.get(&format!("/api/v1/stock?search={sku}")).await.unwrap().json();
    let line = page["stocks"].as_array().unwrap().iter().find(|it| it["sku"] == sku).unwrap().clone();
    ["stocked", "available", "reserved", "sold"].map(|name| line[name].as_i64().unwrap())
}

async fn books_are_right(api: &Api) {
    let found = api.done("/api/v1/stock/repair", json!({})).await.unwrap();
    assert_eq!(found["wrong"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_hundred_buyers_of_ten_units_exactly_ten_get_one_however_often_they_ask() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    stocked(api, "cup", 10).await;
    let mut buyers = tokio::task::JoinSet::new();
    for buyer in 0..500 {
        let api = api.clone();
        buyers.spawn(async move {
            let order = format!("o{buyer}");
            // The same request twice at the same time, and a third time with another basket.
            let (first, second) = tokio::join!(
                reserve(&api, wish(&order, &[("cup", 1)])),
                reserve(&api, wish(&order, &[("cup", 1)]))
            );
            let other = reserve(&api, wish(&order, &[("cup", 2)])).await;
            (first.status, second.status, other.status, first.code())
        });
    }
    let mut served = 0;
    for answers in buyers.join_all().await {
        match answers {
            (200, 200, 422, _) => served += 1,
            (409, 409, 409, code) => assert_eq!(code, "sold_out"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(served, 10);
    assert_eq!(sums(api, "cup").await, [10, 0, 10, 0]);
    books_are_right(api).await;
}

#[tokio::test]
async fn an_order_goes_from_hold_to_shelf_and_each_step_counts_once_also_after_a_kill() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for (sku, units) in [("cup", 10), ("spoon", 6)] {
        stocked(api, sku, units).await;
    }
    let recipes = json!({ "recipes": [{ "sku": "set", "kind": "bundle",
        "parts": [{ "sku": "cup", "quantity": 2 }, { "sku": "spoon", "quantity": 1 }] }] });
    api.call(Method::PUT, "/api/v1/stock/recipes", Some(recipes)).await.unwrap();
    let basket = wish("a", &[("set", 2), ("cup", 1), ("cup", 1)]);
    let held = reserve(api, basket.clone()).await.json();
    assert_eq!((text(&held, "/status"), &held["again"]), ("held".to_owned(), &json!(false)));
    assert_eq!(held["parts"], json!([{ "sku": "cup", "quantity": 6 }, { "sku": "spoon", "quantity": 2 }]));
    let short = reserve(api, wish("b", &[("set", 3)])).await;
    assert_eq!((short.status, short.code()), (409, "sold_out".to_owned()));
    assert!(text(&short.json(), "/title").contains("cup: 6 wanted, 4 can be had"), "{}", short.json());
    assert_eq!((sums(api, "cup").await, sums(api, "spoon").await), ([10, 4, 6, 0], [6, 4, 2, 0]));
    assert_eq!(step(api, "a", "pick").await.code(), "reservation_settled");
    assert_eq!(text(&step(api, "a", "pay").await.json(), "/status"), "paid");
    assert_eq!(sums(api, "cup").await, [10, 4, 0, 6]);

    let (_folder, data) = fresh.kill().await;
    let server = Server::start(&data).await.unwrap();
    let api = &server.operator().unwrap();
    let again = reserve(api, basket).await.json();
    assert_eq!((text(&again, "/status"), &again["again"]), ("paid".to_owned(), &json!(true)));
    assert_eq!(step(api, "a", "pay").await.json()["again"], true);
    assert_eq!(step(api, "a", "release").await.code(), "reservation_settled");
    assert_eq!(step(api, "a", "pick").await.status, 200);
    assert_eq!(step(api, "a", "cancel").await.code(), "reservation_settled");
    assert_eq!(step(api, "nobody", "pay").await.status, 404);
    let rows = api.get("/api/v1/stock/cup/movements").await.unwrap().json();
    let kinds: Vec<String> =
        rows["movements"].as_array().unwrap().iter().map(|row| text(row, "/kind")).collect();
    assert_eq!(kinds, ["sold_reserved", "reserved", "received", "buffer_share_set"]);
    assert_eq!((&rows["movements"][0]["order"], &rows["movements"][0]["number"]), (&json!("a"), &json!(4)));
    books_are_right(api).await;
    let checked = run(["stock", "check", "--data", data.to_str().unwrap()]).await.unwrap();
    assert!(checked.status.success());
}

#[tokio::test]
async fn whoever_waits_is_served_in_order_by_restocks_ends_of_holds_and_cancellations() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    stocked(api, "cup", 1).await;
    let mut brief = wish("brief", &[("cup", 1)]);
    brief["hold_ms"] = json!(300);
    assert_eq!(reserve(api, brief).await.json()["status"], "held");
    for (order, units, ahead) in [("w1", 1, 0), ("w2", 3, 1), ("w3", 1, 2), ("w4", 1, 3)] {
        let answer = reserve(api, waiting(order, &[("cup", units)])).await.json();
        assert_eq!(
            (text(&answer, "/status"), &answer["ahead"]),
            ("waiting".to_owned(), &json!(ahead)),
            "{order}"
        );
    }
    let queue = async || {
        let list = api.get("/api/v1/stock/cup/waitlist").await.unwrap().json();
        list["first"].as_array().unwrap().iter().map(|row| text(row, "/order")).collect::<Vec<_>>()
    };
    // The hold ends by itself, and the first who waits has it.
    until(&queue, |queue| *queue == ["w2", "w3", "w4"]).await;
    assert_eq!(step(api, "brief", "pay").await.code(), "sold_out", "its money came too late");
    // The big one keeps its place, and does not hold up the one behind it.
    step(api, "w1", "release").await;
    assert_eq!(queue().await, ["w2", "w4"]);
    assert_eq!(api.get(&format!("{RESERVATIONS}/w4")).await.unwrap().json()["ahead"], 1);
    moved(api, "more", "cup", "received", 3).await;
    assert_eq!(queue().await, ["w4"], "a restock serves whoever is first before it is answered");
    assert_eq!(step(api, "w4", "pay").await.json()["status"], "waiting", "it can be paid while it waits");
    step(api, "w2", "cancel").await;
    assert_eq!(api.get(&format!("{RESERVATIONS}/w4")).await.unwrap().json()["status"], "paid");
    assert_eq!(sums(api, "cup").await, [4, 2, 1, 1]);
    let unreserve = json!({ "id": "u", "sku": "cup", "kind": "unreserved", "quantity": 1 });
    let taken = api.post("/api/v1/stock/movements", json!({ "movements": [unreserve] })).await.unwrap();
    assert_eq!(taken.status, 409, "what an order holds is not released by hand: {}", taken.json());
    books_are_right(api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_a_cancellation_and_the_end_of_a_hold_at_once_are_one_legal_way_through() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    stocked(api, "cup", 60).await;
    let mut buyers = tokio::task::JoinSet::new();
    for buyer in 0..60_u64 {
        let api = api.clone();
        buyers.spawn(async move {
            let order = format!("o{buyer}");
            let mut brief = wish(&order, &[("cup", 1)]);
            brief["hold_ms"] = json!(300);
            assert_eq!(reserve(&api, brief).await.status, 200);
            let later = async |ms: u64, name: &str| {
                tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
                step(&api, &order, name).await.status
            };
            // Around the end of the hold, which the server looks for once a second and at every request.
            let (pay, cancel) = tokio::join!(later(250 + buyer * 5, "pay"), later(550 - buyer * 5, "cancel"));
            (order.clone(), pay, cancel)
        });
    }
    let answers = buyers.join_all().await;
    let rows = api.get("/api/v1/stock/cup/movements?limit=200").await.unwrap().json();
    let mut ways = std::collections::BTreeMap::<String, Vec<String>>::new();
    for row in rows["movements"].as_array().unwrap().iter().rev().filter(|row| row["order"].is_string()) {
        ways.entry(text(row, "/order")).or_default().push(text(row, "/kind"));
    }
    let (mut sold, mut paid_late) = (0, 0);
    for (order, pay, cancel) in answers {
        let way = ways[&order].join(" ");
        let status = text(&api.get(&format!("{RESERVATIONS}/{order}")).await.unwrap().json(), "/status");
        let found = (way.as_str(), status.as_str(), pay, cancel);
        match found {
            ("reserved unreserved", "cancelled", 409, 200) => {}
            (
                "reserved sold_reserved returned" | "reserved unreserved sold returned",
                "cancelled",
                200,
                200,
            ) => {}
            other => panic!("{order}: {other:?}"),
        }
        sold += usize::from(way.contains("sold"));
        paid_late += usize::from(way.contains("unreserved sold"));
    }
    // Both ways are there, or nothing raced.
    assert!(sold > 0 && sold < 60, "{sold} sold, {paid_late} of them after the hold");
    assert_eq!(sums(api, "cup").await, [60, 60, 0, 0]);
    books_are_right(api).await;
}

#[tokio::test]
async fn where_stock_is_taken_on_payment_ordering_takes_nothing() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    stocked(api, "cup", 1).await;
    for order in ["slow", "quick"] {
        let mut open = wish(order, &[("cup", 1)]);
        open["taking"] = json!("on_payment");
        assert_eq!(reserve(api, open).await.json()["status"], "open");
    }
    assert_eq!(sums(api, "cup").await, [1, 1, 0, 0]);
    assert_eq!(step(api, "quick", "pay").await.json()["status"], "paid");
    assert_eq!(step(api, "slow", "pay").await.code(), "sold_out");
    assert_eq!(sums(api, "cup").await, [1, 0, 0, 1]);
}

#[tokio::test]
async fn reservations_are_listed_in_pages_and_searched_and_wrong_ones_are_named_by_field() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    stocked(api, "cup", 10).await;
    for order in ["a-1", "a-2", "b-1"] {
        reserve(api, wish(order, &[("cup", 1)])).await;
    }
    step(api, "a-1", "pay").await;
    let orders = async |query: &str| {
        let page = api.get(&format!("{RESERVATIONS}?{query}")).await.unwrap().json();
        let rows = page["reservations"].as_array().unwrap().iter();
        (rows.map(|it| text(it, "/order")).collect::<Vec<_>>(), page["next"].as_str().map(str::to_owned))
    };
    let (first, next) = orders("limit=2").await;
    let (rest, end) = orders(&format!("limit=2&after={}", next.unwrap())).await;
    assert_eq!(([first, rest].concat(), end), (vec!["b-1".to_owned(), "a-2".into(), "a-1".into()], None));
    assert_eq!(orders("search=A-").await.0, ["a-2", "a-1"]);
    assert_eq!(orders("unsettled=true").await.0, ["b-1", "a-2"]);
    assert_eq!(orders("status=paid&search=cup").await.0, ["a-1"]);
    for (wrong, field) in [
        (wish("", &[("cup", 1)]), "order"),
        (wish("c", &[]), "lines"),
        (wish("c", &[("cup", 1), ("cup", 0)]), "lines[1].quantity"),
        (wish("c", &[("", 1)]), "lines[0].sku"),
        (json!({ "order": "c", "lines": [{ "sku": "cup", "quantity": 1 }], "hold_ms": 0 }), "hold_ms"),
    ] {
        let answer = reserve(api, wrong).await;
        assert_eq!((answer.status, text(&answer.json(), "/errors/0/field")), (422, field.to_owned()));
    }
}
