//! What is compared: each engine finds at most three entries for a comment.

use serde::{Deserialize, Serialize};

use super::entries::Entry;
use super::okapi::Okapi;
use super::ours::Ours;
use super::search_engine::{Cut, SearchEngine};
use super::sqlite::Sqlite;

/// How many entries are asked for.
pub const LIMIT: usize = 3;

/// Finds the entries that answer a comment.
pub trait Finder {
    /// Places of at most [`LIMIT`] entries, the best first; `room` is the kind of goods on stage.
    fn find(&mut self, text: &str, room: Option<&str>) -> anyhow::Result<Vec<usize>>;

    /// Bytes of what it keeps as its index or its model, if it can say so.
    fn bytes(&self) -> anyhow::Result<Option<u64>>;
}

/// The engines, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Livehand's own.
    Livehand,
    /// tantivy over one and two characters.
    TantivyNgram,
    /// tantivy over the words of jieba.
    TantivyJieba,
    /// SQLite FTS5 over one and two characters.
    Sqlite,
    /// Plain BM25 over pairs of characters.
    Bm25,
}

/// What of an entry an engine reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Texts {
    /// The question and both answers.
    Answers,
    /// The question and how buyers ask for it.
    Phrases,
}

impl Engine {
    /// All, in the order of the table.
    pub const ALL: [Self; 5] =
        [Self::Livehand, Self::TantivyNgram, Self::TantivyJieba, Self::Sqlite, Self::Bm25];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Livehand => concat!("Livehand ", env!("CARGO_PKG_VERSION")),
            Self::TantivyNgram => "tantivy, 1–2 characters",
            Self::TantivyJieba => "tantivy, words of jieba",
            Self::Sqlite => "SQLite FTS5, 1–2 characters",
            Self::Bm25 => "bm25, 2 characters",
        }
    }

    /// Makes its index.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(self, entries: &[Entry], texts: Texts) -> anyhow::Result<Box<dyn Finder>> {
        Ok(match self {
            Self::Livehand => Box::new(Ours::open(entries, texts)?),
            Self::TantivyNgram => Box::new(SearchEngine::open(entries, texts, Cut::Characters)?),
            Self::TantivyJieba => Box::new(SearchEngine::open(entries, texts, Cut::Words)?),
            Self::Sqlite => Box::new(Sqlite::open(entries, texts)?),
            Self::Bm25 => Box::new(Okapi::open(entries, texts)),
        })
    }
}

impl Texts {
    /// How the tables say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answers => "question, answers",
            Self::Phrases => "question, phrases",
        }
    }

    /// What is searched of an entry, a clause a line so that no pair of characters goes across.
    pub fn of(self, entry: &Entry) -> String {
        let mut parts = vec![entry.question.as_str()];
        match self {
            Self::Answers => parts.extend([entry.short.as_str(), entry.long.as_str()]),
            Self::Phrases => parts.extend(entry.phrases.iter().map(String::as_str)),
        }
        parts.join("\n")
    }
}

/// Whether an entry is made for the goods on stage, as Livehand decides it; the peers get the same filter.
pub fn fits(goods: Option<&str>, room: Option<&str>) -> bool {
    goods.is_none() || room.is_none() || goods == room
}

/// Cuts a text into pairs of characters, and into single ones as well if asked to; Latin words and numbers stay whole.
pub fn cut(text: &str, singles: bool) -> Vec<String> {
    let text = text.to_lowercase();
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for character in text.chars().chain(['\n']) {
        let is_latin = character.is_ascii_alphanumeric();
        if is_latin {
            word.push(character);
        } else if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        let is_han = !is_latin && character.is_alphanumeric();
        if is_han && singles {
            tokens.push(character.to_string());
        }
        match before {
            Some(before) if is_han => tokens.push([before, character].iter().collect()),
            _ => {}
        }
        before = is_han.then_some(character);
    }
    tokens
}

/// The tokens of a comment, each once: in so short a text a repetition is an interjection.
pub fn each_once(mut tokens: Vec<String>) -> Vec<String> {
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_do_not_go_across_words_and_lines() {
        assert_eq!(cut("有没有XL码，几天到\n啊", false), ["有没", "没有", "xl", "几天", "天到"]);
        assert_eq!(cut("几天", true), ["几", "天", "几天"]);
    }

    #[test]
    fn each_engine_finds_what_is_asked_for_and_nothing_for_other_goods() {
        let entry = |id: &str, goods: Option<&str>, question: &str| Entry {
            id: id.to_owned(),
            goods: goods.map(str::to_owned),
            question: question.to_owned(),
            short: "请看详情页".to_owned(),
            long: "以详情页为准".to_owned(),
            phrases: Vec::new(),
            concepts: Vec::new(),
        };
        let entries = [
            entry("a", None, "多久发货"),
            entry("b", Some("food"), "保质期多久"),
            entry("c", None, "可以退货吗"),
        ];
        for engine in Engine::ALL {
            for texts in [Texts::Answers, Texts::Phrases] {
                let mut finder = engine.open(&entries, texts).unwrap();
                let found = finder.find("今天多久发货呀", Some("apparel")).unwrap();
                assert_eq!(found.first(), Some(&0), "{engine:?}");
                assert!(!found.contains(&1), "{engine:?}");
                assert_eq!(finder.find("保质期多久", Some("food")).unwrap().first(), Some(&1), "{engine:?}");
            }
        }
    }
}
