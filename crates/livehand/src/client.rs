//! How commands speak to a server: the one that runs on the data directory, or one that is started for the command.

use std::io::Write;

use anyhow::{Context, anyhow, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use livehand_kernel::Language;
use livehand_live::Event;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::data_dir::DataDir;
use crate::node::Node;
use crate::settings::Settings;
use crate::words::{language, say};

/// A server and the right to use it.
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
    /// Present if it was started for this command.
    node: Option<Node>,
}

/// What became of events that were sent.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub struct Taken {
    /// Recorded.
    pub recorded: usize,
    /// There already.
    pub duplicates: usize,
}

/// Events in one request, at most.
const EVENTS_PER_REQUEST: usize = 5_000;
/// Bytes of their lines from which a request is sent; the server takes eight times as many.
const BYTES_PER_REQUEST: usize = 8 * 1024 * 1024;

/// Events that are sent together.
#[derive(Debug, Default)]
pub struct Batch {
    lines: Vec<u8>,
    count: usize,
}

impl Batch {
    /// Adds an event.
    pub fn push(&mut self, event: &Event) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.lines, event)?;
        self.lines.push(b'\n');
        self.count += 1;
        Ok(())
    }

    /// How many events there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether it should be sent before more is added.
    pub fn is_full(&self) -> bool {
        self.count >= EVENTS_PER_REQUEST || self.lines.len() >= BYTES_PER_REQUEST
    }
}

/// An answer that is a problem.
#[derive(Debug)]
pub struct Refused {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code.
    pub code: String,
    text: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refused {}

impl Client {
    /// The server of a data directory; started if none runs.
    pub async fn of(data: &DataDir) -> anyhow::Result<Self> {
        if data.try_lock()?.is_none() {
            let running = data
                .running()
                .ok_or_else(|| anyhow!("the server of {} is still starting", data.path().display()))?;
            return Self::new(&format!("http://{}", running.address), data.local_token()?, None);
        }
        let mut settings = Settings::load(data)?;
        settings.listen = ([127, 0, 0, 1], 0).into();
        let node = Node::start(data, &settings).await?;
        Self::new(&node.url(), data.local_token()?, Some(node))
    }

    /// A server somewhere.
    pub fn at(base: &str, token: String) -> anyhow::Result<Self> {
        Self::new(base.trim_end_matches('/'), token, None)
    }

    fn new(base: &str, token: String, node: Option<Node>) -> anyhow::Result<Self> {
        let mut http = reqwest::Client::builder();
        if is_this_machine(base) {
            // The token of this machine must not travel to a proxy and back.
            http = http.no_proxy();
        }
        if base.starts_with("http://") {
            // What is not encrypted needs no certificate authorities, which a bare machine does not have.
            http = http.tls_certs_only([]);
        }
        let http = http.build().context("cannot make an HTTP client")?;
        Ok(Self { http, base: base.to_owned(), token, node })
    }

    /// Whether the server was started for this command, and ends with it.
    pub fn is_own(&self) -> bool {
        self.node.is_some()
    }

    /// Ends the server if it was started for this command.
    pub async fn close(self) -> anyhow::Result<()> {
        match self.node {
            Some(node) => node.stop().await,
            None => Ok(()),
        }
    }

    /// Gets JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        Ok(self.call(Method::GET, path, None).await?.json().await?)
    }

    /// Posts JSON and gets JSON.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: Value) -> anyhow::Result<T> {
        Ok(self.call(Method::POST, path, Some(body)).await?.json().await?)
    }

    /// Puts JSON and gets JSON.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: Value) -> anyhow::Result<T> {
        Ok(self.call(Method::PUT, path, Some(body)).await?.json().await?)
    }

    /// Posts a file and gets JSON.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        bytes: Vec<u8>,
    ) -> anyhow::Result<T> {
        let mut url = reqwest::Url::parse(&format!("{}/api/v1{path}", self.base))?;
        url.query_pairs_mut().extend_pairs(query);
        let request = self.http.request(Method::POST, url).bearer_auth(&self.token);
        let request = request.header("accept-language", accepted());
        let request = request.header("content-type", "application/octet-stream").body(bytes);
        Ok(answered(request.send().await).await?.json().await?)
    }

    /// Any request that answers with success.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<reqwest::Response> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answered(request.send().await).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v1{path}", self.base);
        self.http.request(method, url).bearer_auth(&self.token).header("accept-language", accepted())
    }

    /// Sends events to a show; returns when they are durable.
    pub async fn send(
        &self,
        show: &str,
        source: &str,
        recording: bool,
        batch: &Batch,
    ) -> anyhow::Result<Taken> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&batch.lines)?;
        let body = gzip.finish()?;
        let request = self
            .request(Method::POST, &format!("/shows/{show}/events?source={source}&recording={recording}"))
            .header("content-type", "application/x-ndjson")
            .header("content-encoding", "gzip")
            .body(body);
        Ok(answered(request.send().await).await?.json().await?)
    }
}

/// The server explains itself in the language of the terminal.
fn accepted() -> &'static str {
    match language() {
        Language::Chinese => "zh-CN",
        Language::English => "en",
    }
}

/// Whether a URL leads to a server on this machine.
pub fn is_this_machine(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let host = host.unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn answered(result: Result<reqwest::Response, reqwest::Error>) -> anyhow::Result<reqwest::Response> {
    let response = result.with_context(|| say("the server does not answer", "服务器没有响应"))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let problem: Value = response.json().await.unwrap_or_default();
    let text = |key: &str| problem.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut said = text("title");
    if said.is_empty() {
        bail!(say(format!("the server answered {status}"), format!("服务器返回 {status}")));
    }
    for part in [text("detail")].into_iter().filter(|part| !part.is_empty()) {
        said = format!("{said}: {part}");
    }
    for error in problem.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let part = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        let line = error
            .get("line")
            .and_then(Value::as_u64)
            .map(|line| say(format!("line {line}, "), format!("第 {line} 行，")))
            .unwrap_or_default();
        let (field, expected, found) = (part("field"), part("expected"), part("found"));
        let wrong = say(
            format!("{field}: expected {expected}, found {found}"),
            format!("{field} 应为{expected}，实际为{found}"),
        );
        said = format!("{said}\n  {line}{wrong}");
    }
    Err(Refused { status, code: text("code"), text: said }.into())
}
