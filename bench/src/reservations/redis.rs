//! A script in Redis that checks, takes and remembers the order in one step, with each command fsynced before its answer.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use redis::aio::MultiplexedConnection;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{Engine, UNITS, sku};

/// How often it is asked whether the server answers, every 50 ms.
const ASK_MAX: usize = 200;

/// 1 if given, 0 if sold out, 2 if the order had it already.
const SCRIPT: &str = r"
if redis.call('EXISTS', KEYS[2]) == 1 then return 2 end
if tonumber(redis.call('HGET', KEYS[1], 'available')) < 1 then return 0 end
redis.call('HINCRBY', KEYS[1], 'available', -1)
redis.call('HINCRBY', KEYS[1], 'reserved', 1)
redis.call('SET', KEYS[2], KEYS[1])
return 1";

/// A server on a directory of its own; it ends with this.
pub struct Server {
    socket: PathBuf,
    _process: Child,
    _folder: TempDir,
}

impl Server {
    pub async fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("redis-").tempdir_in(std::path::absolute(folder)?)?;
        // A socket's path must be short.
        let socket = std::env::temp_dir().join(format!("livehand-redis-{}.sock", std::process::id()));
        let mut command = Command::new(program);
        command.current_dir(folder.path()).args(["--port", "0", "--save", "", "--appendonly", "yes"]);
        command.args(["--appendfsync", "always", "--unixsocket"]).arg(&socket);
        let process = command.stdout(Stdio::null()).stdin(Stdio::null()).kill_on_drop(true).spawn();
        let server = Self { socket, _process: process.context("starting redis-server")?, _folder: folder };
        for _ in 0..ASK_MAX {
            if let Ok(mut connection) = server.connect().await
                && redis::cmd("PING").query_async::<String>(&mut connection).await.is_ok()
            {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("redis-server does not answer")
    }

    async fn connect(&self) -> anyhow::Result<MultiplexedConnection> {
        let client = redis::Client::open(format!("redis+unix://{}", self.socket.display()))?;
        Ok(client.get_multiplexed_async_connection().await?)
    }
}

#[derive(Clone)]
pub struct Script {
    connections: Arc<[MultiplexedConnection]>,
    next: Arc<AtomicUsize>,
    /// The connection of this buyer.
    mine: Option<MultiplexedConnection>,
    digest: String,
    skus: usize,
}

impl Script {
    pub async fn open(server: &Server, skus: usize, connections: usize) -> anyhow::Result<Self> {
        let mut made = Vec::new();
        for _ in 0..connections {
            made.push(server.connect().await?);
        }
        let mut first = server.connect().await?;
        let setting: Vec<String> =
            redis::cmd("CONFIG").arg("GET").arg("appendfsync").query_async(&mut first).await?;
        ensure!(setting.last().is_some_and(|value| value == "always"), "Redis does not fsync each command");
        for number in 0..skus {
            let mut set = redis::cmd("HSET");
            set.arg(sku(number)).arg("available").arg(UNITS).arg("reserved").arg(0);
            set.exec_async(&mut first).await?;
        }
        let digest = redis::cmd("SCRIPT").arg("LOAD").arg(SCRIPT).query_async(&mut first).await?;
        Ok(Self { connections: made.into(), next: Arc::default(), mine: None, digest, skus })
    }

    fn connection(&mut self) -> anyhow::Result<&mut MultiplexedConnection> {
        if self.mine.is_none() {
            let place = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len().max(1);
            self.mine = self.connections.get(place).cloned();
        }
        self.mine.as_mut().context("there are connections")
    }
}

impl Engine for Script {
    async fn reserve(&mut self, order: String, number: usize) -> anyhow::Result<bool> {
        let mut ask = redis::cmd("EVALSHA");
        ask.arg(&self.digest).arg(2).arg(sku(number)).arg(order);
        Ok(ask.query_async::<i64>(self.connection()?).await? == 1)
    }

    async fn books(&mut self) -> anyhow::Result<(i64, i64)> {
        let skus = self.skus;
        let connection = self.connection()?;
        let mut reserved = 0;
        for number in 0..skus {
            let mut get = redis::cmd("HMGET");
            get.arg(sku(number)).arg("available").arg("reserved");
            let (left, held): (i64, i64) = get.query_async(connection).await?;
            ensure!(left + held == UNITS, "{left} + {held} units of {}", sku(number));
            reserved += held;
        }
        let keys: i64 = redis::cmd("DBSIZE").query_async(connection).await?;
        Ok((reserved, keys - i64::try_from(skus)?))
    }
}
