//! Sizes: M, XXL, 2XL, 均码, 38码, 红色38, 37半, 75B, 110码, but not 5斤装, 500ml or 256G.

use std::sync::LazyLock;

use regex::Regex;

use super::height::CHILD_BELOW;
use super::numerals::value;
use super::{Attributes, GARMENTS, Kind, Marks, after, alone, before, begins, stands_before};

static LETTERS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[2-6]个xl?|(?:[2-6]x|x{0,4})[sml]|nb|[2-6]x").ok());
static WORDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("均码|大码|小码|中码|加大码|大号|小号|中号|特大号|加大号").ok());
/// 三十九码.
static WORDED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("([一二三四]?十[一二三四五六七八九]?)码").ok());
/// 三个叉: so many X.
static CROSSES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("([2-6二两三四五六])个?叉").ok());
static CUPS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d{2}[a-g]").ok());
static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d{2,3}(?:\.5|码半|半)?").ok());

/// Words that ask whether there are large sizes at all are questions, not sizes: 有大码吗 names one, 大号胖子 does not.
const NOT_AFTER_WORD: &[&str] = &["称", "的快递", "胖", "练", "被封", "数"];
/// What a number of a size is followed by.
const CODE_AFTER: &[&str] = &["码"];
/// Verbs and words after which a number from 34 to 46 is that of a shoe.
const SHOE_BEFORE: &[&str] = &[
    "买的",
    "拍的",
    "穿",
    "拿",
    "选",
    "要",
    "还是",
    "寄来",
    "寄",
    "换",
    "发",
    "发来",
    "发成",
    "拍了",
    "拍",
    "买了",
    "买",
    "订",
    "下单",
    "平时",
    "平常",
    "鞋",
    "脚",
    "给我",
    "来双",
    "到",
    "鞋子",
    "童鞋",
    "一只",
    "下单了",
    "出个",
    "补个",
    "成",
    "要的",
    "要的是",
    "改",
    "给我改",
];
/// What a bare number of a waist stands behind.
const WAIST_BEFORE: &[&str] = &["穿", "平时", "平常", "腰围", "裤子", "都是", "一般"];
/// What speaks of feet in a comment, where a number with 的 behind it is a size and no price.
const OF_FEET: &[&str] = &["脚", "鞋", "码", "穿", "双"];
/// What speaks of trousers in a comment.
const OF_TROUSERS: &[&str] = &["裤", "腰", "牛仔", "直筒", "阔腿"];
/// Sizes of children are named by their height.
const CHILD_SIZES: &[u16] =
    &[59, 66, 73, 80, 85, 90, 95, 100, 105, 110, 115, 120, 125, 130, 135, 140, 145, 150, 155, 160];
/// Of whom such a size is.
const CHILDREN: &[&str] =
    &["娃", "宝", "孩", "孙", "儿子", "女儿", "闺女", "小子", "丫头", "岁", "校服", "连体", "爬服", "童"];
/// What stands before and behind such a size.
const CHILD_BEFORE: &[&str] = &["穿", "拍", "拿", "选", "买", "还是", "和", "跟", "套", "件", "要"];
const CHILD_AFTER: &[&str] = &["还是", "的", "码", "和", "跟", "合适", "行", "可以", "会", "大不", "小不"];
/// What makes such a number something else.
const OTHER_AFTER: &[&str] = &[
    "斤", "元", "块", "件", "个", "天", "岁", "分", "万", "年", "号", "月", "点", "折", "度", "包", "盒",
    "瓶", "片", "双", "条", "支", "kg", "公斤", "克", "g", "毫升", "米", "cm", "厘米", "寸", "小时", "%",
    "周", "人", "次", "单", "箱", "袋", "毛", "倍", "级", "w", "瓦", "人份", "多", "来", "几", "/", ".",
];

/// `gaps` as in the search for links.
pub(super) fn find(text: &str, gaps: &[usize], marks: Marks, found: &mut Attributes) {
    if marks.letters {
        letters(text, gaps, found);
    }
    for place in WORDS.as_ref().iter().flat_map(|words| words.find_iter(text)) {
        let any = stands_before(text, place.start(), &["最"]);
        if !any && !begins(after(text, place.end()), NOT_AFTER_WORD) {
            add(place.as_str().to_owned(), place.start(), place.end(), found);
        }
    }
    for captures in WORDED.as_ref().iter().flat_map(|worded| worded.captures_iter(text)) {
        let (Some(whole), Some(number)) = (captures.get(0), captures.get(1)) else { continue };
        if let Some(size) = value(number.as_str()).filter(|size| (16..=47).contains(size)) {
            add(size.to_string(), whole.start(), whole.end(), found);
        }
    }
    for captures in CROSSES.as_ref().iter().flat_map(|crosses| crosses.captures_iter(text)) {
        let (Some(whole), Some(number)) = (captures.get(0), captures.get(1)) else { continue };
        if let Some(crosses) = value(number.as_str()) {
            add(format!("{crosses}XL"), whole.start(), whole.end(), found);
        }
    }
    if marks.digits {
        cups(text, found);
        numbers(text, found);
    }
}

fn cups(text: &str, found: &mut Attributes) {
    for place in CUPS.as_ref().iter().flat_map(|cups| cups.find_iter(text)) {
        let whole = alone(text, place.start(), place.end());
        let band = place.as_str().get(..2).and_then(|band| band.parse::<u32>().ok());
        if whole && band.is_some_and(|band| (65..=100).contains(&band) && band % 5 == 0) {
            add(place.as_str().to_uppercase(), place.start(), place.end(), found);
        }
    }
}

fn letters(text: &str, gaps: &[usize], found: &mut Attributes) {
    for place in LETTERS.as_ref().iter().flat_map(|letters| letters.find_iter(text)) {
        let (from, to) = (place.start(), place.end());
        // 1m68, 500m, 5s, vivox: letters and digits around it are part of it.
        let name = place.as_str();
        let digits_before = before(text, from).next().is_some_and(|c| c.is_ascii_digit());
        // 57kg M: the unit before it belongs to what was found there.
        let behind_found = found.places.iter().any(|place| place.to == from);
        let behind = |c: char| c.is_ascii_alphabetic() && !behind_found && !gaps.contains(&from);
        let joined = before(text, from).next().is_some_and(behind)
            || after(text, to).starts_with(|c: char| c.is_ascii_alphanumeric() && !gaps.contains(&to));
        let of_number = digits_before
            && !behind_found
            && name.len() == 1
            && !stands_before(text, from, &["8", "0", "5", "6"]);
        // 1.68l is a volume.
        let of_number = of_number
            || (name.len() == 1
                && text
                    .get(..from)
                    .is_some_and(|head| head.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with('.')));
        if joined || of_number || (digits_before && !colour_or_link_before(text, from)) {
            continue;
        }
        if name == "s" && begins(after(text, to), &["级", "型", "弯"]) {
            continue;
        }
        add(letter_size(name), from, to, found);
    }
}

/// Whether digits before a letter belong to something that was named before it: 155S and 8号XL are told apart by places.
fn colour_or_link_before(text: &str, at: usize) -> bool {
    let digits = before(text, at).take_while(char::is_ascii_digit).count();
    (2..=3).contains(&digits)
}

fn letter_size(name: &str) -> String {
    let name = name.to_uppercase().replace('个', "");
    match name.strip_suffix('L').filter(|head| head.len() > 1 && head.bytes().all(|b| b == b'X')) {
        Some(head) => format!("{}XL", head.len()),
        None if name.ends_with('X') => format!("{name}L"),
        None => name,
    }
}

fn numbers(text: &str, found: &mut Attributes) {
    let small = found.height_cm.is_some_and(|height| height < CHILD_BELOW);
    for place in NUMBERS.as_ref().iter().flat_map(|numbers| numbers.find_iter(text)) {
        let (from, to) = (place.start(), place.end());
        let name = place.as_str().replace("码半", ".5").replace('半', ".5");
        let Ok(value) = name.parse::<f32>() else { continue };
        let rest = after(text, to);
        if before(text, from).next().is_some_and(|c| c.is_ascii_digit() || c == '.')
            || rest.starts_with(|c: char| c.is_ascii_digit())
        {
            continue;
        }
        let of_shoes = text.contains(['鞋', '靴']);
        let shoe = (34.0..=47.0).contains(&value) || (of_shoes && (16.0..=33.0).contains(&value));
        let clothes = (24.0..=33.0).contains(&value) || ((59.0..=190.0).contains(&value) && name.len() <= 3);
        let coded = begins(rest, CODE_AFTER) && (shoe || clothes);
        // 38还是39, where feet are spoken of.
        let or = rest.strip_prefix("还是").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            && OF_FEET.iter().any(|word| text.contains(word));
        let behind =
            |kind: Kind, at: usize| found.places.iter().any(|place| place.kind == kind && place.to == at);
        let of_colour = behind(Kind::Colour, from)
            || (stands_before(text, from, &["的"]) && behind(Kind::Colour, from.saturating_sub("的".len())));
        let of_link = stands_before(text, from, &["的"])
            && behind(Kind::Link, from.saturating_sub("的".len()))
            && begins(rest, &["还有", "有没", "有货", "没货"]);
        let of_size = found
            .places
            .iter()
            .any(|place| place.kind == Kind::Size && place.to + "还是".len() >= from && place.to < from);
        let plain = (!begins(rest, OTHER_AFTER) || begins(rest, &["来一双", "来双"]))
            && (of_colour || of_link || or || of_size || stands_before(text, from, SHOE_BEFORE));
        let waist = (24.0..=33.0).contains(&value) && stands_before(text, from, WAIST_BEFORE);
        let plain = plain
            || (begins(rest, &["的", "挤", "磨", "夹"]) && OF_FEET.iter().any(|word| text.contains(word)));
        let trousers = (24.0..=36.0).contains(&value)
            && (rest.is_empty() || begins(rest, &["的", "还是"]))
            && (stands_before(text, from, SHOE_BEFORE) || of_size)
            && OF_TROUSERS.iter().any(|word| text.contains(word));
        let waist = (waist && !begins(rest, OTHER_AFTER)) || trousers;
        let child = name.parse().is_ok_and(|size: u16| CHILD_SIZES.contains(&size))
            && !begins(rest, OTHER_AFTER)
            && (of_colour
                || ((small || CHILDREN.iter().any(|word| text.contains(word)))
                    && (of_size
                        || from == 0
                        || stands_before(text, from, CHILD_BEFORE)
                        || stands_before(text, from, SHOE_BEFORE))
                    && (rest.is_empty() || begins(rest, CHILD_AFTER))));
        let halved = shoe && name.contains('.') && !begins(rest, &["天", "年", "小时", "个"]);
        let whole = (shoe && from == 0 && rest.is_empty())
            || (of_shoes && shoe && begins(rest, &["的鞋", "的运动鞋", "的小白鞋"]))
            || (shoe && value >= 34.0 && begins(rest, &["的断", "的还有", "的没", "的有没"]))
            || (of_shoes && shoe && stands_before(text, from, &["鞋", "靴", "靴子"]));
        let garment = begins(rest.strip_prefix('的').unwrap_or(rest), GARMENTS)
            || stands_before(text, from, GARMENTS)
            || (stands_before(text, from, &["拍", "和", "跟"])
                && GARMENTS.iter().any(|word| text.contains(word)));
        let child = child
            || (garment
                && !begins(rest, OTHER_AFTER)
                && name.parse().is_ok_and(|size: u16| CHILD_SIZES.contains(&size)));
        let girth = (24.0..=44.0).contains(&value)
            && !begins(rest, OTHER_AFTER)
            && (stands_before(text, from, &["裤", "裤子", "腰", "腰围"])
                || begins(rest, &["腰", "的腰"])
                || (of_size && text.contains('裤')));
        let waist = waist || girth;
        let asked = (from == 0 && begins(rest, &["的还有", "的有没", "的有货", "还有没", "还有货"]))
            || (stands_before(text, from, &["有没有", "有"])
                && (rest == "的" || begins(rest, &["的没", "的吗", "的不", "的么"])));
        let child = child || (asked && name.parse().is_ok_and(|size: u16| CHILD_SIZES.contains(&size)));
        if coded || (shoe && plain) || child || waist || halved || whole {
            add(name, from, to, found);
        }
    }
}

fn add(size: String, from: usize, to: usize, found: &mut Attributes) {
    if found.take(Kind::Size, from, to) && !found.sizes.contains(&size) {
        found.sizes.push(size);
    }
}
