//! Who may not be addressed. What must never happen here: somebody who said no is forgotten and urged again.

use std::collections::{BTreeMap, VecDeque};

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::LINE_PAUSE_MS;
use crate::metrics::Key;

/// Viewers who may not be addressed in this show: more than comment in the largest rooms. If there are more, nobody is
/// addressed any more, because forgetting one would mean to urge them.
const BARRED_MAX: usize = 100_000;
/// Viewers who were addressed within ten minutes; while there are more, nobody else is.
const LATELY_MAX: usize = 20_000;

/// Why a viewer is not addressed for the rest of the show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Bar {
    SaidNo,
    UnderAge,
    Complained,
    AskedForHelp,
}

impl Bar {
    /// What a comment says of its writer.
    pub fn of(intent: Option<&str>, doubt: Option<&str>) -> Option<Self> {
        match (doubt, intent) {
            (Some("under_age"), _) => Some(Bar::UnderAge),
            (_, Some("complain")) => Some(Bar::Complained),
            (Some("refused"), _) => Some(Bar::SaidNo),
            (_, Some("order_help")) => Some(Bar::AskedForHelp),
            _ => None,
        }
    }
}

/// Why a line may not be said to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// There is no such hesitation, or its time is up.
    Unknown,
    /// They are held out, so that it can be told whether lines help.
    HeldOut,
    /// They said no.
    SaidNo,
    /// They said to be under age.
    UnderAge,
    /// They complained.
    Complained,
    /// They asked for help with an order.
    AskedForHelp,
    /// They ordered it.
    Ordered,
    /// They left, or said nothing more for ten minutes.
    Gone,
    /// A line was said to them since they last hesitated.
    SaidAlready,
    /// A line was for them less than ten minutes ago.
    TooSoon {
        /// From when on they may be addressed again.
        until: Millis,
    },
    /// There are more viewers who may not be addressed than are kept.
    TooMany,
}

/// The fold of who may not be addressed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bars {
    barred: BTreeMap<Key, Bar>,
    /// Somebody could not be kept.
    full: bool,
    /// When each viewer was last addressed, and the same in the order in which it happened.
    lately: BTreeMap<Key, Millis>,
    order: VecDeque<(Millis, Key)>,
}

impl Bars {
    /// A viewer may not be addressed any more. What was heard first stays the reason, unless a complaint comes.
    pub fn bar(&mut self, viewer: Key, bar: Bar) {
        if bar != Bar::Complained && self.barred.contains_key(&viewer) {
            return;
        }
        if self.barred.len() >= BARRED_MAX && !self.barred.contains_key(&viewer) {
            self.full = true;
            return;
        }
        self.barred.insert(viewer, bar);
    }

    /// Why a viewer may not be addressed for the rest of the show.
    pub fn why(&self, viewer: Key) -> Option<Bar> {
        self.barred.get(&viewer).copied()
    }

    /// A line was for this viewer.
    pub fn addressed(&mut self, viewer: Key, at: Millis) {
        let last = self.lately.entry(viewer).or_insert(at);
        *last = at.max(*last);
        self.order.push_back((at, viewer));
    }

    /// Forgets lines that are long past.
    pub fn pass(&mut self, clock: Millis) {
        while let Some((at, viewer)) = self.order.front().copied()
            && clock.0 - at.0 >= LINE_PAUSE_MS
        {
            self.order.pop_front();
            if self.lately.get(&viewer).is_some_and(|last| clock.0 - last.0 >= LINE_PAUSE_MS) {
                self.lately.remove(&viewer);
            }
        }
    }

    /// Whether a viewer may be addressed at `at`, as far as it depends on the viewer alone.
    pub fn check(&self, viewer: Key, at: Millis) -> Result<(), Forbidden> {
        match self.why(viewer) {
            Some(Bar::SaidNo) => return Err(Forbidden::SaidNo),
            Some(Bar::UnderAge) => return Err(Forbidden::UnderAge),
            Some(Bar::Complained) => return Err(Forbidden::Complained),
            Some(Bar::AskedForHelp) => return Err(Forbidden::AskedForHelp),
            None if self.full || self.order.len() >= LATELY_MAX => return Err(Forbidden::TooMany),
            None => {}
        }
        match self.lately.get(&viewer).map(|last| last.plus(LINE_PAUSE_MS)) {
            Some(until) if at < until => Err(Forbidden::TooSoon { until }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_not_everybody_who_said_no_can_be_kept_nobody_is_addressed() {
        let mut bars = Bars::default();
        let viewer = |n: usize| Key::of(format!("u-{n}").as_str());
        for n in 0..BARRED_MAX {
            bars.bar(viewer(n), Bar::SaidNo);
        }
        let other = Key::of("other");
        assert_eq!(bars.check(other, Millis(0)), Ok(()));
        bars.bar(viewer(BARRED_MAX), Bar::SaidNo);
        assert_eq!(bars.check(viewer(BARRED_MAX), Millis(0)), Err(Forbidden::TooMany));
        assert_eq!(bars.check(other, Millis(0)), Err(Forbidden::TooMany));
        assert_eq!(bars.barred.len(), BARRED_MAX);
    }

    #[test]
    fn whoever_was_addressed_is_left_in_peace_for_ten_minutes_whatever_is_forgotten_meanwhile() {
        let mut bars = Bars::default();
        let viewer = Key::of("u");
        bars.addressed(viewer, Millis(0));
        bars.addressed(viewer, Millis(LINE_PAUSE_MS));
        bars.pass(Millis(LINE_PAUSE_MS));
        let until = Millis(2 * LINE_PAUSE_MS);
        assert_eq!(bars.check(viewer, until.plus(-1)), Err(Forbidden::TooSoon { until }));
        bars.pass(until);
        assert_eq!(bars.check(viewer, until), Ok(()));
        assert_eq!((bars.lately.len(), bars.order.len()), (0, 0));
    }
}
