//! Whether a price is the lowest of the last days, as far as the ledger knows them.

use std::collections::BTreeSet;

use livehand_kernel::{DAY_MS, Fen, Millis};

use super::payments::{asked, payments};
use super::{Row, Selection};

/// What is asked of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct LowestQuery<'a> {
    /// Which rows; without a venue it is about every venue of the ledger, and each has to be covered.
    pub selection: Selection<'a>,
    /// How many days, each of twenty-four hours, up to now.
    pub days: i64,
    /// Now.
    pub now: Millis,
    /// The price that is to be the lowest.
    pub current: Fen,
}

/// Calendar days of Shanghai of which the ledger knows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Beginning of the first of them.
    pub from: Millis,
    /// End of the last of them.
    pub to: Millis,
}

/// What the ledger tells of the last days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lowest {
    /// Whether the present price is no higher than every price paid, over days that are covered without a gap.
    pub holds: bool,
    /// The lowest price paid; absent when nothing was.
    pub price: Option<Fen>,
    /// Since when the ledger knows the product; absent when it does not.
    pub covered_from: Option<Millis>,
    /// Days without data at one of the venues.
    pub gaps: Vec<Gap>,
    /// Whether each payment at the lowest price has its evidence.
    pub evidenced: bool,
    /// The payments of those days, by their sequences.
    pub evidence: Vec<u64>,
}

/// Looks at the days before now in rows of one product. A day has data if there is an entry on it, or an asking price in
/// force: one holds until the next of the same venue, or until the time that it names.
pub fn lowest_in_days(rows: &[Row], query: &LowestQuery) -> Lowest {
    let LowestQuery { selection, days, now, current } = *query;
    let since = now.plus(-days.saturating_mul(DAY_MS));
    let mut paid = payments(rows, &selection);
    paid.retain(|payment| (since..now).contains(&payment.at));
    let price = paid.iter().map(|payment| payment.price).min();
    let mut of_lowest = paid.iter().filter(|payment| Some(payment.price) == price);
    let evidenced = price.is_some() && of_lowest.all(|payment| payment.row.entry.evidence.is_some());
    let known: Vec<&Row> = rows.iter().filter(|row| selection.takes(row) && row.entry.at <= now).collect();
    let venues: BTreeSet<&str> = known.iter().map(|row| row.entry.venue.as_str()).collect();
    let mut missing = BTreeSet::new();
    for venue in &venues {
        let of_venue = Selection { venue: Some(venue), ..selection };
        missing.extend(days_without_data(rows, &of_venue, since, now));
    }
    if venues.is_empty() {
        missing.extend(calendar_days(since, now));
    }
    let gaps = joined(&missing);
    Lowest {
        holds: gaps.is_empty() && price.is_some_and(|price| current <= price),
        price,
        covered_from: known.iter().map(|row| row.entry.at).min(),
        gaps,
        evidenced,
        evidence: paid.iter().map(|payment| payment.row.sequence).collect(),
    }
}

/// The beginnings of the calendar days that a stretch of time touches.
fn calendar_days(since: Millis, now: Millis) -> impl Iterator<Item = Millis> {
    let first = since.shanghai_midnight(0);
    std::iter::successors(Some(first), |day| Some(day.plus(DAY_MS))).take_while(move |day| *day <= now)
}

/// The days of one venue on which nothing was entered and no price was asked.
fn days_without_data(rows: &[Row], selection: &Selection, since: Millis, now: Millis) -> Vec<Millis> {
    let mut with_data: BTreeSet<Millis> = BTreeSet::new();
    let entered = rows.iter().filter(|row| selection.takes(row) && row.entry.at <= now);
    with_data.extend(entered.map(|row| row.entry.at.shanghai_midnight(0)));
    let asked = asked(rows, selection);
    let nexts = asked.iter().skip(1).map(|row| row.entry.at).chain([Millis::MAX]);
    for (row, next) in asked.iter().zip(nexts) {
        let end = next.min(row.entry.until.unwrap_or(Millis::MAX)).min(now.plus(1));
        let begin = row.entry.at.max(since.shanghai_midnight(0));
        if begin < end {
            with_data.extend(calendar_days(begin, end.plus(-1)));
        }
    }
    calendar_days(since, now).filter(|day| !with_data.contains(day)).collect()
}

/// Neighbouring days as one gap.
fn joined(days: &BTreeSet<Millis>) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for day in days {
        match gaps.last_mut().filter(|gap| gap.to == *day) {
            Some(gap) => gap.to = day.plus(DAY_MS),
            None => gaps.push(Gap { from: *day, to: day.plus(DAY_MS) }),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{BEGINS, ledger};
    use super::*;

    fn lowest(rows: &[Row], venue: Option<&str>, current: i64) -> Lowest {
        let selection = Selection { venue, sku: None };
        lowest_in_days(rows, &LowestQuery { selection, days: 30, now: BEGINS, current: Fen(current) })
    }

    const WEEKLY: [(&str, f64, i64); 5] = [
        ("asked main", -40.0, 19_900),
        ("paid main", -30.0, 19_900),
        ("paid main", -21.0, 12_900),
        ("paid main", -7.0, 14_900),
        ("paid main", 0.0, 100),
    ];

    #[test]
    fn a_price_is_the_lowest_when_nobody_paid_less_and_a_price_was_asked_all_along() {
        let rows = ledger(&WEEKLY);
        let found = lowest(&rows, Some("main"), 12_900);
        assert!(found.holds);
        assert_eq!((found.price, found.evidence), (Some(Fen(12_900)), vec![2, 3, 4]));
        assert!(!lowest(&rows, Some("main"), 12_901).holds);
    }

    #[test]
    fn days_before_the_first_entry_prove_nothing() {
        let rows = ledger(&[("asked main", -10.0, 19_900), ("paid main", -9.0, 19_900)]);
        let found = lowest(&rows, Some("main"), 9_900);
        let gap = Gap { from: BEGINS.shanghai_midnight(-30), to: BEGINS.shanghai_midnight(-10) };
        assert_eq!((found.holds, found.gaps), (false, vec![gap]));
        let nothing = lowest(&[], Some("main"), 9_900);
        assert!(!nothing.holds && nothing.covered_from.is_none() && nothing.price.is_none());
        assert_eq!(nothing.gaps.len(), 1);
    }

    #[test]
    fn days_on_which_nothing_was_asked_prove_nothing() {
        let mut rows = ledger(&WEEKLY);
        rows[0].entry.until = Some(BEGINS.shanghai_midnight(-20));
        let gaps = lowest(&rows, Some("main"), 9_900).gaps;
        let expected = [
            Gap { from: BEGINS.shanghai_midnight(-20), to: BEGINS.shanghai_midnight(-7) },
            Gap { from: BEGINS.shanghai_midnight(-6), to: BEGINS.shanghai_midnight(0) },
        ];
        assert_eq!(gaps, expected, "a day with a payment has data");
    }

    #[test]
    fn a_shop_is_all_its_venues_and_each_has_to_be_covered() {
        let mut rows = WEEKLY.to_vec();
        rows.push(("paid other", -3.0, 11_900));
        assert_eq!(lowest(&ledger(&rows), Some("main"), 12_900).gaps, []);
        let shop = lowest(&ledger(&rows), None, 11_900);
        assert!(!shop.holds && shop.price == Some(Fen(11_900)));
        rows.push(("asked other", -31.0, 11_900));
        assert!(lowest(&ledger(&rows), None, 11_900).holds);
    }

    #[test]
    fn the_payments_at_the_lowest_price_are_what_needs_evidence() {
        let mut rows = ledger(&WEEKLY);
        assert!(!lowest(&rows, Some("main"), 9_900).evidenced);
        rows[2].entry.evidence = Some("order".to_owned());
        assert!(lowest(&rows, Some("main"), 9_900).evidenced);
    }
}
