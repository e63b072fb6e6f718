//! 词检: checking a text, the rules behind it, and what may not reach the host's prompter.

use livehand_tests::api::text;
use livehand_tests::program::{Server, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Fresh;

/// The built-in rules, as the repository has them.
const BUILT_IN: &str = include_str!("../../crates/compliance/packs/wording.json");

fn words(verdict: &Value) -> Vec<String> {
    verdict["hits"].as_array().unwrap().iter().map(|hit| text(hit, "/word")).collect()
}

#[tokio::test]
async fn a_text_is_checked_with_reasons_in_the_language_of_the_request() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let body = json!({ "text": "第一次来的宝宝，今天全網 最低價！", "place": "script" });
    let verdict = api.done("/api/v1/wording/check", body.clone()).await.unwrap();
    assert_eq!(
        (words(&verdict), text(&verdict, "/level")),
        (vec!["全网最低价".to_owned()], "block".to_owned())
    );
    let hit = &verdict["hits"][0];
    assert_eq!((hit["start_char"].as_u64(), hit["end_char"].as_u64()), (Some(10), Some(16)));
    assert!(text(hit, "/why").contains("reads as “全网最低价”"), "{hit}");
    assert_eq!(hit["suggestions"].as_array().unwrap().len(), 3);

    let url = format!("{}/api/v1/wording/check", api.url());
    let request =
        reqwest::Client::new().post(url).bearer_auth(api.secret()).header("accept-language", "zh-CN");
    let chinese: Value = request.json(&body).send().await.unwrap().json().await.unwrap();
    assert!(text(&chinese["hits"][0], "/why").contains("等同“全网最低价”"), "{chinese}");
}

#[tokio::test]
async fn evidence_and_the_kind_of_goods_decide() {
    let fresh = Fresh::start().await;
    let check = |body: Value| fresh.operator.done("/api/v1/wording/check", body);
    let asked = json!({ "text": "原价199", "place": "title" });
    assert_eq!(text(&check(asked).await.unwrap(), "/level"), "evidence");
    let asked = json!({ "text": "原价199", "place": "title", "evidence": true });
    assert_eq!(check(asked).await.unwrap()["level"], Value::Null);
    let asked = json!({ "text": "这条裙子自带防晒", "place": "faq", "category": "apparel" });
    assert!(words(&check(asked).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_text_that_is_too_long_or_stands_nowhere_is_refused() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let long = json!({ "text": "好".repeat(20_001), "place": "script" });
    let refused = api.post("/api/v1/wording/check", long).await.unwrap();
    assert_eq!((refused.status, refused.code()), (422, "invalid".to_owned()));
    let nowhere = json!({ "text": "好", "place": "billboard" });
    assert_eq!(api.post("/api/v1/wording/check", nowhere).await.unwrap().status, 422);
}

#[tokio::test]
async fn a_card_with_a_blocked_wording_never_reaches_the_host() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let show = api.open_show("周三场").await.unwrap();
    let cards = format!("/api/v1/shows/{show}/prompter/cards");
    let refused = api.post(&cards, json!({ "level": "red", "text": "这款蕞低价，加 薇 信" })).await.unwrap();
    assert_eq!((refused.status, refused.code()), (422, "wording_blocked".to_owned()));
    let told = refused.json();
    let told = told["errors"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(text(&told[0], "/found"), "蕞低价");
    let expected = text(&told[0], "/expected");
    assert!(expected.contains("Advertising Law art. 9(3)") && expected.contains("本场直播价"), "{expected}");

    let pushed = api.post(&cards, json!({ "level": "red", "text": "第一次来的宝宝点个关注" })).await.unwrap();
    assert_eq!(pushed.status, 200);
    let room = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    let queue = room["prompter"].as_array().unwrap();
    assert_eq!(queue.iter().map(|card| text(card, "/text")).collect::<Vec<_>>(), ["第一次来的宝宝点个关注"]);
}

/// The built-in rules with one word more, verified on `day`.
fn own_pack(day: &str) -> String {
    let mut pack: Value = serde_json::from_str(BUILT_IN).unwrap();
    pack["verified_at"] = json!(day);
    let word = json!({ "word": "蓝鲸价", "category": "price_claim", "level": "block" });
    pack["words"].as_array_mut().unwrap().push(word);
    pack.to_string()
}

/// A server whose data directory has rules of its own.
async fn with_pack(pack: &str) -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("packs")).unwrap();
    std::fs::write(data.join("packs/wording.json"), pack).unwrap();
    let server = Server::start(&data).await.unwrap();
    (folder, server)
}

#[tokio::test]
async fn newer_rules_in_the_data_directory_are_used_and_older_or_broken_ones_are_not() {
    for (pack, own, found) in [
        (own_pack("2099-01-01"), true, vec!["蓝鲸价"]),
        (own_pack("2020-01-01"), false, vec![]),
        (own_pack("2099-01-01").replace("蓝鲸价", "蓝"), false, vec![]),
    ] {
        let (_folder, server) = with_pack(&pack).await;
        let api = server.operator().unwrap();
        let rules = api.get("/api/v1/wording/pack").await.unwrap().json();
        assert_eq!(rules["own"], own, "{rules}");
        let body = json!({ "text": "蓝鲸价", "place": "script" });
        assert_eq!(words(&api.done("/api/v1/wording/check", body).await.unwrap()), found);
        let broken = pack.contains("\"蓝\"");
        assert_eq!(text(&rules, "/rejected").contains("蓝 word"), broken, "{rules}");
        assert_eq!(server.errors().unwrap().contains("built-in wording rules stay"), broken);
    }
}

#[tokio::test]
async fn the_rules_say_when_they_were_verified() {
    let fresh = Fresh::start().await;
    let rules = fresh.operator.get("/api/v1/wording/pack").await.unwrap().json();
    assert!(rules["words"].as_u64().unwrap() >= 648, "{rules}");
    assert_eq!(rules["categories"], 16);
    assert!(rules["verified_at"].as_i64().unwrap() > 1_790_000_000_000);
    assert_eq!(rules["own"], false);
}

#[tokio::test]
async fn the_command_line_checks_a_file_and_fails_when_something_must_not_be_said() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("script.txt");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "第一次来的宝宝\n今天全网最低价").unwrap();
    let output = run(["lint", path]).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("2:3 block"), "{said}");

    std::fs::write(&file, "原价199").unwrap();
    let output = run(["lint", path, "--json", "--place", "title"]).await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(text(&verdict, "/level"), "evidence");

    let pack = folder.path().join("pack.json");
    std::fs::write(&pack, own_pack("2026-01-01")).unwrap();
    std::fs::write(&file, "蓝鲸价").unwrap();
    let output = run(["lint", path, "--pack", pack.to_str().unwrap()]).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    std::fs::write(&pack, "{}").unwrap();
    let output = run(["lint", path, "--pack", pack.to_str().unwrap()]).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("pack.json: line 1 column 2: expected a rule pack"), "{said}");
}
