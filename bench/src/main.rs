//! Benchmarks: of the fold, and of what else is worth measuring. Each prints what it did and what it took; those that compare print both sides.

mod comments;
mod cost;
mod crowd;
mod log;
mod offers;
mod peers;
mod reservations;
mod room;
mod stages;
mod wording;
mod workload;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// As in the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Benchmarks of the fold of the metrics and of the parts beside it.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Write a made-up show as NDJSON: the same file every time for the same arguments.
    Workload(workload::Arguments),
    /// Fold a file, and measure reading, folding and writing the table apart.
    Stages {
        /// Livehand NDJSON.
        file: PathBuf,
    },
    /// Fold a file and print what it took as one line of JSON, as the other engines do.
    Table {
        /// Livehand NDJSON.
        file: PathBuf,
    },
    /// Fold a file here and with other engines, and print a table of both.
    Peers(peers::Arguments),
    /// Fold the beginning of a file into a whole room, and ask for the room now and then.
    Room(room::Arguments),
    /// Write a file as a show's log, and fold it from there.
    Log(log::Arguments),
    /// Check the wording of a long script.
    Wording,
    /// Fold what a crowd does of which everybody is online at once, under ids that nothing can guess.
    Crowd(crowd::Arguments),
    /// Find the worst price of thirty promotions on five products, and compare small baskets with brute force.
    Offers(offers::Arguments),
    /// Reserve stock as fast as it becomes durable, here and with a row in PostgreSQL and a script in Redis.
    Reservations(reservations::Arguments),
    /// Find the FAQ answers of labelled comments here and with search engines, and print tables of both.
    Comments(comments::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().bench {
        Bench::Workload(arguments) => workload::run(&arguments),
        Bench::Stages { file } => stages::run(&file),
        Bench::Table { file } => peers::table(&file),
        Bench::Peers(arguments) => peers::run(&arguments),
        Bench::Room(arguments) => room::run(&arguments),
        Bench::Log(arguments) => log::run(&arguments),
        Bench::Crowd(arguments) => crowd::run(&arguments),
        Bench::Offers(arguments) => offers::run(&arguments),
        Bench::Reservations(arguments) => reservations::run(&arguments),
        Bench::Comments(arguments) => comments::run(&arguments),
        Bench::Wording => wording::run(),
    }
}
