//! What is known of features, by their numbers.

use crate::features::Feature;

/// Features that are looked up together.
const TOGETHER: usize = 32;

/// Something for each of many features: a table with open addresses. The numbers of features are hashes, so their first
/// bits are good enough for a place. A lookup is a wait for memory and little else, so what is known stands in the
/// table itself, and the places of many features are read before the first is looked at.
#[derive(Clone, Debug)]
pub(crate) struct ByFeature<T> {
    /// How many bits of a number do not count for its place.
    shift: u32,
    /// A number that no feature here has; it marks free places.
    nobody: u32,
    /// As many as a power of two, at least a third of them free.
    slots: Vec<(u32, T)>,
}

impl<T: Copy + Default> Default for ByFeature<T> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<T: Copy + Default> ByFeature<T> {
    /// With these rows, each of another feature.
    pub(crate) fn new(mut rows: Vec<(u32, T)>) -> Self {
        rows.sort_unstable_by_key(|(id, _)| *id);
        let nobody = (0..).zip(&rows).take_while(|(number, (id, _))| number == id).count() as u32;
        let places = (rows.len() + rows.len() / 2).next_power_of_two().max(2);
        let mut slots = vec![(nobody, T::default()); places];
        let shift = u32::BITS - places.ilog2();
        for (id, row) in rows {
            let (before, from) = slots.split_at_mut((id >> shift) as usize);
            let free = from.iter_mut().chain(before).find(|(other, _)| *other == nobody);
            free.into_iter().for_each(|slot| *slot = (id, row));
        }
        Self { shift, nobody, slots }
    }

    /// What is known, in the order of the features.
    pub(crate) fn rows(&self) -> Vec<(u32, T)> {
        let mut rows: Vec<(u32, T)> =
            self.slots.iter().filter(|(id, _)| *id != self.nobody).copied().collect();
        rows.sort_unstable_by_key(|(id, _)| *id);
        rows
    }

    /// Hands on each of some features, in their order, with what is known of it.
    pub(crate) fn each(&self, features: &[Feature], mut take: impl FnMut(&Feature, Option<T>)) {
        for features in features.chunks(TOGETHER) {
            let mut first = [(self.nobody, T::default()); TOGETHER];
            for (slot, feature) in first.iter_mut().zip(features) {
                *slot = self.slot((feature.id >> self.shift) as usize);
            }
            for (mut slot, feature) in first.into_iter().zip(features) {
                let mut place = (feature.id >> self.shift) as usize;
                while slot.0 != feature.id && slot.0 != self.nobody {
                    place = (place + 1) % self.slots.len().max(1);
                    slot = self.slot(place);
                }
                take(feature, (slot.0 != self.nobody).then_some(slot.1));
            }
        }
    }

    fn slot(&self, place: usize) -> (u32, T) {
        self.slots.get(place).copied().unwrap_or((self.nobody, T::default()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_in_is_found_again_and_nothing_else(
            known in prop::collection::btree_map(any::<u32>().prop_map(|id| id >> (id % 29)), any::<u8>(), 0..200),
            others in prop::collection::vec(any::<u32>().prop_map(|id| id >> (id % 29)), 0..200),
        ) {
            let table = ByFeature::new(known.iter().map(|(id, value)| (*id, *value)).collect());
            let asked: Vec<Feature> =
                known.keys().chain(&others).map(|id| Feature { id: *id, weight: 1.0 }).collect();
            let mut found = Vec::new();
            table.each(&asked, |feature, value| found.push((feature.id, value)));
            let plain: Vec<_> = asked.iter().map(|one| (one.id, known.get(&one.id).copied())).collect();
            prop_assert_eq!(found, plain);
            let rows: BTreeMap<u32, u8> = table.rows().into_iter().collect();
            prop_assert_eq!(rows, known);
        }
    }

    #[test]
    fn an_empty_table_knows_nothing() {
        ByFeature::<u8>::default()
            .each(&[Feature { id: u32::MAX, weight: 1.0 }], |_, value| assert!(value.is_none()));
    }
}
