//! Livehand's own understanding, whole: what is wanted and what is named is found out as well.

use anyhow::Context;
use livehand_language::matcher::Asked;
use livehand_language::model::{Model, built_in};
use livehand_language::understand::Library;

use super::engines::{Finder, LIMIT, Texts};
use super::entries::Entry;

/// The library of the program.
pub struct Ours {
    library: Library,
    model: &'static Model,
}

impl Ours {
    /// Makes entries ready as the program does: with the long answer, and with phrases only where asked for.
    pub fn open(entries: &[Entry], texts: Texts) -> anyhow::Result<Self> {
        let model = built_in().context("the model does not belong to the pack")?;
        let asked = entries.iter().map(|entry| Asked {
            id: entry.id.clone(),
            goods: entry.goods.clone(),
            question: entry.question.clone(),
            answer: entry.long.clone(),
            variants: if texts == Texts::Phrases { entry.phrases.clone() } else { Vec::new() },
            concepts: entry.concepts.clone(),
        });
        Ok(Self { library: Library::new(asked.collect(), model), model })
    }
}

impl Finder for Ours {
    fn find(&mut self, text: &str, room: Option<&str>) -> anyhow::Result<Vec<usize>> {
        let understood = self.library.understand(text, room, self.model);
        Ok(understood.candidates.iter().take(LIMIT).map(|candidate| candidate.entry).collect())
    }

    fn bytes(&self) -> anyhow::Result<Option<u64>> {
        Ok(Some(self.model.keep()?.len() as u64))
    }
}
