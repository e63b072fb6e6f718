//! What was paid, against what could be paid at that second, and what had to be given with it.

use std::collections::BTreeMap;

use livehand_kernel::{Fen, SkuId};

use super::{Disposition, Facts, Finding, Fix, Kind, LineFacts};
use crate::offers::{Line, Promotion, Rule, payable};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let due = due_gifts(facts);
    let mut found = missing(facts, &due);
    found.extend(price(facts, &due));
    found
}

/// Gifts that the order has to have, in pieces.
fn due_gifts(facts: &Facts) -> BTreeMap<SkuId, i64> {
    let mut due = BTreeMap::<SkuId, i64>::new();
    for gift in &facts.gifts {
        if bought(facts).any(|line| line.article.as_ref().is_some_and(|it| it.product == gift.product)) {
            *due.entry(gift.sku.clone()).or_default() += gift.quantity;
        }
    }
    for promotion in &facts.promotions {
        if let Rule::Gift { sku: Some(sku), quantity, .. } = &promotion.rule {
            let times = times(facts, promotion);
            if times > 0 {
                *due.entry(sku.clone()).or_default() += quantity * times;
            }
        }
    }
    due
}

/// Lines that were paid for, or may have been.
fn bought(facts: &Facts) -> impl Iterator<Item = &LineFacts> {
    facts.lines.iter().filter(|line| line.paid != Some(Fen(0)))
}

/// How often an order gets the gift of a promotion, by what is paid for the goods after everything: the stricter reading, so
/// that nobody is asked about a gift that is not due.
fn times(facts: &Facts, promotion: &Promotion) -> i64 {
    let Rule::Gift { threshold_fen, units, every_step, .. } = &promotion.rule else { return 0 };
    let covered: Vec<&LineFacts> = bought(facts)
        .filter(|line| {
            let priced = line.article.as_ref().and_then(|article| article.price.as_ref());
            priced.is_some_and(|it| {
                promotion.scope.covers(&it.line.product, it.line.sku.as_ref(), &it.line.category)
            })
        })
        .collect();
    let count: i64 = covered.iter().map(|line| line.quantity).sum();
    let whole = (covered.len() == bought(facts).count()).then_some(facts.paid).flatten();
    let paid: Option<i64> = covered.iter().map(|line| line.paid.map(|fen| fen.0)).sum();
    let amount = whole.map(|fen| fen.0).or(paid).unwrap_or_default();
    let units = (*units).max(1);
    match (count >= units && amount >= threshold_fen.0, every_step) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) if threshold_fen.0 > 0 => (count / units).min(amount / threshold_fen.0),
        (true, true) => count / units,
    }
}

fn missing(facts: &Facts, due: &BTreeMap<SkuId, i64>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (sku, due) in due.iter().filter(|(sku, _)| !facts.added.contains(*sku)) {
        let there: i64 = facts.lines.iter().filter(|line| line.sku == *sku).map(|line| line.quantity).sum();
        if there < *due {
            let mut finding = Finding::of(Kind::Gift, "missing").saying(there, due);
            finding.fix = Some(Fix::Gift { sku: sku.clone(), quantity: due - there });
            found.push(finding);
        }
    }
    found
}

/// Compares what was paid with everything that the lines can come to.
fn price(facts: &Facts, due: &BTreeMap<SkuId, i64>) -> Option<Finding> {
    let paid = facts.paid?;
    let free = |line: &LineFacts| line.paid == Some(Fen(0)) && due.contains_key(&line.sku);
    let mut basket: BTreeMap<(String, Option<SkuId>), (Line, i64)> = BTreeMap::new();
    for line in facts.lines.iter().filter(|line| !free(line)) {
        // What is not known is told as such, and what has no price of ours cannot be wrong.
        let priced = line.article.as_ref()?.price.as_ref()?;
        let key = (priced.line.product.0.clone(), priced.line.sku.clone());
        basket.entry(key).or_insert_with(|| (priced.line.clone(), 0)).1 += line.quantity;
    }
    let basket: Vec<(Line, i64)> = basket.into_values().collect();
    if basket.is_empty() {
        return None;
    }
    let Ok(totals) = payable(&basket, &facts.promotions, facts.bought_at) else {
        let finding = Finding::of(Kind::Price, "not_judged");
        return Some(Finding { disposition: Disposition::Noted, ..finding });
    };
    if totals.contains(&paid) {
        return None;
    }
    let nearest = totals.iter().min_by_key(|fen| ((fen.0 - paid.0).abs(), fen.0)).copied()?;
    let code = if paid < nearest { "paid_too_little" } else { "paid_too_much" };
    let finding = Finding::of(Kind::Price, code).saying(paid, nearest);
    Some(match basket.as_slice() {
        [_] if facts.lines.len() == 1 => finding.on(facts.lines.first().map_or("", |line| &line.id)),
        _ => finding,
    })
}
