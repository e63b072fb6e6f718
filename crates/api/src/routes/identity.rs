//! Who works here: sessions, one-time links, people.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use livehand_app::{Entered, Identity, NewPerson, PersonView};
use livehand_compliance::Action;
use livehand_kernel::{Hat, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiState;
use crate::body::{Json, Path};
use crate::caller::{AtTheDoor, SignedIn, ended_cookie, session_cookie};
use crate::problem::{ApiError, Problem};

/// A person's id and name.
#[derive(Serialize, ToSchema)]
pub struct PersonName {
    id: PersonId,
    name: String,
}

/// Who is signed in, and what their hats allow.
#[derive(Serialize, ToSchema)]
pub struct Me {
    person: PersonName,
    hats: Vec<Hat>,
    permissions: Vec<Action>,
    /// Version of the program.
    version: &'static str,
    /// The model that drafts answers; absent where the owner configured none.
    drafts: Option<String>,
}

impl Me {
    fn new(state: &ApiState, identity: Identity) -> Self {
        let Identity { id, name, hats, permissions } = identity;
        let drafts = state.app.drafting_model().map(str::to_owned);
        let version = env!("CARGO_PKG_VERSION");
        Self { person: PersonName { id, name }, hats, permissions, version, drafts }
    }
}

/// A name and its password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "nobody", "password": "not the password"}))]
pub struct Credentials {
    name: String,
    password: String,
}

/// A one-time link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "0000"}))]
pub struct LinkEntry {
    token: String,
    /// The first start's link needs a name.
    name: Option<String>,
    /// The first start's link needs a password; others may set one.
    password: Option<String>,
}

/// A password to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current": "not the password", "password": "one that is long enough"}))]
pub struct PasswordToSet {
    /// The present password; whoever has none yet leaves it out.
    current: Option<String>,
    password: String,
}

/// A one-time link for somebody.
#[derive(Serialize, ToSchema)]
pub struct PersonLink {
    /// The page that lets the person in once, such as `/enter#…`.
    link: String,
}

/// A member of the crew.
#[derive(Serialize, ToSchema)]
pub struct Person {
    id: PersonId,
    name: String,
    hats: Vec<Hat>,
    /// Whether the account is closed.
    disabled: bool,
}

impl From<PersonView> for Person {
    fn from(person: PersonView) -> Self {
        Self { id: person.id, name: person.name, hats: person.hats, disabled: person.disabled }
    }
}

/// The crew.
#[derive(Serialize, ToSchema)]
pub struct People {
    people: Vec<Person>,
}

/// Somebody to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "场控小林", "hats": ["floor_director"]}))]
pub struct PersonToAdd {
    name: String,
    hats: Vec<Hat>,
    /// Without one the person enters by a one-time link.
    password: Option<String>,
}

/// Somebody who was added.
#[derive(Serialize, ToSchema)]
pub struct PersonAdded {
    person: Person,
    /// The page that lets the person in once, such as `/enter#…`; absent when a password was given.
    link: Option<String>,
}

fn entered(state: &ApiState, entered: Entered) -> Response {
    let cookie = session_cookie(state, &entered.token);
    ([(header::SET_COOKIE, cookie)], axum::Json(Me::new(state, entered.identity))).into_response()
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "identity",
    responses((status = 200, body = Me), (status = "default", body = Problem)),
    extensions(("x-action" = json!("signed_in")))
)]
pub async fn show_session(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<Me>, ApiError> {
    Ok(axum::Json(Me::new(&state, state.app.identity(&caller)?)))
}

/// Signs in; the answer sets the session cookie.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "identity", request_body = Credentials,
    responses((status = 200, body = Me), (status = "default", body = Problem)),
    extensions(("x-action" = json!("anyone")))
)]
pub async fn sign_in(
    State(state): State<ApiState>,
    AtTheDoor(visitor): AtTheDoor,
    Json(credentials): Json<Credentials>,
) -> Result<Response, ApiError> {
    let session = state.app.sign_in(visitor, &credentials.name, &credentials.password).await?;
    Ok(entered(&state, session))
}

/// Signs out.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "identity",
    responses((status = 204), (status = "default", body = Problem)),
    extensions(("x-action" = json!("signed_in")))
)]
pub async fn sign_out(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<Response, ApiError> {
    state.app.sign_out(&caller).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, ended_cookie(&state))]).into_response())
}

/// Enters by a one-time link; the answer sets the session cookie.
#[utoipa::path(
    post, path = "/api/v1/session/link", tag = "identity", request_body = LinkEntry,
    responses((status = 200, body = Me), (status = "default", body = Problem)),
    extensions(("x-action" = json!("anyone")))
)]
pub async fn enter_link(
    State(state): State<ApiState>,
    AtTheDoor(visitor): AtTheDoor,
    Json(entry): Json<LinkEntry>,
) -> Result<Response, ApiError> {
    let LinkEntry { token, name, password } = entry;
    let session = state.app.enter_link(visitor, &token, name.as_deref(), password.as_deref()).await?;
    Ok(entered(&state, session))
}

/// Sets the password of whoever is signed in; their other sessions end.
#[utoipa::path(
    put, path = "/api/v1/session/password", tag = "identity", request_body = PasswordToSet,
    responses((status = 204), (status = "default", body = Problem)),
    extensions(("x-action" = json!("signed_in")))
)]
pub async fn set_password(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    AtTheDoor(visitor): AtTheDoor,
    Json(password): Json<PasswordToSet>,
) -> Result<StatusCode, ApiError> {
    let PasswordToSet { current, password } = password;
    state.app.set_password(&caller, visitor, current.as_deref(), &password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The crew, by name.
#[utoipa::path(
    get, path = "/api/v1/people", tag = "identity",
    responses((status = 200, body = People), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_people")))
)]
pub async fn list_people(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<People>, ApiError> {
    let people = state.app.list_people(&caller).await?;
    Ok(axum::Json(People { people: people.into_iter().map(Person::from).collect() }))
}

/// Adds somebody to the crew.
#[utoipa::path(
    post, path = "/api/v1/people", tag = "identity", request_body = PersonToAdd,
    responses((status = 201, body = PersonAdded), (status = "default", body = Problem)),
    extensions(("x-action" = json!("manage_people")))
)]
pub async fn add_person(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Json(person): Json<PersonToAdd>,
) -> Result<(StatusCode, axum::Json<PersonAdded>), ApiError> {
    let PersonToAdd { name, hats, password } = person;
    let added = state.app.add_person(&caller, NewPerson { name, hats, password }).await?;
    let link = added.link_token.map(|token| format!("/enter#{token}"));
    Ok((StatusCode::CREATED, axum::Json(PersonAdded { person: added.person.into(), link })))
}

/// Makes a new one-time link for somebody; links that they did not use are withdrawn.
#[utoipa::path(
    post, path = "/api/v1/people/{person}/link", tag = "identity",
    params(("person" = String, Path, description = "Person id")),
    responses((status = 201, body = PersonLink), (status = "default", body = Problem)),
    extensions(("x-action" = json!("manage_people")))
)]
pub async fn invite_again(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(person): Path<PersonId>,
) -> Result<(StatusCode, axum::Json<PersonLink>), ApiError> {
    let token = state.app.invite_again(&caller, &person).await?;
    Ok((StatusCode::CREATED, axum::Json(PersonLink { link: format!("/enter#{token}") })))
}

/// Closes an account; its sessions end at once.
#[utoipa::path(
    post, path = "/api/v1/people/{person}/disable", tag = "identity",
    params(("person" = String, Path, description = "Person id")),
    responses((status = 200, body = Person), (status = "default", body = Problem)),
    extensions(("x-action" = json!("manage_people")))
)]
pub async fn disable_person(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(person): Path<PersonId>,
) -> Result<axum::Json<Person>, ApiError> {
    Ok(axum::Json(state.app.disable_person(&caller, &person).await?.into()))
}
