//! What the buyer said in the room or wrote with the order, against what was bought.

use livehand_kernel::SkuId;

use super::{Article, Facts, Finding, Fix, Kind, LineFacts, Mistake, Said, SaidIn, Variant};

/// What was wanted that long before the purchase is still meant by it, ms.
const WANTED_WITHIN_MS: i64 = 5 * 60_000;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let after = |said: &&Said| said.at >= facts.bought_at || said.place == SaidIn::Remark;
    for said in facts.said.iter().filter(after) {
        found.extend(about(facts, said));
    }
    // Before the purchase the last word counts: somebody who changes their mind buys what they said last.
    let before = |said: &&Said| {
        said.place != SaidIn::Remark
            && said.wants
            && said.mistake.is_none()
            && (facts.bought_at.0 - WANTED_WITHIN_MS..facts.bought_at.0).contains(&said.at.0)
    };
    if let Some(last) = facts.said.iter().filter(before).max_by_key(|said| said.at)
        && found.is_empty()
    {
        found.extend(wanted(facts, last));
    }
    found
}

/// What somebody said about an order that they have.
fn about(facts: &Facts, said: &Said) -> Option<Finding> {
    match said.mistake {
        Some(Mistake::Recipient) => Some(finding("recipient_wrong", said)),
        Some(Mistake::Quantity) => Some(finding("quantity_wrong", said)),
        Some(Mistake::Variant) => Some(wanted(facts, said).unwrap_or_else(|| finding("bought_wrong", said))),
        Some(Mistake::Change) => wanted(facts, said),
        None if said.wants => wanted(facts, said),
        None => None,
    }
}

fn finding(code: &str, said: &Said) -> Finding {
    let comment = match said.place {
        SaidIn::Room(sequence) => Some(sequence),
        SaidIn::Remark => None,
    };
    Finding { comment, ..Finding::of(Kind::Said, code) }
}

/// The line that is another variant than what is wanted, if there is exactly one such line and what is named exists.
fn wanted(facts: &Facts, said: &Said) -> Option<Finding> {
    // Who names two sizes weighs them against each other, or speaks of what they got and what they want.
    let mut other = facts.lines.iter().filter_map(|line| {
        let article = line.article.as_ref()?;
        let meant = said.product.as_ref().is_none_or(|product| *product == article.product);
        let own = article.variants.iter().find(|variant| variant.sku == line.sku)?;
        let differs = meant && differs(own, article, said);
        differs.then_some((line, article, own))
    });
    let (line, article, own) = other.next()?;
    let several = other.next().is_some();
    // A line that is as it is wanted is the one that was spoken of.
    let satisfied = facts.lines.iter().any(|line| satisfies(line, said));
    if satisfied {
        return None;
    }
    let words = |colours: &[String], sizes: &[String]| {
        let words: Vec<&str> = colours.iter().chain(sizes).map(String::as_str).collect();
        words.join(" ")
    };
    let mut finding = finding("other_variant", said)
        .on(&line.id)
        .saying(words(&own.colours, &own.sizes), words(&said.colours, &said.sizes));
    let sku = candidate(article, own, said).filter(|_| !several);
    finding.fix = sku.map(|sku| Fix::Line { line: line.id.clone(), sku });
    Some(finding)
}

/// Whether a variant is another one than what is named, and what is named is there to be had.
fn differs(own: &Variant, article: &Article, said: &Said) -> bool {
    let other = |named: &[String], own: &[String], of: fn(&Variant) -> &[String]| {
        let exists = |name: &String| article.variants.iter().any(|it| of(it).contains(name));
        !own.is_empty() && named.iter().any(exists) && !named.iter().any(|name| own.contains(name))
    };
    other(&said.sizes, &own.sizes, |it| &it.sizes) || other(&said.colours, &own.colours, |it| &it.colours)
}

fn satisfies(line: &LineFacts, said: &Said) -> bool {
    let own = line.article.as_ref().and_then(|it| it.variants.iter().find(|own| own.sku == line.sku));
    own.is_some_and(|own| {
        let has =
            |named: &[String], own: &[String]| named.is_empty() || named.iter().any(|it| own.contains(it));
        has(&said.sizes, &own.sizes) && has(&said.colours, &own.colours)
    })
}

/// The one variant that is as it is wanted, and otherwise as it was bought.
fn candidate(article: &Article, own: &Variant, said: &Said) -> Option<SkuId> {
    let wanted = |named: &'_ [String], own: &'_ [String]| match named {
        [] => own.to_vec(),
        named => named.to_vec(),
    };
    let (colours, sizes) = (wanted(&said.colours, &own.colours), wanted(&said.sizes, &own.sizes));
    let matches = |variant: &&Variant| {
        let is =
            |wanted: &[String], own: &[String]| wanted.is_empty() || wanted.iter().any(|it| own.contains(it));
        variant.in_use
            && variant.sku != own.sku
            && is(&colours, &variant.colours)
            && is(&sizes, &variant.sizes)
    };
    let mut found = article.variants.iter().filter(matches);
    found.next().filter(|_| found.next().is_none()).map(|variant| variant.sku.clone())
}
