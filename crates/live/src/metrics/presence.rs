//! When a viewer was in the room. Join, heartbeat and leave are idempotent (earliest, latest), so they may arrive in any
//! order and more than once.

use std::collections::BTreeMap;
use std::ops::Range;

use livehand_kernel::{MINUTE_MS, Millis};
use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

use super::sources::Source;

/// A session without a leave message is taken to be online for this long after its last sign of life: about 2.2
/// heartbeat periods (spec `lc-metrics-1`).
const TIMEOUT_MS: i64 = 200_000;

/// A sign of life of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Sign {
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
    pub source: Source,
}

/// The stays of one track: for a connection one, unless nobody saw it join.
pub(super) type Stays = SmallVec<[Stay; 1]>;

/// Everything known of one connection, or, where the platform names none, of one viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Track {
    /// The platform names the connection: one stay, whose ends only widen.
    Connection { join: Option<(Millis, Source)>, alive: Option<Millis>, leave: Option<Millis> },
    /// The platform names only the viewer: the signs in order of time; a join after a leave or a time-out is a new stay.
    Viewer(BTreeMap<(Millis, Sign), Source>),
}

impl Track {
    pub fn connection() -> Self {
        Track::Connection { join: None, alive: None, leave: None }
    }

    pub fn viewer() -> Self {
        Track::Viewer(BTreeMap::new())
    }

    /// Takes in one sign; `source` matters on joins only.
    pub fn note(&mut self, sign: Sign, at: Millis, source: Source) {
        match self {
            Track::Viewer(signs) => {
                let entry = signs.entry((at, sign)).or_insert(source);
                *entry = source.min(*entry);
            }
            Track::Connection { join, alive, leave } => match sign {
                Sign::Join => {
                    let candidate = (at, source);
                    if join.as_ref().is_none_or(|known| candidate < *known) {
                        *join = Some(candidate);
                    }
                    *alive = Some(alive.map_or(at, |known| known.max(at)));
                }
                Sign::Heartbeat => *alive = Some(alive.map_or(at, |known| known.max(at))),
                Sign::Leave => *leave = Some(leave.map_or(at, |known| known.max(at))),
            },
        }
    }

    /// The stays that the signs amount to. Signs without a join make none: such a viewer is counted in interactions only.
    pub fn stays(&self) -> Stays {
        match self {
            Track::Connection { join: Some((start, source)), alive, leave } => {
                let alive = alive.unwrap_or(*start).max(*start);
                smallvec![stay(*start, alive, *leave, *source)]
            }
            Track::Connection { .. } => Stays::new(),
            Track::Viewer(signs) => stays_of_signs(signs),
        }
    }
}

fn stay(start: Millis, alive: Millis, leave: Option<Millis>, source: Source) -> Stay {
    let end = leave.unwrap_or(alive.plus(TIMEOUT_MS));
    Stay { start, end, watched_ms: leave.unwrap_or(alive).0 - start.0, source }
}

fn stays_of_signs(signs: &BTreeMap<(Millis, Sign), Source>) -> Stays {
    let mut stays = Stays::new();
    let mut open: Option<(Millis, Millis, Source)> = None;
    for ((at, sign), source) in signs {
        let timed_out = open.is_some_and(|(_, alive, _)| *at >= alive.plus(TIMEOUT_MS));
        match (sign, open) {
            (Sign::Leave, Some((start, alive, from))) => {
                let leave = if timed_out { None } else { Some(*at) };
                stays.push(stay(start, alive, leave, from));
                open = None;
            }
            (Sign::Join, Some((start, alive, from))) if timed_out => {
                stays.push(stay(start, alive, None, from));
                open = Some((*at, *at, *source));
            }
            (Sign::Join, None) => open = Some((*at, *at, *source)),
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
        let mut track = Track::connection();
        track.note(Sign::Heartbeat, Millis(150_000), Source::Other);
        track.note(Sign::Join, Millis(60_000), Source::Feed);
        let stays = track.stays();
        assert_eq!(stays[0].end, Millis(350_000));
        assert_eq!(stays[0].watched_ms, 90_000);
        assert_eq!(stays[0].minutes(), 1..6);
        assert_eq!(stays[0].boundaries(), 0..5);
    }

    #[test]
    fn a_viewer_known_only_by_id_may_come_back() {
        let mut track = Track::viewer();
        for (sign, at) in [(Sign::Leave, 90), (Sign::Join, 200), (Sign::Join, 30), (Sign::Heartbeat, 260)] {
            track.note(sign, Millis(at * 1000), Source::Feed);
        }
        let stays = track.stays();
        assert_eq!(
            stays.iter().map(|s| (s.start.0, s.watched_ms)).collect::<Vec<_>>(),
            [(30_000, 60_000), (200_000, 60_000)]
        );
    }

    #[test]
    fn a_stay_that_ends_on_a_boundary_is_not_online_there() {
        let stay = Stay { start: Millis(0), end: Millis(60_000), watched_ms: 60_000, source: Source::Other };
        assert_eq!(stay.boundaries(), -1..0);
        assert_eq!(stay.minutes(), 0..1);
    }
}
