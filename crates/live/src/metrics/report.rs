//! From counts to the eight metrics, with what is known of each: its parts, its bounds, where it comes from, its age.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use livehand_kernel::{MINUTE_MS, Millis, display_text};

use super::sources::Source;
use super::{MetricsFold, MinuteCounts};
use crate::view::{
    Bounds, Metric, Metrics, Minute, PlatformCounter, ProductFigures, Provenance, Ratio, SourceDetail,
    SourceViews, Totals,
};

/// Minutes in each half of the comparison "the last ten minutes against the ten before".
const WINDOW_MINUTES: i64 = 10;
/// The youngest cohort whose retention can be compared, in minutes before the clock: whether a session stayed for 60 s is
/// known only when its window has passed and its first heartbeat, after 90 s, has arrived.
pub(super) const COHORT_AGE_MINUTES: i64 = 3;
/// Most minutes in one view: a day. A longer range comes from a broken clock, and the latest day is shown.
const MINUTES_VIEW_MAX: i64 = 24 * 60;

/// What every minute of a view rests on besides its own events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Basis {
    /// The first minute of the view.
    pub first: Option<i64>,
    /// Whether online counts come from stays, rather than from the platform.
    pub presence_known: bool,
    /// The minute of the last sign of life, up to which online counts are known.
    pub last_sign: Option<i64>,
}

impl MetricsFold {
    /// The eight metrics as known at `clock`.
    pub fn metrics(&self, clock: Millis) -> Metrics {
        let sums = &self.sums;
        let exact_if = |known: bool| if known { Provenance::Exact } else { Provenance::Missing };
        Metrics {
            online: self.online(clock),
            interaction_rate: self.interaction_rate(clock),
            conversion_rate: self.conversion_rate(clock),
            order_value: self.order_value(clock),
            gpm: self.gpm(clock),
            retention: self.retention(clock),
            sources: self.sources(clock),
            product_click_through: self.part(
                exact_if(self.delivered.product_events > 0),
                clock,
                self.as_of.product,
                |c| (c.clicks, c.exposures),
                (sums.clicks, sums.exposures),
            ),
            source_views: self.source_views(),
            totals: self.totals(clock),
        }
    }

    /// Every minute from the first to the clock's, gaps included.
    pub fn minutes(&self, clock: Millis) -> Vec<Minute> {
        let first = self.first_minute(clock).into_iter();
        first.flat_map(|first| first..=clock.minute()).map(|minute| self.minute_view(minute)).collect()
    }

    fn first_minute(&self, clock: Millis) -> Option<i64> {
        let (first, _) = self.minutes.iter().find(|(_, counts)| counts.has_data)?;
        Some(first.max(clock.minute() - MINUTES_VIEW_MAX + 1))
    }

    /// Every product that an event named, by id.
    pub fn products(&self) -> Vec<ProductFigures> {
        self.products.all()
    }

    /// The products that a fact after the one with this number changed.
    pub fn products_since(&self, number: u64) -> Vec<ProductFigures> {
        self.products.changed_since(number)
    }

    /// What the minutes of a view rest on now.
    pub fn basis(&self, clock: Millis) -> Basis {
        Basis {
            first: self.first_minute(clock),
            presence_known: self.presence_known(),
            last_sign: self.as_of.presence.map(Millis::minute),
        }
    }

    /// The minutes of the view that a fact after the one with this number changed, and those of `besides`.
    pub fn minutes_since(&self, number: u64, besides: &BTreeSet<i64>, clock: Millis) -> Vec<Minute> {
        let Some(first) = self.first_minute(clock) else { return Vec::new() };
        let view = first..clock.minute() + 1;
        let changed = self.minutes.range(view.clone()).filter(|(_, counts)| counts.version > number);
        let mut minutes: BTreeSet<i64> = changed.map(|(minute, _)| minute).collect();
        minutes.extend(besides.iter().filter(|minute| view.contains(minute)));
        minutes.into_iter().map(|minute| self.minute_view(minute)).collect()
    }

    fn minute_view(&self, minute: i64) -> Minute {
        let at = Millis(minute * MINUTE_MS);
        let counts = self.minutes.get(minute);
        let last_sign = self.as_of.presence.map(Millis::minute);
        let online = match Some(minute).cmp(&last_sign) {
            _ if !self.presence_known() => {
                counts.and_then(|counts| counts.platform_online).map(|(_, online, _)| online)
            }
            Ordering::Less => Some(counts.map_or(0, |counts| counts.online_end)),
            Ordering::Equal => Some(self.audience.online(&self.viewers)),
            // Nothing was heard since: who is there is not known, least of all nobody.
            Ordering::Greater => None,
        };
        let [retained_30, retained_60, retained_300] = counts.map_or([0; 3], |counts| counts.retained);
        let Some(counts) = counts else { return Minute { at, online, ..Minute::default() } };
        Minute {
            at,
            version: counts.version,
            has_data: counts.has_data,
            views: counts.views,
            sources: counts.sources.counted().map(|(source, n)| (source.name().to_owned(), n)).collect(),
            retained_30,
            retained_60,
            retained_300,
            online,
            present: counts.present,
            stayed: counts.stayed,
            interactions: counts.interactions,
            interactors: counts.interactors,
            comments: counts.comments,
            like_taps: counts.like_taps,
            shares: counts.shares,
            follows: counts.follows,
            gifts: counts.gifts,
            exposures: counts.exposures,
            exposed_viewers: counts.exposed_viewers,
            clicks: counts.clicks,
            clicking_viewers: counts.clicking_viewers,
            orders_created: counts.orders_created,
            orders_paid: counts.orders_paid,
            buyers: counts.buyers,
            gmv: counts.gmv,
            refunds: counts.refunds,
        }
    }

    /// Arrivals are exact when joins name their viewers and none is marked as one of some.
    fn arrivals_exact(&self) -> bool {
        self.delivered.joins > 0 && self.delivered.joins_sampled == 0
    }

    /// A source that never sent an order may not deliver orders at all; then there is no telling from none.
    pub(super) fn orders_known(&self) -> bool {
        self.delivered.orders > 0
    }

    /// Who is online can be counted only if departures (or heartbeats) are delivered too.
    pub(super) fn presence_known(&self) -> bool {
        self.arrivals_exact() && self.delivered.departures > 0
    }

    fn window(&self, end: i64, back: i64) -> impl Iterator<Item = &MinuteCounts> {
        let end = end - back * WINDOW_MINUTES;
        self.minutes
            .range(end - WINDOW_MINUTES..end)
            .map(|(_, counts)| counts)
            .filter(|counts| counts.has_data)
    }

    /// Sums a part over ten minutes: those before minute `end`, or those before them.
    fn over_window(&self, end: i64, back: i64, part: impl Fn(&MinuteCounts) -> (i64, i64)) -> Option<Ratio> {
        let (mut numerator, mut denominator) = (0_i64, 0_i64);
        for (n, d) in self.window(end, back).map(part) {
            numerator = numerator.saturating_add(n);
            denominator = denominator.saturating_add(d);
        }
        ratio(numerator, denominator)
    }

    fn part(
        &self,
        provenance: Provenance,
        clock: Millis,
        as_of: Option<Millis>,
        part: impl Fn(&MinuteCounts) -> (i64, i64),
        (numerator, denominator): (i64, i64),
    ) -> Metric {
        if provenance == Provenance::Missing {
            return missing(as_of);
        }
        Metric {
            total: ratio(numerator, denominator),
            last_10: self.over_window(clock.minute(), 0, &part),
            before_10: self.over_window(clock.minute(), 1, &part),
            bounds: None,
            provenance,
            provisional: false,
            as_of,
        }
    }

    fn online(&self, clock: Millis) -> Metric {
        if self.presence_known() {
            let average = |counts: &MinuteCounts| (counts.online_end, 1);
            // Up to the last sign of life: what other sources send later says nothing about who is there.
            let end = self.as_of.presence.map_or(0, |at| at.min(clock).minute());
            return Metric {
                total: ratio(self.audience.online(&self.viewers), 1),
                last_10: self.over_window(end, 0, average),
                before_10: self.over_window(end, 1, average),
                bounds: None,
                provenance: Provenance::Exact,
                provisional: true,
                as_of: self.as_of.presence,
            };
        }
        let latest = self.minutes.iter().rev().find_map(|(_, counts)| counts.platform_online);
        let Some((at, online, unit)) = latest else { return missing(self.as_of.presence) };
        let average =
            |counts: &MinuteCounts| counts.platform_online.map_or((0, 0), |(_, online, _)| (online, 1));
        Metric {
            total: ratio(online, 1),
            last_10: self.over_window(clock.minute(), 0, average),
            before_10: self.over_window(clock.minute(), 1, average),
            bounds: rounded_bounds(online, unit),
            provenance: if unit > 1 { Provenance::Rounded } else { Provenance::Exact },
            provisional: true,
            as_of: Some(at),
        }
    }

    fn interaction_rate(&self, clock: Millis) -> Metric {
        let sums = &self.sums;
        let as_of = self.as_of.interaction.or(self.as_of.presence);
        if self.arrivals_exact() && sums.anonymous_interactions == 0 {
            return self.part(
                Provenance::Exact,
                clock,
                as_of,
                |c| (c.interactors, c.present),
                (sums.interactors, sums.viewers),
            );
        }
        if sums.interactors == 0 && sums.anonymous_interactions == 0 {
            return missing(as_of);
        }
        // How many people interacted is known only between these; how many watched is not known at all.
        people(sums.interactors, sums.anonymous_interactions, as_of)
    }

    fn conversion_rate(&self, clock: Millis) -> Metric {
        let sums = &self.sums;
        let as_of = self.as_of.order;
        if !self.orders_known() {
            return missing(as_of);
        }
        if self.arrivals_exact() && sums.anonymous_orders == 0 {
            let totals = (sums.buyers, sums.viewers);
            return self.part(Provenance::Exact, clock, as_of, |c| (c.buyers, c.present), totals);
        }
        if sums.buyers == 0 && sums.anonymous_orders == 0 {
            return missing(as_of);
        }
        people(sums.buyers, sums.anonymous_orders, as_of)
    }

    fn order_value(&self, clock: Millis) -> Metric {
        let sums = &self.sums;
        let as_of = self.as_of.order;
        if !self.orders_known() {
            return missing(as_of);
        }
        if sums.anonymous_orders == 0 {
            let totals = (sums.gmv, sums.buyers);
            return self.part(Provenance::Exact, clock, as_of, |c| (c.gmv, c.buyers), totals);
        }
        // Every order without a viewer may be of another buyer, or all of them of one who is known.
        let low = sums.gmv / (sums.buyers + sums.anonymous_orders);
        let high = Some(sums.gmv / sums.buyers.max(1));
        Metric { bounds: Some(Bounds { low, high }), provenance: Provenance::Sampled, ..missing(as_of) }
    }

    fn gpm(&self, clock: Millis) -> Metric {
        let sums = &self.sums;
        let orders_known = self.orders_known();
        let gmv = sums.gmv.saturating_mul(1000);
        let as_of = self.as_of.order.or(self.as_of.presence);
        match self.delivered.platform_views {
            _ if !orders_known => missing(as_of),
            _ if self.arrivals_exact() => self.part(
                Provenance::Exact,
                clock,
                as_of,
                |c| (c.gmv.saturating_mul(1000), c.views),
                (gmv, sums.views),
            ),
            Some((views, unit)) if views > 0 => Metric {
                total: ratio(gmv, views),
                provenance: if unit > 1 { Provenance::Rounded } else { Provenance::Exact },
                ..missing(as_of)
            },
            _ => missing(as_of),
        }
    }

    fn retention(&self, clock: Millis) -> Metric {
        if !self.presence_known() {
            return missing(self.as_of.presence);
        }
        let settled = |counts: &MinuteCounts| (counts.retained.get(1).copied().unwrap_or(0), counts.views);
        let totals = (self.sums.retained.get(1).copied().unwrap_or(0), self.sums.views);
        let end = clock.minute() - COHORT_AGE_MINUTES + 1;
        let youngest = self.minutes.iter().rev().find(|(_, counts)| counts.views > 0);
        Metric {
            total: ratio(totals.0, totals.1),
            last_10: self.over_window(end, 0, settled),
            before_10: self.over_window(end, 1, settled),
            bounds: None,
            provenance: Provenance::Exact,
            provisional: youngest.is_some_and(|(minute, _)| minute >= end),
            as_of: self.as_of.presence,
        }
    }

    fn sources(&self, clock: Millis) -> Metric {
        let largest = self.largest_sources().into_iter().next();
        let (Some((source, views)), true) = (largest, self.arrivals_exact()) else {
            return missing(self.as_of.presence);
        };
        self.part(
            Provenance::Exact,
            clock,
            self.as_of.presence,
            |c| (c.sources.of(source), c.views),
            (views, self.sums.views),
        )
    }

    fn source_views(&self) -> Vec<SourceViews> {
        let detail = |(name, views): (&str, i64)| SourceDetail { name: display_text(name), views };
        let named = |(source, views): (Source, i64)| SourceViews {
            source: source.name().to_owned(),
            views,
            details: self.details.of(source).into_iter().map(detail).collect(),
        };
        self.largest_sources().into_iter().map(named).collect()
    }

    fn largest_sources(&self) -> Vec<(Source, i64)> {
        let mut sources: Vec<_> = self.sums.sources.counted().collect();
        sources.sort_by_key(|(source, views)| (Reverse(*views), *source));
        sources
    }

    fn totals(&self, clock: Millis) -> Totals {
        let sums = &self.sums;
        let [retained_30, retained_60, retained_300] = sums.retained;
        Totals {
            views: sums.views,
            platform_views: self
                .delivered
                .platform_views
                .map(|(value, unit)| PlatformCounter { value, unit }),
            viewers: sums.viewers,
            peak_online: self.peak_online(clock),
            watch_ms: sums.watch_ms,
            retained_30,
            retained_60,
            retained_300,
            interactors: sums.interactors,
            comments: sums.comments,
            exposures: sums.exposures,
            exposed_viewers: sums.exposed_viewers,
            clicks: sums.clicks,
            clicking_viewers: sums.clicking_viewers,
            orders_created: sums.orders_created,
            orders_paid: sums.orders_paid,
            buyers: sums.buyers,
            gmv: sums.gmv,
            refunds: sums.refunds,
        }
    }

    /// The most viewers at the end of a minute that is over, or the highest of the platform's own counts.
    fn peak_online(&self, clock: Millis) -> Option<i64> {
        if self.presence_known() {
            let last_sign = self.as_of.presence.map_or(clock, |at| at.min(clock));
            return self
                .minutes
                .range(i64::MIN..last_sign.minute())
                .map(|(_, counts)| counts.online_end)
                .max();
        }
        self.minutes
            .iter()
            .filter_map(|(_, counts)| counts.platform_online)
            .map(|(_, online, _)| online)
            .max()
    }
}

/// A number of people of whom `known` are told apart and `unnamed` things were done by nobody knows how many.
fn people(known: i64, unnamed: i64, as_of: Option<Millis>) -> Metric {
    let bounds = Bounds { low: known.max(i64::from(unnamed > 0)), high: Some(known + unnamed) };
    Metric { bounds: Some(bounds), provenance: Provenance::Sampled, ..missing(as_of) }
}

fn ratio(numerator: i64, denominator: i64) -> Option<Ratio> {
    (denominator > 0).then_some(Ratio { numerator, denominator })
}

fn missing(as_of: Option<Millis>) -> Metric {
    Metric {
        total: None,
        last_10: None,
        before_10: None,
        bounds: None,
        provenance: Provenance::Missing,
        provisional: false,
        as_of,
    }
}

/// A counter rounded to `unit` may have been cut or rounded to nearest, so the truth lies within one unit on either side.
fn rounded_bounds(value: i64, unit: i64) -> Option<Bounds> {
    let (low, high) = (value.saturating_sub(unit / 2).max(0), value.saturating_add(unit));
    (unit > 1).then_some(Bounds { low, high: Some(high) })
}
