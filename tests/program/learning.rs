//! Learning by use, through HTTP: the words for which somebody picked an answer are confirmed after the show, the library finds
//! more of what it had not been told, and a roll-back makes it what it was. What a show could not answer becomes drafts.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now, until};

const TOPICS: &str = include_str!("../data/learning.json");

struct Topic {
    entry: String,
    learn: Vec<String>,
    held_back: Vec<String>,
}

fn words(topic: &Value, key: &str) -> Vec<String> {
    topic[key].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// A show on air that sells a tea pot.
async fn selling(api: &Api) -> String {
    let pot = json!({ "id": "pot", "name": "紫砂壶", "price_fen": 39_900, "link_number": 1 });
    api.done("/api/v1/products", pot).await.unwrap();
    let show = api.done("/api/v1/shows", json!({ "title": "茶器", "kind": "daily" })).await.unwrap();
    let show = text(&show, "/id");
    let lineup = Some(json!({ "products": ["pot"] }));
    api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), lineup).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/open"), json!({})).await.unwrap();
    show
}

async fn library(api: &Api) -> Vec<Topic> {
    let file: Value = serde_json::from_str(TOPICS).unwrap();
    let mut topics = Vec::new();
    for topic in file["topics"].as_array().unwrap() {
        let entry = json!({ "question": topic["question"], "short": topic["answer"], "level": "B", "state": "active" });
        let entry = text(&api.done("/api/v1/faq", entry).await.unwrap(), "/id");
        topics.push(Topic { entry, learn: words(topic, "learn"), held_back: words(topic, "held_back") });
    }
    topics
}

/// The card that words open, and the entry that it offers first; the card is closed again so that the next words open one of
/// their own.
async fn first_offered(api: &Api, show: &str, id: &str, words: &str) -> Option<String> {
    let card = ask(api, show, id, words).await?;
    let path = format!("/api/v1/shows/{show}/questions/{card}");
    let answers = api.get(&format!("{path}/answers")).await.unwrap().json();
    api.done(&format!("{path}/answer"), json!({ "id": format!("{id}-a"), "spoken": true })).await.unwrap();
    answers["answers"].as_array().unwrap().iter().find_map(|it| it["faq"].as_str().map(str::to_owned))
}

async fn ask(api: &Api, show: &str, id: &str, words: &str) -> Option<u64> {
    let line = json!({ "id": id, "at": now(), "type": "comment", "user": id, "name": id, "text": words });
    assert_eq!(api.send(show, line.to_string()).await.unwrap().status, 200);
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await.unwrap().json();
    let open = state["questions"].as_array().unwrap().iter().filter(|it| it["state"] == "open");
    open.filter_map(|it| it["id"].as_u64()).max()
}

/// How many of the words that are held back lead to their entry first.
async fn found(api: &Api, show: &str, topics: &[Topic], round: &str) -> usize {
    let mut right = 0;
    for topic in topics {
        for (place, held_back) in topic.held_back.iter().enumerate() {
            let id = format!("{round}-{}-{place}", topic.entry);
            let first = first_offered(api, show, &id, held_back).await;
            right += usize::from(first.as_ref() == Some(&topic.entry));
        }
    }
    right
}

#[tokio::test]
async fn fifty_confirmed_corrections_find_more_of_what_was_held_back_and_can_be_rolled_back() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, selling(&fresh.operator).await);
    let topics = library(api).await;
    let before = found(api, &show, &topics, "before").await;

    // The assistant picks the answer on the card; where the words opened no card, it teaches them from the stream.
    for topic in &topics {
        for (place, words) in topic.learn.iter().enumerate() {
            let id = format!("learn-{}-{place}", topic.entry);
            if let Some(card) = ask(api, &show, &id, words).await {
                let answer = json!({ "id": format!("{id}-a"), "text": "看这里", "faq": topic.entry });
                api.done(&format!("/api/v1/shows/{show}/questions/{card}/answer"), answer).await.unwrap();
            }
            let waits = api.get("/api/v1/faq/learned?limit=200").await.unwrap().json();
            let waits = waits["learned"].as_array().unwrap().iter().any(|it| it["text"] == words.as_str());
            if !waits {
                let path = format!("/api/v1/faq/{}/learned", topic.entry);
                api.done(&path, json!({ "text": words, "show": show })).await.unwrap();
            }
        }
    }
    let waiting = api.get("/api/v1/faq/learned?limit=200").await.unwrap().json();
    let waiting = waiting["learned"].as_array().unwrap().clone();
    assert_eq!(waiting.len(), 50);
    assert_eq!(
        found(api, &show, &topics, "waiting").await,
        before,
        "what waits for the review changes nothing"
    );
    for one in &waiting {
        let path = format!("/api/v1/faq/learned/{}/take", text(one, "/id"));
        api.done(&path, json!({})).await.unwrap();
    }
    let after = found(api, &show, &topics, "after").await;
    println!(
        "first answers of 50 comments that were held back: {before} before, {after} after 50 corrections"
    );
    assert!(after >= before + 5, "{before} before, {after} after");

    for topic in &topics {
        let version =
            api.get(&format!("/api/v1/faq/{}", topic.entry)).await.unwrap().json()["version"].clone();
        let back = json!({ "version": version, "to": 1 });
        api.done(&format!("/api/v1/faq/{}/rollback", topic.entry), back).await.unwrap();
    }
    assert_eq!(found(api, &show, &topics, "back").await, before);
}

#[tokio::test]
async fn what_a_show_could_not_answer_becomes_a_draft() {
    let fresh = Fresh::start().await;
    let (api, show) = (&fresh.operator, selling(&fresh.operator).await);
    let entry = json!({ "question": "新壶需要开壶吗", "variants": ["要开壶不"], "short": "清水煮十分钟", "level": "B", "state": "active" });
    let entry = text(&api.done("/api/v1/faq", entry).await.unwrap(), "/id");
    let card = ask(api, &show, "c1", "要开壶不").await.unwrap();
    let given = json!({ "id": "a1", "text": "清水煮十分钟", "faq": entry });
    api.done(&format!("/api/v1/shows/{show}/questions/{card}/answer"), given).await.unwrap();
    let card = ask(api, &show, "c3", "底下的字是刻的还是印的").await.unwrap();
    let typed = json!({ "id": "a3", "text": "是作者手刻的" });
    api.done(&format!("/api/v1/shows/{show}/questions/{card}/answer"), typed).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();

    let drafts = async || api.get("/api/v1/faq?state=draft").await.unwrap().json()["entries"].clone();
    let found = until(drafts, |drafts| drafts.as_array().is_some_and(|all| !all.is_empty())).await;
    assert_eq!(text(&found, "/0/content/question"), "底下的字是刻的还是印的");
    assert_eq!(text(&found, "/0/content/short"), "是作者手刻的");
    assert_eq!(found.as_array().unwrap().len(), 1, "what the library answered is no draft");
}
