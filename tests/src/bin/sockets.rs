//! Measures what thousands of screens that follow one show cost the server: part of `make bench`.
//!
//! The real server runs on an empty directory. Sockets follow a show by one wall link, something happens in it once a
//! second, and every socket takes every frame. Processor time and memory are those of the server alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Parser;
use futures_util::StreamExt;
use livehand_tests::api::{Api, Credential};
use livehand_tests::program::Server;
use livehand_tests::usage::Usage;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Sockets that connect at the same time.
const CONNECTING: usize = 100;
/// Room for reading, so that the client's own memory does not matter.
const READ_BYTES: usize = 4_096;

/// Measure what thousands of screens cost.
#[derive(Parser)]
struct Cli {
    /// Sockets.
    #[arg(long, default_value_t = 10_000)]
    sockets: u64,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Cli { sockets, seconds } = Cli::parse();
    let folder = tempfile::TempDir::new()?;
    let server = Server::start(&folder.path().join("data")).await?;
    let (pid, api) = (server.pid()?, server.operator()?);
    let show = api.open_show("大屏压测（合成数据）").await?;
    let made =
        api.post(&format!("/api/v1/shows/{show}/links"), json!({ "kind": "wall", "name": "压测" })).await?;
    let link = api.with(Credential::Bearer(livehand_tests::api::text(&made.json(), "/token")));
    let before = Usage::of(pid)?;
    let (frames, open) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let gate = Arc::new(Semaphore::new(CONNECTING));
    let mut following = JoinSet::new();
    for _ in 0..sockets {
        following.spawn(follow(
            link.clone(),
            show.clone(),
            Arc::clone(&frames),
            Arc::clone(&open),
            Arc::clone(&gate),
        ));
    }
    while open.load(Ordering::Relaxed) < sockets {
        ensure!(following.try_join_next().is_none(), "a socket was refused");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let connected = Usage::of(pid)?;
    let seen = frames.load(Ordering::Relaxed);
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    for second in 0..seconds {
        tick.tick().await;
        let event =
            json!({ "id": format!("e{second}"), "at": now(), "type": "like", "user": "u1", "count": 1 });
        let request = api.request(reqwest::Method::POST, &format!("/api/v1/shows/{show}/events"));
        let answer = api
            .answer(request.header("content-type", "application/x-ndjson").body(event.to_string()))
            .await?;
        ensure!(answer.status == 200, "{}", answer.status);
    }
    tick.tick().await;
    let after = Usage::of(pid)?;
    let taken = frames.load(Ordering::Relaxed) - seen;
    following.abort_all();
    println!(
        "{sockets} sockets, one update a second for {seconds} s: {:.1} % of a core, {:.1} KB a socket, {:.2} frames a \
         socket and second",
        (after.processor_s - connected.processor_s) / seconds as f64 * 100.0,
        (after.memory_mb - before.memory_mb) * 1_024.0 / sockets as f64,
        taken as f64 / sockets as f64 / seconds as f64,
    );
    server.stop().await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "live events happen now")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(0)
}

/// A screen that takes whatever comes, and counts it once it is open.
async fn follow(
    api: Api,
    show: String,
    frames: Arc<AtomicU64>,
    open: Arc<AtomicU64>,
    gate: Arc<Semaphore>,
) -> Result<()> {
    let url = format!("{}/api/v1/shows/{show}/stream", api.url().replace("http://", "ws://"));
    let mut request = url.into_client_request()?;
    let protocols = format!("livehand.v1, bearer.{}", api.secret());
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse()?);
    let config = WebSocketConfig::default().read_buffer_size(READ_BYTES).write_buffer_size(0);
    let turn = gate.acquire().await?;
    let (mut socket, _) = tokio_tungstenite::connect_async_with_config(request, Some(config), true).await?;
    drop(turn);
    let mut first = true;
    while let Some(message) = socket.next().await {
        if message?.is_text() {
            if std::mem::take(&mut first) {
                open.fetch_add(1, Ordering::Relaxed);
            } else {
                frames.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    socket.close(None).await?;
    Ok(())
}
