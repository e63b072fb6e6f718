//! The exact minimum, by branch and bound.
//!
//! A branch says of some promotions of the order whether they are used and leaves the others open; the branch with the
//! lowest bound is split first. Where nothing is open any more, the ways to buy each product are looked through
//! ([`super::baskets`], [`super::margins`]). A branch whose bound is not below the best order is closed. When no branch is
//! left, nothing lower exists, and the closed branches are the proof.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::bound::{Set, Span};
use super::table::{LINES_MAX, QUANTITY_MAX, Row, Table, TooMany, Way, at, covers, has};

/// Orders and bounds that are computed before the search is given up: about a second in the release build.
const EFFORT_MAX: u64 = 20_000_000;

/// More than any basket comes to, fen, and has of units.
const ANY_AMOUNT: i64 = 1 << 50;
const ANY_QUANTITY: i64 = 1 << 20;

/// What is made as small as possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Goal {
    /// What one unit of a line comes to.
    Price(usize),
    /// What an order earns: paid less costs, gifts and shipping.
    Margin {
        /// Less what its units must earn at least.
        above_minimum: bool,
    },
}

/// A quotient of whole numbers; the denominator is positive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub over: i64,
    pub under: i64,
}

impl Value {
    pub fn whole(value: i64) -> Self {
        Self { over: value, under: 1 }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.under == other.under {
            return self.over.cmp(&other.over);
        }
        let (left, right) = (
            i128::from(self.over) * i128::from(other.under),
            i128::from(other.over) * i128::from(self.under),
        );
        left.cmp(&right)
    }
}

/// An order: how each line is bought, and which promotions of the order are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub value: Value,
    /// For each line, one more than the place of its way; 0 if it is not bought.
    pub ways: [u16; LINES_MAX],
    pub used: u64,
}

/// How a branch was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// No order of it is below this.
    Bound(Value),
    /// A promotion that it uses cannot reach its threshold.
    Unreachable,
    /// Its orders were looked through.
    Searched,
}

/// A closed branch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Branch {
    pub used: u64,
    pub open: u64,
    pub end: End,
}

struct Node {
    bound: Value,
    used: u64,
    open: u64,
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives its greatest first.
        let key = |node: &Node| (node.open.count_ones(), node.used, node.open);
        other.bound.cmp(&self.bound).then_with(|| key(other).cmp(&key(self)))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

/// A search in the making.
pub(super) struct Search<'a> {
    pub table: &'a Table,
    pub goal: Goal,
    pub best: Option<Found>,
    effort: u64,
    /// Orders that were computed.
    pub orders: u64,
}

impl<'a> Search<'a> {
    pub fn new(table: &'a Table, goal: Goal, best: Option<Found>) -> Self {
        Self { table, goal, best, effort: 0, orders: 0 }
    }

    /// Finds the minimum; the closed branches cover everything.
    pub fn run(&mut self) -> Result<Vec<Branch>, TooMany> {
        let mut closed = Vec::new();
        let mut heap = BinaryHeap::new();
        let strongest = strongest_first(self.table, self.goal);
        let open = relevant(self.table, self.goal);
        self.leaf(0)?;
        self.grow(0, open, &mut heap, &mut closed)?;
        while let Some(Node { bound, used, open }) = heap.pop() {
            if !self.improves(bound) {
                closed.push(Branch { used, open, end: End::Bound(bound) });
            } else if let Some((with, without)) = split(self.table, &strongest, used, open) {
                self.grow(with.0, with.1, &mut heap, &mut closed)?;
                self.grow(without.0, without.1, &mut heap, &mut closed)?;
            } else {
                self.leaf(used)?;
                closed.push(Branch { used, open, end: End::Searched });
            }
        }
        Ok(closed)
    }

    fn grow(
        &mut self,
        used: u64,
        open: u64,
        heap: &mut BinaryHeap<Node>,
        closed: &mut Vec<Branch>,
    ) -> Result<(), TooMany> {
        match self.bound(used, open)? {
            Some(bound) => heap.push(Node { bound, used, open }),
            None => closed.push(Branch { used, open, end: End::Unreachable }),
        }
        Ok(())
    }

    /// Whether an order of this value would be the best so far.
    pub fn improves(&self, value: Value) -> bool {
        self.best.is_none_or(|best| value < best.value)
    }

    /// Counts work, and gives up when it is too much.
    pub fn spend(&mut self, effort: u64) -> Result<(), TooMany> {
        self.effort += effort;
        if self.effort > EFFORT_MAX { Err(TooMany::Combinations) } else { Ok(()) }
    }

    /// What no order of a branch is below; nothing if it has no order.
    pub fn bound(&mut self, used: u64, open: u64) -> Result<Option<Value>, TooMany> {
        self.spend(4)?;
        Ok(match self.goal {
            Goal::Price(target) => self.price_bound(target, used, open),
            Goal::Margin { above_minimum } => self.margin_bound(above_minimum, used, open),
        })
    }

    /// Looks through the orders that use exactly these promotions.
    pub fn leaf(&mut self, used: u64) -> Result<(), TooMany> {
        match self.goal {
            Goal::Price(target) => self.baskets(target, used),
            Goal::Margin { above_minimum } => self.margins(above_minimum, used),
        }
    }

    fn price_bound(&self, target: usize, used: u64, open: u64) -> Option<Value> {
        let mut span = self.table.widest();
        self.table.unit_bound(
            target,
            used,
            open,
            |span_of, low, high, quantity| {
                span_of.set(target, low, high, quantity);
            },
            &mut span,
        )
    }
}

impl Table {
    /// What one unit of a line is not below in any basket whatever, also of products that are not looked at: thresholds are
    /// taken to be reached exactly.
    pub fn in_any_basket(&self, target: usize) -> Option<Value> {
        let open = closure(self, target, u64::MAX).1;
        let mut span = self.widest();
        self.unit_bound(
            target,
            0,
            open,
            |span, low, _, _| span.set(target, low, ANY_AMOUNT, ANY_QUANTITY),
            &mut span,
        )
    }

    fn unit_bound(
        &self,
        target: usize,
        used: u64,
        open: u64,
        say: impl Fn(&mut Span, i64, i64, i64),
        span: &mut Span,
    ) -> Option<Value> {
        let place = self.places.get(target)?;
        let mut units = [(i64::MAX, 0); QUANTITY_MAX as usize + 1];
        for way in place.ways.iter().filter(|way| way.barred & used == 0) {
            if let Some(unit) = usize::try_from(way.quantity).ok().and_then(|it| units.get_mut(it)) {
                *unit = (unit.0.min(way.unit), unit.1.max(way.unit));
            }
        }
        let set = Set { used, open, pivot: None, amounts_apart: false };
        let quantities = (0_i64..).zip(units).filter(|(_, (low, high))| low <= high);
        let values = quantities.filter_map(|(quantity, (low, high))| {
            say(span, low * quantity, high * quantity, quantity);
            let reach = self.reach(span, &set)?;
            Some(Value { over: at(&reach.low, target), under: quantity })
        });
        values.min()
    }
}

impl Span {
    /// Says what is known of one line.
    pub fn set(&mut self, line: usize, low: i64, high: i64, quantity: i64) {
        let rows = [(&mut self.low, low), (&mut self.high, high), (&mut self.quantities, quantity)];
        for (row, value) in rows {
            if let Some(cell) = row.get_mut(line) {
                *cell = value;
            }
        }
    }
}

impl Table {
    /// Any basket.
    pub fn widest(&self) -> Span {
        let mut span = Span { low: [0; LINES_MAX], high: [0; LINES_MAX], quantities: [0; LINES_MAX] };
        for (line, place) in self.places.iter().enumerate() {
            let high = place.ways.iter().map(Way::amount).max().unwrap_or_default();
            let quantity = place.ways.iter().map(|way| way.quantity).max().unwrap_or_default();
            span.set(line, 0, high, quantity);
        }
        span
    }

    /// Amounts and quantities of an order's lines.
    pub fn bought(&self, ways: &[u16; LINES_MAX]) -> (Row, Row) {
        let mut span = Span { low: [0; LINES_MAX], high: [0; LINES_MAX], quantities: [0; LINES_MAX] };
        for (line, way) in self.ways_of(ways) {
            span.set(line, way.amount(), 0, way.quantity);
        }
        (span.low, span.quantities)
    }

    /// The ways of an order, by line.
    pub fn ways_of(&self, ways: &[u16; LINES_MAX]) -> impl Iterator<Item = (usize, &Way)> {
        let picks = self.places.iter().zip(*ways).enumerate();
        picks.filter_map(|(line, (place, pick))| {
            Some((line, place.ways.get(usize::from(pick).checked_sub(1)?)?))
        })
    }
}

/// The promotions that can have to do with the goal.
pub(super) fn relevant(table: &Table, goal: Goal) -> u64 {
    match goal {
        Goal::Price(target) => closure(table, target, u64::MAX).1,
        Goal::Margin { .. } => (0..table.orders.len()).fold(0, |bits, it| bits | 1 << it),
    }
}

/// The lines and promotions of a set on which the price of a line depends: those on the line itself, and whatever moves
/// their bases in an earlier layer.
pub(super) fn closure(table: &Table, target: usize, set: u64) -> (u8, u64) {
    let (mut lines, mut promotions) = (1_u8 << target, 0_u64);
    let mut end = table.orders.len();
    for layer in table.orders.chunk_by(|a, b| a.layer == b.layer).rev() {
        end -= layer.len();
        let after = lines;
        for (it, order) in layer.iter().enumerate() {
            if has(set, end + it) && order.lines & after != 0 {
                lines |= order.lines;
                promotions |= 1 << (end + it);
            }
        }
    }
    (lines, promotions)
}

/// The order in which branches are split: what weighs most for the goal first.
pub(super) fn strongest_first(table: &Table, goal: Goal) -> Vec<usize> {
    let span = table.widest();
    let mut weights: Vec<(bool, i64, usize)> = (table.orders.iter().enumerate())
        .map(|(place, order)| {
            let on_target = match goal {
                Goal::Price(target) => covers(order.lines, target),
                Goal::Margin { .. } => true,
            };
            let set = Set { used: 1 << place, open: 0, pivot: None, amounts_apart: false };
            let keep = table.reach(&span, &set).map_or(0, |reach| reach.keep.iter().sum());
            (!on_target, keep, place)
        })
        .collect();
    weights.sort_unstable();
    weights.into_iter().map(|(_, _, place)| place).collect()
}

/// The two branches of a branch in which something is open: one that uses the strongest of it, and one that does not.
pub(super) fn split(
    table: &Table,
    strongest: &[usize],
    used: u64,
    open: u64,
) -> Option<((u64, u64), (u64, u64))> {
    let next = *strongest.iter().find(|it| has(open, **it))?;
    let conflicts = table.orders.get(next)?.conflicts;
    let rest = open & !(1 << next);
    Some(((used | 1 << next, rest & !conflicts), (used, rest)))
}
