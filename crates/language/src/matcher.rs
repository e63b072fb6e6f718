//! Which question of a library a comment asks.
//!
//! Two channels that do not know of each other. The *concepts*: a linear model over the phrases of the built-in pack says what
//! is asked about, and entries of the library hang on concepts. The *words*: what the comment shares with an entry's own
//! question, answer and variants. An entry that nobody prepared is reached through the concept that its question asks
//! for, and a concept that the library does not answer takes its share of the probability to nobody: that is how
//! variants of some entries do no harm to those that have none.

use livehand_kernel::Phrase;
use rustc_hash::FxHashMap;

use crate::attributes::Attributes;
use crate::features::{Feature, features, masked, pieces};
use crate::likeness::{Index, Likeness};
use crate::linear::{Example, Linear, Training, softmax};
use crate::normalise::read;
use crate::pack::Concept;

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
pub const SIGNS: usize = 20;

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

/// The concepts of the pack, with the model that tells them apart.
pub struct Concepts {
    /// In the order of the model's classes.
    pub concepts: Vec<Concept>,
    /// Tells them apart.
    pub model: Linear,
    by_code: FxHashMap<String, usize>,
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

/// Training stops before the probabilities are sharp; the first choice is right more often than they say.
const SHARP: f32 = 3.0;
/// How the model of concepts is trained.
const TRAINING: Training = Training { rounds: 12, step: 0.5, decay: 0.0, seen_min: 1, prune: 0.25 };

impl Concepts {
    /// Learns the concepts; `phrase` says which phrases are learned from.
    pub fn learn(
        concepts: Vec<Concept>,
        learned: impl Fn(usize, usize) -> bool,
        known: impl Fn(usize) -> bool,
    ) -> Self {
        let mut examples = Vec::new();
        for (class, concept) in concepts.iter().enumerate().filter(|(class, _)| known(*class)) {
            let mut add = |text: &str, weight: f32| {
                examples.push(Example { features: features_of(text), class, weight });
            };
            for (number, (_, phrase)) in concept.phrases.all().enumerate() {
                if learned(class, number) {
                    add(phrase, 1.0);
                }
            }
            add(&concept.name, 1.0);
            concept.about.iter().for_each(|word| add(word, 0.5));
            for entry in &concept.entries {
                add(&entry.question, 1.0);
                clauses(&entry.question).for_each(|clause| add(clause, 1.0));
                entry.phrases.iter().for_each(|phrase| add(phrase, 1.0));
                clauses(&entry.long).for_each(|clause| add(clause, 0.3));
            }
        }
        let model = Linear::train(&examples, concepts.len(), TRAINING);
        Self::new(concepts, model)
    }

    /// Concepts with the model that tells them apart.
    pub fn new(concepts: Vec<Concept>, model: Linear) -> Self {
        let by_code = concepts.iter().enumerate().map(|(at, concept)| (concept.code.clone(), at)).collect();
        Self { concepts, model, by_code }
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
        for (score, concept) in scores.iter_mut().zip(&self.concepts) {
            if !concept.goods.is_empty() && !concept.goods.iter().any(|own| own == goods) {
                *score = f32::MIN / 4.0;
            }
        }
    }
}

/// Features of a text that stands for itself.
pub fn features_of(text: &str) -> Vec<Feature> {
    let text = read(text);
    features(&masked(&text, &Attributes::of(&text)))
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

/// Features of what a text is about, without the words that only make it a question.
pub fn content_of(text: &str) -> Vec<Feature> {
    let text = read(text);
    let masked = masked(&text, &Attributes::of(&text));
    let Some(words) = EMPTY_WORDS.as_ref() else { return features(&masked) };
    let mut parts = Vec::new();
    let mut from = 0;
    for word in words.find_iter(&masked) {
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

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(['，', '。', '；', ',', '？', '、', '：']).filter(|clause| clause.chars().count() > 1)
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
    /// What each sign weighs.
    pub weights: Signs,
}

/// By how much scores are evened out where texts are compared by the concepts that they sound like.
const SOFT: f32 = 2.0;
/// From here on an entry hangs on a concept that its question asks for.
const HANGS_FROM: f32 = 0.15;

impl Matcher {
    /// Makes a library ready.
    pub fn new(entries: Vec<Asked>, concepts: &Concepts, weights: Signs) -> Self {
        let (mut texts, mut documents) = (Vec::new(), Vec::new());
        let mut hanging = vec![Vec::new(); concepts.concepts.len()];
        let mut sounding = vec![Vec::new(); concepts.concepts.len()];
        let by_question: FxHashMap<&str, usize> = concepts
            .concepts
            .iter()
            .enumerate()
            .flat_map(|(at, concept)| concept.entries.iter().map(move |entry| (entry.question.as_str(), at)))
            .collect();
        for (number, entry) in entries.iter().enumerate() {
            let mut add = |text: &str, part: Part| {
                texts.push(content_of(text));
                documents.push((number, part));
            };
            add(&entry.question, Part::Question);
            if clauses(&entry.question).count() > 1 {
                clauses(&entry.question).for_each(|clause| add(clause, Part::Question));
            }
            clauses(&entry.answer).for_each(|clause| add(clause, Part::Answer));
            add(&entry.answer, Part::Answer);
            entry.variants.iter().for_each(|variant| add(variant, Part::Variant));
            let soft =
                softmax(question_scores(entry, concepts).into_iter().map(|score| score / SOFT).collect());
            for (list, probability) in
                sounding.iter_mut().zip(soft).filter(|(_, probability)| *probability > 0.01)
            {
                list.push((number, probability.sqrt()));
            }
            for (concept, strength) in hangs_on(entry, concepts, &by_question) {
                if let Some(list) = hanging.get_mut(concept) {
                    list.push((number, strength));
                }
            }
        }
        Self { index: Index::new(&texts), entries, documents, hanging, sounding, weights }
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

    /// Entries that may be meant, the likeliest first.
    pub fn find(&self, text: &str, goods: Option<&str>, concepts: &Concepts) -> Vec<Candidate> {
        let features = &features_of(text);
        let content = content_of(text);
        let mut scores = concepts.model.scores(features);
        concepts.leave_out_other(goods, &mut scores);
        let soft = softmax(scores.iter().map(|score| score / SOFT).collect());
        let probabilities = softmax(scores);
        let surest = probabilities.iter().copied().fold(0.0, f32::max);
        let mut signs: FxHashMap<usize, Signs> = FxHashMap::default();
        for (list, probability) in self.hanging.iter().zip(&probabilities) {
            if *probability < 0.002 {
                continue;
            }
            for (entry, strength) in list {
                let signs = signs.entry(*entry).or_default();
                signs[0] = signs[0].max(probability * strength);
            }
        }
        for (list, probability) in self.sounding.iter().zip(&soft) {
            if *probability < 0.01 {
                continue;
            }
            for (entry, root) in list {
                if let Some(sign) = signs.entry(*entry).or_default().get_mut(9) {
                    *sign += probability.sqrt() * root;
                }
            }
        }
        let (mut shared, mut found) = (Vec::new(), Vec::new());
        self.index.find(&content, &mut shared, &mut found);
        for (document, likeness) in found {
            let Some((entry, part)) = self.documents.get(document as usize) else { continue };
            note(signs.entry(*entry).or_default(), *part, likeness);
        }
        let mut candidates: Vec<Candidate> = signs
            .into_iter()
            .filter_map(|(entry, mut signs)| {
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
            })
            .collect();
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry)));
        candidates
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
