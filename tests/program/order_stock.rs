//! Orders from outside and the stock: each takes its units once, whatever its notices do and whenever the process ends.

use livehand_tests::api::{Api, text};
use livehand_tests::program::{Server, run};
use serde_json::{Value, json};

use crate::orders::{Shop, notice};
use crate::{now, until};

const HOUR_MS: i64 = 3_600_000;

pub(crate) async fn stocked(api: &Api, sku: &str, units: i64) {
    let movements = json!({ "movements": [
        { "id": format!("none-{sku}"), "sku": sku, "kind": "buffer_share_set", "quantity": 0 },
        { "id": format!("in-{sku}"), "sku": sku, "kind": "received", "quantity": units },
    ] });
    api.done("/api/v1/stock/movements", movements).await.unwrap();
}

/// Available, reserved, sold.
pub(crate) async fn sums(api: &Api, sku: &str) -> [i64; 3] {
    let page = api.get(&format!("/api/v1/stock?search={sku}")).await.unwrap().json();
    let line = page["stocks"].as_array().unwrap().iter().find(|it| it["sku"] == sku).unwrap().clone();
    ["available", "reserved", "sold"].map(|name| line[name].as_i64().unwrap())
}

/// Waits until the stock is so.
pub(crate) async fn comes_to(api: &Api, sku: &str, wanted: [i64; 3]) {
    until(async || sums(api, sku).await, |found| *found == wanted).await;
}

async fn status(api: &Api, number: &str) -> String {
    let answer = api.get(&format!("/api/v1/reservations/douyin:{number}")).await.unwrap();
    if answer.status == 404 { "none".to_owned() } else { text(&answer.json(), "/status") }
}

pub(crate) async fn becomes(api: &Api, number: &str, wanted: &str) {
    until(async || status(api, number).await, |found| found == wanted).await;
}

pub(crate) async fn books_are_right(api: &Api) {
    let found = api.done("/api/v1/stock/repair", json!({})).await.unwrap();
    assert_eq!(found["wrong"], json!([]));
}

fn placed(number: &str, units: i64, at: i64) -> Value {
    let mut created = notice(number, "created", at);
    created["lines"] = json!([{ "sku": "tee", "quantity": units, "paid_fen": 9_900 * units }]);
    created
}

/// Delivers each, twice.
async fn deliver(shop: &Shop, notices: &[Value]) {
    for said in notices {
        for _ in 0..2 {
            let id = format!("{}-{}", text(said, "/number"), text(said, "/state"));
            assert_eq!(shop.deliver(&id, said).await.status, 200);
        }
    }
}

/// What holds an order.
pub(crate) async fn held(api: &Api, number: &str) -> Vec<String> {
    let order = api.get(&format!("/api/v1/orders/douyin:{number}")).await.unwrap().json();
    let holds = order.pointer("/fulfilment/holds").unwrap();
    let standing = holds.as_array().unwrap().iter().filter(|hold| hold["lifted_at"].is_null());
    standing.map(|hold| text(hold, "/kind")).collect()
}

#[tokio::test]
async fn an_order_holds_sells_and_takes_its_units_once_however_its_notices_come() {
    let shop = Shop::open().await;
    let api = &shop.operator;
    stocked(api, "tee", 10).await;
    let at = now();
    deliver(&shop, &[placed("1", 2, at)]).await;
    comes_to(api, "tee", [8, 2, 0]).await;
    deliver(&shop, &[notice("1", "paid", at + 1)]).await;
    comes_to(api, "tee", [8, 0, 2]).await;
    deliver(&shop, &[notice("1", "shipped", at + 2)]).await;
    becomes(api, "1", "picked").await;
    // The same life backwards: it is not known what was bought until the last notice.
    deliver(&shop, &[notice("2", "shipped", at + 2), notice("2", "paid", at + 1), placed("2", 3, at)]).await;
    becomes(api, "2", "picked").await;
    comes_to(api, "tee", [5, 0, 5]).await;
    // Bought before the books were opened: what lay there then was counted without it.
    let old = at - 30 * 24 * HOUR_MS;
    deliver(&shop, &[placed("3", 4, old), notice("3", "paid", old + 1)]).await;
    // Not paid, and its time is over: it waits for nothing, though it came late.
    deliver(&shop, &[placed("4", 1, now()), notice("4", "closed", now())]).await;
    deliver(&shop, &[placed("5", 1, now())]).await;
    becomes(api, "5", "held").await;
    comes_to(api, "tee", [4, 1, 5]).await;
    assert_eq!(status(api, "3").await, "none");
    deliver(&shop, &[notice("5", "closed", now())]).await;
    comes_to(api, "tee", [5, 0, 5]).await;
    // The warehouse knows that a parcel is out before the platform says so; what comes back then is a return of its own.
    deliver(&shop, &[placed("6", 1, now()), notice("6", "paid", now())]).await;
    becomes(api, "6", "paid").await;
    until(async || shop.order("6").await, |order| order["fulfilment"]["checked"] == true).await;
    api.done("/api/v1/fulfilment", json!({ "orders": ["douyin:6"], "node": "out" })).await.unwrap();
    becomes(api, "6", "picked").await;
    deliver(&shop, &[notice("6", "refunded", now())]).await;
    until(async || text(&shop.order("6").await, "/state"), |state| state == "refunded").await;
    comes_to(api, "tee", [4, 0, 6]).await;
    books_are_right(api).await;
}

#[tokio::test]
async fn a_paid_order_of_which_nothing_is_left_waits_and_is_served_by_a_refund_and_a_restock() {
    let shop = Shop::open().await;
    let api = &shop.operator;
    stocked(api, "tee", 1).await;
    for number in ["1", "2", "3"] {
        let at = now();
        deliver(&shop, &[placed(number, 1, at), notice(number, "paid", at)]).await;
        until(async || status(api, number).await, |found| found != "none").await;
    }
    comes_to(api, "tee", [0, 0, 1]).await;
    becomes(api, "1", "paid").await;
    let line = api.get("/api/v1/stock/tee/waitlist").await.unwrap();
    assert_eq!(line.status, 200, "{}", String::from_utf8_lossy(&line.body));
    let waiting: Vec<String> =
        line.json()["first"].as_array().unwrap().iter().map(|it| text(it, "/order")).collect();
    assert_eq!(waiting, ["douyin:2", "douyin:3"]);
    // For what is not there no label is printed.
    until(async || held(api, "2").await, |kinds| kinds == &["stock"]).await;
    let print = json!({ "orders": ["douyin:2"], "node": "printed" });
    assert_eq!(api.post("/api/v1/fulfilment", print).await.unwrap().code(), "order_held");
    // The first gets its money back before anything left: its unit goes to the one who waits longest.
    deliver(&shop, &[notice("1", "refunded", now())]).await;
    becomes(api, "2", "paid").await;
    assert_eq!((status(api, "1").await.as_str(), status(api, "3").await.as_str()), ("cancelled", "waiting"));
    let restock = json!({ "movements": [{ "id": "more", "sku": "tee", "kind": "received", "quantity": 5 }] });
    api.done("/api/v1/stock/movements", restock).await.unwrap();
    becomes(api, "3", "paid").await;
    until(async || held(api, "2").await.len() + held(api, "3").await.len(), |kinds| *kinds == 0).await;
    comes_to(api, "tee", [4, 0, 2]).await;
    books_are_right(api).await;
}

#[tokio::test]
async fn no_order_is_lost_to_the_stock_or_counted_twice_when_the_server_is_killed() {
    let shop = Shop::open().await;
    stocked(&shop.operator, "tee", 40).await;
    let at = now();
    let orders: Vec<String> = (0..50).map(|n| format!("69{n:02}")).collect();
    for number in &orders {
        let paid = [placed(number, 1, at), notice(number, "paid", at + 1)];
        for said in &paid {
            let id = format!("{number}-{}", text(said, "/state"));
            assert_eq!(shop.deliver(&id, said).await.status, 200);
        }
    }
    let data = shop.data();
    let Shop { folder: _folder, server, .. } = shop;
    server.kill().await.unwrap();
    let server = Server::start(&data).await.unwrap();
    let api = &server.operator().unwrap();
    comes_to(api, "tee", [0, 0, 40]).await;
    let waiting = async || {
        let line = api.get("/api/v1/stock/tee/waitlist").await.unwrap().json();
        line["waiting"].clone()
    };
    until(waiting, |count| *count == 10).await;
    let mut kinds = std::collections::BTreeMap::new();
    for number in &orders {
        *kinds.entry(status(api, number).await).or_insert(0) += 1;
    }
    assert_eq!(kinds, [("paid".to_owned(), 40), ("waiting".to_owned(), 10)].into());
    books_are_right(api).await;
    let checked = run(["stock", "check", "--data", data.to_str().unwrap()]).await.unwrap();
    assert!(checked.status.success());
}
