//! What the writer of a comment wants, and whether doubt speaks from it.

use std::collections::BTreeSet;

use crate::act::Act;
use crate::concepts::masked_of;
use crate::cues;
use crate::features::{Feature, features};
use crate::linear::{Example, Kept, Linear, Training, softmax};
use crate::pack::Concept;

/// What a doubt is about, in the order of the model's classes; `none` is no doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Too dear.
    Price,
    /// Whether it is true, genuine, as shown.
    Trust,
    /// Whether it fits the writer.
    Fit,
    /// Later, perhaps.
    Timing,
    /// Another shop or product.
    Comparison,
    /// How to pay.
    Payment,
    /// Somebody else decides.
    Decider,
    /// What happens if it does not please.
    Aftersale,
}

impl Doubt {
    /// All eight.
    pub const ALL: [Doubt; 8] = [
        Doubt::Price,
        Doubt::Trust,
        Doubt::Fit,
        Doubt::Timing,
        Doubt::Comparison,
        Doubt::Payment,
        Doubt::Decider,
        Doubt::Aftersale,
    ];

    /// Its code in files.
    pub fn code(self) -> &'static str {
        match self {
            Doubt::Price => "price",
            Doubt::Trust => "trust",
            Doubt::Fit => "fit",
            Doubt::Timing => "timing",
            Doubt::Comparison => "comparison",
            Doubt::Payment => "payment",
            Doubt::Decider => "decider",
            Doubt::Aftersale => "aftersale",
        }
    }
}

/// Comments with their act, made up for training: act, doubt, kind of doubt, goods, text.
const COMMENTS: &str = include_str!("../pack/intents.tsv");

/// How the model of acts is trained, and that of what doubts are about.
const ACTS: Training = Training { rounds: 8, step: 0.5, decay: 0.0, seen_min: 2, prune: 0.1 };
const KINDS: Training = Training { rounds: 10, step: 0.5, decay: 0.0, seen_min: 2, prune: 0.1 };
/// How much a phrase of a concept counts beside a comment: most are questions of a few words.
const PHRASE_WEIGHT: f32 = 0.3;
const DOUBTING_PHRASE_WEIGHT: f32 = 0.7;

/// Words of a question from which doubt may speak.
const FEARS: &[&str] = &["怕", "担心", "别是", "别又", "不会是", "不会又", "踩雷", "踩坑"];

/// From here on a comment counts as a doubt. In the middle of where F1 was best when each of seven writers was left out
/// in turn, and learned from only afterwards.
const DOUBT_FROM: f32 = 0.5;

/// Tells acts apart, and doubt, and what it is about.
pub struct Reader {
    /// Each act without doubt, then each with doubt: what a complaint shares with a doubt is learned from both.
    acts: Linear,
    kinds: Linear,
}

/// What a comment wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The likeliest act.
    pub act: Act,
    /// How likely, 0 to 1.
    pub probability: f32,
    /// How likely it asks for something that can be answered, 0 to 1.
    pub asks: f32,
    /// How likely the writer doubts, 0 to 1.
    pub doubt: f32,
    /// What the doubt is about, if it is one.
    pub about: Option<Doubt>,
}

impl Reader {
    /// Learns from the comments of the pack that are to be `learned`, and from the phrases of the concepts.
    pub fn learn(concepts: &[Concept], learned: impl Fn(&str) -> bool) -> Self {
        let (mut acts, mut kinds) = (Vec::new(), Vec::new());
        for line in COMMENTS.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [act, doubt, kind, _, text, ..] = cells.as_slice() else { continue };
            let Some(act) = Act::from_code(act).filter(|_| learned(text)) else { continue };
            let features = heard(text);
            if let Some(class) = Doubt::ALL.iter().position(|doubt| doubt.code() == *kind) {
                kinds.push(Example { features: features.clone(), class, weight: 1.0 });
            }
            acts.push(Example { features, class: class_of(act, *doubt == "1"), weight: 1.0 });
        }
        for (act, phrase) in concepts.iter().flat_map(|concept| concept.phrases.all()) {
            let doubts = act == Act::Hesitation;
            // Nobody said of these whether doubt speaks from them too.
            if doubts || !FEARS.iter().any(|word| phrase.contains(word)) {
                let weight = if doubts { DOUBTING_PHRASE_WEIGHT } else { PHRASE_WEIGHT };
                acts.push(Example { features: heard(phrase), class: class_of(act, doubts), weight });
            }
        }
        Self {
            acts: Linear::train(&acts, 2 * Act::ALL.len(), ACTS),
            kinds: Linear::train(&kinds, Doubt::ALL.len(), KINDS),
        }
    }

    /// As it is kept in a file.
    pub fn keep(&self) -> [Kept; 2] {
        [self.acts.keep(), self.kinds.keep()]
    }

    /// Ready for use.
    pub fn open([acts, kinds]: [Kept; 2]) -> Self {
        Self { acts: acts.open(), kinds: kinds.open() }
    }

    /// Reads a comment, as [`crate::features::masked`] gives it and by its features.
    pub fn read(&self, masked: &str, features: &[Feature]) -> Reading {
        let mut features = features.to_vec();
        cues::add(masked, &mut features);
        let classes = softmax(self.acts.scores(&features));
        let (plain, doubting) = classes.split_at_checked(Act::ALL.len()).unwrap_or_default();
        let acts: Vec<f32> = plain.iter().zip(doubting).map(|(plain, doubting)| plain + doubting).collect();
        let doubt = doubting.iter().sum();
        let best = likeliest(&acts);
        let (act, probability) = best
            .and_then(|(at, probability)| Some((*Act::ALL.get(at)?, probability)))
            .unwrap_or((Act::Chat, 0.0));
        let asking = [Act::Question, Act::Demand, Act::Aftersale];
        let asks = asking.iter().filter_map(|act| acts.get(*act as usize)).sum();
        let about = (doubt >= DOUBT_FROM)
            .then(|| likeliest(&self.kinds.scores(&features)).and_then(|(at, _)| Doubt::ALL.get(at).copied()))
            .flatten();
        Reading { act, probability, asks, doubt, about }
    }
}

/// The comments of the pack from which doubt speaks.
pub(crate) fn doubting_comments() -> BTreeSet<&'static str> {
    let cells = COMMENTS.lines().map(|line| line.split('\t'));
    cells.filter_map(|mut cells| (cells.nth(1) == Some("1")).then(|| cells.nth(2)).flatten()).collect()
}

/// The features of a text with its cues.
fn heard(text: &str) -> Vec<Feature> {
    let masked = masked_of(text);
    let mut heard = features(&masked);
    cues::add(&masked, &mut heard);
    heard
}

/// The class of an act, with doubt or without.
fn class_of(act: Act, doubts: bool) -> usize {
    act as usize + if doubts { Act::ALL.len() } else { 0 }
}

fn likeliest(values: &[f32]) -> Option<(usize, f32)> {
    values.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))
}
