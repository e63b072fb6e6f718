//! The pack of questions that comes with the program: concepts, how buyers ask for them, and entries that answer.

use serde::Deserialize;

use crate::act::Act;

/// What the five files of the pack hold.
const FILES: [&str; 5] = [
    include_str!("../pack/service.toml"),
    include_str!("../pack/trade.toml"),
    include_str!("../pack/apparel.toml"),
    include_str!("../pack/care.toml"),
    include_str!("../pack/goods.toml"),
];

/// Something that buyers ask about: 发货时效, 起球.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// Its code: `shipping.time`.
    pub code: String,
    /// What the team calls it.
    pub name: String,
    /// Only of these goods; of any if empty.
    #[serde(default)]
    pub goods: Vec<String>,
    /// Words of the topic as a shop's own entry about it would have them.
    pub about: Vec<String>,
    /// How buyers ask for it, by what they want with it.
    pub phrases: Phrases,
    /// Entries that answer it.
    #[serde(default, rename = "entry")]
    pub entries: Vec<PackEntry>,
}

/// Phrases by the act of their writer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Phrases {
    /// Asked before buying.
    pub question: Vec<String>,
    /// The shop is to do or show something.
    pub demand: Vec<String>,
    /// About the writer's own order.
    pub aftersale: Vec<String>,
    /// Mostly an accusation.
    pub complaint: Vec<String>,
    /// Mostly doubt.
    pub hesitation: Vec<String>,
}

impl Phrases {
    /// Every phrase with its act.
    pub fn all(&self) -> impl Iterator<Item = (Act, &str)> {
        let groups = [
            (Act::Question, &self.question),
            (Act::Demand, &self.demand),
            (Act::Aftersale, &self.aftersale),
            (Act::Complaint, &self.complaint),
            (Act::Hesitation, &self.hesitation),
        ];
        groups.into_iter().flat_map(|(act, texts)| texts.iter().map(move |text| (act, text.as_str())))
    }
}

/// An entry of the pack: a draft that a shop confirms or rewrites before it is used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackEntry {
    /// Its id in the pack.
    pub id: String,
    /// The question in full.
    pub question: String,
    /// For the public chat, at most 45 characters.
    pub short: String,
    /// In full.
    pub long: String,
    /// Facts that the answer should quote.
    #[serde(default)]
    pub slots: Vec<String>,
    /// `A`, `B` or `C`.
    pub level: String,
    /// Phrases that mean this entry and not another of the concept.
    #[serde(default)]
    pub phrases: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "concept")]
    concepts: Vec<Concept>,
}

/// The concepts of the pack, in the order of its files.
///
/// # Errors
/// Where a file does not hold what it should.
pub fn built_in() -> Result<Vec<Concept>, toml::de::Error> {
    let mut concepts = Vec::new();
    for file in FILES {
        concepts.extend(toml::from_str::<File>(file)?.concepts);
    }
    Ok(concepts)
}
