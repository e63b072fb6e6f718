//! A show's log in its own format: what writing it costs, how large it is, and how fast the table comes out of it again.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use livehand_kernel::{Millis, ShowId};
use livehand_live::Event;
use livehand_live::table::TableFold;
use livehand_show_log::{Batch, EventLog, Head, MemoryLog};
use tokio::runtime::{Builder, Runtime};

use crate::cost::{processor, rate};
use crate::stages::over;

/// How often the log is read; the fastest counts.
const RUNS: usize = 3;
/// Events read at once.
const PAGE_EVENTS: usize = 100_000;

#[derive(Args)]
pub struct Arguments {
    /// Livehand NDJSON.
    file: PathBuf,
    /// Events in a batch: as many as come in one request.
    #[arg(long, default_value_t = 4_096)]
    batch: usize,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let show = ShowId::from("bench");
    let runtime = Builder::new_current_thread().build()?;
    let log = MemoryLog::default();
    let (events, writing) = write(&log, &show, arguments, &runtime)?;
    let bytes = log.bytes(&show);
    let mut best: Option<Replay> = None;
    for _ in 0..RUNS {
        let replay = replay(&log, &show, &runtime)?;
        ensure!(replay.events == events, "{} of {events} events came out again", replay.events);
        best = best.into_iter().chain([replay]).min_by_key(|it| it.reading + it.folding);
    }
    let Some(Replay { reading, folding, digest, .. }) = best else { return Ok(()) };
    let each = |took: Duration| took.as_secs_f64() * 1e9 / events as f64;
    println!(
        "{events} events in batches of {}: {:.1} bytes and {:.0} ns to write each; best of {RUNS}: read, checked and \
         unpacked {:.0} ns, taken apart and folded {:.0} ns: {:.2} M events a processor second, digest {digest}",
        arguments.batch,
        bytes as f64 / events as f64,
        each(writing),
        each(reading),
        each(folding),
        rate(events, reading + folding) / 1e6,
    );
    Ok(())
}

struct Replay {
    events: u64,
    /// Reading the log: hashes checked, batches unpacked.
    reading: Duration,
    folding: Duration,
    digest: String,
}

fn replay(log: &MemoryLog, show: &ShowId, runtime: &Runtime) -> anyhow::Result<Replay> {
    let mut fold = TableFold::new("bench");
    let (mut reading, mut folding, mut head) = (Duration::ZERO, Duration::ZERO, Head::EMPTY);
    loop {
        let begun = processor()?;
        let page = runtime.block_on(log.read_packed(show, head, PAGE_EVENTS))?;
        let read = processor()?;
        for batch in &page.batches {
            fold.take_packed(&batch.events)?;
        }
        reading += read.saturating_sub(begun);
        folding += processor()?.saturating_sub(read);
        if page.batches.is_empty() {
            let digest = fold.table(None, 60).digest()?;
            return Ok(Replay { events: fold.events(), reading, folding, digest });
        }
        head = page.head;
    }
}

/// Writes the events of a file into a log, repetitions left out as a room does; how many, and what writing took.
fn write(
    log: &MemoryLog,
    show: &ShowId,
    arguments: &Arguments,
    runtime: &Runtime,
) -> anyhow::Result<(u64, Duration)> {
    let (mut head, mut took) = (Head::EMPTY, Duration::ZERO);
    let mut append = |events: Vec<Event>| -> anyhow::Result<u64> {
        let batch = Batch { events };
        let begun = processor()?;
        head = runtime.block_on(log.append(show, head, Millis(0), &batch))?;
        took += processor()?.saturating_sub(begun);
        Ok(head.sequence)
    };
    let (mut seen, mut waiting) = (HashSet::new(), Vec::with_capacity(arguments.batch));
    over(&arguments.file, |lines| {
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let event = Event::parse_line(line)?;
            if seen.insert(event.id.clone()) {
                waiting.push(event);
            }
            if waiting.len() == arguments.batch {
                append(std::mem::take(&mut waiting))?;
            }
        }
        Ok(())
    })?;
    if !waiting.is_empty() {
        append(waiting)?;
    }
    Ok((head.sequence, took))
}
