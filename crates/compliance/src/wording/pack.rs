//! A rule pack: a JSON file with a date. Whoever keeps the rules edits the file; nothing else knows a word.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, Phrase};
use serde::Deserialize;

use super::STALE_DAYS;
use super::check::Context;
use super::codes::{Goods, Level, Place};
use super::patterns::expand;

/// Longest rule, in characters.
const WORD_CHARS_MAX: usize = 24;
/// Shortest rule: a single character says nothing.
const WORD_CHARS_MIN: usize = 2;
/// How many replacements are offered.
const SUGGESTIONS: usize = 3;
/// Most entries of one pack.
const WORDS_MAX: usize = 20_000;
/// Midnight in Shanghai, in milliseconds before midnight UTC.
const SHANGHAI_MS: i64 = 8 * 3_600_000;
pub(super) const DAY_MS: i64 = 86_400_000;

/// Why a pack cannot be used: which entry, which field, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackError {
    /// `words[12] 最好`, or the line and column of broken JSON.
    pub entry: String,
    /// The field of the entry; empty for the entry as a whole.
    pub field: String,
    /// What was expected there.
    pub expected: Phrase,
}

impl PackError {
    /// A model that cannot be written down.
    pub(super) fn of_model(error: &postcard::Error) -> Self {
        let expected =
            Phrase::new(format!("a model that can be kept ({error})"), format!("可保存的模型（{error}）"));
        Self { entry: "model".to_owned(), field: String::new(), expected }
    }

    /// The error as one sentence.
    pub fn phrase(&self) -> Phrase {
        let field = if self.field.is_empty() { String::new() } else { format!(" {}", self.field) };
        Phrase::new(
            format!("{}{field}: expected {}", self.entry, self.expected.en),
            format!("{}{field}：应为{}", self.entry, self.expected.zh),
        )
    }
}

impl std::fmt::Display for PackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.phrase().en)
    }
}

impl std::error::Error for PackError {}

/// A text of the pack in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Both {
    pub zh: String,
    pub en: String,
}

impl Both {
    pub fn phrase(&self) -> Phrase {
        Phrase::new(self.en.clone(), self.zh.clone())
    }
}

/// What the words of a category have in common.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub code: String,
    pub name: Both,
    pub level: Level,
    pub basis: Both,
    /// One sentence that says why, without the word.
    pub why: Both,
    pub suggestions: Vec<String>,
    /// Only for these goods; all if empty.
    #[serde(default)]
    pub goods: Vec<Goods>,
    /// Only in these places; all if empty.
    #[serde(default)]
    pub places: Vec<Place>,
    /// Words beside which every word of the category is innocent.
    #[serde(default)]
    pub innocent_near: Vec<String>,
}

impl Category {
    /// Whether it holds for a text.
    pub fn holds(&self, context: &Context) -> bool {
        (self.places.is_empty() || self.places.contains(&context.place))
            && context.category.is_none_or(|goods| self.goods.is_empty() || self.goods.contains(&goods))
    }
}

/// What the judgement of whole sentences decides: how probable it must be that a sentence is risky, in percent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Thresholds {
    /// Below this a word that was found is dropped.
    pub keep: u8,
    /// From this on a sentence is a hit without a word.
    pub add: u8,
    /// Words that stay a hit however innocent the sentence is judged to be.
    #[serde(default)]
    pub plain: Vec<String>,
}

/// One wording.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Word {
    /// As it is said; `最{甜|香}` is two words that have the rest in common.
    pub word: String,
    pub category: String,
    #[serde(default)]
    pub level: Option<Level>,
    /// Another level for some goods.
    #[serde(default)]
    pub level_for: BTreeMap<Goods, Level>,
    /// Other ways to say the same; judged as the word is.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Spellings that only serve to hide it.
    #[serde(default)]
    pub disguises: Vec<String>,
    /// How it is pronounced, a syllable for each character: people write part of it in letters.
    #[serde(default)]
    pub pinyin: Option<String>,
    #[serde(default)]
    pub suggestions: Vec<String>,
    /// Why, where the reason of the category does not fit.
    #[serde(default)]
    pub why: Option<Both>,
    /// Phrases in which it is innocent; `~` stands for the word, `{a|b}` for either.
    #[serde(default)]
    pub innocent: Vec<String>,
    /// Words beside which it is innocent.
    #[serde(default)]
    pub innocent_near: Vec<String>,
    /// It counts only beside one of these; `>` before one: right after the word, `>$`: at the end of the clause.
    #[serde(default)]
    pub only_near: Vec<String>,
    /// It counts only if one of these is said after it, with nothing between that denies it; the hit reaches to its end.
    #[serde(default)]
    pub then: Vec<String>,
    /// How far behind it that may stand, in characters.
    #[serde(default)]
    pub apart: Option<usize>,
    /// How far that may reach.
    #[serde(default)]
    pub reach: Reach,
    /// Innocent for these goods.
    #[serde(default)]
    pub not_goods: Vec<Goods>,
    #[serde(default)]
    pub effective_from: Option<String>,
    #[serde(default)]
    pub effective_to: Option<String>,
}

/// How far an excuse reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reach {
    /// Within its clause.
    #[default]
    Clause,
    /// Within its sentence.
    Sentence,
    /// Into the next sentence.
    Text,
}

/// What, said before or after a word, makes it a denial, a warning, or a comparison with oneself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Excuse {
    pub name: String,
    #[serde(default)]
    pub before: Vec<String>,
    #[serde(default)]
    pub after: Vec<String>,
    /// Characters that may stand between it and the word.
    pub within: usize,
    /// Only for words that stand in quotes.
    #[serde(default)]
    pub quoted: bool,
    /// It is a question that is repeated, and what is said next does not begin with one of these: 问能不能治，能.
    #[serde(default)]
    pub unless: Vec<String>,
    /// One of these answers the question in which the word stands: 销量第一？没统计过.
    #[serde(default)]
    pub answers: Vec<String>,
    /// How far it reaches.
    #[serde(default)]
    pub reach: Reach,
    /// Said after the word, one of these makes what stands before it an excuse: the answer to a quoted question.
    #[serde(default)]
    pub then: Vec<String>,
    /// What must not stand there.
    #[serde(default)]
    pub traps: Vec<String>,
    /// Only for these words; all if empty.
    #[serde(default)]
    pub words: Vec<String>,
    /// Not for words of these categories.
    #[serde(default)]
    pub not_categories: Vec<String>,
}

/// One character for another, in some words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Swap {
    pub from: char,
    pub to: Vec<String>,
    /// The words in which it is done; all that contain the character if empty.
    #[serde(default)]
    pub words: Vec<String>,
}

/// The file as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    pub name: Both,
    pub version: String,
    pub source: String,
    pub effective_from: String,
    #[serde(default)]
    pub effective_to: Option<String>,
    pub verified_at: String,
    pub categories: Vec<Category>,
    pub words: Vec<Word>,
    /// Without it sentences are not judged as a whole.
    #[serde(default)]
    pub judgement: Option<Thresholds>,
    /// Words of two characters that are also known by their sound; longer ones always are.
    #[serde(default)]
    pub heard: Vec<String>,
    /// Characters that are words themselves, so that they stand for no other of their sound: the 加 of 加库存.
    #[serde(default)]
    pub unheard: String,
    /// What denies, between the two parts of a word.
    #[serde(default)]
    pub denials: Vec<String>,
    /// What has the characters of a denial and denies nothing: 特别, 没几天.
    #[serde(default)]
    pub no_denials: Vec<String>,
    /// What turns round a denial that follows in the same clause: 谁说我们不是.
    #[serde(default)]
    pub rhetoric: Vec<String>,
    /// Lists that `only_near`, `innocent_near`, `then` and templates name with `@`.
    #[serde(default)]
    pub lists: BTreeMap<String, Vec<String>>,
    /// Phrases that are innocent as a whole.
    #[serde(default)]
    pub innocent: Vec<String>,
    #[serde(default)]
    pub excuses: Vec<Excuse>,
    /// Rare characters that only stand for another.
    #[serde(default)]
    pub folds: BTreeMap<char, char>,
    /// Pictures that are read as words.
    #[serde(default)]
    pub symbols: BTreeMap<char, String>,
    /// Characters taken apart.
    #[serde(default)]
    pub splits: BTreeMap<char, Vec<String>>,
    #[serde(default)]
    pub swaps: Vec<Swap>,
}

/// A checked pack.
#[derive(Clone, Debug)]
pub struct Pack {
    pub(super) content: Content,
    pub(super) verified_at: Millis,
    pub(super) effective_from: Millis,
    pub(super) effective_to: Option<Millis>,
}

/// What people are told of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackSummary {
    /// Its name.
    pub name: Phrase,
    /// Its version.
    pub version: String,
    /// Where the rules come from.
    pub source: String,
    /// When somebody last held the rules against the law.
    pub verified_at: Millis,
    /// From when the pack is in force.
    pub effective_from: Millis,
    /// Until when.
    pub effective_to: Option<Millis>,
    /// How many wordings it has.
    pub words: usize,
    /// In how many categories.
    pub categories: usize,
}

impl Pack {
    /// Reads a pack.
    ///
    /// # Errors
    /// The first entry and field that cannot be used, and what was expected there.
    pub fn parse(json: &str) -> Result<Self, PackError> {
        let content: Content = serde_json::from_str(json).map_err(|error| PackError {
            entry: format!("line {} column {}", error.line(), error.column()),
            field: String::new(),
            expected: Phrase::new(format!("a rule pack ({error})"), format!("符合格式的规则包（{error}）")),
        })?;
        let pack = Self {
            verified_at: date("pack", "verified_at", &content.verified_at)?,
            effective_from: date("pack", "effective_from", &content.effective_from)?,
            effective_to: (content.effective_to.as_deref())
                .map(|text| date("pack", "effective_to", text))
                .transpose()?,
            content,
        };
        pack.check_categories()?;
        pack.check_words()?;
        for (index, excuse) in pack.content.excuses.iter().enumerate() {
            if excuse.name.trim().is_empty() {
                return Err(wrong(&format!("excuses[{index}]"), "name", "a name", "名称"));
            }
        }
        Ok(pack)
    }

    /// What people are told of it.
    pub fn summary(&self) -> PackSummary {
        PackSummary {
            name: self.content.name.phrase(),
            version: self.content.version.clone(),
            source: self.content.source.clone(),
            verified_at: self.verified_at,
            effective_from: self.effective_from,
            effective_to: self.effective_to,
            words: self.content.words.len(),
            categories: self.content.categories.len(),
        }
    }

    /// When somebody last held the rules against the law.
    pub fn verified_at(&self) -> Millis {
        self.verified_at
    }

    /// What to say when nobody has held the rules against the law for too long.
    pub fn stale(&self, at: Millis) -> Option<Phrase> {
        let days = at.0.saturating_sub(self.verified_at.0) / DAY_MS;
        (days > STALE_DAYS).then(|| {
            Phrase::new(
                format!("The rules were last verified {days} days ago and may be out of date."),
                format!("规则包已 {days} 天未核验，规则可能过时。"),
            )
        })
    }

    fn check_categories(&self) -> Result<(), PackError> {
        let mut known = std::collections::BTreeSet::new();
        for (index, category) in self.content.categories.iter().enumerate() {
            let entry = format!("categories[{index}] {}", category.code);
            if category.code.is_empty() || !known.insert(&category.code) {
                return Err(wrong(&entry, "code", "a code that no other category has", "未重复的代码"));
            }
            if category.suggestions.len() != SUGGESTIONS {
                return Err(wrong(&entry, "suggestions", "three suggestions", "三条替换建议"));
            }
            for (field, both) in
                [("name", &category.name), ("basis", &category.basis), ("why", &category.why)]
            {
                if both.zh.trim().is_empty() || both.en.trim().is_empty() {
                    return Err(wrong(&entry, field, "a text in both languages", "中英文文字"));
                }
            }
        }
        Ok(())
    }

    fn check_words(&self) -> Result<(), PackError> {
        let words = &self.content.words;
        if words.is_empty() || words.len() > WORDS_MAX {
            return Err(wrong("words", "", "1 to 20,000 words", "1 到 20000 个词条"));
        }
        for (index, word) in words.iter().enumerate() {
            let entry = format!("words[{index}] {}", word.word);
            let spellings = word.aliases.iter().chain(&word.disguises).map(|text| ("aliases", text));
            for (field, text) in std::iter::once(("word", &word.word)).chain(spellings) {
                let whole = |text: &String| (WORD_CHARS_MIN..=WORD_CHARS_MAX).contains(&text.chars().count());
                if !expand(text).iter().all(whole) {
                    return Err(wrong(&entry, field, "2 to 24 characters", "2 到 24 个字"));
                }
            }
            if !self.content.categories.iter().any(|category| category.code == word.category) {
                return Err(wrong(&entry, "category", "the code of a category", "已有类别的代码"));
            }
            if !matches!(word.suggestions.len(), 0 | SUGGESTIONS) {
                return Err(wrong(
                    &entry,
                    "suggestions",
                    "three suggestions or none",
                    "三条替换建议，或不写",
                ));
            }
            if word.pinyin.as_ref().is_some_and(|pinyin| {
                pinyin.split(' ').count() != word.word.chars().count()
                    || !pinyin
                        .split(' ')
                        .all(|one| one.bytes().all(|b| b.is_ascii_lowercase()) && !one.is_empty())
            }) {
                return Err(wrong(&entry, "pinyin", "one syllable for each character", "每个字一个拼音音节"));
            }
            let period = self.period(word)?;
            if period.1.is_some_and(|to| period.0.is_some_and(|from| to <= from)) {
                return Err(wrong(
                    &entry,
                    "effective_to",
                    "a day after effective_from",
                    "晚于 effective_from 的日期",
                ));
            }
            for name in word
                .only_near
                .iter()
                .chain(&word.innocent_near)
                .chain(&word.then)
                .filter_map(|near| near.strip_prefix('@'))
            {
                if !self.content.lists.contains_key(name) {
                    return Err(wrong(&entry, "only_near", "the name of a list", "已有清单的名称"));
                }
            }
            if word.innocent.iter().any(|phrase| !phrase.contains('~')) {
                return Err(wrong(&entry, "innocent", "phrases with ~ for the word", "用 ~ 代表该词的短语"));
            }
        }
        Ok(())
    }

    /// From when to when a word counts.
    pub(super) fn period(&self, word: &Word) -> Result<(Option<Millis>, Option<Millis>), PackError> {
        let read = |field, text: &Option<String>| {
            text.as_deref().map(|text| date(&format!("words {}", word.word), field, text)).transpose()
        };
        Ok((read("effective_from", &word.effective_from)?, read("effective_to", &word.effective_to)?))
    }
}

fn wrong(entry: &str, field: &str, en: &'static str, zh: &'static str) -> PackError {
    PackError { entry: entry.to_owned(), field: field.to_owned(), expected: Phrase::new(en, zh) }
}

/// The midnight in Shanghai with which a day such as 2026-02-01 begins.
fn date(entry: &str, field: &str, text: &str) -> Result<Millis, PackError> {
    let expected = || wrong(entry, field, "a day such as 2026-02-01", "形如 2026-02-01 的日期");
    Millis::parse_rfc3339(&format!("{text}T00:00:00Z"))
        .map(|midnight| Millis(midnight.0 - SHANGHAI_MS))
        .map_err(|_| expected())
}
