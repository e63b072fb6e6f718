//! What is sold, and baskets of it.

use serde_json::{Value, json};

use super::{Draw, Line};

/// Off the whole order from ¥300 on, fen.
const REDUCTION: (i64, i64) = (30_000, 3_000);
/// A coupon without a threshold, fen.
const COUPON: i64 = 1_000;
/// The product of which one buyer may have two.
const LIMITED: &str = "mug";
/// The product with which a gift comes, and the gift.
const GIVING: (&str, &str) = ("shirt", "gift-socks");
/// What one line has at most.
const QUANTITY_MAX: usize = 3;

/// A product.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Its price, fen.
    pub price: i64,
    /// Its SKUs with their specs; none for what is sold as it is.
    pub skus: Vec<Sku>,
    /// How many one buyer may have.
    pub limit: Option<i64>,
}

/// A SKU.
#[derive(Clone, Debug)]
pub struct Sku {
    /// Its id.
    pub id: String,
    /// Its colour.
    pub colour: &'static str,
    /// Its size.
    pub size: &'static str,
    /// Whether it is taken out of use before the show.
    pub ended: bool,
}

/// Everything that is sold.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The products.
    pub products: Vec<Product>,
}

/// What the show sells.
pub fn shelf() -> Shelf {
    let skus = |id: &str, colours: &[&'static str], sizes: &[&'static str]| {
        let mut skus = Vec::new();
        for (c, colour) in colours.iter().enumerate() {
            for (s, size) in sizes.iter().enumerate() {
                // One of each product is not sold any more.
                let ended = c + 1 == colours.len() && s + 1 == sizes.len() && sizes.len() > 1;
                skus.push(Sku { id: format!("{id}-{c}{s}"), colour, size, ended });
            }
        }
        skus
    };
    let product = |id, name, price, skus| Product { id, name, price, skus, limit: None };
    let shirts = skus("shirt", &["黑色", "白色"], &["S", "M", "L", "XL"]);
    Shelf {
        products: vec![
            product("tee", "纯棉T恤", 9_900, skus("tee", &["黑色", "白色", "灰色"], &["M", "L", "XL"])),
            product("shirt", "亚麻衬衫", 16_800, shirts),
            product(
                "trousers",
                "直筒裤",
                12_900,
                skus("trousers", &["黑色", "卡其色"], &["S", "M", "L", "XL"]),
            ),
            product("shoes", "小白鞋", 19_900, skus("shoes", &["白色", "米色"], &["36", "37", "38", "39"])),
            product("coat", "风衣", 39_900, skus("coat", &["卡其色", "黑色"], &["M", "L", "XL"])),
            product("towel", "洗脸巾", 2_990, Vec::new()),
            product("pan", "不粘锅", 15_900, Vec::new()),
            product("tea", "茉莉花茶", 5_800, Vec::new()),
            Product { limit: Some(2), ..product(LIMITED, "福利马克杯", 1_990, Vec::new()) },
            product(
                "socks",
                "袜子",
                1_990,
                vec![Sku { id: GIVING.1.to_owned(), colour: "黑色", size: "均码", ended: false }],
            ),
        ],
    }
}

impl Shelf {
    /// The promotions of the show, as they are typed.
    pub fn promotions(from: i64, to: i64) -> Vec<Value> {
        let made = |name: &str, rule: Value, scope: Value| json!({ "name": name, "rule": rule, "scope": scope, "from": from, "to": to });
        let all = || json!({ "of": "all" });
        let (threshold, off) = REDUCTION;
        vec![
            made(
                "满300减30",
                json!({ "kind": "full_reduction", "threshold_fen": threshold, "off_fen": off }),
                all(),
            ),
            made(
                "无门槛券",
                json!({ "kind": "coupon", "threshold_fen": 0, "off": { "by": "amount", "off_fen": COUPON } }),
                all(),
            ),
            made(
                "买衬衫送袜子",
                json!({ "kind": "gift", "name": "袜子", "sku": GIVING.1, "quantity": 1, "cost_fen": 200 }),
                json!({ "of": "products", "products": [GIVING.0] }),
            ),
        ]
    }

    /// The SKU with this id.
    pub fn sku(&self, id: &str) -> Option<(&Product, &Sku)> {
        self.products
            .iter()
            .find_map(|product| Some((product, product.skus.iter().find(|sku| sku.id == id)?)))
    }

    fn product(&self, id: &str) -> &Product {
        self.products.iter().find(|product| product.id == id).unwrap_or(&self.products[0])
    }
}

fn line_of(draw: &mut Draw, product: &Product, quantity: i64) -> Line {
    let sold: Vec<&Sku> = product.skus.iter().filter(|sku| !sku.ended).collect();
    let sku = if sold.is_empty() { product.id.to_owned() } else { draw.one(&sold).id.clone() };
    Line { product: product.id.to_owned(), sku, quantity, paid: product.price * quantity }
}

/// Lines without regard to their prices, in any order.
pub(super) fn shape(lines: &[Line]) -> Vec<(String, i64)> {
    let mut shape: Vec<_> = lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect();
    shape.sort();
    shape
}

pub(super) fn limited(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.product == LIMITED)
}

fn drawn(draw: &mut Draw, shelf: &Shelf) -> Vec<Line> {
    let count = if draw.happens(70) { 1 } else { 1 + draw.below(3) };
    let mut lines: Vec<Line> = Vec::new();
    while lines.len() < count {
        // The gift is not sold by itself.
        let place = draw.below(shelf.products.len() - 1);
        let product = shelf.products[place].clone();
        let most = if product.limit.is_some() { 2 } else { QUANTITY_MAX };
        let quantity = if draw.happens(75) { 1 } else { 1 + i64::try_from(draw.below(most)).unwrap_or(0) };
        let line = line_of(draw, &product, quantity);
        if lines.iter().all(|known| known.product != line.product) {
            lines.push(line);
        }
    }
    lines
}

/// A basket as it is bought: with a promotion or two, and its gift.
pub(super) fn basket(draw: &mut Draw, shelf: &Shelf) -> Vec<Line> {
    let mut lines = drawn(draw, shelf);
    let off = discount(draw, total(&lines));
    share(&mut lines, off);
    give(&mut lines);
    lines
}

pub(super) fn unlimited(draw: &mut Draw, shelf: &Shelf) -> Vec<Line> {
    loop {
        let lines = basket(draw, shelf);
        if !limited(&lines) {
            return lines;
        }
    }
}

fn total(lines: &[Line]) -> i64 {
    lines.iter().map(|line| line.paid).sum()
}

/// What a buyer takes off: nearly everybody gets the reduction, some have the coupon.
fn discount(draw: &mut Draw, total: i64) -> i64 {
    let mut off = 0;
    if total >= REDUCTION.0 && draw.happens(95) {
        off += REDUCTION.1;
    }
    if draw.happens(25) {
        off += COUPON;
    }
    off
}

/// Takes an amount off the lines in proportion.
fn share(lines: &mut [Line], off: i64) {
    let whole = total(lines);
    let mut left = off;
    let count = lines.len();
    for (n, line) in lines.iter_mut().enumerate() {
        let cut = if n + 1 == count { left } else { line.paid * off / whole };
        line.paid -= cut;
        left -= cut;
    }
}

fn give(lines: &mut Vec<Line>) {
    if lines.iter().any(|line| line.product == GIVING.0) {
        let (product, sku) = ("socks".to_owned(), GIVING.1.to_owned());
        lines.push(Line { product, sku, quantity: 1, paid: 0 });
    }
}

pub(super) fn limited_line(shelf: &Shelf, quantity: i64) -> Line {
    let product = shelf.product(LIMITED);
    Line {
        product: product.id.to_owned(),
        sku: product.id.to_owned(),
        quantity,
        paid: product.price * quantity,
    }
}

pub(super) fn ended_line(draw: &mut Draw, shelf: &Shelf) -> Line {
    let ended: Vec<(&Product, &Sku)> = (shelf.products.iter())
        .filter(|product| product.id != GIVING.0)
        .flat_map(|product| product.skus.iter().filter(|sku| sku.ended).map(move |sku| (product, sku)))
        .collect();
    let (product, sku) = draw.one(&ended);
    Line { product: product.id.to_owned(), sku: sku.id.clone(), quantity: 1, paid: product.price }
}

pub(super) fn other_product(draw: &mut Draw, shelf: &Shelf) -> Line {
    let line = line_of(draw, shelf.product("tee"), 1);
    let named = *draw.one(&["coat", "shoes", "trousers", "pan"]);
    Line { product: named.to_owned(), ..line }
}

/// A price that comes of a slip: a digit less, the reduction without its threshold, yesterday's price, a coupon twice.
pub(super) fn wrong_price(draw: &mut Draw, shelf: &Shelf) -> Vec<Line> {
    loop {
        let mut lines = drawn(draw, shelf);
        let whole = total(&lines);
        let paid = match draw.below(5) {
            0 => whole / 10,
            1 => whole - REDUCTION.1 - 2_000,
            2 => whole + 2_000,
            3 => whole - 2 * COUPON,
            _ => whole / 2,
        };
        let reductions = if whole >= REDUCTION.0 { vec![0, REDUCTION.1] } else { vec![0] };
        let due = reductions.iter().flat_map(|off| [whole - off, whole - off - COUPON]);
        if paid > 0 && !due.into_iter().any(|due| due == paid) {
            share(&mut lines, whole - paid);
            give(&mut lines);
            return lines;
        }
    }
}

pub(super) fn without_gift(draw: &mut Draw, shelf: &Shelf) -> Line {
    line_of(draw, shelf.product(GIVING.0), 1)
}

/// A line of something that comes in sizes, and has no gift.
pub(super) fn sized_line(draw: &mut Draw, shelf: &Shelf) -> Line {
    let id = *draw.one(&["tee", "trousers", "coat", "shoes"]);
    line_of(draw, shelf.product(id), 1)
}
