//! How the model that comes with the program is made: from the pack alone, without randomness, so that anybody gets the
//! same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::concepts::{Concepts, Words, masked_of};
use crate::matcher::{Asked, Candidate, Lesson, Matcher, Ranking, learn_ranking};
use crate::model::{Model, TRUST_SIGNS, Trust, trust_signs};
use crate::pack::Concept;
use crate::reading::{Reader, Reading, doubting_comments};

/// Comments with the entry that answers them, beside the phrases of its concept.
const ASKED: &str = include_str!("../pack/comments.jsonl");
/// Comments with the entry that answers them or with none, by writers of whom the topics have learned nothing.
const JUDGED: &str = include_str!("../pack/judged.jsonl");
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
#[derive(Clone, Debug, Deserialize)]
struct Comment {
    /// Who wrote it.
    #[serde(default)]
    writer: String,
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

/// How a comment fared whose writer was learned from by nothing that judged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Who wrote it.
    pub writer: String,
    /// Whether an entry answers it.
    pub answerable: bool,
    /// Whether the first answer is right.
    pub right: bool,
    /// How probable that was thought, 0 to 1.
    pub trust: f32,
    /// Whether the first answer would be right if nobody had prepared the entry and its topic were not known.
    pub unprepared: Option<bool>,
    /// Whether its writer doubts.
    pub doubts: bool,
    /// How probable that was thought, 0 to 1.
    pub doubt: f32,
}

/// Makes the model.
///
/// # Errors
/// Where the comments cannot be read.
pub fn train(pack: Vec<Concept>) -> Result<Model, serde_json::Error> {
    let taught = Taught::of(pack)?;
    let judged: Vec<&Comment> = taught.judged.iter().collect();
    let ((ranking, trust), (reader, concepts)) = side_by_side(
        || taught.judge(&judged),
        || (Reader::learn(&taught.pack, |_| true), taught.all_concepts(&judged)),
    );
    Ok(Model { concepts, reader, ranking, trust })
}

/// Does two things at the same time.
fn side_by_side<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        (one, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// How the comments of each writer fare when topics, ranking, trust and acts are learned from those of the others.
///
/// # Errors
/// Where the comments cannot be read.
pub fn judge(pack: Vec<Concept>) -> Result<Vec<Judged>, serde_json::Error> {
    let taught = Taught::of(pack)?;
    let writers: BTreeSet<&String> = taught.judged.iter().map(|comment| &comment.writer).collect();
    let doubting = doubting_comments();
    let mut told = Vec::new();
    for writer in writers {
        let (own, others): (Vec<&Comment>, Vec<&Comment>) =
            taught.judged.iter().partition(|comment| comment.writer == *writer);
        let (ranking, trust) = taught.judge(&others);
        let concepts = taught.all_concepts(&others);
        let mut shop = Shop::new(taught.of_judged(), &concepts, |_| 1.0);
        shop.matcher.ranking = ranking;
        let mut cold = taught.with_parts_left_out();
        cold.iter_mut().for_each(|shop| shop.matcher.ranking = ranking);
        let texts: BTreeSet<&str> = own.iter().map(|comment| comment.text.as_str()).collect();
        let reader = Reader::learn(&taught.pack, |text| !texts.contains(text));
        for comment in own.into_iter().filter(|comment| comment.is_clear()) {
            let (signs, right) = shop.first(comment, &taught.reader);
            told.push(Judged {
                writer: comment.writer.clone(),
                answerable: comment.faq.is_some(),
                right,
                trust: trust.of(&signs),
                unprepared: taught.class_of(comment).and_then(|class| {
                    let fold = (0..FOLDS).find(|fold| Kind::of(class, *fold) == Kind::LeftOut)?;
                    Some(cold.get(fold)?.first(comment, &taught.reader).1)
                }),
                doubts: doubting.contains(comment.text.as_str()),
                doubt: comment.read(&reader).1.doubt,
            });
        }
    }
    Ok(told)
}

/// What is known of topics, before it is known what speaks how strongly for an entry.
struct Taught {
    pack: Vec<Concept>,
    concepts: Concepts,
    /// The same with other concepts left out in each.
    folds: Vec<Concepts>,
    /// Tells acts apart, and has learned from none of the judged comments.
    reader: Reader,
    /// The entries of the pack, each with the class of its concept.
    library: Vec<(usize, Asked)>,
    /// Comments that topics are learned from, each with its class.
    asked: Vec<(usize, String)>,
    /// Comments by writers of whom the topics have learned nothing.
    judged: Vec<Comment>,
    /// The class of each entry that a comment is labelled with.
    classes: BTreeMap<String, usize>,
}

impl Taught {
    fn of(pack: Vec<Concept>) -> Result<Self, serde_json::Error> {
        let library: Vec<(usize, Asked)> = pack.iter().enumerate().flat_map(entries).collect();
        let (asked, judged) = (read_comments(ASKED)?, read_comments(JUDGED)?);
        let labelled: BTreeSet<&String> = judged
            .iter()
            .chain(&asked)
            .flat_map(|comment| comment.faq.iter().chain(&comment.faq_alt))
            .collect();
        let classes: BTreeMap<String, usize> = library
            .iter()
            .filter(|(_, entry)| labelled.contains(&entry.id))
            .map(|(class, entry)| (entry.id.clone(), *class))
            .collect();
        let topic = |comment: &Comment| Some((*classes.get(comment.faq.as_ref()?)?, comment.text.clone()));
        let asked: Vec<(usize, String)> = asked.iter().filter_map(topic).collect();
        let learn = |fold| {
            let known = |class| Kind::of(class, fold) != Kind::LeftOut;
            Concepts::learn(pack.clone(), &asked, |class, number| known(class) && number > 0, known)
        };
        // Two at a time: each takes seconds, and half a gigabyte for as long.
        let (folds, concepts) = side_by_side(
            || (0..FOLDS / 2).map(learn).collect::<Vec<_>>(),
            || {
                let more: Vec<Concepts> = (FOLDS / 2..FOLDS).map(learn).collect();
                (more, Concepts::learn(pack.clone(), &asked, |_, _| true, |_| true))
            },
        );
        let (folds, concepts) = (folds.into_iter().chain(concepts.0).collect(), concepts.1);
        let texts: BTreeSet<&str> = judged.iter().map(|comment| comment.text.as_str()).collect();
        let reader = Reader::learn(&pack, |text| !texts.contains(text));
        Ok(Self { concepts, folds, reader, library, asked, judged, classes, pack })
    }

    /// The topics, learned from the judged comments too.
    fn all_concepts(&self, judged: &[&Comment]) -> Concepts {
        let judged =
            judged.iter().filter_map(|comment| Some((self.class_of(comment)?, comment.text.clone())));
        let asked: Vec<(usize, String)> = self.asked.iter().cloned().chain(judged).collect();
        Concepts::learn(self.pack.clone(), &asked, |_, _| true, |_| true)
    }

    /// The entries that comments are labelled with. Nobody said of the others which comments they answer: they would count
    /// as wrong where they are right.
    fn of_judged(&self) -> Vec<Asked> {
        self.judged_entries().map(|(_, entry)| entry.clone()).collect()
    }

    fn judged_entries(&self) -> impl Iterator<Item = &(usize, Asked)> {
        self.library.iter().filter(|(_, entry)| self.classes.contains_key(&entry.id))
    }

    /// The libraries that are learned from: two of all entries, and for each part that is left out two of those that are
    /// judged, of each two the first with variants.
    fn shops(&self) -> Vec<Shop<'_>> {
        let shop: Vec<Asked> = self.pack.iter().enumerate().flat_map(entries_with_phrases).collect();
        let mut shops = vec![
            // A shop that takes the pack in has its phrases as variants.
            Shop::new(shop, &self.concepts, |_| VARIANTS_WEIGHT),
            Shop::new(self.library.iter().map(|(_, entry)| entry.clone()).collect(), &self.concepts, |_| 1.0),
        ];
        for (fold, concepts) in self.folds.iter().enumerate() {
            let counts = move |class: Option<usize>| match class.map(|class| Kind::of(class, fold)) {
                Some(Kind::LeftOut | Kind::Reworded) => 1.0,
                _ => BESIDE_WEIGHT,
            };
            let brought = |variants: usize| {
                let bring = |(class, entry): &(usize, Asked)| {
                    let concept = self.pack.get(*class)?;
                    Some(Kind::of(*class, fold).bring(entry, concept, variants))
                };
                self.judged_entries().filter_map(bring).collect()
            };
            shops.push(Shop::new(brought(VARIANTS), concepts, move |class| VARIANTS_WEIGHT * counts(class)));
            shops.push(Shop::new(brought(0), concepts, counts));
        }
        shops
    }

    /// For each part the entries that are judged, prepared but for those of the part, whose topics are not known.
    fn with_parts_left_out(&self) -> Vec<Shop<'_>> {
        let shop = |(fold, concepts)| {
            let brought = self.judged_entries().filter_map(|(class, entry)| {
                let kind = Some(Kind::of(*class, fold)).filter(|kind| *kind == Kind::LeftOut);
                Some(kind.unwrap_or(Kind::Prepared).bring(entry, self.pack.get(*class)?, 0))
            });
            Shop::new(brought.collect(), concepts, |_| 1.0)
        };
        self.folds.iter().enumerate().map(shop).collect()
    }

    /// The class of the entry that answers a comment.
    fn class_of(&self, comment: &Comment) -> Option<usize> {
        self.classes.get(comment.faq.as_ref()?).copied()
    }

    /// Learns what speaks how strongly for an entry, and how far the first one can be trusted.
    fn judge(&self, comments: &[&Comment]) -> (Ranking, Trust) {
        let shops = self.shops();
        let lessons = shops.iter().flat_map(|shop| {
            comments.iter().filter_map(|comment| shop.lesson(comment, self.class_of(comment)))
        });
        let ranking = learn_ranking(&lessons.collect::<Vec<_>>(), 40);
        // Trust is learned where nothing has variants, as the first answer is harder to find there: in every second part.
        let mut shops: Vec<Shop<'_>> = shops.into_iter().skip(3).step_by(2).collect();
        let parts = shops.len() as f32;
        shops.iter_mut().for_each(|shop| shop.counts = Box::new(move |_| 1.0 / parts));
        shops.push(Shop::new(self.of_judged(), &self.concepts, |_| 1.0));
        shops.iter_mut().for_each(|shop| shop.matcher.ranking = ranking);
        let clear: Vec<&Comment> = comments.iter().copied().filter(|comment| comment.is_clear()).collect();
        (ranking, learn_trust(&clear, &shops, &self.reader))
    }
}

fn read_comments(lines: &str) -> Result<Vec<Comment>, serde_json::Error> {
    lines.lines().map(serde_json::from_str).collect()
}

impl Comment {
    /// Its words, and what its writer wants.
    fn read(&self, reader: &Reader) -> (Words, Reading) {
        let masked = masked_of(&self.text);
        let words = Words::of_masked(&masked);
        let reading = reader.read(&masked, &words.features);
        (words, reading)
    }

    /// Whether it is known if an entry answers it.
    fn is_clear(&self) -> bool {
        self.faq.is_some() || self.faq_alt.is_empty()
    }
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

    /// What speaks for trusting the first answer of a comment, and whether it is right.
    fn first(&self, comment: &Comment, reader: &Reader) -> ([f32; TRUST_SIGNS], bool) {
        let (words, reading) = comment.read(reader);
        let found = self.matcher.find(&words, Some(&comment.room), self.concepts);
        let right = found.first().is_some_and(|first| is_right(comment, &self.matcher, first));
        (trust_signs(&found, &reading, &comment.text), right)
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
fn learn_trust(comments: &[&Comment], shops: &[Shop<'_>], reader: &Reader) -> Trust {
    let mut cases: Vec<([f32; TRUST_SIGNS], f32, f32)> = Vec::new();
    for comment in comments {
        cases.extend(shops.iter().map(|shop| {
            let (signs, right) = shop.first(comment, reader);
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
