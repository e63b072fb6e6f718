//! Reservations (占库): what an order takes of the stock, from its hold until it is picked or given up.
//!
//! One [`Desk`] decides for the whole shop, one request after another, and says what must be written; its owner writes
//! that in one transaction and answers afterwards. What must never happen here: an order that has some of its lines and
//! not others, units that two orders have, a "sold out" while there is what was asked for, and somebody who is served
//! before an earlier one who could have had it.

mod amend;
mod desk;
mod refusal;
mod taken;
mod waitlist;
mod wish;

pub use desk::{Answer, Changes, Desk};
pub use refusal::Refusal;
pub use taken::Taken;
pub use wish::{HOLD_MS_MAX, HOLD_MS_USUAL, LINES_MAX, Taking, WhenShort, Wish, WishFault};

use livehand_kernel::{Millis, PersonId, SkuId};

use crate::stock::codes;

codes! {
    /// Where an order stands with the stock.
    #[cfg_attr(feature = "schema", schema(as = ReservationStatus))]
    Status {
        /// In the waitlist: there was not enough, and it takes its turn when there is (候补).
        Waiting = "waiting",
        /// Has nothing yet, because stock is only taken when it is paid (待付款，付款占库).
        Open = "open",
        /// Has its units until the hold ends (占用中).
        Held = "held",
        /// Paid, and its units are sold (已付款).
        Paid = "paid",
        /// Its units were taken from the shelf (已拣货).
        Picked = "picked",
        /// Given up before it was paid (已释放).
        Released = "released",
        /// Cancelled; also one that was paid (已取消).
        Cancelled = "cancelled",
        /// It was not paid in time (超时释放).
        Expired = "expired",
    }
}

impl Status {
    /// Whether nothing happens to it by itself any more: no hold that ends, no turn that comes.
    pub fn is_settled(self) -> bool {
        !matches!(self, Status::Waiting | Status::Open | Status::Held)
    }
}

codes! {
    /// What can be done with a reservation.
    #[cfg_attr(feature = "schema", schema(as = ReservationStep))]
    Step {
        /// It is paid.
        Pay = "pay",
        /// Its units are taken from the shelf.
        Pick = "pick",
        /// It is given up, as it was not paid.
        Release = "release",
        /// The order is cancelled, paid or not.
        Cancel = "cancel",
    }
}

/// What one order has of the stock, or waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Id of the order. It is known by it for ever.
    pub order: String,
    /// What was asked for.
    pub wish: Wish,
    /// What it takes, where that is something else than its lines: the parts of bundles, and gifts.
    pub parts: Option<Vec<(SkuId, i64)>>,
    /// Where it stands.
    pub status: Status,
    /// Whether it is paid, which one that waits can be.
    pub paid: bool,
    /// Its number in the order of arrival, if it waits.
    pub place: Option<i64>,
    /// When it was asked for.
    pub made_at: Millis,
    /// When it changed last.
    pub changed_at: Millis,
    /// When it ends by itself.
    pub expires_at: Option<Millis>,
    /// Who changed it last; nobody where time did.
    pub by: Option<PersonId>,
}

impl Reservation {
    /// Units of each SKU that it has or waits for.
    pub fn parts(&self) -> &[(SkuId, i64)] {
        self.parts.as_deref().unwrap_or(&self.wish.lines)
    }
}
