//! Who may do what, for every route: the rows come from the router's own description, the expectation from the
//! permission table. A route that names no permission fails here, and a new one must be added to the frozen table.

use livehand_compliance::{Action, permitted};
use livehand_kernel::Hat;
use livehand_tests::api::{Answer, Api, Credential};
use livehand_tests::program::Server;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Kinds of links with what each is good for, written down a second time on purpose.
const LINKS: &[(&str, &[&str])] = &[
    ("prompter", &["view_room", "acknowledge_card", "link"]),
    ("wall", &["view_room", "link"]),
    ("overlay", &["view_room", "link"]),
    ("source", &["send_events"]),
];

/// One route, as the description has it.
struct Route {
    method: Method,
    path: String,
    action: String,
    kind: String,
    body: Option<Value>,
}

/// Somebody who calls, and whether they may do an action in the show that is called.
struct Caller {
    name: String,
    api: Api,
    allowed: Box<dyn Fn(&str) -> bool>,
    known: bool,
}

fn routes(document: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let action = operation["x-action"].as_str();
            let action = action.unwrap_or_else(|| panic!("{method} {path} names no permission (x-action)"));
            let known =
                ["anyone", "signed_in", "link"].contains(&action) || Action::from_code(action).is_some();
            assert!(known, "{method} {path} names {action}, which is no permission");
            let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
            let (kind, media) = content.and_then(|content| content.iter().next()).unzip();
            routes.push(Route {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                action: action.to_owned(),
                kind: kind.cloned().unwrap_or_default(),
                body: media.map(|media| example(document, media, path)),
            });
        }
    }
    // Signing out comes last, or nobody could be asked afterwards.
    routes.sort_by_key(|route| route.method == Method::DELETE);
    routes
}

/// The example of a body, without which the route could not be called.
fn example(document: &Value, media: &Value, path: &str) -> Value {
    let schema = media.pointer("/schema/$ref").and_then(Value::as_str).unwrap_or_default();
    let schema = document.pointer(schema.trim_start_matches('#')).unwrap_or(&Value::Null);
    let found = media.get("example").or(schema.get("example"));
    found.cloned().unwrap_or_else(|| panic!("the body of {path} has no example"))
}

async fn call(route: &Route, caller: &Api, show: &str) -> Answer {
    let path = (route.path.replace("{show}", show).replace("{table}", "minutes.csv"))
        .replace("{question}", "1")
        .replace("{demand}", "1")
        .replace("{at}", "1763812800000")
        .replace("{card}", "c-1")
        .replace("{link}", "no-such-link")
        .replace("{person}", "no-such-person")
        .replace("{list}", "shows.csv")
        .replace("{product}", "no-such-product")
        .replace("{sku}", "no-such-sku")
        .replace("{order}", "no-such-order")
        .replace("{edit}", "no-such-edit")
        .replace("{import}", "no-such-import")
        .replace("{claim}", "no-such-claim")
        .replace("{customer}", "no-such-customer")
        .replace("{delivery}", "no-such-delivery")
        .replace("{erasure}", "no-such-erasure")
        .replace("{ticket}", "no-such-ticket")
        .replace("{compensation}", "no-such-compensation")
        .replace("{intercept}", "no-such-intercept")
        .replace("{promotion}", "no-such-promotion");
    let mut request = caller.request(route.method.clone(), &path);
    if let Some(body) = &route.body {
        request = request.header("content-type", &route.kind).body(body.to_string());
    }
    caller.answer(request).await.unwrap()
}

async fn callers(operator: &Api, show: &str, other: &str) -> Vec<Caller> {
    let mut callers = Vec::new();
    let mut add = |name: String, api: Api, known: bool, allowed: Box<dyn Fn(&str) -> bool>| {
        callers.push(Caller { name, api, allowed, known });
    };
    for hat in Hat::ALL {
        let (api, _) = operator.hire(hat.code(), &[hat.code()]).await.unwrap();
        let allowed = |action: &str| {
            action == "signed_in" || Action::from_code(action).is_some_and(|it| permitted(&[*hat], it))
        };
        add(hat.code().to_owned(), api, true, Box::new(allowed));
    }
    let (hatless, _) = operator.hire("no hat", &[]).await.unwrap();
    add("no hat".to_owned(), hatless, true, Box::new(|action| action == "signed_in"));
    for (kind, permits) in LINKS {
        let (api, _) = operator.link(show, kind).await.unwrap();
        add(format!("{kind} link"), api, true, Box::new(move |action| permits.contains(&action)));
        let (foreign, _) = operator.link(other, kind).await.unwrap();
        let own_screen = *kind != "source";
        add(
            format!("{kind} link of another show"),
            foreign,
            true,
            Box::new(move |action| action == "link" && own_screen),
        );
        let (revoked, id) = operator.link(show, kind).await.unwrap();
        operator.done(&format!("/api/v1/links/{id}/revoke"), json!({})).await.unwrap();
        add(format!("revoked {kind} link"), revoked, false, Box::new(|_| false));
    }
    let (disabled, id) = operator.hire("disabled", &["operations", "floor_director", "admin"]).await.unwrap();
    operator.done(&format!("/api/v1/people/{id}/disable"), json!({})).await.unwrap();
    add("disabled person".to_owned(), disabled, false, Box::new(|_| false));
    let (left, _) = operator.hire("left", &["operations", "floor_director", "admin"]).await.unwrap();
    left.call(Method::DELETE, "/api/v1/session", None).await.unwrap();
    add("person who signed out".to_owned(), left, false, Box::new(|_| false));
    add("nobody".to_owned(), operator.with(Credential::None), false, Box::new(|_| false));
    let invented = Credential::Bearer("0".repeat(64));
    add("an invented token".to_owned(), operator.with(invented), false, Box::new(|_| false));
    callers
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_exactly_whom_the_permission_table_names() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("data")).await.unwrap();
    let operator = server.operator().unwrap();
    let document = operator.get("/api/openapi.json").await.unwrap().json();
    let (show, other) =
        (operator.open_show("一号").await.unwrap(), operator.open_show("二号").await.unwrap());
    let callers = callers(&operator, &show, &other).await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for route in routes(&document) {
        for caller in &callers {
            let answer = call(&route, &caller.api, &show).await;
            asked += 1;
            let code = answer.code();
            let refused = match (answer.status, code.as_str()) {
                (401, "unauthenticated") => Some(false),
                (403, "forbidden") => Some(true),
                (status, _) if status >= 500 => panic!("{} {}: {status} {code}", route.method, route.path),
                _ => None,
            };
            let expected = match route.action.as_str() {
                "anyone" => None,
                action if (caller.allowed)(action) => None,
                // Who is signed in is asked of people; a link is nobody.
                "signed_in" => Some(false),
                _ => Some(caller.known),
            };
            if refused != expected {
                let (method, path, name) = (&route.method, &route.path, &caller.name);
                wrong.push(format!("{method} {path} as {name}: {} {code}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 1_000, "{asked}");
}

#[tokio::test]
async fn every_route_stands_in_the_frozen_table_with_its_permission() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("data")).await.unwrap();
    let document = server.caller(Credential::None).get("/api/openapi.json").await.unwrap().json();
    let mut rows: Vec<String> = (routes(&document).iter())
        .map(|route| format!("{:<6} {:<60} {}", route.method.as_str(), route.path, route.action))
        .collect();
    rows.sort();
    insta::assert_snapshot!(rows.join("\n"));
}

#[tokio::test]
async fn a_show_that_does_not_exist_is_a_404_only_for_those_who_may_look() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("data")).await.unwrap();
    let operator = server.operator().unwrap();
    let (operations, _) = operator.hire("运营", &["operations", "floor_director"]).await.unwrap();
    let (guest, _) = operator.hire("品牌方", &["brand_guest"]).await.unwrap();
    let document = operator.get("/api/openapi.json").await.unwrap().json();
    for route in routes(&document).iter().filter(|route| route.path.contains("{show}")) {
        for show in ["nothing", "..%2f..%2fetc", "%00", "一号"] {
            let status = call(route, &operations, show).await.status;
            assert!(matches!(status, 404 | 403), "{} {} for {show}: {status}", route.method, route.path);
            // A path that no show can have is refused before anybody looks who asks.
            let refused = if show == "%00" { 404 } else { 403 };
            assert_eq!(call(route, &guest, show).await.status, refused, "{} {}", route.method, route.path);
        }
    }
}
