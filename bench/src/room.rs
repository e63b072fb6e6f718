//! What the server does with a show: events are parsed, checked, decided on and folded into the whole room, with its
//! comments and questions; now and then somebody asks for all of it as JSON.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use livehand_live::{Changes, Command, Event, Room};

use crate::cost::{processor, quantile, rate, stopwatch};

/// Events decided together.
const BATCH: usize = 1_000;

#[derive(Args)]
pub struct Arguments {
    /// Livehand NDJSON.
    file: PathBuf,
    /// Events that are taken from its beginning.
    #[arg(long, default_value_t = 500_000)]
    events: usize,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let lines = beginning(&arguments.file, arguments.events)?;
    let (mut parsing, mut folding) = (Duration::ZERO, Duration::ZERO);
    let mut snapshots = Vec::new();
    let mut room = Room::default();
    let mut bytes = 0;
    for batch in lines.chunks(BATCH) {
        let begun = processor()?;
        let events: Result<Vec<Event>, _> =
            batch.iter().map(|line| Event::parse_line(line.as_bytes())).collect();
        let parsed = processor()?;
        let decision = room.decide(Command::Ingest(events?))?;
        for event in &decision.events {
            room.apply(event, &mut Changes::default());
        }
        folding += processor()?.saturating_sub(parsed);
        parsing += parsed.saturating_sub(begun);
        let watch = stopwatch();
        bytes = serde_json::to_vec(&room.view())?.len();
        snapshots.push(watch.elapsed());
    }
    snapshots.sort_unstable();
    let count = lines.len() as u64;
    println!(
        "{count} events into a room: parse {:.2} M and fold {:.2} M events a processor second; the whole view as JSON, \
         {} KB at the end, {} times: p50 {:.0} µs, p99 {:.0} µs",
        rate(count, parsing) / 1e6,
        rate(count, folding) / 1e6,
        bytes / 1_000,
        snapshots.len(),
        quantile(&snapshots, 0.5).as_secs_f64() * 1e6,
        quantile(&snapshots, 0.99).as_secs_f64() * 1e6,
    );
    Ok(())
}

fn beginning(file: &Path, count: usize) -> anyhow::Result<Vec<String>> {
    use std::io::BufRead;
    let lines = std::io::BufReader::new(std::fs::File::open(file)?).lines();
    Ok(lines.take(count).collect::<Result<_, _>>()?)
}
