//! Reservations against a model that keeps nothing and counts everything again.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Millis, SkuId};
use livehand_trade::reservation::{
    Answer, Desk, Refusal, Reservation, Status, Step, Taken, Taking, WhenShort, Wish,
};
use livehand_trade::stock::{
    Entry, Kind, Movement, Part, Reason, Recipe, RecipeKind, Recipes, Stock, apply, drift, identities, repair,
};
use proptest::prelude::*;

const HOLD_MS: i64 = 1_000;

fn sku(name: &str) -> SkuId {
    SkuId(name.to_owned())
}

fn received(name: &str, number: i64, units: i64) -> Entry {
    let movement = Movement {
        id: format!("{name}-{number}"),
        sku: sku(name),
        kind: Kind::Received,
        quantity: units,
        locked: false,
        at: Millis(0),
        reason: Reason::Purchase,
        note: String::new(),
        by: livehand_kernel::PersonId(String::new()),
        by_name: String::new(),
        source: "manual".to_owned(),
        order: None,
    };
    Entry { number, movement, asked_sku: sku(name), asked_quantity: units }
}

/// Books without a buffer.
fn stocked(name: &str, units: i64) -> (Stock, Vec<Entry>) {
    let mut stock = Stock::new(sku(name));
    let share = received(name, 1, 0);
    let share = Entry { movement: Movement { kind: Kind::BufferShareSet, ..share.movement }, ..share };
    let mut entries = vec![share];
    if units > 0 {
        entries.push(received(name, 2, units));
    }
    for entry in &entries {
        apply(&mut stock, &entry.movement).unwrap();
    }
    (stock, entries)
}

fn wish(lines: &[(&str, i64)], when_short: WhenShort) -> Wish {
    let lines = lines.iter().map(|(name, units)| (sku(name), *units));
    Wish::new(lines, Taking::OnOrder, when_short, HOLD_MS).unwrap()
}

fn desk(units: &[(&str, i64)]) -> Desk {
    Desk::new(Recipes::default(), units.iter().map(|(name, units)| stocked(name, *units).0), [])
}

fn shown(desk: &Desk, name: &str) -> i64 {
    desk.stock(&sku(name)).map_or(0, Stock::shown)
}

fn status(answer: &Result<Answer, Refusal>) -> Status {
    answer.as_ref().unwrap().reservation.status
}

#[test]
fn a_basket_takes_all_of_its_lines_or_none_and_lines_of_one_sku_are_summed_first() {
    let mut desk = desk(&[("cup", 3), ("spoon", 1)]);
    let two_lines = wish(&[("cup", 2), ("cup", 2)], WhenShort::Refuse);
    let refused = desk.reserve("a", &two_lines, None, Millis(0)).unwrap_err();
    let Refusal::Short(short) = refused else { panic!("{refused:?}") };
    assert_eq!((short[0].wanted, short[0].shown), (4, 3));
    let basket = wish(&[("cup", 1), ("spoon", 2)], WhenShort::Refuse);
    assert!(matches!(desk.reserve("b", &basket, None, Millis(0)), Err(Refusal::Short(_))));
    assert_eq!((shown(&desk, "cup"), shown(&desk, "spoon")), (3, 1));
    assert!(desk.changes().is_empty(), "what is refused leaves no trace");
    assert_eq!(
        status(&desk.reserve("b", &wish(&[("cup", 3)], WhenShort::Refuse), None, Millis(0))),
        Status::Held
    );
    assert_eq!(shown(&desk, "cup"), 0);
}

#[test]
fn bundles_are_taken_by_their_parts_and_give_back_what_they_took_under_the_old_recipe() {
    let bundle = |parts: &[(&str, i64)]| {
        let parts = parts.iter().map(|(name, quantity)| Part { sku: sku(name), quantity: *quantity });
        Recipes::new([Recipe { sku: sku("set"), kind: RecipeKind::Bundle, parts: parts.collect() }]).unwrap()
    };
    let stocks = [("cup", 5), ("spoon", 5)].map(|(name, units)| stocked(name, units).0);
    let mut desk = Desk::new(bundle(&[("cup", 2), ("spoon", 1)]), stocks, []);
    let set = wish(&[("set", 1), ("cup", 1)], WhenShort::Refuse);
    desk.reserve("a", &set, None, Millis(0)).unwrap();
    assert_eq!((shown(&desk, "cup"), shown(&desk, "spoon")), (2, 4));
    assert!(matches!(desk.reserve("b", &set, None, Millis(0)), Err(Refusal::Short(_))));
    desk.set_recipes(bundle(&[("spoon", 4)]));
    desk.step("a", Step::Release, None, Millis(1)).unwrap();
    assert_eq!((shown(&desk, "cup"), shown(&desk, "spoon")), (5, 5));
}

#[test]
fn the_same_order_is_answered_the_same_and_another_wish_under_its_id_is_refused() {
    let mut desk = desk(&[("cup", 1)]);
    let one = wish(&[("cup", 1)], WhenShort::Refuse);
    let first = desk.reserve("a", &one, None, Millis(0)).unwrap();
    let again = desk.reserve("a", &one, None, Millis(5)).unwrap();
    assert_eq!((first.again, again.again, &first.reservation), (false, true, &again.reservation));
    let two = wish(&[("cup", 2)], WhenShort::Refuse);
    assert_eq!(desk.reserve("a", &two, None, Millis(5)), Err(Refusal::OtherWish("a".into())));
    assert_eq!(desk.step("b", Step::Pay, None, Millis(5)), Err(Refusal::Unknown("b".into())));
}

#[test]
fn whoever_waits_is_served_in_order_and_a_big_basket_keeps_its_place_without_holding_up_others() {
    let mut desk = desk(&[("cup", 1)]);
    desk.reserve("first", &wish(&[("cup", 1)], WhenShort::Wait), None, Millis(0)).unwrap();
    let big = desk.reserve("big", &wish(&[("cup", 3)], WhenShort::Wait), None, Millis(1)).unwrap();
    let small = desk.reserve("small", &wish(&[("cup", 1)], WhenShort::Wait), None, Millis(2)).unwrap();
    let last = desk.reserve("last", &wish(&[("cup", 1)], WhenShort::Wait), None, Millis(3)).unwrap();
    assert_eq!((big.ahead, small.ahead, last.ahead), (Some(0), Some(1), Some(2)));
    desk.step("first", Step::Release, None, Millis(4)).unwrap();
    let standing =
        |desk: &Desk| desk.waiting_for(&sku("cup")).iter().map(|it| it.order.clone()).collect::<Vec<_>>();
    assert_eq!(standing(&desk), ["big", "last"], "the earliest who can be served whole is served");
    let mut more = desk.stock(&sku("cup")).unwrap().clone();
    apply(&mut more, &received("cup", 9, 4).movement).unwrap();
    desk.refresh([more]);
    desk.tick(Millis(5), 10);
    assert_eq!((standing(&desk), shown(&desk, "cup")), (vec![], 0));
}

#[test]
fn a_hold_that_ends_serves_who_waits_and_late_money_takes_only_what_is_left() {
    let mut desk = desk(&[("cup", 1)]);
    desk.reserve("a", &wish(&[("cup", 1)], WhenShort::Refuse), None, Millis(0)).unwrap();
    desk.reserve("b", &wish(&[("cup", 1)], WhenShort::Wait), None, Millis(1)).unwrap();
    assert_eq!(desk.next_due(), Some(Millis(HOLD_MS)));
    desk.tick(Millis(HOLD_MS - 1), 10);
    assert_eq!(desk.waiting_for(&sku("cup")).len(), 1);
    desk.tick(Millis(HOLD_MS), 10);
    assert!(desk.waiting_for(&sku("cup")).is_empty());
    assert!(matches!(desk.step("a", Step::Pay, None, Millis(HOLD_MS)), Err(Refusal::Short(_))));
    desk.tick(Millis(HOLD_MS * 2), 10);
    assert_eq!(
        status(&desk.step("a", Step::Pay, None, Millis(HOLD_MS * 2))),
        Status::Paid,
        "there is one again"
    );
    assert!(desk.step("a", Step::Pay, None, Millis(HOLD_MS * 3)).unwrap().again);
}

#[test]
fn where_stock_is_taken_on_payment_who_pays_first_has_it() {
    let mut desk = desk(&[("cup", 1)]);
    let first_paid =
        |when_short| Wish::new([(sku("cup"), 1)], Taking::OnPayment, when_short, HOLD_MS).unwrap();
    for order in ["slow", "quick"] {
        assert_eq!(
            status(&desk.reserve(order, &first_paid(WhenShort::Refuse), None, Millis(0))),
            Status::Open
        );
    }
    desk.reserve("patient", &first_paid(WhenShort::Wait), None, Millis(0)).unwrap();
    assert_eq!(shown(&desk, "cup"), 1);
    assert_eq!(status(&desk.step("quick", Step::Pay, None, Millis(1))), Status::Paid);
    assert!(matches!(desk.step("slow", Step::Pay, None, Millis(1)), Err(Refusal::Short(_))));
    assert_eq!(status(&desk.step("patient", Step::Pay, None, Millis(1))), Status::Waiting);
    desk.step("quick", Step::Cancel, None, Millis(2)).unwrap();
    assert_eq!(
        status(&desk.step("patient", Step::Pay, None, Millis(2))),
        Status::Paid,
        "served with what came back"
    );
}

#[test]
fn pay_cancel_and_expiry_of_one_hold_come_to_one_of_them() {
    let orders = [Some(Step::Pay), Some(Step::Cancel), Some(Step::Release), None];
    for first in orders {
        for second in orders {
            let mut desk = desk(&[("cup", 1)]);
            desk.reserve("a", &wish(&[("cup", 1)], WhenShort::Refuse), None, Millis(0)).unwrap();
            for step in [first, second] {
                match step {
                    Some(step) => drop(desk.step("a", step, None, Millis(HOLD_MS - 1))),
                    None => drop(desk.tick(Millis(HOLD_MS), 9)),
                }
                let stock = desk.stock(&sku("cup")).unwrap();
                assert_eq!(identities(stock), [], "{first:?} {second:?}");
                assert_eq!(stock.available + stock.reserved + stock.sold, 1);
            }
        }
    }
}

/// What the property test does.
#[derive(Clone, Debug)]
enum Deed {
    Reserve(usize, Vec<(usize, i64)>, bool, bool),
    Step(usize, Step),
    Restock(usize, i64),
    Later(i64),
    /// Everything is written and the process ends.
    Restart,
}

const SKUS: [&str; 3] = ["cup", "fork", "spoon"];

fn deed() -> impl Strategy<Value = Deed> {
    let lines = prop::collection::vec((0..SKUS.len() + 1, 1..4_i64), 1..4);
    let step = prop::sample::select(Step::ALL);
    prop_oneof![
        6 => (0..12_usize, lines, any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(order, lines, wait, on_payment)| Deed::Reserve(order, lines, wait, on_payment)),
        6 => (0..12_usize, step).prop_map(|(order, step)| Deed::Step(order, step)),
        1 => (0..SKUS.len(), 1..5_i64).prop_map(|(sku, units)| Deed::Restock(sku, units)),
        2 => (1..HOLD_MS).prop_map(Deed::Later),
        1 => Just(Deed::Restart),
    ]
}

/// The bundle is of a cup and two spoons.
fn recipes() -> Recipes {
    let parts = vec![Part { sku: sku("cup"), quantity: 1 }, Part { sku: sku("spoon"), quantity: 2 }];
    Recipes::new([Recipe { sku: sku("set"), kind: RecipeKind::Bundle, parts }]).unwrap()
}

fn lines(of: &[(usize, i64)]) -> Vec<(SkuId, i64)> {
    of.iter().map(|(place, units)| (sku(SKUS.get(*place).unwrap_or(&"set")), *units)).collect()
}

/// Counts everything again at each question.
#[derive(Default)]
struct Model {
    stocked: BTreeMap<SkuId, i64>,
    orders: BTreeMap<usize, Ordered>,
    /// Who waits, in order of arrival.
    queue: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Ordered {
    parts: BTreeMap<SkuId, i64>,
    wait: bool,
    status: Status,
    paid: bool,
    until: Option<i64>,
}

impl Model {
    fn left(&self, sku: &SkuId) -> i64 {
        let has = |it: &&Ordered| matches!(it.status, Status::Held | Status::Paid | Status::Picked);
        let taken: i64 = self.orders.values().filter(has).filter_map(|it| it.parts.get(sku)).sum();
        self.stocked.get(sku).copied().unwrap_or(0) - taken
    }

    fn fits(&self, parts: &BTreeMap<SkuId, i64>) -> bool {
        parts.iter().all(|(sku, units)| self.left(sku) >= *units)
    }

    fn serve(&mut self, now: i64) {
        for order in self.queue.clone() {
            let waiting = self.orders[&order].clone();
            if self.fits(&waiting.parts) {
                self.queue.retain(|it| *it != order);
                let status = if waiting.paid { Status::Paid } else { Status::Held };
                let until = (!waiting.paid).then_some(now + HOLD_MS);
                self.orders.insert(order, Ordered { status, until, ..waiting });
            }
        }
    }

    fn end_holds(&mut self, now: i64) {
        for it in self.orders.values_mut().filter(|it| it.until.is_some_and(|until| until <= now)) {
            (it.status, it.until) = (Status::Expired, None);
        }
        self.serve(now);
    }

    fn reserve(&mut self, order: usize, of: &[(usize, i64)], wait: bool, on_payment: bool, now: i64) {
        if self.orders.contains_key(&order) {
            return;
        }
        let parts = recipes().demand(&lines(of)).unwrap();
        let status = match (self.fits(&parts), wait, on_payment) {
            (false, false, _) => return,
            (_, _, true) => Status::Open,
            (true, _, false) => Status::Held,
            (false, true, false) => Status::Waiting,
        };
        let until = (status != Status::Waiting).then_some(now + HOLD_MS);
        if status == Status::Waiting {
            self.queue.push(order);
        }
        self.orders.insert(order, Ordered { parts, wait, status, paid: false, until });
    }

    fn step(&mut self, order: usize, step: Step, now: i64) {
        let Some(mut it) = self.orders.get(&order).cloned() else { return };
        match (step, it.status) {
            (Step::Pay, Status::Held) => (it.status, it.paid, it.until) = (Status::Paid, true, None),
            (Step::Pay, Status::Waiting) => it.paid = true,
            (Step::Pay, Status::Open | Status::Expired) if self.fits(&it.parts) => {
                (it.status, it.paid, it.until) = (Status::Paid, true, None);
            }
            (Step::Pay, Status::Open | Status::Expired) if it.wait => {
                (it.status, it.paid, it.until) = (Status::Waiting, true, None);
                self.queue.push(order);
            }
            (Step::Pick, Status::Paid) => it.status = Status::Picked,
            (Step::Release, Status::Waiting | Status::Open | Status::Held | Status::Expired) if !it.paid => {
                (it.status, it.until) = (Status::Released, None);
            }
            (Step::Cancel, status) if status != Status::Picked => {
                (it.status, it.until) = (Status::Cancelled, None);
            }
            _ => {}
        }
        if it.status != Status::Waiting {
            self.queue.retain(|it| *it != order);
        }
        self.orders.insert(order, it);
        self.serve(now);
    }
}

/// What was written: everything that a restart has.
#[derive(Default)]
struct Disk {
    stocks: BTreeMap<SkuId, Stock>,
    entries: BTreeMap<SkuId, Vec<Entry>>,
    reservations: BTreeMap<String, Reservation>,
}

impl Disk {
    fn write(&mut self, desk: &mut Desk) {
        let changes = desk.changes();
        for (stock, read) in &changes.stocks {
            assert_eq!(self.stocks.get(&stock.sku).map_or(0, |it| it.version), *read);
            assert_eq!(identities(stock), []);
            self.stocks.insert(stock.sku.clone(), (*stock).clone());
        }
        for taken in &changes.taken {
            let rows = self.entries.entry(taken.sku.clone()).or_default();
            rows.push(Entry::from(Taken::clone(taken)));
        }
        for reservation in &changes.reservations {
            self.reservations.insert(reservation.order.clone(), (*reservation).clone());
        }
        desk.written();
    }

    fn desk(&self) -> Desk {
        let unsettled = self.reservations.values().filter(|it| !it.status.is_settled()).cloned();
        Desk::new(recipes(), self.stocks.values().cloned(), unsettled)
    }

    fn recall(&self, desk: &mut Desk, order: &str) {
        if let Some(known) = self.reservations.get(order).filter(|_| !desk.knows(order)) {
            desk.recall(known.clone());
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_books_are_those_of_the_model(deeds in prop::collection::vec(deed(), 1..120)) {
        let (mut disk, mut model, mut now) = (Disk::default(), Model::default(), 0);
        for name in SKUS {
            let (stock, entries) = stocked(name, 4);
            disk.stocks.insert(sku(name), stock);
            disk.entries.insert(sku(name), entries);
            model.stocked.insert(sku(name), 4);
        }
        let mut desk = disk.desk();
        for deed in deeds {
            match deed {
                Deed::Reserve(order, of, wait, on_payment) => {
                    let when_short = if wait { WhenShort::Wait } else { WhenShort::Refuse };
                    let taking = if on_payment { Taking::OnPayment } else { Taking::OnOrder };
                    let wish = Wish::new(lines(&of), taking, when_short, HOLD_MS).unwrap();
                    let name = format!("o{order}");
                    disk.recall(&mut desk, &name);
                    let fits = model.fits(&recipes().demand(&lines(&of)).unwrap());
                    let known = model.orders.contains_key(&order);
                    let first = desk.reserve(&name, &wish, None, Millis(now));
                    if let Err(Refusal::Short(_)) = first {
                        prop_assert!(!fits && !known, "a sold-out answer is true");
                    }
                    if first.is_ok() {
                        let again = desk.reserve(&name, &wish, None, Millis(now)).unwrap();
                        prop_assert!(again.again);
                    }
                    model.reserve(order, &of, wait, on_payment, now);
                }
                Deed::Step(order, step) => {
                    let name = format!("o{order}");
                    disk.recall(&mut desk, &name);
                    let first = desk.step(&name, step, None, Millis(now));
                    model.step(order, step, now);
                    if first.is_ok() && step != Step::Pay {
                        let again = desk.step(&name, step, None, Millis(now)).unwrap();
                        prop_assert!(again.again);
                    }
                }
                Deed::Restock(place, units) => {
                    let id = sku(SKUS[place]);
                    let mut stock = disk.stocks[&id].clone();
                    let entry = received(SKUS[place], stock.version + 1, units);
                    apply(&mut stock, &entry.movement).unwrap();
                    disk.entries.get_mut(&id).unwrap().push(entry);
                    disk.stocks.insert(id.clone(), stock.clone());
                    desk.refresh([stock]);
                    desk.tick(Millis(now), 1_000);
                    *model.stocked.get_mut(&id).unwrap() += units;
                    model.serve(now);
                }
                Deed::Later(ms) => {
                    now += ms;
                    while desk.tick(Millis(now), 1_000) {}
                    model.end_holds(now);
                }
                Deed::Restart => desk = disk.desk(),
            }
            disk.write(&mut desk);
            for (order, ordered) in &model.orders {
                let kept = &disk.reservations[&format!("o{order}")];
                prop_assert_eq!((kept.status, kept.paid, kept.expires_at.map(|at| at.0)),
                    (ordered.status, ordered.paid, ordered.until), "order {}", order);
            }
            prop_assert_eq!(disk.reservations.len(), model.orders.len());
            let waiting: BTreeSet<String> = model.queue.iter().map(|order| format!("o{order}")).collect();
            for (id, stock) in &disk.stocks {
                prop_assert_eq!(stock.shown(), model.left(id));
                prop_assert_eq!(stock.stocked, model.stocked[id]);
                let again = repair(id, &disk.entries[id]);
                prop_assert_eq!(drift(stock, &again.stock), vec![]);
                prop_assert!(again.gaps.is_empty() && again.left_out.is_empty());
                let expected: Vec<String> = model.queue.iter()
                    .filter(|order| model.orders[order].parts.contains_key(id))
                    .map(|order| format!("o{order}")).collect();
                let found: Vec<String> = desk.waiting_for(id).iter().map(|it| it.order.clone()).collect();
                prop_assert_eq!(found, expected, "the queue is in order of arrival");
            }
            for order in waiting {
                prop_assert!(!model.fits(&model.orders[&order[1..].parse::<usize>().unwrap()].parts));
            }
        }
    }
}
