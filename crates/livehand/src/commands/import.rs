//! `livehand import`.

use std::collections::BTreeMap;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use livehand_app::{Intake, IntakeMode};
use livehand_connectors::recording::LeftOut;
use livehand_live::{Event, Quality};
use serde_json::{Value, json};

use super::fold::open;
use crate::client::{Client, Taken};
use crate::data_dir::DataDir;
use crate::exit;

/// Name of the source of imported events that carry none.
pub const SOURCE: &str = "recording";
/// Events sent at once.
const EVENTS_PER_REQUEST: usize = 5_000;
/// Lines named in the report.
const LEFT_OUT_NAMED: usize = 20;

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
    let result = import(recording, show, keep_open, &client).await;
    client.close().await?;
    let (id, report, taken) = result?;
    report.print_left_out();
    println!("{} imported into show {id}", format.name());
    report.print(taken);
    Ok(if report.left_out.is_empty() { exit::DONE } else { exit::PARTLY })
}

async fn import(
    recording: livehand_connectors::recording::Recording,
    show: &str,
    keep_open: bool,
    client: &Client,
) -> anyhow::Result<(String, Report, Taken)> {
    let id = open_show(show, client).await?;
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} events, {per_sec}, {elapsed}") {
        bar.set_style(style);
    }
    let intake = Intake { source: SOURCE.to_owned(), mode: IntakeMode::Recording };
    let (mut report, mut taken) = (Report::default(), Taken::default());
    let mut events = Vec::with_capacity(EVENTS_PER_REQUEST);
    for item in recording {
        if let Some(event) = report.take(item?, &intake) {
            events.push(event);
        }
        if events.len() >= EVENTS_PER_REQUEST {
            send(client, &id, &mut events, &mut taken, &bar).await?;
        }
    }
    send(client, &id, &mut events, &mut taken, &bar).await?;
    bar.finish_and_clear();
    if !keep_open {
        client.post::<Value>(&format!("/shows/{id}/end"), json!({})).await?;
    }
    Ok((id, report, taken))
}

async fn send(
    client: &Client,
    show: &str,
    events: &mut Vec<Event>,
    taken: &mut Taken,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let sent = client.send(show, SOURCE, true, events).await?;
    taken.recorded += sent.recorded;
    taken.duplicates += sent.duplicates;
    bar.inc(events.len() as u64);
    events.clear();
    Ok(())
}

/// The show with this id, or a new one with this title; on air.
async fn open_show(show: &str, client: &Client) -> anyhow::Result<String> {
    if let Ok(found) = client.get::<Value>(&format!("/shows/{}", urlencoded(show))).await {
        return Ok(found.get("id").and_then(Value::as_str).unwrap_or(show).to_owned());
    }
    let body = json!({ "title": show, "kind": "daily", "mode": "recording" });
    let made: Value = client.post("/shows", body).await?;
    let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    client.post::<Value>(&format!("/shows/{id}/open"), json!({})).await?;
    Ok(id)
}

/// Ids are made of letters, digits and dashes; a title is no id, and may not be sent as a path.
fn urlencoded(show: &str) -> String {
    show.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
