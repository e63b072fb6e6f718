//! What became of hesitations: those that lines were offered for beside those that were held out.

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::shown::{Difference, Group, GuidedOrders};

/// From so many hesitations in each group on a difference is told.
pub const ENOUGH: u64 = 30;
/// The quantile of the normal distribution for an interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Sums of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sums {
    hesitated: u64,
    ordered: u64,
}

/// Sums of both groups, and of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Groups {
    offered: Sums,
    held_out: Sums,
    addressed: u64,
    guided: u64,
}

impl Groups {
    /// Counts a hesitation in the group that it was in from the beginning.
    pub fn count(&mut self, case: &Case) {
        let group = if case.held_out { &mut self.held_out } else { &mut self.offered };
        group.hesitated += 1;
        group.ordered += u64::from(case.ordered_in_time());
        self.addressed += u64::from(case.line.is_some());
        self.guided += u64::from(case.is_guided());
    }

    /// As they are shown; the last two say how many of each group may still order.
    pub fn shown(self, orders_known: bool, lines: u64, [offered, held_out]: [u64; 2]) -> GuidedOrders {
        let group = |sums: Sums, running| Group { hesitated: sums.hesitated, ordered: sums.ordered, running };
        let enough = orders_known && self.offered.hesitated.min(self.held_out.hesitated) >= ENOUGH;
        GuidedOrders {
            orders_known,
            lines,
            addressed: self.addressed,
            guided: self.guided,
            offered: group(self.offered, offered),
            held_out: group(self.held_out, held_out),
            enough_from: ENOUGH,
            difference: enough.then(|| difference(self.offered, self.held_out)),
        }
    }
}

/// The difference of two shares with its interval of 95 % (Newcombe 1998, method 10: from the Wilson intervals of both),
/// which keeps what it promises for small groups and for shares near zero.
fn difference(offered: Sums, held_out: Sums) -> Difference {
    let ((one, one_low, one_high), (two, two_low, two_high)) = (wilson(offered), wilson(held_out));
    let below = libm::hypot(one - one_low, two_high - two);
    let above = libm::hypot(one_high - one, two - two_low);
    let ppm = |share: f64| libm::round(share * 1e6) as i64;
    Difference {
        points_ppm: ppm(one - two),
        low_ppm: ppm(one - two - below),
        high_ppm: ppm(one - two + above),
    }
}

/// A share and its Wilson interval.
fn wilson(sums: Sums) -> (f64, f64, f64) {
    let (n, share) = (sums.hesitated as f64, sums.ordered as f64 / sums.hesitated as f64);
    let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * libm::sqrt(share * (1.0 - share) / n + Z * Z / (4.0 * n * n));
    (share, (middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of Newcombe (1998), table II: 56/70 beside 48/80, and 10/10 beside 0/10.
    #[test]
    fn the_interval_is_that_of_the_literature() {
        let sums = |ordered, hesitated| Sums { hesitated, ordered };
        // Printed there with four decimals.
        let printed = |ppm: i64| (ppm + 50) / 100;
        for (one, two, expected) in [
            (sums(56, 70), sums(48, 80), (2_000, 524, 3_339)),
            (sums(10, 10), sums(0, 10), (10_000, 6_075, 10_000)),
        ] {
            let found = difference(one, two);
            assert_eq!(
                (printed(found.points_ppm), printed(found.low_ppm), printed(found.high_ppm)),
                expected
            );
        }
    }

    #[test]
    fn nothing_is_told_from_too_few_or_without_orders() {
        let groups = Groups {
            offered: Sums { hesitated: 200, ordered: 20 },
            held_out: Sums { hesitated: ENOUGH - 1, ordered: 1 },
            ..Groups::default()
        };
        assert_eq!(groups.shown(true, 0, [0, 0]).difference, None);
        let groups = Groups { held_out: Sums { hesitated: ENOUGH, ordered: 1 }, ..groups };
        assert!(groups.shown(true, 0, [0, 0]).difference.is_some());
        assert_eq!(groups.shown(false, 0, [0, 0]).difference, None);
    }
}
