//! The price ledger: one chain, each row once, and nothing done to it goes unseen.

use livehand_kernel::{Fen, Millis, PersonId, ProductId, ShowId, SkuId};
use livehand_storage::price_ledger::{self, Break, Kind, LedgerHead, NewEntry, Tampering};
use livehand_storage::{Db, Error};
use tokio::task::JoinSet;

use crate::{behind_its_back, load, on_every_engine, save};

fn paid(n: u64) -> NewEntry {
    let odd = !n.is_multiple_of(2);
    NewEntry {
        at: Millis(1_000 - i64::try_from(n).unwrap()),
        product: ProductId::from(if n.is_multiple_of(3) { "p2" } else { "p1" }),
        sku: odd.then(|| SkuId::from("red")),
        venue: "main".to_owned(),
        kind: Kind::Paid,
        fen: Fen(9_900),
        until: odd.then_some(Millis(9_000)),
        quantity: odd.then_some(2),
        order: Some(format!("o{n}")),
        source: "order".to_owned(),
        source_id: format!("o{n}"),
        evidence: odd.then(|| "show:s1#7".to_owned()),
        by: odd.then(|| PersonId::from("p1")),
        by_name: "Sample Lin".to_owned(),
    }
}

async fn ledger(db: &Db, length: u64) {
    for n in 1..=length {
        assert_eq!(save!(db, price_ledger::append(&paid(n))).unwrap().sequence, n);
    }
    assert_eq!(load!(db, price_ledger::verify()), None);
}

#[tokio::test]
async fn what_is_added_comes_back_and_a_row_that_was_delivered_twice_is_one_row() {
    on_every_engine(|db| async move {
        assert_eq!(load!(db, price_ledger::head()), LedgerHead::EMPTY);
        ledger(&db, 6).await;
        let head = load!(db, price_ledger::head());
        let again = NewEntry { fen: Fen(1), ..paid(3) };
        assert_eq!(save!(db, price_ledger::append(&again)).unwrap(), head);
        assert_eq!(load!(db, price_ledger::find("order", "o3")), Some(3));
        assert_eq!(load!(db, price_ledger::find("manual", "o3")), None);

        let rows = load!(db, price_ledger::page(0, 100));
        let entries: Vec<NewEntry> = rows.iter().map(|row| row.entry.clone()).collect();
        assert_eq!(entries, (1..=6).map(paid).collect::<Vec<_>>());
        assert_eq!(load!(db, price_ledger::page(4, 1))[0].sequence, 5);
        assert_eq!(rows[5].hash, head.hash);
        assert_eq!(load!(db, price_ledger::hash_at(6)), Some(head.hash));
        assert_eq!(load!(db, price_ledger::hash_at(7)), None);
        let of_product = load!(db, price_ledger::of_product(&ProductId::from("p1"), Millis(996)));
        let found: Vec<u64> = of_product.iter().map(|row| row.sequence).collect();
        assert_eq!(found, [4, 2, 1], "by their time");
    })
    .await;
}

#[tokio::test]
async fn an_id_is_of_its_source() {
    on_every_engine(|db| async move {
        save!(db, price_ledger::append(&paid(1))).unwrap();
        let other = NewEntry { source: "manual".to_owned(), ..paid(1) };
        assert_eq!(save!(db, price_ledger::append(&other)).unwrap().sequence, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_write_the_ledger_at_once_make_one_chain_with_each_row_once() {
    on_every_engine(|db| async move {
        let mut tasks = JoinSet::new();
        for task in 0..8_u64 {
            let db = db.clone();
            tasks.spawn(async move {
                // Two tasks deliver the same rows.
                for n in 0..6 {
                    let entry = paid((task / 2) * 6 + n + 1);
                    while let Err(error) = db
                        .write(|tx| {
                            let entry = entry.clone();
                            async move { price_ledger::append(&tx, &entry).await }
                        })
                        .await
                    {
                        assert!(matches!(error, Error::Busy), "{error:?}");
                    }
                }
            });
        }
        tasks.join_all().await;
        assert_eq!(load!(db, price_ledger::verify()), None);
        assert_eq!(load!(db, price_ledger::head()).sequence, 24);
    })
    .await;
}

#[tokio::test]
async fn a_changed_row_of_the_ledger_is_found_by_its_number() {
    on_every_engine(|db| async move {
        ledger(&db, 6).await;
        behind_its_back(&db, "CREATE TABLE kept AS SELECT * FROM price_ledger").await;
        for change in [
            "at = at + 1",
            "product_id = 'p9'",
            "sku_id = 'blue'",
            "venue = 'other'",
            "kind = 'asked'",
            "fen = 8900",
            "until_at = 1",
            "quantity = 3",
            "order_id = NULL",
            "source = 'manual'",
            "source_id = 'o9'",
            "evidence = 'a file'",
            "person_id = 'p2'",
            "person_name = 'Sample Mei'",
            "previous = hash",
            "hash = previous",
        ] {
            let sql = format!("UPDATE price_ledger SET {change} WHERE sequence = 4");
            assert_eq!(behind_its_back(&db, sql).await, 1);
            let found = Some(Break { sequence: 4, what: Tampering::Changed });
            assert_eq!(load!(db, price_ledger::verify()), found, "{change}");
            behind_its_back(&db, "DELETE FROM price_ledger").await;
            behind_its_back(&db, "INSERT INTO price_ledger SELECT * FROM kept").await;
            assert_eq!(load!(db, price_ledger::verify()), None);
        }
        behind_its_back(&db, "DROP TABLE kept").await;
    })
    .await;
}

#[tokio::test]
async fn a_removed_or_moved_row_of_the_ledger_is_found() {
    on_every_engine(|db| async move {
        ledger(&db, 6).await;
        behind_its_back(&db, "UPDATE price_ledger SET sequence = 100 WHERE sequence = 5").await;
        behind_its_back(&db, "UPDATE price_ledger SET sequence = 5 WHERE sequence = 6").await;
        behind_its_back(&db, "UPDATE price_ledger SET sequence = 6 WHERE sequence = 100").await;
        let moved = Some(Break { sequence: 5, what: Tampering::Reordered });
        assert_eq!(load!(db, price_ledger::verify()), moved);
        behind_its_back(&db, "DELETE FROM price_ledger WHERE sequence = 2").await;
        let gone = Some(Break { sequence: 2, what: Tampering::Removed });
        assert_eq!(load!(db, price_ledger::verify()), gone);
        behind_its_back(&db, "UPDATE price_ledger SET sequence = 0 WHERE sequence = 1").await;
        assert_eq!(load!(db, price_ledger::verify()).unwrap().what, Tampering::Reordered);
    })
    .await;
}

#[tokio::test]
async fn how_far_a_show_was_read_is_remembered() {
    on_every_engine(|db| async move {
        let show = ShowId::from("s1");
        assert_eq!(load!(db, price_ledger::show_read(&show)), (0, [0; 32]));
        save!(db, price_ledger::note_show_read(&show, 7, &[7; 32])).unwrap();
        save!(db, price_ledger::note_show_read(&show, 9, &[9; 32])).unwrap();
        assert_eq!(load!(db, price_ledger::show_read(&show)), (9, [9; 32]));
    })
    .await;
}
