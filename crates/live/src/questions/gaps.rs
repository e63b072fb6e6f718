//! Questions for which the FAQ library had no answer, with the words in which they were asked: what it may be given after
//! the show.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Waiting;

/// Other wordings kept of one question.
const WORDINGS_MAX: usize = 12;
/// Gaps kept; of more, those that the fewest asked go first.
const GAPS_MAX: usize = 300;

/// A question for which the library had no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first comment that asked it, safe to show.
    pub text: String,
    /// Other comments that asked it, each once.
    pub wordings: Vec<String>,
    /// How many comments asked it.
    pub asked: u32,
    /// What it asks for.
    pub intent: String,
    /// The product that was on stage.
    pub product: Option<String>,
    /// What somebody typed as the answer; absent where it was answered aloud or missed.
    pub answer: Option<String>,
}

impl From<&Waiting> for Gap {
    fn from(Waiting { question, wordings, .. }: &Waiting) -> Self {
        Self {
            text: question.text.clone(),
            wordings: wordings.clone(),
            asked: question.asked,
            intent: question.intent.clone(),
            product: question.product.clone(),
            answer: None,
        }
    }
}

/// The gaps of a show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Gaps {
    kept: VecDeque<Gap>,
}

impl Gaps {
    /// Keeps a question that was closed without an entry of the library.
    pub fn keep(&mut self, waiting: &Waiting, answer: Option<String>) {
        self.kept.push_back(Gap { answer, ..Gap::from(waiting) });
        if self.kept.len() > GAPS_MAX {
            let fewest = self.kept.iter().enumerate().min_by_key(|(place, gap)| (gap.asked, *place));
            let place = fewest.map(|(place, _)| place);
            place.and_then(|place| self.kept.remove(place));
        }
    }

    /// The gaps, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Gap> {
        self.kept.iter()
    }
}

/// Takes note of another wording of a question.
pub(super) fn note_wording(waiting: &mut Waiting, text: &str) {
    let known = waiting.question.text == text || waiting.wordings.iter().any(|known| known == text);
    if !known && waiting.wordings.len() < WORDINGS_MAX {
        waiting.wordings.push(text.to_owned());
    }
}
