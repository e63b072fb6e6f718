//! Orders: counted once by (type, order id), however often and in whatever order a platform delivers them.

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::fact::{Fact, Happening};
use super::numbered::{Key, Keyed, Numbered};
use super::viewers::Held;
use super::{MetricsFold, NOBODY, later};

/// A step in the life of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Step {
    Created,
    Paid,
    Refunded,
}

/// What is counted of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    key: Key,
    delivery: Delivery,
}

/// One delivery of a step. Of several the smallest counts, which is the earliest, so that the figures do not depend on
/// which of them arrived first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Delivery {
    at: Millis,
    amount: i64,
    user: Option<String>,
    product: Option<String>,
}

impl Keyed for Order {
    fn key(&self) -> Key {
        self.key
    }
}

/// The order events that are counted.
pub(super) type Orders = Numbered<Order>;

impl MetricsFold {
    /// Takes in an order event.
    pub(super) fn order(&mut self, fact: &Fact, viewer: Option<u32>) {
        let step = match fact.happening {
            Happening::OrderCreated => Step::Created,
            Happening::OrderPaid => Step::Paid,
            _ => Step::Refunded,
        };
        later(&mut self.as_of.order, fact.at);
        self.delivered.orders += 1;
        let delivery = Delivery {
            at: fact.at,
            amount: fact.amount.unwrap_or(0),
            user: fact.user.map(|user| user.to_string()),
            product: fact.product.map(str::to_owned),
        };
        let key = Key::of(fact.order.unwrap_or_default()).within(Key::of_number(step as u32));
        let (number, new) = self.orders.number(key, || Order { key, delivery: delivery.clone() });
        if !new {
            let Some(order) = self.orders.get_mut(number).filter(|order| delivery < order.delivery) else {
                return;
            };
            let before = std::mem::replace(&mut order.delivery, delivery.clone());
            let buyer = before.user.as_deref().map(|user| self.viewer_of(user, before.at));
            self.count_order(step, &before, buyer, -1);
        }
        self.count_order(step, &delivery, viewer, 1);
    }

    /// The number of the viewer with this id, who did something at this time.
    fn viewer_of(&mut self, user: &str, at: Millis) -> u32 {
        let place = self.minutes.place(at.minute());
        self.viewers.number(Key::of(user), NOBODY, place.block)
    }

    fn count_order(&mut self, step: Step, order: &Delivery, viewer: Option<u32>, sign: i64) {
        let amount = sign * order.amount;
        let product = order.product.as_deref().map_or(NOBODY, |product| self.products.number(product));
        let minute = order.at.minute();
        self.products.order(product, viewer, step, (minute, order.amount), sign, self.number);
        let (in_minute, in_show) = match (step, viewer) {
            (Step::Paid, Some(viewer)) => self.count_payment(viewer, order.at, sign),
            _ => (0, 0),
        };
        let place = self.minutes.place(order.at.minute());
        let counts = self.minutes.restate(place, self.number);
        let sums = &mut self.sums;
        match step {
            Step::Created => {
                counts.orders_created += sign;
                sums.orders_created += sign;
            }
            Step::Paid => {
                counts.orders_paid += sign;
                counts.gmv += amount;
                counts.buyers += in_minute;
                sums.orders_paid += sign;
                sums.gmv += amount;
                sums.buyers += in_show;
                sums.anonymous_orders += if viewer.is_none() { sign } else { 0 };
            }
            Step::Refunded => {
                counts.refunds += amount;
                sums.refunds += amount;
            }
        }
    }

    /// How a payment, or taking one back, changes the number of buyers of its minute and of the show.
    fn count_payment(&mut self, viewer: u32, at: Millis, sign: i64) -> (i64, i64) {
        let place = self.minutes.place(at.minute());
        let turned = match sign {
            1 => self.viewers.hold(viewer, place.block, Held::Paid, place.mask()),
            _ => self.viewers.release(viewer, place.block, Held::Paid, place.mask()),
        };
        (sign * i64::from(turned != 0), self.viewers.pay(viewer, sign))
    }
}
