//! Orders from outside: signed webhooks that come five times, in any order, days late or forged, and exports of shops. Each
//! order is one, is paid once, and leaves nothing of its recipient in clear.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use livehand_tests::api::{Answer, Api, text};
use livehand_tests::program::{Server, command, run};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;

use crate::{line, now, until};

const NAME: &str = "欧阳雪融";
const PHONE: &str = "13800138765";
const STREET: &str = "文一西路969号3幢501室";
const DAY_MS: i64 = 86_400_000;

/// A server with a key for personal data, a secret for the source `shop`, and a product.
pub(crate) struct Shop {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
    pub(crate) operator: Api,
    secret: String,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(true).await
    }

    async fn open_with(keys: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let (key_file, secrets) = (folder.path().join("keys.json"), folder.path().join("secrets"));
        run(["keys".as_ref(), "new".as_ref(), key_file.as_os_str()]).await.unwrap();
        let made =
            run(["orders".as_ref(), "secret".as_ref(), "shop".as_ref(), secrets.as_os_str()]).await.unwrap();
        assert!(made.status.success(), "{made:?}");
        let secret = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let keys = if keys { format!("keys = {key_file:?}\n") } else { String::new() };
        let settings = format!("{keys}order_secrets = {secrets:?}\n");
        std::fs::write(folder.path().join("data/livehand.toml"), settings).unwrap();
        let data = folder.path().join("data");
        let server = Server::start_with(&data, &[("LIVEHAND_LOG", "debug")]).await.unwrap();
        let operator = server.operator().unwrap();
        let tee = json!({ "id": "tee", "name": "纯棉T恤", "price_fen": 9_900, "link_number": 1 });
        operator.done("/api/v1/products", tee).await.unwrap();
        Self { folder, server, operator, secret }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Delivers a body as `id`, signed for `at`.
    async fn deliver_at(&self, id: &str, at: i64, body: &[u8], secret: &str) -> Answer {
        let seconds = (at / 1_000).to_string();
        let key = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
            mac.update(part);
        }
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let nobody = self.operator.with(livehand_tests::api::Credential::None);
        let request = nobody.request(Method::POST, "/api/v1/orders/webhook");
        let request = request.header("webhook-id", id).header("webhook-timestamp", &seconds);
        let request =
            request.header("webhook-signature", &signature).header("content-type", "application/json");
        nobody.answer(request.body(body.to_vec())).await.unwrap()
    }

    pub(crate) async fn deliver(&self, id: &str, body: &Value) -> Answer {
        self.deliver_at(id, now(), body.to_string().as_bytes(), &self.secret).await
    }

    pub(crate) async fn order(&self, number: &str) -> Value {
        let answer = self.operator.get(&format!("/api/v1/orders/douyin:{number}")).await.unwrap();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    async fn ledger(&self) -> Value {
        self.operator.get("/api/v1/products/tee/ledger").await.unwrap().json()
    }

    async fn import(&self, file: &str, bytes: Vec<u8>, apply: bool) -> Answer {
        let path = format!("/api/v1/orders/import?name={file}&apply={apply}");
        let request =
            self.operator.request(Method::POST, &path).header("content-type", "application/octet-stream");
        self.operator.answer(request.body(bytes)).await.unwrap()
    }

    /// Kills the server; its data stays.
    pub(crate) async fn kill(self) -> (TempDir, PathBuf) {
        let data = self.data();
        self.server.kill().await.unwrap();
        (self.folder, data)
    }

    /// Kills the server and looks for what must be in none of its files, nor in what it said.
    pub(crate) async fn kill_and_look(self) {
        nothing_clear("the log", self.server.errors().unwrap().as_bytes());
        let data = self.data();
        self.server.kill().await.unwrap();
        let mut folders = vec![data];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    nothing_clear(&path.display().to_string(), &std::fs::read(&path).unwrap());
                }
            }
        }
    }
}

pub(crate) fn nothing_clear(place: &str, bytes: &[u8]) {
    for value in [NAME, PHONE, STREET, "969号"] {
        let found = bytes.windows(value.len()).any(|window| window == value.as_bytes());
        assert!(!found, "{place} holds {value}");
    }
}

pub(crate) fn notice(number: &str, state: &str, at: i64) -> Value {
    json!({ "platform": "douyin", "number": number, "state": state, "at": at })
}

/// One order's life, with whom it goes to.
fn life(number: &str, start: i64) -> Vec<Value> {
    let mut created = notice(number, "created", start);
    created["lines"] = json!([{ "sku": "tee", "quantity": 2, "paid_fen": 19_800 }]);
    created["recipient"] =
        json!({ "name": NAME, "phone": PHONE, "region": "浙江省杭州市余杭区", "address": STREET });
    vec![
        created,
        notice(number, "paid", start + 60_000),
        notice(number, "shipped", start + 3_600_000),
        notice(number, "completed", start + 7_200_000),
    ]
}

#[tokio::test]
async fn notices_that_come_five_times_and_in_any_order_and_days_late_are_one_order_that_is_paid_once() {
    let shop = Shop::open().await;
    let start = now() - 3 * DAY_MS;
    let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]];
    for (n, order) in orders.iter().enumerate() {
        let number = format!("691792676882364375{n}");
        let life = life(&number, start);
        let mut answers = std::collections::BTreeMap::new();
        for round in 0..5 {
            for step in order {
                let answer = shop.deliver(&format!("m{n}-{step}"), &life[*step]).await;
                assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
                nothing_clear("the answer", &answer.body);
                let first = answers.entry(step).or_insert_with(|| answer.json());
                assert_eq!(
                    *first,
                    answer.json(),
                    "round {round}: the same delivery is answered the same again"
                );
            }
        }
        let order = shop.order(&number).await;
        assert_eq!(text(&order, "/state"), "completed");
        assert_eq!(order["paid_at"], start + 60_000);
        assert_eq!(order["paid_fen"], 19_800);
        assert_eq!(order["notices"].as_array().unwrap().len(), 4);
        assert!(!text(&order, "/customer").is_empty());
        nothing_clear("the order", order.to_string().as_bytes());
    }
    assert_eq!(shop.ledger().await["total"], ledger_rows(&shop, 3).await);
    let list = shop.operator.get("/api/v1/orders?search=3751&state=completed").await.unwrap().json();
    assert_eq!(list["orders"].as_array().unwrap().len(), 1);
    let page = shop.operator.get("/api/v1/orders?limit=2").await.unwrap().json();
    let rest = shop
        .operator
        .get(&format!("/api/v1/orders?limit=2&after={}", text(&page, "/next")))
        .await
        .unwrap()
        .json();
    assert_eq!((page["orders"].as_array().unwrap().len(), rest["orders"].as_array().unwrap().len()), (2, 1));
    // Not a row more than one for each delivery.
    assert_eq!(shop.ledger().await["total"], ledger_rows(&shop, 3).await);
    shop.kill_and_look().await;
}

/// The prices that were asked for, and so many that were paid.
async fn ledger_rows(shop: &Shop, paid: u64) -> Value {
    let ledger = shop.ledger().await;
    let found = ledger["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == "paid").count();
    assert_eq!(u64::try_from(found).unwrap(), paid, "{ledger}");
    ledger["total"].clone()
}

#[tokio::test]
async fn a_delivery_is_answered_the_same_after_a_kill() {
    let shop = Shop::open().await;
    let life = life("6917", now() - DAY_MS);
    let mut answers = Vec::new();
    for (step, said) in life.iter().enumerate() {
        answers.push(shop.deliver(&format!("m{step}"), said).await.json());
    }
    let Shop { folder, server, secret, .. } = shop;
    server.kill().await.unwrap();
    let server = Server::start(&folder.path().join("data")).await.unwrap();
    let operator = server.operator().unwrap();
    let shop = Shop { folder, server, operator, secret };
    for (step, said) in life.iter().enumerate().rev() {
        let again = shop.deliver(&format!("m{step}"), said).await;
        assert_eq!((again.status, again.json()), (200, answers[step].clone()));
    }
    let other = shop.deliver("m0", &life[1]).await;
    assert_eq!((other.status, other.code().as_str()), (422, "notice_reused"));
    assert_eq!(shop.order("6917").await["notices"].as_array().unwrap().len(), 4);
    ledger_rows(&shop, 1).await;
}

#[tokio::test]
async fn a_forged_an_old_and_a_future_delivery_is_refused_and_one_id_is_one_notice() {
    let shop = Shop::open().await;
    let body = life("6917", now() - DAY_MS).remove(0);
    let bytes = body.to_string().into_bytes();
    let other = format!("whsec_{}", STANDARD.encode([7_u8; 32]));
    for (at, secret, code) in [
        (now(), other.as_str(), "webhook_forged"),
        (now() - 3 * DAY_MS, shop.secret.as_str(), "webhook_too_old"),
        (now() - 6 * 60_000, shop.secret.as_str(), "webhook_too_old"),
        (now() + 6 * 60_000, shop.secret.as_str(), "webhook_from_the_future"),
    ] {
        let refused = shop.deliver_at("m1", at, &bytes, secret).await;
        assert_eq!((refused.status, refused.code().as_str()), (401, code));
        nothing_clear("the refusal", &refused.body);
    }
    assert_eq!(shop.operator.get("/api/v1/orders/douyin:6917").await.unwrap().status, 404);
    let unsigned = shop.operator.post("/api/v1/orders/webhook", body.clone()).await.unwrap();
    assert_eq!((unsigned.status, unsigned.code().as_str()), (401, "webhook_forged"));

    // Replayed within the window it is the same notice, and changes nothing.
    let at = now();
    let first = shop.deliver_at("m1", at, &bytes, &shop.secret).await;
    let replayed = shop.deliver_at("m1", at, &bytes, &shop.secret).await;
    assert_eq!((first.status, first.json()), (200, replayed.json()));
    let mut changed = body.clone();
    changed["lines"][0]["quantity"] = json!(3);
    let reused = shop.deliver("m1", &changed).await;
    assert_eq!((reused.status, reused.code().as_str()), (422, "notice_reused"));
    assert_eq!(shop.order("6917").await["lines"][0]["quantity"], 2);

    // All five at the same time are one.
    let body = notice("6918", "created", now() - 1_000);
    let sent = futures_util::future::join_all((0..5).map(|_| shop.deliver("m2", &body))).await;
    for answer in &sent {
        assert_eq!((answer.status, answer.json()), (200, sent[0].json()));
    }
    assert_eq!(shop.order("6918").await["notices"].as_array().unwrap().len(), 1);
    shop.kill_and_look().await;
}

#[tokio::test]
async fn no_refusal_of_a_delivery_quotes_what_was_in_it() {
    let shop = Shop::open().await;
    let good = || life("6917", now() - DAY_MS).remove(0);
    let with = |pointer: &str, value: Value| {
        let mut body = good();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let bodies = [
        with("/number", json!(PHONE)),
        with("/number", json!(NAME)),
        with("/platform", json!(STREET)),
        with("/state", json!(NAME)),
        with("/at", json!(now() + DAY_MS)),
        with("/lines/0/sku", json!(STREET)),
        with("/lines/0/quantity", json!(0)),
        with("/recipient/phone", json!("138001387651380013876513")),
        json!({ NAME: PHONE }),
        json!(PHONE),
    ];
    for (n, body) in bodies.iter().enumerate() {
        let refused = shop.deliver(&format!("m{n}"), body).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid"), "{body}");
        nothing_clear(&body.to_string(), &refused.body);
    }
    let large = vec![b' '; 200 * 1024];
    assert_eq!(shop.deliver_at("m", now(), &large, &shop.secret).await.status, 413);
    let page = shop.operator.get("/api/v1/orders").await.unwrap().json();
    assert_eq!(page["orders"], json!([]));
    shop.kill_and_look().await;
}

#[tokio::test]
async fn without_a_key_nothing_of_a_notice_with_a_recipient_is_kept_and_one_without_is_taken() {
    let shop = Shop::open_with(false).await;
    let body = life("6917", now() - DAY_MS).remove(0);
    let refused = shop.deliver("m1", &body).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "no_personal_data_key"));
    assert_eq!(shop.operator.get("/api/v1/orders").await.unwrap().json()["orders"], json!([]));
    assert_eq!(shop.deliver("m2", &notice("6917", "paid", now() - 1_000)).await.status, 200);
    shop.kill_and_look().await;
}

#[tokio::test]
async fn what_was_promised_is_what_held_when_it_was_bought_whenever_the_notice_comes() {
    let shop = Shop::open().await;
    let show = shop.operator.open_show("周三场").await.unwrap();
    let at = now();
    shop.operator.send(&show, line("e1", at, "enter", ",\"user\":\"u1\"")).await.unwrap();
    let lineup = Some(json!({ "products": ["tee"] }));
    shop.operator.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), lineup).await.unwrap();
    let at = |path: &str| format!("/api/v1/shows/{show}/{path}");
    shop.operator.done(&at("stage"), json!({ "id": "s1", "product": "tee" })).await.unwrap();
    let said = json!({ "id": "c1", "level": "yellow", "text": "现在下单送运费险" });
    shop.operator.done(&at("prompter/cards"), said).await.unwrap();
    shop.operator.done(&at("prompter/cards/c1/acknowledge"), json!({ "id": "k1" })).await.unwrap();
    let bought = now();
    // The show ends and the price goes up after the purchase, and the notice comes after that.
    shop.operator.done(&at("end"), json!({})).await.unwrap();
    let dearer = json!({ "edits": [{ "product": "tee", "field": "live_price", "text": "129" }] });
    shop.operator.done("/api/v1/facts", dearer).await.unwrap();
    let mut created = notice("6917", "created", bought);
    created["lines"] = json!([{ "sku": "tee", "quantity": 1, "paid_fen": 9_900 }]);
    shop.deliver("m1", &created).await;
    let promise = shop.order("6917").await["promise"].clone();
    assert_eq!((text(&promise, "/show"), text(&promise, "/staged")), (show, "tee".to_owned()), "{promise}");
    let fact = &promise["lines"][0]["facts"][0];
    assert_eq!((text(fact, "/field"), &fact["value"]), ("live_price".to_owned(), &json!(9_900)), "{promise}");
    assert_eq!(text(&promise, "/said/0/text"), "现在下单送运费险", "{promise}");
}

#[tokio::test]
async fn orders_of_a_made_up_audience_are_marked_and_no_price_of_theirs_is_in_the_ledger() {
    let shop = Shop::open().await;
    let made_up = json!({ "title": "演练", "kind": "daily", "synthetic": true });
    let show = text(&shop.operator.done("/api/v1/shows", made_up).await.unwrap(), "/id");
    shop.operator.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    let at = now() - 1_000;
    let more = ",\"order\":\"o1\",\"product\":\"tee\",\"amount\":19800,\"count\":2";
    let lines = [line("e2", at + 1, "order_paid", more), line("e1", at, "order_created", more)].concat();
    for _ in 0..2 {
        assert_eq!(shop.operator.send(&show, lines.clone()).await.unwrap().status, 200);
    }
    let list = async || shop.operator.get("/api/v1/orders").await.unwrap().json();
    let found = until(list, |list| list.pointer("/orders/0/state") == Some(&json!("paid"))).await;
    let order = &found["orders"][0];
    assert_eq!((text(order, "/platform"), &order["synthetic"]), ("simulator".to_owned(), &json!(true)));
    assert_eq!((&order["paid_fen"], text(order, "/show")), (&json!(19_800), show));
    assert_eq!(found["orders"].as_array().unwrap().len(), 1);
    ledger_rows(&shop, 0).await;
}

const EXPORT: &str = "\u{feff}主订单编号,子订单编号,商品ID,商家编码,商品数量,订单应付金额,订单提交时间,支付完成时间,订单状态,售后状态,收件人,收件人手机号,省,市,区,详细地址\n\
    \"\t6917926768823643751\",\"\t6917926768823643752\",tee,-,2,198.00,2026-06-18 20:00:00,2026-06-18 20:01:00,待发货,-,欧阳雪融,13800138765,浙江省,杭州市,余杭区,文一西路969号3幢501室\n\
    \"\t6917926768823643751\",\"\t6917926768823643753\",cup,-,1,10.00,2026-06-18 20:00:00,2026-06-18 20:01:00,待发货,-,欧阳雪融,13800138765,浙江省,杭州市,余杭区,文一西路969号3幢501室\n\
    '6917926768823643760,-,tee,-,1,99.00,2026-06-18 20:05:00,-,待支付,-,##4f2a,$$9c,浙江省,杭州市,余杭区,##aa\n\
    6917926768823643770,-,tee,-,两件,99.00,2026-06-18 20:05:00,-,待支付,-,-,-,-,-,-,-\n";

#[tokio::test]
async fn an_export_is_taken_once_and_what_cannot_be_used_is_named() {
    let shop = Shop::open().await;
    let preview = shop.import("orders.csv", EXPORT.into(), false).await;
    assert_eq!((preview.status, &preview.json()["opened"]), (200, &json!(2)), "{:?}", preview.json());
    assert_eq!(shop.operator.get("/api/v1/orders").await.unwrap().json()["orders"], json!([]));
    let taken = shop.import("orders.csv", EXPORT.into(), true).await.json();
    assert_eq!((&taken["opened"], &taken["without_recipient"]), (&json!(2), &json!(1)), "{taken}");
    assert_eq!((&taken["refused"][0]["row"], text(&taken, "/refused/0/field")), (&json!(5), "E".to_owned()));
    let order = shop.order("6917926768823643751").await;
    assert_eq!((text(&order, "/state"), &order["paid_fen"]), ("paid".to_owned(), &json!(20_800)));
    assert_eq!(order["lines"].as_array().unwrap().len(), 2);
    let (gbk, _, _) = encoding_rs::GBK.encode(EXPORT.trim_start_matches('\u{feff}'));
    for bytes in [EXPORT.as_bytes().to_vec(), gbk.into_owned()] {
        let again = shop.import("orders.csv", bytes, true).await.json();
        assert_eq!((&again["opened"], &again["same"]), (&json!(0), &json!(2)), "{again}");
    }
    // A later export: one was shipped, and one that is older says nothing new.
    let later = EXPORT.replace("待发货", "已完成");
    let moved = shop.import("later.csv", later.into_bytes(), true).await.json();
    assert_eq!(moved["moved"], 1, "{moved}");
    assert_eq!(text(&shop.order("6917926768823643751").await, "/state"), "completed");
    ledger_rows(&shop, 1).await;
    let foreign = shop.import("a.csv", "商品名称,直播价\n杯,12".into(), true).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (422, "invalid"));
    shop.kill_and_look().await;
}

#[tokio::test]
async fn a_workbook_is_the_same_export() {
    let shop = Shop::open().await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(EXPORT.as_bytes());
    for (row, cells) in rows.records().enumerate() {
        for (column, cell) in cells.unwrap().iter().enumerate() {
            let (row, column) = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            // As workbooks have them: quantities and amounts are numbers, and order numbers are text.
            match cell.parse::<f64>() {
                Ok(number) if cell.len() < 9 => sheet.write_number(row, column, number).unwrap(),
                _ => sheet.write_string(row, column, cell.trim_start_matches('\u{feff}')).unwrap(),
            };
        }
    }
    let taken = shop.import("orders.xlsx", workbook.save_to_buffer().unwrap(), true).await.json();
    assert_eq!((&taken["opened"], &taken["without_recipient"]), (&json!(2), &json!(1)), "{taken}");
    assert_eq!((&taken["refused"][0]["row"], text(&taken, "/refused/0/field")), (&json!(5), "E".to_owned()));
    let again = shop.import("orders.csv", EXPORT.into(), true).await.json();
    assert_eq!((&again["opened"], &again["moved"]), (&json!(0), &json!(0)), "{again}");
    let order = shop.order("6917926768823643751").await;
    assert_eq!((text(&order, "/state"), &order["paid_fen"]), ("paid".to_owned(), &json!(20_800)));
    shop.kill_and_look().await;
}

#[tokio::test]
async fn the_command_line_takes_an_export_through_the_server_that_runs() {
    let shop = Shop::open().await;
    let file = shop.folder.path().join("orders.csv");
    std::fs::write(&file, EXPORT).unwrap();
    let imported = async |more: &[&str]| {
        let mut command = command(["orders", "import"]).unwrap();
        let done = command.arg(&file).args(more).arg("--data").arg(shop.data()).output().await.unwrap();
        (done.status.code(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    };
    let (code, said) = imported(&["--preview"]).await;
    assert!(said.contains("nothing was taken yet") && said.contains("2 new"), "{code:?} {said}");
    let (code, said) = imported(&[]).await;
    assert!(said.contains("2 taken") && said.contains("row 5, E"), "{code:?} {said}");
    nothing_clear("the command line", said.as_bytes());
    let (code, said) = imported(&[]).await;
    assert!(code == Some(1) && said.contains("2 ignored"), "{code:?} {said}");
}
