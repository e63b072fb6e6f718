//! Who was in the room when. One sign of life moves one stay of one viewer; what the viewer's other devices cover is
//! known by minute, so that the cost of a sign does not grow with the show.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use indexmap::{Equivalent, IndexMap};
use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::presence::{Sign, Stay, Track};
use super::sources::Source;

/// The stays of everybody. Viewers are known by their number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Audience {
    /// By viewer and connection; the connection is empty where the platform names none.
    tracks: IndexMap<(u32, String), Track>,
    /// By number.
    viewers: Vec<Coverage>,
    /// Stays that end after the last sign: their end, and the place of their track.
    open: BTreeSet<(Millis, usize)>,
    /// Viewers with a stay in `open`.
    online: i64,
    /// The time of the last sign.
    clock: Option<Millis>,
}

/// What one viewer's stays cover.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Coverage {
    stays: u32,
    /// Those that end after the last sign.
    open: u32,
    /// For each minute, in order: stays that touch it, and stays online at its end.
    minutes: Vec<(i64, u32, u32)>,
}

/// The key of a track, borrowed. Hashes like the tuple that it stands for.
#[derive(Hash)]
struct Connection<'a>(u32, &'a str);

impl Equivalent<(u32, String)> for Connection<'_> {
    fn equivalent(&self, key: &(u32, String)) -> bool {
        self.0 == key.0 && self.1 == key.1
    }
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
    /// Takes in one sign of life of the viewer with this number.
    pub fn note(
        &mut self,
        viewer: u32,
        session: Option<&str>,
        sign: Sign,
        at: Millis,
        source: Source,
    ) -> Moved {
        let mut moved = Moved::default();
        let place = self.place(viewer, session);
        let Some((_, track)) = self.tracks.get_index_mut(place) else { return moved };
        let before = track.stays();
        track.note(sign, at, source);
        let after = track.stays();
        self.advance(at);
        let (mut before, mut after) = (before.into_iter(), after.into_iter());
        loop {
            let pair = (before.next(), after.next());
            if pair == (None, None) {
                return moved;
            }
            if pair.0 != pair.1 {
                self.restate(viewer, place, pair, &mut moved);
            }
        }
    }

    /// Viewers online at the last sign of life.
    pub fn online(&self) -> i64 {
        self.online
    }

    /// The place of a track, known or new.
    fn place(&mut self, viewer: u32, session: Option<&str>) -> usize {
        let name = session.unwrap_or_default();
        if let Some(place) = self.tracks.get_index_of(&Connection(viewer, name)) {
            return place;
        }
        let track = if session.is_some() { Track::connection() } else { Track::viewer() };
        self.tracks.insert_full((viewer, name.to_owned()), track).0
    }

    fn coverage(&mut self, viewer: u32) -> &mut Coverage {
        let place = viewer as usize;
        if place >= self.viewers.len() {
            self.viewers.resize_with(place + 1, Coverage::default);
        }
        #[expect(clippy::indexing_slicing, reason = "made long enough on the lines above")]
        &mut self.viewers[place]
    }

    fn restate(&mut self, viewer: u32, track: usize, pair: (Option<Stay>, Option<Stay>), moved: &mut Moved) {
        if let Some(stay) = &pair.0 {
            self.close(viewer, track, stay);
        }
        if let Some(stay) = &pair.1 {
            self.open(viewer, track, stay);
        }
        let coverage = self.coverage(viewer);
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
        while let Some((end, track)) = self.open.first().copied()
            && end <= clock
        {
            self.open.pop_first();
            if let Some(((viewer, _), _)) = self.tracks.get_index(track) {
                self.leave(*viewer);
            }
        }
    }

    fn open(&mut self, viewer: u32, track: usize, stay: &Stay) {
        if self.clock.is_some_and(|clock| stay.end > clock) && self.open.insert((stay.end, track)) {
            let coverage = self.coverage(viewer);
            coverage.open += 1;
            let first = coverage.open == 1;
            self.online += i64::from(first);
        }
    }

    fn close(&mut self, viewer: u32, track: usize, stay: &Stay) {
        if self.open.remove(&(stay.end, track)) {
            self.leave(viewer);
        }
    }

    fn leave(&mut self, viewer: u32) {
        let coverage = self.coverage(viewer);
        let before = coverage.open;
        coverage.open = before.saturating_sub(1);
        self.online -= i64::from(before == 1);
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
