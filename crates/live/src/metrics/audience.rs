//! Who was in the room when. One sign of life moves one stay of one viewer; what the viewer's other devices cover is
//! known by minute, so that the cost of a sign does not grow with the show.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::minutes::Place;
use super::numbered::{Key, Keyed, Numbered};
use super::presence::{Connection, Sign, Signs, Stay, Stays, Track, note_sign, stays_of_signs};
use super::sources::{CameFrom, Details};
use super::viewers::{Held, Viewers};
use super::{MetricsFold, RETENTION_MS, later};

/// One connection of a viewer, or, where the platform names none, the viewer. As large as what the processor fetches at
/// once.
#[repr(align(64))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tracked {
    key: Key,
    viewer: u32,
    /// The second at whose beginning it is looked whether the last stay is over; 0 when it is.
    wake: u32,
    track: Track,
}

impl Keyed for Tracked {
    fn key(&self) -> Key {
        self.key
    }
}

/// The tracks of everybody, and which of them are not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Audience {
    tracks: Numbered<Tracked>,
    /// Tracks to look at when a second begins. A track that lives on is looked at again; what is not the track's own
    /// `wake` any more is passed over.
    waking: BTreeMap<u32, Vec<u32>>,
    /// Viewers with a track that is not over at the beginning of the clock's second.
    online: i64,
    /// The time of the last sign.
    clock: Option<Millis>,
}

impl Audience {
    /// The number of the connection with this key, probably `near`, or of the viewer, if the platform names none.
    pub fn track(&mut self, key: Key, near: u32, viewer: u32, fact: &Fact) -> u32 {
        let track = || match fact.session {
            Some(_) => Track::Connection(Connection::NEW),
            None => Track::Viewer(Box::default()),
        };
        self.tracks.number_near(key, near, || Tracked { key, viewer, wake: 0, track: track() }).0
    }

    /// [`Numbered::approach`].
    pub fn approach(&self, keys: &[Option<Key>]) -> Vec<u32> {
        self.tracks.approach(keys)
    }

    /// Viewers online at the last sign of life.
    pub fn online(&self, viewers: &Viewers) -> i64 {
        let Some(clock) = self.clock else { return 0 };
        // Those whose last track ends within the clock's second, before the clock.
        let mut over: BTreeMap<u32, u32> = BTreeMap::new();
        let second = second_after(clock);
        let waking: BTreeSet<u32> = self.waking.get(&second).into_iter().flatten().copied().collect();
        for track in waking.into_iter().filter_map(|number| self.tracks.get(number)) {
            if track.wake == second && track.track.end().is_some_and(|end| end <= clock) {
                *over.entry(track.viewer).or_default() += 1;
            }
        }
        let gone = |(viewer, tracks): (&u32, &u32)| viewers.get(*viewer).is_some_and(|it| it.open <= *tracks);
        self.online - over.iter().filter(|it| gone(*it)).count() as i64
    }

    /// Moves the clock, and looks at the tracks whose time has come.
    fn advance(&mut self, at: Millis, viewers: &mut Viewers) {
        if self.clock.is_some_and(|clock| at <= clock) {
            return;
        }
        let now = second_of(at);
        if self.clock.replace(at).is_some_and(|before| second_of(before) == now) {
            return;
        }
        while let Some(first) = self.waking.first_entry().filter(|first| *first.key() <= now) {
            let (second, tracks) = first.remove_entry();
            // All are looked at before any is changed, so that memory is waited for once.
            let due = |number: &u32| self.tracks.get(*number).is_some_and(|track| track.wake == second);
            let due: Vec<u32> = tracks.into_iter().filter(due).collect();
            for number in due {
                let Some(track) = self.tracks.get_mut(number).filter(|track| track.wake == second) else {
                    continue;
                };
                track.wake = track.track.end().map_or(0, second_at_or_after);
                if track.wake > now {
                    self.waking.entry(track.wake).or_default().push(number);
                } else {
                    track.wake = 0;
                    self.online -= leave(viewers, track.viewer);
                }
            }
        }
    }

    /// Notes when a track ends that was changed.
    fn watch(&mut self, number: u32, viewers: &mut Viewers) {
        let Some(track) = self.tracks.get_mut(number) else { return };
        let wake = track.track.end().map_or(0, second_at_or_after);
        let open = self.clock.is_some_and(|clock| wake > second_of(clock));
        match (track.wake, open) {
            (0, false) => {}
            (0, true) => {
                track.wake = wake;
                self.waking.entry(wake).or_default().push(number);
                self.online += enter(viewers, track.viewer);
            }
            (_, false) => {
                track.wake = 0;
                self.online -= leave(viewers, track.viewer);
            }
            (before, true) if wake < before => {
                track.wake = wake;
                self.waking.entry(wake).or_default().push(number);
            }
            (_, true) => {}
        }
    }
}

/// The second that an instant lies in; instants before 1970 lie in the first.
fn second_of(at: Millis) -> u32 {
    u32::try_from(at.0.div_euclid(1_000).max(0)).unwrap_or(u32::MAX)
}

fn second_at_or_after(at: Millis) -> u32 {
    second_of(at.plus(999))
}

fn second_after(at: Millis) -> u32 {
    second_of(at).saturating_add(1)
}

/// One more track of the viewer is open; 1 if it is the first.
fn enter(viewers: &mut Viewers, viewer: u32) -> i64 {
    let Some(viewer) = viewers.get_mut(viewer) else { return 0 };
    viewer.open += 1;
    i64::from(viewer.open == 1)
}

/// One track of the viewer less is open; 1 if it was the last.
fn leave(viewers: &mut Viewers, viewer: u32) -> i64 {
    let Some(viewer) = viewers.get_mut(viewer).filter(|viewer| viewer.open > 0) else { return 0 };
    viewer.open -= 1;
    i64::from(viewer.open == 0)
}

impl MetricsFold {
    /// Takes in a sign of life of the viewer and on the track with these numbers.
    pub(super) fn presence(&mut self, sign: Sign, fact: &Fact, viewer: Option<u32>, track: u32) {
        match sign {
            Sign::Join => self.delivered.joins += 1,
            Sign::Heartbeat | Sign::Leave => self.delivered.departures += 1,
        }
        later(&mut self.as_of.presence, fact.at);
        let Some(viewer) = viewer else {
            // A stay needs somebody to belong to; an anonymous arrival is one of unknown many.
            if sign == Sign::Join {
                self.delivered.joins_sampled += 1;
            }
            return;
        };
        let from = self.details.read(fact.source);
        match self.audience.tracks.get_mut(track).map(|it| &mut it.track) {
            Some(Track::Connection(connection)) => {
                let before = connection.stay();
                connection.note(sign, fact.at, from, &self.details);
                let after = connection.stay();
                self.restate_stay(viewer, before.as_ref(), after.as_ref());
            }
            Some(Track::Viewer(signs)) => {
                let (before, after) = note_and_compare(signs, sign, fact.at, from, &self.details);
                let count = before.len().max(after.len());
                for place in 0..count {
                    self.restate_stay(viewer, before.get(place), after.get(place));
                }
            }
            None => return,
        }
        self.audience.advance(fact.at, &mut self.viewers);
        self.audience.watch(track, &mut self.viewers);
    }

    /// Replaces what a stay contributed by what it contributes now.
    fn restate_stay(&mut self, viewer: u32, before: Option<&Stay>, after: Option<&Stay>) {
        if before == after {
            return;
        }
        if let Some(viewer) = self.viewers.get_mut(viewer) {
            let known = viewer.stays > 0;
            viewer.stays = viewer.stays + u32::from(after.is_some()) - u32::from(before.is_some());
            self.sums.viewers += i64::from(viewer.stays > 0) - i64::from(known);
        }
        for (stay, sign) in [(before, -1), (after, 1)] {
            let Some(stay) = stay else { continue };
            self.sums.watch_ms += sign * stay.watched_ms;
        }
        let figures = |stay: &Stay| (stay.start.minute(), stay.from, kept(stay));
        if before.map(figures) != after.map(figures) {
            self.count_stay(before, -1);
            self.count_stay(after, 1);
        }
        let range = |stay: Option<&Stay>, of: fn(&Stay) -> Range<i64>| stay.map_or(0..0, of);
        let (was, is) = (range(before, Stay::minutes), range(after, Stay::minutes));
        if was != is {
            gained(&was, &is).into_iter().for_each(|range| self.hold_presence(viewer, range));
            gained(&is, &was).into_iter().for_each(|range| self.release_presence(viewer, range));
        }
        let (was, is) = (range(before, Stay::boundaries), range(after, Stay::boundaries));
        if was != is {
            gained(&was, &is).into_iter().for_each(|range| self.change_online(viewer, range, 1));
            gained(&is, &was).into_iter().for_each(|range| self.change_online(viewer, range, -1));
        }
    }

    /// Counts a stay in its first minute and in the show.
    fn count_stay(&mut self, stay: Option<&Stay>, sign: i64) {
        let Some(stay) = stay else { return };
        let place = self.minutes.place(stay.start.minute());
        let counts = self.minutes.restate(place, self.number);
        let sums = &mut self.sums;
        counts.views += sign;
        sums.views += sign;
        counts.sources.add(stay.from.source, sign);
        sums.sources.add(stay.from.source, sign);
        self.details.add(stay.from, sign);
        let [_, kept_60, _] = kept(stay);
        counts.retained_sources.add(stay.from.source, sign * kept_60);
        let retained = counts.retained.iter_mut().zip(&mut sums.retained);
        for ((in_minute, in_show), kept) in retained.zip(kept(stay)) {
            *in_minute += sign * kept;
            *in_show += sign * kept;
        }
    }

    fn hold_presence(&mut self, viewer: u32, minutes: Range<i64>) {
        for (block, word) in self.minutes.words(minutes) {
            let turned = self.viewers.hold(viewer, block, Held::Present, word);
            for bit in bits(turned) {
                self.minutes.restate(Place { block, bit }, self.number).present += 1;
            }
        }
    }

    fn release_presence(&mut self, viewer: u32, minutes: Range<i64>) {
        for (block, word) in self.minutes.words(minutes) {
            let turned = self.viewers.release(viewer, block, Held::Present, word);
            for bit in bits(turned) {
                self.minutes.restate(Place { block, bit }, self.number).present -= 1;
            }
        }
    }

    /// The viewer is online at the end of these minutes by one stay more (`sign` 1) or less (-1).
    fn change_online(&mut self, viewer: u32, minutes: Range<i64>, sign: i64) {
        for (block, word) in self.minutes.words(minutes) {
            let before = self.viewers.words(viewer, block).held(Held::Online);
            let turned = match sign {
                1 => self.viewers.hold(viewer, block, Held::Online, word),
                _ => self.viewers.release(viewer, block, Held::Online, word),
            };
            let after = self.viewers.words(viewer, block).held(Held::Online);
            for bit in bits(turned) {
                self.minutes.restate(Place { block, bit }, self.number).online_end += sign;
            }
            // A viewer stayed through a minute when online at its end and at that of the minute before, which for the
            // first minute of a block stands in another one.
            let carried =
                turned & 1 != 0 && self.viewers.is_online(viewer, Place { block: block - 1, bit: 63 });
            let stayed = |online: u64| online & (online << 1 | u64::from(carried));
            for bit in bits(stayed(before) ^ stayed(after)) {
                self.minutes.restate(Place { block, bit }, self.number).stayed += sign;
            }
            let next = Place { block: block + 1, bit: 0 };
            if turned >> 63 != 0 && self.viewers.is_online(viewer, next) {
                self.minutes.restate(next, self.number).stayed += sign;
            }
        }
    }
}

/// The stays of a viewer before and after one more sign.
fn note_and_compare(
    signs: &mut Signs,
    sign: Sign,
    at: Millis,
    from: CameFrom,
    details: &Details,
) -> (Stays, Stays) {
    let before = stays_of_signs(signs);
    note_sign(signs, sign, at, from, details);
    (before, stays_of_signs(signs))
}

/// Which retention thresholds a stay reached, as 0 or 1.
fn kept(stay: &Stay) -> [i64; 3] {
    RETENTION_MS.map(|threshold| i64::from(stay.watched_ms >= threshold))
}

/// The minutes of `is` that are not in `was`: those before it and those after it.
fn gained(was: &Range<i64>, is: &Range<i64>) -> [Range<i64>; 2] {
    if was.is_empty() {
        return [is.clone(), 0..0];
    }
    [is.start..is.end.min(was.start), is.start.max(was.end)..is.end]
}

/// The places of the set bits.
pub(super) fn bits(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros());
        word &= word.wrapping_sub(1);
        bit
    })
}
