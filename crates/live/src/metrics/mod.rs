//! The metrics of a show (spec `lc-metrics-1`): integers only, exact, and the same in whatever order events arrive.
//!
//! Orders are told apart by (type, order id), because a platform retries a webhook under a new message id; all other
//! duplicates are dropped by the room before they come here. Late events restate their minute.

mod presence;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use self::presence::{Footprint, Sign, Stay, Track};
use crate::event::{Event, Kind, Quality, Stats};

/// The traffic sources of the contract; anything else counts as `other`.
const SOURCES: &[&str] = &["follow", "feed", "paid", "video", "search", "square", "other"];

/// Counts of one minute. Distinct counts are kept as sets by viewer in [`Viewer`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct MinuteCounts {
    version: u64,
    has_data: bool,
    sources: BTreeMap<String, i64>,
    views: i64,
    retained: [i64; 3],
    online_end: i64,
    present: i64,
    stayed: i64,
    interactors: i64,
    anonymous_interactions: i64,
    comments: i64,
    like_taps: i64,
    shares: i64,
    follows: i64,
    gifts: i64,
    exposures: i64,
    clicks: i64,
    orders_created: i64,
    orders_paid: i64,
    buyers: i64,
    gmv: i64,
    refunds: i64,
    /// The platform's own online count: the last one of the minute, with its rounding unit.
    platform_online: Option<(Millis, i64, i64)>,
}

/// What one viewer did, as far as distinct counts need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Viewer {
    tracks: BTreeMap<String, Track>,
    interacted: BTreeSet<i64>,
    bought: BTreeSet<i64>,
    exposed: bool,
    clicked: bool,
}

/// Retention thresholds in ms: R30, R60, R300.
const RETENTION_MS: [i64; 3] = [30_000, 60_000, 300_000];

/// Sums over the show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sums {
    views: i64,
    viewers: i64,
    watch_ms: i64,
    retained: [i64; 3],
    interactors: i64,
    anonymous_interactions: i64,
    comments: i64,
    exposures: i64,
    exposed_viewers: i64,
    clicks: i64,
    clicking_viewers: i64,
    orders_created: i64,
    orders_paid: i64,
    buyers: i64,
    gmv: i64,
    refunds: i64,
    sources: BTreeMap<String, i64>,
}

/// What the source delivers, which decides what can be known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Delivered {
    joins: u64,
    joins_sampled: u64,
    departures: u64,
    orders: u64,
    product_events: u64,
    platform_views: Option<(i64, i64)>,
}

/// Time of the last event that each group of metrics is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct AsOf {
    presence: Option<Millis>,
    interaction: Option<Millis>,
    order: Option<Millis>,
    product: Option<Millis>,
    platform: Option<Millis>,
}

/// The fold of the metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MetricsFold {
    minutes: BTreeMap<i64, MinuteCounts>,
    viewers: BTreeMap<String, Viewer>,
    /// (type, order id) of the order events that were counted.
    orders: BTreeSet<(u8, String)>,
    sums: Sums,
    delivered: Delivered,
    as_of: AsOf,
}

impl MetricsFold {
    /// Takes in one event and adds the minutes that it restated to `touched`.
    pub fn apply(&mut self, event: &Event, touched: &mut BTreeSet<i64>) {
        let at = event.effective_at();
        match (event.kind.clone(), event.quality) {
            (Kind::Join, Some(Quality::Sampled)) => self.delivered.joins_sampled += 1,
            (_, Some(_)) => return,
            (Kind::Join, None) => self.presence(event, Sign::Join, at, touched),
            (Kind::Heartbeat, None) => self.presence(event, Sign::Heartbeat, at, touched),
            (Kind::Leave, None) => self.presence(event, Sign::Leave, at, touched),
            (Kind::Comment | Kind::Like | Kind::Share | Kind::Follow | Kind::Gift, None) => {
                self.interaction(event, at, touched);
            }
            (Kind::ProductView | Kind::ProductClick, None) => self.product(event, at, touched),
            (Kind::OrderCreated | Kind::OrderPaid | Kind::OrderRefunded, None) => {
                self.order(event, at, touched)
            }
            (Kind::Stats, None) => self.platform(event.stats.as_ref(), at, touched),
            _ => return,
        }
        let minute = self.minute(at.minute(), touched);
        minute.has_data = true;
    }

    fn minute(&mut self, minute: i64, touched: &mut BTreeSet<i64>) -> &mut MinuteCounts {
        let counts = self.minutes.entry(minute).or_default();
        counts.version += 1;
        touched.insert(minute);
        counts
    }

    fn presence(&mut self, event: &Event, sign: Sign, at: Millis, touched: &mut BTreeSet<i64>) {
        match sign {
            Sign::Join => self.delivered.joins += 1,
            Sign::Heartbeat | Sign::Leave => self.delivered.departures += 1,
        }
        later(&mut self.as_of.presence, at);
        let Some(user) = event.user.as_deref() else {
            // A stay needs somebody to belong to; an anonymous arrival is one of unknown many.
            if sign == Sign::Join {
                self.delivered.joins_sampled += 1;
            }
            return;
        };
        let source = source_of(event.source.as_deref());
        let viewer = self.viewers.entry(user.to_owned()).or_default();
        let before = viewer.clone_presence();
        match event.session.as_deref() {
            Some(session) => viewer.tracks.entry(session.to_owned()).or_insert_with(Track::connection),
            None => viewer.tracks.entry(String::new()).or_insert_with(Track::viewer),
        }
        .note(sign, at, source);
        let after = viewer.clone_presence();
        self.restate(&before, &after, touched);
    }

    /// Replaces what a viewer's stays contributed before by what they contribute now.
    fn restate(&mut self, before: &[Stay], after: &[Stay], touched: &mut BTreeSet<i64>) {
        if before == after {
            return;
        }
        self.sums.viewers += i64::from(!after.is_empty()) - i64::from(!before.is_empty());
        for (stays, sign) in [(before, -1), (after, 1)] {
            for stay in stays {
                self.count_stay(stay, sign, touched);
            }
        }
        let (old, new) = (Footprint::of(before.iter()), Footprint::of(after.iter()));
        for (lost, gained, field) in [
            (&old.present, &new.present, 0_u8),
            (&old.online, &new.online, 1),
            (&old.stayed().collect(), &new.stayed().collect(), 2),
        ] {
            for (minutes, sign) in [(lost.difference(gained), -1), (gained.difference(lost), 1)] {
                for minute in minutes {
                    let counts = self.minute(*minute, touched);
                    match field {
                        0 => counts.present += sign,
                        1 => counts.online_end += sign,
                        _ => counts.stayed += sign,
                    }
                }
            }
        }
    }

    fn count_stay(&mut self, stay: &Stay, sign: i64, touched: &mut BTreeSet<i64>) {
        let counts = self.minute(stay.start.minute(), touched);
        counts.views += sign;
        *counts.sources.entry(stay.source.clone()).or_default() += sign;
        for (retained, threshold) in counts.retained.iter_mut().zip(RETENTION_MS) {
            *retained += if stay.watched_ms >= threshold { sign } else { 0 };
        }
        self.sums.views += sign;
        self.sums.watch_ms += sign * stay.watched_ms;
        *self.sums.sources.entry(stay.source.clone()).or_default() += sign;
        for (retained, threshold) in self.sums.retained.iter_mut().zip(RETENTION_MS) {
            *retained += if stay.watched_ms >= threshold { sign } else { 0 };
        }
    }

    fn interaction(&mut self, event: &Event, at: Millis, touched: &mut BTreeSet<i64>) {
        later(&mut self.as_of.interaction, at);
        let minute = at.minute();
        let (mut first_in_minute, mut first_in_show) = (false, false);
        if let Some(user) = event.user.as_deref() {
            let viewer = self.viewers.entry(user.to_owned()).or_default();
            first_in_show = viewer.interacted.is_empty();
            first_in_minute = viewer.interacted.insert(minute);
        }
        let anonymous = i64::from(event.user.is_none());
        let pieces = event.count.unwrap_or(1);
        let counts = self.minute(minute, touched);
        counts.interactors += i64::from(first_in_minute);
        counts.anonymous_interactions += anonymous;
        match event.kind {
            Kind::Comment => counts.comments += 1,
            Kind::Like => counts.like_taps += pieces,
            Kind::Share => counts.shares += 1,
            Kind::Follow => counts.follows += 1,
            _ => counts.gifts += 1,
        }
        self.sums.interactors += i64::from(first_in_show);
        self.sums.anonymous_interactions += anonymous;
        self.sums.comments += i64::from(event.kind == Kind::Comment);
    }

    fn product(&mut self, event: &Event, at: Millis, touched: &mut BTreeSet<i64>) {
        later(&mut self.as_of.product, at);
        self.delivered.product_events += 1;
        let clicked = event.kind == Kind::ProductClick;
        let mut first = false;
        if let Some(user) = event.user.as_deref() {
            let viewer = self.viewers.entry(user.to_owned()).or_default();
            let flag = if clicked { &mut viewer.clicked } else { &mut viewer.exposed };
            first = !std::mem::replace(flag, true);
        }
        let counts = self.minute(at.minute(), touched);
        if clicked {
            counts.clicks += 1;
            self.sums.clicks += 1;
            self.sums.clicking_viewers += i64::from(first);
        } else {
            counts.exposures += 1;
            self.sums.exposures += 1;
            self.sums.exposed_viewers += i64::from(first);
        }
    }

    fn order(&mut self, event: &Event, at: Millis, touched: &mut BTreeSet<i64>) {
        let step = match event.kind {
            Kind::OrderCreated => 0,
            Kind::OrderPaid => 1,
            _ => 2,
        };
        let order = event.order.clone().unwrap_or_default();
        if !self.orders.insert((step, order)) {
            return;
        }
        later(&mut self.as_of.order, at);
        self.delivered.orders += 1;
        let amount = event.amount.unwrap_or(0);
        let minute = at.minute();
        let (mut first_in_minute, mut first_in_show) = (false, false);
        if let (1, Some(user)) = (step, event.user.as_deref()) {
            let viewer = self.viewers.entry(user.to_owned()).or_default();
            first_in_show = viewer.bought.is_empty();
            first_in_minute = viewer.bought.insert(minute);
        }
        let counts = self.minute(minute, touched);
        match step {
            0 => counts.orders_created += 1,
            1 => {
                counts.orders_paid += 1;
                counts.gmv += amount;
                counts.buyers += i64::from(first_in_minute);
            }
            _ => counts.refunds += amount,
        }
        match step {
            0 => self.sums.orders_created += 1,
            1 => {
                self.sums.orders_paid += 1;
                self.sums.gmv += amount;
                self.sums.buyers += i64::from(first_in_show);
            }
            _ => self.sums.refunds += amount,
        }
    }

    fn platform(&mut self, stats: Option<&Stats>, at: Millis, touched: &mut BTreeSet<i64>) {
        let Some(stats) = stats else { return };
        let unit = |counter: &str| stats.precision.get(counter).copied().unwrap_or(1).max(1);
        if let Some(online) = stats.online.filter(|online| *online >= 0) {
            later(&mut self.as_of.platform, at);
            let candidate = Some((at, online, unit("online")));
            let counts = self.minute(at.minute(), touched);
            counts.platform_online = counts.platform_online.max(candidate);
        }
        if let Some(views) = stats.views.filter(|views| *views >= 0) {
            // A cumulative counter never falls; one that does was rounded or stale.
            later(&mut self.as_of.platform, at);
            self.delivered.platform_views = self.delivered.platform_views.max(Some((views, unit("views"))));
        }
    }
}

impl Viewer {
    fn clone_presence(&self) -> Vec<Stay> {
        self.tracks.values().flat_map(Track::stays).collect()
    }
}

fn source_of(source: Option<&str>) -> &'static str {
    source.and_then(|given| SOURCES.iter().find(|known| **known == given)).copied().unwrap_or("other")
}

fn later(known: &mut Option<Millis>, at: Millis) {
    *known = (*known).max(Some(at));
}
