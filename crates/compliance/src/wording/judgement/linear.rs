//! A linear model of a few classes: softmax regression over numbered features.
//!
//! It is trained by stochastic gradient descent with the step sizes of AdaGrad, in a fixed order and without randomness, so
//! that the same sentences give the same model on every machine. A score is a sum over features, so it can be explained.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Features that occur in fewer sentences are left out.
const SEEN_MIN: u32 = 2;
/// How often every sentence is gone through.
const ROUNDS: usize = 24;
/// Size of the first step.
const STEP: f32 = 0.25;
/// How strongly weights are pulled towards zero.
const DECAY: f32 = 0.000_05;
/// A feature all of whose weights are less than this many steps of the file says nothing.
const STEPS_MIN: u8 = 2;

/// A sentence to learn from: the numbers of its features, each once, and its class.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub features: Vec<u32>,
    pub class: usize,
}

/// A model as it is kept in a file: weights in steps of `scale`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Codes of the categories; the first class is none of them: innocent.
    categories: Vec<String>,
    scale: f32,
    bias: Vec<f32>,
    /// Features in the order of their numbers, each as the distance from the one before.
    features: Vec<u32>,
    /// In how many sentences each was.
    seen: Vec<u16>,
    sentences: u32,
    /// A row of weights for each feature.
    weights: Vec<i8>,
}

/// A model ready for use.
pub(crate) struct Linear {
    /// Codes of the categories, which are the classes from the second on.
    pub categories: Vec<String>,
    features: Vec<u32>,
    /// Where the row of a feature is, by the lowest bits of its number: its place and one, or zero.
    places: Box<[u32]>,
    rarities: Vec<f32>,
    weights: Vec<i8>,
    scale: f32,
    bias: Vec<f32>,
}

impl Linear {
    fn classes(&self) -> usize {
        self.bias.len()
    }

    /// The row of a feature.
    pub fn row(&self, feature: u32) -> Option<u32> {
        let mask = self.places.len() - 1;
        let mut at = feature as usize & mask;
        loop {
            let row = self.places.get(at)?.checked_sub(1)?;
            if self.features.get(row as usize) == Some(&feature) {
                return Some(row);
            }
            at = (at + 1) & mask;
        }
    }

    /// How much the features of some rows, each of them once, count beside one another.
    pub fn length(&self, rows: &[u32]) -> f32 {
        let squares: f32 = rows.iter().map(|row| self.rarity(*row) * self.rarity(*row)).sum();
        squares.sqrt().max(f32::MIN_POSITIVE)
    }

    fn rarity(&self, row: u32) -> f32 {
        self.rarities.get(row as usize).copied().unwrap_or(0.0)
    }

    fn weights(&self, row: u32) -> &[i8] {
        let from = row as usize * self.classes();
        self.weights.get(from..from + self.classes()).unwrap_or_default()
    }

    /// The score of each category, over that of being innocent.
    pub fn scores(&self, rows: &[u32]) -> Vec<f32> {
        let mut scores = vec![0.0_f32; self.classes()];
        for row in rows {
            let rarity = self.rarity(*row);
            for (score, weight) in scores.iter_mut().zip(self.weights(*row)) {
                *score += rarity * f32::from(*weight);
            }
        }
        let scale = self.scale / self.length(rows);
        scores.iter_mut().zip(&self.bias).for_each(|(score, bias)| *score = *score * scale + bias);
        let innocent = scores.first().copied().unwrap_or(0.0);
        scores.iter().skip(1).map(|score| score - innocent).collect()
    }

    /// What a feature adds to the score of a category, in the same measure for every feature of a sentence.
    pub fn share(&self, row: u32, category: usize) -> f32 {
        let weights = self.weights(row);
        let weight = |class: usize| weights.get(class).map_or(0.0, |weight| f32::from(*weight));
        self.rarity(row) * (weight(category + 1) - weight(0))
    }

    /// Learns from examples; class 0 is innocent, the others are the categories in their order.
    pub(super) fn train(examples: &[Example], categories: Vec<String>) -> Kept {
        let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
        for feature in examples.iter().flat_map(|example| &example.features) {
            *seen.entry(*feature).or_default() += 1;
        }
        seen.retain(|_, count| *count >= SEEN_MIN);
        let features: Vec<u32> = seen.keys().copied().collect();
        let rarities: Vec<f32> = seen.values().map(|count| rarity(*count, examples.len() as u32)).collect();
        let texts: Vec<(Vec<(usize, f32)>, usize)> = examples
            .iter()
            .map(|example| {
                let rows = example.features.iter().filter_map(|id| features.binary_search(id).ok());
                let mut values: Vec<(usize, f32)> =
                    rows.map(|row| (row, rarities.get(row).copied().unwrap_or(0.0))).collect();
                let length = values.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
                values.iter_mut().for_each(|(_, value)| *value /= length.max(f32::MIN_POSITIVE));
                (values, example.class)
            })
            .collect();
        let mut dense = Dense::new(features.len(), categories.len() + 1);
        dense.fit(&texts);
        dense.keep(categories, &seen, examples.len() as u32)
    }
}

fn rarity(seen: u32, sentences: u32) -> f32 {
    libm::logf((1.0 + sentences as f32) / (1.0 + seen as f32)) + 0.5
}

impl Kept {
    /// Ready for use; nothing if its parts do not belong together.
    pub fn open(self) -> Option<Linear> {
        let classes = self.categories.len() + 1;
        let count = self.features.len();
        if self.bias.len() != classes || self.seen.len() != count || self.weights.len() != count * classes {
            return None;
        }
        let mut features = self.features;
        let mut before = 0_u32;
        for feature in &mut features {
            *feature = feature.wrapping_add(before);
            before = *feature;
        }
        let mut places = vec![0_u32; (count * 3).next_power_of_two().max(2)].into_boxed_slice();
        let mask = places.len() - 1;
        for (row, feature) in features.iter().enumerate() {
            let mut at = *feature as usize & mask;
            while places.get(at).is_some_and(|place| *place > 0) {
                at = (at + 1) & mask;
            }
            *places.get_mut(at)? = row as u32 + 1;
        }
        let rarities = self.seen.iter().map(|seen| rarity(u32::from(*seen), self.sentences)).collect();
        let Self { categories, scale, bias, weights, .. } = self;
        Some(Linear { categories, features, places, rarities, weights, scale, bias })
    }
}

/// A model in the making: a row of weights for each feature.
struct Dense {
    classes: usize,
    weights: Vec<f32>,
    /// Sum of the squared gradients of each row.
    energies: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn new(rows: usize, classes: usize) -> Self {
        Self {
            classes,
            weights: vec![0.0; rows * classes],
            energies: vec![1e-4; rows],
            bias: vec![0.0; classes],
        }
    }

    fn fit(&mut self, texts: &[(Vec<(usize, f32)>, usize)]) {
        // A stride that is coprime with most lengths stands for shuffling.
        let stride = 7_919;
        for round in 0..ROUNDS {
            for index in 0..texts.len() {
                if let Some((values, class)) = texts.get((index * stride + round * 31) % texts.len()) {
                    self.learn(values, *class);
                }
            }
        }
    }

    fn learn(&mut self, values: &[(usize, f32)], class: usize) {
        let classes = self.classes;
        let mut errors = self.bias.clone();
        for (row, value) in values {
            let weights = self.weights.get(row * classes..(row + 1) * classes).unwrap_or_default();
            errors.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight * value);
        }
        softmax(&mut errors);
        if let Some(own) = errors.get_mut(class) {
            *own -= 1.0;
        }
        let energy: f32 = errors.iter().map(|error| error * error).sum();
        for (row, value) in values {
            let Some(sum) = self.energies.get_mut(*row) else { continue };
            *sum += energy * value * value;
            let rate = STEP / sum.sqrt();
            let keep = 1.0 - (rate * DECAY).min(1.0);
            let weights = self.weights.get_mut(row * classes..(row + 1) * classes).unwrap_or_default();
            for (weight, error) in weights.iter_mut().zip(&errors) {
                *weight = *weight * keep - rate * error * value;
            }
        }
        for (bias, error) in self.bias.iter_mut().zip(&errors) {
            *bias -= 0.01 * STEP * error;
        }
    }

    fn keep(self, categories: Vec<String>, seen: &BTreeMap<u32, u32>, sentences: u32) -> Kept {
        let most = self.weights.iter().map(|weight| weight.abs()).fold(f32::MIN_POSITIVE, f32::max);
        let scale = most / f32::from(i8::MAX);
        let mut kept = Kept { categories, scale, bias: self.bias, sentences, ..Kept::default() };
        let mut before = 0;
        for (row, (feature, seen)) in self.weights.chunks(self.classes.max(1)).zip(seen) {
            let steps = row.iter().map(|weight| (weight / scale).round() as i8);
            if steps.clone().all(|step| step.unsigned_abs() < STEPS_MIN) {
                continue;
            }
            kept.features.push(feature - before);
            before = *feature;
            kept.seen.push(u16::try_from(*seen).unwrap_or(u16::MAX));
            kept.weights.extend(steps);
        }
        kept
    }
}

/// Scores as probabilities.
fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = libm::expf(*score - most));
    let sum: f32 = scores.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    scores.iter_mut().for_each(|score| *score /= sum);
}
