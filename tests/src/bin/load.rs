//! Measures what a show costs the machine that serves it: `make bench`.
//!
//! The real server runs on an empty directory, the real `livehand simulate` sends it an audience, and consoles follow the
//! room. Processor time and memory of the server are read from the operating system once a second; the first part, in
//! which the audience arrives, is left out. There is nothing to compare with: the figures stand for this machine, in the
//! profile that this program was built with.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use futures_util::StreamExt;
use livehand_tests::api::Api;
use livehand_tests::program::{Server, command};
use livehand_tests::usage::Usage;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Measure what a simulated show costs the server.
#[derive(Parser)]
struct Cli {
    /// Viewers at the peak.
    #[arg(long, default_value_t = 5_000)]
    viewers: u32,
    /// Length of the show.
    #[arg(long, default_value_t = 10)]
    minutes: u32,
    /// Consoles that follow the room.
    #[arg(long, default_value_t = 6)]
    followers: u32,
    /// Seconds at the beginning that are left out.
    #[arg(long, default_value_t = 120)]
    warm_up: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Cli { viewers, minutes, followers, warm_up } = Cli::parse();
    let seconds = u64::from(minutes) * 60;
    ensure!(seconds > warm_up, "the show must be longer than the warm-up of {warm_up} s");
    let folder = tempfile::TempDir::new()?;
    let data = folder.path().join("data");
    let server = Server::start(&data).await?;
    let (pid, api) = (server.pid()?, server.operator()?);
    let show = api.open_show("压测（合成数据）").await?;
    let mut consoles = JoinSet::new();
    for _ in 0..followers {
        consoles.spawn(follow(api.clone(), show.clone()));
    }
    let mut audience = simulate(&server.url, &show, viewers, minutes, &data)?;
    let mut samples = Vec::new();
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    for second in 0..seconds {
        tick.tick().await;
        let sample = Usage::of(pid)?;
        if second >= warm_up {
            samples.push(sample);
        }
        eprint!("\r{second}/{seconds} s, {:.0} MB ", sample.memory_mb);
        ensure!(audience.try_wait()?.is_none(), "the audience left too early");
    }
    audience.kill().await?;
    consoles.abort_all();
    report(&samples, &api, &show).await?;
    server.stop().await?;
    Ok(())
}

fn simulate(url: &str, show: &str, viewers: u32, minutes: u32, data: &Path) -> Result<tokio::process::Child> {
    // It stays a little longer than it is measured.
    let (viewers, minutes) = (viewers.to_string(), (minutes + 1).to_string());
    let arguments = ["simulate", "--viewers", &viewers, "--minutes", &minutes, "--to", url, "--show", show];
    let mut command = command(arguments)?;
    command.arg("--data").arg(data).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    Ok(command.spawn()?)
}

/// A console that takes whatever comes.
async fn follow(api: Api, show: String) -> Result<()> {
    let url = format!("{}/api/v1/shows/{show}/stream", api.url().replace("http://", "ws://"));
    let mut request = url.into_client_request()?;
    let protocols = format!("livehand.v1, bearer.{}", api.secret());
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse()?);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    while let Some(message) = socket.next().await {
        message?;
    }
    Ok(())
}

async fn report(samples: &[Usage], api: &Api, show: &str) -> Result<()> {
    let (first, last) = samples.first().zip(samples.last()).context("nothing was measured")?;
    let took = samples.len().saturating_sub(1).max(1) as f64;
    let share = (last.processor_s - first.processor_s) / took * 100.0;
    let most = samples.iter().map(|sample| sample.memory_mb).fold(0.0, f64::max);
    let state = api.get(&format!("/api/v1/shows/{show}/state")).await?.json();
    let number = |pointer: &str| state.pointer(pointer).and_then(serde_json::Value::as_i64).unwrap_or(0);
    println!(
        "\nsteady state over {took:.0} s: {share:.1} % of a core, at most {most:.0} MB\n\
         {} events, {} viewers, at most {} online, {} comments, {} orders",
        number("/sequence"),
        number("/metrics/totals/viewers"),
        number("/metrics/totals/peak_online"),
        number("/metrics/totals/comments"),
        number("/metrics/totals/orders_paid"),
    );
    Ok(())
}
