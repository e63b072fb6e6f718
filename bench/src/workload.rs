//! A made-up show (synthetic): an hour of one room, written as NDJSON in the order in which its events arrive.
//!
//! Viewers come in a surge at the opening and in waves after it; most leave soon, some stay; some come back, some have a
//! second device, some vanish without a leave. They tap, write, look at products and buy. A few events arrive late, a few
//! twice, and some order webhooks are sent again under a new id. How many of each is an assumption; what matters here is
//! that every rule of the metrics has something to do. The same seed gives the same file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Exp1, StandardNormal};

/// 2025-11-22 20:00 in Shanghai.
const START: i64 = 1_763_812_800_000;
const LENGTH_MS: i64 = 3_600_000;
const PRODUCTS: u64 = 40;
const SLOT_MS: i64 = LENGTH_MS / PRODUCTS as i64;
const HEARTBEAT_MS: i64 = 90_000;
const SOURCES: [&str; 7] = ["follow", "feed", "paid", "video", "search", "square", "other"];
const TEXTS: [&str; 8] = [
    "这个多少钱",
    "有优惠券吗",
    "还有货吗",
    "身高165体重110穿什么码",
    "今天能发吗",
    "已拍",
    "666",
    "第一次来",
];

#[derive(Args)]
pub struct Arguments {
    /// Where to write it.
    file: PathBuf,
    /// Viewers.
    #[arg(long, default_value_t = 200_000)]
    viewers: u32,
    /// Like taps that fill the file up to about so many events.
    #[arg(long, default_value_t = 5_000_000)]
    events: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// One event, and when it arrives.
struct Line {
    received: i64,
    text: String,
}

struct Show {
    random: ChaCha8Rng,
    lines: Vec<Line>,
    order: u64,
}

/// Who does something.
#[derive(Clone, Copy)]
struct Who {
    user: u64,
    session: u64,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut show = Show {
        random: ChaCha8Rng::seed_from_u64(arguments.seed),
        lines: Vec::with_capacity(arguments.events + arguments.events / 50),
        order: 0,
    };
    let mut stays = Vec::new();
    for _ in 0..arguments.viewers {
        show.viewer(&mut stays)?;
    }
    // Those who stay longer tap more.
    while show.lines.len() < arguments.events && !stays.is_empty() {
        let place = show.random.random_range(0..stays.len());
        let Some((who, from, to)) = stays.get(place).copied() else { break };
        let taps = 1 + show.random.random_range(0..15_u32);
        let at = show.between(from, to);
        show.add(at, "like", who, format_args!(",\"count\":{taps}"))?;
    }
    show.lines.sort_by_key(|line| line.received);
    let mut output = BufWriter::with_capacity(1 << 20, File::create(&arguments.file)?);
    for line in &show.lines {
        output.write_all(line.text.as_bytes())?;
    }
    output.flush()?;
    println!(
        "{} events of {} viewers (synthetic) in {}",
        show.lines.len(),
        arguments.viewers,
        arguments.file.display()
    );
    Ok(())
}

impl Show {
    fn viewer(&mut self, stays: &mut Vec<(Who, i64, i64)>) -> anyhow::Result<()> {
        let user = 7_000_000_000_000_000_000 + self.random.next_u64() % 1_000_000_000_000_000_000;
        let mut from = if self.chance(0.55) {
            self.waiting(185_000.0) as i64
        } else {
            self.random.random_range(0..LENGTH_MS)
        };
        for visit in 0..6 {
            if from >= LENGTH_MS - 10_000 {
                return Ok(());
            }
            let to = self.visit(user, from, stays)?;
            if visit == 0 && self.chance(0.015) {
                let second = (from + self.random.random_range(1_000..60_000)).min(LENGTH_MS - 10_000);
                self.visit(user, second, stays)?;
            }
            if !self.chance(0.2) {
                return Ok(());
            }
            from = to + 2_000 + self.waiting(240_000.0) as i64;
        }
        Ok(())
    }

    /// One session; when it ends.
    fn visit(&mut self, user: u64, from: i64, stays: &mut Vec<(Who, i64, i64)>) -> anyhow::Result<i64> {
        let dwell = match self.random.random_range(0..100_u32) {
            0..30 => self.waiting(9_000.0),
            30..80 => self.dwelling(150_000.0, 1.2),
            _ => self.dwelling(1_500_000.0, 0.9),
        };
        let to = (from + 1_000 + dwell as i64).min(LENGTH_MS - 1);
        let who = Who { user, session: self.random.next_u64() >> 24 };
        let source = SOURCES.get(self.random.random_range(0..SOURCES.len())).copied().unwrap_or("other");
        self.add(from, "join", who, format_args!(",\"source\":\"{source}\""))?;
        let mut beat = from + HEARTBEAT_MS;
        while beat < to {
            self.add(beat, "heartbeat", who, format_args!(""))?;
            beat += HEARTBEAT_MS;
        }
        if to < LENGTH_MS - 1 && !self.chance(0.04) {
            self.add(to, "leave", who, format_args!(""))?;
        }
        let minutes = (to - from) as f64 / 60_000.0;
        for (kind, rate) in [("comment", 0.03), ("share", 0.001_5), ("follow", 0.002), ("gift", 0.002_5)] {
            for _ in 0..self.how_many(minutes * rate) {
                let at = self.between(from, to);
                let text = TEXTS.get(self.random.random_range(0..TEXTS.len())).copied().unwrap_or_default();
                match kind {
                    "comment" => self.add(at, kind, who, format_args!(",\"text\":\"{text}\""))?,
                    "gift" => self.add(at, kind, who, format_args!(",\"count\":3"))?,
                    _ => self.add(at, kind, who, format_args!(""))?,
                }
            }
        }
        self.look_and_buy(who, from, to)?;
        stays.push((who, from, to));
        Ok(to)
    }

    fn look_and_buy(&mut self, who: Who, from: i64, to: i64) -> anyhow::Result<()> {
        for slot in from / SLOT_MS..=to / SLOT_MS {
            let (begin, end) = ((slot * SLOT_MS).max(from), ((slot + 1) * SLOT_MS).min(to));
            if end - begin < 3_000 || !self.chance(0.35) {
                continue;
            }
            let product = 3_600_000_000_000_000_000 + slot as u64 * 1_299_709;
            let seen = self.between(begin, end);
            self.add(seen, "product_view", who, format_args!(",\"product\":\"{product}\""))?;
            if !self.chance(0.08) {
                continue;
            }
            let clicked = (seen + self.random.random_range(1_000..20_000)).min(LENGTH_MS - 1);
            self.add(clicked, "product_click", who, format_args!(",\"product\":\"{product}\""))?;
            if self.chance(0.2) {
                let amount = 1_900 + (slot * 7_919 % 300) * 100;
                self.order += 1;
                let order = 6_900_000_000_000_000_000 + self.order * 65_537;
                let body =
                    format_args!(",\"product\":\"{product}\",\"order\":\"{order}\",\"amount\":{amount}");
                let mut at = clicked;
                for (kind, chance) in [("order_created", 1.0), ("order_paid", 0.86), ("order_refunded", 0.05)]
                {
                    at += self.random.random_range(2_000..60_000);
                    if at >= LENGTH_MS || !self.chance(chance) {
                        break;
                    }
                    self.add(at, kind, who, body)?;
                    if self.chance(0.01) {
                        self.add(at, kind, who, body)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, at: i64, kind: &str, who: Who, body: std::fmt::Arguments) -> anyhow::Result<()> {
        let mut delay = 20 + self.waiting(250.0) as i64;
        if self.chance(0.005) {
            delay = self.random.random_range(5_000..600_000);
        }
        let (id, at) = (self.random.next_u64() >> 1, START + at);
        let Who { user, session } = who;
        let text = |received: i64| {
            format!(
                "{{\"id\":\"{id}\",\"at\":{at},\"received\":{received},\"type\":\"{kind}\",\"user\":\"{user}\",\"session\":{session}{body}}}\n"
            )
        };
        let received = at + delay;
        let again = self.chance(0.003).then(|| received + self.random.random_range(200..90_000));
        self.lines.extend(
            [Some(received), again]
                .into_iter()
                .flatten()
                .map(|received| Line { received, text: text(received) }),
        );
        Ok(())
    }

    /// Exponential, with this mean.
    fn waiting(&mut self, mean: f64) -> f64 {
        self.random.sample::<f64, _>(Exp1) * mean
    }

    /// Lognormal, with this median and this deviation of the logarithm.
    fn dwelling(&mut self, median: f64, deviation: f64) -> f64 {
        median * (self.random.sample::<f64, _>(StandardNormal) * deviation).exp()
    }

    fn chance(&mut self, part: f64) -> bool {
        self.random.random_bool(part)
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        if to > from { self.random.random_range(from..to) } else { from }
    }

    /// A whole number with this mean.
    fn how_many(&mut self, mean: f64) -> u32 {
        let whole = mean.floor();
        whole as u32 + u32::from(self.chance((mean - whole).clamp(0.0, 1.0)))
    }
}
