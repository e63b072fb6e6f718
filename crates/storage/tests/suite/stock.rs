//! Stock: movements and the sums that they give, recipes, reports.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, PersonId, SkuId};
use livehand_storage::stock::StockFilter;
use livehand_storage::stock_reports::ReportRow;
use livehand_storage::{Db, Error};
use livehand_trade::stock::{
    Entry, Kind, Movement, Part, Reason, Recipe, RecipeKind, Report, Reporter, Stock, apply,
};

use crate::{behind_its_back, load, on_every_engine, product, save};

fn received(sku: &str, number: i64, quantity: i64) -> Entry {
    let movement = Movement {
        id: format!("{sku}-{number}"),
        sku: SkuId::from(sku),
        kind: Kind::Received,
        quantity,
        locked: true,
        at: Millis(1_000),
        reason: Reason::Purchase,
        note: "第一批".to_owned(),
        by: PersonId::from("p1"),
        by_name: "仓库一一".to_owned(),
        source: "manual".to_owned(),
        order: Some("o1".to_owned()),
    };
    Entry { number, movement, asked_sku: SkuId::from("set"), asked_quantity: 3 }
}

async fn opened(db: &Db, sku: &str, quantity: i64) -> (Stock, Entry) {
    let (mut stock, entry) = (Stock::new(SkuId::from(sku)), received(sku, 1, quantity));
    apply(&mut stock, &entry.movement).unwrap();
    assert!(save!(db, stock::record(&stock, 0, std::slice::from_ref(&entry))).unwrap());
    (stock, entry)
}

#[tokio::test]
async fn movements_and_sums_are_written_together_and_only_on_what_was_read() {
    on_every_engine(|db| async move {
        let (mut stock, first) = opened(&db, "cup", 10).await;
        assert_eq!(load!(db, stock::find(&stock.sku)), Some(stock.clone()));
        assert_eq!(load!(db, stock::movement("cup-1")), Some(first.clone()));
        let second = received("cup", 2, 5);
        let opened_twice = save!(db, stock::record(&stock, 0, std::slice::from_ref(&second))).unwrap();
        assert!(!opened_twice);
        apply(&mut stock, &second.movement).unwrap();
        assert!(!save!(db, stock::record(&stock, 7, std::slice::from_ref(&second))).unwrap());
        assert_eq!(load!(db, stock::movements(&stock.sku, None, 9)), std::slice::from_ref(&first));
        assert!(save!(db, stock::record(&stock, 1, std::slice::from_ref(&second))).unwrap());
        assert_eq!(load!(db, stock::movements(&stock.sku, None, 1)), std::slice::from_ref(&second));
        assert_eq!(load!(db, stock::movements(&stock.sku, Some(2), 9)), [first]);
        let same_id = Entry { number: 3, ..second };
        let twice = save!(db, stock::record(&stock, 2, std::slice::from_ref(&same_id))).unwrap_err();
        assert!(matches!(twice, Error::Conflict { .. }), "{twice:?}");
        assert_eq!(load!(db, stock::skus("", 9)), [stock.sku.clone()]);
    })
    .await;
}

#[tokio::test]
async fn sums_that_break_an_identity_are_refused_by_the_database_itself() {
    on_every_engine(|db| async move {
        let (stock, _) = opened(&db, "cup", 10).await;
        for wrong in [
            Stock { available: stock.available - 1, ..stock.clone() },
            Stock { available: -1, sold: stock.available + 1, locked: 0, ..stock.clone() },
            Stock { locked: stock.available + 1, ..stock.clone() },
            Stock { locked: -1, ..stock.clone() },
            Stock { buffer_percent: 101, ..stock.clone() },
        ] {
            let refused = save!(db, stock::put_right(&wrong)).unwrap_err();
            assert!(matches!(refused, Error::Conflict { .. }), "{refused:?}");
        }
        assert_eq!(load!(db, stock::find(&stock.sku)), Some(stock.clone()));
        // A change that keeps the identity is found by computing the sums again, and put right.
        let moved = "UPDATE stock SET sold = sold + 1, buffer = buffer - 1";
        assert_eq!(behind_its_back(&db, moved).await, 1);
        save!(db, stock::put_right(&stock)).unwrap();
        assert_eq!(load!(db, stock::find(&stock.sku)), Some(stock));
    })
    .await;
}

#[tokio::test]
async fn stock_is_found_by_sku_and_by_the_name_of_its_product() {
    on_every_engine(|db| async move {
        save!(db, products::insert(&product("tee", 1))).unwrap();
        for (sku, units) in [("tee", 0), ("cup", 1), ("odd_%", 10)] {
            opened(&db, sku, units.max(1)).await;
        }
        let found = |search: Option<&str>, low: bool, after: Option<&str>| {
            let (search, after) = (search.map(str::to_owned), after.map(SkuId::from));
            StockFilter { search, low, after, limit: 10 }
        };
        let names = |rows: Vec<livehand_storage::stock::StockRow>| -> Vec<String> {
            rows.into_iter().map(|row| row.stock.sku.0).collect()
        };
        assert_eq!(names(load!(db, stock::list(&found(None, false, None)))), ["cup", "odd_%", "tee"]);
        assert_eq!(names(load!(db, stock::list(&found(Some("SAMPLE"), false, None)))), ["tee"]);
        assert_eq!(names(load!(db, stock::list(&found(Some("_%"), false, None)))), ["odd_%"]);
        assert_eq!(names(load!(db, stock::list(&found(None, false, Some("cup"))))), ["odd_%", "tee"]);
        assert_eq!(names(load!(db, stock::list(&found(None, true, None)))), [""; 0]);
        behind_its_back(
            &db,
            "UPDATE stock SET sold = available, available = 0, locked = 0 WHERE sku_id = 'cup'",
        )
        .await;
        assert_eq!(names(load!(db, stock::list(&found(None, true, None)))), ["cup"]);
    })
    .await;
}

#[tokio::test]
async fn recipes_are_replaced_as_a_whole_and_keep_their_order() {
    on_every_engine(|db| async move {
        let part = |sku: &str, quantity| Part { sku: SkuId::from(sku), quantity };
        let set = Recipe {
            sku: SkuId::from("set"),
            kind: RecipeKind::Bundle,
            parts: vec![part("spoon", 2), part("cup", 1)],
        };
        let cup = Recipe { sku: SkuId::from("cup"), kind: RecipeKind::Gifts, parts: vec![part("spoon", 1)] };
        save!(db, stock_recipes::replace(&set)).unwrap();
        save!(db, stock_recipes::replace(&cup)).unwrap();
        let smaller = Recipe { parts: vec![part("cup", 3)], ..set.clone() };
        assert_eq!(load!(db, stock_recipes::all()), [cup.clone(), set]);
        save!(db, stock_recipes::replace(&smaller)).unwrap();
        assert_eq!(load!(db, stock_recipes::all()), [cup.clone(), smaller]);
        let gone = Recipe { parts: Vec::new(), ..cup };
        save!(db, stock_recipes::replace(&gone)).unwrap();
        assert_eq!(load!(db, stock_recipes::all()).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_latest_report_of_each_source_is_the_one_with_the_latest_figures() {
    on_every_engine(|db| async move {
        let report = |id: &str, source: &str, as_of: i64, units: i64| ReportRow {
            id: id.to_owned(),
            source: source.to_owned(),
            report: Report {
                reporter: Reporter::Warehouse,
                as_of: Millis(as_of),
                age_limit_ms: 60_000,
                rows: BTreeMap::from([(SkuId::from("cup"), units)]),
            },
            received_at: Millis(9_000),
            person_id: PersonId::from("p1"),
            person_name: "仓库一一".to_owned(),
        };
        // A report that arrives late does not hide a newer one.
        let kept =
            [report("a", "一号仓", 3_000, 5), report("b", "一号仓", 2_000, 9), report("c", "二号仓", 1, 1)];
        for row in &kept {
            assert!(save!(db, stock_reports::insert(row)).unwrap());
            assert!(!save!(db, stock_reports::insert(row)).unwrap());
        }
        let mut latest = load!(db, stock_reports::latest());
        latest.sort_by(|a, b| a.id.cmp(&b.id));
        assert_eq!(latest, [kept[0].clone(), kept[2].clone()]);
    })
    .await;
}
