//! A shop's year through the API in one run: orders that a platform tells of as they happen, twice and in any order, and that
//! stand in the exports of the nights, and after-sale tickets; afterwards each is there once, and was paid once.

mod orders;
mod tickets;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use serde_json::Value;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::api::{Api, Credential, text};
use crate::program::{Server, run};
use crate::usage::Usage;
use orders::{DAY_MS, Order};

/// Days of the year.
const DAYS: i64 = 365;
/// For so many nights after it was placed an order stands in the export: until everything happened to it.
const NIGHTS: [i64; 3] = [0, 4, 6];
/// Orders of one page.
const PAGE: usize = 200;
/// How often it is looked how much memory the server holds.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How large the year is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Orders.
    pub orders: usize,
    /// After-sale tickets.
    pub tickets: usize,
    /// How many of a hundred orders the platform tells of as they happen; the others stand in exports.
    pub live_percent: u32,
    /// Deliveries under way at the same time.
    pub at_once: usize,
    /// The same seed gives the same year.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Orders, each of which is there once.
    pub orders: usize,
    /// Orders that were paid, each once.
    pub paid: usize,
    /// Deliveries of the platform.
    pub deliveries: usize,
    /// Deliveries that came again.
    pub repeated: usize,
    /// Exports that were imported.
    pub exports: usize,
    /// Rows in the price ledger: one for each order that was paid, and one for each whose money went back.
    pub prices: usize,
    /// Tickets, each of which is there once and has the clocks that it should.
    pub tickets: usize,
    /// Tickets that were answered and resolved in time; the others were left alone.
    pub answered: usize,
    /// How long it took to take all of them.
    pub took: Duration,
    /// The slowest delivery.
    pub slowest: Duration,
    /// The most memory that the server held, MB.
    pub memory_mb: f64,
    /// What the server holds on disk, MB.
    pub disk_mb: f64,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.took.as_secs_f64();
        write!(
            f,
            "{} orders in {seconds:.0} s ({:.0} a second): each is there once and stands where it should; {} were paid, each \
             once, and {} payments and refunds are in the ledger; {} deliveries ({} of them again; the slowest took {:.0} ms) and {} \
             exports; {} tickets with the right clocks, {} of them \
             answered and resolved in time and the others left alone; at most {:.0} MB of memory, {:.0} MB on disk",
            self.orders,
            f64::from(u32::try_from(self.orders).unwrap_or(u32::MAX)) / seconds,
            self.paid,
            self.prices,
            self.deliveries,
            self.repeated,
            self.slowest.as_secs_f64() * 1_000.0,
            self.exports,
            self.tickets,
            self.answered,
            self.memory_mb,
            self.disk_mb
        )
    }
}

/// Lives through a year as planned; `progress` hears of each day.
///
/// # Errors
/// The first thing that did not hold.
#[expect(clippy::disallowed_methods, reason = "how long a year takes is what is measured")]
pub async fn year(plan: Plan, progress: impl Fn(i64)) -> Result<Report> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path()).await?;
    let mut random = ChaCha8Rng::seed_from_u64(plan.seed);
    let now = i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis())?;
    // Everything happened by now.
    let start = now - (DAYS + 8) * DAY_MS;
    let orders: Vec<Order> = (0..plan.orders)
        .map(|place| Order::random(place, plan.orders, start, DAYS, plan.live_percent, &mut random))
        .collect();
    let mut report = Report { orders: orders.len(), ..Report::default() };
    let memory = Arc::new(Mutex::new(0.0_f64));
    let watching = watch(shop.server.pid()?, memory.clone());
    let begun = Instant::now();
    // While it is on air, customers are due an answer within ten minutes.
    shop.api.open_show("合成全年").await?;
    let (mut placed, mut opened) = (0, 0);
    let living = async {
        for day in 0..DAYS + NIGHTS[2] + 1 {
            let (from, to) = (start + day * DAY_MS, start + (day + 1) * DAY_MS);
            shop.tell(of_day(&orders, from, to), plan.at_once, &mut random, &mut report).await?;
            // In a year of few orders most nights have nothing to tell.
            let tonight = NIGHTS.iter().flat_map(|night| {
                of_day(&orders, from - night * DAY_MS, to - night * DAY_MS).iter().filter(|order| !order.live)
            });
            let tonight: Vec<&Order> = tonight.collect();
            if !tonight.is_empty() {
                // Now and then somebody sends the same file again.
                for _ in 0..=usize::from(random.random_range(0..50) == 0) {
                    shop.import(orders::export(tonight.iter().copied(), to + DAY_MS / 24)?).await?;
                    report.exports += 1;
                }
            }
            let today = of_day(&orders, from, to);
            placed += today.len();
            let coming = tickets::of_day(today, placed, plan.orders, plan.tickets, &mut opened);
            tickets::handle(&shop.api, coming, plan.at_once, &mut report).await?;
            progress(day + 1);
        }
        anyhow::Ok(())
    };
    tokio::select! {
        lived = living => lived?,
        stopped = watching => bail!("the server is gone: {stopped:?}"),
    }
    report.took = begun.elapsed();
    report.memory_mb = *memory.lock().unwrap_or_else(PoisonError::into_inner);
    shop.check(&orders, &mut report).await?;
    tickets::check(&shop.api, &report).await?;
    report.disk_mb = size_mb(&shop.data)?;
    let Shop { server, data, .. } = shop;
    server.stop().await?;
    let doctor = run(["doctor", "--data", &data.to_string_lossy()]).await?;
    let said = [doctor.stdout, doctor.stderr].concat();
    ensure!(doctor.status.success(), "doctor: {}", String::from_utf8_lossy(&said));
    Ok(report)
}

/// The orders that were placed between two moments; they stand in the order of time.
fn of_day(orders: &[Order], from: i64, to: i64) -> &[Order] {
    let place = |at: i64| orders.partition_point(|order| order.at < at);
    orders.get(place(from)..place(to)).unwrap_or_default()
}

/// Notes the most memory that a process holds, until it is gone.
async fn watch(pid: u32, most: Arc<Mutex<f64>>) -> Result<()> {
    loop {
        let usage = Usage::of(pid)?;
        {
            let mut most = most.lock().unwrap_or_else(PoisonError::into_inner);
            *most = most.max(usage.memory_mb);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn size_mb(folder: &Path) -> Result<f64> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            if about.is_dir() { folders.push(entry.path()) } else { bytes += about.len() }
        }
    }
    Ok(f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0)
}

/// A server with a key for personal data, a source of orders, and products.
struct Shop {
    server: Server,
    api: Api,
    secret: Vec<u8>,
    data: std::path::PathBuf,
    /// Rows of the price ledger before anything was sold.
    asked: usize,
}

impl Shop {
    async fn open(folder: &Path) -> Result<Self> {
        let (keys, secrets, data) = (folder.join("keys.json"), folder.join("secrets"), folder.join("data"));
        run(["keys".as_ref(), "new".as_ref(), keys.as_os_str()]).await?;
        let made = run(["orders".as_ref(), "secret".as_ref(), "shop".as_ref(), secrets.as_os_str()]).await?;
        ensure!(made.status.success(), "no secret: {}", String::from_utf8_lossy(&made.stderr));
        let secret = String::from_utf8(made.stdout)?;
        let secret = STANDARD.decode(secret.trim().trim_start_matches("whsec_"))?;
        std::fs::create_dir(&data)?;
        std::fs::write(
            data.join("livehand.toml"),
            format!("keys = {keys:?}\norder_secrets = {secrets:?}\n"),
        )?;
        let server = Server::start(&data).await?;
        let api = server.operator()?.kept();
        for number in orders::products() {
            api.done("/api/v1/products", orders::product(number)).await?;
        }
        let mut shop = Self { server, api, secret, data, asked: 0 };
        shop.asked = shop.ledger_rows().await?;
        Ok(shop)
    }

    /// Delivers what the platform tells of these orders: a part of it twice, and of some orders in any order.
    async fn tell(
        &self,
        orders: &[Order],
        at_once: usize,
        random: &mut ChaCha8Rng,
        report: &mut Report,
    ) -> Result<()> {
        let mut lives = Vec::new();
        for order in orders.iter().filter(|order| order.live) {
            let mut notices = order.notices();
            report.deliveries += notices.len();
            if random.random_range(0..100) < 5 {
                notices.shuffle(random);
            }
            for place in (0..notices.len()).rev() {
                if random.random_range(0..100) < 3
                    && let Some(notice) = notices.get(place).cloned()
                {
                    notices.push(notice);
                    report.repeated += 1;
                    report.deliveries += 1;
                }
            }
            lives.push(notices);
        }
        let (lives, next) = (Arc::new(lives), Arc::new(AtomicUsize::new(0)));
        let mut telling = JoinSet::new();
        for _ in 0..at_once {
            let (lives, next) = (lives.clone(), next.clone());
            let (api, secret) = (self.api.with(Credential::None), self.secret.clone());
            telling.spawn(async move {
                let mut slowest = Duration::ZERO;
                while let Some(notices) = lives.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (id, notice) in notices {
                        slowest = slowest.max(deliver(&api, &secret, id, notice).await?);
                    }
                }
                anyhow::Ok(slowest)
            });
        }
        while let Some(told) = telling.join_next().await {
            report.slowest = report.slowest.max(told??);
        }
        Ok(())
    }

    async fn import(&self, file: String) -> Result<()> {
        let request = self.api.request(Method::POST, "/api/v1/orders/import?name=orders.csv&apply=true");
        let request = request.header("content-type", "application/octet-stream").body(file.into_bytes());
        let answer = self.api.answer(request).await?;
        let said = answer.json();
        let refused = said.get("refused").and_then(Value::as_array).map_or(usize::MAX, Vec::len);
        ensure!(answer.status == 200 && refused == 0, "an export was refused: {said}");
        Ok(())
    }

    /// Every order is there once, stands where it should, and was paid what it should.
    async fn check(&self, orders: &[Order], report: &mut Report) -> Result<()> {
        let mut expected: BTreeMap<&str, &Order> = orders.iter().map(|it| (it.number.as_str(), it)).collect();
        let mut next = String::new();
        loop {
            let page = self.api.get(&format!("/api/v1/orders?limit={PAGE}{next}")).await?.json();
            for found in page.get("orders").and_then(Value::as_array).context("no orders")? {
                let number = text(found, "/number");
                let order = expected.remove(number.as_str());
                let order = order.with_context(|| format!("{number} is there twice, or unasked"))?;
                let paid = order.is_paid().then(|| order.paid());
                let stands = (text(found, "/state"), found.get("paid_at").is_some_and(Value::is_i64));
                ensure!(stands == (order.state().to_owned(), order.is_paid()), "{order:?} is {found}");
                ensure!(
                    paid.is_none() || found.get("paid_fen").and_then(Value::as_i64) == paid,
                    "{order:?} is {found}"
                );
                report.paid += usize::from(found.get("paid_at").is_some_and(Value::is_i64));
            }
            match page.get("next").and_then(Value::as_str) {
                Some(after) => next = format!("&after={after}"),
                None => break,
            }
        }
        ensure!(expected.is_empty(), "{} orders are missing", expected.len());
        let paid = orders.iter().filter(|order| order.is_paid()).count();
        ensure!(report.paid == paid, "{} of {paid} orders are paid", report.paid);
        // A row for each that was paid, and one for each whose money went back.
        let refunded = orders.iter().filter(|order| order.state() == "refunded").count();
        report.prices = self.ledger_rows().await? - self.asked;
        ensure!(report.prices == paid + refunded, "{} rows of {paid} paid orders", report.prices);
        Ok(())
    }

    /// How many rows the ledgers of the products have.
    async fn ledger_rows(&self) -> Result<usize> {
        let mut rows = 0;
        for number in orders::products() {
            let id = text(&orders::product(number), "/id");
            let ledger = self.api.get(&format!("/api/v1/products/{id}/ledger")).await?.json();
            ensure!(ledger.get("whole") == Some(&Value::Bool(true)), "the ledger of {id} is not whole");
            rows += usize::try_from(ledger.get("total").and_then(Value::as_u64).context("no ledger")?)?;
        }
        Ok(rows)
    }
}

/// Delivers one notice, signed as Standard Webhooks say; returns how long the answer took.
#[expect(clippy::disallowed_methods, reason = "a delivery is signed for the moment at which it is sent")]
async fn deliver(api: &Api, secret: &[u8], id: &str, notice: &Value) -> Result<Duration> {
    let body = serde_json::to_vec(notice)?;
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)?;
    for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", &body] {
        mac.update(part);
    }
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let request = api.request(Method::POST, "/api/v1/orders/webhook").header("webhook-id", id);
    let request = request.header("webhook-timestamp", seconds).header("webhook-signature", signature);
    let request = request.header("content-type", "application/json").body(body);
    let begun = Instant::now();
    let answer = api.answer(request).await?;
    ensure!(answer.status == 200, "{id}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    Ok(begun.elapsed())
}
