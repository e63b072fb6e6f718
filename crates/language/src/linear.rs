//! A linear model of many classes: softmax regression over sparse features.
//!
//! Trained by stochastic gradient descent with the step sizes of AdaGrad, in a fixed order and without randomness, so that
//! the same texts give the same model on every machine. What it says can be explained exactly: a score is a sum over
//! features.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::by_feature::ByFeature;
use crate::exponential::exponentials;
use crate::features::Feature;

/// A text to learn from.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its features.
    pub features: Vec<Feature>,
    /// The class that it belongs to.
    pub class: usize,
    /// How much it counts.
    pub weight: f32,
}

/// How a model is trained.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// How often every example is gone through.
    pub rounds: usize,
    /// Size of the first step.
    pub step: f32,
    /// How strongly weights are pulled towards zero.
    pub decay: f32,
    /// Features that occur in fewer examples are left out.
    pub seen_min: u32,
    /// Weights below this are left out of the finished model.
    pub prune: f32,
}

/// How soon a word that is repeated counts no more: k1 of BM25.
const SATURATION: f32 = 1.2;
/// How much the length of a text is evened out: b of BM25.
const EVENNESS: f32 = 0.75;

/// A word of more classes than this, and of more than one in eight, says too little to be looked up.
const COMMON_FROM: usize = 600;
const COMMON_SHARE: usize = 8;

/// A trained model.
#[derive(Clone, Debug, Default)]
pub struct Linear {
    /// How many classes it tells apart.
    pub classes: usize,
    /// How rare each feature is, and where its weights begin.
    rows: ByFeature<Row>,
    weights: Vec<(u16, f32)>,
    bias: Vec<f32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    rarity: f32,
    from: u32,
    to: u32,
}

impl Linear {
    /// Learns from examples; those whose class is not below `classes` are left out.
    pub fn train(examples: &[Example], classes: usize, training: Training) -> Self {
        let mut seen: FxHashMap<u32, u32> = FxHashMap::default();
        for feature in examples.iter().flat_map(|example| &example.features) {
            *seen.entry(feature.id).or_default() += 1;
        }
        seen.retain(|_, count| *count >= training.seen_min);
        let mut ids: Vec<u32> = seen.keys().copied().collect();
        ids.sort_unstable();
        let total = examples.len().max(1) as f32;
        let rarity =
            |id: u32| libm::logf((1.0 + total) / (1.0 + seen.get(&id).copied().unwrap_or(0) as f32)) + 0.5;
        let index: FxHashMap<u32, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let rarities: Vec<f32> = ids.iter().map(|id| rarity(*id)).collect();
        let texts: Vec<Learned> = examples
            .iter()
            .filter(|example| example.class < classes)
            .map(|example| {
                let known = example.features.iter().filter_map(|feature| {
                    let at = *index.get(&feature.id)?;
                    Some((at, feature.weight * rarities.get(at).copied().unwrap_or(1.0)))
                });
                (unit_length(known.collect()), example.class, example.weight)
            })
            .collect();
        let dense = Dense::fit(&texts, ids.len(), classes, training);
        dense.sparse(&ids, &rarities, training.prune)
    }

    /// A model that needs no training: each class is a text, and its score is what it shares with another by BM25 (Robertson
    /// and Zaragoza, The Probabilistic Relevance Framework, 2009), which is a sum over features as well.
    pub fn of_words(classes: &[Vec<Feature>]) -> Self {
        let mut counts: BTreeMap<u32, BTreeMap<u16, u32>> = BTreeMap::new();
        for (class, words) in classes.iter().enumerate() {
            for word in words {
                *counts.entry(word.id).or_default().entry(class as u16).or_default() += 1;
            }
        }
        let total: usize = classes.iter().map(Vec::len).sum();
        let average = (total as f32 / classes.len().max(1) as f32).max(1.0);
        let mut model = Self { classes: classes.len(), bias: vec![0.0; classes.len()], ..Self::default() };
        let mut rows = Vec::with_capacity(counts.len());
        for (id, of_classes) in counts {
            if of_classes.len() > COMMON_FROM && of_classes.len() * COMMON_SHARE > classes.len() {
                continue;
            }
            let (all, having) = (classes.len() as f32, of_classes.len() as f32);
            let rare = libm::logf(1.0 + (all - having + 0.5) / (having + 0.5));
            let from = model.weights.len() as u32;
            for (class, count) in of_classes {
                let length = classes.get(usize::from(class)).map_or(0, Vec::len) as f32;
                let count = count as f32;
                let full = count + SATURATION * (1.0 - EVENNESS + EVENNESS * length / average);
                model.weights.push((class, rare * count * (SATURATION + 1.0) / full));
            }
            rows.push((id, Row { rarity: 1.0, from, to: model.weights.len() as u32 }));
        }
        model.rows = ByFeature::new(rows);
        model
    }

    /// A model of classes with known weights, each in the order of its features.
    pub(crate) fn of_weights(classes: &[Vec<(u32, f32)>]) -> Self {
        let mut by_feature: BTreeMap<u32, Vec<(u16, f32)>> = BTreeMap::new();
        for (class, weights) in classes.iter().enumerate() {
            for (id, weight) in weights {
                by_feature.entry(*id).or_default().push((class as u16, *weight));
            }
        }
        let mut model = Self { classes: classes.len(), bias: vec![0.0; classes.len()], ..Self::default() };
        let mut rows = Vec::with_capacity(by_feature.len());
        for (id, weights) in by_feature {
            if weights.len() > COMMON_FROM && weights.len() * COMMON_SHARE > classes.len() {
                continue;
            }
            let from = model.weights.len() as u32;
            model.weights.extend(weights);
            rows.push((id, Row { rarity: 1.0, from, to: model.weights.len() as u32 }));
        }
        model.rows = ByFeature::new(rows);
        model
    }

    /// The score of each class.
    pub fn scores(&self, features: &[Feature]) -> Vec<f32> {
        self.sums(features, |squares, _| squares.sqrt())
    }

    /// The mean of what the features weigh in each class; those that nothing is known of weigh nothing.
    pub(crate) fn means(&self, features: &[Feature]) -> Vec<f32> {
        self.sums(features, |_, all| all)
    }

    /// Sums over the features that are known, divided by a length: from the sum of their squares, or the sum of all.
    fn sums(&self, features: &[Feature], length: impl Fn(f32, f32) -> f32) -> Vec<f32> {
        let mut scores = self.bias.clone();
        // The first weight of each row is read before any is used, so that the processor waits for all of them at once.
        let mut known = Vec::with_capacity(features.len());
        self.rows.each(features, |feature, row| {
            let Some(row) = row else { return };
            let weights = self.weights.get(row.from as usize..row.to as usize).unwrap_or_default();
            known.push((
                feature.weight * row.rarity,
                weights.split_first().map(|(first, more)| (*first, more)),
            ));
        });
        let squares: f32 = known.iter().map(|(value, _)| value * value).sum();
        let all: f32 = features.iter().map(|feature| feature.weight).sum();
        let length = length(squares, all).max(f32::MIN_POSITIVE);
        for (value, weights) in known {
            let (value, Some((first, more))) = (value / length, weights) else { continue };
            for (class, weight) in std::iter::once(&first).chain(more) {
                if let Some(score) = scores.get_mut(usize::from(*class)) {
                    *score += weight * value;
                }
            }
        }
        scores
    }

    /// How probable each class is.
    pub fn probabilities(&self, features: &[Feature]) -> Vec<f32> {
        softmax(self.scores(features))
    }
}

/// A model as it is kept in a file: weights in steps of `scale`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    classes: u16,
    scale: f32,
    bias: Vec<f32>,
    /// Features in the order of their numbers, each with how rare it is and how many weights it has.
    features: Vec<(u32, f32, u16)>,
    weights: Vec<(u16, i8)>,
}

impl Linear {
    /// As it is kept: weights lose what is finer than a 127th of the greatest.
    pub fn keep(&self) -> Kept {
        let most = self.weights.iter().map(|(_, weight)| weight.abs()).fold(f32::MIN_POSITIVE, f32::max);
        let scale = most / f32::from(i8::MAX);
        let mut kept =
            Kept { classes: self.classes as u16, scale, bias: self.bias.clone(), ..Kept::default() };
        for (id, row) in self.rows.rows() {
            let steps = self.weights.get(row.from as usize..row.to as usize).unwrap_or_default().iter();
            let steps: Vec<(u16, i8)> = steps
                .map(|(class, weight)| (*class, (weight / scale).round() as i8))
                .filter(|(_, step)| *step != 0)
                .collect();
            if steps.is_empty() {
                continue;
            }
            kept.features.push((id, row.rarity, steps.len() as u16));
            kept.weights.extend(steps);
        }
        kept
    }
}

impl Kept {
    /// Ready for use.
    pub fn open(self) -> Linear {
        let mut rows = Vec::with_capacity(self.features.len());
        let mut from = 0_u32;
        for (id, rarity, count) in self.features {
            let to = from + u32::from(count);
            rows.push((id, Row { rarity, from, to }));
            from = to;
        }
        let weights =
            self.weights.into_iter().map(|(class, step)| (class, f32::from(step) * self.scale)).collect();
        Linear { classes: usize::from(self.classes), rows: ByFeature::new(rows), weights, bias: self.bias }
    }
}

/// Scores as probabilities.
pub fn softmax(mut scores: Vec<f32>) -> Vec<f32> {
    let most = greatest(&scores, f32::MIN);
    scores.iter_mut().for_each(|score| *score -= most);
    exponentials(&mut scores);
    let sum: f32 = scores.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    scores.iter_mut().for_each(|score| *score /= sum);
    scores
}

/// The greatest of some numbers and one more. Eight at a time: one after the other, each waits for the one before it.
pub(crate) fn greatest(values: &[f32], least: f32) -> f32 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut lanes = [least; 8];
    for eight in eights {
        lanes.iter_mut().zip(eight).for_each(|(lane, value)| *lane = lane.max(*value));
    }
    lanes.iter().chain(rest).copied().fold(least, f32::max)
}

/// Hands on the numbers that are at least so great, with their places. Most are not, and sixteen at a time are passed over.
pub(crate) fn from(values: &[f32], least: f32, mut take: impl FnMut(usize, f32)) {
    for (at, sixteen) in values.chunks(16).enumerate() {
        if sixteen.iter().fold(false, |any, value| any | (*value >= least)) {
            let places = (at * 16..).zip(sixteen);
            places.filter(|(_, value)| **value >= least).for_each(|(place, value)| take(place, *value));
        }
    }
}

fn unit_length(mut values: Vec<(usize, f32)>) -> Vec<(usize, f32)> {
    let length = values.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    values.iter_mut().for_each(|(_, value)| *value /= length);
    values
}

/// A text as it is learned from: rows with their values, the class, and how much it counts.
type Learned = (Vec<(usize, f32)>, usize, f32);

/// A model in the making: a row of weights for each feature.
struct Dense {
    classes: usize,
    weights: Vec<f32>,
    /// Sum of the squared gradients of each row.
    steps: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn fit(texts: &[Learned], rows: usize, classes: usize, training: Training) -> Self {
        let mut model = Self {
            classes,
            weights: vec![0.0; rows * classes],
            steps: vec![1e-4; rows],
            bias: vec![0.0; classes],
        };
        // A stride that is coprime with most lengths stands for shuffling.
        let stride = 7_919;
        for round in 0..training.rounds {
            for index in 0..texts.len() {
                let at = (index * stride + round * 31) % texts.len();
                if let Some((values, class, weight)) = texts.get(at) {
                    model.learn(values, *class, *weight, training);
                }
            }
        }
        model
    }

    fn learn(&mut self, values: &[(usize, f32)], class: usize, weight: f32, training: Training) {
        let classes = self.classes;
        let mut scores = self.bias.clone();
        for (row, value) in values {
            let weights = self.weights.get(row * classes..(row + 1) * classes).unwrap_or_default();
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight * value);
        }
        let mut errors = softmax(scores);
        if let Some(own) = errors.get_mut(class) {
            *own -= 1.0;
        }
        errors.iter_mut().for_each(|error| *error *= weight);
        let energy: f32 = errors.iter().map(|error| error * error).sum();
        for (row, value) in values {
            let Some(step) = self.steps.get_mut(*row) else { continue };
            *step += energy * value * value;
            let rate = training.step / step.sqrt();
            let keep = 1.0 - rate * training.decay;
            let weights = self.weights.get_mut(row * classes..(row + 1) * classes).unwrap_or_default();
            for (weight, error) in weights.iter_mut().zip(&errors) {
                *weight = *weight * keep - rate * error * value;
            }
        }
        for (bias, error) in self.bias.iter_mut().zip(&errors) {
            *bias -= 0.01 * training.step * error;
        }
    }

    fn sparse(self, ids: &[u32], rarities: &[f32], prune: f32) -> Linear {
        let mut model = Linear {
            classes: self.classes,
            rows: ByFeature::default(),
            weights: Vec::new(),
            bias: self.bias,
        };
        let mut rows = Vec::with_capacity(ids.len());
        for ((row, id), rarity) in self.weights.chunks(self.classes.max(1)).zip(ids).zip(rarities) {
            let from = model.weights.len() as u32;
            let kept = row.iter().enumerate().filter(|(_, weight)| weight.abs() >= prune);
            model.weights.extend(kept.map(|(class, weight)| (class as u16, *weight)));
            rows.push((*id, Row { rarity: *rarity, from, to: model.weights.len() as u32 }));
        }
        model.rows = ByFeature::new(rows);
        model
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_from_a_bound_on_are_those_that_looking_at_each_finds(
            values in prop::collection::vec(-4_i8..4, 0..70),
            least in -5_i8..5,
        ) {
            let values: Vec<f32> = values.into_iter().map(f32::from).collect();
            let mut found = Vec::new();
            from(&values, f32::from(least), |place, value| found.push((place, value)));
            let plain = values.iter().copied().enumerate().filter(|(_, value)| *value >= f32::from(least));
            prop_assert_eq!(found, plain.collect::<Vec<_>>());
        }
    }
}
