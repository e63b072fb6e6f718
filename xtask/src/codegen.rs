//! The contract between server and console: the server's routes give web/openapi.json, which gives the console's types.

use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{shell, web};

const CONTRACT: &str = "web/openapi.json";
const TYPES: &str = "web/src/api/schema.d.ts";

#[derive(Args)]
pub struct CodegenArgs {
    /// Change nothing; fail if a generated file is not what the routes give.
    #[arg(long)]
    check: bool,
}

/// The task.
///
/// # Errors
/// The server cannot be built, or with `--check` a file is stale.
pub fn codegen(args: &CodegenArgs) -> Result<()> {
    web::install_if_stale()?;
    if args.check { check() } else { generate() }
}

fn generate() -> Result<()> {
    let contract = contract()?;
    let path = shell::root().join(CONTRACT);
    // An untouched file keeps its time, so that the console is not built again for nothing.
    if read(&path)?.as_deref() != Some(&contract) {
        std::fs::write(&path, contract).with_context(|| format!("cannot write {CONTRACT}"))?;
        println!("codegen: wrote {CONTRACT}");
    }
    let types = shell::root().join(TYPES);
    let before = read(&types)?;
    shell::run(&mut shell::npm_run("codegen"))?;
    println!("codegen: {TYPES} {}", if read(&types)? == before { "is unchanged" } else { "was written" });
    Ok(())
}

/// Compares without leaving a change.
///
/// # Errors
/// A file is stale, or the server cannot be built.
pub fn check() -> Result<()> {
    if read(&shell::root().join(CONTRACT))?.as_deref() != Some(&contract()?) {
        bail!("{CONTRACT} is not what the server's routes give; run: cargo xtask codegen");
    }
    let types = shell::root().join(TYPES);
    let before = read(&types)?;
    // The script writes in place; running it, rather than its parts, keeps one definition of how the types are made.
    shell::run(&mut shell::npm_run("codegen"))?;
    if read(&types)? == before {
        println!("codegen: {CONTRACT} and {TYPES} are up to date");
        return Ok(());
    }
    match before {
        Some(before) => std::fs::write(&types, before)?,
        None => std::fs::remove_file(&types)?,
    }
    bail!("{TYPES} is not what {CONTRACT} gives; run: cargo xtask codegen")
}

fn contract() -> Result<Vec<u8>> {
    shell::capture(&mut shell::cargo(["run", "--quiet", "--package", "livehand", "--", "openapi"]))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
