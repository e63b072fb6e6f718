//! 交易: changes that need two people, prices that are watched, the price ledger, what may be claimed of
//! a price, promotions and what they come to, stock, orders and after-sale tickets.

mod apply_change;
mod breakers;
mod changes;
mod claims;
#[cfg(test)]
mod claims_table;
mod decide_change;
mod effect;
mod evidence;
mod five_prices;
mod fulfilment;
mod intake;
mod intercepts;
mod ledger;
mod offer_lines;
mod orders;
mod pack;
mod priced;
mod promotions;
mod record_paid;
mod reservation;
mod simulate;
mod stock;
mod tickets;
mod verification;

pub use breakers::{BreakerPage, BreakerView};
pub use changes::{Assessment, ChangePage, ChangeQuery, ChangeView, NewChange};
pub use claims::{ClaimChecked, ClaimPage, ClaimView};
pub use decide_change::Approval;
pub use effect::PromotionStep;
pub use five_prices::{FivePrices, NewSighting, PriceRow};
pub(crate) use fulfilment::stopped;
pub use fulfilment::{
    FulfilmentMove, FulfilmentMoved, FulfilmentView, NotMoved, WaveOrder, WavePage, WaveQuery,
};
pub(crate) use intake::OrderStock;
pub use intake::{
    ImportRefusal, NewOrderNotice, OrderDetail, OrderPage, OrderQuery, OrderSecret, OrderTaken, OrdersImport,
    OrdersImported, Promise, PromisedFact, PromisedLine, SaidThen, SignedBody, Verified, run_order_stock,
};
pub use intercepts::{
    InterceptAsked, InterceptPage, InterceptQuery, InterceptView, NewIntercept, SpecWish, WarehouseTask,
};
pub use ledger::{LEDGER_MARK, Ladder, LedgerQuery, ProductLedger, Rung};
pub(crate) use ledger::{LedgerState, write_facts};
pub(crate) use orders::is_order;
pub use pack::EvidencePack;
pub use promotions::{PromotionPage, PromotionQuery, PromotionView};
pub use record_paid::{PaidByHand, PaidRecorded};
pub use reservation::{
    Asked as ReservationAsked, NewReservation, NotReserved, Request as ReservationRequest, ReservationPage,
    ReservationQuery, ReservationView, Reservations, Waiter, WaitlistView, run_reservations,
};
pub use simulate::{LineToSimulate, Simulated, Simulation};
pub use stock::{
    NewMovement, NewStockReport, RecipeView, RepairedSku, ReportView, StockMovements, StockPage, StockQuery,
    StockRecorded, StockRepair, StockView,
};
pub(crate) use tickets::{AfterSale, after_sale_event};
pub use tickets::{
    AfterSaleSettings, AnswerRoute, CannedAnswer, CompensationRow, NewTicket, NewTicketAnswer,
    TicketColleague, TicketDetail, TicketEdit, TicketFigures, TicketMove, TicketOpened, TicketOrder,
    TicketPage, TicketQuery, TicketRow, TicketView, run_tickets,
};
pub use verification::{
    CardQuery, DecidedMany, DifferenceView, NewDecision, OrderCard, OrderCards, Rates, VerificationSettings,
    clocks, run_verification,
};
pub(crate) use verification::{Hearing, OrderChecks, recipient_changed};
