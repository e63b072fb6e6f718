//! Baskets and promotions drawn from a seed: the same for the same seed on every machine.

use livehand_kernel::{Fen, Millis, ProductId, PromotionId};
use livehand_trade::offers::{Audience, Line, Off, PriceKind, Promotion, Rule, Scope, Shipping};

/// When everything made up holds.
pub const MOMENT: Millis = Millis(1_000);

/// How much is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub lines: u64,
    pub promotions: u64,
    pub quantity_max: u64,
    /// Whether groups, exclusions and exceptions are drawn at random instead of as shops have them.
    pub wild: bool,
}

/// A basket and its promotions.
#[derive(Clone, Debug)]
pub struct MadeUp {
    pub lines: Vec<Line>,
    pub shipping: Shipping,
    pub promotions: Vec<Promotion>,
}

/// A generator whose stream never changes (splitmix64).
pub struct Draw(pub u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn within(&mut self, low: u64, high: u64) -> i64 {
        i64::try_from(low + self.next() % (high - low + 1)).unwrap_or_default()
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        let place = usize::try_from(self.next() % (all.len().max(1) as u64)).ok()?;
        all.get(place).cloned()
    }
}

/// Draws a basket and promotions.
pub fn made_up(seed: u64, size: Size) -> MadeUp {
    let mut draw = Draw(seed);
    let lines: Vec<Line> = (0..size.lines).map(|number| line(&mut draw, number, size.quantity_max)).collect();
    let shipping =
        Shipping { fee_fen: Fen(draw.within(0, 12) * 100), cost_fen: Fen(draw.within(0, 8) * 100) };
    let mut promotions: Vec<Promotion> =
        (0..size.promotions).map(|number| promotion(&mut draw, number, &lines, size.wild)).collect();
    if size.wild {
        let ids: Vec<PromotionId> = promotions.iter().map(|one| one.id.clone()).collect();
        for one in &mut promotions {
            if draw.chance(25) {
                one.group = draw.one_of(&["甲", "乙"]).map(str::to_owned);
            }
            if draw.chance(20) {
                one.excludes.extend(draw.one_of(&ids).filter(|id| *id != one.id));
            }
            if draw.chance(30) {
                one.stackable_with.extend(draw.one_of(&ids).filter(|id| *id != one.id));
            }
        }
    }
    MadeUp { lines, shipping, promotions }
}

fn line(draw: &mut Draw, number: u64, quantity_max: u64) -> Line {
    // Prices that end on 9.00, 9.90 or anything, from nine to nine hundred yuan.
    let most = if draw.chance(30) { 900 } else { 199 };
    let yuan = draw.within(9, most);
    let price = yuan * 100 + draw.one_of(&[0, 90, 99, 37]).unwrap_or_default();
    Line {
        product: ProductId(format!("p{number}")),
        sku: None,
        name: format!("商品 {number}"),
        category: draw.one_of(&["apparel", "beauty", "food"]).unwrap_or_default().to_owned(),
        price_fen: Fen(price),
        cost_fen: Some(Fen(price * draw.within(20, 90) / 100)),
        floor_fen: Some(Fen(price * draw.within(30, 80) / 100)),
        minimum_margin_fen: draw.chance(40).then(|| Fen(price * draw.within(0, 10) / 100)),
        quantity_max: draw.within(1, quantity_max),
    }
}

fn promotion(draw: &mut Draw, number: u64, lines: &[Line], wild: bool) -> Promotion {
    let scope = scope(draw, lines);
    let any = draw.within(0, 4);
    let mine = lines.iter().cycle().skip(usize::try_from(any).unwrap_or_default()).take(lines.len());
    let first = mine.into_iter().find(|line| scope.covers(&line.product, None, &line.category));
    let price = first.map_or(10_000, |line| line.price_fen.0);
    let rule = rule(draw, price);
    // A price belongs to one product, except where nothing is as shops have it.
    let scope = match (&rule, first) {
        (Rule::ItemPrice { .. }, Some(line)) if !wild => {
            Scope::Products { products: vec![line.product.clone()] }
        }
        _ => scope,
    };
    Promotion {
        id: PromotionId(format!("k{number:02}")),
        name: format!("优惠 {number}"),
        rule,
        scope,
        from: Millis(0),
        to: Millis(2_000),
        audience: draw.one_of(&[Audience::Everyone, Audience::Members]).unwrap_or_default(),
        limit_per_buyer: (wild && draw.chance(20)).then(|| draw.within(1, 2)),
        stock: (wild && draw.chance(10)).then(|| draw.within(0, 3)),
        group: None,
        excludes: Vec::new(),
        stackable_with: Vec::new(),
    }
}

fn scope(draw: &mut Draw, lines: &[Line]) -> Scope {
    if draw.chance(45) {
        return Scope::All;
    }
    if draw.chance(30) {
        let code = draw.one_of(&["apparel", "beauty", "food"]).unwrap_or_default();
        return Scope::Categories { categories: vec![code.to_owned()] };
    }
    let mut products: Vec<ProductId> =
        lines.iter().filter(|_| draw.chance(35)).map(|line| line.product.clone()).collect();
    products.extend(draw.one_of(lines).filter(|_| products.is_empty()).map(|line| line.product));
    Scope::Products { products }
}

fn rule(draw: &mut Draw, price: i64) -> Rule {
    let threshold = draw.one_of(&[5_000, 9_900, 19_900, 30_000, 50_000]).unwrap_or(9_900);
    let off = Fen(threshold * draw.within(4, 22) / 100);
    let coupon = if draw.chance(70) {
        Off::Amount { off_fen: off }
    } else {
        let cap_fen = draw.chance(60).then(|| Fen(draw.within(10, 60) * 100));
        Off::Percent { pays_percent: draw.within(70, 97), cap_fen }
    };
    let coupon_from =
        Fen(if matches!(coupon, Off::Percent { .. }) && draw.chance(30) { 0 } else { threshold });
    match draw.within(0, 19) {
        0..=2 => Rule::ItemPrice {
            price: draw
                .one_of(&[PriceKind::Live, PriceKind::Member, PriceKind::Flash])
                .unwrap_or(PriceKind::Live),
            price_fen: Fen(price * draw.within(70, 98) / 100),
        },
        3..=4 => Rule::ItemPercent { pays_percent: draw.within(80, 98) },
        5..=7 => Rule::FullReduction {
            threshold_fen: Fen(threshold),
            off_fen: off,
            every_step: draw.chance(40),
            cap_fen: draw.chance(30).then(|| Fen(off.0 * draw.within(1, 3))),
        },
        8 => Rule::QuantityDiscount { quantity: draw.within(2, 4), pays_percent: draw.within(75, 95) },
        9..=12 => Rule::Coupon { threshold_fen: coupon_from, off: coupon },
        13..=15 => Rule::PlatformCoupon {
            threshold_fen: coupon_from,
            off: coupon,
            shop_bears_percent: draw.one_of(&[0, 50, 100]).unwrap_or(100),
        },
        16 => Rule::Payment { threshold_fen: coupon_from, off: coupon },
        17..=18 => Rule::Gift {
            name: "赠品".to_owned(),
            sku: None,
            quantity: draw.within(1, 2),
            cost_fen: Fen(draw.within(1, 20) * 100),
            threshold_fen: Fen(if draw.chance(50) { 0 } else { threshold }),
            units: draw.within(1, 3),
            every_step: draw.chance(50),
        },
        _ => Rule::FreeShipping { threshold_fen: Fen(if draw.chance(30) { 0 } else { threshold }) },
    }
}
