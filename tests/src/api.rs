//! A small HTTP client whose answers can be looked at, whatever their status.

use anyhow::{Context, Result, bail};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// What a caller shows.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Nothing.
    None,
    /// A token of a link or of the command line.
    Bearer(String),
    /// A session.
    Cookie(String),
}

/// A server as one caller has it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    http: reqwest::Client,
    url: String,
    credential: Credential,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null if it is something else.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header as text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The stable code of a problem; empty if the answer is none.
    pub fn code(&self) -> String {
        text(&self.json(), "/code")
    }
}

/// The text at a JSON pointer; empty if there is none.
pub fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Api {
    /// The server at `url` as whoever holds `credential` has it.
    pub fn new(url: &str, credential: Credential) -> Self {
        // A connection for each request: one that the server closes, because a body was too large, is not used again.
        let http = plain().pool_max_idle_per_host(0).build().unwrap_or_default();
        Self { http, url: url.to_owned(), credential }
    }

    /// The same, over connections that are kept: for whoever asks thousands of times.
    pub fn kept(&self) -> Self {
        Self { http: plain().build().unwrap_or_default(), ..self.clone() }
    }

    /// The same server as somebody else has it.
    pub fn with(&self, credential: Credential) -> Self {
        Self { credential, ..self.clone() }
    }

    /// A request to be completed.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request =
            self.http.request(method, format!("{}{path}", self.url)).header("accept-language", "en");
        match &self.credential {
            Credential::None => request,
            Credential::Bearer(token) => request.bearer_auth(token),
            Credential::Cookie(session) => request.header("cookie", format!("livehand_session={session}")),
        }
    }

    /// Sends a request.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Answer> {
        let response = request.send().await.context("no answer")?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
    }

    /// Any request with a JSON body.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.answer(request).await
    }

    /// Gets an answer.
    ///
    /// # Errors
    /// If there is none.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.call(Method::GET, path, None).await
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn post(&self, path: &str, body: Value) -> Result<Answer> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Posts JSON and takes the JSON of a success.
    ///
    /// # Errors
    /// If the answer is no success.
    pub async fn done(&self, path: &str, body: Value) -> Result<Value> {
        let answer = self.post(path, body).await?;
        if answer.status >= 300 {
            bail!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        Ok(answer.json())
    }

    /// Posts NDJSON events to a show.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn send(&self, show: &str, lines: impl Into<Vec<u8>>) -> Result<Answer> {
        let request = self.request(Method::POST, &format!("/api/v1/shows/{show}/events"));
        self.answer(request.header("content-type", "application/x-ndjson").body(lines.into())).await
    }

    /// Makes a show and opens it; its id.
    ///
    /// # Errors
    /// If it cannot be made or opened.
    pub async fn open_show(&self, title: &str) -> Result<String> {
        let made = self.done("/api/v1/shows", json!({ "title": title, "kind": "daily" })).await?;
        let show = text(&made, "/id");
        self.done(&format!("/api/v1/shows/{show}/open"), json!({})).await?;
        Ok(show)
    }

    /// Adds somebody with these hats; the server as they have it, and their id.
    ///
    /// # Errors
    /// If they cannot be added or cannot enter.
    pub async fn hire(&self, name: &str, hats: &[&str]) -> Result<(Api, String)> {
        let added = self.done("/api/v1/people", json!({ "name": name, "hats": hats })).await?;
        let token = text(&added, "/link").rsplit('#').next().unwrap_or_default().to_owned();
        let nobody = self.with(Credential::None);
        let entered = nobody.post("/api/v1/session/link", json!({ "token": token })).await?;
        let session = session_of(&entered).with_context(|| format!("{name} cannot enter"))?;
        Ok((self.with(Credential::Cookie(session)), text(&added, "/person/id")))
    }

    /// Makes a link to a show; the server as its holder has it, and the link's id.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn link(&self, show: &str, kind: &str) -> Result<(Api, String)> {
        let made = self.done(&format!("/api/v1/shows/{show}/links"), json!({ "kind": kind })).await?;
        Ok((self.with(Credential::Bearer(text(&made, "/token"))), text(&made, "/link/id")))
    }

    /// The token or session that this caller shows; empty for nobody.
    pub fn secret(&self) -> &str {
        match &self.credential {
            Credential::None => "",
            Credential::Bearer(secret) | Credential::Cookie(secret) => secret,
        }
    }

    /// The server's base URL.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A client that speaks to this machine only, and so reads no certificate authorities.
fn plain() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_certs_only([])
}

/// The session that an answer begins.
pub fn session_of(answer: &Answer) -> Option<String> {
    let cookie = answer.header("set-cookie").split(';').next()?;
    cookie.strip_prefix("livehand_session=").filter(|session| !session.is_empty()).map(str::to_owned)
}
