//! The effects of what the crew of a show changed.

use std::collections::BTreeMap;

use livehand_kernel::{MINUTE_MS, Millis, PersonId, Sequence};
use serde::Serialize;

use super::{AFTER_MINUTES, BEFORE_MINUTES, Effect, Minute, estimate};
use crate::metrics::Series;
use crate::room::Room;
use crate::view::{TimelineEntry, TimelineKind};

/// Adjustments whose effects are told, the last ones.
const ADJUSTMENTS_MAX: usize = 100;

/// What a change is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Of those who came in a minute, those who stayed for 60 s.
    Retention,
    /// Of those present in a minute, those who paid in it.
    Conversion,
    /// Of those present, those who interacted.
    Interaction,
    /// Of those who were shown a product, those who clicked one.
    ClickThrough,
    /// Of the clicks on the product that was changed, those that were paid, beside those of all other products.
    ProductConversion,
}

/// What can be said of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Too few minutes before or after, or the source does not deliver what is needed.
    NotKnown,
    /// What was seen is well within what would have been seen without the change.
    NotDistinguishable,
    /// It rose.
    Rose,
    /// It fell.
    Fell,
}

/// The effect of a change on one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MeasuredEffect {
    /// Which.
    pub measure: Measure,
    /// What can be said.
    pub finding: Finding,
    /// The change in points of the share, in millionths: what was seen less what was to be expected. Absent: not known.
    pub points_ppm: Option<i64>,
    /// The lower end of its 95 % interval.
    pub low_ppm: Option<i64>,
    /// The upper end.
    pub high_ppm: Option<i64>,
    /// The share that was to be expected without the change, in millionths.
    pub expected_ppm: Option<i64>,
    /// Whether it was held against a series that the change did not touch.
    pub controlled: bool,
}

/// A change and its effects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Adjustment {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When.
    pub at: Millis,
    /// What kind of change.
    pub change: String,
    /// The product that it is about.
    pub product: Option<String>,
    /// In words, safe to show.
    pub text: String,
    /// Who.
    pub by: Option<PersonId>,
    /// Its effects, one by one.
    pub effects: Vec<MeasuredEffect>,
}

/// A change with the minutes around it: all that is needed to tell its effects, which takes longer than a room can wait.
#[derive(Clone, Debug)]
pub struct LoggedChange {
    change: Adjustment,
    around: Vec<(Measure, Vec<Minute>, Vec<Minute>)>,
}

impl LoggedChange {
    /// The change with its effects, as far as they can be told.
    pub fn measured(self) -> Adjustment {
        let effects =
            self.around.into_iter().map(|(measure, before, after)| measured(measure, &before, &after));
        Adjustment { effects: effects.collect(), ..self.change }
    }
}

impl Room {
    /// The last changes that the crew logged, oldest first.
    pub fn logged_changes(&self) -> Vec<LoggedChange> {
        let made: Vec<&TimelineEntry> =
            self.timeline().filter(|entry| entry.what == TimelineKind::AdjustmentMade).collect();
        let passed_over = made.len().saturating_sub(ADJUSTMENTS_MAX);
        let series: Vec<(Measure, BTreeMap<i64, Minute>)> =
            Series::ALL.into_iter().map(|series| (Measure::from(series), self.by_minute(series))).collect();
        let logged = |entry: &TimelineEntry| LoggedChange {
            change: Adjustment {
                sequence: entry.sequence,
                at: entry.at,
                change: entry.subject.clone().unwrap_or_default(),
                product: entry.product.clone(),
                text: entry.text.clone(),
                by: entry.by.clone(),
                effects: Vec::new(),
            },
            around: self.around(entry.at.minute(), entry.product.as_deref(), &series),
        };
        made.into_iter().skip(passed_over).map(logged).collect()
    }

    /// Settled minutes of a series.
    fn by_minute(&self, series: Series) -> BTreeMap<i64, Minute> {
        let last = self.clock().minute() - 1 - series.settles_after();
        let Some(shares) = self.metrics().series(series, last) else { return BTreeMap::new() };
        let first = last + 1 - shares.len() as i64;
        (first..).zip(shares.into_iter().map(|share| share.map(|share| (share, None)))).collect()
    }

    fn around(
        &self,
        change: i64,
        product: Option<&str>,
        series: &[(Measure, BTreeMap<i64, Minute>)],
    ) -> Vec<(Measure, Vec<Minute>, Vec<Minute>)> {
        let mut all = Vec::new();
        if let Some(product) = product {
            let last = self.clock().minute() - 1 - Series::Conversion.settles_after();
            let (before, after) = sides(change, |minute| {
                let (own, others) =
                    self.metrics().paid_of_clicks(product, minute).filter(|_| minute <= last)?;
                (own.of > 0 && others.of > 0).then_some((own, Some(others)))
            });
            all.push((Measure::ProductConversion, before, after));
        }
        for (measure, minutes) in series {
            let (before, after) = sides(change, |minute| minutes.get(&minute).copied().flatten());
            all.push((*measure, before, after));
        }
        all
    }
}

impl From<Series> for Measure {
    fn from(series: Series) -> Self {
        match series {
            Series::Retention => Measure::Retention,
            Series::Conversion => Measure::Conversion,
            Series::Interaction => Measure::Interaction,
            Series::ClickThrough => Measure::ClickThrough,
        }
    }
}

/// The minutes before a change and those after it; its own minute belongs to neither.
fn sides(change: i64, minute: impl Fn(i64) -> Minute) -> (Vec<Minute>, Vec<Minute>) {
    let before = (change - BEFORE_MINUTES as i64..change).map(&minute).collect();
    let mut after: Vec<Minute> = (change + 1..=change + AFTER_MINUTES as i64).map(&minute).collect();
    while after.last().is_some_and(Option::is_none) {
        after.pop();
    }
    (before, after)
}

fn measured(measure: Measure, before: &[Minute], after: &[Minute]) -> MeasuredEffect {
    let nothing = MeasuredEffect {
        measure,
        finding: Finding::NotKnown,
        points_ppm: None,
        low_ppm: None,
        high_ppm: None,
        expected_ppm: None,
        controlled: false,
    };
    let Some(effect) = estimate(before, after) else { return nothing };
    let ppm = |share: f64| Some(libm::round(share * 1e6) as i64);
    MeasuredEffect {
        finding: finding(&effect),
        points_ppm: ppm(effect.points(effect.log_odds)),
        low_ppm: ppm(effect.points(effect.low)),
        high_ppm: ppm(effect.points(effect.high)),
        expected_ppm: ppm(effect.expected),
        controlled: effect.controlled,
        ..nothing
    }
}

fn finding(effect: &Effect) -> Finding {
    match effect.is_distinguishable() {
        false => Finding::NotDistinguishable,
        true if effect.log_odds > 0.0 => Finding::Rose,
        true => Finding::Fell,
    }
}

/// A block of a switchback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Block {
    /// When it begins.
    pub from: Millis,
    /// When it ends.
    pub to: Millis,
    /// Whether the change is in force in it.
    pub on: bool,
}

/// Blocks of time in which a change is in force and not in force by turns, for an answer to whether it is the cause: of
/// each two blocks that follow one another one is on, by lot, so that whatever else changes in the show falls on both
/// alike. `seed` decides the lots.
pub fn switchback(from: Millis, minutes: i64, block_minutes: i64, seed: u64) -> Vec<Block> {
    let block_minutes = block_minutes.max(1);
    let pairs = minutes.max(0) / (2 * block_minutes);
    let block = |number: i64, on: bool| Block {
        from: from.plus(number * block_minutes * MINUTE_MS),
        to: from.plus((number + 1) * block_minutes * MINUTE_MS),
        on,
    };
    let lot = |pair: i64| {
        // SplitMix64 (Steele, Lea and Flood 2014), so that neighbouring seeds give unlike lots.
        let mut z = seed.wrapping_add((pair as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) & 1 == 1
    };
    (0..pairs).flat_map(|pair| [block(2 * pair, lot(pair)), block(2 * pair + 1, !lot(pair))]).collect()
}
