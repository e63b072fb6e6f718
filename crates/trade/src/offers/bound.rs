//! What no order of a whole set of orders goes below.
//!
//! The amounts of the lines are known as intervals, and the orders' promotions as used, open or out. Going through the
//! layers, each line keeps at least what is left when every used promotion takes off the largest part that it can take
//! off any base it may meet, and of the open ones that exclude one another the one that takes most. A promotion of an
//! amount takes off at most its amount divided by the smallest base that reaches its threshold; sharing out to the fen
//! takes less than one fen more. What a used promotion needs is known of the lines that it covers together, before it and,
//! less what is taken off, after it: that keeps the bases of its neighbours up. So the bound never exceeds what an order of
//! the set comes to.

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

/// What some lines have together at least.
#[derive(Clone, Copy, Debug, Default)]
struct Together {
    lines: u8,
    sum: i64,
}

/// Of so many sets of lines it is kept what they have together; forgetting one only loosens a bound.
const TOGETHER_MAX: usize = 8;

/// A promotion of a layer that may take something off.
struct Entry {
    class: usize,
    lines: u8,
    is_used: bool,
    counts_apart: bool,
    /// Which part of it the shop bears, in percent.
    bears: i64,
    parts: Parts,
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
    /// The part of each line that the shop is left with at least, in [`UNIT`]s, less `slack` fen: what the platform gives
    /// back counts as left. That is a bound also where a later promotion takes a part of what the buyer still pays, because
    /// it takes less of less.
    pub keep: Row,
    pub slack: Row,
    /// The most that was taken off as amounts, where they count apart.
    pub apart: i64,
    together: [Together; TOGETHER_MAX],
}

/// The most and the least that a promotion takes off, as parts of its base.
struct Parts {
    most: (i64, i64),
    least: (i64, i64),
    /// Whether each line is cut by itself, without sharing out.
    by_line: bool,
    /// Whether it takes off an amount rather than a part, however large the order is.
    flat: bool,
    /// The most that it takes off altogether.
    amount: i64,
}

/// Which part of what is taken off the shop bears itself, rounded up.
fn borne(amount: i64, bears: i64) -> i64 {
    if bears == 100 { amount } else { part(amount, bears, 100) + 1 }
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
            together: self.together(set),
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
        let mut entries: Vec<Entry> = Vec::with_capacity(layer.len());
        for (it, order) in layer.iter().enumerate() {
            let is_used = has(set.used, first + it);
            if is_used || has(set.open, first + it) {
                match order.parts(span, set, reach) {
                    Some(parts) => {
                        let counts_apart = set.amounts_apart && parts.flat;
                        let (class, lines) = (order.class, order.lines);
                        let bears = order.bears;
                        entries.push(Entry { class, lines, is_used, counts_apart, bears, parts });
                    }
                    None if is_used => return None,
                    None => {}
                }
            }
        }
        if !set.amounts_apart {
            let used = layer.iter().filter(|order| has(set.used, order.place));
            used.for_each(|order| reach.raise(order));
        }
        if set.open != 0 {
            entries.sort_by_key(|entry| (!entry.is_used, entry.class));
        }
        let apart =
            |entry: &Entry| (if entry.counts_apart { borne(entry.parts.amount, entry.bears) } else { 0 }, 0);
        reach.apart += most_of(&entries, apart).low_cut;
        for together in &mut reach.together {
            let taken = most_of(&entries, |entry| entry.parts.of_sum(together, entry.lines));
            together.sum = (together.sum - taken.low_cut).max(0);
        }
        for line in 0..LINES_MAX {
            let low = at(&reach.low, line);
            let of_line = |entry: &Entry| match covers(entry.lines, line) && !entry.counts_apart {
                true => entry.parts.of(low, entry.bears),
                false => (0, 0),
            };
            let mut taken = most_of(&entries, of_line);
            for entry in entries.iter().filter(|entry| entry.is_used && covers(entry.lines, line)) {
                taken.high_cut += part(at(&reach.high, line), entry.parts.least.0, entry.parts.least.1);
                taken.used_count += 1;
            }
            reach.take(line, &taken);
        }
        Some(())
    }
}

/// The most that a layer takes off: all of what is used, and of each class of what is open the strongest.
fn most_of(entries: &[Entry], of: impl Fn(&Entry) -> (i64, i64)) -> Taken {
    let mut taken = Taken::default();
    let mut kept = (usize::MAX, 0, 0);
    for entry in entries {
        let cut = of(entry);
        if entry.is_used {
            taken.add(cut);
        } else {
            strongest(&mut kept, &mut taken, entry.class, cut);
        }
    }
    strongest(&mut kept, &mut taken, usize::MAX, (0, 0));
    taken
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
    /// A line has at least what the others of a used promotion cannot add to its threshold.
    fn raise(&mut self, order: &Order) {
        let missing = order.threshold - sum(&self.high, order.lines);
        for (line, (low, high)) in self.low.iter_mut().zip(self.high).enumerate() {
            if covers(order.lines, line) {
                *low = (*low).max((missing + high).min(high));
            }
        }
    }

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
    fn of(&self, low: i64, bears: i64) -> (i64, i64) {
        let (over, under) = self.most;
        let whole = part(low, over, under);
        let up = i64::from(
            !self.by_line && i128::from(whole) * i128::from(under) < i128::from(low) * i128::from(over),
        );
        ((whole + up).min(low), borne(part(UNIT, over, under) + 1, bears))
    }

    /// What it takes off lines that have so much together.
    fn of_sum(&self, together: &Together, lines: u8) -> (i64, i64) {
        if together.lines & lines == 0 || together.sum == 0 {
            return (0, 0);
        }
        let rounding = if self.by_line { 1 } else { LINES_MAX as i64 };
        ((part(together.sum, self.most.0, self.most.1) + rounding).min(self.amount), 0)
    }
}

impl Table {
    /// What is known of lines together before the first layer: what each used promotion needs, and what earlier ones take off
    /// before it.
    fn together(&self, set: &Set) -> [Together; TOGETHER_MAX] {
        let mut known = [Together::default(); TOGETHER_MAX];
        let pivot = set.pivot.and_then(|pivot| Some((self.orders.get(pivot.order)?, pivot.base)));
        let used = self.orders.iter().filter(|order| has(set.used, order.place) && order.threshold > 0);
        let needs = used.rev().map(|order| (order, self.before(order, set.used)));
        for (cell, (order, sum)) in known.iter_mut().zip(pivot.into_iter().chain(needs)) {
            *cell = Together { lines: order.lines, sum };
        }
        known
    }

    /// What the lines of a used promotion have together before the first layer, if they have its threshold before its own.
    pub fn before(&self, order: &Order, used: u64) -> i64 {
        let mut needed = order.threshold;
        let earlier = self.orders.iter().filter(|other| has(used, other.place) && other.layer < order.layer);
        let (mut layer, mut seen) = (order.layer, 0);
        for other in earlier.rev() {
            if other.layer != layer {
                (layer, seen) = (other.layer, 0);
            }
            // Of promotions that share lines in one layer only one is counted: together they may take less.
            let shared = other.lines & order.lines;
            if shared == 0 || other.lines & seen != 0 {
                continue;
            }
            let rounding = i64::from(shared.count_ones());
            let within = shared == other.lines;
            let added = match other.cut {
                Cut::Amount(off) if within => off.min(other.threshold),
                Cut::Step { off, cap, each } if within => off.min(cap).min(each),
                Cut::Percent { off, cap: None } if shared == order.lines => {
                    part((needed - rounding).max(0), 100, 100 - off) - needed
                }
                Cut::Percent { off, cap } if within => {
                    (other.threshold * off / 100).min(cap.unwrap_or(i64::MAX)) - rounding
                }
                _ => 0,
            };
            if added > 0 {
                (needed, seen) = (needed + added, seen | other.lines);
            }
        }
        needed
    }
}

impl Order {
    /// What it takes off its base; nothing if that cannot reach its threshold.
    fn parts(&self, span: &Span, set: &Set, reach: &Reach) -> Option<Parts> {
        let pivot = set.pivot.filter(|pivot| pivot.order == self.place);
        let high = sum(&reach.high, self.lines);
        if high < self.threshold.max(1) || sum(&span.quantities, self.lines) < self.units {
            return None;
        }
        // What some lines have together, less what those beside this promotion's can have of it, is had by its own.
        let of_mine = |it: &Together| {
            it.sum - sum(&reach.high, it.lines & !self.lines) + sum(&reach.low, self.lines & !it.lines)
        };
        let known = reach.together.iter().map(of_mine).max().unwrap_or_default();
        let low = sum(&reach.low, self.lines).max(known).max(self.threshold).max(1);
        let high = high.max(low);
        Some(match self.cut {
            Cut::Amount(off) => Parts {
                most: (off.min(low), low),
                least: (off.min(high), high),
                by_line: false,
                flat: true,
                amount: off,
            },
            Cut::Step { each, off, cap } => step_parts((each, off, cap), (low, high), pivot),
            Cut::Percent { off, cap: None } => {
                Parts { most: (off, 100), least: (off, 100), by_line: true, flat: false, amount: i64::MAX }
            }
            Cut::Percent { off, cap: Some(cap) } => {
                let capped = |base: i64| i128::from(cap) * 100 < i128::from(off) * i128::from(base);
                let at = |base: i64| if capped(base) { (cap, base) } else { (off, 100) };
                // A fen a line may be lost where each line is cut by itself.
                let least = if capped(high) { ((cap - 5).max(0), high) } else { (off, 100) };
                Parts { most: at(low), least, by_line: false, flat: capped(high), amount: cap }
            }
        })
    }
}

fn step_parts((each, off, cap): (i64, i64, i64), (low, high): (i64, i64), pivot: Option<Pivot>) -> Parts {
    let steps = pivot.map_or(0, |pivot| pivot.steps);
    let amount = (high / each).saturating_mul(off).min(cap);
    if steps > 0 {
        let (off, low) = (steps.saturating_mul(off).min(cap), low.max(steps * each));
        return Parts { most: (off.min(low), low), least: (0, 1), by_line: false, flat: true, amount };
    }
    // One step's share of the threshold is the most, unless the cap is less.
    let flat = cap < (high / each).saturating_mul(off);
    let capped = flat && i128::from(cap) * i128::from(each) < i128::from(off) * i128::from(low);
    let most = if capped { (cap.min(low), low) } else { (off.min(each), each) };
    Parts { most, least: (off.min(cap).min(high), high), by_line: false, flat, amount }
}
