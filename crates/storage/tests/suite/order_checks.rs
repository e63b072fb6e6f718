//! Checks of orders, decisions on them, and how they are checked.

use livehand_kernel::{Fen, Millis, ShowId};
use livehand_storage::holds::By;
use livehand_storage::order_checks::{CheckRow, QueueFilter};
use livehand_storage::order_decisions::{DecisionRow, Previous};
use livehand_storage::orders::OrderRow;
use livehand_trade::orders::State;
use livehand_trade::verification::{CheckState, Decision, Difference, Finding, Kind, Settings, Settlement};

use crate::orders::{notice, row};
use crate::{load, on_every_engine, save};

fn order(number: &str) -> OrderRow {
    OrderRow { show: Some(ShowId::from("s1")), ..row(number, &[notice("n1", number, State::Paid, 1_000)]) }
}

fn by() -> By {
    By { person: None, name: "Livehand".to_owned() }
}

#[tokio::test]
async fn what_is_due_is_checked_once_and_again_when_it_changed_meanwhile() {
    on_every_engine(|db| async move {
        save!(db, orders::save(&order("A1"))).unwrap();
        save!(db, order_checks::mark_due("douyin:A1", Millis(10))).unwrap();
        save!(db, order_checks::note_source("douyin:A1", &[7; 32])).unwrap();
        let due = load!(db, order_checks::due(10)).remove(0);
        assert_eq!(
            (due.state, due.version, due.source_print.clone()),
            (CheckState::Due, 1, Some(vec![7; 32]))
        );
        let found = CheckRow {
            state: CheckState::Waiting,
            version: 2,
            findings: vec![Finding::second_check()],
            cut_off: Some(Millis(50)),
            checked_at: Some(Millis(20)),
            ..due.clone()
        };
        assert!(save!(db, order_checks::write(&found, 1)).unwrap());
        assert!(!save!(db, order_checks::write(&found, 1)).unwrap(), "it was written by somebody else");
        assert_eq!(load!(db, order_checks::due(10)), []);
        assert_eq!(load!(db, order_checks::find(&["douyin:A1"])), [found]);
        save!(db, order_checks::mark_due("douyin:A1", Millis(30))).unwrap();
        assert_eq!(load!(db, order_checks::due(10)).remove(0).version, 3);
    })
    .await;
}

#[tokio::test]
async fn the_queue_is_sorted_by_cut_off_and_found_by_kind_show_and_number() {
    on_every_engine(|db| async move {
        for (number, cut_off) in [("A1", Some(90)), ("A2", Some(50)), ("B3", None)] {
            save!(db, orders::save(&order(number))).unwrap();
            let id = format!("douyin:{number}");
            save!(db, order_checks::mark_due(&id, Millis(10))).unwrap();
            let due = load!(db, order_checks::find(&[&id])).remove(0);
            let cut_off = cut_off.map(Millis);
            let state = CheckState::Waiting;
            let findings = vec![Finding::second_check()];
            let found =
                CheckRow { state, version: 2, findings, cut_off, checked_at: Some(Millis(20)), ..due };
            assert!(save!(db, order_checks::write(&found, 1)).unwrap());
        }
        let listed = async |filter: QueueFilter| {
            let filter = QueueFilter { limit: 10, ..filter };
            load!(db, order_checks::queue(&filter))
        };
        assert_eq!(listed(QueueFilter::default()).await, ["douyin:A2", "douyin:A1", "douyin:B3"]);
        let after = Some((Millis(50), "douyin:A2".to_owned()));
        assert_eq!(listed(QueueFilter { after, ..Default::default() }).await, ["douyin:A1", "douyin:B3"]);
        let kind = |kind| QueueFilter { kind: Some(kind), ..Default::default() };
        assert_eq!(listed(kind(Kind::SecondCheck)).await.len(), 3);
        assert_eq!(listed(kind(Kind::Price)).await.len(), 0);
        let show = |show: &str| QueueFilter { show: Some(ShowId::from(show)), ..Default::default() };
        assert_eq!((listed(show("s1")).await.len(), listed(show("s2")).await.len()), (3, 0));
        let search = QueueFilter { search: Some("b".to_owned()), ..Default::default() };
        assert_eq!(listed(search).await, ["douyin:B3"]);
        assert_eq!(load!(db, order_checks::count()), [(CheckState::Waiting, 3)]);
        // What was closed waits for nobody.
        let closed = row("A1", &[notice("n1", "A1", State::Closed, 1_000)]);
        save!(db, orders::save(&closed)).unwrap();
        assert_eq!(load!(db, order_checks::count()), [(CheckState::Waiting, 2)]);
        assert_eq!(
            load!(db, order_checks::count_checked(Millis(0), Millis(21), false)),
            [(CheckState::Waiting, 2)]
        );
        assert_eq!(load!(db, order_checks::count_checked(Millis(0), Millis(20), false)), []);
    })
    .await;
}

#[tokio::test]
async fn decisions_stay_on_record_and_lose_their_former_recipient_with_the_delivery() {
    on_every_engine(|db| async move {
        save!(db, orders::save(&order("A1"))).unwrap();
        let previous =
            Previous { sealed: vec![1, 2, 3], version: 1, customer: livehand_kernel::CustomerId::from("c1") };
        let made = DecisionRow {
            id: "d1".to_owned(),
            order: "douyin:A1".to_owned(),
            decision: Decision::Fixed,
            findings: vec![Finding::second_check()],
            lines: Vec::new(),
            recipient_print: Some(vec![9; 32]),
            previous: Some(previous),
            difference: Some(Difference { fen: Fen(-500), settlement: Settlement::Refund }),
            intercept: None,
            by: by(),
            at: Millis(10),
            answered: None,
            undone: None,
        };
        save!(db, order_decisions::insert(&made)).unwrap();
        assert_eq!(load!(db, order_decisions::of_orders(&["douyin:A1"])), std::slice::from_ref(&made));
        assert_eq!(load!(db, order_decisions::count(Millis(0), Millis(11), false)), [(Decision::Fixed, 1)]);
        save!(db, order_decisions::forget("douyin:A1")).unwrap();
        let kept = load!(db, order_decisions::of_orders(&["douyin:A1"])).remove(0);
        assert_eq!(kept, DecisionRow { previous: None, ..made });
        assert!(save!(db, order_decisions::undo("d1", Millis(20), &by())).unwrap());
        assert!(!save!(db, order_decisions::undo("d1", Millis(21), &by())).unwrap());
        assert_eq!(load!(db, order_decisions::count(Millis(0), Millis(11), false)), []);
    })
    .await;
}

#[tokio::test]
async fn settings_have_versions_and_the_last_one_holds() {
    on_every_engine(|db| async move {
        assert_eq!(load!(db, order_checks::settings()), None);
        let first = Settings { sample_per_mille: 5, ..Settings::default() };
        save!(db, order_checks::set(1, &first, &by(), Millis(1))).unwrap();
        save!(db, order_checks::set(2, &Settings::default(), &by(), Millis(2))).unwrap();
        assert_eq!(load!(db, order_checks::settings()), Some((2, Settings::default())));
    })
    .await;
}
