//! The values that have parts, and those of them that are no lists.

use livehand_kernel::{Fen, Millis, Phrase, SkuId};
use serde::{Deserialize, Serialize};

use super::super::lists::at_most;
use super::{Shape, Wrong, half_width, items, part, time};

/// Longest time until something is sent, in hours: ninety days of a presale.
const SHIPPING_HOURS_MAX: i64 = 90 * 24;

/// What comes with a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// Which SKU it is, if it is one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<SkuId>,
}

/// A paper without which something may not be sold, or said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    /// What kind of paper.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// Until when it holds; absent if for good.
    #[serde(default)]
    pub valid_until: Option<Millis>,
    /// Where it can be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What speaks for a product (FAB).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SellingPoint {
    /// What it has.
    pub feature: String,
    /// What that does.
    #[serde(default)]
    pub advantage: String,
    /// What the buyer has of it.
    #[serde(default)]
    pub benefit: String,
}

/// A stretch of time; its end is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// When it begins.
    pub from: Millis,
    /// When it ends.
    pub to: Millis,
}

impl Window {
    /// As a cell.
    pub fn show(&self) -> String {
        format!("{}~{}", time::shown_moment(self.from), time::shown_end(self.to))
    }
}

/// A price that somebody paid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaidPrice {
    /// When.
    pub at: Millis,
    /// How much, fen.
    pub price: Fen,
}

/// When something is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shipping {
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Within how many hours.
    pub within_hours: i64,
    /// Where to it is not sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
}

/// Who tried a product before recommending it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Who.
    pub by: String,
    /// When.
    pub at: Millis,
    /// What they say of it.
    #[serde(default)]
    pub note: String,
}

/// Sizes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeChart {
    /// What is measured.
    pub columns: Vec<String>,
    /// One row for each size.
    pub rows: Vec<Vec<String>>,
}

impl Shape for Shipping {
    const CODE: &'static str = "shipping_promise";

    fn expected() -> Phrase {
        Phrase::new(
            "within how many hours or days, such as 48小时;仓:杭州;快递:顺丰;不发:新疆、西藏",
            "发货时限，例如 48小时;仓:杭州;快递:顺丰;不发:新疆、西藏",
        )
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        let mut shipping = Shipping::default();
        for item in items(&half_width(text), &[]) {
            match item.split_once(':') {
                Some(("仓" | "仓库" | "发货仓", value)) => {
                    shipping.warehouse = Some(value.trim().to_owned())
                }
                Some(("快递" | "物流", value)) => shipping.carrier = Some(value.trim().to_owned()),
                Some(("不发" | "不发货" | "不发地区" | "不发区域", value)) => {
                    shipping.excluded = items(value, &['、', ',', ' ']);
                }
                _ => shipping.within_hours = hours(&item).ok_or_else(|| Self::wrong(text))?,
            }
        }
        Ok(shipping)
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        if !(1..=SHIPPING_HOURS_MAX).contains(&self.within_hours) {
            return Err(Self::wrong(self.within_hours.to_string()));
        }
        for text in [&mut self.warehouse, &mut self.carrier] {
            if let Some(found) = text.take().filter(|text| !text.is_empty()) {
                *text = Some(part(&found, &[]).ok_or_else(|| Self::wrong(found))?);
            }
        }
        at_most(self.excluded.len(), 50)?;
        for place in &self.excluded {
            if part(place, &['、', ',', ' ']).is_none_or(|place| place.is_empty()) {
                return Err(Self::wrong(place));
            }
        }
        Ok(true)
    }

    fn show(&self) -> String {
        let mut text = format!("{}小时", self.within_hours);
        for (name, value) in [("仓", &self.warehouse), ("快递", &self.carrier)] {
            if let Some(value) = value {
                text += &format!(";{name}:{value}");
            }
        }
        if !self.excluded.is_empty() {
            text += &format!(";不发:{}", self.excluded.join("、"));
        }
        text
    }
}

/// The hours of `48小时内发货`, `2天` or `48h`.
fn hours(text: &str) -> Option<i64> {
    let start = text.find(|char: char| char.is_ascii_digit())?;
    let rest = text.get(start..)?;
    let length = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, unit) = rest.split_at_checked(length)?;
    let number = digits.parse::<i64>().ok()?;
    let unit = unit.trim().to_lowercase();
    match unit.chars().next() {
        Some('小' | 'h') => Some(number),
        Some('天' | '日') => number.checked_mul(24),
        _ => None,
    }
}

impl Shape for Trial {
    const CODE: &'static str = "trial_record";

    fn expected() -> Phrase {
        Phrase::new(
            "who, when and what they say, such as 小林 2026-06-01 用了两周",
            "试用人 日期 记录，例如 小林 2026-06-01 用了两周",
        )
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        let mut words = text.splitn(3, char::is_whitespace);
        let (by, day) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut note = words.next().unwrap_or_default().trim();
        let mut moment = time::moment(day);
        let (clock, rest) = note.split_once(' ').unwrap_or((note, ""));
        if clock.contains(':')
            && let Some(exact) = time::moment(&format!("{day} {clock}"))
        {
            (moment, note) = (Some(exact), rest);
        }
        let (at, _) = moment.ok_or_else(|| Self::wrong(text))?;
        Ok(Trial { by: by.to_owned(), at, note: note.to_owned() })
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        let by = part(&self.by, &[' ']).filter(|by| !by.is_empty());
        self.by = by.ok_or_else(|| Self::wrong(&self.by))?;
        self.note = part(&self.note, &[]).ok_or_else(|| Self::wrong(&self.note))?;
        Ok(true)
    }

    fn show(&self) -> String {
        let at = time::shown_moment(self.at);
        let at = at.strip_suffix(" 00:00").unwrap_or(&at);
        format!("{} {at} {}", self.by, self.note).trim_end().to_owned()
    }
}

impl Shape for SizeChart {
    const CODE: &'static str = "size_chart";

    fn expected() -> Phrase {
        Phrase::new(
            "a line of names and one for each size, such as 尺码,胸围;S,90;M,95",
            "一行表头，每个尺码一行，例如 尺码,胸围;S,90;M,95",
        )
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        let cells =
            |line: &String| line.split([',', '，', '\t', '|']).map(|cell| cell.trim().to_owned()).collect();
        let mut lines = items(text, &[]).iter().map(cells).collect::<Vec<Vec<String>>>().into_iter();
        Ok(SizeChart { columns: lines.next().unwrap_or_default(), rows: lines.collect() })
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        at_most(self.columns.len(), 20)?;
        at_most(self.rows.len(), 50)?;
        let width = self.columns.len();
        let separators = [',', '，', '\t', '|'];
        let named =
            self.columns.iter().all(|cell| part(cell, &separators).is_some_and(|cell| !cell.is_empty()));
        let filled = |row: &Vec<String>| row.len() == width && row.iter().any(|cell| !cell.is_empty());
        let clean = self.rows.iter().flatten().all(|cell| part(cell, &separators).is_some());
        if width > 0 && named && clean && !self.rows.is_empty() && self.rows.iter().all(filled) {
            return Ok(true);
        }
        Err(Self::wrong(self.show()))
    }

    fn show(&self) -> String {
        let lines = std::iter::once(&self.columns).chain(&self.rows);
        lines.map(|cells| cells.join(",")).collect::<Vec<_>>().join(";")
    }
}
