//! The check of orders through the whole program: what is found, what is put right, what holds an order, and who decides.

use livehand_tests::api::{Answer, Api, text};
use livehand_tests::program::Server;
use reqwest::Method;
use serde_json::{Value, json};

use crate::orders::{Shop, nothing_clear, notice};
use crate::{now, until};

const QUEUE: &str = "/api/v1/orders/verification";
const NAME: &str = "欧阳雪融";
const PHONE: &str = "13800138765";
const REGION: &str = "浙江省杭州市余杭区";
const STREET: &str = "文一西路969号3幢501室";

/// A shop with shirts in two sizes, and who works there.
struct Desk {
    shop: Shop,
    service: Api,
    show: String,
}

impl Desk {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let (service, _) = shop.operator.hire("客服小陈", &["customer_service"]).await.unwrap();
        for size in ["M", "L"] {
            let sku = json!({ "id": format!("tee-{size}"), "spec": { "尺码": size } });
            shop.operator.done("/api/v1/products/tee/skus", sku).await.unwrap();
        }
        let mug = json!({ "id": "mug", "name": "马克杯", "price_fen": 1_990, "link_number": 2 });
        shop.operator.done("/api/v1/products", mug).await.unwrap();
        let limit = json!({ "edits": [{ "product": "mug", "field": "purchase_limit", "text": "2" }] });
        shop.operator.done("/api/v1/facts", limit).await.unwrap();
        let show = shop.operator.open_show("周三场").await.unwrap();
        Self { shop, service, show }
    }

    /// Takes a paid order of a SKU and waits until it is checked; its card.
    async fn sell(&self, number: &str, change: impl Fn(&mut Value)) -> Value {
        self.take(number, change).await;
        self.checked(number).await
    }

    async fn take(&self, number: &str, change: impl Fn(&mut Value)) {
        let mut paid = notice(number, "paid", now());
        paid["lines"] = json!([{ "sku": "tee-M", "quantity": 1, "paid_fen": 9_900 }]);
        paid["buyer"] = json!(format!("b-{number}"));
        paid["recipient"] =
            json!({ "name": NAME, "phone": PHONE, "region": REGION, "address": format!("{STREET}{number}") });
        change(&mut paid);
        let taken = self.shop.deliver(&format!("n-{number}-{}", now()), &paid).await;
        assert_eq!(taken.status, 200, "{}", String::from_utf8_lossy(&taken.body));
    }

    async fn card(&self, number: &str) -> Value {
        let card = self.service.get(&format!("/api/v1/orders/douyin:{number}/verification")).await.unwrap();
        nothing_clear("the card", &card.body);
        card.json()
    }

    async fn checked(&self, number: &str) -> Value {
        until(async || self.card(number).await, |card| text(card, "/check") != "due").await
    }

    async fn decide(&self, number: &str, decision: Value) -> Answer {
        self.service.post(&format!("/api/v1/orders/douyin:{number}/verification"), decision).await.unwrap()
    }

    async fn print(&self, number: &str) -> Answer {
        let body = json!({ "orders": [format!("douyin:{number}")], "node": "printed" });
        self.shop.operator.post("/api/v1/fulfilment", body).await.unwrap()
    }

    async fn set(&self, change: impl Fn(&mut Value)) {
        let path = format!("{QUEUE}/settings");
        let mut settings = self.shop.operator.get(&path).await.unwrap().json()["settings"].clone();
        change(&mut settings);
        let set = self.shop.operator.call(Method::PUT, &path, Some(settings)).await.unwrap();
        assert_eq!(set.status, 200, "{}", String::from_utf8_lossy(&set.body));
    }

    async fn say(&self, id: &str, viewer: &str, at: i64, words: &str) {
        let event = json!({ "id": id, "at": at, "type": "comment", "user": viewer, "text": words });
        assert_eq!(self.shop.operator.send(&self.show, format!("{event}\n")).await.unwrap().status, 200);
    }
}

/// What is changed of a good order.
type Change = Box<dyn Fn(&mut Value)>;

/// Kinds and codes of what a person has to decide on.
fn asked(card: &Value) -> Vec<(String, String)> {
    let findings = card["findings"].as_array().unwrap().iter();
    let asked = findings.filter(|it| it["disposition"] == "person");
    asked.map(|it| (text(it, "/kind"), text(it, "/code"))).collect()
}

fn one(kind: &str, code: &str) -> Vec<(String, String)> {
    vec![(kind.to_owned(), code.to_owned())]
}

#[tokio::test]
async fn a_good_order_passes_and_each_mistake_holds_its_order_until_somebody_decides() {
    let desk = Desk::open().await;
    let good = desk.sell("G1", |_| {}).await;
    assert_eq!((text(&good, "/check").as_str(), &good["findings"]), ("passed", &json!([])), "{good}");
    assert_eq!(desk.print("G1").await.status, 200);

    let line =
        |sku: &str, quantity: i64, paid: i64| json!([{ "sku": sku, "quantity": quantity, "paid_fen": paid }]);
    let whom = |region: &str, street: &str, phone: &str| json!({ "name": NAME, "phone": phone, "region": region, "address": street });
    let cases: Vec<(&str, Change, &str, &str)> = vec![
        ("U1", Box::new(move |it| it["lines"] = line("nothing", 1, 9_900)), "sku", "unknown"),
        ("U2", Box::new(move |it| it["lines"] = line("tee", 1, 9_900)), "sku", "spec_missing"),
        ("P1", Box::new(move |it| it["lines"] = line("tee-M", 1, 990)), "price", "paid_too_little"),
        ("P2", Box::new(move |it| it["lines"] = line("tee-M", 1, 12_900)), "price", "paid_too_much"),
        ("L1", Box::new(move |it| it["lines"] = line("mug", 3, 5_970)), "limit", "over_limit"),
        ("A1", Box::new(move |it| it["recipient"] = whom(REGION, "", PHONE)), "address", "missing_detail"),
        (
            "A2",
            Box::new(move |it| it["recipient"] = whom("浙江省杭州市余杭区", STREET, "1380013876")),
            "phone",
            "phone_short",
        ),
    ];
    for (number, change, kind, code) in &cases {
        let card = desk.sell(number, change).await;
        assert_eq!((text(&card, "/check"), asked(&card)), ("waiting".to_owned(), one(kind, code)), "{card}");
        assert!(!text(&card, "/findings/0/text").is_empty());
        let refused = desk.print(number).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "order_held"));
    }
    let list = desk.service.get(&format!("{QUEUE}?kind=price")).await.unwrap().json();
    assert_eq!(
        (list["cards"].as_array().unwrap().len(), &list["counts"]["waiting"]),
        (2, &json!(7)),
        "{list}"
    );
    let found = desk.service.get(&format!("{QUEUE}?search=L1&show={}", desk.show)).await.unwrap().json();
    assert_eq!(text(&found, "/cards/0/order/number"), "L1", "{found}");
    let table = desk.shop.operator.get(&format!("{QUEUE}/export/verification.csv?kind=limit")).await.unwrap();
    let table = String::from_utf8(table.body).unwrap();
    assert!(table.lines().count() == 2 && table.contains("douyin:L1"), "{table}");

    // Kept as it is, it goes on; and what was decided is not asked again when it changes otherwise.
    assert_eq!(desk.decide("P1", json!({ "decision": "keep" })).await.status, 200);
    let told_again = |it: &mut Value| {
        it["lines"] = line("tee-M", 1, 990);
        it["buyer"] = json!("b-other");
    };
    desk.take("P1", told_again).await;
    let kept = desk.checked("P1").await;
    assert_eq!((text(&kept, "/check").as_str(), asked(&kept)), ("decided", Vec::new()), "{kept}");
    assert_eq!(text(&kept, "/findings/0/disposition"), "noted", "{kept}");
    assert_eq!(desk.print("P1").await.status, 200);
    desk.shop.kill_and_look().await;
}

#[tokio::test]
async fn an_address_with_one_right_reading_is_put_right_shown_as_a_difference_and_can_be_put_back() {
    let desk = Desk::open().await;
    let abbreviated = |it: &mut Value| {
        it["recipient"] = json!({ "name": NAME, "phone": PHONE, "address": format!("杭州市余杭区{STREET}") });
    };
    let card = desk.sell("A1", abbreviated).await;
    assert_eq!(
        (text(&card, "/check").as_str(), text(&card, "/findings/0/code").as_str()),
        ("passed", "missing_province")
    );
    assert_eq!(text(&card, "/findings/0/disposition"), "fixed");
    assert_eq!(text(&card, "/recipient/region"), format!("{REGION}***"), "{card}");
    let difference = card["difference"].as_array().unwrap();
    assert!(difference.iter().any(|it| it["part"] == "province" && it["read"] == "浙江省"), "{card}");
    assert_eq!(text(&card, "/decisions/0/decision"), "fixed");
    // The source says the same again, which puts nothing back.
    desk.take("A1", abbreviated).await;
    let again = desk.checked("A1").await;
    assert_eq!(text(&again, "/recipient/region"), format!("{REGION}***"), "{again}");

    let undo = desk.service.post("/api/v1/orders/douyin:A1/verification/undo", json!({})).await.unwrap();
    assert_eq!(undo.status, 200, "{}", String::from_utf8_lossy(&undo.body));
    let back = desk.checked("A1").await;
    assert_eq!(
        (text(&back, "/check").as_str(), asked(&back)),
        ("waiting", one("address", "missing_province"))
    );
    assert_eq!((text(&back, "/recipient/region").as_str(), &back["sure"]), ("杭州市余杭区***", &json!(true)));
    // Accepted together with others that are sure; one that is not stops them all.
    let unsure = desk.sell("A2", |it| it["recipient"]["phone"] = json!("1380013876")).await;
    assert_eq!(unsure["sure"], false);
    let many = |orders: &[&str]| json!({ "orders": orders, "decision": "accept" });
    let refused =
        desk.service.post(&format!("{QUEUE}/decide"), many(&["douyin:A1", "douyin:A2"])).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "not_sure"));
    desk.service.done(&format!("{QUEUE}/decide"), many(&["douyin:A1"])).await.unwrap();
    let accepted = desk.checked("A1").await;
    assert_eq!((text(&accepted, "/check").as_str(), asked(&accepted)), ("decided", Vec::new()), "{accepted}");
    assert_eq!(text(&accepted, "/recipient/region"), format!("{REGION}***"));

    // A shop that wants to be asked is.
    desk.set(|settings| settings["ask"] = json!(["missing_province"])).await;
    let card = desk.sell("A3", abbreviated).await;
    assert_eq!((text(&card, "/check").as_str(), &card["sure"]), ("waiting", &json!(true)), "{card}");
    let by_hand =
        json!({ "name": NAME, "phone": PHONE, "region": REGION, "address": format!("{STREET}后门") });
    let corrected = desk.decide("A3", json!({ "decision": "correct", "recipient": by_hand })).await;
    assert_eq!(corrected.status, 200, "{}", String::from_utf8_lossy(&corrected.body));
    let card = desk.checked("A3").await;
    assert_eq!((text(&card, "/check").as_str(), &card["findings"]), ("decided", &json!([])), "{card}");
    desk.shop.kill_and_look().await;
}

#[tokio::test]
async fn a_duplicate_is_held_and_what_only_looks_like_one_is_not() {
    let desk = Desk::open().await;
    let same = |it: &mut Value| {
        it["buyer"] = json!("b1");
        it["recipient"]["address"] = json!(STREET);
    };
    assert_eq!(text(&desk.sell("D1", same).await, "/check"), "passed");
    let again = desk.sell("D2", same).await;
    assert_eq!(
        (asked(&again), text(&again, "/findings/0/found")),
        (one("duplicate", "same_again"), "douyin:D1".to_owned())
    );
    let elsewhere = desk
        .sell("D3", |it| {
            same(it);
            it["recipient"]["address"] = json!("文三路1号");
        })
        .await;
    assert_eq!(text(&elsewhere, "/check"), "passed", "{elsewhere}");
    let more = desk
        .sell("D4", |it| {
            same(it);
            it["lines"][0]["quantity"] = json!(2);
            it["lines"][0]["paid_fen"] = json!(19_800);
        })
        .await;
    assert_eq!(text(&more, "/check"), "passed", "{more}");
    // Not sent: it stays where it is, and can be taken back.
    assert_eq!(desk.decide("D2", json!({ "decision": "cancel" })).await.status, 200);
    assert_eq!(text(&desk.card("D2").await, "/check"), "cancelled");
    assert_eq!(desk.print("D2").await.code(), "order_held");
    let undo = desk.service.post("/api/v1/orders/douyin:D2/verification/undo", json!({})).await.unwrap();
    assert_eq!(undo.status, 200);
    assert_eq!(text(&desk.checked("D2").await, "/check"), "waiting");
    desk.shop.kill_and_look().await;
}

#[tokio::test]
async fn what_the_buyer_says_in_the_room_holds_the_order_and_is_proposed_as_a_fix() {
    let desk = Desk::open().await;
    desk.say("c1", "b-S1", now() - 10, "我要L码").await;
    let card = desk.sell("S1", |_| {}).await;
    assert_eq!(asked(&card), one("said", "other_variant"), "{card}");
    assert_eq!(card["findings"][0]["fix"], json!({ "of": "line", "line": "tee-M", "sku": "tee-L" }));
    assert_eq!(desk.decide("S1", json!({ "decision": "accept" })).await.status, 200);
    let card = desk.card("S1").await;
    assert_eq!(card["corrected"], json!([{ "line": "tee-M", "sku": "tee-L", "quantity": 1 }]));
    let order = desk.shop.order("S1").await;
    assert_eq!(text(&order, "/fulfilment/corrected/0/sku"), "tee-L", "whoever picks it sees it");
    assert_eq!(desk.print("S1").await.status, 200);
    let late = desk.service.post("/api/v1/orders/douyin:S1/verification/undo", json!({})).await.unwrap();
    assert_eq!((late.status, late.code().as_str()), (409, "already_printed"));

    // Said after the check it is heard as well, and what somebody else says is not.
    assert_eq!(text(&desk.sell("S2", |_| {}).await, "/check"), "passed");
    assert_eq!(text(&desk.sell("S3", |_| {}).await, "/check"), "passed");
    desk.say("c2", "b-S2", now(), "拍错了").await;
    let card = until(async || desk.card("S2").await, |card| text(card, "/check") == "waiting").await;
    assert_eq!(asked(&card), one("said", "bought_wrong"), "{card}");
    assert_eq!(text(&desk.checked("S3").await, "/check"), "passed");
    // The buyer is asked: the order stays held, until somebody corrects it by hand.
    assert_eq!(desk.decide("S2", json!({ "decision": "ask" })).await.status, 200);
    assert_eq!(text(&desk.card("S2").await, "/check"), "asked");
    assert_eq!(desk.print("S2").await.code(), "order_held");
    let unknown =
        json!({ "decision": "correct", "lines": [{ "line": "tee-M", "sku": "nothing", "quantity": 1 }] });
    assert_eq!(desk.decide("S2", unknown).await.status, 422);
    let lines = json!([{ "line": "tee-M", "sku": "tee-L", "quantity": 1 }]);
    assert_eq!(desk.decide("S2", json!({ "decision": "correct", "lines": lines })).await.status, 200);
    let card = desk.checked("S2").await;
    assert_eq!((text(&card, "/check").as_str(), asked(&card)), ("decided", Vec::new()), "{card}");
    desk.shop.kill_and_look().await;
}

#[tokio::test]
async fn the_queue_is_sorted_by_the_moment_from_which_a_correction_costs_something() {
    let desk = Desk::open().await;
    let wrong = |it: &mut Value| it["lines"][0]["paid_fen"] = json!(1);
    desk.sell("Q1", wrong).await;
    let order = async || {
        let list = desk.service.get(QUEUE).await.unwrap().json();
        let cards = list["cards"].as_array().unwrap();
        assert!(cards.windows(2).all(|it| it[0]["cut_off"].as_i64() <= it[1]["cut_off"].as_i64()), "{list}");
        cards.iter().map(|it| (text(it, "/order/number"), it["cut_off"].as_i64())).collect::<Vec<_>>()
    };
    let before = order().await;
    assert!(before[0].1.unwrap() >= now() - 60_000, "{before:?}");
    desk.set(|settings| settings["waves"] = json!([])).await;
    assert_eq!(order().await, [("Q1".to_owned(), None)]);
    desk.set(|settings| settings["waves"] = json!(["09:00"])).await;
    let after = order().await[0].1.unwrap();
    assert_eq!((after + 8 * 3_600_000).rem_euclid(86_400_000), 9 * 3_600_000);
    // Printed, an order has until the carrier comes; one that is to be printed comes where its wave is.
    desk.sell("Q2", |_| {}).await;
    assert_eq!(desk.print("Q2").await.status, 200);
    desk.take("Q2", |it| it["lines"][0]["paid_fen"] = json!(1)).await;
    until(async || desk.card("Q2").await, |card| text(card, "/check") == "waiting").await;
    let both = order().await;
    let collected = both.iter().find(|it| it.0 == "Q2").unwrap().1.unwrap();
    assert_eq!((collected + 8 * 3_600_000).rem_euclid(86_400_000), (18 * 60 + 30) * 60_000);
    let wrong = json!({ "ask": ["nothing"], "waves": ["25:00"], "collections": [], "duplicate_minutes": 10, "sample_per_mille": 10 });
    let refused =
        desk.shop.operator.call(Method::PUT, &format!("{QUEUE}/settings"), Some(wrong)).await.unwrap();
    assert_eq!((refused.status, text(&refused.json(), "/errors/0/field")), (422, "waves[0]".to_owned()));
}

#[tokio::test]
async fn a_sample_is_checked_a_second_time_by_somebody_else_and_counted() {
    let desk = Desk::open().await;
    desk.set(|settings| settings["sample_per_mille"] = json!(1_000)).await;
    desk.sell("T1", |_| {}).await;
    desk.sell("T2", |_| {}).await;
    desk.sell("T3", |it| it["lines"][0]["paid_fen"] = json!(1)).await;
    assert_eq!(desk.decide("T3", json!({ "decision": "keep" })).await.status, 200);
    desk.take("T3", |it| it["at"] = json!(now() - 1)).await;
    desk.checked("T3").await;
    let sample = async || {
        let list = desk.service.get(&format!("{QUEUE}?sample=true")).await.unwrap().json();
        list["cards"].as_array().unwrap().iter().map(|it| text(it, "/order/number")).collect::<Vec<_>>()
    };
    assert_eq!(sample().await.len(), 3);
    let second = async |who: &Api, number: &str, right: bool| {
        let path = format!("/api/v1/orders/douyin:{number}/verification/second");
        who.post(&path, json!({ "right": right })).await.unwrap()
    };
    let own = second(&desk.service, "T3", true).await;
    assert_eq!((own.status, own.code().as_str()), (409, "own_decision"));
    assert_eq!(second(&desk.shop.operator, "T3", true).await.status, 200);
    assert_eq!(second(&desk.service, "T1", true).await.status, 200);
    assert_eq!(second(&desk.service, "T1", true).await.code(), "not_sampled");
    let wrong = second(&desk.service, "T2", false).await;
    assert_eq!((wrong.status, text(&wrong.json(), "/check").as_str()), (200, "waiting"));
    assert_eq!(desk.print("T2").await.code(), "order_held");
    assert_eq!(sample().await, Vec::<String>::new());
    let rates = desk.service.get(&format!("{QUEUE}/rates")).await.unwrap().json();
    assert_eq!((&rates["second_right"], &rates["second_wrong"]), (&json!(2), &json!(1)), "{rates}");
    assert_eq!(
        (&rates["right_held"], &rates["waiting"], &rates["goal_per_mille"]),
        (&json!(1), &json!(1), &json!(998))
    );
}

#[tokio::test]
async fn an_order_that_was_taken_right_before_a_crash_is_checked_before_it_is_printed() {
    let desk = Desk::open().await;
    for n in 0..20 {
        desk.take(&format!("K{n}"), |it| it["lines"][0]["paid_fen"] = json!(1)).await;
    }
    let Desk { shop, .. } = desk;
    let (folder, data) = shop.kill().await;
    let server = Server::start(&data).await.unwrap();
    let operator = server.operator().unwrap();
    for n in 0..20 {
        let body = json!({ "orders": [format!("douyin:K{n}")], "node": "printed" });
        let refused = operator.post("/api/v1/fulfilment", body).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (409, "order_held"), "it was never printable");
    }
    let counts = async || operator.get(QUEUE).await.unwrap().json()["counts"].clone();
    let found = until(counts, |counts| counts.get("due").is_none()).await;
    assert_eq!(found, json!({ "waiting": 20 }));
    drop(folder);
}
