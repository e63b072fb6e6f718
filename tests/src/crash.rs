//! Kill and restart: a server is killed at random moments while clients post; what was acknowledged must be there, once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::program::{Server, run};

/// A server must serve the show again by then.
const BACK_WITHIN: Duration = Duration::from_secs(5);
/// A server lives for so long before it is killed, ms.
const LIFE_MS: std::ops::Range<u64> = 20..600;
/// Events in one request.
const EVENTS_PER_REQUEST: std::ops::Range<usize> = 1..30;

/// How often, and with which random numbers.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Kills.
    pub rounds: u32,
    /// The same seed gives the same events and the same lives.
    pub seed: u64,
    /// Clients that post at the same time.
    pub writers: u32,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Kills.
    pub rounds: u32,
    /// Requests that were acknowledged.
    pub acknowledged_requests: u64,
    /// Events and commands in them.
    pub acknowledged: u64,
    /// Requests that were under way when the server was killed, and so were sent again.
    pub repeated_requests: u64,
    /// Those of them that had been recorded before the kill, and so were recognised.
    pub recognised: u64,
    /// The longest time from the start of the process until the show was served.
    pub slowest_restart: Duration,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} kills: {} events and commands acknowledged in {} requests, none lost, none applied twice; \
             {} requests were cut off and sent again, of which {} had been recorded; slowest restart {:.2} s",
            self.rounds,
            self.acknowledged,
            self.acknowledged_requests,
            self.repeated_requests,
            self.recognised,
            self.slowest_restart.as_secs_f64()
        )
    }
}

/// One request: its ids, and how it is sent.
#[derive(Clone, Debug)]
enum Post {
    Events(Vec<String>, String),
    Marker(String),
}

impl Post {
    fn ids(&self) -> &[String] {
        match self {
            Post::Events(ids, _) => ids,
            Post::Marker(id) => std::slice::from_ref(id),
        }
    }

    /// Sends it; how many of its ids were there already, or nothing if no answer came.
    async fn send(&self, api: &Api, show: &str) -> Result<Option<u64>> {
        let answer = match self {
            Post::Events(_, lines) => api.send(show, lines.clone()).await,
            Post::Marker(id) => {
                api.post(&format!("/api/v1/shows/{show}/markers"), json!({ "id": id, "text": id })).await
            }
        };
        let Ok(answer) = answer else { return Ok(None) };
        ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        let answer = answer.json();
        let duplicate = answer.get("duplicate").and_then(Value::as_bool).map(u64::from);
        Ok(duplicate.or(answer.get("duplicates").and_then(Value::as_u64)))
    }
}

/// A client that posts until nobody answers.
struct Writer {
    name: u32,
    random: ChaCha8Rng,
    next: u64,
    /// Sent, but no answer came.
    pending: Option<Post>,
    /// What was acknowledged in this round.
    acknowledged: Vec<String>,
    report: Report,
}

impl Writer {
    fn new(name: u32, seed: u64) -> Self {
        let random = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_000) + u64::from(name));
        Self { name, random, next: 0, pending: None, acknowledged: Vec::new(), report: Report::default() }
    }

    fn make(&mut self) -> Post {
        self.next += 1;
        if self.random.random_ratio(1, 8) {
            return Post::Marker(format!("m{}-{}", self.name, self.next));
        }
        let count = self.random.random_range(EVENTS_PER_REQUEST);
        let mut lines = String::new();
        let mut ids = Vec::with_capacity(count);
        for n in 0..count {
            let id = format!("w{}-{}-{n}", self.name, self.next);
            let at = 1_781_784_000_000_u64 + self.next * 100;
            let user = format!("u{}", self.random.next_u32() % 500);
            let event = match self.random.next_u32() % 4 {
                0 => {
                    json!({ "id": id, "at": at, "type": "join", "user": user, "session": id, "source": "feed" })
                }
                1 => json!({ "id": id, "at": at, "type": "comment", "user": user, "text": "多少钱" }),
                2 => {
                    json!({ "id": id, "at": at, "type": "order_paid", "user": user, "order": id, "amount": 100 })
                }
                _ => json!({ "id": id, "at": at, "type": "like", "user": user, "count": 3 }),
            };
            lines.push_str(&event.to_string());
            lines.push('\n');
            ids.push(id);
        }
        Post::Events(ids, lines)
    }

    /// Posts until the server is gone.
    async fn write(mut self, api: Api, show: String) -> Result<Self> {
        loop {
            let (post, repeated) = match self.pending.take() {
                Some(post) => (post, true),
                None => (self.make(), false),
            };
            let Some(duplicates) = post.send(&api, &show).await? else {
                self.pending = Some(post);
                return Ok(self);
            };
            ensure!(repeated || duplicates == 0, "{:?} is said to have been there before", post.ids());
            self.report.acknowledged_requests += 1;
            self.report.acknowledged += post.ids().len() as u64;
            if repeated {
                ensure!(
                    duplicates == 0 || duplicates == post.ids().len() as u64,
                    "a request of {} was recorded by halves: {duplicates}",
                    post.ids().len()
                );
                self.report.repeated_requests += 1;
                self.report.recognised += u64::from(duplicates > 0);
            }
            self.acknowledged.extend_from_slice(post.ids());
        }
    }
}

/// Kills and restarts a server as planned; `progress` hears of each round.
///
/// # Errors
/// The first thing that did not hold.
pub async fn kill_and_restart(plan: Plan, mut progress: impl FnMut(u32)) -> Result<Report> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let mut random = ChaCha8Rng::seed_from_u64(plan.seed);
    let mut report = Report { rounds: plan.rounds, ..Report::default() };
    let mut writers: Vec<Writer> = (0..plan.writers).map(|name| Writer::new(name, plan.seed)).collect();
    let mut acknowledged = BTreeSet::new();
    let server = Server::start(&data).await?;
    let show = server.operator()?.open_show("崩溃测试").await?;
    server.kill().await?;
    for round in 1..=plan.rounds {
        let (server, took) = start(&data, &show).await.with_context(|| format!("round {round}"))?;
        report.slowest_restart = report.slowest_restart.max(took);
        let api = server.operator()?;
        check(&api, &show, &acknowledged).await.with_context(|| format!("after kill {}", round - 1))?;
        let mut writing = JoinSet::new();
        for writer in writers.drain(..) {
            writing.spawn(writer.write(api.clone(), show.clone()));
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(LIFE_MS))).await;
        server.kill().await?;
        while let Some(writer) = writing.join_next().await {
            let mut writer = writer??;
            acknowledged.extend(writer.acknowledged.drain(..));
            writers.push(writer);
        }
        writers.sort_by_key(|writer| writer.name);
        progress(round);
    }
    let (server, took) = start(&data, &show).await?;
    report.slowest_restart = report.slowest_restart.max(took);
    let api = server.operator()?;
    check(&api, &show, &acknowledged).await.context("after the last kill")?;
    check_fold(&api, &show, folder.path()).await?;
    server.stop().await?;
    let doctor = run(["doctor", "--data", &data.to_string_lossy()]).await?;
    ensure!(doctor.status.success(), "doctor: {}", String::from_utf8_lossy(&doctor.stdout));
    for writer in writers {
        report.acknowledged_requests += writer.report.acknowledged_requests;
        report.acknowledged += writer.report.acknowledged;
        report.repeated_requests += writer.report.repeated_requests;
        report.recognised += writer.report.recognised;
    }
    Ok(report)
}

/// Starts the server; returns when it serves the show, with the time that took.
#[expect(clippy::disallowed_methods, reason = "the time until service is back is what is measured")]
async fn start(data: &Path, show: &str) -> Result<(Server, Duration)> {
    let begun = Instant::now();
    let server = Server::start(data).await?;
    let state = server.operator()?.get(&format!("/api/v1/shows/{show}/state")).await?;
    let took = begun.elapsed();
    ensure!(state.status == 200, "the show is not served: {}", String::from_utf8_lossy(&state.body));
    ensure!(took <= BACK_WITHIN, "service is back after {took:?}, more than {BACK_WITHIN:?}");
    Ok((server, took))
}

/// Everything that was acknowledged is in the log, and nothing is there twice.
async fn check(api: &Api, show: &str, acknowledged: &BTreeSet<String>) -> Result<()> {
    let log = api.get(&format!("/api/v1/shows/{show}/events")).await?;
    ensure!(log.status == 200, "the log cannot be read: {}", log.status);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for line in log.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let event: Value = serde_json::from_slice(line)?;
        *counts.entry(crate::api::text(&event, "/id")).or_default() += 1;
    }
    if let Some((id, count)) = counts.iter().find(|(_, count)| **count > 1) {
        bail!("{id} is in the log {count} times");
    }
    if let Some(id) = acknowledged.iter().find(|id| !counts.contains_key(*id)) {
        bail!("{id} was acknowledged and is lost");
    }
    Ok(())
}

/// The state that is served is the one that the log amounts to, byte for byte.
async fn check_fold(api: &Api, show: &str, folder: &Path) -> Result<()> {
    let log = api.get(&format!("/api/v1/shows/{show}/events")).await?;
    let file = folder.join("log.ndjson");
    std::fs::write(&file, &log.body)?;
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await?;
    let folded = run(["fold", &file.to_string_lossy()]).await?;
    ensure!(folded.status.success(), "fold: {}", String::from_utf8_lossy(&folded.stderr));
    ensure!(folded.stdout.trim_ascii_end() == state.body, "the state is not the fold of the log");
    Ok(())
}
