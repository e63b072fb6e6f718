//! 播中: events in, the room's state, crew commands, links.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use livehand_app::{LinkKind, LinkView};
use livehand_kernel::{CardId, LinkId, Millis, Sequence, ShowId};
use livehand_live::view::RoomView;
use livehand_live::{CardLevel, CrewAction};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::prepare::{Item, Show};
use crate::ApiState;
use crate::body::{self, Json, OptionalJson, Path, Query};
use crate::caller::SignedIn;
use crate::problem::{ApiError, Problem};

/// How events are taken.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// Name of the source; with an event's `id` it identifies the event. `api` if absent.
    source: Option<String>,
    /// The events happened before: their own times, origins and crew actions stay. For recordings and replays.
    #[serde(default)]
    recording: bool,
}

/// What became of the events.
#[derive(Serialize, ToSchema)]
pub struct EventsTaken {
    /// Events in the request.
    received: usize,
    /// Events that were recorded.
    recorded: usize,
    /// Events that were there already.
    duplicates: usize,
    /// The room's sequence after them.
    sequence: Sequence,
}

/// Which moment.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StateQuery {
    /// By the show's clock, ms; now if absent.
    at: Option<i64>,
}

/// An item for the stage.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "s-1", "product": "p-1"}))]
pub struct StageChange {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    /// Product id; null clears the stage.
    product: Option<String>,
}

/// A card for the prompter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "c-1", "level": "yellow", "text": "三分钟后上 5 号链接"}))]
pub struct CardToPush {
    /// Made by the client; a retry keeps it. It becomes the card's id.
    id: Option<String>,
    level: CardLevel,
    text: String,
}

/// An acknowledgement.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "k-1"}))]
pub struct Acknowledgement {
    /// Made by the client; a retry keeps it.
    pub(super) id: Option<String>,
}

/// A marker or a note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "m-1", "text": "3 号链接开始逼单"}))]
pub struct TextToKeep {
    /// Made by the client; a retry keeps it.
    id: Option<String>,
    text: String,
}

/// What came of a command.
#[derive(Serialize, ToSchema)]
pub struct Acted {
    /// The room's sequence after it.
    sequence: Sequence,
    /// Whether it was done before.
    duplicate: bool,
}

impl From<livehand_app::Acted> for Acted {
    fn from(acted: livehand_app::Acted) -> Self {
        Self { sequence: acted.sequence, duplicate: acted.duplicate }
    }
}

/// What came of pushing a card.
#[derive(Serialize, ToSchema)]
pub struct CardPushed {
    /// The room's sequence after it.
    sequence: Sequence,
    /// Whether it was done before.
    duplicate: bool,
    /// The card's id.
    card: CardId,
}

/// What a link is good for.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreenKind {
    /// The host's prompter.
    Prompter,
    /// The big screen.
    Wall,
    /// A picture over the stream.
    Overlay,
    /// An event source.
    Source,
}

impl From<LinkKind> for ScreenKind {
    fn from(kind: LinkKind) -> Self {
        match kind {
            LinkKind::Prompter => Self::Prompter,
            LinkKind::Wall => Self::Wall,
            LinkKind::Overlay => Self::Overlay,
            LinkKind::Source => Self::Source,
        }
    }
}

impl From<ScreenKind> for LinkKind {
    fn from(kind: ScreenKind) -> Self {
        match kind {
            ScreenKind::Prompter => Self::Prompter,
            ScreenKind::Wall => Self::Wall,
            ScreenKind::Overlay => Self::Overlay,
            ScreenKind::Source => Self::Source,
        }
    }
}

/// A revocable link to one show.
#[derive(Serialize, ToSchema)]
pub struct Link {
    id: LinkId,
    kind: ScreenKind,
    name: String,
    created_at: Millis,
    revoked_at: Option<Millis>,
}

impl From<LinkView> for Link {
    fn from(link: LinkView) -> Self {
        let LinkView { id, kind, name, created_at, revoked_at } = link;
        Self { id, kind: kind.into(), name, created_at, revoked_at }
    }
}

/// Links to a show, newest first.
#[derive(Serialize, ToSchema)]
pub struct Links {
    links: Vec<Link>,
}

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "prompter", "name": "主播台"}))]
pub struct LinkToMake {
    kind: ScreenKind,
    #[serde(default)]
    name: String,
}

/// A link that was just made.
#[derive(Serialize, ToSchema)]
pub struct LinkMade {
    link: Link,
    /// Shown this once.
    token: String,
    /// The page to open, such as `/screen/prompter#…`; absent for an event source.
    url: Option<String>,
}

/// What a screen needs to begin.
#[derive(Serialize, ToSchema)]
pub struct Screen {
    kind: ScreenKind,
    show: Show,
    lineup: Vec<Item>,
}

/// Records events (NDJSON, `docs/event.md`), all of them or none; answers when they are durable.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/events", tag = "live",
    params(("show" = String, Path, description = "Show id"), EventsQuery),
    request_body(content = String, content_type = "application/x-ndjson", description = "At most 20,000 events, 16 MiB as sent, 64 MiB unpacked; may be gzip",
        example = json!({"id": "1", "at": 1_781_784_000_000_i64, "type": "comment", "text": "多少钱"})),
    responses((status = 200, body = EventsTaken), (status = "default", body = Problem)),
    extensions(("x-action" = json!("send_events")))
)]
pub async fn send_events(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Query(query): Query<EventsQuery>,
    request: Request,
) -> Result<axum::Json<EventsTaken>, ApiError> {
    // Nobody's body is read before it is known that they may send one.
    state.app.check_may_send(&caller, &show)?;
    let (body, _turn) = body::events_body(request, &state.intake).await?;
    let source = query.source.as_deref().unwrap_or("api");
    let (received, done) = state.app.ingest(&caller, &show, source, query.recording, body).await?;
    let (recorded, duplicates, sequence) = (done.recorded, done.duplicates, done.sequence);
    Ok(axum::Json(EventsTaken { received, recorded, duplicates, sequence }))
}

/// Reads a show's whole log as NDJSON.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/events", tag = "review",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = String, content_type = "application/x-ndjson"), (status = "default", body = Problem)),
    extensions(("x-action" = json!("export_data")))
)]
pub async fn read_events(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<Response, ApiError> {
    let reader = state.app.read_log(&caller, &show).await?;
    let pages = futures_util::stream::try_unfold(reader, |mut reader| async move {
        let lines = reader.next_lines().await?;
        Ok::<_, livehand_app::Error>(lines.map(|lines| (lines, reader)))
    });
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((headers, axum::body::Body::from_stream(pages)).into_response())
}

/// What the room shows now, or showed at a moment.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/state", tag = "live",
    params(("show" = String, Path, description = "Show id"), StateQuery),
    responses((status = 200, body = RoomView), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_room")))
)]
pub async fn room_state(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Query(query): Query<StateQuery>,
) -> Result<axum::Json<RoomView>, ApiError> {
    Ok(axum::Json(state.app.room_view(&caller, &show, query.at.map(Millis)).await?))
}

/// Puts an item on stage, or clears the stage.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/stage", tag = "live", request_body = StageChange,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("stage_item")))
)]
pub async fn stage_item(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(change): Json<StageChange>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, change.id, CrewAction::StageItem { product: change.product, price: None })
        .await
}

/// Pushes a card to the host's prompter.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/prompter/cards", tag = "live", request_body = CardToPush,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = CardPushed), (status = "default", body = Problem)),
    extensions(("x-action" = json!("push_card")))
)]
pub async fn push_card(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(card): Json<CardToPush>,
) -> Result<axum::Json<CardPushed>, ApiError> {
    let CardToPush { id, level, text } = card;
    let (acted, card) = state.app.push_card(&caller, &show, id, level, text).await?;
    Ok(axum::Json(CardPushed { sequence: acted.sequence, duplicate: acted.duplicate, card }))
}

/// The host saw a card.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/prompter/cards/{card}/acknowledge", tag = "live", request_body = Acknowledgement,
    params(("show" = String, Path, description = "Show id"), ("card" = String, Path, description = "Card id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("acknowledge_card")))
)]
pub async fn acknowledge_card(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path((show, card)): Path<(ShowId, CardId)>,
    OptionalJson(acknowledgement): OptionalJson<Acknowledgement>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, acknowledgement.id, CrewAction::AcknowledgeCard { card }).await
}

/// Marks a moment (打点).
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/markers", tag = "live", request_body = TextToKeep,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("place_marker")))
)]
pub async fn place_marker(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(marker): Json<TextToKeep>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, marker.id, CrewAction::PlaceMarker { text: marker.text }).await
}

/// Writes a note.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/notes", tag = "live", request_body = TextToKeep,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Acted), (status = "default", body = Problem)),
    extensions(("x-action" = json!("take_note")))
)]
pub async fn take_note(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(note): Json<TextToKeep>,
) -> Result<axum::Json<Acted>, ApiError> {
    act(&state, &caller, &show, note.id, CrewAction::TakeNote { text: note.text }).await
}

/// Does what a member of the crew asks.
pub(super) async fn act(
    state: &ApiState,
    caller: &livehand_app::Caller,
    show: &ShowId,
    id: Option<String>,
    action: CrewAction,
) -> Result<axum::Json<Acted>, ApiError> {
    Ok(axum::Json(state.app.act(caller, show, id, action).await?.into()))
}

/// Links to a show, revoked ones included.
#[utoipa::path(
    get, path = "/api/v1/shows/{show}/links", tag = "live",
    params(("show" = String, Path, description = "Show id")),
    responses((status = 200, body = Links), (status = "default", body = Problem)),
    extensions(("x-action" = json!("view_links")))
)]
pub async fn list_links(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
) -> Result<axum::Json<Links>, ApiError> {
    let links = state.app.list_links(&caller, &show).await?;
    Ok(axum::Json(Links { links: links.into_iter().map(Link::from).collect() }))
}

/// Makes a link to a show: a read-only screen, or an event source.
#[utoipa::path(
    post, path = "/api/v1/shows/{show}/links", tag = "live", request_body = LinkToMake,
    params(("show" = String, Path, description = "Show id")),
    responses((status = 201, body = LinkMade), (status = "default", body = Problem)),
    extensions(("x-action" = json!("manage_links")))
)]
pub async fn make_link(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(show): Path<ShowId>,
    Json(link): Json<LinkToMake>,
) -> Result<(StatusCode, axum::Json<LinkMade>), ApiError> {
    let made = state.app.make_link(&caller, &show, link.kind.into(), &link.name).await?;
    let page = match link.kind {
        ScreenKind::Prompter => Some("prompter"),
        ScreenKind::Wall => Some("wall"),
        ScreenKind::Overlay => Some("overlay"),
        ScreenKind::Source => None,
    };
    let url = page.map(|page| format!("/screen/{page}#{}", made.token));
    Ok((StatusCode::CREATED, axum::Json(LinkMade { link: made.link.into(), token: made.token, url })))
}

/// Revokes a link; whoever holds it is out.
#[utoipa::path(
    post, path = "/api/v1/links/{link}/revoke", tag = "live",
    params(("link" = String, Path, description = "Link id")),
    responses((status = 200, body = Link), (status = "default", body = Problem)),
    extensions(("x-action" = json!("manage_links")))
)]
pub async fn revoke_link(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    Path(link): Path<LinkId>,
) -> Result<axum::Json<Link>, ApiError> {
    Ok(axum::Json(state.app.revoke_link(&caller, &link).await?.into()))
}

/// What the screen behind a link shows.
#[utoipa::path(
    get, path = "/api/v1/screen", tag = "live",
    responses((status = 200, body = Screen), (status = "default", body = Problem)),
    extensions(("x-action" = json!("link")))
)]
pub async fn screen(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<axum::Json<Screen>, ApiError> {
    let screen = state.app.screen(&caller).await?;
    let lineup = screen.lineup.into_iter().map(Item::from).collect();
    Ok(axum::Json(Screen { kind: screen.kind.into(), show: screen.show.into(), lineup }))
}
