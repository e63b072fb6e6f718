//! A crowd of which everybody is online at once. Ids are random, so that no two events in a row concern what is near in
//! memory; lines are written in advance, in pieces, and their writing is not measured.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use livehand_live::table::TableFold;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::cost::{processor, quantile, rate, resident};

/// Lines in one piece: as many as are folded together.
const PIECE: u64 = 256;
/// Any moment will do.
const START: u64 = 1_763_812_800_000;

#[derive(Args)]
pub struct Arguments {
    /// Viewers who are online at once.
    #[arg(long, default_value_t = 1_000_000)]
    viewers: u64,
    /// Events after everybody is there.
    #[arg(long, default_value_t = 5_000_000)]
    events: u64,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { viewers, events } = *arguments;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let crowd: Vec<(u64, u64)> =
        (0..viewers).map(|_| (random.next_u64() >> 1, random.next_u64() >> 24)).collect();
    let mut fold = TableFold::new("bench");
    let mut text = String::with_capacity(PIECE as usize * 200);
    let before = resident()?;
    let mut joining = Watch::default();
    for piece in crowd.chunks(PIECE as usize) {
        text.clear();
        for (user, session) in piece {
            let id = random.next_u64();
            let at = START + joining.events * 60_000 / viewers;
            joining.events += 1;
            writeln!(
                text,
                "{{\"id\":\"{id}\",\"at\":{at},\"received\":{at},\"type\":\"join\",\"user\":\"{user}\",\"session\":{session},\"source\":\"feed\"}}"
            )?;
        }
        joining.fold(&mut fold, &text)?;
    }
    let joined = resident()?;
    println!(
        "{viewers} viewers joined: {:.2} M events a processor second, {:.0} bytes a viewer",
        rate(viewers, joining.processor) / 1e6,
        joined.saturating_sub(before) as f64 / viewers as f64,
    );
    let mut acting = Watch::default();
    for piece in 0..events.div_ceil(PIECE) {
        text.clear();
        for n in 0..PIECE {
            let at = START + 60_000 + (piece * PIECE + n) * 60_000 / events;
            let (user, session) = crowd.get(random.random_range(0..crowd.len())).copied().unwrap_or_default();
            write!(text, "{{\"id\":\"{}\",\"at\":{at},\"received\":{at},", random.next_u64())?;
            let who = format_args!("\"user\":\"{user}\",\"session\":{session}");
            match random.random_range(0..100_u32) {
                0..45 => writeln!(text, "\"type\":\"heartbeat\",{who}}}")?,
                45..65 => writeln!(text, "\"type\":\"like\",{who},\"count\":8}}")?,
                65..70 => writeln!(text, "\"type\":\"comment\",{who},\"text\":\"多少钱\"}}")?,
                70..95 => writeln!(text, "\"type\":\"product_view\",{who},\"product\":\"36\"}}")?,
                _ => writeln!(text, "\"type\":\"product_click\",{who},\"product\":\"36\"}}")?,
            }
        }
        acting.fold(&mut fold, &text)?;
    }
    let kept = resident()?;
    acting.pieces.sort_unstable();
    println!(
        "{events} events of {viewers} online viewers: {:.2} M events a processor second; {} lines took {:.2} ms at the \
         median, {:.2} ms at p99.9 and {:.1} ms at most; {:.0} MB in all, of which {:.0} MB for the ids of events",
        rate(events, acting.processor) / 1e6,
        PIECE,
        quantile(&acting.pieces, 0.5).as_secs_f64() * 1e3,
        quantile(&acting.pieces, 0.999).as_secs_f64() * 1e3,
        quantile(&acting.pieces, 1.0).as_secs_f64() * 1e3,
        kept as f64 / 1e6,
        kept.saturating_sub(joined) as f64 / 1e6,
    );
    Ok(())
}

#[derive(Default)]
struct Watch {
    events: u64,
    processor: Duration,
    pieces: Vec<Duration>,
}

impl Watch {
    fn fold(&mut self, fold: &mut TableFold, text: &str) -> anyhow::Result<()> {
        // By processor time: how long others kept the processor says nothing about the fold.
        let before = processor()?;
        fold.take_lines(text.as_bytes(), |_, _| None);
        let took = processor()?.saturating_sub(before);
        self.processor += took;
        self.pieces.push(took);
        Ok(())
    }
}
