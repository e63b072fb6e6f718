//! The lowest price of one unit of a product, for a given set of promotions of the order.
//!
//! The other products matter only by what they add to the bases of promotions. They are split into two halves; of each
//! half all combinations are listed, those of the second by what they add to one promotion (the pivot). For each way to
//! buy the product and each combination of the first half, only that stretch of the second list is looked through in which
//! the threshold is reached and the bound still promises a better price.

use super::bound::{Pivot, Set, Span};
use super::search::{Found, Search, Value, closure};
use super::settle::settle;
use super::table::{Cut, LINES_MAX, Order, Row, TooMany, Way, at, covers};

/// A combination of ways to buy some lines.
#[derive(Clone, Copy, Default)]
struct Half {
    /// What it adds to the pivot's base.
    base: i64,
    amounts: Row,
    quantities: Row,
    ways: [u16; LINES_MAX],
}

/// A stretch of bases that is looked through.
struct Stretch {
    from: i64,
    /// The last base of it.
    to: i64,
    steps: i64,
}

impl Search<'_> {
    /// Looks through the orders that use exactly these promotions.
    pub fn baskets(&mut self, target: usize, used: u64) -> Result<(), TooMany> {
        let (lines, needed) = closure(self.table, target, used);
        // A promotion that has nothing to do with the line changes nothing: the branch without it says the same.
        if needed != used {
            return Ok(());
        }
        let table = self.table;
        let orders = table.used(used);
        let pivot = pivot(&orders, target);
        let pivot_lines = pivot.map_or(0, |(_, order)| order.lines);
        let (first, second) = self.halves(target, lines, used, pivot_lines)?;
        let ways = table.places.get(target).map(|place| place.ways.as_slice()).unwrap_or_default();
        let mut span = spread(&first, &second);
        let set = Set { used, open: 0, pivot: None, amounts_apart: false };
        let mut bounds = Vec::new();
        for (pick, way) in ways.iter().enumerate().filter(|(_, way)| way.barred & used == 0) {
            span.set(target, way.amount(), way.amount(), way.quantity);
            self.spend(1)?;
            if let Some(reach) = table.reach(&span, &set) {
                bounds.push((Value { over: at(&reach.low, target), under: way.quantity }, pick, way));
            }
        }
        bounds.sort_by_key(|(bound, pick, _)| (*bound, *pick));
        for (bound, pick, way) in bounds {
            if self.improves(bound) {
                span.set(target, way.amount(), way.amount(), way.quantity);
                let own = Half::default().with(target, pick, way, pivot_lines);
                self.look_through(target, &own, &orders, pivot, used, &span, (&first, &second))?;
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one step of one search")]
    fn look_through(
        &mut self,
        target: usize,
        own: &Half,
        orders: &[&Order],
        pivot: Option<(usize, &Order)>,
        used: u64,
        span: &Span,
        (first, second): (&[Half], &[Half]),
    ) -> Result<(), TooMany> {
        let most = second.last().map_or(0, |half| half.base);
        let highest = own.base + first.iter().map(|half| half.base).max().unwrap_or_default() + most;
        for stretch in stretches(pivot, own.base, highest) {
            let mut to = self.last_worth(target, pivot, used, span, &stretch)?;
            for one in first {
                let known = own.base + one.base;
                let skip = second.partition_point(|half| known + half.base < stretch.from);
                for half in second.iter().skip(skip) {
                    if known + half.base > to {
                        break;
                    }
                    self.spend(1)?;
                    self.orders += 1;
                    let order = own.join(one).join(half);
                    let Some(settled) = settle(orders, order.amounts, &order.quantities) else { continue };
                    let value =
                        Value { over: at(&settled.amounts, target), under: at(&order.quantities, target) };
                    if self.improves(value) {
                        self.best = Some(Found { value, ways: order.ways, used });
                        to = self.last_worth(target, pivot, used, span, &stretch)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The largest base of the pivot with which the bound still promises a better price; less than all if there is none.
    fn last_worth(
        &mut self,
        target: usize,
        pivot: Option<(usize, &Order)>,
        used: u64,
        span: &Span,
        stretch: &Stretch,
    ) -> Result<i64, TooMany> {
        let mut promises = |base: i64| {
            let pivot = pivot.map(|(order, _)| Pivot { order, base, steps: stretch.steps });
            let set = Set { used, open: 0, pivot, amounts_apart: false };
            self.spend(1)?;
            let reach = self.table.reach(span, &set);
            let value = reach.map(|reach| Value {
                over: at(&reach.low, target),
                under: at(&span.quantities, target).max(1),
            });
            Ok(value.is_some_and(|value| self.improves(value)))
        };
        if !promises(stretch.from)? {
            return Ok(-1);
        }
        let (mut yes, mut no) = (stretch.from, stretch.to.max(stretch.from) + 1);
        while no - yes > 1 {
            let middle = yes + (no - yes) / 2;
            if promises(middle)? { yes = middle } else { no = middle }
        }
        Ok(yes)
    }

    /// The combinations of the other lines, in two halves; the second by what it adds to the pivot.
    fn halves(
        &mut self,
        target: usize,
        lines: u8,
        used: u64,
        pivot: u8,
    ) -> Result<(Vec<Half>, Vec<Half>), TooMany> {
        let mut others: Vec<(usize, Vec<(usize, &Way)>)> = Vec::new();
        for (line, place) in self.table.places.iter().enumerate() {
            if line != target && covers(lines, line) {
                let free = place.ways.iter().enumerate().filter(|(_, way)| way.barred & used == 0);
                let mut ways: Vec<(usize, &Way)> = free.collect();
                ways.dedup_by_key(|(_, way)| (way.amount(), way.quantity));
                others.push((line, ways));
            }
        }
        others.sort_by_key(|(line, ways)| (ways.len(), *line));
        let (mut first, mut second) = (vec![Half::default()], vec![Half::default()]);
        for (turn, (line, ways)) in others.iter().enumerate() {
            let half = if turn % 2 == 0 { &mut second } else { &mut first };
            self.spend(half.len() as u64 * ways.len() as u64 / 4)?;
            let more: Vec<Half> = half
                .iter()
                .flat_map(|half| ways.iter().map(move |(pick, way)| half.with(*line, *pick, way, pivot)))
                .collect();
            half.extend(more);
        }
        second.sort_by_key(|half| half.base);
        Ok((first, second))
    }
}

impl Half {
    fn with(&self, line: usize, pick: usize, way: &Way, pivot: u8) -> Self {
        let mut half = *self;
        let amount = way.amount();
        if covers(pivot, line) {
            half.base += amount;
        }
        let rows = [(&mut half.amounts, amount), (&mut half.quantities, way.quantity)];
        for (row, value) in rows {
            if let Some(cell) = row.get_mut(line) {
                *cell = value;
            }
        }
        if let Some(cell) = half.ways.get_mut(line) {
            *cell = u16::try_from(pick + 1).unwrap_or(u16::MAX);
        }
        half
    }

    fn join(&self, other: &Self) -> Self {
        let mut half = *self;
        half.base += other.base;
        half.amounts.iter_mut().zip(other.amounts).for_each(|(all, it)| *all += it);
        half.quantities.iter_mut().zip(other.quantities).for_each(|(all, it)| *all += it);
        half.ways.iter_mut().zip(other.ways).for_each(|(all, it)| *all += it);
        half
    }
}

/// What the other lines can add.
fn spread(first: &[Half], second: &[Half]) -> Span {
    let mut span = Span { low: [0; LINES_MAX], high: [0; LINES_MAX], quantities: [0; LINES_MAX] };
    for half in first.iter().chain(second) {
        span.high.iter_mut().zip(half.amounts).for_each(|(high, it)| *high = it.max(*high));
        span.quantities.iter_mut().zip(half.quantities).for_each(|(high, it)| *high = it.max(*high));
    }
    span
}

/// The promotion by whose base the second half is sorted: one that shares an amount out over as many lines as can be,
/// because its bound rises fastest; failing that one with steps, or the one with the highest threshold.
fn pivot<'a>(orders: &[&'a Order], target: usize) -> Option<(usize, &'a Order)> {
    let kind = |order: &Order| match order.cut {
        Cut::Amount(_) | Cut::Percent { cap: Some(_), .. } => 2,
        Cut::Step { .. } => 1,
        Cut::Percent { .. } => 0,
    };
    let weight = |order: &Order| {
        let lines = order.lines.count_ones();
        (lines > 1, kind(order), lines, order.threshold)
    };
    let on_target = orders.iter().filter(|order| covers(order.lines, target));
    on_target.max_by_key(|order| weight(order)).map(|order| (order.place, *order))
}

/// The stretches of bases to look through: for each number of steps one, because a step's share is largest where it has
/// just been reached. Steps are of the first layer of an order, so nothing has been taken off their base.
fn stretches(pivot: Option<(usize, &Order)>, least: i64, highest: i64) -> Vec<Stretch> {
    let Some((_, order)) = pivot else { return vec![Stretch { from: least, to: highest, steps: 0 }] };
    match order.cut {
        Cut::Step { each, .. } => {
            let last = |steps: i64| (steps * each + each - 1).min(highest);
            let stretch = |steps: i64| Stretch { from: (steps * each).max(least), to: last(steps), steps };
            (1..=highest / each).map(stretch).filter(|it| it.from <= it.to).collect()
        }
        _ => vec![Stretch { from: order.threshold.max(least), to: highest, steps: 0 }],
    }
}
