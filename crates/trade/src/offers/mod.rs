//! Offers (机制): what a product comes to when a buyer combines whatever can be combined, and whether that may be published.
//!
//! # How a price is computed
//!
//! Layer by layer ([`Layer`]); what a later layer sees is what the earlier ones left.
//!
//! 1. **Item price.** The price of one unit, or one of its live, member and flash-sale prices; one of them at most.
//! 2. **Item discounts.** A part of that price (95 折), one after another.
//! 3. **Shop thresholds** (满减, 每满减, 满件折), then 4. **shop coupons**, 5. **platform coupons**, 6. **payment**.
//!    Each looks at the amount that its products have at the beginning of its layer, also those that share a layer: so the
//!    result does not depend on the order in which equals are computed, which no platform tells.
//!    A line never goes below zero; what would go further is lost.
//! 7. **Gifts and free shipping.** Their thresholds are compared with the amount after layer 2: the more generous reading,
//!    because the promise of a gift is kept rather than argued about.
//!
//! # How it is rounded
//!
//! Money is whole fen. A percentage takes off whole fen, line by line: parts of a fen stay with the shop, as they do where a
//! price cannot be paid in parts of a fen. An amount that is taken off an order is shared out over its lines in proportion,
//! by largest remainder: each line gets the whole fen of its share, and the fen that are left go to the lines with the
//! largest rests, of equal rests to the first. So the lines always add up to the order, and a refund of one line is known.
//!
//! # What combines
//!
//! No line carries two promotions that may not be combined. Of one group at most one: a promotion without a group is of the
//! group of its layer, so that nothing stacks by accident, and a group of its own lets it stack. `stackable_with` makes an
//! exception within a group, `excludes` across groups. Two promotions of an order are apart as soon as their scopes have a
//! product in common. Everything else combines, and every buyer may be a new member who follows the room, because whoever
//! looks for the lowest price becomes one.
//!
//! # What is found
//!
//! [`simulate`] finds, exactly, the lowest price of one unit of each product over all baskets of up to [`LINES_MAX`]
//! products and over all sets of promotions, and the lowest that an order earns. What it returns holds the order that
//! reaches it, and a [`Certificate`] that nothing lower exists, which [`verify`] goes through again.

mod baskets;
mod bound;
mod case;
mod certificate;
mod check;
mod judge;
mod margins;
mod payable;
mod promotion;
mod search;
mod settle;
mod table;
mod windows;

pub use case::{Bought, Case, Gift, Step};
pub use certificate::{Certificate, Closed, Doubt, verify};
pub use check::{Fault, Known, Wrong, check};
pub use judge::{Judged, Refusal, Verdict, judge_price, judge_publication};
use livehand_kernel::Millis;
pub use payable::payable;
pub use promotion::{Audience, Layer, Off, PriceKind, Promotion, Rule, Scope};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
pub use table::{LINES_MAX, Line, PROMOTIONS_MAX, QUANTITY_MAX, Shipping, TooMany};
pub use windows::{WorstOver, moments, simulate_over};

use self::certificate::Proof;
use self::search::{Goal, Search};
use self::table::Table;

/// The worst that a shop can sell at.
#[derive(Clone, Debug, PartialEq)]
pub struct Worst {
    /// For each line, the order in which one unit of it is cheapest.
    pub prices: Vec<Case>,
    /// The order that earns least; nothing while a cost is not known.
    pub margin: Option<Case>,
    /// That nothing lower exists.
    pub certificate: Certificate,
}

/// Finds the lowest price of one unit of each line, and the lowest that an order earns, at one moment.
///
/// # Errors
/// [`TooMany`] if there is more than can be looked through.
pub fn simulate(
    lines: &[Line],
    shipping: Shipping,
    promotions: &[Promotion],
    moment: Millis,
) -> Result<Worst, TooMany> {
    let table = Table::new(lines, shipping, promotions, moment)?;
    let costs_known = !lines.is_empty() && lines.iter().all(|line| line.cost_fen.is_some());
    let goals: Vec<Goal> = (0..lines.len())
        .map(Goal::Price)
        .chain(costs_known.then_some(Goal::Margin { above_minimum: false }))
        .collect();
    // One figure takes nearly all of the time, but which it is differs.
    let proofs = goals.into_par_iter().map(|goal| {
        let mut search = Search::new(&table, goal, None);
        let branches = search.run()?;
        Ok(Proof { goal, best: search.best, branches, orders: search.orders })
    });
    let certificate = Certificate { proofs: proofs.collect::<Result<_, TooMany>>()? };
    let case = |proof: &Proof| Some(Case::of(&table, lines, shipping, proof.best.as_ref()?));
    let of_prices = |proof: &&Proof| matches!(proof.goal, Goal::Price(_));
    let prices = certificate.proofs.iter().filter(of_prices).filter_map(case).collect();
    let margin = certificate.proofs.iter().rfind(|proof| !of_prices(proof)).and_then(case);
    Ok(Worst { prices, margin, certificate })
}
