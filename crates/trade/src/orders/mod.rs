//! Orders (订单): what a platform, a shop or a simulator says of them, and the one order that comes of it.
//!
//! Notices come twice, late and in any order. An order is therefore no list of what happened but what all of its notices
//! say together, joined so that neither their order nor their number matters: the first time at which each state was
//! reached, and of everything else what the latest notice said. Its state follows from that, and never goes back.
//!
//! What must never happen here: a field that holds a name, a number or an address.

mod check;
pub mod export;
mod notice;
mod order;

pub use check::{LINES_MAX, NoticeFault, is_plain_id};
pub use notice::{Line, Notice, Refund};
pub use order::{Attention, Order, StockClaim, Took};

use crate::stock::codes;

codes! {
    /// Where an order stands; later ones outrank earlier ones, whenever a notice of them comes.
    #[cfg_attr(feature = "schema", schema(as = OrderState))]
    State {
        /// It was placed and waits for its payment (待支付).
        Created = "created",
        /// It is paid (待发货).
        Paid = "paid",
        /// It left (已发货).
        Shipped = "shipped",
        /// It was received (已完成).
        Completed = "completed",
        /// It was given up or cancelled (已关闭).
        Closed = "closed",
        /// All of its money went back (已退款).
        Refunded = "refunded",
    }
}
