//! `livehand fold --table`.

use std::path::Path;
use std::time::{Duration, Instant};

use livehand_app::{Intake, IntakeMode};
use livehand_connectors::recording::{Item, Piece, Pieces};
use livehand_live::Event;
use livehand_live::table::TableFold;
use nix::sys::resource::{UsageWho, getrusage};

use super::fold::{cannot_read, open};
use super::import::{Report, SOURCE};
use crate::exit;
use crate::words::say;

/// Prints the metric table of so many minutes, and its digest.
pub fn run(file: &Path, minutes: u32, stats: bool) -> anyhow::Result<u8> {
    let begun = Spent::until_now()?;
    let mut fold = TableFold::new(SOURCE);
    let mut report = Report::default();
    match Pieces::open(file).map_err(|error| cannot_read(file, error))? {
        Some(pieces) => fold_lines(pieces, &mut fold, &mut report)?,
        None => fold_events(file, &mut fold, &mut report)?,
    }
    let folded = Spent::until_now()?;
    let table = fold.table(None, minutes);
    let text = format!("{{\"digest\":\"{}\",\"table\":{}}}", table.digest()?, table.canonical()?);
    let written = Spent::until_now()?;
    super::print(&text)?;
    report.print_left_out();
    if stats {
        print_stats(fold.events(), &begun, &folded, &written);
    }
    Ok(if report.left_out.is_empty() { exit::DONE } else { exit::PARTLY })
}

fn fold_lines(mut pieces: Pieces, fold: &mut TableFold, report: &mut Report) -> anyhow::Result<()> {
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Lines { first, bytes } => {
                fold.take_lines(bytes, |place, line| taken(Pieces::item(first + place, line)?, report));
            }
            Piece::Item(item) => {
                taken(item, report).iter().for_each(|event| fold.take(event));
            }
        }
    }
    Ok(())
}

fn taken(item: Item, report: &mut Report) -> Option<Event> {
    match item {
        Item::Event(event) => Some(*event),
        Item::LeftOut(left_out) => {
            report.note(left_out);
            None
        }
    }
}

/// Recordings of other kinds are translated event by event.
fn fold_events(file: &Path, fold: &mut TableFold, report: &mut Report) -> anyhow::Result<()> {
    let intake = Intake { source: SOURCE.to_owned(), mode: IntakeMode::Recording, selling: false };
    for item in open(file)? {
        if let Some(event) = report.take(item?, &intake) {
            fold.take(&event);
        }
    }
    Ok(())
}

/// What this process took so far.
struct Spent {
    now: Instant,
    processor: Duration,
    peak_bytes: i64,
}

impl Spent {
    fn until_now() -> anyhow::Result<Self> {
        let usage = getrusage(UsageWho::RUSAGE_SELF)?;
        let of = |time: nix::sys::time::TimeVal| {
            let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
            Duration::from_micros(u64::try_from(micros).unwrap_or(0))
        };
        Ok(Self {
            now: crate::edge::stopwatch(),
            processor: of(usage.user_time()) + of(usage.system_time()),
            peak_bytes: usage.max_rss() * 1024,
        })
    }
}

fn print_stats(events: u64, begun: &Spent, folded: &Spent, written: &Spent) {
    let wall = folded.now - begun.now;
    let processor = folded.processor.saturating_sub(begun.processor);
    let rate = |time: Duration| events as f64 / time.as_secs_f64().max(1e-6);
    let (wall_rate, processor_rate) = (rate(wall), rate(processor));
    let (wall, processor) = (wall.as_secs_f64(), processor.as_secs_f64());
    let peak = written.peak_bytes as f64 / 1e6;
    let snapshot = (written.now - folded.now).as_secs_f64() * 1e6;
    eprintln!(
        "{}",
        say(
            format!(
                "{events} events in {wall:.2} s, {wall_rate:.0} a second; processor {processor:.2} s, \
                 {processor_rate:.0} events a processor second; peak memory {peak:.0} MB; table written in {snapshot:.0} µs"
            ),
            format!(
                "{events} 条事件，用时 {wall:.2} 秒，每秒 {wall_rate:.0} 条；处理器 {processor:.2} 秒，\
                 每处理器秒 {processor_rate:.0} 条；内存峰值 {peak:.0} MB；表输出 {snapshot:.0} 微秒"
            ),
        )
    );
}
