//! How the model that comes with the program is made: from the pack alone, without randomness, so that anybody gets the
//! same bytes.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::concepts::{Concepts, Words};
use crate::matcher::{Asked, Candidate, Matcher, SIGNS, learn_weights};
use crate::model::{Model, TRUST_SIGNS, Trust, trust_signs};
use crate::pack::Concept;
use crate::reading::{Reader, Reading};

/// Comments with the entry that answers them, made up for this.
const COMMENTS: &str = include_str!("../pack/comments.jsonl");
/// In how many parts the concepts are left out, to learn what to do about entries that nobody prepared.
const FOLDS: usize = 5;
/// How much a comment about an entry that nobody prepared counts beside the others.
const COLD_WEIGHT: f32 = 0.35;
/// How much a comment counts beside the others where entries have the phrases of the pack as variants.
const SHOP_WEIGHT: f32 = 0.5;
/// Candidates of a comment that are learned from.
const CANDIDATES_MAX: usize = 30;

/// A comment to learn from.
#[derive(Debug, Deserialize)]
struct Comment {
    text: String,
    room: String,
    faq: Option<String>,
    faq_alt: Vec<String>,
}

/// Makes the model.
///
/// # Errors
/// Where the comments cannot be read.
pub fn train(pack: Vec<Concept>) -> Result<Model, serde_json::Error> {
    let comments = COMMENTS.lines().map(serde_json::from_str).collect::<Result<Vec<Comment>, _>>()?;
    let library: Vec<(usize, Asked)> = pack.iter().enumerate().flat_map(entries).collect();
    let reader = Reader::learn(&pack);
    let mut cases = Vec::new();
    for fold in 0..FOLDS {
        let known = |class: usize| class % FOLDS != fold;
        let concepts = Concepts::learn(pack.clone(), |class, _| known(class), known);
        let entries = library
            .iter()
            .map(|(class, entry)| if known(*class) { entry.clone() } else { unprepared(entry) });
        let matcher = Matcher::new(entries.collect(), &concepts, [1.0; SIGNS]);
        let cold = |comment: &&Comment| {
            library.iter().any(|(class, entry)| Some(&entry.id) == comment.faq.as_ref() && !known(*class))
        };
        cases.extend(
            comments
                .iter()
                .filter(cold)
                .filter_map(|comment| case(comment, &matcher, &concepts, COLD_WEIGHT)),
        );
    }
    let shop: Vec<Asked> = pack.iter().enumerate().flat_map(entries_with_phrases).collect();
    let concepts = Concepts::learn(pack, |_, _| true, |_| true);
    // A shop that takes the pack in has its phrases as variants.
    let matcher = Matcher::new(shop, &concepts, [1.0; SIGNS]);
    cases.extend(comments.iter().filter_map(|comment| case(comment, &matcher, &concepts, SHOP_WEIGHT)));
    let entries: Vec<Asked> = library.into_iter().map(|(_, entry)| entry).collect();
    let labelled: BTreeSet<&String> =
        comments.iter().flat_map(|comment| comment.faq.iter().chain(&comment.faq_alt)).collect();
    // Nobody said of the other entries which comments they answer: they would count as wrong where they are right.
    let judged = entries.iter().filter(|entry| labelled.contains(&entry.id)).cloned().collect();
    let matcher = Matcher::new(entries, &concepts, [1.0; SIGNS]);
    cases.extend(comments.iter().filter_map(|comment| case(comment, &matcher, &concepts, 1.0)));
    let ranking = learn_weights(&cases, 40);
    let judged = Matcher::new(judged, &concepts, ranking);
    let trust = learn_trust(&comments, &judged, &concepts, &reader);
    Ok(Model { concepts, reader, ranking, trust })
}

/// The entries of a concept.
fn entries((class, concept): (usize, &Concept)) -> impl Iterator<Item = (usize, Asked)> + '_ {
    concept.entries.iter().map(move |entry| {
        let asked = Asked {
            id: entry.id.clone(),
            goods: concept.goods.first().filter(|_| concept.goods.len() == 1).cloned(),
            question: entry.question.clone(),
            answer: entry.long.clone(),
            variants: entry.phrases.clone(),
            concepts: Vec::new(),
        };
        (class, asked)
    })
}

/// The entries of a concept as they are taken into a library: the first one with the phrases of the concept.
fn entries_with_phrases((class, concept): (usize, &Concept)) -> impl Iterator<Item = Asked> + '_ {
    entries((class, concept)).enumerate().map(|(place, (_, mut entry))| {
        if place == 0 {
            entry.variants.extend(concept.phrases.all().map(|(_, phrase)| phrase.to_owned()));
        }
        entry
    })
}

/// An entry as a shop would bring it: nobody knows its question, and it has no variants.
fn unprepared(entry: &Asked) -> Asked {
    Asked { question: format!("{} ", entry.question), variants: Vec::new(), ..entry.clone() }
}

fn case(
    comment: &Comment,
    matcher: &Matcher,
    concepts: &Concepts,
    weight: f32,
) -> Option<(Vec<Candidate>, usize, f32)> {
    let right = |candidate: &Candidate| is_right(comment, matcher, candidate);
    comment.faq.as_ref()?;
    let mut found = matcher.find(&Words::of(&comment.text), Some(&comment.room), concepts);
    found.truncate(CANDIDATES_MAX);
    let at = found.iter().position(right)?;
    Some((found, at, weight))
}

fn is_right(comment: &Comment, matcher: &Matcher, candidate: &Candidate) -> bool {
    let id = matcher.entries.get(candidate.entry).map(|entry| &entry.id);
    id.is_some_and(|id| comment.faq.as_ref() == Some(id) || comment.faq_alt.contains(id))
}

/// Learns how far the first candidate can be trusted, by logistic regression.
fn learn_trust(comments: &[Comment], matcher: &Matcher, concepts: &Concepts, reader: &Reader) -> Trust {
    let cases: Vec<([f32; TRUST_SIGNS], f32)> = comments
        .iter()
        .filter(|comment| comment.faq.is_some() || comment.faq_alt.is_empty())
        .map(|comment| {
            let words = Words::of(&comment.text);
            let reading: Reading = reader.read(&words.features);
            let found = matcher.find(&words, Some(&comment.room), concepts);
            let right = found.first().is_some_and(|first| is_right(comment, matcher, first));
            (trust_signs(&found, &reading, &comment.text), f32::from(u8::from(right)))
        })
        .collect();
    let mut weights = [0.0_f32; TRUST_SIGNS];
    let mut energy = [1e-3_f32; TRUST_SIGNS];
    for _ in 0..300 {
        for (signs, right) in &cases {
            let error = Trust { weights }.of(signs) - right;
            for ((weight, sign), energy) in weights.iter_mut().zip(signs).zip(&mut energy) {
                let gradient = error * sign + 1e-4 * *weight;
                *energy += gradient * gradient;
                *weight -= 0.2 * gradient / energy.sqrt();
            }
        }
    }
    Trust { weights }
}
