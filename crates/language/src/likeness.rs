//! How much two texts have in common, with rare features counting more.

use rustc_hash::FxHashMap;

use crate::features::Feature;

/// How rare features are in a collection of texts.
#[derive(Clone, Debug, Default)]
pub struct Rarity {
    seen: FxHashMap<u32, u32>,
    texts: u32,
}

impl Rarity {
    /// Counts one text.
    pub fn count(&mut self, features: &[Feature]) {
        self.texts += 1;
        for feature in features {
            *self.seen.entry(feature.id).or_default() += 1;
        }
    }

    /// What a feature weighs.
    pub fn of(&self, id: u32) -> f32 {
        let seen = self.seen.get(&id).copied().unwrap_or(0) as f32;
        ((1.0 + self.texts as f32) / (0.5 + seen)).ln().max(0.0)
    }

    /// Features with their weight squared, and the sum of those.
    pub fn weigh(&self, features: &[Feature]) -> Weighed {
        let pieces: Vec<(u32, f32)> = features
            .iter()
            .map(|feature| {
                let weight = feature.weight * self.of(feature.id);
                (feature.id, weight * weight)
            })
            .collect();
        let mass = pieces.iter().map(|(_, weight)| weight).sum();
        Weighed { pieces, mass }
    }
}

/// A text, weighed.
#[derive(Clone, Debug, Default)]
pub struct Weighed {
    /// Features by number, with the square of their weight.
    pub pieces: Vec<(u32, f32)>,
    /// The sum of the squares.
    pub mass: f32,
}

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

/// Documents, found by what they share with a text.
#[derive(Clone, Debug, Default)]
pub struct Index {
    rarity: Rarity,
    postings: FxHashMap<u32, Vec<(u32, f32)>>,
    masses: Vec<f32>,
}

impl Index {
    /// An index of documents, whose numbers are their places.
    pub fn new(documents: &[Vec<Feature>]) -> Self {
        let mut rarity = Rarity::default();
        documents.iter().for_each(|features| rarity.count(features));
        let mut postings: FxHashMap<u32, Vec<(u32, f32)>> = FxHashMap::default();
        let mut masses = Vec::with_capacity(documents.len());
        for (number, features) in (0_u32..).zip(documents) {
            let weighed = rarity.weigh(features);
            for (id, weight) in weighed.pieces {
                postings.entry(id).or_default().push((number, weight));
            }
            masses.push(weighed.mass);
        }
        Self { rarity, postings, masses }
    }

    /// What a text shares with each document that shares anything with it; `found` is cleared first.
    pub fn find(&self, features: &[Feature], shared: &mut Vec<f32>, found: &mut Vec<(u32, Likeness)>) {
        found.clear();
        shared.clear();
        shared.resize(self.masses.len(), 0.0);
        let text = self.rarity.weigh(features);
        for (id, weight) in &text.pieces {
            let having = self.postings.get(id).map_or(0, Vec::len);
            if having > COMMON_FROM && having * COMMON_SHARE > self.masses.len() {
                continue;
            }
            for (number, _) in self.postings.get(id).into_iter().flatten() {
                if let Some(sum) = shared.get_mut(*number as usize) {
                    *sum += weight;
                }
            }
        }
        let most = shared.iter().copied().fold(0.0, f32::max);
        for ((number, sum), mass) in (0_u32..).zip(shared.iter()).zip(&self.masses) {
            if *sum > most * SHARED_FROM {
                let cosine = sum / (text.mass * mass).sqrt().max(f32::MIN_POSITIVE);
                let covered = sum / text.mass.max(f32::MIN_POSITIVE);
                found.push((number, Likeness { cosine: cosine.min(1.0), covered: covered.min(1.0) }));
            }
        }
    }
}
