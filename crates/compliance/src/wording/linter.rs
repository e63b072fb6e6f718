//! The machine that is made of a pack: one automaton over every spelling and every innocent phrase.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use livehand_kernel::{Millis, Phrase};

use super::fold::{Folding, Gap};
use super::judgement::{self, Judge};
use super::pack::{Category, Excuse, Pack, PackError, Reach, Word};
use super::parts::Parts;
use super::patterns::{expand, spellings};
use super::said::Said;
use super::segment::Segmenter;
use super::sounds::Sounds;

/// Finds the words of a pack in texts. Made once, used for every text.
pub struct Linter {
    pub(super) pack: Pack,
    pub(super) folding: Folding,
    pub(super) automaton: AhoCorasick,
    pub(super) segmenter: Segmenter,
    pub(super) sounds: Sounds,
    pub(super) denials: Denials,
    /// What each pattern of the automaton may mean.
    pub(super) meanings: Vec<Vec<Meaning>>,
    pub(super) rules: Vec<Rule>,
    pub(super) excuses: Vec<FoldedExcuse>,
    /// The word that a telephone number is a hit of.
    pub(super) telephone: Option<usize>,
    /// Judges sentences as a whole, if the pack wants that.
    pub(super) judge: Option<Judge>,
}

/// What a pattern means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// A spelling of a word.
    Word { rule: usize, disguise: bool },
    /// An innocent phrase, with the bytes in it that would be a word.
    Innocent { core: Option<(usize, usize)> },
}

/// A word, ready to be judged.
pub(super) struct Rule {
    /// As it is said.
    pub text: String,
    pub entry: Arc<Entry>,
}

/// What the words of one entry have in common.
pub(super) struct Entry {
    pub word: Word,
    pub category: Category,
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    pub innocent_near: Vec<String>,
    pub only_near: Vec<Near>,
    /// What makes an innocent phrase of it, before and after it.
    pub phrases: Vec<(String, String)>,
    /// What must follow.
    pub then: Option<Parts>,
}

/// What denies, what only looks like it, and what turns it round.
pub(super) struct Denials {
    pub words: Vec<String>,
    pub no_denials: Vec<String>,
    pub rhetoric: Vec<String>,
}

impl Denials {
    /// Whether something is denied in a text.
    pub fn are_in(&self, text: &str) -> bool {
        if !self.words.iter().any(|word| text.contains(word.as_str())) {
            return false;
        }
        let rest = self.no_denials.iter().fold(text.to_owned(), |rest, said| rest.replace(said.as_str(), ""));
        self.words.iter().any(|word| rest.contains(word.as_str()))
    }
}

/// A condition of `only_near`.
pub(super) enum Near {
    /// Beside the word.
    Beside(String),
    /// Right after it.
    After(String),
    /// The clause ends after it.
    ClauseEnds,
}

/// An excuse, ready to be looked for.
pub(super) struct FoldedExcuse {
    pub before: Said,
    pub after: Said,
    pub then: Said,
    pub traps: Vec<String>,
    pub answers: Vec<String>,
    pub unless: Vec<String>,
    pub quoted: bool,
    pub within: usize,
    /// The gap at which it ends.
    pub reach: Gap,
    pub words: Vec<String>,
    pub not_categories: Vec<String>,
}

/// The word of the pack that a telephone number counts as.
const TELEPHONE: &str = "手机号";

impl Linter {
    /// The linter of a pack, with the model that comes with the program if the pack wants sentences judged.
    ///
    /// # Errors
    /// If the automaton gets too large.
    pub fn new(pack: &Pack) -> Result<Self, PackError> {
        Ok(Self::of_rules(pack)?.judging(judgement::built_in()))
    }

    /// The linter of a pack with another model, so that a model can be measured on what it has not learned from.
    ///
    /// # Errors
    /// If the automaton gets too large.
    pub fn with_model(pack: &Pack, model: &[u8]) -> Result<Self, PackError> {
        Ok(Self::of_rules(pack)?.judging(judgement::open(model)))
    }

    fn judging(mut self, model: Option<Arc<judgement::Linear>>) -> Self {
        let thresholds = self.pack.content.judgement.clone();
        self.judge = model.zip(thresholds).map(|(model, thresholds)| Judge::new(model, thresholds));
        self
    }

    /// The linter of a pack that looks for its words and judges no sentence.
    ///
    /// # Errors
    /// If the automaton gets too large.
    pub fn of_rules(pack: &Pack) -> Result<Self, PackError> {
        let folding = Folding::new(&pack.content);
        let mut patterns: BTreeMap<String, Vec<Meaning>> = BTreeMap::new();
        let mut rules = Vec::with_capacity(pack.content.words.len());
        for word in &pack.content.words {
            let Some(entry) = entry(pack, word, &folding)?.map(Arc::new) else { continue };
            for text in expand(&word.word) {
                for spelling in spellings(&text, word, &pack.content, &folding) {
                    let meaning = Meaning::Word { rule: rules.len(), disguise: spelling.disguise };
                    patterns.entry(spelling.text).or_default().push(meaning);
                }
                rules.push(Rule { text, entry: Arc::clone(&entry) });
            }
        }
        add_innocent(pack, &folding, &mut patterns);
        let (texts, meanings): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        let automaton = AhoCorasick::builder().build(&texts).map_err(|error| too_large(&error))?;
        let sounds = sounds(&texts, &meanings, &rules, pack)?;
        let plain = texts.iter().zip(&meanings).filter(|(_, meanings)| {
            meanings.iter().any(|meaning| match *meaning {
                Meaning::Word { rule, disguise: false } => {
                    rules.get(rule).is_some_and(|rule: &Rule| rule.entry.then.is_none())
                }
                _ => false,
            })
        });
        let segmenter = Segmenter::new(plain.map(|(text, _)| text.as_str()));
        let telephone = rules.iter().position(|rule| rule.text == TELEPHONE);
        let excuses = pack
            .content
            .excuses
            .iter()
            .map(|excuse| folded_excuse(excuse, &folding))
            .collect::<Result<_, _>>()?;
        let fold = |texts: &[String]| texts.iter().map(|text| folding.word(text)).collect();
        let denials = Denials {
            words: fold(&pack.content.denials),
            no_denials: fold(&pack.content.no_denials),
            rhetoric: fold(&pack.content.rhetoric),
        };
        Ok(Self {
            pack: pack.clone(),
            folding,
            automaton,
            segmenter,
            sounds,
            denials,
            meanings,
            rules,
            excuses,
            telephone,
            judge: None,
        })
    }

    /// The pack that it was made of.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }
}

fn too_large(error: &aho_corasick::BuildError) -> PackError {
    PackError {
        entry: "words".to_owned(),
        field: String::new(),
        expected: Phrase::new(
            format!("words that fit into one automaton ({error})"),
            format!("总量合理的词条（{error}）"),
        ),
    }
}

/// The words that say enough alone to be known by their sound.
fn sounds(
    texts: &[String],
    meanings: &[Vec<Meaning>],
    rules: &[Rule],
    pack: &Pack,
) -> Result<Sounds, PackError> {
    let words = texts.iter().zip(meanings).flat_map(|(text, meanings)| {
        meanings.iter().filter_map(move |meaning| match *meaning {
            Meaning::Word { rule, disguise: false }
                if rules
                    .get(rule)
                    .is_some_and(|rule| rule.entry.only_near.is_empty() && rule.entry.then.is_none()) =>
            {
                Some((text.as_str(), rule))
            }
            _ => None,
        })
    });
    Sounds::new(words, &pack.content.heard, &pack.content.unheard).map_err(|error| too_large(&error))
}

fn entry(pack: &Pack, word: &Word, folding: &Folding) -> Result<Option<Entry>, PackError> {
    let Some(category) = pack.content.categories.iter().find(|category| category.code == word.category)
    else {
        return Ok(None);
    };
    let (from, to) = pack.period(word)?;
    let lists = |near: &String| match near.strip_prefix('@') {
        Some(name) => pack.content.lists.get(name).cloned().unwrap_or_default(),
        None => vec![near.clone()],
    };
    let innocent_near = word.innocent_near.iter().chain(&category.innocent_near).flat_map(lists);
    let only_near = word.only_near.iter().flat_map(lists).map(|near| match near.strip_prefix('>') {
        Some("$") => Near::ClauseEnds,
        Some(after) => Near::After(folding.word(after)),
        None => Near::Beside(folding.word(&near)),
    });
    let then: Vec<String> =
        (word.then.iter().flat_map(lists).flat_map(|text| expand(&text)).map(|text| folding.word(&text)))
            .collect();
    let parts = |then: &Vec<String>| Parts::new(then, word.apart, limit(word.reach));
    let then = Some(then).filter(|then| !then.is_empty());
    Ok(Some(Entry {
        then: then.as_ref().map(parts).transpose().map_err(|error| too_large(&error))?,
        word: word.clone(),
        category: category.clone(),
        from,
        to,
        innocent_near: innocent_near.map(|near| folding.word(&near)).collect(),
        only_near: only_near.collect(),
        phrases: if is_family(word) { phrases(word, folding).collect() } else { Vec::new() },
    }))
}

/// Most spellings of a word whose innocent phrases are written out; the phrases of a whole family are looked for beside
/// each of its words instead, which takes no memory.
const FAMILY_MIN: usize = 16;

fn is_family(word: &Word) -> bool {
    expand(&word.word).len() > FAMILY_MIN
}

/// What stands before and after a word in each of its innocent phrases.
fn phrases<'a>(word: &'a Word, folding: &'a Folding) -> impl Iterator<Item = (String, String)> + 'a {
    word.innocent.iter().flat_map(|template| expand(template)).filter_map(|template| {
        let (before, after) = template.split_once('~')?;
        Some((folding.word(before), folding.word(after)))
    })
}

fn add_innocent(pack: &Pack, folding: &Folding, patterns: &mut BTreeMap<String, Vec<Meaning>>) {
    let mut known = BTreeSet::new();
    for word in pack.content.words.iter().filter(|word| !is_family(word)) {
        let spelled = std::iter::once(&word.word).chain(&word.aliases).flat_map(|text| expand(text));
        let spelled: Vec<String> = spelled.map(|text| folding.word(&text)).collect();
        for (before, after) in phrases(word, folding) {
            for text in &spelled {
                let core = Some((before.len(), before.len() + text.len()));
                let phrase = format!("{before}{text}{after}");
                if known.insert((phrase.clone(), core)) {
                    patterns.entry(phrase).or_default().push(Meaning::Innocent { core });
                }
            }
        }
    }
    for phrase in pack.content.innocent.iter().flat_map(|template| expand(template)) {
        patterns.entry(folding.word(&phrase)).or_default().push(Meaning::Innocent { core: None });
    }
}

fn folded_excuse(excuse: &Excuse, folding: &Folding) -> Result<FoldedExcuse, PackError> {
    let fold = |texts: &[String]| -> Vec<String> {
        texts.iter().flat_map(|text| expand(text)).map(|text| folding.word(&text)).collect()
    };
    let said = |texts: &[String]| Said::new(fold(texts)).map_err(|error| too_large(&error));
    Ok(FoldedExcuse {
        before: said(&excuse.before)?,
        after: said(&excuse.after)?,
        then: said(&excuse.then)?,
        traps: fold(&excuse.traps),
        answers: fold(&excuse.answers),
        unless: fold(&excuse.unless),
        quoted: excuse.quoted,
        within: excuse.within,
        reach: limit(excuse.reach),
        words: excuse.words.clone(),
        not_categories: excuse.not_categories.clone(),
    })
}

/// The gap at which a reach ends.
fn limit(reach: Reach) -> Gap {
    match reach {
        Reach::Clause => Gap::Pause,
        Reach::Sentence => Gap::Stop,
        Reach::Text => Gap::Never,
    }
}
