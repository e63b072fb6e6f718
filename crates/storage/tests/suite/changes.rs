//! Changes of two people, prices that were seen, breakers: what the database keeps apart whatever the program does.

use livehand_kernel::{ChangeId, Fen, Hat, Millis, PersonId, ProductId};
use livehand_storage::changes::{ChangeFilter, ChangeRow, Decision};
use livehand_storage::prices::{BreakerRow, Lifter, SightingRow};
use livehand_storage::{Db, Error};

use crate::{attempted_behind_its_back, load, on_every_engine, person, product, save};

fn proposal(id: &str, subject: &str) -> ChangeRow {
    ChangeRow {
        id: ChangeId::from(id),
        show_id: None,
        kind: "price".to_owned(),
        subject_id: subject.to_owned(),
        sku_id: String::new(),
        from: Some(Fen(12_900)),
        to: Some(Fen(9_900)),
        detail: "{}".to_owned(),
        live_only: true,
        ends_at: None,
        reason: "跟价".to_owned(),
        status: "proposed".to_owned(),
        care: "{}".to_owned(),
        maker_id: PersonId::from("maker"),
        maker_name: "示例中控".to_owned(),
        made_at: Millis(1_000),
        due_at: None,
        checker_id: None,
        checker_name: None,
        decided_at: None,
        decision: String::new(),
        applied_at: None,
        restored_at: None,
    }
}

async fn with_two_people(db: &Db) {
    save!(db, people::insert(&person("maker", "示例中控"))).unwrap();
    save!(db, people::insert(&person("checker", "示例运营"))).unwrap();
    save!(db, products::insert(&product("p1", 1))).unwrap();
}

fn applied<'a>(by: &'a PersonId, at: i64) -> Decision<'a> {
    Decision { status: "applied", checker: by, checker_name: "示例运营", at: Millis(at), reason: "" }
}

#[tokio::test]
async fn a_change_is_decided_once_and_never_by_its_maker() {
    on_every_engine(|db| async move {
        with_two_people(&db).await;
        let row = proposal("c1", "p1");
        save!(db, changes::insert(&row)).unwrap();
        assert_eq!(load!(db, changes::find(&row.id)), Some(row.clone()));
        let twice = save!(db, changes::insert(&proposal("c2", "p1"))).unwrap_err();
        assert!(matches!(twice, Error::Conflict { .. }), "{twice:?}");

        let (maker, checker) = (PersonId::from("maker"), PersonId::from("checker"));
        assert!(!save!(db, changes::decide(&row.id, applied(&maker, 2_000))).unwrap());
        assert!(save!(db, changes::decide(&row.id, applied(&checker, 2_000))).unwrap());
        assert!(!save!(db, changes::decide(&row.id, applied(&checker, 2_001))).unwrap());
        assert!(!save!(db, changes::withdraw(&row.id, Millis(2_001))).unwrap());
        let decided = load!(db, changes::find(&row.id)).unwrap();
        assert_eq!((decided.applied_at, decided.checker_id), (Some(Millis(2_000)), Some(checker)));
        assert_eq!(load!(db, changes::in_force_for_a_while(None)).len(), 1);
        assert!(save!(db, changes::end(&row.id, "restored", Millis(3_000))).unwrap());
        assert!(!save!(db, changes::end(&row.id, "restored", Millis(3_000))).unwrap());
        // What was decided leaves room for the next.
        save!(db, changes::insert(&proposal("c2", "p1"))).unwrap();
        let waiting = ChangeFilter { waiting: true, limit: 10, ..ChangeFilter::default() };
        let ids: Vec<_> = load!(db, changes::list(&waiting)).into_iter().map(|row| row.id.0).collect();
        assert_eq!(ids, ["c2"]);
    })
    .await;
}

#[tokio::test]
async fn a_delayed_change_waits_until_it_is_due_unless_somebody_decides() {
    on_every_engine(|db| async move {
        with_two_people(&db).await;
        save!(db, products::insert(&product("p2", 2))).unwrap();
        for (id, subject) in [("c1", "p1"), ("c2", "p2")] {
            save!(db, changes::insert(&proposal(id, subject))).unwrap();
            assert!(save!(db, changes::delay(&ChangeId::from(id), Millis(31_000), "没有人在")).unwrap());
        }
        let (first, second) = (ChangeId::from("c1"), ChangeId::from("c2"));
        assert!(!save!(db, changes::apply_due(&first, Millis(30_999))).unwrap());
        assert!(save!(db, changes::apply_due(&first, Millis(31_000))).unwrap());
        assert!(save!(db, changes::withdraw(&second, Millis(20_000))).unwrap());
        assert!(!save!(db, changes::apply_due(&second, Millis(31_000))).unwrap());
    })
    .await;
}

#[tokio::test]
async fn not_even_a_statement_of_somebody_else_makes_maker_and_checker_one() {
    on_every_engine(|db| async move {
        with_two_people(&db).await;
        save!(db, changes::insert(&proposal("c1", "p1"))).unwrap();
        for forged in [
            "UPDATE changes SET checker_id = maker_id, status = 'applied', applied_at = 5",
            "UPDATE changes SET status = 'applied', applied_at = 5",
        ] {
            assert!(attempted_behind_its_back(&db, forged).await.is_err(), "{forged}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_breaker_is_lifted_by_two_and_the_last_price_of_each_kind_counts() {
    on_every_engine(|db| async move {
        with_two_people(&db).await;
        for (id, kind, price, at) in
            [("s1", "page", 12_900, 1), ("s2", "page", 1_290, 2), ("s3", "spoken", 12_900, 1)]
        {
            let seen = SightingRow {
                id: id.to_owned(),
                show_id: None,
                product_id: ProductId::from("p1"),
                sku_id: String::new(),
                kind: kind.to_owned(),
                price: Fen(price),
                at: Millis(at),
                source: "manual".to_owned(),
                person_name: "示例中控".to_owned(),
                note: String::new(),
            };
            save!(db, prices::insert(&seen)).unwrap();
        }
        let latest = load!(db, prices::latest(&ProductId::from("p1")));
        assert_eq!(latest.iter().map(|seen| seen.id.as_str()).collect::<Vec<_>>(), ["s2", "s3"]);

        let row = BreakerRow {
            id: "b1".to_owned(),
            show_id: None,
            product_id: ProductId::from("p1"),
            sku_id: String::new(),
            kind: "page".to_owned(),
            seen: Fen(1_290),
            expected: Fen(12_900),
            tripped_at: Millis(2),
            first: None,
            second: None,
            lifted_at: None,
        };
        save!(db, prices::trip(&row)).unwrap();
        let twice = save!(db, prices::trip(&BreakerRow { id: "b2".to_owned(), ..row.clone() })).unwrap_err();
        assert!(matches!(twice, Error::Conflict { .. }), "{twice:?}");
        let lifter = |name: &str| Lifter {
            person: PersonId::from(name),
            name: name.to_owned(),
            hats: vec![Hat::FloorDirector, Hat::Operations],
            at: Millis(3),
            reason: "已改回".to_owned(),
        };
        assert!(!save!(db, prices::lift_second("b1", &lifter("checker"))).unwrap());
        assert!(save!(db, prices::lift_first("b1", &lifter("maker"))).unwrap());
        assert!(!save!(db, prices::lift_first("b1", &lifter("checker"))).unwrap());
        assert!(!save!(db, prices::lift_second("b1", &lifter("maker"))).unwrap());
        assert_eq!(load!(db, prices::tripped(&row.product_id)).unwrap().first, Some(lifter("maker")));
        assert!(save!(db, prices::lift_second("b1", &lifter("checker"))).unwrap());
        assert_eq!(load!(db, prices::tripped(&row.product_id)), None);
        let forged = "UPDATE breakers SET second_id = first_id";
        assert!(attempted_behind_its_back(&db, forged).await.is_err());
    })
    .await;
}
