//! The shop, and what its buyers do.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use anyhow::{Result, bail, ensure};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::{Count, Plan, Report, at, locked};
use crate::api::{Answer, Api, text};

/// A bundle of a cup and two spoons.
pub(super) const SET: &str = "set";

/// Hold of buyers who leave.
pub(super) const BRIEF_MS: i64 = 200;

/// What is sold.
pub(super) struct Shop {
    /// SKUs, with the units of each.
    pub skus: Vec<(&'static str, i64)>,
    /// What a "sold out" said is left of a SKU, and what may still be given of it since; the least.
    left: Mutex<BTreeMap<&'static str, i64>>,
}

impl Shop {
    pub fn new(units: usize) -> Self {
        let units = i64::try_from(units).unwrap_or(0);
        let (cup, plate, spoon) = (units * 2 / 5, units / 4, units / 4);
        let bowl = units - cup - plate - spoon;
        let skus = vec![("cup", cup), ("plate", plate), ("spoon", spoon), ("bowl", bowl)];
        Self { skus, left: Mutex::default() }
    }

    fn known(&self, sku: &str) -> Option<&'static str> {
        self.skus.iter().map(|(name, _)| *name).find(|name| *name == sku)
    }
}

/// What a buyer does after ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Pay,
    PayAndPick,
    GiveUp,
    PayAndCancel,
    /// Neither pays nor gives up; the hold is short.
    Leave,
}

/// Somebody who buys.
#[derive(Clone, Debug)]
pub(super) struct Buyer {
    pub order: String,
    lines: Vec<(&'static str, i64)>,
    then: Then,
    /// Whether being refused can be right.
    may_be_refused: bool,
    /// Asks everything twice.
    twice: bool,
    /// What they did so far.
    done: usize,
    cut_off: bool,
}

impl Buyer {
    pub fn of_one(order: &str, sku: &'static str) -> Self {
        let (then, lines) = (Then::Pay, vec![(sku, 1)]);
        Self {
            order: order.to_owned(),
            lines,
            then,
            may_be_refused: true,
            twice: true,
            done: 0,
            cut_off: false,
        }
    }

    /// Units of each SKU that stands on a shelf.
    pub fn parts(&self) -> BTreeMap<&'static str, i64> {
        let mut parts = BTreeMap::new();
        for (sku, units) in &self.lines {
            let of: &[(&'static str, i64)] =
                if *sku == SET { &[("cup", 1), ("spoon", 2)] } else { &[(sku, 1)] };
            for (part, each) in of {
                *parts.entry(*part).or_insert(0) += units * each;
            }
        }
        parts
    }

    /// What they ask for.
    pub fn wish(&self) -> Value {
        let lines: Vec<Value> =
            self.lines.iter().map(|(sku, units)| json!({ "sku": sku, "quantity": units })).collect();
        let hold_ms = if self.then == Then::Leave { BRIEF_MS } else { 3_600_000 };
        json!({ "order": self.order, "lines": lines, "hold_ms": hold_ms })
    }

    fn steps(&self) -> &'static [&'static str] {
        match self.then {
            Then::Pay => &["pay"],
            Then::PayAndPick => &["pay", "pick"],
            Then::GiveUp => &["release"],
            Then::PayAndCancel => &["pay", "cancel"],
            Then::Leave => &[],
        }
    }

    /// How the order must stand when everything is done.
    pub fn ends(&self) -> &'static [&'static str] {
        match self.then {
            Then::Pay => &["paid"],
            Then::PayAndPick => &["picked"],
            Then::GiveUp => &["released"],
            Then::PayAndCancel => &["cancelled"],
            Then::Leave => &["held", "expired"],
        }
    }

    /// Buys; the buyer again if no answer came.
    pub async fn go(mut self, api: &Api, shop: &Shop, going: &Going) -> Result<Option<Self>> {
        let before = match self.done {
            0 => Some(locked(&shop.left).clone()),
            _ => None,
        };
        if let Some(before) = before {
            let Some(answer) = self.ask(api, going, "/api/v1/reservations", self.wish()).await? else {
                return Ok(Some(self));
            };
            if answer.code() == "sold_out" {
                self.check_refusal(shop, &answer)?;
                going.settle(self, false);
                return Ok(None);
            }
            ensure!(answer.status == 200, "{}: {}", self.order, String::from_utf8_lossy(&answer.body));
            // What was given before a kill and is only found again was given before other refusals.
            if *at(&answer.json(), "/again") == false {
                self.check_given(&before)?;
            }
            self.done = 1;
        }
        while let Some(step) = self.steps().get(self.done - 1) {
            let path = format!("/api/v1/reservations/{}/{step}", self.order);
            let Some(answer) = self.ask(api, going, &path, json!({})).await? else { return Ok(Some(self)) };
            ensure!(answer.status == 200, "{} {step}: {}", self.order, String::from_utf8_lossy(&answer.body));
            self.done += 1;
        }
        going.settle(self, true);
        Ok(None)
    }

    /// Asks once or twice; nothing if no answer came.
    async fn ask(&mut self, api: &Api, going: &Going, path: &str, body: Value) -> Result<Option<Answer>> {
        let Ok(first) = api.post(path, body.clone()).await else {
            self.cut_off = true;
            return Ok(None);
        };
        if first.status == 503 {
            bail!("{}: the server says that it is busy", self.order);
        }
        going.answered.add(1);
        if std::mem::take(&mut self.cut_off) {
            going.repeated.add(1);
            going.recognised.add(usize::from(*at(&first.json(), "/again") == true));
        }
        if self.twice && first.status == 200 {
            let Ok(second) = api.post(path, body).await else {
                self.cut_off = true;
                return Ok(None);
            };
            going.answered.add(1);
            let same = |answer: &Answer| {
                (answer.status, text(&answer.json(), "/order"), at(&answer.json(), "/parts").clone())
            };
            ensure!(same(&first) == same(&second), "{} is answered otherwise: {}", self.order, second.json());
            ensure!(*at(&second.json(), "/again") == true, "{} was done twice", self.order);
        }
        Ok(Some(first))
    }

    /// A refusal names what is short, and that is less than what is wanted. From now on no more can be given than that.
    fn check_refusal(&self, shop: &Shop, answer: &Answer) -> Result<()> {
        ensure!(self.may_be_refused, "{} was refused while there was enough: {}", self.order, answer.json());
        let parts = self.parts();
        let body = answer.json();
        let errors = at(&body, "/errors").as_array().cloned().unwrap_or_default();
        ensure!(!errors.is_empty(), "{} was refused without a reason: {body}", self.order);
        for error in &errors {
            let expected = text(error, "/expected");
            let said = expected
                .split_once(": at most ")
                .and_then(|(sku, left)| Some((shop.known(sku)?, left.parse().ok()?)));
            let Some((sku, left)): Option<(&'static str, i64)> = said else { bail!("{body}") };
            let wanted = parts.get(sku).copied().unwrap_or(0);
            ensure!(
                left < wanted,
                "{} wanted {wanted} of {sku} and was refused with {left} left",
                self.order
            );
            let mut known = locked(&shop.left);
            let least = known.entry(sku).or_insert(left);
            *least = (*least).min(left);
        }
        Ok(())
    }

    /// What was given after a refusal was within what the refusal said is left. `before` was known when it was asked for.
    fn check_given(&self, before: &BTreeMap<&'static str, i64>) -> Result<()> {
        for (sku, units) in self.parts() {
            if let Some(left) = before.get(sku) {
                ensure!(units <= *left, "{} has {units} of {sku}, of which {left} were left", self.order);
            }
        }
        Ok(())
    }
}

/// The buyers of one part: who comes next, and what came of the others.
pub(super) struct Going {
    waiting: Mutex<VecDeque<Buyer>>,
    settled: Mutex<Vec<(Buyer, bool)>>,
    pub answered: Count,
    pub repeated: Count,
    pub recognised: Count,
    pub seed: u64,
}

impl Going {
    pub fn new(buyers: Vec<Buyer>, seed: u64) -> Self {
        let waiting = Mutex::new(buyers.into());
        let (answered, repeated, recognised) = Default::default();
        Self { waiting, settled: Mutex::default(), answered, repeated, recognised, seed }
    }

    pub fn next(&self) -> Option<Buyer> {
        locked(&self.waiting).pop_front()
    }

    pub fn back(&self, buyer: Buyer) {
        locked(&self.waiting).push_front(buyer);
    }

    fn settle(&self, buyer: Buyer, given: bool) {
        locked(&self.settled).push((buyer, given));
    }

    pub fn served(&self) -> usize {
        locked(&self.settled).len()
    }

    pub fn refused(&self) -> usize {
        locked(&self.settled).iter().filter(|(_, given)| !given).count()
    }

    /// Buyers whose last answer is known, and whether they were given what they wanted.
    pub fn settled(&self) -> Vec<(Buyer, bool)> {
        locked(&self.settled).clone()
    }

    pub fn add_to(&self, report: &mut Report) {
        report.refused += self.refused();
        report.answered += self.answered.now();
        report.repeated += self.repeated.now();
        report.recognised += self.recognised.now();
    }
}

/// The buyers of both parts. Those of the first want less than there is, whatever they do with it.
pub(super) fn planned(shop: &Shop, plan: &Plan, random: &mut ChaCha8Rng) -> (Vec<Buyer>, Vec<Buyer>) {
    let mut wanted: BTreeMap<&'static str, i64> = BTreeMap::new();
    let (mut first, mut second, mut in_first) = (Vec::new(), Vec::new(), true);
    for number in 0..plan.buyers {
        let mut buyer = Buyer {
            order: format!("69{:017}", number * 7_919 + 13),
            lines: lines(shop, random),
            then: Then::Pay,
            may_be_refused: false,
            twice: random.random_ratio(1, 5),
            done: 0,
            cut_off: false,
        };
        for (sku, units) in buyer.parts() {
            *wanted.entry(sku).or_insert(0) += units;
        }
        let enough = shop.skus.iter().all(|(sku, units)| wanted.get(sku).copied().unwrap_or(0) <= *units);
        in_first = in_first && enough && number < plan.buyers / 2;
        if in_first {
            buyer.then = match random.random_range(0..10) {
                0 | 1 => Then::GiveUp,
                2 => Then::PayAndCancel,
                3 => Then::Leave,
                4 => Then::PayAndPick,
                _ => Then::Pay,
            };
            first.push(buyer);
        } else {
            buyer.may_be_refused = true;
            second.push(buyer);
        }
    }
    (first, second)
}

/// One unit, a basket, two lines of the same SKU, or a bundle.
fn lines(shop: &Shop, random: &mut ChaCha8Rng) -> Vec<(&'static str, i64)> {
    let all: i64 = shop.skus.iter().map(|(_, units)| units).sum();
    let sku = |random: &mut ChaCha8Rng| {
        let mut place = random.random_range(0..all.max(1));
        for (name, units) in &shop.skus {
            if place < *units {
                return *name;
            }
            place -= units;
        }
        "cup"
    };
    match random.random_range(0..10) {
        0 => vec![(SET, 1)],
        1 => {
            let twice = sku(random);
            vec![(twice, 1), (twice, 1)]
        }
        2 => vec![(sku(random), 1), (SET, 1), (sku(random), 1)],
        3 => vec![(sku(random), 1), (sku(random), 2)],
        _ => vec![(sku(random), 1)],
    }
}
