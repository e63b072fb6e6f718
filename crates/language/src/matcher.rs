//! Which question of a library a comment asks.
//!
//! Two channels that do not know of each other. The *concepts*: a linear model over the phrases of the built-in pack says what
//! is asked about, and entries of the library hang on concepts. The *words*: what the comment shares with an entry's own
//! question, answer and variants. An entry that nobody prepared is reached through the concept that its question asks
//! for, and a concept that the library does not answer takes its share of the probability to nobody: that is how
//! variants of some entries do no harm to those that have none.

use livehand_kernel::Phrase;
use rustc_hash::FxHashMap;

use crate::concepts::{Concepts, Words, clauses, features_of};
use crate::features::Feature;
use crate::likeness::{Index, Likeness};
use crate::linear::{Linear, softmax};

/// An entry of a library, as far as matching goes.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Its id in the library.
    pub id: String,
    /// Only of these goods; of any if nothing.
    pub goods: Option<String>,
    /// The question in full.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// How buyers ask for it.
    pub variants: Vec<String>,
    /// Codes of the concepts that it hangs on; found by its question if empty.
    pub concepts: Vec<String>,
}

/// How a part of an entry is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Question,
    Answer,
    Variant,
}

/// What speaks for an entry, each from 0 to 1 but for the logarithm.
pub const SIGNS: usize = 26;

/// What speaks for an entry.
pub type Signs = [f32; SIGNS];

/// An entry that may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its place in the library.
    pub entry: usize,
    /// What speaks for it.
    pub signs: Signs,
    /// How strongly.
    pub score: f32,
}

/// A library, ready to be matched.
pub struct Matcher {
    /// The entries.
    pub entries: Vec<Asked>,
    index: Index,
    /// For each document, the entry and the part of it.
    documents: Vec<(usize, Part)>,
    /// For each concept, the entries that hang on it and how strongly.
    hanging: Vec<Vec<(usize, f32)>>,
    /// For each concept, the entries whose question sounds like it: the root of the probability.
    sounding: Vec<Vec<(usize, f32)>>,
    /// What a comment shares with the question and the variants of each entry.
    heard: Linear,
    /// What each sign weighs.
    pub weights: Signs,
}

/// The signs of the entries of which anything speaks for.
struct Found {
    /// For each entry, its place in the list plus one; 0 for none.
    places: Vec<u32>,
    list: Vec<(usize, Signs)>,
}

impl Found {
    fn of(entries: usize) -> Self {
        Self { places: vec![0; entries], list: Vec::with_capacity(64) }
    }

    /// The signs of an entry.
    fn signs(&mut self, entry: usize) -> Option<&mut Signs> {
        let place = self.places.get_mut(entry)?;
        if *place == 0 {
            self.list.push((entry, [0.0; SIGNS]));
            *place = self.list.len() as u32;
        }
        self.list.get_mut(*place as usize - 1).map(|(_, signs)| signs)
    }
}

/// By how much scores are evened out where texts are compared by the concepts that they sound like.
const SOFT: f32 = 2.0;
/// Below this an entry does not sound like a concept.
const SOUNDS_FROM: f32 = 0.02;
/// Below this share of the best nothing is heard of an entry.
const HEARD_FROM: f32 = 0.3;
/// Candidates that are handed on.
const CANDIDATES_MAX: usize = 50;
/// From here on an entry hangs on a concept that its question asks for.
const HANGS_FROM: f32 = 0.15;

impl Matcher {
    /// Makes a library ready.
    pub fn new(entries: Vec<Asked>, concepts: &Concepts, weights: Signs) -> Self {
        let (mut texts, mut documents, mut heard) =
            (Vec::new(), Vec::new(), Vec::with_capacity(entries.len()));
        let mut hanging = vec![Vec::new(); concepts.concepts.len()];
        let mut sounding = vec![Vec::new(); concepts.concepts.len()];
        let by_question: FxHashMap<&str, usize> = concepts
            .concepts
            .iter()
            .enumerate()
            .flat_map(|(at, concept)| concept.entries.iter().map(move |entry| (entry.question.as_str(), at)))
            .collect();
        for (number, entry) in entries.iter().enumerate() {
            let mut own = Vec::new();
            let mut add = |text: &str, part: Part| {
                let words = Words::of(text);
                texts.push(words.content);
                documents.push((number, part));
                words.grams
            };
            own.extend(add(&entry.question, Part::Question));
            if clauses(&entry.question).count() > 1 {
                clauses(&entry.question).for_each(|clause| drop(add(clause, Part::Question)));
            }
            clauses(&entry.answer).for_each(|clause| drop(add(clause, Part::Answer)));
            add(&entry.answer, Part::Answer);
            entry.variants.iter().for_each(|variant| own.extend(add(variant, Part::Variant)));
            heard.push(own);
            let soft =
                softmax(question_scores(entry, concepts).into_iter().map(|score| score / SOFT).collect());
            for (list, probability) in
                sounding.iter_mut().zip(soft).filter(|(_, probability)| *probability > SOUNDS_FROM)
            {
                list.push((number, probability.sqrt()));
            }
            for (concept, strength) in hangs_on(entry, concepts, &by_question) {
                if let Some(list) = hanging.get_mut(concept) {
                    list.push((number, strength));
                }
            }
        }
        let (index, heard) = (Index::new(&texts), Linear::of_words(&heard));
        Self { index, entries, documents, hanging, sounding, heard, weights }
    }

    /// What speaks for a candidate and how much, the strongest first; together it is the score.
    pub fn why(&self, candidate: &Candidate) -> Vec<(Phrase, f32)> {
        let share = |at: usize| {
            let of = |at: usize| {
                candidate.signs.get(at).copied().unwrap_or(0.0) * self.weights.get(at).copied().unwrap_or(0.0)
            };
            of(at) + of(at + SIGNS / 2)
        };
        let mut shares = vec![
            (Phrase::new("asks for its topic", "问的就是这个主题"), share(0) + share(1)),
            (Phrase::new("asked in words known for its topic", "同主题的常见问法"), share(10) + share(11)),
            (Phrase::new("asked in its own words", "与本条问法相同"), share(12)),
            (Phrase::new("words of its question", "与问题同字"), share(2) + share(3)),
            (Phrase::new("words of its answer", "与答案同字"), share(4) + share(5)),
            (Phrase::new("words of a variant", "与问法同字"), share(6) + share(7)),
            (Phrase::new("sounds like its topic", "与主题相近"), share(9)),
            (Phrase::new("made for these goods", "本类商品专用"), share(8)),
        ];
        shares.retain(|(_, share)| share.abs() > 0.005);
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    /// Entries that may be meant, the likeliest first; not more than anybody looks at.
    pub fn find(&self, words: &Words, goods: Option<&str>, concepts: &Concepts) -> Vec<Candidate> {
        let mut scores = concepts.model.scores(&words.features);
        concepts.leave_out_other(goods, &mut scores);
        let soft = softmax(scores.iter().map(|score| score / SOFT).collect());
        let probabilities = softmax(scores);
        let surest = probabilities.iter().copied().fold(0.0, f32::max);
        let mut found = Found::of(self.entries.len());
        self.hang(&mut found, 0, &probabilities, 0.002);
        self.hear(&mut found, &words.grams, goods, concepts);
        for (list, probability) in self.sounding.iter().zip(&soft) {
            if *probability < SOUNDS_FROM {
                continue;
            }
            for (entry, root) in list {
                if let Some(sign) = found.signs(*entry).and_then(|signs| signs.get_mut(9)) {
                    *sign += probability.sqrt() * root;
                }
            }
        }
        let (mut shared, mut likenesses) = (Vec::new(), Vec::new());
        self.index.find(&words.content, &mut shared, &mut likenesses);
        for (document, likeness) in likenesses {
            let Some((entry, part)) = self.documents.get(document as usize) else { continue };
            found.signs(*entry).into_iter().for_each(|signs| note(signs, *part, likeness));
        }
        let mut candidates: Vec<Candidate> = found
            .list
            .into_iter()
            .filter_map(|(entry, signs)| self.judged(entry, signs, goods, surest))
            .collect();
        let order = |a: &Candidate, b: &Candidate| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry));
        if candidates.len() > CANDIDATES_MAX {
            candidates.select_nth_unstable_by(CANDIDATES_MAX, order);
            candidates.truncate(CANDIDATES_MAX);
        }
        candidates.sort_by(order);
        candidates
    }

    /// Notes for each entry the greatest value among the concepts that it hangs on.
    fn hang(&self, found: &mut Found, sign: usize, values: &[f32], from: f32) {
        for (list, value) in self.hanging.iter().zip(values).filter(|(_, value)| **value >= from) {
            for (entry, strength) in list {
                if let Some(sign) = found.signs(*entry).and_then(|signs| signs.get_mut(sign)) {
                    *sign = sign.max(value * strength);
                }
            }
        }
    }

    /// Notes what the comment shares with the phrases of concepts and with those of entries.
    fn hear(&self, found: &mut Found, grams: &[Feature], goods: Option<&str>, concepts: &Concepts) {
        let mut heard = concepts.heard.scores(grams);
        concepts.leave_out_other(goods, &mut heard);
        let most = heard.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let shares: Vec<f32> = heard.iter().map(|score| (score / most).max(0.0)).collect();
        self.hang(found, 10, &shares, HEARD_FROM);
        self.hang(found, 11, &softmax(heard), 0.002);
        let own = self.heard.scores(grams);
        let most = own.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        for (entry, score) in own.into_iter().enumerate().filter(|(_, score)| *score >= most * HEARD_FROM) {
            if let Some(sign) = found.signs(entry).and_then(|signs| signs.get_mut(12)) {
                *sign = score / most;
            }
        }
    }

    fn judged(&self, entry: usize, mut signs: Signs, goods: Option<&str>, surest: f32) -> Option<Candidate> {
        let own = self.entries.get(entry)?;
        let fits = own.goods.is_none() || goods.is_none() || own.goods.as_deref() == goods;
        if !fits {
            return None;
        }
        signs[1] = ((signs[0] / 0.02).max(1.0).ln() / 4.0).min(1.0);
        signs[8] = f32::from(u8::from(own.goods.is_some()));
        let (plain, sure) = signs.split_at_mut(SIGNS / 2);
        sure.iter_mut().zip(plain).for_each(|(sure, plain)| *sure = *plain * surest);
        let score = signs.iter().zip(&self.weights).map(|(sign, weight)| sign * weight).sum();
        Some(Candidate { entry, signs, score })
    }
}

fn note(signs: &mut Signs, part: Part, likeness: Likeness) {
    let (cosine, covered) = match part {
        Part::Question => (2, 3),
        Part::Answer => (4, 5),
        Part::Variant => (6, 7),
    };
    for (sign, value) in [(cosine, likeness.cosine), (covered, likeness.covered)] {
        if let Some(sign) = signs.get_mut(sign) {
            *sign = sign.max(value);
        }
    }
}

/// The concepts that an entry hangs on, with how strongly.
fn hangs_on(entry: &Asked, concepts: &Concepts, by_question: &FxHashMap<&str, usize>) -> Vec<(usize, f32)> {
    if !entry.concepts.is_empty() {
        return entry.concepts.iter().filter_map(|code| Some((*concepts.by_code.get(code)?, 1.0))).collect();
    }
    if let Some(at) = by_question.get(entry.question.as_str()) {
        return vec![(*at, 1.0)];
    }
    let probabilities = softmax(question_scores(entry, concepts));
    let mut hangs: Vec<(usize, f32)> =
        probabilities.into_iter().enumerate().filter(|(_, probability)| *probability >= HANGS_FROM).collect();
    hangs.sort_by(|a, b| b.1.total_cmp(&a.1));
    hangs.truncate(2);
    hangs
}

/// How much an entry's question sounds like each concept.
fn question_scores(entry: &Asked, concepts: &Concepts) -> Vec<f32> {
    let mut scores = vec![0.0; concepts.concepts.len()];
    let texts: Vec<&str> = std::iter::once(entry.question.as_str()).chain(clauses(&entry.question)).collect();
    for text in &texts {
        let features = features_of(text);
        for (sum, score) in scores.iter_mut().zip(concepts.model.scores(&features)) {
            *sum += score / texts.len() as f32;
        }
    }
    concepts.leave_out_other(entry.goods.as_deref(), &mut scores);
    scores
}

/// Learns what the signs weigh: each case is the candidates of a comment and the place of the right one among them.
pub fn learn_weights(cases: &[(Vec<Candidate>, usize, f32)], rounds: usize) -> Signs {
    let mut weights = [1.0; SIGNS];
    weights[8] = 0.0;
    let mut energy = [1e-3_f32; SIGNS];
    for _ in 0..rounds {
        for (candidates, right, counts) in cases {
            let scores = candidates
                .iter()
                .map(|candidate| {
                    candidate.signs.iter().zip(&weights).map(|(sign, weight)| sign * weight).sum()
                })
                .collect();
            let probabilities = softmax(scores);
            let mut gradient = [0.0_f32; SIGNS];
            for (place, (candidate, probability)) in candidates.iter().zip(probabilities).enumerate() {
                let error = (probability - f32::from(u8::from(place == *right))) * counts;
                gradient.iter_mut().zip(&candidate.signs).for_each(|(sum, sign)| *sum += error * sign);
            }
            for ((weight, gradient), energy) in weights.iter_mut().zip(gradient).zip(&mut energy) {
                *energy += gradient * gradient;
                *weight -= 0.3 * gradient / energy.sqrt();
            }
        }
    }
    weights
}
