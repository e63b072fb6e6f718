//! Shares that are counted minute by minute, such as "of those who came, so many stayed": a level that moves slowly, on
//! the scale of log-odds, seen through the noise of small numbers.
//!
//! A local level model (Harvey, *Forecasting, Structural Time Series Models and the Kalman Filter*, 1989) with the
//! variance of a binomial count. What a minute does not explain by its numbers is either noise of that minute
//! (overdispersion) or a move of the level (drift).
//!
//! Logarithms and exponentials come from `libm`, so that the same counts give the same bits on every machine.

/// Of `of` things in one minute, `with` had the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many there were.
    pub of: i64,
    /// How many of them had it; at most `of`.
    pub with: i64,
}

impl Share {
    /// The sum of several.
    pub fn sum(shares: impl IntoIterator<Item = Share>) -> Share {
        let add = |all: Share, share: Share| Share { of: all.of + share.of, with: all.with + share.with };
        shares.into_iter().fold(Share { of: 0, with: 0 }, add)
    }

    /// The share as a number from 0 to 1; 0 of nothing.
    pub fn rate(self) -> f64 {
        if self.of > 0 { self.with as f64 / self.of as f64 } else { 0.0 }
    }
}

/// The odds of a share as a logarithm, moved a little towards even so that none and all have one too (Haldane 1956).
pub fn log_odds(share: Share) -> f64 {
    libm::log((share.with as f64 + 0.5) / ((share.of - share.with) as f64 + 0.5))
}

/// The share that has these odds.
pub fn share_of_log_odds(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

/// How a series moves.
#[derive(Clone, Copy, Debug)]
pub struct Motion {
    /// Variance by which the level moves from one minute to the next.
    pub drift: f64,
    /// Variance of a minute beyond that of its counts.
    pub overdispersion: f64,
}

/// What is known of the level: its log-odds, and the variance of that.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// The level.
    pub log_odds: f64,
    /// How uncertain it is.
    pub variance: f64,
}

/// Shares beyond these are taken for these, where the information in one more count is estimated.
const RATE_RANGE: (f64, f64) = (1e-4, 1.0 - 1e-4);
/// A minute that is further off than so many standard deviations moves the level no further than this.
const STEP_MAX: f64 = 3.0;

impl Level {
    /// The level as its first minutes give it.
    pub fn first(share: Share, motion: Motion) -> Self {
        let log_odds = log_odds(share);
        Self { log_odds, variance: 1.0 / information(share.of, log_odds).max(0.5) + motion.overdispersion }
    }

    /// The level a minute later, when nothing was seen in it.
    #[must_use]
    pub fn unseen(self, motion: Motion) -> Self {
        Self { variance: self.variance + motion.drift, ..self }
    }

    /// The level a minute later, when this was seen in it.
    #[must_use]
    pub fn seen(self, share: Share, motion: Motion) -> Self {
        let before = self.unseen(motion);
        let information = information(share.of, before.log_odds).max(1e-9);
        let noise = 1.0 / information + motion.overdispersion;
        let error = (share.with as f64 - expected(share.of, before.log_odds)) / information;
        let limit = STEP_MAX * libm::sqrt(before.variance + noise);
        let gain = before.variance / (before.variance + noise);
        Self {
            log_odds: before.log_odds + gain * error.clamp(-limit, limit),
            variance: before.variance * (1.0 - gain),
        }
    }

    /// What so many of the minutes after this level should have, and the variance of that number. `minutes` is how many
    /// minutes the counts come from.
    pub fn forecast(self, of: i64, minutes: usize, motion: Motion) -> (f64, f64) {
        let count = minutes.max(1) as f64;
        let information = information(of, self.log_odds);
        let off = self.variance + motion.drift * count / 2.0 + motion.overdispersion / count;
        (expected(of, self.log_odds), information + information * information * off)
    }
}

fn expected(of: i64, log_odds: f64) -> f64 {
    of as f64 * share_of_log_odds(log_odds)
}

/// How much the counts of a minute tell of its log-odds: the inverse of their variance.
fn information(of: i64, log_odds: f64) -> f64 {
    let rate = share_of_log_odds(log_odds).clamp(RATE_RANGE.0, RATE_RANGE.1);
    of as f64 * rate * (1.0 - rate)
}
