//! Reservations that are durable before they are answered: Livehand's writer beside what shops do elsewhere, a row in
//! PostgreSQL for each SKU and a script in Redis that fsyncs each command. All in one run, on the same disk, with the
//! same orders; each must have books that agree with what it answered.

mod livehand;
mod postgres;
mod redis;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use tokio::task::JoinSet;

use crate::cost::stopwatch;

/// SKUs of a catalogue that is sold all at once.
const MANY_SKUS: usize = 186;
/// Units of each SKU: more than anybody reserves here.
const UNITS: i64 = 100_000_000;
/// The first order; platforms give theirs nineteen digits.
const ORDERS_FROM: u64 = 6_920_000_000_000_000_000;

#[derive(Args)]
pub struct Arguments {
    /// A PostgreSQL server that makes its commits durable; without one the row has no figure.
    #[arg(long)]
    postgres: Option<String>,
    /// The program `redis-server`; without it Redis has no figure.
    #[arg(long)]
    redis: Option<PathBuf>,
    /// For how long each is measured, seconds.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Where the databases lie; it must be a disk.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// Requests under way at once at Livehand's writer.
    #[arg(long, default_value_t = 1_000)]
    under_way: usize,
}

/// One engine under load.
trait Engine: Clone + Send + Sync + 'static {
    /// Reserves one unit for an order; whether it was given. The answer is durable.
    fn reserve(
        &mut self,
        order: String,
        sku: usize,
    ) -> impl Future<Output = anyhow::Result<bool>> + Send;

    /// Units that are reserved by the books, and orders that are kept, if the books agree with themselves.
    fn books(&mut self) -> impl Future<Output = anyhow::Result<(i64, i64)>> + Send;
}

/// What came of one engine.
struct Measured {
    given: i64,
    took: Duration,
    /// Of each answer, sorted.
    waits: Vec<Duration>,
}

impl Measured {
    fn quantile(&self, per_mille: usize) -> f64 {
        let place = (self.waits.len() * per_mille / 1_000).min(self.waits.len().saturating_sub(1));
        self.waits.get(place).map_or(0.0, |wait| wait.as_secs_f64() * 1e3)
    }
}

/// Names of the SKUs that are measured.
fn sku(number: usize) -> String {
    format!("sku-{number:03}")
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(compare(arguments))
}

async fn compare(arguments: &Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.folder)?;
    let folder = tempfile::Builder::new().prefix("reservations-").tempdir_in(&arguments.folder)?;
    let span = Duration::from_secs(arguments.seconds);
    println!("| engine | SKUs | under way | reservations / s | p50 ms | p99 ms | books |");
    println!("|---|---|---|---|---|---|---|");
    for skus in [1, MANY_SKUS] {
        let url = format!("sqlite:{}", folder.path().join(format!("{skus}.db")).display());
        for under_way in [16, arguments.under_way] {
            let engine = livehand::Livehand::open(&url, skus).await?;
            measure("Livehand on SQLite", engine.clone(), skus, under_way, span).await?;
            engine.close().await;
        }
        if let Some(server) = &arguments.postgres {
            let url = postgres::database(server, &format!("livehand_{skus}")).await?;
            let engine = livehand::Livehand::open(&url, skus).await?;
            measure("Livehand on PostgreSQL", engine.clone(), skus, arguments.under_way, span).await?;
            engine.close().await;
            let url = postgres::database(server, &format!("rows_{skus}")).await?;
            let engine = postgres::Rows::open(&url, skus, 16).await?;
            measure("PostgreSQL, a row for each SKU", engine, skus, 16, span).await?;
        }
        if let Some(program) = &arguments.redis {
            for (name, connections, under_way) in
                [("Redis script, appendfsync always", 16, 16), ("the same, pipelined", 8, 256)]
            {
                let server = redis::Server::start(program, folder.path()).await?;
                let engine = redis::Script::open(&server, skus, connections).await?;
                measure(name, engine, skus, under_way, span).await?;
            }
        }
    }
    Ok(())
}

async fn measure<E: Engine>(
    name: &str,
    mut engine: E,
    skus: usize,
    under_way: usize,
    span: Duration,
) -> anyhow::Result<()> {
    let (units_before, orders_before) = engine.books().await?;
    let begun = stopwatch();
    let mut buyers = JoinSet::new();
    for buyer in 0..under_way {
        buyers.spawn(buy(engine.clone(), buyer, under_way, orders_before, skus, begun, span));
    }
    let mut measured = Measured { given: 0, took: Duration::ZERO, waits: Vec::new() };
    while let Some(bought) = buyers.join_next().await {
        let (given, waits) = bought??;
        measured.given += given;
        measured.waits.extend(waits);
    }
    measured.took = begun.elapsed();
    measured.waits.sort_unstable();
    let (units, orders) = engine.books().await.with_context(|| format!("the books of {name}"))?;
    ensure!(
        units - units_before == measured.given && orders - orders_before == measured.given,
        "{name} answered {} and has {units} units for {orders} orders",
        measured.given
    );
    println!(
        "| {name} | {skus} | {under_way} | {:.0} | {:.2} | {:.2} | agree |",
        measured.given as f64 / measured.took.as_secs_f64(),
        measured.quantile(500),
        measured.quantile(990),
    );
    Ok(())
}

/// One buyer after another, each as soon as the one before is answered.
async fn buy<E: Engine>(
    mut engine: E,
    buyer: usize,
    buyers: usize,
    orders_before: i64,
    skus: usize,
    begun: Instant,
    span: Duration,
) -> anyhow::Result<(i64, Vec<Duration>)> {
    let (mut given, mut waits) = (0, Vec::new());
    let mut number = buyer;
    while begun.elapsed() < span {
        let order = ORDERS_FROM + u64::try_from(orders_before)? * 1_000 + u64::try_from(number)?;
        let asked = stopwatch();
        given += i64::from(engine.reserve(order.to_string(), number * 7 % skus).await?);
        waits.push(asked.elapsed());
        number += buyers;
    }
    Ok((given, waits))
}
