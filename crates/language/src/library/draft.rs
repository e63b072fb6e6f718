//! Drafts of a model (模型起草): what it wrote becomes an answer only if every fact in it is quoted. What must never happen
//! here: a number, a promise or a slot that nobody gave passing as something that the shop says.

use livehand_kernel::{Phrase, display_text};

use super::answer::{Piece, parts, shown_chars};
use super::check::SHORT_CHARS_MAX;

/// Longest text that is looked at, in characters; a model that writes more did not write one line.
const WRITTEN_CHARS_MAX: usize = 1_000;
/// What is quoted of a text that is refused, in characters.
const QUOTED_CHARS_MAX: usize = 20;
/// Signs of markup, of addresses and of somebody who is addressed; none of them belongs into the public chat.
const MARKUP: &[char] = &['<', '>', '`', '*', '#', '|', '[', ']', '\\', '@', '＠', '^', '$'];
const ADDRESSES: &[&str] = &["://", "www.", ".com", ".cn"];
/// Quotation marks in which a model wraps what it writes.
const QUOTES: &[(char, char)] = &[('“', '”'), ('"', '"'), ('「', '」'), ('『', '』'), ('\'', '\'')];
/// Digits as they are spoken.
const SPOKEN: &str = "零〇一二三四五六七八九十百千万亿两半";
/// Behind one of these, spoken digits are a figure.
const UNITS: &[&str] = &[
    "元",
    "块",
    "毛",
    "角",
    "折",
    "天",
    "日",
    "周",
    "星期",
    "年",
    "月",
    "个月",
    "小时",
    "个小时",
    "分钟",
    "秒",
    "工作日",
    "个工作日",
    "倍",
    "成",
    "斤",
    "公斤",
    "克",
    "升",
    "毫升",
    "米",
    "厘米",
    "寸",
    "码",
    "号",
    "分之",
];
/// Behind one of these as well, unless it is a mere 一.
const COUNTED: &[&str] = &["件", "个", "双", "套", "只", "条", "瓶", "盒", "包", "支", "罐", "份"];
/// What must not follow a figure that a slot gives, because it would make it another figure.
const ENLARGING: &[char] = &['万', '千', '百', '亿', '折', '倍', '成', '%', '％', '.', '．', '十'];

/// What a shop promises, and the slots of which one must stand beside it. `None` of the slots is ever given for a coupon.
const PROMISES: &[(&[&str], &[&str])] = &[
    (&["运费险", "包邮", "免邮", "免运费"], &["freight_insurance", "return_policy", "warranty", "ship_by"]),
    (
        &["无理由", "包退", "包换", "退货", "退换", "保价"],
        &["return_policy", "warranty", "freight_insurance"],
    ),
    (&["质保", "保修", "联保"], &["warranty", "return_policy"]),
    (&["正品", "保真", "假一赔"], &["return_policy", "warranty", "certificate"]),
    (&["赠", "再送", "还送", "加送", "附送", "送一"], &["gifts"]),
    (&["优惠券", "领券", "满减", "立减", "打折", "折扣", "半价"], &["coupon"]),
    (&["现货", "有货", "没货", "缺货", "售罄", "断码", "库存"], &["stock"]),
    (&["限购"], &["limit"]),
    (&["当天发", "当日发", "今天发", "明天发", "马上发", "立刻发", "次日达", "隔日达", "秒发"], &["ship_by"]),
];

/// A fact that a model was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The slot that quotes it, such as `{{price}}`.
    pub slot: String,
    /// What it says now.
    pub value: String,
}

/// Why a draft is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftFault {
    /// It says nothing.
    Empty,
    /// It has so many characters.
    TooLong(usize),
    /// It holds signs that do not belong into the chat.
    Markup(String),
    /// Braces that are no slot that was given.
    Slot(String),
    /// A figure that no slot gives.
    Number(String),
    /// A promise without the fact that bears it out.
    Promise(String),
}

impl DraftFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong(_) => "too_long",
            Self::Markup(_) => "markup",
            Self::Slot(_) => "slot",
            Self::Number(_) => "number",
            Self::Promise(_) => "promise",
        }
    }

    /// For people.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Empty => Phrase::new("The model wrote nothing", "模型没有写出内容"),
            Self::TooLong(chars) => Phrase::new(
                format!("{chars} characters; at most {SHORT_CHARS_MAX} fit"),
                format!("有 {chars} 字，最多 {SHORT_CHARS_MAX} 字"),
            ),
            Self::Markup(found) => Phrase::new(
                format!("{found}: signs that do not belong into the chat"),
                format!("“{found}”：含格式符号、链接或看不见的字符"),
            ),
            Self::Slot(found) => Phrase::new(
                format!("{found} is no fact that it was given"),
                format!("{found} 不是给出的资料"),
            ),
            Self::Number(found) => Phrase::new(
                format!("{found}: a figure that no fact bears out"),
                format!("“{found}”：数字没有引用商品资料"),
            ),
            Self::Promise(found) => Phrase::new(
                format!("{found}: a promise that quotes no fact"),
                format!("“{found}”：这样的承诺没有引用商品资料"),
            ),
        }
    }
}

/// What a model wrote as an answer of the library, on one line. Values that were given and written out are quoted by their
/// slots instead, so that the answer goes stale with them.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check_draft(written: &str, given: &[Given]) -> Result<String, Vec<DraftFault>> {
    let line = one_line(written).map_err(|fault| vec![fault])?;
    let draft = quoted(&line, given);
    let mut faults = slot_faults(&draft, given);
    faults.extend(number_faults(&draft));
    faults.extend(promise_faults(&draft));
    let chars = shown_chars(&draft);
    if chars > SHORT_CHARS_MAX {
        faults.push(DraftFault::TooLong(chars));
    }
    if faults.is_empty() { Ok(draft) } else { Err(faults) }
}

/// The text on one line, without the quotation marks around it.
fn one_line(written: &str) -> Result<String, DraftFault> {
    let written = written.trim();
    let chars = written.chars().count();
    if chars > WRITTEN_CHARS_MAX {
        return Err(DraftFault::TooLong(chars));
    }
    let unseen = |c: &char| {
        let shown = display_text(c.encode_utf8(&mut [0; 4]));
        !c.is_whitespace() && (c.is_control() || shown.is_empty())
    };
    if let Some(c) = written.chars().find(unseen) {
        return Err(DraftFault::Markup(format!("U+{:04X}", u32::from(c))));
    }
    let mut line = display_text(written);
    for (open, close) in QUOTES {
        let inside = line.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close));
        // Marks within would be others than those around it.
        if let Some(inside) = inside.filter(|inside| !inside.contains([*open, *close])) {
            line = inside.trim().to_owned();
        }
    }
    if line.is_empty() {
        return Err(DraftFault::Empty);
    }
    let lower = line.to_lowercase();
    let address = ADDRESSES.iter().find(|part| lower.contains(**part)).map(|part| (*part).to_owned());
    match line.chars().find(|c| MARKUP.contains(c)).map(String::from).or(address) {
        Some(found) => Err(DraftFault::Markup(found)),
        None => Ok(line),
    }
}

/// The draft with slots in the place of values that were given and that hold a figure. A bare figure could be any fact, so
/// that its slot cannot be told.
fn quoted(line: &str, given: &[Given]) -> String {
    let mut figures: Vec<(String, &str)> = Vec::new();
    for fact in given {
        figures.extend(spellings(&fact.value).into_iter().map(|words| (words, fact.slot.as_str())));
    }
    figures.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    let mut draft = line.to_owned();
    for (words, slot) in figures {
        draft = words_replaced(&draft, &words, slot);
    }
    draft
}

/// How a value that holds a figure and says what it is may be written: ¥129.00 as ¥129 and 129元 as well.
fn spellings(value: &str) -> Vec<String> {
    let plain: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    let has_figure = plain.chars().any(char::is_numeric);
    let has_words = plain.chars().any(|c| !c.is_numeric() && !matches!(c, '.' | ','));
    if !has_figure || !has_words {
        return Vec::new();
    }
    let mut spelled = vec![value.to_owned(), plain.clone()];
    if let Some(yuan) = plain.strip_prefix('¥') {
        let whole = yuan.strip_suffix(".00").unwrap_or(yuan);
        spelled.extend(["¥", "￥"].iter().flat_map(|sign| [yuan, whole].map(|sum| format!("{sign}{sum}"))));
        spelled.extend(
            ["元", "块钱", "块"].iter().flat_map(|unit| [yuan, whole].map(|sum| format!("{sum}{unit}"))),
        );
    }
    spelled
}

/// Replaces a value in the words of a draft, and in none of its slots.
fn words_replaced(draft: &str, value: &str, slot: &str) -> String {
    let replaced = |part: super::Part<'_>| match part.meaning {
        Ok(Piece::Text) => part.raw.replace(value, slot),
        _ => part.raw.to_owned(),
    };
    parts(draft).into_iter().map(replaced).collect()
}

fn short(text: &str) -> String {
    text.chars().take(QUOTED_CHARS_MAX).collect()
}

fn slot_faults(draft: &str, given: &[Given]) -> Vec<DraftFault> {
    let known = |raw: &str| {
        let plain = |slot: &str| slot.split_whitespace().collect::<String>();
        given.iter().any(|fact| plain(&fact.slot) == plain(raw))
    };
    let fault = |part: super::Part<'_>| match part.meaning {
        Ok(Piece::Text) => None,
        Ok(Piece::Slot(_)) if known(part.raw) => None,
        _ => Some(DraftFault::Slot(short(part.raw))),
    };
    parts(draft).into_iter().filter_map(fault).collect()
}

fn number_faults(draft: &str) -> Vec<DraftFault> {
    let mut faults = Vec::new();
    let mut behind_slot = false;
    for part in parts(draft) {
        if !matches!(part.meaning, Ok(Piece::Text)) {
            behind_slot = true;
            continue;
        }
        let words = part.raw;
        if behind_slot && words.starts_with(ENLARGING) {
            faults.push(DraftFault::Number(short(words)));
        }
        behind_slot = false;
        let mut rest = words;
        while let Some(at) = rest.find(char::is_numeric) {
            let (_, from) = rest.split_at(at);
            let end = from.find(|c: char| !c.is_numeric() && !matches!(c, '.' | ',')).unwrap_or(from.len());
            let (figure, behind) = from.split_at(end);
            faults.push(DraftFault::Number(short(figure)));
            rest = behind;
        }
        faults.extend(spoken_figures(words).into_iter().map(DraftFault::Number));
    }
    faults
}

/// Figures in words: 九十九元, 三天, 两件. A figure whose unit a slot begins with is one as well.
fn spoken_figures(words: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some(at) = rest.find(|c| SPOKEN.contains(c)) {
        let (_, from) = rest.split_at(at);
        let end = from.find(|c| !SPOKEN.contains(c)).unwrap_or(from.len());
        let (figure, behind) = from.split_at(end);
        let unit = UNITS.iter().filter(|unit| behind.starts_with(**unit)).max_by_key(|unit| unit.len());
        let counted = COUNTED.iter().find(|unit| behind.starts_with(**unit) && figure != "一");
        if let Some(unit) = unit.or(counted) {
            found.push(format!("{figure}{unit}"));
        }
        rest = behind;
    }
    found
}

fn promise_faults(draft: &str) -> Vec<DraftFault> {
    let (mut words, mut names) = (String::new(), Vec::new());
    for part in parts(draft) {
        match part.meaning {
            Ok(Piece::Slot(slot)) => names.push(slot.name),
            _ => words.push_str(part.raw),
        }
    }
    let unproven = PROMISES.iter().filter(|(_, slots)| !slots.iter().any(|slot| names.contains(slot)));
    let said = unproven.filter_map(|(promises, _)| promises.iter().find(|word| words.contains(**word)));
    said.map(|word| DraftFault::Promise((*word).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn given() -> Vec<Given> {
        let fact = |slot: &str, value: &str| Given { slot: slot.to_owned(), value: value.to_owned() };
        vec![
            fact("{{price}}", "¥129.00"),
            fact("{{stock}}", "12"),
            fact("{{ship_by}}", "48 小时内发货"),
            fact("{{size height weight}}", "M"),
            fact("{{return_policy}}", "七天无理由退货、运费险"),
        ]
    }

    fn codes(written: &str) -> Vec<&'static str> {
        check_draft(written, &given()).unwrap_err().iter().map(DraftFault::code).collect()
    }

    #[test]
    fn a_draft_that_quotes_is_taken_on_one_line() {
        for (written, draft) in [
            ("  “直播价{{price}}，喜欢可以拍哦”\n", "直播价{{price}}，喜欢可以拍哦"),
            ("建议{{size  height weight}}，\n{{ship_by}}", "建议{{size height weight}}， {{ship_by}}"),
            ("这款支持{{return_policy}}", "这款支持{{return_policy}}"),
            ("这个我帮您问一下主播，稍等一下哦~", "这个我帮您问一下主播，稍等一下哦~"),
            ("拍一件也可以，十分感谢，千万别着急", "拍一件也可以，十分感谢，千万别着急"),
        ] {
            assert_eq!(check_draft(written, &given()).as_deref(), Ok(draft), "{written}");
        }
    }

    #[test]
    fn values_that_were_given_are_quoted_by_their_slots() {
        for (written, draft) in [
            ("今天¥129，48小时内发货", "今天{{price}}，{{ship_by}}"),
            ("今天￥129.00", "今天{{price}}"),
            ("今天只要129元哦", "今天只要{{price}}哦"),
            ("拍下48 小时内发货哦", "拍下{{ship_by}}哦"),
        ] {
            assert_eq!(check_draft(written, &given()).as_deref(), Ok(draft), "{written}");
        }
    }

    #[test]
    fn figures_that_nobody_gave_are_refused() {
        for written in [
            "今天只要99",
            "今天¥1299",
            "今天¥129.5",
            "今天1129元",
            "今天129块5",
            // It is the stock, and said as a price.
            "今天12元",
            "还有12件",
            "只要九十九元",
            "三天就到",
            "可以用半年",
            "两个小时内发",
            "买两件更划算",
            "{{price}}万",
            "１２号链接",
            "①号",
            "满意度百分之百",
        ] {
            assert_eq!(codes(written).first(), Some(&"number"), "{written}");
        }
    }

    #[test]
    fn promises_that_quote_nothing_are_refused() {
        for written in
            ["拍下包邮哦", "这款有运费险", "放心，正品", "红色有货哦", "现在拍还送袜子", "今天发哦"]
        {
            assert_eq!(codes(written), ["promise"], "{written}");
        }
        assert!(check_draft("库存还有{{stock}}，放心拍", &given()).is_ok());
    }

    #[test]
    fn slots_that_were_not_given_and_choices_are_refused() {
        for written in ["{{gifts}}都在", "{{prise}}", "{price}", "{宝宝/家人}好", "{{price", "{{stock 红色}}"]
        {
            assert!(codes(written).contains(&"slot"), "{written}");
        }
    }

    #[test]
    fn markup_and_what_is_not_seen_is_refused() {
        for written in [
            "<b>好的</b>",
            "**好的**",
            "看 https://a.example",
            "加www.x",
            "好\u{202E}的",
            "好\u{200B}的",
            "好\u{7}的",
            "@小鱼 好的",
            "[好](x)",
        ] {
            assert_eq!(codes(written), ["markup"], "{written}");
        }
        assert_eq!(codes(" \n "), ["empty"]);
        assert_eq!(codes("“”"), ["empty"]);
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(check_draft(&"好".repeat(45), &given()).is_ok());
        assert_eq!(codes(&"好".repeat(46)), ["too_long"]);
        assert_eq!(codes(&"好".repeat(5_000)), ["too_long"]);
    }

    proptest! {
        #[test]
        fn whatever_is_written_no_figure_stands_outside_of_a_slot(written in "[好¥129{}0-9. 件元三price\u{202E}]{0,40}|\\PC{0,40}") {
            if let Ok(draft) = check_draft(&written, &given()) {
                let words: String = parts(&draft).iter().filter(|part| part.meaning == Ok(Piece::Text)).map(|part| part.raw).collect();
                prop_assert!(!words.chars().any(char::is_numeric), "{draft}");
                prop_assert!(shown_chars(&draft) <= SHORT_CHARS_MAX);
                let whole = slot_faults(&draft, &given()).is_empty();
                prop_assert!(whole, "every brace is a slot that was given");
            }
        }
    }
}
