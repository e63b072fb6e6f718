//! An order as it is told: what is bought, which promotions are combined, and how the price comes about line by line.

use livehand_kernel::{Fen, ProductId, PromotionId, SkuId};
use serde::Serialize;

use super::promotion::{Layer, Promotion, Rule};
use super::search::Found;
use super::settle::{layers, settle};
use super::table::{LINES_MAX, Line, Order, Row, Shipping, Table, Way, at, has};

/// One order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferCase))]
pub struct Case {
    /// What is bought.
    pub basket: Vec<Bought>,
    /// What is paid for the goods.
    pub goods_fen: Fen,
    /// What is paid for shipping.
    pub shipping_fen: Fen,
    /// What is paid altogether.
    pub payable_fen: Fen,
    /// What the platform gives back to the shop.
    pub given_back_fen: Fen,
    /// The promotions that are combined, in the order in which they are computed.
    pub promotions: Vec<PromotionId>,
    /// What is given with it.
    pub gifts: Vec<Gift>,
    /// What the shop earns; nothing while a cost is not known.
    pub margin_fen: Option<Fen>,
    /// How the price comes about.
    pub steps: Vec<Step>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferBought))]
pub struct Bought {
    /// Product.
    pub product: ProductId,
    /// Its SKU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<SkuId>,
    /// What it is called.
    pub name: String,
    /// Units.
    pub quantity: i64,
    /// Price of one unit without promotions.
    pub price_fen: Fen,
    /// What is paid for the line.
    pub payable_fen: Fen,
    /// What that is for one unit, rounded down.
    pub unit_fen: Fen,
}

/// Something that is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferGift))]
pub struct Gift {
    /// By which promotion.
    pub promotion: PromotionId,
    /// What.
    pub name: String,
    /// Pieces.
    pub quantity: i64,
    /// What they cost the shop.
    pub cost_fen: Fen,
}

/// One step from the price to what is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferStep))]
pub struct Step {
    /// The promotion.
    pub promotion: PromotionId,
    /// What it is called.
    pub name: String,
    /// Its layer.
    pub layer: Layer,
    /// What it takes off each line of the basket.
    pub off_fen: Vec<Fen>,
    /// What is left of each line when its layer is done.
    pub left_fen: Vec<Fen>,
}

impl Case {
    pub(super) fn of(table: &Table, lines: &[Line], shipping: Shipping, found: &Found) -> Self {
        let (amounts, quantities) = table.bought(&found.ways);
        let orders = table.used(found.used);
        let settled = settle(&orders, amounts, &quantities);
        let (paid, given_back) =
            settled.map_or((amounts, 0), |settled| (settled.amounts, settled.given_back));
        let barred = table.ways_of(&found.ways).fold(0, |bits, (_, way)| bits | way.barred_extras);
        let (_, extras) = table.extras(&amounts, &quantities, barred, found.used);
        let goods: i64 = paid.iter().sum();
        let taken = || table.extras.iter().enumerate().filter(|(place, _)| has(extras, *place));
        let free = taken().any(|(_, extra)| extra.shipping);
        let shipping_fen = if free { Fen(0) } else { shipping.fee_fen };
        let bought: Vec<usize> = table.ways_of(&found.ways).map(|(line, _)| line).collect();
        let costs = bought.iter().filter_map(|line| lines.get(*line)).all(|line| line.cost_fen.is_some());
        let margin = table.earned(&found.ways, found.used, &orders, false).filter(|_| costs).map(Fen);
        let gifts: Vec<Gift> = taken()
            .filter_map(|(_, extra)| {
                let times = extra.times(&amounts, &quantities);
                gift(table.promotions.get(extra.promotion)?, times)
            })
            .collect();
        let mut steps = item_steps(table, lines, found, &bought);
        steps.extend(order_steps(table, &orders, &amounts, &quantities, &bought));
        let mut promotions: Vec<PromotionId> = Vec::new();
        let extra_ids =
            taken().filter_map(|(_, extra)| table.promotions.get(extra.promotion)).map(|one| &one.id);
        for id in steps.iter().map(|step| &step.promotion).chain(extra_ids) {
            if !promotions.contains(id) {
                promotions.push(id.clone());
            }
        }
        Self {
            basket: table
                .ways_of(&found.ways)
                .filter_map(|(line, way)| Some(line_of(lines.get(line)?, way, at(&paid, line))))
                .collect(),
            goods_fen: Fen(goods),
            shipping_fen,
            payable_fen: Fen(goods + shipping_fen.0),
            given_back_fen: Fen(given_back),
            promotions,
            gifts,
            margin_fen: margin,
            steps,
        }
    }

    /// A line of the order.
    pub fn line(&self, product: &ProductId, sku: Option<&SkuId>) -> Option<&Bought> {
        self.basket.iter().find(|line| line.product == *product && line.sku.as_ref() == sku)
    }
}

fn line_of(line: &Line, way: &Way, paid: i64) -> Bought {
    Bought {
        product: line.product.clone(),
        sku: line.sku.clone(),
        name: line.name.clone(),
        quantity: way.quantity,
        price_fen: line.price_fen,
        payable_fen: Fen(paid),
        unit_fen: Fen(paid / way.quantity.max(1)),
    }
}

fn gift(promotion: &Promotion, times: i64) -> Option<Gift> {
    let Rule::Gift { name, quantity, cost_fen, .. } = &promotion.rule else { return None };
    let pieces = quantity * times;
    let cost_fen = Fen(cost_fen.0 * pieces);
    Some(Gift { promotion: promotion.id.clone(), name: name.clone(), quantity: pieces, cost_fen })
}

/// The steps of the items' own promotions.
fn item_steps(table: &Table, lines: &[Line], found: &Found, bought: &[usize]) -> Vec<Step> {
    let mut left: Row = [0; LINES_MAX];
    let units: Vec<(usize, &Way)> = table.ways_of(&found.ways).collect();
    for ((line, way), cell) in units.iter().zip(&mut left) {
        *cell = lines.get(*line).map_or(0, |it| it.price_fen.0) * way.quantity;
    }
    let mut steps = Vec::new();
    for (place, promotion) in table.promotions.iter().enumerate() {
        let mut off = [0; LINES_MAX];
        let used = |way: &Way| has(way.promotions, place);
        if !units.iter().any(|(_, way)| used(way)) {
            continue;
        }
        for (((_, way), left), off) in units.iter().zip(&mut left).zip(&mut off) {
            if used(way) {
                let unit = *left / way.quantity.max(1);
                let after = super::table::unit_price(unit, std::iter::once(&promotion.rule)) * way.quantity;
                (*off, *left) = (*left - after, after);
            }
        }
        steps.push(step(promotion, bought.len(), &off, &left));
    }
    steps
}

fn order_steps(
    table: &Table,
    orders: &[&Order],
    amounts: &Row,
    quantities: &Row,
    bought: &[usize],
) -> Vec<Step> {
    let narrow = |row: &Row| {
        let mut narrowed = [0; LINES_MAX];
        bought.iter().zip(&mut narrowed).for_each(|(line, cell)| *cell = at(row, *line));
        narrowed
    };
    let mut orders = orders.iter();
    let mut steps = Vec::new();
    for layer in layers(&orders.clone().copied().collect::<Vec<_>>(), *amounts, quantities) {
        for (cut, order) in layer.cuts.iter().zip(orders.by_ref()) {
            if let Some(promotion) = table.promotions.get(order.promotion) {
                steps.push(step(promotion, bought.len(), &narrow(cut), &narrow(&layer.left)));
            }
        }
    }
    steps
}

fn step(promotion: &Promotion, lines: usize, off: &Row, left: &Row) -> Step {
    let fen = |row: &Row| row.iter().take(lines).map(|value| Fen(*value)).collect();
    Step {
        promotion: promotion.id.clone(),
        name: promotion.name.clone(),
        layer: promotion.rule.layer(),
        off_fen: fen(off),
        left_fen: fen(left),
    }
}
