//! A shop's year of orders and tickets through the API, and what came of it: part of `make soak`.

use clap::Parser;
use livehand_tests::year::{Plan, year};

/// Take a year's orders from webhooks and exports, and check that each is there once and was paid once.
#[derive(Parser)]
struct Cli {
    /// Orders.
    #[arg(long, default_value_t = 150_000)]
    orders: usize,
    /// After-sale tickets.
    #[arg(long, default_value_t = 3_200)]
    tickets: usize,
    /// How many of a hundred orders come by webhooks; the others stand in the exports of the nights.
    #[arg(long, default_value_t = 50)]
    live_percent: u32,
    /// Deliveries at the same time.
    #[arg(long, default_value_t = 16)]
    at_once: usize,
    /// The same seed gives the same year.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Cli { orders, tickets, live_percent, at_once, seed } = Cli::parse();
    let plan = Plan { orders, tickets, live_percent, at_once, seed };
    let report = year(plan, |day| eprint!("\rday {day} ")).await?;
    println!("\n{report}");
    Ok(())
}
