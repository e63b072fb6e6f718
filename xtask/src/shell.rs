//! Running other programs from the root of the repository.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the repository.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A command that runs in the root of the repository.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// `cargo` with arguments.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = command("cargo");
    command.args(arguments);
    command
}

/// A script of web/package.json.
pub fn npm_run(script: &str) -> Command {
    let mut command = command("npm");
    command.args(["--prefix", "web", "run", "--silent", script]);
    command
}

/// Prints a command and runs it with this terminal.
///
/// # Errors
/// The program is missing, or does not end with success.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    println!("$ {shown}");
    let status = command.status().with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Prints a command, runs it and gives what it printed; its error output goes to this terminal.
///
/// # Errors
/// The program is missing, or does not end with success.
pub fn capture(command: &mut Command) -> Result<Vec<u8>> {
    let shown = show(command);
    println!("$ {shown}");
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        bail!("`{shown}` failed ({})", output.status);
    }
    Ok(output.stdout)
}

/// A command as one would type it.
pub fn show(command: &Command) -> String {
    let mut shown = Vec::new();
    for word in std::iter::once(command.get_program()).chain(command.get_args()) {
        let word = word.to_string_lossy();
        let plain = !word.is_empty() && !word.contains([' ', '\'', '"', '$', '*', '\n']);
        shown.push(if plain { word.into_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) });
    }
    shown.join(" ")
}

/// The directories of PATH.
pub fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_typed_again() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo it's", "plain"]);
        assert_eq!(show(&command), r"sh -c 'echo it'\''s' plain");
    }

    #[test]
    fn a_failing_command_is_named_in_the_error() {
        let error = run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err().to_string();
        assert!(error.contains("sh -c 'exit 7'") && error.contains('7'), "{error}");
    }
}
