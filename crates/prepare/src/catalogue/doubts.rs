//! Prices that look like slips: a digit too few or too many, fen for yuan, below the floor or the cost. Also papers that have
//! run out, and gifts that give one another.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::{Fen, Millis, Phrase, ProductId, SkuId};
use serde_json::Value as Json;

use super::fault::Wrong;
use super::known::{Catalogue, KnownProduct};
use super::value::{Gift, PaidPrice, Qualification, Window, parsed, shown_day};

/// A price that is eight times another, or an eighth of it, is probably a digit off: that covers a ten-fold slip of a price
/// that was lowered a little at the same time.
const FACTOR_OFF: i64 = 8;
/// From so many times on, an amount is taken for fen if it makes sense as that.
const FACTOR_FEN: i64 = 20;

/// The prices of a SKU, or of a product that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// What it costs us.
    pub cost: Option<Fen>,
    /// What it usually costs.
    pub daily: Option<Fen>,
    /// What it costs in the show.
    pub live: Option<Fen>,
    /// What it may never be sold below.
    pub floor: Option<Fen>,
    /// What is struck through.
    pub list: Option<Fen>,
    /// What was paid last, by the ledger.
    pub paid: Option<Fen>,
}

impl Prices {
    /// The prices that hold for a SKU; the last paid one only as far as the facts tell.
    pub fn of(product: &KnownProduct, sku: Option<&SkuId>) -> Self {
        let fen = |field: &str| product.value_for(sku, field).and_then(Json::as_i64).map(Fen);
        let paid: Vec<PaidPrice> = product.value_for(sku, "price_history").map(parsed).unwrap_or_default();
        Self {
            cost: fen("cost_price"),
            daily: fen("daily_price"),
            live: fen("live_price"),
            floor: fen("floor_price"),
            list: fen("list_price"),
            paid: paid.last().map(|paid| paid.price),
        }
    }

    /// Another price in the place of one.
    pub fn set(&mut self, field: &str, fen: Option<Fen>) {
        match field {
            "cost_price" => self.cost = fen,
            "daily_price" => self.daily = fen,
            "live_price" => self.live = fen,
            "floor_price" => self.floor = fen,
            "list_price" => self.list = fen,
            _ => {}
        }
    }

    /// What looks wrong about one of the prices, the worst only.
    pub fn doubt(&self, field: &str) -> Option<Wrong> {
        let usual = self.daily.or(self.paid).or(self.list);
        match field {
            "live_price" => self.doubt_live(usual),
            "floor_price" => off(self.floor?, usual.or(self.live)?, self.below_floor().is_some()),
            "daily_price" => off(self.daily?, self.paid.or(self.list).or(self.live)?, false),
            "list_price" => off(self.list?, self.daily.or(self.paid).or(self.live)?, false),
            "cost_price" => self.doubt_cost(usual),
            _ => None,
        }
    }

    fn doubt_live(&self, usual: Option<Fen>) -> Option<Wrong> {
        let live = self.live?;
        let floor_is_off =
            || self.floor.zip(usual).is_some_and(|(floor, usual)| off(floor, usual, false).is_some());
        let refused = self.below_floor().filter(|_| !floor_is_off());
        usual
            .and_then(|usual| off(live, usual, refused.is_some()))
            .or(refused)
            .or_else(|| {
                let cost = self.cost.filter(|cost| live < *cost)?;
                let expected =
                    Phrase::new(format!("at least the cost {cost}"), format!("不低于成本价 {cost}"));
                Some(Wrong::warning("below_cost", expected, live.to_string()))
            })
            .or_else(|| {
                let daily = self.daily.filter(|daily| live > *daily)?;
                let expected =
                    Phrase::new(format!("at most the daily price {daily}"), format!("不高于日常价 {daily}"));
                Some(Wrong::warning("above_daily", expected, live.to_string()))
            })
    }

    fn below_floor(&self) -> Option<Wrong> {
        let (live, floor) = self.live.zip(self.floor)?;
        let expected =
            || Phrase::new(format!("at least the floor price {floor}"), format!("不低于最低限价 {floor}"));
        (live < floor).then(|| Wrong::error("below_floor", expected(), live.to_string()))
    }

    /// A cost can be a small part of the price, but not many times of it.
    fn doubt_cost(&self, usual: Option<Fen>) -> Option<Wrong> {
        let (cost, usual) = self.cost.zip(usual.or(self.live))?;
        off(cost, usual, false).filter(|_| cost > usual)
    }
}

/// What looks wrong about the prices that change. A floor that rises above the live price is the floor's fault.
pub fn doubts(prices: &Prices, changed: &[&'static str]) -> Vec<(&'static str, Wrong)> {
    const PRICES: [&str; 5] = ["cost_price", "daily_price", "list_price", "live_price", "floor_price"];
    let mut found: Vec<(&'static str, Wrong)> = Vec::new();
    for field in changed.iter().copied().filter(|field| PRICES.contains(field)) {
        let raised =
            || prices.below_floor().filter(|_| field == "floor_price" && !changed.contains(&"live_price"));
        // When the live price changes as well, it is the one that is doubted.
        let live = prices.live.filter(|_| field == "live_price" || !changed.contains(&"live_price"));
        let beside = Prices { live, ..*prices };
        found.extend(beside.doubt(field).or_else(raised).map(|wrong| (field, wrong)));
    }
    found
}

/// Whether an amount is a digit or two off from another.
fn off(price: Fen, usual: Fen, refused: bool) -> Option<Wrong> {
    let times = |factor: i64| Fen(usual.0.saturating_mul(factor));
    let slip = |code, severe: bool, meant: Fen, en: &str, zh: &str| {
        let expected =
            Phrase::new(format!("about {usual}, perhaps {meant}"), format!("{usual} 左右，可能应为 {meant}"));
        let found = Phrase::new(format!("{price}: {en}"), format!("{price}：{zh}"));
        let wrong =
            if severe { Wrong::error(code, expected, "") } else { Wrong::warning(code, expected, "") };
        Some(wrong.finding(found))
    };
    let in_yuan = Fen(price.0 / 100);
    let near = |meant: Fen| meant.0 < times(FACTOR_OFF).0 && meant.0.saturating_mul(FACTOR_OFF) > usual.0;
    if price >= times(FACTOR_FEN) && price.0 % 100 == 0 && near(in_yuan) {
        return slip(
            "looks_like_fen",
            true,
            in_yuan,
            "in fen where yuan are expected",
            "像是按分填写，本列单位为元",
        );
    }
    if price >= times(FACTOR_OFF) {
        return slip("ten_fold", false, Fen(price.0 / 10), "a digit too many", "像是多写了一位");
    }
    if price.0.saturating_mul(FACTOR_OFF) <= usual.0 {
        return slip(
            "ten_fold",
            refused,
            Fen(price.0.saturating_mul(10)),
            "a digit is missing",
            "像是少写了一位",
        );
    }
    None
}

/// The first paper that runs out before the windows end, or if there are none before `now`.
pub fn expired(papers: &Json, windows: Option<&Json>, now: Millis) -> Option<Wrong> {
    let windows: Vec<Window> = windows.map(parsed).unwrap_or_default();
    let needed_until = windows.iter().map(|window| window.to).max().unwrap_or(now);
    let papers: Vec<Qualification> = parsed(papers);
    let paper = papers
        .into_iter()
        .find(|paper| paper.valid_until.is_some_and(|until| until.plus(1) < needed_until))?;
    let until = paper.valid_until.map(shown_day).unwrap_or_default();
    let day = shown_day(needed_until.plus(-1));
    let expected = Phrase::new(format!("papers that hold until {day}"), format!("有效期不早于 {day} 的资质"));
    let found = Phrase::new(
        format!("{} {} runs out on {until}", paper.kind, paper.number),
        format!("{} {} 于 {until} 到期", paper.kind, paper.number),
    );
    Some(Wrong::error("expired", expected, "").finding(found))
}

/// Which products a product gives as gifts.
pub(crate) type GiftsOf = BTreeMap<ProductId, BTreeSet<ProductId>>;

/// The products that the products of a catalogue give.
pub(crate) fn gifts_of(catalogue: &Catalogue) -> GiftsOf {
    let mut given = GiftsOf::new();
    for (product, known) in &catalogue.products {
        let gifts: Vec<Gift> = known.value("gifts").map(parsed).unwrap_or_default();
        let skus = gifts.into_iter().filter_map(|gift| gift.sku);
        let products =
            skus.filter_map(|sku| catalogue.sku_of(sku.as_str()).map(|(product, _)| product.clone()));
        given.insert(product.clone(), products.collect());
    }
    given
}

/// A way from a product through its gifts back to itself. A product that gives itself (买一送一) is no circle.
pub(crate) fn circle(given: &GiftsOf, product: &ProductId) -> Option<Vec<ProductId>> {
    let mut ways: Vec<Vec<ProductId>> = vec![vec![product.clone()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let last = way.last()?;
        for next in given.get(last).into_iter().flatten().filter(|next| *next != last) {
            if next == product {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                ways.push(way.iter().chain([next]).cloned().collect());
            }
        }
    }
    None
}

/// What is wrong with the gifts of a product, in the whole of a catalogue.
pub fn circular_gifts(catalogue: &Catalogue, product: &ProductId) -> Option<Wrong> {
    let way = circle(&gifts_of(catalogue), product)?;
    let name = |id: &ProductId| {
        let name = catalogue.products.get(id).map(|known| known.text("name")).unwrap_or_default();
        if name.is_empty() { id.0.clone() } else { name.to_owned() }
    };
    let names: Vec<String> = way.iter().chain([product]).map(name).collect();
    Some(circular(&names))
}

/// The words for a circle of gifts.
pub(crate) fn circular(names: &[String]) -> Wrong {
    let expected = Phrase::new("gifts that do not give one another", "赠品不互相赠送");
    Wrong::error("circular_gifts", expected, names.join(" → "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fault::Severity;
    use super::*;

    fn prices(cost: i64, daily: i64, live: i64, floor: i64) -> Prices {
        let some = |fen: i64| Some(Fen(fen)).filter(|fen| fen.0 > 0);
        Prices {
            cost: some(cost),
            daily: some(daily),
            live: some(live),
            floor: some(floor),
            ..Prices::default()
        }
    }

    #[test]
    fn a_live_price_that_is_a_digit_or_two_off_is_doubted() {
        for (prices, code, severity) in [
            (prices(12_650, 32_900, 2_680, 25_400), "ten_fold", Severity::Error),
            (prices(0, 32_900, 2_680, 0), "ten_fold", Severity::Warning),
            (prices(0, 32_900, 268_000, 0), "ten_fold", Severity::Warning),
            (prices(9_600, 25_990, 1_990_000, 18_300), "looks_like_fen", Severity::Error),
            (prices(0, 32_900, 25_000, 25_400), "below_floor", Severity::Error),
            (prices(12_650, 32_900, 12_000, 0), "below_cost", Severity::Warning),
            (prices(0, 32_900, 33_000, 0), "above_daily", Severity::Warning),
        ] {
            let doubt = prices.doubt("live_price").unwrap_or_else(|| panic!("{prices:?}"));
            assert_eq!((doubt.code, doubt.severity), (code, severity), "{prices:?}");
        }
        for fine in [prices(12_650, 32_900, 26_800, 25_400), prices(0, 9_900, 1_990, 0), prices(0, 0, 1, 0)] {
            assert_eq!(fine.doubt("live_price"), None, "{fine:?}");
        }
    }

    #[test]
    fn the_price_that_slipped_is_named_and_not_its_neighbours() {
        // The floor in fen: the live price is right.
        let floor = prices(4_800, 13_900, 9_900, 990_000);
        assert_eq!(floor.doubt("floor_price").map(|it| it.code), Some("looks_like_fen"));
        assert_eq!(floor.doubt("live_price"), None);
        let cost = prices(480_000, 13_900, 9_900, 9_900);
        assert_eq!(cost.doubt("cost_price").map(|it| it.code), Some("looks_like_fen"));
        // Jewellery that costs a tenth of its price is no slip.
        assert_eq!(prices(1_300, 25_900, 18_900, 18_900).doubt("cost_price"), None);
        let paid = Prices { paid: Some(Fen(26_800_000)), live: Some(Fen(2_680_000)), ..Prices::default() };
        assert_eq!(
            paid.doubt("live_price").map(|it| it.expected.zh.into_owned()),
            Some("268000.00 左右，可能应为 268000.00".into())
        );
    }

    #[test]
    fn papers_have_to_hold_until_the_last_window_ends() {
        let papers = json!([{"kind": "3C证书", "number": "1", "valid_until": 1_000}]);
        let windows = |to: i64| json!([{"from": 0, "to": to}]);
        assert_eq!(expired(&papers, Some(&windows(1_001)), Millis(9_000)), None);
        assert_eq!(expired(&papers, Some(&windows(1_002)), Millis(0)).map(|it| it.code), Some("expired"));
        assert_eq!(expired(&papers, None, Millis(0)), None);
        assert_eq!(expired(&papers, None, Millis(9_000)).map(|it| it.code), Some("expired"));
    }

    #[test]
    fn gifts_that_lead_back_are_a_circle_and_a_product_with_itself_is_not() {
        let id = |text: &str| ProductId::from(text);
        let given: GiftsOf = [("a", vec!["b"]), ("b", vec!["c"]), ("c", vec!["a"]), ("d", vec!["d", "a"])]
            .into_iter()
            .map(|(from, to)| (id(from), to.into_iter().map(id).collect()))
            .collect();
        assert_eq!(circle(&given, &id("a")), Some(vec![id("a"), id("b"), id("c")]));
        assert_eq!(circle(&given, &id("d")), None);
        assert_eq!(circle(&given, &id("z")), None);
    }
}
