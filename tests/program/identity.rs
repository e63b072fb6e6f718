//! Getting in and being put out.

use livehand_tests::api::{Credential, session_of, text};
use reqwest::Method;
use serde_json::json;

use crate::Fresh;

const PASSWORD: &str = "一个足够长的密码";

#[tokio::test]
async fn the_first_start_makes_one_owner_and_its_link_works_once() {
    let fresh = Fresh::start().await;
    let nobody = fresh.server.caller(Credential::None);
    let token = fresh.server.first_token.clone().unwrap();
    let bare = nobody.post("/api/v1/session/link", json!({ "token": token })).await.unwrap();
    assert_eq!(bare.code(), "choose_name_and_password");
    let short = json!({ "token": token, "name": "店长", "password": "short" });
    let short = nobody.post("/api/v1/session/link", short).await.unwrap();
    assert_eq!((short.status, text(&short.json(), "/errors/0/field")), (422, "password".to_owned()));
    let right = json!({ "token": token, "name": "店长", "password": PASSWORD });
    let entered = nobody.post("/api/v1/session/link", right.clone()).await.unwrap();
    assert_eq!(entered.status, 200);
    let cookie = entered.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert_eq!(nobody.post("/api/v1/session/link", right).await.unwrap().code(), "link_used");

    let owner = nobody.with(Credential::Cookie(session_of(&entered).unwrap()));
    assert_eq!(text(&owner.get("/api/v1/session").await.unwrap().json(), "/person/name"), "店长");
    let signed_in =
        nobody.post("/api/v1/session", json!({ "name": "店长", "password": PASSWORD })).await.unwrap();
    assert_eq!(signed_in.status, 200);
    for wrong in
        [json!({ "name": "店长", "password": "x" }), json!({ "name": "没有这个人", "password": PASSWORD })]
    {
        assert_eq!(nobody.post("/api/v1/session", wrong).await.unwrap().code(), "wrong_password");
    }
}

#[tokio::test]
async fn a_name_is_tried_ten_times_and_no_more() {
    let fresh = Fresh::start().await;
    fresh
        .operator
        .done("/api/v1/people", json!({ "name": "小林", "hats": ["assistant"], "password": PASSWORD }))
        .await
        .unwrap();
    let nobody = fresh.server.caller(Credential::None);
    let wrong = json!({ "name": "小林", "password": "falsch" });
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(nobody.post("/api/v1/session", wrong.clone()).await.unwrap().code());
    }
    assert_eq!(codes[9], "wrong_password");
    assert_eq!(codes[11], "too_many_attempts");
    let right =
        nobody.post("/api/v1/session", json!({ "name": "小林", "password": PASSWORD })).await.unwrap();
    assert_eq!((right.status, right.header("retry-after")), (429, "60"));
}

#[tokio::test]
async fn whoever_lost_the_link_gets_another_and_the_old_one_is_void() {
    let fresh = Fresh::start().await;
    let nobody = fresh.server.caller(Credential::None);
    let added = fresh
        .operator
        .done("/api/v1/people", json!({ "name": "小周", "hats": ["assistant"] }))
        .await
        .unwrap();
    let (id, lost) = (text(&added, "/person/id"), text(&added, "/link").replace("/enter#", ""));
    let again = fresh.operator.done(&format!("/api/v1/people/{id}/link"), json!({})).await.unwrap();
    let token = text(&again, "/link").replace("/enter#", "");
    assert_eq!(
        nobody.post("/api/v1/session/link", json!({ "token": lost })).await.unwrap().code(),
        "link_used"
    );
    let entered = nobody.post("/api/v1/session/link", json!({ "token": token })).await.unwrap();
    let person = nobody.with(Credential::Cookie(session_of(&entered).unwrap()));

    // Whoever came by a link has no password yet, and sets one without knowing another.
    let set = |body| person.call(Method::PUT, "/api/v1/session/password", Some(body));
    assert_eq!(set(json!({ "password": PASSWORD })).await.unwrap().status, 204);
    assert_eq!(set(json!({ "password": "ein anderes Passwort" })).await.unwrap().code(), "wrong_password");
    let second =
        nobody.post("/api/v1/session", json!({ "name": "小周", "password": PASSWORD })).await.unwrap();
    let second = nobody.with(Credential::Cookie(session_of(&second).unwrap()));
    let change = json!({ "current": PASSWORD, "password": "ein anderes Passwort" });
    assert_eq!(set(change).await.unwrap().status, 204);
    assert_eq!(
        second.get("/api/v1/session").await.unwrap().status,
        401,
        "other sessions end with the old password"
    );
    assert_eq!(person.get("/api/v1/session").await.unwrap().status, 200);

    // Whoever forgot it gets a link, and then sets another without knowing the old one.
    let again = fresh.operator.done(&format!("/api/v1/people/{id}/link"), json!({})).await.unwrap();
    let token = text(&again, "/link").replace("/enter#", "");
    let entered = nobody.post("/api/v1/session/link", json!({ "token": token })).await.unwrap();
    let person = nobody.with(Credential::Cookie(session_of(&entered).unwrap()));
    let third = json!({ "password": "encore un autre" });
    assert_eq!(person.call(Method::PUT, "/api/v1/session/password", Some(third)).await.unwrap().status, 204);
    let old = json!({ "name": "小周", "password": "ein anderes Passwort" });
    assert_eq!(nobody.post("/api/v1/session", old).await.unwrap().code(), "wrong_password");
    let new = json!({ "name": "小周", "password": "encore un autre" });
    assert_eq!(nobody.post("/api/v1/session", new).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_the_last_administrator_cannot_be_closed() {
    let fresh = Fresh::start().await;
    let (boss, boss_id) = fresh.operator.hire("店长", &["admin"]).await.unwrap();
    let (person, id) = fresh.operator.hire("小周", &["assistant"]).await.unwrap();
    assert_eq!(person.get("/api/v1/shows").await.unwrap().status, 200);
    boss.done(&format!("/api/v1/people/{id}/disable"), json!({})).await.unwrap();
    assert_eq!(person.get("/api/v1/shows").await.unwrap().code(), "unauthenticated");
    assert_eq!(
        boss.post(&format!("/api/v1/people/{id}/link"), json!({})).await.unwrap().code(),
        "account_closed"
    );
    let last = boss.post(&format!("/api/v1/people/{boss_id}/disable"), json!({})).await.unwrap();
    assert_eq!((last.status, last.code()), (409, "last_admin".to_owned()));
    assert_eq!(boss.get("/api/v1/people").await.unwrap().status, 200);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let fresh = Fresh::start().await;
    fresh
        .operator
        .done("/api/v1/people", json!({ "name": "小林", "hats": ["assistant"], "password": PASSWORD }))
        .await
        .unwrap();
    let nobody = fresh.server.caller(Credential::None);
    let credentials = json!({ "name": "小林", "password": PASSWORD });
    let first = nobody.post("/api/v1/session", credentials.clone()).await.unwrap();
    let first = nobody.with(Credential::Cookie(session_of(&first).unwrap()));
    let second = first.post("/api/v1/session", credentials).await.unwrap();
    assert_eq!(first.get("/api/v1/session").await.unwrap().status, 401);
    let second = nobody.with(Credential::Cookie(session_of(&second).unwrap()));
    assert_eq!(second.get("/api/v1/session").await.unwrap().status, 200);
    assert_eq!(second.call(Method::DELETE, "/api/v1/session", None).await.unwrap().status, 204);
    assert_eq!(second.get("/api/v1/session").await.unwrap().status, 401);
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let fresh = Fresh::start().await;
    let (person, _) = fresh.operator.hire("场控", &["floor_director"]).await.unwrap();
    let body = json!({ "title": "偷来的场次", "kind": "daily" });
    for (name, value, status) in [
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", person.url(), 201),
        ("sec-fetch-site", "same-origin", 201),
    ] {
        let request = person.request(Method::POST, "/api/v1/shows").header(name, value).json(&body);
        assert_eq!(person.answer(request).await.unwrap().status, status, "{name}: {value}");
    }
}

#[tokio::test]
async fn nothing_secret_is_kept_in_clear_or_logged() {
    let fresh = Fresh::start().await;
    fresh
        .operator
        .done("/api/v1/people", json!({ "name": "小林", "hats": ["assistant"], "password": PASSWORD }))
        .await
        .unwrap();
    let nobody = fresh.server.caller(Credential::None);
    let entered =
        nobody.post("/api/v1/session", json!({ "name": "小林", "password": PASSWORD })).await.unwrap();
    let session = session_of(&entered).unwrap();
    let show = fresh.operator.open_show("一号").await.unwrap();
    let (link, _) = fresh.operator.link(&show, "prompter").await.unwrap();
    let first = fresh.server.first_token.clone().unwrap();
    let errors = fresh.server.errors().unwrap();
    let (_folder, data) = fresh.kill().await;
    for secret in [PASSWORD, &session, link.secret(), &first] {
        assert!(!errors.contains(secret));
        for file in ["livehand.db", "livehand.db-wal"] {
            let bytes = std::fs::read(data.join(file)).unwrap();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{file} holds a secret"
            );
        }
    }
}
