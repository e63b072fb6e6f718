//! How the model is made: from labelled sentences and the rules of a pack, without randomness, so that anybody gets the same
//! bytes.

use super::super::check::Context;
use super::super::codes::{Goods, Place};
use super::super::context::Span;
use super::super::linter::Linter;
use super::super::pack::{Pack, PackError};
use super::disguised;
use super::features::Sentence;
use super::linear::{Example, Linear};

/// A sentence that says what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// Its name in the file.
    pub id: String,
    /// The category of risky words that it belongs to; nothing if it is innocent.
    pub expected: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// What it is about.
    pub goods: Option<Goods>,
    /// What it says.
    pub text: String,
}

impl Labelled {
    /// The sentences of a file: tab-separated, with a head, `id`, `expected`, `place`, `category`, `text`. A line that is not
    /// of that form is left out.
    pub fn read(file: &str) -> Vec<Self> {
        file.lines().skip(1).filter_map(Self::line).collect()
    }

    fn line(line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let mut next = || cells.next();
        let (id, expected, place, goods, text) = (next()?, next()?, next()?, next()?, next()?);
        let place = if place == "coupon" { Place::CouponName } else { Place::from_code(place)? };
        Some(Self {
            id: id.to_owned(),
            expected: match expected {
                "innocent" => None,
                risky => Some(risky.strip_prefix("hit:")?.to_owned()),
            },
            place,
            goods: Goods::from_code(goods),
            text: text.to_owned(),
        })
    }
}

/// Makes the model of a pack's categories from sentences, as the bytes of its file.
///
/// # Errors
/// If no linter can be made of the pack, or the model cannot be written down.
pub fn train(pack: &Pack, sentences: &[Labelled]) -> Result<Vec<u8>, PackError> {
    let linter = Linter::of_rules(pack)?;
    let categories: Vec<String> =
        pack.content.categories.iter().map(|category| category.code.clone()).collect();
    let examples: Vec<Example> = sentences
        .iter()
        .filter_map(|sentence| {
            let class = match &sentence.expected {
                None => 0,
                Some(code) => categories.iter().position(|category| category == code)? + 1,
            };
            Some(Example { features: features(&linter, sentence), class })
        })
        .collect();
    let kept = Linear::train(&examples, categories);
    postcard::to_stdvec(&kept).map_err(|error| PackError::of_model(&error))
}

fn features(linter: &Linter, sentence: &Labelled) -> Vec<u32> {
    let context = Context {
        place: sentence.place,
        category: sentence.goods,
        at: linter.pack.verified_at,
        evidence: false,
    };
    let folded = linter.folding.fold(&sentence.text);
    let found = linter.found(&sentence.text, &folded, &context);
    let whole = Span { from: 0, to: folded.pieces.len() };
    let read = Sentence::of(&folded, whole, &disguised(linter, &folded, &found));
    let mut features = Vec::new();
    read.features(&linter.sounds, sentence.place, sentence.goods, |feature| features.push(feature.id));
    features.sort_unstable();
    features.dedup();
    features
}
