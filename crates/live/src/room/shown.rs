//! Parts of what the crew sees of a room.

use std::collections::BTreeSet;

use super::{Changes, Room, Staged};
use crate::alarms::drop::Verdict;
use crate::alarms::{Watch, WatchState, falls};
use crate::metrics::Series;
use crate::view::{Minute, Stage};

impl Room {
    /// The minutes that a view at the beginning of `changes` lacks or shows otherwise.
    pub(super) fn changed_minutes(&self, changes: &Changes) -> Vec<Minute> {
        let (before, basis) = (changes.basis, self.metrics.basis(self.clock));
        if basis.presence_known != before.presence_known || basis.first != before.first {
            return self.metrics.minutes(self.clock);
        }
        // Minutes without an event are shown too, as gaps.
        let mut minutes = BTreeSet::from_iter(
            basis.first.into_iter().flat_map(|first| changes.clock.minute().max(first)..=self.clock.minute()),
        );
        if basis.last_sign != before.last_sign {
            minutes.extend(before.last_sign.into_iter().chain(basis.last_sign));
        }
        self.metrics.minutes_since(changes.facts, &minutes, self.clock)
    }

    pub(super) fn stage_view(&self) -> Option<Stage> {
        let Staged { product, since, price } = self.stage.clone()?;
        Some(Stage { product, since, price })
    }

    pub(super) fn watches(&self) -> Vec<Watch> {
        let watch = |(series, verdict): (Series, Option<Verdict>)| {
            let permille = |visible: f64| libm::round(visible * 1_000.0) as i64;
            let (state, visible) = match verdict {
                None => (WatchState::Unknown, None),
                Some(Verdict::Learning) => (WatchState::Learning, None),
                Some(Verdict::Calm { visible: None }) => (WatchState::TooFew, None),
                Some(Verdict::Calm { visible }) => (WatchState::Watching, visible.map(permille)),
                Some(Verdict::Fallen(_)) => (WatchState::Watching, None),
            };
            Watch { series, state, visible_permille: visible }
        };
        falls(self, self.clock.minute() - 1).into_iter().map(watch).collect()
    }
}
