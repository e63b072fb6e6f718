//! Building and running the program: `demo`, `dev`, `bench`, `soak`, `release`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;
use clap::Args;

use crate::guard::Guarded;
use crate::setup::{self, Machine, Purpose};
use crate::{shell, suite, web};

/// Which program the scripts that drive a browser start.
const BINARY_VARIABLE: &str = "LIVEHAND_BINARY";

/// How often `dev` looks whether one of its servers has ended.
const LOOK_MS: u64 = 100;

/// Arguments that go to the program that the task runs.
#[derive(Args)]
pub struct Passed {
    /// Passed on.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

#[derive(Args)]
pub struct SoakArgs {
    /// How many times the server is killed and restarted.
    #[arg(long, default_value_t = 100)]
    rounds: u32,
    /// Instead of that: a whole simulated show of 12,000 messages, in which one assistant answers at a keyboard.
    #[arg(long)]
    assistant: bool,
    /// Instead of that: 22,000 buyers drain 20,000 units while the server is killed ten times.
    #[arg(long)]
    drain: bool,
    /// Instead of that: a year of 150,000 orders, from webhooks and exports, and 3,200 tickets, each of which must be there
    /// once.
    #[arg(long)]
    year: bool,
    /// How long that show takes, in minutes: the fewer, the more crowded.
    #[arg(long, default_value_t = 120)]
    minutes: u32,
    /// Answers of the library that were right so often when that was measured go out by themselves in it, in
    /// thousandths; 0: none.
    #[arg(long, default_value_t = 0)]
    automatic: u32,
    #[command(flatten)]
    passed: Passed,
}

#[derive(Args)]
pub struct DevServersArgs {
    program: PathBuf,
    #[command(flatten)]
    passed: Passed,
}

/// Plays a made-up show.
///
/// # Errors
/// The machine, the console or the program is not ready.
pub fn demo(passed: &Passed) -> Result<()> {
    setup::prepare(Purpose::Demo)?;
    web::build_if_stale()?;
    // The plain build: it is ready in a fraction of the time of the release build, which optimises across all crates, and
    // carries the demo's audience with ease.
    let program = build("debug")?;
    let mut command = shell::command(program);
    command.arg("demo").args(&passed.arguments);
    become_program(command)
}

/// Runs server and console with reload.
///
/// # Errors
/// The machine or the program is not ready.
pub fn dev(passed: &Passed) -> Result<()> {
    setup::prepare(Purpose::Demo)?;
    web::install_if_stale()?;
    let program = build("debug")?;
    // The second half starts with Ctrl-C ignored, so that it can wait for both servers, which do hear it.
    let myself = std::env::current_exe().context("cannot find this program")?;
    let mut command = shell::command("sh");
    command.args(["-c", "trap '' INT; exec \"$@\"", "dev"]).arg(myself).arg("dev-servers").arg(program);
    command.args(&passed.arguments);
    Err(command.exec()).context("cannot start sh")
}

/// The second half of [`dev`].
///
/// # Errors
/// A server cannot be started, or one ended with a failure.
pub fn dev_servers(args: &DevServersArgs) -> Result<()> {
    let mut serve = shell::command(&args.program);
    serve.arg("serve").args(&args.passed.arguments);
    // Vite would otherwise wipe the sign-in link that the server prints off the screen.
    let mut vite = Command::new("node_modules/.bin/vite");
    vite.args(["--clearScreen", "false"]).current_dir(web::directory());
    println!("$ {} & (cd web && {})", shell::show(&serve), shell::show(&vite));
    let mut console = Guarded::start(&vite)?;
    let mut server = serve.spawn().context("cannot start the server")?;
    loop {
        if let Some(status) = server.try_wait()? {
            return if status.success() { Ok(()) } else { bail!("the server ended ({status})") };
        }
        if console.has_ended() {
            interrupt(&mut server)?;
            bail!("the console's development server ended, so the server was stopped");
        }
        std::thread::sleep(Duration::from_millis(LOOK_MS));
    }
}

fn interrupt(server: &mut Child) -> Result<()> {
    let kill = format!("kill -INT {}", server.id());
    shell::command("sh").args(["-c", &kill]).status()?;
    server.wait()?;
    Ok(())
}

/// Kills and restarts the server under load, or plays a whole show.
///
/// # Errors
/// The measurement cannot be built, an acknowledged event was lost, or the assistant could not keep up.
pub fn soak(args: &SoakArgs) -> Result<()> {
    if args.assistant {
        let (minutes, automatic) = (args.minutes.to_string(), args.automatic.to_string());
        return in_browser(
            "assistant-soak.mjs",
            &[("SHOW_MINUTES", &minutes), ("SHOW_AUTOMATIC", &automatic)],
        );
    }
    let soaking = |binary: &str| {
        shell::cargo(["run", "--release", "--package", "livehand-tests", "--bin", binary, "--"])
    };
    if args.year {
        return shell::run(soaking("year").args(&args.passed.arguments));
    }
    if !args.drain {
        let mut command = soaking("crash");
        command.args(["--rounds", &args.rounds.to_string()]).args(&args.passed.arguments);
        return shell::run(&mut command);
    }
    shell::run(soaking("drain").args(&args.passed.arguments))
}

/// Runs a script that drives the program as it is shipped with a browser.
///
/// # Errors
/// The program cannot be built, there is no browser, or what was measured is not what it should be.
pub fn in_browser(script: &str, variables: &[(&str, &str)]) -> Result<()> {
    let chromium = Machine::this().chromium().context("there is no Chromium")?;
    web::build_if_stale()?;
    let program = build("release")?;
    let mut command = shell::command("node");
    command.arg(web::directory().join("browser").join(script));
    command.env(suite::CHROMIUM_VARIABLE, chromium).env(BINARY_VARIABLE, program);
    shell::run(command.envs(variables.iter().copied()))
}

/// Builds the program as it is shipped.
///
/// # Errors
/// The console or the program cannot be built.
pub fn release() -> Result<()> {
    setup::prepare(Purpose::Demo)?;
    web::build_if_stale()?;
    let program = build("release")?;
    let bytes = program.metadata()?.len();
    let digest = sha256(&program)?;
    println!(
        "\n{}\n{bytes} bytes ({:.1} MiB)\nsha256 {digest}",
        program.display(),
        bytes as f64 / 1_048_576.0
    );
    Ok(())
}

/// Builds the program and gives its path.
fn build(profile: &str) -> Result<PathBuf> {
    let mut command = shell::cargo(["build", "--package", "livehand"]);
    if profile == "release" {
        command.arg("--release");
    }
    shell::run(&mut command)?;
    let metadata = MetadataCommand::new().current_dir(shell::root()).no_deps().exec()?;
    Ok(metadata.target_directory.join(profile).join("livehand").into_std_path_buf())
}

/// Gives this process to a program, which then hears Ctrl-C alone and is waited for by whoever waits for us.
fn become_program(mut command: Command) -> Result<()> {
    println!("$ {}", shell::show(&command));
    let shown = shell::show(&command);
    Err(command.exec()).with_context(|| format!("cannot start {shown}"))
}

fn sha256(file: &std::path::Path) -> Result<String> {
    let coreutils = Command::new("sha256sum").arg(file).output();
    let output = coreutils.or_else(|_| Command::new("shasum").args(["-a", "256"]).arg(file).output());
    let output = output.context("neither sha256sum nor shasum is here")?;
    let line = String::from_utf8(output.stdout)?;
    line.split_whitespace()
        .next()
        .map(str::to_owned)
        .with_context(|| format!("no digest of {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_files_bytes() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("program");
        std::fs::write(&file, "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(&file).unwrap(), expected);
    }
}
