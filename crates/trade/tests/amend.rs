//! Orders that get other lines, against units that are counted again from what each order has.

#![cfg(test)]

use std::collections::BTreeMap;

use livehand_kernel::{Millis, SkuId};
use livehand_trade::reservation::{Desk, Refusal, Status, Step, Taking, WhenShort, Wish};
use livehand_trade::stock::{Kind, Movement, Recipes, Stock, apply, identities};
use proptest::prelude::*;

const SKUS: [&str; 3] = ["m", "l", "xl"];
const HOLD_MS: i64 = 1_000;

fn sku(name: &str) -> SkuId {
    SkuId(name.to_owned())
}

fn stocked(name: &str, units: i64) -> Stock {
    let mut stock = Stock::new(sku(name));
    for (kind, quantity) in [(Kind::BufferShareSet, 0), (Kind::Received, units)] {
        let movement = Movement {
            id: format!("{name}-{}", kind.code()),
            sku: sku(name),
            kind,
            quantity,
            locked: false,
            at: Millis(0),
            reason: kind.reasons()[0],
            note: String::new(),
            by: livehand_kernel::PersonId(String::new()),
            by_name: String::new(),
            source: "manual".to_owned(),
            order: None,
        };
        apply(&mut stock, &movement).unwrap();
    }
    stock
}

fn desk(units: i64) -> Desk {
    Desk::new(Recipes::default(), SKUS.map(|name| stocked(name, units)), [])
}

fn wish(name: &str, units: i64, when_short: WhenShort) -> Wish {
    Wish::new([(sku(name), units)], Taking::OnOrder, when_short, HOLD_MS).unwrap()
}

fn shown(desk: &Desk, name: &str) -> i64 {
    desk.stock(&sku(name)).map_or(0, Stock::shown)
}

#[test]
fn what_is_given_back_goes_to_whoever_waits_and_what_is_short_leaves_everything_as_it_was() {
    let mut desk = desk(1);
    desk.reserve("a", &wish("m", 1, WhenShort::Wait), None, Millis(0)).unwrap();
    desk.step("a", Step::Pay, None, Millis(0)).unwrap();
    desk.reserve("b", &wish("m", 1, WhenShort::Wait), None, Millis(0)).unwrap();
    let refused = desk.amend("a", &[(sku("l"), 2)], None, Millis(1)).unwrap_err();
    assert!(matches!(refused, Refusal::Short(short) if short[0].wanted == 2));
    assert_eq!((shown(&desk, "m"), shown(&desk, "l")), (0, 1));
    let to = [(sku("l"), 1)];
    assert_eq!(desk.may_amend("a", &to), Ok(()));
    let done = desk.amend("a", &to, None, Millis(2)).unwrap();
    assert_eq!((done.again, done.reservation.status), (false, Status::Paid));
    assert_eq!(desk.reservation("b").map(|it| it.status), Some(Status::Held), "they waited for m");
    assert_eq!((shown(&desk, "m"), shown(&desk, "l")), (0, 0));
    assert!(desk.amend("a", &to, None, Millis(3)).unwrap().again);
    // Nothing that the books know: it has nothing.
    desk.amend("a", &[], None, Millis(4)).unwrap();
    assert_eq!(shown(&desk, "l"), 1);
    assert_eq!(desk.amend("c", &to, None, Millis(4)), Err(Refusal::Unknown("c".to_owned())));
}

#[derive(Clone, Debug)]
enum Act {
    Reserve(u8, usize, i64),
    Step(u8, Step),
    Amend(u8, Vec<(usize, i64)>),
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let order = 0_u8..6;
    let step = prop::sample::select(Step::ALL.to_vec());
    let lines = prop::collection::btree_map(0_usize..3, 1_i64..4, 0..3);
    let act = prop_oneof![
        (order.clone(), 0_usize..3, 1_i64..4).prop_map(|(order, sku, units)| Act::Reserve(order, sku, units)),
        (order.clone(), step).prop_map(|(order, step)| Act::Step(order, step)),
        (order, lines).prop_map(|(order, lines)| Act::Amend(order, lines.into_iter().collect())),
        (0_i64..1_500).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..60)
}

proptest! {
    /// Whatever happens, each unit is in front of the buyers or with one order, movements tell how it came there, and what was
    /// refused changed nothing.
    #[test]
    fn books_balance_whatever_is_amended(acts in acts()) {
        const UNITS: i64 = 5;
        let (mut desk, mut now) = (desk(UNITS), Millis(0));
        let (mut moved, mut numbers) = (BTreeMap::<SkuId, i64>::new(), BTreeMap::<SkuId, i64>::new());
        for act in acts {
            desk.tick(now, 100);
            let before: Vec<i64> = SKUS.iter().map(|name| shown(&desk, name)).collect();
            let refused = match act {
                Act::Reserve(order, name, units) => {
                    let wish = wish(SKUS[name], units, WhenShort::Wait);
                    desk.reserve(&order.to_string(), &wish, None, now).is_err()
                }
                Act::Step(order, step) => desk.step(&order.to_string(), step, None, now).is_err(),
                Act::Amend(order, lines) => {
                    let mut lines: Vec<_> =
                        lines.into_iter().map(|(name, units)| (sku(SKUS[name]), units)).collect();
                    lines.sort();
                    desk.amend(&order.to_string(), &lines, None, now).is_err()
                }
                Act::Wait(ms) => {
                    now = now.plus(ms);
                    false
                }
            };
            let after: Vec<i64> = SKUS.iter().map(|name| shown(&desk, name)).collect();
            prop_assert!(!refused || before == after);
            for taken in &desk.changes().taken {
                let back = matches!(taken.kind, Kind::Unreserved | Kind::Returned);
                let front = match taken.kind {
                    Kind::SoldReserved => 0,
                    _ if back => taken.quantity,
                    _ => -taken.quantity,
                };
                prop_assert!(taken.kind.reasons().contains(&taken.reason));
                *moved.entry(taken.sku.clone()).or_insert(0) += front;
                let last = numbers.insert(taken.sku.clone(), taken.number);
                prop_assert!(last.is_none_or(|last| last + 1 == taken.number));
            }
            let mut has = BTreeMap::<SkuId, i64>::new();
            for order in 0_u8..6 {
                let Some(it) = desk.reservation(&order.to_string()) else { continue };
                if matches!(it.status, Status::Held | Status::Paid | Status::Picked) {
                    for (sku, units) in it.parts() {
                        *has.entry(sku.clone()).or_insert(0) += units;
                    }
                }
            }
            for name in SKUS {
                let stock = desk.stock(&sku(name)).unwrap();
                prop_assert_eq!(identities(stock), []);
                prop_assert_eq!(stock.shown() + has.get(&sku(name)).copied().unwrap_or(0), UNITS);
                prop_assert_eq!(UNITS + moved.get(&sku(name)).copied().unwrap_or(0), stock.shown());
            }
            // What is settled stays at hand here: it is looked at again.
            let kept: Vec<_> = (0_u8..6).filter_map(|n| desk.reservation(&n.to_string()).cloned()).collect();
            desk.written();
            for it in kept {
                if !desk.knows(&it.order) {
                    desk.recall(it);
                }
            }
        }
    }
}
