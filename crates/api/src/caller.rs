//! Who asks: a session cookie, or a bearer token of a link or of the command line.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use http::{HeaderMap, header};
use livehand_app::{Caller, Error, Visitor};

use crate::ApiState;
use crate::problem::ApiError;
use crate::server::Peer;

/// Session cookie on plain HTTP (loopback). Over HTTPS it carries the `__Host-` prefix, which browsers bind to the host.
const COOKIE_PLAIN: &str = "livehand_session";
const COOKIE_SECURE: &str = "__Host-livehand_session";

/// The caller of a request that needs one.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Caller);

impl FromRequestParts<ApiState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let token = token(&parts.headers, state).ok_or(Error::Unauthenticated)?;
        Ok(Self(state.app.authenticate(&token).await?))
    }
}

impl OptionalFromRequestParts<ApiState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Option<Self>, ApiError> {
        match <Self as FromRequestParts<ApiState>>::from_request_parts(parts, state).await {
            Ok(caller) => Ok(Some(caller)),
            Err(_) => Ok(None),
        }
    }
}

/// Somebody who is at the door.
#[derive(Clone, Copy, Debug)]
pub struct AtTheDoor(pub Visitor);

impl FromRequestParts<ApiState> for AtTheDoor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<Peer>().map(|peer| address(peer, &parts.headers));
        let session = token(&parts.headers, state).map(|token| livehand_app::token_hash(&token));
        Ok(Self(Visitor { address, session }))
    }
}

/// Where a request came from. A proxy on this machine says it; anybody else could say anything. Of several addresses the
/// last is the one that the proxy saw.
fn address(peer: &Peer, headers: &HeaderMap) -> IpAddr {
    let own = peer.from.ip();
    if !own.is_loopback() {
        return own;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
    last.and_then(|address| address.trim().parse().ok()).unwrap_or(own)
}

fn token(headers: &HeaderMap, state: &ApiState) -> Option<String> {
    if let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        return value.strip_prefix("Bearer ").map(str::to_owned);
    }
    if let Some(protocols) = headers.get(header::SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok())
        && let Some(token) = protocols.split(',').find_map(|protocol| protocol.trim().strip_prefix("bearer."))
    {
        return Some(token.to_owned());
    }
    let name = cookie_name(state);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        })
}

fn cookie_name(state: &ApiState) -> &'static str {
    if state.secure { COOKIE_SECURE } else { COOKIE_PLAIN }
}

/// The header that starts a session in the browser.
pub fn session_cookie(state: &ApiState, token: &str) -> String {
    let secure = if state.secure { "; Secure" } else { "" };
    let max_age = livehand_app::SESSION_MS_MAX / 1000;
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}", cookie_name(state))
}

/// The header that ends it.
pub fn ended_cookie(state: &ApiState) -> String {
    let secure = if state.secure { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", cookie_name(state))
}
