//! Labels of a line, such as 收货人: or 详细地址:, and what they are about; and what is no part of an address at all:
//! remarks of an order, extensions that are repeated as tags.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::dictionary::of_words;
use crate::text::Text;

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Name,
    Phone,
    Address,
    Remark,
}

/// What a character belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Not known yet.
    Free,
    Phone,
    Label(Label),
    /// Not to be read: a tag, a remark.
    Out,
}

/// Words that announce something, each with what it is.
const LABELS: &[(&str, Label)] = &[
    ("收货人姓名", Label::Name),
    ("收件人姓名", Label::Name),
    ("收货人名", Label::Name),
    ("收货姓名", Label::Name),
    ("收件姓名", Label::Name),
    ("客户姓名", Label::Name),
    ("真实姓名", Label::Name),
    ("收货人", Label::Name),
    ("收件人", Label::Name),
    ("代收人", Label::Name),
    ("联系人", Label::Name),
    ("收货方", Label::Name),
    ("收件方", Label::Name),
    ("收方", Label::Name),
    ("签收人", Label::Name),
    ("接收人", Label::Name),
    ("收", Label::Name),
    ("name", Label::Name),
    ("Name", Label::Name),
    ("To", Label::Name),
    ("TO", Label::Name),
    ("户主", Label::Name),
    ("姓名", Label::Name),
    ("名", Label::Name),
    ("名字", Label::Name),
    ("收件", Label::Name),
    ("收货", Label::Name),
    ("收货人电话", Label::Phone),
    ("收件人电话", Label::Phone),
    ("收货人手机", Label::Phone),
    ("收件人手机", Label::Phone),
    ("收货电话", Label::Phone),
    ("收件电话", Label::Phone),
    ("手机号码", Label::Phone),
    ("手机电话", Label::Phone),
    ("联系电话", Label::Phone),
    ("联系手机", Label::Phone),
    ("联系方式", Label::Phone),
    ("电话号码", Label::Phone),
    ("联系号码", Label::Phone),
    ("手机号", Label::Phone),
    ("电话号", Label::Phone),
    ("手机", Label::Phone),
    ("电话", Label::Phone),
    ("号码", Label::Phone),
    ("联系", Label::Phone),
    ("座机", Label::Phone),
    ("固话", Label::Phone),
    ("号", Label::Phone),
    ("电", Label::Phone),
    ("打", Label::Phone),
    ("打手机", Label::Phone),
    ("打电话", Label::Phone),
    ("她电话", Label::Phone),
    ("他电话", Label::Phone),
    ("她手机", Label::Phone),
    ("他手机", Label::Phone),
    ("电话打", Label::Phone),
    ("她号", Label::Phone),
    ("他号", Label::Phone),
    ("电话两个", Label::Phone),
    ("村里座机", Label::Phone),
    ("家里座机", Label::Phone),
    ("家里只有座机", Label::Phone),
    ("只有座机", Label::Phone),
    ("Tel", Label::Phone),
    ("TEL", Label::Phone),
    ("tel", Label::Phone),
    ("Mobile", Label::Phone),
    ("Phone", Label::Phone),
    ("收货人地址", Label::Address),
    ("收件人地址", Label::Address),
    ("收货地址", Label::Address),
    ("收件地址", Label::Address),
    ("详细地址", Label::Address),
    ("街道地址", Label::Address),
    ("所在地区", Label::Address),
    ("所在区域", Label::Address),
    ("所在省市区", Label::Address),
    ("收货地区", Label::Address),
    ("收件地区", Label::Address),
    ("省市区县", Label::Address),
    ("省市区", Label::Address),
    ("所在地", Label::Address),
    ("址", Label::Address),
    ("address", Label::Address),
    ("Address", Label::Address),
    ("新地址", Label::Address),
    ("具体地址", Label::Address),
    ("家庭地址", Label::Address),
    ("地址", Label::Address),
    ("地区", Label::Address),
    ("详细", Label::Address),
    ("街道", Label::Address),
    ("省份", Label::Address),
    ("城市", Label::Address),
    ("区县", Label::Address),
    ("省", Label::Address),
    ("市", Label::Address),
    ("区", Label::Address),
    ("门牌号", Label::Address),
    ("楼号门牌", Label::Address),
    ("备注信息", Label::Remark),
    ("买家留言", Label::Remark),
    ("订单备注", Label::Remark),
    ("备注", Label::Remark),
    ("邮政编码", Label::Remark),
    ("邮编", Label::Remark),
    ("订单编号", Label::Remark),
    ("订单号", Label::Remark),
    ("订单", Label::Remark),
    ("单号", Label::Remark),
    ("留言", Label::Remark),
    ("货号", Label::Remark),
    ("颜色分类", Label::Remark),
    ("颜色", Label::Remark),
    ("SKU", Label::Remark),
    ("sku", Label::Remark),
    ("规格", Label::Remark),
    ("款式", Label::Remark),
    ("尺码", Label::Remark),
    ("数量", Label::Remark),
    ("QQ", Label::Remark),
    ("qq", Label::Remark),
    ("微信号", Label::Remark),
    ("微信", Label::Remark),
    ("昵称", Label::Remark),
    ("抖音号", Label::Remark),
    ("商品", Label::Remark),
    ("快递", Label::Remark),
    ("公司", Label::Address),
    ("单位", Label::Address),
    ("家", Label::Address),
    ("身份证号", Label::Remark),
    ("身份证", Label::Remark),
];

/// The labels by their first character, the longer before the shorter that it begins with.
static BY_FIRST: LazyLock<FxHashMap<char, Vec<(&str, Label)>>> = LazyLock::new(|| {
    let mut labels: FxHashMap<char, Vec<(&str, Label)>> = FxHashMap::default();
    for (word, label) in LABELS {
        labels.entry(word.chars().next().unwrap_or_default()).or_default().push((word, *label));
    }
    labels.values_mut().for_each(|words| words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    labels
});

/// Marks labels, remarks that have one, and tags. `marks` comes with the phone numbers.
pub(crate) fn mark(text: &Text, marks: &mut [Mark]) {
    tags(text, marks);
    mentions(text, marks);
    let mut at = 0;
    while at < text.len() {
        at = label_at(text, marks, at).unwrap_or(at + 1);
    }
}

/// An extension that a platform repeats behind name and detail: [1234].
fn tags(text: &Text, marks: &mut [Mark]) {
    for at in 0..text.len() {
        if text.at(at) != Some('[') {
            continue;
        }
        let digits = (at + 1..).take_while(|it| text.at(*it).is_some_and(|c| c.is_ascii_digit())).count();
        if (3..=6).contains(&digits) && text.at(at + 1 + digits) == Some(']') {
            put(marks, at, at + digits + 2, Mark::Out);
        }
    }
}

/// Whom a comment is written to: @小助理.
fn mentions(text: &Text, marks: &mut [Mark]) {
    for at in (0..text.len()).filter(|at| text.at(*at) == Some('@')) {
        let end = (at + 1..text.len()).find(|it| !text.at(*it).is_some_and(of_words));
        put(marks, at, end.unwrap_or(text.len()), Mark::Out);
    }
}

/// The digits of the first tag.
pub(crate) fn tag(text: &Text) -> Option<String> {
    let from = (0..text.len()).find(|at| {
        let digits = (at + 1..).take_while(|it| text.at(*it).is_some_and(|c| c.is_ascii_digit())).count();
        text.at(*at) == Some('[') && (3..=6).contains(&digits) && text.at(at + 1 + digits) == Some(']')
    })?;
    Some((from + 1..).map_while(|it| text.at(it).filter(char::is_ascii_digit)).collect())
}

fn put(marks: &mut [Mark], from: usize, to: usize, mark: Mark) {
    for it in marks.get_mut(from..to).into_iter().flatten() {
        if *it == Mark::Free {
            *it = mark;
        }
    }
}

fn is_start(text: &Text, marks: &[Mark], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    marks.get(before).is_some_and(|mark| *mark != Mark::Free)
        || text.at(before).is_some_and(|c| !of_words(c) || c.is_ascii_digit())
}

fn label_at(text: &Text, marks: &mut [Mark], at: usize) -> Option<usize> {
    if marks.get(at) != Some(&Mark::Free) {
        return None;
    }
    let bracketed = text.at(at) == Some('[');
    let from = if bracketed { at + 1 } else { at };
    let first = text.at(from)?;
    // 22号: is a house.
    let of_house =
        first == '号' && from.checked_sub(1).and_then(|it| text.at(it)).is_some_and(|c| c.is_ascii_digit());
    if of_house {
        return None;
    }
    let (word, label) = BY_FIRST.get(&first)?.iter().find(|(word, _)| text.is_at(from, word)).copied()?;
    // 更改收货: is no label.
    if matches!(word, "收货" | "收件") && !is_start(text, marks, at) {
        return None;
    }
    let mut end = from + word.chars().count();
    if bracketed {
        if text.at(end) != Some(']') {
            return None;
        }
        end += 1;
    }
    let spaces = (end..).take_while(|it| text.at(*it) == Some(' ')).count();
    // 收件人-郜小五-手机-13937014582
    let dash = word.chars().count() >= 2
        && matches!(text.at(end + spaces), Some('-' | '='))
        && is_start(text, marks, at)
        && !matches!(word, "街道" | "城市" | "地区" | "区县" | "省份" | "公司" | "单位");
    let colon = text.at(end + spaces) == Some(':') || dash;
    let loose = is_start(text, marks, at)
        && (spaces > 0
            || marks.get(end) == Some(&Mark::Phone)
            || text.at(end) == Some('\n')
            || text.at(end) == Some('\t')
            || bracketed
            || label == Label::Remark && text.at(end).is_some_and(|c| c.is_ascii_alphanumeric()));
    let long = word.chars().count() >= 2;
    // 屈老汉电话15929073418, 电话是15119120834: right before the number it needs no gap.
    let said = usize::from(text.at(end) == Some('是'));
    // 电 13846620735
    let begins = matches!(word, "电" | "打") && is_start(text, marks, at);
    if begins && marks.get(end + spaces) == Some(&Mark::Phone) {
        put(marks, at, end + spaces, Mark::Label(label));
        return Some(end + spaces);
    }
    if label == Label::Phone && long && marks.get(end + said) == Some(&Mark::Phone) && word != "联系" {
        put(marks, at, end + said, Mark::Label(label));
        return Some(end + said);
    }
    let post_code = matches!(word, "邮编" | "邮政编码") && text.at(end).is_some_and(|c| c.is_ascii_digit());
    if !(colon && (long || is_start(text, marks, at))
        || post_code
        || loose
            && long
            && (bracketed
                || !matches!(
                    word,
                    "街道" | "公司" | "单位" | "快递" | "商品" | "城市" | "地区" | "收货" | "收件" | "数量"
                )))
    {
        return None;
    }
    if colon {
        end += spaces + 1;
    }
    while text.at(end) == Some(' ') {
        end += 1;
    }
    put(marks, at, end, Mark::Label(label));
    // 正义村四组邮编135007
    if matches!(word, "邮编" | "邮政编码") {
        let digits = (end..).take_while(|it| text.at(*it).is_some_and(|c| c.is_ascii_digit())).count();
        if digits == 6 {
            put(marks, at, end + digits, Mark::Out);
            return Some(end + digits);
        }
    }
    if label == Label::Remark {
        // 公司 and 单位 are read as part of the address where nobody knows better.
        let stop = (end..text.len()).find(|it| {
            marks.get(*it) != Some(&Mark::Free)
                || text.at(*it).is_some_and(|c| {
                    matches!(c, ' ' | '\n' | '\t' | ',' | ';' | '|' | '。' | '、' | '(' | '[')
                })
        });
        let stop = stop.unwrap_or(text.len());
        put(marks, at, stop, Mark::Out);
        for it in marks.get_mut(at..stop).into_iter().flatten() {
            *it = Mark::Out;
        }
        return Some(stop);
    }
    Some(end)
}
