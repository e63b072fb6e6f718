//! Livehand (直播间助理): the control room for live commerce.

mod checkup;
mod cli;
mod client;
mod commands;
mod data_dir;
mod drafts;
mod edge;
mod erased;
mod exit;
mod keys;
mod node;
mod order_secrets;
mod secret_file;
mod settings;
mod sheets;
mod words;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    if matches!(cli.command, cli::Command::ReadSheet) {
        // Alone: what reads files of strangers has no threads, no log and no connections.
        return commands::read_sheet::run().into();
    }
    edge::start_logging(cli.log.as_deref());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("livehand: cannot start: {error}");
            return exit::FAILED.into();
        }
    };
    let result = runtime.block_on(commands::run(cli));
    // A blocking thread that still waits for input must not hold the process.
    runtime.shutdown_background();
    match result {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("livehand: {error:#}");
            exit::code_of(&error).into()
        }
    }
}
