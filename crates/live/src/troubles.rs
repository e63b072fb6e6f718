//! Technical troubles that viewers write about: no sound, a frozen picture, a coupon that fails, a price that does not match,
//! a link that does not open. Five rules, one mechanism: many different viewers within three minutes.

use std::collections::{BTreeMap, VecDeque};

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use crate::demand::viewer;
use crate::event::Event;
use crate::metrics::Key;

/// The window, ms. The trade takes three to five minutes; sooner is better where nobody can hear.
const WINDOW_MS: i64 = 180_000;
/// Viewers that are remembered of one trouble; so many are an alarm in a room of any size.
const VIEWERS_MAX: usize = 5_000;

/// Topics of comments, and the rule that each belongs to.
const TROUBLES: &[(&str, &str)] = &[
    ("room.no_sound", "no_sound"),
    ("room.picture_frozen", "picture_frozen"),
    ("coupon.cannot_use", "coupon_fails"),
    ("coupon.cannot_get", "coupon_fails"),
    ("price.mismatch", "price_mismatch"),
    ("order.cannot_open", "link_broken"),
];
/// Every rule of this kind.
pub(crate) const RULES: [&str; 5] =
    ["no_sound", "picture_frozen", "coupon_fails", "price_mismatch", "link_broken"];

/// The rule that a comment speaks for, if it counts and speaks of a trouble.
pub(crate) fn rule_of(event: &Event) -> Option<&'static str> {
    let topic = event.topic.as_deref().filter(|_| event.counts())?;
    TROUBLES.iter().find(|(known, _)| *known == topic).map(|(_, rule)| *rule)
}

/// Who wrote of each trouble lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Troubles(BTreeMap<String, Lately>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Lately {
    /// When each viewer last wrote of it.
    viewers: BTreeMap<Key, Millis>,
    /// The same in the order of the log, with entries that a later one has replaced.
    order: VecDeque<(Key, Millis)>,
}

impl Troubles {
    /// Takes in a comment.
    pub fn hear(&mut self, event: &Event, at: Millis, clock: Millis) {
        let Some(rule) = rule_of(event) else { return };
        let lately = self.0.entry(rule.to_owned()).or_default();
        lately.forget(clock);
        let viewer = viewer(event);
        lately.viewers.insert(viewer, at);
        lately.order.push_back((viewer, at));
    }

    /// Distinct viewers who wrote of this trouble within the window that ends at `time`.
    pub fn viewers(&self, rule: &str, time: Millis) -> i64 {
        let inside = |at: &&Millis| time.0 - at.0 < WINDOW_MS;
        self.0.get(rule).map_or(0, |lately| lately.viewers.values().filter(inside).count() as i64)
    }
}

impl Lately {
    /// Forgets who wrote before the window, and the first of too many.
    fn forget(&mut self, clock: Millis) {
        while let Some((viewer, at)) = self.order.front().copied()
            && (clock.0 - at.0 >= WINDOW_MS || self.order.len() >= VIEWERS_MAX)
        {
            self.order.pop_front();
            if self.viewers.get(&viewer) == Some(&at) {
                self.viewers.remove(&viewer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::Millis;

    use super::*;
    use crate::alarms::rule;
    use crate::event::Kind;

    fn says(user: &str, topic: &str) -> Event {
        let mut event = Event::new("c", Millis(0), Kind::Comment);
        (event.user, event.topic) = (Some(user.to_owned()), Some(topic.to_owned()));
        event
    }

    #[test]
    fn viewers_count_once_and_only_for_three_minutes() {
        let mut troubles = Troubles::default();
        for (user, at) in [("a", 0), ("b", 10), ("a", 20), ("c", 100_000)] {
            troubles.hear(&says(user, "room.no_sound"), Millis(at), Millis(at));
        }
        troubles.hear(&says("d", "coupon.cannot_get"), Millis(100_000), Millis(100_000));
        assert_eq!(troubles.viewers("no_sound", Millis(100_000)), 3);
        assert_eq!(troubles.viewers("coupon_fails", Millis(100_000)), 1);
        assert_eq!(troubles.viewers("no_sound", Millis(180_015)), 2);
        assert_eq!(troubles.viewers("no_sound", Millis(400_000)), 0);
    }

    #[test]
    fn a_flood_is_remembered_only_so_far() {
        let mut troubles = Troubles::default();
        for number in 0..10_000_i64 {
            let at = Millis(number);
            troubles.hear(&says(&number.to_string(), "room.no_sound"), at, at);
        }
        assert_eq!(troubles.viewers("no_sound", Millis(10_000)), VIEWERS_MAX as i64);
    }

    #[test]
    fn every_trouble_has_a_rule_with_a_playbook() {
        assert!(TROUBLES.iter().all(|(_, code)| RULES.contains(code) && rule(code).is_some()));
    }
}
