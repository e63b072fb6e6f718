//! After-sale tickets through the whole program: comments that become tickets once, clocks, who has them, answers that quote
//! what was promised, money that needs more than one person, and figures.

use livehand_tests::api::{Api, text};
use livehand_tests::program::Server;
use reqwest::Method;
use serde_json::{Value, json};

use crate::orders::{Shop, notice};
use crate::{Fresh, line, now, until};

const PATH: &str = "/api/v1/tickets";
const MINUTE_MS: i64 = 60_000;

/// A comment of a viewer.
fn comment(id: &str, at: i64, user: &str, words: &str) -> String {
    line(id, at, "comment", &format!(",\"user\":\"{user}\",\"name\":\"小美{user}\",\"text\":\"{words}\""))
}

async fn tickets(api: &Api, query: &str) -> Vec<Value> {
    let answer = api.get(&format!("{PATH}?{query}")).await.unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["tickets"].as_array().unwrap().clone()
}

/// Waits until there are so many tickets.
async fn until_tickets(api: &Api, count: usize) -> Vec<Value> {
    until(async || tickets(api, "newest=true").await, |found| found.len() == count).await
}

async fn one(api: &Api, id: &str) -> Value {
    api.get(&format!("{PATH}/{id}")).await.unwrap().json()
}

/// What happened to a ticket, in order.
fn record(ticket: &Value) -> Vec<String> {
    ticket["record"].as_array().unwrap().iter().map(|entry| text(entry, "/what")).collect()
}

async fn open(api: &Api, kind: &str, words: &str) -> String {
    let opened = api.done(PATH, json!({ "kind": kind, "source": "phone", "text": words })).await.unwrap();
    text(&opened, "/id")
}

#[tokio::test]
async fn a_comment_about_an_order_of_ones_own_is_one_ticket_for_each_viewer_and_matter() {
    let shop = Shop::open().await;
    let api = &shop.operator;
    let show = api.open_show("晚场").await.unwrap();
    let mut paid = notice("A1", "paid", now() - MINUTE_MS);
    paid["lines"] = json!([{ "sku": "tee", "quantity": 1, "paid_fen": 9_900 }]);
    paid["buyer"] = json!("u1");
    assert_eq!(shop.deliver("p1", &paid).await.status, 200);
    let at = now();
    let lines = [
        comment("c1", at, "u1", "拍错规格了"),
        comment("c2", at + 1, "u1", "我拍错了 要M码"),
        comment("c3", at + 2, "u2", "拍错规格了怎么办"),
        comment("c4", at + 3, "u1", "帮我改地址"),
        comment("c5", at + 4, "u3", "主播好漂亮"),
        comment("c6", at + 5, "u3", "3号多少钱"),
        comment("c7", at + 6, "u4", "用了你家的脸过敏了"),
        comment("c8", at + 7, "u5", "还没发货 催一下"),
    ];
    assert_eq!(api.send(&show, lines.concat()).await.unwrap().status, 200);
    let found = until_tickets(api, 5).await;
    // The same again makes nothing.
    assert_eq!(api.send(&show, lines.concat()).await.unwrap().status, 200);
    let kind = |it: &Value| (text(it, "/kind"), text(it, "/viewer"));
    let mut kinds: Vec<_> = found.iter().map(kind).collect();
    kinds.sort();
    let expected = [
        ("address_change", "u1"),
        ("hurry_up", "u5"),
        ("injury", "u4"),
        ("spec_change", "u1"),
        ("spec_change", "u2"),
    ];
    assert_eq!(kinds, expected.map(|(kind, viewer)| (kind.to_owned(), viewer.to_owned())));
    let wrong = found.iter().find(|it| kind(it) == ("spec_change".to_owned(), "u1".to_owned())).unwrap();
    assert_eq!(text(wrong, "/order"), "douyin:A1", "the viewer's only order");
    assert_eq!((text(wrong, "/source"), text(wrong, "/nickname")), ("chat".to_owned(), "小**".to_owned()));
    assert_eq!(wrong["opened_at"], at);
    assert_eq!(wrong["first_due"], at + 5 * MINUTE_MS, "minutes decide before it leaves");
    let hurry = found.iter().find(|it| text(it, "/kind") == "hurry_up").unwrap();
    assert_eq!(hurry["first_due"], at + 7 + 10 * MINUTE_MS, "ten minutes on air");
    assert_eq!(hurry["due"], at + 7 + 24 * 60 * MINUTE_MS);
    let detail = one(api, &text(wrong, "/id")).await;
    assert_eq!(record(&detail), ["comment", "comment"]);
    assert_eq!(text(&detail, "/record/0/words"), "拍错规格了");
    assert!(text(&detail, "/record/0/event").starts_with(&show));
    // Whoever may be hurt goes before everybody else.
    let queue = tickets(api, "open=true").await;
    assert_eq!(
        (text(&queue[0], "/kind"), text(&queue[0], "/priority")),
        ("injury".to_owned(), "p0".to_owned())
    );
    assert_eq!(until_tickets(api, 5).await.len(), 5);
}

#[tokio::test]
async fn a_program_that_is_killed_loses_no_comment_and_makes_no_ticket_twice() {
    let fresh = Fresh::start().await;
    let show = fresh.operator.open_show("晚场").await.unwrap();
    let at = now();
    let words = ["拍错规格了", "帮我改地址", "还没发货 催一下", "发错颜色了", "少发了一件"];
    let lines: String = (0..40)
        .map(|n| {
            comment(&format!("c{n}"), at + n, &format!("u{}", n / 5), words[usize::try_from(n % 5).unwrap()])
        })
        .collect();
    assert_eq!(fresh.operator.send(&show, lines).await.unwrap().status, 200);
    let (folder, data) = fresh.kill().await;
    for _ in 0..2 {
        let server = Server::start(&data).await.unwrap();
        let api = server.operator().unwrap();
        let found = until_tickets(&api, 40).await;
        let mut numbers: Vec<i64> = found.iter().map(|it| it["number"].as_i64().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
        server.kill().await.unwrap();
    }
    drop(folder);
}

#[tokio::test]
async fn an_answer_in_the_room_is_the_first_answer_to_its_ticket() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = api.open_show("晚场").await.unwrap();
    let at = now();
    api.send(
        &show,
        comment("c1", at, "u1", "拍错规格了怎么办") + &comment("c2", at, "u2", "还没发货 催一下"),
    )
    .await
    .unwrap();
    let found = until_tickets(api, 2).await;
    let of = |kind: &str| text(found.iter().find(|it| text(it, "/kind") == kind).unwrap(), "/id");
    let (wrong, hurry) = (of("spec_change"), of("hurry_up"));
    // The crew answers the card in the cockpit; nobody touches the ticket.
    let sequence = text(&one(api, &wrong).await, "/record/0/event").rsplit('#').next().unwrap().to_owned();
    let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
    let answer = json!({ "text": "已请仓库先不发货" });
    service.done(&format!("/api/v1/shows/{show}/questions/{sequence}/answer"), answer).await.unwrap();
    let answered = until(async || one(api, &wrong).await, |it| !it["first_at"].is_null()).await;
    assert_eq!(record(&answered), ["comment", "answer"]);
    assert_eq!(text(&answered, "/record/1/name"), "客服小李");
    assert_eq!(text(&answered, "/record/1/words"), "已请仓库先不发货");
    // From the ticket, it goes into the room.
    let said = json!({ "text": "已经帮您催仓库", "route": "room" });
    let answered = service.done(&format!("{PATH}/{hurry}/answers"), said).await.unwrap();
    assert_eq!(record(&answered), ["comment", "answer"]);
    assert!(answered["first_at"].as_i64().unwrap() >= at);
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    assert!(state.to_string().contains("已经帮您催仓库"), "{state}");
}

#[tokio::test]
async fn what_is_late_goes_to_operations_by_itself_and_is_told_once() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = api.open_show("晚场").await.unwrap();
    let at = now();
    let lines = comment("c1", at - 11 * MINUTE_MS, "u1", "还没发货 催一下")
        + &comment("c2", at, "u2", "还没发货 催一下");
    api.send(&show, lines).await.unwrap();
    let late = until(
        async || tickets(api, "late=true").await,
        |found| found.len() == 1 && found[0]["raised"] == true,
    )
    .await;
    let id = text(&late[0], "/id");
    assert_eq!(
        (text(&late[0], "/viewer"), text(&late[0], "/post")),
        ("u1".to_owned(), "operations".to_owned())
    );
    assert_eq!(text(&late[0], "/priority"), "urgent");
    let (folder, data) = fresh.kill().await;
    let server = Server::start(&data).await.unwrap();
    let api = &server.operator().unwrap();
    let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
    let said = json!({ "text": "抱歉让您久等", "route": "private_message" });
    let answered = service.done(&format!("{PATH}/{id}/answers"), said).await.unwrap();
    assert_eq!(record(&answered), ["comment", "late", "answer"], "told once, also after a restart");
    assert_eq!(text(&answered, "/record/1/detail/late"), "first_answer");
    let figures = api.get("/api/v1/ticket-figures").await.unwrap().json();
    assert_eq!((&figures["all"]["tickets"], &figures["all"]["first_late"]), (&json!(2), &json!(1)));
    drop(folder);
}

#[tokio::test]
async fn a_ticket_goes_from_hand_to_hand_and_says_nothing_of_a_person() {
    let shop = Shop::open().await;
    let api = &shop.operator;
    let mut paid = notice("A1", "paid", now() - MINUTE_MS);
    paid["recipient"] = json!({ "name": "欧阳雪融", "phone": "13800138765", "region": "浙江省杭州市余杭区", "address": "文一西路969号3幢501室" });
    assert_eq!(shop.deliver("p1", &paid).await.status, 200);
    let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
    let (other, other_id) = api.hire("客服小王", &["customer_service"]).await.unwrap();
    let (warehouse, warehouse_id) = api.hire("仓库老马", &["warehouse"]).await.unwrap();
    let new = |words: &str| json!({ "kind": "damaged", "source": "order", "order": "douyin:A1", "text": words, "once": "k1" });
    for words in ["打 13800138765 问问", "欧阳雪融说碎了", "送到文一西路969号3幢501室"] {
        let refused = service.post(PATH, new(words)).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid"), "{words}");
        assert!(!String::from_utf8_lossy(&refused.body).contains("雪融"), "{words}");
    }
    let opened = service.post(PATH, new("收到就碎了")).await.unwrap();
    let again = service.post(PATH, new("收到就碎了")).await.unwrap();
    assert_eq!((opened.status, again.status), (201, 200));
    let id = text(&opened.json(), "/id");
    assert_eq!(text(&again.json(), "/id"), id);
    assert_eq!(text(&opened.json(), "/recipient/name"), "欧**");
    let step = |to: &str| json!({ "to": to });
    let path = |what: &str| format!("{PATH}/{id}/{what}");
    let skipped = service.post(&path("move"), step("in_progress")).await.unwrap();
    assert_eq!((skipped.status, skipped.code().as_str()), (409, "ticket_move"));
    service.done(&path("move"), step("triaged")).await.unwrap();
    let taken = service.done(&path("move"), step("in_progress")).await.unwrap();
    assert_eq!(text(&taken, "/owner/name"), "客服小李", "who begins has it");
    let wrong = service.post(&path("hand-over"), json!({ "owner": warehouse_id })).await.unwrap();
    assert_eq!(wrong.status, 422, "the warehouse has no tickets");
    let handed =
        service.done(&path("hand-over"), json!({ "owner": other_id, "note": "我下班了" })).await.unwrap();
    assert_eq!(text(&handed, "/owner/name"), "客服小王");
    let colleagues = service.get("/api/v1/ticket-colleagues").await.unwrap().json();
    let colleagues = colleagues["colleagues"].as_array().unwrap().iter();
    let colleagues: Vec<_> = colleagues.map(|it| (text(it, "/name"), it["open"].clone())).collect();
    assert_eq!(
        colleagues,
        [("客服小李".to_owned(), json!(0)), ("客服小王".to_owned(), json!(1))],
        "the warehouse can have none"
    );
    other.done(&path("move"), json!({ "to": "waiting_warehouse", "note": "请核实是否漏发" })).await.unwrap();
    let todo = tickets(&warehouse, "post=warehouse").await;
    assert_eq!(todo.len(), 1);
    let refused = warehouse.post(&path("move"), step("escalated_legal")).await.unwrap();
    assert_eq!(refused.status, 403, "the warehouse gives it back and no more");
    warehouse.done(&path("notes"), json!({ "text": "监控显示已放入" })).await.unwrap();
    warehouse.done(&path("move"), step("in_progress")).await.unwrap();
    let unanswered =
        other.post(&path("move"), json!({ "to": "resolved", "cause": "carrier" })).await.unwrap();
    assert_eq!(unanswered.code(), "ticket_not_answered");
    other.done(&path("answers"), json!({ "text": "为您补发", "route": "phone" })).await.unwrap();
    let no_cause = other.post(&path("move"), step("resolved")).await.unwrap();
    assert_eq!(no_cause.code(), "ticket_cause");
    other.done(&path("move"), json!({ "to": "resolved", "cause": "carrier" })).await.unwrap();
    other.done(&path("move"), step("reopened")).await.unwrap();
    other.done(&path("move"), step("in_progress")).await.unwrap();
    other.done(&path("move"), step("resolved")).await.unwrap();
    let closed = other.done(&path("move"), step("closed")).await.unwrap();
    assert_eq!(
        (&closed["reopened"], &closed["open"], &closed["clock"]),
        (&json!(1), &json!(false), &Value::Null)
    );
    let edited = other.done(&path("edit"), json!({ "feedback": "外箱要加厚" })).await.unwrap();
    assert_eq!(text(&edited, "/feedback"), "外箱要加厚");
    let export = format!("{PATH}/export/tickets");
    let table = async |filters: &str| {
        let csv = api.get(&format!("{export}.csv?{filters}")).await.unwrap();
        String::from_utf8(csv.body).unwrap()
    };
    let all = table("").await;
    assert!(all.contains("收到就碎了") && all.contains("carrier"), "{all}");
    assert_eq!(table("kind=damaged&open=false&limit=1").await, all);
    let none = table("open=true").await;
    assert_eq!(none.lines().count(), 1, "{none}");
    assert_eq!(api.get(&format!("{export}.xlsx")).await.unwrap().body[..2], *b"PK");
    assert_eq!(service.get(&format!("{export}.csv")).await.unwrap().status, 403);
}

#[tokio::test]
async fn prepared_answers_quote_what_was_promised_with_the_order() {
    let shop = Shop::open().await;
    let api = &shop.operator;
    let fact =
        json!({ "edits": [{ "product": "tee", "field": "guarantees", "value": ["七天无理由", "运费险"] }] });
    let written = api.post("/api/v1/facts", fact).await.unwrap();
    assert!(written.status < 300, "{}", String::from_utf8_lossy(&written.body));
    let mut paid = notice("A1", "paid", now());
    paid["lines"] = json!([{ "sku": "tee", "quantity": 1, "paid_fen": 9_900 }]);
    assert_eq!(shop.deliver("p1", &paid).await.status, 200);
    let new =
        json!({ "kind": "goods_return", "source": "support", "order": "douyin:A1", "text": "不合适想退" });
    let id = text(&api.done(PATH, new).await.unwrap(), "/id");
    let answers = api.get(&format!("{PATH}/{id}/answers")).await.unwrap().json();
    let first = &answers["answers"][0];
    assert_eq!(text(first, "/code"), "guarantees_promised");
    assert!(text(first, "/text").contains("七天无理由"), "{answers}");
    assert_eq!(text(first, "/quotes/0/field"), "guarantees", "{answers}");
    let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
    let sent = json!({ "canned": "guarantees_promised", "route": "support" });
    let answered = service.done(&format!("{PATH}/{id}/answers"), sent).await.unwrap();
    assert!(text(&answered, "/record/1/words").contains("七天无理由"));
    assert_eq!(text(&answered, "/record/1/detail/quotes/0/field"), "guarantees");
    // What nobody wrote down is not promised.
    let gift = open(api, "gift_missing", "赠品没到").await;
    let refused = service
        .post(&format!("{PATH}/{gift}/answers"), json!({ "canned": "gift_promised", "route": "phone" }))
        .await
        .unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "canned_incomplete"));
}

#[tokio::test]
async fn the_more_a_customer_gets_the_more_people_agree_and_nobody_twice() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
    let (lead, _) = api.hire("运营老陈", &["operations", "finance"]).await.unwrap();
    let (money, _) = api.hire("财务小张", &["finance"]).await.unwrap();
    let id = open(&service, "damaged", "收到就碎了").await;
    let path = format!("{PATH}/{id}/compensations");
    let ask = |fen: i64| json!({ "fen": fen, "reason": "破损补偿" });
    let small = service.done(&path, ask(1_500)).await.unwrap();
    assert_eq!(text(&small, "/status"), "granted");
    // Two small ones are not small together.
    let second = service.done(&path, ask(1_000)).await.unwrap();
    assert_eq!((text(&second, "/status"), &second["missing"]), ("asked".to_owned(), &json!(["lead"])));
    let decide = |row: &Value| format!("/api/v1/compensations/{}/decide", text(row, "/id"));
    assert_eq!(service.post(&decide(&second), json!({})).await.unwrap().status, 403);
    assert_eq!(money.post(&decide(&second), json!({})).await.unwrap().code(), "not_a_checker");
    let agreed = lead.done(&decide(&second), json!({})).await.unwrap();
    assert_eq!(text(&agreed, "/status"), "granted");
    assert_eq!(lead.post(&decide(&second), json!({})).await.unwrap().code(), "already_decided");
    let large = service.done(&path, ask(30_000)).await.unwrap();
    assert_eq!(large["missing"], json!(["lead", "finance"]));
    let half = lead.done(&decide(&large), json!({})).await.unwrap();
    assert_eq!((text(&half, "/status"), &half["missing"]), ("asked".to_owned(), &json!(["finance"])));
    let twice = lead.post(&decide(&large), json!({})).await.unwrap();
    assert_eq!((twice.status, twice.code().as_str()), (409, "same_person"));
    let waiting = money.get("/api/v1/compensations").await.unwrap().json();
    assert_eq!(waiting["compensations"].as_array().unwrap().len(), 1);
    money.done(&decide(&large), json!({})).await.unwrap();
    // Who asks agrees to nothing, whatever they wear.
    let own = lead.done(&path, ask(50_000)).await.unwrap();
    assert_eq!(own["missing"], json!(["finance"]), "a lead who asks has agreed as the lead");
    assert_eq!(lead.post(&decide(&own), json!({})).await.unwrap().code(), "same_person");
    let refused = money.done(&decide(&own), json!({ "refused": "证据不足" })).await.unwrap();
    assert_eq!(
        (text(&refused, "/status"), text(&refused, "/refusal")),
        ("refused".to_owned(), "证据不足".to_owned())
    );
    let ticket = one(api, &id).await;
    assert_eq!(ticket["compensated_fen"], 32_500);
    assert_eq!(ticket["compensations"].as_array().unwrap().len(), 4);
    assert_eq!(api.post(&path, ask(100)).await.unwrap().status, 403, "a command line gives nobody money");
}

#[tokio::test]
async fn a_shop_sets_its_limits_and_hours_and_what_was_decided_before_stays() {
    const SETTINGS: &str = "/api/v1/after-sale/settings";
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let (service, _) = api.hire("客服小李", &["customer_service"]).await.unwrap();
    let (lead, _) = api.hire("运营老陈", &["operations"]).await.unwrap();
    let (money, _) = api.hire("财务小张", &["finance"]).await.unwrap();
    let set = async |who: &Api, change: &dyn Fn(&mut Value)| {
        let mut settings = service.get(SETTINGS).await.unwrap().json()["settings"].clone();
        change(&mut settings);
        who.call(Method::PUT, SETTINGS, Some(settings)).await.unwrap()
    };
    assert_eq!(service.get(SETTINGS).await.unwrap().json()["version"], 0);
    let first = open(&service, "damaged", "收到就碎了").await;
    let ask = async |ticket: &str, fen: i64| {
        let path = format!("{PATH}/{ticket}/compensations");
        service.done(&path, json!({ "fen": fen, "reason": "破损补偿" })).await.unwrap()
    };
    assert_eq!(ask(&first, 3_000).await["missing"], json!(["lead"]));
    let before = one(&service, &first).await;

    // Nobody works for the next two hours, wherever in the day this runs.
    let minute = (now() + 8 * 60 * MINUTE_MS) / MINUTE_MS;
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    let later = |it: &mut Value| {
        it["works_from"] = json!(clock(minute + 120));
        it["works_to"] = json!(clock(minute + 240));
    };
    assert_eq!(set(&service, &later).await.status, 403);
    assert_eq!(set(&lead, &later).await.json()["version"], 1);
    let generous = |it: &mut Value| it["service_fen"] = json!(5_000);
    assert_eq!(set(&lead, &generous).await.status, 403, "nobody sets the limits that bind them");
    assert_eq!(set(&money, &generous).await.json()["version"], 2);

    let second = open(&service, "damaged", "又碎了").await;
    let after = one(&service, &second).await;
    let wait = after["first_due"].as_i64().unwrap() - after["opened_at"].as_i64().unwrap();
    assert!((148..=151).contains(&(wait / MINUTE_MS)), "two hours, then half an hour of work: {wait}");
    assert_eq!(text(&ask(&second, 4_000).await, "/status"), "granted");
    let kept = one(&service, &first).await;
    assert_eq!(kept["first_due"], before["first_due"]);
    assert_eq!(kept["compensations"][0]["missing"], json!(["lead"]), "it was asked for under other limits");

    type Change = fn(&mut Value);
    let wrong: [(Change, &str); 4] = [
        (|it| it["service_fen"] = json!(-1), "service_fen"),
        (|it| it["lead_fen"] = json!(4_999), "lead_fen"),
        (|it| it["carrier_fee_fen"] = json!(100_001), "carrier_fee_fen"),
        (|it| it["works_from"] = json!("9点"), "works_from"),
    ];
    for (change, field) in wrong {
        let refused = set(&money, &change).await;
        assert_eq!((refused.status, text(&refused.json(), "/errors/0/field").as_str()), (422, field));
    }
    assert_eq!(service.get(SETTINGS).await.unwrap().json()["version"], 2, "what is refused changes nothing");
}

#[tokio::test]
async fn customers_are_asked_and_counted() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for (n, score) in [5, 4, 2].iter().enumerate() {
        let id = open(api, "invoice", &format!("第{n}张发票")).await;
        let path = |what: &str| format!("{PATH}/{id}/{what}");
        let early = api.post(&path("satisfaction"), json!({ "score": score })).await.unwrap();
        assert_eq!(early.code(), "ticket_open");
        api.done(&path("answers"), json!({ "text": "已开", "route": "support" })).await.unwrap();
        for to in ["triaged", "in_progress"] {
            api.done(&path("move"), json!({ "to": to })).await.unwrap();
        }
        api.done(&path("move"), json!({ "to": "resolved", "cause": "other" })).await.unwrap();
        api.done(&path("satisfaction"), json!({})).await.unwrap();
        let wrong = api.post(&path("satisfaction"), json!({ "score": 6 })).await.unwrap();
        assert_eq!(wrong.status, 422);
        api.done(&path("satisfaction"), json!({ "score": score })).await.unwrap();
        let again = api.post(&path("satisfaction"), json!({ "score": 1 })).await.unwrap();
        assert_eq!(again.code(), "ticket_asked");
    }
    let nothing = open(api, "other", "打错电话").await;
    api.done(&format!("{PATH}/{nothing}/move"), json!({ "to": "closed", "cause": "not_after_sale" }))
        .await
        .unwrap();
    let figures = api.get("/api/v1/ticket-figures").await.unwrap().json();
    let all = &figures["all"];
    let counts = ["tickets", "first_in_time", "resolved_in_time", "asked", "rated", "satisfied"]
        .map(|it| all[it].as_i64().unwrap());
    assert_eq!(counts, [3, 3, 3, 3, 3, 2], "what needed no work is not counted");
    assert_eq!(figures["satisfied_goal_permille"], 950);
    assert_eq!(
        (text(&figures, "/rows/0/kind"), text(&figures, "/rows/0/cause")),
        ("invoice".to_owned(), "other".to_owned())
    );
    let found = tickets(api, "search=第1张&cause=other&open=false&newest=true").await;
    assert_eq!(found.len(), 1);
    let page = api.get(&format!("{PATH}?newest=true&limit=3")).await.unwrap().json();
    let rest =
        api.get(&format!("{PATH}?newest=true&limit=3&after={}", text(&page, "/next"))).await.unwrap().json();
    assert_eq!(
        (page["tickets"].as_array().unwrap().len(), rest["tickets"].as_array().unwrap().len()),
        (3, 1)
    );
}
