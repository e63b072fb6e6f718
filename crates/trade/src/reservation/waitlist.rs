//! The waitlist (候补): who waits, in order of arrival, and who is served when there is more.
//!
//! Whoever can have everything that they wait for is served at once, the earliest first. A basket that cannot be had whole
//! keeps its place and does not hold up those behind it, so that nobody waits, and nobody is told "sold out", while there
//! is what they ask for.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Millis, SkuId};

use super::{Desk, Reservation, Status};
use crate::stock::{Kind, Stock};

/// Who waits for what.
#[derive(Debug, Default)]
pub(super) struct Waitlist {
    /// Orders by their number in the order of arrival.
    orders: BTreeMap<i64, String>,
    /// Who waits for a SKU.
    places: BTreeMap<SkuId, BTreeSet<i64>>,
}

impl Waitlist {
    /// The number of whoever comes next.
    pub fn next_place(&self) -> i64 {
        self.orders.last_key_value().map_or(1, |(last, _)| last + 1)
    }

    pub fn join(&mut self, place: i64, order: &str, parts: &[(SkuId, i64)]) {
        self.orders.insert(place, order.to_owned());
        for (sku, _) in parts {
            self.places.entry(sku.clone()).or_default().insert(place);
        }
    }

    pub fn leave(&mut self, place: i64, parts: &[(SkuId, i64)]) {
        self.orders.remove(&place);
        for (sku, _) in parts {
            if let Some(places) = self.places.get_mut(sku) {
                places.remove(&place);
                if places.is_empty() {
                    self.places.remove(sku);
                }
            }
        }
    }

    /// SKUs that somebody waits for.
    pub fn skus(&self) -> impl Iterator<Item = &SkuId> {
        self.places.keys()
    }

    /// How many came earlier and wait for one of these SKUs: for the one with the longest queue.
    pub fn ahead(&self, place: i64, parts: &[(SkuId, i64)]) -> usize {
        let queues = parts.iter().filter_map(|(sku, _)| self.places.get(sku));
        queues.map(|places| places.range(..place).count()).max().unwrap_or(0)
    }

    fn next(&self, sku: &SkuId, after: i64) -> Option<i64> {
        self.places.get(sku)?.range(after + 1..).next().copied()
    }
}

impl Desk {
    /// Who waits for a SKU, in order.
    pub fn waiting_for(&self, sku: &SkuId) -> Vec<&Reservation> {
        let places = self.waitlist.places.get(sku).into_iter().flatten();
        let orders = places.filter_map(|place| self.waitlist.orders.get(place));
        orders.filter_map(|order| self.orders.get(order).map(|it| &**it)).collect()
    }

    /// SKUs that somebody waits for, with how many wait.
    pub fn waited_for(&self) -> impl Iterator<Item = (&SkuId, usize)> {
        self.waitlist.places.iter().map(|(sku, places)| (sku, places.len()))
    }

    /// Serves whoever waits for what grew, the earliest first.
    pub(super) fn serve(&mut self, now: Millis) {
        let grown = std::mem::take(&mut self.grown);
        let mut served = 0;
        while let Some(place) = self.next_to_serve(&grown, served) {
            served = place;
            self.serve_one(place, now);
        }
    }

    fn next_to_serve(&self, grown: &BTreeSet<SkuId>, after: i64) -> Option<i64> {
        let left = grown.iter().filter(|sku| self.stocks.get(*sku).is_some_and(|stock: &Stock| stock.shown() > 0));
        left.filter_map(|sku| self.waitlist.next(sku, after)).min()
    }

    fn serve_one(&mut self, place: i64, now: Millis) {
        let order = self.waitlist.orders.get(&place);
        let Some(waiting) = order.and_then(|order| self.orders.get(order)).cloned() else { return };
        if !self.shortages(waiting.parts()).is_empty() {
            return;
        }
        let kind = if waiting.paid { Kind::Sold } else { Kind::Reserved };
        if self.take(&waiting, kind, None, now).is_err() {
            return;
        }
        let (status, expires_at) = match waiting.paid {
            true => (Status::Paid, None),
            false => (Status::Held, Some(now.plus(waiting.wish.hold_ms))),
        };
        let (place, changed_at, by) = (None, now, None);
        self.change(Reservation { status, place, expires_at, changed_at, by, ..(*waiting).clone() });
    }
}
