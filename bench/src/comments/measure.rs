//! One engine in a process of its own, so that its memory can be told from that of the others.

use std::time::Duration;

use anyhow::ensure;
use serde::{Deserialize, Serialize};

use super::engines::{Engine, Finder, Texts};
use super::entries::{Case, Entry};
use crate::cost::{quantile, resident, stopwatch};

/// What one process found out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    pub engine: Engine,
    pub texts: Texts,
    pub judged: Judged,
    /// Comments a second, of each round.
    pub rates: Vec<f64>,
    /// 99 of 100 comments took no longer than this, over all rounds.
    pub p99_us: f64,
    /// Bytes of the index or the model, if it can be said.
    pub bytes: Option<u64>,
    /// By how much the process grew from before the index was made until after the last round.
    pub memory: u64,
}

/// How many of the comments that have an answer were right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    pub answerable: usize,
    pub first: usize,
    pub three: usize,
    /// Of one divided by the rank of the first right entry.
    pub sum_of_reciprocals: f64,
    /// Comments that share no pair of characters with question or answer.
    pub hard: usize,
    pub hard_first: usize,
}

/// Measures an engine.
pub fn measure(
    engine: Engine,
    texts: Texts,
    entries: &[Entry],
    cases: &[Case],
    rounds: u32,
) -> anyhow::Result<Measured> {
    ensure!(!cases.is_empty() && !entries.is_empty(), "there is nothing to measure");
    let before = resident()?;
    let mut finder = engine.open(entries, texts)?;
    // Judging is the warm-up.
    let judged = judge(finder.as_mut(), entries, cases)?;
    let mut times = Vec::with_capacity(cases.len() * rounds as usize);
    let mut rates = Vec::new();
    for _ in 0..rounds {
        let whole = stopwatch();
        for case in cases {
            let watch = stopwatch();
            std::hint::black_box(finder.find(&case.text, case.room.as_deref())?);
            times.push(watch.elapsed());
        }
        rates.push(cases.len() as f64 / whole.elapsed().max(Duration::from_nanos(1)).as_secs_f64());
    }
    let memory = resident()?.saturating_sub(before);
    times.sort_unstable();
    let p99_us = quantile(&times, 0.99).as_secs_f64() * 1e6;
    Ok(Measured { engine, texts, judged, rates, p99_us, bytes: finder.bytes()?, memory })
}

fn judge(finder: &mut dyn Finder, entries: &[Entry], cases: &[Case]) -> anyhow::Result<Judged> {
    let mut judged = Judged::default();
    for case in cases {
        let found = finder.find(&case.text, case.room.as_deref())?;
        if case.faq.is_none() {
            continue;
        }
        let ids = found.iter().filter_map(|place| entries.get(*place)).map(|entry| entry.id.as_str());
        let rank = case.rank(ids);
        let is_hard = case.tier.as_deref() == Some("C");
        judged.answerable += 1;
        judged.first += usize::from(rank == Some(1));
        judged.three += usize::from(rank.is_some());
        judged.sum_of_reciprocals += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        judged.hard += usize::from(is_hard);
        judged.hard_first += usize::from(is_hard && rank == Some(1));
    }
    Ok(judged)
}

/// Figures of several processes of one engine.
pub struct Summary {
    pub first: Measured,
    pub rate: f64,
    pub p99_us: f64,
    pub memory: u64,
}

impl Summary {
    /// The medians; what was found must be the same each time.
    pub fn of(runs: Vec<Measured>) -> anyhow::Result<Self> {
        let Some(first) = runs.first().cloned() else { anyhow::bail!("nothing ran") };
        for run in &runs {
            ensure!(run.judged == first.judged, "{} does not find the same again", first.engine.name());
        }
        let rate = median(runs.iter().flat_map(|run| run.rates.iter().copied()).collect());
        let p99_us = median(runs.iter().map(|run| run.p99_us).collect());
        let memory = median(runs.iter().map(|run| run.memory as f64).collect()) as u64;
        Ok(Self { first, rate, p99_us, memory })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
