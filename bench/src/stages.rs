//! The stages of folding a file, measured apart: reading its bytes, understanding its lines, folding them, and writing
//! the table while more events come.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Duration;

use livehand_live::Event;
use livehand_live::table::{TableFold, usual_lines};

use crate::cost::{processor, quantile, rate, stopwatch};

/// Bytes read at once; whole lines of them are folded.
const PIECE: usize = 1 << 20;
/// Pieces between two tables that are written.
const PIECES_PER_TABLE: usize = 5;

pub fn run(file: &Path) -> anyhow::Result<()> {
    // Nobody pays for the disk.
    over(file, |_| Ok(()))?;
    let begun = processor()?;
    let bytes = over(file, |_| Ok(()))?;
    let read = processor()?;
    let mut usual = 0;
    over(file, |lines| {
        usual += usual_lines(lines);
        Ok(())
    })?;
    let understood = processor()?;
    let mut fold = TableFold::new("bench");
    let (mut tables, mut pieces) = (Vec::new(), 0);
    let mut writing = Duration::ZERO;
    over(file, |lines| {
        fold.take_lines(lines, |_, line| Event::parse_line(line).ok());
        pieces += 1;
        if pieces % PIECES_PER_TABLE == 0 {
            let before = processor()?;
            let watch = stopwatch();
            let text = fold.table(None, 60).canonical()?;
            tables.push(watch.elapsed());
            writing += processor()?.saturating_sub(before);
            std::hint::black_box(text.len());
        }
        Ok(())
    })?;
    let folded = processor()?;
    let events = fold.events();
    tables.sort_unstable();
    let reading = read.saturating_sub(begun);
    let understanding = understood.saturating_sub(read).saturating_sub(reading);
    let all = folded.saturating_sub(understood).saturating_sub(writing);
    let folding = all.saturating_sub(reading).saturating_sub(understanding);
    println!("{events} events, {} MB, digest {}", bytes / 1_000_000, fold.table(None, 60).digest()?);
    for (stage, took) in [("read", reading), ("understand", understanding), ("fold", folding), ("all", all)] {
        let each = took.as_secs_f64() * 1e9 / events as f64;
        println!(
            "{stage:>12}: {:.2} s of processor, {each:.0} ns an event, {:.2} M events a processor second",
            took.as_secs_f64(),
            rate(events, took) / 1e6
        );
    }
    println!("{:>12}: {usual} of {events} lines are read in passing", "usual");
    println!(
        "{:>12}: {} written while events came: p50 {:.0} µs, p99 {:.0} µs, at most {:.0} µs",
        "table",
        tables.len(),
        quantile(&tables, 0.5).as_secs_f64() * 1e6,
        quantile(&tables, 0.99).as_secs_f64() * 1e6,
        quantile(&tables, 1.0).as_secs_f64() * 1e6,
    );
    Ok(())
}

/// Gives whole lines of a file to `each`, many at a time; how many bytes there were.
pub fn over(file: &Path, mut each: impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<usize> {
    let mut reader = BufReader::new(File::open(file)?);
    let mut buffer = vec![0; PIECE];
    let (mut kept, mut bytes) = (0, 0);
    loop {
        let read = reader.read(buffer.get_mut(kept..).unwrap_or_default())?;
        let filled = kept + read;
        bytes += read;
        let text = buffer.get(..filled).unwrap_or_default();
        let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines = if read == 0 { text } else { text.get(..end).unwrap_or_default() };
        if !lines.is_empty() {
            each(lines)?;
        }
        if read == 0 {
            return Ok(bytes);
        }
        buffer.copy_within(end..filled, 0);
        kept = filled - end;
    }
}
