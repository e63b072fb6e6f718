//! A made-up show.

use clap::Args;

#[derive(Args)]
pub struct Arguments {
    /// Viewers.
    #[arg(long, default_value_t = 200_000)]
    viewers: u32,
}

pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    Ok(())
}
