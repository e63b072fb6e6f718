//! Stock: the identities hold under whatever is recorded, in whatever order and however often.

#![cfg(test)]

use std::collections::BTreeMap;

use livehand_kernel::{Millis, PersonId, SkuId};
use livehand_trade::stock::{
    Book, Entry, Kind, Movement, Part, Recipe, RecipeFault, RecipeKind, Recipes, Recorded, Refused, Report,
    Reporter, Stock, Who, apply, compare, drift, identities, repair,
};
use proptest::prelude::*;

fn moved(id: &str, sku: &str, kind: Kind, quantity: i64) -> Movement {
    Movement {
        id: id.to_owned(),
        sku: SkuId::from(sku),
        kind,
        quantity,
        locked: false,
        at: Millis(1_000),
        reason: kind.reasons()[0],
        note: String::new(),
        by: PersonId::from("p1"),
        by_name: "仓库一一".to_owned(),
        source: "manual".to_owned(),
        order: None,
    }
}

fn recipe(sku: &str, kind: RecipeKind, parts: &[(&str, i64)]) -> Recipe {
    let part = |(sku, quantity): &(&str, i64)| Part { sku: SkuId::from(*sku), quantity: *quantity };
    Recipe { sku: SkuId::from(sku), kind, parts: parts.iter().map(part).collect() }
}

/// A cup that comes with a spoon, a set of two cups and a spoon, and a box of two sets.
fn recipes() -> Recipes {
    Recipes::new([
        recipe("cup", RecipeKind::Gifts, &[("spoon", 1)]),
        recipe("set", RecipeKind::Bundle, &[("cup", 2), ("spoon", 1)]),
        recipe("box", RecipeKind::Bundle, &[("set", 2)]),
    ])
    .unwrap()
}

fn stocked(units: &[(&str, i64)]) -> Book {
    let mut book = Book::new(recipes(), [], []);
    for (sku, quantity) in units {
        book.record(&moved(&format!("none-{sku}"), sku, Kind::BufferShareSet, 0)).unwrap();
        book.record(&moved(&format!("in-{sku}"), sku, Kind::Received, *quantity)).unwrap();
    }
    book
}

fn sums(book: &Book, sku: &str) -> (i64, i64, i64, i64) {
    let stock = book.stock(&SkuId::from(sku));
    (stock.available, stock.reserved, stock.sold, stock.buffer)
}

#[test]
fn a_tenth_of_what_comes_in_is_held_back_however_it_comes_in() {
    let mut at_once = Stock::new(SkuId::from("cup"));
    apply(&mut at_once, &moved("1", "cup", Kind::Received, 30)).unwrap();
    assert_eq!((at_once.available, at_once.buffer), (27, 3));
    let mut bit_by_bit = Stock::new(SkuId::from("cup"));
    for _ in 0..10 {
        apply(&mut bit_by_bit, &moved("1", "cup", Kind::Received, 3)).unwrap();
    }
    assert_eq!((bit_by_bit.available, bit_by_bit.buffer), (27, 3));
}

#[test]
fn a_bundle_takes_all_its_parts_or_none_summed_before_they_are_checked() {
    // A box needs four cups, and six spoons: two with the sets, four with the cups.
    let mut book = stocked(&[("cup", 10), ("spoon", 11)]);
    let boxed = SkuId::from("box");
    assert_eq!(book.available(&boxed), 1);
    assert_eq!(book.available(&SkuId::from("cup")), 10);
    let refused = book.record(&moved("o1", "box", Kind::Reserved, 2)).unwrap_err();
    assert_eq!(refused, Refused::Short { sku: SkuId::from("spoon"), wanted: 12, shown: 11, locked: 0 });
    assert_eq!((sums(&book, "cup"), sums(&book, "spoon")), ((10, 0, 0, 0), (11, 0, 0, 0)));
    book.record(&moved("o2", "box", Kind::Reserved, 1)).unwrap();
    assert_eq!((sums(&book, "cup"), sums(&book, "spoon")), ((6, 4, 0, 0), (5, 6, 0, 0)));
    // Two lines that share the spoons are summed: either would do alone.
    let lines = [(SkuId::from("set"), 1), (SkuId::from("cup"), 3)];
    let short = book.shortages(&lines).unwrap();
    let named: Vec<_> = short.iter().map(|it| (it.sku.as_str(), it.wanted, it.shown)).collect();
    assert_eq!(named, [("spoon", 6, 5)]);
    assert!(
        book.shortages(&lines[..1]).unwrap().is_empty() && book.shortages(&lines[1..]).unwrap().is_empty()
    );
    let bundle = Refused::Bundle { sku: SkuId::from("box") };
    assert_eq!(book.record(&moved("w", "box", Kind::WrittenOff, 1)), Err(bundle));
}

#[test]
fn a_batch_is_recorded_as_a_whole_or_not_at_all() {
    let mut book = stocked(&[("spoon", 5)]);
    let batch = [moved("a", "spoon", Kind::Reserved, 3), moved("b", "spoon", Kind::Sold, 3)];
    let (place, refused) = book.record_all(&batch).unwrap_err();
    assert_eq!((place, refused.code()), (1, "stock_short"));
    assert_eq!(sums(&book, "spoon"), (5, 0, 0, 0));
    assert!(matches!(book.record(&batch[0]), Ok(Recorded::New(_))), "what was taken back was never there");
}

#[test]
fn an_id_counts_once_and_cannot_mean_two_things() {
    let mut book = stocked(&[("spoon", 5)]);
    book.record(&moved("a", "spoon", Kind::Sold, 2)).unwrap();
    assert_eq!(book.record(&moved("a", "spoon", Kind::Sold, 2)), Ok(Recorded::Again));
    let used = Refused::IdUsed { id: "a".to_owned() };
    assert_eq!(book.record(&moved("a", "spoon", Kind::Sold, 3)), Err(used));
    assert_eq!(sums(&book, "spoon"), (3, 0, 2, 0));
}

#[test]
fn a_circle_of_recipes_is_refused_with_its_path() {
    let path = |recipes: Vec<Recipe>| match Recipes::new(recipes).unwrap_err() {
        RecipeFault::Cycle(path) => path.iter().map(SkuId::as_str).collect::<Vec<_>>().join(">"),
        other => panic!("{other}"),
    };
    let gift = |sku, part| recipe(sku, RecipeKind::Gifts, &[(part, 1)]);
    assert_eq!(path(vec![gift("a", "a")]), "a>a");
    assert_eq!(path(vec![gift("a", "b"), gift("b", "c"), gift("c", "b")]), "b>c>b");
    let twice = recipe("a", RecipeKind::Bundle, &[("b", 1), ("b", 2)]);
    assert!(matches!(Recipes::new([twice]), Err(RecipeFault::Twice { .. })));
    for quantity in [0, -1] {
        let wrong = recipe("a", RecipeKind::Bundle, &[("b", quantity)]);
        assert!(matches!(Recipes::new([wrong]), Err(RecipeFault::Quantity { .. })));
    }
    let empty = recipe("a", RecipeKind::Bundle, &[]);
    assert!(matches!(Recipes::new([empty]), Err(RecipeFault::Parts { .. })));
}

#[test]
fn what_buyers_were_promised_cannot_vanish_from_the_books() {
    let mut book = stocked(&[("spoon", 10)]);
    book.record(&moved("o", "spoon", Kind::Reserved, 8)).unwrap();
    let refused = book.record(&moved("c", "spoon", Kind::Counted, 7)).unwrap_err();
    assert_eq!(refused, Refused::Promised { sku: SkuId::from("spoon"), lost: 3, free: 2 });
    book.record(&moved("c", "spoon", Kind::Counted, 9)).unwrap();
    assert_eq!(sums(&book, "spoon"), (1, 8, 0, 0));
}

#[test]
fn what_is_locked_is_not_sold_and_what_comes_in_locked_stays_out_of_the_front() {
    let mut book = stocked(&[("spoon", 10)]);
    book.record(&moved("l", "spoon", Kind::Locked, 6)).unwrap();
    let short = book.record(&moved("o", "spoon", Kind::Sold, 5)).unwrap_err();
    assert_eq!(short, Refused::Short { sku: SkuId::from("spoon"), wanted: 5, shown: 4, locked: 6 });
    book.record(&Movement { locked: true, ..moved("in", "spoon", Kind::Received, 20) }).unwrap();
    assert_eq!(book.stock(&SkuId::from("spoon")).shown(), 4);
    assert_eq!(book.record(&moved("r", "spoon", Kind::Released, 27)).unwrap_err().code(), "stock_not_locked");
    book.record(&moved("r", "spoon", Kind::Released, 26)).unwrap();
    assert_eq!(book.stock(&SkuId::from("spoon")).shown(), 30);
}

#[test]
fn a_difference_says_who_must_act_and_an_old_report_is_not_believed() {
    let mut book = stocked(&[("spoon", 10), ("fork", 10)]);
    book.record(&moved("o", "spoon", Kind::Reserved, 8)).unwrap();
    let ledger: BTreeMap<SkuId, Stock> = book.stocks().map(|it| (it.sku.clone(), it.clone())).collect();
    let ask = |reporter, age: i64, rows: &[(&str, i64)]| {
        let rows = rows.iter().map(|(sku, units)| (SkuId::from(*sku), *units)).collect();
        let report = Report { reporter, as_of: Millis(1_000_000 - age), age_limit_ms: 60_000, rows };
        compare(&ledger, &recipes(), &report, Millis(1_000_000))
    };
    let who = |reporter, sku, units| {
        ask(reporter, 0, &[(sku, units)]).differences.first().map(|it| (it.who, it.ours))
    };
    assert_eq!(who(Reporter::Warehouse, "spoon", 10), None);
    assert_eq!(who(Reporter::Warehouse, "spoon", 7), Some((Who::Support, 10)));
    assert_eq!(who(Reporter::Warehouse, "spoon", 9), Some((Who::Warehouse, 10)));
    assert_eq!(who(Reporter::Warehouse, "plate", 3), Some((Who::Warehouse, 0)));
    assert_eq!(who(Reporter::Platform, "spoon", 3), Some((Who::Operator, 2)));
    assert_eq!(who(Reporter::Platform, "spoon", -1), Some((Who::Support, 2)));
    assert_eq!(who(Reporter::Platform, "set", 0), None);
    for age in [60_001, -60_001] {
        let old = ask(Reporter::Warehouse, age, &[("spoon", 7)]);
        assert!(old.distrust.is_some() && old.differences.is_empty(), "{age}");
    }
    assert!(ask(Reporter::Warehouse, 60_000, &[("spoon", 7)]).distrust.is_none());
}

fn any_movement() -> impl Strategy<Value = Movement> {
    let skus = prop::sample::select(vec!["cup", "spoon", "set", "box"]);
    let kinds = prop::sample::select(Kind::ALL.to_vec());
    // Few ids, so that many come twice, some for something else.
    (0..60_u32, skus, kinds, -3..40_i64, any::<bool>()).prop_map(|(id, sku, kind, quantity, locked)| {
        Movement { locked, ..moved(&format!("m{id}"), sku, kind, quantity) }
    })
}

proptest! {
    #[test]
    fn the_identities_hold_at_every_instant_and_the_books_can_be_computed_again(
        movements in prop::collection::vec(any_movement(), 1..120)
    ) {
        let mut book = Book::new(recipes(), [], []);
        let mut rows: BTreeMap<SkuId, Vec<Entry>> = BTreeMap::new();
        let begun = [moved("x", "cup", Kind::Received, 60), moved("y", "spoon", Kind::Received, 90)];
        for movement in begun.iter().chain(&movements).chain(&movements) {
            let before: Vec<Stock> = book.stocks().cloned().collect();
            match book.record(movement) {
                Ok(Recorded::New(entries)) => {
                    if movement.kind.is_of_orders() {
                        let lines = [(movement.sku.clone(), movement.quantity)];
                        prop_assert_eq!(entries.len(), book.recipes().demand(&lines).unwrap().len());
                    }
                    for entry in entries {
                        rows.entry(entry.movement.sku.clone()).or_default().push(entry);
                    }
                }
                Ok(Recorded::Again) | Err(_) => {
                    prop_assert_eq!(before, book.stocks().cloned().collect::<Vec<_>>(), "nothing moved");
                }
            }
            for stock in book.stocks() {
                prop_assert!(identities(stock).is_empty(), "{:?}", stock);
            }
        }
        for (sku, mut entries) in rows {
            entries.reverse();
            let again = repair(&sku, &entries);
            prop_assert!(again.left_out.is_empty() && again.gaps.is_empty());
            prop_assert_eq!(drift(&book.stock(&sku), &again.stock), vec![]);
        }
    }

    #[test]
    fn sums_that_were_tampered_with_are_found(field in 0..7_usize, by in 1..5_i64) {
        let kept = stocked(&[("spoon", 50)]).stock(&SkuId::from("spoon"));
        let mut wrong = kept.clone();
        let Stock { stocked, available, reserved, sold, buffer, locked, version, .. } = &mut wrong;
        *[stocked, available, reserved, sold, buffer, locked, version][field] += by;
        prop_assert_eq!(drift(&wrong, &kept).len(), 1);
        // A lock within its bounds and a version are no part of a sum.
        prop_assert_eq!(identities(&wrong).is_empty(), field >= 5);
    }
}
