//! Things that are known by a key and numbered in the order in which they came. The numbers are dense, so that whatever
//! else is known of a thing stands in a list, and a fold of the same log gives the same numbers on any machine.

use hashbrown::HashTable;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::xxh3_128;

/// 128 bits that stand for a text: with ten million texts the chance that any two share them is below 10⁻²⁴.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Key(u64, u64);

impl Key {
    /// The key of a text.
    pub fn of(text: &str) -> Self {
        Self::from(xxh3_128(text.as_bytes()))
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

/// What has a key.
pub(crate) trait Keyed {
    /// Never changes.
    fn key(&self) -> Key;
}

impl Keyed for Key {
    fn key(&self) -> Key {
        *self
    }
}

/// A table that grows is copied, and nothing else happens meanwhile: many small ones make many short pauses.
const SHARDS: usize = 256;

/// Where a thing stands, with enough of its key to pass over most others.
#[derive(Clone, Copy, Debug)]
struct Place {
    short: u32,
    number: u32,
}

/// Things by their number, found by their key.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<T> {
    things: Vec<T>,
    shards: Vec<HashTable<Place>>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { things: Vec::new(), shards: (0..SHARDS).map(|_| HashTable::new()).collect() }
    }
}

impl<T: PartialEq> PartialEq for Numbered<T> {
    fn eq(&self, other: &Self) -> bool {
        self.things == other.things
    }
}

impl<T: Eq> Eq for Numbered<T> {}

fn spread(short: u32) -> u64 {
    u64::from(short).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl<T: Keyed> Numbered<T> {
    /// The number of the thing with this key.
    pub fn find(&self, key: Key) -> Option<u32> {
        let shard = self.shards.get(key.shard())?;
        let is = |place: &Place| place.short == key.short() && self.is_at(place.number, key);
        shard.find(spread(key.short()), is).map(|place| place.number)
    }

    /// The number of the thing with this key, which is `made` if there was none; and whether it was made.
    pub fn number(&mut self, key: Key, made: impl FnOnce() -> T) -> (u32, bool) {
        if let Some(number) = self.find(key) {
            return (number, false);
        }
        let number = u32::try_from(self.things.len()).unwrap_or(u32::MAX);
        self.things.push(made());
        self.place(key, number);
        (number, true)
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

    fn place(&mut self, key: Key, number: u32) {
        if let Some(shard) = self.shards.get_mut(key.shard()) {
            let place = Place { short: key.short(), number };
            shard.insert_unique(spread(place.short), place, |place| spread(place.short));
        }
    }
}

impl<T: Serialize> Serialize for Numbered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.things.serialize(serializer)
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
