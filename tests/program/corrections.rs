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

/// A comment of a viewer in the room.
async fn say(shirts: &Shirts, show: &str, viewer: &str, words: &str) {
    let id = format!("c-{viewer}-{}", now());
    let event = json!({ "id": id, "at": now(), "type": "comment", "user": viewer, "text": words });
    assert_eq!(shirts.shop.operator.send(show, format!("{event}\n")).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_mistake_that_a_buyer_tells_of_is_one_matter_and_is_decided_once() {
    let shirts = Shirts::open(&[]).await;
    let (api, service) = (&shirts.shop.operator, &shirts.service);
    let show = api.open_show("晚场").await.unwrap();
    let ticket = async |id: &str| service.get(&format!("/api/v1/tickets/{id}")).await.unwrap().json();
    let rates = async || {
        let rates = service.get("/api/v1/orders/verification/rates").await.unwrap().json();
        (rates["wrong_held"].as_i64().unwrap(), rates["right_held"].as_i64().unwrap())
    };
    // Orders of four buyers who say of it that it is wrong: each is a ticket and a card that show one another.
    let mut tickets = Vec::new();
    for number in ["1", "2", "3", "4"] {
        let mut paid = notice(number, "paid", now());
        paid["lines"] = json!([{ "sku": "tee-M", "quantity": 1, "paid_fen": 9_900 }]);
        paid["buyer"] = json!(format!("b{number}"));
        assert_eq!(shirts.shop.deliver(&format!("n-{number}"), &paid).await.status, 200);
        until(async || shirts.card(number).await, |card| text(card, "/check") == "passed").await;
        say(&shirts, &show, &format!("b{number}"), "拍错了").await;
        let both = |card: &Value| text(card, "/check") == "waiting" && card["tickets"][0].is_object();
        let card = until(async || shirts.card(number).await, both).await;
        assert_eq!(text(&card, "/tickets/0/kind"), "spec_change", "{card}");
        assert_eq!(text(&card, "/tickets/0/said"), "拍错了");
        let id = text(&card, "/tickets/0/id");
        assert_eq!(text(&ticket(&id).await, "/check/found/0"), "bought_wrong");
        tickets.push(id);
    }
    let answer = async |id: &str, body: Value| {
        service.done(&format!("/api/v1/tickets/{id}/answers"), body).await.unwrap()
    };
    let told = json!({ "text": "已按您说的处理", "route": "private_message" });
    // Corrected in the queue: the customer was answered, so nothing is left of the ticket.
    answer(&tickets[0], told.clone()).await;
    assert_eq!(shirts.correct("1", "tee-M", "tee-L", None).await.status, 200);
    let over = ticket(&tickets[0]).await;
    assert_eq!(
        (text(&over, "/state"), text(&over, "/cause")),
        ("resolved".to_owned(), "buyer_mistake".to_owned())
    );
    until(async || shirts.card("1").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(rates().await, (1, 0));
    // Taken back, both are open again; corrected again, it counts once.
    assert_eq!(shirts.undo("1").await.status, 200);
    assert_eq!(text(&ticket(&tickets[0]).await, "/state"), "reopened");
    until(async || shirts.card("1").await, |card| text(card, "/check") == "waiting").await;
    assert_eq!(rates().await, (0, 0));
    assert_eq!(shirts.correct("1", "tee-M", "tee-L", None).await.status, 200);
    assert_eq!(rates().await, (1, 0));
    // Kept as it is while nobody answered: what is left is to tell the customer.
    let keep = json!({ "decision": "keep" });
    service.done("/api/v1/orders/douyin:2/verification", keep).await.unwrap();
    assert_eq!(ticket(&tickets[1]).await["open"], true);
    assert_eq!(text(&answer(&tickets[1], told.clone()).await, "/state"), "resolved");
    assert_eq!(rates().await, (1, 1));
    // Decided in the ticket: the card goes.
    answer(&tickets[2], told.clone()).await;
    let at = format!("/api/v1/tickets/{}/move", tickets[2]);
    for to in ["triaged", "in_progress"] {
        service.done(&at, json!({ "to": to })).await.unwrap();
    }
    service.done(&at, json!({ "to": "resolved", "cause": "changed_mind" })).await.unwrap();
    let card = until(async || shirts.card("3").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(text(&card, "/decisions/0/decision"), "keep");
    assert_eq!(shirts.go("3", "printed").await.status, 200);
    // By an intercept: the same, and once.
    let new = json!({ "order": "douyin:4", "aim": "spec", "ticket": tickets[3], "spec": { "to": "tee-L" } });
    service.done("/api/v1/intercepts", new).await.unwrap();
    let card = until(async || shirts.card("4").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(card["decisions"].as_array().unwrap().len(), 1, "{card}");
    assert_eq!(rates().await, (2, 2));
}

#[tokio::test]
async fn a_buyer_who_is_asked_has_a_clock_and_their_answer_comes_back_to_the_card() {
    let shirts = Shirts::open(&[]).await;
    let service = &shirts.service;
    let mut paid = notice("1", "paid", now());
    paid["lines"] = json!([{ "sku": "tee-M", "quantity": 1, "paid_fen": 9_900 }]);
    paid["recipient"] = json!({ "name": "欧阳雪融", "phone": "1380013876", "region": "浙江省杭州市余杭区", "address": "文一西路969号3幢501室" });
    assert_eq!(shirts.shop.deliver("n-1", &paid).await.status, 200);
    let card = until(async || shirts.card("1").await, |card| text(card, "/check") == "waiting").await;
    assert_eq!(card["tickets"], json!([]));
    let asked =
        service.done("/api/v1/orders/douyin:1/verification", json!({ "decision": "ask" })).await.unwrap();
    assert_eq!((text(&asked, "/check").as_str(), &asked["tickets"][0]["asks"]), ("asked", &json!(true)));
    let id = text(&asked, "/tickets/0/id");
    let path = |what: &str| format!("/api/v1/tickets/{id}{what}");
    let ticket = service.get(&path("")).await.unwrap().json();
    assert_eq!(
        (text(&ticket, "/kind").as_str(), text(&ticket, "/check/state").as_str()),
        ("address_change", "asked")
    );
    assert!(ticket["next_due"].as_i64().is_some(), "its clock runs: {ticket}");
    let offered = service.get(&path("/answers")).await.unwrap().json();
    assert!(offered.to_string().contains("ask_recipient"), "{offered}");
    service
        .done(&path("/answers"), json!({ "canned": "ask_recipient", "route": "private_message" }))
        .await
        .unwrap();
    for to in ["triaged", "in_progress", "waiting_customer"] {
        service.done(&path("/move"), json!({ "to": to })).await.unwrap();
    }
    let clear = service.post(&path("/customer"), json!({ "text": "买家回复 13800138765" })).await.unwrap();
    assert_eq!(clear.status, 422, "no number is kept");
    let back = service.done(&path("/customer"), json!({ "text": "买家补了完整号码" })).await.unwrap();
    assert_eq!(text(&back, "/state"), "in_progress");
    let card = shirts.card("1").await;
    assert_eq!(
        (text(&card, "/check").as_str(), text(&card, "/tickets/0/said").as_str()),
        ("waiting", "买家补了完整号码")
    );
    let recipient = json!({ "name": "欧阳雪融", "phone": "13800138765", "region": "浙江省杭州市余杭区", "address": "文一西路969号3幢501室" });
    let body = json!({ "decision": "correct", "recipient": recipient });
    service.done("/api/v1/orders/douyin:1/verification", body).await.unwrap();
    until(async || shirts.card("1").await, |card| text(card, "/check") == "decided").await;
    assert_eq!(text(&service.get(&path("")).await.unwrap().json(), "/state"), "resolved");
}

#[tokio::test]
async fn what_comes_back_as_wrong_counts_against_the_goal_once_until_its_cause_is_somebody_elses() {
    let shirts = Shirts::open(&[]).await;
    for number in ["1", "2", "3", "4", "5"] {
        shirts.sell(number, "tee-M").await;
    }
    for number in ["1", "2", "3", "4"] {
        assert_eq!(shirts.go(number, "out").await.status, 200);
    }
    let complain = async |number: &str, kind: &str| {
        let new = json!({ "kind": kind, "source": "order", "order": format!("douyin:{number}"), "text": "到货不对" });
        text(&shirts.service.done("/api/v1/tickets", new).await.unwrap(), "/id")
    };
    let settle = async |ticket: &str, cause: &str| {
        let path = format!("/api/v1/tickets/{ticket}/");
        for to in ["triaged", "in_progress"] {
            shirts.service.done(&format!("{path}move"), json!({ "to": to })).await.unwrap();
        }
        let answer = json!({ "text": "已核实", "route": "private_message" });
        shirts.service.done(&format!("{path}answers"), answer).await.unwrap();
        shirts
            .service
            .done(&format!("{path}move"), json!({ "to": "resolved", "cause": cause }))
            .await
            .unwrap();
    };
    let rates = async || {
        let rates = shirts.service.get("/api/v1/orders/verification/rates").await.unwrap().json();
        let came: Vec<String> =
            rates["came_back"].as_array().unwrap().iter().map(|it| text(it, "/order")).collect();
        (rates["sent"].as_i64().unwrap(), rates["sent_wrong"].as_i64().unwrap(), came)
    };
    assert_eq!(rates().await, (4, 0, Vec::new()));
    let missing = complain("1", "missing").await;
    complain("1", "wrong_item").await;
    let spec = complain("2", "spec_change").await;
    complain("3", "hurry_up").await;
    complain("5", "missing").await;
    // One order, whatever its buyer says of it; what never left is no order that left wrong.
    let first = vec!["douyin:1".to_owned(); 2];
    assert_eq!(rates().await, (4, 1, first));
    // Another size is the buyer's wish until it is said that the warehouse took the wrong one.
    settle(&spec, "warehouse_mistake").await;
    let (sent, wrong, came) = rates().await;
    assert_eq!((sent, wrong, came.len()), (4, 2, 3));
    // Lost on the way is not ours.
    settle(&missing, "carrier").await;
    assert_eq!(rates().await.2.len(), 2);
    let made_up =
        shirts.service.get("/api/v1/orders/verification/rates?synthetic=true").await.unwrap().json();
    assert_eq!((&made_up["sent"], &made_up["let_go"]), (&json!(0), &json!(0)));
}
