//! Stopping parcels and changing labels through the whole program: the right step for how far a parcel has come, who confirmed
//! when, one winner where two race, the money, the shelf and the customer; and nobody's address in clear.

use livehand_tests::api::{Answer, Api, text};
use livehand_tests::program::Server;
use serde_json::{Value, json};

use crate::orders::{Shop, notice};
use crate::{line, now, until};

const PATH: &str = "/api/v1/intercepts";
const MINUTE_MS: i64 = 60_000;
const NAME: &str = "欧阳雪融";
const PHONE: &str = "13800138765";
const STREET: &str = "文一西路969号3幢501室";
const NEW_PHONE: &str = "13700137654";
const NEW_STREET: &str = "文三路478号2幢302室";

/// A shop with ten units of the product and people who work in it.
struct Floor {
    shop: Shop,
    service: Api,
    warehouse: Api,
    money: Api,
}

impl Floor {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let api = &shop.operator;
        let received = json!({ "movements": [{ "id": "in", "sku": "tee", "kind": "received", "quantity": 10, "at": now() - 60 * MINUTE_MS }] });
        api.done("/api/v1/stock/movements", received).await.unwrap();
        let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
        let (warehouse, _) = api.hire("仓库老马", &["warehouse"]).await.unwrap();
        let (money, _) = api.hire("财务小张", &["finance"]).await.unwrap();
        // The orders of these tests are the same again and again.
        let path = "/api/v1/orders/verification/settings";
        let mut settings = api.get(path).await.unwrap().json()["settings"].clone();
        settings["duplicate_minutes"] = json!(0);
        assert_eq!(api.call(reqwest::Method::PUT, path, Some(settings)).await.unwrap().status, 200);
        Self { shop, service, warehouse, money }
    }

    /// An order that is paid; its id.
    async fn paid(&self, number: &str, buyer: &str) -> String {
        let mut paid = notice(number, "paid", now() - MINUTE_MS);
        paid["lines"] = json!([{ "sku": "tee", "quantity": 1, "paid_fen": 9_900 }]);
        paid["buyer"] = json!(buyer);
        paid["recipient"] =
            json!({ "name": NAME, "phone": PHONE, "region": "浙江省杭州市余杭区", "address": STREET });
        assert_eq!(self.shop.deliver(&format!("paid-{number}"), &paid).await.status, 200);
        // Nothing is printed that was not checked.
        self.checked(number).await;
        format!("douyin:{number}")
    }

    /// Waits until an order was checked since it changed.
    async fn checked(&self, order: &str) {
        let number = order.trim_start_matches("douyin:");
        until(async || self.shop.order(number).await, |it| it["fulfilment"]["checked"] == true).await;
    }

    async fn go(&self, order: &str, node: &str) -> Answer {
        self.warehouse.post("/api/v1/fulfilment", json!({ "orders": [order], "node": node })).await.unwrap()
    }

    async fn ask(&self, order: &str, aim: &str) -> Value {
        self.service.done(PATH, json!({ "order": order, "aim": aim })).await.unwrap()
    }

    async fn step(&self, api: &Api, it: &Value, what: &str, body: Value) -> Value {
        api.done(&format!("{PATH}/{}/{what}", text(it, "/id")), body).await.unwrap()
    }

    async fn refused(&self, api: &Api, it: &Value, what: &str, body: Value) -> String {
        api.post(&format!("{PATH}/{}/{what}", text(it, "/id")), body).await.unwrap().code()
    }

    /// How many are sold, and how many can be had.
    async fn stock(&self) -> (i64, i64) {
        let found = self.shop.operator.get("/api/v1/stock?search=tee").await.unwrap().json();
        let row = &found["stocks"][0];
        (row["sold"].as_i64().unwrap(), row["available"].as_i64().unwrap() + row["buffer"].as_i64().unwrap())
    }

    /// Sets what the carrier takes.
    async fn fee(&self, fen: i64) {
        let path = "/api/v1/after-sale/settings";
        let mut settings = self.money.get(path).await.unwrap().json()["settings"].clone();
        settings["carrier_fee_fen"] = json!(fen);
        assert_eq!(self.money.call(reqwest::Method::PUT, path, Some(settings)).await.unwrap().status, 200);
    }

    async fn tasks(&self) -> Vec<Value> {
        self.warehouse.get("/api/v1/warehouse/tasks").await.unwrap().json()["tasks"]
            .as_array()
            .unwrap()
            .clone()
    }
}

fn state(it: &Value) -> (String, String) {
    (text(it, "/state"), text(it, "/road"))
}

fn steps(it: &Value) -> Vec<String> {
    it["steps"].as_array().unwrap().iter().map(|step| text(step, "/done")).collect()
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[tokio::test]
async fn from_a_comment_in_the_room_to_the_goods_on_the_shelf_within_the_clocks() {
    let floor = Floor::open().await;
    let api = &floor.shop.operator;
    let show = api.open_show("晚场").await.unwrap();
    let order = floor.paid("A1", "u1").await;
    until(async || floor.stock().await, |stock| *stock == (1, 9)).await;
    assert_eq!(floor.go(&order, "printed").await.status, 200);
    let said = line("c1", now(), "comment", ",\"user\":\"u1\",\"name\":\"小美\",\"text\":\"拍错规格了\"");
    api.send(&show, said).await.unwrap();
    let list = async || floor.service.get("/api/v1/tickets?open=true").await.unwrap().json();
    let found = until(list, |it| it["tickets"].as_array().is_some_and(|all| all.len() == 1)).await;
    let ticket = text(&found, "/tickets/0/id");
    assert_eq!(
        (text(&found, "/tickets/0/kind"), text(&found, "/tickets/0/order")),
        pair("spec_change", &order)
    );
    let at = |what: &str| format!("/api/v1/tickets/{ticket}/{what}");
    for to in ["triaged", "in_progress"] {
        floor.service.done(&at("move"), json!({ "to": to })).await.unwrap();
    }
    floor
        .service
        .done(&at("answers"), json!({ "canned": "spec_change", "route": "private_message" }))
        .await
        .unwrap();
    let new = json!({ "order": order, "aim": "stop", "ticket": ticket, "note": "客户拍错规格" });
    let asked = floor.service.post(PATH, new.clone()).await.unwrap();
    assert_eq!(asked.status, 201, "{}", String::from_utf8_lossy(&asked.body));
    let asked = asked.json();
    assert_eq!(state(&asked), pair("asked", "stop_parcel"));
    assert_eq!(asked["due"].as_i64().unwrap() - asked["requested_at"].as_i64().unwrap(), 10 * MINUTE_MS);
    // Asked twice is asked once.
    let again = floor.service.post(PATH, new).await.unwrap();
    assert_eq!((again.status, text(&again.json(), "/id")), (200, text(&asked, "/id")));
    floor.service.done(&at("move"), json!({ "to": "waiting_warehouse" })).await.unwrap();
    // The warehouse cannot send it any more, and sees why; on its phone it sees what to do.
    let sent = floor.go(&order, "out").await;
    assert_eq!((sent.status, sent.code().as_str()), (409, "order_held"));
    let tasks = floor.tasks().await;
    assert_eq!((tasks.len(), text(&tasks[0], "/lines/0/name")), (1, "纯棉T恤".to_owned()));
    assert_eq!(
        floor.refused(&floor.warehouse, &asked, "confirm", json!({ "scanned": "A2" })).await,
        "other_parcel"
    );
    assert_eq!(
        floor.refused(&floor.service, &asked, "confirm", json!({ "scanned": "A1" })).await,
        "forbidden"
    );
    let stopped = floor.step(&floor.warehouse, &asked, "confirm", json!({ "scanned": "A1" })).await;
    assert_eq!(text(&stopped, "/state"), "stopped");
    assert!(stopped["confirmed_at"].as_i64().unwrap() >= stopped["requested_at"].as_i64().unwrap());
    assert_eq!(text(&stopped, "/steps/1/name"), "仓库老马");
    assert_eq!(floor.tasks().await.len(), 0);
    assert_eq!(
        floor.refused(&floor.warehouse, &asked, "restock", json!({})).await,
        "intercept_step",
        "the money first"
    );
    let much = floor.refused(&floor.money, &asked, "refund", json!({ "fen": 9_901 })).await;
    assert_eq!(much, "refund_too_much");
    let refunded = floor.step(&floor.money, &asked, "refund", json!({})).await;
    assert_eq!((text(&refunded, "/state"), &refunded["refund_fen"]), ("refunded".to_owned(), &json!(9_900)));
    assert_eq!(text(&floor.shop.order("A1").await, "/state"), "refunded");
    let restocked = floor.step(&floor.warehouse, &asked, "restock", json!({})).await;
    assert_eq!(text(&restocked, "/state"), "restocked");
    until(async || floor.stock().await, |stock| *stock == (0, 10)).await;
    assert_eq!(
        floor.refused(&floor.warehouse, &asked, "restock", json!({})).await,
        "intercept_step",
        "not twice"
    );
    floor.warehouse.done(&at("move"), json!({ "to": "in_progress" })).await.unwrap();
    let told = json!({ "text": "已拦截成功，货款原路退回", "route": "private_message" });
    let told = floor.step(&floor.service, &asked, "tell", told).await;
    assert_eq!((text(&told, "/state"), &told["running"]), ("told".to_owned(), &json!(false)));
    assert_eq!(steps(&told), ["requested", "confirmed", "refunded", "restocked", "told"]);
    floor.service.done(&at("move"), json!({ "to": "resolved", "cause": "buyer_mistake" })).await.unwrap();
    let closed = floor.service.done(&at("move"), json!({ "to": "closed" })).await.unwrap();
    let record = closed["record"].as_array().unwrap();
    assert_eq!(record.iter().filter(|it| it["what"] == "intercept").count(), 5, "{closed}");
    let figures = api.get("/api/v1/ticket-figures").await.unwrap().json();
    let all = &figures["all"];
    assert_eq!((&all["first_in_time"], &all["resolved_in_time"]), (&json!(1), &json!(1)));
    assert_eq!(floor.stock().await, (0, 10));
}

#[tokio::test]
async fn how_far_a_parcel_has_come_decides_what_is_done() {
    let floor = Floor::open().await;
    let nodes = ["to_print", "printed", "out", "collected", "delivering"];
    let roads = ["hold", "stop_parcel", "stop_at_station", "carrier_intercept", "guide_refusal"];
    for (n, road) in roads.iter().enumerate() {
        let order = floor.paid(&format!("B{n}"), "u1").await;
        if n > 0 {
            assert_eq!(floor.go(&order, nodes[n]).await.status, 200);
        }
        let asked = floor.ask(&order, "stop").await;
        assert_eq!(text(&asked, "/road"), *road);
        assert_eq!(text(&asked, "/node_then"), nodes[n]);
        match *road {
            "hold" => {
                assert_eq!(state(&asked), pair("stopped", "hold"));
                assert_eq!(asked["confirmed_at"], asked["requested_at"]);
                assert_eq!(floor.go(&order, "printed").await.code(), "order_held");
            }
            "carrier_intercept" => {
                assert_eq!((&asked["fee_fen"], &asked["chance_percent"]), (&json!(1_000), &json!(70)));
                assert_eq!(
                    floor.refused(&floor.warehouse, &asked, "confirm", json!({ "scanned": "B3" })).await,
                    "intercept_step"
                );
                floor.fee(1_500).await;
                let same = floor.service.get(&format!("{PATH}/{}", text(&asked, "/id"))).await.unwrap();
                assert_eq!(same.json()["fee_fen"], 1_000, "what was asked for keeps its fee");
                let receipt = json!({ "stopped": true, "note": "快递已退回" });
                let stopped = floor.step(&floor.service, &asked, "receipt", receipt).await;
                assert_eq!(steps(&stopped), ["requested", "receipt"]);
            }
            "guide_refusal" => {
                let receipt = json!({ "stopped": false, "note": "客户已签收" });
                let failed = floor.step(&floor.service, &asked, "receipt", receipt).await;
                assert_eq!(
                    (text(&failed, "/state"), &failed["running"]),
                    ("failed".to_owned(), &json!(false))
                );
                let told = json!({ "text": "包裹已签收，可申请退货", "route": "phone" });
                let told = floor.step(&floor.service, &failed, "tell", told).await;
                assert_eq!(text(&told, "/state"), "failed");
            }
            _ => assert_eq!(asked["with_warehouse"], true),
        }
    }
    let tasks = floor.tasks().await;
    assert_eq!(
        tasks.iter().map(|it| text(it, "/road")).collect::<Vec<_>>(),
        ["stop_parcel", "stop_at_station"]
    );
    let page = floor.service.get(&format!("{PATH}?running=true&limit=3")).await.unwrap().json();
    let rest = floor
        .service
        .get(&format!("{PATH}?running=true&limit=3&after={}", text(&page, "/next")))
        .await
        .unwrap()
        .json();
    assert_eq!(
        (page["intercepts"].as_array().unwrap().len(), rest["intercepts"].as_array().unwrap().len()),
        (3, 1)
    );
    let one = floor.service.get(&format!("{PATH}?search=b4&state=failed")).await.unwrap().json();
    assert_eq!(one["intercepts"].as_array().unwrap().len(), 1);
    let unpaid = notice("C1", "created", now());
    assert_eq!(floor.shop.deliver("c1", &unpaid).await.status, 200);
    let refused = floor.service.post(PATH, json!({ "order": "douyin:C1", "aim": "stop" })).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "order_not_paid"));
}

#[tokio::test]
async fn a_warehouse_that_sends_it_while_support_asks_has_one_winner_and_both_learn_it() {
    let floor = Floor::open().await;
    for n in 0..6 {
        let number = format!("D{n}");
        let order = floor.paid(&number, "u1").await;
        floor.go(&order, "printed").await;
        let asking = floor.service.post(PATH, json!({ "order": order, "aim": "stop" }));
        let (sent, asked) = tokio::join!(floor.go(&order, "out"), asking);
        let asked = asked.unwrap().json();
        let node = text(&floor.shop.order(&number).await, "/fulfilment/node");
        match sent.status {
            200 => assert_eq!((node, text(&asked, "/road")), pair("out", "stop_at_station")),
            409 => {
                assert_eq!(sent.code(), "order_held");
                assert_eq!((node, text(&asked, "/road")), pair("printed", "stop_parcel"));
            }
            other => panic!("{other}"),
        }
        // Two who ask at once ask one thing.
        let body = json!({ "order": order, "aim": "stop" });
        let (one, two) = tokio::join!(floor.service.post(PATH, body.clone()), floor.service.post(PATH, body));
        assert_eq!(text(&one.unwrap().json(), "/id"), text(&two.unwrap().json(), "/id"));
    }
}

#[tokio::test]
async fn a_parcel_that_was_gone_is_followed_to_where_it_is() {
    let floor = Floor::open().await;
    let order = floor.paid("E1", "u1").await;
    floor.go(&order, "printed").await;
    let asked = floor.ask(&order, "stop").await;
    let gone = floor.step(&floor.warehouse, &asked, "gone", json!({ "reason": "上午已被收走" })).await;
    assert_eq!(state(&gone), pair("asked", "stop_at_station"));
    assert_eq!(text(&floor.shop.order("E1").await, "/fulfilment/node"), "out");
    let gone = floor.step(&floor.warehouse, &asked, "gone", json!({ "reason": "站点已装车" })).await;
    assert_eq!(state(&gone), pair("asked", "carrier_intercept"));
    assert_eq!(steps(&gone), ["requested", "gone", "further", "gone", "further"]);
    assert_eq!(text(&gone, "/steps/1/words"), "上午已被收走");
    assert_eq!(gone["confirmed_at"], Value::Null, "nobody ever had it");
    assert_eq!(
        floor.refused(&floor.warehouse, &asked, "gone", json!({ "reason": "不在" })).await,
        "intercept_step"
    );
    // A platform that says that it left is believed as well, and nobody has to look.
    let order = floor.paid("E2", "u1").await;
    floor.go(&order, "printed").await;
    let asked = floor.ask(&order, "stop").await;
    assert_eq!(floor.shop.deliver("e2", &notice("E2", "shipped", now())).await.status, 200);
    let path = format!("{PATH}/{}", text(&asked, "/id"));
    let learned =
        until(async || floor.service.get(&path).await.unwrap().json(), |it| it["road"] == "stop_at_station")
            .await;
    assert_eq!(steps(&learned), ["requested", "gone", "further"]);
    // What came back from afar is on the shelf when it is recorded, once.
    let before = until(async || floor.stock().await, |stock| *stock == (2, 8)).await;
    floor.step(&floor.warehouse, &asked, "confirm", json!({ "scanned": "douyin:E2" })).await;
    floor.step(&floor.money, &asked, "refund", json!({})).await;
    floor.step(&floor.warehouse, &asked, "restock", json!({})).await;
    assert_eq!(floor.stock().await, (before.0 - 1, before.1 + 1));
    let withdrawn = floor.paid("E3", "u1").await;
    floor.go(&withdrawn, "printed").await;
    let asked = floor.ask(&withdrawn, "stop").await;
    let back = floor.step(&floor.service, &asked, "withdraw", json!({ "reason": "客户又要了" })).await;
    assert_eq!(text(&back, "/state"), "withdrawn");
    assert_eq!(floor.go(&withdrawn, "out").await.status, 200, "it goes on");
}

#[tokio::test]
async fn an_address_is_changed_as_a_difference_that_shows_nobodys_door() {
    let floor = Floor::open().await;
    let (fresh, printed) = (floor.paid("F1", "u1").await, floor.paid("F2", "u1").await);
    floor.go(&printed, "printed").await;
    let to =
        json!({ "name": NAME, "phone": NEW_PHONE, "region": "浙江省杭州市西湖区", "address": NEW_STREET });
    let new = |order: &str| json!({ "order": order, "aim": "address", "recipient": to });
    // Not printed: the label says it at once.
    let changed = floor.service.done(PATH, new(&fresh)).await.unwrap();
    assert_eq!(state(&changed), pair("changed", "hold"));
    assert_eq!(changed["changed"], json!(["phone", "region", "street"]));
    let label = |order: &str| json!({ "deliveries": [order] });
    // As soon as the new address was looked at.
    floor.checked(&fresh).await;
    let labels = floor.warehouse.done("/api/v1/labels", label(&fresh)).await.unwrap();
    assert!(labels.to_string().contains(NEW_STREET), "the warehouse prints the new one");
    assert_eq!(floor.go(&fresh, "printed").await.status, 200);
    // Printed: the warehouse sees the difference, masked, and confirms it.
    let asked = floor.service.done(PATH, new(&printed)).await.unwrap();
    assert_eq!(state(&asked), pair("asked", "stop_parcel"));
    assert_eq!(floor.go(&printed, "out").await.code(), "order_held");
    // The same again is the same; another one has to wait.
    assert_eq!(floor.service.post(PATH, new(&printed)).await.unwrap().status, 200);
    let mut other = new(&printed);
    other["recipient"]["phone"] = json!("13600136543");
    let other = floor.service.post(PATH, other).await.unwrap();
    assert_eq!((other.status, other.code().as_str()), (409, "intercept_runs"));
    let tasks = floor.tasks().await;
    let task = &tasks[0];
    assert!(text(task, "/recipient/before/region").contains("余杭区"), "{task}");
    assert!(text(task, "/recipient/after/region").contains("西湖区"), "{task}");
    assert_eq!(text(task, "/recipient/after/phone"), "137****7654");
    for value in [NAME, PHONE, NEW_PHONE, STREET, NEW_STREET] {
        assert!(!task.to_string().contains(value), "{value}");
    }
    let changed = floor.step(&floor.warehouse, &asked, "confirm", json!({ "scanned": "F2" })).await;
    assert_eq!(text(&changed, "/state"), "changed");
    floor.checked(&printed).await;
    let labels = floor.warehouse.done("/api/v1/labels", label(&printed)).await.unwrap();
    assert!(labels.to_string().contains(NEW_STREET), "{labels}");
    let told = json!({ "text": "地址已改好", "route": "private_message" });
    floor.step(&floor.service, &changed, "tell", told).await;
    the_table_says_what_changed_and_nothing_of_the_address(&floor, &printed).await;
    assert_eq!(floor.go(&printed, "out").await.status, 200, "it goes on with its new label");
    let back = json!({ "name": NAME, "phone": PHONE, "region": "浙江省杭州市余杭区", "address": STREET });
    let late = json!({ "order": printed, "aim": "address", "recipient": back });
    let late = floor.service.post(PATH, late).await.unwrap();
    assert_eq!(late.status, 201, "out and not collected: the station can still do it");
    floor.go(&fresh, "collected").await;
    let late = floor.service.post(PATH, new(&fresh)).await.unwrap();
    assert_eq!((late.status, late.code().as_str()), (409, "too_late_to_change"));
    let same = floor.paid("F3", "u1").await;
    let same = json!({ "order": same, "aim": "address", "recipient": { "name": NAME, "phone": PHONE, "region": "浙江省杭州市余杭区", "address": STREET } });
    assert_eq!(floor.service.post(PATH, same).await.unwrap().status, 422, "nothing is different");
    let mut files = Vec::new();
    let data = floor.shop.data();
    let Floor { shop, .. } = floor;
    shop.server.kill().await.unwrap();
    let mut folders = vec![data];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(std::fs::read(path).unwrap()) }
        }
    }
    for value in [NAME, PHONE, NEW_PHONE, "478号", "969号"] {
        let clear =
            files.iter().any(|bytes| bytes.windows(value.len()).any(|window| window == value.as_bytes()));
        assert!(!clear, "{value} is in a file");
    }
}

async fn the_table_says_what_changed_and_nothing_of_the_address(floor: &Floor, order: &str) {
    let path = |form: &str| format!("{PATH}/export/intercepts.{form}?order={order}&running=false&limit=1");
    let table = String::from_utf8(floor.money.get(&path("csv")).await.unwrap().body).unwrap();
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.contains("phone region street") && table.contains("仓库老马"), "{table}");
    for value in [NAME, PHONE, NEW_PHONE, STREET, NEW_STREET] {
        assert!(!table.contains(value), "{value}");
    }
    assert_eq!(floor.money.get(&path("xlsx")).await.unwrap().body[..2], *b"PK");
    assert_eq!(floor.service.get(&path("csv")).await.unwrap().status, 403);
}

#[tokio::test]
async fn another_size_is_a_difference_that_the_warehouse_confirms_and_a_restart_forgets_nothing() {
    let floor = Floor::open().await;
    let api = &floor.shop.operator;
    for sku in ["tee-m", "tee-l"] {
        api.done("/api/v1/products/tee/skus", json!({ "id": sku, "spec": { "尺码": sku } })).await.unwrap();
    }
    let mut paid = notice("G1", "paid", now() - MINUTE_MS);
    paid["lines"] = json!([{ "sku": "tee-m", "quantity": 1, "paid_fen": 9_900 }]);
    assert_eq!(floor.shop.deliver("g1", &paid).await.status, 200);
    until(async || floor.shop.order("G1").await, |it| it["fulfilment"]["checked"] == true).await;
    let order = "douyin:G1".to_owned();
    floor.go(&order, "printed").await;
    let wrong = json!({ "order": order, "aim": "spec", "spec": { "to": "tee-m" } });
    assert_eq!(floor.service.post(PATH, wrong).await.unwrap().status, 422, "it is that already");
    let new = json!({ "order": order, "aim": "spec", "spec": { "to": "tee-l" } });
    let asked = floor.service.done(PATH, new).await.unwrap();
    assert_eq!((text(&asked, "/spec/from"), text(&asked, "/spec/to")), pair("tee-m", "tee-l"));
    let other = floor.service.post(PATH, json!({ "order": order, "aim": "stop" })).await.unwrap();
    assert_eq!((other.status, other.code().as_str()), (409, "intercept_runs"));
    let (warehouse, data) = (floor.warehouse.clone(), floor.shop.data());
    let Floor { shop, .. } = floor;
    let Shop { server, folder, .. } = shop;
    server.kill().await.unwrap();
    let server = Server::start(&data).await.unwrap();
    let warehouse =
        Api::new(&server.url, livehand_tests::api::Credential::Cookie(warehouse.secret().to_owned()));
    let tasks = warehouse.get("/api/v1/warehouse/tasks").await.unwrap().json();
    assert_eq!(text(&tasks, "/tasks/0/id"), text(&asked, "/id"));
    let sent =
        warehouse.post("/api/v1/fulfilment", json!({ "orders": [order], "node": "out" })).await.unwrap();
    assert_eq!(sent.code(), "order_held");
    let path = format!("{PATH}/{}/confirm", text(&asked, "/id"));
    let done = warehouse.done(&path, json!({ "scanned": "G1" })).await.unwrap();
    assert_eq!(
        (text(&done, "/state"), steps(&done)),
        ("changed".to_owned(), vec!["requested".to_owned(), "confirmed".to_owned(), "changed".to_owned()])
    );
    drop(folder);
}
