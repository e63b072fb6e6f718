//! Stocking up, and what must hold of the books.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use serde_json::{Value, json};

use super::at;
use super::buyers::{BRIEF_MS, Going, SET, Shop};
use crate::api::{Api, text};

/// Orders that are asked for again after each start.
const ASKED_AGAIN: usize = 200;

/// How often it is looked whether brief holds have ended.
const LOOKS_MAX: usize = 100;
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Receives the units of every SKU, without a buffer, and makes the bundle.
pub(super) async fn stock_up(api: &Api, shop: &Shop) -> Result<()> {
    for (sku, units) in &shop.skus {
        let movements = json!({ "movements": [
            { "id": format!("share-{sku}"), "sku": sku, "kind": "buffer_share_set", "quantity": 0 },
            { "id": format!("in-{sku}"), "sku": sku, "kind": "received", "quantity": units },
        ] });
        api.done("/api/v1/stock/movements", movements).await?;
    }
    let parts = json!([{ "sku": "cup", "quantity": 1 }, { "sku": "spoon", "quantity": 2 }]);
    let recipes = json!({ "recipes": [{ "sku": SET, "kind": "bundle", "parts": parts }] });
    let made = api.call(Method::PUT, "/api/v1/stock/recipes", Some(recipes)).await?;
    ensure!(made.status == 200, "{}", String::from_utf8_lossy(&made.body));
    Ok(())
}

async fn sums(api: &Api, sku: &str) -> Result<BTreeMap<String, i64>> {
    let page = api.get(&format!("/api/v1/stock?search={sku}")).await?.json();
    let lines = at(&page, "/stocks").as_array().cloned().unwrap_or_default();
    let line =
        lines.into_iter().find(|it| *at(it, "/sku") == sku).with_context(|| format!("{sku} has no stock"))?;
    let numbers = line.as_object().into_iter().flatten();
    Ok(numbers.filter_map(|(name, value)| Some((name.clone(), value.as_i64()?))).collect())
}

/// How many are left of each SKU.
pub(super) async fn left(api: &Api, shop: &Shop) -> Result<Vec<(&'static str, i64)>> {
    let mut left = Vec::new();
    for (sku, _) in &shop.skus {
        left.push((*sku, sums(api, sku).await?.get("available").copied().unwrap_or(0)));
    }
    Ok(left)
}

/// The books balance, they are what the orders amount to, and orders that were answered are answered the same again.
pub(super) async fn check(api: &Api, shop: &Shop, going: &Arc<Going>) -> Result<()> {
    let orders = quiet(api).await?;
    let repair = api.done("/api/v1/stock/repair", json!({})).await?;
    ensure!(*at(&repair, "/wrong") == json!([]), "the sums are not what the movements give: {repair}");
    for (sku, units) in &shop.skus {
        let sums = sums(api, sku).await?;
        let of = |name: &str| sums.get(name).copied().unwrap_or(-1);
        ensure!(of("available") >= 0 && of("stocked") == *units, "{sku}: {sums:?}");
        ensure!(of("available") + of("reserved") + of("sold") + of("buffer") == *units, "{sku}: {sums:?}");
        let amounts = |statuses: &[&str]| {
            let of_status = orders.values().filter(|it| statuses.contains(&text(it, "/status").as_str()));
            of_status.map(|it| units_of(it, sku)).sum::<i64>()
        };
        ensure!(amounts(&["held"]) == of("reserved"), "{sku}: {} held, {sums:?}", amounts(&["held"]));
        ensure!(amounts(&["paid", "picked"]) == of("sold"), "{sku}: {sums:?}");
    }
    check_answers(api, &orders, going).await
}

/// Every order that was given stands as it was left, and one that was refused has nothing; some are asked for once more.
async fn check_answers(api: &Api, orders: &BTreeMap<String, Value>, going: &Arc<Going>) -> Result<()> {
    let settled = going.settled();
    for (buyer, given) in &settled {
        let Some(order) = orders.get(&buyer.order) else {
            ensure!(!given, "the order {} was acknowledged and is lost", buyer.order);
            continue;
        };
        ensure!(*given, "the order {} was refused and has {order}", buyer.order);
        let status = text(order, "/status");
        ensure!(buyer.ends().contains(&status.as_str()), "the order {} is {status}", buyer.order);
        for (sku, units) in buyer.parts() {
            ensure!(units_of(order, sku) == units, "the order {} has {order}", buyer.order);
        }
    }
    let mut random = ChaCha8Rng::seed_from_u64(going.seed + settled.len() as u64);
    for (buyer, given) in settled.sample(&mut random, ASKED_AGAIN) {
        let answer = api.post("/api/v1/reservations", buyer.wish()).await?;
        let body = answer.json();
        match given {
            true => {
                ensure!(
                    answer.status == 200 && *at(&body, "/again") == true,
                    "{} was given twice: {body}",
                    buyer.order
                );
            }
            false => ensure!(answer.code() == "sold_out", "{} was refused and now has {body}", buyer.order),
        }
    }
    Ok(())
}

fn units_of(order: &Value, sku: &str) -> i64 {
    let parts = at(order, "/parts").as_array().into_iter().flatten();
    parts.filter(|part| *at(part, "/sku") == sku).filter_map(|part| at(part, "/quantity").as_i64()).sum()
}

/// Every order, once no brief hold is left that could end while one looks.
async fn quiet(api: &Api) -> Result<BTreeMap<String, Value>> {
    for _ in 0..LOOKS_MAX {
        let orders = orders(api).await?;
        if !orders.values().any(|it| *at(it, "/status") == "held" && *at(it, "/hold_ms") == BRIEF_MS) {
            return Ok(orders);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bail!("holds do not end")
}

/// Every order, by id.
async fn orders(api: &Api) -> Result<BTreeMap<String, Value>> {
    let (mut orders, mut after) = (BTreeMap::new(), String::new());
    loop {
        let page = api.get(&format!("/api/v1/reservations?limit=200{after}")).await?;
        ensure!(page.status == 200, "{}", String::from_utf8_lossy(&page.body));
        let page = page.json();
        for order in at(&page, "/reservations").as_array().into_iter().flatten() {
            let twice = orders.insert(text(order, "/order"), order.clone());
            ensure!(twice.is_none(), "{order} is listed twice");
        }
        match at(&page, "/next").as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(orders),
        }
    }
}

/// Everything is sold, to the unit; how much that is.
pub(super) async fn all_sold(api: &Api, shop: &Shop) -> Result<i64> {
    let mut sold = 0;
    for (sku, units) in &shop.skus {
        let sums = sums(api, sku).await?;
        ensure!(sums.get("sold") == Some(units), "{sku}: {units} were there, {sums:?}");
        sold += units;
    }
    Ok(sold)
}
