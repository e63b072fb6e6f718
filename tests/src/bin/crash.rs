//! Kills and restarts the server under load and says what came of it: `make soak`.

use clap::Parser;
use livehand_tests::crash::{Plan, kill_and_restart};

/// Kill and restart the server while clients post to it.
#[derive(Parser)]
struct Cli {
    /// How often it is killed.
    #[arg(long, default_value_t = 100)]
    rounds: u32,
    /// The same seed gives the same events and the same moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Clients that post at the same time.
    #[arg(long, default_value_t = 4)]
    writers: u32,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Cli { rounds, seed, writers } = Cli::parse();
    let plan = Plan { rounds, seed, writers };
    let report = kill_and_restart(plan, |round| eprint!("\rround {round} of {rounds} ")).await?;
    println!("\n{report}");
    Ok(())
}
