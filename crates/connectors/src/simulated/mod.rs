//! A made-up audience. The same scenario gives the same events, byte for byte; nothing of it is real.
//!
//! Arrivals are a burst of followers at the opening and then a steady stream of strangers; stays are a mixture of
//! bounces, log-normal browsing and loyal fans (Veloso et al., IMC 2002, found log-normal stays in live streams); what a
//! viewer does is Poisson. The rates follow published live-commerce samples where there are some and are assumptions
//! otherwise; they stand in `rates.rs` as named constants.

mod audience;
mod corpus;
mod rates;
mod scenario;
#[cfg(test)]
mod tests;

pub use audience::Audience;
pub use scenario::{Scenario, SimulatedProduct};
