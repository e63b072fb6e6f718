//! An order for the line-up: from assumptions that are told as such, from past shows, and for the rest of a show on air.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{AT, Fresh, line, now};

const MINUTE: i64 = 60_000;

async fn products(api: &Api) {
    for (id, price, number) in [("tee", 5_900, 1), ("coat", 69_900, 2), ("socks", 1_900, 3)] {
        let body = json!({ "id": id, "name": id, "price_fen": price, "link_number": number });
        api.done("/api/v1/products", body).await.unwrap();
    }
}

async fn set_lineup(api: &Api, show: &str) {
    let lineup = json!({ "products": ["tee", "coat", "socks"] });
    let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    assert_eq!(set.status, 200);
}

async fn proposed(api: &Api, show: &str, wishes: Value) -> Value {
    api.done(&format!("/api/v1/shows/{show}/lineup/proposal"), wishes).await.unwrap()
}

fn basis<'a>(proposal: &'a Value, product: &str) -> &'a Value {
    let all = proposal["assumed"]["products"].as_array().unwrap();
    all.iter().find(|it| it["product"] == product).unwrap()
}

/// Half an hour in which `viewers` are online, the tee is on stage for ten minutes and is bought.
fn half_an_hour(begun: i64, viewers: usize) -> String {
    let mut lines = line("s1", begun, "crew.item_staged", ",\"product\":\"tee\"");
    for viewer in 0..viewers {
        let of = format!(",\"user\":\"u{viewer}\",\"session\":\"s{viewer}\"");
        lines += &line(&format!("j{viewer}"), begun, "join", &of);
        for minute in 1..31 {
            let at = begun + minute * MINUTE;
            lines += &line(&format!("h{viewer}-{minute}"), at, "heartbeat", &of);
        }
    }
    for order in 0..viewers / 2 {
        let of = format!(",\"user\":\"u{order}\",\"order\":\"o{order}\",\"product\":\"tee\",\"amount\":5900");
        lines += &line(&format!("p{order}"), begun + 5 * MINUTE, "order_paid", &of);
    }
    lines + &line("s2", begun + 10 * MINUTE, "crew.item_staged", "")
}

#[tokio::test]
async fn without_past_shows_an_order_rests_on_assumptions_that_anybody_can_put_right() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    products(api).await;
    let show = api.open_show("周三场").await.unwrap();
    let path = format!("/api/v1/shows/{show}/lineup/proposal");
    let empty = api.post(&path, json!({})).await.unwrap();
    assert_eq!((empty.status, empty.code()), (422, "invalid".to_owned()));
    set_lineup(api, &show).await;

    let proposal = proposed(api, &show, json!({ "minutes": 60 })).await;
    assert_eq!(proposal["assumed"]["audience"]["from"], "assumed");
    assert_eq!(basis(&proposal, "coat")["margin"]["from"], "assumed");
    let rows = proposal["ordered"]["rows"].as_array().unwrap();
    assert_eq!((text(&rows[0], "/product"), rows[0]["from"].as_u64()), ("socks".into(), Some(0)));
    assert_eq!(rows[0]["reasons"][0], "opens_the_show");
    let dear = rows.iter().find(|row| row["product"] == "coat").unwrap();
    assert!(dear["reasons"].as_array().unwrap().contains(&json!("dear_in_the_peak")), "{dear}");
    assert!(proposal["ordered"]["gap"].as_f64().unwrap() < 0.05);

    let wishes =
        json!({ "minutes": 60, "products": { "tee": { "locked_at": 20, "margin": 4000, "minutes": 7 } } });
    let proposal = proposed(api, &show, wishes).await;
    let rows = proposal["ordered"]["rows"].as_array().unwrap();
    let tee = rows.iter().find(|row| row["product"] == "tee").unwrap();
    assert_eq!((tee["from"].as_u64(), tee["to"].as_u64()), (Some(20), Some(27)));
    assert_eq!(basis(&proposal, "tee")["margin"]["from"], "said");

    for (wishes, field) in [
        (json!({ "minutes": 0 }), "minutes"),
        (json!({ "products": { "hat": {} } }), "products"),
        (json!({ "minutes": 60, "products": { "tee": { "minutes": 90 } } }), "products.tee.minutes"),
    ] {
        let wrong = api.post(&path, wishes).await.unwrap();
        assert_eq!(wrong.status, 422);
        assert_eq!(text(&wrong.json(), "/errors/0/field"), field, "{}", wrong.json());
    }
    let host = api.hire("主播", &["anchor"]).await.unwrap().0;
    assert_eq!(host.post(&path, json!({})).await.unwrap().status, 403);
}

#[tokio::test]
async fn past_shows_are_learned_from_and_a_show_on_air_is_planned_from_where_it_stands() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    products(api).await;
    let body = json!({ "title": "上周三", "kind": "daily", "mode": "recording" });
    let past = text(&api.done("/api/v1/shows", body).await.unwrap(), "/id");
    api.done(&format!("/api/v1/shows/{past}/open"), json!({})).await.unwrap();
    let recorded = api.request(Method::POST, &format!("/api/v1/shows/{past}/events?recording=true"));
    let recorded = recorded.header("content-type", "application/x-ndjson").body(half_an_hour(AT, 40));
    assert_eq!(api.answer(recorded).await.unwrap().status, 200);
    api.done(&format!("/api/v1/shows/{past}/end"), json!({})).await.unwrap();

    let show = api.open_show("本周三").await.unwrap();
    set_lineup(api, &show).await;
    let proposal = proposed(api, &show, json!({ "minutes": 60 })).await;
    assert_eq!(proposal["assumed"]["audience"], json!({ "from": "past_shows", "shows": 1 }));
    let tee = basis(&proposal, "tee");
    assert_eq!(
        (&tee["orders_per_viewer"]["from"], &tee["orders_per_viewer"]["orders"]),
        (&json!("seen"), &json!(20))
    );
    assert_eq!(tee["minutes"], json!({ "from": "past_shows", "shows": 1 }));
    assert_eq!(proposal["from"], Value::Null);

    let begun = now() - 20 * MINUTE;
    api.send(&show, line("c", begun, "comment", ",\"user\":\"u\",\"text\":\"来了\"")).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/stage"), json!({ "product": "socks" })).await.unwrap();
    let rest = proposed(api, &show, json!({ "minutes": 60 })).await;
    assert!((20..=22).contains(&rest["from"].as_u64().unwrap()), "{}", rest["from"]);
    assert_eq!(rest["shown"], json!(["socks"]));
    let rows = rest["ordered"]["rows"].as_array().unwrap();
    assert!(
        rows.iter().all(|row| row["product"] != "socks" && row["from"].as_u64() >= rest["from"].as_u64())
    );
    assert_eq!(rows.len(), 2);
    let over =
        api.post(&format!("/api/v1/shows/{show}/lineup/proposal"), json!({ "minutes": 15 })).await.unwrap();
    assert_eq!(text(&over.json(), "/errors/0/field"), "minutes");
}
