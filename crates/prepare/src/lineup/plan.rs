//! What a line-up is ordered from.

use std::collections::BTreeSet;

use livehand_kernel::Phrase;
use serde::{Deserialize, Serialize};

/// Longest show, in minutes: a day.
const MINUTES_MAX: usize = 24 * 60;
/// Most products of one plan.
const PRODUCTS_MAX: usize = 400;
/// How many of the last minutes tell how the audience differs from the plan.
const OBSERVED_MINUTES: usize = 10;
/// No audience is taken to be so many times the planned one, or so little of it.
const OBSERVED_RANGE: (f64, f64) = (0.1, 10.0);

/// What a product is there for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ProductRole))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Brings people in (引流款).
    Traffic,
    /// Earns (利润款).
    #[default]
    Profit,
}

/// A product as the order needs to know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PlannedProduct))]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Product id.
    pub id: String,
    /// Two products of one category do not follow one another.
    #[serde(default)]
    pub category: String,
    /// What it is there for.
    #[serde(default)]
    pub role: Role,
    /// Price, fen.
    pub price: i64,
    /// What one order contributes, fen.
    pub margin: i64,
    /// Minutes that it is explained, at least 1.
    pub minutes: usize,
    /// Of the audience of a minute, the part that orders it in that minute, from 0 to 1: click-through rate × conversion of
    /// clicks.
    pub orders_per_viewer: f64,
    /// Pieces that can be sold; absent: no end.
    #[serde(default)]
    pub stock: Option<i64>,
    /// It must be part of the show.
    #[serde(default)]
    pub must_appear: bool,
    /// Minutes between which it must begin, both included.
    #[serde(default)]
    pub window: Option<(usize, usize)>,
    /// The minute at which it begins, whatever else; a locked row.
    #[serde(default)]
    pub locked_at: Option<usize>,
}

impl Product {
    /// Whether the order must have it.
    pub fn is_required(&self) -> bool {
        self.must_appear || self.locked_at.is_some()
    }
}

/// The rules of the trade that an order keeps; each can be changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = LineupLimits))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// From this price on a product is dear, fen.
    pub dear_price: i64,
    /// The part of the show, from 0 to 1, that is its peak: the minutes with the largest audience.
    pub peak_part: f64,
    /// The longest that a traffic item which opens the show may take, minutes.
    pub opening_minutes: usize,
    /// What a dear product still counts outside of the peak, from 0 to 1, when the peak has no room for all.
    pub beside_peak: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { dear_price: 50_000, peak_part: 0.45, opening_minutes: 3, beside_peak: 0.5 }
    }
}

/// What is to be put in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = LineupPlan))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// For every minute of the show, the audience that is expected: viewers online × the part of them that stays.
    pub audience: Vec<f64>,
    /// The products.
    pub products: Vec<Product>,
    /// The rules.
    #[serde(default)]
    pub limits: Limits,
    /// The minute of the show at which the first minute of `audience` begins; not 0 when only the rest is ordered.
    #[serde(default)]
    pub begins: usize,
}

/// What is wrong with a plan: the place in it, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|(field, expected)| format!("{field}: expected {expected}")).collect::<Vec<_>>().join("; "))]
pub struct Faults(pub Vec<(String, Phrase)>);

impl Plan {
    /// Length of what is ordered.
    pub fn minutes(&self) -> usize {
        self.audience.len()
    }

    /// # Errors
    /// [`Faults`], all of them.
    pub fn check(&self) -> Result<(), Faults> {
        let mut faults = Vec::new();
        let mut expect = |holds: bool, field: String, en: String, zh: String| {
            if !holds {
                faults.push((field, Phrase::new(en, zh)));
            }
        };
        let minutes = self.minutes();
        let all = |field: &str| field.to_owned();
        expect(
            (1..=MINUTES_MAX).contains(&minutes),
            all("audience"),
            format!("1 to {MINUTES_MAX} minutes"),
            format!("1 到 {MINUTES_MAX} 分钟"),
        );
        let counts = |audience: &f64| audience.is_finite() && *audience >= 0.0;
        expect(
            self.audience.iter().all(counts),
            all("audience"),
            all("numbers of 0 or more"),
            all("不小于 0 的数"),
        );
        expect(
            self.products.len() <= PRODUCTS_MAX,
            all("products"),
            format!("at most {PRODUCTS_MAX}"),
            format!("最多 {PRODUCTS_MAX} 个"),
        );
        let parts =
            [("limits.peak_part", self.limits.peak_part), ("limits.beside_peak", self.limits.beside_peak)];
        for (field, part) in parts {
            expect(
                (0.0..=1.0).contains(&part),
                all(field),
                all("a number from 0 to 1"),
                all("0 到 1 之间的数"),
            );
        }
        let mut ids = BTreeSet::new();
        let mut locked = vec![None; minutes];
        for (place, product) in self.products.iter().enumerate() {
            let field = |name: &str| format!("products[{place}].{name}");
            expect(
                !product.id.is_empty() && ids.insert(&product.id),
                field("id"),
                all("an id of its own"),
                all("不重复的编号"),
            );
            expect(product.price >= 0, field("price"), all("0 fen or more"), all("不小于 0 分"));
            expect(
                (1..=minutes.max(1)).contains(&product.minutes),
                field("minutes"),
                format!("1 to {minutes}"),
                format!("1 到 {minutes}"),
            );
            expect(
                (0.0..=1.0).contains(&product.orders_per_viewer),
                field("orders_per_viewer"),
                all("a number from 0 to 1"),
                all("0 到 1 之间的数"),
            );
            expect(
                product.stock.is_none_or(|stock| stock >= 0),
                field("stock"),
                all("0 or more"),
                all("不小于 0"),
            );
            let fits = |from: usize| from + product.minutes <= minutes;
            if let Some((first, last)) = product.window {
                let within = first <= last && fits(first);
                expect(
                    within,
                    field("window"),
                    all("minutes of the show, the first one first"),
                    all("场内时段，先后有序"),
                );
            }
            if let Some(from) = product.locked_at {
                expect(fits(from), field("locked_at"), all("a minute of the show"), all("场内分钟"));
                let taken = locked.iter_mut().skip(from).take(product.minutes);
                let mut free = true;
                taken.for_each(|minute| free &= minute.replace(place).is_none());
                expect(
                    free,
                    field("locked_at"),
                    all("minutes that no other locked row has"),
                    all("未被其他锁定行占用的时段"),
                );
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
    }

    /// The plan of what comes from minute `now` on. `observed` is the audience of each minute so far.
    #[must_use]
    pub fn rest(&self, now: usize, shown: &[String], observed: &[f64]) -> Plan {
        let last = observed.len().saturating_sub(OBSERVED_MINUTES);
        let seen: f64 = observed.iter().skip(last).sum();
        let planned: f64 = self.audience.iter().skip(last).take(observed.len() - last).sum();
        let scale =
            if planned > 0.0 { (seen / planned).clamp(OBSERVED_RANGE.0, OBSERVED_RANGE.1) } else { 1.0 };
        let rest = |product: &Product| {
            let late = |minute: usize| minute < now;
            let over = shown.contains(&product.id) || product.locked_at.is_some_and(late);
            (!over).then(|| Product {
                locked_at: product.locked_at.map(|from| from - now),
                window: product
                    .window
                    .filter(|(_, last)| !late(*last))
                    .map(|(first, last)| (first.saturating_sub(now), last - now)),
                ..product.clone()
            })
        };
        Plan {
            audience: self.audience.iter().skip(now).map(|audience| audience * scale).collect(),
            products: self.products.iter().filter_map(rest).collect(),
            limits: self.limits.clone(),
            begins: self.begins + now,
        }
    }
}
