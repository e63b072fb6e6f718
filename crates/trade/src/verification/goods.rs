//! What was bought, how much of it, and whether it was bought twice.

use super::{Facts, Finding, Kind, LineFacts};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut found: Vec<Finding> = facts.lines.iter().filter_map(|line| article(facts, line)).collect();
    if facts.lines.is_empty() {
        found.push(Finding::of(Kind::Sku, "no_lines"));
    }
    for limit in &facts.limits {
        let units = limit.here + limit.before;
        if units > limit.limit {
            let finding = Finding::of(Kind::Limit, "over_limit").saying(units, limit.limit);
            found.push(match limit.lines.as_slice() {
                [line] => finding.on(line),
                _ => finding,
            });
        }
    }
    if let Some(other) = &facts.duplicate_of {
        let mut finding = Finding::of(Kind::Duplicate, "same_again");
        finding.found = Some(other.clone());
        found.push(finding);
    }
    found
}

fn article(facts: &Facts, line: &LineFacts) -> Option<Finding> {
    let finding = |code: &str| Some(Finding::of(Kind::Sku, code).on(&line.id));
    let Some(article) = &line.article else {
        return finding("unknown").map(|it| Finding { found: Some(line.sku.0.clone()), ..it });
    };
    if let Some(named) = line.product.as_ref().filter(|named| **named != article.product) {
        return finding("of_other_product").map(|it| it.saying(&article.product, named));
    }
    if article.ended_at.is_some_and(|ended| ended <= facts.bought_at) {
        return finding("ended").map(|it| Finding { found: Some(line.sku.0.clone()), ..it });
    }
    let in_use = article.variants.iter().filter(|it| it.in_use).count();
    if article.whole && in_use > 1 {
        return finding("spec_missing").map(|it| Finding { found: Some(line.sku.0.clone()), ..it });
    }
    None
}
