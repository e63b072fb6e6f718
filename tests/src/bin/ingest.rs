//! Measures how many events a second the server takes and makes durable: part of `make bench`.
//!
//! The real server runs on an empty directory. A few clients post bodies of NDJSON that were written before, one after
//! the other, each waiting for its acknowledgement, which comes after the events are in the log and on the disk. Clients
//! and server share the processors.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use clap::Parser;
use livehand_tests::api::Api;
use livehand_tests::program::Server;
use livehand_tests::usage::Usage;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use tokio::task::JoinSet;

/// Measure how many events a second become durable.
#[derive(Parser)]
struct Cli {
    /// Events in all.
    #[arg(long, default_value_t = 2_000_000)]
    events: usize,
    /// Events in one request.
    #[arg(long, default_value_t = 2_048)]
    batch: usize,
    /// Clients that post at the same time.
    #[arg(long, default_value_t = 2)]
    clients: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Cli { events, batch, clients } = Cli::parse();
    let folder = tempfile::TempDir::new()?;
    let data = folder.path().join("data");
    let server = Server::start(&data).await?;
    let (pid, api) = (server.pid()?, server.operator()?);
    let show = api.open_show("写入压测（合成数据）").await?;
    let bodies = Arc::new(bodies(events, batch, now()));
    let next = Arc::new(AtomicUsize::new(0));
    let before = Usage::of(pid)?;
    let begun = stopwatch();
    let mut posting = JoinSet::new();
    for _ in 0..clients {
        posting.spawn(post_all(api.clone(), show.clone(), Arc::clone(&bodies), Arc::clone(&next)));
    }
    let mut took = Vec::new();
    while let Some(times) = posting.join_next().await {
        took.extend(times??);
    }
    let wall = begun.elapsed().as_secs_f64();
    let after = Usage::of(pid)?;
    took.sort_unstable();
    let at = |share: f64| {
        took.get((took.len() as f64 * share) as usize).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await?.json();
    let recorded = state.pointer("/sequence").and_then(serde_json::Value::as_u64).unwrap_or(0);
    ensure!(recorded >= events as u64, "{recorded} of {events} are there");
    server.stop().await?;
    let disk = on_disk(&data)?;
    let processor = after.processor_s - before.processor_s;
    println!(
        "{events} events in requests of {batch}, {clients} clients: {:.0} events a second acknowledged and durable; \
         acknowledgement p50 {:.1} ms, p99 {:.1} ms; server {:.2} µs of processor and {:.1} bytes on disk an event, {:.0} MB",
        events as f64 / wall,
        at(0.5),
        at(0.99),
        processor * 1e6 / events as f64,
        disk as f64 / events as f64,
        after.memory_mb,
    );
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "what is measured decides nothing")]
fn stopwatch() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "live events happen now")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(0)
}

async fn post_all(
    api: Api,
    show: String,
    bodies: Arc<Vec<Bytes>>,
    next: Arc<AtomicUsize>,
) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    let path = format!("/api/v1/shows/{show}/events?source=bench");
    while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
        loop {
            let begun = stopwatch();
            let request = api.request(Method::POST, &path).header("content-type", "application/x-ndjson");
            let answer = api.answer(request.body(body.clone())).await?;
            if answer.status == 503 {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
            ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
            took.push(begun.elapsed());
            break;
        }
    }
    Ok(took)
}

/// Events of a made-up audience, about 140 bytes each as a platform's connector would send them.
fn bodies(events: usize, batch: usize, at: i64) -> Vec<Bytes> {
    use std::fmt::Write;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let viewers: Vec<(u64, u64)> =
        (0..50_000).map(|_| (random.next_u64() >> 1, random.next_u64() >> 24)).collect();
    let mut bodies = Vec::new();
    let (mut left, mut made) = (events, 0_usize);
    while left > 0 {
        let mut text = String::with_capacity(batch * 160);
        for _ in 0..batch.min(left) {
            // As many platforms make ids: the time, and some bits that tell those of one moment apart.
            let (time, number) = (u64::try_from(at).unwrap_or(0), (made as u64).wrapping_mul(0x9e37_79b1));
            let id = ((time + (made as u64 >> 22)) << 22) | (number & 0x3f_ffff);
            made += 1;
            let place = random.random_range(0..viewers.len());
            let (user, session) = viewers.get(place).copied().unwrap_or_default();
            let kind = match random.random_range(0..100_u32) {
                0..6 => "\"join\",\"source\":\"feed\"",
                6..50 => "\"heartbeat\"",
                50..72 => "\"like\",\"count\":8",
                72..78 => "\"comment\",\"text\":\"主播身上这件还有货吗\"",
                78..97 => "\"product_view\",\"product\":\"3600000000012997090\"",
                _ => "\"product_click\",\"product\":\"3600000000012997090\"",
            };
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{{\"id\":\"{id}\",\"at\":{at},\"user\":\"{user}\",\"session\":{session},\"type\":{kind}}}"
            );
        }
        left -= batch.min(left);
        bodies.push(Bytes::from(text));
    }
    bodies
}

fn on_disk(data: &Path) -> Result<u64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(data)? {
        let file = file?;
        if file.file_name().to_string_lossy().starts_with("livehand.db") {
            bytes += file.metadata().context("a file of the database")?.len();
        }
    }
    Ok(bytes)
}
