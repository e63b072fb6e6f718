//! What each product was shown, clicked and paid for.

use std::collections::BTreeMap;
use std::ops::Range;

use indexmap::IndexMap;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::numbered::{Key, Keyed, Numbered};
use super::orders::Step;
use super::viewers::count_up;
use crate::series::Share;
use crate::view::ProductFigures;

/// The figures of every product that an event named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Products(Numbered<Product>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Product {
    key: Key,
    id: String,
    /// The number of the fact that last changed it.
    version: u64,
    /// Events that are counted here; a product of which all were taken back is none.
    events: i64,
    exposures: i64,
    clicks: i64,
    orders_created: i64,
    orders_paid: i64,
    gmv: i64,
    refunds: i64,
    /// Who was shown it, who clicked it, by number.
    exposed: RoaringBitmap,
    clicked: RoaringBitmap,
    exposed_viewers: i64,
    clicking_viewers: i64,
    /// By minute: clicks, and orders paid.
    minutes: BTreeMap<i64, (i64, i64)>,
    /// Orders that each buyer paid.
    payments: IndexMap<u32, u32>,
}

impl Eq for Product {}

impl Keyed for Product {
    fn key(&self) -> Key {
        self.key
    }
}

impl Product {
    fn new(id: &str, key: Key) -> Self {
        Self {
            key,
            id: id.to_owned(),
            version: 0,
            events: 0,
            exposures: 0,
            clicks: 0,
            orders_created: 0,
            orders_paid: 0,
            gmv: 0,
            refunds: 0,
            exposed: RoaringBitmap::new(),
            clicked: RoaringBitmap::new(),
            exposed_viewers: 0,
            clicking_viewers: 0,
            minutes: BTreeMap::new(),
            payments: IndexMap::new(),
        }
    }

    fn figures(&self) -> ProductFigures {
        ProductFigures {
            product: self.id.clone(),
            exposures: self.exposures,
            exposed_viewers: self.exposed_viewers,
            clicks: self.clicks,
            clicking_viewers: self.clicking_viewers,
            orders_created: self.orders_created,
            orders_paid: self.orders_paid,
            buyers: self.payments.len() as i64,
            gmv: self.gmv,
            refunds: self.refunds,
        }
    }
}

impl Products {
    /// The number of the product with this id.
    pub fn number(&mut self, product: &str) -> u32 {
        let key = Key::of(product);
        self.0.number(key, || Product::new(product, key)).0
    }

    /// A viewer saw or clicked a product; `version` is the number of the fact that says so.
    pub fn look(&mut self, product: u32, viewer: Option<u32>, clicked: bool, minute: i64, version: u64) {
        let Some(product) = self.0.get_mut(product) else { return };
        product.version = version;
        product.events += 1;
        if clicked {
            product.minutes.entry(minute).or_default().0 += 1;
        }
        let (times, viewers, who) = match clicked {
            true => (&mut product.clicks, &mut product.clicking_viewers, &mut product.clicked),
            false => (&mut product.exposures, &mut product.exposed_viewers, &mut product.exposed),
        };
        *times += 1;
        *viewers += i64::from(viewer.is_some_and(|viewer| who.insert(viewer)));
    }

    /// A step of an order of a product is counted (`sign` 1) or taken back (-1).
    pub fn order(
        &mut self,
        product: u32,
        viewer: Option<u32>,
        step: Step,
        order: (i64, i64),
        sign: i64,
        version: u64,
    ) {
        let (minute, amount) = order;
        let Some(product) = self.0.get_mut(product) else { return };
        product.version = version;
        product.events += sign;
        match step {
            Step::Created => product.orders_created += sign,
            Step::Paid => {
                product.orders_paid += sign;
                product.minutes.entry(minute).or_default().1 += sign;
                product.gmv += sign * amount;
                if let Some(viewer) = viewer {
                    count_up(&mut product.payments, viewer, sign);
                }
            }
            Step::Refunded => product.refunds += sign * amount,
        }
    }

    /// Of one product's clicks of a minute, those that were paid, and the same of all other products. An order counts in
    /// the minute of its payment, some seconds after the click.
    pub fn paid_of_clicks(&self, id: &str, minute: i64) -> (Share, Share) {
        let share = |product: &Product| {
            let (of, with) = product.minutes.get(&minute).copied().unwrap_or_default();
            Share { of, with: with.min(of) }
        };
        let own = self.0.iter().filter(|product| product.id == id).map(share);
        let others = self.0.iter().filter(|product| product.id != id).map(share);
        (Share::sum(own), Share::sum(others))
    }

    /// Orders paid of each product in several minutes.
    pub fn paid(&self, minutes: Range<i64>) -> BTreeMap<&str, i64> {
        let paid =
            |product: &Product| product.minutes.range(minutes.clone()).map(|(_, (_, paid))| paid).sum();
        self.0
            .iter()
            .map(|product| (product.id.as_str(), paid(product)))
            .filter(|(_, paid)| *paid != 0)
            .collect()
    }

    /// Every product that an event counts for, by id.
    pub fn all(&self) -> Vec<ProductFigures> {
        sorted(self.0.iter().filter(|product| product.events > 0))
    }

    /// Those that a fact after the one with this number changed, also those for which no event counts any more.
    pub fn changed_since(&self, number: u64) -> Vec<ProductFigures> {
        sorted(self.0.iter().filter(|product| product.version > number))
    }
}

fn sorted<'a>(products: impl Iterator<Item = &'a Product>) -> Vec<ProductFigures> {
    let mut figures: Vec<ProductFigures> = products.map(Product::figures).collect();
    figures.sort_by(|a, b| a.product.cmp(&b.product));
    figures
}
