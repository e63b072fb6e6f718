//! The moments at which the worst can happen: promotions come and go, and more of them can only be cheaper.

use std::collections::BTreeSet;

use livehand_kernel::{Millis, PromotionId};

use super::case::Case;
use super::certificate::Closed;
use super::promotion::Promotion;
use super::table::{Line, Shipping, TooMany};
use super::{Worst, simulate};

/// Of all moments at which something of `new` holds, those at which nothing can be added: the beginnings of windows, without
/// those whose promotions all hold at another one too.
pub fn moments(new: &[Promotion], all: &[Promotion]) -> Vec<Millis> {
    let begins: BTreeSet<Millis> = new.iter().chain(all).map(|one| one.from).collect();
    let held = |moment: Millis| -> BTreeSet<&PromotionId> {
        all.iter().chain(new).filter(|one| one.holds(moment)).map(|one| &one.id).collect()
    };
    let during = |moment: &Millis| new.iter().any(|one| one.holds(*moment));
    let mut kept: Vec<(Millis, BTreeSet<&PromotionId>)> = Vec::new();
    for moment in begins.into_iter().filter(during) {
        let set = held(moment);
        if !kept.iter().any(|(_, other)| set.is_subset(other)) {
            kept.retain(|(_, other)| !other.is_subset(&set));
            kept.push((moment, set));
        }
    }
    kept.into_iter().map(|(moment, _)| moment).collect()
}

/// The worst of several moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorstOver {
    /// For each line, the order in which one unit of it is cheapest, and when.
    pub prices: Vec<(Millis, Case)>,
    /// The order that earns least, and when.
    pub margin: Option<(Millis, Case)>,
    /// How the proofs were closed.
    pub closed: Closed,
}

/// [`simulate`] at several moments.
///
/// # Errors
/// [`TooMany`] as there.
pub fn simulate_over(
    lines: &[Line],
    shipping: Shipping,
    promotions: &[Promotion],
    moments: &[Millis],
) -> Result<WorstOver, TooMany> {
    let mut worst = WorstOver::default();
    for moment in moments {
        let Worst { prices, margin, certificate } = simulate(lines, shipping, promotions, *moment)?;
        worst.closed += certificate.closed();
        if worst.prices.is_empty() {
            worst.prices = prices.into_iter().map(|case| (*moment, case)).collect();
        } else {
            for ((line, kept), case) in lines.iter().zip(&mut worst.prices).zip(prices) {
                let unit = |case: &Case| {
                    case.line(&line.product, line.sku.as_ref()).map(|it| (it.payable_fen, it.quantity))
                };
                if let (Some((old, units)), Some((new, of))) = (unit(&kept.1), unit(&case))
                    && i128::from(new.0) * i128::from(units) < i128::from(old.0) * i128::from(of)
                {
                    *kept = (*moment, case);
                }
            }
        }
        let lower =
            |case: &Case| worst.margin.as_ref().is_none_or(|(_, kept)| case.margin_fen < kept.margin_fen);
        if let Some(case) = margin.filter(lower) {
            worst.margin = Some((*moment, case));
        }
    }
    Ok(worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offers::{Audience, Rule, Scope};

    fn promotion(id: &str, from: i64, to: i64) -> Promotion {
        Promotion {
            id: PromotionId::from(id),
            name: id.to_owned(),
            rule: Rule::ItemPercent { pays_percent: 95 },
            scope: Scope::All,
            from: Millis(from),
            to: Millis(to),
            audience: Audience::Everyone,
            limit_per_buyer: None,
            stock: None,
            group: None,
            excludes: Vec::new(),
            stackable_with: Vec::new(),
        }
    }

    #[test]
    fn only_moments_at_which_nothing_can_be_added_are_looked_at() {
        let new = [promotion("new", 10, 50)];
        let all =
            [promotion("a", 0, 20), promotion("b", 15, 30), promotion("c", 40, 60), promotion("d", 60, 70)];
        // At 10 only a; at 15 a and b; at 40 c; d comes when the new one is over.
        assert_eq!(moments(&new, &all), [Millis(15), Millis(40)]);
        assert_eq!(moments(&[], &all), []);
    }
}
