//! Mistakes planted in five thousand made-up orders, through HTTP: the wrong ones are held, and the right ones bother nobody.

use std::collections::{BTreeMap, BTreeSet};

use crate::planted::{Shelf, Wrong, planted, shelf};
use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::orders::Shop;
use crate::{now, until};

const ORDERS: usize = 5_000;
const SEED: u64 = 618;
/// In whole seconds, because exports have nothing finer.
const SPAN_MS: i64 = 6_000;

/// Puts everything on sale, and waits until the orders can have been placed; the show, and from when on.
async fn on_sale(api: &Api) -> (String, i64) {
    let shelf = shelf();
    for (n, product) in shelf.products.iter().enumerate() {
        let body = json!({ "id": product.id, "name": product.name, "price_fen": product.price, "link_number": n + 1 });
        // The first is there already, under another name.
        let added = api.post("/api/v1/products", body).await.unwrap();
        assert!(added.status < 300 || product.id == "tee", "{}", String::from_utf8_lossy(&added.body));
        for sku in &product.skus {
            let body = json!({ "id": sku.id, "spec": { "颜色": sku.colour, "尺码": sku.size } });
            api.done(&format!("/api/v1/products/{}/skus", product.id), body).await.unwrap();
            if sku.ended {
                let path = format!("/api/v1/products/{}/skus/{}/disable", product.id, sku.id);
                assert!(api.call(Method::POST, &path, None).await.unwrap().status < 300);
            }
        }
        let floor = format!("{}.00", product.price * 45 / 10_000);
        let floor = json!({ "edits": [{ "product": product.id, "field": "floor_price", "text": floor }] });
        api.done("/api/v1/facts", floor).await.unwrap();
        if let Some(limit) = product.limit {
            let edit = json!({ "edits": [{ "product": product.id, "field": "purchase_limit", "text": limit.to_string() }] });
            api.done("/api/v1/facts", edit).await.unwrap();
        }
    }
    for promotion in Shelf::promotions(now() - 86_400_000, now() + 86_400_000) {
        let id = text(&api.done("/api/v1/promotions", promotion).await.unwrap(), "/promotion/id");
        let published = api.post(&format!("/api/v1/promotions/{id}/publish"), json!({})).await.unwrap();
        assert!(published.status < 300, "{}", String::from_utf8_lossy(&published.body));
    }
    let show = api.open_show("618 专场").await.unwrap();
    let from = (now() / 1_000 + 2) * 1_000;
    until(async || now(), |now| *now > from + SPAN_MS + 2_000).await;
    (show, from)
}

/// The numbers of all orders that a list holds.
async fn listed(api: &Api, path: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = api.get(&format!("{path}&limit=200{after}")).await.unwrap().json();
        let cards = page["cards"].as_array().unwrap_or_else(|| panic!("{page}"));
        found.extend(cards.iter().map(|card| text(card, "/order/number")));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

/// What was found in an order, in a few words.
async fn why(api: &Api, number: &str) -> String {
    let card = api.get(&format!("/api/v1/orders/douyin:{number}/verification")).await.unwrap().json();
    let codes = card["findings"].as_array().into_iter().flatten();
    codes.map(|it| format!("{}.{}", text(it, "/kind"), text(it, "/code"))).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_mistakes_are_held_and_right_orders_go_on() {
    let shop = Shop::open().await;
    let api = shop.operator.kept();
    let (show, from) = on_sale(&api).await;
    let planted = planted(SEED, ORDERS, from, from + SPAN_MS);
    let began = now();
    let events: Vec<String> = planted.events().lines().map(|line| format!("{line}\n")).collect();
    for some in events.chunks(500) {
        assert_eq!(api.send(&show, some.concat()).await.unwrap().status, 200);
    }
    let mut opened = 0;
    for export in planted.exports(500) {
        let path = "/api/v1/orders/import?name=orders.csv&apply=true";
        let request = api.request(Method::POST, path).header("content-type", "application/octet-stream");
        let taken = api.answer(request.body(export.into_bytes())).await.unwrap().json();
        assert_eq!(taken["refused_count"], 0, "{taken}");
        opened += taken["opened"].as_u64().unwrap();
    }
    assert_eq!(usize::try_from(opened).unwrap(), planted.orders.len());
    let imported = now();
    let counts =
        async || api.get("/api/v1/orders/verification?limit=1").await.unwrap().json()["counts"].clone();
    let mut waited = until(&counts, |_| true).await;
    while waited.get("due").is_some() {
        waited = until(&counts, |counts: &Value| *counts != waited).await;
    }
    println!("imported in {} ms, checked after {} ms: {waited}", imported - began, now() - began);

    let held = listed(&api, "/api/v1/orders/verification?state=waiting").await;
    let (mut caught, mut missed, mut bothered) = (0, Vec::new(), Vec::new());
    let mut by_kind = BTreeMap::<Option<Wrong>, (usize, usize)>::new();
    for order in &planted.orders {
        let is_held = held.contains(&order.number);
        let count = by_kind.entry(order.wrong).or_default();
        *count = (count.0 + 1, count.1 + usize::from(is_held));
        match (order.wrong, is_held) {
            (Some(_), true) => caught += 1,
            (Some(_), false) => missed.push(order),
            (None, true) => bothered.push(order),
            (None, false) => {}
        }
    }
    for (kind, (all, held)) in &by_kind {
        println!(
            "{:<12} {held:>5} held of {all}",
            kind.map_or("right".to_owned(), |kind| format!("{kind:?}"))
        );
    }
    for order in missed.iter().take(20) {
        println!("missed {order:?}");
    }
    for order in bothered.iter().take(20) {
        println!("bothered {}: {order:?}", why(&api, &order.number).await);
    }
    let wrong = caught + missed.len();
    let right = planted.orders.len() - wrong;
    println!(
        "{caught} of {wrong} wrong ones held, {} of {right} right ones sent to a person",
        bothered.len()
    );
    assert!(wrong > 400 && right > 4_000, "{wrong} {right}");
    assert!(caught * 100 >= wrong * 99, "{caught} of {wrong} wrong ones are held");
    assert!(bothered.len() * 100 <= right, "{} of {right} right ones bother a person", bothered.len());
}
