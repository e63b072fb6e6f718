//! What every request passes: no state is changed for another site's page, and every answer carries its safety headers.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use livehand_kernel::Phrase;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::problem::{self, ApiError};
use crate::{ApiState, telemetry};

/// Scripts come from the program itself; styles may be inline because the component library writes them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Refuses unsafe requests, and WebSockets, that a page of another origin makes with the user's cookie.
async fn same_origin(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let upgrade = request.headers().contains_key(header::SEC_WEBSOCKET_KEY);
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade;
    if !safe && !from_here(request.headers(), &state) {
        return ApiError::new(
            StatusCode::FORBIDDEN,
            "cross_origin",
            Phrase::new("The request comes from another site", "请求来自其他网站，已拒绝"),
        )
        .into_response();
    }
    next.run(request).await
}

fn from_here(headers: &HeaderMap, state: &ApiState) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    match text(header::ORIGIN) {
        // A program, not a page: it holds its token itself, so no browser can be tricked into sending it.
        None => true,
        Some(origin) => {
            let host = text(header::HOST).unwrap_or_default();
            let scheme = if state.secure { "https" } else { "http" };
            origin == format!("{scheme}://{host}") || state.public_url.as_deref() == Some(origin)
        }
    }
}

/// Adds the headers that keep a browser from doing more with an answer than it should.
async fn safety_headers(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let private = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if private {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if state.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A body that stands still for so long is given up.
const BODY_IDLE: Duration = Duration::from_secs(10);
/// A request that takes longer is given up.
const REQUEST_WITHIN: Duration = Duration::from_secs(60);

/// The routes with everything that each request passes.
pub fn layered(router: Router<ApiState>, state: ApiState) -> Router {
    router
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), same_origin))
        .layer(RequestBodyTimeoutLayer::new(BODY_IDLE))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_WITHIN))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(problem::localise))
        .layer(from_fn_with_state(state.clone(), safety_headers))
        .layer(from_fn(telemetry::measure))
        .with_state(state)
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    ApiError::from(livehand_app::Error::Internal("a request panicked")).into_response()
}
