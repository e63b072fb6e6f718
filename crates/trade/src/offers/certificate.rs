//! The proof that nothing lower exists: the branches of each search, and how each was closed.

use std::collections::HashMap;

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use super::promotion::Promotion;
use super::search::{Branch, End, Found, Goal, Search, Value, relevant, split, strongest_first};
use super::settle::settle;
use super::table::{Line, Shipping, Table, TooMany, at};

/// For each of the figures that were found, the closed branches of its search.
#[derive(Clone, Debug, Default)]
pub struct Certificate {
    pub(super) proofs: Vec<Proof>,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.closed() == other.closed()
    }
}

/// The proof of one figure.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub goal: Goal,
    pub best: Option<Found>,
    pub branches: Vec<Branch>,
    pub orders: u64,
}

/// How many branches were closed, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferClosed))]
pub struct Closed {
    /// Figures that were proven.
    pub figures: u64,
    /// Branches of which no order is below the figure, by a bound.
    pub by_bound: u64,
    /// Branches that have no order, because a threshold cannot be reached.
    pub unreachable: u64,
    /// Branches whose orders were looked through.
    pub searched: u64,
    /// Orders that were computed to the fen.
    pub orders: u64,
}

impl std::ops::AddAssign for Closed {
    fn add_assign(&mut self, other: Self) {
        self.figures += other.figures;
        self.by_bound += other.by_bound;
        self.unreachable += other.unreachable;
        self.searched += other.searched;
        self.orders += other.orders;
    }
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The promotions or products are more than can be looked through.
    #[error("the certificate is of something else")]
    Other(#[source] TooMany),
    /// The order that it names does not come to the figure.
    #[error("the order does not come to the figure that it is to prove")]
    Figure,
    /// A branch is missing.
    #[error("not every branch is closed")]
    Open,
    /// A branch was closed by a bound that does not close it.
    #[error("a bound does not close its branch")]
    Bound,
    /// A branch that was looked through has a lower order.
    #[error("a branch has an order that is lower")]
    Lower,
}

impl Certificate {
    /// How many branches were closed, and how.
    pub fn closed(&self) -> Closed {
        let mut closed = Closed { figures: self.proofs.len() as u64, ..Closed::default() };
        for proof in &self.proofs {
            closed.orders += proof.orders;
            for branch in &proof.branches {
                match branch.end {
                    End::Bound(_) => closed.by_bound += 1,
                    End::Unreachable => closed.unreachable += 1,
                    End::Searched => closed.searched += 1,
                }
            }
        }
        closed
    }
}

/// Goes through a certificate again: the order that it names is computed, the branches are walked from the root, each
/// bound is worked out anew, and branches that were looked through are looked through with the figure as what is to be
/// beaten.
///
/// # Errors
/// [`Doubt`] says what does not hold.
pub fn verify(
    lines: &[Line],
    shipping: Shipping,
    promotions: &[Promotion],
    moment: Millis,
    certificate: &Certificate,
) -> Result<(), Doubt> {
    let table = Table::new(lines, shipping, promotions, moment).map_err(Doubt::Other)?;
    for proof in &certificate.proofs {
        proof.verify(&table)?;
    }
    Ok(())
}

impl Proof {
    fn verify(&self, table: &Table) -> Result<(), Doubt> {
        if let Some(best) = &self.best
            && self.figure(table, best) != Some(best.value)
        {
            return Err(Doubt::Figure);
        }
        let closed: HashMap<(u64, u64), End> =
            self.branches.iter().map(|branch| ((branch.used, branch.open), branch.end)).collect();
        let strongest = strongest_first(table, self.goal);
        let mut search = Search::new(table, self.goal, self.best);
        let mut waiting = vec![(0, relevant(table, self.goal))];
        while let Some((used, open)) = waiting.pop() {
            let Some(end) = closed.get(&(used, open)) else {
                let (with, without) = split(table, &strongest, used, open).ok_or(Doubt::Open)?;
                waiting.extend([with, without]);
                continue;
            };
            let bound = search.bound(used, open).map_err(Doubt::Other)?;
            match (end, bound) {
                (_, None) => {}
                (End::Bound(told), Some(bound)) if bound == *told && !search.improves(bound) => {}
                (End::Searched, Some(_)) if open == 0 => {
                    search.leaf(used).map_err(Doubt::Other)?;
                    if search.best != self.best {
                        return Err(Doubt::Lower);
                    }
                }
                (End::Searched, Some(_)) => return Err(Doubt::Open),
                _ => return Err(Doubt::Bound),
            }
        }
        Ok(())
    }

    /// What the order that is named comes to.
    fn figure(&self, table: &Table, best: &Found) -> Option<Value> {
        let orders = table.used(best.used);
        let apart = |place: usize| orders.iter().all(|order| order.conflicts & (1 << place) == 0);
        let combines = orders.iter().all(|order| apart(order.place))
            && table.ways_of(&best.ways).all(|(_, way)| way.barred & best.used == 0);
        if !combines {
            return None;
        }
        match self.goal {
            Goal::Price(line) => {
                let (amounts, quantities) = table.bought(&best.ways);
                let settled = settle(&orders, amounts, &quantities)?;
                Some(Value { over: at(&settled.amounts, line), under: at(&quantities, line) })
            }
            Goal::Margin { above_minimum } => {
                table.earned(&best.ways, best.used, &orders, above_minimum).map(Value::whole)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::{Fen, ProductId, PromotionId};

    use super::*;
    use crate::offers::{Audience, Off, Rule, Scope, simulate};

    fn case() -> (Vec<Line>, Vec<Promotion>) {
        let line = |id: &str, price: i64| Line {
            product: ProductId::from(id),
            sku: None,
            name: id.to_owned(),
            category: String::new(),
            price_fen: Fen(price),
            cost_fen: Some(Fen(price / 2)),
            floor_fen: None,
            minimum_margin_fen: None,
            quantity_max: 3,
        };
        let coupon = |id: &str, threshold: i64, off: i64| Promotion {
            id: PromotionId::from(id),
            name: id.to_owned(),
            rule: Rule::Coupon { threshold_fen: Fen(threshold), off: Off::Amount { off_fen: Fen(off) } },
            scope: Scope::All,
            from: Millis(0),
            to: Millis(9),
            audience: Audience::Everyone,
            limit_per_buyer: None,
            stock: None,
            group: Some(id.to_owned()),
            excludes: Vec::new(),
            stackable_with: Vec::new(),
        };
        let coupons = vec![coupon("a", 30_000, 4_000), coupon("b", 50_000, 3_000), coupon("c", 9_000, 700)];
        (vec![line("coat", 19_900), line("socks", 1_010)], coupons)
    }

    fn doubted(change: impl Fn(&mut Proof)) -> Result<(), Doubt> {
        let (lines, promotions) = case();
        let mut found = simulate(&lines, Shipping::default(), &promotions, Millis(1)).unwrap();
        change(found.certificate.proofs.first_mut().unwrap());
        verify(&lines, Shipping::default(), &promotions, Millis(1), &found.certificate)
    }

    #[test]
    fn a_certificate_that_was_changed_does_not_hold() {
        assert_eq!(doubted(|_| {}), Ok(()));
        let figure = |over: i64| move |proof: &mut Proof| proof.best.as_mut().unwrap().value.over += over;
        assert_eq!(doubted(figure(1)), Err(Doubt::Figure));
        assert_eq!(doubted(figure(-1)), Err(Doubt::Figure));
        assert_eq!(doubted(|proof| proof.branches.clear()), Err(Doubt::Open));
        for place in 0..3 {
            let missing = doubted(|proof| {
                proof.branches.remove(place);
            });
            assert_eq!(missing, Err(Doubt::Open), "{place}");
        }
        let bound = |proof: &mut Proof| {
            for branch in &mut proof.branches {
                branch.end = End::Bound(Value::whole(i64::MAX / 4));
            }
        };
        assert_eq!(doubted(bound), Err(Doubt::Bound));
    }

    #[test]
    fn an_order_that_is_not_the_lowest_is_found_out() {
        // The coat alone at its price, told as the lowest.
        let dearer = |proof: &mut Proof| {
            let best = proof.best.as_mut().unwrap();
            *best = Found { value: Value::whole(19_900), ways: [1, 0, 0, 0, 0], used: 0 };
        };
        assert!(matches!(doubted(dearer), Err(Doubt::Lower | Doubt::Bound)));
    }

    #[test]
    fn a_certificate_of_something_else_does_not_hold() {
        let (lines, promotions) = case();
        let found = simulate(&lines, Shipping::default(), &promotions, Millis(1)).unwrap();
        let fewer = promotions.get(..2).unwrap();
        assert!(verify(&lines, Shipping::default(), fewer, Millis(1), &found.certificate).is_err());
    }
}
