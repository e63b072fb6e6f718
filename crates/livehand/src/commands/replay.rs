//! `livehand replay`.

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use livehand_kernel::{Clock, Millis};
use livehand_live::Event;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::feed::{Feed, Sent};
use super::import::{SOURCE, find_show};
use crate::client::Client;
use crate::data_dir::DataDir;
use crate::edge::SystemClock;
use crate::exit::{self, FAILED, coded};
use crate::words::say;

pub async fn run(show: &str, speed: f64, data: &DataDir) -> anyhow::Result<u8> {
    let client = Client::of(data).await?;
    let stop = CancellationToken::new();
    let mut replayed = None;
    let result = {
        let replaying = replay(show, speed, &client, &stop, &mut replayed);
        tokio::pin!(replaying);
        tokio::select! {
            result = &mut replaying => result,
            () = super::asked_to_stop() => {
                // The request that is under way is finished.
                stop.cancel();
                replaying.await
            }
        }
    };
    let ended = match &replayed {
        // Also what was stopped half-way is over: nothing more comes.
        Some(id) => client.post::<Value>(&format!("/shows/{id}/end"), json!({})).await.map(|_| ()),
        None => Ok(()),
    };
    client.close().await?;
    let count = result?;
    ended?;
    let id = replayed.unwrap_or_default();
    println!(
        "{}",
        say(format!("{count} events replayed into show {id}"), format!("已向场次 {id} 回放 {count} 条事件"))
    );
    if stop.is_cancelled() {
        let stopped =
            say("stopped; what was replayed so far stays in its show", "已停止；已回放的部分保留在该场次");
        return Err(coded(FAILED, stopped));
    }
    Ok(exit::DONE)
}

async fn replay(
    show: &str,
    speed: f64,
    client: &Client,
    stop: &CancellationToken,
    replayed: &mut Option<String>,
) -> anyhow::Result<u64> {
    let original = find(show, client).await?;
    let text = |key: &str| original.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let events = read(&text("id"), client).await?;
    let Some(first) = events.first().map(Event::effective_at) else {
        let id = text("id");
        bail!(say(format!("show {id} has no events"), format!("场次 {id} 没有事件")))
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
    *replayed = Some(id.clone());
    eprintln!(
        "{}",
        say(
            format!("replaying into show {id}; Ctrl-C stops"),
            format!("正在回放到场次 {id}，按 Ctrl-C 停止")
        )
    );
    let bar = ProgressBar::new(u64::try_from(last.0 - first.0).unwrap_or(0) / 1000);
    if let Ok(style) = ProgressStyle::with_template(&say(
        "{wide_bar} {pos}/{len} s of the show, {eta} left",
        "{wide_bar} 场次 {pos}/{len} 秒，剩余 {eta}",
    )) {
        bar.set_style(style);
    }
    let begun = SystemClock.now();
    let mut clock = first;
    let mut count = 0;
    let feed = Feed { client, show: &id, source: SOURCE, recording: true };
    let sent = |sent: Sent| {
        count += sent.count as u64;
        clock = clock.max(sent.last);
        bar.set_position(u64::try_from(clock.0 - first.0).unwrap_or(0) / 1000);
    };
    feed_in_time(&feed, events, first, begun, speed, sent, stop).await?;
    bar.finish_and_clear();
    Ok(count)
}

async fn feed_in_time(
    feed: &Feed<'_>,
    events: Vec<Event>,
    first: Millis,
    begun: Millis,
    speed: f64,
    sent: impl FnMut(Sent),
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

/// The show with this id, this title, or the only one whose title contains the text. Replays are found by id only: their
/// titles contain those of their originals.
async fn find(show: &str, client: &Client) -> anyhow::Result<Value> {
    if let Some(found) = find_show(show, client).await? {
        return Ok(found);
    }
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page: Value = client.get(&format!("/shows?limit=200{after}")).await?;
        found.extend(page.get("shows").and_then(Value::as_array).cloned().unwrap_or_default());
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let text =
        |found: &Value, key: &str| found.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    found.retain(|found| text(found, "mode") != "replay" && text(found, "title").contains(show));
    if let Some(exact) = found.iter().find(|found| text(found, "title") == show) {
        return Ok(exact.clone());
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => bail!(say(
            format!("there is no show with the id or title {show}"),
            format!("没有编号或标题为 {show} 的场次")
        )),
        [first, second, ..] => {
            let (first, second) = (text(first, "title"), text(second, "title"));
            bail!(say(
                format!("several shows match {show}: {first}, {second}, …"),
                format!("有多个场次符合 {show}：{first}、{second}……")
            ))
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
