//! Customers, their deliveries, looks at them, and how all of it goes.

use std::path::Path;

use livehand_kernel::{CustomerId, DeliveryId, Millis, PersonId};
use livehand_storage::customer_looks::LookRow;
use livehand_storage::customers::{CustomerRow, SealedPart};
use livehand_storage::deliveries::{DeliveryRow, Step};
use livehand_storage::erasures::{Decision, ErasureRow};
use livehand_storage::{Db, Error};

use crate::{load, on_every_engine, person, save};

/// Bytes that stand nowhere else in a database.
fn bytes(seed: u8) -> Vec<u8> {
    (0..48_u8).map(|n| n.wrapping_mul(37).wrapping_add(seed) ^ 0xA5).collect()
}

fn customer(id: &str, seed: u8) -> CustomerRow {
    CustomerRow {
        id: CustomerId::from(id),
        key_id: "k1".to_owned(),
        clear: Some(SealedPart { key: bytes(seed), data: bytes(seed + 1) }),
        masked: Some(SealedPart { key: bytes(seed + 2), data: bytes(seed + 3) }),
        phone_index: vec![seed; 32],
        version: 1,
        created_at: Millis(1_000),
        last_order_at: Millis(1_000),
        expired_at: None,
        erased_at: None,
    }
}

fn delivery(id: &str, customer: &str, class: &str) -> DeliveryRow {
    DeliveryRow {
        id: DeliveryId::from(id),
        customer_id: CustomerId::from(customer),
        class: class.to_owned(),
        recipient: Some(bytes(99)),
        version: 1,
        opened_at: Millis(1_000),
        shipped_at: None,
        received_at: None,
        closed_at: None,
        expired_at: None,
    }
}

async fn add(db: &Db, row: &CustomerRow, deliveries: &[DeliveryRow]) {
    save!(*db, customers::insert(row)).unwrap();
    for delivery in deliveries {
        save!(*db, deliveries::insert(delivery)).unwrap();
    }
}

#[tokio::test]
async fn a_customer_is_found_by_the_hash_of_their_number_and_written_anew_once() {
    on_every_engine(|db| async move {
        let row = customer("c1", 1);
        add(&db, &row, &[]).await;
        assert_eq!(load!(db, customers::by_phone(&[1; 32], 10)), std::slice::from_ref(&row));
        assert_eq!(load!(db, customers::by_phone(&[2; 32], 10)), []);
        let next = CustomerRow { version: 2, phone_index: vec![2; 32], ..row.clone() };
        assert!(save!(db, customers::update(&next, 1)).unwrap());
        assert!(!save!(db, customers::update(&next, 1)).unwrap(), "somebody was faster");
        assert_eq!(load!(db, customers::page(None, 10)), std::slice::from_ref(&next));
        assert_eq!(load!(db, customers::page(Some(&next.id), 10)), []);
    })
    .await;
}

#[tokio::test]
async fn keys_are_wrapped_anew_without_touching_what_they_seal() {
    on_every_engine(|db| async move {
        add(&db, &customer("c1", 1), &[]).await;
        add(&db, &customer("c2", 9), &[]).await;
        let old = load!(db, customers::wrapped_by_others("k2", 1));
        assert_eq!(old.len(), 1);
        let mut new = old[0].clone();
        new.key_id = "k2".to_owned();
        new.phone_index = vec![7; 32];
        new.clear.as_mut().unwrap().key = bytes(50);
        new.masked.as_mut().unwrap().key = bytes(51);
        assert!(save!(db, customers::rewrap(&new)).unwrap());
        assert_eq!(load!(db, customers::find(&new.id)), Some(new));
        let counts = load!(db, customers::count_by_key());
        assert_eq!(counts, [("k1".to_owned(), 1), ("k2".to_owned(), 1)]);
        save!(db, customers::erase(&CustomerId::from("c2"), Millis(5))).unwrap();
        db.clear_traces().await.unwrap();
        assert_eq!(load!(db, customers::wrapped_by_others("k2", 9)), [], "nothing is left to be wrapped");
    })
    .await;
}

#[tokio::test]
async fn what_is_due_goes_and_what_is_still_needed_stays() {
    on_every_engine(|db| async move {
        let parcels =
            [delivery("o1", "c1", "order"), delivery("o2", "c1", "order"), delivery("p1", "c1", "prize")];
        add(&db, &customer("c1", 1), &parcels).await;
        let orders = Millis(100);
        let due = |orders| {
            let db = db.clone();
            async move {
                (
                    load!(db, deliveries::due(orders, Millis(-1), Millis(50), 10)),
                    load!(db, customers::due(orders, Millis(-1), Millis(50), 10)),
                )
            }
        };
        save!(db, deliveries::step(&DeliveryId::from("o1"), Step::Closed, Millis(100))).unwrap();
        save!(db, deliveries::step(&DeliveryId::from("p1"), Step::Received, Millis(50))).unwrap();
        let idle =
            async |since: i64| load!(db, deliveries::due(Millis(-1), Millis(since), Millis(-1), 10)).len();
        let opened = load!(db, deliveries::find(&DeliveryId::from("o2"))).unwrap().opened_at.0;
        assert_eq!((idle(opened - 1).await, idle(opened).await), (0, 1), "only one of them is open");
        save!(db, deliveries::step(&DeliveryId::from("o2"), Step::Shipped, Millis(opened + 5))).unwrap();
        assert_eq!((idle(opened + 4).await, idle(opened + 5).await), (0, 1), "something happened to it");
        let (parcels, people) = due(orders).await;
        assert_eq!(parcels, [DeliveryId::from("o1"), DeliveryId::from("p1")]);
        assert_eq!(people, [], "o2 is not over");
        save!(db, deliveries::step(&DeliveryId::from("o2"), Step::Closed, Millis(101))).unwrap();
        assert_eq!(due(orders).await.1, []);
        save!(db, deliveries::step(&DeliveryId::from("o2"), Step::Reopened, Millis(102))).unwrap();
        save!(db, deliveries::step(&DeliveryId::from("o2"), Step::Closed, Millis(99))).unwrap();
        assert_eq!(due(orders).await.1, [CustomerId::from("c1")]);
        assert!(save!(db, deliveries::expire(&DeliveryId::from("o1"), Millis(7))).unwrap());
        assert!(!save!(db, deliveries::expire(&DeliveryId::from("o1"), Millis(8))).unwrap());
        assert!(save!(db, customers::expire(&CustomerId::from("c1"), Millis(9))).unwrap());
        let row = load!(db, customers::find(&CustomerId::from("c1"))).unwrap();
        assert!(row.clear.is_none() && row.masked.is_some() && row.phone_index.is_empty());
        assert!(load!(db, deliveries::of_customer(&row.id, 10)).iter().all(|it| it.recipient.is_none()));
        assert!(!save!(db, deliveries::redirect(&delivery("o2", "c1", "order"))).unwrap(), "gone is gone");
        assert_eq!(load!(db, customers::evidence_due(Millis(999), 10)), []);
        assert_eq!(load!(db, customers::evidence_due(Millis(1_000), 10)), [CustomerId::from("c1")]);
        assert!(save!(db, customers::expire_evidence(&row.id)).unwrap());
        assert!(load!(db, customers::find(&row.id)).unwrap().masked.is_none());
    })
    .await;
}

#[tokio::test]
async fn looks_last_until_their_end_and_erasures_need_a_second_person() {
    on_every_engine(|db| async move {
        save!(db, people::insert(&person("p1", "客服"))).unwrap();
        save!(db, people::insert(&person("p2", "合规"))).unwrap();
        add(&db, &customer("c1", 1), &[]).await;
        let (id, who) = (CustomerId::from("c1"), PersonId::from("p1"));
        let look = LookRow {
            id: "l1".to_owned(),
            customer_id: id.clone(),
            delivery_id: None,
            person_id: who.clone(),
            person_name: "客服".to_owned(),
            purpose: "reveal".to_owned(),
            reason: "address_check".to_owned(),
            note: "核对".to_owned(),
            fields: "name,phone".to_owned(),
            at: Millis(10),
            until: Millis(20),
            seen: 1,
        };
        save!(db, customer_looks::insert(&look)).unwrap();
        assert_eq!(load!(db, customer_looks::lasting(&id, &who, Millis(19))), Some(look));
        assert_eq!(load!(db, customer_looks::lasting(&id, &who, Millis(20))), None);
        assert!(save!(db, customer_looks::count("l1", Millis(19))).unwrap());
        assert!(!save!(db, customer_looks::count("l1", Millis(20))).unwrap());
        assert_eq!(load!(db, customer_looks::page(Some(&id), None, 10))[0].seen, 2);

        let erasure = ErasureRow {
            id: "e1".to_owned(),
            customer_id: id.clone(),
            status: "asked".to_owned(),
            reason: "本人要求".to_owned(),
            asked_by: who.clone(),
            asked_name: "客服".to_owned(),
            asked_at: Millis(10),
            due_at: Millis(99),
            decided_by: None,
            decided_name: None,
            decided_at: None,
            decision: String::new(),
            alone: false,
        };
        save!(db, erasures::insert(&erasure)).unwrap();
        let twice = ErasureRow { id: "e2".to_owned(), ..erasure };
        assert!(matches!(save!(db, erasures::insert(&twice)), Err(Error::Conflict { .. })));
        let done = |by: &str, alone| Decision {
            status: "done",
            by: PersonId::from(by),
            name: String::new(),
            at: Millis(11),
            why: String::new(),
            alone,
        };
        assert!(matches!(save!(db, erasures::decide("e1", &done("p1", false))), Err(Error::Conflict { .. })));
        assert!(save!(db, erasures::decide("e1", &done("p2", false))).unwrap());
        assert!(!save!(db, erasures::decide("e1", &done("p2", false))).unwrap());
        assert_eq!(load!(db, erasures::list(true, 10)), []);
        assert_eq!(load!(db, erasures::list(false, 10))[0].status, "done");
    })
    .await;
}

/// Whether a file holds these bytes.
fn holds(file: &Path, bytes: &[u8]) -> bool {
    let content = std::fs::read(file).unwrap_or_default();
    content.windows(bytes.len()).any(|window| window == bytes)
}

#[tokio::test]
async fn an_erased_customers_keys_are_in_no_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("livehand.db");
    let db = Db::open(&format!("sqlite:{}", path.display())).await.unwrap();
    let (row, parcel) = (customer("c1", 1), delivery("o1", "c1", "order"));
    // Neighbours, so that pages are full and rows move.
    for n in 0..60 {
        add(&db, &customer(&format!("a{n}"), 100), &[]).await;
    }
    add(&db, &row, &[parcel]).await;
    for n in 0..60 {
        add(&db, &customer(&format!("d{n}"), 100), &[]).await;
    }
    let wal = path.with_extension("db-wal");
    let secrets = [bytes(1), bytes(2), bytes(3), bytes(4), bytes(99)];
    for secret in &secrets {
        assert!(holds(&path, secret) || holds(&wal, secret));
    }
    save!(db, customers::erase(&row.id, Millis(5))).unwrap();
    db.clear_traces().await.unwrap();
    for secret in &secrets {
        assert!(!holds(&path, secret) && !holds(&wal, secret));
    }
    let gone = load!(db, customers::find(&row.id)).unwrap();
    assert!(gone.clear.is_none() && gone.masked.is_none() && gone.erased_at == Some(Millis(5)));
    assert!(!save!(db, customers::erase(&row.id, Millis(6))).unwrap());
    db.close().await;
}
