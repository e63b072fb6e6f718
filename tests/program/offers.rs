//! Promotions and the worst price through HTTP: drafts, refusals with the order that shows why, simulation while typing.

use livehand_kernel::{FactKey, Millis, PersonId, ProductId};
use livehand_storage::facts::NewFact;
use livehand_storage::{Db, facts};
use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now};

const DAY: i64 = 86_400_000;

async fn product(api: &Api, id: &str, price: i64) {
    let body = json!({ "id": id, "name": id, "price_fen": price, "link_number": 1 });
    api.done("/api/v1/products", body).await.unwrap();
}

fn promotion(name: &str, rule: Value) -> Value {
    json!({ "name": name, "rule": rule, "from": now() - DAY, "to": now() + DAY })
}

fn coupon(off: i64) -> Value {
    json!({ "kind": "coupon", "threshold_fen": 5_000, "off": { "by": "amount", "off_fen": off } })
}

async fn draft(api: &Api, body: Value) -> String {
    let added = api.done("/api/v1/promotions", body).await.unwrap();
    text(&added, "/promotion/id")
}

#[tokio::test]
async fn a_draft_has_versions_and_mistakes_are_named_by_their_field() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    product(api, "tee", 9_900).await;
    let id = draft(api, promotion("满50减10", coupon(1_000))).await;
    let path = format!("/api/v1/promotions/{id}");
    let edited =
        api.call(Method::PUT, &path, Some(promotion("满50减12", coupon(1_200)))).await.unwrap().json();
    assert_eq!((&edited["version"], &edited["status"]), (&json!(2), &json!("draft")));
    let list = api.get("/api/v1/promotions?search=12&status=draft").await.unwrap().json();
    assert_eq!(list["promotions"].as_array().unwrap().len(), 1);
    assert_eq!(list["promotions"][0]["promotion"]["rule"]["off"]["off_fen"], 1_200);

    for (rule, field) in [
        (coupon(0), "rule.off.off_fen"),
        (coupon(5_001), "rule.threshold_fen"),
        (json!({ "kind": "item_percent", "pays_percent": 100 }), "rule.pays_percent"),
    ] {
        let wrong = api.post("/api/v1/promotions", promotion("错", rule)).await.unwrap();
        assert_eq!((wrong.status, text(&wrong.json(), "/errors/0/field").as_str()), (422, field));
    }
    let mut nowhere = promotion("错", coupon(100));
    nowhere["scope"] = json!({ "of": "products", "products": ["hat"] });
    let wrong = api.post("/api/v1/promotions", nowhere).await.unwrap();
    assert_eq!(text(&wrong.json(), "/errors/0/field"), "scope.products");
    let typo = api.post("/api/v1/promotions", promotion("错", json!({ "kind": "coupon" }))).await.unwrap();
    assert_eq!(typo.status, 422);
    assert_eq!(
        api.call(Method::PUT, "/api/v1/promotions/none", Some(promotion("x", coupon(1))))
            .await
            .unwrap()
            .status,
        404
    );

    let csv = api.get("/api/v1/export/promotions.csv").await.unwrap();
    assert!(String::from_utf8(csv.body).unwrap().contains("满50减12"));
}

#[tokio::test]
async fn the_worst_price_is_told_with_the_order_that_reaches_it() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    product(api, "coat", 19_900).await;
    product(api, "socks", 10_100).await;
    let mut typed = promotion(
        "满300减40",
        json!({ "kind": "full_reduction", "threshold_fen": 30_000, "off_fen": 4_000 }),
    );
    typed["id"] = json!("draft");
    let body = json!({
        "promotions": [typed],
        "products": [
            { "product": "coat", "cost_fen": 15_000, "floor_fen": 17_600, "quantity_max": 1 },
            { "product": "socks", "cost_fen": 100 },
        ],
    });
    let worst = api.done("/api/v1/offers/simulate", body.clone()).await.unwrap();
    let coat = &worst["prices"][0];
    assert_eq!(coat["below_floor"], true);
    assert_eq!(coat["case"]["basket"][0]["payable_fen"], 17_247);
    assert_eq!(coat["case"]["steps"][0]["off_fen"], json!([2_653, 1_347]));
    // The coat alone, without any discount, earns least.
    assert_eq!(worst["margin"]["case"]["margin_fen"], 4_900);
    assert_eq!(worst["closed"]["figures"], 3);

    let mut unknown = body.clone();
    unknown["products"][1]["product"] = json!("hat");
    let wrong = api.post("/api/v1/offers/simulate", unknown).await.unwrap();
    assert_eq!(text(&wrong.json(), "/errors/0/field"), "products[1].product");
    let mut wrong = body;
    wrong["promotions"][0]["rule"]["off_fen"] = json!(-1);
    let wrong = api.post("/api/v1/offers/simulate", wrong).await.unwrap();
    assert_eq!(text(&wrong.json(), "/errors/0/field"), "promotions[0].rule.off_fen");
}

/// Writes facts of a product as the catalogue does, behind the server's back.
async fn know(fresh: &Fresh, product: &str, all: &[(&str, i64)]) {
    let db = Db::open(&format!("sqlite:{}", fresh.data().join("livehand.db").display())).await.unwrap();
    for (field, value) in all {
        let fact = NewFact {
            key: FactKey { product: ProductId::from(product), sku: None, field: (*field).to_owned() },
            value: json!(value),
            valid_from: None,
            valid_to: None,
            source: "manual".to_owned(),
            person_id: PersonId::from("p1"),
            person_name: "小林".to_owned(),
            at: Millis(now()),
            evidence: None,
            edit: None,
        };
        let fact = &fact;
        db.write(|tx| async move { facts::append(&tx, fact).await }).await.unwrap();
    }
    db.close().await;
}

#[tokio::test]
async fn both_accidents_are_refused_with_the_order_that_shows_them() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    product(api, "翡翠", 268_000_000).await;
    know(&fresh, "翡翠", &[("floor_price", 200_000_000), ("cost_price", 90_000_000)]).await;
    let price = |fen: i64| {
        let mut one = promotion("直播价", json!({ "kind": "item_price", "price": "live", "price_fen": fen }));
        one["scope"] = json!({ "of": "products", "products": ["翡翠"] });
        one
    };
    let slip = draft(api, price(26_800_000)).await;
    let refused = api.post(&format!("/api/v1/promotions/{slip}/publish"), json!({})).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "below_floor"));
    assert!(text(&refused.json(), "/title").contains("直播价 → ¥268000.00"), "{}", refused.json());
    let right = draft(api, price(258_000_000)).await;
    let published = api.done(&format!("/api/v1/promotions/{right}/publish"), json!({})).await.unwrap();
    assert_eq!((&published["status"], &published["version"]), (&json!("published"), &json!(2)));
    // A second live price for the same time is a mistake, and what is published is no draft any more.
    let twice = api.post("/api/v1/promotions", price(258_000_000)).await.unwrap();
    assert_eq!(text(&twice.json(), "/errors/0/field"), "from");
    let again = api.call(Method::PUT, &format!("/api/v1/promotions/{right}"), Some(price(1))).await.unwrap();
    assert_eq!(again.code(), "promotion_not_draft");

    product(api, "洗衣机", 8_520).await;
    know(&fresh, "洗衣机", &[("cost_price", 4_500), ("floor_price", 4_000)]).await;
    let on_washer = |name: &str, off: i64, group: &str| {
        let mut one = promotion(name, coupon(off));
        one["scope"] = json!({ "of": "products", "products": ["洗衣机"] });
        one["group"] = json!(group);
        one
    };
    let first = draft(api, on_washer("店铺券", 3_000, "a")).await;
    api.done(&format!("/api/v1/promotions/{first}/publish"), json!({})).await.unwrap();
    let second = draft(api, on_washer("新客券", 3_000, "b")).await;
    let path = format!("/api/v1/promotions/{second}/publish");
    let stacked = api.post(&path, json!({})).await.unwrap();
    assert_eq!(stacked.code(), "below_floor");
    let title = text(&stacked.json(), "/title");
    assert!(title.contains("店铺券 + 新客券 → ¥25.20"), "{title}");
    // Once the first has ended the second may go.
    api.done(&format!("/api/v1/promotions/{first}/end"), json!({})).await.unwrap();
    api.done(&path, json!({})).await.unwrap();
}

/// Prices are facts; the route that edits them belongs to the catalogue, so the price of the product serves as the ground.
#[tokio::test]
async fn what_cannot_be_judged_is_not_published_and_only_operations_publish() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    product(api, "tee", 9_900).await;
    let id = draft(api, promotion("满50减10", coupon(1_000))).await;
    let path = format!("/api/v1/promotions/{id}/publish");
    let refused = api.post(&path, json!({})).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "nothing_to_go_by"), "{}", refused.json());
    assert!(text(&refused.json(), "/title").contains("tee"), "{}", refused.json());
    let merchandiser = api.hire("货品", &["merchandiser"]).await.unwrap().0;
    assert_eq!(merchandiser.post(&path, json!({})).await.unwrap().status, 403);
    assert_eq!(
        merchandiser.post("/api/v1/promotions", promotion("券", coupon(100))).await.unwrap().status,
        201
    );
    let ended = api.post(&format!("/api/v1/promotions/{id}/end"), json!({})).await.unwrap();
    assert_eq!(ended.code(), "promotion_not_published");
}

#[tokio::test]
async fn while_a_show_with_its_products_is_on_air_a_promotion_needs_two_people() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    product(api, "tee", 9_900).await;
    let id = draft(api, promotion("满50减10", coupon(1_000))).await;
    let show = api.open_show("今晚").await.unwrap();
    let lineup = json!({ "products": ["tee"] });
    api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    let refused = api.post(&format!("/api/v1/promotions/{id}/publish"), json!({})).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "needs_second_person"));
}
