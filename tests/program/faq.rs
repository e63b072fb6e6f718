//! The FAQ library through HTTP: entries in versions, pasted lines, sheets out and in, what needs care, what was learned.

use livehand_kernel::{FaqId, Millis};
use livehand_storage::faq_statistics::FaqUseRow;
use livehand_storage::{Db, faq_statistics};
use livehand_tests::api::{Answer, Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Fresh, now};

const DAY: i64 = 86_400_000;

fn entry(question: &str) -> Value {
    json!({
        "question": question, "variants": [question, "多久发"], "short": "{宝宝/家人}，{{ship_by}}发出", "level": "A",
        "evidence": "发货规则", "concepts": ["发货时效"], "state": "active",
    })
}

async fn add(api: &Api, body: Value) -> Value {
    api.done("/api/v1/faq", body).await.unwrap()
}

async fn edit(api: &Api, id: &str, version: i64, entry: Value) -> Answer {
    let body = json!({ "version": version, "entry": entry });
    api.call(Method::PUT, &format!("/api/v1/faq/{id}"), Some(body)).await.unwrap()
}

async fn questions(api: &Api, query: &str) -> Vec<String> {
    let found = api.get(&format!("/api/v1/faq?{query}")).await.unwrap().json();
    found["entries"].as_array().unwrap().iter().map(|it| text(it, "/content/question")).collect()
}

#[tokio::test]
async fn an_entry_has_versions_and_of_two_who_change_it_one_is_told() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let added = add(api, entry("什么时候发货")).await;
    let id = text(&added, "/id");
    assert_eq!((&added["version"], &added["content"]["slots"]), (&json!(1), &json!(["ship_by"])));
    let edited = edit(api, &id, 1, entry("几点发货")).await.json();
    assert_eq!((&edited["version"], text(&edited, "/content/question").as_str()), (&json!(2), "几点发货"));
    let late = edit(api, &id, 1, entry("后来的人")).await;
    assert_eq!((late.status, late.code().as_str()), (409, "faq_changed"));
    assert_eq!(edit(api, "none", 1, entry("x")).await.status, 404);

    let back = json!({ "version": 2, "to": 1 });
    let back = api.done(&format!("/api/v1/faq/{id}/rollback"), back).await.unwrap();
    assert_eq!((&back["version"], text(&back, "/content/question").as_str()), (&json!(3), "什么时候发货"));
    let nowhere =
        api.post(&format!("/api/v1/faq/{id}/rollback"), json!({ "version": 3, "to": 9 })).await.unwrap();
    assert_eq!(nowhere.status, 404);
    let retired = api.done(&format!("/api/v1/faq/{id}/retire"), json!({ "version": 3 })).await.unwrap();
    assert_eq!(text(&retired, "/content/state"), "retired");
    assert_eq!(questions(api, "state=active").await, [] as [&str; 0]);
    let restored = api.done(&format!("/api/v1/faq/{id}/restore"), json!({ "version": 4 })).await.unwrap();
    assert_eq!((&restored["version"], text(&restored, "/content/state").as_str()), (&json!(5), "active"));

    let history = api.get(&format!("/api/v1/faq/{id}/history")).await.unwrap().json();
    let told: Vec<String> = (history["versions"].as_array().unwrap().iter())
        .map(|it| format!("{} {} {}", it["version"], text(it, "/origin"), text(it, "/content/state")))
        .collect();
    assert_eq!(
        told,
        [
            "5 written active",
            "4 written retired",
            "3 rolled_back:1 active",
            "2 written active",
            "1 written active"
        ]
    );
}

#[tokio::test]
async fn mistakes_are_named_by_their_field_in_both_languages() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let with = |more: Value| {
        let mut body = entry("什么时候发货");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, field) in [
        (json!({ "question": " " }), "question"),
        (json!({ "short": "字".repeat(46) }), "short"),
        (json!({ "short": "到手{{prise}}" }), "short"),
        (json!({ "short": "" }), "short"),
        (json!({ "variants": ["字".repeat(61)] }), "variants[0]"),
        (json!({ "scope": { "of": "product", "ids": ["hat"] } }), "scope.ids[0]"),
        (json!({ "scope": { "of": "category", "ids": ["火箭"] } }), "scope.ids[0]"),
        (json!({ "valid_from": 9, "valid_until": 9 }), "valid_until"),
        (json!({ "owner": "nobody" }), "owner"),
    ] {
        let wrong = api.post("/api/v1/faq", with(more)).await.unwrap();
        assert_eq!((wrong.status, text(&wrong.json(), "/errors/0/field").as_str()), (422, field));
    }
    let request = api.request(Method::POST, "/api/v1/faq").header("accept-language", "zh-CN");
    let wrong = api.answer(request.json(&with(json!({ "short": "到手{{prise}}" })))).await.unwrap().json();
    let expected = text(&wrong, "/errors/0/expected");
    assert!(expected.starts_with("已有的变量：price") || expected.starts_with("a known"), "{expected}");
    assert_eq!(text(&wrong, "/errors/0/found"), "{{prise}}");
    let blocked = api.post("/api/v1/faq", with(json!({ "short": "全网最低价" }))).await.unwrap();
    assert_eq!((blocked.status, blocked.code().as_str()), (422, "wording_blocked"), "{}", blocked.json());
    let draft = with(json!({ "short": "全网最低价", "state": "draft" }));
    assert_eq!(api.post("/api/v1/faq", draft).await.unwrap().status, 201, "a draft may be put right later");
    let category = add(api, with(json!({ "scope": { "of": "category", "ids": ["服饰"] } }))).await;
    assert_eq!(category["content"]["scope"]["ids"], json!(["apparel"]));
}

#[tokio::test]
async fn entries_are_found_while_typing_and_by_what_they_are() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    api.done("/api/v1/products", json!({ "id": "tee", "name": "T恤", "price_fen": 9_900, "link_number": 1 }))
        .await
        .unwrap();
    add(api, entry("什么时候发货")).await;
    let mut size = entry("身高体重选什么码");
    size["variants"] = json!(["160 110穿啥"]);
    size["level"] = json!("B");
    size["scope"] = json!({ "of": "product", "ids": ["tee"] });
    size["concepts"] = json!(["尺码推荐"]);
    add(api, size).await;
    assert_eq!(questions(api, "").await, ["身高体重选什么码", "什么时候发货"]);
    assert_eq!(questions(api, "search=110%E7%A9%BF").await, ["身高体重选什么码"]);
    assert_eq!(questions(api, "level=A").await, ["什么时候发货"]);
    assert_eq!(questions(api, "scope=product").await, ["身高体重选什么码"]);
    assert_eq!(questions(api, "scope_id=tee").await, ["身高体重选什么码"]);
    assert_eq!(questions(api, "concept=%E5%8F%91%E8%B4%A7%E6%97%B6%E6%95%88").await, ["什么时候发货"]);
    assert_eq!(questions(api, "search=%25").await, [] as [&str; 0]);
    let first = api.get("/api/v1/faq?limit=1").await.unwrap().json();
    let next = text(&first, "/next");
    assert_eq!(questions(api, &format!("limit=1&after={next}")).await, ["什么时候发货"]);
    let wrong = api.get("/api/v1/faq?level=D").await.unwrap();
    assert_eq!(text(&wrong.json(), "/errors/0/field"), "level");
    let slots = api.get("/api/v1/faq/slots").await.unwrap().json();
    assert_eq!(slots["slots"].as_array().unwrap().len(), 28);
}

#[tokio::test]
async fn of_three_hundred_pasted_lines_the_three_broken_ones_are_named() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for (id, number) in [("tee", 1), ("coat", 4)] {
        let body = json!({ "id": id, "name": id, "price_fen": 9_900, "link_number": number });
        api.done("/api/v1/products", body).await.unwrap();
    }
    let line = |n: usize| match n {
        17 => "这一行没有分隔".to_owned(),
        120 => "发货|{{shipby}}发".to_owned(),
        299 => "7|尺码/多大|报身高体重".to_owned(),
        1 => "1,4|尺码/多大|{宝宝/家人}报身高体重".to_owned(),
        n => format!("问法{n}/换个问法{n}|第{n}条回复"),
    };
    let lines: Vec<String> = (1..=300).map(line).collect();
    let body = json!({ "text": lines.join("\n"), "level": "A" });
    let seen = api.done("/api/v1/faq/paste", body.clone()).await.unwrap();
    let told = |done: &Value| (done["added"].clone(), done["left_out"].clone(), done["applied"].clone());
    assert_eq!(told(&seen), (json!(297), json!([17, 120, 299]), json!(false)));
    let fields: Vec<String> =
        seen["faults"].as_array().unwrap().iter().map(|it| text(it, "/field")).collect();
    assert_eq!(fields, ["line", "short", "link_numbers"]);
    assert!(text(&seen, "/faults/1/expected/zh").starts_with("已有的变量"));
    assert_eq!(text(&seen, "/faults/1/found/en"), "{{shipby}}");
    assert_eq!(questions(api, "").await.len(), 0, "a look applies nothing");

    let mut stale = body.clone();
    stale["apply"] = json!(true);
    stale["digest"] = json!("x");
    assert_eq!(api.post("/api/v1/faq/paste", stale.clone()).await.unwrap().code(), "import_changed");
    stale["digest"] = seen["digest"].clone();
    let done = api.done("/api/v1/faq/paste", stale.clone()).await.unwrap();
    assert_eq!(told(&done), (json!(297), json!([17, 120, 299]), json!(true)));
    let found = api.get("/api/v1/faq?scope=product").await.unwrap().json();
    assert_eq!(found["entries"][0]["content"]["scope"]["ids"], json!(["tee", "coat"]));

    // The same lines again say what is known; a line with other words adds them to the entry.
    let mut again = body;
    again["text"] = json!(format!("{}\n问法2/还有个问法|第2条回复", lines[2..].join("\n")));
    again["apply"] = json!(true);
    let done = api.done("/api/v1/faq/paste", again).await.unwrap();
    assert_eq!((&done["added"], &done["changed"], &done["same"]), (&json!(0), &json!(1), &json!(295)));
    let found = api.get("/api/v1/faq?search=%E8%BF%98%E6%9C%89%E4%B8%AA").await.unwrap().json();
    assert_eq!(found["entries"][0]["content"]["variants"], json!(["问法2", "换个问法2", "还有个问法"]));
    assert_eq!(found["entries"][0]["version"], json!(2));
}

async fn send(api: &Api, name: &str, bytes: Vec<u8>, digest: Option<&str>) -> Answer {
    let digest = digest.map(|it| format!("&digest={it}")).unwrap_or_default();
    let request = api.request(Method::POST, &format!("/api/v1/faq/import?name={name}{digest}"));
    api.answer(request.header("content-type", "application/octet-stream").body(bytes)).await.unwrap()
}

#[tokio::test]
async fn a_sheet_is_looked_at_then_applied_and_what_goes_out_comes_in_as_no_change() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let csv = "标准问题,相似问,回复,自动级别,有效期至,库存\n\
        什么时候发货,多久发/几天发,'=48小时内发,A,2026-12-31,3\n\
        退换,能退吗,七天无理由,D,,\n\
        尺码,怎么选,\"报身高体重\",B,明年,\n";
    let seen = send(api, "faq.csv", csv.as_bytes().to_vec(), None).await;
    assert_eq!(seen.status, 200, "{}", seen.json());
    let seen = seen.json();
    let fields: Vec<&Value> =
        seen["columns"].as_array().unwrap().iter().map(|column| &column["field"]).collect();
    let expected = [
        json!("question"),
        json!("variants"),
        json!("answer"),
        json!("level"),
        json!("valid_until"),
        Value::Null,
    ];
    assert_eq!(fields, expected.iter().collect::<Vec<_>>());
    assert_eq!((&seen["plan"]["added"], &seen["plan"]["left_out"]), (&json!(1), &json!([3, 4])));
    let at = |n: usize| {
        let fault = &seen["plan"]["faults"][n];
        (fault["line"].as_i64().unwrap(), text(fault, "/column"), text(fault, "/field"))
    };
    assert_eq!((at(0), at(1)), ((3, "D".into(), "level".into()), (4, "E".into(), "valid_until".into())));
    let wrong = send(api, "faq.csv", csv.as_bytes().to_vec(), Some("x")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (409, "import_changed"));
    let digest = text(&seen, "/plan/digest");
    let done = send(api, "faq.csv", csv.as_bytes().to_vec(), Some(&digest)).await.json();
    assert_eq!((&done["plan"]["applied"], &done["plan"]["added"]), (&json!(true), &json!(1)));

    add(api, entry("几点开播")).await;
    for format in ["csv", "csv_gbk", "xlsx"] {
        let sheet = api.get(&format!("/api/v1/faq/export?format={format}")).await.unwrap();
        assert_eq!(sheet.status, 200);
        if format == "csv" {
            let text = String::from_utf8(sheet.body.clone()).unwrap();
            assert!(text.contains("'=48小时内发"), "no cell is a formula: {text}");
        }
        let name = if format == "xlsx" { "faq.xlsx" } else { "faq.csv" };
        let back = send(api, name, sheet.body, None).await.json();
        let plan = &back["plan"];
        assert_eq!(
            (&plan["same"], &plan["changed"], &plan["added"], &plan["faults"]),
            (&json!(2), &json!(0), &json!(0), &json!([])),
            "{format}: {back}"
        );
    }
    let no_questions = send(api, "faq.csv", "名称,价格\n大衣,199\n".as_bytes().to_vec(), None).await;
    assert_eq!((no_questions.status, text(&no_questions.json(), "/errors/0/field").as_str()), (422, "file"));
}

#[tokio::test]
async fn the_health_page_names_what_needs_care_and_why() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let mut well = entry("什么时候发货");
    well["variants"] = (0..12).map(|n| json!(format!("问法{n}"))).collect();
    add(api, well.clone()).await;
    let mut rewritten = well.clone();
    rewritten["question"] = json!("尺码");
    let rewritten = text(&add(api, rewritten).await, "/id");
    let mut poor = entry("退换");
    poor["level"] = json!("B");
    poor["evidence"] = json!("");
    poor["valid_until"] = json!(now() + 2 * DAY);
    add(api, poor).await;
    let mut expired = well;
    expired["question"] = json!("旧活动");
    expired["valid_until"] = json!(now() - DAY);
    add(api, expired).await;
    let db = Db::open(&format!("sqlite:{}", fresh.data().join("livehand.db").display())).await.unwrap();
    let used = FaqUseRow { hit: 20, sent: 10, edited: 6, solved: 3, last_hit_at: Some(Millis(now())) };
    let id = FaqId(rewritten.clone());
    let (id, used) = (&id, &used);
    db.write(|tx| async move { faq_statistics::count(&tx, id, used).await }).await.unwrap();
    db.close().await;

    let health = api.get("/api/v1/faq/health").await.unwrap().json();
    assert_eq!((&health["active"], &health["well"]), (&json!(4), &json!(1)));
    let told: Vec<String> = (health["entries"].as_array().unwrap().iter())
        .map(|it| format!("{} {}", text(it, "/entry/content/question"), it["ailments"]))
        .collect();
    assert_eq!(
        told,
        [
            r#"旧活动 ["expired"]"#,
            r#"退换 ["expiring","no_evidence","few_variants"]"#,
            r#"尺码 ["often_rewritten"]"#
        ]
    );
    let only = api.get("/api/v1/faq/health?ailment=often_rewritten").await.unwrap().json();
    assert_eq!(text(&only, "/entries/0/entry/id"), rewritten);
    assert_eq!(only["entries"][0]["entry"]["use"]["edited"], json!(6));
    let wrong = api.get("/api/v1/faq/health?days=0").await.unwrap();
    assert_eq!(text(&wrong.json(), "/errors/0/field"), "days");
}

#[tokio::test]
async fn what_was_learned_becomes_a_variant_and_is_rolled_back() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let id = text(&add(api, entry("什么时候发货")).await, "/id");
    let path = format!("/api/v1/faq/{id}/learned");
    let learned = api.post(&path, json!({ "text": "啥时候发呀" })).await.unwrap();
    assert_eq!(learned.status, 201, "{}", learned.json());
    let twice = api.post(&path, json!({ "text": "啥时候发呀" })).await.unwrap();
    assert_eq!((twice.status, twice.code().as_str()), (409, "faq_variant_known"));
    assert_eq!(api.post(&path, json!({ "text": "多久发" })).await.unwrap().code(), "faq_variant_known");
    let private = api.post(&path, json!({ "text": "13812345678发了吗" })).await.unwrap();
    assert_eq!((private.status, text(&private.json(), "/errors/0/field").as_str()), (422, "text"));
    assert!(!String::from_utf8(private.body).unwrap().contains("138"), "a number is not repeated");
    let other = text(&api.done(&path, json!({ "text": "福利" })).await.unwrap(), "/id");

    let list = api.get("/api/v1/faq/learned").await.unwrap().json();
    assert_eq!(list["learned"].as_array().unwrap().len(), 2);
    assert_eq!(text(&list, "/learned/1/question"), "什么时候发货");
    let first = text(&list, "/learned/1/id");
    let taken = api.done(&format!("/api/v1/faq/learned/{first}/take"), json!({})).await.unwrap();
    assert_eq!((&taken["version"], &taken["content"]["variants"][2]), (&json!(2), &json!("啥时候发呀")));
    let again = api.post(&format!("/api/v1/faq/learned/{first}/take"), json!({})).await.unwrap();
    assert_eq!((again.status, again.code().as_str()), (409, "faq_learned_settled"));
    let refused = api.post(&format!("/api/v1/faq/learned/{other}/refuse"), json!({})).await.unwrap();
    assert_eq!(refused.status, 204);
    let waiting = api.get("/api/v1/faq/learned").await.unwrap().json();
    assert_eq!(waiting["learned"], json!([]));
    let back =
        api.done(&format!("/api/v1/faq/{id}/rollback"), json!({ "version": 2, "to": 1 })).await.unwrap();
    assert_eq!(back["content"]["variants"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_assistant_writes_the_library_others_read_it_and_every_change_is_audited() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let assistant = api.hire("助理", &["assistant"]).await.unwrap().0;
    let anchor = api.hire("主播", &["anchor"]).await.unwrap().0;
    let added = add(&assistant, entry("什么时候发货")).await;
    assert_eq!((text(&added, "/owner/name"), text(&added, "/by/name")), ("助理".into(), "助理".into()));
    assert_eq!(anchor.post("/api/v1/faq", entry("x")).await.unwrap().status, 403);
    assert_eq!(questions(&anchor, "").await, ["什么时候发货"]);
    assert_eq!(anchor.get("/api/v1/faq/learned").await.unwrap().status, 403);
    assert_eq!(
        assistant.get("/api/v1/faq/export").await.unwrap().status,
        403,
        "taking data out is another right"
    );
    let db = Db::open(&format!("sqlite:{}", fresh.data().join("livehand.db").display())).await.unwrap();
    let tx = db.read().await.unwrap();
    let head = livehand_storage::audit::head(&tx).await.unwrap();
    assert!(head.sequence >= 3, "hiring twice and one entry");
    assert_eq!(livehand_storage::audit::verify(&tx).await.unwrap(), None);
    drop(tx);
    db.close().await;
}
