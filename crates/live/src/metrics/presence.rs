//! When a viewer was in the room. Join, heartbeat and leave are idempotent (earliest, latest), so they may arrive in any
//! order and more than once.

use std::collections::BTreeMap;
use std::ops::Range;

use livehand_kernel::{MINUTE_MS, Millis};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::sources::{CameFrom, Details};

/// A session without a leave message is taken to be online for this long after its last sign of life: about 2.2
/// heartbeat periods (spec `lc-metrics-1`).
pub(super) const TIMEOUT_MS: i64 = 200_000;

/// A sign of life of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Sign {
    Join,
    Heartbeat,
    Leave,
}

/// One stay of one device, from a join on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub start: Millis,
    /// Exclusive: the leave, or the time-out after the last sign of life.
    pub end: Millis,
    /// Watch time, which never credits the time-out, in ms.
    pub watched_ms: i64,
    pub from: CameFrom,
}

/// The stays of one track, of which a connection has at most one.
pub(super) type Stays = SmallVec<[Stay; 1]>;

/// What is known of one connection, whose ends only widen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Connection {
    /// The earliest join; [`Millis::MAX`] if none was seen.
    joined: Millis,
    from: CameFrom,
    /// The latest join or heartbeat; [`Millis::MIN`] if none was seen.
    alive: Millis,
    /// The latest leave; [`Millis::MIN`] if none was seen.
    left: Millis,
}

impl Connection {
    /// Of which nothing is known.
    pub const NEW: Self =
        Self { joined: Millis::MAX, from: CameFrom::ELSEWHERE, alive: Millis::MIN, left: Millis::MIN };

    /// Takes in one sign; `from` matters on joins only.
    pub fn note(&mut self, sign: Sign, at: Millis, from: CameFrom, details: &Details) {
        match sign {
            Sign::Join => {
                if at < self.joined {
                    (self.joined, self.from) = (at, from);
                } else if at == self.joined {
                    self.from = details.first(self.from, from);
                }
                self.alive = self.alive.max(at);
            }
            Sign::Heartbeat => self.alive = self.alive.max(at),
            Sign::Leave => self.left = self.left.max(at),
        }
    }

    /// The stay that the signs amount to. Signs without a join make none: such a viewer is counted in interactions only.
    pub fn stay(&self) -> Option<Stay> {
        let left = (self.left != Millis::MIN).then_some(self.left);
        (self.joined != Millis::MAX).then(|| stay(self.joined, self.alive.max(self.joined), left, self.from))
    }
}

/// Everything known of one connection, or, where the platform names none, of one viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Track {
    /// The platform names the connection.
    Connection(Connection),
    /// The platform names only the viewer: the signs in order of time; a join after a leave or a time-out is a new stay.
    Viewer(Box<Signs>),
}

/// The signs of a viewer, each with the source that it names, which matters on joins only.
pub(super) type Signs = BTreeMap<(Millis, Sign), CameFrom>;

/// Takes in one sign of a viewer whose connections are not named.
pub(super) fn note_sign(signs: &mut Signs, sign: Sign, at: Millis, from: CameFrom, details: &Details) {
    let entry = signs.entry((at, sign)).or_insert(from);
    *entry = details.first(*entry, from);
}

impl Track {
    /// When the last stay ends.
    pub fn end(&self) -> Option<Millis> {
        match self {
            Track::Connection(connection) => connection.stay().map(|stay| stay.end),
            Track::Viewer(signs) => stays_of_signs(signs).last().map(|stay| stay.end),
        }
    }
}

fn stay(start: Millis, alive: Millis, leave: Option<Millis>, from: CameFrom) -> Stay {
    let end = leave.unwrap_or(alive.plus(TIMEOUT_MS));
    Stay { start, end, watched_ms: leave.unwrap_or(alive).0 - start.0, from }
}

/// The stays that the signs of a viewer amount to.
pub(super) fn stays_of_signs(signs: &Signs) -> Stays {
    let mut stays = Stays::new();
    let mut open: Option<(Millis, Millis, CameFrom)> = None;
    for ((at, sign), joined_from) in signs {
        let timed_out = open.is_some_and(|(_, alive, _)| *at >= alive.plus(TIMEOUT_MS));
        match (sign, open) {
            (Sign::Leave, Some((start, alive, from))) => {
                let leave = if timed_out { None } else { Some(*at) };
                stays.push(stay(start, alive, leave, from));
                open = None;
            }
            (Sign::Join, Some((start, alive, from))) if timed_out => {
                stays.push(stay(start, alive, None, from));
                open = Some((*at, *at, *joined_from));
            }
            (Sign::Join, None) => open = Some((*at, *at, *joined_from)),
            (_, Some((start, _, from))) if !timed_out => open = Some((start, *at, from)),
            _ => {}
        }
    }
    if let Some((start, alive, from)) = open {
        stays.push(stay(start, alive, None, from));
    }
    stays
}

/// Longest stay that is laid out minute by minute; a longer one is a broken clock.
const STAY_MINUTES_MAX: i64 = 48 * 60;

impl Stay {
    fn last_minute(&self) -> i64 {
        self.end.plus(-1).minute().min(self.start.minute() + STAY_MINUTES_MAX)
    }

    /// The minutes in which the viewer was present at some moment.
    pub fn minutes(&self) -> Range<i64> {
        self.start.minute()..self.last_minute() + 1
    }

    /// The minutes at whose end the viewer was online.
    pub fn boundaries(&self) -> Range<i64> {
        self.start.plus(MINUTE_MS - 1).minute() - 1..self.last_minute()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_without_a_leave_is_online_until_the_time_out_but_is_not_credited_for_it() {
        let mut connection = Connection::NEW;
        connection.note(Sign::Heartbeat, Millis(150_000), CameFrom::ELSEWHERE, &Details::default());
        assert_eq!(connection.stay(), None);
        connection.note(Sign::Join, Millis(60_000), CameFrom::ELSEWHERE, &Details::default());
        let stay = connection.stay().unwrap();
        assert_eq!(stay.end, Millis(350_000));
        assert_eq!(stay.watched_ms, 90_000);
        assert_eq!(stay.minutes(), 1..6);
        assert_eq!(stay.boundaries(), 0..5);
    }

    #[test]
    fn a_viewer_known_only_by_id_may_come_back() {
        let mut signs = Signs::new();
        for (sign, at) in [(Sign::Leave, 90), (Sign::Join, 200), (Sign::Join, 30), (Sign::Heartbeat, 260)] {
            note_sign(&mut signs, sign, Millis(at * 1000), CameFrom::ELSEWHERE, &Details::default());
        }
        let stays = stays_of_signs(&signs);
        assert_eq!(
            stays.iter().map(|s| (s.start.0, s.watched_ms)).collect::<Vec<_>>(),
            [(30_000, 60_000), (200_000, 60_000)]
        );
    }

    #[test]
    fn a_stay_that_ends_on_a_boundary_is_not_online_there() {
        let stay =
            Stay { start: Millis(0), end: Millis(60_000), watched_ms: 60_000, from: CameFrom::ELSEWHERE };
        assert_eq!(stay.boundaries(), -1..0);
        assert_eq!(stay.minutes(), 0..1);
    }
}
