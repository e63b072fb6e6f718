//! What is simulated.

use livehand_kernel::{Fen, Millis};

/// A product that the audience can buy.
#[derive(Clone, Debug)]
pub struct SimulatedProduct {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Price.
    pub price: Fen,
    /// Link number.
    pub link_number: i64,
}

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The same seed gives the same audience.
    pub seed: u64,
    /// Viewers wanted in the room at once, about.
    pub viewers: u32,
    /// How long people come, in minutes.
    pub minutes: u32,
    /// When the show begins.
    pub start: Millis,
    /// What is sold, in the order in which it is on stage. May be empty.
    pub products: Vec<SimulatedProduct>,
    /// How long each product is on stage, in s.
    pub slot_seconds: u32,
}

impl Scenario {
    /// The product on stage at a moment, by the plan: each for [`slot_seconds`](Self::slot_seconds), over and over.
    pub fn on_stage(&self, at: Millis) -> Option<&SimulatedProduct> {
        self.products.get(self.planned(at))
    }

    /// Where in the line-up the plan is; beyond the end if the line-up is empty.
    pub(super) fn planned(&self, at: Millis) -> usize {
        let slot_ms = i64::from(self.slot_seconds.max(1)) * 1000;
        let slot = usize::try_from((at.0 - self.start.0).max(0) / slot_ms).unwrap_or(0);
        slot % self.products.len().max(1)
    }
}
