//! What is counted over labelled comments.

use std::collections::{BTreeMap, BTreeSet};

use livehand_language::Act;
use livehand_language::understand::{AUTO_FROM, Understood};
use serde_json::{Value, json};

use super::cases::Case;

/// One comment with what was understood.
pub(super) struct Judged<'a> {
    pub case: &'a Case,
    pub understood: &'a Understood,
    /// Ids of the entries, the likeliest first.
    pub top: Vec<&'a str>,
}

impl Judged<'_> {
    fn is_right(&self, first: usize) -> bool {
        self.top.iter().take(first).any(|id| {
            self.case.faq.as_deref() == Some(*id) || self.case.faq_alt.iter().any(|other| other == id)
        })
    }

    pub(super) fn answers(&self) -> bool {
        self.understood.trust >= AUTO_FROM && !self.top.is_empty()
    }

    /// A comment that no entry answers; those that only an alternative answers are neither.
    fn out_of_scope(&self) -> bool {
        self.case.faq.is_none() && self.case.faq_alt.is_empty()
    }
}

/// Right and wrong findings of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Found {
    fn of<T: Ord>(expected: &BTreeSet<T>, found: &BTreeSet<T>) -> Self {
        let right = expected.intersection(found).count();
        Self { right, wrong: found.len() - right, missed: expected.len() - right }
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    fn f1(self) -> f64 {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    fn told(self) -> Value {
        json!({
            "precision": ratio(self.right, self.right + self.wrong),
            "recall": ratio(self.right, self.right + self.missed),
            "f1": self.f1(),
        })
    }
}

fn ratio(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

/// Everything that is counted, as the JSON that is printed.
pub(super) fn figures(judged: &[Judged<'_>]) -> Value {
    let scope: Vec<&Judged<'_>> = judged.iter().filter(|one| one.case.faq.is_some()).collect();
    let none: Vec<&Judged<'_>> = judged.iter().filter(|one| one.out_of_scope()).collect();
    let right = |first: usize| scope.iter().filter(|one| one.is_right(first)).count();
    let ranks = scope.iter().filter_map(|one| (1..=10).find(|first| one.is_right(*first)));
    let mrr = ranks.map(|rank| 1.0 / rank as f64).sum::<f64>() / scope.len().max(1) as f64;
    let tiers: BTreeMap<&str, f64> = ["A", "B", "C"]
        .into_iter()
        .map(|tier| {
            let of: Vec<_> = scope.iter().filter(|one| one.case.tier.as_deref() == Some(tier)).collect();
            (tier, ratio(of.iter().filter(|one| one.is_right(1)).count(), of.len()))
        })
        .collect();
    json!({
        "comments": judged.len(),
        "answerable": scope.len(),
        "unanswerable": none.len(),
        "top1": ratio(right(1), scope.len()),
        "top3": ratio(right(3), scope.len()),
        "mrr10": mrr,
        "top1_by_tier": tiers,
        "auto": auto(judged, &scope, &none),
        "calibration_error": calibration_error(judged),
        "intent": intents(judged),
        "hesitation": hesitation(judged).told(),
        "named": named(judged),
    })
}

fn auto(judged: &[Judged<'_>], scope: &[&Judged<'_>], none: &[&Judged<'_>]) -> Value {
    let answered: Vec<_> = judged.iter().filter(|one| one.answers()).collect();
    let right = answered.iter().filter(|one| one.is_right(1)).count();
    json!({
        "from": AUTO_FROM,
        "answered": ratio(answered.len(), judged.len()),
        "precision": ratio(right, answered.len()),
        "answerable_answered_right": ratio(scope.iter().filter(|one| one.answers() && one.is_right(1)).count(), scope.len()),
        "unanswerable_answered": ratio(none.iter().filter(|one| one.answers()).count(), none.len()),
    })
}

/// Expected calibration error over ten bands of confidence.
fn calibration_error(judged: &[Judged<'_>]) -> f64 {
    let mut bands = [(0_usize, 0.0_f64, 0_usize); 10];
    for one in judged {
        let band = ((one.understood.trust * 10.0) as usize).min(9);
        if let Some(band) = bands.get_mut(band) {
            band.0 += 1;
            band.1 += f64::from(one.understood.trust);
            band.2 += usize::from(one.is_right(1));
        }
    }
    bands.iter().map(|(_, trust, right)| (trust - *right as f64).abs()).sum::<f64>()
        / judged.len().max(1) as f64
}

fn intents(judged: &[Judged<'_>]) -> Value {
    let mut by_act: BTreeMap<&str, Found> =
        Act::ALL.iter().map(|act| (act.code(), Found::default())).collect();
    let (mut right, mut all) = (0, 0);
    for one in judged {
        let Some(gold) = one.case.intent.as_deref() else { continue };
        let said = one.understood.reading.act.code();
        let gold = if one.case.intent_alt.iter().any(|other| other == said) { said } else { gold };
        all += 1;
        right += usize::from(gold == said);
        if let Some(found) = by_act.get_mut(gold) {
            found.right += usize::from(gold == said);
            found.missed += usize::from(gold != said);
        }
        if let Some(found) = by_act.get_mut(said).filter(|_| gold != said) {
            found.wrong += 1;
        }
    }
    let f1: BTreeMap<&str, f64> = by_act.iter().map(|(act, found)| (*act, found.f1())).collect();
    let macro_f1 = f1.values().sum::<f64>() / f1.len().max(1) as f64;
    json!({ "accuracy": ratio(right, all), "macro_f1": macro_f1, "f1": f1 })
}

fn hesitation(judged: &[Judged<'_>]) -> Found {
    let mut found = Found::default();
    for one in judged {
        let Some(gold) = one.case.hesitation else { continue };
        let said = one.understood.reading.about.is_some();
        found.right += usize::from(gold && said);
        found.wrong += usize::from(!gold && said);
        found.missed += usize::from(gold && !said);
    }
    found
}

fn named(judged: &[Judged<'_>]) -> Value {
    let mut sums = [Found::default(); 5];
    for one in judged {
        let (case, found) = (one.case, &one.understood.attributes);
        let colours =
            |names: &[String]| names.iter().map(|name| name.trim_end_matches('色').to_owned()).collect();
        let sizes = |names: &[String]| names.iter().map(|name| name.to_uppercase()).collect();
        // Half a unit apart is the same.
        let halves =
            |value: Option<f32>| value.map(|value| (value * 2.0).round() as i64).into_iter().collect();
        let counted: [Found; 5] = [
            Found::of(&case.link.into_iter().collect(), &found.link.into_iter().collect()),
            Found::of::<String>(&colours(&case.colors), &colours(&found.colours)),
            Found::of::<String>(&sizes(&case.sizes), &sizes(&found.sizes)),
            Found::of::<i64>(&halves(case.height_cm), &halves(found.height_cm)),
            Found::of::<i64>(&halves(case.weight_kg), &halves(found.weight_kg)),
        ];
        sums.iter_mut().zip(counted).for_each(|(sum, counted)| sum.add(counted));
    }
    let names = ["link", "colour", "size", "height", "weight"];
    names.into_iter().zip(sums).map(|(name, sum)| (name.to_owned(), sum.told())).collect()
}
