//! What no order of a whole set of orders goes below.
//!
//! The amounts of the lines are known as intervals, and the orders' promotions as used, open or out. Going through the
//! layers, each line keeps at least what is left when every used promotion takes off the largest part that it can take
//! off any base it may meet, and of the open ones that exclude one another the one that takes most. A promotion of an
//! amount takes off at most its amount divided by the smallest base that reaches its threshold; sharing out to the fen
//! takes less than one fen more. So the bound never exceeds what an order of the set comes to.

use super::settle::part;
use super::table::{Cut, LINES_MAX, Order, Row, Table, at, covers, has, sum};

/// Parts are counted in units of 2⁻²⁴, so that a part of ten million yuan still fits into a word.
pub(super) const UNIT: i64 = 1 << 24;

/// What is known of the amounts of the lines before the first promotion of the order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub low: Row,
    pub high: Row,
    pub quantities: Row,
}

/// A promotion whose base is known to be at least `base` before any promotion of the order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pivot {
    pub order: usize,
    pub base: i64,
    /// Its number of steps, if it takes off an amount for each.
    pub steps: i64,
}

/// Which orders are meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Set {
    /// Promotions that are used.
    pub used: u64,
    /// Promotions that may be used.
    pub open: u64,
    pub pivot: Option<Pivot>,
    /// Whether amounts that are taken off count as such instead of as a part of the lines.
    pub amounts_apart: bool,
}

/// What is left of the lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub low: Row,
    pub high: Row,
    /// The part of each line that is left at least, in [`UNIT`]s, less `slack` fen.
    pub keep: Row,
    pub slack: Row,
    /// The most that was taken off as amounts, where they count apart.
    pub apart: i64,
}

/// The most and the least that a promotion takes off, as parts of its base.
struct Parts {
    most: (i64, i64),
    least: (i64, i64),
    /// Whether each line is cut by itself, without sharing out.
    by_line: bool,
    /// The most that it takes off altogether.
    amount: i64,
}

/// What one layer takes off one line at most.
#[derive(Clone, Copy, Default)]
struct Taken {
    low_cut: i64,
    high_cut: i64,
    part: i64,
    count: i64,
    used_count: i64,
}

impl Table {
    /// What is left of the lines after all layers; nothing if a used promotion cannot reach its threshold.
    pub fn reach(&self, span: &Span, set: &Set) -> Option<Reach> {
        let mut reach = Reach {
            low: span.low,
            high: span.high,
            keep: [UNIT; LINES_MAX],
            slack: [0; LINES_MAX],
            apart: 0,
        };
        let mut place = 0;
        for layer in self.orders.chunk_by(|a, b| a.layer == b.layer) {
            let first = place;
            place += layer.len();
            let bits = ((1_u64 << layer.len()) - 1) << first;
            if bits & (set.used | set.open) != 0 {
                self.layer(layer, first, span, set, &mut reach)?;
            }
        }
        Some(reach)
    }

    fn layer(&self, layer: &[Order], first: usize, span: &Span, set: &Set, reach: &mut Reach) -> Option<()> {
        let mut taken = [Taken::default(); LINES_MAX];
        // Of open promotions that exclude one another, what the strongest so far takes off each line: (class, cut, part).
        let mut open: [(usize, i64, i64); LINES_MAX] = [(usize::MAX, 0, 0); LINES_MAX];
        let mut apart = (usize::MAX, 0);
        let mut sorted: Vec<usize> = Vec::new();
        if set.open != 0 {
            sorted.extend((0..layer.len()).filter(|it| has(set.open, first + it)));
            sorted.sort_by_key(|it| layer.get(*it).map(|order| order.class));
        }
        let used = (0..layer.len()).filter(|it| has(set.used, first + it));
        for it in used.chain(sorted) {
            let Some(order) = layer.get(it) else { continue };
            let is_used = has(set.used, first + it);
            let base = (sum(&reach.low, order.lines), sum(&reach.high, order.lines));
            let Some(parts) = order.parts(first + it, base, span, set, reach) else {
                if is_used {
                    return None;
                }
                continue;
            };
            let counts_apart = set.amounts_apart && !parts.by_line && parts.amount < i64::MAX;
            if counts_apart && is_used {
                reach.apart += parts.amount;
            } else if counts_apart {
                if apart.0 != order.class {
                    reach.apart += apart.1;
                    apart = (order.class, 0);
                }
                apart.1 = apart.1.max(parts.amount);
            }
            for (line, (taken, open)) in taken.iter_mut().zip(&mut open).enumerate() {
                if covers(order.lines, line) {
                    let cut = if counts_apart { (0, 0) } else { parts.of(at(&reach.low, line)) };
                    if is_used {
                        taken.add(cut);
                        taken.high_cut += part(at(&reach.high, line), parts.least.0, parts.least.1);
                        taken.used_count += 1;
                    } else {
                        strongest(open, taken, order.class, cut);
                    }
                }
            }
        }
        reach.apart += apart.1;
        for (line, (taken, open)) in taken.iter_mut().zip(open).enumerate() {
            strongest(&mut { open }, taken, usize::MAX, (0, 0));
            reach.take(line, taken);
        }
        Some(())
    }
}

/// Keeps the strongest of a class; when another class begins, the last one's is taken off.
fn strongest(kept: &mut (usize, i64, i64), taken: &mut Taken, class: usize, cut: (i64, i64)) {
    if kept.0 != class {
        if kept.0 != usize::MAX {
            taken.add((kept.1, kept.2));
        }
        *kept = (class, 0, 0);
    }
    (kept.1, kept.2) = (kept.1.max(cut.0), kept.2.max(cut.1));
}

impl Taken {
    fn add(&mut self, (cut, part): (i64, i64)) {
        if part > 0 || cut > 0 {
            self.low_cut += cut;
            self.part += part;
            self.count += 1;
        }
    }
}

impl Reach {
    /// Takes a layer off a line. Several promotions of one layer are rounded apart, which is a fen each but the first.
    fn take(&mut self, line: usize, taken: &Taken) {
        let rounding = (taken.count - 1).max(0);
        let edit = |row: &mut Row, work: &dyn Fn(i64) -> i64| {
            if let Some(value) = row.get_mut(line) {
                *value = work(*value);
            }
        };
        edit(&mut self.low, &|low| (low - taken.low_cut - rounding).max(0));
        let loose = (taken.used_count - 1).max(0);
        edit(&mut self.high, &|high| (high - taken.high_cut + loose).clamp(0, high));
        edit(&mut self.keep, &|keep| keep * (UNIT - taken.part).max(0) / UNIT);
        edit(&mut self.slack, &|slack| slack + taken.count);
    }
}

impl Parts {
    /// What it takes off a line of `low` fen at most, in fen and as a part in [`UNIT`]s.
    fn of(&self, low: i64) -> (i64, i64) {
        let (over, under) = self.most;
        let whole = part(low, over, under);
        let up = i64::from(
            !self.by_line && i128::from(whole) * i128::from(under) < i128::from(low) * i128::from(over),
        );
        ((whole + up).min(low), part(UNIT, over, under) + 1)
    }
}

impl Order {
    /// What it takes off a base within `base`; nothing if that cannot reach its threshold.
    fn parts(&self, place: usize, base: (i64, i64), span: &Span, set: &Set, reach: &Reach) -> Option<Parts> {
        let pivot = set.pivot.filter(|pivot| pivot.order == place);
        let known = pivot.map_or(0, |pivot| self.still(pivot.base, reach));
        let high = base.1;
        if high < self.threshold.max(1) || sum(&span.quantities, self.lines) < self.units {
            return None;
        }
        let low = base.0.max(known).max(self.threshold).max(1);
        let high = high.max(low);
        Some(match self.cut {
            Cut::Amount(off) => {
                Parts { most: (off.min(low), low), least: (off.min(high), high), by_line: false, amount: off }
            }
            Cut::Step { each, off, cap } => step_parts((each, off, cap), (low, high), pivot),
            Cut::Percent { off, cap: None } => {
                Parts { most: (off, 100), least: (off, 100), by_line: true, amount: i64::MAX }
            }
            Cut::Percent { off, cap: Some(cap) } => {
                let capped = |base: i64| i128::from(cap) * 100 < i128::from(off) * i128::from(base);
                let at = |base: i64| if capped(base) { (cap, base) } else { (off, 100) };
                // A fen a line may be lost where each line is cut by itself.
                let least = if capped(high) { ((cap - 5).max(0), high) } else { (off, 100) };
                Parts { most: at(low), least, by_line: false, amount: cap }
            }
        })
    }

    /// What is left of a base that was `base` before the first layer.
    fn still(&self, base: i64, reach: &Reach) -> i64 {
        let lines = || (0..LINES_MAX).filter(|line| covers(self.lines, *line));
        let keep = lines().map(|line| at(&reach.keep, line)).min().unwrap_or_default();
        part(base, keep, UNIT) - sum(&reach.slack, self.lines)
    }
}

fn step_parts((each, off, cap): (i64, i64, i64), (low, high): (i64, i64), pivot: Option<Pivot>) -> Parts {
    let steps = pivot.map_or(0, |pivot| pivot.steps);
    let amount = (high / each).saturating_mul(off).min(cap);
    if steps > 0 {
        let (off, low) = (steps.saturating_mul(off).min(cap), low.max(steps * each));
        return Parts { most: (off.min(low), low), least: (0, 1), by_line: false, amount };
    }
    // One step's share of the threshold is the most, unless the cap is less.
    let capped = i128::from(cap) * i128::from(each) < i128::from(off) * i128::from(low);
    let most = if capped { (cap.min(low), low) } else { (off.min(each), each) };
    Parts { most, least: (off.min(cap).min(high), high), by_line: false, amount }
}
