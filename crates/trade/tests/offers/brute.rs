//! Every basket and every set of promotions, one after another: slow, and too simple to be wrong.

use livehand_trade::offers::{Layer, Off, Promotion, Rule};

use super::made_up::{MOMENT, MadeUp};

/// The lowest price of one unit of each line as (paid, units), and the lowest that an order earns.
pub struct Lowest {
    pub prices: Vec<(i64, i64)>,
    pub margin: i64,
    /// Orders that were computed.
    pub orders: u64,
}

/// Looks at everything.
pub fn lowest(case: &MadeUp) -> Lowest {
    let mut lowest = Lowest { prices: vec![(1, 0); case.lines.len()], margin: i64::MAX, orders: 0 };
    let holding: Vec<&Promotion> = case.promotions.iter().filter(|one| one.holds(MOMENT)).collect();
    let (items, wholes): (Vec<&Promotion>, Vec<&Promotion>) =
        holding.into_iter().partition(|one| one.rule.layer() <= Layer::ItemDiscount);
    each_basket(case, &mut lowest, &items, &wholes);
    lowest
}

fn each_basket(case: &MadeUp, lowest: &mut Lowest, items: &[&Promotion], wholes: &[&Promotion]) {
    let all: i64 = case.lines.iter().map(|line| line.quantity_max + 1).product();
    for number in 1..all {
        let mut rest = number;
        let mut quantities = Vec::new();
        for line in &case.lines {
            quantities.push(rest % (line.quantity_max + 1));
            rest /= line.quantity_max + 1;
        }
        each_item_choice(case, lowest, items, wholes, &quantities, &mut Vec::new());
    }
}

/// For each line, every set of item promotions that it may carry.
fn each_item_choice(
    case: &MadeUp,
    lowest: &mut Lowest,
    items: &[&Promotion],
    wholes: &[&Promotion],
    quantities: &[i64],
    chosen: &mut Vec<Vec<Promotion>>,
) {
    let Some((line, quantity)) = case.lines.iter().zip(quantities).nth(chosen.len()) else {
        return each_whole_choice(case, lowest, wholes, quantities, chosen);
    };
    let mine: Vec<&&Promotion> = items
        .iter()
        .filter(|one| *quantity > 0 && one.scope.covers(&line.product, None, &line.category))
        .filter(|one| *quantity <= one.units_max())
        .collect();
    for set in 0..1_u64 << mine.len() {
        let picked: Vec<Promotion> = mine
            .iter()
            .enumerate()
            .filter(|(it, _)| set >> it & 1 == 1)
            .map(|(_, one)| (**one).clone())
            .collect();
        if all_combine(&picked) {
            chosen.push(picked);
            each_item_choice(case, lowest, items, wholes, quantities, chosen);
            chosen.pop();
        }
    }
}

fn all_combine(set: &[Promotion]) -> bool {
    set.iter().all(|a| set.iter().all(|b| a.id == b.id || a.combines_with(b)))
}

/// Every set of promotions of the whole order.
fn each_whole_choice(
    case: &MadeUp,
    lowest: &mut Lowest,
    wholes: &[&Promotion],
    quantities: &[i64],
    chosen: &[Vec<Promotion>],
) {
    for set in 0..1_u64 << wholes.len() {
        let picked: Vec<&Promotion> =
            wholes.iter().enumerate().filter(|(it, _)| set >> it & 1 == 1).map(|(_, one)| *one).collect();
        let covers = |one: &Promotion, line: usize| {
            case.lines.get(line).is_some_and(|line| one.scope.covers(&line.product, None, &line.category))
        };
        let share =
            |a: &Promotion, b: &Promotion| (0..case.lines.len()).any(|it| covers(a, it) && covers(b, it));
        let wholes_combine =
            picked.iter().all(|a| picked.iter().all(|b| a.id == b.id || !share(a, b) || a.combines_with(b)));
        let items_combine = picked.iter().all(|a| {
            chosen
                .iter()
                .enumerate()
                .all(|(line, own)| !covers(a, line) || own.iter().all(|item| item.combines_with(a)))
        });
        let reaches = |one: &Promotion| (0..case.lines.len()).any(|line| covers(one, line));
        if wholes_combine && items_combine && picked.iter().all(|one| reaches(one)) {
            compute(case, lowest, &picked, quantities, chosen);
        }
    }
}

/// One order to the fen.
fn compute(
    case: &MadeUp,
    lowest: &mut Lowest,
    picked: &[&Promotion],
    quantities: &[i64],
    chosen: &[Vec<Promotion>],
) {
    lowest.orders += 1;
    let mut amounts: Vec<i64> = Vec::new();
    for ((line, quantity), own) in case.lines.iter().zip(quantities).zip(chosen) {
        let mut own: Vec<&Promotion> = own.iter().collect();
        own.sort_by_key(|one| (one.rule.layer(), one.id.clone()));
        let mut unit = line.price_fen.0;
        for one in own {
            match &one.rule {
                Rule::ItemPrice { price_fen, .. } => unit = price_fen.0,
                Rule::ItemPercent { pays_percent } => unit -= unit * (100 - pays_percent) / 100,
                _ => {}
            }
        }
        amounts.push(unit * quantity);
    }
    let before = amounts.clone();
    let (mut given_back, mut free, mut gifts) = (0, false, 0);
    for layer in [Layer::ShopThreshold, Layer::ShopCoupon, Layer::PlatformCoupon, Layer::Payment] {
        let (mut cuts, mut weighed, mut all) = (vec![0; amounts.len()], 0, 0);
        for one in picked.iter().filter(|one| one.rule.layer() == layer) {
            let Some((cut, bears)) = cut(case, one, &amounts, quantities) else { return };
            let off: i64 = cut.iter().sum();
            (weighed, all) = (weighed + off * (100 - bears), all + off);
            cuts.iter_mut().zip(cut).for_each(|(all, it)| *all += it);
        }
        let start: i64 = amounts.iter().sum();
        amounts.iter_mut().zip(cuts).for_each(|(amount, cut)| *amount = (*amount - cut).max(0));
        if weighed > 0 {
            given_back += (start - amounts.iter().sum::<i64>()) * weighed / (all * 100);
        }
    }
    for one in picked.iter().filter(|one| one.rule.layer() == Layer::Extra) {
        let (amount, units) = covered(case, one, &before, quantities);
        match &one.rule {
            Rule::Gift { quantity, cost_fen, threshold_fen, units: need, every_step, .. } => {
                if amount < threshold_fen.0 || units < *need {
                    return;
                }
                let mut times = if *every_step { units / need } else { 1 };
                if *every_step && threshold_fen.0 > 0 {
                    times = times.min(amount / threshold_fen.0);
                }
                times = times.min(one.limit_per_buyer.unwrap_or(i64::MAX));
                times = times.min(one.stock.map_or(i64::MAX, |stock| stock / quantity));
                gifts += times * quantity * cost_fen.0;
            }
            Rule::FreeShipping { threshold_fen } if amount >= threshold_fen.0 && units > 0 && !free => {
                free = true
            }
            _ => return,
        }
    }
    let costs: i64 =
        case.lines.iter().zip(quantities).map(|(it, units)| it.cost_fen.map_or(0, |c| c.0) * units).sum();
    let fee = if free { 0 } else { case.shipping.fee_fen.0 };
    let earned = amounts.iter().sum::<i64>() + given_back + fee - case.shipping.cost_fen.0 - costs - gifts;
    lowest.margin = lowest.margin.min(earned);
    for ((best, amount), units) in lowest.prices.iter_mut().zip(&amounts).zip(quantities) {
        if *units > 0 && (best.1 == 0 || amount * best.1 < best.0 * units) {
            *best = (*amount, *units);
        }
    }
}

fn covered(case: &MadeUp, one: &Promotion, amounts: &[i64], quantities: &[i64]) -> (i64, i64) {
    let lines = case.lines.iter().zip(amounts.iter().zip(quantities));
    let mine = lines.filter(|(line, _)| one.scope.covers(&line.product, None, &line.category));
    mine.fold((0, 0), |(all, units), (_, (amount, quantity))| (all + amount, units + quantity))
}

/// What a promotion takes off each line, and which part the shop bears.
fn cut(case: &MadeUp, one: &Promotion, amounts: &[i64], quantities: &[i64]) -> Option<(Vec<i64>, i64)> {
    let (base, units) = covered(case, one, amounts, quantities);
    let mine: Vec<i64> = (case.lines.iter().zip(amounts))
        .map(|(line, amount)| if one.scope.covers(&line.product, None, &line.category) { *amount } else { 0 })
        .collect();
    let part = |pays: i64| mine.iter().map(|amount| amount * (100 - pays) / 100).collect::<Vec<i64>>();
    let off_of = |threshold: i64, off: &Off| -> Option<Vec<i64>> {
        if base < threshold || base == 0 {
            return None;
        }
        Some(match off {
            Off::Amount { off_fen } => spread(&mine, off_fen.0.min(base)),
            Off::Percent { pays_percent, cap_fen } => {
                let lines = part(*pays_percent);
                match cap_fen {
                    Some(cap) if lines.iter().sum::<i64>() > cap.0 => spread(&mine, cap.0),
                    _ => lines,
                }
            }
        })
    };
    match &one.rule {
        Rule::FullReduction { threshold_fen, off_fen, every_step, cap_fen } => {
            let times = if *every_step { base / threshold_fen.0 } else { 1 };
            let off = (off_fen.0 * times).min(cap_fen.map_or(i64::MAX, |cap| cap.0));
            (base >= threshold_fen.0).then(|| (spread(&mine, off.min(base)), 100))
        }
        Rule::QuantityDiscount { quantity, pays_percent } => {
            (units >= *quantity && base > 0).then(|| (part(*pays_percent), 100))
        }
        Rule::Coupon { threshold_fen, off } | Rule::Payment { threshold_fen, off } => {
            Some((off_of(threshold_fen.0, off)?, 100))
        }
        Rule::PlatformCoupon { threshold_fen, off, shop_bears_percent } => {
            Some((off_of(threshold_fen.0, off)?, *shop_bears_percent))
        }
        _ => None,
    }
}

/// Largest remainder: whole fen first, then one fen each by the size of the rest.
fn spread(amounts: &[i64], off: i64) -> Vec<i64> {
    let base: i64 = amounts.iter().sum();
    let mut cut: Vec<i64> = amounts.iter().map(|amount| amount * off / base).collect();
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by_key(|it| std::cmp::Reverse(amounts.get(*it).map(|amount| amount * off % base)));
    let left = usize::try_from(off - cut.iter().sum::<i64>()).unwrap_or_default();
    for place in order.into_iter().take(left) {
        if let Some(cut) = cut.get_mut(place) {
            *cut += 1;
        }
    }
    cut
}
