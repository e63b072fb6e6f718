//! The catalogue as sheets: the made-up 618 sheet comes in, its planted defects are named by row, and what goes out comes in
//! again as no change.

use livehand_tests::api::{Answer, Api, text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Fresh;

fn demo(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/618").join(name);
    std::fs::read(path).unwrap()
}

async fn send(api: &Api, name: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    let request = api.request(Method::POST, &format!("/api/v1/imports?name={name}"));
    api.answer(request.header("content-type", "application/octet-stream").body(bytes.into())).await.unwrap()
}

async fn preview(api: &Api, name: &str, bytes: impl Into<Vec<u8>>) -> Value {
    let answer = send(api, name, bytes).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()
}

async fn apply(api: &Api, import: &Value, more: Value) -> Answer {
    let mut body = json!({ "digest": import["plan"]["digest"] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    api.post(&format!("/api/v1/imports/{}/apply", text(import, "/id")), body).await.unwrap()
}

async fn export(api: &Api, format: &str) -> Vec<u8> {
    let answer = api.get(&format!("/api/v1/products/export?format={format}")).await.unwrap();
    assert_eq!(answer.status, 200, "{format}");
    answer.body
}

async fn count(api: &Api) -> (usize, i64) {
    let found = api.get("/api/v1/products?limit=200").await.unwrap().json();
    let products = found["products"].as_array().unwrap();
    (products.len(), products.iter().map(|it| it["skus"].as_i64().unwrap()).sum())
}

/// A CSV file as a workbook of texts.
fn workbook(csv: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(csv).unwrap().trim_start_matches('\u{feff}');
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        for (column, cell) in (0..).zip(record.unwrap().iter()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test]
async fn the_defects_of_the_618_sheet_are_named_by_row_and_nothing_is_half_applied() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let import = preview(api, "products.csv", demo("products.csv")).await;
    let plan = &import["plan"];
    let defects: Vec<Value> = serde_json::from_slice(&demo("defects.json")).unwrap();
    let headers: std::collections::BTreeMap<String, String> = (import["columns"].as_array().unwrap().iter())
        .map(|column| (text(column, "/column"), text(column, "/header")))
        .collect();
    let named: Vec<(u64, String)> = (plan["faults"].as_array().unwrap().iter())
        .map(|fault| (fault["row"].as_u64().unwrap(), headers[&text(fault, "/column")].clone()))
        .collect();
    let planted: Vec<(u64, String)> =
        defects.iter().map(|it| (it["row"].as_u64().unwrap(), text(it, "/column"))).collect();
    assert_eq!(named, planted);
    let rows: Vec<u64> = planted.iter().map(|(row, _)| *row).collect();
    assert_eq!((&plan["left_out"], &plan["rows"]), (&json!(rows), &json!(186)));
    assert_eq!(count(api).await, (0, 0), "a preview applies nothing");

    let refused = apply(api, &import, json!({})).await;
    assert_eq!((refused.status, refused.code()), (409, "import_has_faults".into()));
    assert_eq!(count(api).await, (0, 0), "nothing is half applied");
    let other = apply(api, &json!({ "id": import["id"], "plan": { "digest": "x" } }), json!({})).await;
    assert_eq!(other.code(), "import_changed");

    let done = apply(api, &import, json!({ "leave_out_faulty": true })).await;
    assert_eq!(done.status, 200, "{}", done.json());
    assert_eq!((&done.json()["left_out"], &done.json()["skus_added"]), (&json!(rows), &json!(174)));
    assert_eq!(count(api).await.1, 174);
    let settled = apply(api, &import, json!({})).await;
    assert_eq!((settled.status, settled.code()), (409, "import_settled".into()));
    let clean = preview(api, "clean.csv", demo("clean.csv")).await;
    assert_eq!((&clean["plan"]["skus_added"], &clean["plan"]["unchanged_rows"]), (&json!(12), &json!(174)));
}

#[tokio::test]
async fn the_clean_618_sheet_gives_the_same_catalogue_however_it_was_saved() {
    let clean = demo("clean.csv");
    let plain = std::str::from_utf8(&clean).unwrap().trim_start_matches('\u{feff}').to_owned();
    let (gbk, _, lost) = encoding_rs::GBK.encode(&plain);
    assert!(!lost);
    let mut exports = Vec::new();
    for (name, bytes) in
        [("clean.csv", clean.clone()), ("gbk.csv", gbk.into_owned()), ("clean.xlsx", workbook(&clean))]
    {
        let fresh = Fresh::start().await;
        let api = &fresh.operator;
        let import = preview(api, name, bytes).await;
        assert_eq!(
            (&import["plan"]["faults"], &import["plan"]["left_out"]),
            (&json!([]), &json!([])),
            "{name}"
        );
        assert_eq!(count(api).await, (0, 0));
        let done = apply(api, &import, json!({})).await;
        assert_eq!((done.status, &done.json()["skus_added"]), (200, &json!(186)), "{name}");
        assert_eq!(count(api).await, (70, 186));
        exports.push(export(api, "csv").await);
    }
    assert!(exports.iter().all(|export| *export == exports[0]));
}

#[tokio::test]
async fn what_goes_out_comes_in_as_no_change_and_an_import_is_undone_at_once() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let import = preview(api, "clean.csv", demo("clean.csv")).await;
    let done = apply(api, &import, json!({})).await.json();
    for (format, name) in [("csv", "a.csv"), ("csv_gbk", "a.csv"), ("xlsx", "a.xlsx")] {
        let again = preview(api, name, export(api, format).await).await;
        let plan = &again["plan"];
        assert_eq!(
            (&plan["faults"], &plan["changes"], &plan["unchanged_rows"]),
            (&json!([]), &json!([]), &json!(186)),
            "{format}"
        );
        let applied = apply(api, &again, json!({})).await;
        assert_eq!((applied.status, &applied.json()["edit"]), (200, &Value::Null), "{format}");
    }
    let before = export(api, "csv").await;
    let undone = api.post(&format!("/api/v1/edits/{}/undo", text(&done, "/edit")), json!({})).await.unwrap();
    assert_eq!(undone.status, 200, "{}", undone.json());
    assert_eq!(count(api).await.1, 0);
    let redo = format!("/api/v1/edits/{}/undo", text(&undone.json(), "/edit"));
    assert_eq!(api.post(&redo, json!({})).await.unwrap().status, 200);
    assert_eq!(export(api, "csv").await, before);
}

#[tokio::test]
async fn a_column_that_was_guessed_wrong_is_put_right_and_a_changed_catalogue_is_looked_at_again() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let sheet = "商品ID,商品名称,主播价,日常价\np1,T恤,59.90,99\np2,裙,9.9,99\n";
    let import = preview(api, "a.csv", sheet).await;
    assert_eq!(import["columns"][2]["field"], Value::Null);
    assert_eq!(import["columns"][2]["samples"], json!(["59.90", "9.9"]));
    let path = format!("/api/v1/imports/{}", text(&import, "/id"));
    let map = |columns: Value| {
        let path = format!("{path}/mapping");
        async move { api.call(Method::PUT, &path, Some(json!({ "columns": columns }))).await.unwrap() }
    };
    assert_eq!(map(json!([{ "column": "C", "field": "no_such" }])).await.status, 422);
    assert_eq!(map(json!([{ "column": "Z", "field": "live_price" }])).await.status, 422);
    let mapped = map(json!([{ "column": "C", "field": "live_price" }])).await.json();
    assert_eq!(mapped["columns"][2]["field"], "live_price");
    let fault = &mapped["plan"]["faults"][0];
    assert_eq!(
        (&fault["row"], text(fault, "/code"), text(fault, "/severity")),
        (&json!(3), "ten_fold".into(), "warning".into())
    );
    assert_eq!(text(fault, "/expected/zh"), "99.00 左右，可能应为 99.00");

    // Somebody else adds the product in the meantime.
    api.done("/api/v1/products", json!({ "id": "p1", "name": "别的", "price_fen": 1_000, "link_number": 1 }))
        .await
        .unwrap();
    assert_eq!(apply(api, &mapped, json!({ "confirmed_rows": [3] })).await.code(), "import_changed");
    let now = api.get(&path).await.unwrap().json();
    assert_eq!((&now["plan"]["products_added"], &now["plan"]["products_changed"]), (&json!(0), &json!(1)));
    let changes = now["plan"]["changes"].as_array().unwrap();
    assert!(
        changes.iter().any(|it| it["field"] == "name" && it["before"] == "别的" && it["after"] == "T恤"),
        "{changes:?}"
    );
    let done = apply(api, &now, json!({ "confirmed_rows": [3] })).await;
    assert_eq!((done.status, &done.json()["products_added"]), (200, &json!(1)), "{}", done.json());
    assert_eq!(api.get("/api/v1/products/p2").await.unwrap().json()["price_fen"], 990);
    assert_eq!(api.get(&path).await.unwrap().json()["plan"], Value::Null);

    // What looks like a formula goes out inert, and comes in as it was.
    let formula = json!({ "product": "p1", "field": "note", "value": "=1+1" });
    api.done("/api/v1/facts", json!({ "edits": [formula] })).await.unwrap();
    let out = String::from_utf8(export(api, "csv").await).unwrap();
    assert!(out.contains("'=1+1"), "{out}");
    assert_eq!(preview(api, "b.csv", out).await["plan"]["changes"], json!([]));
}

#[tokio::test]
async fn an_import_can_be_dropped_and_one_of_a_stranger_is_refused() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let import = preview(api, "a.csv", "商品名称,直播价\nT恤,59\n").await;
    let path = format!("/api/v1/imports/{}", text(&import, "/id"));
    assert_eq!(api.call(Method::DELETE, &path, None).await.unwrap().status, 204);
    assert_eq!(api.call(Method::DELETE, &path, None).await.unwrap().code(), "import_settled");
    assert_eq!(apply(api, &import, json!({})).await.code(), "import_settled");
    assert_eq!(text(&api.get(&path).await.unwrap().json(), "/status"), "dropped");
    assert_eq!(count(api).await, (0, 0));
    let (host, _) = api.hire("主播", &["anchor"]).await.unwrap();
    assert_eq!(send(&host, "a.csv", "商品名称\nT恤\n").await.status, 403);
    assert_eq!(host.get(&path).await.unwrap().status, 403);
    assert_eq!(send(api, "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()).await.status, 422);
    assert_eq!(api.get("/api/v1/imports/none").await.unwrap().status, 404);
}

#[tokio::test]
async fn a_product_on_air_keeps_its_price_through_an_import() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    api.done("/api/v1/products", json!({ "id": "p1", "name": "T恤", "price_fen": 5_900, "link_number": 1 }))
        .await
        .unwrap();
    let waiting = preview(api, "a.csv", "商品ID,直播价,品牌\np1,49,青禾\n").await;
    assert_eq!(waiting["plan"]["faults"], json!([]));
    let show = api.open_show("今晚").await.unwrap();
    let lineup = json!({ "products": ["p1"] });
    api.call(Method::PUT, &format!("/api/v1/shows/{show}/lineup"), Some(lineup)).await.unwrap();
    // It was looked at before the show began, and does not slip through.
    let refused = apply(api, &waiting, json!({ "leave_out_faulty": true, "confirmed_rows": [2] })).await;
    assert_eq!((refused.status, refused.code()), (409, "import_changed".into()));
    let now = api.get(&format!("/api/v1/imports/{}", text(&waiting, "/id"))).await.unwrap().json();
    assert_eq!(text(&now["plan"]["faults"][0], "/code"), "needs_second_person");
    let left = apply(api, &now, json!({ "leave_out_faulty": true, "confirmed_rows": [2] })).await;
    assert_eq!((left.status, &left.json()["facts"]), (200, &json!(0)));
    assert_eq!(api.get("/api/v1/products/p1").await.unwrap().json()["price_fen"], 5_900);
}
