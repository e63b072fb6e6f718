//! 交易: what is asked, what is paid, and what is there to be sold.
//!
//! Pure: no clock, no I/O. Money is integer fen throughout.

pub mod fulfilment;
pub mod intercepts;
pub mod ledger;
pub mod offers;
pub mod orders;
pub mod prices;
pub mod reservation;
pub mod stock;
pub mod tickets;
pub mod verification;
