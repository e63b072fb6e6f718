//! The wearer's height and weight: 160/110, 1米68, 一米六二, 身高165, 110斤, 55kg, 两百斤; not 5斤装 and not 瘦30斤.

use std::sync::LazyLock;

use regex::Regex;

use super::numerals::{NUMERALS, value};
use super::{Attributes, GARMENTS, Kind, Marks, after, before, begins, stands_before};

/// Heights of grown-ups that are named without a unit, in centimetres.
const HEIGHTS: std::ops::RangeInclusive<f32> = 140.0..=199.0;
/// Who is smaller is a child, and may weigh little, in centimetres.
pub(super) const CHILD_BELOW: f32 = 130.0;
/// A weight beside a height without a unit: from here on it is 斤, below it kilograms.
const JIN_FROM: f32 = 76.0;

/// 1米68, 1m68, 1.68米, 一米六二, 1米6.
static METRES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:[1一](?:米|m)(\d{1,2}|[零〇一二三四五六七八九]{1,2})|1\.(\d{1,2})(?:米|m)|1\.([4-9]\d)/)")
        .ok()
});
static CENTIMETRES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\d{2,3})(?:cm|厘米|公分)").ok());
static HEIGHT_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"身高(?:是|有|大概|大约|差不多|才)?(\d{2,3})|高(?:是|有|大概|大约|差不多)?(\d{3})").ok()
});
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(\d{2,3}(?:\.\d)?)(?:cm|厘米|公分)?[/,，、;；+\-—.]?(?:体重|重|高|身高)?(\d{2,3}(?:\.\d)?)")
        .ok()
});
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
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d{3}").ok());
static HUNDREDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("[一二两]百[零〇一二三四五六七八九十]{0,3}").ok());
static BARE_WEIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d{2,3}").ok());
/// 一六五, 一七二: a height, figure by figure.
static FIGURES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("一([四五六七八九])([零〇一二三四五六七八九])").ok());

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
    "最多称",
    "承重",
    "一箱",
    "一袋",
    "一盒",
    "约",
    "块",
    "元",
];
/// Words of comments in which a bare number from 140 to 199 is a height.
const FITTING: &[&str] = &[
    "穿",
    "高",
    "码",
    "长",
    "裙",
    "裤",
    "斤",
    "拍",
    "选",
    "矮",
    "胖",
    "瘦",
    "合身",
    "版型",
    "体重",
    "小个子",
    "拖地",
    "脚踝",
    "膝盖",
    "遮",
    "露",
];
/// Right before a number that is a height: whose it is.
const WHOSE: &[&str] = &[
    "我",
    "本人",
    "妈妈",
    "女生",
    "男生",
    "我妈",
    "我爸",
    "老公",
    "老婆",
    "男友",
    "男朋友",
    "个子",
    "净身高",
    "俺",
];
/// Right behind a number that is a height.
const PEOPLE: &[&str] =
    &["女生", "男生", "的女生", "的男生", "女孩", "男的", "女的", "的个子", "的个儿", "的妹", "的姐"];
/// Words that make it a price or a count.
const MONEY: &[&str] = &[
    "元", "块", "价", "钱", "券", "减", "贵", "便宜", "毫升", "ml", "克", "显示", "付", "降价", "降到", "折",
    "补",
];
/// Before a height: it is that of somebody who is seen, not of the writer.
const OTHERS: &[&str] = &["你", "主播", "姐姐", "小姐姐", "模特", "目测", "看着"];
/// Of whom a weight may be small.
const SMALL: &[&str] = &[
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
/// With one of these a number that somebody says of themselves is a weight, and no price.
const WORN_WORDS: &[&str] = &["穿", "码", "塞", "尺寸", "号的", "哪个号", "几号", "尺码"];
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

/// `gaps` as in the search for links.
pub(super) fn find(text: &str, gaps: &[usize], marks: Marks, found: &mut Attributes) {
    metres(text, found);
    if marks.digits {
        heights(text, found);
        weight_words(text, found);
        pairs(text, found);
    }
    figures(text, found);
    weights(text, gaps, found);
    if marks.numerals {
        hundreds(text, gaps, found);
    }
    if marks.digits {
        bare(text, found);
    }
}

fn heights(text: &str, found: &mut Attributes) {
    for (regex, of) in [(CENTIMETRES.as_ref(), 1), (HEIGHT_WORD.as_ref(), 1)] {
        for captures in regex.iter().flat_map(|regex| regex.captures_iter(text)) {
            let number = captures.get(of).or_else(|| captures.get(of + 1));
            let (Some(whole), Some(number)) = (captures.get(0), number) else { continue };
            let height = number.as_str().parse::<f32>().ok().filter(|height| (50.0..=220.0).contains(height));
            let of_goods = stands_before(text, whole.start(), &["长", "宽", "围", "直径", "厚", "深"]);
            // 身高 is said of people only, of whom some are small.
            let of_child = whole.as_str().starts_with("身高")
                || SMALL.iter().any(|word| text.contains(word))
                || weighs(after(text, whole.end()));
            if let Some(height) = height.filter(|height| !of_goods && (*height >= 140.0 || of_child)) {
                set_height(text, height, whole.start(), whole.end(), found);
                if height >= *HEIGHTS.start() {
                    weight_behind(text, whole.end(), found);
                }
            }
        }
    }
}

/// Whether a weight with its unit follows at once.
fn weighs(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['/', ',', '，', '、']);
    let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    unit.len() < rest.len() && begins(unit, &["斤", "kg", "公斤", "千克"])
}

fn metres(text: &str, found: &mut Attributes) {
    for captures in METRES.as_ref().iter().flat_map(|metres| metres.captures_iter(text)) {
        let (Some(whole), Some(rest)) =
            (captures.get(0), captures.get(1).or(captures.get(2)).or(captures.get(3)))
        else {
            continue;
        };
        // 一米六一百二 is 一米六 and 一百二.
        let hundreds = begins(after(text, rest.end()), &["百"]) && rest.as_str().ends_with(['一', '两']);
        let (rest, to) = match rest.as_str().char_indices().nth(1) {
            Some((at, _)) if hundreds => (rest.as_str().get(..at).unwrap_or(""), rest.start() + at),
            _ => (rest.as_str(), whole.end()),
        };
        let digits: String = rest
            .chars()
            .filter_map(|c| {
                if c.is_ascii_digit() {
                    Some(c)
                } else if matches!(c, '零' | '〇') {
                    Some('0')
                } else {
                    char::from_digit(value(&c.to_string())?, 10)
                }
            })
            .collect();
        let Ok(parts) = digits.parse::<f32>() else { continue };
        let centimetres = 100.0 + if digits.len() == 1 { parts * 10.0 } else { parts };
        let of_goods = begins(after(text, to), &["床", "宽", "长", "的床", "的桌", "窗", "沙发", "线"]);
        let of_child = SMALL.iter().any(|word| text.contains(word)) || weighs(after(text, to));
        let least = if of_child { 100.0 } else { 120.0 };
        if (least..=210.0).contains(&centimetres) && !of_goods {
            set_height(text, centimetres, whole.start(), to, found);
            weight_behind(text, to, found);
        }
    }
}

/// What follows a height without a unit is the weight: 1米68 120, 一米六 一百二.
fn weight_behind(text: &str, at: usize, found: &mut Attributes) {
    let tail = after(text, at);
    let skipped = tail.len() - tail.trim_start_matches(['/', ',', '，', '、', '体', '重']).len();
    let rest = tail.get(skipped..).unwrap_or("");
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let words = rest.len() - rest.trim_start_matches(|c: char| NUMERALS.contains(c)).len();
    let number = rest.get(..digits.max(words)).unwrap_or("");
    let from = at + skipped;
    let to = from + number.len();
    let weight = value(number).map(|number| number as f32).filter(|weight| (35.0..=260.0).contains(weight));
    if let Some(weight) = weight
        && !begins(after(text, to), &["斤", "kg", "公斤", "元", "块", "码", "号", "点"])
    {
        set_weight(kilograms(weight), from, to, found);
    }
}

fn figures(text: &str, found: &mut Attributes) {
    for captures in FIGURES.as_ref().iter().flat_map(|figures| figures.captures_iter(text)) {
        let Some(whole) = captures.get(0) else { continue };
        let figure = |at: usize| captures.get(at).map_or(0, |figure| value(figure.as_str()).unwrap_or(0));
        let longer = before(text, whole.start()).next().is_some_and(|c| NUMERALS.contains(c))
            || after(text, whole.end()).starts_with(|c: char| NUMERALS.contains(c) && c != '一');
        if !longer && !begins(after(text, whole.end()), &["元", "块", "号", "楼", "栋", "室"]) {
            let height = 100 + 10 * figure(1) + figure(2);
            set_height(text, height as f32, whole.start(), whole.end(), found);
            weight_behind(text, whole.end(), found);
        }
    }
}

fn pairs(text: &str, found: &mut Attributes) {
    for captures in PAIR.as_ref().iter().flat_map(|pair| pair.captures_iter(text)) {
        let (Some(first), Some(second)) = (captures.get(1), captures.get(2)) else { continue };
        let (Ok(one), Ok(other)) = (first.as_str().parse::<f32>(), second.as_str().parse::<f32>()) else {
            continue;
        };
        let joined = first.end() == second.start();
        let rest = after(text, second.end());
        let named = found.places.iter().any(|place| first.start() < place.to && place.from < second.end());
        if joined
            || named
            || rest.starts_with(|c: char| c.is_ascii_digit())
            || begins(rest, &["元", "块", "ml", "毫升", "号", "码", "包", "g", "克"])
        {
            continue;
        }
        let with_unit = begins(rest, &["斤", "kg", "公斤", "千克"]);
        if HEIGHTS.contains(&one) && (35.0..=260.0).contains(&other) {
            set_height(text, one, first.start(), first.end(), found);
            if !with_unit {
                set_weight(kilograms(other), second.start(), second.end(), found);
            }
        } else if with_unit && (60.0..140.0).contains(&one) && (8.0..80.0).contains(&other) {
            // Nobody so small is grown up, and the weight has a unit: 105 36斤.
            set_height(text, one, first.start(), first.end(), found);
        } else if (76.0..140.0).contains(&one) && HEIGHTS.contains(&other) && !with_unit {
            set_weight(one / 2.0, first.start(), first.end(), found);
            set_height(text, other, second.start(), second.end(), found);
        }
    }
}

fn weights(text: &str, gaps: &[usize], found: &mut Attributes) {
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
    let chosen = rest.trim_start_matches(['拍', '着', '包', '用', '买', '选', '拿', '穿', '是']);
    chosen.starts_with(['l', 'm', 's', 'x']) || begins(chosen, &["nb", "什么码", "啥码", "几码", "哪个码"])
}

/// 我二百一 塞得进去吗, 现在一百三 能穿吗: a weight in 斤 that somebody says of themselves.
fn hundreds(text: &str, gaps: &[usize], found: &mut Attributes) {
    let Some(hundreds) = HUNDREDS.as_ref().filter(|_| WORN_WORDS.iter().any(|word| text.contains(word)))
    else {
        return;
    };
    for place in hundreds.find_iter(text) {
        let weight = value(place.as_str()).map(|weight| weight as f32);
        let rest = after(text, place.end());
        let whose = stands_before(text, place.start(), WHOSE)
            || stands_before(text, place.start(), &["现在", "快", "都", "才", "大概", "差不多", "有"]);
        let ends = rest.is_empty() || gaps.contains(&place.end()) || begins(rest, FITS);
        let free = found.places.iter().all(|other| other.to <= place.start() || place.end() <= other.from);
        if let Some(weight) = weight.filter(|weight| (80.0..HEAVY).contains(weight) && whose && ends && free)
        {
            set_weight(weight / 2.0, place.start(), place.end(), found);
        }
    }
}

fn weight_words(text: &str, found: &mut Attributes) {
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

fn bare(text: &str, found: &mut Attributes) {
    if found.height_cm.is_some()
        || !BARE.as_ref().is_some_and(|bare| bare.is_match(text))
        || MONEY.iter().any(|word| text.contains(word))
    {
        return;
    }
    let fitting = found.weight_kg.is_some() || FITTING.iter().any(|word| text.contains(word));
    for place in BARE.as_ref().iter().flat_map(|bare| bare.find_iter(text)) {
        let digit = |c: char| c.is_ascii_digit() || c == '.';
        let inside = text.get(..place.start()).is_some_and(|head| head.ends_with(digit))
            || after(text, place.end()).starts_with(digit);
        let height = place.as_str().parse::<f32>().ok().filter(|height| HEIGHTS.contains(height));
        if let Some(height) = height.filter(|&height| {
            (fitting || stands_before(text, place.start(), WHOSE) || begins(after(text, place.end()), PEOPLE))
                && !inside
                && (stands_before(text, place.start(), WHOSE)
                    || begins(after(text, place.end()), PEOPLE)
                    || !names_garment(height, after(text, place.end())))
                && !begins(
                    after(text, place.end()),
                    &["码", "斤", "号", "kg", "的码", "a", "公斤", "人", "度", "天"],
                )
        }) {
            set_height(text, height, place.start(), place.end(), found);
            if found.weight_kg.is_none() && !begins(after(text, place.end()), &["/"]) {
                weight_behind(text, place.end(), found);
            }
            return;
        }
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

/// 150的校服, 140卫衣: a size of a child's clothes.
fn names_garment(height: f32, rest: &str) -> bool {
    height <= 160.0 && height % 5.0 == 0.0 && begins(rest.strip_prefix('的').unwrap_or(rest), GARMENTS)
}

fn kilograms(weight: f32) -> f32 {
    if weight < JIN_FROM { weight } else { weight / 2.0 }
}

fn set_height(text: &str, height: f32, from: usize, to: usize, found: &mut Attributes) {
    if stands_before(text, from, OTHERS) {
        return;
    }
    if found.take(Kind::Height, from, to) && found.height_cm.is_none() {
        found.height_cm = Some(height);
    }
}

fn set_weight(weight: f32, from: usize, to: usize, found: &mut Attributes) {
    if found.take(Kind::Weight, from, to) && found.weight_kg.is_none() {
        // 6斤8两 is 3.4 kg, and not 3.4000001.
        found.weight_kg = Some((weight * 100.0).round() / 100.0);
    }
}
