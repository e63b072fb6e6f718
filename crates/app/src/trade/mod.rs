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
//! 交易: the price ledger, and what may be claimed of a price.

mod claims;
#[cfg(test)]
mod claims_table;
mod evidence;
mod ledger;
mod orders;
mod pack;
mod record_paid;

pub use claims::{ClaimChecked, ClaimPage, ClaimView};
pub(crate) use ledger::{Asked, LedgerState, record_asked};
pub use ledger::{LEDGER_MARK, Ladder, LedgerQuery, ProductLedger, Rung};
pub(crate) use orders::is_order;
pub use pack::EvidencePack;
pub use record_paid::{PaidByHand, PaidRecorded};
