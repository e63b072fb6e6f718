//! The ledger as a course over time, for a chart.

use std::collections::BTreeMap;

use livehand_kernel::{Fen, Millis};
use serde::{Deserialize, Serialize};

use super::payments::{asked, payments};
use super::{Row, Selection};

/// A price that was asked from some moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AskedPoint {
    /// From when.
    pub at: Millis,
    /// The price.
    pub fen: Fen,
}

/// What was paid on one day of Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PaidDay {
    /// Its beginning.
    pub day: Millis,
    /// The lowest price.
    pub low: Fen,
    /// The highest price.
    pub high: Fen,
    /// How many payments.
    pub payments: u64,
}

/// The course of a product's prices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = PriceSeries))]
pub struct Series {
    /// Prices asked, by their time.
    pub asked: Vec<AskedPoint>,
    /// Days with payments that were kept, by their time.
    pub paid: Vec<PaidDay>,
}

/// The course of the prices in rows of one product.
pub fn series(rows: &[Row], selection: &Selection) -> Series {
    let point = |row: &Row| AskedPoint { at: row.entry.at, fen: row.entry.fen };
    let asked = asked(rows, selection).into_iter().map(point).collect();
    let mut days: BTreeMap<Millis, PaidDay> = BTreeMap::new();
    for payment in payments(rows, selection) {
        let (price, day) = (payment.price, payment.at.shanghai_midnight(0));
        let entry = days.entry(day).or_insert(PaidDay { day, low: price, high: price, payments: 0 });
        entry.low = entry.low.min(price);
        entry.high = entry.high.max(price);
        entry.payments += 1;
    }
    Series { asked, paid: days.into_values().collect() }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{BEGINS, ledger};
    use super::*;

    #[test]
    fn a_course_has_a_step_for_each_price_asked_and_a_range_for_each_day() {
        let mut rows = ledger(&[
            ("asked main", -3.0, 19_900),
            ("paid main", -2.0, 19_900),
            ("paid main", -2.1, 12_900),
            ("paid main", -1.0, 9_900),
            ("refunded main", -1.0, 9_900),
        ]);
        rows[4].entry.order = rows[3].entry.order.clone();
        let found = series(&rows, &Selection::default());
        assert_eq!(found.asked, [AskedPoint { at: rows[0].entry.at, fen: Fen(19_900) }]);
        let day = BEGINS.shanghai_midnight(-2);
        assert_eq!(found.paid, [PaidDay { day, low: Fen(12_900), high: Fen(19_900), payments: 2 }]);
    }
}
