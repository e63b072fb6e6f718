//! Viewers: when they come, how long they stay, what they do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use livehand_kernel::{Fen, MINUTE_MS, Millis};
use livehand_live::{Event, Kind};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, LogNormal};

use super::corpus;

/// How soon after the opening its followers come: mean, s (fitted to 80,000 viewers in ten minutes).
const BURST_MEAN_S: f64 = 60.0;
/// Followers who come at the opening, per viewer wanted at the peak.
const BURST_SHARE: f64 = 0.85;
/// Mean stay of strangers, s; with it the stream of arrivals keeps the room as full as wanted.
const STRANGER_STAY_S: f64 = 420.0;
/// Mean stay of those who leave at once, s.
const BOUNCE_S: f64 = 9.0;
/// Period of heartbeats, ms.
const HEARTBEAT_MS: i64 = 90_000;
/// Share of viewers whose leave is never reported.
const VANISH: f64 = 0.04;
/// What one viewer does, per second.
const COMMENT_RATE: f64 = 0.0011;
const LIKE_RATE: f64 = 0.006;
const GIFT_RATE: f64 = 0.000_1;
const FOLLOW_RATE: f64 = 0.000_12;
const SHARE_RATE: f64 = 0.000_08;
/// Looks at the product card: 36 % of those online in 90 s.
const LOOK_RATE: f64 = 0.004;
/// Clicks per look.
const CLICK: f64 = 0.07;
/// Orders per click.
const ORDER: f64 = 0.14;
/// Paid per order.
const PAY: f64 = 0.86;
/// Refunds per paid order; so many of them are partial.
const REFUND: f64 = 0.05;
const REFUND_PARTIAL: f64 = 0.3;

/// Where strangers come from, cumulated: feed, paid, search, square, video, other.
const STRANGER_SOURCES: &[(f64, &str)] =
    &[(0.52, "feed"), (0.72, "paid"), (0.80, "search"), (0.87, "square"), (0.95, "video"), (1.0, "other")];

/// A product that the audience can buy.
#[derive(Clone, Debug)]
pub struct SimulatedProduct {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Price.
    pub price: Fen,
    /// Link number.
    pub link_number: i64,
}

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The same seed gives the same audience.
    pub seed: u64,
    /// Viewers wanted in the room at once, about.
    pub viewers: u32,
    /// How long people come, in minutes.
    pub minutes: u32,
    /// When the show begins.
    pub start: Millis,
    /// What is sold, in the order in which it is on stage. May be empty.
    pub products: Vec<SimulatedProduct>,
    /// How long each product is on stage, in s.
    pub slot_seconds: u32,
}

impl Scenario {
    /// The product on stage at a moment.
    pub fn on_stage(&self, at: Millis) -> Option<&SimulatedProduct> {
        let slot_ms = i64::from(self.slot_seconds.max(1)) * 1000;
        let slot = usize::try_from((at.0 - self.start.0).max(0) / slot_ms).unwrap_or(0);
        self.products.get(slot % self.products.len().max(1))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Arrive { fan: bool },
    Act(u64),
    Heartbeat(u64),
    Leave(u64),
    Click { viewer: u64, product: usize },
    Order { viewer: u64, product: usize },
    Pay { viewer: u64, product: usize, order: u64 },
    Refund { viewer: u64, amount: i64, order: u64, product: usize },
}

struct Viewer {
    name: String,
    until: Millis,
    vanishes: bool,
}

/// The events of an audience, in order of time. Memory grows with the viewers in the room, not with the show.
pub struct Audience {
    scenario: Scenario,
    rng: ChaCha8Rng,
    queue: BinaryHeap<Reverse<(Millis, u64, Next)>>,
    queued: u64,
    viewers: BTreeMap<u64, Viewer>,
    arrived: u64,
    orders: u64,
    events: u64,
    end: Millis,
}

impl Audience {
    /// The audience of a scenario.
    pub fn new(scenario: Scenario) -> Self {
        let burst = (f64::from(scenario.viewers) * BURST_SHARE) as u64;
        let end = scenario.start.plus(i64::from(scenario.minutes) * MINUTE_MS);
        let rng = ChaCha8Rng::seed_from_u64(scenario.seed);
        let mut audience = Self {
            scenario,
            rng,
            queue: BinaryHeap::new(),
            queued: 0,
            viewers: BTreeMap::new(),
            arrived: 0,
            orders: 0,
            events: 0,
            end,
        };
        for _ in 0..burst {
            let after = audience.exponential(BURST_MEAN_S);
            audience.plan(after, audience.scenario.start, Next::Arrive { fan: true });
        }
        audience.plan_stranger(audience.scenario.start);
        audience
    }

    fn plan(&mut self, seconds: f64, from: Millis, next: Next) {
        let at = from.plus((seconds * 1000.0) as i64);
        self.queued += 1;
        self.queue.push(Reverse((at, self.queued, next)));
    }

    fn plan_stranger(&mut self, from: Millis) {
        let after = self.exponential(STRANGER_STAY_S / f64::from(self.scenario.viewers.max(1)));
        self.plan(after, from, Next::Arrive { fan: false });
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        Exp::new(1.0 / mean).map_or(mean, |law| law.sample(&mut self.rng))
    }

    fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        LogNormal::new(median.ln(), sigma).map_or(median, |law| law.sample(&mut self.rng))
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.rng.random::<f64>() < probability
    }

    fn stay_seconds(&mut self, fan: bool) -> f64 {
        let (bounce, browse) = if fan { (0.10, 0.50) } else { (0.35, 0.85) };
        let kind = self.rng.random::<f64>();
        if kind < bounce {
            self.exponential(BOUNCE_S)
        } else if kind < browse {
            self.log_normal(150.0, 1.25)
        } else {
            self.log_normal(1700.0, 0.9)
        }
    }

    fn event(&mut self, at: Millis, kind: Kind, viewer: u64) -> Event {
        self.events += 1;
        let mut event = Event::new(format!("{}-{}", self.scenario.seed, self.events), at, kind);
        event.user = Some(format!("u{viewer}"));
        event.name = self.viewers.get(&viewer).map(|viewer| viewer.name.clone());
        event.session = Some(format!("s{viewer}"));
        event
    }

    fn arrive(&mut self, at: Millis, fan: bool) -> Option<Event> {
        // Each stranger who comes plans the next; the burst was planned at the beginning.
        if !fan {
            self.plan_stranger(at);
        }
        if at >= self.end {
            return None;
        }
        self.arrived += 1;
        let viewer = self.arrived;
        let stay = self.stay_seconds(fan).min(4.0 * 3600.0);
        let until = at.plus((stay * 1000.0) as i64 + 500);
        let (name, vanishes) = (corpus::nickname(&mut self.rng), self.chance(VANISH));
        self.viewers.insert(viewer, Viewer { name, until, vanishes });
        self.plan(0.0, until, Next::Leave(viewer));
        self.plan(HEARTBEAT_MS as f64 / 1000.0, at, Next::Heartbeat(viewer));
        self.plan_act(viewer, at);
        let mut event = self.event(at, Kind::Join, viewer);
        let source = self.rng.random::<f64>();
        let stranger =
            STRANGER_SOURCES.iter().find(|(limit, _)| source < *limit).map_or("other", |(_, name)| name);
        event.source = Some(if fan && source < 0.8 { "follow" } else { stranger }.to_owned());
        Some(event)
    }

    fn plan_act(&mut self, viewer: u64, from: Millis) {
        let total = COMMENT_RATE + LIKE_RATE + GIFT_RATE + FOLLOW_RATE + SHARE_RATE + LOOK_RATE;
        let after = self.exponential(1.0 / total);
        self.plan(after, from, Next::Act(viewer));
    }

    fn act(&mut self, at: Millis, viewer: u64) -> Option<Event> {
        if self.viewers.get(&viewer).is_none_or(|viewer| at >= viewer.until) {
            return None;
        }
        self.plan_act(viewer, at);
        let mut kind = self.rng.random::<f64>()
            * (COMMENT_RATE + LIKE_RATE + GIFT_RATE + FOLLOW_RATE + SHARE_RATE + LOOK_RATE);
        let mut under = |rate: f64| {
            kind -= rate;
            kind < 0.0
        };
        if under(COMMENT_RATE) {
            return Some(self.comment(at, viewer));
        }
        if under(LOOK_RATE) {
            return self.look(at, viewer);
        }
        if under(GIFT_RATE) {
            let mut event = self.event(at, Kind::Gift, viewer);
            event.count = Some(self.rng.random_range(1..=3));
            return Some(event);
        }
        if under(FOLLOW_RATE) {
            return Some(self.event(at, Kind::Follow, viewer));
        }
        if under(SHARE_RATE) {
            return Some(self.event(at, Kind::Share, viewer));
        }
        let mut event = self.event(at, Kind::Like, viewer);
        event.count = Some(1 + self.exponential(8.0) as i64);
        Some(event)
    }

    fn comment(&mut self, at: Millis, viewer: u64) -> Event {
        let text = corpus::comment(&mut self.rng, self.scenario.on_stage(at));
        let mut event = self.event(at, Kind::Comment, viewer);
        event.text = Some(text);
        event
    }

    fn look(&mut self, at: Millis, viewer: u64) -> Option<Event> {
        let id = self.scenario.on_stage(at)?.id.clone();
        let product = self.scenario.products.iter().position(|product| product.id == id)?;
        if self.chance(CLICK) {
            let after = 1.0 + self.exponential(3.0);
            self.plan(after, at, Next::Click { viewer, product });
        }
        let mut event = self.event(at, Kind::ProductView, viewer);
        event.product = Some(id);
        Some(event)
    }

    fn click(&mut self, at: Millis, viewer: u64, product: usize) -> Option<Event> {
        if self.chance(ORDER) {
            let after = 5.0 + self.exponential(15.0);
            self.plan(after, at, Next::Order { viewer, product });
        }
        let mut event = self.event(at, Kind::ProductClick, viewer);
        event.product = Some(self.scenario.products.get(product)?.id.clone());
        Some(event)
    }

    fn order(&mut self, at: Millis, viewer: u64, product: usize) -> Option<Event> {
        self.orders += 1;
        let order = self.orders;
        if self.chance(PAY) {
            let after = 3.0 + self.exponential(20.0);
            self.plan(after, at, Next::Pay { viewer, product, order });
        }
        let price = self.scenario.products.get(product)?.price.0;
        self.order_event(at, Kind::OrderCreated, viewer, product, order, price)
    }

    fn pay(&mut self, at: Millis, viewer: u64, product: usize, order: u64) -> Option<Event> {
        let price = self.scenario.products.get(product)?.price.0;
        if self.chance(REFUND) {
            let amount = if self.chance(REFUND_PARTIAL) { price / 2 } else { price };
            let after = 60.0 + self.exponential(240.0);
            self.plan(after, at, Next::Refund { viewer, amount, order, product });
        }
        self.order_event(at, Kind::OrderPaid, viewer, product, order, price)
    }

    fn order_event(
        &mut self,
        at: Millis,
        kind: Kind,
        viewer: u64,
        product: usize,
        order: u64,
        amount: i64,
    ) -> Option<Event> {
        let product = self.scenario.products.get(product)?.id.clone();
        let mut event = self.event(at, kind, viewer);
        event.session = None;
        event.order = Some(format!("o{}-{order}", self.scenario.seed));
        event.product = Some(product);
        event.amount = Some(amount);
        event.count = Some(1);
        Some(event)
    }

    fn step(&mut self, at: Millis, next: Next) -> Option<Event> {
        match next {
            Next::Arrive { fan } => self.arrive(at, fan),
            Next::Act(viewer) => self.act(at, viewer),
            Next::Heartbeat(viewer) => {
                if self.viewers.get(&viewer).is_none_or(|viewer| at >= viewer.until) {
                    return None;
                }
                self.plan(HEARTBEAT_MS as f64 / 1000.0, at, Next::Heartbeat(viewer));
                Some(self.event(at, Kind::Heartbeat, viewer))
            }
            Next::Leave(viewer) => {
                let gone = self.event(at, Kind::Leave, viewer);
                self.viewers.remove(&viewer).filter(|viewer| !viewer.vanishes).map(|_| gone)
            }
            Next::Click { viewer, product } => self.click(at, viewer, product),
            Next::Pay { viewer, product, order } => self.pay(at, viewer, product, order),
            Next::Order { viewer, product } => self.order(at, viewer, product),
            Next::Refund { viewer, amount, order, product } => {
                self.order_event(at, Kind::OrderRefunded, viewer, product, order, amount)
            }
        }
    }
}

impl Iterator for Audience {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let Reverse((at, _, next)) = self.queue.pop()?;
            if at > self.end {
                return None;
            }
            if let Some(event) = self.step(at, next) {
                return Some(event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(seed: u64) -> Scenario {
        let product = |n: i64| SimulatedProduct {
            id: format!("p{n}"),
            name: format!("商品{n}"),
            price: Fen(9_900),
            link_number: n,
        };
        let products = (1..=3).map(product).collect();
        Scenario {
            seed,
            viewers: 300,
            minutes: 8,
            start: Millis(1_781_784_000_000),
            products,
            slot_seconds: 60,
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_audience_and_another_gives_another() {
        let first: Vec<Event> = Audience::new(scenario(7)).collect();
        assert_eq!(first, Audience::new(scenario(7)).collect::<Vec<_>>());
        assert_ne!(first, Audience::new(scenario(8)).collect::<Vec<_>>());
        assert!(first.is_sorted_by_key(|event| event.at));
        first.iter().try_for_each(Event::check).unwrap();
    }

    #[test]
    fn the_room_is_about_as_full_as_wanted_and_people_ask_and_buy() {
        let mut online = 0_i64;
        let mut peak = 0;
        let mut kinds = BTreeMap::new();
        for event in Audience::new(scenario(7)) {
            online += match event.kind {
                Kind::Join => 1,
                Kind::Leave => -1,
                _ => 0,
            };
            peak = peak.max(online);
            *kinds.entry(event.kind.clone()).or_insert(0) += 1;
        }
        assert!((200..=450).contains(&peak), "peak {peak}");
        for kind in [Kind::Comment, Kind::Like, Kind::ProductView, Kind::ProductClick, Kind::Heartbeat] {
            assert!(kinds.get(&kind).copied().unwrap_or(0) > 20, "{kind:?}: {kinds:?}");
        }
    }
}
