//! Promotions and products in the form in which combinations are searched: places instead of ids, sets as bits.

use livehand_kernel::{Fen, Millis, ProductId, SkuId};
use serde::{Deserialize, Serialize};

use super::promotion::{Layer, Off, Promotion, Rule};

/// Most products of one basket.
pub const LINES_MAX: usize = 5;
/// Most promotions that hold at the same time in one simulation: a set of them is the bits of one word.
pub const PROMOTIONS_MAX: usize = 60;
/// Most units of one product in a basket.
pub const QUANTITY_MAX: i64 = 20;
/// Most ways in which one product can be bought: quantities times combinations of its own prices and discounts.
const WAYS_MAX: usize = 2_000;

/// One number for each line of a basket.
pub(super) type Row = [i64; LINES_MAX];

/// A product as it can be in a basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferLine))]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Product.
    pub product: ProductId,
    /// Its SKU, if one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<SkuId>,
    /// What it is called.
    #[serde(default)]
    pub name: String,
    /// Code of its category.
    #[serde(default)]
    pub category: String,
    /// Price of one unit without any promotion.
    pub price_fen: Fen,
    /// What one unit costs the shop; without it no margin can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_fen: Option<Fen>,
    /// What one unit must never be sold below (控价).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor_fen: Option<Fen>,
    /// What one unit must earn at least; it may be negative for what is sold at a loss on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_margin_fen: Option<Fen>,
    /// Most units in one order.
    pub quantity_max: i64,
}

/// What sending an order costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferShipping))]
#[serde(deny_unknown_fields)]
pub struct Shipping {
    /// What the buyer pays for it, unless it is free.
    #[serde(default)]
    pub fee_fen: Fen,
    /// What it costs the shop.
    #[serde(default)]
    pub cost_fen: Fen,
}

/// One way to buy a line: so many units at a price of its own.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub quantity: i64,
    pub unit: i64,
    /// Item promotions that it uses, by their places.
    pub promotions: u64,
    /// Orders' promotions that it cannot be combined with.
    pub barred: u64,
    /// Extras that it cannot be combined with.
    pub barred_extras: u64,
}

impl Way {
    pub fn amount(&self) -> i64 {
        self.unit * self.quantity
    }
}

/// What a promotion of a whole order takes off.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    Amount(i64),
    Step { each: i64, off: i64, cap: i64 },
    Percent { off: i64, cap: Option<i64> },
}

/// A promotion of a whole order.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// Its place among the promotions of the order.
    pub place: usize,
    pub promotion: usize,
    pub layer: Layer,
    /// Lines that it covers.
    pub lines: u8,
    pub threshold: i64,
    pub units: i64,
    pub cut: Cut,
    /// Which part the shop bears, in percent.
    pub bears: i64,
    /// Others that it cannot be combined with.
    pub conflicts: u64,
    /// Others of its layer of which only one can be used: the lowest place among them names the set.
    pub class: usize,
}

/// A gift or free shipping.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    pub promotion: usize,
    pub lines: u8,
    pub threshold: i64,
    pub units: i64,
    pub every_step: bool,
    /// What it costs the shop each time.
    pub cost: i64,
    pub times_max: i64,
    /// Whether it is the fee that falls away.
    pub shipping: bool,
    pub conflicts: u64,
    pub barred: u64,
}

/// A line and the ways to buy it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub ways: Vec<Way>,
    /// What one unit costs.
    pub cost: i64,
    /// What one unit must earn at least.
    pub minimum: i64,
}

/// Everything that is searched.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub places: Vec<Place>,
    pub orders: Vec<Order>,
    pub extras: Vec<Extra>,
    /// What an order earns by its shipping: fee less cost.
    pub shipping: i64,
    /// Promotions that hold, by their places.
    pub promotions: Vec<Promotion>,
}

/// More than can be looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// Products in the basket.
    #[error("more than {LINES_MAX} products")]
    Products,
    /// Promotions that hold at the same time.
    #[error("more than {PROMOTIONS_MAX} promotions at the same time")]
    Promotions,
    /// Ways to buy one product.
    #[error("more than {WAYS_MAX} ways to buy one product")]
    Ways,
    /// Combinations: the search was given up before the lowest price was proven.
    #[error("too many combinations")]
    Combinations,
}

pub(super) fn at(row: &Row, place: usize) -> i64 {
    row.get(place).copied().unwrap_or_default()
}

pub(super) fn has(bits: u64, place: usize) -> bool {
    (bits >> place) & 1 == 1
}

pub(super) fn covers(lines: u8, place: usize) -> bool {
    (lines >> place) & 1 == 1
}

/// The sum of the lines that are covered.
pub(super) fn sum(row: &Row, lines: u8) -> i64 {
    row.iter().enumerate().filter(|(place, _)| covers(lines, *place)).map(|(_, value)| value).sum()
}

impl Table {
    /// The promotions that hold at `moment`, and the lines of a basket.
    pub fn new(
        lines: &[Line],
        shipping: Shipping,
        promotions: &[Promotion],
        moment: Millis,
    ) -> Result<Self, TooMany> {
        if lines.len() > LINES_MAX {
            return Err(TooMany::Products);
        }
        let covered = |promotion: &Promotion| scope_bits(promotion, lines);
        let mut holding: Vec<Promotion> =
            promotions.iter().filter(|one| one.holds(moment) && covered(one) != 0).cloned().collect();
        holding.sort_by(|a, b| (a.rule.layer(), &a.id).cmp(&(b.rule.layer(), &b.id)));
        if holding.len() > PROMOTIONS_MAX {
            return Err(TooMany::Promotions);
        }
        let mut orders: Vec<Order> = (holding.iter().enumerate())
            .filter_map(|(place, one)| Order::of(place, one, covered(one)))
            .collect();
        bar_orders(&mut orders, &holding);
        let extras = extras_of(&holding, &orders, lines, shipping);
        let places = lines
            .iter()
            .enumerate()
            .map(|(place, line)| Place::of(place, line, &holding, &orders, &extras))
            .collect::<Result<_, _>>()?;
        let shipping = shipping.fee_fen.0 - shipping.cost_fen.0;
        Ok(Self { places, orders, extras, shipping, promotions: holding })
    }

    /// The orders' promotions of a set, by layer.
    pub fn used(&self, used: u64) -> Vec<&Order> {
        self.orders.iter().enumerate().filter(|(place, _)| has(used, *place)).map(|(_, one)| one).collect()
    }
}

fn scope_bits(promotion: &Promotion, lines: &[Line]) -> u8 {
    let mut bits = 0;
    for (place, line) in lines.iter().enumerate() {
        if promotion.scope.covers(&line.product, line.sku.as_ref(), &line.category) {
            bits |= 1 << place;
        }
    }
    bits
}

impl Order {
    fn of(place: usize, promotion: &Promotion, lines: u8) -> Option<Self> {
        let coupon = |off: &Off| match off {
            Off::Amount { off_fen } => Cut::Amount(off_fen.0),
            Off::Percent { pays_percent, cap_fen } => {
                Cut::Percent { off: 100 - pays_percent, cap: cap_fen.map(|cap| cap.0) }
            }
        };
        let (threshold, units, cut, bears) = match &promotion.rule {
            Rule::FullReduction { threshold_fen, off_fen, every_step: false, cap_fen } => {
                let most = cap_fen.map_or(off_fen.0, |cap| cap.0.min(off_fen.0));
                (threshold_fen.0, 0, Cut::Amount(most), 100)
            }
            Rule::FullReduction { threshold_fen, off_fen, every_step: true, cap_fen } => {
                let cap = cap_fen.map_or(i64::MAX, |cap| cap.0);
                let cut = Cut::Step { each: threshold_fen.0.max(1), off: off_fen.0, cap };
                (threshold_fen.0.max(1), 0, cut, 100)
            }
            Rule::QuantityDiscount { quantity, pays_percent } => {
                (0, *quantity, Cut::Percent { off: 100 - pays_percent, cap: None }, 100)
            }
            Rule::Coupon { threshold_fen, off } | Rule::Payment { threshold_fen, off } => {
                (threshold_fen.0, 0, coupon(off), 100)
            }
            Rule::PlatformCoupon { threshold_fen, off, shop_bears_percent } => {
                (threshold_fen.0, 0, coupon(off), *shop_bears_percent)
            }
            _ => return None,
        };
        let layer = promotion.rule.layer();
        Some(Self {
            place: 0,
            promotion: place,
            layer,
            lines,
            threshold,
            units,
            cut,
            bears,
            conflicts: 0,
            class: 0,
        })
    }
}

/// Which orders' promotions cannot be combined, and the sets of which only one can be used.
fn bar_orders(orders: &mut [Order], holding: &[Promotion]) {
    let barred: Vec<(u64, usize)> = (0..orders.len())
        .map(|own| {
            let conflict = |other: usize| {
                let pair = orders.get(own).zip(orders.get(other));
                own != other
                    && pair.is_some_and(|(a, b)| {
                        a.lines & b.lines != 0 && !combine(holding, a.promotion, b.promotion)
                    })
            };
            let conflicts =
                (0..orders.len()).filter(|other| conflict(*other)).fold(0, |bits, it| bits | 1 << it);
            (conflicts, own)
        })
        .collect();
    for (order, (conflicts, place)) in orders.iter_mut().zip(&barred) {
        (order.conflicts, order.place) = (*conflicts, *place);
    }
    // A greedy partition into sets in which everybody conflicts with everybody.
    let mut classes: Vec<(usize, Vec<usize>)> = Vec::new();
    for own in 0..orders.len() {
        let Some(order) = orders.get(own) else { continue };
        let fits = |(_, members): &&mut (usize, Vec<usize>)| {
            members.iter().all(|other| {
                let same_layer = orders.get(*other).is_some_and(|it| it.layer == order.layer);
                same_layer && has(order.conflicts, *other)
            })
        };
        let class = match classes.iter_mut().find(fits) {
            Some((class, members)) => {
                members.push(own);
                *class
            }
            None => {
                classes.push((own, vec![own]));
                own
            }
        };
        if let Some(order) = orders.get_mut(own) {
            order.class = class;
        }
    }
}

fn combine(holding: &[Promotion], a: usize, b: usize) -> bool {
    holding.get(a).zip(holding.get(b)).is_none_or(|(a, b)| a.combines_with(b))
}

fn extras_of(holding: &[Promotion], orders: &[Order], lines: &[Line], shipping: Shipping) -> Vec<Extra> {
    let mut extras: Vec<Extra> = Vec::new();
    for (place, one) in holding.iter().enumerate() {
        let covered = scope_bits(one, lines);
        let most = one.limit_per_buyer.unwrap_or(i64::MAX);
        let mut extra = match &one.rule {
            Rule::Gift { quantity, cost_fen, threshold_fen, units, every_step, .. } => Extra {
                promotion: place,
                lines: covered,
                threshold: threshold_fen.0,
                units: (*units).max(1),
                every_step: *every_step,
                cost: cost_fen.0 * quantity,
                times_max: most.min(one.stock.map_or(i64::MAX, |stock| stock / (*quantity).max(1))),
                shipping: false,
                conflicts: 0,
                barred: 0,
            },
            Rule::FreeShipping { threshold_fen } => Extra {
                promotion: place,
                lines: covered,
                threshold: threshold_fen.0,
                units: 1,
                every_step: false,
                cost: shipping.fee_fen.0,
                times_max: 1,
                shipping: true,
                conflicts: 0,
                barred: 0,
            },
            _ => continue,
        };
        let shares = |order: &Order| order.lines & covered != 0 && !combine(holding, place, order.promotion);
        for (order, _) in orders.iter().enumerate().filter(|(_, order)| shares(order)) {
            extra.barred |= 1 << order;
        }
        extras.push(extra);
    }
    let conflicts: Vec<u64> = extras
        .iter()
        .map(|own| {
            let conflict = |other: &Extra| {
                own.promotion != other.promotion
                    && ((own.lines & other.lines != 0 && !combine(holding, own.promotion, other.promotion))
                        // The fee falls away once.
                        || (own.shipping && other.shipping))
            };
            let all = extras.iter().enumerate().filter(|(_, other)| conflict(other));
            all.fold(0, |bits, (place, _)| bits | 1 << place)
        })
        .collect();
    extras.iter_mut().zip(conflicts).for_each(|(extra, conflicts)| extra.conflicts = conflicts);
    extras
}

impl Place {
    fn of(
        place: usize,
        line: &Line,
        holding: &[Promotion],
        orders: &[Order],
        extras: &[Extra],
    ) -> Result<Self, TooMany> {
        let own: Vec<usize> = (holding.iter().enumerate())
            .filter(|(_, one)| {
                one.rule.layer() <= Layer::ItemDiscount && covers(scope_bit(one, line, place), place)
            })
            .map(|(place, _)| place)
            .collect();
        let mut sets = vec![0_u64];
        for promotion in own {
            let joins = |set: &u64| {
                (0..holding.len()).filter(|it| has(*set, *it)).all(|it| combine(holding, it, promotion))
            };
            let more: Vec<u64> =
                sets.iter().filter(|set| joins(set)).map(|set| set | 1 << promotion).collect();
            sets.extend(more);
            if sets.len() > WAYS_MAX {
                return Err(TooMany::Ways);
            }
        }
        let mut ways: Vec<Way> = Vec::new();
        for quantity in 1..=line.quantity_max.clamp(1, QUANTITY_MAX) {
            for set in &sets {
                if let Some(way) = way(place, line, quantity, *set, holding, orders, extras) {
                    add_way(&mut ways, way);
                }
            }
        }
        if ways.len() > WAYS_MAX {
            return Err(TooMany::Ways);
        }
        ways.sort_by_key(Way::amount);
        let (cost, minimum) =
            (line.cost_fen.unwrap_or_default().0, line.minimum_margin_fen.unwrap_or_default().0);
        Ok(Self { ways, cost, minimum })
    }
}

fn scope_bit(promotion: &Promotion, line: &Line, place: usize) -> u8 {
    u8::from(promotion.scope.covers(&line.product, line.sku.as_ref(), &line.category)) << place
}

fn way(
    place: usize,
    line: &Line,
    quantity: i64,
    set: u64,
    holding: &[Promotion],
    orders: &[Order],
    extras: &[Extra],
) -> Option<Way> {
    let used = || holding.iter().enumerate().filter(|(it, _)| has(set, *it));
    if used().any(|(_, one)| quantity > one.units_max()) {
        return None;
    }
    let bars = |lines: u8, other: usize| {
        covers(lines, place) && used().any(|(own, _)| !combine(holding, own, other))
    };
    let bits = |all: &mut dyn Iterator<Item = (u8, usize)>| {
        let barred = all.enumerate().filter(|(_, (lines, other))| bars(*lines, *other));
        barred.fold(0_u64, |bits, (it, _)| bits | 1 << it)
    };
    Some(Way {
        quantity,
        unit: unit_price(line.price_fen.0, used().map(|(_, one)| &one.rule)),
        promotions: set,
        barred: bits(&mut orders.iter().map(|order| (order.lines, order.promotion))),
        barred_extras: bits(&mut extras.iter().map(|extra| (extra.lines, extra.promotion))),
    })
}

/// The price of one unit: the item's price, then its discounts one after another, each of whole fen.
pub(super) fn unit_price<'a>(price: i64, rules: impl Iterator<Item = &'a Rule>) -> i64 {
    rules.fold(price, |unit, rule| match rule {
        Rule::ItemPrice { price_fen, .. } => price_fen.0,
        Rule::ItemPercent { pays_percent } => unit - unit * (100 - pays_percent) / 100,
        _ => unit,
    })
}

/// Adds a way, unless there is one of the same price and quantity that bars no more.
fn add_way(ways: &mut Vec<Way>, way: Way) {
    let within = |a: &Way, b: &Way| {
        a.quantity == b.quantity
            && a.unit == b.unit
            && a.barred & !b.barred == 0
            && a.barred_extras & !b.barred_extras == 0
    };
    if ways.iter().any(|other| within(other, &way)) {
        return;
    }
    ways.retain(|other| !within(&way, other));
    ways.push(way);
}
