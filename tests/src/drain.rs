//! A drain: more buyers than units, in baskets, bundles and repetitions, while the server is killed. Exactly what was there is
//! sold, nobody is refused what is there, the books balance after every kill, and every order is answered as before.
//!
//! In the first part buyers also give up, cancel and let holds end, and want less than there is, so that any "sold out" is
//! false. In the second part nobody gives anything back, so that after a "sold out" no more can be given than was said to be
//! left.

mod books;
mod buyers;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::program::Server;
use buyers::{Buyer, Going, Shop};

/// How often it is looked whether the next kill is due.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// A server must serve again by then.
const BACK_WITHIN: Duration = Duration::from_secs(5);
/// Buyers of a single unit at the end, until everything is sold.
const LAST_BUYERS_MAX: usize = 5_000;

/// How much is drained, and how roughly.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Units in all; they are spread over four SKUs.
    pub units: usize,
    /// Buyers, a tenth more than units.
    pub buyers: usize,
    /// How often the server is killed while they buy.
    pub kills: usize,
    /// Buyers at the same time.
    pub at_once: usize,
    /// The same seed gives the same buyers.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Units sold, which is all of them.
    pub sold: i64,
    /// Buyers, with the last ones.
    pub buyers: usize,
    /// Orders that were refused because there was not enough.
    pub refused: usize,
    /// Requests that were answered.
    pub answered: usize,
    /// Requests that were under way when the server was killed, and so were sent again.
    pub repeated: usize,
    /// Those of them that had been recorded before the kill, and so were recognised.
    pub recognised: usize,
    /// Kills.
    pub kills: usize,
    /// The longest time from a start until the stock was served.
    pub slowest_restart: Duration,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} kills: {} buyers, exactly {} units sold, {} orders refused, none of them while there was what they wanted; \
             {} answers, {} requests cut off and sent again, of which {} had been recorded; every order is answered as \
             before; the books balance after each kill; slowest restart {:.2} s",
            self.kills,
            self.buyers,
            self.sold,
            self.refused,
            self.answered,
            self.repeated,
            self.recognised,
            self.slowest_restart.as_secs_f64()
        )
    }
}

/// Drains a server's stock as planned; `progress` hears of each kill.
///
/// # Errors
/// The first thing that did not hold.
pub async fn drain(plan: Plan, mut progress: impl FnMut(usize)) -> Result<Report> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let mut random = ChaCha8Rng::seed_from_u64(plan.seed);
    let shop = Arc::new(Shop::new(plan.units));
    let mut report = Report { kills: plan.kills, ..Report::default() };
    let server = Server::start(&data).await?;
    books::stock_up(&server.operator()?, &shop).await?;
    server.kill().await?;
    let half = plan.kills / 2;
    let (first, second) = buyers::planned(&shop, &plan, &mut random);
    report.buyers = first.len() + second.len();
    for (buyers, kills) in [(first, half), (second, plan.kills - half)] {
        let count = buyers.len();
        let going = Arc::new(Going::new(buyers, plan.seed));
        let mut kill_at: Vec<usize> = (0..kills).map(|_| random.random_range(count / 50..count)).collect();
        kill_at.sort_unstable();
        for (number, at) in kill_at.into_iter().map(Some).chain([None]).enumerate() {
            let (server, took) = start(&data).await?;
            report.slowest_restart = report.slowest_restart.max(took);
            let api = server.operator()?.kept();
            books::check(&api, &shop, &going).await.with_context(|| format!("after kill {number}"))?;
            let bought = buy(&api, &shop, &going, plan.at_once);
            if let Some(at) = at {
                let (bought, killed) = tokio::join!(bought, kill_when(server, &going, at));
                killed?;
                bought?;
                progress(number + 1);
                continue;
            }
            bought.await?;
            books::check(&api, &shop, &going).await.context("at the end of a part")?;
            server.stop().await?;
        }
        going.add_to(&mut report);
    }
    finish(&data, &shop, &mut report).await?;
    Ok(report)
}

/// Sells what is left one by one, until nothing is; then nobody can have anything, and all of it is sold.
async fn finish(data: &Path, shop: &Arc<Shop>, report: &mut Report) -> Result<()> {
    let (server, _) = start(data).await?;
    let api = server.operator()?.kept();
    let mut last = Vec::new();
    for (sku, left) in books::left(&api, shop).await? {
        last.extend((0..=left).map(|_| sku));
    }
    ensure!(last.len() <= LAST_BUYERS_MAX, "{} units are left", last.len());
    report.buyers += last.len();
    let buyers = last.iter().enumerate().map(|(n, sku)| Buyer::of_one(&format!("last-{n}"), sku)).collect();
    let going = Arc::new(Going::new(buyers, 0));
    buy(&api, shop, &going, 8).await?;
    ensure!(going.refused() == shop.skus.len(), "{} of the last buyers were refused", going.refused());
    going.add_to(report);
    report.sold = books::all_sold(&api, shop).await?;
    server.stop().await?;
    let doctor = crate::program::run(["doctor", "--data", &data.to_string_lossy()]).await?;
    ensure!(doctor.status.success(), "doctor: {}", String::from_utf8_lossy(&doctor.stdout));
    Ok(())
}

/// Buys with so many at once, until all are served or the server is gone.
async fn buy(api: &Api, shop: &Arc<Shop>, going: &Arc<Going>, at_once: usize) -> Result<()> {
    let mut buying = JoinSet::new();
    for _ in 0..at_once {
        let (api, shop, going) = (api.clone(), shop.clone(), going.clone());
        buying.spawn(async move {
            while let Some(buyer) = going.next() {
                if let Some(cut_off) = buyer.go(&api, &shop, &going).await? {
                    going.back(cut_off);
                    return Ok(());
                }
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = buying.join_next().await {
        done??;
    }
    Ok(())
}

async fn kill_when(server: Server, going: &Going, served: usize) -> Result<()> {
    while going.served() < served {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    server.kill().await
}

/// Starts the server; returns when it serves the stock, with the time that took.
#[expect(clippy::disallowed_methods, reason = "the time until service is back is what is measured")]
async fn start(data: &Path) -> Result<(Server, Duration)> {
    let begun = Instant::now();
    let server = Server::start(data).await?;
    // The first answer of the writer: it has read everything by then.
    let answer = server.operator()?.post("/api/v1/reservations/nobody/pay", json!({})).await?;
    let took = begun.elapsed();
    ensure!(answer.status == 404, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    ensure!(took <= BACK_WITHIN, "service is back after {took:?}, more than {BACK_WITHIN:?}");
    Ok((server, took))
}

/// A count that several tasks add to.
#[derive(Default)]
struct Count(AtomicUsize);

impl Count {
    fn add(&self, more: usize) {
        self.0.fetch_add(more, Ordering::SeqCst);
    }

    fn now(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The value at a JSON pointer; null if there is none.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}
