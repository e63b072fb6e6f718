//! 订单接入: orders from a shop's export, a signed webhook and the simulator. Each notice is taken once, in one transaction
//! with whom the order goes to, what was promised when it was bought, and the prices that were paid.
//!
//! What must never happen here: a name, a number or an address that is written anywhere but through the keeper of personal
//! data, and an order that is counted as paid twice.

mod export;
mod invented;
mod look;
mod own;
mod promise;
mod settle;
mod simulated;
mod stock;
mod take;
mod webhook;

use livehand_compliance::personal::Given;
use livehand_trade::orders::{Notice, State, Took};

pub use export::{ImportRefusal, OrdersImport, OrdersImported};
pub(super) use look::cursor;
pub use look::{OrderDetail, OrderPage, OrderQuery};
pub use promise::{Promise, PromisedFact, PromisedLine, SaidThen};
pub(crate) use stock::OrderStock;
pub(super) use stock::booked;
pub use stock::run_order_stock;
pub use webhook::{OrderSecret, SignedBody, Verified};

/// A notice with whom the order goes to. Printing it does not say whom.
#[derive(Debug)]
pub struct NewOrderNotice {
    /// What is said of the order.
    pub notice: Notice,
    /// To whom it goes.
    pub recipient: Option<Given>,
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTaken {
    /// The order's id here.
    pub order: String,
    /// What the notice did when it was first taken.
    pub took: Took,
    /// Where the order stood then.
    pub state: State,
    /// Whether it was taken before.
    pub again: bool,
}
