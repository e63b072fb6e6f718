//! The metrics of a show (spec `lc-metrics-1`): integers only, exact, and the same in whatever order events arrive.
//!
//! Orders are told apart by (type, order id), because a platform retries a webhook under a new message id; all other
//! duplicates are dropped by the room before they come here. Late events restate their minute.

mod audience;
mod orders;
mod presence;
mod products;
mod report;
mod sources;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use self::audience::Audience;
use self::orders::Orders;
use self::presence::{Sign, Stay};
use self::products::Products;
pub(crate) use self::report::Basis;
use self::sources::{BySource, Source};
use crate::event::{Event, Kind, Quality, Stats};

/// Counts of one minute. What makes distinct counts distinct is kept by viewer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct MinuteCounts {
    version: u64,
    has_data: bool,
    sources: BySource,
    views: i64,
    retained: [i64; 3],
    online_end: i64,
    present: i64,
    stayed: i64,
    interactions: i64,
    interactors: i64,
    comments: i64,
    like_taps: i64,
    shares: i64,
    follows: i64,
    gifts: i64,
    exposures: i64,
    exposed_viewers: i64,
    clicks: i64,
    clicking_viewers: i64,
    orders_created: i64,
    orders_paid: i64,
    buyers: i64,
    gmv: i64,
    refunds: i64,
    /// The platform's own online count: the last one of the minute, with its rounding unit.
    platform_online: Option<(Millis, i64, i64)>,
}

/// What one viewer did, as far as distinct counts need it. Presence is kept by [`Audience`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Viewer {
    /// Minutes in which the viewer interacted, was shown a product, clicked one.
    interacted: BTreeSet<i64>,
    exposed: BTreeSet<i64>,
    clicked: BTreeSet<i64>,
    /// Orders paid in each minute.
    paid: BTreeMap<i64, u32>,
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
    /// Paid orders that name no viewer: they have buyers, nobody knows how many.
    anonymous_orders: i64,
    gmv: i64,
    refunds: i64,
    sources: BySource,
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

/// What was restated since somebody last looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub minutes: BTreeSet<i64>,
    pub products: BTreeSet<String>,
}

impl Touched {
    fn product(&mut self, product: &str) {
        if !self.products.contains(product) {
            self.products.insert(product.to_owned());
        }
    }
}

/// The fold of the metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MetricsFold {
    minutes: BTreeMap<i64, MinuteCounts>,
    audience: Audience,
    /// By the platform's id; the place in the map is the number by which everything else knows the viewer.
    viewers: IndexMap<String, Viewer>,
    products: Products,
    orders: Orders,
    sums: Sums,
    delivered: Delivered,
    as_of: AsOf,
}

impl MetricsFold {
    /// Takes in one event and adds what it restated to `touched`.
    pub fn apply(&mut self, event: &Event, touched: &mut Touched) {
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
        let minute = self.minutes.entry(at.minute()).or_default();
        if !minute.has_data {
            minute.has_data = true;
            restated(minute, at.minute(), touched);
        }
    }

    /// The counts of a minute that are about to be restated.
    fn minute(&mut self, minute: i64, touched: &mut Touched) -> &mut MinuteCounts {
        let counts = self.minutes.entry(minute).or_default();
        restated(counts, minute, touched);
        counts
    }

    fn presence(&mut self, event: &Event, sign: Sign, at: Millis, touched: &mut Touched) {
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
        let source = Source::named(event.source.as_deref());
        let (viewer, _) = self.viewer(user);
        let moved = self.audience.note(viewer, event.session.as_deref(), sign, at, source);
        self.sums.viewers += moved.viewers;
        for (before, after) in &moved.stays {
            self.restate_stay(before.as_ref(), after.as_ref(), touched);
        }
        for (minute, change) in moved.minutes {
            let counts = self.minute(minute, touched);
            counts.present += change.present;
            counts.online_end += change.online;
            counts.stayed += change.stayed;
        }
    }

    /// Replaces what a stay contributed to its first minute and to the show by what it contributes now.
    fn restate_stay(&mut self, before: Option<&Stay>, after: Option<&Stay>, touched: &mut Touched) {
        for (stay, sign) in [(before, -1), (after, 1)] {
            let Some(stay) = stay else { continue };
            self.sums.views += sign;
            self.sums.watch_ms += sign * stay.watched_ms;
            self.sums.sources.add(stay.source, sign);
            for (retained, kept) in self.sums.retained.iter_mut().zip(kept(stay)) {
                *retained += sign * kept;
            }
        }
        let figures = |stay: &Stay| (stay.start.minute(), stay.source, kept(stay));
        if before.map(figures) == after.map(figures) {
            return;
        }
        for (stay, sign) in [(before, -1), (after, 1)] {
            let Some(stay) = stay else { continue };
            let counts = self.minute(stay.start.minute(), touched);
            counts.views += sign;
            counts.sources.add(stay.source, sign);
            for (retained, kept) in counts.retained.iter_mut().zip(kept(stay)) {
                *retained += sign * kept;
            }
        }
    }

    fn interaction(&mut self, event: &Event, at: Millis, touched: &mut Touched) {
        later(&mut self.as_of.interaction, at);
        let minute = at.minute();
        let (mut first_in_minute, mut first_in_show) = (false, false);
        if let Some(user) = event.user.as_deref() {
            let (_, viewer) = self.viewer(user);
            first_in_show = viewer.interacted.is_empty();
            first_in_minute = viewer.interacted.insert(minute);
        }
        let pieces = event.count.unwrap_or(1);
        let counts = self.minute(minute, touched);
        counts.interactions += 1;
        counts.interactors += i64::from(first_in_minute);
        match event.kind {
            Kind::Comment => counts.comments += 1,
            Kind::Like => counts.like_taps += pieces,
            Kind::Share => counts.shares += 1,
            Kind::Follow => counts.follows += 1,
            _ => counts.gifts += 1,
        }
        self.sums.interactors += i64::from(first_in_show);
        self.sums.anonymous_interactions += i64::from(event.user.is_none());
        self.sums.comments += i64::from(event.kind == Kind::Comment);
    }

    fn product(&mut self, event: &Event, at: Millis, touched: &mut Touched) {
        later(&mut self.as_of.product, at);
        self.delivered.product_events += 1;
        let (clicked, minute) = (event.kind == Kind::ProductClick, at.minute());
        let (mut first_in_minute, mut first_in_show, mut number) = (false, false, None);
        if let Some(user) = event.user.as_deref() {
            let (known_by, viewer) = self.viewer(user);
            number = Some(known_by);
            let minutes = if clicked { &mut viewer.clicked } else { &mut viewer.exposed };
            first_in_show = minutes.is_empty();
            first_in_minute = minutes.insert(minute);
        }
        if let Some(product) = event.product.as_deref() {
            self.products.look(product, number, clicked);
            touched.product(product);
        }
        let counts = self.minute(minute, touched);
        if clicked {
            counts.clicks += 1;
            counts.clicking_viewers += i64::from(first_in_minute);
            self.sums.clicks += 1;
            self.sums.clicking_viewers += i64::from(first_in_show);
        } else {
            counts.exposures += 1;
            counts.exposed_viewers += i64::from(first_in_minute);
            self.sums.exposures += 1;
            self.sums.exposed_viewers += i64::from(first_in_show);
        }
    }

    /// The number of a viewer, known or new, and what is kept of them.
    fn viewer(&mut self, user: &str) -> (u32, &mut Viewer) {
        let place = match self.viewers.get_index_of(user) {
            Some(place) => place,
            None => self.viewers.insert_full(user.to_owned(), Viewer::default()).0,
        };
        // The place was found or made just now.
        #[expect(clippy::indexing_slicing, reason = "found or inserted on the lines above")]
        (u32::try_from(place).unwrap_or(u32::MAX), &mut self.viewers[place])
    }

    fn platform(&mut self, stats: Option<&Stats>, at: Millis, touched: &mut Touched) {
        let Some(stats) = stats else { return };
        let unit = |counter: &str| stats.precision.get(counter).copied().unwrap_or(1).max(1);
        if let Some(online) = stats.online {
            later(&mut self.as_of.platform, at);
            let candidate = Some((at, online, unit("online")));
            let counts = self.minute(at.minute(), touched);
            counts.platform_online = counts.platform_online.max(candidate);
        }
        if let Some(views) = stats.views {
            later(&mut self.as_of.platform, at);
            // A cumulative counter never falls; one that does was rounded or stale.
            self.delivered.platform_views = self.delivered.platform_views.max(Some((views, unit("views"))));
        }
    }
}

/// Which retention thresholds a stay reached, as 0 or 1.
fn kept(stay: &Stay) -> [i64; 3] {
    RETENTION_MS.map(|threshold| i64::from(stay.watched_ms >= threshold))
}

fn restated(counts: &mut MinuteCounts, minute: i64, touched: &mut Touched) {
    counts.version += 1;
    touched.minutes.insert(minute);
}

fn later(known: &mut Option<Millis>, at: Millis) {
    *known = (*known).max(Some(at));
}
