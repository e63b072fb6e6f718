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
