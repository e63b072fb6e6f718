//! Personal data through the whole program: what the files of the database, the log and every other answer hold of it.

use std::path::{Path, PathBuf};

use livehand_tests::api::{Answer, Api, text};
use livehand_tests::program::{Server, command, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{now, until};

/// A made-up customer whose name, number and street stand nowhere else.
const NAME: &str = "欧阳雪融";
const PHONE: &str = "13800138765";
const STREET: &str = "文一西路969号3幢501室";
const REGION: &str = "浙江省杭州市余杭区五常街道";
const REMARK: &str = "放在绿色快递柜";
const DAY_MS: i64 = 86_400_000;

/// A server with a key, and a crew.
struct Shop {
    folder: TempDir,
    server: Server,
    operator: Api,
    service: Api,
    warehouse: Api,
    compliance: Api,
    auditor: Api,
}

impl Shop {
    async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let keys = folder.path().join("keys.json");
        let made = run(["keys".as_ref(), "new".as_ref(), keys.as_os_str()]).await.unwrap();
        assert!(made.status.success(), "{made:?}");
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let settings = format!("keys = {keys:?}\n");
        std::fs::write(folder.path().join("data/livehand.toml"), settings).unwrap();
        let server = start(&folder).await;
        let operator = server.operator().unwrap();
        let hire = async |name: &str, hat: &str| operator.hire(name, &[hat]).await.unwrap().0;
        let service = hire("客服小陈", "customer_service").await;
        let warehouse = hire("仓库老马", "warehouse").await;
        let compliance = hire("合规阿琴", "compliance").await;
        let auditor = hire("审计员", "auditor").await;
        Self { folder, server, operator, service, warehouse, compliance, auditor }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    /// Keeps one order of the customer of this file; the customer's id.
    async fn order(&self, id: &str) -> String {
        text(&self.keep(id, "order", recipient()).await, "/deliveries/0/customer")
    }

    async fn keep(&self, id: &str, class: &str, recipient: Value) -> Value {
        let body = json!({ "deliveries": [{ "id": id, "class": class, "at": now() - 400 * DAY_MS, "recipient": recipient }] });
        self.service.done("/api/v1/deliveries", body).await.unwrap()
    }

    async fn reveal(&self, customer: &str) -> Answer {
        let why = json!({ "reason": "address_check", "note": "工单 1024", "fields": ["name", "phone", "address", "remark"] });
        self.service.post(&format!("/api/v1/customers/{customer}/reveal"), why).await.unwrap()
    }

    async fn step(&self, id: &str, step: &str, at: i64) {
        let path = format!("/api/v1/deliveries/{id}/steps");
        let noted = self.warehouse.post(&path, json!({ "step": step, "at": at })).await.unwrap();
        assert_eq!(noted.status, 204);
    }

    /// Runs `livehand keys COMMAND` beside the server.
    async fn keys_command(&self, verb: &str) -> (Option<i32>, String) {
        let mut command = command(["keys", verb, "--data"]).unwrap();
        let done = command.arg(self.data()).output().await.unwrap();
        let said = [done.stdout, done.stderr].concat();
        (done.status.code(), String::from_utf8(said).unwrap())
    }

    /// Kills the server, so that its files are as it left them, and looks for what must be in none of them.
    async fn kill_and_look(self) {
        let log = self.server.errors().unwrap();
        nothing_clear("the log", log.as_bytes());
        let data = self.data();
        self.server.kill().await.unwrap();
        for file in files(&data) {
            nothing_clear(&file.display().to_string(), &std::fs::read(&file).unwrap());
        }
    }
}

async fn start(folder: &TempDir) -> Server {
    // Everything that the program can be made to say of itself.
    Server::start_with(&folder.path().join("data"), &[("LIVEHAND_LOG", "debug")]).await.unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    assert!(!found.is_empty());
    found
}

fn recipient() -> Value {
    json!({ "name": NAME, "phone": "138 0013 8765", "region": REGION, "address": STREET, "remark": REMARK })
}

/// The ways in which a value may stand in bytes: as UTF-8, UTF-16, JSON escapes, a URL.
fn forms(value: &str) -> Vec<Vec<u8>> {
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let escaped: String = value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let encoded: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
    vec![value.as_bytes().to_vec(), wide, escaped.into_bytes(), encoded.into_bytes()]
}

fn nothing_clear(place: &str, bytes: &[u8]) {
    for value in [NAME, PHONE, "138 0013 8765", "0013 8765", STREET, "969号", REMARK] {
        for form in forms(value) {
            assert!(!bytes.windows(form.len()).any(|window| window == form), "{place} holds {value}");
        }
    }
}

fn masked(answer: &Value, pointer: &str) {
    let shown = answer.pointer(pointer).unwrap_or_else(|| panic!("{pointer} in {answer}"));
    assert_eq!(*shown, json!({ "name": "欧**", "phone": "138****8765", "region": format!("{REGION}***") }));
}

#[tokio::test]
async fn a_customer_is_masked_everywhere_and_seen_for_a_reason_only() {
    let shop = Shop::open().await;
    let customer = shop.order("T1001").await;
    assert_eq!(shop.order("T1002").await, customer, "the same number and name are the same customer");
    let wife = json!({ "name": "孟小满", "phone": PHONE, "address": format!("{REGION}{STREET}") });
    let other = text(&shop.keep("T1003", "order", wife).await, "/deliveries/0/customer");
    assert_ne!(other, customer, "another name is somebody else");

    let list = shop.compliance.get("/api/v1/customers").await.unwrap();
    masked(&list.json(), "/customers/1/masked");
    nothing_clear("the list", &list.body);
    for phone in [PHONE, "+86 138-0013-8765", "１３８００１３８７６５"] {
        let found = shop.service.post("/api/v1/customers/search", json!({ "phone": phone })).await.unwrap();
        assert_eq!(found.json()["customers"].as_array().unwrap().len(), 2, "{phone}");
        nothing_clear("the search", &found.body);
    }
    let detail = shop.auditor.get(&format!("/api/v1/customers/{customer}")).await.unwrap();
    masked(&detail.json(), "/customer/masked");
    assert_eq!(detail.json()["deliveries"].as_array().unwrap().len(), 2);

    // Who may not look does not; without a reason nobody does.
    let path = format!("/api/v1/customers/{customer}/reveal");
    for caller in [&shop.compliance, &shop.auditor, &shop.warehouse, &shop.operator] {
        let why = json!({ "reason": "other", "note": "看一下" });
        assert_eq!(caller.post(&path, why).await.unwrap().status, 403);
    }
    assert_eq!(shop.service.get(&path).await.unwrap().code(), "look_over");
    for note in ["", "一", "欧阳雪融来电", "回拨 138 0013 8765", "寄到文一西路969号3幢501室"]
    {
        let refused = shop.service.post(&path, json!({ "reason": "other", "note": note })).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid"), "{note}");
        nothing_clear("the refusal", &refused.body);
    }
    let before = now();
    let seen = shop.reveal(&customer).await;
    assert_eq!(seen.status, 201);
    assert_eq!(seen.header("cache-control"), "no-store");
    let it = seen.json();
    assert_eq!(it["recipient"]["name"], NAME);
    assert_eq!(
        (it["recipient"]["phone"].as_str(), it["recipient"]["remark"].as_str()),
        (Some(PHONE), Some(REMARK))
    );
    assert_eq!(it["recipient"]["address"], format!("{REGION}{STREET}"));
    let lasts = it["until"].as_i64().unwrap() - it["look"]["at"].as_i64().unwrap();
    assert!(lasts == 5 * 60_000 && it["look"]["at"].as_i64().unwrap() >= before);
    let again = shop.service.get(&path).await.unwrap().json();
    assert_eq!((again["look"]["seen"].as_i64(), again["recipient"]["name"].as_str()), (Some(2), Some(NAME)));

    let looks = shop.compliance.get("/api/v1/privacy/looks").await.unwrap();
    assert_eq!(text(&looks.json(), "/looks/0/person"), "客服小陈");
    assert_eq!(text(&looks.json(), "/looks/0/reason"), "address_check");
    let table = shop.auditor.get("/api/v1/privacy/export/looks.csv").await.unwrap();
    assert!(String::from_utf8_lossy(&table.body).contains("工单 1024"));
    let counts = shop.operator.get("/metrics").await.unwrap();
    for (place, answer) in [("looks", &looks), ("the table", &table), ("metrics", &counts)] {
        nothing_clear(place, &answer.body);
    }
    shop.kill_and_look().await;
}

#[tokio::test]
async fn the_warehouse_sees_what_a_label_needs_while_it_is_to_be_shipped() {
    let shop = Shop::open().await;
    shop.order("T2001").await;
    let labels = async |caller: &Api| {
        caller.post("/api/v1/labels", json!({ "deliveries": ["T2001", "T2999"] })).await.unwrap()
    };
    assert_eq!(labels(&shop.service).await.status, 403);
    let seen = labels(&shop.warehouse).await.json();
    assert_eq!(text(&seen, "/labels/0/recipient/name"), NAME);
    assert_eq!(text(&seen, "/labels/0/recipient/address"), format!("{REGION}{STREET}"));
    assert_eq!(seen["labels"][0]["recipient"]["remark"], Value::Null, "a label needs no remark");
    assert_eq!(text(&seen, "/labels/1/refused"), "unknown");
    shop.step("T2001", "shipped", now() - 1_000).await;
    let after = labels(&shop.warehouse).await.json();
    assert_eq!(
        (text(&after, "/labels/0/refused"), &after["labels"][0]["recipient"]),
        ("shipped".into(), &Value::Null)
    );
    let looks = shop.compliance.get("/api/v1/privacy/looks").await.unwrap().json();
    assert_eq!(
        (text(&looks, "/looks/0/purpose"), text(&looks, "/looks/0/delivery")),
        ("label".into(), "T2001".into())
    );
    assert_eq!(looks["looks"].as_array().unwrap().len(), 1);
    shop.kill_and_look().await;
}

#[tokio::test]
async fn no_error_quotes_what_it_was_sent() {
    let shop = Shop::open().await;
    let kept = |delivery: Value| json!({ "deliveries": [delivery] });
    let bodies = [
        kept(
            json!({ "id": "T1", "class": "order", "recipient": { "name": NAME, "phone": "138001387651380013876513", "address": STREET } }),
        ),
        kept(json!({ "id": NAME, "class": "order", "recipient": recipient() })),
        kept(json!({ "id": PHONE, "class": "order", "recipient": recipient() })),
        kept(json!({ "id": "T1", "class": NAME, "recipient": recipient() })),
        kept(json!({ "id": "T1", "class": "order", "recipient": STREET })),
        kept(json!({ "id": "T1", "class": "order", "recipient": { "name": NAME, PHONE: NAME } })),
        kept(json!({ "id": "T1", "class": "order", "at": PHONE, "recipient": recipient() })),
        json!({ NAME: PHONE }),
        json!(NAME),
    ];
    for body in bodies {
        let refused = shop.service.post("/api/v1/deliveries", body.clone()).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid"), "{body}");
        nothing_clear(&body.to_string().replace(NAME, "…"), &refused.body);
    }
    let searched = shop.service.post("/api/v1/customers/search", json!({ "phone": NAME })).await.unwrap();
    assert_eq!(searched.status, 422);
    nothing_clear("the search", &searched.body);
    let raw = shop.service.request(reqwest::Method::POST, "/api/v1/deliveries");
    let broken = format!("{{\"deliveries\": [\"{NAME}\", {PHONE}");
    let raw = raw.header("content-type", "application/json").body(broken);
    let refused = shop.service.answer(raw).await.unwrap();
    assert_eq!(refused.status, 422);
    nothing_clear("the refusal", &refused.body);
    shop.kill_and_look().await;
}

#[tokio::test]
async fn a_customer_who_asks_is_forgotten_by_two_people_and_does_not_come_back() {
    let shop = Shop::open().await;
    let customer = shop.order("T3001").await;
    let path = format!("/api/v1/customers/{customer}/erasure");
    let named = shop.service.post(&path, json!({ "reason": format!("{NAME}本人要求") })).await.unwrap();
    assert_eq!(named.status, 422, "a reason is kept, and so names nobody");
    let asked = shop.service.done(&path, json!({ "reason": "本人要求，工单 88" })).await.unwrap();
    let twice = shop.compliance.post(&path, json!({ "reason": "本人要求" })).await.unwrap();
    assert_eq!((twice.status, twice.code().as_str()), (409, "erasure_waits"));
    assert_eq!(asked["due_at"].as_i64().unwrap() - asked["asked_at"].as_i64().unwrap(), 15 * DAY_MS);
    let decide = format!("/api/v1/privacy/erasures/{}", text(&asked, "/id"));
    assert_eq!(shop.service.post(&decide, json!({})).await.unwrap().status, 403);
    let done = shop.compliance.done(&decide, json!({})).await.unwrap();
    assert_eq!((text(&done, "/status"), done["alone"].as_bool()), ("done".into(), Some(false)));
    assert_eq!(shop.compliance.post(&decide, json!({})).await.unwrap().code(), "erasure_decided");

    let detail = shop.compliance.get(&format!("/api/v1/customers/{customer}")).await.unwrap().json();
    assert_eq!(
        (text(&detail, "/customer/state"), &detail["customer"]["masked"]),
        ("erased".into(), &Value::Null)
    );
    assert_eq!(text(&detail, "/deliveries/0/id"), "T3001", "what was ordered stays");
    assert_eq!(shop.reveal(&customer).await.code(), "personal_data_gone");
    let found = shop.service.done("/api/v1/customers/search", json!({ "phone": PHONE })).await.unwrap();
    assert_eq!(found["customers"], json!([]));
    let again = shop.keep("T3001", "order", recipient()).await;
    assert_eq!(
        text(&again, "/deliveries/0/how"),
        "gone",
        "an old file that is read again brings nobody back"
    );
    assert_eq!(
        shop.warehouse.done("/api/v1/labels", json!({ "deliveries": ["T3001"] })).await.unwrap()["labels"][0]
            ["refused"],
        "gone"
    );
    let fresh = shop.order("T3002").await;
    assert_ne!(fresh, customer, "whoever orders again is a new customer");
    shop.kill_and_look().await;
}

#[tokio::test]
async fn of_two_in_compliance_one_asks_and_the_other_does_it() {
    let shop = Shop::open().await;
    let (second, _) = shop.operator.hire("合规阿文", &["compliance"]).await.unwrap();
    let customer = shop.order("T4001").await;
    let asked = shop
        .compliance
        .done(&format!("/api/v1/customers/{customer}/erasure"), json!({ "reason": "来函要求" }))
        .await
        .unwrap();
    let decide = format!("/api/v1/privacy/erasures/{}", text(&asked, "/id"));
    assert_eq!(shop.compliance.post(&decide, json!({})).await.unwrap().code(), "needs_second_person");
    let refused = second.done(&decide, json!({ "refused": "售后未结束" })).await.unwrap();
    assert_eq!(text(&refused, "/status"), "refused");
    assert_eq!(shop.reveal(&customer).await.status, 201);
}

#[tokio::test]
async fn keys_are_rotated_while_the_shop_works_and_the_old_one_is_destroyed() {
    let shop = Shop::open().await;
    let customer = shop.order("T5001").await;
    let many: Vec<Value> = (0..450)
        .map(|n| json!({ "id": format!("M{n}"), "class": "order", "recipient": { "name": format!("客户{n}"), "phone": format!("139{n:08}"), "address": "杭州市西湖区" } }))
        .collect();
    shop.service.done("/api/v1/deliveries", json!({ "deliveries": many })).await.unwrap();
    let old = std::fs::read_to_string(shop.keys()).unwrap();
    let secret = old.split('"').find(|part| part.len() == 64).unwrap().to_owned();
    let (code, said) = shop.keys_command("rotate").await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("in force  451 customers") && said.contains("before  0 customers"), "{said}");
    assert!(!said.contains(&secret));
    assert_eq!(shop.order("T5002").await, customer, "found by the hash of the new key");
    assert_eq!(shop.reveal(&customer).await.json()["recipient"]["name"], NAME);
    assert!(std::fs::read_to_string(shop.keys()).unwrap().contains(&secret), "kept until it is retired");
    let (code, said) = shop.keys_command("retire").await;
    assert_eq!(code, Some(0), "{said}");
    assert!(!std::fs::read_to_string(shop.keys()).unwrap().contains(&secret));
    assert_eq!(shop.reveal(&customer).await.status, 201);

    // Whoever has the data and another key has nothing.
    let Shop { folder, server, .. } = shop;
    server.stop().await.unwrap();
    std::fs::remove_file(folder.path().join("keys.json")).unwrap();
    let made =
        run(["keys".as_ref(), "new".as_ref(), folder.path().join("keys.json").as_os_str()]).await.unwrap();
    assert!(made.status.success());
    let server = start(&folder).await;
    let (service, _) = server.operator().unwrap().hire("客服小赵", &["customer_service"]).await.unwrap();
    let why = json!({ "reason": "other", "note": "工单 9" });
    let refused = service.post(&format!("/api/v1/customers/{customer}/reveal"), why).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "personal_data_unreadable"));
    let listed = service.get("/api/v1/customers").await.unwrap().json();
    assert_eq!(listed["customers"][0]["masked"], Value::Null);
}

#[tokio::test]
async fn a_rotation_that_is_cut_off_goes_on_at_the_next_start() {
    let shop = Shop::open().await;
    let customer = shop.order("T6001").await;
    let Shop { folder, server, .. } = shop;
    server.kill().await.unwrap();
    // As if it had been killed right after the file was written: the server was never told.
    let file = folder.path().join("keys.json");
    let old = std::fs::read_to_string(&file).unwrap();
    let mut ring: Value = serde_json::from_str(&old).unwrap();
    ring["keys"][0]["state"] = json!("previous");
    let fresh = json!({ "id": "k-new", "created": now(), "state": "active", "secret": "07".repeat(32) });
    ring["keys"].as_array_mut().unwrap().push(fresh);
    std::fs::write(&file, ring.to_string()).unwrap();
    let server = start(&folder).await;
    let operator = server.operator().unwrap();
    let keys = until(
        async || operator.get("/api/v1/privacy/keys").await.unwrap().json(),
        |keys| keys["waiting"] == 0,
    )
    .await;
    assert_eq!((text(&keys, "/keys/1/id"), keys["keys"][1]["customers"].as_i64()), ("k-new".into(), Some(1)));
    let (service, _) = operator.hire("客服小赵", &["customer_service"]).await.unwrap();
    let why = json!({ "reason": "other", "note": "工单 9" });
    let seen = service.done(&format!("/api/v1/customers/{customer}/reveal"), why).await.unwrap();
    assert_eq!(text(&seen, "/recipient/phone"), PHONE);
}

#[tokio::test]
async fn what_is_over_goes_by_the_matrix_and_leaves_a_proof() {
    let shop = Shop::open().await;
    let customer = shop.order("T7001").await;
    let winner = json!({ "name": "纪晓岚岚", "phone": "13711112222", "address": "上海市徐汇区虹桥路1号" });
    let prize = text(&shop.keep("P7001", "prize", winner).await, "/deliveries/0/customer");
    shop.step("T7001", "closed", now() - 89 * DAY_MS).await;
    shop.step("P7001", "received", now() - 29 * DAY_MS).await;
    let run = async || shop.compliance.done("/api/v1/privacy/retention/run", json!({})).await.unwrap();
    assert_eq!(run().await["runs"], json!([]), "a day is left");
    shop.step("T7001", "reopened", now()).await;
    shop.step("T7001", "closed", now() - 91 * DAY_MS).await;
    let planned = shop.auditor.get("/api/v1/privacy/retention").await.unwrap().json();
    assert_eq!(
        (&planned["due_deliveries"], &planned["due_customers"]),
        (&json!(["T7001"]), &json!([customer]))
    );
    assert_eq!(planned["matrix"][0]["days"], 90);
    assert_eq!(shop.reveal(&customer).await.status, 201, "a list takes nothing away");
    let done = run().await;
    assert_eq!(done["runs"].as_array().unwrap().len(), 1);
    assert!(text(&done, "/runs/0/detail").contains("T7001") && text(&done, "/runs/0/digest").len() == 64);
    assert_eq!(shop.reveal(&customer).await.code(), "personal_data_gone");
    let detail = shop.compliance.get(&format!("/api/v1/customers/{customer}")).await.unwrap().json();
    assert_eq!(text(&detail, "/customer/state"), "expired");
    masked(&detail, "/customer/masked");
    assert_eq!(shop.reveal(&prize).await.status, 201, "the prize is not due yet");
    let runs = shop.auditor.get("/api/v1/privacy/retention").await.unwrap().json();
    assert_eq!(
        (text(&runs, "/runs/0/person"), runs["due_customers"].clone()),
        ("合规阿琴".into(), json!([]))
    );
    shop.kill_and_look().await;
}

#[tokio::test]
async fn without_a_key_nothing_is_kept_and_it_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data).await.unwrap();
    let operator = server.operator().unwrap();
    let body = json!({ "deliveries": [{ "id": "T1", "class": "order", "recipient": recipient() }] });
    let refused = operator.post("/api/v1/deliveries", body.clone()).await.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (409, "no_personal_data_key"));
    assert!(text(&refused.json(), "/title").contains("livehand keys new"));
    assert_eq!(operator.get("/api/v1/customers").await.unwrap().json()["customers"], json!([]));
    server.stop().await.unwrap();
    // A key that a backup would take along, and one that everybody can read, are no keys.
    let inside = data.join("keys.json");
    let outside = folder.path().join("keys.json");
    for file in [&inside, &outside] {
        run(["keys".as_ref(), "new".as_ref(), file.as_os_str()]).await.unwrap();
    }
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&outside, open).unwrap();
    for (file, why) in [(&inside, "data directory"), (&outside, "chmod 600")] {
        let server = Server::start_with(&data, &[("LIVEHAND__KEYS", file.to_str().unwrap())]).await.unwrap();
        let refused = server.operator().unwrap().post("/api/v1/deliveries", body.clone()).await.unwrap();
        assert_eq!(refused.code(), "no_personal_data_key");
        assert!(text(&refused.json(), "/title").contains(why), "{}", refused.json());
        assert!(server.errors().unwrap().contains(why), "the terminal says it as well");
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_from_before_an_erasure_brings_nobody_back() {
    let shop = Shop::open().await;
    let (kept, gone) = (shop.order("T1").await, {
        let other =
            json!({ "name": "上官若水", "phone": "13900139876", "region": REGION, "address": "文三路7号" });
        text(&shop.keep("T2", "order", other).await, "/deliveries/0/customer")
    });
    let data = shop.data();
    let copy = data.with_extension("backup");
    let (data_text, copy_text) = (data.to_string_lossy().into_owned(), copy.to_string_lossy().into_owned());
    let backup = run(["backup", &copy_text, "--data", &data_text]).await.unwrap();
    assert!(backup.status.success(), "{backup:?}");
    let asked = shop
        .service
        .done(&format!("/api/v1/customers/{gone}/erasure"), json!({ "reason": "来函要求" }))
        .await
        .unwrap();
    let decide = format!("/api/v1/privacy/erasures/{}", text(&asked, "/id"));
    shop.compliance.done(&decide, json!({})).await.unwrap();
    assert_eq!(shop.reveal(&gone).await.code(), "personal_data_gone");
    let list = std::fs::read_to_string(data.join("erased")).unwrap();
    assert_eq!(list.trim(), gone, "an id and nothing else");
    let Shop { folder, server, service, .. } = shop;
    server.stop().await.unwrap();
    let restored = run(["restore", &copy_text, "--data", &data_text, "--replace"]).await.unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let server = start(&folder).await;
    // The crew of the backup is there, and its sessions.
    let service = Api::new(&server.url, livehand_tests::api::Credential::Cookie(service.secret().to_owned()));
    let look = async |customer: &str| {
        let why = json!({ "reason": "address_check", "note": "工单 1024", "fields": ["name"] });
        service.post(&format!("/api/v1/customers/{customer}/reveal"), why).await.unwrap()
    };
    assert_eq!(look(&gone).await.code(), "personal_data_gone", "erased again");
    assert_eq!(look(&kept).await.status, 201, "and nobody else");
    let audit = std::fs::read_to_string(data.join("erased")).unwrap();
    assert_eq!(audit.matches(&gone).count(), 1);
    drop(folder);
}
