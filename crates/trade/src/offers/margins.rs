//! The lowest that an order earns, for a given set of promotions of the order.
//!
//! What an order earns is at least the sum of what each line earns by itself when every promotion takes off the largest
//! part that it can, less what is taken off as amounts; so the lines are gone through one after another, the worst ways
//! first, until the sum with the worst of the lines to come is not below the best. Two such sums bound the same order:
//! in one an amount that is taken off counts as a part of the lines (tight for small orders, where a threshold has just
//! been reached), in the other as itself (tight for large ones).

use super::bound::{Set, Span, UNIT};
use super::search::{Found, Search, Value};
use super::settle::{part, settle};
use super::table::{Extra, LINES_MAX, Order, Row, TooMany, Way, at, covers, has, sum};

/// Prices of a fen that are tried, from none to one.
const PRICES: i64 = 16;

/// What a way to buy a line earns at least, in both sums.
#[derive(Clone, Copy)]
struct Term {
    earns: [i64; 2],
    /// One more than the place of the way; 0 if the line is not bought.
    pick: u16,
    amount: i64,
    quantity: i64,
}

/// The lines' terms, and what both sums begin with.
struct Terms {
    lines: Vec<Vec<Term>>,
    begin: [i64; 2],
}

impl Search<'_> {
    pub(super) fn margin_bound(&self, above_minimum: bool, used: u64, open: u64) -> Option<Value> {
        let terms = self.terms(above_minimum, used, open)?;
        let bounds = (0..2).map(|sum| {
            let earns = |term: &Term| at_sum(&term.earns, sum);
            let lowest = terms.lines.iter().filter_map(|line| line.iter().map(earns).min()).sum::<i64>();
            let begin = at_sum(&terms.begin, sum);
            if lowest < 0 {
                return begin + lowest;
            }
            // An order has at least one line.
            let bought = terms.lines.iter().flatten().filter(|term| term.pick > 0);
            begin + bought.map(earns).min().unwrap_or_default()
        });
        bounds.max().map(Value::whole)
    }

    /// Looks through the orders that use exactly these promotions.
    pub(super) fn margins(&mut self, above_minimum: bool, used: u64) -> Result<(), TooMany> {
        let Some(mut terms) = self.terms(above_minimum, used, 0) else { return Ok(()) };
        for line in &mut terms.lines {
            line.sort_by_key(|term| (term.earns, term.pick));
        }
        let mut to_come = vec![[0, 0]];
        for line in terms.lines.iter().rev() {
            let last = to_come.last().copied().unwrap_or_default();
            let lowest =
                |sum: usize| line.iter().map(|term| at_sum(&term.earns, sum)).min().unwrap_or_default();
            to_come.push([at_sum(&last, 0) + lowest(0), at_sum(&last, 1) + lowest(1)]);
        }
        to_come.reverse();
        let orders = self.table.used(used);
        let begin = terms.begin;
        let needs =
            orders.iter().map(|order| (order.lines, self.table.before(order, used), order.units)).collect();
        let mut walk = Walk { terms: &terms, to_come: &to_come, orders: &orders, needs, above_minimum, used };
        self.walk(&mut walk, 0, begin, [0; LINES_MAX], &self.table.widest())
    }

    fn walk(
        &mut self,
        walk: &mut Walk,
        line: usize,
        sums: [i64; 2],
        ways: [u16; LINES_MAX],
        span: &Span,
    ) -> Result<(), TooMany> {
        let Some(terms) = walk.terms.lines.get(line) else {
            return self.settle_margin(walk, &ways);
        };
        let to_come = walk.to_come.get(line + 1).copied().unwrap_or_default();
        for term in terms {
            self.spend(1)?;
            let now = [at_sum(&sums, 0) + at_sum(&term.earns, 0), at_sum(&sums, 1) + at_sum(&term.earns, 1)];
            let bound = |sum: usize| Value::whole(at_sum(&now, sum) + at_sum(&to_come, sum));
            if !self.improves(bound(0)) {
                // The terms are sorted by this sum.
                break;
            }
            if self.improves(bound(1)) {
                let (mut ways, mut span) = (ways, *span);
                if let Some(way) = ways.get_mut(line) {
                    *way = term.pick;
                }
                span.set(line, 0, term.amount, term.quantity);
                let reached = |(lines, amount, units): &(u8, i64, i64)| {
                    sum(&span.high, *lines) >= *amount && sum(&span.quantities, *lines) >= *units
                };
                if walk.needs.iter().all(reached) {
                    self.walk(walk, line + 1, now, ways, &span)?;
                }
            }
        }
        Ok(())
    }

    fn settle_margin(&mut self, walk: &Walk, ways: &[u16; LINES_MAX]) -> Result<(), TooMany> {
        if ways.iter().all(|way| *way == 0) {
            return Ok(());
        }
        self.spend(2)?;
        self.orders += 1;
        let value = self.table.earned(ways, walk.used, walk.orders, walk.above_minimum).map(Value::whole);
        if let Some(value) = value.filter(|value| self.improves(*value)) {
            self.best = Some(Found { value, ways: *ways, used: walk.used });
        }
        Ok(())
    }

    fn terms(&self, above_minimum: bool, used: u64, open: u64) -> Option<Terms> {
        let table = self.table;
        let span = table.widest();
        let reach = |amounts_apart| table.reach(&span, &Set { used, open, pivot: None, amounts_apart });
        let (parts, apart) = (reach(false)?, reach(true)?);
        let wide = |extra: &&Extra| extra.barred & used == 0 && extra.lines.count_ones() > 1;
        // A gift for every so many units is counted with the units; one that is given once is counted once.
        let times = |extra: &Extra| extra.times(&span.high, &span.quantities);
        let (by_unit, once): (Vec<&Extra>, Vec<&Extra>) = (table.extras.iter().filter(wide))
            .partition(|extra| extra.every_step && extra.times_max > times(extra));
        // Whichever of both says that there are fewer.
        let by_amount = |extra: &Extra| {
            let (amount, units) = (sum(&span.high, extra.lines), sum(&span.quantities, extra.lines));
            extra.threshold > 0 && amount / extra.threshold < units / extra.units
        };
        let gifts: i64 = once.iter().map(|extra| extra.cost * times(extra)).sum();
        // What the platform gives back is rounded down.
        let given_back = i64::from(table.orders.iter().any(|order| order.bears < 100));
        let begin = table.shipping - gifts - given_back;
        let begin = [begin, begin - apart.apart];
        let mut lines = Vec::with_capacity(table.places.len());
        for (line, place) in table.places.iter().enumerate() {
            let must_earn = place.cost + if above_minimum { place.minimum } else { 0 };
            let mut terms = vec![Term { earns: [0, 0], pick: 0, amount: 0, quantity: 0 }];
            let ways = (1_u16..).zip(&place.ways).filter(|(_, way)| way.barred & used == 0);
            terms.extend(ways.map(|(pick, way)| {
                let shared = by_unit.iter().filter(|extra| covers(extra.lines, line));
                let gifts = self.own_gifts(line, way, used)
                    + shared.map(|extra| extra.share(way, by_amount(extra))).sum::<i64>();
                let left = |keep: &Row, slack: &Row| {
                    (part(way.amount(), at(keep, line), UNIT) - at(slack, line)).max(0)
                        - way.quantity * must_earn
                        - gifts
                };
                let earns = [left(&parts.keep, &parts.slack), left(&apart.keep, &apart.slack)];
                Term { earns, pick, amount: way.amount(), quantity: way.quantity }
            }));
            lines.push(terms);
        }
        let mut terms = Terms { lines, begin };
        let needs = table.used(used).into_iter().map(|order| (table.before(order, used), order.lines));
        if let Some((amount, lines)) = needs.max() {
            terms.press(amount, lines);
        }
        Some(terms)
    }

    /// What the gifts of one line alone cost at most.
    fn own_gifts(&self, line: usize, way: &Way, used: u64) -> i64 {
        let own = self.table.extras.iter().enumerate().filter(|(place, extra)| {
            extra.lines == 1 << line && extra.barred & used == 0 && !has(way.barred_extras, *place)
        });
        let mut span = Span { low: [0; LINES_MAX], high: [0; LINES_MAX], quantities: [0; LINES_MAX] };
        span.set(line, way.amount(), 0, way.quantity);
        own.map(|(_, extra)| extra.cost * extra.times(&span.low, &span.quantities)).sum()
    }
}

impl Terms {
    /// Lets the second sum know that some lines must reach an amount together: what each fen of them is short of earning is
    /// taken off its terms and given back for the amount (a Lagrangian relaxation), with the price of a fen that bounds best.
    fn press(&mut self, amount: i64, lines: u8) {
        let off = |line: usize, term: &Term, price: i64| {
            if covers(lines, line) { (term.amount * price + PRICES - 1) / PRICES } else { 0 }
        };
        let bound = |price: &i64| {
            let lowest = self.lines.iter().enumerate().map(|(line, terms)| {
                terms
                    .iter()
                    .map(|term| at_sum(&term.earns, 1) - off(line, term, *price))
                    .min()
                    .unwrap_or_default()
            });
            lowest.sum::<i64>() + amount * price / PRICES
        };
        let Some(price) = (0..=PRICES).max_by_key(bound).filter(|price| *price > 0) else { return };
        for (line, terms) in self.lines.iter_mut().enumerate() {
            for term in terms {
                let off = off(line, term, price);
                let [_, apart] = &mut term.earns;
                *apart -= off;
            }
        }
        let [_, apart] = &mut self.begin;
        *apart += amount * price / PRICES;
    }
}

impl Extra {
    /// A way's part of what is given for every so many units or so much money: no line's parts are less than what is given.
    fn share(&self, way: &Way, by_amount: bool) -> i64 {
        let (parts, of) = if by_amount { (way.amount(), self.threshold) } else { (way.quantity, self.units) };
        part(self.cost, parts, of) + 1
    }
}

/// What stays the same on one walk through the ways.
struct Walk<'a> {
    terms: &'a Terms,
    to_come: &'a [[i64; 2]],
    orders: &'a [&'a Order],
    /// What the lines of each used promotion need: amount and units.
    needs: Vec<(u8, i64, i64)>,
    above_minimum: bool,
    used: u64,
}

fn at_sum(sums: &[i64; 2], sum: usize) -> i64 {
    sums.get(sum).copied().unwrap_or_default()
}

impl super::table::Table {
    /// What an order earns; nothing if one of its promotions does not reach its threshold.
    pub fn earned(
        &self,
        ways: &[u16; LINES_MAX],
        used: u64,
        orders: &[&Order],
        above_minimum: bool,
    ) -> Option<i64> {
        let (amounts, quantities) = self.bought(ways);
        let settled = settle(orders, amounts, &quantities)?;
        let barred = self.ways_of(ways).fold(0, |bits, (_, way)| bits | way.barred_extras);
        let (gifts, _) = self.extras(&amounts, &quantities, barred, used);
        let costs: i64 = (self.places.iter().zip(quantities))
            .map(|(place, quantity)| quantity * (place.cost + if above_minimum { place.minimum } else { 0 }))
            .sum();
        Some(settled.amounts.iter().sum::<i64>() + settled.given_back - costs - gifts + self.shipping)
    }
}
