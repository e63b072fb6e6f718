//! The wording check on sentences that say what is expected of them: recall, and what it flags without reason.

#![cfg(test)]

use std::path::{Path, PathBuf};

use livehand_compliance::wording::{BUILT_IN, Context, Labelled, Linter, Pack, train};
use livehand_kernel::Millis;

/// 2026-11-18.
const NOW: Millis = Millis(1_794_960_000_000);

#[derive(Debug, Default)]
struct Measured {
    risky: usize,
    found: usize,
    innocent: usize,
    flagged: usize,
    wrong: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sentences of each writer, in the order of their files.
fn sets() -> Vec<(PathBuf, Vec<Labelled>)> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join("training")).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "tsv"));
    files.sort();
    let read = |file: PathBuf| {
        let sentences = Labelled::read(&std::fs::read_to_string(&file).unwrap());
        (file, sentences)
    };
    files.into_iter().map(read).collect()
}

fn training() -> Vec<Labelled> {
    sets().into_iter().flat_map(|(_, sentences)| sentences).collect()
}

fn measure(sentences: &[Labelled]) -> Measured {
    measure_with(&Linter::new(&Pack::parse(BUILT_IN).unwrap()).unwrap(), sentences)
}

fn measure_with(linter: &Linter, sentences: &[Labelled]) -> Measured {
    let mut measured = Measured::default();
    for Labelled { id, expected, place, goods, text } in sentences {
        let context = Context { place: *place, category: *goods, at: NOW, evidence: false };
        let hits = linter.check(text, &context).hits;
        for hit in &hits {
            assert!(!hit.basis.zh.is_empty() && !hit.why.zh.is_empty(), "{id}: {}", hit.found);
        }
        let right = match expected {
            Some(category) => {
                let found = hits.iter().any(|hit| hit.category == *category);
                measured.risky += 1;
                measured.found += usize::from(found);
                found
            }
            None => {
                measured.innocent += 1;
                measured.flagged += usize::from(!hits.is_empty());
                hits.is_empty()
            }
        };
        if !right {
            let told: Vec<_> = hits.iter().map(|hit| format!("{}:{}", hit.category, hit.found)).collect();
            measured.wrong.push(format!("{id} {expected:?} {text} {told:?}"));
        }
    }
    measured
}

/// At least and at most so many of a hundred.
fn holds(measured: &Measured, found: usize, flagged: usize) {
    let Measured { risky, innocent, .. } = *measured;
    assert!(measured.found * 100 >= risky * found, "{measured:#?}");
    assert!(measured.flagged * 100 <= innocent * flagged, "{measured:#?}");
}

#[test]
fn sentences_that_were_learned_from_are_judged_right() {
    let measured = measure(&training());
    assert!(measured.risky >= 2_000 && measured.innocent >= 2_000);
    holds(&measured, 98, 2);
}

#[test]
fn the_model_is_the_one_that_the_sentences_give() {
    let learned = train(&Pack::parse(BUILT_IN).unwrap(), &training()).unwrap();
    let kept = std::fs::read(root().join("model/wording.bin")).unwrap();
    assert!(
        learned == kept,
        "make it anew: cargo run --release -p livehand-compliance --example wording_model"
    );
}

/// The goals, on sentences of two writers that were measured once, after the model was made.
#[test]
fn sentences_that_nothing_was_learned_from_are_judged_right() {
    let unseen = Labelled::read(include_str!("../../../tests/data/wording-unseen.tsv"));
    let measured = measure(&unseen);
    assert!(measured.risky >= 200 && measured.innocent >= 200);
    holds(&measured, 98, 2);
}

#[test]
fn a_writer_that_nothing_was_learned_from_is_judged_nearly_as_well() {
    let pack = Pack::parse(BUILT_IN).unwrap();
    let left_out = |(file, _): &(PathBuf, Vec<Labelled>)| file.ends_with("writer-8.tsv");
    let others: Vec<Labelled> =
        sets().into_iter().filter(|set| !left_out(set)).flat_map(|(_, sentences)| sentences).collect();
    let linter = Linter::with_model(&pack, &train(&pack, &others).unwrap()).unwrap();
    let one = sets().into_iter().find(left_out).unwrap().1;
    holds(&measure_with(&linter, &one), 97, 4);
}
