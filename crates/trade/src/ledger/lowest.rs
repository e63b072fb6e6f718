//! Whether a price is the lowest of the last days, as far as the ledger knows them.

use livehand_kernel::{DAY_MS, Fen, Millis};

use super::payments::payments;
use super::{Row, Selection};

/// Days without any row after which the ledger counts as interrupted. No law says how many; a product that is shown every
/// week stays covered, one that was away for longer than a fortnight is not.
pub const GAP_DAYS_MAX: i64 = 14;

/// A stretch of time of which the ledger knows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Its beginning.
    pub from: Millis,
    /// Its end.
    pub to: Millis,
}

/// What the ledger tells of the last days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lowest {
    /// Whether the present price is no higher than every price paid, over days that are covered without a gap.
    pub holds: bool,
    /// The lowest price paid; absent when nothing was.
    pub price: Option<Fen>,
    /// Since when the ledger knows the product, at the earliest the beginning of the days; absent when it does not.
    pub covered_from: Option<Millis>,
    /// Stretches without any row.
    pub gaps: Vec<Gap>,
    /// The payments of those days, by their sequences.
    pub evidence: Vec<u64>,
}

/// Looks at the `days` days before `now`, counted by the calendar of Shanghai, in rows of one product. A payment that was
/// given back still counts against the claim: somebody could buy at that price.
pub fn lowest_in_days(rows: &[Row], selection: &Selection, days: i64, now: Millis, current: Fen) -> Lowest {
    let since = now.shanghai_midnight(-days);
    let paid: Vec<(u64, Fen)> = payments(rows, selection)
        .into_iter()
        .filter(|payment| (since..=now).contains(&payment.at))
        .map(|payment| (payment.sequence, payment.kept.unwrap_or(payment.paid)))
        .collect();
    let price = paid.iter().map(|(_, price)| *price).min();
    let mut times: Vec<Millis> = rows
        .iter()
        .filter(|row| selection.takes(row) && row.entry.at <= now)
        .map(|row| row.entry.at)
        .collect();
    times.sort();
    let first = times.first().copied();
    let covered_from = first.map(|first| first.max(since));
    let covered = first.is_some_and(|first| first.shanghai_midnight(0) <= since);
    let gaps = gaps(&times, since, now);
    let holds = covered && gaps.is_empty() && price.is_some_and(|price| current <= price);
    Lowest {
        holds,
        price,
        covered_from,
        gaps,
        evidence: paid.into_iter().map(|(sequence, _)| sequence).collect(),
    }
}

/// The gaps between times that are sorted, from the first of them on, as far as they reach into the days since `since`.
fn gaps(times: &[Millis], since: Millis, now: Millis) -> Vec<Gap> {
    let ends = times.iter().skip(1).copied().chain([now]);
    let pairs = times.iter().copied().zip(ends);
    pairs
        .filter(|(from, to)| *to > since && to.0.saturating_sub(from.0) > GAP_DAYS_MAX * DAY_MS)
        .map(|(from, to)| Gap { from: from.max(since), to })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{BEGINS, ledger};
    use super::*;

    fn lowest(rows: &[Row], current: i64) -> Lowest {
        lowest_in_days(rows, &Selection { venue: Some("main"), sku: None }, 30, BEGINS, Fen(current))
    }

    const WEEKLY: [(&str, f64, i64); 6] = [
        ("asked main", -40.0, 19_900),
        ("paid main", -28.0, 19_900),
        ("paid main", -21.0, 12_900),
        ("paid main", -14.0, 15_900),
        ("paid main", -7.0, 14_900),
        ("paid other", -3.0, 100),
    ];

    #[test]
    fn a_price_is_the_lowest_when_nobody_paid_less_in_days_that_are_covered() {
        let rows = ledger(&WEEKLY);
        let found = lowest(&rows, 12_900);
        assert!(found.holds);
        assert_eq!((found.price, found.evidence), (Some(Fen(12_900)), vec![2, 3, 4, 5]));
        assert_eq!(found.covered_from, Some(BEGINS.shanghai_midnight(-30)));
        assert!(!lowest(&rows, 12_901).holds);
    }

    #[test]
    fn days_that_the_ledger_does_not_reach_back_to_prove_nothing() {
        let found = lowest(&ledger(&WEEKLY[1..]), 9_900);
        assert!(!found.holds);
        assert_eq!(found.covered_from, Some(BEGINS.plus(-28 * DAY_MS)));
        let nothing = lowest(&[], 9_900);
        assert!(!nothing.holds && nothing.covered_from.is_none() && nothing.price.is_none());
    }

    #[test]
    fn a_stretch_without_any_row_proves_nothing() {
        let rows = ledger(&[WEEKLY[0], WEEKLY[1], WEEKLY[4]]);
        let found = lowest(&rows, 9_900);
        assert!(!found.holds);
        let gap = Gap { from: BEGINS.plus(-28 * DAY_MS), to: BEGINS.plus(-7 * DAY_MS) };
        assert_eq!(found.gaps, [gap]);
        let silent = lowest(&ledger(&WEEKLY[..3]), 9_900);
        assert_eq!(silent.gaps, [Gap { from: BEGINS.plus(-21 * DAY_MS), to: BEGINS }], "nor one up to now");
    }

    #[test]
    fn a_payment_that_was_given_back_counts_against_the_claim() {
        let mut rows = ledger(&WEEKLY);
        rows.extend(ledger(&[("refunded main", -20.0, 12_900)]));
        rows[6].entry.order = rows[2].entry.order.clone();
        assert_eq!(lowest(&rows, 13_000).price, Some(Fen(12_900)));
    }
}
