//! Changes that need two people, the five prices and the breaker, through HTTP.

use std::time::Duration;

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now};

/// Something that must come; on a busy machine it may take its time.
const SOON: Duration = Duration::from_secs(20);

/// A show on air with two products, and its crew.
struct OnAir {
    fresh: Fresh,
    show: String,
    /// 中控, who asks.
    control: Api,
    /// 运营, who approves.
    operations: Api,
    /// 场控.
    floor: Api,
}

impl OnAir {
    async fn start() -> Self {
        let fresh = Fresh::start().await;
        let api = &fresh.operator;
        for (id, price, number) in [("tee", 12_900, 1), ("jade", 268_000_000, 2)] {
            let body = json!({ "id": id, "name": id, "price_fen": price, "link_number": number });
            api.done("/api/v1/products", body).await.unwrap();
        }
        let show = api.open_show("双人复核场").await.unwrap();
        let lineup = json!({ "products": ["tee", "jade"] });
        let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
        assert_eq!(set.status, 200);
        let (control, _) = api.hire("示例中控", &["control_operator"]).await.unwrap();
        let (operations, _) = api.hire("示例运营", &["operations"]).await.unwrap();
        let (floor, _) = api.hire("示例场控", &["floor_director"]).await.unwrap();
        Self { fresh, show, control, operations, floor }
    }

    async fn price(&self, product: &str) -> i64 {
        let lineup =
            self.fresh.operator.get(&format!("/api/v1/shows/{}/lineup", self.show)).await.unwrap().json();
        let items = lineup["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["product"]["id"] == product).unwrap();
        item["product"]["price_fen"].as_i64().unwrap()
    }

    async fn propose(&self, by: &Api, product: &str, to: i64, more: Value) -> Value {
        let mut body =
            json!({ "kind": "price", "show": self.show, "product": product, "to_fen": to, "reason": "跟价" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        by.done("/api/v1/changes", body).await.unwrap()
    }

    /// Waits until the product costs so much.
    async fn until_price(&self, product: &str, expected: i64) {
        let reached = async {
            while self.price(product).await != expected {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(SOON, reached).await.expect("the price never came");
    }
}

fn all(amount: i64) -> Value {
    json!({ "words": true, "amount_fen": amount, "difference": true })
}

async fn approve(by: &Api, change: &Value, body: Value) -> (u16, String) {
    let answer = by.post(&format!("/api/v1/changes/{}/approve", text(change, "/id")), body).await.unwrap();
    (answer.status, answer.code())
}

#[tokio::test]
async fn a_price_changes_when_a_second_person_approves_and_either_of_the_two_can_undo_it() {
    let on = OnAir::start().await;
    let change = on.propose(&on.control, "tee", 9_900, json!({})).await;
    assert_eq!(
        (text(&change, "/status"), text(&change, "/in_words/zh")),
        ("proposed".into(), "九十九元".into())
    );
    assert_eq!(on.price("tee").await, 12_900);

    let unread = approve(&on.operations, &change, json!({ "amount_fen": 9_900, "difference": true })).await;
    assert_eq!(unread, (409, "not_confirmed".into()));
    assert_eq!(approve(&on.operations, &change, all(99_00 + 1)).await, (409, "other_amount".into()));
    assert_eq!(on.price("tee").await, 12_900);
    assert_eq!(approve(&on.operations, &change, all(9_900)).await.0, 200);
    assert_eq!(on.price("tee").await, 9_900);
    assert_eq!(approve(&on.floor, &change, all(9_900)).await, (409, "already_decided".into()));

    let undo = format!("/api/v1/changes/{}/undo", text(&change, "/id"));
    let other = on.floor.post(&undo, json!({})).await.unwrap();
    assert_eq!((other.status, other.code()), (409, "not_a_checker".to_owned()));
    let undone = on.control.done(&undo, json!({})).await.unwrap();
    assert_eq!(text(&undone, "/status"), "undone");
    assert_eq!(on.price("tee").await, 12_900);
}

#[tokio::test]
async fn nobody_approves_their_own_change_by_any_road() {
    let on = OnAir::start().await;
    let (both, person) = on
        .fresh
        .operator
        .hire("一人多岗", &["control_operator", "operations", "floor_director"])
        .await
        .unwrap();
    let change = on.propose(&both, "tee", 9_900, json!({})).await;
    assert_eq!(text(&change, "/maker"), person);
    assert_eq!(approve(&both, &change, all(9_900)).await, (409, "same_person".into()));
    let reject = format!("/api/v1/changes/{}/reject", text(&change, "/id"));
    assert_eq!(both.post(&reject, json!({ "reason": "不合适" })).await.unwrap().code(), "same_person");
    // Another session of the same person is the same person.
    let again = on.fresh.operator.done(&format!("/api/v1/people/{person}/invitation"), json!({})).await;
    if let Ok(invited) = again {
        let token = text(&invited, "/link").rsplit('#').next().unwrap_or_default().to_owned();
        let nobody = both.with(livehand_tests::api::Credential::None);
        let entered = nobody.post("/api/v1/session/link", json!({ "token": token })).await.unwrap();
        let session = livehand_tests::api::session_of(&entered).unwrap();
        let second = both.with(livehand_tests::api::Credential::Cookie(session));
        assert_eq!(approve(&second, &change, all(9_900)).await, (409, "same_person".into()));
    }
    // The command line may do everything else on this machine, and is nobody here.
    assert_eq!(approve(&on.fresh.operator, &change, all(9_900)).await.0, 403);
    let proposed = on.fresh.operator.post(
        "/api/v1/changes",
        json!({ "kind": "price", "product": "jade", "to_fen": 9_900, "reason": "跟价" }),
    );
    assert_eq!(proposed.await.unwrap().status, 403);
    let (assistant, _) = on.fresh.operator.hire("示例助理", &["assistant"]).await.unwrap();
    assert_eq!(approve(&assistant, &change, all(9_900)).await.0, 403);
    assert_eq!(on.price("tee").await, 12_900);
}

#[tokio::test]
async fn a_missing_digit_is_warned_of_and_needs_three_confirmations() {
    let on = OnAir::start().await;
    let body = json!({ "kind": "price", "show": on.show, "product": "jade", "to_fen": 26_800_000, "reason": "改价" });
    let assessed = on.control.done("/api/v1/changes/assessment", body).await.unwrap();
    assert_eq!(text(&assessed, "/in_words/zh"), "二十六万八千元");
    assert_eq!(assessed["care"]["warnings"][0]["code"], "tenfold");
    assert_eq!(assessed["care"]["confirmations"], json!(["words", "amount", "difference"]));
    assert_eq!(assessed["care"]["never_alone"], true);
    let change = on.propose(&on.control, "jade", 26_800_000, json!({})).await;
    let only_words = approve(&on.operations, &change, json!({ "words": true })).await;
    assert_eq!(only_words, (409, "not_confirmed".into()));
    let without_looking = approve(&on.operations, &change, all(268_000_000)).await;
    assert_eq!(without_looking, (409, "other_amount".into()));
    let alone = format!("/api/v1/changes/{}/alone", text(&change, "/id"));
    let alone = on.control.post(&alone, json!({ "reason": "没有人在" })).await.unwrap();
    assert_eq!((alone.status, alone.code()), (409, "never_alone".to_owned()));
    for (to, field) in [(0, "to_fen"), (-100, "to_fen"), (268_000_000, "to_fen")] {
        let body = json!({ "kind": "price", "product": "jade", "to_fen": to, "reason": "改价" });
        let answer = on.control.post("/api/v1/changes", body).await.unwrap();
        assert_eq!((answer.status, text(&answer.json(), "/errors/0/field")), (422, field.to_owned()), "{to}");
    }
}

#[tokio::test]
async fn a_flash_sale_goes_back_by_itself_and_a_show_is_not_closed_before_its_prices_are() {
    let on = OnAir::start().await;
    let end = format!("/api/v1/shows/{}/end", on.show);
    let flash = on
        .propose(&on.control, "tee", 7_900, json!({ "kind": "flash_sale", "ends_at": now() + 2_500 }))
        .await;
    assert_eq!(approve(&on.floor, &flash, all(7_900)).await, (409, "not_a_checker".into()));
    assert_eq!(approve(&on.operations, &flash, all(7_900)).await.0, 200);
    assert_eq!(on.price("tee").await, 7_900);
    let refused = on.floor.post(&end, json!({})).await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "live_price_on".to_owned()));
    on.until_price("tee", 12_900).await;

    let only = on.propose(&on.control, "tee", 8_900, json!({ "live_only": true })).await;
    assert_eq!(approve(&on.operations, &only, all(8_900)).await.0, 200);
    let refused = on.floor.post(&end, json!({})).await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "live_price_on".to_owned()));
    let restored =
        on.floor.done(&format!("/api/v1/shows/{}/restore-prices", on.show), json!({})).await.unwrap();
    assert_eq!(restored["restored"], 1);
    assert_eq!(on.price("tee").await, 12_900);
    assert_eq!(on.floor.post(&end, json!({})).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_price_for_a_while_over_another_goes_back_to_the_one_from_before_both() {
    let on = OnAir::start().await;
    let ends_at = now() + 2_500;
    let flash =
        on.propose(&on.control, "tee", 7_900, json!({ "kind": "flash_sale", "ends_at": ends_at })).await;
    assert_eq!(approve(&on.operations, &flash, all(7_900)).await.0, 200);
    let lower = on.propose(&on.control, "tee", 6_900, json!({ "live_only": true })).await;
    assert_eq!(approve(&on.operations, &lower, all(6_900)).await.0, 200);
    let path = format!("/api/v1/changes/{}", text(&flash, "/id"));
    let over = async {
        while text(&on.control.get(&path).await.unwrap().json(), "/status") != "restored" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(SOON, over).await.expect("the flash sale never ended");
    assert_eq!(on.price("tee").await, 6_900);
    on.floor.done(&format!("/api/v1/shows/{}/restore-prices", on.show), json!({})).await.unwrap();
    assert_eq!(on.price("tee").await, 12_900);
}

#[tokio::test]
async fn a_shop_sets_from_where_on_an_item_is_dear() {
    let folder = tempfile::TempDir::new().unwrap();
    let dear = [("LIVEHAND__CAUTION__DEAR_FEN", "5000")];
    let server =
        livehand_tests::program::Server::start_with(&folder.path().join("data"), &dear).await.unwrap();
    let owner = server.operator().unwrap();
    let body = json!({ "id": "tee", "name": "tee", "price_fen": 9_900, "link_number": 1 });
    owner.done("/api/v1/products", body).await.unwrap();
    let (control, _) = owner.hire("示例中控", &["control_operator"]).await.unwrap();
    let body = json!({ "kind": "price", "product": "tee", "to_fen": 8_900, "reason": "跟价" });
    let assessed = control.done("/api/v1/changes/assessment", body).await.unwrap();
    assert_eq!(assessed["care"]["warnings"][0]["code"], "dear");
}

#[tokio::test]
async fn a_price_far_off_trips_the_breaker_which_two_people_lift() {
    let on = OnAir::start().await;
    let stage = format!("/api/v1/shows/{}/stage", on.show);
    on.floor.done(&stage, json!({ "id": "s1", "product": "tee" })).await.unwrap();
    let prices = "/api/v1/products/tee/prices";
    let near = on
        .control
        .done(prices, json!({ "kind": "page", "price_fen": 13_100, "show": on.show }))
        .await
        .unwrap();
    assert_eq!((text(&near, "/prices/0/severity"), near["breaker"].is_null()), ("alarm".into(), true));
    let far = on
        .control
        .done(prices, json!({ "kind": "page", "price_fen": 1_290, "show": on.show }))
        .await
        .unwrap();
    assert_eq!(
        (text(&far, "/prices/0/severity"), text(&far, "/breaker/kind")),
        ("breaker".into(), "page".into())
    );

    let room = on.fresh.operator.get(&format!("/api/v1/shows/{}/state", on.show)).await.unwrap().json();
    assert!(room["stage"].is_null(), "{}", room["stage"]);
    assert!(room["prompter"].to_string().contains("熔断"), "{room}");
    assert!(room["alarms"].to_string().contains("price"), "{}", room["alarms"]);
    let again = on.floor.post(&stage, json!({ "id": "s2", "product": "tee" })).await.unwrap();
    assert_eq!((again.status, again.code()), (409, "breaker_tripped".to_owned()));

    let lift = format!("/api/v1/breakers/{}/lift", text(&far, "/breaker/id"));
    let reason = || json!({ "reason": "页面价已改回" });
    assert_eq!(on.control.post(&lift, reason()).await.unwrap().status, 403);
    let first = on.floor.done(&lift, reason()).await.unwrap();
    assert!(first["lifted_at"].is_null());
    assert_eq!(on.floor.post(&lift, reason()).await.unwrap().code(), "same_person");
    let (other_floor, _) = on.fresh.operator.hire("另一位场控", &["floor_director"]).await.unwrap();
    assert_eq!(other_floor.post(&lift, reason()).await.unwrap().code(), "not_a_checker");
    let second = on.operations.done(&lift, reason()).await.unwrap();
    assert!(second["lifted_at"].is_i64());
    on.floor.done(&stage, json!({ "id": "s3", "product": "tee" })).await.unwrap();
    let open = on.floor.get("/api/v1/breakers?tripped=true").await.unwrap().json();
    assert_eq!(open["breakers"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn somebody_alone_waits_and_gives_a_reason_and_a_proposal_is_withdrawn_by_its_maker_only() {
    let on = OnAir::start().await;
    let change = on.propose(&on.control, "tee", 9_900, json!({})).await;
    let second = on.control.post(
        "/api/v1/changes",
        json!({ "kind": "price", "show": on.show, "product": "tee", "to_fen": 8_900, "reason": "再改" }),
    );
    assert_eq!(second.await.unwrap().code(), "change_waiting");
    let alone = format!("/api/v1/changes/{}/alone", text(&change, "/id"));
    assert_eq!(on.control.post(&alone, json!({ "reason": " " })).await.unwrap().code(), "reason_missing");
    let delayed = on.control.post(&alone, json!({ "reason": "其他人都掉线了" })).await.unwrap();
    // At night nobody changes a price alone, and this test runs at any hour.
    if change["care"]["never_alone"] == true {
        assert_eq!(delayed.code(), "never_alone");
    } else {
        let due = delayed.json()["due_at"].as_i64().unwrap();
        assert!(due - now() > 20_000, "{due}");
    }
    assert_eq!(on.price("tee").await, 12_900);
    let withdraw = format!("/api/v1/changes/{}/withdraw", text(&change, "/id"));
    assert_eq!(on.operations.post(&withdraw, json!({})).await.unwrap().code(), "not_a_checker");
    assert_eq!(text(&on.control.done(&withdraw, json!({})).await.unwrap(), "/status"), "withdrawn");
    assert_eq!(approve(&on.operations, &change, all(9_900)).await, (409, "already_decided".into()));
    let waiting = on.operations.get("/api/v1/changes?waiting=true").await.unwrap().json();
    assert_eq!(waiting["changes"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_coupon_and_stock_on_air_come_into_force_by_two_people_only() {
    let on = OnAir::start().await;
    let api = &on.fresh.operator;
    let facts = json!({ "edits": [
        { "product": "tee", "field": "cost_price", "value": 5_000 },
        { "product": "jade", "field": "cost_price", "value": 90_000_000 },
    ] });
    api.done("/api/v1/facts", facts).await.unwrap();
    let draft = |name: &str, off: i64| {
        json!({
            "name": name, "from": now() - 1_000, "to": now() + 3_600_000, "scope": { "of": "products", "products": ["tee"] },
            "rule": { "kind": "coupon", "threshold_fen": 0, "off": { "by": "amount", "off_fen": off } },
        })
    };
    let coupon = api.post("/api/v1/promotions", draft("店铺券", 2_000)).await.unwrap();
    assert_eq!(coupon.status, 201, "{}", coupon.json());
    let id = text(&coupon.json(), "/promotion/id");
    let publish = format!("/api/v1/promotions/{id}/publish");
    assert_eq!(on.operations.post(&publish, json!({})).await.unwrap().code(), "needs_second_person");
    let ask = json!({ "step": "publish", "show": on.show, "reason": "加一张券" });
    let change = on.control.done(&format!("/api/v1/promotions/{id}/changes"), ask.clone()).await.unwrap();
    assert_eq!(text(&change, "/in_words/zh"), "发布“店铺券”");
    assert_eq!(approve(&on.floor, &change, all(1)).await, (409, "not_a_checker".into()));
    assert_eq!(approve(&on.operations, &change, json!({ "words": true })).await.0, 200);
    let published = api.get("/api/v1/promotions?status=published").await.unwrap().json();
    assert_eq!(published["promotions"].as_array().unwrap().len(), 1);
    // Coupon on coupon: the second is refused with the order that shows why.
    let second = api.post("/api/v1/promotions", {
        let mut second = draft("叠加券", 6_500);
        second["group"] = json!("另一组");
        second
    });
    let second = text(&second.await.unwrap().json(), "/promotion/id");
    let refused = on.control.post(&format!("/api/v1/promotions/{second}/changes"), ask).await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "below_margin".to_owned()), "{}", refused.json());
    assert!(text(&refused.json(), "/title").contains("店铺券"), "{}", refused.json());
    // So is a price that the published coupon would bring below the cost.
    let body =
        json!({ "kind": "price", "show": on.show, "product": "tee", "to_fen": 6_500, "reason": "跟价" });
    assert_eq!(on.control.post("/api/v1/changes", body).await.unwrap().code(), "below_margin");

    let received = json!({ "movements": [{ "id": "m1", "sku": "tee", "kind": "received", "quantity": 30 }] });
    api.done("/api/v1/stock/movements", received).await.unwrap();
    let release = json!({ "movements": [{ "id": "m2", "sku": "tee", "kind": "released", "quantity": 20 }] });
    assert_eq!(
        on.operations.post("/api/v1/stock/movements", release).await.unwrap().code(),
        "needs_second_person"
    );
    let locked = async || {
        let page = api.get("/api/v1/stock?search=tee").await.unwrap().json();
        page["stocks"][0]["locked"].as_i64().unwrap()
    };
    let before = locked().await;
    let ask = json!({ "quantity": 20, "show": on.show, "reason": "加库存" });
    let change = on.control.done("/api/v1/stock/tee/release", ask).await.unwrap();
    assert_eq!(approve(&on.operations, &change, json!({ "words": true })).await.0, 200);
    assert_eq!(locked().await, before - 20);
    let undo = format!("/api/v1/changes/{}/undo", text(&change, "/id"));
    assert_eq!(text(&on.control.done(&undo, json!({})).await.unwrap(), "/status"), "undone");
    assert_eq!(locked().await, before);
}

#[tokio::test]
async fn a_price_of_a_product_with_priced_skus_is_theirs_and_is_held_against_their_floors() {
    let on = OnAir::start().await;
    let api = &on.fresh.operator;
    let shoe = json!({ "id": "shoe", "name": "shoe", "price_fen": 9_900, "link_number": 3 });
    api.done("/api/v1/products", shoe).await.unwrap();
    for size in ["37", "38"] {
        let sku = json!({ "id": format!("shoe-{size}"), "spec": { "尺码": size } });
        api.done("/api/v1/products/shoe/skus", sku).await.unwrap();
    }
    let price = |sku: &str, field: &str, value: i64| json!({ "product": "shoe", "sku": sku, "field": field, "value": value, "confirmed": true });
    let edits = json!({ "edits": [
        price("shoe-37", "live_price", 9_900), price("shoe-38", "live_price", 9_900),
        price("shoe-37", "floor_price", 8_000), price("shoe-38", "floor_price", 9_000),
    ] });
    api.done("/api/v1/facts", edits).await.unwrap();
    let of = async |sku: &str| {
        let card = api.get("/api/v1/products/shoe").await.unwrap().json();
        let facts = card["facts"].as_array().unwrap().clone();
        let fact = facts.into_iter().find(|it| it["sku"] == sku && it["field"] == "live_price").unwrap();
        fact["value"].as_i64().unwrap()
    };
    let ask = |to: i64| json!({ "kind": "price", "product": "shoe", "to_fen": to, "reason": "跟价" });
    // Above the floor of one size and below that of the other.
    assert_eq!(on.control.post("/api/v1/changes", ask(8_500)).await.unwrap().code(), "below_floor");
    let change = on.control.done("/api/v1/changes", ask(9_500)).await.unwrap();
    assert_eq!(approve(&on.operations, &change, all(9_500)).await.0, 200);
    assert_eq!((of("shoe-37").await, of("shoe-38").await), (9_500, 9_500));
    on.control.done(&format!("/api/v1/changes/{}/undo", text(&change, "/id")), json!({})).await.unwrap();
    assert_eq!((of("shoe-37").await, of("shoe-38").await), (9_900, 9_900));

    let mut one = ask(8_900);
    one["sku"] = json!("shoe-37");
    let change = on.control.done("/api/v1/changes", one).await.unwrap();
    assert_eq!(approve(&on.operations, &change, all(8_900)).await.0, 200);
    assert_eq!((of("shoe-37").await, of("shoe-38").await), (8_900, 9_900));
    let either = on.control.post("/api/v1/changes", ask(9_200)).await.unwrap();
    assert_eq!((either.status, text(&either.json(), "/errors/0/field")), (422, "sku".into()));
    let seen = json!({ "kind": "page", "price_fen": 9_900 });
    let unclear = on.control.post("/api/v1/products/shoe/prices", seen).await.unwrap();
    assert_eq!((unclear.status, text(&unclear.json(), "/errors/0/field")), (422, "sku".into()));
}
