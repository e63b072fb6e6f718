//! What a plan is made of when nobody wrote it: what past shows of the team tell, and, where they tell nothing,
//! assumptions that are told apart from knowledge, so that whoever knows better can put it right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Limits, Plan, Product, Role};

/// Orders of a viewer in a minute of which nothing is known: one in ten clicks, and one in fifty of them buys. An
/// assumption of ours.
const ORDERS_PER_VIEWER: f64 = 0.002;
/// Viewer-minutes of a product that count as much as what is known of all others: what is seen of a product that was shown
/// to a few hundred people for a few minutes is mostly chance.
const PRIOR_VIEWER_MINUTES: f64 = 5_000.0;
/// Minutes that a product is explained, and one that brings people in. Assumptions of ours.
const MINUTES: usize = 5;
const TRAFFIC_MINUTES: usize = 3;
/// What an order contributes, of its price. An assumption of ours.
const MARGIN: f64 = 0.3;
/// Viewers at the peak of a show of which nothing is known. Only how they are spread over the show matters for the order.
const PEAK_VIEWERS: f64 = 1_000.0;
/// Parts of a show of which nothing is known: until when its audience grows and from when on it falls, and how much of the
/// peak is there at its beginning and at its end. Assumptions of ours.
const GROWS_UNTIL: f64 = 0.2;
const FALLS_FROM: f64 = 0.55;
const AT_THE_ENDS: f64 = 0.5;
/// Fewer known minutes tell nothing of how an audience comes and goes.
const KNOWN_MINUTES_MIN: usize = 10;
/// Minutes on each side over which an expected audience is evened out.
const EVENED: usize = 2;

/// A show of the team that is over, as far as the next line-up learns from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastShow {
    /// For each minute from its beginning on: viewers online × the part of them that stayed. None where it is not known.
    pub audience: Vec<Option<f64>>,
    /// Each time that a product was on stage: the minutes, the last one not included.
    pub staged: Vec<(String, std::ops::Range<usize>)>,
    /// Paid orders of each product.
    pub orders: BTreeMap<String, i64>,
}

impl PastShow {
    /// The audience that a product was explained to, in viewer-minutes.
    fn viewer_minutes(&self, product: &str) -> f64 {
        let minutes = self.staged.iter().filter(|(staged, _)| staged == product);
        let known = |minute: usize| self.audience.get(minute).copied().flatten().unwrap_or(0.0);
        minutes.flat_map(|(_, minutes)| minutes.clone()).map(known).sum()
    }
}

/// A product of the line-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Product id.
    pub id: String,
    /// Price, fen.
    pub price: i64,
}

/// What somebody says of a product; what is absent is taken from past shows, or assumed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ProductToPlan))]
#[serde(deny_unknown_fields, default)]
pub struct Said {
    /// As [`Product::category`].
    pub category: Option<String>,
    /// As [`Product::role`].
    pub role: Option<Role>,
    /// As [`Product::margin`], fen.
    pub margin: Option<i64>,
    /// As [`Product::minutes`].
    pub minutes: Option<usize>,
    /// As [`Product::orders_per_viewer`].
    pub orders_per_viewer: Option<f64>,
    /// As [`Product::stock`].
    pub stock: Option<i64>,
    /// As [`Product::must_appear`].
    pub must_appear: bool,
    /// As [`Product::window`].
    pub window: Option<(usize, usize)>,
    /// As [`Product::locked_at`].
    pub locked_at: Option<usize>,
}

/// What a number rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PlanBasis))]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Basis {
    /// Somebody said so.
    Said,
    /// Past shows.
    PastShows {
        /// How many.
        shows: usize,
    },
    /// What was seen of this product, weighed against what is known of all.
    Seen {
        /// In how many shows.
        shows: usize,
        /// Paid orders.
        orders: i64,
        /// The audience that it was explained to.
        viewer_minutes: f64,
    },
    /// Nothing: an assumption.
    Assumed,
}

/// What the numbers of one product rest on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProductBasis {
    /// Product id.
    pub product: String,
    /// Of its orders per viewer.
    pub orders_per_viewer: Basis,
    /// Of the minutes that it is explained.
    pub minutes: Basis,
    /// Of what an order contributes.
    pub margin: Basis,
    /// Of what it is there for.
    pub role: Basis,
}

/// A plan, and what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = AssumedPlan))]
pub struct Assumed {
    /// The plan.
    pub plan: Plan,
    /// What its audience rests on.
    pub audience: Basis,
    /// What the numbers of each product rest on.
    pub products: Vec<ProductBasis>,
}

/// The plan of a show of `minutes` minutes with these products.
pub fn assume(
    items: &[Item],
    said: &BTreeMap<String, Said>,
    past: &[PastShow],
    minutes: usize,
    limits: Limits,
) -> Assumed {
    let (audience, audience_basis) = match expected_audience(past, minutes) {
        Some((audience, shows)) => (audience, Basis::PastShows { shows }),
        None => (usual_audience(minutes), Basis::Assumed),
    };
    let cheapest = items.iter().filter(|item| item.price < limits.dear_price).min_by_key(|item| item.price);
    let nothing = Said::default();
    let of = |item: &Item| {
        let said = said.get(&item.id).unwrap_or(&nothing);
        let traffic = cheapest.is_some_and(|cheapest| cheapest.id == item.id);
        product(item, said, past, traffic)
    };
    let (products, bases) = items.iter().map(of).unzip();
    Assumed {
        plan: Plan { audience, products, limits, begins: 0 },
        audience: audience_basis,
        products: bases,
    }
}

fn product(item: &Item, said: &Said, past: &[PastShow], cheapest: bool) -> (Product, ProductBasis) {
    let told = |is: bool| if is { Basis::Said } else { Basis::Assumed };
    let role = said.role.unwrap_or(if cheapest { Role::Traffic } else { Role::Profit });
    let (orders_per_viewer, rate_basis) = match said.orders_per_viewer {
        Some(rate) => (rate, Basis::Said),
        None => orders_per_viewer(past, &item.id),
    };
    let (minutes, minutes_basis) = match (said.minutes, usual_minutes(past, &item.id)) {
        (Some(minutes), _) => (minutes, Basis::Said),
        (None, Some((minutes, shows))) => (minutes, Basis::PastShows { shows }),
        (None, None) if role == Role::Traffic => (TRAFFIC_MINUTES, Basis::Assumed),
        (None, None) => (MINUTES, Basis::Assumed),
    };
    let product = Product {
        id: item.id.clone(),
        category: said.category.clone().unwrap_or_default(),
        role,
        price: item.price,
        margin: said.margin.unwrap_or((item.price as f64 * MARGIN) as i64),
        minutes,
        orders_per_viewer,
        stock: said.stock,
        must_appear: said.must_appear,
        window: said.window,
        locked_at: said.locked_at,
    };
    let basis = ProductBasis {
        product: item.id.clone(),
        orders_per_viewer: rate_basis,
        minutes: minutes_basis,
        margin: told(said.margin.is_some()),
        role: told(said.role.is_some()),
    };
    (product, basis)
}

/// The mean of what past shows had in each minute, and how many shows told it. Beyond the end of all of them the last
/// minutes go on.
fn expected_audience(past: &[PastShow], minutes: usize) -> Option<(Vec<f64>, usize)> {
    let known = |show: &&PastShow| show.audience.iter().flatten().count() >= KNOWN_MINUTES_MIN;
    let shows: Vec<&PastShow> = past.iter().filter(known).collect();
    let mean = |minute: usize| {
        let known: Vec<f64> =
            shows.iter().filter_map(|show| show.audience.get(minute).copied().flatten()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    let raw: Vec<Option<f64>> = (0..minutes).map(mean).collect();
    let told: Vec<f64> = raw.iter().copied().flatten().collect();
    let last = told.iter().rev().take(KNOWN_MINUTES_MIN);
    let after = last.clone().sum::<f64>() / last.len().max(1) as f64;
    let around = |minute: usize| {
        let near = raw.iter().skip(minute.saturating_sub(EVENED)).take(2 * EVENED + 1).flatten();
        let (sum, count) = near.fold((0.0, 0), |(sum, count), audience| (sum + audience, count + 1));
        if count > 0 { sum / f64::from(count) } else { after }
    };
    (!shows.is_empty() && !told.is_empty()).then(|| ((0..minutes).map(around).collect(), shows.len()))
}

/// An audience that grows, stays and falls.
fn usual_audience(minutes: usize) -> Vec<f64> {
    let part = |minute: usize| (minute as f64 + 0.5) / minutes.max(1) as f64;
    let of_peak = |part: f64| match part {
        part if part < GROWS_UNTIL => AT_THE_ENDS + (1.0 - AT_THE_ENDS) * part / GROWS_UNTIL,
        part if part < FALLS_FROM => 1.0,
        part => 1.0 - (1.0 - AT_THE_ENDS) * (part - FALLS_FROM) / (1.0 - FALLS_FROM),
    };
    (0..minutes).map(|minute| PEAK_VIEWERS * of_peak(part(minute))).collect()
}

/// Orders of a viewer in a minute of this product's time: those of past shows, drawn towards those of all products as far
/// as few people saw it (the mean of a Poisson rate with a gamma prior).
fn orders_per_viewer(past: &[PastShow], product: &str) -> (f64, Basis) {
    let seen = |product: &str| {
        let shows = past.iter().map(|show| (show.viewer_minutes(product), show.orders.get(product)));
        shows.filter(|(minutes, _)| *minutes > 0.0).fold(
            (0.0, 0, 0),
            |(sum, orders, shows), (minutes, paid)| {
                (sum + minutes, orders + paid.copied().unwrap_or(0), shows + 1)
            },
        )
    };
    let everything: std::collections::BTreeSet<&str> =
        past.iter().flat_map(|show| &show.staged).map(|(product, _)| product.as_str()).collect();
    let of_all = everything.iter().map(|product| seen(product));
    let (minutes, orders) =
        of_all.fold((0.0, 0), |(sum, all), (minutes, orders, _)| (sum + minutes, all + orders));
    if minutes == 0.0 {
        return (ORDERS_PER_VIEWER, Basis::Assumed);
    }
    let usual = orders as f64 / minutes;
    let (viewer_minutes, orders, shows) = seen(product);
    if shows == 0 {
        return (usual.min(1.0), Basis::PastShows { shows: past.len() });
    }
    let rate = (orders as f64 + usual * PRIOR_VIEWER_MINUTES) / (viewer_minutes + PRIOR_VIEWER_MINUTES);
    (rate.min(1.0), Basis::Seen { shows, orders, viewer_minutes })
}

/// How long the product was on stage in past shows, on average, and in how many.
fn usual_minutes(past: &[PastShow], product: &str) -> Option<(usize, usize)> {
    let lengths = |show: &PastShow| {
        let staged = show.staged.iter().filter(|(staged, _)| staged == product);
        staged.map(|(_, minutes)| minutes.len()).filter(|minutes| *minutes > 0).collect::<Vec<_>>()
    };
    let shows: Vec<Vec<usize>> = past.iter().map(lengths).filter(|lengths| !lengths.is_empty()).collect();
    let all: Vec<usize> = shows.iter().flatten().copied().collect();
    let mean = all.iter().sum::<usize>() as f64 / all.len().max(1) as f64;
    (!all.is_empty()).then(|| ((mean.round() as usize).max(1), shows.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, price: i64) -> Item {
        Item { id: id.to_owned(), price }
    }

    fn show(staged: &[(&str, std::ops::Range<usize>)], orders: &[(&str, i64)], viewers: f64) -> PastShow {
        PastShow {
            audience: vec![Some(viewers); 60],
            staged: staged.iter().map(|(id, minutes)| ((*id).to_owned(), minutes.clone())).collect(),
            orders: orders.iter().map(|(id, orders)| ((*id).to_owned(), *orders)).collect(),
        }
    }

    #[test]
    fn without_history_everything_is_an_assumption_and_makes_a_plan() {
        let items = [item("dear", 60_000), item("cheap", 990), item("other", 5_000)];
        let assumed = assume(&items, &BTreeMap::new(), &[], 60, Limits::default());
        assumed.plan.check().unwrap();
        assert_eq!(assumed.audience, Basis::Assumed);
        assert!(assumed.products.iter().all(|it| it.orders_per_viewer == Basis::Assumed));
        let roles: Vec<Role> = assumed.plan.products.iter().map(|product| product.role).collect();
        assert_eq!(roles, [Role::Profit, Role::Traffic, Role::Profit]);
        assert!(assumed.plan.audience[0] < assumed.plan.audience[20]);
        assert!(assumed.plan.audience[59] < assumed.plan.audience[20]);
    }

    #[test]
    fn what_somebody_says_is_taken() {
        let said =
            Said { minutes: Some(9), margin: Some(7), orders_per_viewer: Some(0.5), ..Said::default() };
        let said = BTreeMap::from([("a".to_owned(), said)]);
        let assumed = assume(&[item("a", 1_000)], &said, &[], 60, Limits::default());
        let [product] = assumed.plan.products.as_slice() else { panic!("one product") };
        assert_eq!((product.minutes, product.margin, product.orders_per_viewer), (9, 7, 0.5));
        let [basis] = assumed.products.as_slice() else { panic!("one basis") };
        assert_eq!((basis.minutes, basis.margin, basis.role), (Basis::Said, Basis::Said, Basis::Assumed));
    }

    #[test]
    fn past_shows_tell_the_audience_the_minutes_and_the_orders_per_viewer() {
        let past = [
            show(&[("a", 0..10), ("b", 10..20)], &[("a", 300), ("b", 0)], 1_000.0),
            show(&[("a", 0..20)], &[("a", 900)], 3_000.0),
        ];
        let items = [item("a", 1_000), item("b", 1_000), item("new", 1_000)];
        let assumed = assume(&items, &BTreeMap::new(), &past, 90, Limits::default());
        assert_eq!(assumed.audience, Basis::PastShows { shows: 2 });
        assert!(
            assumed.plan.audience.iter().all(|audience| *audience == 2_000.0),
            "beyond the end it goes on"
        );
        let [a, b, new] = assumed.plan.products.as_slice() else { panic!("three products") };
        assert_eq!((a.minutes, b.minutes, new.minutes), (15, 10, MINUTES));
        let usual = 1_200.0 / 80_000.0;
        assert!((a.orders_per_viewer - (1_200.0 + usual * 5_000.0) / 75_000.0).abs() < 1e-12);
        assert!(b.orders_per_viewer > 0.0 && b.orders_per_viewer < usual, "nobody bought it, and few saw it");
        assert_eq!(new.orders_per_viewer, usual);
    }

    #[test]
    fn minutes_that_are_not_known_tell_nothing() {
        let mut past = show(&[("a", 0..10)], &[("a", 5)], 100.0);
        past.audience = vec![None; 60];
        let assumed = assume(&[item("a", 1_000)], &BTreeMap::new(), &[past], 60, Limits::default());
        assert_eq!(assumed.audience, Basis::Assumed);
        assert_eq!(assumed.products[0].orders_per_viewer, Basis::Assumed);
        assert_eq!(assumed.products[0].minutes, Basis::PastShows { shows: 1 });
    }
}
