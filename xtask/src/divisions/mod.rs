//! The table of divisions that `crates/address` has inside: made from two packages of fixed versions and from our own
//! tables of what changed since.
//!
//! The packages are fetched into a temporary directory and nothing of them stays. The same versions and tables give the
//! same bytes.

mod assemble;
mod changes;
mod former;
mod history;
mod packages;
mod placing;
mod text;
mod towns;
mod zones;

use std::io::{Read as _, Write as _};

use anyhow::{Context, Result, bail};
use clap::Args;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::shell;

const FILE: &str = "crates/address/data/divisions.bin";
/// The whole program may have two megabytes of data; this is most of it.
const BYTES_MAX: usize = 1_500_000;

#[derive(Args)]
pub struct DivisionsArgs {
    /// Change nothing; fail if the file is not what the packages and our tables give.
    #[arg(long)]
    check: bool,
}

/// The task.
///
/// # Errors
/// A package cannot be fetched, is another one than before, or contradicts our tables; or with `--check` the file is
/// stale.
pub fn divisions(args: &DivisionsArgs) -> Result<()> {
    let packages = packages::fetch()?;
    let changes = changes::read()?;
    let table = assemble::assemble(&packages, &changes)?;
    let text = text::render(&table);
    if args.check {
        return check(&text);
    }
    let bytes = deflate(&text)?;
    if bytes.len() > BYTES_MAX {
        bail!("{FILE} would have {} bytes, more than {BYTES_MAX}", bytes.len());
    }
    std::fs::write(shell::root().join(FILE), &bytes).with_context(|| format!("cannot write {FILE}"))?;
    println!("divisions: wrote {FILE}, {} bytes, {} inflated", bytes.len(), text.len());
    Ok(())
}

fn check(text: &str) -> Result<()> {
    let bytes = std::fs::read(shell::root().join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    let mut before = String::new();
    GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut before)
        .with_context(|| format!("cannot inflate {FILE}"))?;
    if before != text {
        bail!("{FILE} is not what the packages and our tables give; run: cargo xtask divisions");
    }
    println!("divisions: {FILE} is up to date");
    Ok(())
}

fn deflate(text: &str) -> Result<Vec<u8>> {
    // The header bears no time and no name, so that the bytes depend on the text alone.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?)
}
