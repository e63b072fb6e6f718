//! 交易: changes that need two people, prices that are watched.

mod apply_change;
mod breakers;
mod changes;
mod decide_change;
mod five_prices;

pub use breakers::{BreakerPage, BreakerView};
pub use changes::{Assessment, ChangePage, ChangeQuery, ChangeView, NewChange};
pub use decide_change::Approval;
pub use five_prices::{FivePrices, NewSighting, PriceRow};
