//! One hesitation: a viewer, a product, and what became of it.

use livehand_kernel::{Millis, Sequence};
use serde::{Deserialize, Serialize};

use super::{ADDRESS_WITHIN_MS, Doubt, Forbidden, WITHIN_MS};
use crate::sayings::SayingKind;

/// A viewer who hesitates about a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Case {
    /// The event that showed it.
    pub id: Sequence,
    pub product: String,
    /// Safe to show.
    pub name: String,
    pub held_out: bool,
    /// When it began.
    pub at: Millis,
    /// When it is no longer followed.
    pub ends: Millis,
    /// Each doubt in its last wording, the latest last. Never empty.
    pub voiced: Vec<Voiced>,
    pub left: bool,
    pub line: Option<Line>,
    pub ordered: Option<Millis>,
}

/// A doubt and how it was put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Voiced {
    pub doubt: Doubt,
    pub at: Millis,
    /// Safe to show; empty where it was no comment that showed it.
    pub text: String,
}

/// A closing line that was for this viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// The saying's id.
    pub id: String,
    pub at: Millis,
    pub kind: SayingKind,
}

impl Case {
    /// Takes in a doubt. What was said outweighs what was only seen.
    pub fn voice(&mut self, voiced: Voiced) {
        if voiced.doubt == Doubt::Unsaid && self.voiced.iter().any(|known| known.doubt != Doubt::Unsaid) {
            if let Some(last) = self.voiced.last_mut() {
                last.at = last.at.max(voiced.at);
            }
            return;
        }
        self.voiced.retain(|known| known.doubt != voiced.doubt);
        self.voiced.push(voiced);
    }

    /// The doubt that a line should answer: the latest.
    pub fn latest(&self) -> Option<&Voiced> {
        self.voiced.last()
    }

    /// Takes in the first order of the product.
    pub fn order(&mut self, at: Millis) {
        self.ordered = self.ordered.or(Some(at));
    }

    /// Whether the product was ordered within the window after the hesitation.
    pub fn ordered_in_time(&self) -> bool {
        self.ordered.is_some_and(|at| at.0 - self.at.0 <= WITHIN_MS)
    }

    /// Whether the product was ordered within the window after a line.
    pub fn is_guided(&self) -> bool {
        let (Some(line), Some(ordered)) = (&self.line, self.ordered) else { return false };
        (0..=WITHIN_MS).contains(&(ordered.0 - line.at.0))
    }

    /// Whether a line makes sense at `at`.
    pub fn check(&self, at: Millis) -> Result<(), Forbidden> {
        let last = self.latest().map_or(self.at, |voiced| voiced.at);
        if self.ordered.is_some() {
            Err(Forbidden::Ordered)
        } else if self.left || at.0 - last.0 > ADDRESS_WITHIN_MS {
            Err(Forbidden::Gone)
        } else if self.line.as_ref().is_some_and(|line| line.at >= last) {
            Err(Forbidden::SaidAlready)
        } else {
            Ok(())
        }
    }
}
