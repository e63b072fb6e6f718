//! Who looks at a product and has not ordered it: what tells a hesitation that nobody put into words.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use livehand_kernel::{Millis, Sequence};
use serde::{Deserialize, Serialize};

use super::{ASKS_AGAIN_WITHIN_MS, CLICK_WITHOUT_ORDER_MS, Pair};
use crate::metrics::Key;

/// Opened products that are waited for at once; of more the oldest is forgotten.
const CLICKS_MAX: usize = 20_000;
/// Viewers × products of which it is known that something was asked, or that they were bought; of more the oldest is
/// forgotten.
const RECENT_MAX: usize = 50_000;

/// A product that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Click {
    pub sequence: Sequence,
    pub at: Millis,
    pub user: String,
    pub product: String,
    /// Safe to show.
    pub name: String,
}

/// The last so many viewers × products, each with a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Recent {
    at: BTreeMap<Pair, Millis>,
    /// In the order in which they came.
    order: VecDeque<Pair>,
}

impl Recent {
    /// Notes the time; the one before.
    fn note(&mut self, pair: Pair, at: Millis) -> Option<Millis> {
        let before = self.at.insert(pair, at);
        if before.is_none() {
            self.order.push_back(pair);
            if self.order.len() > RECENT_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.at.remove(&oldest);
            }
        }
        before
    }
}

/// The fold of what is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Looking {
    clicks: BTreeMap<Pair, Click>,
    by_age: BTreeSet<(Millis, Pair)>,
    asked: Recent,
    bought: Recent,
}

impl Looking {
    /// Somebody asks about a product; whether they did so a while ago already.
    pub fn ask(&mut self, pair: Pair, at: Millis) -> bool {
        let before = self.asked.note(pair, at);
        before.is_some_and(|before| (0..ASKS_AGAIN_WITHIN_MS).contains(&(at.0 - before.0)))
    }

    /// Somebody opens a product; the first time counts.
    pub fn click(&mut self, pair: Pair, click: Click) {
        if self.clicks.contains_key(&pair) {
            return;
        }
        self.by_age.insert((click.at, pair));
        self.clicks.insert(pair, click);
        if self.clicks.len() > CLICKS_MAX
            && let Some((_, oldest)) = self.by_age.first().copied()
        {
            self.forget_click(oldest);
        }
    }

    /// Somebody ordered a product.
    pub fn buy(&mut self, pair: Pair) {
        self.forget_click(pair);
        self.bought.note(pair, Millis(0));
    }

    pub fn bought(&self, pair: Pair) -> bool {
        self.bought.at.contains_key(&pair)
    }

    /// Somebody left, or is not to be followed.
    pub fn leave(&mut self, viewer: Key) {
        let opened = self.clicks.range((viewer, Key::MIN)..=(viewer, Key::MAX)).map(|(pair, _)| *pair);
        for pair in opened.collect::<Vec<_>>() {
            self.forget_click(pair);
        }
    }

    pub fn forget_click(&mut self, pair: Pair) -> Option<Click> {
        let click = self.clicks.remove(&pair)?;
        self.by_age.remove(&(click.at, pair));
        Some(click)
    }

    /// Takes out the next product that was opened long enough ago and not ordered.
    pub fn unordered(&mut self, clock: Millis) -> Option<(Pair, Click)> {
        let (at, pair) = self.by_age.first().copied()?;
        let over = clock.0 - at.0 >= CLICK_WITHOUT_ORDER_MS;
        over.then(|| self.forget_click(pair)).flatten().map(|click| (pair, click))
    }
}
