//! Orders of made-up line-ups: how far they are from what no order exceeds, and that they keep every rule.

#![cfg(test)]

use livehand_prepare::lineup::{EFFORT, Limits, Plan, Product, Role, order};
use proptest::prelude::*;

/// A sequence that looks random, so that the plans are the same everywhere.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normally distributed.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// A show of so many minutes: the audience rises for ten minutes and then falls slowly, with waves.
fn made_up(seed: u64, products: usize, minutes: usize) -> Plan {
    let mut random = Random(seed.wrapping_mul(7_919) + 1);
    (0..8).for_each(|_| _ = random.unit());
    let phase = random.unit() * 6.0;
    let audience = (0..minutes).map(|minute| {
        let at = minute as f64 / minutes as f64;
        let rise = (minute as f64 / 10.0).min(1.0);
        80_000.0 * rise * (1.0 - 0.55 * at) * (1.0 + 0.12 * (at * 14.0 + phase).sin())
    });
    let audience: Vec<f64> = audience.collect();
    let mut product = |number: usize| {
        let price = (350.0 * (0.9 * random.normal()).exp()).max(9.0);
        let rate = 0.006 * (price / 350.0).powf(-0.25) * (0.4 * random.normal()).exp();
        Product {
            id: format!("p{number}"),
            category: format!("c{}", (random.unit() * 8.0) as usize),
            role: if number < 3 { Role::Traffic } else { Role::Profit },
            price: (price * 100.0) as i64,
            margin: (price * 100.0 * (0.15 + 0.3 * random.unit())) as i64,
            minutes: if number < 3 { 2 } else { 2 + (random.unit() * 4.0) as usize },
            orders_per_viewer: rate.min(1.0),
            stock: (random.unit() < 0.3).then(|| (500.0 + 3_000.0 * random.unit()) as i64),
            must_appear: false,
            window: None,
            locked_at: None,
        }
    };
    let products = (0..products).map(&mut product).collect();
    Plan { audience, products, limits: Limits::default(), begins: 0 }
}

fn gaps(minutes: usize, plans: u64) -> Vec<f64> {
    let gap = |seed| order(&made_up(seed, 60, minutes), EFFORT, 1).unwrap().gap;
    let mut gaps: Vec<f64> = (0..plans).map(gap).collect();
    gaps.sort_by(f64::total_cmp);
    gaps
}

#[test]
fn sixty_products_over_four_hours_come_within_one_percent_of_what_no_order_exceeds() {
    let gaps = gaps(240, 20);
    let median = (gaps[9] + gaps[10]) / 2.0;
    println!("median {:.2} %, largest {:.2} %", median * 100.0, gaps[19] * 100.0);
    assert!(median <= 0.01, "{gaps:?}");
}

#[test]
fn a_show_too_short_for_all_leaves_out_those_that_earn_least() {
    let gaps = gaps(120, 5);
    println!("two hours: median {:.2} %", gaps[2] * 100.0);
    assert!(gaps[2] <= 0.02, "{gaps:?}");
    let plan = made_up(3, 60, 120);
    let ordered = order(&plan, EFFORT, 1).unwrap();
    let best = |product: &Product| product.margin as f64 * product.orders_per_viewer;
    let of = |ids: &[String]| {
        let all = plan.products.iter().filter(|it| it.role == Role::Profit && ids.contains(&it.id)).map(best);
        all.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0))
    };
    let shown: Vec<String> = ordered.rows.iter().map(|row| row.product.clone()).collect();
    let ((shown, shown_count), (left, left_count)) = (of(&shown), of(&ordered.left_out));
    assert!(left_count > 10.0 && shown / shown_count > 1.5 * (left / left_count));
}

/// A plan with all that may contradict itself: windows, locked rows, few categories.
fn plans() -> impl Strategy<Value = Plan> {
    let product = (
        (0..3_usize, any::<bool>(), 0..4_u8, 1..6_usize),
        (1..90_000_i64, 0.0..0.02_f64, prop::option::of(0..400_i64)),
        (prop::option::weighted(0.2, (0..50_usize, 0..20_usize)), any::<bool>()),
    );
    (20..70_usize, prop::collection::vec(product, 1..25), any::<u64>(), prop::bool::weighted(0.3)).prop_map(
        |(minutes, products, seed, lock)| {
            let mut plan = made_up(seed, 0, minutes);
            for (number, ((category, traffic, _, length), (price, rate, stock), (window, must))) in
                products.into_iter().enumerate()
            {
                let last = minutes - length;
                let window = window.map(|(first, width)| (first.min(last), (first + width).min(last)));
                plan.products.push(Product {
                    id: format!("p{number}"),
                    category: format!("c{category}"),
                    role: if traffic { Role::Traffic } else { Role::Profit },
                    price,
                    margin: price / 3,
                    minutes: length,
                    orders_per_viewer: rate,
                    stock,
                    must_appear: must && window.is_some(),
                    window,
                    locked_at: None,
                });
            }
            if lock && let Some(product) = plan.products.first_mut() {
                product.window = None;
                product.locked_at = Some(minutes / 2);
            }
            plan
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn every_order_keeps_every_rule(plan in plans(), seed in any::<u64>()) {
        let ordered = order(&plan, 300, seed).unwrap();
        let product = |id: &str| plan.products.iter().find(|it| it.id == id).unwrap();
        let is_dear = |it: &Product| it.price >= plan.limits.dear_price;
        let mut sorted = plan.audience.clone();
        sorted.sort_by(f64::total_cmp);
        let least = sorted[(sorted.len() as f64 * (1.0 - plan.limits.peak_part)) as usize];
        let in_peak = |from: usize, to: usize| plan.audience[from..to].iter().all(|audience| *audience >= least);
        let peak = plan.audience.iter().filter(|audience| **audience >= least).count();
        let dear: usize = plan.products.iter().filter(|it| is_dear(it)).map(|it| it.minutes).sum();
        for pair in ordered.rows.windows(2) {
            let (one, next) = (&pair[0], &pair[1]);
            prop_assert!(one.to <= next.from, "two products share a minute");
            let same = product(&one.product).category == product(&next.product).category;
            prop_assert!(!same || one.to < next.from, "{} and {}", one.product, next.product);
        }
        let mut seen = std::collections::BTreeSet::new();
        for row in &ordered.rows {
            let it = product(&row.product);
            prop_assert!(seen.insert(&row.product));
            prop_assert!(row.to == row.from + it.minutes && row.to <= plan.audience.len());
            prop_assert!(it.locked_at.is_none_or(|at| at == row.from));
            prop_assert!(it.window.is_none_or(|(first, last)| (first..=last).contains(&row.from)));
            prop_assert!(it.stock.is_none_or(|stock| row.orders <= stock as f64));
            let placed_well = !is_dear(it) || it.locked_at.is_some() || in_peak(row.from, row.to);
            prop_assert!(placed_well || dear * 3 > peak * 2, "{} is dear and outside of the peak", row.product);
            prop_assert!(!row.reasons.is_empty(), "{} stands there for no reason", row.product);
        }
        let opener = |it: &&Product| {
            it.role == Role::Traffic && it.minutes <= 3 && it.locked_at.is_none() && it.window.is_none()
                && (!is_dear(it) || dear * 3 > peak * 2 || in_peak(0, it.minutes))
        };
        if plan.products.iter().find(opener).is_some() && plan.products.iter().all(|it| it.locked_at.is_none_or(|at| at > 3)) {
            let first = ordered.rows.first().map(|row| (row.from, product(&row.product).role));
            prop_assert_eq!(first, Some((0, Role::Traffic)));
        }
        prop_assert!(ordered.contribution <= ordered.bound);
        let all = ordered.rows.len() + ordered.left_out.len() + ordered.broken.len();
        prop_assert_eq!(all, plan.products.len());
    }
}

#[test]
fn what_is_left_of_a_show_is_ordered_again_by_the_audience_that_came() {
    let plan = made_up(5, 20, 60);
    let first = order(&plan, 5_000, 1).unwrap();
    let shown: Vec<String> =
        first.rows.iter().filter(|row| row.from < 20).map(|row| row.product.clone()).collect();
    let half: Vec<f64> = plan.audience.iter().take(20).map(|audience| audience / 2.0).collect();
    let again = livehand_prepare::lineup::order_again(&plan, 20, &shown, &half, 5_000).unwrap();
    assert!(again.rows.iter().all(|row| row.from >= 20 && !shown.contains(&row.product)));
    let rest: i64 = first.rows.iter().filter(|row| row.from >= 20).map(|row| row.contribution).sum();
    let part = again.contribution as f64 / rest as f64;
    assert!((0.4..0.75).contains(&part), "half the audience, but stock that lasts longer: {part}");
}

#[test]
fn a_plan_that_contradicts_itself_is_refused_by_the_field() {
    let mut plan = made_up(1, 4, 30);
    plan.products[1].id = "p0".to_owned();
    plan.products[2].minutes = 0;
    plan.products[3].window = Some((40, 50));
    plan.audience[3] = f64::NAN;
    let faults = order(&plan, 10, 1).unwrap_err();
    let fields: Vec<&str> = faults.0.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["audience", "products[1].id", "products[2].minutes", "products[3].window"]);
}

#[test]
fn a_locked_row_whose_minute_has_passed_unseen_is_broken() {
    let mut plan = made_up(5, 6, 60);
    plan.products[3].locked_at = Some(10);
    let shown = vec!["p0".to_owned()];
    let again = livehand_prepare::lineup::order_again(&plan, 20, &shown, &plan.audience[..20], 500).unwrap();
    assert_eq!(again.broken, ["p3"]);
    let all = again.rows.len() + again.left_out.len() + again.broken.len() + shown.len();
    assert_eq!(all, plan.products.len());
}
