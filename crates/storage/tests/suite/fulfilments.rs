//! How far parcels have come, and what holds them.

use livehand_kernel::{Millis, PersonId};
use livehand_storage::fulfilments::FulfilmentFilter;
use livehand_storage::holds::{By, HoldRow};
use livehand_storage::order_checks::CheckRow;
use livehand_trade::fulfilment::{Fulfilment, Hold, HoldKind, Node};
use livehand_trade::orders::State;
use livehand_trade::verification::CheckState;

use crate::orders::{notice, row};
use crate::{load, on_every_engine, save};

const ONE: &str = "douyin:A1";

fn hold(id: &str, kind: HoldKind, cause: &str) -> HoldRow {
    HoldRow {
        id: id.to_owned(),
        order: ONE.to_owned(),
        hold: Hold { kind, cause: cause.to_owned(), since: Millis(10) },
        placed: By { person: None, name: "Livehand".to_owned() },
        lifted: None,
    }
}

#[tokio::test]
async fn a_hold_stands_once_and_stays_on_record_when_it_is_lifted() {
    on_every_engine(|db| async move {
        save!(db, orders::save(&row("A1", &[notice("n1", "A1", State::Paid, 1_000)]))).unwrap();
        let first = hold("h1", HoldKind::Verification, "address");
        assert!(save!(db, holds::place(&first)).unwrap());
        assert!(!save!(db, holds::place(&hold("h2", HoldKind::Verification, "address"))).unwrap());
        assert!(save!(db, holds::place(&hold("h3", HoldKind::Intercept, "t-1"))).unwrap());
        assert_eq!(load!(db, holds::standing(&[ONE])).len(), 2);
        let by = By { person: Some(PersonId("p1".to_owned())), name: "小陈".to_owned() };
        let lift = save!(db, holds::lift(ONE, HoldKind::Intercept, Some("t-2"), Millis(20), &by));
        assert_eq!(lift.unwrap(), 0, "another ticket lifts its own hold only");
        let lift = save!(db, holds::lift(ONE, HoldKind::Verification, None, Millis(20), &by));
        assert_eq!(lift.unwrap(), 1);
        let standing = load!(db, holds::standing(&[ONE]));
        assert_eq!(standing.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["h3"]);
        assert!(save!(db, holds::place(&hold("h4", HoldKind::Verification, "address"))).unwrap());
        let all = load!(db, holds::of_order(ONE));
        assert_eq!(all.len(), 3);
        assert_eq!(all[0], HoldRow { lifted: Some((Millis(20), by)), ..first });
    })
    .await;
}

#[tokio::test]
async fn orders_are_listed_by_where_they_are_and_whether_they_are_held() {
    on_every_engine(|db| async move {
        for (number, state, at) in
            [("A1", State::Paid, 1_000), ("A2", State::Paid, 2_000), ("A3", State::Created, 3_000)]
        {
            save!(db, orders::save(&row(number, &[notice("n1", number, state, at)]))).unwrap();
        }
        for id in ["douyin:A1", "douyin:A2"] {
            save!(db, order_checks::mark_due(id, Millis(1))).unwrap();
        }
        let listed = async |node, held, after: Option<(Millis, String)>| {
            let filter = FulfilmentFilter { node, held, search: None, after, limit: 10 };
            let rows = load!(db, fulfilments::list(&filter));
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(Node::ToPrint, None, None).await, ["douyin:A1", "douyin:A2"]);
        assert_eq!(
            listed(Node::ToPrint, Some(false), None).await,
            Vec::<String>::new(),
            "nothing was checked"
        );
        for due in load!(db, order_checks::due(10)) {
            let passed = CheckRow { state: CheckState::Passed, version: 2, ..due };
            assert!(save!(db, order_checks::write(&passed, 1)).unwrap());
        }
        save!(db, holds::place(&hold("h1", HoldKind::Verification, "address"))).unwrap();
        assert_eq!(listed(Node::ToPrint, Some(true), None).await, ["douyin:A1"]);
        assert_eq!(listed(Node::ToPrint, Some(false), None).await, ["douyin:A2"]);
        let after = Some((Millis(1_000), ONE.to_owned()));
        assert_eq!(listed(Node::ToPrint, None, after).await, ["douyin:A2"]);
        let out = Fulfilment::of([(Node::Printed, Millis(5)), (Node::Out, Millis(6))].into());
        save!(db, fulfilments::save(ONE, &out)).unwrap();
        assert_eq!(load!(db, fulfilments::find(&[ONE, "douyin:A2"])), [(ONE.to_owned(), out)].into());
        assert_eq!(listed(Node::Out, None, None).await, ["douyin:A1"]);
    })
    .await;
}
