//! What each product was shown, clicked and paid for.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::orders::Step;
use crate::view::ProductFigures;

/// The figures of every product that an event named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Products {
    /// Product ids by their place in `counts`.
    places: BTreeMap<String, u32>,
    counts: Vec<Counts>,
    /// By place and viewer's number: what makes distinct viewers distinct.
    viewers: IndexMap<(u32, u32), Seen>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    /// Events that are counted here; a product of which all were taken back is none.
    events: i64,
    exposures: i64,
    exposed_viewers: i64,
    clicks: i64,
    clicking_viewers: i64,
    orders_created: i64,
    orders_paid: i64,
    buyers: i64,
    gmv: i64,
    refunds: i64,
}

/// What one viewer did with one product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    exposed: bool,
    clicked: bool,
    paid: u32,
}

impl Products {
    fn place(&mut self, product: &str) -> u32 {
        if let Some(place) = self.places.get(product) {
            return *place;
        }
        let place = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        self.counts.push(Counts::default());
        self.places.insert(product.to_owned(), place);
        place
    }

    fn counts(&mut self, place: u32) -> Option<&mut Counts> {
        self.counts.get_mut(usize::try_from(place).ok()?)
    }

    /// A viewer saw or clicked a product.
    pub fn look(&mut self, product: &str, viewer: Option<u32>, clicked: bool) {
        let place = self.place(product);
        let mut first = false;
        if let Some(viewer) = viewer {
            let seen = self.viewers.entry((place, viewer)).or_default();
            let flag = if clicked { &mut seen.clicked } else { &mut seen.exposed };
            first = !std::mem::replace(flag, true);
        }
        let Some(counts) = self.counts(place) else { return };
        counts.events += 1;
        let (times, viewers) = match clicked {
            true => (&mut counts.clicks, &mut counts.clicking_viewers),
            false => (&mut counts.exposures, &mut counts.exposed_viewers),
        };
        *times += 1;
        *viewers += i64::from(first);
    }

    /// A step of an order of a product is counted (`sign` 1) or taken back (-1).
    pub fn order(&mut self, product: &str, viewer: Option<u32>, step: Step, amount: i64, sign: i64) {
        let place = self.place(product);
        let mut buyers = 0;
        if let (Step::Paid, Some(viewer)) = (step, viewer) {
            let paid = &mut self.viewers.entry((place, viewer)).or_default().paid;
            let before = *paid > 0;
            *paid = if sign > 0 { *paid + 1 } else { paid.saturating_sub(1) };
            buyers = i64::from(*paid > 0) - i64::from(before);
        }
        let Some(counts) = self.counts(place) else { return };
        counts.events += sign;
        match step {
            Step::Created => counts.orders_created += sign,
            Step::Paid => {
                counts.orders_paid += sign;
                counts.buyers += buyers;
                counts.gmv += sign * amount;
            }
            Step::Refunded => counts.refunds += sign * amount,
        }
    }

    /// Every product that an event counts for, by id.
    pub fn all(&self) -> Vec<ProductFigures> {
        let counted = |place: u32| {
            usize::try_from(place)
                .ok()
                .and_then(|place| self.counts.get(place))
                .is_some_and(|it| it.events > 0)
        };
        let places = self.places.iter().filter(|(_, place)| counted(**place));
        places.filter_map(|(id, place)| self.figures(id, *place)).collect()
    }

    /// Those of `ids` that are known, also those for which no event counts any more.
    pub fn of(&self, ids: &BTreeSet<String>) -> Vec<ProductFigures> {
        ids.iter().filter_map(|id| self.figures(id, *self.places.get(id)?)).collect()
    }

    fn figures(&self, product: &str, place: u32) -> Option<ProductFigures> {
        let counts = self.counts.get(usize::try_from(place).ok()?)?;
        Some(ProductFigures {
            product: product.to_owned(),
            exposures: counts.exposures,
            exposed_viewers: counts.exposed_viewers,
            clicks: counts.clicks,
            clicking_viewers: counts.clicking_viewers,
            orders_created: counts.orders_created,
            orders_paid: counts.orders_paid,
            buyers: counts.buyers,
            gmv: counts.gmv,
            refunds: counts.refunds,
        })
    }
}
