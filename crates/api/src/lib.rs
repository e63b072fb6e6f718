//! HTTP: routes by stage, problem+json, the live stream, OpenAPI, the embedded console.
//!
//! Handlers turn requests into use cases and answers into JSON; no rule of the trade and no permission check stands here.
//! Every route names its permission in the OpenAPI extension `x-action`, from which the route × hat test is generated.
//! What must never happen here: an unbounded body, a connection that may idle for ever, a foreign page that acts with
//! the user's cookie.

mod body;
mod caller;
mod console;
mod guard;
mod openapi;
mod problem;
mod routes;
mod server;
mod stream;
mod telemetry;
mod words;

use std::sync::Arc;

use livehand_app::App;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use body::{EVENTS_BYTES_MAX, EVENTS_UNPACKED_BYTES_MAX, INTAKE_AT_ONCE, JSON_BYTES_MAX};
pub use openapi::document as openapi_document;
pub use problem::{Problem, ProblemField};
pub use server::{CONNECTIONS_MAX, connections_max, serve};

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// The use cases.
    pub app: App,
    /// Whether users come over HTTPS; decides about the cookie.
    pub secure: bool,
    /// The origin that users see when a proxy stands in between, such as `https://live.example.com`.
    pub public_url: Option<Arc<str>>,
    /// Renders `/metrics`.
    pub prometheus: PrometheusHandle,
    /// Bodies of events that are read at the same time.
    pub intake: Arc<Semaphore>,
    /// Connections at the same time; see [`connections_max`].
    pub connections_max: usize,
    /// Ends streams and connections.
    pub stop: CancellationToken,
    /// Connections live on it.
    pub tasks: TaskTracker,
}

/// All routes.
pub fn router(state: ApiState) -> axum::Router {
    let (api, _) = openapi::routes().split_for_parts();
    guard::layered(api.fallback(console::serve), state)
}
