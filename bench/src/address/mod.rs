//! A shipping line taken apart: how well and how fast by Livehand and by four others, on the same labelled lines, judged by
//! the same rules.

mod judge;
mod labelled;
mod ours;
mod peers;
mod reading;

use std::path::{Path, PathBuf};

use anyhow::ensure;

use self::judge::{Judged, Share, judge};
use self::labelled::Case;
use self::peers::Peer;
use self::reading::Took;

/// The lines that have not been looked at.
const UNSEEN: &str = "lines-unseen.jsonl";

#[derive(clap::Args)]
pub struct Arguments {
    /// Files of labelled lines, one JSON object a line; those of the tests if none is given.
    files: Vec<PathBuf>,
    /// A Python that has what `bench/peers/address-requirements.txt` names; without it those parsers are missing.
    #[arg(long)]
    python: Option<PathBuf>,
    /// The folder in which npm installed what `bench/peers/address-npm` names; without it those parsers are missing.
    #[arg(long)]
    npm: Option<PathBuf>,
}

/// Reads every file with every parser and prints a table for each file.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let files = if arguments.files.is_empty() { labelled::of_the_tests()? } else { arguments.files.clone() };
    ensure!(!files.is_empty(), "there are no labelled lines");
    println!("Every line is synthetic: nobody in it exists. One thread each; {}", rules());
    for file in &files {
        table(file, arguments)?;
    }
    Ok(())
}

fn rules() -> &'static str {
    "a line counts as asked about if the parser says that it is not sure, or finds no province."
}

fn table(file: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let cases = labelled::read(file)?;
    ensure!(!cases.is_empty(), "{} has no lines", file.display());
    let human = cases.iter().filter(|case| case.needs_human()).count();
    println!(
        "\n{}: {} lines, {human} of them only a person can settle; {}\n",
        file.file_name().unwrap_or(file.as_os_str()).display(),
        cases.len(),
        if file.ends_with(UNSEEN) {
            "nobody looked at them while Livehand's parser was made"
        } else {
            "they were looked at while Livehand's parser was made"
        }
    );
    println!(
        "| parser | P+C+K | name | phone | whole line | silent errors | needs a person, found | others asked about | lines / CPU-s | p50 µs | p99 µs |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    row(&cases, &ours::read(&cases)?)?;
    for peer in Peer::ALL {
        match peer.read(&cases, arguments.python.as_deref(), arguments.npm.as_deref())? {
            Some(took) => row(&cases, &took)?,
            None => println!("| {} | not installed | | | | | | | | | |", peer.name()),
        }
    }
    Ok(())
}

fn row(cases: &[Case], took: &Took) -> anyhow::Result<()> {
    ensure!(took.readings.len() == cases.len(), "{} left lines out", took.figures.engine);
    let Judged { divisions, name, phone, whole, silent, found, asked } = judge(cases, took);
    let figures = &took.figures;
    println!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {:.0} | {:.0} | {:.0} |",
        figures.engine,
        shown(divisions),
        figures.gives_name.then_some(name).map_or_else(nothing, shown),
        figures.gives_phone.then_some(phone).map_or_else(nothing, shown),
        (figures.gives_name && figures.gives_phone).then_some(whole).map_or_else(nothing, shown),
        shown(silent),
        shown(found),
        shown(asked),
        figures.lines_per_s,
        figures.p50_us,
        figures.p99_us,
    );
    Ok(())
}

fn nothing() -> String {
    "–".to_owned()
}

fn shown(share: Share) -> String {
    match share.of {
        0 => nothing(),
        of => format!("{:.1} %", 100.0 * share.part as f64 / of as f64),
    }
}
