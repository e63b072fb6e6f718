//! Development tasks. `cargo xtask --help` lists them; the Makefile gives the common ones short names.
//!
//! A task says each command that it runs, so that a failure can be repeated by hand.

mod bench;
mod codegen;
mod divisions;
mod guard;
mod needs_user;
mod postgres;
mod program;
mod setup;
mod shell;
mod steps;
mod suite;
mod tidy;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::needs_user::NeedsUser;

/// Development tasks of Livehand.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something must be installed by you; the command for it is printed."
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what this machine lacks (Debian packages, node_modules); quick when nothing is missing.
    Setup(setup::SetupArgs),
    /// Build the console into web/dist, if its sources changed.
    Web,
    /// Build and play a made-up show; arguments go to `livehand demo`.
    Demo(program::Passed),
    /// Run every test and check, or only the areas that you name; a table of the steps comes last.
    Test(suite::TestArgs),
    /// Run one command with a private PostgreSQL, such as: cargo xtask postgres cargo test -p livehand-storage
    Postgres(suite::PostgresArgs),
    /// Formatting, lints, types and the rules of the tree; no tests.
    Check(suite::CheckArgs),
    /// Format Rust and the console.
    Fmt,
    /// Write web/openapi.json and the console's types from the server's routes.
    Codegen(codegen::CodegenArgs),
    /// Write the table of divisions of crates/address from its packages and our tables; needs the package registries.
    Divisions(divisions::DivisionsArgs),
    /// Check the rules of the tree: dependencies, names, sizes, paths, links.
    Tidy,
    /// Run the server and the console's development server together; arguments go to `livehand serve`.
    Dev(program::Passed),
    /// Measure: the fold beside other engines, what its parts cost, durable events a second, a server under load.
    Bench(bench::BenchArgs),
    /// Kill and restart the server under load, 100 rounds unless told otherwise.
    Soak(program::SoakArgs),
    /// Build the program as it is shipped and print its path, size and SHA-256.
    Release,
    /// Keep a server only as long as the task that started it.
    #[command(hide = true)]
    Guard(guard::GuardArgs),
    /// The second half of `dev`, which outlives Ctrl-C to stop both servers.
    #[command(hide = true)]
    DevServers(program::DevServersArgs),
}

fn main() -> ExitCode {
    let Err(error) = perform(Cli::parse().task) else { return ExitCode::SUCCESS };
    eprintln!("\nerror: {error:#}");
    if error.is::<NeedsUser>() { ExitCode::from(needs_user::EXIT_CODE) } else { ExitCode::FAILURE }
}

fn perform(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Setup(args) => setup::setup(&args),
        Task::Web => web::build_if_stale(),
        Task::Demo(passed) => program::demo(&passed),
        Task::Test(args) => suite::test(&args),
        Task::Postgres(args) => suite::with_postgres(&args),
        Task::Check(args) => suite::check(&args),
        Task::Fmt => suite::fmt(),
        Task::Codegen(args) => codegen::codegen(&args),
        Task::Divisions(args) => divisions::divisions(&args),
        Task::Tidy => tidy::tidy(),
        Task::Dev(passed) => program::dev(&passed),
        Task::Bench(args) => bench::bench(&args),
        Task::Soak(args) => program::soak(&args),
        Task::Release => program::release(),
        Task::Guard(args) => guard::guard(&args),
        Task::DevServers(args) => program::dev_servers(&args),
    }
}
