//! How the model that comes with the program is made: from the pack alone, without randomness, so that anybody gets the
//! same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::concepts::{Concepts, Words, masked_of};
use crate::matcher::{Asked, Candidate, Lesson, Matcher, Ranking, learn_ranking};
use crate::model::{Model, TRUST_SIGNS, Trust, trust_signs};
use crate::pack::Concept;
use crate::reading::{Reader, Reading};

/// Comments with the entry that answers them, made up for this.
const COMMENTS: &str = include_str!("../pack/comments.jsonl");
/// In how many parts the concepts are left out, to learn what to do about entries that nobody prepared.
const FOLDS: usize = 5;
/// How much a comment about a prepared entry counts for each part in which others are not; there are three of these.
const BESIDE_WEIGHT: f32 = 0.67;
/// How much a comment counts beside the others where entries have variants.
const VARIANTS_WEIGHT: f32 = 0.5;
/// How many variants a shop writes for an entry of its own.
const VARIANTS: usize = 4;
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

/// A library to learn from, and the concepts that are known of it.
struct Shop<'a> {
    matcher: Matcher,
    concepts: &'a Concepts,
    /// How much a comment counts, by the class of the entry that answers it.
    counts: Box<dyn Fn(Option<usize>) -> f32 + 'a>,
}

/// Makes the model.
///
/// # Errors
/// Where the comments cannot be read.
pub fn train(pack: Vec<Concept>) -> Result<Model, serde_json::Error> {
    let comments = COMMENTS.lines().map(serde_json::from_str).collect::<Result<Vec<Comment>, _>>()?;
    let labelled: BTreeSet<&String> =
        comments.iter().flat_map(|comment| comment.faq.iter().chain(&comment.faq_alt)).collect();
    let library: Vec<(usize, Asked)> = pack.iter().enumerate().flat_map(entries).collect();
    // Nobody said of the other entries which comments they answer: they would count as wrong where they are right.
    let judged = library.iter().filter(|(_, entry)| labelled.contains(&entry.id));
    let judged: Vec<(usize, Asked)> = judged.cloned().collect();
    let classes: BTreeMap<&String, usize> = judged.iter().map(|(class, entry)| (&entry.id, *class)).collect();
    let folds: Vec<Concepts> = (0..FOLDS)
        .map(|fold| {
            let known = |class| Kind::of(class, fold) != Kind::LeftOut;
            Concepts::learn(pack.clone(), |class, number| known(class) && number > 0, known)
        })
        .collect();
    let concepts = Concepts::learn(pack.clone(), |_, _| true, |_| true);
    let shop: Vec<Asked> = pack.iter().enumerate().flat_map(entries_with_phrases).collect();
    let all = |entries: Vec<(usize, Asked)>| entries.into_iter().map(|(_, entry)| entry).collect();
    let mut shops = vec![
        // A shop that takes the pack in has its phrases as variants.
        Shop::new(shop, &concepts, |_| VARIANTS_WEIGHT),
        Shop::new(all(library.clone()), &concepts, |_| 1.0),
    ];
    for (fold, concepts) in folds.iter().enumerate() {
        let counts = move |class: Option<usize>| match class.map(|class| Kind::of(class, fold)) {
            Some(Kind::LeftOut | Kind::Reworded) => 1.0,
            _ => BESIDE_WEIGHT,
        };
        let brought = |variants: usize| {
            let bring = |(class, entry): &(usize, Asked)| {
                let concept = pack.get(*class)?;
                Some(Kind::of(*class, fold).bring(entry, concept, variants))
            };
            judged.iter().filter_map(bring).collect()
        };
        shops.push(Shop::new(brought(VARIANTS), concepts, move |class| VARIANTS_WEIGHT * counts(class)));
        shops.push(Shop::new(brought(0), concepts, counts));
    }
    let class_of = |comment: &Comment| classes.get(comment.faq.as_ref()?).copied();
    let lessons = shops
        .iter()
        .flat_map(|shop| comments.iter().filter_map(|comment| shop.lesson(comment, class_of(comment))));
    let ranking = learn_ranking(&lessons.collect::<Vec<_>>(), 40);
    // Trust is learned where nothing has variants, as the first answer is harder to find there: in every second part.
    let mut shops: Vec<Shop<'_>> = shops.into_iter().skip(3).step_by(2).collect();
    let parts = shops.len() as f32;
    shops.iter_mut().for_each(|shop| shop.counts = Box::new(move |_| 1.0 / parts));
    shops.push(Shop::new(all(judged), &concepts, |_| 1.0));
    shops.iter_mut().for_each(|shop| shop.matcher.ranking = ranking);
    let reader = Reader::learn(&pack);
    let trust = learn_trust(&comments, &shops, &reader);
    drop(shops);
    Ok(Model { concepts, reader, ranking, trust })
}

/// What is known of the entries of a concept where others are prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The concept is not known at all.
    LeftOut,
    /// The concept is known, but the question is asked in other words.
    Reworded,
    /// As they stand in the pack.
    Prepared,
}

impl Kind {
    fn of(class: usize, fold: usize) -> Self {
        match (class + fold) % FOLDS {
            0 => Self::LeftOut,
            1 => Self::Reworded,
            _ => Self::Prepared,
        }
    }

    /// An entry as a shop would bring it, with so many variants if nobody prepared it.
    fn bring(self, entry: &Asked, concept: &Concept, variants: usize) -> Asked {
        if self == Self::Prepared {
            return entry.clone();
        }
        let mut phrases = concept.phrases.all().map(|(_, phrase)| phrase);
        // The first phrase was not learned from.
        let reworded = phrases.next().filter(|_| self == Self::Reworded && concept.entries.len() == 1);
        Asked {
            // With a space at its end nobody knows the question.
            question: reworded.map_or_else(|| format!("{} ", entry.question), str::to_owned),
            variants: phrases.take(variants).map(str::to_owned).collect(),
            ..entry.clone()
        }
    }
}

impl<'a> Shop<'a> {
    fn new(entries: Vec<Asked>, concepts: &'a Concepts, counts: impl Fn(Option<usize>) -> f32 + 'a) -> Self {
        let matcher = Matcher::new(entries, concepts, Ranking::EVEN);
        Self { matcher, concepts, counts: Box::new(counts) }
    }

    /// What can be learned from a comment that an entry of a class answers.
    fn lesson(&self, comment: &Comment, class: Option<usize>) -> Option<Lesson> {
        comment.faq.as_ref()?;
        let mut candidates = self.matcher.find(&Words::of(&comment.text), Some(&comment.room), self.concepts);
        candidates.truncate(CANDIDATES_MAX);
        let right = candidates.iter().position(|candidate| is_right(comment, &self.matcher, candidate))?;
        Some(Lesson { candidates, right, counts: (self.counts)(class) })
    }
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

fn is_right(comment: &Comment, matcher: &Matcher, candidate: &Candidate) -> bool {
    let id = matcher.entries.get(candidate.entry).map(|entry| &entry.id);
    id.is_some_and(|id| comment.faq.as_ref() == Some(id) || comment.faq_alt.contains(id))
}

/// Learns how far the first candidate can be trusted, by logistic regression.
fn learn_trust(comments: &[Comment], shops: &[Shop<'_>], reader: &Reader) -> Trust {
    let mut cases: Vec<([f32; TRUST_SIGNS], f32, f32)> = Vec::new();
    for comment in comments.iter().filter(|comment| comment.faq.is_some() || comment.faq_alt.is_empty()) {
        let masked = masked_of(&comment.text);
        let words = Words::of_masked(&masked);
        let reading: Reading = reader.read(&masked, &words.features);
        cases.extend(shops.iter().map(|shop| {
            let found = shop.matcher.find(&words, Some(&comment.room), shop.concepts);
            let right = found.first().is_some_and(|first| is_right(comment, &shop.matcher, first));
            let signs = trust_signs(&found, &reading, &comment.text);
            (signs, f32::from(u8::from(right)), (shop.counts)(None))
        }));
    }
    let mut weights = [0.0_f32; TRUST_SIGNS];
    let mut energy = [1e-3_f32; TRUST_SIGNS];
    for _ in 0..300 {
        for (signs, right, counts) in &cases {
            let error = (Trust { weights }.of(signs) - right) * counts;
            for ((weight, sign), energy) in weights.iter_mut().zip(signs).zip(&mut energy) {
                let gradient = error * sign + 1e-4 * *weight;
                *energy += gradient * gradient;
                *weight -= 0.2 * gradient / energy.sqrt();
            }
        }
    }
    Trust { weights }
}
