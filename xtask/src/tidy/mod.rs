//! The rules of the tree that no compiler checks.
//!
//! Each rule is data and a pure function over a small model, so that a planted breach shows that it works. A breach is
//! one line: where, what is wrong, what to do.

mod dependencies;
mod files;
mod links;
mod manifests;
mod paths;
mod tree;

use std::path::Path;

use anyhow::{Result, bail};

use crate::shell;
use crate::tidy::tree::Tree;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The file or crate, from the root of the repository.
    pub place: String,
    /// What is wrong, and what to do.
    pub rule: String,
}

impl Breach {
    fn new(place: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { place: place.into(), rule: rule.into() }
    }
}

impl std::fmt::Display for Breach {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.place, self.rule)
    }
}

/// The task.
///
/// # Errors
/// A rule is broken, or the tree cannot be read.
pub fn tidy() -> Result<()> {
    let breaches = breaches(shell::root())?;
    for breach in &breaches {
        println!("{breach}");
    }
    if !breaches.is_empty() {
        bail!("{} rule(s) of the tree broken, listed above", breaches.len());
    }
    println!("tidy: every rule holds");
    Ok(())
}

fn breaches(root: &Path) -> Result<Vec<Breach>> {
    let graph = dependencies::Graph::read(root)?;
    let tree = Tree::read(root)?;
    let mut breaches = dependencies::check(&graph);
    breaches.extend(manifests::check(&graph, &tree));
    breaches.extend(files::check(&tree));
    breaches.extend(paths::check(&tree));
    breaches.extend(links::check(&tree));
    breaches.sort();
    Ok(breaches)
}
