//! A made-up year of a shop's orders: what happens to each, and how it is told. All of it is synthetic; the names belong to
//! nobody and the numbers are not known to be anybody's.

use anyhow::{Context, Result};
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use serde_json::{Value, json};

/// A day, ms.
pub const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
const PRODUCTS: usize = 40;

const SURNAMES: &[&str] =
    &["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "欧阳", "司马", "诸葛"];
const GIVEN: &[&str] = &[
    "雪融", "子涵", "建国", "丽", "伟", "秀英", "思远", "晓彤", "一鸣", "海燕", "梦洁", "志强", "佳", "文博",
];
/// Province, city, county.
const PLACES: &[[&str; 3]] = &[
    ["浙江省", "杭州市", "余杭区"],
    ["浙江省", "宁波市", "鄞州区"],
    ["广东省", "深圳市", "南山区"],
    ["广东省", "佛山市", "顺德区"],
    ["江苏省", "苏州市", "昆山市"],
    ["四川省", "成都市", "武侯区"],
    ["湖北省", "武汉市", "洪山区"],
    ["山东省", "青岛市", "市北区"],
    ["河南省", "郑州市", "金水区"],
    ["陕西省", "西安市", "雁塔区"],
    ["福建省", "厦门市", "思明区"],
    ["湖南省", "长沙市", "岳麓区"],
    ["辽宁省", "沈阳市", "和平区"],
    ["云南省", "昆明市", "五华区"],
    ["安徽省", "合肥市", "蜀山区"],
];
const ROADS: &[&str] =
    &["人民路", "文一西路", "中山北路", "建设大道", "学院路", "长江东路", "新华街", "解放路"];

/// Where an order ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was never paid.
    Closed,
    /// It was received.
    Completed,
    /// The money went back before it left.
    RefundedBefore,
    /// The money went back after it was received.
    RefundedAfter,
}

/// One order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number.
    pub number: String,
    /// When it was placed, ms.
    pub at: i64,
    /// Where it ends.
    pub end: End,
    /// Whether the platform tells of it as it happens; otherwise it stands in the exports of the nights.
    pub live: bool,
    product: usize,
    units: i64,
    name: String,
    phone: String,
    place: [&'static str; 3],
    street: String,
}

/// The id of a product.
pub fn product(number: usize) -> Value {
    json!({ "id": format!("p{number:02}"), "name": format!("合成商品{number}"), "price_fen": price(number), "link_number": number + 1 })
}

/// The numbers of the products.
pub fn products() -> std::ops::Range<usize> {
    0..PRODUCTS
}

fn price(product: usize) -> i64 {
    1_990 + 700 * i64::try_from(product).unwrap_or(0)
}

impl Order {
    /// The order with this place in the year that begins at `start`, of `days`.
    pub fn random(place: usize, of: usize, start: i64, days: i64, live: u32, random: &mut impl Rng) -> Self {
        let length = days * DAY_MS;
        let share = i64::try_from(place).unwrap_or(0) * length / i64::try_from(of.max(1)).unwrap_or(1);
        let end = match random.random_range(0..100) {
            0..8 => End::Closed,
            8..13 => End::RefundedBefore,
            13..17 => End::RefundedAfter,
            _ => End::Completed,
        };
        let pick =
            |words: &'static [&'static str], random: &mut _| words.choose(random).copied().unwrap_or("王");
        let name = format!("{}{}", pick(SURNAMES, random), pick(GIVEN, random));
        let street = format!(
            "{}{}号{}幢{}室",
            pick(ROADS, random),
            random.random_range(1..1_500),
            random.random_range(1..40),
            random.random_range(1..30) * 100 + random.random_range(1..5)
        );
        Self {
            // Numbers of platforms have nineteen digits and grow with time.
            number: (6_910_000_000_000_000_000_u64 + u64::try_from(place).unwrap_or(0) * 7_919).to_string(),
            at: start + share,
            end,
            live: random.random_range(0..100) < live,
            product: random.random_range(products()),
            units: random.random_range(1..4),
            name,
            phone: format!("138{:08}", random.random_range(0..100_000_000)),
            place: PLACES.choose(random).copied().unwrap_or(["浙江省", "杭州市", "余杭区"]),
            street,
        }
    }

    /// What was paid, fen.
    pub fn paid(&self) -> i64 {
        price(self.product) * self.units
    }

    /// The state in which it ends.
    pub fn state(&self) -> &'static str {
        match self.end {
            End::Closed => "closed",
            End::Completed => "completed",
            End::RefundedBefore | End::RefundedAfter => "refunded",
        }
    }

    /// Whether it is paid once.
    pub fn is_paid(&self) -> bool {
        self.end != End::Closed
    }

    /// When each of its states comes, ms after it was placed.
    fn steps(&self) -> &'static [(&'static str, i64)] {
        match self.end {
            End::Closed => &[("created", 0), ("closed", HOUR_MS / 4)],
            End::RefundedBefore => &[("created", 0), ("paid", 60_000), ("refunded", 2 * HOUR_MS)],
            End::Completed => {
                &[("created", 0), ("paid", 60_000), ("shipped", 20 * HOUR_MS), ("completed", 4 * DAY_MS)]
            }
            End::RefundedAfter => &[
                ("created", 0),
                ("paid", 60_000),
                ("shipped", 20 * HOUR_MS),
                ("completed", 4 * DAY_MS),
                ("refunded", 6 * DAY_MS),
            ],
        }
    }

    /// What the platform sends, with the id of each delivery.
    pub fn notices(&self) -> Vec<(String, Value)> {
        let notice = |(state, after): &(&str, i64)| {
            let mut notice =
                json!({ "platform": "douyin", "number": self.number, "state": state, "at": self.at + after });
            if let (Some(fields), "created") = (notice.as_object_mut(), *state) {
                let line = json!({ "sku": format!("p{:02}", self.product), "quantity": self.units, "paid_fen": self.paid() });
                fields.insert("lines".to_owned(), json!([line]));
                let recipient = json!({ "name": self.name, "phone": self.phone, "region": self.place.concat(),
                    "address": self.street });
                fields.insert("recipient".to_owned(), recipient);
            }
            (format!("{}-{state}", self.number), notice)
        };
        self.steps().iter().map(notice).collect()
    }

    /// Its row in an export that is made at `at`; absent if nothing happened to it yet.
    fn row(&self, at: i64) -> Result<Option<String>> {
        let Some((state, _)) = self.steps().iter().rev().find(|(_, after)| self.at + after <= at) else {
            return Ok(None);
        };
        let time = |name: &str| -> Result<String> {
            let found = self.steps().iter().find(|(state, after)| *state == name && self.at + after <= at);
            found.map_or(Ok("-".to_owned()), |(_, after)| shanghai(self.at + after))
        };
        let refunded = *state == "refunded";
        let status = match (*state, self.end) {
            ("created", _) => "待支付",
            ("closed", _) | ("refunded", End::RefundedBefore) => "已关闭",
            ("paid", _) => "待发货",
            ("shipped", _) => "已发货",
            _ => "已完成",
        };
        let (yuan, fen) = (self.paid() / 100, self.paid() % 100);
        let [province, city, county] = self.place;
        Ok(Some(format!(
            "\"\t{}\",-,p{:02},-,{},{yuan}.{fen:02},{},{},{},{},{status},{},{},{},{province},{city},{county},{}\n",
            self.number,
            self.product,
            self.units,
            time("created")?,
            time("paid")?,
            time("shipped")?,
            time("completed")?,
            if refunded { "退款成功" } else { "-" },
            self.name,
            self.phone,
            self.street
        )))
    }
}

/// An export of these orders as it is made at `at`: a CSV file with a byte order mark, as shops get it.
///
/// # Errors
/// A time that is no date.
pub fn export<'a>(orders: impl Iterator<Item = &'a Order>, at: i64) -> Result<String> {
    let mut file = "\u{feff}主订单编号,子订单编号,商品ID,商家编码,商品数量,订单应付金额,订单提交时间,支付完成时间,发货时间,\
        订单完成时间,订单状态,售后状态,收件人,收件人手机号,省,市,区,详细地址\n"
        .to_owned();
    for order in orders {
        if let Some(row) = order.row(at)? {
            file.push_str(&row);
        }
    }
    Ok(file)
}

fn shanghai(ms: i64) -> Result<String> {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let at = jiff::Timestamp::from_millisecond(ms).context("no date")?;
    Ok(at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string())
}
