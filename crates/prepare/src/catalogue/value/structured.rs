//! Values that have parts: gifts, papers, selling points, windows. Each is read from a cell, checked, and written as one.

use livehand_kernel::{Fen, Millis, Phrase, SkuId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::lists::{at_most, plain};
use super::{Kind, Unit, Wrong, number, shown_json, time};
use crate::catalogue::text::{half_width, items};

mod shapes;
pub use shapes::{Gift, PaidPrice, Qualification, SellingPoint, Shipping, SizeChart, Trial, Window};

/// A value with parts.
trait Shape: Serialize + DeserializeOwned {
    /// Stable code of what is wrong with a cell that cannot be read.
    const CODE: &'static str;
    /// What a cell looks like.
    fn expected() -> Phrase;
    /// Reads a cell.
    fn read(text: &str) -> Result<Self, Wrong>;
    /// Checks and tidies what was read or sent; false if it says nothing.
    fn check(&mut self) -> Result<bool, Wrong>;
    /// As a cell.
    fn show(&self) -> String;

    /// What is wrong with a cell or part that cannot be read.
    fn wrong(found: impl Into<String>) -> Wrong {
        Wrong::error(Self::CODE, Self::expected(), found)
    }
}

macro_rules! by_kind {
    ($kind:expr, $do:ident ( $($arg:expr),* ), $other:expr) => {
        match $kind {
            Kind::SizeChart => $do::<SizeChart>($($arg),*),
            Kind::SellingPoints => $do::<Vec<SellingPoint>>($($arg),*),
            Kind::Qualifications => $do::<Vec<Qualification>>($($arg),*),
            Kind::Gifts => $do::<Vec<Gift>>($($arg),*),
            Kind::Shipping => $do::<Shipping>($($arg),*),
            Kind::Trial => $do::<Trial>($($arg),*),
            Kind::Windows => $do::<Vec<Window>>($($arg),*),
            Kind::PaidPrices => $do::<Vec<PaidPrice>>($($arg),*),
            _ => $other,
        }
    };
}

/// Reads a cell of a kind with parts.
pub(super) fn read(kind: Kind, text: &str) -> Result<Json, Wrong> {
    fn cell<T: Shape>(text: &str) -> Result<Json, Wrong> {
        serde_json::to_value(T::read(text)?).map_err(|_| T::wrong(text))
    }
    by_kind!(kind, cell(text), Ok(Json::Null))
}

/// Checks a value of a kind with parts that came as JSON.
pub(super) fn checked(kind: Kind, value: Json) -> Result<Json, Wrong> {
    fn json<T: Shape>(value: Json) -> Result<Json, Wrong> {
        let shown = shown_json(&value);
        let mut shape: T = serde_json::from_value(value).map_err(|error| T::wrong(error.to_string()))?;
        if !shape.check()? {
            return Ok(Json::Null);
        }
        serde_json::to_value(shape).map_err(|_| T::wrong(shown))
    }
    by_kind!(kind, json(value), Ok(Json::Null))
}

/// A value of a kind with parts as a cell.
pub(super) fn shown(kind: Kind, value: &Json) -> String {
    fn cell<T: Shape>(value: &Json) -> String {
        serde_json::from_value::<T>(value.clone()).map(|shape| shape.show()).unwrap_or_default()
    }
    by_kind!(kind, cell(value), String::new())
}

/// A value that was checked before, with its parts; nothing if it is null or damaged.
pub(crate) fn parsed<T: DeserializeOwned + Default>(value: &Json) -> T {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

/// A part of a value: one line without separators.
fn part(text: &str, separators: &[char]) -> Option<String> {
    plain(&Json::String(text.to_owned())).filter(|text| !text.contains(separators))
}

impl Shape for Vec<Gift> {
    const CODE: &'static str = "gifts";

    fn expected() -> Phrase {
        Phrase::new(
            "gifts with name and quantity, such as 袜子x2; one of ours with its code: 面霜[MY-LX]x1",
            "赠品品名和数量，例如 袜子x2；送本店商品写编码：面霜[MY-LX]x1",
        )
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        items(text, &['+', '、']).iter().map(|item| gift(item)).collect()
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        at_most(self.len(), 20)?;
        for gift in self.iter_mut() {
            let name = part(&gift.name, &['[', ']']).filter(|name| !name.is_empty());
            gift.name = name.ok_or_else(|| Self::wrong(&gift.name))?;
            if !(1..=9_999).contains(&gift.quantity) {
                return Err(without_quantity(&gift.name));
            }
        }
        Ok(!self.is_empty())
    }

    fn show(&self) -> String {
        let shown = self.iter().map(|gift| {
            let sku = gift.sku.as_ref().map(|sku| format!("[{sku}]")).unwrap_or_default();
            format!("{}{sku}x{}", gift.name, gift.quantity)
        });
        ended(shown.collect())
    }
}

/// A list behind whose items a semicolon stands, so that whatever else is in them does not take them apart.
fn ended(shown: Vec<String>) -> String {
    let mut text = shown.join(";");
    if shown.len() == 1 && text.contains(['+', '、']) {
        text.push(';');
    }
    text
}

fn without_quantity(name: &str) -> Wrong {
    let expected = Phrase::new(
        format!("the gift with its quantity, such as {name}x1"),
        format!("赠品须写数量，例如 {name}x1"),
    );
    Wrong::error("gift_without_quantity", expected, name)
}

fn gift(item: &str) -> Result<Gift, Wrong> {
    let folded = half_width(item);
    let bare =
        folded.trim_end_matches(['个', '件', '份', '只', '片', '双', '包', '盒', '瓶', '支', '条', '张']);
    let split = bare.rsplit_once(['x', 'X', '*', '×']);
    let counted = split.and_then(|(name, count)| Some((name.trim(), count.trim().parse::<i64>().ok()?)));
    let Some((named, quantity)) = counted else { return Err(without_quantity(&folded)) };
    let (name, sku) = match named.split_once('[') {
        Some((name, code)) => (name.trim(), Some(SkuId(code.trim_end_matches(']').trim().to_owned()))),
        None => (named, None),
    };
    Ok(Gift { name: name.to_owned(), quantity, sku: sku.filter(|sku| !sku.0.is_empty()) })
}

impl Shape for Vec<Qualification> {
    const CODE: &'static str = "qualifications";

    fn expected() -> Phrase {
        Phrase::new(
            "kind:number:valid until, such as 质检报告:QJ2026-0014:2027-03-31",
            "类型:编号:有效期，例如 质检报告:QJ2026-0014:2027-03-31",
        )
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        let one = |item: &String| {
            let mut parts = item.splitn(4, [':', '：', '|']).map(str::trim);
            let (kind, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let until =
                parts.next().unwrap_or_default().trim_start_matches("有效期至").trim_start_matches('至');
            let valid_until = match until {
                "" | "长期" => None,
                text => Some(
                    time::moment(text)
                        .map(|(at, day)| if day { time::end_of_day(at) } else { at })
                        .ok_or_else(|| Self::wrong(item))?,
                ),
            };
            let evidence = parts.next().filter(|text| !text.is_empty()).map(str::to_owned);
            Ok(Qualification { kind: kind.to_owned(), number: number.to_owned(), valid_until, evidence })
        };
        items(text, &['、']).iter().map(one).collect()
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        at_most(self.len(), 20)?;
        for paper in self.iter_mut() {
            let (kind, number) =
                (part(&paper.kind, &[':', '：', '|']), part(&paper.number, &[':', '：', '|']));
            let named = |text: Option<String>| text.filter(|text| !text.is_empty());
            paper.kind = named(kind).ok_or_else(|| Self::wrong(&paper.kind))?;
            paper.number = named(number).ok_or_else(|| Self::wrong(&paper.kind))?;
            paper.evidence = paper.evidence.take().filter(|text| !text.is_empty());
            if paper.evidence.as_deref().is_some_and(|text| part(text, &[]).is_none()) {
                return Err(Self::wrong(&paper.number));
            }
        }
        Ok(!self.is_empty())
    }

    fn show(&self) -> String {
        let shown = self.iter().map(|paper| {
            let until = paper.valid_until.map(time::shown_day).unwrap_or_default();
            let text = format!(
                "{}:{}:{until}:{}",
                paper.kind,
                paper.number,
                paper.evidence.as_deref().unwrap_or_default()
            );
            text.trim_end_matches(':').to_owned()
        });
        ended(shown.collect())
    }
}

impl Shape for Vec<SellingPoint> {
    const CODE: &'static str = "selling_points";

    fn expected() -> Phrase {
        Phrase::new("feature→advantage→benefit, several with ;", "特征→优势→利益，多条用分号隔开")
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        let one = |item: &String| {
            let arrows = item.replace("->", "→").replace("=>", "→").replace('⇒', "→");
            let mut parts = arrows.splitn(3, '→').map(|part| part.trim().to_owned());
            let mut next = || parts.next().unwrap_or_default();
            SellingPoint { feature: next(), advantage: next(), benefit: next() }
        };
        Ok(items(text, &[]).iter().map(one).collect())
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        at_most(self.len(), 20)?;
        for point in self.iter_mut() {
            for text in [&mut point.feature, &mut point.advantage, &mut point.benefit] {
                *text = part(text, &['→']).ok_or_else(|| Self::wrong(text.as_str()))?;
            }
            if point.feature.is_empty() {
                return Err(Self::wrong(format!("→{}→{}", point.advantage, point.benefit)));
            }
        }
        Ok(!self.is_empty())
    }

    fn show(&self) -> String {
        let shown = self.iter().map(|point| {
            let text = format!("{}→{}→{}", point.feature, point.advantage, point.benefit);
            text.trim_end_matches('→').to_owned()
        });
        shown.collect::<Vec<_>>().join(";")
    }
}

impl Shape for Vec<Window> {
    const CODE: &'static str = "windows";

    fn expected() -> Phrase {
        Phrase::new(
            "from~to, such as 2026-06-16 20:00~2026-06-18 24:00",
            "起~止，例如 2026-06-16 20:00~2026-06-18 24:00",
        )
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        let one = |item: &String| {
            let (from, to) = item.split_once(['~', '～', '至']).ok_or_else(|| Self::wrong(item))?;
            let (from, to) = (time::moment(from), time::moment(to));
            let (Some((from, _)), Some((to, day))) = (from, to) else { return Err(Self::wrong(item)) };
            Ok(Window { from, to: if day { time::end_of_day(to).plus(1) } else { to } })
        };
        items(&half_width(text), &['、']).iter().map(one).collect()
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        at_most(self.len(), 50)?;
        self.sort();
        for window in self.iter() {
            if window.from >= window.to {
                let expected = Phrase::new("a window that ends after it begins", "结束时间晚于开始时间");
                return Err(Wrong::error("window_empty", expected, window.show()));
            }
        }
        for (first, second) in self.iter().zip(self.iter().skip(1)) {
            if second.from < first.to {
                let expected = Phrase::new("windows that do not overlap", "互不重叠的时段");
                let both = Window { from: second.from, to: first.to.min(second.to) };
                let found = Phrase::new(
                    format!("{} and {} overlap: {}", first.show(), second.show(), both.show()),
                    format!("{} 与 {} 重叠：{}", first.show(), second.show(), both.show()),
                );
                return Err(Wrong::error("windows_overlap", expected, "").finding(found));
            }
        }
        Ok(!self.is_empty())
    }

    fn show(&self) -> String {
        self.iter().map(Window::show).collect::<Vec<_>>().join(";")
    }
}

impl Shape for Vec<PaidPrice> {
    const CODE: &'static str = "paid_prices";

    fn expected() -> Phrase {
        Phrase::new(
            "day:price, such as 2026-05-20:129.00;2026-06-01:119.00",
            "日期:价格，例如 2026-05-20:129.00;2026-06-01:119.00",
        )
    }

    fn read(text: &str) -> Result<Self, Wrong> {
        let one = |item: &String| {
            let (day, price) = item.rsplit_once([':', '：', '=']).ok_or_else(|| Self::wrong(item))?;
            let (at, _) = time::moment(day).ok_or_else(|| Self::wrong(item))?;
            Ok(PaidPrice { at, price: Fen(number::money(&half_width(price), Unit::Yuan)?) })
        };
        items(text, &['、', ',', '，']).iter().map(one).collect()
    }

    fn check(&mut self) -> Result<bool, Wrong> {
        at_most(self.len(), 400)?;
        self.sort();
        for paid in self.iter() {
            number::checked_money(&Json::from(paid.price.0))?;
        }
        Ok(!self.is_empty())
    }

    fn show(&self) -> String {
        let day = |at: Millis| {
            let shown = time::shown_moment(at);
            shown.strip_suffix(" 00:00").map_or(shown.clone(), str::to_owned)
        };
        self.iter().map(|paid| format!("{}:{}", day(paid.at), paid.price)).collect::<Vec<_>>().join(";")
    }
}
