//! The fold beside other engines: the same file, the same table, one after the other in one run. An engine whose digest is
//! another computed something else and gets no figure.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use livehand_live::Event;
use livehand_live::table::TableFold;
use serde::Deserialize;
use serde_json::json;

use crate::cost::{peak, processor, stopwatch};
use crate::stages::over;

const SCRIPTS: [&str; 3] = ["duckdb_table.py", "polars_table.py", "chdb_table.py"];

/// What an engine says of one run.
#[derive(Clone, Debug, Deserialize)]
struct Figures {
    engine: String,
    events: f64,
    wall_s: f64,
    cpu_s: f64,
    peak_mb: f64,
    snapshot_ms: f64,
    digest: String,
}

#[derive(Args)]
pub struct Arguments {
    /// Livehand NDJSON.
    file: PathBuf,
    /// A Python that has what `bench/peers/requirements.txt` names.
    #[arg(long)]
    python: PathBuf,
    /// How often each engine runs; the run with the least processor time counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    runs: u32,
}

/// Folds a file and prints one line of JSON, as the peers do.
pub fn table(file: &Path) -> Result<()> {
    let (begun, watch) = (processor()?, stopwatch());
    let mut fold = TableFold::new("bench");
    over(file, |lines| {
        fold.take_lines(lines, |_, line| Event::parse_line(line).ok());
        Ok(())
    })?;
    let digest = fold.table(None, 60).digest()?;
    let (wall, took) = (watch.elapsed(), processor()?.saturating_sub(begun));
    let peak = peak()?;
    let watch = stopwatch();
    std::hint::black_box(fold.table(None, 60).canonical()?.len());
    let line = json!({
        "engine": concat!("Livehand ", env!("CARGO_PKG_VERSION")),
        "threads": 1,
        "events": fold.events(),
        "wall_s": wall.as_secs_f64(),
        "cpu_s": took.as_secs_f64(),
        "peak_mb": peak as f64 / 1e6,
        "snapshot_ms": watch.elapsed().as_secs_f64() * 1e3,
        "digest": digest,
    });
    println!("{line}");
    Ok(())
}

/// Runs all of them and prints a table.
pub fn run(arguments: &Arguments) -> Result<()> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    // Nobody pays for the disk.
    over(&arguments.file, |_| Ok(()))?;
    let ours = || {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("table").arg(&arguments.file);
        Ok(command)
    };
    let own = best(arguments.runs, ours)?;
    let mut results = vec![own.clone()];
    for script in SCRIPTS {
        let peer = || {
            let mut command = Command::new(&arguments.python);
            command.arg(scripts.join(script)).arg(&arguments.file).args(["--threads", "1"]);
            Ok(command)
        };
        results.push(best(arguments.runs, peer).with_context(|| script.to_owned())?);
    }
    println!("| engine | events / CPU-s | ratio | CPU s | wall s | peak MB | whole table again | digest |");
    println!("|---|---|---|---|---|---|---|---|");
    for it in &results {
        if it.digest != own.digest {
            println!("| {} | no result | | | | | | {} instead of {} |", it.engine, it.digest, own.digest);
            continue;
        }
        let rate = it.events / it.cpu_s;
        println!(
            "| {} | {:.2} M | {:.2} | {:.2} | {:.2} | {:.0} | {:.2} ms | {} |",
            it.engine,
            rate / 1e6,
            own.events / own.cpu_s / rate,
            it.cpu_s,
            it.wall_s,
            it.peak_mb,
            it.snapshot_ms,
            it.digest,
        );
    }
    let different = results.iter().filter(|it| it.digest != own.digest).count();
    ensure!(different == 0, "{different} engines computed another table");
    Ok(())
}

/// What the run with the least processor time said.
fn best(runs: u32, mut command: impl FnMut() -> Result<Command>) -> Result<Figures> {
    let mut best: Option<Figures> = None;
    for _ in 0..runs {
        let output = command()?.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let figures: Figures = serde_json::from_slice(&output.stdout).context("no line of JSON")?;
        if best.as_ref().is_none_or(|best| figures.cpu_s < best.cpu_s) {
            best = Some(figures);
        }
    }
    best.context("nothing ran")
}
