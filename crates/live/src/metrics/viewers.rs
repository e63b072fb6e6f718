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
    /// Those of the block in which the viewer was first heard of; most viewers need no other.
    words: Words,
    /// Stays; those of all blocks.
    pub stays: u32,
    /// Stays that are not over.
    pub open: u32,
    /// Orders that the viewer paid.
    pub payments: u32,
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
        self.words.interacted ^ last ^ u64::from(self.stays)
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
    block: i32,
    pub interacted: u64,
    pub exposed: u64,
    pub clicked: u64,
    /// For each of [`Held`], the minutes in which it holds at least once.
    held: [u64; 3],
    /// For each of [`Held`], how much more often than once, as binary numbers that stand upright: the word n has the
    /// n-th digit of every minute. Few viewers have any.
    more: Option<Box<[Vec<u64>; 3]>>,
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

    /// It holds once more in these minutes. Returns those in which it did not before.
    pub fn hold(&mut self, what: Held, minutes: u64) -> u64 {
        let before = self.held(what);
        *self.held_mut(what) |= minutes;
        let mut carry = before & minutes;
        if carry != 0 {
            let digits = self.digits(what);
            for digit in digits.iter_mut() {
                (*digit, carry) = (*digit ^ carry, *digit & carry);
            }
            if carry != 0 {
                digits.push(carry);
            }
        }
        minutes & !before
    }

    /// It holds once less in these minutes. Returns those in which it does no more.
    pub fn release(&mut self, what: Held, minutes: u64) -> u64 {
        let minutes = minutes & self.held(what);
        let Some(more) = &mut self.more else {
            *self.held_mut(what) &= !minutes;
            return minutes;
        };
        let [present, online, paid] = &mut **more;
        let digits = match what {
            Held::Present => present,
            Held::Online => online,
            Held::Paid => paid,
        };
        let often = digits.iter().fold(0, |all, digit| all | digit);
        let mut borrow = minutes & often;
        for digit in digits.iter_mut() {
            (*digit, borrow) = (*digit ^ borrow, !*digit & borrow);
        }
        if more.iter().flatten().all(|digit| *digit == 0) {
            self.more = None;
        }
        *self.held_mut(what) &= !(minutes & !often);
        minutes & !often
    }

    fn held_mut(&mut self, what: Held) -> &mut u64 {
        let [present, online, paid] = &mut self.held;
        match what {
            Held::Present => present,
            Held::Online => online,
            Held::Paid => paid,
        }
    }

    fn digits(&mut self, what: Held) -> &mut Vec<u64> {
        let [present, online, paid] = &mut **self.more.get_or_insert_default();
        match what {
            Held::Present => present,
            Held::Online => online,
            Held::Paid => paid,
        }
    }
}

/// Everybody who was heard of, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Viewers {
    known: Numbered<Viewer>,
    /// By viewer and block: the blocks in which a viewer was not first heard of.
    elsewhere: IndexMap<(u32, i32), Words>,
}

impl Viewers {
    /// The number of the viewer with this key, first heard of in `block` if nobody knew them.
    pub fn number(&mut self, key: Key, block: i32) -> u32 {
        let made = || Viewer {
            key,
            words: Words { block, ..Words::default() },
            stays: 0,
            open: 0,
            payments: 0,
            acted: false,
            exposed: false,
            clicked: false,
        };
        self.known.number(key, made).0
    }

    /// [`Numbered::approach`].
    pub fn approach(&self, keys: &[Option<Key>]) {
        self.known.approach(keys);
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
            Some(viewer) if viewer.words.block == block => &mut viewer.words,
            _ => self.elsewhere.entry((number, block)).or_default(),
        }
    }

    /// Whether the viewer was online at the end of a minute.
    pub fn is_online(&self, number: u32, at: Place) -> bool {
        let words = match self.known.get(number) {
            Some(viewer) if viewer.words.block == at.block => Some(&viewer.words),
            _ => self.elsewhere.get(&(number, at.block)),
        };
        words.is_some_and(|words| words.held(Held::Online) & at.mask() != 0)
    }
}
