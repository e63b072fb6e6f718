//! The search for a good order. An order is a list of preferences: at each free minute the first product of the list that
//! may begin there does. So every order that is tried keeps every rule, and only what must appear can be missed.

use super::bound::Bound;
use super::plan::{Plan, Product, Role};
use super::worth::Worth;

/// What a missed product that must appear costs: more than any order contributes.
const MISSED: f64 = 1e15;
/// An order within this part of the bound is good enough to stop.
const GOOD_ENOUGH: f64 = 0.000_5;
/// How much worse an order may be, as a part of the bound, and still be gone on from; it falls to nothing.
const TOLERANCE: f64 = 0.002;

pub(super) struct Search<'a> {
    plan: &'a Plan,
    worth: &'a Worth,
    /// For each minute, the locked product that begins there, and how many minutes are free from here on.
    locked: Vec<Option<usize>>,
    free: Vec<usize>,
    categories: Vec<usize>,
    opens: Vec<bool>,
    has_opener: bool,
    random: u64,
    placed: Vec<(usize, usize)>,
}

impl<'a> Search<'a> {
    pub fn new(plan: &'a Plan, worth: &'a Worth, seed: u64) -> Self {
        let minutes = plan.minutes();
        let mut locked = vec![None; minutes + 1];
        let mut free = vec![0; minutes + 1];
        for (number, product) in plan.products.iter().enumerate() {
            if let Some(slot) = product.locked_at.and_then(|from| locked.get_mut(from)) {
                *slot = Some(number);
            }
        }
        let mut count = 0;
        for (minute, slot) in locked.iter().enumerate().rev().skip(1) {
            count = if slot.is_some() { 0 } else { count + 1 };
            if let Some(free) = free.get_mut(minute) {
                *free = count;
            }
        }
        let mut names: Vec<&str> = Vec::new();
        let mut category = |product: &'a Product| match product.category.as_str() {
            "" => usize::MAX,
            name => names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }),
        };
        let opens = |product: &Product| {
            product.role == Role::Traffic && product.minutes <= plan.limits.opening_minutes
        };
        let opens: Vec<bool> = plan.products.iter().map(opens).collect();
        let may_open = |(number, opens): (usize, &bool)| *opens && worth.at(number, 0).is_some();
        Self {
            plan,
            worth,
            locked,
            free,
            categories: plan.products.iter().map(&mut category).collect(),
            has_opener: plan.begins == 0 && opens.iter().enumerate().any(may_open),
            opens,
            random: seed,
            placed: Vec::new(),
        }
    }

    /// The best order that was found: products with their starts, in order of time.
    pub fn run(mut self, bound: &Bound, effort: u32) -> Vec<(usize, usize)> {
        let mut order: Vec<usize> = bound.order.clone();
        let mut value = self.try_order(&order);
        let (mut best, mut best_value) = (self.placed.clone(), value);
        for trial in 0..effort {
            if order.len() < 2 || best_value >= bound.most * (1.0 - GOOD_ENOUGH) {
                break;
            }
            let candidate = self.neighbour(&order);
            let candidate_value = self.try_order(&candidate);
            let left = 1.0 - f64::from(trial) / f64::from(effort);
            if candidate_value >= value - bound.most * TOLERANCE * left * left * self.fraction() {
                (order, value) = (candidate, candidate_value);
            }
            if candidate_value > best_value {
                (best, best_value) = (self.placed.clone(), candidate_value);
            }
        }
        self.settle(best)
    }

    /// Moves each product to the best minutes that are free for it, until none can be bettered: a list of preferences
    /// fills a show from its beginning, also when there is time to wait for a larger audience.
    fn settle(&self, mut placed: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        let minutes = self.plan.minutes();
        for _ in 0..placed.len().max(1) {
            let mut moved = false;
            for number in 0..self.plan.products.len() {
                let here = placed.iter().find(|(other, _)| *other == number).map(|(_, from)| *from);
                let stays = here == Some(0) && self.has_opener;
                if stays || self.plan.products.get(number).is_none_or(|product| product.locked_at.is_some()) {
                    continue;
                }
                let others: Vec<(usize, usize)> =
                    placed.iter().filter(|(other, _)| *other != number).copied().collect();
                let worth =
                    |from: usize| self.worth.at(number, from).filter(|_| self.is_free(&others, number, from));
                let best = (0..minutes)
                    .filter_map(|from| Some((worth(from)?, from)))
                    .max_by(|a, b| a.0.total_cmp(&b.0));
                let now = here.and_then(|from| self.worth.at(number, from)).unwrap_or(0.0);
                if let Some((_, from)) = best.filter(|(value, _)| *value > now) {
                    placed = others;
                    placed.push((number, from));
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        placed.sort_by_key(|(_, from)| *from);
        placed
    }

    /// Whether a product may begin at this minute between those that are placed.
    fn is_free(&self, others: &[(usize, usize)], number: usize, from: usize) -> bool {
        let minutes = |number: usize| self.plan.products.get(number).map_or(0, |product| product.minutes);
        let category = |number: usize| self.categories.get(number).copied().unwrap_or(usize::MAX);
        let (to, own) = (from + minutes(number), category(number));
        others.iter().all(|(other, other_from)| {
            let other_to = other_from + minutes(*other);
            let apart = other_to <= from || to <= *other_from;
            let touch = other_to == from || to == *other_from;
            apart && !(touch && own != usize::MAX && own == category(*other))
        })
    }

    /// Two products change places, or one or a few in a row move elsewhere.
    fn neighbour(&mut self, order: &[usize]) -> Vec<usize> {
        let mut order = order.to_vec();
        let (a, b) = (self.below(order.len()), self.below(order.len()));
        match self.below(4) {
            0 | 1 => order.swap(a, b),
            2 => {
                let moved = order.remove(a);
                order.insert(b, moved);
            }
            _ => {
                let length = (1 + self.below(4)).min(order.len() - a);
                let moved: Vec<usize> = order.drain(a..a + length).collect();
                let at = b.min(order.len());
                order.splice(at..at, moved);
            }
        }
        order
    }

    /// Lays the products out in this order of preference; what the result is worth.
    fn try_order(&mut self, order: &[usize]) -> f64 {
        self.placed.clear();
        let mut waiting: Vec<usize> = order.to_vec();
        waiting.retain(|number| {
            self.plan.products.get(*number).is_some_and(|product| product.locked_at.is_none())
        });
        let (mut minute, mut value, mut category) = (0, 0.0, usize::MAX);
        while minute < self.plan.minutes() {
            let locked = self.locked.get(minute).copied().flatten();
            let chosen = match locked {
                Some(number) => Some(number),
                None => self.choose(&waiting, minute, category).map(|place| waiting.remove(place)),
            };
            let Some((number, product)) =
                chosen.and_then(|number| Some((number, self.plan.products.get(number)?)))
            else {
                // Nobody stands on stage for a minute, and then anybody may follow.
                (minute, category) = (minute + 1, usize::MAX);
                continue;
            };
            value += self.worth.at(number, minute).unwrap_or_default();
            self.placed.push((number, minute));
            minute += product.minutes;
            category = self.categories.get(number).copied().unwrap_or(usize::MAX);
        }
        let missed =
            waiting.iter().filter(|number| self.plan.products.get(**number).is_some_and(|it| it.must_appear));
        value - missed.count() as f64 * MISSED
    }

    /// The place in the list of the product that begins at this minute.
    fn choose(&self, waiting: &[usize], minute: usize, category: usize) -> Option<usize> {
        let may = |number: usize| -> Option<&Product> {
            let product = self.plan.products.get(number)?;
            let free = product.minutes <= self.free.get(minute).copied().unwrap_or_default();
            let own = self.categories.get(number).copied().unwrap_or(usize::MAX);
            let follows = own == usize::MAX || own != category;
            let next = self.locked.get(minute + product.minutes).copied().flatten();
            let next = next.and_then(|next| self.categories.get(next)).copied().unwrap_or(usize::MAX);
            let precedes = own == usize::MAX || own != next;
            let opens = minute > 0 || !self.has_opener || self.opens.get(number).copied().unwrap_or_default();
            (free && follows && precedes && opens && self.worth.at(number, minute).is_some())
                .then_some(product)
        };
        // What must appear and can begin no later goes first.
        let last_call = |number: &usize| {
            may(*number).is_some_and(|product| {
                product.must_appear && product.window.is_some_and(|(_, last)| last == minute)
            })
        };
        waiting
            .iter()
            .position(last_call)
            .or_else(|| waiting.iter().position(|number| may(*number).is_some()))
    }

    /// The next number of a sequence that looks random (SplitMix64, Steele, Lea and Flood 2014).
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
