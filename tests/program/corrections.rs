//! Orders that are corrected after they were bought: the stock follows in one step or not at all, a difference in price is
//! said, and nothing counts twice.

use livehand_tests::api::{Answer, Api, text};
use livehand_tests::program::Server;
use serde_json::{Value, json};

use crate::order_stock::{becomes, books_are_right, comes_to, held, stocked, sums};
use crate::orders::{Shop, notice};
use crate::{now, until};

/// A shop with shirts in three sizes, of which the largest costs more.
struct Shirts {
    shop: Shop,
    service: Api,
    warehouse: Api,
}

impl Shirts {
    async fn open(units: &[(&str, i64)]) -> Self {
        let shop = Shop::open().await;
        let api = &shop.operator;
        for size in ["M", "L", "XL"] {
            let sku = json!({ "id": format!("tee-{size}"), "spec": { "尺码": size } });
            api.done("/api/v1/products/tee/skus", sku).await.unwrap();
        }
        let price =
            json!({ "edits": [{ "product": "tee", "sku": "tee-XL", "field": "live_price", "text": "119" }] });
        api.done("/api/v1/facts", price).await.unwrap();
        for (sku, units) in units {
            stocked(api, sku, *units).await;
        }
        // The orders of these tests are the same again and again.
        let path = "/api/v1/orders/verification/settings";
        let mut settings = api.get(path).await.unwrap().json()["settings"].clone();
        settings["duplicate_minutes"] = json!(0);
        assert_eq!(api.call(reqwest::Method::PUT, path, Some(settings)).await.unwrap().status, 200);
        let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
        let (warehouse, _) = api.hire("仓库老马", &["warehouse"]).await.unwrap();
        Self { shop, service, warehouse }
    }

    /// A paid order of one unit of a SKU that was checked.
    async fn sell(&self, number: &str, sku: &str) {
        let mut paid = notice(number, "paid", now());
        paid["lines"] =
            json!([{ "sku": sku, "quantity": 1, "paid_fen": if sku == "tee-XL" { 11_900 } else { 9_900 } }]);
        assert_eq!(self.shop.deliver(&format!("n-{number}"), &paid).await.status, 200);
        until(async || self.shop.order(number).await, |it| it["fulfilment"]["checked"] == true).await;
    }

    async fn correct(&self, number: &str, line: &str, to: &str, difference: Option<&str>) -> Answer {
        let lines = json!([{ "line": line, "sku": to, "quantity": 1 }]);
        let body = json!({ "decision": "correct", "lines": lines, "difference": difference });
        self.service.post(&format!("/api/v1/orders/douyin:{number}/verification"), body).await.unwrap()
    }

    async fn undo(&self, number: &str) -> Answer {
        let path = format!("/api/v1/orders/douyin:{number}/verification/undo");
        self.service.post(&path, json!({})).await.unwrap()
    }

    async fn card(&self, number: &str) -> Value {
        self.service.get(&format!("/api/v1/orders/douyin:{number}/verification")).await.unwrap().json()
    }

    async fn go(&self, number: &str, node: &str) -> Answer {
        let body = json!({ "orders": [format!("douyin:{number}")], "node": node });
        self.warehouse.post("/api/v1/fulfilment", body).await.unwrap()
    }
}

fn said(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[tokio::test]
async fn a_corrected_size_moves_the_stock_serves_who_waits_and_says_what_it_costs() {
    let shirts = Shirts::open(&[("tee-M", 1), ("tee-L", 1), ("tee-XL", 1)]).await;
    let api = &shirts.shop.operator;
    shirts.sell("1", "tee-M").await;
    becomes(api, "1", "paid").await;
    shirts.sell("2", "tee-M").await;
    until(async || held(api, "2").await, |kinds| kinds == &["stock"]).await;
    // L for M: the unit of M goes to who waits for it, and their order goes on.
    let done = shirts.correct("1", "tee-M", "tee-L", None).await;
    assert_eq!(done.status, 200, "{}", said(&done));
    assert_eq!((sums(api, "tee-M").await, sums(api, "tee-L").await), ([0, 0, 1], [0, 0, 1]));
    becomes(api, "2", "paid").await;
    until(async || held(api, "2").await, Vec::is_empty).await;
    // The same once more is the same.
    assert_eq!(shirts.correct("1", "tee-M", "tee-L", None).await.status, 200);
    assert_eq!(sums(api, "tee-L").await, [0, 0, 1]);
    let card = until(async || shirts.card("1").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(card["decisions"].as_array().unwrap().len(), 1, "{card}");
    // XL costs 20 yuan more, of which nobody says nothing.
    let silent = shirts.correct("1", "tee-M", "tee-XL", None).await;
    assert_eq!((silent.status, silent.code().as_str()), (409, "price_difference"));
    assert!(said(&silent).contains("20.00"), "{}", said(&silent));
    assert_eq!(text(&silent.json(), "/errors/0/field"), "difference");
    assert_eq!(shirts.correct("1", "tee-M", "tee-XL", Some("refund")).await.code(), "price_difference");
    assert_eq!((sums(api, "tee-L").await, sums(api, "tee-XL").await), ([0, 0, 1], [1, 0, 0]));
    let paid = shirts.correct("1", "tee-M", "tee-XL", Some("pay")).await;
    assert_eq!(paid.status, 200, "{}", said(&paid));
    let difference = json!({ "fen": 2_000, "settlement": "pay" });
    assert_eq!(paid.json()["decisions"][1]["difference"], difference);
    assert_eq!((sums(api, "tee-L").await, sums(api, "tee-XL").await), ([1, 0, 0], [0, 0, 1]));
    until(async || shirts.card("1").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(held(api, "1").await, ["by_hand"], "it waits for its money");
    assert_eq!(shirts.go("1", "printed").await.code(), "order_held");
    // Taken back, it is L again, which costs what was paid.
    assert_eq!(shirts.undo("1").await.status, 200);
    assert_eq!((sums(api, "tee-L").await, sums(api, "tee-XL").await), ([0, 0, 1], [1, 0, 0]));
    assert_eq!(held(api, "1").await, Vec::<String>::new());
    // What is sold out is refused, and the order keeps what it had.
    shirts.sell("3", "tee-XL").await;
    comes_to(api, "tee-XL", [0, 0, 1]).await;
    let gone = shirts.correct("2", "tee-M", "tee-XL", Some("waive")).await;
    assert_eq!((gone.status, gone.code().as_str()), (409, "sold_out"), "{}", said(&gone));
    assert_eq!(
        (sums(api, "tee-M").await, shirts.card("2").await["corrected"].clone()),
        ([0, 0, 1], json!([]))
    );
    // Dearer to cheaper: the difference goes back.
    let back = shirts.correct("3", "tee-XL", "tee-L", Some("refund")).await;
    assert_eq!((back.status, back.code().as_str()), (409, "sold_out"));
    let more = json!({ "movements": [{ "id": "more", "sku": "tee-L", "kind": "received", "quantity": 1 }] });
    api.done("/api/v1/stock/movements", more).await.unwrap();
    let back = shirts.correct("3", "tee-XL", "tee-L", Some("refund")).await;
    assert_eq!(back.json()["decisions"][0]["difference"], json!({ "fen": -2_000, "settlement": "refund" }));
    comes_to(api, "tee-XL", [1, 0, 0]).await;
    books_are_right(api).await;
    assert_eq!(
        text(&api.get("/api/v1/reservations/douyin:3").await.unwrap().json(), "/lines/0/sku"),
        "tee-L"
    );
}

#[tokio::test]
async fn a_request_for_another_size_takes_it_when_the_warehouse_has_it_in_its_hands() {
    let shirts = Shirts::open(&[("tee-M", 2), ("tee-L", 2), ("tee-XL", 1)]).await;
    let (api, path) = (&shirts.shop.operator, "/api/v1/intercepts");
    shirts.sell("0", "tee-XL").await;
    comes_to(api, "tee-XL", [0, 0, 1]).await;
    let wish = |number: &str, to: &str, quantity: Option<i64>, difference: Option<&str>| {
        let spec = json!({ "to": to, "quantity": quantity });
        json!({ "order": format!("douyin:{number}"), "aim": "spec", "spec": spec, "difference": difference })
    };
    shirts.sell("1", "tee-M").await;
    becomes(api, "1", "paid").await;
    assert_eq!(shirts.go("1", "printed").await.status, 200);
    let gone = shirts.service.post(path, wish("1", "tee-XL", None, Some("waive"))).await.unwrap();
    assert_eq!((gone.status, gone.code().as_str()), (409, "sold_out"), "nobody looks for what is not there");
    let two = shirts.service.post(path, wish("1", "tee-L", Some(2), None)).await.unwrap();
    assert_eq!((two.status, two.code().as_str()), (409, "price_difference"), "another shirt is not given");
    let asked = shirts.service.done(path, wish("1", "tee-L", Some(2), Some("waive"))).await.unwrap();
    assert_eq!(text(&asked, "/state"), "asked");
    assert_eq!(asked["spec"]["difference"], json!({ "fen": 9_900, "settlement": "waive" }));
    assert_eq!(
        (sums(api, "tee-M").await, sums(api, "tee-L").await),
        ([1, 0, 1], [2, 0, 0]),
        "M is in the parcel"
    );
    let confirm = format!("{path}/{}/confirm", text(&asked, "/id"));
    let done = shirts.warehouse.done(&confirm, json!({ "scanned": "1" })).await.unwrap();
    assert_eq!(
        (text(&done, "/state"), text(&done, "/lines/0/sku")),
        ("changed".to_owned(), "tee-L".to_owned())
    );
    assert_eq!((sums(api, "tee-M").await, sums(api, "tee-L").await), ([2, 0, 0], [0, 0, 2]));
    let order = shirts.shop.order("1").await;
    assert_eq!(
        order["fulfilment"]["corrected"],
        json!([{ "line": "tee-M", "sku": "tee-L", "quantity": 2 }]),
        "{order}"
    );
    let card = until(async || shirts.card("1").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(card["decisions"][0]["intercept"], asked["id"]);
    assert_eq!(shirts.undo("1").await.code(), "already_printed");
    // Not printed, it is in the parcel at once; the queue does not take back what support changed.
    shirts.sell("2", "tee-M").await;
    becomes(api, "2", "paid").await;
    let restock =
        json!({ "movements": [{ "id": "more", "sku": "tee-L", "kind": "received", "quantity": 1 }] });
    api.done("/api/v1/stock/movements", restock).await.unwrap();
    let changed = shirts.service.done(path, wish("2", "tee-L", None, None)).await.unwrap();
    assert_eq!(text(&changed, "/state"), "changed");
    assert_eq!((sums(api, "tee-M").await, sums(api, "tee-L").await), ([2, 0, 0], [0, 0, 3]));
    until(async || shirts.card("2").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(shirts.undo("2").await.code(), "decided_elsewhere");
    assert_eq!(shirts.go("2", "printed").await.status, 200);
    // What comes back on the shelf is what was in the parcel.
    let stop = shirts.service.done(path, json!({ "order": "douyin:2", "aim": "stop" })).await.unwrap();
    let step = |what: &str| format!("{path}/{}/{what}", text(&stop, "/id"));
    shirts.warehouse.done(&step("confirm"), json!({ "scanned": "2" })).await.unwrap();
    api.done(&step("refund"), json!({})).await.unwrap();
    shirts.warehouse.done(&step("restock"), json!({})).await.unwrap();
    comes_to(api, "tee-L", [1, 0, 2]).await;
    books_are_right(api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_whole_or_not_there_when_the_server_is_killed() {
    let shirts = Shirts::open(&[("tee-M", 24), ("tee-L", 12)]).await;
    let numbers: Vec<String> = (0..24).map(|n| format!("69{n:02}")).collect();
    for number in &numbers {
        shirts.sell(number, "tee-M").await;
    }
    comes_to(&shirts.shop.operator, "tee-M", [0, 0, 24]).await;
    let mut corrections = tokio::task::JoinSet::new();
    for number in numbers.clone() {
        let service = shirts.service.clone();
        corrections.spawn(async move {
            let lines = json!([{ "line": "tee-M", "sku": "tee-L", "quantity": 1 }]);
            let body = json!({ "decision": "correct", "lines": lines });
            let path = format!("/api/v1/orders/douyin:{number}/verification");
            let answer = service.post(&path, body).await.ok()?;
            (answer.status == 200).then_some(number)
        });
    }
    // Killed while most of them are on their way.
    let mut answered = Vec::new();
    while answered.len() < 4 {
        answered.extend(corrections.join_next().await.unwrap().unwrap());
    }
    let data = shirts.shop.data();
    let Shirts { shop, .. } = shirts;
    let Shop { folder: _folder, server, .. } = shop;
    server.kill().await.unwrap();
    while let Some(done) = corrections.join_next().await {
        answered.extend(done.unwrap());
    }
    let server = Server::start(&data).await.unwrap();
    let api = &server.operator().unwrap();
    let mut corrected = 0;
    for number in &numbers {
        let order = api.get(&format!("/api/v1/orders/douyin:{number}")).await.unwrap().json();
        let sent =
            order["fulfilment"]["corrected"].get(0).map_or_else(|| "tee-M".to_owned(), |it| text(it, "/sku"));
        let has = api.get(&format!("/api/v1/reservations/douyin:{number}")).await.unwrap().json();
        assert_eq!(text(&has, "/lines/0/sku"), sent, "{number}");
        corrected += i64::from(sent == "tee-L");
        assert!(sent == "tee-L" || !answered.contains(number), "what was answered is there");
    }
    assert!((4..=12).contains(&corrected), "{corrected}");
    assert_eq!(sums(api, "tee-M").await, [corrected, 0, 24 - corrected]);
    assert_eq!(sums(api, "tee-L").await, [12 - corrected, 0, corrected]);
    books_are_right(api).await;
}

#[tokio::test]
async fn an_address_that_was_changed_is_checked_before_the_parcel_goes_on() {
    let shirts = Shirts::open(&[]).await;
    let whom = |region: &str, street: &str| json!({ "name": "欧阳雪融", "phone": "13800138765", "region": region, "address": street });
    for number in ["1", "2", "3"] {
        let mut paid = notice(number, "paid", now());
        paid["lines"] = json!([{ "sku": "tee-M", "quantity": 1, "paid_fen": 9_900 }]);
        paid["recipient"] = whom("浙江省杭州市余杭区", &format!("文一西路{number}号3幢501室"));
        assert_eq!(shirts.shop.deliver(&format!("n-{number}"), &paid).await.status, 200);
        until(async || shirts.shop.order(number).await, |it| it["fulfilment"]["checked"] == true).await;
    }
    let change = async |number: &str, region: &str, street: &str| {
        let recipient = whom(region, street);
        let new = json!({ "order": format!("douyin:{number}"), "aim": "address", "recipient": recipient });
        shirts.service.done("/api/v1/intercepts", new).await.unwrap()
    };
    let confirm = async |it: &Value, number: &str| {
        let path = format!("/api/v1/intercepts/{}/confirm", text(it, "/id"));
        let done = shirts.warehouse.done(&path, json!({ "scanned": number })).await.unwrap();
        assert_eq!(text(&done, "/state"), "changed");
    };
    for number in ["1", "2"] {
        assert_eq!(shirts.go(number, "printed").await.status, 200);
    }
    // 西湖区 is in Hangzhou and not in Ningbo: nobody knows which of the two is meant.
    let wrong = change("1", "浙江省宁波市西湖区", "文三路478号2幢302室").await;
    confirm(&wrong, "1").await;
    let right = change("2", "浙江省杭州市西湖区", "文三路478号2幢302室").await;
    confirm(&right, "2").await;
    // At no moment could the first of them leave.
    assert_eq!(shirts.go("1", "out").await.code(), "order_held");
    let card = until(async || shirts.card("1").await, |card| text(card, "/check") != "due").await;
    assert_eq!(
        (text(&card, "/check").as_str(), text(&card, "/findings/0/kind").as_str()),
        ("waiting", "address")
    );
    assert_eq!(shirts.go("1", "out").await.code(), "order_held");
    until(async || shirts.card("2").await, |card| text(card, "/check") != "due").await;
    assert_eq!(shirts.go("2", "out").await.status, 200);
    // Not printed, and a street without a door: it is not printed either.
    change("3", "浙江省杭州市西湖区", "那边").await;
    let card = until(async || shirts.card("3").await, |card| text(card, "/check") != "due").await;
    assert_eq!(text(&card, "/check"), "waiting", "{card}");
    assert_eq!(shirts.go("3", "printed").await.code(), "order_held");
    // Put right by hand, it goes.
    let recipient = whom("浙江省杭州市西湖区", "文三路478号2幢302室");
    let body = json!({ "decision": "correct", "recipient": recipient });
    let done = shirts.service.post("/api/v1/orders/douyin:3/verification", body).await.unwrap();
    assert_eq!(done.status, 200, "{}", said(&done));
    until(async || shirts.card("3").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(shirts.go("3", "printed").await.status, 200);
}
