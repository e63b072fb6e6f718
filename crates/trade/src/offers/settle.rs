//! What an order comes to: its promotions layer by layer, each shared out over its lines to the fen.

use super::table::{Cut, Extra, Order, Row, Table, has, sum};

/// An order that was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// What is paid for each line.
    pub amounts: Row,
    /// What the platform gives back.
    pub given_back: i64,
}

/// `a · b / c` in whole numbers, of numbers that are not negative.
pub(super) fn part(a: i64, b: i64, c: i64) -> i64 {
    if a < 1 << 31 && b < 1 << 31 {
        return a * b / c.max(1);
    }
    i64::try_from(i128::from(a) * i128::from(b) / i128::from(c.max(1))).unwrap_or(i64::MAX)
}

/// The same with what is left over, below `c`: one division instead of two where an order is computed.
fn part_and_rest(a: i64, b: i64, c: i64) -> (i64, i64) {
    let c = c.max(1);
    if a < 1 << 31 && b < 1 << 31 {
        let product = a * b;
        let part = product / c;
        return (part, product - part * c);
    }
    let product = i128::from(a) * i128::from(b);
    let (part, rest) = (product / i128::from(c), product % i128::from(c));
    (i64::try_from(part).unwrap_or(i64::MAX), i64::try_from(rest).unwrap_or_default())
}

impl Order {
    /// What it takes off each line of an order whose layer begins with `amounts`; nothing if its threshold is not reached.
    pub fn cut(&self, amounts: &Row, quantities: &Row) -> Option<Row> {
        let base = sum(amounts, self.lines);
        if base < self.threshold.max(1) || sum(quantities, self.lines) < self.units {
            return None;
        }
        let off = match self.cut {
            Cut::Amount(off) => off,
            Cut::Step { each, off, cap } => (base / each * off).min(cap),
            Cut::Percent { off, cap } => {
                let mut cut = self.covered(amounts);
                cut.iter_mut().for_each(|amount| *amount = *amount * off / 100);
                match cap {
                    Some(cap) if cut.iter().sum::<i64>() > cap => cap,
                    _ => return Some(cut),
                }
            }
        };
        Some(share(&self.covered(amounts), base, off.min(base)))
    }

    fn covered(&self, amounts: &Row) -> Row {
        let mut row = *amounts;
        for (place, amount) in row.iter_mut().enumerate() {
            *amount *= i64::from((self.lines >> place) & 1);
        }
        row
    }
}

/// Shares `off` out over lines in proportion to their amounts, by largest remainder; of equal ones the first line's.
fn share(amounts: &Row, base: i64, off: i64) -> Row {
    let shares = amounts.map(|amount| if amount == 0 { (0, 0) } else { part_and_rest(amount, off, base) });
    let (mut cut, mut rests) = (shares.map(|(part, _)| part), shares.map(|(_, rest)| rest));
    let mut left = off - cut.iter().sum::<i64>();
    while left > 0 {
        let most = rests.iter().copied().max().unwrap_or_default();
        let Some((cut, rest)) = cut.iter_mut().zip(&mut rests).find(|(_, rest)| **rest == most) else {
            break;
        };
        (*cut, *rest) = (*cut + 1, -1);
        left -= 1;
    }
    cut
}

/// One layer of an order: what each of its promotions takes off, and what is left of the lines.
pub(super) struct LayerCut {
    pub cuts: Vec<Row>,
    pub left: Row,
}

/// Computes an order. Nothing, if one of its promotions does not reach its threshold: the order without it is another one.
pub(super) fn settle(used: &[&Order], mut amounts: Row, quantities: &Row) -> Option<Settled> {
    let mut given_back = 0;
    for layer in used.chunk_by(|a, b| a.layer == b.layer) {
        let (mut all, mut bought_back) = ([0; super::table::LINES_MAX], 0);
        for order in layer {
            let cut = order.cut(&amounts, quantities)?;
            bought_back += cut.iter().sum::<i64>() * (100 - order.bears);
            all.iter_mut().zip(cut).for_each(|(all, cut)| *all += cut);
        }
        let before: i64 = amounts.iter().sum();
        amounts.iter_mut().zip(&all).for_each(|(amount, cut)| *amount = (*amount - cut).max(0));
        if bought_back > 0 {
            let taken = before - amounts.iter().sum::<i64>();
            given_back += part(taken, bought_back, all.iter().sum::<i64>() * 100);
        }
    }
    Some(Settled { amounts, given_back })
}

/// The same layer by layer, for whoever wants to see how a price comes about.
pub(super) fn layers(used: &[&Order], mut amounts: Row, quantities: &Row) -> Vec<LayerCut> {
    let mut layers = Vec::new();
    for layer in used.chunk_by(|a, b| a.layer == b.layer) {
        let cuts: Vec<Row> =
            layer.iter().map(|order| order.cut(&amounts, quantities).unwrap_or_default()).collect();
        for cut in &cuts {
            amounts.iter_mut().zip(cut).for_each(|(amount, cut)| *amount -= cut);
        }
        amounts = amounts.map(|amount| amount.max(0));
        layers.push(LayerCut { cuts, left: amounts });
    }
    layers
}

impl Extra {
    /// How often an order gets it. What an order reaches is looked at after the item's discounts and before everything else:
    /// the more generous reading.
    pub fn times(&self, amounts: &Row, quantities: &Row) -> i64 {
        let (amount, units) = (sum(amounts, self.lines), sum(quantities, self.lines));
        if amount < self.threshold || units < self.units {
            return 0;
        }
        let times = match (self.every_step, self.threshold) {
            (false, _) => 1,
            (true, 0) => units / self.units,
            (true, threshold) => (units / self.units).min(amount / threshold),
        };
        times.min(self.times_max)
    }
}

impl Table {
    /// What the extras of an order cost the shop at most, and which they are.
    pub fn extras(&self, amounts: &Row, quantities: &Row, barred: u64, used: u64) -> (i64, u64) {
        let mut costs: Vec<(usize, &Extra, i64)> = Vec::new();
        for (place, extra) in self.extras.iter().enumerate() {
            if !has(barred, place) && extra.barred & used == 0 {
                let cost = extra.cost * extra.times(amounts, quantities);
                costs.extend((cost > 0).then_some((place, extra, cost)));
            }
        }
        dearest(&costs, 0)
    }
}

/// The dearest set of extras that can be combined, beside those in `taken`.
fn dearest(costs: &[(usize, &Extra, i64)], taken: u64) -> (i64, u64) {
    let Some(((place, extra, cost), more)) = costs.split_first() else { return (0, taken) };
    if extra.conflicts & taken != 0 {
        return dearest(more, taken);
    }
    let (with, set) = dearest(more, taken | 1 << place);
    let free = more.iter().all(|(other, _, _)| !has(extra.conflicts, *other));
    if free {
        return (with + cost, set);
    }
    let (without, other) = dearest(more, taken);
    if with + cost >= without { (with + cost, set) } else { (without, other) }
}
