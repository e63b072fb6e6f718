//! The real binary: building it once, running its commands, keeping a server.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::api::{Api, Credential};

/// A server that has not said where it listens by then is broken, even on a machine that is busy with a build.
const START_WITHIN: Duration = Duration::from_secs(60);
/// A server must have stopped by then.
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// The program, built with the profile of whoever asks; what is built already is not built again.
///
/// # Errors
/// If it cannot be built.
pub fn binary() -> Result<&'static Path> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match BINARY.get_or_init(|| build().map_err(|error| format!("{error:#}"))) {
        Ok(path) => Ok(path),
        Err(error) => bail!("{error}"),
    }
}

fn build() -> Result<PathBuf> {
    let myself = std::env::current_exe()?;
    let folder = myself.parent().context("this program lies nowhere")?;
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    // The one on the PATH, which picks the toolchain of this workspace however this program was started.
    let mut cargo = std::process::Command::new("cargo");
    cargo.args(["build", "--quiet", "--package", "livehand"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    if !cargo.status()?.success() {
        bail!("the program could not be built");
    }
    Ok(folder.join("livehand"))
}

/// A command of the program. Settings and the language of whoever runs the tests do not reach it.
///
/// # Errors
/// If the program cannot be built.
pub fn command<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Result<Command> {
    let mut command = Command::new(binary()?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LIVEHAND") {
            command.env_remove(name);
        }
    }
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C.UTF-8");
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

/// Runs a command of the program to its end.
///
/// # Errors
/// If it cannot be run.
pub async fn run<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Result<Output> {
    Ok(command(arguments)?.output().await?)
}

/// A server on a data directory.
pub struct Server {
    child: Child,
    /// Kept open, because a server that can no longer print ends.
    _output: Lines<BufReader<ChildStdout>>,
    data: PathBuf,
    errors: PathBuf,
    /// Its base URL.
    pub url: String,
    /// Token of the first start's link, if there is nobody yet.
    pub first_token: Option<String>,
}

impl Server {
    /// Starts one; returns when it listens.
    ///
    /// # Errors
    /// If it ends instead; the message holds what it said and its exit code.
    pub async fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, &[]).await
    }

    /// As [`Server::start`], with variables of the environment.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_with(data: &Path, environment: &[(&str, &str)]) -> Result<Self> {
        let errors = data.with_extension("stderr");
        let mut command = command(["serve", "--listen", "127.0.0.1:0", "--data"])?;
        command.arg(data).envs(environment.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(File::create(&errors)?).spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?).lines();
        let said = tokio::time::timeout(START_WITHIN, first_words(&mut output)).await;
        let said = said.context("it says nothing")?;
        let Some((url, first_token)) = said? else {
            let status = child.wait().await?;
            let code = status.code().unwrap_or(-1);
            bail!("exit code {code}: {}", std::fs::read_to_string(&errors)?);
        };
        Ok(Self { child, _output: output, data: data.to_owned(), errors, url, first_token })
    }

    /// The server as the command line on this machine has it: everything is allowed.
    ///
    /// # Errors
    /// If its token cannot be read.
    pub fn operator(&self) -> Result<Api> {
        let token = std::fs::read_to_string(self.data.join("local.token"))?;
        Ok(self.caller(Credential::Bearer(token.trim().to_owned())))
    }

    /// The server as whoever holds `credential` has it.
    pub fn caller(&self, credential: Credential) -> Api {
        Api::new(&self.url, credential)
    }

    /// What it wrote to its standard error output.
    ///
    /// # Errors
    /// If that cannot be read.
    pub fn errors(&self) -> Result<String> {
        Ok(std::fs::read_to_string(&self.errors)?)
    }

    /// Its process id.
    ///
    /// # Errors
    /// If it has ended.
    pub fn pid(&self) -> Result<u32> {
        self.child.id().context("the server has ended")
    }

    /// Ends it without any warning, as a power cut or `kill -9` does.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Ends it as Ctrl-C does, and waits; its exit code.
    ///
    /// # Errors
    /// If it does not end.
    pub async fn stop(mut self) -> Result<Option<i32>> {
        let signalled = Command::new("kill").args(["-INT", &self.pid()?.to_string()]).status().await?;
        if !signalled.success() {
            bail!("the server cannot be signalled");
        }
        let status = tokio::time::timeout(STOP_WITHIN, self.child.wait()).await;
        Ok(status.context("the server does not stop")??.code())
    }
}

/// Where it listens and the first start's token; nothing if it ends before it says so.
async fn first_words(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<Option<(String, Option<String>)>> {
    let mut found = None;
    while let Some(line) = lines.next_line().await? {
        if let Some((_, url)) = line.split_once("is running at ") {
            found = Some((url.trim().to_owned(), None));
        }
        if let (Some((_, token)), Some((_, entry))) = (&mut found, line.split_once("/enter#")) {
            *token = Some(entry.trim().to_owned());
        }
        if line.contains("Ctrl-C") {
            break;
        }
    }
    Ok(found)
}
