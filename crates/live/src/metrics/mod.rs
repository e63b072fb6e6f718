//! The metrics of a show (spec `lc-metrics-1`): integers only, exact, and the same in whatever order events arrive.
//!
//! Orders are told apart by (type, order id), because a platform retries a webhook under a new message id; all other
//! duplicates are dropped by the room before they come here. Late events restate their minute.

mod audience;
mod fact;
mod minutes;
mod numbered;
mod orders;
mod presence;
mod products;
mod report;
mod series;
mod sources;
mod table;
mod viewers;

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use self::audience::Audience;
pub(crate) use self::fact::{Fact, Happening, Name};
use self::minutes::{MinuteCounts, Minutes, Place};
pub(crate) use self::numbered::{Key, Numbered};
use self::orders::Orders;
pub(crate) use self::presence::Sign;
use self::products::Products;
pub(crate) use self::report::Basis;
pub use self::series::Series;
pub(crate) use self::series::SourceShare;
pub use self::sources::Source;
use self::sources::{BySource, Details};
use self::viewers::Viewers;
use crate::event::{Quality, Stats};

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

/// The fold of the metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MetricsFold {
    /// How many facts were taken in. What a fact changes bears its number, so that it is known what changed since.
    number: u64,
    minutes: Minutes,
    viewers: Viewers,
    audience: Audience,
    products: Products,
    orders: Orders,
    sums: Sums,
    /// Sources as the platform names them.
    details: Details,
    delivered: Delivered,
    as_of: AsOf,
}

/// The numbers by which a fact's viewer, connection and product are known; [`NOBODY`] where it names none.
#[derive(Clone, Copy, Debug)]
struct Subjects {
    viewer: u32,
    track: u32,
    product: u32,
}

/// The number of none.
const NOBODY: u32 = numbered::NO_NUMBER;

impl Subjects {
    const NONE: Self = Self { viewer: NOBODY, track: NOBODY, product: NOBODY };

    fn viewer(&self) -> Option<u32> {
        (self.viewer != NOBODY).then_some(self.viewer)
    }
}

impl MetricsFold {
    /// How many facts were taken in.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Takes in one fact.
    pub fn apply(&mut self, fact: &Fact) {
        let mut subjects = Subjects::NONE;
        if let Some(key) = viewer_key(fact) {
            subjects.viewer = self.viewer(fact, key, NOBODY);
        }
        if let Some(key) = track_key(fact, subjects) {
            subjects.track = self.audience.track(key, NOBODY, subjects.viewer, fact);
        }
        subjects.product = self.product(fact);
        self.count(fact, subjects);
    }

    /// Takes in several facts, in order. It comes to the same as one after the other, but those whom they concern are
    /// looked up together, step by step, so that the processor waits for memory once and not at every single one.
    pub fn apply_all(&mut self, facts: &[Fact]) {
        let keys: Vec<Option<Key>> = facts.iter().map(viewer_key).collect();
        let near = self.viewers.approach(&keys);
        let found = |((fact, key), near): ((&Fact, &Option<Key>), u32)| Subjects {
            viewer: key.map_or(NOBODY, |key| self.viewer(fact, key, near)),
            ..Subjects::NONE
        };
        let mut subjects: Vec<Subjects> = facts.iter().zip(&keys).zip(near).map(found).collect();
        let of = |(fact, subjects): (&Fact, &Subjects)| track_key(fact, *subjects);
        let keys: Vec<Option<Key>> = facts.iter().zip(&subjects).map(of).collect();
        let near = self.audience.approach(&keys);
        for (((fact, key), near), subjects) in facts.iter().zip(keys).zip(near).zip(&mut subjects) {
            if let Some(key) = key {
                subjects.track = self.audience.track(key, near, subjects.viewer, fact);
            }
        }
        for (fact, mut subjects) in facts.iter().zip(subjects) {
            subjects.product = self.product(fact);
            self.count(fact, subjects);
        }
    }

    /// Reads what applying these facts will need, so that doing so soon does not wait for memory at every single one.
    pub fn approach<'a>(&self, facts: impl Iterator<Item = Fact<'a>>) {
        let facts: Vec<Fact> = facts.collect();
        let keys: Vec<Option<Key>> = facts.iter().map(viewer_key).collect();
        let near = self.viewers.approach(&keys);
        let of = |(fact, viewer): (&Fact, u32)| track_key(fact, Subjects { viewer, ..Subjects::NONE });
        let keys: Vec<Option<Key>> = facts.iter().zip(near).map(of).collect();
        self.audience.approach(&keys);
    }

    fn viewer(&mut self, fact: &Fact, key: Key, near: u32) -> u32 {
        let place = self.minutes.place(fact.at.minute());
        self.viewers.number(key, near, place.block)
    }

    fn product(&mut self, fact: &Fact) -> u32 {
        match (fact.happening, fact.quality, fact.product) {
            (Happening::ProductView | Happening::ProductClick, None, Some(product)) => {
                self.products.number(product)
            }
            _ => NOBODY,
        }
    }

    fn count(&mut self, fact: &Fact, subjects: Subjects) {
        self.number += 1;
        match (fact.happening, fact.quality) {
            (Happening::Presence(Sign::Join), Some(Quality::Sampled)) => self.delivered.joins_sampled += 1,
            (Happening::Other, _) | (_, Some(_)) => return,
            (Happening::Presence(sign), None) => {
                self.presence(sign, fact, subjects.viewer(), subjects.track);
            }
            (Happening::ProductView, None) => self.look(false, fact, subjects),
            (Happening::ProductClick, None) => self.look(true, fact, subjects),
            (Happening::OrderCreated | Happening::OrderPaid | Happening::OrderRefunded, None) => {
                self.order(fact, subjects.viewer());
            }
            (Happening::Stats, None) => self.platform(fact.stats, fact.at),
            (_, None) => self.interaction(fact, subjects.viewer()),
        }
        let place = self.minutes.place(fact.at.minute());
        if !self.minutes.has_data(place) {
            self.minutes.restate(place, self.number).has_data = true;
        }
    }

    fn interaction(&mut self, fact: &Fact, viewer: Option<u32>) {
        later(&mut self.as_of.interaction, fact.at);
        let place = self.minutes.place(fact.at.minute());
        let (mut first_in_minute, mut first_in_show) = (false, false);
        if let Some(number) = viewer {
            first_in_minute = set(&mut self.viewers.words(number, place.block).interacted, place);
            if let Some(viewer) = self.viewers.get_mut(number) {
                first_in_show = !std::mem::replace(&mut viewer.acted, true);
            }
        }
        let counts = self.minutes.restate(place, self.number);
        counts.interactions += 1;
        counts.interactors += i64::from(first_in_minute);
        match fact.happening {
            Happening::Comment => counts.comments += 1,
            Happening::Like => counts.like_taps += fact.count.unwrap_or(1),
            Happening::Share => counts.shares += 1,
            Happening::Follow => counts.follows += 1,
            _ => counts.gifts += 1,
        }
        self.sums.interactors += i64::from(first_in_show);
        self.sums.anonymous_interactions += i64::from(viewer.is_none());
        self.sums.comments += i64::from(fact.happening == Happening::Comment);
    }

    /// A product was shown or clicked.
    fn look(&mut self, clicked: bool, fact: &Fact, subjects: Subjects) {
        later(&mut self.as_of.product, fact.at);
        self.delivered.product_events += 1;
        let place = self.minutes.place(fact.at.minute());
        let (mut first_in_minute, mut first_in_show) = (false, false);
        if let Some(number) = subjects.viewer() {
            let words = self.viewers.words(number, place.block);
            first_in_minute = set(if clicked { &mut words.clicked } else { &mut words.exposed }, place);
            if let Some(viewer) = self.viewers.get_mut(number) {
                let flag = if clicked { &mut viewer.clicked } else { &mut viewer.exposed };
                first_in_show = !std::mem::replace(flag, true);
            }
        }
        let minute = fact.at.minute();
        self.products.look(subjects.product, subjects.viewer(), clicked, minute, self.number);
        let counts = self.minutes.restate(place, self.number);
        let (times, viewers, times_in_show, viewers_in_show) = match clicked {
            true => (
                &mut counts.clicks,
                &mut counts.clicking_viewers,
                &mut self.sums.clicks,
                &mut self.sums.clicking_viewers,
            ),
            false => (
                &mut counts.exposures,
                &mut counts.exposed_viewers,
                &mut self.sums.exposures,
                &mut self.sums.exposed_viewers,
            ),
        };
        *times += 1;
        *times_in_show += 1;
        *viewers += i64::from(first_in_minute);
        *viewers_in_show += i64::from(first_in_show);
    }

    fn platform(&mut self, stats: Option<&Stats>, at: Millis) {
        let Some(stats) = stats else { return };
        let unit = |counter: &str| stats.precision.get(counter).copied().unwrap_or(1).max(1);
        if let Some(online) = stats.online {
            later(&mut self.as_of.platform, at);
            let place = self.minutes.place(at.minute());
            let counts = self.minutes.restate(place, self.number);
            counts.platform_online = counts.platform_online.max(Some((at, online, unit("online"))));
        }
        if let Some(views) = stats.views {
            later(&mut self.as_of.platform, at);
            // A cumulative counter never falls; one that does was rounded or stale.
            self.delivered.platform_views = self.delivered.platform_views.max(Some((views, unit("views"))));
        }
    }
}

/// The key of the viewer whom a fact counts for.
fn viewer_key(fact: &Fact) -> Option<Key> {
    let counts = fact.quality.is_none() && !matches!(fact.happening, Happening::Other | Happening::Stats);
    fact.user.filter(|_| counts).map(Key::of)
}

/// The key of the connection of which a fact is a sign of life, or of the viewer, if none is named.
fn track_key(fact: &Fact, subjects: Subjects) -> Option<Key> {
    let viewer = subjects.viewer().filter(|_| matches!(fact.happening, Happening::Presence(_)))?;
    Some(fact.session.map_or(Key::default(), Key::of).within(Key::of_number(viewer)))
}

/// Sets the bit of a minute; whether it was not set before.
fn set(word: &mut u64, place: Place) -> bool {
    let before = *word;
    *word |= place.mask();
    before != *word
}

fn later(known: &mut Option<Millis>, at: Millis) {
    *known = (*known).max(Some(at));
}
