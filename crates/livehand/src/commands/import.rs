//! `livehand import`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use livehand_app::{Intake, IntakeMode};
use livehand_connectors::recording::{LeftOut, Recording};
use livehand_live::{Event, Quality};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::feed::Feed;
use super::fold::open;
use crate::client::{Batch, Client, Refused, Taken};
use crate::data_dir::DataDir;
use crate::exit::{self, FAILED, coded};
use crate::words::{said, say};

/// Name of the source of imported events that carry none.
pub const SOURCE: &str = "recording";
/// Lines named in the report.
const LEFT_OUT_NAMED: usize = 20;
/// How often the progress is drawn while nothing else happens.
const TICK: Duration = Duration::from_millis(200);

/// What was found in a recording.
#[derive(Default)]
pub struct Report {
    events: u64,
    kinds: BTreeMap<String, u64>,
    sampled: u64,
    history: u64,
    /// What was left out, the first ones.
    pub left_out: Vec<LeftOut>,
    left_out_count: u64,
}

impl Report {
    pub fn count(&mut self, event: &Event) {
        self.events += 1;
        *self.kinds.entry(event.kind.name().to_owned()).or_default() += 1;
        match event.quality {
            Some(Quality::Sampled) => self.sampled += 1,
            Some(Quality::History) => self.history += 1,
            None => {}
        }
    }

    pub fn note(&mut self, left_out: LeftOut) {
        self.left_out_count += 1;
        if self.left_out.len() < LEFT_OUT_NAMED {
            self.left_out.push(left_out);
        }
    }

    /// Says on the standard error output what was left out and why.
    pub fn print_left_out(&self) {
        for LeftOut { line, error, cut_off } in &self.left_out {
            let (field, expected, found) = (&error.field, said(&error.expected), said(&error.found));
            let why = match cut_off {
                true => say("the file is cut off here; dropped", "文件在此处中断，已舍弃"),
                false => say("left out", "未导入"),
            };
            eprintln!(
                "{}",
                say(
                    format!("line {line}: {why}: {field}: expected {expected}, found {found}"),
                    format!("第 {line} 行：{why}：{field} 应为{expected}，实际为{found}"),
                )
            );
        }
        let named = self.left_out.len() as u64;
        if self.left_out_count > named {
            let more = self.left_out_count - named;
            eprintln!("{}", say(format!("… and {more} more"), format!("……另有 {more} 处")));
        }
    }

    fn print(&self, taken: Taken) {
        let Taken { recorded, duplicates } = taken;
        let events = self.events;
        println!(
            "{}",
            say(
                format!("{events} events: {recorded} recorded, {duplicates} there already"),
                format!("共 {events} 条事件：新记录 {recorded} 条，已存在 {duplicates} 条"),
            )
        );
        for (kind, count) in &self.kinds {
            println!("  {kind:<24} {count}");
        }
        if self.sampled + self.history > 0 {
            let (sampled, history) = (self.sampled, self.history);
            println!(
                "{}",
                say(
                    format!(
                        "shown but not counted: {sampled} sampled, {history} repeated from before the recording"
                    ),
                    format!("只展示不计数：采样 {sampled} 条，录制前的重放 {history} 条"),
                )
            );
        }
        if self.left_out_count > 0 {
            let left_out = self.left_out_count;
            println!(
                "{}",
                say(format!("left out: {left_out} (see above)"), format!("未导入 {left_out} 处（见上）"))
            );
        }
    }
}

pub async fn run(file: &Path, show: &str, keep_open: bool, data: &DataDir) -> anyhow::Result<u8> {
    let recording = open(file)?;
    let format = recording.format();
    let client = Client::of(data).await?;
    let (mut report, mut taken) = (Report::default(), Taken::default());
    let mut id = None;
    let importing = import(recording, show, keep_open, &client, &mut id, &mut report, &mut taken);
    let result = tokio::select! {
        result = importing => result,
        () = super::asked_to_stop() => Err(coded(FAILED, say("stopped", "已停止"))),
    };
    client.close().await?;
    report.print_left_out();
    let Some(id) = id else { return result.map(|()| exit::DONE) };
    if let Err(error) = result {
        let (file, count) = (file.display(), taken.recorded + taken.duplicates);
        eprintln!(
            "{}",
            say(
                format!(
                    "{count} events are in show {id}, which is still open; to go on: livehand import {file} --show {id}"
                ),
                format!(
                    "场次 {id} 已有 {count} 条事件，尚未结束；继续导入：livehand import {file} --show {id}"
                ),
            )
        );
        return Err(error);
    }
    let format = format.name();
    println!("{}", say(format!("{format} imported into show {id}"), format!("{format} 已导入场次 {id}")));
    report.print(taken);
    Ok(if report.left_out.is_empty() { exit::DONE } else { exit::PARTLY })
}

async fn import(
    recording: Recording,
    show: &str,
    keep_open: bool,
    client: &Client,
    id: &mut Option<String>,
    report: &mut Report,
    taken: &mut Taken,
) -> anyhow::Result<()> {
    let show = id.insert(open_show(show, client).await?).clone();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} events, {per_sec}, {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    let feed = Feed { client, show: &show, source: SOURCE, recording: true };
    let intake = Intake { source: SOURCE.to_owned(), mode: IntakeMode::Recording, selling: false };
    let mut batch = Batch::default();
    for item in recording {
        if let Some(event) = report.take(item?, &intake) {
            batch.push(&event)?;
        }
        if batch.is_full() {
            send(&feed, std::mem::take(&mut batch), taken, &bar).await?;
        }
    }
    send(&feed, batch, taken, &bar).await?;
    bar.finish_and_clear();
    if !keep_open {
        client.post::<Value>(&format!("/shows/{show}/end"), json!({})).await?;
    }
    Ok(())
}

async fn send(feed: &Feed<'_>, batch: Batch, taken: &mut Taken, bar: &ProgressBar) -> anyhow::Result<()> {
    if batch.count() == 0 {
        return Ok(());
    }
    let sent = feed.send(&batch).await?;
    taken.recorded += sent.recorded;
    taken.duplicates += sent.duplicates;
    bar.inc(batch.count() as u64);
    Ok(())
}

/// The show with this id, or a new one with this title; on air.
async fn open_show(show: &str, client: &Client) -> anyhow::Result<String> {
    if let Some(found) = find_show(show, client).await? {
        return Ok(found.get("id").and_then(Value::as_str).unwrap_or(show).to_owned());
    }
    let body = json!({ "title": show, "kind": "daily", "mode": "recording" });
    let made: Value = client.post("/shows", body).await?;
    let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    client.post::<Value>(&format!("/shows/{id}/open"), json!({})).await?;
    Ok(id)
}

/// The show with this id; a title is none.
pub async fn find_show(show: &str, client: &Client) -> anyhow::Result<Option<Value>> {
    if show.is_empty() || !show.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Ok(None);
    }
    match client.get::<Value>(&format!("/shows/{show}")).await {
        Ok(found) => Ok(Some(found)),
        Err(error) => match error.downcast_ref::<Refused>() {
            Some(refused) if refused.status == StatusCode::NOT_FOUND => Ok(None),
            _ => Err(error),
        },
    }
}
