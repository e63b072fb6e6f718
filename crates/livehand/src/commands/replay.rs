//! `livehand replay`.

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use livehand_kernel::{Clock, Millis};
use livehand_live::Event;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::feed::Feed;
use super::import::SOURCE;
use crate::client::Client;
use crate::data_dir::DataDir;
use crate::edge::SystemClock;
use crate::exit;

/// Fastest replay; beyond it the cockpit shows nothing that an eye can follow.
const SPEED_MAX: f64 = 10_000.0;

pub async fn run(show: &str, speed: f64, data: &DataDir) -> anyhow::Result<u8> {
    if !(0.1..=SPEED_MAX).contains(&speed) {
        bail!("--speed must be 0.1 to {SPEED_MAX}");
    }
    let client = Client::of(data).await?;
    let stop = CancellationToken::new();
    let result = tokio::select! {
        result = replay(show, speed, &client, &stop) => result,
        () = super::asked_to_stop() => {
            stop.cancel();
            Err(anyhow::anyhow!("stopped; what was replayed so far stays in its show"))
        }
    };
    client.close().await?;
    let (id, count) = result?;
    println!("{count} events replayed into show {id}");
    Ok(exit::DONE)
}

async fn replay(
    show: &str,
    speed: f64,
    client: &Client,
    stop: &CancellationToken,
) -> anyhow::Result<(String, u64)> {
    let original = find(show, client).await?;
    let text = |key: &str| original.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let events = read(&text("id"), client).await?;
    let Some(first) = events.first().map(Event::effective_at) else {
        bail!("show {} has no events", text("id"))
    };
    let last = events.iter().map(Event::effective_at).max().unwrap_or(first);
    let body = json!({
        "title": format!("回放 {speed}× · {}", text("title")), "kind": text("kind"), "mode": "replay",
        "synthetic": original.get("synthetic").and_then(Value::as_bool).unwrap_or(false),
    });
    let made: Value = client.post("/shows", body).await?;
    let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    copy_lineup(&text("id"), &id, client).await?;
    client.post::<Value>(&format!("/shows/{id}/open"), json!({})).await?;
    eprintln!("replaying into show {id}");
    let bar = ProgressBar::new(u64::try_from(last.0 - first.0).unwrap_or(0) / 1000);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} s of the show, {eta} left") {
        bar.set_style(style);
    }
    let begun = SystemClock.now();
    let mut clock = first;
    let mut count = 0;
    let feed = Feed { client, show: &id, source: SOURCE, recording: true };
    let sent = |batch: &[Event], _| {
        count += batch.len() as u64;
        clock = batch.iter().map(Event::effective_at).fold(clock, Millis::max);
        bar.set_position(u64::try_from(clock.0 - first.0).unwrap_or(0) / 1000);
    };
    feed_in_time(&feed, events, first, begun, speed, sent, stop).await?;
    bar.finish_and_clear();
    client.post::<Value>(&format!("/shows/{id}/end"), json!({})).await?;
    Ok((id, count))
}

async fn feed_in_time(
    feed: &Feed<'_>,
    events: Vec<Event>,
    first: Millis,
    begun: Millis,
    speed: f64,
    sent: impl FnMut(&[Event], crate::client::Taken),
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    // Events that came late come late again: the show's clock never goes back.
    let mut clock = first;
    let due = move |event: &Event| {
        clock = clock.max(event.effective_at());
        begun.plus(((clock.0 - first.0) as f64 / speed) as i64)
    };
    feed.run(events.into_iter(), due, sent, stop).await
}

async fn find(show: &str, client: &Client) -> anyhow::Result<Value> {
    if show.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && let Ok(found) = client.get::<Value>(&format!("/shows/{show}")).await
    {
        return Ok(found);
    }
    let listed: Value = client.get("/shows?limit=200").await?;
    let shows = listed.get("shows").and_then(Value::as_array).cloned().unwrap_or_default();
    let title = |found: &Value| found.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut matching = shows.into_iter().filter(|found| title(found).contains(show));
    match (matching.next(), matching.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => bail!("there is no show with the id or title {show}"),
        (Some(first), Some(second)) => {
            bail!("several shows match {show}: {}, {}, …", title(&first), title(&second))
        }
    }
}

async fn read(show: &str, client: &Client) -> anyhow::Result<Vec<Event>> {
    let mut response = client.call(Method::GET, &format!("/shows/{show}/events"), None).await?;
    let mut events = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    while let Some(chunk) = response.chunk().await.context("the log broke off")? {
        rest.extend_from_slice(&chunk);
        let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let after = rest.split_off(whole);
        for line in rest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            events.push(serde_json::from_slice(line).context("the log holds something that is no event")?);
        }
        rest = after;
    }
    Ok(events)
}

async fn copy_lineup(from: &str, to: &str, client: &Client) -> anyhow::Result<()> {
    let lineup: Value = client.get(&format!("/shows/{from}/lineup")).await?;
    let items = lineup.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let products: Vec<Value> = items.iter().filter_map(|item| item.pointer("/product/id").cloned()).collect();
    if !products.is_empty() {
        client.put::<Value>(&format!("/shows/{to}/lineup"), json!({ "products": products })).await?;
    }
    Ok(())
}
