//! What a change did to a share: what was seen after it, held against what would have been seen without it.
//!
//! What would have been seen is a forecast from the minutes before (local level, see [`crate::series`]), made on the
//! difference to a series that the change did not touch, where there is one: whatever moves the whole room moves both
//! and drops out. How fast the level moves and how noisy a minute is are taken from the minutes before, as the values
//! under which these were most likely. A difference between the minutes before and those after says nothing by itself:
//! on made-up shows without any effect a plain test of it finds one in every fifth to second show.

mod adjustments;

pub use self::adjustments::{Adjustment, Block, Finding, LoggedChange, Measure, MeasuredEffect, switchback};
use crate::series::{Share, log_odds, share_of_log_odds};

/// Minutes before the change that are looked at, at most.
pub const BEFORE_MINUTES: usize = 25;
/// Minutes before the change without which nothing is said.
pub const BEFORE_MINUTES_MIN: usize = 12;
/// Minutes after the change that are looked at, at most.
pub const AFTER_MINUTES: usize = 10;
/// Minutes after the change without which nothing is said.
pub const AFTER_MINUTES_MIN: usize = 3;
/// Variances of the level's move that are tried.
const DRIFTS: [f64; 6] = [1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
/// Variances of a minute beyond its counts that are tried.
const OVERDISPERSIONS: [f64; 5] = [0.0, 1e-3, 3e-3, 1e-2, 2e-2];
/// The level moves by about this variance, give or take a factor of twelve (one standard deviation), before anything is
/// known of it.
const DRIFT_LIKELY: (f64, f64) = (1e-3, 2.5);
/// Half the width of a 95 % interval in standard deviations, when drift and noise were guessed from 25 minutes.
const QUANTILE: f64 = 2.1;
/// And when there is nothing to compare with: what moves the whole room cannot be told from an effect. Set so that on
/// made-up shows without an effect at most one in twenty seems to have one.
const QUANTILE_ALONE: f64 = 2.6;

/// An effect on a share, as a factor of its odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Logarithm of the factor.
    pub log_odds: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The share that was to be expected without the change, from 0 to 1.
    pub expected: f64,
    /// Whether an untouched series was compared with.
    pub controlled: bool,
}

impl Effect {
    /// Whether the interval leaves out no effect at all.
    pub fn is_distinguishable(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }

    /// What a factor of the odds does to the share that was expected: the share with it, less the share without it.
    pub fn points(&self, log_odds_change: f64) -> f64 {
        let without = libm::log(self.expected / (1.0 - self.expected).max(1e-12));
        share_of_log_odds(without + log_odds_change) - self.expected
    }
}

/// A minute of a series: the share that the change is about, and that of the untouched series.
pub type Minute = Option<(Share, Option<Share>)>;

/// The effect of a change between `before` and `after`, both in order of time; none in a minute without data. `None` if
/// there are too few minutes.
pub fn estimate(before: &[Minute], after: &[Minute]) -> Option<Effect> {
    let skip = before.len().saturating_sub(BEFORE_MINUTES);
    let before: Vec<Seen> = observed(before.get(skip..)?);
    let after: Vec<Seen> = observed(after.get(..after.len().min(AFTER_MINUTES))?);
    let counted = |seen: &[Seen]| seen.iter().filter(|seen| seen.is_some()).count();
    if counted(&before) < BEFORE_MINUTES_MIN || counted(&after) < AFTER_MINUTES_MIN {
        return None;
    }
    let fits = DRIFTS.iter().flat_map(|drift| OVERDISPERSIONS.iter().map(move |noise| (*drift, *noise)));
    let fits = fits.filter_map(|(drift, noise)| Fit::of(&before, drift, noise));
    let best = fits.max_by(|a, b| a.likelihood.total_cmp(&b.likelihood))?;
    let seen: Vec<Observation> = after.iter().flatten().copied().collect();
    let count = seen.len() as f64;
    let change = seen.iter().map(|it| it.value).sum::<f64>() / count - best.level;
    let noise = seen.iter().map(|it| it.variance + best.noise).sum::<f64>() / (count * count);
    // The level after n minutes has moved n times; its mean over the minutes carries each move as often as it is in them.
    let moves = (0..after.len()).map(|move_| after.iter().skip(move_).flatten().count() as f64 / count);
    let moved = best.drift * moves.map(|part| part * part).sum::<f64>();
    let controlled = seen.iter().all(|it| it.controlled);
    let quantile = if controlled { QUANTILE } else { QUANTILE_ALONE };
    let half = quantile * libm::sqrt(best.variance + moved + noise);
    let treated = seen.iter().map(|it| it.treated).sum::<f64>() / count;
    Some(Effect {
        log_odds: change,
        low: change - half,
        high: change + half,
        expected: share_of_log_odds(treated - change),
        controlled,
    })
}

/// One minute on the scale of log-odds.
#[derive(Clone, Copy)]
struct Observation {
    /// Less the untouched series, where there is one.
    value: f64,
    /// Of the value, by its counts alone.
    variance: f64,
    treated: f64,
    controlled: bool,
}

type Seen = Option<Observation>;

fn observed(minutes: &[Minute]) -> Vec<Seen> {
    let one = |share: Share| (share.of > 0).then(|| (log_odds(share), 1.0 / information(share)));
    let minute = |minute: &Minute| {
        let (treated, control) = (*minute)?;
        let (value, variance) = one(treated)?;
        let (control_value, control_variance) = match control {
            Some(control) => one(control)?,
            None => (0.0, 0.0),
        };
        let controlled = control.is_some();
        let (difference, variance) = (value - control_value, variance + control_variance);
        Some(Observation { value: difference, variance, treated: value, controlled })
    };
    minutes.iter().map(minute).collect()
}

fn information(share: Share) -> f64 {
    let rate = (share.with as f64 + 0.5) / (share.of as f64 + 1.0);
    (share.of as f64 * rate * (1.0 - rate)).max(0.5)
}

/// How well a drift and a noise explain the minutes before a change, and where they leave the level.
struct Fit {
    drift: f64,
    noise: f64,
    level: f64,
    variance: f64,
    likelihood: f64,
}

impl Fit {
    fn of(before: &[Seen], drift: f64, noise: f64) -> Option<Self> {
        let mut minutes = before.iter().skip_while(|seen| seen.is_none());
        let first = (*minutes.next()?)?;
        let (mut level, mut variance) = (first.value, first.variance + noise);
        let scale = libm::log(drift / DRIFT_LIKELY.0) / DRIFT_LIKELY.1;
        let mut likelihood = -0.5 * scale * scale;
        for seen in minutes {
            variance += drift;
            let Some(seen) = seen else { continue };
            let spread = variance + seen.variance + noise;
            let error = seen.value - level;
            likelihood -= 0.5 * (libm::log(spread) + error * error / spread);
            let gain = variance / spread;
            level += gain * error;
            variance *= 1.0 - gain;
        }
        Some(Self { drift, noise, level, variance, likelihood })
    }
}

/// What several shows say together of the same kind of change: the mean of their effects, each weighted by how much it
/// tells, with room for shows to differ (DerSimonian and Laird 1986).
pub fn pool(effects: &[Effect]) -> Option<Effect> {
    let deviation = |effect: &Effect| ((effect.high - effect.low) / (2.0 * 1.96)).max(1e-6);
    let weigh = |between: f64| -> (f64, f64) {
        let add = |(sum, all): (f64, f64), effect: &Effect| {
            let weight = 1.0 / (deviation(effect) * deviation(effect) + between);
            (sum + weight * effect.log_odds, all + weight)
        };
        effects.iter().fold((0.0, 0.0), add)
    };
    let first = effects.first()?;
    let (sum, all) = weigh(0.0);
    let mean = sum / all;
    let weight = |effect: &Effect| 1.0 / (deviation(effect) * deviation(effect));
    let off: f64 = effects
        .iter()
        .map(|effect| weight(effect) * (effect.log_odds - mean) * (effect.log_odds - mean))
        .sum();
    let squares: f64 = effects.iter().map(|effect| weight(effect) * weight(effect)).sum();
    let free = effects.len() as f64 - 1.0;
    let between = if free > 0.0 { ((off - free) / (all - squares / all).max(1e-12)).max(0.0) } else { 0.0 };
    let (sum, all) = weigh(between);
    let (mean, half) = (sum / all, 1.96 / libm::sqrt(all));
    let expected = effects.iter().map(|effect| effect.expected).sum::<f64>() / effects.len() as f64;
    let controlled = effects.iter().all(|effect| effect.controlled);
    let one = effects.len() == 1;
    Some(if one {
        *first
    } else {
        Effect { log_odds: mean, low: mean - half, high: mean + half, expected, controlled }
    })
}
