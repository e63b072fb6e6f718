//! Drains a server's stock while it is killed, and says what came of it: part of `make soak`.

use clap::Parser;
use livehand_tests::drain::{Plan, drain};

/// Sell 20,000 units to 22,000 buyers while the server is killed ten times.
#[derive(Parser)]
struct Cli {
    /// Units in all.
    #[arg(long, default_value_t = 20_000)]
    units: usize,
    /// Buyers.
    #[arg(long, default_value_t = 22_000)]
    buyers: usize,
    /// How often the server is killed.
    #[arg(long, default_value_t = 10)]
    kills: usize,
    /// Buyers at the same time.
    #[arg(long, default_value_t = 64)]
    at_once: usize,
    /// The same seed gives the same buyers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Cli { units, buyers, kills, at_once, seed } = Cli::parse();
    let plan = Plan { units, buyers, kills, at_once, seed };
    let report = drain(plan, |kill| eprint!("\rkill {kill} ")).await?;
    println!("\n{report}");
    Ok(())
}
