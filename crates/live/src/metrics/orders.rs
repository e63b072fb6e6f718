//! Orders: counted once by (type, order id), however often and in whatever order a platform delivers them.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::{MetricsFold, Touched, later};
use crate::event::{Event, Kind};

/// A step in the life of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Step {
    Created,
    Paid,
    Refunded,
}

/// What is counted of one step. Of several deliveries the smallest counts, which is the earliest, so that the figures do
/// not depend on which of them arrived first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Fact {
    at: Millis,
    amount: i64,
    user: Option<String>,
    product: Option<String>,
}

/// The order events that are counted.
pub(super) type Orders = IndexMap<(String, Step), Fact>;

impl MetricsFold {
    /// Takes in an order event.
    pub(super) fn order(&mut self, event: &Event, at: Millis, touched: &mut Touched) {
        let step = match event.kind {
            Kind::OrderCreated => Step::Created,
            Kind::OrderPaid => Step::Paid,
            _ => Step::Refunded,
        };
        later(&mut self.as_of.order, at);
        self.delivered.orders += 1;
        let (amount, user, product) = (event.amount.unwrap_or(0), event.user.clone(), event.product.clone());
        let fact = Fact { at, amount, user, product };
        let key = (event.order.clone().unwrap_or_default(), step);
        match self.orders.get(&key) {
            Some(known) if *known <= fact => return,
            Some(known) => {
                let known = known.clone();
                self.count_order(step, &known, -1, touched);
            }
            None => {}
        }
        self.count_order(step, &fact, 1, touched);
        self.orders.insert(key, fact);
    }

    fn count_order(&mut self, step: Step, fact: &Fact, sign: i64, touched: &mut Touched) {
        let minute = fact.at.minute();
        let amount = sign * fact.amount;
        let number = fact.user.as_deref().map(|user| self.viewer(user).0);
        if let Some(product) = &fact.product {
            self.products.order(product, number, step, fact.amount, sign);
            touched.product(product);
        }
        let (in_minute, in_show) = match (step, &fact.user) {
            (Step::Paid, Some(user)) => self.count_payment(user, minute, sign),
            _ => (0, 0),
        };
        let counts = self.minute(minute, touched);
        match step {
            Step::Created => counts.orders_created += sign,
            Step::Paid => {
                counts.orders_paid += sign;
                counts.gmv += amount;
                counts.buyers += in_minute;
            }
            Step::Refunded => counts.refunds += amount,
        }
        match step {
            Step::Created => self.sums.orders_created += sign,
            Step::Paid => {
                self.sums.orders_paid += sign;
                self.sums.gmv += amount;
                self.sums.buyers += in_show;
                self.sums.anonymous_orders += if fact.user.is_none() { sign } else { 0 };
            }
            Step::Refunded => self.sums.refunds += amount,
        }
    }

    /// How a payment, or taking one back, changes the number of buyers of its minute and of the show.
    fn count_payment(&mut self, user: &str, minute: i64, sign: i64) -> (i64, i64) {
        let (_, viewer) = self.viewer(user);
        let buyers =
            |paid: &BTreeMap<i64, u32>| (i64::from(paid.contains_key(&minute)), i64::from(!paid.is_empty()));
        let before = buyers(&viewer.paid);
        let payments = viewer.paid.entry(minute).or_default();
        *payments = if sign > 0 { *payments + 1 } else { payments.saturating_sub(1) };
        if *payments == 0 {
            viewer.paid.remove(&minute);
        }
        let after = buyers(&viewer.paid);
        (after.0 - before.0, after.1 - before.1)
    }
}
