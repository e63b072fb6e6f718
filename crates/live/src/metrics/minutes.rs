//! What is counted by minute. Minutes stand in blocks of 64, so that the minutes of one viewer are the bits of a word.

use std::collections::BTreeMap;
use std::ops::Range;

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::sources::BySource;

/// Minutes in a block: the bits of a word.
const BLOCK: i64 = 64;

/// Counts of one minute. What makes distinct counts distinct is kept by viewer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MinuteCounts {
    /// The number of the event that last changed it; 0 if none ever did.
    pub version: u64,
    pub has_data: bool,
    pub sources: BySource,
    pub views: i64,
    pub retained: [i64; 3],
    /// Those retained for 60 s, by source.
    pub retained_sources: BySource,
    pub online_end: i64,
    pub present: i64,
    pub stayed: i64,
    pub interactions: i64,
    pub interactors: i64,
    pub comments: i64,
    pub like_taps: i64,
    pub shares: i64,
    pub follows: i64,
    pub gifts: i64,
    pub exposures: i64,
    pub exposed_viewers: i64,
    pub clicks: i64,
    pub clicking_viewers: i64,
    pub orders_created: i64,
    pub orders_paid: i64,
    pub buyers: i64,
    pub gmv: i64,
    pub refunds: i64,
    /// The platform's own online count: the last one of the minute, with its rounding unit.
    pub platform_online: Option<(Millis, i64, i64)>,
}

/// Where a minute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub block: i32,
    /// Its bit in the block.
    pub bit: u32,
}

impl Place {
    /// The word in which only this minute is set.
    pub fn mask(self) -> u64 {
        1 << self.bit
    }
}

/// All minutes of a show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Minutes {
    /// The first minute that anything was heard of: block 0 begins there, and most shows end in it.
    origin: Option<i64>,
    blocks: BTreeMap<i32, Vec<MinuteCounts>>,
}

impl Minutes {
    /// Where a minute stands; the first one that is asked for settles where blocks begin.
    pub fn place(&mut self, minute: i64) -> Place {
        place(*self.origin.get_or_insert(minute), minute)
    }

    /// The minutes of `range` by block, as words.
    pub fn words(&self, range: Range<i64>) -> impl Iterator<Item = (i32, u64)> + use<> {
        let origin = self.origin.unwrap_or(range.start);
        let mut next = range.start;
        std::iter::from_fn(move || {
            if next >= range.end {
                return None;
            }
            let Place { block, bit } = place(origin, next);
            let count = (range.end - next).min(BLOCK - i64::from(bit));
            next += count;
            Some((block, (u64::MAX >> (BLOCK - count)) << bit))
        })
    }

    /// The counts at a place, which the event with this number is about to change.
    pub fn restate(&mut self, at: Place, number: u64) -> &mut MinuteCounts {
        let block =
            self.blocks.entry(at.block).or_insert_with(|| vec![MinuteCounts::default(); BLOCK as usize]);
        #[expect(clippy::indexing_slicing, reason = "a block has as many minutes as a place has bits")]
        let counts = &mut block[at.bit as usize];
        counts.version = number;
        counts
    }

    /// Whether an event fell into the minute.
    pub fn has_data(&self, at: Place) -> bool {
        let counts = self.blocks.get(&at.block).and_then(|block| block.get(at.bit as usize));
        counts.is_some_and(|counts| counts.has_data)
    }

    /// The counts of a minute that something is known of.
    pub fn get(&self, minute: i64) -> Option<&MinuteCounts> {
        let Place { block, bit } = place(self.origin?, minute);
        self.blocks.get(&block)?.get(bit as usize).filter(|counts| counts.version > 0)
    }

    /// The minutes of `range` that something is known of, in order.
    pub fn range(&self, range: Range<i64>) -> impl DoubleEndedIterator<Item = (i64, &MinuteCounts)> {
        let origin = self.origin.unwrap_or_default();
        let ends = (place(origin, range.start).block, place(origin, range.end).block);
        let blocks = self.blocks.range(ends.0..=ends.1.max(ends.0));
        let minutes = blocks.flat_map(move |(block, counts)| {
            let first = origin + i64::from(*block) * BLOCK;
            counts.iter().enumerate().map(move |(bit, counts)| (first + bit as i64, counts))
        });
        minutes.filter(move |(minute, counts)| range.contains(minute) && counts.version > 0)
    }

    /// Every minute that something is known of, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &MinuteCounts)> {
        let first = self.blocks.keys().next().copied().unwrap_or_default();
        let last = self.blocks.keys().next_back().copied().unwrap_or_default();
        let origin = self.origin.unwrap_or_default();
        self.range(origin + i64::from(first) * BLOCK..origin + (i64::from(last) + 1) * BLOCK)
    }
}

fn place(origin: i64, minute: i64) -> Place {
    let distance = minute.saturating_sub(origin);
    let block =
        i32::try_from(distance.div_euclid(BLOCK)).unwrap_or(if distance < 0 { i32::MIN } else { i32::MAX });
    Place { block, bit: distance.rem_euclid(BLOCK) as u32 }
}
