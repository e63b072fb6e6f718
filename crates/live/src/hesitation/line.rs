//! The closing line (催单话术) for a doubt: empathy → one fact → lower risk → one next step.
//!
//! The fact and the lowered risk are slots, filled with what the product has now; a step without a fact is left out. Nothing
//! is scarce here and nothing ends, unless a window of the product (活动时段) is open and says until when. What must never
//! happen here: a promise, a number or a deadline in the words of a line instead of in a slot.

use super::Doubt;

/// Longest line as it is said, in characters; longer ones are not read in a public chat.
pub const LINE_CHARS_MAX: usize = 60;
/// Longest value of a fact in a line, in characters.
const VALUE_CHARS_MAX: usize = 24;

/// A fact that may stand in a line: the words before it, and the field of its slot, after a slash with the word by which
/// entries of a list are picked.
type Step = (&'static str, &'static str);

/// The words for a doubt.
struct Words {
    /// Said first, one of them.
    empathy: &'static [&'static str],
    /// The first that the product has; with another variant the next.
    facts: &'static [Step],
    /// Said last, one of them; `#` is the link number.
    next: &'static [&'static str],
}

/// What lowers the risk, the best first.
const RISKS: &[Step] = &[
    ("支持", "guarantees.无理由"),
    ("有", "guarantees.运费险"),
    ("支持", "guarantees.保价"),
    ("支持", "guarantees.价保"),
    ("支持", "guarantees.退"),
];

type Parts = (&'static [&'static str], &'static [Step], &'static [&'static str]);

fn words(doubt: Doubt) -> Words {
    let (empathy, facts, next) = match doubt {
        Doubt::Price | Doubt::Trust | Doubt::Fit | Doubt::Timing | Doubt::Comparison => of_the_product(doubt),
        _ => of_the_purchase(doubt),
    };
    Words { empathy, facts, next }
}

/// What the doubt is about is the product and its price.
fn of_the_product(doubt: Doubt) -> Parts {
    match doubt {
        Doubt::Price => (
            &["花钱谨慎很正常", "想买得值，理解", "精打细算没错"],
            &[("现在直播价", "live_price"), ("下单送", "gifts")],
            &["觉得合适就拍#号链接", "#号链接可以先看价再定"],
        ),
        Doubt::Trust => (
            &["担心真假很正常", "先问清楚再买，应该的"],
            &[
                ("这款有", "qualifications"),
                ("有", "guarantees.正品"),
                ("有", "guarantees.质保"),
                ("有", "guarantees.保修"),
                ("品牌是", "brand"),
            ],
            &["详情在#号链接里，看好再拍", "点#号链接看清楚再下单"],
        ),
        Doubt::Fit => (
            &["怕不合适很正常", "拿不准尺寸，理解"],
            &[("尺码有", "size_chart"), ("参数是", "specs"), ("成分是", "ingredients")],
            &["点#号链接按自己的情况选", "#号链接里选好规格再拍"],
        ),
        Doubt::Timing => (
            &["不着急，想好再买", "多想想没问题"],
            &[
                ("活动到", "windows"),
                ("有", "guarantees.保价"),
                ("有", "guarantees.价保"),
                ("现在直播价", "live_price"),
            ],
            &["想好了拍#号链接", "#号链接可以先加购"],
        ),
        _ => (
            &["想多对比很正常", "多比比没错"],
            &[
                ("这款参数", "specs"),
                ("成分是", "ingredients"),
                ("特点是", "selling_points"),
                ("下单送", "gifts"),
            ],
            &["比好了拍#号链接", "点#号链接对着看"],
        ),
    }
}

/// What the doubt is about is the purchase, or nobody said it.
fn of_the_purchase(doubt: Doubt) -> Parts {
    match doubt {
        Doubt::Payment => (
            &["量力而行就好", "手头紧不用急"],
            &[("支持", "guarantees.分期"), ("支持", "guarantees.货到付款"), ("现在直播价", "live_price")],
            &["方便了再拍#号链接", "#号链接可以先加购"],
        ),
        Doubt::Decider => (
            &["跟家里商量应该的", "问问家人再定，没问题"],
            &[("直播价", "live_price"), ("特点是", "selling_points"), ("参数是", "specs")],
            &["可以把#号链接先发给家人看", "商量好了拍#号链接"],
        ),
        Doubt::Aftersale => (
            &["担心售后很正常", "怕退换麻烦，理解"],
            &[
                ("这款有", "guarantees.运费险"),
                ("支持", "guarantees.退换"),
                ("有", "guarantees.质保"),
                ("有", "guarantees.保修"),
                ("发货是", "shipping_promise"),
            ],
            &["放心的话拍#号链接", "#号链接里写着售后，看好再拍"],
        ),
        _ => (
            &["还在看的朋友不着急", "还没定的朋友，有疑问打在公屏上"],
            &[("直播价", "live_price"), ("下单送", "gifts"), ("特点是", "selling_points")],
            &["看好了拍#号链接", "想了解就点#号链接"],
        ),
    }
}

/// The template of the line for `doubt` about the product with this link number: words, and slots of what it has now.
/// `value` gives what a slot would be filled with, such as `live_price` or `guarantees.运费险`; `variant` chooses among the
/// wordings, the same number always the same.
pub fn closing_line(
    doubt: Doubt,
    link_number: i64,
    variant: u64,
    value: impl Fn(&str) -> Option<String>,
) -> String {
    let Words { empathy, facts, next } = words(doubt);
    let (empathy, next) = (chosen(empathy, variant), chosen(next, variant));
    let next = next.replace('#', &link_number.to_string());
    let known = |step: &Step| {
        value(step.1).filter(|value| chars(value) <= VALUE_CHARS_MAX).map(|value| (*step, value))
    };
    let facts: Vec<(Step, String)> = facts.iter().filter_map(known).collect();
    let risks: Vec<(Step, String)> = RISKS.iter().filter_map(known).collect();
    // The first fact is the best; another variant begins with another.
    let first =
        variant.checked_rem(facts.len() as u64).and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
    let facts = facts.iter().cycle().skip(first).take(facts.len());
    let mut line = Line { parts: vec![empathy.to_owned()], left: LINE_CHARS_MAX, said: Vec::new() };
    line.left = line.left.saturating_sub(chars(empathy) + chars(&next) + 1);
    for steps in [facts.collect::<Vec<_>>(), risks.iter().collect()] {
        _ = steps.into_iter().any(|(step, value)| line.add(*step, value, link_number));
    }
    line.parts.push(next);
    line.parts.join("，")
}

/// A line as it grows.
struct Line<'a> {
    parts: Vec<String>,
    /// Characters that still fit.
    left: usize,
    /// Values that stand in it.
    said: Vec<&'a str>,
}

impl<'a> Line<'a> {
    /// Adds a step; false if it does not fit, or says what was said.
    fn add(&mut self, (before, slot): Step, value: &'a str, link_number: i64) -> bool {
        // A guarantee may be written as it is said: 支持 7 天无理由.
        let before = if value.starts_with(before) { "" } else { before };
        let needed = chars(before) + chars(value) + 1;
        if needed > self.left || self.said.iter().any(|said| said.contains(value) || value.contains(said)) {
            return false;
        }
        self.left -= needed;
        self.said.push(value);
        self.parts.push(format!("{before}{{{{{slot} #{link_number}}}}}"));
        true
    }
}

fn chosen(words: &[&'static str], variant: u64) -> &'static str {
    let place = variant.checked_rem(words.len() as u64).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| words.get(place)).copied().unwrap_or_default()
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sayings::slot::{Part, parts};

    /// What a product has that has everything.
    fn everything(slot: &str) -> Option<String> {
        let value = match slot {
            "live_price" => "¥129.00",
            "gifts" => "挂钩×2",
            "guarantees.无理由" => "7天无理由退货",
            "guarantees.运费险" => "运费险",
            "guarantees.保价" => "保价30天",
            "guarantees.质保" => "质保一年",
            "qualifications" => "质检报告",
            "brand" => "棉里",
            "size_chart" => "S、M、L",
            "specs" => "材质 棉",
            "windows" => "22:00",
            "selling_points" => "透气",
            "shipping_promise" => "48 小时内发货",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
        let part = |part: &Part| match part {
            Part::Words(words) => (*words).to_owned(),
            Part::Slot(slot) => value(slot.field).unwrap(),
        };
        parts(template).unwrap().iter().map(part).collect()
    }

    #[test]
    fn a_line_has_four_steps_where_the_product_has_the_facts() {
        let line = |doubt, variant| closing_line(doubt, 3, variant, everything);
        assert_eq!(
            line(Doubt::Price, 0),
            "花钱谨慎很正常，现在直播价{{live_price #3}}，支持{{guarantees.无理由 #3}}，觉得合适就拍3号链接"
        );
        assert_eq!(
            line(Doubt::Fit, 1),
            "拿不准尺寸，理解，参数是{{specs #3}}，支持{{guarantees.无理由 #3}}，3号链接里选好规格再拍"
        );
        for doubt in Doubt::ALL {
            assert_ne!(line(doubt, 0), line(doubt, 1), "{doubt:?}");
            assert_eq!(line(doubt, 1), line(doubt, 1));
        }
    }

    #[test]
    fn what_the_product_does_not_have_is_left_out() {
        let nothing = closing_line(Doubt::Trust, 3, 0, |_| None);
        assert_eq!(nothing, "担心真假很正常，详情在3号链接里，看好再拍");
        let only_a_deadline = |slot: &str| (slot == "windows").then(|| "22:00".to_owned());
        assert!(closing_line(Doubt::Timing, 3, 0, only_a_deadline).contains("活动到{{windows #3}}"));
        assert!(!closing_line(Doubt::Price, 3, 0, only_a_deadline).contains("活动"));
        let written_out = |slot: &str| (slot == "guarantees.无理由").then(|| "支持7天无理由".to_owned());
        assert!(!filled(&closing_line(Doubt::Price, 3, 0, written_out), written_out).contains("支持支持"));
    }

    proptest! {
        #[test]
        fn a_line_is_short_and_every_number_in_it_is_a_fact(which in 0..9_usize, variant in 0..50_u64, link in 1..9_999_i64, long in 0..40_usize) {
            let value = |slot: &str| everything(slot).map(|value| format!("{value}{}", "长".repeat(long)));
            let template = closing_line(Doubt::ALL[which], link, variant, value);
            prop_assert!(filled(&template, value).chars().count() <= LINE_CHARS_MAX);
            let words: String = parts(&template).unwrap().iter().filter_map(|part| match part {
                Part::Words(words) => Some(*words),
                Part::Slot(_) => None,
            }).collect();
            let link = format!("{link}号链接");
            prop_assert_eq!(words.matches(&link).count(), 1);
            prop_assert!(!words.replace(&link, "").contains(|c: char| c.is_ascii_digit()), "{}", words);
        }
    }
}
