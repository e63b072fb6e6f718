//! Comments that say nothing but that a colour or a size is wanted: 红色, 要红色XL, 有5XL吗, 怎么没有紫色.

use crate::attributes::{Attributes, Kind};
use crate::normalise::Normalised;

/// The words beside what is wanted; a comment with any other says something else: 红色好看, 我穿红色.
const WORDS: &[&str] = &[
    "我想要",
    "想要",
    "要",
    "想",
    "我",
    "给",
    "来",
    "蹲",
    "求",
    "出",
    "上",
    "补",
    "拍",
    "买",
    "整",
    "再",
    "还",
    "有没有",
    "有没",
    "有",
    "没有",
    "没",
    "能不能",
    "可以",
    "怎么",
    "为什么",
    "为啥",
    "咋",
    "一个",
    "一件",
    "一条",
    "一双",
    "一套",
    "个",
    "件",
    "条",
    "双",
    "套",
    "款",
    "的",
    "码",
    "号",
    "色",
    "尺码",
    "颜色",
    "吗",
    "嘛",
    "么",
    "呗",
    "吧",
    "呢",
    "啊",
    "呀",
    "哦",
    "了",
    "不",
    "木有",
    "主播",
    "宝",
    "姐",
    "家人",
    "求求",
    "?",
    "!",
    ",",
    ".",
    "~",
    "、",
    " ",
];

/// Whether a comment wants a colour or a size that it names, and says nothing else.
pub fn wants_variant(text: &Normalised, attributes: &Attributes) -> bool {
    let names = |kind: Kind| attributes.places.iter().any(|place| place.kind == kind);
    if !names(Kind::Colour) && !names(Kind::Size) || names(Kind::Height) || names(Kind::Weight) {
        return false;
    }
    let mut at = 0;
    attributes.places.iter().all(|place| {
        let between = text.text.get(at..place.from).unwrap_or_default();
        at = at.max(place.to);
        is_only_words(between)
    }) && is_only_words(text.text.get(at..).unwrap_or_default())
}

/// Whether a text falls into the words, the longest first.
fn is_only_words(mut rest: &str) -> bool {
    while !rest.is_empty() {
        let next = WORDS.iter().filter_map(|word| rest.strip_prefix(word)).min_by_key(|rest| rest.len());
        let Some(next) = next else { return false };
        rest = next;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::read;

    fn wants(text: &str) -> bool {
        let normalised = read(text);
        wants_variant(&normalised, &Attributes::of(&normalised))
    }

    #[test]
    fn who_names_a_colour_or_a_size_and_says_nothing_else_wants_it() {
        for text in [
            "红色",
            "要红色",
            "要红色XL",
            "想要红色",
            "我要黑色L",
            "想要紫色的",
            "蹲一个紫色",
            "出个紫色呗",
            "有5XL吗",
            "要5XL",
            "为什么没有XXXL",
            "红色 红色 红色",
            "3号 红色 L",
            "有没有紫色？",
            "给我来个L码",
        ] {
            assert!(wants(text), "{text}");
        }
        for text in [
            "红色好看",
            "我穿红色",
            "粉丝红色灯牌",
            "红色多少钱",
            "红色显黑吗",
            "红色160穿L",
            "补货",
            "要",
            "",
            "黄色废料",
        ] {
            assert!(!wants(text), "{text}");
        }
    }
}
