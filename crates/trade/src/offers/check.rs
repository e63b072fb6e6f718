//! What is wrong with promotions as they were typed: each mistake by the field that holds it.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Fen, Phrase, ProductId, SkuId};

use super::promotion::{Layer, Off, PriceKind, Promotion, Rule, Scope};
use super::table::QUANTITY_MAX;

/// Largest amount, fen: a hundred million yuan, with room for what is multiplied by it.
const AMOUNT_FEN_MAX: i64 = 10_000_000_000;
/// Most products, SKUs or categories of one scope, and most promotions that one names.
const NAMED_MAX: usize = 500;
/// Longest name, in bytes.
const NAME_BYTES_MAX: usize = 120;

/// What there is to be promoted.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Products and their categories.
    pub products: BTreeMap<ProductId, String>,
    /// SKUs and their products.
    pub skus: BTreeMap<SkuId, ProductId>,
}

/// What kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// A name that is empty or too long.
    Name,
    /// It ends before it begins.
    Window,
    /// Two of the same kind hold at the same time for the same product.
    OverlappingWindow,
    /// An amount that is not positive, or too large.
    Amount,
    /// A threshold that is below what is taken off.
    ThresholdBelowDiscount,
    /// A percentage outside 1 to 99.
    Percent,
    /// A number of units or pieces that is out of range.
    Quantity,
    /// Gifts that lead back to what was bought.
    CircularGift,
    /// A product, SKU or category that is not known.
    Unknown,
    /// A list that is empty or too long.
    List,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which promotion, from 0.
    pub promotion: usize,
    /// Its field: `rule.off_fen`.
    pub field: String,
    /// What kind of mistake.
    pub wrong: Wrong,
    /// What was expected.
    pub expected: Phrase,
    /// What was found.
    pub found: Phrase,
}

/// Checks promotions that are typed, beside one another and beside those that are published.
pub fn check(typed: &[Promotion], published: &[Promotion], known: &Known) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (place, promotion) in typed.iter().enumerate() {
        let mut of = Of { promotion: place, faults: &mut faults };
        own_faults(&mut of, promotion, known);
        let others = || {
            let earlier = typed.iter().take(place);
            earlier.chain(published).filter(|other| other.id != promotion.id && meet(promotion, other))
        };
        if let Some(other) =
            others().find(|other| same_kind(&promotion.rule, &other.rule) && share(promotion, other, known))
        {
            let expected = Phrase::new(
                "a window in which no other promotion of this kind holds for the product",
                "同一商品同类优惠的时间不能重叠",
            );
            of.fault("from", Wrong::OverlappingWindow, expected, Phrase::literal(other.name.clone()));
        }
        let all: Vec<&Promotion> = typed.iter().chain(published).filter(|it| it.id != promotion.id).collect();
        if let Some(other) = gift_circle(promotion, &all, known) {
            let expected =
                Phrase::new("a gift that does not lead back to what was bought", "赠品不能循环赠送");
            of.fault("rule.sku", Wrong::CircularGift, expected, Phrase::literal(other));
        }
    }
    faults
}

struct Of<'a> {
    promotion: usize,
    faults: &'a mut Vec<Fault>,
}

impl Of<'_> {
    fn fault(&mut self, field: &str, wrong: Wrong, expected: Phrase, found: Phrase) {
        let field = field.to_owned();
        self.faults.push(Fault { promotion: self.promotion, field, wrong, expected, found });
    }

    fn amount(&mut self, field: &str, amount: Fen, least: i64) {
        if !(least..=AMOUNT_FEN_MAX).contains(&amount.0) {
            let most = Fen(AMOUNT_FEN_MAX);
            let expected =
                Phrase::new(format!("¥{} to ¥{most}", Fen(least)), format!("{} 到 {most} 元", Fen(least)));
            self.fault(
                field,
                Wrong::Amount,
                expected,
                Phrase::new(format!("¥{amount}"), format!("{amount} 元")),
            );
        }
    }

    fn percent(&mut self, field: &str, percent: i64) {
        if !(1..=99).contains(&percent) {
            let expected =
                Phrase::new("1 to 99: what is still paid", "1 到 99，即实付的百分比（95 折填 95）");
            self.fault(field, Wrong::Percent, expected, Phrase::literal(percent.to_string()));
        }
    }

    fn quantity(&mut self, field: &str, quantity: i64, least: i64, most: i64) {
        if !(least..=most).contains(&quantity) {
            let expected = Phrase::new(format!("{least} to {most}"), format!("{least} 到 {most}"));
            self.fault(field, Wrong::Quantity, expected, Phrase::literal(quantity.to_string()));
        }
    }

    /// What is taken off must not be more than the threshold; without a threshold anything may be taken off.
    fn threshold(&mut self, threshold: Fen, off: Fen) {
        if threshold.0 > 0 && threshold < off {
            let expected =
                Phrase::new(format!("at least the discount, ¥{off}"), format!("不低于优惠金额 {off} 元"));
            let found = Phrase::new(format!("¥{threshold}"), format!("{threshold} 元"));
            self.fault("rule.threshold_fen", Wrong::ThresholdBelowDiscount, expected, found);
        }
    }

    fn coupon(&mut self, threshold: Fen, off: &Off) {
        self.amount("rule.threshold_fen", threshold, 0);
        match off {
            Off::Amount { off_fen } => {
                self.amount("rule.off.off_fen", *off_fen, 1);
                self.threshold(threshold, *off_fen);
            }
            Off::Percent { pays_percent, cap_fen } => {
                self.percent("rule.off.pays_percent", *pays_percent);
                if let Some(cap) = cap_fen {
                    self.amount("rule.off.cap_fen", *cap, 1);
                }
            }
        }
    }
}

fn own_faults(of: &mut Of, promotion: &Promotion, known: &Known) {
    if promotion.name.trim().is_empty() || promotion.name.len() > NAME_BYTES_MAX {
        let expected =
            Phrase::new(format!("1 to {NAME_BYTES_MAX} bytes"), format!("1 到 {NAME_BYTES_MAX} 字节"));
        let found = Phrase::literal(format!("{} B", promotion.name.len()));
        of.fault("name", Wrong::Name, expected, found);
    }
    if promotion.from >= promotion.to {
        let expected = Phrase::new("an end after the beginning", "结束时间晚于开始时间");
        of.fault("to", Wrong::Window, expected, Phrase::literal(promotion.to.to_rfc3339()));
    }
    if let Some(limit) = promotion.limit_per_buyer {
        of.quantity("limit_per_buyer", limit, 1, 9_999);
    }
    if let Some(stock) = promotion.stock {
        of.quantity("stock", stock, 0, 100_000_000);
    }
    for (field, named) in [("excludes", &promotion.excludes), ("stackable_with", &promotion.stackable_with)] {
        if named.len() > NAMED_MAX {
            of.fault(field, Wrong::List, at_most(NAMED_MAX), Phrase::literal(named.len().to_string()));
        }
    }
    rule_faults(of, &promotion.rule, known);
    scope_faults(of, &promotion.scope, known);
}

fn rule_faults(of: &mut Of, rule: &Rule, known: &Known) {
    match rule {
        Rule::ItemPrice { price_fen, .. } => of.amount("rule.price_fen", *price_fen, 1),
        Rule::ItemPercent { pays_percent } => of.percent("rule.pays_percent", *pays_percent),
        Rule::FullReduction { threshold_fen, off_fen, cap_fen, .. } => {
            of.amount("rule.threshold_fen", *threshold_fen, 1);
            of.amount("rule.off_fen", *off_fen, 1);
            of.threshold(*threshold_fen, *off_fen);
            if let Some(cap) = cap_fen {
                of.amount("rule.cap_fen", *cap, 1);
            }
        }
        Rule::QuantityDiscount { quantity, pays_percent } => {
            of.quantity("rule.quantity", *quantity, 1, 9_999);
            of.percent("rule.pays_percent", *pays_percent);
        }
        Rule::Coupon { threshold_fen, off } | Rule::Payment { threshold_fen, off } => {
            of.coupon(*threshold_fen, off)
        }
        Rule::PlatformCoupon { threshold_fen, off, shop_bears_percent } => {
            of.coupon(*threshold_fen, off);
            of.quantity("rule.shop_bears_percent", *shop_bears_percent, 0, 100);
        }
        Rule::Gift { name, sku, quantity, cost_fen, threshold_fen, units, .. } => {
            if name.trim().is_empty() || name.len() > NAME_BYTES_MAX {
                let expected = Phrase::new("what is given", "赠品品名");
                of.fault("rule.name", Wrong::Name, expected, Phrase::literal(format!("{} B", name.len())));
            }
            of.quantity("rule.quantity", *quantity, 1, 999);
            of.quantity("rule.units", *units, 1, QUANTITY_MAX);
            of.amount("rule.cost_fen", *cost_fen, 0);
            of.amount("rule.threshold_fen", *threshold_fen, 0);
            if let Some(sku) = sku.as_ref().filter(|sku| !known.skus.contains_key(sku)) {
                of.fault(
                    "rule.sku",
                    Wrong::Unknown,
                    Phrase::new("a known SKU", "已有的规格"),
                    Phrase::literal(sku.0.clone()),
                );
            }
        }
        Rule::FreeShipping { threshold_fen } => of.amount("rule.threshold_fen", *threshold_fen, 0),
    }
}

fn scope_faults(of: &mut Of, scope: &Scope, known: &Known) {
    let (field, count, unknown) = match scope {
        Scope::All => return,
        Scope::Products { products } => {
            let unknown = products.iter().find(|id| !known.products.contains_key(id)).map(|id| id.0.clone());
            ("scope.products", products.len(), unknown)
        }
        Scope::Skus { skus } => {
            let unknown = skus.iter().find(|id| !known.skus.contains_key(id)).map(|id| id.0.clone());
            ("scope.skus", skus.len(), unknown)
        }
        Scope::Categories { categories } => ("scope.categories", categories.len(), None),
    };
    if !(1..=NAMED_MAX).contains(&count) {
        of.fault(field, Wrong::List, at_most(NAMED_MAX), Phrase::literal(count.to_string()));
    }
    if let Some(unknown) = unknown {
        of.fault(
            field,
            Wrong::Unknown,
            Phrase::new("what the catalogue has", "商品库里已有的"),
            Phrase::literal(unknown),
        );
    }
}

fn at_most(most: usize) -> Phrase {
    Phrase::new(format!("1 to {most}"), format!("1 到 {most} 个"))
}

fn meet(a: &Promotion, b: &Promotion) -> bool {
    a.from < b.to && b.from < a.to
}

/// Kinds of which a product can have one at a time.
fn same_kind(a: &Rule, b: &Rule) -> bool {
    let price = |rule: &Rule| match rule {
        Rule::ItemPrice { price, .. } => Some(*price),
        _ => None,
    };
    let (a_price, b_price): (Option<PriceKind>, Option<PriceKind>) = (price(a), price(b));
    let percent = |rule: &Rule| rule.layer() == Layer::ItemDiscount;
    (a_price.is_some() && a_price == b_price) || (percent(a) && percent(b))
}

/// Whether two promotions are for the same product or SKU.
fn share(a: &Promotion, b: &Promotion, known: &Known) -> bool {
    let covers = |one: &Promotion, product: &ProductId, sku: Option<&SkuId>| match (&one.scope, sku) {
        // A SKU of a product that the other names as a whole, or the other way round.
        (Scope::Skus { skus }, None) => skus.iter().any(|own| known.skus.get(own) == Some(product)),
        (scope, sku) => scope.covers(product, sku, known.products.get(product).map_or("", String::as_str)),
    };
    named(a, known).into_iter().any(|(product, sku)| covers(a, product, sku) && covers(b, product, sku))
}

fn named<'a>(one: &'a Promotion, known: &'a Known) -> Vec<(&'a ProductId, Option<&'a SkuId>)> {
    match &one.scope {
        Scope::Skus { skus } => {
            skus.iter().filter_map(|sku| Some((known.skus.get(sku)?, Some(sku)))).collect()
        }
        Scope::Products { products } => products.iter().map(|product| (product, None)).collect(),
        _ => known.products.keys().map(|product| (product, None)).collect(),
    }
}

/// The promotion by which what a gift promotion gives leads back to what it is given for.
fn gift_circle(promotion: &Promotion, others: &[&Promotion], known: &Known) -> Option<String> {
    let given = |one: &Promotion| match &one.rule {
        Rule::Gift { sku: Some(sku), .. } => {
            known.skus.get(sku).map(|product| (sku.clone(), product.clone()))
        }
        _ => None,
    };
    let covers = |one: &Promotion, (sku, product): &(SkuId, ProductId)| {
        one.scope.covers(product, Some(sku), known.products.get(product).map_or("", String::as_str))
    };
    let mut waiting = vec![given(promotion)?];
    let first = waiting.first().cloned();
    let mut seen = BTreeSet::new();
    while let Some(gift) = waiting.pop() {
        for other in others.iter().filter(|other| meet(promotion, other) && covers(other, &gift)) {
            let Some(next) = given(other).filter(|next| next.1 != gift.1) else { continue };
            if Some(&next) != first.as_ref() && covers(promotion, &next) {
                return Some(other.name.clone());
            }
            if seen.insert(next.clone()) {
                waiting.push(next);
            }
        }
    }
    None
}
