//! 交易: changes that need two people, prices that are watched, the price ledger, what may be claimed of a price, and stock.

mod apply_change;
mod breakers;
mod changes;
mod claims;
#[cfg(test)]
mod claims_table;
mod decide_change;
mod evidence;
mod five_prices;
mod ledger;
mod orders;
mod pack;
mod record_paid;
mod stock;

pub use breakers::{BreakerPage, BreakerView};
pub use changes::{Assessment, ChangePage, ChangeQuery, ChangeView, NewChange};
pub use claims::{ClaimChecked, ClaimPage, ClaimView};
pub use decide_change::Approval;
pub use five_prices::{FivePrices, NewSighting, PriceRow};
pub use ledger::{LEDGER_MARK, Ladder, LedgerQuery, ProductLedger, Rung};
pub(crate) use ledger::{LedgerState, write_facts};
pub(crate) use orders::is_order;
pub use pack::EvidencePack;
pub use record_paid::{PaidByHand, PaidRecorded};
pub use stock::{
    NewMovement, NewStockReport, RecipeView, RepairedSku, ReportView, StockMovements, StockPage, StockQuery,
    StockRecorded, StockRepair, StockView,
};
//! 交易: promotions, and what they come to.

mod offer_lines;
mod promotions;
mod simulate;

pub use promotions::{PromotionPage, PromotionQuery, PromotionView};
pub use simulate::{LineToSimulate, Simulated, Simulation};
