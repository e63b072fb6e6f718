//! The price ledger and claims: orders find their way into it, what is said rests on it, and nothing done to it goes unseen.

use std::path::Path;
use std::time::Duration;

use livehand_tests::api::{Api, text};
use livehand_tests::program::{Server, run};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{Connection, SqliteConnection};

use crate::{Fresh, line, now};

const HOUR: i64 = 3_600_000;

async fn add_tee(api: &Api) {
    let body = json!({ "id": "tee", "name": "纯棉T恤", "price_fen": 9_900, "link_number": 1 });
    api.done("/api/v1/products", body).await.unwrap();
}

async fn ledger(api: &Api) -> Value {
    let answer = api.get("/api/v1/products/tee/ledger").await.unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// The ledger once it has so many rows.
async fn ledger_of(api: &Api, rows: u64) -> Value {
    let wait = async {
        loop {
            let ledger = ledger(api).await;
            if ledger["total"].as_u64().unwrap() >= rows {
                return ledger;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("the rows do not come")
}

fn order(id: &str, order: &str, at: i64, kind: &str, amount: i64, count: i64) -> String {
    let more = format!(",\"order\":\"{order}\",\"product\":\"tee\",\"amount\":{amount},\"count\":{count}");
    line(id, at, kind, &more)
}

async fn record(api: &Api, rows: Value) -> Value {
    api.done("/api/v1/ledger/paid", json!({ "rows": rows })).await.unwrap()
}

#[tokio::test]
async fn what_is_paid_in_a_show_is_in_the_ledger_once_and_what_nobody_paid_is_not() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    add_tee(api).await;
    let made_up = json!({ "title": "演练", "kind": "daily", "synthetic": true });
    let rehearsal = text(&api.done("/api/v1/shows", made_up).await.unwrap(), "/id");
    api.done(&format!("/api/v1/shows/{rehearsal}/open"), json!({})).await.unwrap();
    api.send(&rehearsal, order("x", "o9", now(), "order_paid", 100, 1)).await.unwrap();

    let show = api.open_show("周三场").await.unwrap();
    let at = now();
    let lines = [
        order("e1", "o1", at, "order_paid", 19_800, 2),
        order("e2", "o1", at + 5, "order_paid", 19_800, 2),
        order("e3", "o2", at + 10, "order_paid", 8_900, 1),
        order("e4", "o3", at + 20, "order_paid", 0, 1),
        line("e5", at, "comment", ",\"text\":\"来了\""),
        order("e6", "o2", at + 30, "order_refunded", 8_900, 1),
    ];
    assert_eq!(api.send(&show, lines.concat()).await.unwrap().status, 200);
    let found = ledger_of(api, 4).await;
    let rows = found["rows"].as_array().unwrap();
    let told: Vec<(&str, i64, i64)> = rows
        .iter()
        .map(|row| {
            (
                row["kind"].as_str().unwrap(),
                row["fen"].as_i64().unwrap(),
                row["quantity"].as_i64().unwrap_or(0),
            )
        })
        .collect();
    assert_eq!(
        told,
        [("refunded", 8_900, 0), ("paid", 8_900, 1), ("paid", 9_900, 2), ("asked", 9_900, 0)],
        "the last comes first; an order that was delivered twice is one row, and nothing was paid for o3"
    );
    assert_eq!(text(&rows[2], "/evidence"), format!("show:{show}#1"));
    assert_eq!((text(&rows[2], "/venue"), &found["whole"]), ("main".into(), &json!(true)));
    assert_eq!(text(&rows[1], "/previous"), text(&rows[2], "/hash"));
    assert_eq!(found["series"]["paid"][0]["low"], 9_900, "what was given back is no price paid");
    assert_eq!(
        found["reference"]["rule"], "none",
        "the promotion began when the price was asked, and nobody paid before"
    );

    // What arrives at the very end is read when the show is sealed, and nothing is read twice.
    api.send(&show, order("e7", "o4", now(), "order_paid", 9_900, 1)).await.unwrap();
    api.done(&format!("/api/v1/shows/{show}/end"), json!({})).await.unwrap();
    let found = ledger_of(api, 5).await;
    assert_eq!((found["total"].as_u64(), text(&found, "/rows/0/order")), (Some(5), "o4".into()));
    let exported = api.get("/api/v1/export/ledger.csv").await.unwrap();
    let table = String::from_utf8(exported.body).unwrap();
    assert_eq!((exported.status, table.lines().count()), (200, 6));
    assert!(!table.contains("o9"), "a made-up audience pays nothing: {table}");
}

#[tokio::test]
async fn a_price_that_was_paid_elsewhere_is_written_by_hand_with_its_evidence_or_not_at_all() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    add_tee(api).await;
    let at = now() - 48 * HOUR;
    let rows = json!([
        { "product": "tee", "at": at, "fen": 12_900, "order": "o1", "evidence": "收据 1" },
        { "product": "tee", "sku": "red", "at": at, "fen": 11_900, "quantity": 3, "evidence": "收据 2" },
    ]);
    assert_eq!(record(api, rows.clone()).await, json!({ "added": 2, "known": 0 }));
    assert_eq!(record(api, rows).await, json!({ "added": 0, "known": 2 }));
    let csv = format!("product,at,price_yuan,evidence\ntee,{},109.00,收据 3\n", at + 1);
    let written = api.done("/api/v1/ledger/paid", json!({ "csv": csv })).await.unwrap();
    assert_eq!(written["added"], 1);
    let reference = ledger(api).await["reference"].clone();
    assert_eq!(
        (reference["price_fen"].as_i64(), &reference["rule"]),
        (Some(10_900), &json!("lowest_paid_in_seven_days"))
    );

    for (row, field) in [
        (json!({ "product": "tee", "at": at, "fen": 0, "evidence": "x" }), "fen"),
        (json!({ "product": "tee", "at": at, "fen": -5, "evidence": "x" }), "fen"),
        (json!({ "product": "hat", "at": at, "fen": 5, "evidence": "x" }), "product"),
        (json!({ "product": "tee", "at": at + 1_000 * HOUR, "fen": 5, "evidence": "x" }), "at"),
        (json!({ "product": "tee", "at": at, "fen": 5, "evidence": " " }), "evidence"),
    ] {
        let good = json!({ "product": "tee", "at": at, "fen": 5, "evidence": "x" });
        let answer = api.post("/api/v1/ledger/paid", json!({ "rows": [good, row] })).await.unwrap();
        assert_eq!((answer.status, answer.code()), (422, "invalid".to_owned()));
        let error = &answer.json()["errors"][0];
        assert_eq!((text(error, "/field"), error["line"].as_i64()), (field.to_owned(), Some(2)), "{error}");
    }
    let answer =
        api.post("/api/v1/ledger/paid", json!({ "csv": "product,at,price_yuan,evidence\ntee,1,12.345,x\n" }));
    assert_eq!(answer.await.unwrap().json()["errors"][0]["field"], "price_yuan");
    assert_eq!(ledger(api).await["total"], 4, "nothing of what was wrong was written");
    assert_eq!(api.get("/api/v1/products/hat/ledger").await.unwrap().status, 404);
}

/// A payment every six hours for three days.
async fn three_days_of_sales(api: &Api) {
    let begin = now() - 72 * HOUR;
    let rows: Vec<Value> = (0..12)
        .map(|n| json!({ "product": "tee", "at": begin + n * 6 * HOUR, "fen": 9_900 + n, "order": format!("o{n}"), "evidence": format!("收据 {n}") }))
        .collect();
    record(api, json!(rows)).await;
}

fn lowest(scope: &str, days: Option<i64>) -> Value {
    json!({ "claim": { "product": "tee", "kind": "lowest_in_days", "scope": scope, "numbers": { "days": days } } })
}

#[tokio::test]
async fn only_a_claim_that_the_ledger_bears_out_has_words_and_its_pack_can_be_hashed_again() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    add_tee(api).await;
    three_days_of_sales(api).await;
    let check = |claim: Value| async move { api.done("/api/v1/claims/check", claim).await.unwrap() };
    for (claim, verdict, reason) in [
        (lowest("whole_net", Some(2)), "blocked", "scope_unprovable"),
        (lowest("shop", None), "blocked", "scope_missing"),
        (lowest("shop", Some(30)), "needs_evidence", "ledger_gap"),
        (
            json!({ "claim": { "product": "tee", "kind": "limited_stock", "scope": "shop", "numbers": { "quantity": 3 } } }),
            "needs_evidence",
            "stock_unknown",
        ),
        (
            json!({ "claim": { "product": "tee", "kind": "reference_price", "scope": "live_room", "numbers": { "price": 19_900 } } }),
            "blocked",
            "above_seven_day_lowest",
        ),
    ] {
        let checked = check(claim).await;
        assert_eq!(
            (text(&checked, "/judged/verdict"), text(&checked, "/judged/reason")),
            (verdict.into(), reason.into())
        );
        assert_eq!(checked["judged"].get("text"), None, "{checked}");
        assert!(
            !text(&checked, "/judged/explanation").is_empty()
                && !text(&checked, "/judged/legal_basis").is_empty()
        );
    }
    let kept = api.done("/api/v1/claims", lowest("shop", Some(2))).await.unwrap();
    assert_eq!(text(&kept, "/judged/verdict"), "passes", "{kept}");
    let words = text(&kept, "/judged/text/zh");
    assert!(words.starts_with("现价 ¥99.00，低于本店近 2 天最低成交价 ¥99.05（截至 "), "{words}");

    let pack = api.get(&format!("/api/v1/claims/{}/evidence", text(&kept, "/id"))).await.unwrap().json();
    let body = text(&pack, "/text");
    let digest: String = Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((digest, &pack["whole"]), (text(&pack, "/sha256"), &json!(true)));
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((text(&body, "/text/zh"), &body["ledger"]["whole"]), (words, &json!(true)));
    let rows = body["rows"].as_array().unwrap();
    assert_eq!(
        rows.len(),
        7,
        "the first of those two days lies a moment farther back than forty-eight hours"
    );
    assert!(
        rows.iter().all(|row| row["hash"].as_str().unwrap().len() == 64 && row["evidence"] != Value::Null)
    );

    // Somebody pays less: what was proved no longer holds, and has no words any more.
    record(api, json!([{ "product": "tee", "at": now() - HOUR, "fen": 5_000, "evidence": "收据 99" }])).await;
    let listed = api.get("/api/v1/claims?product=tee").await.unwrap().json();
    let claim = &listed["claims"][0];
    assert_eq!(
        (text(claim, "/kept_verdict"), text(claim, "/judged/reason")),
        ("passes".into(), "lower_paid".into())
    );
    assert_eq!(claim["judged"].get("text"), None);
    let mut again = lowest("shop", Some(2));
    again["id"] = kept["id"].clone();
    let again = api.done("/api/v1/claims", again).await.unwrap();
    assert_eq!((again["version"].as_i64(), text(&again, "/kept_verdict")), (Some(2), "blocked".into()));
    let missing = json!({ "claim": lowest("shop", Some(2))["claim"], "id": "no-such-claim" });
    assert_eq!(api.post("/api/v1/claims", missing).await.unwrap().status, 404);
}

/// What `livehand doctor` says of a copy of the data after something was done to its database.
async fn doctor_after(data: &Path, copy: &Path, statements: &[&str]) -> (Option<i32>, String) {
    std::fs::create_dir_all(copy.join("marks")).unwrap();
    std::fs::copy(data.join("livehand.db"), copy.join("livehand.db")).unwrap();
    for mark in std::fs::read_dir(data.join("marks")).unwrap() {
        let mark = mark.unwrap();
        std::fs::copy(mark.path(), copy.join("marks").join(mark.file_name())).unwrap();
    }
    let mut database =
        SqliteConnection::connect(&format!("sqlite:{}", copy.join("livehand.db").display())).await.unwrap();
    for statement in statements {
        sqlx::query(sqlx::AssertSqlSafe(*statement)).execute(&mut database).await.unwrap();
    }
    database.close().await.unwrap();
    let doctor = run(["doctor", "--data", &copy.to_string_lossy()]).await.unwrap();
    let said = [doctor.stdout, doctor.stderr].concat();
    (doctor.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn whatever_is_done_to_the_ledger_behind_its_back_is_found_by_its_row() {
    let fresh = Fresh::start().await;
    add_tee(&fresh.operator).await;
    three_days_of_sales(&fresh.operator).await;
    let data = fresh.data();
    assert_eq!(fresh.server.stop().await.unwrap(), Some(0));
    let copies = tempfile::TempDir::new().unwrap();
    let (code, said) = doctor_after(&data, &copies.path().join("whole"), &[]).await;
    assert_eq!((code, said.contains("the price ledger's chain")), (Some(0), true), "{said}");

    let swap = [
        "UPDATE price_ledger SET sequence = 100 WHERE sequence = 4",
        "UPDATE price_ledger SET sequence = 4 WHERE sequence = 5",
        "UPDATE price_ledger SET sequence = 5 WHERE sequence = 100",
    ];
    let cases: [(&str, &[&str], &str); 4] = [
        ("changed", &["UPDATE price_ledger SET fen = 8900 WHERE sequence = 7"], "row 7 was changed"),
        ("removed", &["DELETE FROM price_ledger WHERE sequence = 3"], "row 3 was removed"),
        ("moved", &swap, "row 4 is not the one that was written there"),
        (
            "cut",
            &["DELETE FROM price_ledger WHERE sequence > 11"],
            "ledger: the database ends at 11, its mark says 13",
        ),
    ];
    for (name, statements, expected) in cases {
        let copy = copies.path().join(name);
        let (code, said) = doctor_after(&data, &copy, statements).await;
        assert_eq!((code, said.contains(expected)), (Some(5), true), "{name}: {said}");
        let (from, to) = (copy.to_string_lossy(), copy.with_extension("backup"));
        let backup = run(["backup", "--data", &from, &to.to_string_lossy()]).await.unwrap();
        assert_eq!(backup.status.code(), Some(5), "{name}");
    }
    // A tail that is gone keeps the server from starting, until somebody takes the loss.
    let cut = copies.path().join("cut");
    let refused = Server::start(&cut).await.err().expect("it must not start").to_string();
    assert!(refused.starts_with("exit code 5") && refused.contains("--accept-gap ledger"), "{refused}");
    let accepted = run(["doctor", "--data", &cut.to_string_lossy(), "--accept-gap", "ledger"]).await.unwrap();
    assert_eq!(accepted.status.code(), Some(0), "{}", String::from_utf8_lossy(&accepted.stderr));
    Server::start(&cut).await.unwrap();
    // A ledger with a changed row proves nothing, and says so.
    let server = Server::start(&copies.path().join("changed")).await.unwrap();
    let checked =
        server.operator().unwrap().done("/api/v1/claims/check", lowest("shop", Some(2))).await.unwrap();
    assert_eq!(text(&checked, "/judged/reason"), "ledger_broken");
}

#[tokio::test]
async fn how_many_are_left_is_said_only_while_the_stock_says_so() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    add_tee(api).await;
    let none = json!({ "id": "b1", "sku": "tee", "kind": "buffer_share_set", "quantity": 0 });
    let received = json!({ "id": "m1", "sku": "tee", "kind": "received", "quantity": 3 });
    api.done("/api/v1/stock/movements", json!({ "movements": [none, received] })).await.unwrap();
    let left = |quantity: i64| json!({ "claim": { "product": "tee", "kind": "limited_stock", "scope": "shop", "numbers": { "quantity": quantity } } });
    let check = |claim: Value| async move { api.done("/api/v1/claims/check", claim).await.unwrap() };
    let three = check(left(3)).await;
    assert_eq!(text(&three, "/judged/verdict"), "passes", "{three}");
    assert!(text(&three, "/judged/text/zh").contains('3'), "{three}");
    assert_eq!(text(&check(left(2)).await, "/judged/verdict"), "blocked");
    let sold = json!({ "id": "m2", "sku": "tee", "kind": "sold", "quantity": 1 });
    api.done("/api/v1/stock/movements", json!({ "movements": [sold] })).await.unwrap();
    assert_eq!(text(&check(left(3)).await, "/judged/verdict"), "blocked");
    assert_eq!(text(&check(left(2)).await, "/judged/verdict"), "passes");
}
