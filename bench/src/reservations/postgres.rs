//! A row in PostgreSQL for each SKU: one conditional UPDATE and one INSERT in a transaction, as a shop writes it.

use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::sync::Mutex;
use tokio_postgres::{Client, NoTls, Statement};

use super::{Engine, UNITS, sku};

/// The whole of a reservation as one statement, so that the row is locked for as short as it can be.
const RESERVE: &str = "WITH taken AS (UPDATE stock SET available = available - 1, reserved = reserved + 1 \
    WHERE sku = $2 AND available >= 1 RETURNING sku) \
    INSERT INTO orders (id, sku, quantity) SELECT $1, sku, 1 FROM taken";

#[derive(Clone)]
pub struct Rows {
    connections: Arc<[Mutex<(Client, Statement)>]>,
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("connecting to PostgreSQL")?;
    tokio_util::task::TaskTracker::new().spawn(connection);
    Ok(client)
}

/// Makes a database; its URL.
pub async fn database(server: &str, name: &str) -> anyhow::Result<String> {
    let client = connect(server).await?;
    let durable: String = client.query_one("SHOW fsync", &[]).await?.get(0);
    ensure!(durable == "on", "the PostgreSQL server does not make its commits durable");
    client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    let (base, _) = server.rsplit_once('/').context("the URL names no database")?;
    Ok(format!("{base}/{name}"))
}

impl Rows {
    pub async fn open(url: &str, skus: usize, connections: usize) -> anyhow::Result<Self> {
        let client = connect(url).await?;
        client
            .batch_execute(
                "CREATE TABLE stock (sku TEXT PRIMARY KEY, available BIGINT NOT NULL CHECK (available >= 0), \
                 reserved BIGINT NOT NULL) WITH (fillfactor = 50); \
                 CREATE TABLE orders (id TEXT PRIMARY KEY, sku TEXT NOT NULL, quantity BIGINT NOT NULL)",
            )
            .await?;
        for number in 0..skus {
            client.execute("INSERT INTO stock VALUES ($1, $2, 0)", &[&sku(number), &UNITS]).await?;
        }
        let mut made = Vec::new();
        for _ in 0..connections {
            let client = connect(url).await?;
            let statement = client.prepare(RESERVE).await?;
            made.push(Mutex::new((client, statement)));
        }
        Ok(Self { connections: made.into() })
    }

    async fn free(&self) -> anyhow::Result<tokio::sync::MutexGuard<'_, (Client, Statement)>> {
        let free = self.connections.iter().find_map(|connection| connection.try_lock().ok());
        match free {
            Some(free) => Ok(free),
            None => Ok(self.connections.first().context("there are connections")?.lock().await),
        }
    }
}

impl Engine for Rows {
    async fn reserve(&mut self, order: String, number: usize) -> anyhow::Result<bool> {
        let connection = self.free().await?;
        let (client, statement) = &*connection;
        Ok(client.execute(statement, &[&order, &sku(number)]).await? == 1)
    }

    async fn books(&mut self) -> anyhow::Result<(i64, i64)> {
        let connection = self.free().await?;
        let sums = "SELECT CAST(SUM(reserved) AS BIGINT), CAST(SUM(available + reserved) AS BIGINT), COUNT(*) FROM stock";
        let row = connection.0.query_one(sums, &[]).await?;
        let (reserved, all, skus): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
        ensure!(all == UNITS * skus, "{all} units of {skus} SKUs");
        let orders = "SELECT COALESCE(CAST(SUM(quantity) AS BIGINT), 0) FROM orders";
        Ok((reserved, connection.0.query_one(orders, &[]).await?.get(0)))
    }
}
