//! What is known of features, by their numbers.

use crate::features::Feature;

/// Features that are looked up together.
const TOGETHER: usize = 32;

/// Something for each of many features. The numbers of features are hashes, so their first bits spread them evenly: a
/// table of where each beginning starts leads to a row or two. Rows of a whole comment are looked for together, so
/// that the processor waits for memory once and not for each.
#[derive(Clone, Debug)]
pub(crate) struct ByFeature<T> {
    /// How many bits of a number are no part of its beginning.
    shift: u32,
    /// For each beginning its first row, and the end.
    starts: Vec<u32>,
    rows: Vec<(u32, T)>,
}

impl<T> Default for ByFeature<T> {
    fn default() -> Self {
        Self { shift: u32::BITS - 1, starts: vec![0; 3], rows: Vec::new() }
    }
}

impl<T: Copy> ByFeature<T> {
    /// With these rows, each of another feature.
    pub(crate) fn new(mut rows: Vec<(u32, T)>) -> Self {
        rows.sort_unstable_by_key(|(id, _)| *id);
        let bits = rows.len().checked_ilog2().unwrap_or(0).clamp(1, 24);
        let shift = u32::BITS - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (place, (id, _)) in (0_u32..).zip(&rows) {
            let beginning = (id >> shift) as usize;
            while starts.len() <= beginning {
                starts.push(place);
            }
        }
        starts.resize((1 << bits) + 1, rows.len() as u32);
        Self { shift, starts, rows }
    }

    /// The rows in the order of their features.
    pub(crate) fn rows(&self) -> &[(u32, T)] {
        &self.rows
    }

    /// Hands on each of some features, in their order, with what is known of it.
    pub(crate) fn each(&self, features: &[Feature], mut take: impl FnMut(&Feature, Option<T>)) {
        for features in features.chunks(TOGETHER) {
            let mut places = [(0_usize, 0_usize); TOGETHER];
            for (place, feature) in places.iter_mut().zip(features) {
                let beginning = (feature.id >> self.shift) as usize;
                let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
                *place = (start(beginning), start(beginning + 1));
            }
            for ((from, to), feature) in places.into_iter().zip(features) {
                let rows = self.rows.get(from..to).unwrap_or_default();
                take(feature, rows.iter().find(|(id, _)| *id == feature.id).map(|(_, row)| *row));
            }
        }
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
            let rows: BTreeMap<u32, u8> = table.rows().iter().copied().collect();
            prop_assert_eq!(rows, known);
        }
    }

    #[test]
    fn an_empty_table_knows_nothing() {
        ByFeature::<u8>::default()
            .each(&[Feature { id: u32::MAX, weight: 1.0 }], |_, value| assert!(value.is_none()));
    }
}
