//! Lines of which it is known how they are to be read.

use std::path::{Path, PathBuf};

use anyhow::Context;
use livehand_address::Verdict;
use serde::Deserialize;

/// Where the labelled lines of the tests are, from here.
const FOLDER: &str = "../crates/address/tests/data";

#[derive(Debug, Deserialize)]
pub struct Case {
    pub text: String,
    pub gold: Gold,
    verdict: Verdict,
}

/// What is right; none where it is not there or nobody can know.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Gold {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub phone_ext: Option<String>,
    pub phone_alt: Option<String>,
    pub province: Option<String>,
    pub city: Option<String>,
    pub county: Option<String>,
    /// A zone that may stand in the county's place.
    pub county_accept: Option<String>,
    pub town: Option<String>,
    pub devzone: Option<String>,
    pub detail: Option<String>,
}

impl Case {
    /// Whether only a person can settle it.
    pub fn needs_human(&self) -> bool {
        self.verdict == Verdict::NeedsHuman
    }
}

/// The files of the tests, in the order of their names.
pub fn of_the_tests() -> anyhow::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

pub fn read(file: &Path) -> anyhow::Result<Vec<Case>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| format!("{}, line {number}", file.display()))
        })
        .collect()
}
