//! The wearer's height, and a weight that stands beside it: 160/110, 1米68, 一米六二, 身高165, 172女生; not a bed of 1.8米.

use std::sync::LazyLock;

use regex::Regex;

use super::numerals::{NUMERALS, value};
use super::weight::{BECAME, SMALL, hundreds, kilograms, said_of_weight, set_weight, weight_words, weights};
use super::{Attributes, GARMENTS, Kind, Marks, after, before, begins, stands_before};

/// Heights of grown-ups that are named without a unit, in centimetres.
pub(super) const HEIGHTS: std::ops::RangeInclusive<f32> = 140.0..=199.0;
/// Who is smaller is a child, and may weigh little, in centimetres.
pub(super) const CHILD_BELOW: f32 = 130.0;
/// A weight beside a height without a unit: from here on it is 斤, below it kilograms.
pub(super) const JIN_FROM: f32 = 76.0;

/// 1米68, 1m68, 1.68米, 一米六二, 1米6.
static METRES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:[1一](?:米|m)(\d{1,2}|[零〇一二三四五六七八九]{1,2})|1\.(\d{1,2})(?:米|m)|1\.([4-9]\d)/)")
        .ok()
});
static DECIMAL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"1\.([4-9]\d)").ok());
static CENTIMETRES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\d{2,3})(?:cm|厘米|公分)").ok());
static BEFORE_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(1\d{2})高").ok());
static HEIGHT_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"身高(?:是|有|大概|大约|差不多|才)?(\d{2,3})|高(?:是|有|大概|大约|差不多)?(\d{3})").ok()
});
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(\d{2,3}(?:\.\d)?)(?:cm|厘米|公分)?[/,，、;；+\-—.]?(?:体重|重|高|身高)?(\d{2,3}(?:\.\d)?)")
        .ok()
});
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d{3}").ok());
/// 一六五, 一七二: a height, figure by figure.
static FIGURES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("一([四五六七八九])([零〇一二三四五六七八九])").ok());

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
    "撑",
    "腿",
    "版",
    "驾驭",
];
/// Right before a number that is a height: whose it is.
pub(super) const WHOSE: &[&str] = &[
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
pub(super) const MONEY: &[&str] = &[
    "元", "块", "价", "钱", "券", "减", "贵", "便宜", "毫升", "ml", "克", "显示", "付", "降价", "降到", "折",
    "补",
];
/// Before a height: it is that of somebody who is seen, not of the writer.
const OTHERS: &[&str] = &["你", "主播", "姐姐", "小姐姐", "模特", "目测", "看着"];
/// `gaps` as in the search for links.
pub(super) fn find(text: &str, gaps: &[usize], marks: Marks, found: &mut Attributes) {
    metres(text, found);
    if marks.digits {
        decimals(text, found);
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
        said_of_weight(text, found);
    }
}

/// 我1.58腿短, 1.65的穿哪个: metres without a unit, where it is said of whom or what is worn.
fn decimals(text: &str, found: &mut Attributes) {
    for captures in DECIMAL.as_ref().iter().flat_map(|decimal| decimal.captures_iter(text)) {
        let (Some(whole), Some(rest)) = (captures.get(0), captures.get(1)) else { continue };
        let behind = after(text, whole.end());
        let digits = before(text, whole.start()).next().is_some_and(|c| c.is_ascii_digit() || c == '.')
            || behind.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let other = MONEY.iter().any(|word| text.contains(word))
            || begins(
                behind,
                &["l", "升", "斤", "kg", "公斤", "g", "克", "床", "寸", "w", "a", "倍", "%", "米床"],
            );
        let said = stands_before(text, whole.start(), WHOSE)
            || stands_before(text, whole.start(), &["身高", "高"])
            || FITTING.iter().any(|word| text.contains(word));
        if let (false, false, true, Ok(rest)) = (digits, other, said, rest.as_str().parse::<f32>()) {
            set_height(text, 100.0 + rest, whole.start(), whole.end(), found);
            weight_behind(text, whole.end(), found);
        }
    }
}

fn heights(text: &str, found: &mut Attributes) {
    for (regex, of) in [(CENTIMETRES.as_ref(), 1), (BEFORE_WORD.as_ref(), 1), (HEIGHT_WORD.as_ref(), 1)] {
        for captures in regex.iter().flat_map(|regex| regex.captures_iter(text)) {
            let number = captures.get(of).or_else(|| captures.get(of + 1));
            let (Some(whole), Some(number)) = (captures.get(0), number) else { continue };
            // 165高 150斤: the number behind is the weight.
            let is_weight = begins(after(text, whole.end()), &["斤", "kg", "公斤", "千克"]);
            let height = number
                .as_str()
                .parse::<f32>()
                .ok()
                .filter(|height| (50.0..=220.0).contains(height) && !is_weight);
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
                && !stands_before(text, place.start(), BECAME)
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

/// 150的校服, 140卫衣: a size of a child's clothes.
fn names_garment(height: f32, rest: &str) -> bool {
    height <= 160.0 && height % 5.0 == 0.0 && begins(rest.strip_prefix('的').unwrap_or(rest), GARMENTS)
}

fn set_height(text: &str, height: f32, from: usize, to: usize, found: &mut Attributes) {
    if stands_before(text, from, OTHERS) {
        return;
    }
    if found.take(Kind::Height, from, to) && found.height_cm.is_none() {
        found.height_cm = Some(height);
    }
}
