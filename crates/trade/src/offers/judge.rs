//! Whether promotions may be published: nothing that a buyer can combine may come below a floor or a required margin.

use livehand_kernel::{Fen, Millis, Phrase};
use serde::Serialize;

use super::case::Case;
use super::promotion::Promotion;
use super::search::{Goal, Search, Value};
use super::table::{LINES_MAX, Line, Shipping, Table, TooMany};

/// Refusals that are told; one would do.
const REFUSALS_MAX: usize = 5;
/// Most units of a product that is only added to an order to reach a threshold.
const ADDED_MAX: i64 = 3;

/// Why a publication is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OfferRefusal))]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// One unit can be had below its floor (破控价).
    BelowFloor,
    /// An order can earn less than its products must.
    BelowMargin,
    /// Neither a floor nor a cost is known, so that nothing can be judged.
    NothingToGoBy,
    /// There is more than can be looked through.
    TooManyCombinations,
}

impl Refusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::BelowFloor => "below_floor",
            Refusal::BelowMargin => "below_margin",
            Refusal::NothingToGoBy => "nothing_to_go_by",
            Refusal::TooManyCombinations => "too_many_combinations",
        }
    }
}

/// What is wrong with a publication, with the order that shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Which line.
    pub line: usize,
    /// Why.
    pub refusal: Refusal,
    /// The order.
    pub case: Option<Case>,
    /// The same in one sentence.
    pub sentence: Phrase,
    /// Whether it was so before the publication.
    pub before: bool,
}

/// Whether promotions may be published.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// What is wrong, the first few; nothing if they may be published.
    pub refused: Vec<Judged>,
    /// Products that are safe in any basket whatever, by a bound.
    pub safe_in_any_basket: usize,
    /// Products that were looked at in baskets with the cheapest others.
    pub looked_through: usize,
}

/// Judges what is published when `after` holds instead of `before`.
///
/// Each line that something new covers is first held against a bound of all baskets whatever, also with products that
/// nobody named: thresholds are taken to be reached exactly. Where that is not enough to tell, the line is looked at in all
/// baskets with the four cheapest other lines, because what is added to reach a threshold is cheap. A refusal always names
/// an order that exists.
pub fn judge_publication(
    lines: &[Line],
    shipping: Shipping,
    before: &[Promotion],
    after: &[Promotion],
    moment: Millis,
) -> Verdict {
    let mut verdict = Verdict::default();
    let new: Vec<&Promotion> =
        after.iter().filter(|one| one.holds(moment) && !before.contains(one)).collect();
    let covered = |line: &Line| {
        new.iter().any(|one| one.scope.covers(&line.product, line.sku.as_ref(), &line.category))
    };
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| covered(line)) {
        if verdict.refused.len() >= REFUSALS_MAX {
            break;
        }
        if line.floor_fen.is_none() && line.cost_fen.is_none() {
            verdict.refused.push(nothing_to_go_by(place, line));
            continue;
        }
        if is_safe(line, after, moment) {
            verdict.safe_in_any_basket += 1;
            continue;
        }
        verdict.looked_through += 1;
        let basket = basket(lines, place);
        match breach(&basket, shipping, after, moment) {
            Ok(None) => {}
            Ok(Some(found)) => {
                let earlier = breach(&basket, shipping, before, moment).ok().flatten();
                // What others of the basket lost before is not the fault of what is published now.
                let no_worse = |it: &Breach| it.refusal == found.refusal && it.value <= found.value;
                let was_so = earlier.as_ref().is_some_and(no_worse);
                if found.refusal == Refusal::BelowFloor || !was_so {
                    verdict.refused.push(found.judged(place, line, after, earlier.is_some()));
                }
            }
            Err(_) => verdict.refused.push(too_many(place, line)),
        }
    }
    verdict
}

/// Judges a price that one line is to have, with the promotions that hold: the order that shows why it cannot be, if
/// there is one. `lines` have the prices of now. Where nothing is known to judge by, nothing is said.
pub fn judge_price(
    lines: &[Line],
    place: usize,
    price: Fen,
    shipping: Shipping,
    promotions: &[Promotion],
    moment: Millis,
) -> Option<Judged> {
    let now = lines.get(place)?;
    let line = Line { price_fen: price, ..now.clone() };
    if (line.floor_fen.is_none() && line.cost_fen.is_none()) || is_safe(&line, promotions, moment) {
        return None;
    }
    let mut changed = lines.to_vec();
    changed.get_mut(place)?.price_fen = price;
    match breach(&basket(&changed, place), shipping, promotions, moment) {
        Ok(None) => None,
        Ok(Some(found)) => {
            let earlier = breach(&basket(lines, place), shipping, promotions, moment).ok().flatten();
            // What others of the basket lose at the present price is not the fault of the new one.
            let was_so = earlier.is_some_and(|it| it.refusal == found.refusal && it.value <= found.value);
            let refused = found.refusal == Refusal::BelowFloor || !was_so;
            refused.then(|| found.judged(place, &line, promotions, false))
        }
        Err(_) => Some(too_many(place, &line)),
    }
}

/// Whether a bound of all baskets shows that a line stays above its floor and earns what it must.
fn is_safe(line: &Line, promotions: &[Promotion], moment: Millis) -> bool {
    let one = std::slice::from_ref(line);
    let Ok(table) = Table::new(one, Shipping::default(), promotions, moment) else { return false };
    let Some(lowest) = table.in_any_basket(0) else { return false };
    let at_least = |unit: i64| i128::from(lowest.over) >= i128::from(unit) * i128::from(lowest.under);
    let floor = line.floor_fen.is_none_or(|floor| at_least(floor.0));
    let must = |cost: Fen| cost.0 + line.minimum_margin_fen.unwrap_or_default().0;
    let margin = line.cost_fen.is_none_or(|cost| table.extras.is_empty() && at_least(must(cost)));
    floor && margin
}

/// The line, first, and the cheapest others.
fn basket(lines: &[Line], place: usize) -> Vec<Line> {
    let mut others: Vec<&Line> =
        lines.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, line)| line).collect();
    others.sort_by_key(|line| (line.price_fen, line.product.clone(), line.sku.clone()));
    let added = others.into_iter().take(LINES_MAX - 1).map(|line| {
        let quantity_max = line.quantity_max.min(ADDED_MAX);
        Line { quantity_max, ..line.clone() }
    });
    lines.get(place).cloned().into_iter().chain(added).collect()
}

/// An order that must not be possible.
struct Breach {
    refusal: Refusal,
    value: Value,
    case: Case,
}

impl Breach {
    fn judged(self, place: usize, line: &Line, promotions: &[Promotion], before: bool) -> Judged {
        let sentence = sentence(self.refusal, line, &self.case, promotions);
        Judged { line: place, refusal: self.refusal, case: Some(self.case), sentence, before }
    }
}

/// The order in which the first line comes below its floor, or that earns less than its products must.
fn breach(
    basket: &[Line],
    shipping: Shipping,
    promotions: &[Promotion],
    moment: Millis,
) -> Result<Option<Breach>, TooMany> {
    let Some(line) = basket.first() else { return Ok(None) };
    let table = Table::new(basket, shipping, promotions, moment)?;
    let find = |goal: Goal, table: &Table, basket: &[Line]| {
        let mut search = Search::new(table, goal, None);
        search.run()?;
        Ok(search.best.map(|found| (found.value, Case::of(table, basket, shipping, &found))))
    };
    if let Some(floor) = line.floor_fen
        && let Some((lowest, case)) = find(Goal::Price(0), &table, basket)?
        && i128::from(lowest.over) < i128::from(floor.0) * i128::from(lowest.under)
    {
        return Ok(Some(Breach { refusal: Refusal::BelowFloor, value: lowest, case }));
    }
    // Lines without a cost would hide what the others lose.
    let costed: Vec<Line> = basket.iter().filter(|line| line.cost_fen.is_some()).cloned().collect();
    if line.cost_fen.is_none() {
        return Ok(None);
    }
    let table = Table::new(&costed, shipping, promotions, moment)?;
    let lowest = find(Goal::Margin { above_minimum: true }, &table, &costed)?;
    let loss = lowest.filter(|(lowest, _)| lowest.over < 0);
    Ok(loss.map(|(value, case)| Breach { refusal: Refusal::BelowMargin, value, case }))
}

fn called(line: &Line) -> &str {
    if line.name.is_empty() { line.product.as_str() } else { &line.name }
}

fn yuan(amount: Fen) -> String {
    if amount.0 < 0 { format!("-¥{}", Fen(-amount.0)) } else { format!("¥{amount}") }
}

/// 会员 95 折 + 店铺满减 + 平台券 → 到手 ¥1.20，毛利 -¥84.00
fn sentence(refusal: Refusal, line: &Line, case: &Case, promotions: &[Promotion]) -> Phrase {
    let name = |id: &livehand_kernel::PromotionId| {
        promotions.iter().find(|one| one.id == *id).map_or("", |one| one.name.as_str())
    };
    let names: Vec<&str> = case.promotions.iter().map(name).collect();
    let bought: Vec<String> = case.basket.iter().map(|it| format!("{} × {}", it.name, it.quantity)).collect();
    let (names, bought) = (names.join(" + "), bought.join(" + "));
    let unit = case.line(&line.product, line.sku.as_ref()).map(|it| it.unit_fen);
    let payable = yuan(unit.unwrap_or(case.payable_fen));
    let margin = case.margin_fen.map(yuan);
    let (margin_en, margin_zh) =
        margin.map_or_else(Default::default, |it| (format!(", margin {it}"), format!("，毛利 {it}")));
    let (why_en, why_zh) = match (refusal, line.floor_fen) {
        (Refusal::BelowFloor, Some(floor)) => {
            (format!("below the floor {}", yuan(floor)), format!("低于控价 {}", yuan(floor)))
        }
        _ => ("below what must be earned".to_owned(), "低于毛利底线".to_owned()),
    };
    Phrase::new(
        format!("{}: {names} → {payable}{margin_en}; {why_en} (order: {bought})", called(line)),
        format!("{}：{names} → 到手 {payable}{margin_zh}，{why_zh}（买 {bought}）", called(line)),
    )
}

fn nothing_to_go_by(place: usize, line: &Line) -> Judged {
    let sentence = Phrase::new(
        format!("{} has neither a floor price nor a cost: fill in one of them first", called(line)),
        format!("{}：控价和成本都没有填，无法判断，请先补上其中一项", called(line)),
    );
    Judged { line: place, refusal: Refusal::NothingToGoBy, case: None, sentence, before: true }
}

fn too_many(place: usize, line: &Line) -> Judged {
    let sentence = Phrase::new(
        format!("{}: more can be combined than can be proven safe; give promotions a group", called(line)),
        format!("{}：可叠加的组合太多，证明不了安全，请给优惠设互斥组", called(line)),
    );
    Judged { line: place, refusal: Refusal::TooManyCombinations, case: None, sentence, before: false }
}
