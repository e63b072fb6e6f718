//! What each viewer did in which minute, as far as distinct counts need it: a word of bits for every 64 minutes, so that
//! "for the first time in this minute" is one look, whenever the event comes.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::minutes::Place;
use super::numbered::{Key, Keyed, Numbered};

/// One viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Viewer {
    key: Key,
    /// The block in which the viewer was first heard of; most viewers need no other.
    block: i32,
    words: Words,
    /// Stays; those of all blocks.
    pub stays: u32,
    /// Stays that are not over.
    pub open: u32,
    pub acted: bool,
    pub exposed: bool,
    pub clicked: bool,
}

impl Keyed for Viewer {
    fn key(&self) -> Key {
        self.key
    }

    fn touch(&self) -> u64 {
        let [_, _, last] = self.words.held;
        self.key.touch() ^ self.words.interacted ^ last ^ u64::from(self.stays)
    }
}

/// What is counted by how often it holds, because it can be taken back: a minute counts once while it holds at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A stay touches the minute.
    Present,
    /// A stay is online at its end.
    Online,
    /// An order was paid in it.
    Paid,
}

/// The minutes of one viewer in one block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Words {
    pub interacted: u64,
    pub exposed: u64,
    pub clicked: u64,
    /// For each of [`Held`], the minutes in which it holds at least once.
    held: [u64; 3],
}

impl Words {
    /// The minutes in which it holds.
    pub fn held(&self, what: Held) -> u64 {
        let [present, online, paid] = self.held;
        match what {
            Held::Present => present,
            Held::Online => online,
            Held::Paid => paid,
        }
    }

    fn held_mut(&mut self, what: Held) -> &mut u64 {
        let [present, online, paid] = &mut self.held;
        match what {
            Held::Present => present,
            Held::Online => online,
            Held::Paid => paid,
        }
    }
}

/// For each of [`Held`], how much more often than once it holds, as binary numbers that stand upright: the word n has the
/// n-th digit of every minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct More([Vec<u64>; 3]);

impl More {
    fn digits(&mut self, what: Held) -> &mut Vec<u64> {
        let [present, online, paid] = &mut self.0;
        match what {
            Held::Present => present,
            Held::Online => online,
            Held::Paid => paid,
        }
    }

    fn add(&mut self, what: Held, mut carry: u64) {
        let digits = self.digits(what);
        for digit in digits.iter_mut() {
            (*digit, carry) = (*digit ^ carry, *digit & carry);
        }
        if carry != 0 {
            digits.push(carry);
        }
    }

    /// Takes away where there is any; the minutes where there was.
    fn subtract(&mut self, what: Held, minutes: u64) -> u64 {
        let digits = self.digits(what);
        let often = minutes & digits.iter().fold(0, |all, digit| all | digit);
        let mut borrow = often;
        for digit in digits.iter_mut() {
            (*digit, borrow) = (*digit ^ borrow, !*digit & borrow);
        }
        often
    }

    fn is_nothing(&self) -> bool {
        self.0.iter().flatten().all(|digit| *digit == 0)
    }
}

/// Everybody who was heard of, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Viewers {
    known: Numbered<Viewer>,
    /// By viewer and block: the blocks in which a viewer was not first heard of.
    elsewhere: IndexMap<(u32, i32), Words>,
    /// By viewer and block, what holds more than once. Few viewers have any.
    more: IndexMap<(u32, i32), More>,
    /// Orders that each buyer paid. Few viewers buy.
    payments: IndexMap<u32, u32>,
}

impl Viewers {
    /// The number of the viewer with this key, probably `near`, first heard of in `block` if nobody knew them.
    pub fn number(&mut self, key: Key, near: u32, block: i32) -> u32 {
        let made = || Viewer {
            key,
            block,
            words: Words::default(),
            stays: 0,
            open: 0,
            acted: false,
            exposed: false,
            clicked: false,
        };
        self.known.number_near(key, near, made).0
    }

    /// [`Numbered::approach`].
    pub fn approach(&self, keys: &[Option<Key>]) -> Vec<u32> {
        self.known.approach(keys)
    }

    /// The viewer with this number.
    pub fn get(&self, number: u32) -> Option<&Viewer> {
        self.known.get(number)
    }

    /// The viewer with this number.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Viewer> {
        self.known.get_mut(number)
    }

    /// What the viewer with this number did in a block.
    pub fn words(&mut self, number: u32, block: i32) -> &mut Words {
        match self.known.get_mut(number) {
            Some(viewer) if viewer.block == block => &mut viewer.words,
            _ => self.elsewhere.entry((number, block)).or_default(),
        }
    }

    /// It holds once more in these minutes of the viewer's block. Returns those in which it did not before.
    pub fn hold(&mut self, number: u32, block: i32, what: Held, minutes: u64) -> u64 {
        let held = self.words(number, block).held_mut(what);
        let before = *held;
        *held |= minutes;
        if before & minutes != 0 {
            self.more.entry((number, block)).or_default().add(what, before & minutes);
        }
        minutes & !before
    }

    /// It holds once less in these minutes of the viewer's block. Returns those in which it does no more.
    pub fn release(&mut self, number: u32, block: i32, what: Held, minutes: u64) -> u64 {
        let minutes = minutes & self.words(number, block).held(what);
        let mut often = 0;
        if let Some(more) = self.more.get_mut(&(number, block)) {
            often = more.subtract(what, minutes);
            if more.is_nothing() {
                self.more.swap_remove(&(number, block));
            }
        }
        *self.words(number, block).held_mut(what) &= !(minutes & !often);
        minutes & !often
    }

    /// The viewer paid one order more (`sign` 1) or less (-1). Returns how that changes the number of buyers.
    pub fn pay(&mut self, number: u32, sign: i64) -> i64 {
        let before = self.payments.len() as i64;
        count_up(&mut self.payments, number, sign);
        self.payments.len() as i64 - before
    }

    /// Whether the viewer was online at the end of a minute.
    pub fn is_online(&self, number: u32, at: Place) -> bool {
        let words = match self.known.get(number) {
            Some(viewer) if viewer.block == at.block => Some(&viewer.words),
            _ => self.elsewhere.get(&(number, at.block)),
        };
        words.is_some_and(|words| words.held(Held::Online) & at.mask() != 0)
    }
}

/// One more or one less of what belongs to a key, which is kept only while there is any.
pub(super) fn count_up(counts: &mut IndexMap<u32, u32>, key: u32, sign: i64) {
    let count = counts.entry(key).or_default();
    *count = if sign > 0 { count.saturating_add(1) } else { count.saturating_sub(1) };
    if *count == 0 {
        counts.swap_remove(&key);
    }
}
