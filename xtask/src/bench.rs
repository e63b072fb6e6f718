//! `bench`: everything that is measured and decides nothing. Figures stand for the machine that they were taken on.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::postgres::Postgres;
use crate::setup::{self, Machine, Purpose};
use crate::{program, shell};

/// Where made-up shows and the peers' Python live.
const FOLDER: &str = "target/bench";

#[derive(Args)]
pub struct BenchArgs {
    /// Measure only these.
    parts: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The fold beside DuckDB, Polars and chDB.
    Peers,
    /// What reading, understanding, folding and writing the table cost.
    Stages,
    /// A show's log in its own format.
    Log,
    /// A whole room.
    Room,
    /// The wording of a script.
    Wording,
    /// A million viewers who are online at once.
    Crowd,
    /// The worst price of what can be combined.
    Offers,
    /// The FAQ answers of comments, beside search engines.
    Comments,
    /// Shipping lines taken apart, beside the parsers of PyPI and npm.
    Address,
    /// Reservations of stock that become durable, beside rows in PostgreSQL and a script in Redis.
    Reservations,
    /// Events a second that become durable through a server, beside a row in SQLite for each and NATS JetStream.
    Ingest,
    /// Ten thousand screens that follow one show.
    Sockets,
    /// A server with a simulated show and consoles.
    Load,
    /// A burst of 2,000 comments a second, until their cards are painted in a browser.
    Burst,
}

/// The task.
///
/// # Errors
/// A measurement cannot be built or fails.
pub fn bench(args: &BenchArgs) -> Result<()> {
    let wanted = |part: Part| args.parts.is_empty() || args.parts.contains(&part);
    let folder = shell::root().join(FOLDER);
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {FOLDER}"))?;
    let show = folder.join("show.ndjson");
    if [Part::Peers, Part::Stages, Part::Log, Part::Room].into_iter().any(wanted) && !show.exists() {
        fold(&["workload", &text(&show)?])?;
    }
    if wanted(Part::Peers) {
        let python = python(&folder.join("peers"), "requirements.txt")?;
        fold(&["peers", &text(&show)?, "--python", &text(&python)?])?;
    }
    for (part, name) in [(Part::Stages, "stages"), (Part::Log, "log"), (Part::Room, "room")] {
        if wanted(part) {
            fold(&[name, &text(&show)?])?;
        }
    }
    if wanted(Part::Wording) {
        fold(&["wording"])?;
    }
    if wanted(Part::Crowd) {
        fold(&["crowd"])?;
    }
    if wanted(Part::Offers) {
        fold(&["offers"])?;
    }
    if wanted(Part::Comments) {
        fold(&["comments"])?;
    }
    if wanted(Part::Address) {
        address(&folder)?;
    }
    if wanted(Part::Reservations) {
        setup::prepare(Purpose::Bench)?;
        let redis = Machine::this().program("redis-server").context("there is no redis-server")?;
        let server = Postgres::start_durable()?;
        fold(&["reservations", "--postgres", &server.url(), "--redis", &text(&redis)?])?;
    }
    for (part, name) in [(Part::Ingest, "ingest"), (Part::Sockets, "sockets"), (Part::Load, "load")] {
        if wanted(part) {
            let run = ["run", "--release", "--package", "livehand-tests", "--bin", name];
            shell::run(&mut shell::cargo(run))?;
        }
        if wanted(part) && part == Part::Ingest {
            durable_peers(&python(&folder.join("peers"), "requirements.txt")?)?;
        }
    }
    if wanted(Part::Burst) {
        program::in_browser("burst-bench.mjs", &[])?;
    }
    Ok(())
}

/// The scripts of the peers that make events durable, with what each is told.
const DURABLE_PEERS: &[(&str, &[&str])] = &[
    ("durable_sqlite.py", &[]),
    ("durable_jetstream.py", &["single"]),
    ("durable_jetstream.py", &["atomic"]),
    ("durable_jetstream.py", &["packed"]),
];
/// How such a script says that its engine is not installed.
const NOT_INSTALLED: i32 = 3;

fn durable_peers(python: &Path) -> Result<()> {
    let scripts = shell::root().join("bench/peers");
    for (script, arguments) in DURABLE_PEERS {
        let mut command = shell::command(&text(python)?);
        let status = command.arg(scripts.join(script)).args(*arguments).status()?;
        match status.code() {
            Some(0) => {}
            Some(NOT_INSTALLED) => println!("{script} has no figure: its engine is not installed"),
            _ => bail!("{script} failed ({status})"),
        }
    }
    Ok(())
}

fn fold(arguments: &[&str]) -> Result<()> {
    let mut command = shell::cargo(["run", "--release", "--package", "livehand-bench", "--"]);
    command.args(arguments);
    shell::run(&mut command)
}

/// The parsers of shipping lines. Those that cannot be installed are said to be missing.
fn address(folder: &Path) -> Result<()> {
    let python = python(&folder.join("address-peers"), "address-requirements.txt");
    let npm = packages(&folder.join("address-npm"), "address-npm");
    let mut arguments = vec!["address".to_owned()];
    for (option, installed) in [("--python", python), ("--npm", npm)] {
        match installed {
            Ok(path) => arguments.extend([option.to_owned(), text(&path)?]),
            Err(error) => println!("no {option}: {error:#}"),
        }
    }
    fold(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A Python with what a file of bench/peers names, made once for each list.
fn python(venv: &Path, requirements: &str) -> Result<PathBuf> {
    let python = venv.join("bin/python");
    let done = venv.join("installed");
    let requirements = shell::root().join("bench/peers").join(requirements);
    let wanted =
        std::fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    if std::fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if shell::run(shell::command("python3").args(["-m", "venv"]).arg(venv)).is_err() {
        bail!("the peers need python3 with its venv module (Debian: python3-venv)");
    }
    let mut install = shell::command(&text(&python)?);
    install.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements);
    shell::run(&mut install)?;
    std::fs::write(done, wanted)?;
    Ok(python)
}

/// The packages of npm that a folder of bench/peers locks, installed once for each lock. None of their scripts runs.
fn packages(to: &Path, from: &str) -> Result<PathBuf> {
    const LOCK: &str = "package-lock.json";
    let from = shell::root().join("bench/peers").join(from);
    let done = to.join("installed");
    let wanted = std::fs::read(from.join(LOCK)).with_context(|| format!("cannot read {LOCK}"))?;
    if std::fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(to.to_owned());
    }
    std::fs::create_dir_all(to)?;
    for file in ["package.json", LOCK] {
        std::fs::copy(from.join(file), to.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    shell::run(shell::command("npm").args(["ci", "--silent", "--ignore-scripts", "--prefix"]).arg(to))?;
    std::fs::write(done, wanted)?;
    Ok(to.to_owned())
}

fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).context("the path of the workspace is no text")
}
