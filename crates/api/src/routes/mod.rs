//! Routes, by stage of a show.

pub mod alarms;
pub mod catalogue;
pub mod changes;
pub mod demand;
pub mod faq;
pub mod fulfilment;
pub mod hesitations;
pub mod identity;
pub mod imports;
pub mod intercepts;
pub mod ledger;
pub mod live;
pub mod operations;
pub mod orders;
pub mod prepare;
pub mod prices;
pub mod privacy;
pub mod questions;
pub mod reservations;
pub mod review;
pub mod sayings;
pub mod sheets;
pub mod stock;
pub mod tickets;
pub mod trade;
pub mod wording;
