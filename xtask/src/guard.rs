//! A process that lives exactly as long as the task that started it.
//!
//! The guard holds one end of a pipe (its standard input) whose other end only the task has. However the task ends —
//! done, failed, Ctrl-C, killed — the operating system closes the pipe, and the guard stops the process and removes its
//! directory. A process group of its own keeps the terminal's Ctrl-C away from the guard.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::shell;

/// How long a process has for an orderly end before it is killed.
const ORDERLY_END_MS_MAX: u64 = 10_000;
/// How often the guard looks whether the process has ended by itself.
const LOOK_MS: u64 = 50;

#[derive(Args)]
pub struct GuardArgs {
    /// Directory to work in, removed at the end; without it the process works in this one.
    #[arg(long)]
    directory: Option<PathBuf>,
    /// File for what the process prints; without it that goes where the task's own output goes.
    #[arg(long)]
    log: Option<PathBuf>,
    /// Signal that asks the process to end.
    #[arg(long, default_value = "INT")]
    signal: String,
    /// User and group to run the process as.
    #[arg(long, num_args = 2, value_names = ["UID", "GID"])]
    owner: Vec<u32>,
    /// The process.
    #[arg(required = true, last = true)]
    command: Vec<String>,
}

/// The task's side: dropping it stops the process and waits until its directory is gone.
pub struct Guarded {
    guard: Child,
    directory: Option<PathBuf>,
}

impl Guarded {
    /// Starts a process in its own temporary directory, with these arguments of the guard's command line.
    ///
    /// # Errors
    /// The guard cannot be started.
    pub fn start_in(directory: &Path, arguments: &[String]) -> Result<Self> {
        let mut command = guard_command()?;
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        let guard = command.spawn().context("cannot start the guard")?;
        Ok(Self { guard, directory: Some(directory.to_owned()) })
    }

    /// Starts a process that prints to this terminal and ends on TERM. It cannot read from the terminal.
    ///
    /// # Errors
    /// The guard cannot be started.
    pub fn start(process: &Command) -> Result<Self> {
        let mut command = guard_command()?;
        command.args(["--signal", "TERM", "--"]).arg(process.get_program()).args(process.get_args());
        if let Some(directory) = process.get_current_dir() {
            command.current_dir(directory);
        }
        Ok(Self { guard: command.spawn().context("cannot start the guard")?, directory: None })
    }

    /// Whether the process ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.guard.try_wait(), Ok(None))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // Nothing can be done about a failure here, and nothing depends on it.
        let _ = self.guard.wait();
        if let Some(directory) = &self.directory {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

fn guard_command() -> Result<Command> {
    // The tests that a task runs may rebuild this very program; this name outlives that.
    let myself = PathBuf::from("/proc/self/exe");
    let myself = if myself.exists() { myself } else { std::env::current_exe()? };
    let mut command = Command::new(myself);
    command.arg0("xtask").arg("guard").process_group(0).stdin(Stdio::piped());
    Ok(command)
}

/// The guard itself.
///
/// # Errors
/// The process cannot be started or ended by itself.
pub fn guard(args: &GuardArgs) -> Result<()> {
    let mut process = start(args)?;
    let closed = watch_input();
    let ended = loop {
        if let Some(status) = process.try_wait()? {
            break Some(status);
        }
        match closed.recv_timeout(Duration::from_millis(LOOK_MS)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break None,
        }
    };
    if let Some(status) = ended {
        // The log stays for the task, which is still there to read it.
        bail!("the process ended by itself ({status})");
    }
    stop(&mut process, &args.signal)?;
    let Some(directory) = &args.directory else { return Ok(()) };
    std::fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))
}

fn start(args: &GuardArgs) -> Result<Child> {
    let (program, arguments) = args.command.split_first().context("no process is given")?;
    let mut command = Command::new(program);
    command.args(arguments).process_group(0).stdin(Stdio::null());
    if let Some(directory) = &args.directory {
        command.current_dir(directory);
    }
    if let Some(path) = &args.log {
        let log = std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        command.stdout(log.try_clone()?).stderr(log);
    }
    if let [uid, gid] = args.owner[..] {
        command.uid(uid).gid(gid);
    }
    command.spawn().with_context(|| format!("cannot start {program}"))
}

/// A channel that hears when the standard input is closed.
fn watch_input() -> Receiver<()> {
    let (sender, receiver) = channel::<()>();
    std::thread::spawn(move || {
        let mut byte = [0];
        while matches!(std::io::stdin().read(&mut byte), Ok(1)) {}
        drop(sender);
    });
    receiver
}

/// Asks a process, the leader of its group, and all of its group to end; kills it if it does not.
fn stop(process: &mut Child, signal: &str) -> Result<ExitStatus> {
    // The shell's own kill: the program of that name is not on every machine.
    let kill = format!("kill -{signal} -{}", process.id());
    let mut shell = shell::command("sh");
    shell.args(["-c", &kill]).stderr(Stdio::null()).status().context("cannot run kill")?;
    for _ in 0..ORDERLY_END_MS_MAX / LOOK_MS {
        if let Some(status) = process.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(Duration::from_millis(LOOK_MS));
    }
    process.kill().context("cannot kill the process")?;
    Ok(process.wait()?)
}
