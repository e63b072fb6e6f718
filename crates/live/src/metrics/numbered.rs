//! Things that are known by a key and numbered in the order in which they came. The numbers are dense, so that whatever
//! else is known of a thing stands in a list, and a fold of the same log gives the same numbers on any machine.

use std::hint::black_box;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::{xxh3_128, xxh3_128_with_seed};

use super::Name;

/// 128 bits that stand for an id: with ten million ids the chance that any two share them is below 10⁻²⁴.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Key(u64, u64);

impl Key {
    /// No key is before this one.
    pub const MIN: Self = Self(0, 0);
    /// No key is after this one.
    pub const MAX: Self = Self(u64::MAX, u64::MAX);

    /// The key of an id.
    pub fn of<'a>(id: impl Into<Name<'a>>) -> Self {
        match id.into() {
            Name::Number(number) => Self::from(xxh3_128_with_seed(&number.to_le_bytes(), NUMBERS)),
            Name::Text(text) => Self::from(xxh3_128(text.as_bytes())),
        }
    }

    /// The key of something that is known by this key only within what `other` stands for.
    #[must_use]
    pub fn within(self, other: Key) -> Self {
        Key(self.0 ^ other.0.rotate_left(32), self.1.wrapping_add(other.1))
    }

    /// The key of a number. Two different odd factors, so that no two numbers come near one another.
    pub fn of_number(number: u32) -> Self {
        let number = u64::from(number) + 1;
        Key(number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number.wrapping_mul(0xc2b2_ae3d_27d4_eb4f))
    }

    fn shard(self) -> usize {
        (self.1 >> 56) as usize
    }

    fn short(self) -> u32 {
        self.0 as u32
    }
}

impl From<u128> for Key {
    fn from(hash: u128) -> Self {
        Key((hash >> 64) as u64, hash as u64)
    }
}

/// Keeps the bytes of a number apart from a text of the same bytes.
const NUMBERS: u64 = 1;

/// What has a key.
pub(crate) trait Keyed {
    /// Never changes.
    fn key(&self) -> Key;

    /// Something that can be known only by having read all that is needed soon.
    fn touch(&self) -> u64 {
        self.key().0
    }
}

impl Keyed for Key {
    fn key(&self) -> Key {
        *self
    }
}

/// What no thing has.
pub(super) const NO_NUMBER: u32 = u32::MAX;

/// A table that grows is copied, and nothing else happens meanwhile: many small ones make many short pauses.
const SHARDS: usize = 256;

/// Things by their number, found by their key.
///
/// The tables are our own because those of the libraries look one key up at a time: here many keys can be looked up
/// together, so that the processor fetches what they need from memory at once rather than waiting for each.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<T> {
    things: Things<T>,
    shards: Vec<Shard>,
}

/// Things in a row, in pieces, so that a long row is never copied as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Things<T>(Vec<Vec<T>>);

/// Things in one piece: a power of two.
const PIECE: usize = 1 << 14;

impl<T> Things<T> {
    fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * PIECE + last.len())
    }

    fn push(&mut self, thing: T) {
        match self.0.last_mut() {
            Some(last) if last.len() < PIECE => last.push(thing),
            // The first piece begins small: most tables stay so.
            None => self.0.push(vec![thing]),
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(thing);
                self.0.push(piece);
            }
        }
    }

    fn get(&self, place: usize) -> Option<&T> {
        self.0.get(place / PIECE)?.get(place % PIECE)
    }

    fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.0.get_mut(place / PIECE)?.get_mut(place % PIECE)
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { things: Things(Vec::new()), shards: vec![Shard::default(); SHARDS] }
    }
}

impl<T: PartialEq> PartialEq for Numbered<T> {
    fn eq(&self, other: &Self) -> bool {
        self.things == other.things
    }
}

impl<T: Eq> Eq for Numbered<T> {}

/// An open table with linear probing, always less than three quarters full.
#[derive(Clone, Debug, Default)]
struct Shard {
    /// A power of two of them, or none.
    slots: Vec<Slot>,
    taken: usize,
}

/// Where a thing stands, with enough of its key to pass over most others.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    short: u32,
    /// The number and one; 0 when the slot is free.
    next: u32,
}

impl Shard {
    fn first(&self, short: u32) -> usize {
        short as usize & self.slots.len().wrapping_sub(1)
    }

    fn find(&self, short: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mut place = self.first(short);
        loop {
            let slot = self.slots.get(place)?;
            if slot.next == 0 {
                return None;
            }
            if slot.short == short && is(slot.next - 1) {
                return Some(slot.next - 1);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    fn insert(&mut self, slot: Slot) {
        if (self.taken + 1) * 4 > self.slots.len() * 3 {
            let slots = vec![Slot::default(); (self.slots.len() * 2).max(4)];
            let before = std::mem::replace(self, Self { slots, taken: 0 });
            before.slots.into_iter().filter(|slot| slot.next != 0).for_each(|slot| self.insert(slot));
        }
        let first = self.first(slot.short);
        let (before, after) = self.slots.split_at_mut(first);
        if let Some(free) = after.iter_mut().chain(before).find(|slot| slot.next == 0) {
            *free = slot;
            self.taken += 1;
        }
    }
}

impl<T: Keyed> Numbered<T> {
    /// The number of the thing with this key.
    pub fn find(&self, key: Key) -> Option<u32> {
        self.shards.get(key.shard())?.find(key.short(), |number| self.is_at(number, key))
    }

    /// Reads where each of several keys stands, and what stands there, so that looking them up soon does not wait for
    /// memory at every single one. Changes nothing; tells for each the number that it probably has.
    pub fn approach(&self, keys: &[Option<Key>]) -> Vec<u32> {
        // First a place in each table, which does not depend on anything that was read; then the slots beside it, which
        // are near by now; and then the things.
        let shard = |key: &Key| self.shards.get(key.shard());
        let first = |key: &Key| Some(shard(key)?.slots.get(shard(key)?.first(key.short()))?.next);
        black_box(keys.iter().flatten().filter_map(first).fold(0, |all, next| all ^ next));
        let likely = |key: &Key| shard(key)?.find(key.short(), |_| true);
        let likely = |key: &Option<Key>| key.as_ref().and_then(likely).unwrap_or(NO_NUMBER);
        let numbers: Vec<u32> = keys.iter().map(likely).collect();
        let thing = |number: &u32| self.get(*number).map_or(0, Keyed::touch);
        black_box(numbers.iter().fold(0, |all, number| all ^ thing(number)));
        numbers
    }

    /// As [`Numbered::number`], of a key that was approached: `near` is the number that it probably has.
    pub fn number_near(&mut self, key: Key, near: u32, made: impl FnOnce() -> T) -> (u32, bool) {
        if self.is_at(near, key) { (near, false) } else { self.number(key, made) }
    }

    /// The number of the thing with this key, which is `made` if there was none; and whether it was made.
    pub fn number(&mut self, key: Key, made: impl FnOnce() -> T) -> (u32, bool) {
        if let Some(number) = self.find(key) {
            return (number, false);
        }
        let next = u32::try_from(self.things.len() + 1).unwrap_or(u32::MAX);
        self.things.push(made());
        if let Some(shard) = self.shards.get_mut(key.shard()) {
            shard.insert(Slot { short: key.short(), next });
        }
        (next - 1, true)
    }

    /// The thing with this number.
    pub fn get(&self, number: u32) -> Option<&T> {
        self.things.get(number as usize)
    }

    /// The thing with this number, to be changed, but not its key.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.things.get_mut(number as usize)
    }

    /// Everything, by number.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.iter()
    }

    fn is_at(&self, number: u32, key: Key) -> bool {
        self.get(number).is_some_and(|thing| thing.key() == key)
    }
}

impl<T: Serialize> Serialize for Numbered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ExactlyAsMany { things: self.things.iter(), left: self.things.len() })
    }
}

/// An iterator that knows how many there are, which a format without marks needs to know first.
struct ExactlyAsMany<I> {
    things: I,
    left: usize,
}

impl<I: Iterator> Iterator for ExactlyAsMany<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.saturating_sub(1);
        self.things.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'de, T: Keyed + Deserialize<'de>> Deserialize<'de> for Numbered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Things<T>(std::marker::PhantomData<T>);
        impl<'de, T: Keyed + Deserialize<'de>> Visitor<'de> for Things<T> {
            type Value = Numbered<T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Numbered::default();
                while let Some(thing) = seq.next_element::<T>()? {
                    let key = thing.key();
                    all.number(key, || thing);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_seq(Things(std::marker::PhantomData))
    }
}
