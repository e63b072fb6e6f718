//! Viewers: when they come, how long they stay, what they do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use livehand_kernel::{MINUTE_MS, Millis};
use livehand_live::{Event, Kind};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, LogNormal};

use super::corpus;
use super::rates::*;
use super::scenario::Scenario;

/// Changes of the stage that are remembered; only the last ones can matter to events that are still to come.
const STAGED_MAX: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Arrive { fan: bool },
    Return { viewer: u64, name: String },
    Act(Visit),
    Heartbeat(Visit),
    Leave(Visit),
    Click { visit: Visit, product: usize },
    Order { visit: Visit, product: usize },
    Pay { visit: Visit, product: usize, order: u64 },
    Refund { visit: Visit, amount: i64, order: u64, product: usize },
}

/// One stay of one viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Visit {
    viewer: u64,
    number: u64,
}

struct Guest {
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
    /// Those in the room.
    guests: BTreeMap<Visit, Guest>,
    viewers: u64,
    visits: u64,
    staged: Vec<(Millis, Option<usize>)>,
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
            guests: BTreeMap::new(),
            viewers: 0,
            visits: 0,
            staged: Vec::new(),
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

    /// Tells the audience what is on stage from `at` on, instead of the plan of the scenario: what it looks at, buys and
    /// asks about. `None` or an id that is not in the line-up clears the stage. Events before `at` are not affected.
    pub fn stage(&mut self, product: Option<&str>, at: Millis) {
        let found = product.and_then(|id| self.scenario.products.iter().position(|product| product.id == id));
        // What was told for later is no longer true; what is over is no longer needed.
        self.staged.retain(|(since, _)| *since < at);
        self.staged.push((at, found));
        if self.staged.len() > STAGED_MAX {
            self.staged.remove(0);
        }
    }

    fn on_stage(&self, at: Millis) -> Option<usize> {
        match self.staged.iter().rev().find(|(since, _)| *since <= at) {
            Some((_, product)) => *product,
            None => Some(self.scenario.planned(at)),
        }
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

    fn log_normal(&mut self, (median, sigma): (f64, f64)) -> f64 {
        LogNormal::new(median.ln(), sigma).map_or(median, |law| law.sample(&mut self.rng))
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.rng.random::<f64>() < probability
    }

    fn stay_seconds(&mut self, fan: bool) -> f64 {
        let group = usize::from(!fan);
        let share = |of: [f64; 2]| of.get(group).copied().unwrap_or_default();
        let kind = self.rng.random::<f64>();
        let stay = if kind < share(BOUNCE) {
            self.exponential(BOUNCE_S)
        } else if kind < share(BOUNCE) + share(BROWSE) {
            self.log_normal(BROWSE_LAW)
        } else {
            self.log_normal(FAN_LAW)
        };
        stay.min(STAY_S_MAX)
    }

    fn event(&mut self, at: Millis, kind: Kind, visit: Visit) -> Event {
        self.events += 1;
        let mut event = Event::new(format!("{}-{}", self.scenario.seed, self.events), at, kind);
        event.user = Some(format!("u{}", visit.viewer));
        event.name = self.guests.get(&visit).map(|guest| guest.name.clone());
        event.session = Some(format!("s{}", visit.number));
        event
    }

    fn arrive(&mut self, at: Millis, fan: bool) -> Option<Event> {
        if at >= self.end {
            return None;
        }
        // Each stranger who comes plans the next; the burst was planned at the beginning.
        if !fan {
            self.plan_stranger(at);
        }
        self.viewers += 1;
        let name = corpus::nickname(&mut self.rng);
        Some(self.enter(at, self.viewers, name, fan))
    }

    fn enter(&mut self, at: Millis, viewer: u64, name: String, fan: bool) -> Event {
        self.visits += 1;
        let visit = Visit { viewer, number: self.visits };
        let stay = self.stay_seconds(fan);
        let until = at.plus((stay * 1000.0) as i64 + 500);
        let vanishes = self.chance(VANISH);
        self.guests.insert(visit, Guest { name, until, vanishes });
        self.plan(0.0, until, Next::Leave(visit));
        self.plan(HEARTBEAT_MS as f64 / 1000.0, at, Next::Heartbeat(visit));
        self.plan_act(visit, at);
        let mut event = self.event(at, Kind::Join, visit);
        let source = self.rng.random::<f64>();
        let stranger =
            STRANGER_SOURCES.iter().find(|(limit, _)| source < *limit).map_or("other", |(_, name)| name);
        event.source = Some(if fan && source < 0.8 { "follow" } else { stranger }.to_owned());
        event
    }

    fn leave(&mut self, at: Millis, visit: Visit) -> Option<Event> {
        let event = self.event(at, Kind::Leave, visit);
        let guest = self.guests.remove(&visit)?;
        if self.chance(RETURN) {
            let after = 5.0 + self.exponential(RETURN_MEAN_S);
            self.plan(after, at, Next::Return { viewer: visit.viewer, name: guest.name });
        }
        // Some connections break without a word.
        (!guest.vanishes).then_some(event)
    }

    fn plan_act(&mut self, visit: Visit, from: Millis) {
        let total = COMMENT_RATE + LIKE_RATE + GIFT_RATE + FOLLOW_RATE + SHARE_RATE + LOOK_RATE;
        let after = self.exponential(1.0 / total);
        self.plan(after, from, Next::Act(visit));
    }

    fn act(&mut self, at: Millis, visit: Visit) -> Option<Event> {
        if self.is_gone(visit, at) {
            return None;
        }
        self.plan_act(visit, at);
        let mut kind = self.rng.random::<f64>()
            * (COMMENT_RATE + LIKE_RATE + GIFT_RATE + FOLLOW_RATE + SHARE_RATE + LOOK_RATE);
        let mut under = |rate: f64| {
            kind -= rate;
            kind < 0.0
        };
        if under(COMMENT_RATE) {
            return Some(self.comment(at, visit));
        }
        if under(LOOK_RATE) {
            return self.look(at, visit);
        }
        if under(GIFT_RATE) {
            return Some(self.gift(at, visit));
        }
        if under(FOLLOW_RATE) {
            return Some(self.event(at, Kind::Follow, visit));
        }
        if under(SHARE_RATE) {
            return Some(self.event(at, Kind::Share, visit));
        }
        let mut event = self.event(at, Kind::Like, visit);
        event.count = Some(1 + self.exponential(8.0) as i64);
        Some(event)
    }

    fn is_gone(&self, visit: Visit, at: Millis) -> bool {
        self.guests.get(&visit).is_none_or(|guest| at >= guest.until)
    }

    fn gift(&mut self, at: Millis, visit: Visit) -> Event {
        let choice = self.rng.random::<f64>();
        let (name, price) = GIFTS
            .iter()
            .find(|(limit, ..)| choice < *limit)
            .map_or(("小红花", 10), |(_, name, price)| (*name, *price));
        let count = self.rng.random_range(1..=3);
        let mut event = self.event(at, Kind::Gift, visit);
        event.text = Some(name.to_owned());
        event.count = Some(count);
        event.amount = Some(price * count);
        event
    }

    fn comment(&mut self, at: Millis, visit: Visit) -> Event {
        let product = self.on_stage(at).and_then(|product| self.scenario.products.get(product));
        let text = corpus::comment(&mut self.rng, product);
        let mut event = self.event(at, Kind::Comment, visit);
        event.text = Some(text);
        event
    }

    fn look(&mut self, at: Millis, visit: Visit) -> Option<Event> {
        let product = self.on_stage(at)?;
        let id = self.scenario.products.get(product)?.id.clone();
        if self.chance(CLICK) {
            let after = 1.0 + self.exponential(3.0);
            self.plan(after, at, Next::Click { visit, product });
        }
        let mut event = self.event(at, Kind::ProductView, visit);
        event.product = Some(id);
        Some(event)
    }

    fn click(&mut self, at: Millis, visit: Visit, product: usize) -> Option<Event> {
        if self.chance(ORDER) {
            let after = 5.0 + self.exponential(15.0);
            self.plan(after, at, Next::Order { visit, product });
        }
        let mut event = self.event(at, Kind::ProductClick, visit);
        event.product = Some(self.scenario.products.get(product)?.id.clone());
        Some(event)
    }

    fn order(&mut self, at: Millis, visit: Visit, product: usize) -> Option<Event> {
        self.orders += 1;
        let order = self.orders;
        if self.chance(PAY) {
            let after = 3.0 + self.exponential(20.0);
            self.plan(after, at, Next::Pay { visit, product, order });
        }
        let price = self.scenario.products.get(product)?.price.0;
        self.order_event(at, Kind::OrderCreated, visit, product, order, price)
    }

    fn pay(&mut self, at: Millis, visit: Visit, product: usize, order: u64) -> Option<Event> {
        let price = self.scenario.products.get(product)?.price.0;
        if self.chance(REFUND) {
            let amount = if self.chance(REFUND_PARTIAL) { price / 2 } else { price };
            let after = 60.0 + self.exponential(240.0);
            self.plan(after, at, Next::Refund { visit, amount, order, product });
        }
        self.order_event(at, Kind::OrderPaid, visit, product, order, price)
    }

    fn order_event(
        &mut self,
        at: Millis,
        kind: Kind,
        visit: Visit,
        product: usize,
        order: u64,
        amount: i64,
    ) -> Option<Event> {
        let product = self.scenario.products.get(product)?.id.clone();
        let mut event = self.event(at, kind, visit);
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
            Next::Return { viewer, name } => (at < self.end).then(|| self.enter(at, viewer, name, false)),
            Next::Act(visit) => self.act(at, visit),
            Next::Heartbeat(visit) => {
                if self.is_gone(visit, at) {
                    return None;
                }
                self.plan(HEARTBEAT_MS as f64 / 1000.0, at, Next::Heartbeat(visit));
                Some(self.event(at, Kind::Heartbeat, visit))
            }
            Next::Leave(visit) => self.leave(at, visit),
            Next::Click { visit, product } => self.click(at, visit, product),
            Next::Pay { visit, product, order } => self.pay(at, visit, product, order),
            Next::Order { visit, product } => self.order(at, visit, product),
            Next::Refund { visit, amount, order, product } => {
                self.order_event(at, Kind::OrderRefunded, visit, product, order, amount)
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
