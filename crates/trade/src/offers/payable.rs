//! What an order that was placed can have come to.

use std::collections::BTreeSet;

use livehand_kernel::{Fen, Millis};

use super::promotion::Promotion;
use super::settle::settle;
use super::table::{LINES_MAX, Line, Order, QUANTITY_MAX, Row, Shipping, Table, TooMany, Way, has};

/// Orders that are computed at most.
const ORDERS_MAX: usize = 20_000;

/// Everything that so many units of these lines can have cost at a moment, without shipping: with any promotions that
/// combine, because nobody tells which coupons a buyer had.
///
/// # Errors
/// [`TooMany`] if there is more than can be looked through; also for more units than a basket is searched for.
pub fn payable(
    basket: &[(Line, i64)],
    promotions: &[Promotion],
    moment: Millis,
) -> Result<BTreeSet<Fen>, TooMany> {
    if basket.iter().any(|(_, quantity)| !(1..=QUANTITY_MAX).contains(quantity)) {
        return Err(TooMany::Ways);
    }
    let lines: Vec<Line> =
        basket.iter().map(|(line, quantity)| Line { quantity_max: *quantity, ..line.clone() }).collect();
    let table = Table::new(&lines, Shipping::default(), promotions, moment)?;
    let mut ways: Vec<Vec<&Way>> = vec![Vec::new()];
    let mut quantities: Row = [0; LINES_MAX];
    for ((place, (_, quantity)), cell) in table.places.iter().zip(basket).zip(&mut quantities) {
        *cell = *quantity;
        let own: Vec<&Way> = place.ways.iter().filter(|way| way.quantity == *quantity).collect();
        let longer =
            ways.iter().flat_map(|taken| own.iter().map(move |way| [taken.as_slice(), &[way]].concat()));
        ways = longer.collect();
        if ways.len() > ORDERS_MAX {
            return Err(TooMany::Combinations);
        }
    }
    let mut search = Search { table: &table, quantities, totals: BTreeSet::new(), computed: 0 };
    for ways in ways {
        let mut amounts: Row = [0; LINES_MAX];
        ways.iter().zip(&mut amounts).for_each(|(way, cell)| *cell = way.amount());
        let barred = ways.iter().fold(0, |bits, way| bits | way.barred);
        search.run(amounts, barred, 0, 0)?;
    }
    Ok(search.totals)
}

struct Search<'a> {
    table: &'a Table,
    quantities: Row,
    totals: BTreeSet<Fen>,
    computed: usize,
}

impl Search<'_> {
    /// Takes every set of promotions of the whole order that combine, from the one at `place` on.
    fn run(&mut self, amounts: Row, barred: u64, used: u64, place: usize) -> Result<(), TooMany> {
        let Some(order) = self.table.orders.get(place) else {
            self.computed += 1;
            if self.computed > ORDERS_MAX {
                return Err(TooMany::Combinations);
            }
            let used: Vec<&Order> = self.table.used(used);
            if let Some(settled) = settle(&used, amounts, &self.quantities) {
                self.totals.insert(Fen(settled.amounts.iter().sum()));
            }
            return Ok(());
        };
        self.run(amounts, barred, used, place + 1)?;
        if has(barred, place) || order.conflicts & used != 0 {
            return Ok(());
        }
        self.run(amounts, barred, used | 1 << place, place + 1)
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::{ProductId, PromotionId};

    use super::*;
    use crate::offers::{Off, Rule};

    fn line(price: i64) -> Line {
        Line {
            product: ProductId("tee".to_owned()),
            sku: None,
            name: String::new(),
            category: String::new(),
            price_fen: Fen(price),
            cost_fen: None,
            floor_fen: None,
            minimum_margin_fen: None,
            quantity_max: 5,
        }
    }

    fn promotion(id: &str, rule: Rule) -> Promotion {
        Promotion {
            id: PromotionId(id.to_owned()),
            name: id.to_owned(),
            rule,
            scope: crate::offers::Scope::All,
            from: Millis(0),
            to: Millis(1_000),
            audience: crate::offers::Audience::Everyone,
            limit_per_buyer: None,
            stock: None,
            group: None,
            excludes: Vec::new(),
            stackable_with: Vec::new(),
        }
    }

    fn totals(quantity: i64, promotions: &[Promotion], at: i64) -> Vec<i64> {
        let found = payable(&[(line(9_900), quantity)], promotions, Millis(at)).unwrap();
        found.into_iter().map(|fen| fen.0).collect()
    }

    #[test]
    fn whatever_combines_can_have_been_paid_and_nothing_else() {
        let off = Off::Amount { off_fen: Fen(500) };
        let coupon = promotion("coupon", Rule::Coupon { threshold_fen: Fen(0), off });
        let reduction = Rule::FullReduction {
            threshold_fen: Fen(15_000),
            off_fen: Fen(2_000),
            every_step: false,
            cap_fen: None,
        };
        let all = [coupon, promotion("reduction", reduction)];
        assert_eq!(totals(1, &[], 1), [9_900]);
        assert_eq!(totals(1, &all, 1), [9_400, 9_900]);
        assert_eq!(totals(2, &all, 1), [17_300, 17_800, 19_300, 19_800]);
        assert_eq!(totals(2, &all, 1_000), [19_800], "they are over");
        assert!(payable(&[(line(9_900), 21)], &[], Millis(1)).is_err());
    }
}
