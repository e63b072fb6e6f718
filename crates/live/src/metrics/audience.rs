//! Who was in the room when. One sign of life moves one stay of one viewer; what the viewer's other devices cover is
//! known by minute, so that the cost of a sign does not grow with the show.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::presence::{Sign, Stay, Track};

/// The stays of everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Audience {
    /// By viewer and connection; the connection is empty where the platform names none.
    tracks: BTreeMap<(String, String), Track>,
    viewers: BTreeMap<String, Coverage>,
    /// Stays that end after the last sign, by their end.
    open: BTreeSet<(Millis, String, String)>,
    /// Stays in `open` of each viewer who is online.
    online: BTreeMap<String, u32>,
    /// The time of the last sign.
    clock: Option<Millis>,
}

/// What one viewer's stays cover.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Coverage {
    stays: u32,
    /// For each minute, in order: stays that touch it, and stays online at its end.
    minutes: Vec<(i64, u32, u32)>,
}

/// What one sign of life changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    /// Change of the number of viewers.
    pub viewers: i64,
    /// Stays as they were and as they are.
    pub stays: Vec<(Option<Stay>, Option<Stay>)>,
    /// Changes of distinct viewers by minute.
    pub minutes: BTreeMap<i64, Change>,
}

/// Changes of the distinct viewers of one minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Present at some moment of it.
    pub present: i64,
    /// Online at its end.
    pub online: i64,
    /// Online at its beginning and its end.
    pub stayed: i64,
}

impl Audience {
    /// Takes in one sign of life.
    pub fn note(&mut self, user: &str, session: Option<&str>, sign: Sign, at: Millis, source: &str) -> Moved {
        let key = (user.to_owned(), session.unwrap_or_default().to_owned());
        let new = || if session.is_some() { Track::connection() } else { Track::viewer() };
        let track = self.tracks.entry(key.clone()).or_insert_with(new);
        let before = track.stays();
        track.note(sign, at, source);
        let after = track.stays();
        self.advance(at);
        let mut moved = Moved::default();
        let (mut before, mut after) = (before.into_iter(), after.into_iter());
        loop {
            let pair = (before.next(), after.next());
            if pair == (None, None) {
                return moved;
            }
            if pair.0 != pair.1 {
                self.restate(&key, pair, &mut moved);
            }
        }
    }

    /// Viewers online at the last sign of life.
    pub fn online(&self) -> i64 {
        i64::try_from(self.online.len()).unwrap_or(i64::MAX)
    }

    fn restate(&mut self, key: &(String, String), pair: (Option<Stay>, Option<Stay>), moved: &mut Moved) {
        if let Some(stay) = &pair.0 {
            self.close(stay, key);
        }
        if let Some(stay) = &pair.1 {
            self.open(stay, key);
        }
        let coverage = self.viewers.entry(key.0.clone()).or_default();
        let known = coverage.stays > 0;
        coverage.stays = coverage.stays + u32::from(pair.1.is_some()) - u32::from(pair.0.is_some());
        moved.viewers += i64::from(coverage.stays > 0) - i64::from(known);
        let range = |stay: &Option<Stay>, of: fn(&Stay) -> Range<i64>| stay.as_ref().map_or(0..0, of);
        let present = (range(&pair.0, Stay::minutes), range(&pair.1, Stay::minutes));
        let online = (range(&pair.0, Stay::boundaries), range(&pair.1, Stay::boundaries));
        for (minute, sign) in gained(&present.1, &present.0, 1).chain(gained(&present.0, &present.1, -1)) {
            coverage.present(minute, sign, &mut moved.minutes);
        }
        for (minute, sign) in gained(&online.1, &online.0, 1).chain(gained(&online.0, &online.1, -1)) {
            coverage.online(minute, sign, &mut moved.minutes);
        }
        moved.minutes.retain(|_, change| *change != Change::default());
        moved.stays.push(pair);
    }

    /// Drops stays that ended by now.
    fn advance(&mut self, at: Millis) {
        let clock = self.clock.map_or(at, |clock| clock.max(at));
        self.clock = Some(clock);
        while let Some((end, _, _)) = self.open.first()
            && *end <= clock
        {
            let Some((_, user, _)) = self.open.pop_first() else { return };
            self.leave(&user);
        }
    }

    fn open(&mut self, stay: &Stay, (user, session): &(String, String)) {
        if self.clock.is_some_and(|clock| stay.end > clock)
            && self.open.insert((stay.end, user.clone(), session.clone()))
        {
            *self.online.entry(user.clone()).or_default() += 1;
        }
    }

    fn close(&mut self, stay: &Stay, (user, session): &(String, String)) {
        if self.open.remove(&(stay.end, user.clone(), session.clone())) {
            self.leave(user);
        }
    }

    fn leave(&mut self, user: &str) {
        if let Some(stays) = self.online.get_mut(user) {
            *stays = stays.saturating_sub(1);
            if *stays == 0 {
                self.online.remove(user);
            }
        }
    }
}

/// The minutes of `a` that are not in `b`, with `sign`.
fn gained(a: &Range<i64>, b: &Range<i64>, sign: i64) -> impl Iterator<Item = (i64, i64)> + use<> {
    let before = a.start..a.end.min(b.start.max(a.start));
    let after = a.start.max(b.end.min(a.end))..a.end;
    let all = if b.is_empty() { a.clone().chain(0..0) } else { before.chain(after) };
    all.map(move |minute| (minute, sign))
}

impl Coverage {
    fn entry(&mut self, minute: i64) -> &mut (i64, u32, u32) {
        let place = match self.minutes.binary_search_by_key(&minute, |(minute, _, _)| *minute) {
            Ok(place) => place,
            Err(place) => {
                self.minutes.insert(place, (minute, 0, 0));
                place
            }
        };
        // The place was found or made just now.
        #[expect(clippy::indexing_slicing, reason = "found or inserted on the lines above")]
        &mut self.minutes[place]
    }

    fn is_online(&self, minute: i64) -> bool {
        let place = self.minutes.binary_search_by_key(&minute, |(minute, _, _)| *minute);
        place.ok().and_then(|place| self.minutes.get(place)).is_some_and(|(_, _, online)| *online > 0)
    }

    fn present(&mut self, minute: i64, sign: i64, changes: &mut BTreeMap<i64, Change>) {
        let (_, present, _) = self.entry(minute);
        changes.entry(minute).or_default().present += count(present, sign);
    }

    fn online(&mut self, minute: i64, sign: i64, changes: &mut BTreeMap<i64, Change>) {
        let (_, _, online) = self.entry(minute);
        let turned = count(online, sign);
        changes.entry(minute).or_default().online += turned;
        if turned == 0 {
            return;
        }
        for (other, stayed) in [(minute - 1, minute), (minute + 1, minute + 1)] {
            if self.is_online(other) {
                changes.entry(stayed).or_default().stayed += turned;
            }
        }
    }
}

/// Counts one stay more or less; 1 if it became the first, -1 if it was the last.
fn count(stays: &mut u32, sign: i64) -> i64 {
    let before = *stays > 0;
    *stays = if sign > 0 { *stays + 1 } else { stays.saturating_sub(1) };
    i64::from(*stays > 0) - i64::from(before)
}
