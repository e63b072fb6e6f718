//! How much two texts have in common, with rare features counting more.

use rustc_hash::FxHashMap;

use crate::by_feature::ByFeature;
use crate::features::Feature;

/// What two texts share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likeness {
    /// Cosine, 0 to 1.
    pub cosine: f32,
    /// The part of the first that stands in the second, 0 to 1.
    pub covered: f32,
}

/// Below this part of what the best document shares, nothing is said of a document.
const SHARED_FROM: f32 = 0.2;
/// What stands in more documents than this and in more than one of eight is too common to look up.
const COMMON_FROM: usize = 500;
const COMMON_SHARE: usize = 8;

/// Documents, found by what they share with a text. Documents of the same features, such as a clause that stands in
/// many answers, are compared once.
#[derive(Clone, Debug)]
pub struct Index<T> {
    /// How many documents there are.
    documents: u32,
    known: ByFeature<Known>,
    /// The distinct texts that have each feature, one feature after the other.
    texts: Vec<u32>,
    /// Of each text the sum of its squared weights.
    masses: Vec<f32>,
    /// Whose the documents of each text are, one text after the other, and where those of each end.
    owners: Vec<T>,
    ends: Vec<u32>,
}

/// What is known of a feature.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    rarity: f32,
    /// Its texts; none if it is too common.
    from: u32,
    to: u32,
}

/// What texts share with a comment while it is compared; used again for the next.
#[derive(Debug, Default)]
pub struct Sums {
    /// For each text; all zero between two comments.
    shared: Vec<f32>,
    /// Texts that may share enough; some stand here twice.
    near: Vec<u32>,
    /// The most that any text shares.
    most: f32,
}

impl Sums {
    /// For so many texts, of which one shares at least so much.
    fn begin(&mut self, texts: usize, most: f32) {
        self.shared.resize(texts, 0.0);
        self.most = most;
    }

    /// The texts share so much more with the comment. What the best one shares only grows, so that a text which shares too
    /// little of it now, and shares nothing more later, never shares enough.
    fn add(&mut self, texts: &[u32], weight: f32) {
        let (enough, mut most) = (self.most * SHARED_FROM, self.most);
        for text in texts {
            let Some(sum) = self.shared.get_mut(*text as usize) else { continue };
            let before = *sum;
            *sum += weight;
            most = most.max(*sum);
            if before <= enough && *sum > enough {
                self.near.push(*text);
            }
        }
        self.most = most;
    }

    /// Hands on the texts that share enough, with how much, and forgets all.
    fn take(&mut self, mut take: impl FnMut(u32, f32)) {
        let enough = self.most * SHARED_FROM;
        for text in self.near.drain(..) {
            let Some(sum) = self.shared.get_mut(text as usize).map(std::mem::take) else { continue };
            if sum > enough {
                take(text, sum);
            }
        }
        self.shared.fill(0.0);
    }
}

impl<T: Copy> Index<T> {
    /// An index of documents, each with its owner.
    pub fn new(documents: &[(Vec<Feature>, T)]) -> Self {
        let mut seen: FxHashMap<u32, u32> = FxHashMap::default();
        for feature in documents.iter().flat_map(|(features, _)| features) {
            *seen.entry(feature.id).or_default() += 1;
        }
        let (texts, owners) = distinct(documents);
        let mut index = Self {
            documents: documents.len() as u32,
            known: ByFeature::default(),
            texts: Vec::new(),
            masses: Vec::with_capacity(texts.len()),
            owners: Vec::with_capacity(documents.len()),
            ends: Vec::with_capacity(texts.len()),
        };
        let mut having: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for ((number, features), owners) in (0_u32..).zip(texts).zip(owners) {
            let squares = features.iter().map(|feature| {
                let weight = feature.weight
                    * rarity(index.documents, seen.get(&feature.id).copied().unwrap_or_default());
                weight * weight
            });
            index.masses.push(squares.sum());
            index.owners.extend(owners);
            index.ends.push(index.owners.len() as u32);
            features.iter().for_each(|feature| having.entry(feature.id).or_default().push(number));
        }
        let mut rows = Vec::with_capacity(seen.len());
        for (id, seen) in seen {
            let from = index.texts.len() as u32;
            if !is_common(seen as usize, documents.len()) {
                index.texts.extend(having.get(&id).into_iter().flatten());
            }
            let rarity = rarity(index.documents, seen);
            rows.push((id, Known { rarity, from, to: index.texts.len() as u32 }));
        }
        index.known = ByFeature::new(rows);
        index
    }

    /// Hands on what a text shares with each document that shares anything to speak of with it, with the document's owner.
    pub fn find(&self, features: &[Feature], sums: &mut Sums, mut note: impl FnMut(T, Likeness)) {
        let unknown = Known { rarity: rarity(self.documents, 0), ..Known::default() };
        let mut pieces: Vec<(Known, f32)> = Vec::with_capacity(features.len());
        self.known.each(features, |feature, known| {
            let known = known.unwrap_or(unknown);
            let weight = feature.weight * known.rarity;
            pieces.push((known, weight * weight));
        });
        let mass: f32 = pieces.iter().map(|(_, weight)| weight).sum();
        pieces.retain(|(known, weight)| *weight > 0.0 && known.from < known.to);
        sums.begin(self.masses.len(), pieces.iter().fold(0.0, |most, (_, weight)| most.max(*weight)));
        for (known, weight) in &pieces {
            sums.add(self.texts.get(known.from as usize..known.to as usize).unwrap_or_default(), *weight);
        }
        sums.take(|text, sum| {
            let own = self.masses.get(text as usize).copied().unwrap_or_default();
            let cosine = sum / (mass * own).sqrt().max(f32::MIN_POSITIVE);
            let covered = sum / mass.max(f32::MIN_POSITIVE);
            let likeness = Likeness { cosine: cosine.min(1.0), covered: covered.min(1.0) };
            self.owners_of(text).iter().for_each(|owner| note(*owner, likeness));
        });
    }

    /// Whose the documents of a text are.
    fn owners_of(&self, text: u32) -> &[T] {
        let end = |text: Option<u32>| text.and_then(|text| self.ends.get(text as usize)).copied();
        let (from, to) = (end(text.checked_sub(1)).unwrap_or(0), end(Some(text)).unwrap_or(0));
        self.owners.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// What a feature weighs that stands in so many of the documents.
fn rarity(documents: u32, seen: u32) -> f32 {
    ((1.0 + documents as f32) / (0.5 + seen as f32)).ln().max(0.0)
}

fn is_common(seen: usize, documents: usize) -> bool {
    seen > COMMON_FROM && seen * COMMON_SHARE > documents
}

/// The documents without repetitions, each with all of its owners.
fn distinct<T: Copy>(documents: &[(Vec<Feature>, T)]) -> (Vec<&[Feature]>, Vec<Vec<T>>) {
    let mut places: FxHashMap<Vec<(u32, u32)>, usize> = FxHashMap::default();
    let (mut texts, mut owners): (Vec<&[Feature]>, Vec<Vec<T>>) = (Vec::new(), Vec::new());
    for (features, owner) in documents {
        let key = features.iter().map(|feature| (feature.id, feature.weight.to_bits())).collect();
        let place = *places.entry(key).or_insert(texts.len());
        if place == texts.len() {
            texts.push(features);
            owners.push(Vec::new());
        }
        owners.get_mut(place).into_iter().for_each(|owners| owners.push(*owner));
    }
    (texts, owners)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// What the index finds, computed document by document.
    fn plain(documents: &[Vec<Feature>], text: &[Feature]) -> BTreeMap<u32, Likeness> {
        let has = |document: &[Feature], id: u32| document.iter().any(|feature| feature.id == id);
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        documents.iter().flatten().for_each(|feature| *counts.entry(feature.id).or_default() += 1);
        let seen = |id: u32| counts.get(&id).copied().unwrap_or(0);
        let square = |feature: &Feature| {
            let weight = feature.weight * rarity(documents.len() as u32, seen(feature.id) as u32);
            weight * weight
        };
        let shared: Vec<f32> = documents
            .iter()
            .map(|document| {
                let told = |feature: &&Feature| {
                    has(document, feature.id) && !is_common(seen(feature.id), documents.len())
                };
                text.iter().filter(told).fold(0.0, |sum, feature| sum + square(feature))
            })
            .collect();
        let most = shared.iter().copied().fold(0.0, f32::max);
        let mass: f32 = text.iter().map(square).sum();
        let found = (0..).zip(documents).zip(shared).filter(|(_, sum)| *sum > most * SHARED_FROM);
        found
            .map(|((number, document), sum)| {
                let own: f32 = document.iter().map(square).sum();
                let cosine = (sum / (mass * own).sqrt().max(f32::MIN_POSITIVE)).min(1.0);
                let covered = (sum / mass.max(f32::MIN_POSITIVE)).min(1.0);
                (number, Likeness { cosine, covered })
            })
            .collect()
    }

    fn text() -> impl Strategy<Value = Vec<Feature>> {
        let features = prop::collection::btree_set(0_u32..24, 0..7);
        features.prop_map(|ids: BTreeSet<u32>| {
            let weight = |id: u32| if id.is_multiple_of(3) { 0.6 } else { 1.0 };
            ids.into_iter().map(|id| Feature { id: id << 27 | id, weight: weight(id) }).collect()
        })
    }

    proptest! {
        #[test]
        fn the_index_finds_what_comparing_with_each_document_finds(
            some in prop::collection::vec(text(), 0..30),
            repeated in 1_usize..40,
            texts in prop::collection::vec(text(), 1..6),
        ) {
            let documents: Vec<_> = std::iter::repeat_n(some, repeated).flatten().collect();
            let owned: Vec<(Vec<Feature>, u32)> = documents.iter().cloned().zip(0..).collect();
            let (index, mut sums) = (Index::new(&owned), Sums::default());
            for text in &texts {
                let mut found = BTreeMap::new();
                index.find(text, &mut sums, |document, likeness| found.extend([(document, likeness)]));
                prop_assert_eq!(found, plain(&documents, text));
            }
        }
    }
}
