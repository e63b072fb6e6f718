//! The wearer's weight: 110斤, 55kg, 两百斤, 均码120, 瘦 才96; not 5斤装 and not 瘦30斤.

use std::sync::LazyLock;

use regex::Regex;

use super::height::{CHILD_BELOW, HEIGHTS, JIN_FROM, MONEY, WHOSE};
use super::numerals::{NUMERALS, value};
use super::{Attributes, Kind, after, before, begins, stands_before};

static WEIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(\d{{1,3}}(?:\.\d)?|[{NUMERALS}]{{1,6}})(?:多|来)?(斤|公斤|千克|kg)(?:(半)|(\d)两)?"
    ))
    .ok()
});

static WEIGHT_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let unit = "(?:公斤|千克|kg|斤)?";
    Regex::new(&format!(
        r"(?:体重|重)(?:是|有|大概|大约|差不多|才|只有|快)?(\d{{2,3}}(?:\.\d)?|[{NUMERALS}]{{2,6}}){unit}"
    ))
    .ok()
});

static HUNDREDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("[一二两]百[零〇一二三四五六七八九十]{0,3}").ok());
static BARE_WEIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d{2,3}").ok());

/// Weights that are of goods or of a loss.
const GOODS_AFTER: &[&str] = &[
    "装",
    "多少钱",
    "起",
    "包邮",
    "一箱",
    "一件",
    "礼盒",
    "的箱",
    "大米",
    "苹果",
    "每箱",
    "一袋",
    "够吃",
    "够用",
    "够喝",
    "够几",
    "够不够",
    "的多少",
    "洗衣",
    "容量",
    "吗多少",
];

const LOSS_BEFORE: &[&str] = &[
    "瘦",
    "减",
    "掉",
    "胖了",
    "重了",
    "轻了",
    "买",
    "来",
    "拍",
    "发",
    "要",
    "显瘦",
    "显胖",
    "少",
    "每",
    "带",
    "净重",
    "能称",
    "挂",
    "提",
    "扛",
    "抬",
    "背",
    "最多称",
    "承重",
    "一箱",
    "一袋",
    "一盒",
    "约",
    "块",
    "元",
];

/// Of whom a weight may be small.
pub(super) const SMALL: &[&str] = &[
    "宝宝",
    "孩",
    "娃",
    "儿子",
    "女儿",
    "闺女",
    "月",
    "纸尿裤",
    "拉拉裤",
    "尿不湿",
    "狗",
    "猫",
    "岁",
    "小子",
    "丫头",
    "妞",
    "囡",
    "孙",
    "宝贝",
    "崽",
    "女宝",
    "男宝",
    "小胖腿",
    "侄",
    "我宝",
    "俺宝",
    "小宝",
    "大宝",
    "二宝",
    "我家宝",
];

/// Behind a bare number that is a weight.
const FITS: &[&str] =
    &["能", "可以", "行", "合适", "会", "塞得", "够", "大不", "小不", "要不要", "买", "m", "l", "x", "s"];
/// Before a number that is a weight.
pub(super) const BECAME: &[&str] = &["胖到", "瘦到", "重到", "涨到", "减到", "飙到", "胖成", "体重"];

/// With one of these a number that somebody says of themselves is a weight, and no price.
const WORN_WORDS: &[&str] = &["穿", "码", "塞", "尺寸", "号的", "哪个号", "几号", "尺码", "卡在"];

/// Nobody weighs as many 斤.
const HEAVY: f32 = 260.0;

/// With one of these a small weight is that of whoever is to use it.
const FOR_SOMEBODY: &[&str] = &[
    "几号",
    "啥号",
    "哪个号",
    "什么号",
    "哪号",
    "几码",
    "啥码",
    "什么码",
    "哪个码",
    "哪码",
    "坐得下",
    "坐得进",
    "勒腿",
    "胖墩",
    "屁股",
    "双胞胎",
    "新生",
    "早产",
];

/// Behind a small weight that is a wearer's: what they wear.
const WORN: &[&str] = &[
    "了穿",
    "用啥",
    "用哪",
    "穿",
    "拿",
    "选",
    "用几",
    "该",
    "适合",
    "的穿",
    "的拿",
    "的选",
    "要几",
    "要多大",
];

pub(super) fn weights(text: &str, gaps: &[usize], found: &mut Attributes) {
    if !text.contains(['斤', 'k', '克']) {
        return;
    }
    let small = SMALL.iter().chain(FOR_SOMEBODY).any(|word| text.contains(word))
        || found.height_cm.is_some_and(|height| height < CHILD_BELOW);
    for captures in WEIGHT.as_ref().iter().flat_map(|weight| weight.captures_iter(text)) {
        let (Some(whole), Some(number), Some(unit)) = (captures.get(0), captures.get(1), captures.get(2))
        else {
            continue;
        };
        // 一米六五一百二十五斤: what belongs to the height stands before the weight.
        let taken = found.places.iter().map(|place| place.to).filter(|to| *to > number.start()).min();
        let from = taken.filter(|to| *to < number.end()).unwrap_or(number.start());
        let number = text.get(from..number.end()).unwrap_or("");
        let amount = number.parse::<f32>().ok().or_else(|| value(number).map(|value| value as f32));
        let jin = unit.as_str() == "斤";
        let liang = captures.get(4).and_then(|liang| liang.as_str().parse::<f32>().ok()).unwrap_or(0.0);
        let half = if captures.get(3).is_some() { 0.5 } else { liang / 10.0 };
        let Some(amount) = amount.map(|amount| amount + half) else { continue };
        let kilograms = if jin { amount / 2.0 } else { amount };
        let of_goods = begins(after(text, whole.end()), GOODS_AFTER)
            || (stands_before(text, whole.start(), LOSS_BEFORE) && !gaps.contains(&whole.start()));
        let rest = after(text, whole.end());
        let grown = stands_before(text, whole.start(), &["我家"]) && begins(rest, &["了", "该", "穿", "用"]);
        let grown = grown || stands_before(text, whole.start(), &["宝", "娃", "崽", "出生", "刚出生"]);
        let small = small || grown || begins(rest, WORN) || names_size_first(rest);
        let likely = (35.0..=160.0).contains(&kilograms) || (small && (2.0..35.0).contains(&kilograms));
        if likely && !of_goods {
            set_weight(kilograms, from, whole.end(), found);
        }
    }
}

/// 20斤拍L, 12斤着m码: what is chosen for somebody of the weight before it.
fn names_size_first(rest: &str) -> bool {
    let chosen = rest.trim_start_matches(['拍', '了', '着', '包', '用', '买', '选', '拿', '穿', '是']);
    chosen.starts_with(['l', 'm', 's', 'x']) || begins(chosen, &["nb", "什么码", "啥码", "几码", "哪个码"])
}

/// 我二百一 塞得进去吗, 现在一百三 能穿吗: a weight in 斤 that somebody says of themselves.
pub(super) fn hundreds(text: &str, gaps: &[usize], found: &mut Attributes) {
    let Some(hundreds) = HUNDREDS.as_ref().filter(|_| WORN_WORDS.iter().any(|word| text.contains(word)))
    else {
        return;
    };
    for place in hundreds.find_iter(text) {
        let weight = value(place.as_str()).map(|weight| weight as f32);
        let rest = after(text, place.end());
        let whose = place.start() == 0
            || stands_before(text, place.start(), WHOSE)
            || stands_before(text, place.start(), &["现在", "快", "都", "才", "大概", "差不多", "有"]);
        let ends = rest.is_empty() || gaps.contains(&place.end()) || begins(rest, FITS);
        let free = found.places.iter().all(|other| other.to <= place.start() || place.end() <= other.from);
        if let Some(weight) = weight.filter(|weight| (80.0..HEAVY).contains(weight) && whose && ends && free)
        {
            set_weight(weight / 2.0, place.start(), place.end(), found);
        }
    }
}

pub(super) fn weight_words(text: &str, found: &mut Attributes) {
    for captures in WEIGHT_WORD.as_ref().iter().flat_map(|weight| weight.captures_iter(text)) {
        let (Some(whole), Some(number)) = (captures.get(0), captures.get(1)) else { continue };
        let digits = number.as_str().parse::<f32>().ok();
        let weight = digits.or_else(|| value(number.as_str()).map(|value| value as f32));
        if let Some(weight) = weight.filter(|weight| (35.0..=260.0).contains(weight)) {
            let weight = match after(text, number.end()) {
                unit if begins(unit, &["公斤", "千克", "kg"]) => weight,
                unit if begins(unit, &["斤"]) => weight / 2.0,
                _ => kilograms(weight),
            };
            set_weight(weight, whole.start(), whole.end(), found);
        }
    }
}

/// 一米七的 瘦 才96, 胖到142了穿哪个: a number behind a word that is said of how heavy somebody is, beside their height or of what
/// they wear.
pub(super) fn said_of_weight(text: &str, found: &mut Attributes) {
    if found.weight_kg.is_some() || MONEY.iter().any(|word| text.contains(word)) {
        return;
    }
    let fitting = found.height_cm.is_some() || WORN_WORDS.iter().any(|word| text.contains(word));
    let Some(bare) = BARE_WEIGHT.as_ref().filter(|_| fitting) else { return };
    let weight = bare.find_iter(text).find_map(|place| {
        let rest = after(text, place.end());
        let digit = |c: char| c.is_ascii_digit() || c == '.';
        let inside = before(text, place.start()).next().is_some_and(digit) || rest.starts_with(digit);
        let weight = place.as_str().parse::<f32>().ok().filter(|weight| (75.0..HEAVY).contains(weight))?;
        let free = found.places.iter().all(|other| other.to <= place.start() || place.end() <= other.from);
        let became = stands_before(text, place.start(), BECAME);
        let only =
            found.height_cm.is_some() && stands_before(text, place.start(), &["才", "就", "只有", "瘦"]);
        let ends = rest.is_empty() || begins(rest, FITS) || begins(rest, &["了", "斤"]) || begins(rest, WORN);
        (free && !inside && ends && (became || only)).then_some((weight / 2.0, place.start(), place.end()))
    });
    if let Some((weight, from, to)) = weight {
        set_weight(weight, from, to, found);
    }
}

/// 均码120能穿吗, m和l选哪个 我110: beside a size of grown-ups, a number that is nobody's height is a weight in 斤.
pub(super) fn beside_sizes(text: &str, found: &mut Attributes) {
    let grown = |size: &String| size.ends_with(['S', 'M', 'L', '码', '号']);
    if found.weight_kg.is_some()
        || !found.sizes.iter().any(grown)
        || MONEY.iter().chain(SMALL).any(|word| text.contains(word))
    {
        return;
    }
    let Some(bare) = BARE_WEIGHT.as_ref() else { return };
    let weight = bare.find_iter(text).filter_map(|place| {
        let rest = after(text, place.end());
        let digit = |c: char| c.is_ascii_digit() || c == '.';
        let inside = before(text, place.start()).next().is_some_and(digit) || rest.starts_with(digit);
        let least = if found.height_cm.is_some() { HEAVY } else { *HEIGHTS.start() };
        let weight = place.as_str().parse::<f32>().ok().filter(|weight| (85.0..least).contains(weight))?;
        let free = found.places.iter().all(|other| other.to <= place.start() || place.end() <= other.from);
        let whose = place.start() == 0 || stands_before(text, place.start(), WHOSE);
        let follows_size = found.places.iter().any(|other| {
            let between = text.get(other.to..place.start()).map(|between| between.trim_start_matches('码'));
            other.kind == Kind::Size && between == Some("")
        });
        let fits = rest.is_empty() || begins(rest, FITS) || begins(rest, WORN) || names_size_first(rest);
        (!inside && free && fits && (whose || follows_size)).then_some((
            weight / 2.0,
            place.start(),
            place.end(),
        ))
    });
    if let Some((weight, from, to)) = weight.last() {
        set_weight(weight, from, to, found);
    }
}

pub(super) fn kilograms(weight: f32) -> f32 {
    if weight < JIN_FROM { weight } else { weight / 2.0 }
}

pub(super) fn set_weight(weight: f32, from: usize, to: usize, found: &mut Attributes) {
    if found.take(Kind::Weight, from, to) && found.weight_kg.is_none() {
        // 6斤8两 is 3.4 kg, and not 3.4000001.
        found.weight_kg = Some((weight * 100.0).round() / 100.0);
    }
}
