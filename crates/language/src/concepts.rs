//! The concepts that buyers ask about, and the models that tell them apart.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::associations::{Associations, Topic as Told};
use crate::attributes::Attributes;
use crate::features::{Feature, features, grams, masked, pieces};
use crate::linear::{Example, Linear, Training, softmax};
use crate::normalise::read;
use crate::pack::Concept;

/// The concepts of the pack, with the model that tells them apart.
pub struct Concepts {
    /// In the order of the model's classes.
    pub concepts: Vec<Concept>,
    /// Tells them apart.
    pub model: Linear,
    /// What a comment shares with the phrases of each.
    pub heard: Linear,
    /// Which words buyers use for those of entries.
    pub associations: Associations,
    pub(crate) by_code: FxHashMap<String, usize>,
    /// For each kind of goods the concepts that are only of others.
    of_others: FxHashMap<String, Vec<usize>>,
    /// The concepts that are only of some goods.
    of_some: Vec<usize>,
}

/// What a comment is about.
#[derive(Clone, Copy, Debug)]
pub struct Topic<'a> {
    /// The concept.
    pub concept: &'a Concept,
    /// How probable it is among all concepts, 0 to 1.
    pub probability: f32,
    /// How much of the comment speaks for it; a comment without a word of any topic has about 1.
    pub score: f32,
}

/// Whose words a text of the pack has.
#[derive(Clone, Copy, Debug)]
enum Side {
    /// Those of an entry.
    Entry,
    /// Those of buyers.
    Asked,
    /// A question is asked by buyers as it stands in the entry.
    Question,
}

/// Training stops before the probabilities are sharp; the first choice is right more often than they say.
const SHARP: f32 = 3.0;
/// How much a comment counts beside a phrase.
const ASKED_WEIGHT: f32 = 1.0;
/// How the model of concepts is trained.
const TRAINING: Training = Training { rounds: 12, step: 0.5, decay: 0.0, seen_min: 1, prune: 0.25 };

impl Concepts {
    /// Learns the concepts that are `known`, from those of their phrases that are to be `learned` and from what else is
    /// `asked` about each.
    pub fn learn(
        concepts: Vec<Concept>,
        asked: &[(usize, String)],
        learned: impl Fn(usize, usize) -> bool,
        known: impl Fn(usize) -> bool,
    ) -> Self {
        let mut examples = Vec::new();
        let mut heard = vec![Vec::new(); concepts.len()];
        let mut told = Vec::new();
        for (class, concept) in concepts.iter().enumerate().filter(|(class, _)| known(*class)) {
            let mut topic = Told::default();
            let mut add = |text: &str, weight: f32, side: Side| {
                let Words { features, grams, .. } = Words::of(text);
                let words: BTreeSet<u32> = grams.iter().map(|gram| gram.id).collect();
                examples.push(Example { features, class, weight });
                if matches!(side, Side::Asked | Side::Question) {
                    words.iter().for_each(|word| *topic.asked.entry(*word).or_default() += 1);
                }
                if !matches!(side, Side::Asked) {
                    topic.own.extend(words);
                }
                if weight >= 1.0
                    && let Some(heard) = heard.get_mut(class)
                {
                    heard.extend(grams);
                }
            };
            for (number, (_, phrase)) in concept.phrases.all().enumerate() {
                if learned(class, number) {
                    add(phrase, 1.0, Side::Asked);
                }
            }
            let asked = asked.iter().filter(|(about, _)| *about == class);
            asked.for_each(|(_, text)| add(text, ASKED_WEIGHT, Side::Asked));
            add(&concept.name, 1.0, Side::Entry);
            concept.about.iter().for_each(|word| add(word, 0.5, Side::Entry));
            for entry in &concept.entries {
                add(&entry.question, 1.0, Side::Question);
                clauses(&entry.question).for_each(|clause| add(clause, 1.0, Side::Entry));
                entry.phrases.iter().for_each(|phrase| add(phrase, 1.0, Side::Asked));
                clauses(&entry.long).for_each(|clause| add(clause, 0.3, Side::Entry));
            }
            told.push(topic);
        }
        let model = Linear::train(&examples, concepts.len(), TRAINING);
        Self::new(concepts, model, Linear::of_words(&heard), Associations::learn(&told))
    }

    /// Concepts with the models that tell them apart.
    pub fn new(concepts: Vec<Concept>, model: Linear, heard: Linear, associations: Associations) -> Self {
        let by_code = concepts.iter().enumerate().map(|(at, concept)| (concept.code.clone(), at)).collect();
        let of_some: Vec<usize> =
            (0..).zip(&concepts).filter(|(_, concept)| !concept.goods.is_empty()).map(|(at, _)| at).collect();
        let mut of_others: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for goods in concepts.iter().flat_map(|concept| &concept.goods) {
            let is_other =
                |at: &usize| concepts.get(*at).is_some_and(|concept| !concept.goods.contains(goods));
            of_others
                .entry(goods.clone())
                .or_insert_with(|| of_some.iter().copied().filter(is_other).collect());
        }
        Self { concepts, model, heard, associations, by_code, of_others, of_some }
    }
}

impl Concepts {
    /// The likeliest concept.
    pub fn likeliest(&self, features: &[Feature]) -> Option<Topic<'_>> {
        let scores = self.model.scores(features);
        let (class, score) = scores.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let sharp = softmax(scores.into_iter().map(|score| score * SHARP).collect());
        let concept = self.concepts.get(class)?;
        Some(Topic { concept, probability: sharp.get(class).copied().unwrap_or(0.0), score })
    }

    /// What is asked about other goods than these is not meant.
    pub fn leave_out_other(&self, goods: Option<&str>, scores: &mut [f32]) {
        let Some(goods) = goods else { return };
        for concept in self.of_others.get(goods).unwrap_or(&self.of_some) {
            if let Some(score) = scores.get_mut(*concept) {
                *score = f32::MIN / 4.0;
            }
        }
    }
}

/// A text as somebody wrote it, as [`masked`] gives it.
pub fn masked_of(text: &str) -> String {
    let text = read(text);
    masked(&text, &Attributes::of(&text))
}

/// Features of a text that stands for itself.
pub fn features_of(text: &str) -> Vec<Feature> {
    features(&masked_of(text))
}

/// A text taken apart in every way in which it is compared.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// What the models have learned from.
    pub features: Vec<Feature>,
    /// What it is about, without the words that only make it a question.
    pub content: Vec<Feature>,
    /// Single characters and pairs, each as often as it occurs.
    pub grams: Vec<Feature>,
}

impl Words {
    /// A text as somebody wrote it.
    pub fn of(text: &str) -> Self {
        Self::of_masked(&masked_of(text))
    }

    /// A text as [`masked`] gives it.
    pub fn of_masked(masked: &str) -> Self {
        Self { features: features(masked), content: content(masked), grams: grams(masked) }
    }
}

/// Words that carry no topic: pronouns, particles, and the forms of a question.
const EMPTY: &[&str] = &[
    "会不会",
    "能不能",
    "有没有",
    "是不是",
    "可不可以",
    "要不要",
    "好不好",
    "行不行",
    "可以吗",
    "行吗",
    "能吗",
    "吗",
    "呢",
    "呀",
    "啊",
    "吧",
    "嘛",
    "么",
    "的",
    "了",
    "哦",
    "噢",
    "哈",
    "什么",
    "怎么",
    "怎么样",
    "怎样",
    "多少",
    "哪个",
    "哪些",
    "哪里",
    "这个",
    "那个",
    "这款",
    "那款",
    "这件",
    "那件",
    "这",
    "那",
    "我",
    "你",
    "你们",
    "我们",
    "咱",
    "主播",
    "请问",
    "想问",
    "问一下",
    "问下",
    "是",
    "有",
    "没有",
    "会",
    "能",
    "可以",
    "要",
    "想",
    "就",
    "都",
    "也",
    "还",
    "还是",
    "不",
    "没",
    "和",
    "跟",
    "给",
    "给我",
    "一下",
    "一点",
    "在",
    "用",
    "到",
    "得",
    "很",
    "太",
    "比较",
    "几",
    "点",
    "亲",
    "宝",
    "家人们",
    "姐",
    "啦",
    "喔",
    "嗯",
    "?",
    "拿",
    "个",
    "件",
    "款",
    "如果",
    "一般",
    "现在",
    "支持",
    "能够",
    "需要",
];
static EMPTY_WORDS: std::sync::LazyLock<Option<aho_corasick::AhoCorasick>> = std::sync::LazyLock::new(|| {
    aho_corasick::AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .build(EMPTY)
        .ok()
});

fn content(masked: &str) -> Vec<Feature> {
    let Some(words) = EMPTY_WORDS.as_ref() else { return features(masked) };
    let mut parts = Vec::new();
    let mut from = 0;
    for word in words.find_iter(masked) {
        parts.push(masked.get(from..word.start()).unwrap_or(""));
        from = word.end();
    }
    parts.push(masked.get(from..).unwrap_or(""));
    let mut found: Vec<Feature> =
        parts.into_iter().filter(|part| !part.is_empty()).flat_map(pieces).collect();
    found.sort_unstable_by_key(|feature| feature.id);
    found.dedup_by_key(|feature| feature.id);
    found
}

pub(crate) fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(['，', '。', '；', ',', '？', '、', '：']).filter(|clause| clause.chars().count() > 1)
}
