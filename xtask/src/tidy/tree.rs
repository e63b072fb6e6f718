//! The files of the repository, as the rules see them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// Directories that hold nothing of ours.
const SKIPPED: [&str; 7] =
    [".git", "target", "node_modules", "dist", "screenshots", "livehand-data", ".vite"];
/// Endings of files that are read as text.
const TEXT: [&str; 21] = [
    "rs", "toml", "md", "ts", "vue", "js", "mjs", "css", "html", "json", "yml", "yaml", "sh", "sql",
    "service", "conf", "txt", "lock", "npmrc", "svg", "example",
];
/// Text files without an ending.
const TEXT_NAMES: [&str; 4] = ["Makefile", "Dockerfile", "run", "Containerfile"];
/// Larger files are data; no rule reads them.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Every path with `/`, from the root; text files with their text.
#[derive(Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads the tree below a root. What version control ignores is skipped by name, so that an unpacked archive gives
    /// the same answer as a clone.
    ///
    /// # Errors
    /// A file or directory cannot be read.
    pub fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.add(root, "")?;
        Ok(tree)
    }

    fn add(&mut self, directory: &Path, prefix: &str) -> Result<()> {
        let context = || format!("cannot read {}", directory.display());
        for entry in std::fs::read_dir(directory).with_context(context)? {
            let entry = entry.with_context(context)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().with_context(context)?;
            if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
                self.add(&entry.path(), &format!("{prefix}{name}/"))?;
            } else if kind.is_file() {
                let size = entry.metadata().with_context(context)?.len();
                let text = (is_text(&name) && size <= TEXT_BYTES_MAX).then(|| std::fs::read(entry.path()));
                let text = text.transpose().with_context(|| format!("cannot read {prefix}{name}"))?;
                let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
                self.files.insert(format!("{prefix}{name}"), text);
            }
        }
        Ok(())
    }

    /// A tree of given files.
    #[cfg(test)]
    pub fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self {
            files: files.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned()))).collect(),
        }
    }

    /// Every path.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every text file.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether there is a file or a directory at a path.
    pub fn has(&self, path: &str) -> bool {
        let directory = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self.paths().any(|file| file.starts_with(&directory))
    }
}

fn is_text(name: &str) -> bool {
    TEXT_NAMES.contains(&name) || name.rsplit_once('.').is_some_and(|(_, ending)| TEXT.contains(&ending))
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a whole file is test code.
pub fn is_test_file(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let name = file_name(path);
    parts.iter().any(|part| ["tests", "fixtures", "browser"].contains(part))
        || name == "tests.rs"
        || name.contains(".test.")
}

/// The lines of a Rust file before its tests, numbered from 1. Tests come last in a file.
pub fn lines_before_tests(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text.get(..tests).unwrap_or(text).lines().enumerate().map(|(index, line)| (index + 1, line))
}
