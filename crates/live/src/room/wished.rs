//! What viewers wish for and suffer from, as a room takes it in.

use livehand_kernel::Millis;

use super::{Changes, Room};
use crate::demand::Heard;
use crate::event::Event;
use crate::questions::asks;
use crate::view::{DemandCard, Ratio, TimelineKind, Wish};

impl Room {
    /// What a comment wishes for or suffers from; whether a demand changed.
    pub(super) fn wished(&mut self, event: &Event, at: Millis, text: &str) -> bool {
        self.troubles.hear(event, at, self.clock);
        let heard = Heard {
            event,
            sequence: self.sequence,
            at,
            clock: self.clock,
            stage: self.stage.as_ref().map(|stage| stage.product.as_str()),
            text,
            asks: event.counts() && event.intent.as_deref().is_some_and(asks),
        };
        let metrics = &self.metrics;
        self.demand.hear(&heard, || metrics.online_now())
    }

    pub(super) fn demand_closed(&mut self, event: &Event, at: Millis, changes: &mut Changes) {
        let Some(id) = event.demand else { return };
        let outcome = event.text.as_deref().unwrap_or_default();
        if self.demand.close(id, at, self.clock, event.by.clone(), outcome) {
            changes.demands = true;
            self.enter(event, at, TimelineKind::DemandClosed, Some(id.to_string()), changes);
        }
    }

    /// Demands, those that rose last first: open ones, then the last that are over or closed.
    pub fn demands(&self) -> Vec<DemandCard> {
        self.demand.cards(self.clock)
    }

    /// Every variant that was wished for, as far as its wishes are kept, by product, and how many wishes went because others
    /// were more recent.
    pub fn wishes(&self) -> (Vec<Wish>, u64) {
        self.demand.variants()
    }

    /// Of the viewers who asked something, how many bought later. Absent: not known.
    pub fn askers_who_bought(&self) -> Option<Ratio> {
        self.demand.conversion()
    }
}
