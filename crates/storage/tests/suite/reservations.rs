//! Reservations: what a turn changes is written as a whole, on what was read, and beside the movements of the ledger.

use livehand_kernel::{Millis, PersonId, SkuId};
use livehand_storage::reservations::ReservationFilter;
use livehand_storage::{Db, Error};
use livehand_trade::reservation::{Desk, Status, Step, Taking, WhenShort, Wish};
use livehand_trade::stock::{Entry, Kind, Movement, Reason, Recipes, Stock, apply, drift};

use crate::{behind_its_back, load, on_every_engine, save};

fn cup() -> SkuId {
    SkuId::from("cup")
}

fn moved(number: i64, kind: Kind, quantity: i64) -> Entry {
    let movement = Movement {
        id: format!("m-{number}"),
        sku: cup(),
        kind,
        quantity,
        locked: false,
        at: Millis(1_000),
        reason: Reason::Purchase,
        note: String::new(),
        by: PersonId::from("p1"),
        by_name: "仓库一一".to_owned(),
        source: "manual".to_owned(),
        order: None,
    };
    Entry { number, movement, asked_sku: cup(), asked_quantity: quantity }
}

/// Books without a buffer, and a desk over them.
async fn desk(db: &Db, units: i64) -> Desk {
    let mut stock = Stock::new(cup());
    let entries = [moved(1, Kind::BufferShareSet, 0), moved(2, Kind::Received, units)];
    for entry in &entries {
        apply(&mut stock, &entry.movement).unwrap();
    }
    assert!(save!(db, stock::record(&stock, 0, &entries)).unwrap());
    Desk::new(Recipes::default(), [stock], [])
}

fn wish(when_short: WhenShort) -> Wish {
    Wish::new([(cup(), 1)], Taking::OnOrder, when_short, 60_000).unwrap()
}

async fn written(db: &Db, desk: &mut Desk) {
    assert!(save!(db, reservations::write(&desk.changes())).unwrap());
    desk.written();
}

#[tokio::test]
async fn a_turn_of_many_orders_is_read_back_as_it_was_and_its_movements_are_one_book_with_the_others() {
    on_every_engine(|db| async move {
        let mut desk = desk(&db, 300).await;
        let by = PersonId::from("p1");
        for number in 0..303 {
            let order = format!("o{number:03}");
            desk.reserve(&order, &wish(WhenShort::Wait), Some(&by), Millis(2_000)).unwrap();
        }
        written(&db, &mut desk).await;
        let unsettled = load!(db, reservations::unsettled());
        assert_eq!(unsettled.len(), 303);
        let again = Desk::new(Recipes::default(), load!(db, stock::all()), unsettled);
        assert_eq!(again.waiting_for(&cup()).len(), 3);
        assert_eq!(again.stock(&cup()), desk.stock(&cup()));

        desk.step("o000", Step::Pay, None, Millis(3_000)).unwrap();
        desk.step("o001", Step::Release, Some(&by), Millis(3_000)).unwrap();
        written(&db, &mut desk).await;
        let found = load!(db, reservations::find(&["o000", "o001", "o300", "nobody"]));
        let standing: Vec<(&str, Status)> = found.iter().map(|it| (it.order.as_str(), it.status)).collect();
        assert_eq!(standing.len(), 3);
        for one in [("o000", Status::Paid), ("o001", Status::Released), ("o300", Status::Held)] {
            assert!(standing.contains(&one), "{standing:?}");
        }
        // A movement of the ledger between two turns takes the next number of the same book.
        let mut stock = desk.stock(&cup()).unwrap().clone();
        let read = stock.version;
        let received = moved(read + 1, Kind::Received, 9);
        apply(&mut stock, &received.movement).unwrap();
        assert!(save!(db, stock::record(&stock, read, std::slice::from_ref(&received))).unwrap());
        let repaired = load!(db, stock::repaired(&cup()));
        assert_eq!(
            (drift(&stock, &repaired.stock), repaired.gaps, repaired.left_out),
            (vec![], vec![], vec![])
        );
        let mut before = None;
        let mut numbers = Vec::new();
        loop {
            let page = load!(db, stock::movements(&cup(), before, 100));
            let Some(last) = page.last() else { break };
            before = Some(last.number);
            numbers.extend(page.iter().map(|entry| entry.number));
        }
        assert_eq!(numbers, (1..=stock.version).rev().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_on_sums_that_somebody_else_changed_and_the_second_wall_holds() {
    on_every_engine(|db| async move {
        let mut desk = desk(&db, 1).await;
        desk.reserve("a", &wish(WhenShort::Refuse), None, Millis(2_000)).unwrap();
        behind_its_back(&db, "UPDATE stock SET version = version + 1").await;
        assert!(!save!(db, reservations::write(&desk.changes())).unwrap());
        behind_its_back(&db, "UPDATE stock SET version = version - 1").await;
        written(&db, &mut desk).await;
        for broken in [
            "UPDATE reservations SET status = 'lost'",
            "UPDATE reservations SET expires_at = NULL",
            "UPDATE reservations SET status = 'paid', expires_at = NULL",
            "UPDATE reservations SET status = 'waiting', expires_at = NULL",
            "UPDATE stock SET available = -1, reserved = 2",
            "UPDATE reservation_movements SET last = 0",
        ] {
            let refused = crate::attempted_behind_its_back(&db, broken).await;
            assert!(refused.is_err(), "{broken}");
        }
        // The same number twice is a conflict, not a second movement.
        let mut stale = Desk::new(
            Recipes::default(),
            [Stock { version: 2, reserved: 0, available: 1, ..desk.stock(&cup()).unwrap().clone() }],
            [],
        );
        stale.reserve("b", &wish(WhenShort::Refuse), None, Millis(2_000)).unwrap();
        behind_its_back(&db, "UPDATE stock SET version = 2").await;
        let twice = save!(db, reservations::write(&stale.changes())).unwrap_err();
        assert!(matches!(twice, Error::Conflict { .. }), "{twice:?}");
    })
    .await;
}

#[tokio::test]
async fn reservations_are_listed_by_order_and_searched() {
    on_every_engine(|db| async move {
        let mut desk = desk(&db, 2).await;
        for order in ["a1", "a2", "b1"] {
            desk.reserve(order, &wish(WhenShort::Wait), None, Millis(2_000)).unwrap();
        }
        desk.step("a1", Step::Pay, None, Millis(3_000)).unwrap();
        written(&db, &mut desk).await;
        let list = async |filter: ReservationFilter| {
            let filter = ReservationFilter { limit: 10, ..filter };
            load!(db, reservations::list(&filter)).into_iter().map(|it| it.order).collect::<Vec<_>>()
        };
        let all = ReservationFilter::default;
        assert_eq!(list(all()).await, ["b1", "a2", "a1"]);
        assert_eq!(list(ReservationFilter { before: Some("b1".into()), ..all() }).await, ["a2", "a1"]);
        assert_eq!(list(ReservationFilter { search: Some("A".into()), ..all() }).await, ["a2", "a1"]);
        assert_eq!(list(ReservationFilter { search: Some("cup".into()), ..all() }).await.len(), 3);
        assert_eq!(list(ReservationFilter { unsettled: true, ..all() }).await, ["b1", "a2"]);
        assert_eq!(list(ReservationFilter { status: Some(Status::Paid), ..all() }).await, ["a1"]);
    })
    .await;
}
