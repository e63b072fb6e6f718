//! Which question of a library a comment asks.
//!
//! Two channels that do not know of each other. The *concepts*: a linear model over the phrases of the built-in pack says what
//! is asked about, and entries of the library hang on concepts. The *words*: what the comment shares with an entry's own
//! question, answer and variants, and the words that buyers are expected to use for those. An entry that nobody prepared
//! is reached through the concept that its question asks for and through these words. What its signs weigh is learned
//! apart from the others, side by side with them: that is how variants of some entries do no harm to those that have
//! none.

use std::collections::BTreeSet;
use std::sync::Mutex;

use livehand_kernel::Phrase;
use rustc_hash::FxHashMap;

use crate::concepts::{Concepts, Words, clauses, features_of};
use crate::features::Feature;
use crate::found::Found;
use crate::likeness::{Index, Likeness, Sums};
use crate::linear::{Linear, from, greatest, softmax};

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
pub const SIGNS: usize = 28;

/// Those that are found; the others are the same in the measure of how sure the topic is.
pub(crate) const PLAIN_SIGNS: usize = SIGNS / 2;

/// The sign that nobody prepared an entry: none of its concepts is known, only guessed.
pub const UNPREPARED: usize = 13;

/// What speaks for an entry.
pub type Signs = [f32; SIGNS];

/// What each sign weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// For entries whose concepts are known.
    pub prepared: Signs,
    /// For entries that nobody prepared.
    pub unprepared: Signs,
}

impl Ranking {
    /// Before anything was learned.
    pub const EVEN: Self = Self { prepared: EVEN, unprepared: EVEN };

    /// What the signs of a candidate weigh.
    pub fn of(&self, candidate: &Candidate) -> &Signs {
        let unprepared = candidate.signs.get(UNPREPARED).is_some_and(|sign| *sign > 0.0);
        if unprepared { &self.unprepared } else { &self.prepared }
    }
}

/// Every sign speaks for an entry, but for what kind of entry it is.
const EVEN: Signs = {
    let mut weights = [1.0; SIGNS];
    weights[8] = 0.0;
    weights[8 + PLAIN_SIGNS] = 0.0;
    weights[UNPREPARED] = 0.0;
    weights[UNPREPARED + PLAIN_SIGNS] = 0.0;
    weights
};

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
    /// The parts of the entries.
    index: Index<(u32, Part)>,
    /// For each entry the goods that it is made for, as a place in `kinds` plus one; 0 for any.
    goods: Vec<u32>,
    kinds: Vec<String>,
    /// For each concept, the entries that hang on it and how strongly.
    hanging: Vec<Vec<(u32, f32)>>,
    /// Of each entry, whether nobody prepared it.
    unprepared: Vec<bool>,
    /// What buyers who mean an entry are expected to say.
    expected: Linear,
    /// What a comment shares with the question and the variants of each entry.
    heard: Linear,
    /// What each sign weighs.
    pub ranking: Ranking,
    /// What comments are matched with, one at a time each.
    desks: Mutex<Vec<Desk>>,
}

/// What a comment is matched with, and the next one after it.
#[derive(Default)]
struct Desk {
    found: Found,
    sums: Sums,
}

/// What a comment weighs that is expected word for word; the sign is its part of this.
const EXPECTED_MOST: f32 = 8.0;
/// Below this share of the best nothing is heard of an entry, nor expected.
const HEARD_FROM: f32 = 0.3;
/// Candidates that are handed on.
const CANDIDATES_MAX: usize = 50;
/// From here on an entry hangs on a concept that its question asks for.
const HANGS_FROM: f32 = 0.15;

impl Matcher {
    /// Makes a library ready.
    pub fn new(entries: Vec<Asked>, concepts: &Concepts, ranking: Ranking) -> Self {
        let (mut parts, mut heard) = (Vec::new(), Vec::with_capacity(entries.len()));
        let (mut unprepared, mut expected) = (Vec::new(), Vec::with_capacity(entries.len()));
        let mut hanging = vec![Vec::new(); concepts.concepts.len()];
        let by_question: FxHashMap<&str, usize> = concepts
            .concepts
            .iter()
            .enumerate()
            .flat_map(|(at, concept)| concept.entries.iter().map(move |entry| (entry.question.as_str(), at)))
            .collect();
        for (number, entry) in (0_u32..).zip(&entries) {
            let mut own = Vec::new();
            let mut add = |text: &str, part: Part| {
                let words = Words::of(text);
                parts.push((words.content, (number, part)));
                words.grams
            };
            own.extend(add(&entry.question, Part::Question));
            if clauses(&entry.question).count() > 1 {
                clauses(&entry.question).for_each(|clause| drop(add(clause, Part::Question)));
            }
            let mut words: BTreeSet<u32> = own.iter().map(|gram| gram.id).collect();
            clauses(&entry.answer).for_each(|clause| words.extend(ids(add(clause, Part::Answer))));
            words.extend(ids(add(&entry.answer, Part::Answer)));
            expected.push(concepts.associations.expected(&words));
            entry.variants.iter().for_each(|variant| own.extend(add(variant, Part::Variant)));
            heard.push(own);
            let known = known_concepts(entry, concepts, &by_question);
            unprepared.push(known.is_empty());
            let hangs = if known.is_empty() { guessed_concepts(entry, concepts) } else { known };
            for (concept, strength) in hangs {
                if let Some(list) = hanging.get_mut(concept) {
                    list.push((number, strength));
                }
            }
        }
        let (index, heard) = (Index::new(&parts), Linear::of_words(&heard));
        let expected = Linear::of_weights(&expected);
        let (kinds, goods) = kinds_of_goods(&entries);
        let desks = Mutex::default();
        Self { index, entries, goods, kinds, hanging, unprepared, expected, heard, ranking, desks }
    }

    /// What speaks for a candidate and how much, the strongest first; together it is the score.
    pub fn why(&self, candidate: &Candidate) -> Vec<(Phrase, f32)> {
        let weights = self.ranking.of(candidate);
        let share = |at: usize| {
            let of = |at: usize| {
                candidate.signs.get(at).copied().unwrap_or(0.0) * weights.get(at).copied().unwrap_or(0.0)
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
            (Phrase::new("words that buyers use for it", "买家常用的说法"), share(9)),
            (Phrase::new("made for these goods", "本类商品专用"), share(8)),
            (Phrase::new("its topic is not known", "尚未归入主题"), share(UNPREPARED)),
        ];
        shares.retain(|(_, share)| share.abs() > 0.005);
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    /// Entries that may be meant, the likeliest first; not more than anybody looks at.
    pub fn find(&self, words: &Words, goods: Option<&str>, concepts: &Concepts) -> Vec<Candidate> {
        let mut scores = concepts.model.scores(&words.features);
        concepts.leave_out_other(goods, &mut scores);
        let probabilities = softmax(scores);
        let surest = greatest(&probabilities, 0.0);
        let mut desk = self.desks.lock().ok().and_then(|mut desks| desks.pop()).unwrap_or_default();
        let Desk { found, sums } = &mut desk;
        found.clear(self.entries.len());
        self.hang(found, 0, &probabilities, 0.002);
        self.hear(found, &words.grams, goods, concepts);
        let means = self.expected.means(&words.grams);
        let most = greatest(&means, f32::MIN_POSITIVE);
        from(&means, most * HEARD_FROM, |entry, mean| {
            found.change(entry as u32, 9, |sign| *sign = mean / EXPECTED_MOST)
        });
        self.index.find(&words.content, sums, |(entry, part), likeness| note(found, entry, part, likeness));
        let candidates = self.best(found, goods, surest);
        if let Ok(mut desks) = self.desks.lock() {
            desks.push(desk);
        }
        candidates
    }

    /// Notes for each entry the greatest value among the concepts that it hangs on.
    fn hang(&self, found: &mut Found, sign: usize, values: &[f32], from: f32) {
        for (list, value) in self.hanging.iter().zip(values).filter(|(_, value)| **value >= from) {
            for (entry, strength) in list {
                found.change(*entry, sign, |sign| *sign = sign.max(value * strength));
            }
        }
    }

    /// Notes what the comment shares with the phrases of concepts and with those of entries.
    fn hear(&self, found: &mut Found, grams: &[Feature], goods: Option<&str>, concepts: &Concepts) {
        let mut heard = concepts.heard.scores(grams);
        concepts.leave_out_other(goods, &mut heard);
        let most = greatest(&heard, f32::MIN_POSITIVE);
        let shares: Vec<f32> = heard.iter().map(|score| (score / most).max(0.0)).collect();
        self.hang(found, 10, &shares, HEARD_FROM);
        self.hang(found, 11, &softmax(heard), 0.002);
        let own = self.heard.scores(grams);
        let most = greatest(&own, f32::MIN_POSITIVE);
        from(&own, most * HEARD_FROM, |entry, score| {
            found.change(entry as u32, 12, |sign| *sign = score / most)
        });
    }

    /// The strongest of the entries that were found and fit the goods, the strongest first.
    fn best(&self, found: &mut Found, goods: Option<&str>, surest: f32) -> Vec<Candidate> {
        let logarithms: Vec<f32> = found.row(0).iter().map(|sign| logarithm(*sign)).collect();
        found.set(1, |place, _| logarithms.get(place).copied().unwrap_or(0.0));
        let own_goods = |entry: u32| self.goods.get(entry as usize).copied().unwrap_or(0);
        found.set(8, |_, entry| f32::from(u8::from(own_goods(entry) > 0)));
        let is_unprepared = |entry: u32| self.unprepared.get(entry as usize).copied().unwrap_or(false);
        found.set(UNPREPARED, |_, entry| f32::from(u8::from(is_unprepared(entry))));
        let wanted = goods.map(|goods| self.kinds.iter().position(|kind| kind == goods));
        let fits = |entry: u32| {
            let own = own_goods(entry);
            own == 0 || wanted.is_none_or(|kind| kind.is_some_and(|kind| kind as u32 + 1 == own))
        };
        let scores = found.scores(&self.ranking, surest);
        let mut ranked: Vec<(f32, u32, usize)> = scores
            .into_iter()
            .zip(&found.entries)
            .enumerate()
            .filter(|(_, (_, entry))| fits(**entry))
            .map(|(place, (score, entry))| (score, *entry, place))
            .collect();
        let order = |a: &(f32, u32, usize), b: &(f32, u32, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if ranked.len() > CANDIDATES_MAX {
            ranked.select_nth_unstable_by(CANDIDATES_MAX, order);
            ranked.truncate(CANDIDATES_MAX);
        }
        ranked.sort_unstable_by(order);
        let candidate = |(score, entry, place): (f32, u32, usize)| Candidate {
            entry: entry as usize,
            signs: found.signs(place, surest),
            score,
        };
        ranked.into_iter().map(candidate).collect()
    }
}

/// The sign of the probability of a topic that tells small ones apart.
fn logarithm(probability: f32) -> f32 {
    let times = probability / 0.02;
    if times > 1.0 { (times.ln() / 4.0).min(1.0) } else { 0.0 }
}

fn note(found: &mut Found, entry: u32, part: Part, likeness: Likeness) {
    let (cosine, covered) = match part {
        Part::Question => (2, 3),
        Part::Answer => (4, 5),
        Part::Variant => (6, 7),
    };
    found.note(entry, [(cosine, likeness.cosine), (covered, likeness.covered)]);
}

/// The kinds of goods that entries are made for, and for each entry the place of its own plus one; 0 for none.
fn kinds_of_goods(entries: &[Asked]) -> (Vec<String>, Vec<u32>) {
    let mut kinds: Vec<String> = Vec::new();
    let mut place = |goods: &String| {
        let place = kinds.iter().position(|kind| kind == goods).unwrap_or_else(|| {
            kinds.push(goods.clone());
            kinds.len() - 1
        });
        place as u32 + 1
    };
    let of_entries = entries.iter().map(|entry| entry.goods.as_ref().map_or(0, &mut place)).collect();
    (kinds, of_entries)
}

fn ids(grams: Vec<Feature>) -> impl Iterator<Item = u32> {
    grams.into_iter().map(|gram| gram.id)
}

/// The concepts that an entry is known to hang on; none if nobody prepared it.
fn known_concepts(
    entry: &Asked,
    concepts: &Concepts,
    by_question: &FxHashMap<&str, usize>,
) -> Vec<(usize, f32)> {
    if !entry.concepts.is_empty() {
        return entry.concepts.iter().filter_map(|code| Some((*concepts.by_code.get(code)?, 1.0))).collect();
    }
    by_question.get(entry.question.as_str()).map(|at| (*at, 1.0)).into_iter().collect()
}

/// The concepts that the question of an entry sounds like, with how strongly it hangs on them.
fn guessed_concepts(entry: &Asked, concepts: &Concepts) -> Vec<(usize, f32)> {
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

/// A comment to learn from.
pub(crate) struct Lesson {
    /// The candidates of the comment.
    pub candidates: Vec<Candidate>,
    /// The place of the right one among them.
    pub right: usize,
    /// How much it counts.
    pub counts: f32,
}

/// Learns what the signs weigh: the right candidates are to be the likeliest.
pub(crate) fn learn_ranking(lessons: &[Lesson], rounds: usize) -> Ranking {
    let mut ranking = Ranking::EVEN;
    let mut energies = [[1e-3_f32; SIGNS]; 2];
    // A stride that is coprime with most lengths stands for shuffling.
    let stride = 7_919;
    for round in 0..rounds {
        for index in 0..lessons.len() {
            let at = (index * stride + round * 31) % lessons.len();
            let Some(Lesson { candidates, right, counts }) = lessons.get(at) else { continue };
            let score = |candidate: &Candidate| {
                candidate.signs.iter().zip(ranking.of(candidate)).map(|(sign, weight)| sign * weight).sum()
            };
            let probabilities = softmax(candidates.iter().map(score).collect());
            let mut gradients = [[0.0_f32; SIGNS]; 2];
            for (place, (candidate, probability)) in candidates.iter().zip(probabilities).enumerate() {
                let error = (probability - f32::from(u8::from(place == *right))) * counts;
                let [prepared, unprepared] = &mut gradients;
                let gradient = if candidate.signs[UNPREPARED] > 0.0 { unprepared } else { prepared };
                gradient.iter_mut().zip(&candidate.signs).for_each(|(sum, sign)| *sum += error * sign);
            }
            let weights = [&mut ranking.prepared, &mut ranking.unprepared];
            for ((weights, gradients), energies) in weights.into_iter().zip(gradients).zip(&mut energies) {
                for ((weight, gradient), energy) in weights.iter_mut().zip(gradients).zip(energies) {
                    *energy += gradient * gradient;
                    *weight -= 0.3 * gradient / energy.sqrt();
                }
            }
        }
    }
    ranking
}
