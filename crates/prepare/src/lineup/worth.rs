//! What each product contributes at each minute at which it may begin.

use super::plan::{Plan, Product, Role};

/// What every product contributes at every start.
pub(super) struct Worth {
    minutes: usize,
    /// By product and start; none where the product may not begin.
    values: Vec<Option<f64>>,
    /// Audience of all minutes before each.
    audience: Vec<f64>,
    /// Minutes of the peak before each.
    peak: Vec<usize>,
    products: Vec<Figures>,
}

struct Figures {
    minutes: usize,
    dear: bool,
    orders_per_viewer: f64,
    stock: f64,
}

impl Worth {
    pub fn of(plan: &Plan) -> Self {
        let minutes = plan.minutes();
        let audience = sums(plan.audience.iter().copied());
        let peak = sums(peak(plan).into_iter().map(|peak| if peak { 1.0 } else { 0.0 }));
        let figures = |product: &Product| Figures {
            minutes: product.minutes,
            dear: product.price >= plan.limits.dear_price,
            orders_per_viewer: product.orders_per_viewer,
            stock: product.stock.map_or(f64::INFINITY, |stock| stock as f64),
        };
        let mut worth = Self {
            minutes,
            values: Vec::new(),
            audience,
            peak: peak.into_iter().map(|minutes| minutes as usize).collect(),
            products: plan.products.iter().map(figures).collect(),
        };
        let dear_minutes: usize = worth.products.iter().filter(|it| it.dear).map(|it| it.minutes).sum();
        let peak_minutes = worth.peak.last().copied().unwrap_or_default();
        // A peak that is nearly full leaves no freedom to put anything in order.
        let crowded = dear_minutes * 3 > peak_minutes * 2;
        let opening = opening(plan);
        let mut values = Vec::with_capacity(plan.products.len() * minutes);
        for (number, product) in plan.products.iter().enumerate() {
            for from in 0..minutes {
                values.push(worth.value(plan, number, product, from, crowded, opening));
            }
        }
        worth.values = values;
        worth
    }

    fn value(
        &self,
        plan: &Plan,
        number: usize,
        product: &Product,
        from: usize,
        crowded: bool,
        opening: Option<usize>,
    ) -> Option<f64> {
        let fits = from + product.minutes <= self.minutes;
        let locked = product.locked_at.is_none_or(|at| at == from);
        let within = product.window.is_none_or(|(first, last)| (first..=last).contains(&from));
        if !fits || !locked || !within {
            return None;
        }
        // Whoever opens the show is a traffic item, so that nothing else begins before the shortest of them is over.
        let opens = product.role == Role::Traffic && product.minutes <= plan.limits.opening_minutes;
        if let Some(shortest) = opening
            && product.locked_at.is_none()
            && (if opens { (1..shortest).contains(&from) } else { from < shortest })
        {
            return None;
        }
        let value = self.orders(number, from) * product.margin as f64;
        let dear = product.price >= plan.limits.dear_price;
        match !dear || product.locked_at.is_some() || self.in_peak(number, from) {
            true => Some(value),
            false => crowded.then_some(value * plan.limits.beside_peak),
        }
    }

    /// What a product contributes if it begins at this minute; none if it may not.
    pub fn at(&self, product: usize, from: usize) -> Option<f64> {
        (from < self.minutes)
            .then(|| self.values.get(product * self.minutes + from).copied().flatten())
            .flatten()
    }

    /// Orders that are expected of a product that begins at this minute.
    pub fn orders(&self, product: usize, from: usize) -> f64 {
        let Some(it) = self.products.get(product) else { return 0.0 };
        (self.seen_by(it, from) * it.orders_per_viewer).min(it.stock)
    }

    /// Whether there would be more orders if there were more stock.
    pub fn sells_out(&self, product: usize, from: usize) -> bool {
        self.products.get(product).is_some_and(|it| self.seen_by(it, from) * it.orders_per_viewer > it.stock)
    }

    pub fn is_dear(&self, product: usize) -> bool {
        self.products.get(product).is_some_and(|it| it.dear)
    }

    /// Whether all of a product's minutes are minutes of the peak.
    pub fn in_peak(&self, product: usize, from: usize) -> bool {
        let Some(it) = self.products.get(product) else { return false };
        let at = |minute: usize| self.peak.get(minute).copied().unwrap_or_default();
        at(from + it.minutes) == at(from) + it.minutes
    }

    /// Viewer minutes.
    fn seen_by(&self, it: &Figures, from: usize) -> f64 {
        let at = |minute: usize| self.audience.get(minute.min(self.minutes)).copied().unwrap_or_default();
        at(from + it.minutes) - at(from)
    }
}

/// The minutes of the shortest traffic item that may open the show; none if there is none, or if the show is under way.
fn opening(plan: &Plan) -> Option<usize> {
    let may = |product: &&Product| {
        product.role == Role::Traffic
            && product.minutes <= plan.limits.opening_minutes
            && product.window.is_none_or(|(first, _)| first == 0)
            && product.locked_at.is_none_or(|from| from == 0)
    };
    let taken = plan.products.iter().any(|product| product.locked_at == Some(0));
    let minutes = plan.products.iter().filter(may).map(|product| product.minutes).min();
    minutes.filter(|_| plan.begins == 0 && !taken)
}

/// The minutes with the largest audience.
fn peak(plan: &Plan) -> Vec<bool> {
    let mut sorted = plan.audience.clone();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * (1.0 - plan.limits.peak_part)) as usize;
    let least = sorted.get(place).copied().unwrap_or(f64::INFINITY);
    plan.audience.iter().map(|audience| *audience >= least).collect()
}

/// The sums of everything before each place, and of all.
fn sums(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums = vec![0.0];
    sums.extend(values.map(|value| {
        sum += value;
        sum
    }));
    sums
}
