//! Shares by minute, as alarms and effects look at them. Minutes of which not everything was heard are none: a gap in the
//! data, and what stands beside one, must not look like a fall.

use std::collections::BTreeMap;
use std::ops::Range;

use livehand_kernel::{MINUTE_MS, Millis};

use super::presence::TIMEOUT_MS;
use super::report::COHORT_AGE_MINUTES;
use super::sources::Source;
use super::{MetricsFold, MinuteCounts};
use crate::series::Share;

/// A share that is counted minute by minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Of those who came in a minute, those who stayed for 60 s.
    Retention,
    /// Of those present in a minute, those who paid in it.
    Conversion,
    /// Of those present, those who interacted.
    Interaction,
    /// Of those who were shown a product, those who clicked one.
    ClickThrough,
}

/// Orders arrive some seconds after they were paid.
const ORDER_DELAY_MINUTES: i64 = 1;

impl Series {
    /// Every series.
    pub const ALL: [Series; 4] =
        [Series::Retention, Series::Conversion, Series::Interaction, Series::ClickThrough];

    /// How many minutes after its end a minute is settled.
    pub fn settles_after(self) -> i64 {
        match self {
            Series::Retention => COHORT_AGE_MINUTES,
            Series::Conversion => ORDER_DELAY_MINUTES,
            Series::Interaction | Series::ClickThrough => 0,
        }
    }

    fn share(self, counts: &MinuteCounts) -> Share {
        let [_, kept_60, _] = counts.retained;
        let (of, with) = match self {
            Series::Retention => (counts.views, kept_60),
            Series::Conversion => (counts.present, counts.buyers),
            Series::Interaction => (counts.present, counts.interactors),
            Series::ClickThrough => (counts.exposed_viewers, counts.clicking_viewers),
        };
        Share { of, with: with.min(of) }
    }

    /// How many minutes after a gap are not whole either: whoever left in it is taken to be present until the time-out.
    fn spoilt_after_gap(self) -> i64 {
        match self {
            Series::Conversion | Series::Interaction => TIMEOUT_MS.div_euclid(MINUTE_MS) + 1,
            Series::Retention | Series::ClickThrough => 1,
        }
    }

    /// How many minutes before a gap are not whole either: those who came then were not seen to stay.
    fn spoilt_before_gap(self) -> i64 {
        match self {
            Series::Retention => COHORT_AGE_MINUTES,
            _ => 1,
        }
    }
}

/// A share of the viewers of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourceShare {
    pub source: Source,
    pub share: Share,
}

impl MetricsFold {
    /// A series from the show's first whole minute to `last`; none where the minute is not whole. `None` if the source
    /// does not deliver what the series needs to be exact.
    pub fn series(&self, series: Series, last: i64) -> Option<Vec<Option<Share>>> {
        let known = match series {
            Series::Retention => self.presence_known(),
            Series::Interaction => self.presence_known() && self.sums.anonymous_interactions == 0,
            Series::Conversion => {
                self.presence_known() && self.orders_known() && self.sums.anonymous_orders == 0
            }
            Series::ClickThrough => self.delivered.product_events > 0,
        };
        let first = self.first_with_data()?;
        let share = |minute: i64| {
            let counts = self.minutes.get(minute).filter(|_| self.is_whole(series, minute))?;
            Some(series.share(counts)).filter(|share| share.of > 0)
        };
        // The first minute was heard from somewhere in its middle on.
        known.then(|| (first + 1..=last).map(share).collect())
    }

    /// Retention by source, over several minutes.
    pub fn retention_by_source(&self, minutes: Range<i64>) -> Vec<SourceShare> {
        let whole: Vec<&MinuteCounts> = self
            .minutes
            .range(minutes)
            .filter(|(minute, _)| self.is_whole(Series::Retention, *minute))
            .map(|(_, counts)| counts)
            .collect();
        let of = |source: Source| {
            let share = |counts: &&MinuteCounts| Share {
                of: counts.sources.of(source),
                with: counts.retained_sources.of(source),
            };
            SourceShare { source, share: Share::sum(whole.iter().map(share)) }
        };
        Source::ALL.into_iter().map(of).collect()
    }

    /// Those present in several minutes, added up, and the orders that were paid of each product in them.
    pub fn sold(&self, minutes: Range<i64>) -> (i64, BTreeMap<&str, i64>) {
        let present = self.minutes.range(minutes.clone()).map(|(_, counts)| counts.present).sum();
        (present, self.products.paid(minutes))
    }

    /// Of the clicks of a minute on one product, those that were paid, and the same of all other products.
    pub fn paid_of_clicks(&self, product: &str, minute: i64) -> Option<(Share, Share)> {
        let whole = self.orders_known() && self.is_whole(Series::Conversion, minute);
        whole.then(|| self.products.paid_of_clicks(product, minute))
    }

    /// The last minute with data, and the one before it.
    pub fn last_minutes_with_data(&self) -> (Option<i64>, Option<i64>) {
        let mut minutes = self.minutes.iter().rev().filter(|(_, counts)| counts.has_data);
        let last = minutes.next().map(|(minute, _)| minute);
        (minutes.next().map(|(minute, _)| minute), last)
    }

    /// Viewers online, where that is counted or told by the platform.
    pub fn online_now(&self) -> Option<i64> {
        if self.presence_known() {
            return Some(self.audience.online(&self.viewers));
        }
        self.minutes.iter().rev().find_map(|(_, counts)| counts.platform_online).map(|(_, online, _)| online)
    }

    /// Whether everything of a minute was heard, as far as can be told: it has data, and so have the minutes beside it
    /// that the series needs.
    fn is_whole(&self, series: Series, minute: i64) -> bool {
        let Some(first) = self.first_with_data() else { return false };
        let from = (minute - series.spoilt_after_gap()).max(first);
        let to = (minute + series.spoilt_before_gap()).min(self.heard_until()).max(minute);
        (from..=to).all(|minute| self.minutes.get(minute).is_some_and(|counts| counts.has_data))
    }

    fn first_with_data(&self) -> Option<i64> {
        self.minutes.iter().find(|(_, counts)| counts.has_data).map(|(minute, _)| minute)
    }

    /// The last minute of which anything was heard.
    fn heard_until(&self) -> i64 {
        let latest = [self.as_of.presence, self.as_of.interaction, self.as_of.order, self.as_of.product];
        latest.into_iter().flatten().max().map_or(i64::MAX, Millis::minute)
    }
}
