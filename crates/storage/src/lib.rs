//! Relational data on SQLite or PostgreSQL. Every statement is written once, in the subset that both understand, and a
//! test prepares all of them on both. Only this crate knows sqlx.
//!
//! Writes go through [`Db::write`], which serialises them on either engine; the closure may run twice, so it does
//! nothing but speak to the database. A recipe for a new table: a migration, a file named after the noun with a row
//! struct and functions that take `&Tx`, and each statement in [`sql!`].

mod backup;
mod db;
mod error;
mod folding;
mod mirror;
mod rows;
mod statement;
mod traces;

pub mod after_sale;
pub mod audit;
pub mod catalogue;
pub mod changes;
pub mod claims;
pub mod compensations;
pub mod customer_looks;
pub mod customers;
pub mod deliveries;
pub mod erasures;
pub mod fact_edits;
pub mod facts;
pub mod faq_entries;
pub mod faq_learned;
pub mod faq_statistics;
pub mod fulfilments;
pub mod holds;
pub mod imports;
pub mod intercepts;
pub mod invitations;
pub mod jobs;
pub mod links;
pub mod log_batches;
pub mod order_checks;
pub mod order_decisions;
pub mod order_outcomes;
pub mod orders;
pub mod people;
pub mod price_ledger;
pub mod prices;
pub mod products;
pub mod promotions;
pub mod reservations;
pub mod retention_runs;
pub mod rooms;
pub mod sessions;
pub mod shows;
pub mod skus;
pub mod snapshots;
pub mod stock;
pub mod stock_recipes;
pub mod stock_reports;
pub mod tickets;

#[doc(hidden)]
pub use inventory as __inventory;

pub use db::{Db, Engine, Tx};
pub use error::Error;
pub use statement::{Statement, Value};
