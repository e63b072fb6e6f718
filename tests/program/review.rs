//! Running a show and looking back on it, through the same interface as the console.

use livehand_tests::api::{Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, line, now};

/// A minute and a half ago: a crew works in the present, and questions of last year are nobody's any more.
fn lately() -> i64 {
    now() - 91_000
}

/// A show with two products, two comments 90 s apart, and a crew that works; with the time of the first comment.
async fn worked(fresh: &Fresh) -> (String, Api, i64) {
    let (api, begun) = (&fresh.operator, lately());
    for (id, name) in [("p1", "四件套"), ("p2", "枕头")] {
        let body = json!({ "id": id, "name": name, "price_fen": 19_900, "link_number": 1 });
        api.done("/api/v1/products", body).await.unwrap();
    }
    let show = api.open_show("周三场").await.unwrap();
    let lines = line("c1", begun, "comment", ",\"user\":\"u1\",\"name\":\"圆圆\",\"text\":\"这款多少钱\"")
        + &line("c2", begun + 90_000, "comment", ",\"user\":\"u2\",\"text\":\"主播好美\"");
    api.send(&show, lines).await.unwrap();
    // The room is told of the facts of its line-up, now, which is after what the audience wrote.
    let lineup = json!({ "products": ["p1", "p2"] });
    let set = api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    assert_eq!(set.status, 200);
    (show, api.hire("场控阿岚", &["floor_director", "operations"]).await.unwrap().0, begun)
}

async fn state(api: &Api, show: &str, query: &str) -> Value {
    api.get(&format!("/api/v1/shows/{show}/state{query}")).await.unwrap().json()
}

#[tokio::test]
async fn the_crew_works_and_the_review_shows_every_moment_as_it_was() {
    let fresh = Fresh::start().await;
    let (show, crew, begun) = worked(&fresh).await;
    let at = |path: &str| format!("/api/v1/shows/{show}/{path}");
    let question = state(&crew, &show, "").await["questions"][0]["id"].as_u64().unwrap();
    let staged = crew.done(&at("stage"), json!({ "id": "s1", "product": "p1" })).await.unwrap();
    let again = crew.done(&at("stage"), json!({ "id": "s1", "product": "p1" })).await.unwrap();
    assert_eq!((&staged["duplicate"], &again["duplicate"]), (&json!(false), &json!(true)));
    assert_eq!(again["sequence"], staged["sequence"], "a retry does nothing twice");
    let answer = json!({ "id": "a1", "text": "直播价 199 元" });
    crew.done(&at(&format!("questions/{question}/answer")), answer).await.unwrap();
    let late =
        crew.post(&at(&format!("questions/{question}/answer")), json!({ "spoken": true })).await.unwrap();
    assert_eq!((late.status, late.code()), (409, "question_closed".to_owned()));
    let card = crew
        .done(&at("prompter/cards"), json!({ "id": "k1", "level": "red", "text": "报错价了，马上更正" }))
        .await
        .unwrap();
    assert_eq!(text(&card, "/card"), "k1");
    let (prompter, _) = crew.link(&show, "prompter").await.unwrap();
    prompter.done(&at("prompter/cards/k1/acknowledge"), json!({})).await.unwrap();
    crew.done(&at("markers"), json!({ "text": "高光" })).await.unwrap();
    crew.done(&at("notes"), json!({ "text": "灯光偏暗" })).await.unwrap();
    crew.done(&at("end"), json!({})).await.unwrap();
    assert_eq!(crew.post(&at("notes"), json!({ "text": "晚了" })).await.unwrap().code(), "show_not_on_air");

    let review = crew.get(&at("review")).await.unwrap().json();
    assert_eq!(
        (text(&review, "/items/0/product"), text(&review, "/items/0/name")),
        ("p1".into(), "四件套".into())
    );
    assert_eq!(review["view"]["answering"]["answered"], 1);
    let whole = state(&crew, &show, "").await;
    assert_eq!(review["view"], whole);
    let kinds: Vec<String> =
        whole["timeline"].as_array().unwrap().iter().map(|it| text(it, "/what")).collect();
    assert_eq!(
        kinds,
        [
            "item_staged",
            "question_answered",
            "card_pushed",
            "card_acknowledged",
            "marker_placed",
            "note_taken"
        ]
    );

    let early = state(&crew, &show, &format!("?at={}", begun + 1_000)).await;
    assert_eq!(
        (early["sequence"].as_u64(), text(&early, "/questions/0/state")),
        (Some(1), "open".to_owned())
    );
    assert_eq!(early["metrics"]["totals"]["comments"], 1);
    assert_eq!(early["stage"], Value::Null);
    assert_eq!(state(&crew, &show, &format!("?at={}", begun - 1)).await["sequence"], 0);
    let last = whole["clock"].as_i64().unwrap();
    assert_eq!(state(&crew, &show, &format!("?at={last}")).await, whole);
}

#[tokio::test]
async fn every_table_of_a_show_is_exported_for_a_spreadsheet() {
    let fresh = Fresh::start().await;
    let (show, crew, _) = worked(&fresh).await;
    crew.done(&format!("/api/v1/shows/{show}/markers"), json!({ "text": "高光" })).await.unwrap();
    for (table, header, rows) in [
        ("minutes", "minute,has_data,views,online", 3),
        ("comments", "sequence,time,name,text,intent,quality", 3),
        ("questions", "id,time,name,text,intent,asked", 2),
        ("products", "product,product_views,exposed_viewers", 1),
        ("actions", "sequence,time,type,subject,text,by", 2),
    ] {
        let answer = crew.get(&format!("/api/v1/shows/{show}/export/{table}.csv")).await.unwrap();
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert!(answer.header("content-disposition").contains(&format!("{table}.csv")));
        let body = String::from_utf8(answer.body).unwrap();
        assert!(body.starts_with(&format!("\u{FEFF}{header}")), "{body}");
        let minimum = body.lines().count() >= rows;
        assert!(minimum, "{table}: {body}");
    }
    for (list, header, holds) in [
        ("shows", "id,title,room,kind,mode,status", "周三场"),
        ("products", "id,link_number,name,price_yuan", "四件套,199.00"),
        ("people", "id,name,hats,disabled", "场控阿岚,floor_director operations,false"),
    ] {
        let answer = crew.get(&format!("/api/v1/export/{list}.csv")).await.unwrap();
        let body = String::from_utf8(answer.body).unwrap();
        assert!(body.starts_with(&format!("\u{FEFF}{header}")) && body.contains(holds), "{body}");
    }
    assert_eq!(crew.get("/api/v1/export/secrets.csv").await.unwrap().code(), "not_found");
    let (finance, _) = fresh.operator.hire("财务", &["finance"]).await.unwrap();
    assert_eq!(finance.get("/api/v1/export/shows.csv").await.unwrap().status, 200);
    assert_eq!(
        finance.get("/api/v1/export/people.csv").await.unwrap().code(),
        "forbidden",
        "who may not see the crew"
    );
    let (assistant, _) = fresh.operator.hire("助理", &["assistant"]).await.unwrap();
    let refused = assistant.get(&format!("/api/v1/shows/{show}/export/comments.csv")).await.unwrap();
    assert_eq!(refused.code(), "forbidden");
}

#[tokio::test]
async fn shows_and_products_are_found_and_come_in_pages() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for n in 0..7 {
        api.done("/api/v1/shows", json!({ "title": format!("第{n}场 100%_好价"), "kind": "daily" }))
            .await
            .unwrap();
        let product = json!({ "id": format!("p{n}"), "name": format!("商品{n}"), "price_fen": 100, "link_number": n + 1 });
        api.done("/api/v1/products", product).await.unwrap();
    }
    for (list, key, search) in [("shows", "title", "第3场 100%25_"), ("products", "name", "商品3")] {
        let found = api.get(&format!("/api/v1/{list}?search={search}")).await.unwrap().json();
        assert_eq!(found[list].as_array().unwrap().len(), 1, "{found}");
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page = api.get(&format!("/api/v1/{list}?limit=3{after}")).await.unwrap().json();
            seen.extend(page[list].as_array().unwrap().iter().map(|item| text(item, &format!("/{key}"))));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7, "{seen:?}");
    }
    assert_eq!(
        api.get("/api/v1/shows?search=__").await.unwrap().json()["shows"],
        json!([]),
        "a wildcard is a character"
    );
    let twice = json!({ "id": "p1", "name": "又一个", "price_fen": 1, "link_number": 1 });
    assert_eq!(api.post("/api/v1/products", twice).await.unwrap().code(), "product_exists");
}

#[tokio::test]
async fn an_ended_show_is_sealed_in_the_audit_trail() {
    let fresh = Fresh::start().await;
    let (show, crew, _) = worked(&fresh).await;
    crew.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();
    let data = fresh.data();
    // The job runs within seconds; a server that is stopped has finished or will finish it.
    let counted = async {
        loop {
            let counts = fresh.operator.get("/metrics").await.unwrap().body;
            if String::from_utf8_lossy(&counts).contains("livehand_jobs_done_total 1") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), counted).await.expect("the show is not sealed");
    fresh.server.stop().await.unwrap();
    let doctor = livehand_tests::program::run(["doctor", "--data", &data.to_string_lossy()]).await.unwrap();
    assert_eq!(doctor.status.code(), Some(0));
}
