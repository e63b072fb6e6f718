//! The model that comes with the program.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::associations::KeptAssociations;
use crate::concepts::Concepts;
use crate::linear::{Kept, softmax};
use crate::matcher::{Candidate, Ranking, SIGNS, UNPREPARED};
use crate::pack::{self, Concept};
use crate::reading::{Reader, Reading};

/// Made by `livehand comments train`.
const FILE: &[u8] = include_bytes!("../model/language.bin");

/// Everything that was learned.
pub struct Model {
    /// What is asked about.
    pub concepts: Concepts,
    /// What is wanted.
    pub reader: Reader,
    /// What speaks how strongly for an entry.
    pub ranking: Ranking,
    /// How far the first candidate can be trusted.
    pub trust: Trust,
}

/// The model as a file.
#[derive(Serialize, Deserialize)]
struct File {
    concepts: Kept,
    heard: Kept,
    associations: KeptAssociations,
    reader: [Kept; 2],
    ranking: [Vec<f32>; 2],
    trust: Vec<f32>,
}

/// The model that comes with the program; nothing if its file and its pack do not belong together, which a test rules out.
pub fn built_in() -> Option<&'static Model> {
    static MODEL: LazyLock<Option<Model>> = LazyLock::new(|| Model::open(pack::built_in().ok()?, FILE));
    MODEL.as_ref()
}

impl Model {
    /// Opens a file of a model of a pack.
    pub fn open(pack: Vec<Concept>, bytes: &[u8]) -> Option<Self> {
        let file: File = postcard::from_bytes(bytes).ok()?;
        let model = file.concepts.open();
        if model.classes != pack.len() {
            return None;
        }
        let trust = Trust { weights: file.trust.try_into().ok()? };
        let concepts = Concepts::new(pack, model, file.heard.open(), file.associations.open());
        let [prepared, unprepared] = file.ranking;
        Some(Self {
            concepts,
            reader: Reader::open(file.reader),
            ranking: Ranking { prepared: prepared.try_into().ok()?, unprepared: unprepared.try_into().ok()? },
            trust,
        })
    }

    /// The model as a file.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub fn keep(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_stdvec(&File {
            concepts: self.concepts.model.keep(),
            heard: self.concepts.heard.keep(),
            associations: self.concepts.associations.keep(),
            reader: self.reader.keep(),
            ranking: [self.ranking.prepared.to_vec(), self.ranking.unprepared.to_vec()],
            trust: self.trust.weights.to_vec(),
        })
    }
}

/// What trust rests on.
pub const TRUST_SIGNS: usize = 18;

/// How far the first candidate can be trusted: a logistic function of what speaks for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trust {
    /// What each sign weighs.
    pub weights: [f32; TRUST_SIGNS],
}

impl Trust {
    /// How probable it is that the first candidate is right, 0 to 1.
    pub fn of(&self, signs: &[f32; TRUST_SIGNS]) -> f32 {
        let sum: f32 = signs.iter().zip(&self.weights).map(|(sign, weight)| sign * weight).sum();
        1.0 / (1.0 + libm::expf(-sum))
    }
}

/// What speaks for trusting the first candidate.
pub fn trust_signs(found: &[Candidate], reading: &Reading, text: &str) -> [f32; TRUST_SIGNS] {
    let Some(first) = found.first() else {
        let mut nothing = [0.0; TRUST_SIGNS];
        nothing[0] = 1.0;
        return nothing;
    };
    let scores: Vec<f32> = found.iter().take(20).map(|candidate| candidate.score).collect();
    let margin = first.score - scores.get(1).copied().unwrap_or(0.0);
    let share = softmax(scores).first().copied().unwrap_or(0.0);
    let sign = |at: usize| first.signs.get(at).copied().unwrap_or(0.0);
    let length = text.chars().count().min(20) as f32 / 20.0;
    [
        1.0,
        share,
        margin.min(6.0) / 6.0,
        sign(0),
        sign(1),
        sign(2),
        sign(6),
        sign(9),
        sign(10),
        sign(11),
        sign(12),
        reading.asks,
        reading.asks * share,
        length,
        sign(0) * reading.asks,
        sign(UNPREPARED),
        sign(UNPREPARED) * share,
        sign(UNPREPARED) * sign(9),
    ]
}

const _: () = assert!(SIGNS == 28, "the ranking of older files has another length");
