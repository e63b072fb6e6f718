//! Questions and labelled comments from files.

use std::path::Path;

use anyhow::Context as _;
use livehand_language::matcher::Asked;
use livehand_language::pack::Concept;
use serde::Deserialize;

use crate::words::say;

/// Largest file, in bytes.
const BYTES_MAX: u64 = 256 << 20;

/// A line of a file of questions: question and answer are enough.
#[derive(Debug, Deserialize)]
struct Question {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    room: Option<String>,
    question: String,
    answer: String,
    #[serde(default)]
    variants: Vec<String>,
    #[serde(default)]
    concepts: Vec<String>,
}

/// A labelled comment; what is missing is not counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Case {
    pub id: String,
    pub text: String,
    pub room: Option<String>,
    pub intent: Option<String>,
    pub intent_alt: Vec<String>,
    pub faq: Option<String>,
    pub faq_alt: Vec<String>,
    pub link: Option<u16>,
    pub colors: Vec<String>,
    pub sizes: Vec<String>,
    pub height_cm: Option<f32>,
    pub weight_kg: Option<f32>,
    pub hesitation: Option<bool>,
    pub tier: Option<String>,
}

/// The questions of a file, one JSON object a line.
pub(super) fn read_faq(file: &Path) -> anyhow::Result<Vec<Asked>> {
    let questions: Vec<Question> = lines(file)?;
    Ok((1..)
        .zip(questions)
        .map(|(number, question)| Asked {
            id: question.id.unwrap_or_else(|| format!("{number}")),
            goods: question.room,
            question: question.question,
            answer: question.answer,
            variants: question.variants,
            concepts: question.concepts,
        })
        .collect())
}

/// The labelled comments of a file.
pub(super) fn read_cases(file: &Path) -> anyhow::Result<Vec<Case>> {
    lines(file)
}

/// The entries of the pack as a library.
pub(super) fn of_pack(concepts: &[Concept]) -> Vec<Asked> {
    let entries =
        concepts.iter().flat_map(|concept| concept.entries.iter().map(move |entry| (concept, entry)));
    entries
        .map(|(concept, entry)| Asked {
            id: entry.id.clone(),
            goods: concept.goods.first().filter(|_| concept.goods.len() == 1).cloned(),
            question: entry.question.clone(),
            answer: entry.long.clone(),
            variants: entry.phrases.clone(),
            concepts: vec![concept.code.clone()],
        })
        .collect()
}

fn lines<T: serde::de::DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let shown = file.display();
    let length = std::fs::metadata(file).with_context(|| shown.to_string())?.len();
    anyhow::ensure!(
        length <= BYTES_MAX,
        say(format!("{shown}: larger than 256 MiB"), format!("{shown}：超过 256 MiB"))
    );
    let text = std::fs::read_to_string(file).with_context(|| shown.to_string())?;
    let mut rows = Vec::new();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{FEFF}').lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let row = serde_json::from_str(line).with_context(|| {
            say(
                format!("{shown}, line {number}: expected one JSON object with the fields that `livehand comments eval --help` names"),
                format!("{shown} 第 {number} 行：应为一个 JSON 对象，字段见 livehand comments eval --help"),
            )
        })?;
        rows.push(row);
    }
    Ok(rows)
}
