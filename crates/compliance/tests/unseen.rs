//! The wording check on sentences that it was not written for: recall, and what it flags without reason.

#![cfg(test)]

use livehand_compliance::wording::{BUILT_IN, Context, Goods, Linter, Pack, Place};
use livehand_kernel::Millis;

/// Made up for measuring, by somebody who had not seen the rules; the rules were not tuned on them.
const SENTENCES: &str = include_str!("../../../tests/data/wording-unseen.tsv");
/// 2026-11-18.
const NOW: Millis = Millis(1_794_960_000_000);

#[test]
fn unseen_risky_sentences_are_found_and_innocent_ones_are_left_alone() {
    let linter = Linter::new(&Pack::parse(BUILT_IN).unwrap()).unwrap();
    let (mut risky, mut found, mut innocent, mut flagged) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for line in SENTENCES.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, expected, place, category, text, ..] = cells.as_slice() else { panic!("{line}") };
        let place = if *place == "coupon" { "coupon_name" } else { place };
        let context = Context {
            place: Place::from_code(place).unwrap(),
            category: Goods::from_code(category),
            at: NOW,
            evidence: false,
        };
        let hits = linter.check(text, &context).hits;
        for hit in &hits {
            assert!(!hit.basis.zh.is_empty() && !hit.why.zh.is_empty(), "{id}: {}", hit.found);
        }
        let told: Vec<_> = hits.iter().map(|hit| format!("{}:{}", hit.category, hit.found)).collect();
        match expected.strip_prefix("hit:") {
            Some(category) => {
                risky += 1;
                let hit = hits.iter().any(|hit| hit.category == category);
                found += i32::from(hit);
                if !hit {
                    wrong.push(format!("missed  {id} {expected} {text} {told:?}"));
                }
            }
            None => {
                innocent += 1;
                flagged += i32::from(!hits.is_empty());
                if !hits.is_empty() {
                    wrong.push(format!("flagged {id} {text} {told:?}"));
                }
            }
        }
    }
    println!("{found} of {risky} found, {flagged} of {innocent} flagged\n{}", wrong.join("\n"));
    assert!(risky >= 200 && innocent >= 200);
    // What it reaches, so that it does not get worse unseen. The goal is 98 % and 2 %.
    assert!(found * 100 >= risky * 94, "{found} of {risky} found");
    assert!(flagged * 100 <= innocent * 13, "{flagged} of {innocent} flagged");
}
