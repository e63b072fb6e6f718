//! What the built-in model understands of comments whose answers it has not learned from.

#![cfg(test)]

use livehand_language::matcher::Asked;
use livehand_language::understand::{AUTO_FROM, Library, MEASURED, Understood};
use livehand_language::{model, pack};
use serde::Deserialize;

/// Made up by two who had seen neither the phrases nor the model, after it was frozen. The model has learned from none of
/// them; some spellings of sizes and weights were looked at since.
const UNSEEN: [&str; 2] = [
    include_str!("../../../tests/data/comments-unseen.jsonl"),
    include_str!("../../../tests/data/comments-unseen-2.jsonl"),
];

/// By a writer of many voices, much of it dialect. Nothing has learned from it.
const DENSE: &str = include_str!("../../../tests/data/comments-unseen-3.jsonl");

#[derive(Deserialize)]
struct Case {
    text: String,
    room: String,
    intent: String,
    intent_alt: Vec<String>,
    hesitation: bool,
    faq: Option<String>,
    faq_alt: Vec<String>,
}

/// The entries that the comments are labelled with.
fn library() -> Library {
    let concepts = pack::built_in().unwrap();
    let entries =
        concepts.iter().flat_map(|concept| concept.entries.iter().map(move |entry| (concept, entry)));
    let entries = entries.filter(|(_, entry)| entry.id.starts_with('F')).map(|(concept, entry)| Asked {
        id: entry.id.clone(),
        goods: concept.goods.first().filter(|_| concept.goods.len() == 1).cloned(),
        question: entry.question.clone(),
        answer: entry.long.clone(),
        ..Asked::default()
    });
    Library::new(entries.collect(), model::built_in().unwrap())
}

fn unseen() -> Vec<Case> {
    let lines = UNSEEN.iter().flat_map(|file| file.lines());
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_right(case: &Case, library: &Library, understood: &Understood, first: usize) -> bool {
    understood.candidates.iter().take(first).any(|found| {
        let id = library.entries().get(found.entry).map(|entry| &entry.id);
        id.is_some_and(|id| case.faq.as_ref() == Some(id) || case.faq_alt.contains(id))
    })
}

/// What is reached, so that it does not get worse unnoticed: 95.3 and 98.8 % were measured, the goals are 82 and 92 %.
#[test]
fn of_unseen_comments_it_is_known_how_many_are_answered() {
    let (library, model) = (library(), model::built_in().unwrap());
    let cases = unseen();
    let (mut answerable, mut first, mut three) = (0, 0, 0);
    for case in &cases {
        let understood = library.understand(&case.text, Some(&case.room), model);
        if case.faq.is_some() {
            answerable += 1;
            first += usize::from(is_right(case, &library, &understood, 1));
            three += usize::from(is_right(case, &library, &understood, 3));
        }
    }
    assert!(cases.len() >= 800 && answerable >= 450);
    let told = format!("{first} and {three} of {answerable}");
    assert!(first * 100 >= answerable * 93, "{told}");
    assert!(three * 100 >= answerable * 97, "{told}");
}

/// The goals are an F1 of 0.75 for doubt and 86 % of the intents; 0.82 and 93.8 % were measured.
#[test]
fn whoever_doubts_is_told_from_whoever_only_asks_also_if_nobody_knows_the_writer() {
    let (library, model) = (library(), model::built_in().unwrap());
    let cases: Vec<Case> = DENSE.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (mut right, mut wrong, mut missed, mut intents) = (0, 0, 0, 0);
    for case in &cases {
        let reading = library.understand(&case.text, Some(&case.room), model).reading;
        let (said, act) = (reading.about.is_some(), reading.act.code());
        right += usize::from(said && case.hesitation);
        wrong += usize::from(said && !case.hesitation);
        missed += usize::from(!said && case.hesitation);
        intents += usize::from(case.intent == act || case.intent_alt.iter().any(|other| other == act));
    }
    let told = format!("{right} right, {wrong} wrong, {missed} missed; intents {intents} of {}", cases.len());
    assert!(cases.len() >= 300 && right + missed >= 45, "{told}");
    assert!(2 * right * 100 >= (2 * right + wrong + missed) * 77, "{told}");
    assert!(intents * 100 >= cases.len() * 91, "{told}");
}

#[test]
fn what_may_go_out_by_itself_is_right_as_often_as_is_said() {
    let (library, model) = (library(), model::built_in().unwrap());
    let cases = unseen();
    let answerable = cases.iter().filter(|case| case.faq.is_some()).count();
    for one in MEASURED {
        let (mut sent, mut right) = (0, 0);
        for case in &cases {
            let understood = library.understand(&case.text, Some(&case.room), model);
            // Where another entry would be right as well although none is named, nobody can say.
            let neutral = case.faq.is_none() && !case.faq_alt.is_empty();
            if understood.trust * 1_000.0 >= one.trust_permille as f32 && !neutral {
                sent += 1;
                right += usize::from(is_right(case, &library, &understood, 1));
            }
        }
        let told = format!("{one:?}: {right} of {sent} right, {answerable} answerable");
        assert!(right * 1_000 >= sent * one.precision_permille as usize, "{told}");
        assert!(right * 1_000 >= answerable * one.coverage_permille as usize * 95 / 100, "{told}");
    }
    let surest = MEASURED.last().unwrap();
    assert!((surest.trust_permille as f32 / 1_000.0 - AUTO_FROM).abs() < 0.000_1);
}
