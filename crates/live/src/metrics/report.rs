//! From counts to the eight metrics, with what is known of each: its parts, its bounds, where it comes from, its age.

use std::collections::BTreeSet;

use livehand_kernel::{MINUTE_MS, Millis};

use super::{MetricsFold, MinuteCounts};
use crate::view::{Bounds, Metric, Metrics, Minute, Provenance, Ratio, SourceViews, Totals};

/// Minutes in each half of the comparison "the last ten minutes against the ten before".
const WINDOW_MINUTES: i64 = 10;
/// Most minutes in one view: a day. A longer range comes from a broken clock, and the latest day is shown.
const MINUTES_VIEW_MAX: i64 = 24 * 60;

impl MetricsFold {
    /// The eight metrics as known at `clock`.
    pub fn metrics(&self, clock: Millis) -> Metrics {
        let sums = &self.sums;
        let arrivals_exact = self.arrivals_exact();
        let orders_known = self.delivered.orders > 0 || arrivals_exact;
        let exact_if = |known: bool| if known { Provenance::Exact } else { Provenance::Missing };
        let presence = self.as_of.presence;
        Metrics {
            online: self.online(clock),
            interaction_rate: self.interaction_rate(clock),
            conversion_rate: self.part(
                exact_if(arrivals_exact && orders_known),
                clock,
                self.as_of.order.or(presence),
                |c| (c.buyers, c.present),
                (sums.buyers, sums.viewers),
            ),
            order_value: self.part(
                exact_if(orders_known),
                clock,
                self.as_of.order,
                |c| (c.gmv, c.buyers),
                (sums.gmv, sums.buyers),
            ),
            gpm: self.gpm(clock, orders_known),
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
        let last = clock.minute();
        let Some(first) = self.minutes.iter().find(|(_, counts)| counts.has_data).map(|(minute, _)| *minute)
        else {
            return Vec::new();
        };
        (first.max(last - MINUTES_VIEW_MAX + 1)..=last)
            .map(|minute| self.minute_view(minute, clock))
            .collect()
    }

    /// The minutes in `touched` that are part of the view.
    pub fn minutes_of(&self, touched: &BTreeSet<i64>, clock: Millis) -> Vec<Minute> {
        touched
            .iter()
            .filter(|minute| **minute <= clock.minute())
            .map(|minute| self.minute_view(*minute, clock))
            .collect()
    }

    fn minute_view(&self, minute: i64, clock: Millis) -> Minute {
        let at = Millis(minute * MINUTE_MS);
        let Some(counts) = self.minutes.get(&minute) else {
            return Minute { at, ..Minute::default() };
        };
        let platform = counts.platform_online.map(|(_, online, _)| online);
        let open = minute == clock.minute();
        let online = match (self.presence_known(), open) {
            (true, true) => Some(self.online_at(clock)),
            (true, false) => Some(counts.online_end),
            (false, _) => platform,
        };
        Minute {
            at,
            version: counts.version,
            has_data: counts.has_data,
            views: counts.views,
            sources: counts.sources.iter().filter(|(_, n)| **n != 0).map(|(s, n)| (s.clone(), *n)).collect(),
            retained_60: counts.retained.get(1).copied().unwrap_or(0),
            online,
            present: counts.present,
            stayed: counts.stayed,
            interactors: counts.interactors,
            comments: counts.comments,
            like_taps: counts.like_taps,
            shares: counts.shares,
            follows: counts.follows,
            gifts: counts.gifts,
            exposures: counts.exposures,
            clicks: counts.clicks,
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

    /// Who is online can be counted only if departures (or heartbeats) are delivered too.
    fn presence_known(&self) -> bool {
        self.arrivals_exact() && self.delivered.departures > 0
    }

    fn online_at(&self, clock: Millis) -> i64 {
        let online = self.viewers.values().filter(|viewer| {
            viewer
                .tracks
                .values()
                .flat_map(super::Track::stays)
                .any(|stay| stay.start <= clock && clock < stay.end)
        });
        i64::try_from(online.count()).unwrap_or(i64::MAX)
    }

    fn window(&self, clock: Millis, back: i64) -> impl Iterator<Item = &MinuteCounts> {
        let end = clock.minute() - back * WINDOW_MINUTES;
        self.minutes
            .range(end - WINDOW_MINUTES..end)
            .map(|(_, counts)| counts)
            .filter(|counts| counts.has_data)
    }

    fn over_window(
        &self,
        clock: Millis,
        back: i64,
        part: impl Fn(&MinuteCounts) -> (i64, i64),
    ) -> Option<Ratio> {
        let (mut numerator, mut denominator) = (0, 0);
        for (n, d) in self.window(clock, back).map(part) {
            numerator += n;
            denominator += d;
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
            last_10: self.over_window(clock, 0, &part),
            before_10: self.over_window(clock, 1, &part),
            bounds: None,
            provenance,
            provisional: false,
            as_of,
        }
    }

    fn online(&self, clock: Millis) -> Metric {
        if self.presence_known() {
            let average = |counts: &MinuteCounts| (counts.online_end, 1);
            return Metric {
                total: ratio(self.online_at(clock), 1),
                last_10: self.over_window(clock, 0, average),
                before_10: self.over_window(clock, 1, average),
                bounds: None,
                provenance: Provenance::Exact,
                provisional: true,
                as_of: self.as_of.presence,
            };
        }
        let latest = self.minutes.values().rev().find_map(|counts| counts.platform_online);
        let Some((at, online, unit)) = latest else { return missing(self.as_of.presence) };
        let average =
            |counts: &MinuteCounts| counts.platform_online.map_or((0, 0), |(_, online, _)| (online, 1));
        Metric {
            total: ratio(online, 1),
            last_10: self.over_window(clock, 0, average),
            before_10: self.over_window(clock, 1, average),
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
        let low = sums.interactors.max(i64::from(sums.anonymous_interactions > 0));
        let high = Some(sums.interactors + sums.anonymous_interactions);
        Metric { bounds: Some(Bounds { low, high }), provenance: Provenance::Sampled, ..missing(as_of) }
    }

    fn gpm(&self, clock: Millis, orders_known: bool) -> Metric {
        let sums = &self.sums;
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
        let mut metric = self.part(Provenance::Exact, clock, self.as_of.presence, settled, totals);
        // The cohort of a minute is final only 60 s after it; the last one or two are always open.
        metric.provisional = true;
        metric
    }

    fn sources(&self, clock: Millis) -> Metric {
        let largest = self.source_views().into_iter().next();
        let (Some(largest), true) = (largest, self.arrivals_exact()) else {
            return missing(self.as_of.presence);
        };
        let name = largest.source;
        self.part(
            Provenance::Exact,
            clock,
            self.as_of.presence,
            |c| (c.sources.get(&name).copied().unwrap_or(0), c.views),
            (largest.views, self.sums.views),
        )
    }

    fn source_views(&self) -> Vec<SourceViews> {
        let mut views: Vec<SourceViews> = (self.sums.sources.iter().filter(|(_, views)| **views > 0))
            .map(|(source, views)| SourceViews { source: source.clone(), views: *views })
            .collect();
        views.sort_by(|a, b| b.views.cmp(&a.views).then_with(|| a.source.cmp(&b.source)));
        views
    }

    fn totals(&self, clock: Millis) -> Totals {
        let sums = &self.sums;
        let [retained_30, retained_60, retained_300] = sums.retained;
        let peak = self.minutes.range(..clock.minute()).map(|(_, counts)| counts.online_end).max();
        Totals {
            views: sums.views,
            viewers: sums.viewers,
            peak_online: peak.unwrap_or(0),
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
    (unit > 1).then(|| Bounds { low: (value - unit / 2).max(0), high: Some(value + unit) })
}
