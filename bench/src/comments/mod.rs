//! The FAQ answer of a comment: how well and how fast it is found by Livehand and by search engines, on the same comments
//! and the same entries. The engines only rank, so only ranking is compared; Livehand's share of silence is measured by
//! `livehand comments eval`.

mod engines;
mod entries;
mod many;
mod measure;
mod okapi;
mod ours;
mod search_engine;
mod sqlite;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use livehand_language::pack;

use self::engines::{Engine, Texts};
use self::entries::Entry;
use self::measure::{Measured, Summary, measure};

#[derive(clap::Args)]
pub struct Arguments {
    /// Labelled comments, one JSON object a line.
    #[arg(long, default_value = "tests/data/comments-unseen.jsonl")]
    cases: PathBuf,
    /// Entries, one JSON object a line as `livehand comments eval` reads them; the labelled entries of the pack if not given.
    #[arg(long)]
    faq: Option<PathBuf>,
    /// Search all entries of the pack, also those that no comment is labelled with.
    #[arg(long, conflicts_with = "faq")]
    whole_pack: bool,
    /// Entries of the large library, which is made up.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    entries: u32,
    /// How often each engine is started, in turns with the others.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    passes: u32,
    /// Rounds of all comments each time, after a warm-up.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Measure only this one in this process, with the entries of `--faq` as they stand there, and print JSON.
    #[arg(long, hide = true, requires_all = ["texts", "faq"])]
    engine: Option<Engine>,
    /// What it reads.
    #[arg(long, hide = true)]
    texts: Option<Texts>,
}

/// Prints two tables, or is one of the processes that they are made from.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if let (Some(engine), Some(texts), Some(faq)) = (arguments.engine, arguments.texts, &arguments.faq) {
        let measured = measure(
            engine,
            texts,
            &entries::read(faq)?,
            &entries::read(&arguments.cases)?,
            arguments.rounds,
        )?;
        println!("{}", serde_json::to_string(&measured)?);
        return Ok(());
    }
    let pack = pack::built_in()?;
    let library = match &arguments.faq {
        Some(file) => entries::of_file(file, &pack)?,
        None => entries::of_pack(&pack, arguments.whole_pack),
    };
    let small = compare(arguments, &library)?;
    let large = compare(arguments, &many::made_up(&pack, arguments.entries as usize))?;
    print_found(arguments, library.len(), &small);
    print_large(arguments.entries, &large);
    Ok(())
}

/// Every engine with both kinds of texts, in turns, so that a slow moment of the machine does not meet only one.
fn compare(arguments: &Arguments, library: &[Entry]) -> anyhow::Result<Vec<Summary>> {
    let file = tempfile::NamedTempFile::new()?;
    entries::write(file.path(), library)?;
    let which =
        Engine::ALL.into_iter().flat_map(|engine| [(engine, Texts::Answers), (engine, Texts::Phrases)]);
    let mut runs: Vec<((Engine, Texts), Vec<Measured>)> = which.map(|which| (which, Vec::new())).collect();
    for _ in 0..arguments.passes {
        for ((engine, texts), runs) in &mut runs {
            runs.push(apart(*engine, *texts, file.path(), arguments)?);
        }
    }
    runs.into_iter().map(|(_, runs)| Summary::of(runs)).collect()
}

/// Measures an engine in a process of its own.
fn apart(engine: Engine, texts: Texts, library: &Path, arguments: &Arguments) -> anyhow::Result<Measured> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["comments", "--engine", &flag(engine)?, "--texts", &flag(texts)?]);
    command.args(["--rounds", &arguments.rounds.to_string(), "--cases"]).arg(&arguments.cases);
    let output = command.arg("--faq").arg(library).output()?;
    ensure!(output.status.success(), "{}: {}", engine.name(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("no line of JSON")
}

/// A value as the command line takes it.
fn flag(value: impl clap::ValueEnum) -> anyhow::Result<String> {
    Ok(value.to_possible_value().context("a value that cannot be given")?.get_name().to_owned())
}

fn print_found(arguments: &Arguments, entries: usize, rows: &[Summary]) {
    let (answerable, hard) =
        rows.first().map_or((0, 0), |row| (row.first.judged.answerable, row.first.judged.hard));
    println!(
        "{entries} entries, {answerable} comments of {} that have an answer, {hard} of them of tier C; one thread",
        arguments.cases.display()
    );
    println!("Only ranking is compared: the search engines never say that no entry answers.\n");
    println!(
        "| engine | reads | top-1 | top-3 | MRR@3 | C top-1 | comments/s | p99 µs | index or model | memory |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for row in rows {
        let judged = &row.first.judged;
        let of = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
        println!(
            "| {} | {} | {:.1} % | {:.1} % | {:.3} | {:.1} % | {} | {:.0} | {} | {} |",
            row.first.engine.name(),
            row.first.texts.name(),
            of(judged.first, answerable),
            of(judged.three, answerable),
            judged.sum_of_reciprocals / answerable.max(1) as f64,
            of(judged.hard_first, hard),
            thousands(row.rate),
            row.p99_us,
            row.first.bytes.map_or_else(|| "–".to_owned(), megabytes),
            megabytes(row.memory),
        );
    }
}

fn print_large(entries: u32, rows: &[Summary]) {
    println!("\n{entries} made-up (synthetic) entries, the same comments\n");
    println!("| engine | reads | comments/s | p99 µs | index or model | memory |");
    println!("|---|---|---|---|---|---|");
    for row in rows {
        println!(
            "| {} | {} | {} | {:.0} | {} | {} |",
            row.first.engine.name(),
            row.first.texts.name(),
            thousands(row.rate),
            row.p99_us,
            row.first.bytes.map_or_else(|| "–".to_owned(), megabytes),
            megabytes(row.memory),
        );
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// `12,345`
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}
