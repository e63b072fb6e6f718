//! What every engine is given: the entries of a library with the phrases of the pack, and labelled comments.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use livehand_language::pack::{Concept, PackEntry};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An entry with everything that an engine may read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub id: String,
    /// Only of these goods; of any if nothing.
    #[serde(default, alias = "room")]
    pub goods: Option<String>,
    pub question: String,
    /// For the public chat.
    #[serde(default)]
    pub short: String,
    /// In full.
    #[serde(alias = "answer")]
    pub long: String,
    /// How buyers ask for it.
    #[serde(default, alias = "variants")]
    pub phrases: Vec<String>,
    /// Codes of concepts of the pack, in files of a shop.
    #[serde(default)]
    pub concepts: Vec<String>,
}

/// A labelled comment.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    pub text: String,
    /// Goods on stage.
    #[serde(default)]
    pub room: Option<String>,
    #[serde(default)]
    pub faq: Option<String>,
    #[serde(default)]
    pub faq_alt: Vec<String>,
    #[serde(default)]
    pub tier: Option<String>,
}

impl Case {
    /// The place of the first right one among the ids, from one.
    pub fn rank<'a>(&self, mut found: impl Iterator<Item = &'a str>) -> Option<usize> {
        let right =
            |id: &str| self.faq.as_deref() == Some(id) || self.faq_alt.iter().any(|other| other == id);
        found.position(right).map(|at| at + 1)
    }
}

/// The objects of a file, one a line. Line by line, so that the memory measured afterwards is not that of reading.
pub fn read<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let shown = file.display();
    let lines = BufReader::new(File::open(file).with_context(|| shown.to_string())?).lines();
    let mut rows = Vec::new();
    for (number, line) in (1..).zip(lines) {
        let line = line.with_context(|| shown.to_string())?;
        let line = line.trim_start_matches('\u{FEFF}').trim();
        if !line.is_empty() {
            rows.push(serde_json::from_str(line).with_context(|| format!("{shown}, line {number}"))?);
        }
    }
    Ok(rows)
}

/// Writes entries down for the processes of the engines.
pub fn write(file: &Path, entries: &[Entry]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for entry in entries {
        writeln!(out, "{}", serde_json::to_string(entry)?)?;
    }
    Ok(out.flush()?)
}

/// The entries of the pack: those that the comments are labelled with, or all. No comment has one of the others as its
/// label, also where it would be right.
pub fn of_pack(pack: &[Concept], all: bool) -> Vec<Entry> {
    let entries = pack.iter().flat_map(|concept| concept.entries.iter().map(move |entry| (concept, entry)));
    entries
        .filter(|(_, entry)| all || entry.id.starts_with('F'))
        .map(|(concept, entry)| prepared(concept, entry))
        .collect()
}

/// An entry of the pack with all phrases of its concept.
pub fn prepared(concept: &Concept, entry: &PackEntry) -> Entry {
    let own = entry.phrases.iter().map(String::as_str);
    Entry {
        id: entry.id.clone(),
        goods: concept.goods.first().filter(|_| concept.goods.len() == 1).cloned(),
        question: entry.question.clone(),
        short: entry.short.clone(),
        long: entry.long.clone(),
        phrases: own.chain(concept.phrases.all().map(|(_, phrase)| phrase)).map(str::to_owned).collect(),
        concepts: Vec::new(),
    }
}

/// A shop's file; an entry has the phrases of the concepts that it names, or of the pack's entry with the same question.
pub fn of_file(file: &Path, pack: &[Concept]) -> anyhow::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = read(file)?;
    for entry in &mut entries {
        let named = |concept: &&Concept| {
            let is_own = |other: &PackEntry| entry.concepts.is_empty() && other.question == entry.question;
            entry.concepts.contains(&concept.code) || concept.entries.iter().any(is_own)
        };
        let phrases = pack.iter().filter(named).flat_map(|concept| concept.phrases.all());
        let phrases: Vec<String> = phrases.map(|(_, phrase)| phrase.to_owned()).collect();
        entry.phrases.extend(phrases);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_is_that_of_the_first_entry_that_would_be_right() {
        let case: Case = serde_json::from_str(r#"{"text": "几天到", "faq": "a", "faq_alt": ["b"]}"#).unwrap();
        assert_eq!(case.rank(["c", "b", "a"].into_iter()), Some(2));
        assert_eq!(case.rank(["c"].into_iter()), None);
    }

    #[test]
    fn every_labelled_entry_has_the_phrases_of_its_concept() {
        let pack = livehand_language::pack::built_in().unwrap();
        let entries = of_pack(&pack, false);
        assert!(entries.len() > 100 && entries.iter().all(|entry| entry.phrases.len() > 10));
        assert!(of_pack(&pack, true).len() > entries.len());
    }
}
