//! A private PostgreSQL server for the tests: its own directory, its own port, gone afterwards.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::guard::Guarded;
use crate::setup::Machine;

/// How long the server may take until it answers, initdb included.
const START_MS_MAX: u64 = 120_000;
/// How often the server is asked whether it is ready.
const ASK_MS: u64 = 50;
/// Tests run at once, each with a pool of connections.
const CONNECTIONS_MAX: u32 = 300;
/// What the server prints, in its directory.
const LOG: &str = "server.log";

/// initdb and the server as one process, so that the guard stops whichever runs.
const SCRIPT: &str = r#"set -e
"$1/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync
exec "$1/postgres" -D data -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$3" \
  -c max_connections="$4" $5"#;
/// For tests, speed comes before durability: the data lives as long as the run.
const NOT_DURABLE: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";

/// A running server; dropping it stops it and removes its data.
pub struct Postgres {
    port: u16,
    _guarded: Guarded,
}

impl Postgres {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// PostgreSQL is not installed or does not start; the end of its log is in the error.
    pub fn start() -> Result<Self> {
        Self::start_with(NOT_DURABLE)
    }

    /// As [`Postgres::start`], with commits that are on the disk, as a shop needs them.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub fn start_durable() -> Result<Self> {
        Self::start_with("")
    }

    fn start_with(settings: &str) -> Result<Self> {
        let programs = Machine::this()
            .postgres_programs()
            .context("no PostgreSQL server programs are installed; run: cargo xtask setup")?;
        let directory = tempfile::Builder::new().prefix("livehand-postgres-").tempdir()?.keep();
        let port = free_port()?;
        let mut arguments =
            vec!["--directory".into(), text(&directory)?, "--log".into(), text(&directory.join(LOG))?];
        if let Some((uid, gid)) = other_user()? {
            std::os::unix::fs::chown(&directory, Some(uid), Some(gid))?;
            arguments.extend(["--owner".into(), uid.to_string(), gid.to_string()]);
        }
        arguments.extend(["--", "sh", "-c", SCRIPT, "postgres"].map(str::to_owned));
        arguments.extend([
            text(&programs)?,
            port.to_string(),
            text(&directory)?,
            CONNECTIONS_MAX.to_string(),
            settings.to_owned(),
        ]);
        println!("postgres: starting a private server on port {port}, in {}", directory.display());
        let mut guarded = Guarded::start_in(&directory, &arguments)?;
        wait_until_ready(&mut guarded, &programs, port, &directory)?;
        Ok(Self { port, _guarded: guarded })
    }

    /// The address that tests connect to; each makes its own databases.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// A port that nobody uses now. Somebody may take it before the server does; then the server says so in its log.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).context("no free port")?.local_addr()?.port())
}

fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// Whom to run the server as, if not oneself: it refuses to run as root.
fn other_user() -> Result<Option<(u32, u32)>> {
    if id(&["-u"])? != Some(0) {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        if let (Some(uid), Some(gid)) = (id(&["-u", user])?, id(&["-g", user])?) {
            return Ok(Some((uid, gid)));
        }
    }
    bail!("the PostgreSQL server refuses to run as root, and there is no user postgres or nobody")
}

fn id(arguments: &[&str]) -> Result<Option<u32>> {
    let output =
        Command::new("id").args(arguments).stderr(Stdio::null()).output().context("cannot run id")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}

fn wait_until_ready(guarded: &mut Guarded, programs: &Path, port: u16, directory: &Path) -> Result<()> {
    let port = port.to_string();
    for _ in 0..START_MS_MAX / ASK_MS {
        let mut ask = Command::new(programs.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port]).stdin(Stdio::null());
        if ask.status().context("cannot run pg_isready")?.success() {
            return Ok(());
        }
        if guarded.has_ended() {
            break;
        }
        std::thread::sleep(Duration::from_millis(ASK_MS));
    }
    let log = std::fs::read_to_string(directory.join(LOG)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    let end = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n");
    bail!("PostgreSQL did not start; the end of its log:\n{end}")
}
