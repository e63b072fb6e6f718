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
            let why = if *cut_off { "the file is cut off here; dropped" } else { "left out" };
            eprintln!("line {line}: {why}: {error}");
        }
        let named = self.left_out.len() as u64;
        if self.left_out_count > named {
            eprintln!("… and {} more", self.left_out_count - named);
        }
    }

    fn print(&self, taken: Taken) {
        println!("{} events: {} recorded, {} there already", self.events, taken.recorded, taken.duplicates);
        for (kind, count) in &self.kinds {
            println!("  {kind:<24} {count}");
        }
        if self.sampled + self.history > 0 {
            println!(
                "shown but not counted: {} sampled, {} repeated from before the recording",
                self.sampled, self.history
            );
        }
        if self.left_out_count > 0 {
            println!("left out: {} (see above)", self.left_out_count);
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
        () = super::asked_to_stop() => Err(coded(FAILED, "stopped")),
    };
    client.close().await?;
    report.print_left_out();
    let Some(id) = id else { return result.map(|()| exit::DONE) };
    if let Err(error) = result {
        let file = file.display();
        eprintln!(
            "{} events are in show {id}, which is still open; to go on: livehand import {file} --show {id}",
            taken.recorded + taken.duplicates
        );
        return Err(error);
    }
    println!("{} imported into show {id}", format.name());
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
    let intake = Intake { source: SOURCE.to_owned(), mode: IntakeMode::Recording };
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
