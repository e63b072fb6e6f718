//! Livehand's own parser, in this process.

use std::hint::black_box;
use std::time::Duration;

use livehand_address::{Parsed, Verdict, parse};

use super::labelled::Case;
use super::reading::{Figures, Reading, Took};
use crate::cost::{processor, quantile, rate, stopwatch};

/// All lines are read again and again for so long.
const AT_LEAST: Duration = Duration::from_secs(2);

pub fn read(cases: &[Case]) -> anyhow::Result<Took> {
    // This is the warm-up too.
    let readings = cases.iter().map(|case| Reading::from(parse(&case.text))).collect();
    let mut times = Vec::new();
    let (begun, watch) = (processor()?, stopwatch());
    while watch.elapsed() < AT_LEAST {
        for case in cases {
            let watch = stopwatch();
            black_box(parse(black_box(&case.text)));
            times.push(watch.elapsed());
        }
    }
    let lines_per_s = rate(times.len() as u64, processor()?.saturating_sub(begun));
    times.sort_unstable();
    let us = |share: f64| quantile(&times, share).as_secs_f64() * 1e6;
    Ok(Took {
        readings,
        figures: Figures {
            engine: concat!("Livehand ", env!("CARGO_PKG_VERSION")).to_owned(),
            gives_name: true,
            gives_phone: true,
            lines_per_s,
            p50_us: us(0.5),
            p99_us: us(0.99),
        },
    })
}

impl From<Parsed> for Reading {
    fn from(read: Parsed) -> Self {
        Self {
            unsure: read.verdict == Verdict::NeedsHuman,
            province: read.province,
            city: read.city,
            county: read.county,
            town: read.town,
            devzone: read.devzone,
            detail: read.detail,
            name: read.name,
            phone: read.phone,
        }
    }
}
