//! The order of the line-up (排品): which product is explained when, so that the show contributes as much as it can.
//!
//! What a product contributes depends on when it is explained, because the audience comes and goes. Its time is a number
//! of whole minutes; no two products share a minute. Where the order can only be searched for, a bound is worked out
//! beside it that no order exceeds, and the distance to it is told: that is how far from the best the order can be at
//! most.

mod assume;
mod bound;
mod plan;
mod search;
mod worth;

pub use assume::{Assumed, Basis, Item, PastShow, ProductBasis, Said, assume};
pub use plan::{Faults, Limits, Plan, Product, Role};
use serde::Serialize;

use self::bound::Bound;
use self::search::Search;
use self::worth::Worth;

/// How long the search goes on: orders that are tried. A thousand take about ten milliseconds in the release build.
pub const EFFORT: u32 = 60_000;

/// Why a product stands where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PlaceReason))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The plan says so.
    Locked,
    /// A traffic item (引流款) opens the show.
    OpensTheShow,
    /// It is dear and stands where retention is at its peak.
    DearInThePeak,
    /// It is dear, and the peak has no room for all that are; it counts less there.
    DearBesideThePeak,
    /// It must appear within certain minutes.
    Window,
    /// It must appear.
    MustAppear,
    /// More audience would sell no more of it: its stock sells out.
    SellsOut,
    /// It earns more here than in any other place that is free for it.
    BestPlace,
    /// It leaves a better place to a product that earns more there.
    YieldsToOthers,
    /// A better place is free, but beside a product of the same category.
    KeptApart,
}

/// One row of the ordered line-up.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = LineupRow))]
pub struct Row {
    /// Product id.
    pub product: String,
    /// Minute at which it begins, from 0.
    pub from: usize,
    /// Minute before which it ends.
    pub to: usize,
    /// What it is expected to contribute, fen.
    pub contribution: i64,
    /// Orders that are expected; no more than its stock.
    pub orders: f64,
    /// Why it stands here.
    pub reasons: Vec<Reason>,
}

/// A line-up in order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OrderedLineup))]
pub struct Ordered {
    /// The products in order of time.
    pub rows: Vec<Row>,
    /// Products for which there is no time, or none in which they may appear.
    pub left_out: Vec<String>,
    /// What the order is expected to contribute, fen.
    pub contribution: i64,
    /// What no order exceeds, fen.
    pub bound: i64,
    /// The distance to the bound as a part of it: how far from the best the order is at most.
    pub gap: f64,
    /// Products that must appear or are locked, for which no place was found.
    pub broken: Vec<String>,
}

/// Orders the products of a plan. `effort` is how many orders are tried, `seed` where the search begins.
///
/// # Errors
/// [`Faults`] if the plan contradicts itself.
pub fn order(plan: &Plan, effort: u32, seed: u64) -> Result<Ordered, Faults> {
    plan.check()?;
    let worth = Worth::of(plan);
    let bound = Bound::of(plan, &worth);
    let best = Search::new(plan, &worth, seed).run(&bound, effort);
    Ok(ordered(plan, &worth, &bound, &best))
}

/// Orders what is left of a show at minute `now`: what was shown is over, and the audience to come is expected to differ
/// from the plan's as the audience of the last ten minutes did. A locked row whose minute has passed unseen is broken.
///
/// # Errors
/// As [`order`].
pub fn order_again(
    plan: &Plan,
    now: usize,
    shown: &[String],
    observed: &[f64],
    effort: u32,
) -> Result<Ordered, Faults> {
    let mut ordered = order(&plan.rest(now, shown, observed), effort, now as u64)?;
    let missed =
        |product: &&Product| !shown.contains(&product.id) && product.locked_at.is_some_and(|from| from < now);
    ordered.broken.extend(plan.products.iter().filter(missed).map(|product| product.id.clone()));
    Ok(ordered)
}

fn ordered(plan: &Plan, worth: &Worth, bound: &Bound, placed: &[(usize, usize)]) -> Ordered {
    let rows: Vec<Row> = placed
        .iter()
        .filter_map(|(product, from)| {
            let it = plan.products.get(*product)?;
            Some(Row {
                product: it.id.clone(),
                from: from + plan.begins,
                to: from + it.minutes + plan.begins,
                contribution: worth.at(*product, *from)? as i64,
                orders: worth.orders(*product, *from),
                reasons: reasons(plan, worth, placed, *product, *from),
            })
        })
        .collect();
    let has = |product: usize| placed.iter().any(|(placed, _)| *placed == product);
    let missing = plan.products.iter().enumerate().filter(|(product, _)| !has(*product)).map(|(_, it)| it);
    let (broken, left_out): (Vec<&Product>, Vec<&Product>) = missing.partition(|it| it.is_required());
    let ids = |products: Vec<&Product>| products.into_iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    let contribution = rows.iter().map(|row| row.contribution).sum::<i64>();
    let most = (bound.most.ceil() as i64).max(contribution);
    let gap = if most > 0 { (most - contribution) as f64 / most as f64 } else { 0.0 };
    Ordered { rows, left_out: ids(left_out), contribution, bound: most, gap, broken: ids(broken) }
}

fn reasons(
    plan: &Plan,
    worth: &Worth,
    placed: &[(usize, usize)],
    product: usize,
    from: usize,
) -> Vec<Reason> {
    let Some(it) = plan.products.get(product) else { return Vec::new() };
    let mut reasons = Vec::new();
    let mut add = |reason: Reason, holds: bool| reasons.extend(holds.then_some(reason));
    add(Reason::Locked, it.locked_at.is_some());
    let opens = from == 0 && it.role == Role::Traffic;
    add(Reason::OpensTheShow, opens);
    let dear = worth.is_dear(product);
    add(Reason::DearInThePeak, dear && worth.in_peak(product, from));
    add(Reason::DearBesideThePeak, dear && !worth.in_peak(product, from));
    add(Reason::Window, it.window.is_some());
    add(Reason::MustAppear, it.must_appear);
    add(Reason::SellsOut, worth.sells_out(product, from));
    let here = worth.at(product, from).unwrap_or_default();
    let better = |start: &usize| worth.at(product, *start).is_some_and(|there| there > here * 1.001);
    let free = |start: &usize| {
        let mine = *start..start + it.minutes;
        placed.iter().filter(|(other, _)| *other != product).all(|(other, other_from)| {
            let minutes = plan.products.get(*other).map_or(0, |other| other.minutes);
            mine.end <= *other_from || other_from + minutes <= mine.start
        })
    };
    let best = !(0..plan.minutes()).any(|start| better(&start));
    let yields = !(0..plan.minutes()).any(|start| better(&start) && free(&start));
    add(Reason::BestPlace, best);
    add(Reason::YieldsToOthers, !best && it.locked_at.is_none() && yields);
    add(Reason::KeptApart, !best && it.locked_at.is_none() && !yields && !opens);
    reasons
}
