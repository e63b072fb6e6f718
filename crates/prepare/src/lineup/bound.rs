//! What no order exceeds.
//!
//! Every minute gets a price, and each product chooses for itself where its worth less the price of its minutes is
//! highest (a Lagrangian relaxation of "one product a minute"). The sum of what they gain, and of all prices, is at least
//! what any order contributes, whatever the prices are (weak duality). Prices at which the sum is small are found by
//! raising them where several products crowd and lowering them where none is (subgradient steps of Polyak's length). That
//! neighbours are of different categories is left out, which can only make the bound larger.

use super::plan::Plan;
use super::worth::Worth;

/// Steps; about 20 ms for 60 products over four hours.
const STEPS: usize = 1_500;
/// After so many steps without progress the next ones are half as long.
const PATIENCE: usize = 20;

/// The bound, and what it was found with.
pub(super) struct Bound {
    /// What no order contributes more than, fen.
    pub most: f64,
    /// Products in the order in which they would like to begin, at the best prices.
    pub order: Vec<usize>,
}

impl Bound {
    pub fn of(plan: &Plan, worth: &Worth) -> Self {
        let minutes = plan.minutes();
        let mut prices = vec![0.0; minutes];
        let mut best = Choice { sum: f64::INFINITY, starts: Vec::new() };
        let (mut length, mut idle) = (1.0, 0);
        let mut momentum = vec![0.0; minutes];
        for _ in 0..STEPS {
            let choice = Choice::at(plan, worth, &prices);
            let slack = choice.slack(plan, minutes);
            if choice.sum < best.sum * (1.0 - 1e-7) {
                best = choice.clone();
                idle = 0;
            } else {
                idle += 1;
            }
            if idle > PATIENCE {
                (length, idle) = (length * 0.7, 0);
            }
            // Steps that follow one another to and fro are joined into one that goes on.
            momentum.iter_mut().zip(&slack).for_each(|(all, slack)| *all = 0.7 * *all + slack);
            let norm: f64 = momentum.iter().map(|all| all * all).sum();
            if norm < 1e-9 || length < 1e-4 {
                break;
            }
            // Near the end the distance to the unknown optimum is a small part of the value.
            let step = length * 0.02 * choice.sum.max(1.0) / norm;
            for (price, slack) in prices.iter_mut().zip(&momentum) {
                *price = f64::max(0.0, *price - step * slack);
            }
        }
        let mut order: Vec<(usize, usize)> = best
            .starts
            .iter()
            .enumerate()
            .filter_map(|(product, start)| Some(((*start)?, product)))
            .collect();
        order.sort_unstable();
        let mut order: Vec<usize> = order.into_iter().map(|(_, product)| product).collect();
        let rest: Vec<usize> = (0..plan.products.len()).filter(|product| !order.contains(product)).collect();
        order.extend(rest);
        let most = if best.sum.is_finite() { best.sum } else { 0.0 };
        Self { most, order }
    }
}

/// Where each product begins at given prices, and what that bounds.
#[derive(Clone)]
struct Choice {
    sum: f64,
    starts: Vec<Option<usize>>,
}

impl Choice {
    fn at(plan: &Plan, worth: &Worth, prices: &[f64]) -> Self {
        let mut before = Vec::with_capacity(prices.len() + 1);
        before.push(0.0);
        let mut all = 0.0;
        before.extend(prices.iter().map(|price| {
            all += price;
            all
        }));
        let price_of = |from: usize, to: usize| {
            before.get(to).copied().unwrap_or(all) - before.get(from).copied().unwrap_or(all)
        };
        let mut sum = all;
        let mut starts = Vec::with_capacity(plan.products.len());
        for (number, product) in plan.products.iter().enumerate() {
            let gains = (0..prices.len()).filter_map(|from| {
                Some((worth.at(number, from)? - price_of(from, from + product.minutes), from))
            });
            let best = gains.max_by(|a, b| a.0.total_cmp(&b.0));
            // What must appear appears also at a loss.
            let taken = best.filter(|(gain, _)| *gain > 0.0 || product.is_required());
            sum += taken.map_or(0.0, |(gain, _)| gain);
            starts.push(taken.map(|(_, from)| from));
        }
        Self { sum, starts }
    }

    /// For each minute, one less the products that take it.
    fn slack(&self, plan: &Plan, minutes: usize) -> Vec<f64> {
        let mut slack = vec![1.0; minutes];
        for (product, from) in plan.products.iter().zip(&self.starts) {
            let Some(from) = from else { continue };
            slack.iter_mut().skip(*from).take(product.minutes).for_each(|slack| *slack -= 1.0);
        }
        slack
    }
}
