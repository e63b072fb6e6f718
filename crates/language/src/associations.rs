//! Which words buyers use for what an entry says: 寄 for 发货, 坏 for 保修.
//!
//! Learned as a translation from the words of entries into those of the phrases that ask for them: IBM Model 1 (Brown and
//! others, The Mathematics of Statistical Machine Translation, 1993), which finds answered questions whose words are
//! others than those of who asks (Xue, Jeon and Croft, Retrieval Models for Question and Answer Archives, 2008). An entry
//! that nobody prepared is found by it, since its words stand in entries of other concepts as well.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::by_feature::ByFeature;
use crate::features::Feature;

/// How often the chances are estimated anew; more rounds gain nothing.
const ROUNDS: usize = 5;
/// A word of the entries of fewer concepts says more about these than about the word.
const TOPICS_MIN: usize = 2;
/// Pairs that are kept: those that say most.
const PAIRS_MAX: usize = 200_000;
/// Chances are kept in steps of this.
const STEP: f32 = 1.0 / 1024.0;
/// How often a word is taken to occur that no phrase has.
const RARE: f32 = 2e-6;
/// The chance that a buyer uses a word of the entry itself.
const OWN: f32 = 0.2;
/// How much more the words of an entry count than those that buyers use anyway.
const MEANT: f32 = 3.0;
/// Below this weight a word says too little for an entry to be kept for it.
const WEIGHT_MIN: f32 = 0.4;

/// What is learned from about a concept.
#[derive(Debug, Default)]
pub(crate) struct Topic {
    /// The words of its entries.
    pub own: BTreeSet<u32>,
    /// In how many of the phrases that ask for it each word stands.
    pub asked: BTreeMap<u32, u32>,
}

/// For words of entries, the words that buyers use for them.
#[derive(Clone, Debug, Default)]
pub struct Associations {
    /// The pairs of each word of entries.
    rows: ByFeature<(u32, u32)>,
    /// Words of buyers by their place in `asked`, with the chance in steps.
    pairs: Vec<(u32, u16)>,
    /// Words of buyers, with how large a part of all their words each is.
    asked: Vec<(u32, f32)>,
}

/// Associations as they are kept in a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeptAssociations {
    rows: Vec<(u32, u32)>,
    pairs: Vec<(u32, u16)>,
    asked: Vec<(u32, f32)>,
}

/// A concept by the numbers of the words of its entries, and by those of the words of buyers with how often they are asked.
type Numbered = (Vec<usize>, Vec<(u32, u32)>);

/// Chances in the making: for each word of entries a row of the words of the phrases of its concepts.
struct Chances {
    /// Words of entries that are learned about; the first stands for words that come from nowhere.
    own: Vec<u32>,
    /// In the entries of how many concepts each stands.
    topics: Vec<usize>,
    /// Where the row of each begins, and where the last one ends.
    from: Vec<usize>,
    /// The word of buyers of each pair, by its place, in order within a row.
    asked: Vec<u32>,
    /// The chance of each pair.
    chances: Vec<f32>,
    /// For each concept the pairs that may explain each word of its phrases, with how often that word is asked.
    explained: Vec<(f32, Vec<u32>)>,
}

impl Associations {
    /// Learns from concepts.
    pub(crate) fn learn(topics: &[Topic]) -> Self {
        let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
        for (word, count) in topics.iter().flat_map(|topic| &topic.asked) {
            *seen.entry(*word).or_default() += count;
        }
        let total: u32 = seen.values().sum::<u32>().max(1);
        let asked: Vec<(u32, f32)> =
            seen.into_iter().map(|(word, count)| (word, count as f32 / total as f32)).collect();
        let mut chances = Chances::of(topics, &asked);
        for _ in 0..ROUNDS {
            chances.estimate();
        }
        chances.keep_best(asked)
    }

    /// What a buyer who means an entry with these words is expected to say: words with how much more likely they are
    /// than in any comment, as a logarithm.
    pub(crate) fn expected(&self, own: &BTreeSet<u32>) -> Vec<(u32, f32)> {
        let each = 1.0 / own.len().max(1) as f32;
        let features: Vec<Feature> = own.iter().map(|id| Feature { id: *id, weight: 1.0 }).collect();
        let mut chances = vec![0.0_f32; self.asked.len()];
        self.rows.each(&features, |_, row| {
            let Some((from, to)) = row else { return };
            for (place, steps) in self.pairs.get(from as usize..to as usize).unwrap_or_default() {
                if let Some(chance) = chances.get_mut(*place as usize) {
                    *chance += (1.0 - OWN) * each * f32::from(*steps) * STEP;
                }
            }
        });
        let weight = |chance: f32, usual: f32| libm::logf(1.0 + MEANT * chance / (usual + RARE));
        let mut words = Vec::new();
        for word in own {
            match self.asked.binary_search_by_key(word, |(word, _)| *word) {
                Ok(place) => chances.get_mut(place).into_iter().for_each(|chance| *chance += OWN * each),
                Err(_) => words.push((*word, weight(OWN * each, 0.0))),
            }
        }
        let said = self.asked.iter().zip(chances).filter(|(_, chance)| *chance > 0.0);
        words.extend(said.map(|((word, usual), chance)| (*word, weight(chance, *usual))));
        words.retain(|(_, weight)| *weight >= WEIGHT_MIN);
        words.sort_unstable_by_key(|(word, _)| *word);
        words
    }

    /// As they are kept.
    pub fn keep(&self) -> KeptAssociations {
        let rows = self.rows.rows().into_iter().map(|(word, (from, to))| (word, to - from)).collect();
        KeptAssociations { rows, pairs: self.pairs.clone(), asked: self.asked.clone() }
    }
}

impl KeptAssociations {
    /// Ready for use.
    pub fn open(self) -> Associations {
        let mut from = 0_u32;
        let rows = self.rows.into_iter().map(|(word, count)| {
            let row = (from, from.saturating_add(count));
            from = row.1;
            (word, row)
        });
        Associations { rows: ByFeature::new(rows.collect()), pairs: self.pairs, asked: self.asked }
    }
}

impl Chances {
    /// Everything is as likely as everything else.
    fn of(topics: &[Topic], words: &[(u32, f32)]) -> Self {
        let mut having: BTreeMap<u32, usize> = BTreeMap::new();
        topics.iter().flat_map(|topic| &topic.own).for_each(|word| *having.entry(*word).or_default() += 1);
        having.retain(|_, topics| *topics >= TOPICS_MIN);
        let numbers: FxHashMap<u32, usize> = having.keys().copied().zip(1..).collect();
        let places: FxHashMap<u32, u32> = words.iter().map(|(word, _)| *word).zip(0..).collect();
        let told: Vec<Numbered> = topics
            .iter()
            .map(|topic| {
                let own = topic.own.iter().filter_map(|word| numbers.get(word)).copied();
                let asked = topic.asked.iter().filter_map(|(word, count)| Some((*places.get(word)?, *count)));
                (std::iter::once(0).chain(own).collect(), asked.collect())
            })
            .collect();
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); having.len() + 1];
        for (own, asked) in &told {
            for number in own {
                let row = rows.get_mut(*number).into_iter();
                row.for_each(|row| row.extend(asked.iter().map(|(place, _)| *place)));
            }
        }
        let (mut from, mut asked) = (vec![0], Vec::new());
        for mut row in rows {
            row.sort_unstable();
            row.dedup();
            asked.extend(row);
            from.push(asked.len());
        }
        let place = |number: usize, word: u32| {
            let (from, to) = (*from.get(number)?, *from.get(number + 1)?);
            let row = asked.get(from..to)?;
            Some((from + row.binary_search(&word).ok()?) as u32)
        };
        let explained = told.iter().flat_map(|(own, asked)| {
            let pairs =
                |word: u32| own.iter().filter_map(|number| place(*number, word)).collect::<Vec<u32>>();
            asked.iter().map(|(word, count)| (*count as f32, pairs(*word))).collect::<Vec<_>>()
        });
        let explained = explained.collect();
        let chances = vec![1.0; asked.len()];
        let (own, topics) = std::iter::once((0, 0)).chain(having).unzip();
        Self { own, topics, from, asked, chances, explained }
    }

    /// Shares each word of a phrase out among the words that may explain it, and counts what each got.
    fn estimate(&mut self) {
        let mut counts = vec![0.0_f32; self.chances.len()];
        for (count, pairs) in &self.explained {
            let chance = |pair: &u32| self.chances.get(*pair as usize).copied().unwrap_or(0.0);
            let sum: f32 = pairs.iter().map(chance).sum();
            let each = count / sum.max(f32::MIN_POSITIVE);
            for pair in pairs {
                counts.get_mut(*pair as usize).into_iter().for_each(|got| *got += each * chance(pair));
            }
        }
        for row in self.from.windows(2) {
            let &[from, to] = row else { continue };
            let row = counts.get_mut(from..to).unwrap_or_default();
            let sum: f32 = row.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            row.iter_mut().for_each(|chance| *chance /= sum);
        }
        self.chances = counts;
    }

    /// The pairs that say most: of words of many entries, likely, and more likely than otherwise.
    fn keep_best(self, words: Vec<(u32, f32)>) -> Associations {
        let mut told = Vec::new();
        for ((number, topics), row) in (0_u32..).zip(&self.topics).zip(self.from.windows(2)).skip(1) {
            let &[from, to] = row else { continue };
            for pair in from..to {
                let chance = self.chances.get(pair).copied().unwrap_or(0.0);
                if chance < STEP / 2.0 {
                    continue;
                }
                let word = self.asked.get(pair).copied().unwrap_or(0);
                let usual = words.get(word as usize).map_or(0.0, |(_, share)| *share);
                let said = chance * libm::logf(1.0 + chance / (usual + RARE)) * (*topics as f32).sqrt();
                told.push((said, number, word, (chance / STEP).round() as u16));
            }
        }
        told.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        told.truncate(PAIRS_MAX);
        told.sort_unstable_by_key(|(_, number, word, _)| (*number, *word));
        let mut kept = KeptAssociations { asked: words, ..KeptAssociations::default() };
        for (_, number, word, steps) in told {
            let own = self.own.get(number as usize).copied().unwrap_or(0);
            match kept.rows.last_mut() {
                Some((last, count)) if *last == own => *count += 1,
                _ => kept.rows.push((own, 1)),
            }
            kept.pairs.push((word, steps));
        }
        kept.open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(own: &[u32], asked: &[u32]) -> Topic {
        Topic { own: own.iter().copied().collect(), asked: asked.iter().map(|word| (*word, 5)).collect() }
    }

    #[test]
    fn a_word_is_explained_by_what_it_comes_with_everywhere() {
        // 1 is asked for as 11 wherever it stands, 2 as 12, although they share a concept.
        let learned = Associations::learn(&[
            topic(&[1, 2], &[11, 12]),
            topic(&[1, 3], &[11, 13]),
            topic(&[2, 3], &[12, 13]),
        ]);
        let weight = |own: u32, word: u32| {
            let expected = learned.expected(&BTreeSet::from([own]));
            expected.iter().find(|(other, _)| *other == word).map_or(0.0, |(_, weight)| *weight)
        };
        assert!(weight(1, 11) > weight(1, 12) && weight(1, 11) > weight(1, 13));
        assert!(weight(2, 12) > weight(2, 11) && weight(2, 12) > weight(2, 13));
        assert!(weight(9, 9) > 0.0, "an unknown word is expected as it is");
    }

    #[test]
    fn what_is_kept_expects_the_same() {
        let learned = Associations::learn(&[topic(&[1, 2], &[11, 12]), topic(&[1, 2, 3], &[11, 13])]);
        let own = BTreeSet::from([1, 2, 7]);
        assert_eq!(learned.keep().open().expected(&own), learned.expected(&own));
    }
}
