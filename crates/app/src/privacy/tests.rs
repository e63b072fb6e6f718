//! What all tests of this folder draw from, and what depends on the time: these tests own it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use livehand_compliance::personal::{Class, Given, Matrix, Reason};
use livehand_kernel::{Clock, CustomerId, DAY_MS, DeliveryId, Entropy, Hat, Millis, PersonId};
use livehand_live::alarms::Steps;
use livehand_rooms::{Rooms, Wiring};
use livehand_show_log::{Marks, SqlLog};
use livehand_storage::people::PersonRow;
use livehand_storage::{Db, deliveries::Step};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::keyring::Keyring;
use super::{KeptHow, NewDelivery, NewLook, run_personal_data};
use crate::{App, Caller, Error, Parts, Wording};

/// Randomness that is the same every time.
#[derive(Default)]
pub struct Drawn(AtomicU64);

impl Entropy for Drawn {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::Relaxed);
            let drawn = Sha256::digest(n.to_le_bytes());
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

const START: i64 = 1_781_784_000_000;

struct Stopped(AtomicI64);

impl Clock for Stopped {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }
}

/// Use cases whose time and keys a test owns.
pub(crate) struct Bench {
    pub(crate) app: App,
    clock: Arc<Stopped>,
    ring: Arc<Mutex<Keyring>>,
    stop: CancellationToken,
    _folder: TempDir,
}

fn again(ring: &Keyring) -> Keyring {
    Keyring::parse(&ring.to_text()).unwrap()
}

pub(crate) async fn bench() -> Bench {
    let folder = TempDir::new().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
    let marks = Arc::new(Marks::open(&folder.path().join("marks")).unwrap());
    let clock = Arc::new(Stopped(AtomicI64::new(START)));
    let entropy = Arc::new(Drawn::default());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let rooms = Rooms::new(Wiring {
        log: Arc::new(SqlLog::new(db.clone())),
        marks: marks.clone(),
        clock: clock.clone(),
        on_fatal: Arc::new(|reason| panic!("{reason}")),
        tasks: tasks.clone(),
        stop: stop.clone(),
        steps: Steps::USUAL,
    });
    let ring = Arc::new(Mutex::new(Keyring::new(Millis(START), &*entropy)));
    let file = ring.clone();
    let app = App::new(Parts {
        db: db.clone(),
        rooms,
        marks,
        clock: clock.clone(),
        entropy,
        local_token: None,
        on_fatal: Arc::new(|reason| panic!("{reason}")),
        caution: crate::Caution::default(),
        tolerances: crate::Tolerances::default(),
        wording: Wording::default(),
        tasks,
        sheets: Arc::new(|_| Box::pin(async { Err(livehand_prepare::sheet::Problem::Busy.into()) })),
        keys: Arc::new(move || Ok(again(&file.lock().unwrap()))),
        retention: Matrix::default(),
        note_erased: Arc::new(|_| Ok(())),
        order_secrets: Vec::new(),
        drafter: None,
        invented: false,
    });
    for (id, hat) in [("cs", Hat::CustomerService), ("co", Hat::Compliance)] {
        let person = PersonRow {
            id: PersonId::from(id),
            name: id.to_owned(),
            hats: vec![hat],
            password_hash: None,
            disabled: false,
            created_at: Millis(START),
        };
        let person = &person;
        db.write(|tx| async move { livehand_storage::people::insert(&tx, person).await }).await.unwrap();
    }
    Bench { app, clock, ring, stop, _folder: folder }
}

pub(crate) fn wearing(id: &str, hat: Hat) -> Caller {
    Caller::Person { id: PersonId::from(id), name: id.to_owned(), hats: vec![hat], session: [0; 32] }
}

fn service() -> Caller {
    wearing("cs", Hat::CustomerService)
}

fn given(name: &str, phone: &str, address: &str) -> Given {
    let mut given = Given::default();
    given.name = name.to_owned();
    given.phone = phone.to_owned();
    given.address = address.to_owned();
    given
}

impl Bench {
    pub(crate) fn later(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    async fn keep(&self, id: &str, class: Class, recipient: Given) -> (CustomerId, KeptHow) {
        let new = NewDelivery { id: DeliveryId::from(id), class, at: None, recipient };
        let kept = self.app.keep_deliveries(&service(), &[new]).await.unwrap().remove(0);
        (kept.customer, kept.how)
    }

    async fn look(&self, customer: &CustomerId, delivery: Option<&str>) -> Result<String, String> {
        let new = NewLook {
            reason: Reason::AddressCheck,
            note: "工单 7".to_owned(),
            fields: Vec::new(),
            delivery: delivery.map(DeliveryId::from),
        };
        let seen = self.app.reveal_customer(&service(), customer, &new).await;
        seen.map(|seen| format!("{}{}", seen.recipient.region(), seen.recipient.street()))
            .map_err(|e| code(&e))
    }

    async fn step(&self, id: &str, step: Step) {
        self.app.note_delivery_step(&service(), &DeliveryId::from(id), step, None).await.unwrap();
    }

    async fn expire(&self) -> i64 {
        let runs = self.app.run_retention(&wearing("co", Hat::Compliance)).await.unwrap();
        runs.iter().map(|run| run.row.deliveries + run.row.customers + run.row.evidence).sum()
    }
}

fn code(error: &Error) -> String {
    match error {
        Error::Conflict { code, .. } => (*code).to_owned(),
        other => other.to_string(),
    }
}

const HOME: &str = "浙江省杭州市西湖区文三路1号";
const WORK: &str = "浙江省杭州市滨江区江南大道2号";

#[tokio::test]
async fn a_look_lasts_five_minutes_and_not_a_moment_more() {
    let bench = bench().await;
    let (customer, _) = bench.keep("T1", Class::Order, given("王小明", "13800138000", HOME)).await;
    assert_eq!(bench.look(&customer, None).await.unwrap(), HOME);
    let again = async || bench.app.revealed_customer(&service(), &customer).await;
    bench.later(5 * 60_000 - 1);
    assert_eq!(again().await.unwrap().look.row.seen, 2);
    let other = bench.app.revealed_customer(&wearing("c2", Hat::CustomerService), &customer).await;
    assert_eq!(code(&other.unwrap_err()), "look_over", "what one was shown is not shown to another");
    bench.later(1);
    assert_eq!(code(&again().await.unwrap_err()), "look_over");
}

#[tokio::test]
async fn an_order_keeps_the_recipient_that_it_was_given() {
    let bench = bench().await;
    let (customer, how) = bench.keep("T1", Class::Order, given("王小明", "13800138000", HOME)).await;
    assert_eq!(how, KeptHow::New);
    bench.later(1_000);
    assert_eq!(bench.keep("T2", Class::Order, given("王 小明", "138-0013-8000", WORK)).await.0, customer);
    assert_eq!(bench.look(&customer, None).await.unwrap(), WORK, "as last known");
    assert_eq!(bench.look(&customer, Some("T1")).await.unwrap(), HOME, "as this order was given");
    let same = bench.keep("T1", Class::Order, given("王小明", "13800138000", HOME)).await;
    assert_eq!(same, (customer.clone(), KeptHow::Same));
    let moved = bench.keep("T1", Class::Order, given("王小明", "13800138000", WORK)).await;
    assert_eq!(moved, (customer.clone(), KeptHow::Changed));
    assert_eq!(bench.look(&customer, Some("T1")).await.unwrap(), WORK);
    let (friend, how) = bench.keep("T1", Class::Order, given("赵四", "13911112222", HOME)).await;
    assert!(friend != customer && how == KeptHow::Changed);
    assert_eq!(bench.look(&customer, Some("T1")).await.unwrap_err(), "there is no delivery T1");
    assert_eq!(bench.look(&friend, Some("T1")).await.unwrap(), HOME);
    // A platform that masks what it delivers later does not make a stranger of the customer.
    let masked = bench.keep("T1", Class::Order, given("赵*", "139****2222", HOME)).await;
    assert_eq!(masked, (friend, KeptHow::Changed));
}

#[tokio::test]
async fn orders_go_ninety_days_after_their_after_sale_prizes_thirty_after_they_came_evidence_after_three_years()
 {
    let bench = bench().await;
    let (buyer, _) = bench.keep("T1", Class::Order, given("王小明", "13800138000", HOME)).await;
    let (winner, _) = bench.keep("P1", Class::Prize, given("赵四", "13911112222", WORK)).await;
    let (open, _) = bench.keep("T2", Class::Order, given("钱五", "13922223333", WORK)).await;
    bench.step("T1", Step::Closed).await;
    bench.step("P1", Step::Received).await;
    bench.later(30 * DAY_MS - 1);
    assert_eq!(bench.expire().await, 0);
    bench.later(1);
    assert_eq!(bench.expire().await, 2, "the prize and its winner");
    assert_eq!(bench.look(&winner, None).await.unwrap_err(), "personal_data_gone");
    assert_eq!(bench.look(&buyer, None).await.unwrap(), HOME);
    bench.later(60 * DAY_MS);
    assert_eq!(bench.expire().await, 2);
    assert_eq!(bench.look(&buyer, None).await.unwrap_err(), "personal_data_gone");
    assert_eq!(bench.look(&open, None).await.unwrap(), WORK, "its after-sale is not over");
    let masked =
        bench.app.masked_customers(&service(), &[buyer.clone(), winner, open.clone()]).await.unwrap();
    assert_eq!((masked.len(), masked[&buyer].name.as_str()), (3, "王**"));
    bench.later((455 - 90) * DAY_MS - 1);
    assert_eq!(bench.expire().await, 0);
    bench.later(1);
    assert_eq!(bench.expire().await, 2, "nobody closed it, and nothing happened to it");
    assert_eq!(bench.look(&open, None).await.unwrap_err(), "personal_data_gone");
    bench.later((1_095 - 455) * DAY_MS - 1);
    assert_eq!(bench.expire().await, 0);
    bench.later(1);
    assert_eq!(bench.expire().await, 3, "the evidence of all of them");
    let left = bench.app.masked_customers(&service(), &[buyer, open]).await.unwrap();
    assert_eq!(left.len(), 0);
}

#[tokio::test]
async fn the_loop_wraps_anew_and_takes_away_without_being_asked() {
    let bench = bench().await;
    let (customer, _) = bench.keep("T1", Class::Order, given("王小明", "13800138000", HOME)).await;
    let (gone, _) = bench.keep("P1", Class::Prize, given("赵四", "13911112222", WORK)).await;
    bench.step("P1", Step::Received).await;
    bench.later(31 * DAY_MS);
    let running = TaskTracker::new();
    running.spawn(run_personal_data(bench.app.clone(), bench.stop.clone()));
    let ring = again(&bench.ring.lock().unwrap()).rotated(Millis(START), &Drawn(AtomicU64::new(1_000)));
    *bench.ring.lock().unwrap() = ring;
    let admin = wearing("ad", Hat::Admin);
    bench.app.reload_personal_data_keys(&admin).await.unwrap();
    for _ in 0..500 {
        let waiting = bench.app.personal_data_keys(&admin).await.unwrap().waiting;
        if waiting == 0 && bench.look(&gone, None).await.is_err() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    bench.stop.cancel();
    running.close();
    running.wait().await;
    let keys = bench.app.personal_data_keys(&admin).await.unwrap();
    assert_eq!(keys.waiting, 0);
    assert_eq!(keys.keys.iter().map(|key| key.customers).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(bench.look(&gone, None).await.unwrap_err(), "personal_data_gone");
    assert_eq!(bench.look(&customer, None).await.unwrap(), HOME);
    let old: Vec<_> = keys.keys.iter().map(|key| key.id.clone()).collect();
    let ring = again(&bench.ring.lock().unwrap()).retired(&old);
    *bench.ring.lock().unwrap() = ring;
    bench.app.reload_personal_data_keys(&admin).await.unwrap();
    assert_eq!(bench.look(&customer, None).await.unwrap(), HOME);
}

#[tokio::test]
async fn an_order_whose_after_sale_nobody_closes_goes_after_its_last_activity() {
    let bench = bench().await;
    let (customer, _) = bench.keep("T1", Class::Order, given("王小明", "13800138000", HOME)).await;
    bench.later(100 * DAY_MS);
    bench.step("T1", Step::Shipped).await;
    // Nothing happened to it since: it is kept for 455 days after that, and not a moment more.
    bench.later(455 * DAY_MS - 1);
    assert_eq!(bench.expire().await, 0);
    assert!(bench.look(&customer, Some("T1")).await.is_ok());
    bench.later(1);
    assert_eq!(bench.expire().await, 2, "the recipient of the order, and what is known of the customer");
    assert!(bench.look(&customer, Some("T1")).await.is_err());
    // One that is closed goes by that, however long ago it was opened.
    bench.keep("T2", Class::Order, given("李小红", "13900139000", WORK)).await;
    bench.step("T2", Step::Closed).await;
    bench.later(90 * DAY_MS - 1);
    assert_eq!(bench.expire().await, 0);
    bench.later(1);
    assert_eq!(bench.expire().await, 2);
}
