//! 拦截发货, 改单: stopping parcels and changing labels, from the request to the customer who is told.
//!
//! The request places a hold in the same transaction in which it looks how far the parcel has come, so that a warehouse that
//! sends it at that moment and support that asks have one winner, and both learn who. What must never happen here: two
//! requests for one order, goods that come back to the shelf twice, and a new address that is written anywhere in clear.

mod ask;
mod contents;
mod export;
mod look;
mod settle;
mod step;

use livehand_trade::intercepts::By;

pub use ask::{InterceptAsked, NewIntercept, SpecWish};
pub use look::{InterceptPage, InterceptQuery, InterceptView, WarehouseTask};

use crate::Caller;

/// Who does a step.
fn by(caller: &Caller) -> By {
    By { id: caller.person(), name: caller.name() }
}
