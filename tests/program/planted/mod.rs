//! Made-up orders of one show, with mistakes planted in some of them, for which it is known what is wrong. Written before the
//! checks were measured on it, and not set to them. Names, numbers and doors are drawn at random; the places are real.
//!
//! The right ones are hard on purpose: places left out and abbreviated, promotions of all kinds, several lines and units,
//! orders of one buyer that look like duplicates and are none, and buyers who talk about sizes that they do not want.

mod goods;
mod people;
mod talk;

use livehand_kernel::Millis;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub use goods::{Shelf, shelf};
pub use people::Whom;

/// One in so many orders is wrong.
const WRONG_ONE_IN: u32 = 10;

/// What is wrong with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// The address has more than one reading, or lacks something that only the buyer knows.
    Address,
    /// Nobody can be reached on the number.
    Phone,
    /// No such SKU.
    UnknownSku,
    /// A SKU that was not sold any more.
    EndedSku,
    /// A SKU of another product than the one that is named.
    OtherProduct,
    /// A price that no offer comes to.
    Price,
    /// A promised gift is not in it.
    Gift,
    /// More than one buyer may have.
    Limit,
    /// The same order twice.
    Duplicate,
    /// The buyer said otherwise in the room.
    Said,
}

const WRONG: [Wrong; 10] = [
    Wrong::Address,
    Wrong::Phone,
    Wrong::UnknownSku,
    Wrong::EndedSku,
    Wrong::OtherProduct,
    Wrong::Price,
    Wrong::Gift,
    Wrong::Limit,
    Wrong::Duplicate,
    Wrong::Said,
];

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The product that is named.
    pub product: String,
    /// The SKU.
    pub sku: String,
    /// Units.
    pub quantity: i64,
    /// What is paid for all of them, fen.
    pub paid: i64,
}

/// A made-up order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number.
    pub number: String,
    /// The platform's id of the buyer.
    pub buyer: String,
    /// When it was placed, ms.
    pub at: i64,
    /// Whether it is paid.
    pub paid: bool,
    /// Its lines.
    pub lines: Vec<Line>,
    /// To whom it goes.
    pub whom: Whom,
    /// What is wrong with it.
    pub wrong: Option<Wrong>,
}

/// A comment in the room.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Who wrote it.
    pub viewer: String,
    /// When, ms.
    pub at: i64,
    /// The text.
    pub text: String,
}

/// A show's worth of orders and comments.
#[derive(Debug, Default)]
pub struct Planted {
    /// The orders.
    pub orders: Vec<Order>,
    /// What their buyers said in the room.
    pub comments: Vec<Comment>,
}

/// Draws things.
struct Draw {
    rng: ChaCha8Rng,
    numbers: u64,
}

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.rng.random_range(0..end.max(1))
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        self.rng.random_range(from..=to)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = self.below(of.len());
        &of[place]
    }

    /// Whether it happens, in so many of a hundred.
    fn happens(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100_u32) < percent
    }

    fn number(&mut self) -> String {
        self.numbers += 1;
        format!("69179267{:010}", self.numbers)
    }
}

/// Draws about so many orders of a show, placed in whole seconds from `from` to `to`, ms. The same seed draws the same ones.
pub fn planted(seed: u64, orders: usize, from: i64, to: i64) -> Planted {
    let mut draw = Draw { rng: ChaCha8Rng::seed_from_u64(seed), numbers: 0 };
    let shelf = shelf();
    let mut planted = Planted::default();
    let mut turn = 0;
    while planted.orders.len() < orders {
        let buyer = format!("b{}", planted.orders.len());
        // Early enough for everything that follows it to be within the time.
        let at = draw.between(from / 1_000, (to / 1_000 - 2).max(from / 1_000)) * 1_000;
        let whom = people::whom(&mut draw);
        if draw.rng.random_range(0..WRONG_ONE_IN) == 0 {
            let wrong = WRONG[turn % WRONG.len()];
            turn += 1;
            plant(&mut draw, &shelf, &mut planted, wrong, (buyer, at, whom));
        } else {
            right(&mut draw, &shelf, &mut planted, (buyer, at, whom));
        }
    }
    planted
}

type Who = (String, i64, Whom);

fn order(draw: &mut Draw, lines: Vec<Line>, (buyer, at, whom): Who) -> Order {
    Order { number: draw.number(), buyer, at, paid: true, lines, whom, wrong: None }
}

/// A right order, and what often comes with one.
fn right(draw: &mut Draw, shelf: &Shelf, planted: &mut Planted, who: Who) {
    let lines = goods::basket(draw, shelf);
    let first = order(draw, lines, who);
    talk::beside(draw, shelf, planted, &first);
    let more = draw.below(100);
    match more {
        // Another thing a moment later.
        0..=5 => {
            let lines = goods::basket(draw, shelf);
            if goods::shape(&lines) != goods::shape(&first.lines) && !goods::limited(&lines) {
                let who = (first.buyer.clone(), first.at + 1_000, first.whom.clone());
                let second = order(draw, lines, who);
                planted.orders.push(second);
            }
        }
        // The same for somebody else.
        6..=8 if !goods::limited(&first.lines) => {
            let whom =
                Whom { name: first.whom.name.clone(), phone: first.whom.phone.clone(), ..people::whom(draw) };
            if whom.is_clear() && first.whom.is_clear() {
                let who = (first.buyer.clone(), first.at + 1_000, whom);
                let second = order(draw, first.lines.clone(), who);
                planted.orders.push(second);
            }
        }
        // The same that was not paid the first time.
        9..=10 => {
            let who = (first.buyer.clone(), (first.at - 1_000).max(0), first.whom.clone());
            let mut unpaid = order(draw, first.lines.clone(), who);
            unpaid.paid = false;
            planted.orders.push(unpaid);
        }
        // Two of what two are allowed of.
        11..=12 => {
            let who = (format!("{}-l", first.buyer), first.at, people::whom(draw));
            let one = order(draw, vec![goods::limited_line(shelf, 1)], who);
            let mut two = one.clone();
            two.number = draw.number();
            two.at += 1_000;
            two.whom = people::elsewhere(draw, &one.whom);
            if one.whom.is_clear() && two.whom.is_clear() {
                planted.orders.extend([one, two]);
            }
        }
        _ => {}
    }
    planted.orders.push(first);
}

/// An order with a mistake.
fn plant(draw: &mut Draw, shelf: &Shelf, planted: &mut Planted, wrong: Wrong, who: Who) {
    let lines = goods::basket(draw, shelf);
    let mut made = order(draw, lines, who);
    match wrong {
        Wrong::Address => made.whom = people::wrong_address(draw),
        Wrong::Phone => made.whom = people::wrong_phone(draw),
        Wrong::UnknownSku => made.lines[0].sku = format!("x-{}", draw.below(100_000)),
        Wrong::EndedSku => made.lines = vec![goods::ended_line(draw, shelf)],
        Wrong::OtherProduct => made.lines = vec![goods::other_product(draw, shelf)],
        Wrong::Price => made.lines = goods::wrong_price(draw, shelf),
        Wrong::Gift => made.lines = vec![goods::without_gift(draw, shelf)],
        Wrong::Limit => {
            if draw.happens(50) {
                made.lines = vec![goods::limited_line(shelf, 3)];
            } else {
                made.lines = vec![goods::limited_line(shelf, 2)];
                let mut before = made.clone();
                before.number = draw.number();
                before.lines = vec![goods::limited_line(shelf, 1)];
                made.at += 1_000;
                planted.orders.push(before);
            }
        }
        Wrong::Duplicate => {
            made.lines = goods::unlimited(draw, shelf);
            let mut first = made.clone();
            first.number = draw.number();
            made.at += 1_000;
            planted.orders.push(first);
        }
        Wrong::Said => {
            made.lines = vec![goods::sized_line(draw, shelf)];
            talk::otherwise(draw, shelf, planted, &made);
        }
    }
    made.wrong = Some(wrong);
    planted.orders.push(made);
}

impl Planted {
    /// The orders as a shop exports them, in files of so many.
    pub fn exports(&self, orders: usize) -> Vec<String> {
        self.orders.chunks(orders).map(export).collect()
    }

    /// The comments as events of a show.
    pub fn events(&self) -> String {
        let line = |(n, it): (usize, &Comment)| {
            let event = serde_json::json!({
                "id": format!("c{n}"), "at": it.at, "type": "comment", "user": it.viewer, "text": it.text,
            });
            format!("{event}\n")
        };
        self.comments.iter().enumerate().map(line).collect()
    }
}

fn export(orders: &[Order]) -> String {
    let mut text = String::from(
        "主订单编号,子订单编号,商品ID,商家编码,商品数量,订单应付金额,订单提交时间,支付完成时间,订单状态,售后状态,\
         收件人,收件人手机号,省,市,区,街道,详细地址,买家ID\n",
    );
    for order in orders {
        let at = clock(order.at);
        let (paid, state) = if order.paid { (at.as_str(), "待发货") } else { ("-", "待支付") };
        for (n, line) in order.lines.iter().enumerate() {
            let whom = &order.whom;
            let cells = [
                order.number.clone(),
                format!("{}{n:02}", order.number),
                line.product.clone(),
                line.sku.clone(),
                line.quantity.to_string(),
                format!("{}.{:02}", line.paid / 100, line.paid % 100),
                at.clone(),
                paid.to_owned(),
                state.to_owned(),
                "-".to_owned(),
                whom.name.clone(),
                whom.phone.clone(),
                whom.province.clone(),
                whom.city.clone(),
                whom.county.clone(),
                whom.town.clone(),
                whom.detail.clone(),
                order.buyer.clone(),
            ];
            text.push_str(&cells.map(|cell| cell.replace(',', "，")).join(","));
            text.push('\n');
        }
    }
    text
}

/// A time as exports write it, on Chinese clocks.
fn clock(at: i64) -> String {
    let text = Millis(at + 8 * 3_600_000).to_rfc3339();
    let (date, time) = text.split_once('T').unwrap_or((&text, "00:00:00"));
    format!("{date} {}", time.get(..8).unwrap_or("00:00:00"))
}
