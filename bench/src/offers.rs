//! The worst price of what can be combined: how long it takes for thirty promotions on five products, and whether it is the
//! same as looking at everything where that can be looked at.

#[path = "../../crates/trade/tests/offers/brute.rs"]
mod brute;
#[path = "../../crates/trade/tests/offers/made_up.rs"]
mod made_up;

use std::time::Duration;

use anyhow::{Context, bail};
use livehand_trade::offers::{simulate, verify};

use self::made_up::{MOMENT, Size, made_up};
use crate::cost::{quantile, stopwatch};

#[derive(clap::Args)]
pub struct Arguments {
    /// Large baskets that are measured.
    #[arg(long, default_value_t = 50)]
    instances: u64,
    /// Small ones that are compared with looking at everything.
    #[arg(long, default_value_t = 300)]
    compared: u64,
    /// Most units of one product in a basket.
    #[arg(long, default_value_t = 5)]
    quantity_max: u64,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    compare(arguments.compared)?;
    let size = Size { lines: 5, promotions: 30, quantity_max: arguments.quantity_max, wild: false };
    let (mut took, mut checked, mut given_up) = (Vec::new(), Vec::new(), 0);
    let (mut branches, mut orders) = (0, 0);
    for seed in 0..arguments.instances {
        let case = made_up(seed, size);
        let watch = stopwatch();
        let found = simulate(&case.lines, case.shipping, &case.promotions, MOMENT);
        took.push(watch.elapsed());
        let Ok(found) = found else {
            given_up += 1;
            continue;
        };
        let watch = stopwatch();
        verify(&case.lines, case.shipping, &case.promotions, MOMENT, &found.certificate)
            .with_context(|| format!("the certificate of instance {seed}"))?;
        checked.push(watch.elapsed());
        let closed = found.certificate.closed();
        branches += closed.by_bound + closed.unreachable + closed.searched;
        orders += closed.orders;
    }
    took.sort_unstable();
    checked.sort_unstable();
    let within = took.iter().filter(|it| **it <= Duration::from_millis(100)).count();
    println!(
        "{} baskets of 5 products with 30 promotions, up to {} units each:",
        took.len(),
        arguments.quantity_max
    );
    println!("{:>12}: {}", "found", told(&took));
    println!("{:>12}: {}", "proof again", told(&checked));
    println!("{:>12}: {within} of {}; {given_up} given up", "≤ 100 ms", took.len());
    println!("{:>12}: {branches} closed, {orders} orders computed to the fen", "branches");
    Ok(())
}

fn told(sorted: &[Duration]) -> String {
    let ms = |part: f64| quantile(sorted, part).as_secs_f64() * 1e3;
    format!("median {:.1} ms, p90 {:.1} ms, at most {:.1} ms", ms(0.5), ms(0.9), ms(1.0))
}

fn compare(cases: u64) -> anyhow::Result<()> {
    let (mut figures, mut orders) = (0, 0);
    for seed in 0..cases {
        let wild = seed % 2 == 1;
        let case = made_up(seed, Size { lines: 1 + seed % 3, promotions: seed % 9, quantity_max: 3, wild });
        let found = simulate(&case.lines, case.shipping, &case.promotions, MOMENT)?;
        let all = brute::lowest(&case);
        orders += all.orders;
        for ((price, line), (paid, units)) in found.prices.iter().zip(&case.lines).zip(&all.prices) {
            let own = price.line(&line.product, None).context("a line is missing")?;
            if own.payable_fen.0 * units != paid * own.quantity {
                bail!(
                    "seed {seed}: {} is {} for {}, by brute force {paid} for {units}",
                    line.product,
                    own.payable_fen,
                    own.quantity
                );
            }
            figures += 1;
        }
        let margin = found.margin.and_then(|case| case.margin_fen).context("no margin")?;
        if margin.0 != all.margin {
            bail!("seed {seed}: the margin is {margin}, by brute force {}", all.margin);
        }
        figures += 1;
    }
    println!("{cases} small baskets: {figures} figures equal those of brute force ({orders} orders)");
    Ok(())
}
