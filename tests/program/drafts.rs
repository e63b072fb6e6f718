//! Drafts by a model (模型起草) through the whole program, with a made-up model behind the endpoint; everything that it says
//! is synthetic.

use livehand_tests::api::{Answer, Api, text};
use livehand_tests::model::{Model, Says};
use livehand_tests::program::Server;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Fresh, now};

/// Made up, and found nowhere else.
const KEY: &str = "made-up-key-7f3a9c";
const PHONE: &str = "13912340987";
const NICKNAME: &str = "爱吃糖的小鱼";

/// A server that may ask a model, with a show on air that sells one product.
struct Desk {
    server: Server,
    api: Api,
    show: String,
    model: Model,
    folder: TempDir,
}

fn line(words: &str) -> Says {
    Says::Line(words.to_owned())
}

/// A data directory whose settings name the model.
fn settings(url: &str, more: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("model.key");
    std::fs::write(&key, format!("{KEY}\n")).unwrap();
    allow(&key, 0o600);
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let settings =
        format!("[drafts]\nurl = {url:?}\nmodel = \"made-up-model\"\nkey_file = {key:?}\n{more}\n");
    std::fs::write(folder.path().join("data/livehand.toml"), settings).unwrap();
    folder
}

fn allow(file: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

impl Desk {
    async fn open(says: Says, more: &str) -> Self {
        let model = Model::start(says).await.unwrap();
        let folder = settings(&model.url, more);
        let data = folder.path().join("data");
        let server = Server::start_with(&data, &[("LIVEHAND_LOG", "trace")]).await.unwrap();
        let api = server.operator().unwrap();
        let show = shop(&api).await;
        Self { server, api, show, model, folder }
    }

    /// Asks something in the chat; the id of its card.
    async fn ask(&self, id: &str, words: &str) -> u64 {
        say(&self.api, &self.show, id, words).await
    }

    fn path(&self, question: u64, what: &str) -> String {
        format!("/api/v1/shows/{}/questions/{question}/{what}", self.show)
    }

    async fn draft(&self, question: u64) -> Answer {
        self.api.post(&self.path(question, "draft"), json!({})).await.unwrap()
    }

    /// The codes of why a line is refused.
    async fn refused(&self, question: u64, words: &str) -> Vec<String> {
        self.model.say(line(words));
        let drafted = self.draft(question).await;
        assert_eq!(drafted.status, 200, "{words}");
        let drafted = drafted.json();
        let refused = drafted["refused"].as_array().unwrap();
        assert_eq!(drafted["ready"].is_null(), !refused.is_empty(), "{words}: {drafted}");
        for one in refused {
            assert!(!text(one, "/why/zh").is_empty() && !text(one, "/why/en").is_empty());
        }
        refused.iter().map(|one| text(one, "/code")).collect()
    }
}

async fn shop(api: &Api) -> String {
    let tee = json!({ "id": "tee", "name": "短袖", "price_fen": 12_900, "link_number": 3 });
    api.done("/api/v1/products", tee).await.unwrap();
    for (field, value) in [("live_price", json!(12_900)), ("shipping_promise", json!({ "within_hours": 48 }))]
    {
        let edit = json!({ "product": "tee", "field": field, "value": value, "confirmed": true });
        api.done("/api/v1/facts", json!({ "edits": [edit] })).await.unwrap();
    }
    let show = api.done("/api/v1/shows", json!({ "title": "答疑", "kind": "daily" })).await.unwrap();
    let show = text(&show, "/id");
    let lineup = json!({ "products": ["tee"] });
    let set = api.call(reqwest::Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await;
    assert_eq!(set.unwrap().status, 200);
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    show
}

async fn say(api: &Api, show: &str, id: &str, words: &str) -> u64 {
    let line = json!({ "id": id, "at": now(), "type": "comment", "user": "viewer-8842", "name": NICKNAME, "text": words });
    assert_eq!(api.send(show, line.to_string()).await.unwrap().status, 200);
    open_questions(api, show).await.into_iter().max().expect("it is a question")
}

async fn open_questions(api: &Api, show: &str) -> Vec<u64> {
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    let open = state["questions"].as_array().unwrap().iter().filter(|it| it["state"] == "open");
    open.filter_map(|it| it["id"].as_u64()).collect()
}

#[tokio::test]
async fn without_a_model_the_server_says_so_and_answers_as_ever() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, shop(&fresh.operator).await);
    let question = say(api, &show, "c1", "3号能机洗吗").await;
    let path = format!("/api/v1/shows/{show}/questions/{question}");
    let off = api.post(&format!("{path}/draft"), json!({})).await.unwrap();
    assert_eq!((off.status, off.code().as_str()), (409, "drafts_off"));
    assert!(text(&off.json(), "/title").contains("off on this server"));
    assert_eq!(api.get("/api/v1/session").await.unwrap().json()["drafts"], Value::Null);
    let body = json!({ "id": "a1", "text": "可以机洗，放洗衣袋" });
    assert_eq!(api.post(&format!("{path}/answer"), body).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_good_draft_is_an_answer_that_a_person_sends_and_a_draft_of_the_library() {
    let desk = Desk::open(line("“直播价¥129，48小时内发货，洗法我帮您问主播”"), "").await;
    let question = desk.ask("c1", "@老板 3号能机洗吗").await;
    assert_eq!(desk.api.get("/api/v1/session").await.unwrap().json()["drafts"], "made-up-model");
    let drafted = desk.draft(question).await;
    assert_eq!(drafted.status, 200, "{:?}", drafted.json());
    let drafted = drafted.json();
    let ready = &drafted["ready"];
    assert_eq!(text(&drafted, "/model"), "made-up-model");
    assert_eq!(text(ready, "/answer/text"), "直播价¥129.00，48 小时内发货，洗法我帮您问主播");
    assert_eq!(text(ready, "/entry"), "直播价{{price}}，{{ship_by}}，洗法我帮您问主播");
    let quoted: Vec<String> =
        ready["answer"]["quotes"].as_array().unwrap().iter().map(|quote| text(quote, "/field")).collect();
    assert_eq!(quoted, ["live_price", "shipping_promise"]);
    // Whatever was drafted, nothing has gone out.
    assert_eq!(open_questions(&desk.api, &desk.show).await, [question]);

    // What the model was told: what the product has, what was asked, and of whom nothing.
    let heard = desk.model.heard();
    assert_eq!(heard.len(), 1);
    let head = heard[0].head.to_lowercase();
    assert!(
        head.starts_with("post /v1/chat/completions ")
            && head.contains(&format!("authorization: bearer {KEY}"))
    );
    let body: Value = serde_json::from_str(&heard[0].body).unwrap();
    assert_eq!((&body["model"], &body["stream"]), (&json!("made-up-model"), &json!(false)));
    let words = text(&body, "/messages/1/content");
    assert!(
        words.contains("短袖")
            && words.contains("{{price}} 直播价：¥129.00")
            && words.ends_with("3号能机洗吗"),
        "{words}"
    );
    for private in [NICKNAME, "viewer-8842", "老板", &desk.show, "tee"] {
        assert!(!heard[0].body.contains(private), "{private} was sent");
    }

    // A fact that changes meanwhile keeps it back, as it does any answer.
    let send = |id: &str| json!({ "id": id, "text": ready["answer"]["template"], "expected": ready["answer"]["text"] });
    let cheaper = json!({ "product": "tee", "field": "shipping_promise", "value": { "within_hours": 24 }, "confirmed": true });
    desk.api.done("/api/v1/facts", json!({ "edits": [cheaper] })).await.unwrap();
    let changed = desk.api.post(&desk.path(question, "answer"), send("a1")).await.unwrap();
    assert_eq!((changed.status, changed.code().as_str()), (409, "answer_changed"));
    let drafted = desk.draft(question).await.json();
    // The model still says 48, which is no longer so.
    assert_eq!(text(&drafted, "/refused/0/code"), "number");
    desk.model.say(line("直播价{{price}}，{{ship_by}}"));
    let ready = desk.draft(question).await.json()["ready"].clone();
    let sent =
        json!({ "id": "a2", "text": ready["answer"]["template"], "expected": ready["answer"]["text"] });
    desk.api.done(&desk.path(question, "answer"), sent).await.unwrap();
    assert_eq!(open_questions(&desk.api, &desk.show).await, [] as [u64; 0]);

    let entry =
        json!({ "question": ready["question"], "short": ready["entry"], "level": "B", "state": "draft" });
    let kept = desk.api.done("/api/v1/faq", entry).await.unwrap();
    assert_eq!(
        (text(&kept, "/content/state").as_str(), text(&kept, "/content/question").as_str()),
        ("draft", "3号能机洗吗")
    );
}

#[tokio::test]
async fn what_the_model_writes_is_held_against_the_facts_and_the_wording() {
    let desk = Desk::open(line(""), "").await;
    let question = desk.ask("c1", "3号能机洗吗").await;
    for (words, code) in [
        ("这款全网最低价，放心拍", "wording"),
        ("我们家最便宜了，放心拍", "wording"),
        ("今天只要99元，放心拍", "number"),
        ("只要九十九元，放心拍", "number"),
        ("三天就到，放心拍", "number"),
        ("这款送{{gifts}}", "slot"),
        ("<b>可以机洗</b>", "markup"),
        ("可以\u{202E}机洗", "markup"),
        ("看这里 https://example.com", "markup"),
        ("这款有运费险，放心拍", "promise"),
        (
            "可以机洗的哦，记得翻过来放进洗衣袋里面，用冷水轻柔模式洗，洗完挂起来阴干，不要暴晒也不要烘干就好啦",
            "too_long",
        ),
    ] {
        let refused = desk.refused(question, words).await;
        assert!(refused.iter().any(|it| it == code), "{words}: {refused:?}");
    }
    assert!(desk.refused(question, "可以机洗，放洗衣袋里就好").await.is_empty());
    assert_eq!(open_questions(&desk.api, &desk.show).await, [question]);
}

#[tokio::test]
async fn an_endpoint_that_fails_is_named_and_what_it_says_of_it_is_not_repeated() {
    let desk = Desk::open(line(""), "").await;
    let question = desk.ask("c1", "3号能机洗吗").await;
    let denied = format!("{{\"error\":{{\"message\":\"Incorrect API key provided: {KEY}\"}}}}");
    let cut =
        json!({ "choices": [{ "message": { "content": "可以" }, "finish_reason": "length" }] }).to_string();
    let huge = json!({ "choices": [{ "message": { "content": "可".repeat(60_000) } }] }).to_string();
    for (status, body, code) in [
        (401, denied.as_str(), "drafts_refused"),
        (302, "", "drafts_refused"),
        (200, "<html>", "draft_unreadable"),
        (200, cut.as_str(), "draft_unreadable"),
        (200, huge.as_str(), "draft_unreadable"),
    ] {
        desk.model.say(Says::Raw(status, body.to_owned()));
        let failed = desk.draft(question).await;
        assert_eq!((failed.status, failed.code().as_str()), (502, code));
        assert!(!String::from_utf8(failed.body).unwrap().contains(KEY));
    }
    assert_eq!(desk.model.heard().len(), 5, "nothing is asked twice");
}

#[tokio::test]
async fn a_slow_model_holds_up_no_answer() {
    let desk = Desk::open(Says::Nothing, "timeout_ms = 30000").await;
    let question = desk.ask("c1", "3号能机洗吗").await;
    let (api, path) = (desk.api.clone(), desk.path(question, "draft"));
    let mut drafting = tokio::task::JoinSet::new();
    drafting.spawn(async move { api.post(&path, json!({})).await.unwrap() });
    crate::until(async || desk.model.heard().len(), |heard| *heard == 1).await;
    assert_eq!(desk.api.get(&desk.path(question, "answers")).await.unwrap().status, 200);
    let body = json!({ "id": "a1", "text": "可以机洗，放洗衣袋" });
    desk.api.done(&desk.path(question, "answer"), body).await.unwrap();
    assert!(drafting.try_join_next().is_none(), "the card was answered while the model was still at it");
    assert_eq!(open_questions(&desk.api, &desk.show).await, [] as [u64; 0]);
    desk.model.say(line("可以机洗的哦"));
    let drafted = drafting.join_next().await.unwrap().unwrap();
    assert_eq!(text(&drafted.json(), "/ready/answer/text"), "可以机洗的哦");
}

#[tokio::test]
async fn a_model_that_says_nothing_is_given_up() {
    let desk = Desk::open(Says::Nothing, "timeout_ms = 500").await;
    let question = desk.ask("c1", "3号能机洗吗").await;
    let late = desk.draft(question).await;
    assert_eq!((late.status, late.code().as_str()), (504, "draft_too_late"));
    assert!(text(&late.json(), "/title").contains("too long"));
    assert_eq!(open_questions(&desk.api, &desk.show).await, [question]);
}

#[tokio::test]
async fn private_data_reaches_no_model_and_the_key_no_log() {
    let desk = Desk::open(line("可以的"), "").await;
    for (at, words) in [
        format!("我电话{PHONE} 3号能机洗吗"),
        "王小明 寄到幸福小区3栋201室 3号能机洗吗".to_owned(),
        "我叫王小明 3号能机洗吗".to_owned(),
        format!("{NICKNAME}想问3号能机洗吗"),
    ]
    .iter()
    .enumerate()
    {
        let question = desk.ask(&format!("p{at}"), words).await;
        let refused = desk.draft(question).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "draft_private"), "{words}");
        let answered = json!({ "id": format!("a{at}"), "text": "稍后回复您" });
        desk.api.done(&desk.path(question, "answer"), answered).await.unwrap();
    }
    assert!(desk.model.heard().is_empty(), "nothing was sent");
    let question = desk.ask("c1", "3号能机洗吗").await;
    assert_eq!(desk.draft(question).await.status, 200);
    assert_eq!(desk.model.heard().len(), 1);
    let log = desk.server.errors().unwrap();
    for secret in [KEY, PHONE, "王小明"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    // Who asked is on record, for which card, and neither the words nor the key.
    let data = desk.folder.path().join("data/livehand.db");
    desk.server.stop().await.unwrap();
    let rows = audit(&data).await;
    let rows: Vec<_> = rows.into_iter().filter(|(action, ..)| action == "draft_answer").collect();
    assert_eq!(rows.len(), 1);
    let (_, subject, detail) = &rows[0];
    assert_eq!(
        (subject.as_str(), detail.as_str()),
        (desk.show.as_str(), format!("{{\"question\":{question}}}").as_str())
    );
}

/// The rows of the audit trail: action, subject, detail.
async fn audit(file: &std::path::Path) -> Vec<(String, String, String)> {
    use sqlx::{Connection, SqliteConnection};
    let mut db = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let rows = sqlx::query_as("SELECT action, subject, detail FROM audit ORDER BY sequence");
    rows.fetch_all(&mut db).await.unwrap()
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_keeps_the_server_from_starting() {
    let start = async |folder: &TempDir| {
        let started = Server::start(&folder.path().join("data")).await;
        started.err().expect("it does not start").to_string()
    };
    for (url, more, why) in [
        ("http://192.168.1.9:11434/v1", "", "drafts.url must be https://"),
        ("api.example.com/v1", "", "drafts.url must be an address"),
        ("http://127.0.0.1:1/v1", "timeout_ms = 1", "drafts.timeout_ms must be 500 to 30000"),
        ("http://127.0.0.1:1/v1", "key = \"made-up\"", "key"),
    ] {
        let said = start(&settings(url, more)).await;
        assert!(said.contains(why), "{said}");
    }
    let folder = settings("http://127.0.0.1:1/v1", "");
    allow(&folder.path().join("model.key"), 0o644);
    let said = start(&folder).await;
    assert!(said.contains("others may read") && !said.contains(KEY), "{said}");
    std::fs::remove_file(folder.path().join("model.key")).unwrap();
    assert!(start(&folder).await.contains("cannot read"));
}
