//! The data directory: one process at a time, and how other commands find the one that runs.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::exit::{FAILED, IN_USE, coded};
use crate::words::say;

/// A data directory.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

/// The right to be the only one.
#[derive(Debug)]
pub struct Locked {
    _file: File,
}

/// Where the process that runs can be reached.
#[derive(Debug, Serialize, Deserialize)]
pub struct Running {
    /// Its address.
    pub address: SocketAddr,
    /// Its process id.
    pub pid: u32,
}

impl DataDir {
    /// The directory at `path`, which must be one that Livehand used before: a mistyped name must not look like a shop
    /// without shows.
    pub fn existing(path: &Path) -> anyhow::Result<Self> {
        let data = Self(path.to_owned());
        if data.lock_file().exists() || data.database().exists() {
            return Ok(data);
        }
        let path = path.display();
        let none = say(
            format!("{path} is no data directory of Livehand"),
            format!("{path} 不是 Livehand 的数据目录"),
        );
        Err(coded(FAILED, none))
    }

    /// The directory at `path`, made readable for its owner only if it is not there.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.with_context(|| format!("cannot make the data directory {}", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The SQLite database.
    pub fn database(&self) -> PathBuf {
        self.0.join("livehand.db")
    }

    /// The high-water marks.
    pub fn marks(&self) -> PathBuf {
        self.0.join("marks")
    }

    /// The ids of customers who were erased.
    pub fn erased(&self) -> PathBuf {
        self.0.join("erased")
    }

    /// The file that a process locks to have the directory for itself.
    pub fn lock_file(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// The settings of this directory.
    pub fn settings_file(&self) -> PathBuf {
        self.0.join("livehand.toml")
    }

    /// The wording rules of the team, if it keeps its own.
    pub fn wording_pack(&self) -> PathBuf {
        self.0.join("packs/wording.json")
    }

    fn running_file(&self) -> PathBuf {
        self.0.join("server.json")
    }

    fn token_file(&self) -> PathBuf {
        self.0.join("local.token")
    }

    /// Takes the directory for this process.
    pub fn lock(&self) -> anyhow::Result<Locked> {
        self.try_lock()?.ok_or_else(|| {
            let who = self.running().map_or_else(String::new, |running| {
                let Running { pid, address } = running;
                say(
                    format!(" (process {pid}, http://{address})"),
                    format!("（进程 {pid}，http://{address}）"),
                )
            });
            let path = self.0.display();
            let busy = say(
                format!("another Livehand uses the data directory {path}{who}"),
                format!("数据目录 {path} 正被另一个 Livehand 使用{who}"),
            );
            coded(IN_USE, busy)
        })
    }

    /// As [`DataDir::lock`], but nothing if somebody else has it.
    pub fn try_lock(&self) -> anyhow::Result<Option<Locked>> {
        let path = self.lock_file();
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = file.with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Locked { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    /// Tells other commands where this process can be reached.
    pub fn announce(&self, running: &Running) -> anyhow::Result<()> {
        write_private(&self.running_file(), &serde_json::to_vec(running)?)
    }

    /// Tells other commands that nobody can be reached here any more.
    pub fn retract(&self) {
        // If it cannot be removed, the next process to have the lock writes over it.
        let _ = fs::remove_file(self.running_file());
    }

    /// Where the process that has the lock can be reached, if it has said so.
    pub fn running(&self) -> Option<Running> {
        serde_json::from_slice(&fs::read(self.running_file()).ok()?).ok()
    }

    /// Whoever can read this file may speak to the server as its operator.
    pub fn write_local_token(&self, token: &str) -> anyhow::Result<()> {
        write_private(&self.token_file(), token.as_bytes())
    }

    /// The token that the running server wrote.
    pub fn local_token(&self) -> anyhow::Result<String> {
        read_secret(&self.token_file())
    }
}

/// A secret from a file.
pub fn read_secret(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = File::open(path).and_then(|mut file| file.read_to_string(&mut text));
    read.with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.trim().to_owned())
}

fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let part = path.with_extension("part");
    let written = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&part, path));
    written.with_context(|| format!("cannot write {}", path.display()))
}
