//! What the writer of a comment wants, and whether doubt speaks from it.

use crate::act::Act;
use crate::features::Feature;
use crate::linear::{Example, Linear, Training, softmax};
use crate::matcher::features_of;
use crate::pack::Concept;

/// Comments with their act, made up for training: act, doubt, kind of doubt, goods, text.
const COMMENTS: &str = include_str!("../pack/intents.tsv");

/// How the model of acts is trained.
const ACTS: Training = Training { rounds: 12, step: 0.5, decay: 0.0, seen_min: 1, prune: 0.01 };
/// How the model of doubt is trained.
const DOUBTS: Training = Training { rounds: 10, step: 0.5, decay: 0.0, seen_min: 1, prune: 0.01 };

/// Tells acts apart, and doubt.
pub struct Reader {
    acts: Linear,
    doubts: Linear,
}

/// What a comment wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The likeliest act.
    pub act: Act,
    /// How likely, 0 to 1.
    pub probability: f32,
    /// How likely the writer doubts, 0 to 1.
    pub doubt: f32,
}

impl Reader {
    /// Learns from the comments of the pack and from the phrases of the concepts.
    pub fn learn(concepts: &[Concept]) -> Self {
        let (mut acts, mut doubts) = (Vec::new(), Vec::new());
        for line in COMMENTS.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [act, doubt, _, _, text, ..] = cells.as_slice() else { continue };
            let Some(act) = Act::from_code(act) else { continue };
            let features = features_of(text);
            doubts.push(Example {
                features: features.clone(),
                class: usize::from(*doubt == "1"),
                weight: 1.0,
            });
            acts.push(Example { features, class: act as usize, weight: 1.0 });
        }
        for (act, phrase) in concepts.iter().flat_map(|concept| concept.phrases.all()) {
            let features = features_of(phrase);
            doubts.push(Example {
                features: features.clone(),
                class: usize::from(act == Act::Hesitation),
                weight: if act == Act::Hesitation { 0.7 } else { 0.3 },
            });
            acts.push(Example { features, class: act as usize, weight: 0.5 });
        }
        Self { acts: Linear::train(&acts, Act::ALL.len(), ACTS), doubts: Linear::train(&doubts, 2, DOUBTS) }
    }

    /// Reads a comment by its features.
    pub fn read(&self, features: &[Feature]) -> Reading {
        let acts = softmax(self.acts.scores(features));
        let doubt = softmax(self.doubts.scores(features)).get(1).copied().unwrap_or(0.0);
        let best = acts.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        let (act, probability) = best
            .and_then(|(at, probability)| Some((*Act::ALL.get(at)?, probability)))
            .unwrap_or((Act::Chat, 0.0));
        Reading { act, probability, doubt }
    }
}
