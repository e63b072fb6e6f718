//! When a wish rises above its own background. Whole numbers only, so that every machine finds the same.

/// The window in which a wish rises, minutes.
pub(crate) const RISES_WITHIN_MINUTES: i64 = 3;
/// The background that it is held against, minutes.
pub(super) const BACKGROUND_MINUTES: i64 = 15;
/// Viewers who write the same before the crew is told, and thousandths of those online, if that is more.
const VIEWERS_MIN: i64 = 5;
const ONLINE_PERMILLE: i64 = 5;
/// By how many standard deviations of the background it must stand out, squared.
const DEVIATIONS_SQUARED: i64 = 9;
/// How many times the background it must be.
const TIMES: i64 = 2;

/// How many viewers within some minutes are many, when so many are online.
pub(crate) fn many(online: Option<i64>) -> i64 {
    VIEWERS_MIN.max(online.unwrap_or(0).saturating_mul(ONLINE_PERMILLE) / 1_000)
}

/// Whether `recent` viewers within three minutes stand out from `before` in the `minutes` minutes that went before.
///
/// The background lets expect `before` × 3 ÷ `minutes`. What comes must be more than twice that, and further above it than three
/// standard deviations of such a count, with one viewer added so that a background of nothing has a spread too. Without any
/// minute before, nothing was to be expected.
pub(super) fn stands_out(recent: i64, before: i64, minutes: i64) -> bool {
    let minutes = minutes.max(1);
    let expected = before.saturating_mul(RISES_WITHIN_MINUTES);
    let recent = recent.saturating_mul(minutes);
    let above = recent.saturating_sub(expected);
    let spread = expected.saturating_add(minutes).saturating_mul(minutes).saturating_mul(DEVIATIONS_SQUARED);
    recent > expected.saturating_mul(TIMES) && above.saturating_mul(above) >= spread
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn many_is_five_or_half_a_percent_of_those_online() {
        for (online, expected) in
            [(None, 5), (Some(0), 5), (Some(1_399), 6), (Some(1_000), 5), (Some(20_000), 100)]
        {
            assert_eq!(many(online), expected, "{online:?}");
        }
    }

    #[test]
    fn five_out_of_nothing_stand_out_and_a_small_count_that_doubles_does_not() {
        assert!(stands_out(5, 0, 15));
        assert!(stands_out(5, 0, 0));
        // 25 in 15 minutes let expect 5 in three.
        assert!(!stands_out(10, 25, 15));
        assert!(stands_out(13, 25, 15));
        // 100 in three minutes is just the double of 250 in fifteen.
        assert!(!stands_out(100, 250, 15));
        assert!(stands_out(101, 250, 15));
    }

    proptest! {
        #[test]
        fn a_background_that_goes_on_never_stands_out(per_minute in 0..100_000_i64, minutes in 1..=15_i64) {
            prop_assert!(!stands_out(per_minute * RISES_WITHIN_MINUTES, per_minute * minutes, minutes));
        }

        #[test]
        fn the_double_of_a_background_never_stands_out(per_minute in 1..100_000_i64, minutes in 1..=15_i64) {
            prop_assert!(!stands_out(2 * per_minute * RISES_WITHIN_MINUTES, per_minute * minutes, minutes));
        }

        #[test]
        fn more_now_or_less_before_never_makes_it_stand_out_less(
            recent in 0..10_000_i64, before in 0..10_000_i64, minutes in 0..=15_i64,
        ) {
            if stands_out(recent, before, minutes) {
                prop_assert!(stands_out(recent + 1, before, minutes));
                prop_assert!(before == 0 || stands_out(recent, before - 1, minutes));
            }
        }

        #[test]
        fn no_number_is_too_large(recent in 0..i64::MAX, before in 0..i64::MAX, minutes in 0..=15_i64) {
            let _ = stands_out(recent, before, minutes);
        }
    }
}
