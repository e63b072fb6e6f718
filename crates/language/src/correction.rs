//! What buyers say of orders that they placed: 拍错了, 帮我改成L, 地址写错了; and what they said that they wanted before
//! they placed them: 我要黑色L. What must never happen here: the variant that somebody bought by mistake taken for the
//! one that they want, and a worry (怕拍错) taken for a mistake.

use crate::attributes::{Attributes, Kind};
use crate::normalise::{Normalised, read};
use crate::wanting::wants_variant;

/// What somebody says that they did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slip {
    /// Another size, colour or product than they wanted.
    Variant,
    /// Another number of units, or twice.
    Quantity,
    /// Another recipient, number or address.
    Recipient,
    /// Nothing; they want it sent as another variant.
    Change,
}

/// What a comment says of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// What went wrong.
    pub slip: Option<Slip>,
    /// Whether it says what is wanted, and asks nothing.
    pub wants: bool,
    /// The link that it names.
    pub link: Option<u16>,
    /// Colours that are wanted.
    pub colours: Vec<String>,
    /// Sizes that are wanted.
    pub sizes: Vec<String>,
}

/// The recipient is wrong.
const RECIPIENT: &str = "
    地址写错 地址填错 地址选错 地址错 地址不对 改地址 改一下地址 改下地址 换地址 换个地址 修改地址 电话写错 电话填错 电话错 手机号写错 手机号填错
    手机号错 号码写错 号码填错 号码错 改电话 改手机号 收件人写错 收件人错 名字写错";
/// The number of units is wrong.
const QUANTITY: &str = "
    拍多了 多拍了 多拍一 买多了 多买了 拍重复 拍重了 买重了 下重了 重复下单 重复拍 拍了两遍 拍了两次 付了两次 拍成两件 拍成2件 少拍了 拍少了";
/// The wrong thing was bought.
const VARIANT: &str = "
    拍错 下错 买错 选错 点错 按错 订错 码数错 尺码错 颜色错 规格错 拍反了 拍成 选成 点成 买成 下成 按成";
/// It is to be another one.
const CHANGE: &str = "改成 换成 改为 换为 帮我改 帮改 给我改 帮我换 帮换 给我换 改发 换发 发成";
/// Before such words nothing went wrong yet.
const WORRY: &str =
    "怕 别 不会 会不会 没 不要 不能 别人 谁 如果 要是 万一 容易 避免 防止 老 总 小心 千万 以防 是不是";
/// What follows is what was bought.
const BOUGHT: &str = "拍成 选成 点成 买成 下成 按成 拍了 买了 拍的 买的 选的 下的 下了 选了 点了 订的";
/// What follows is what is wanted.
const WANTED: &str = "要 换 改 应该拍 应该是 本来拍 发 给我";
/// Signs of a question.
const ASKS: &str = "吗 嘛 ? 有没有 有 没 为什么 为啥 怎么 能不能 可以 还是 么";
/// What stands between a name and what is said of it.
const FILLERS: &str = "码 号 色 的 个 款";

/// What a text says of an order that its writer has or is about to place; nothing if it says nothing of the kind.
pub fn correction(text: &str) -> Option<Correction> {
    let normalised = read(text);
    let attributes = Attributes::of(&normalised);
    let words = normalised.text.as_str();
    let slip = if says(words, RECIPIENT) {
        Some(Slip::Recipient)
    } else if says(words, QUANTITY) {
        Some(Slip::Quantity)
    } else if says(words, VARIANT) {
        Some(Slip::Variant)
    } else if says(words, CHANGE) {
        Some(Slip::Change)
    } else {
        None
    };
    let named = wanted(&normalised, &attributes);
    let plain = !ASKS.split_whitespace().any(|sign| words.contains(sign));
    let wants = plain && wants_variant(&normalised, &attributes) && !named.is_empty();
    if slip.is_none_or(|slip| slip == Slip::Change && named.is_empty()) && !wants {
        return None;
    }
    let mut correction = Correction { slip, wants, link: attributes.link, ..Correction::default() };
    for name in named {
        let part = Attributes::of(&read(&name));
        correction.colours.extend(part.colours);
        correction.sizes.extend(part.sizes);
    }
    Some(correction)
}

/// Whether one of the words stands in the text, and not behind a worry.
fn says(text: &str, words: &str) -> bool {
    words.split_whitespace().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            // 不小心拍多了 is no warning.
            before.ends_with("不小心") || !WORRY.split_whitespace().any(|worry| before.ends_with(worry))
        })
    })
}

/// The colours and sizes that are wanted, as they stand in the text.
fn wanted(text: &Normalised, attributes: &Attributes) -> Vec<String> {
    let words = text.text.as_str();
    let mut named: Vec<(bool, String)> = Vec::new();
    let (mut from, mut before_is_wanted) = (0, false);
    for place in attributes.places.iter().filter(|it| matches!(it.kind, Kind::Colour | Kind::Size)) {
        let segment = words.get(from..place.from).unwrap_or_default();
        let after = words.get(place.to..).unwrap_or_default();
        let joined = FILLERS.split_whitespace().fold(segment, |rest, filler| rest.trim_start_matches(filler));
        // 黑色L: one thing in two words.
        let continued = from > 0 && joined.trim().is_empty();
        let is_wanted = if continued {
            before_is_wanted || followed_by_bought(after)
        } else {
            label(segment).unwrap_or(false) || followed_by_bought(after)
        };
        if continued
            && is_wanted
            && let Some(last) = named.last_mut()
        {
            last.0 = true;
        }
        named.push((is_wanted, words.get(place.from..place.to).unwrap_or_default().to_owned()));
        (from, before_is_wanted) = (place.to, is_wanted);
    }
    // Who names one thing and nothing else wants it.
    let alone = wants_variant(text, attributes);
    named.into_iter().filter(|(wanted, _)| *wanted || alone).map(|(_, name)| name).collect()
}

/// What the last word before a name says of it: wanted, or bought.
fn label(segment: &str) -> Option<bool> {
    let last = |words: &str| words.split_whitespace().filter_map(|word| segment.rfind(word)).max();
    match (last(WANTED), last(BOUGHT)) {
        (Some(wanted), Some(bought)) => Some(wanted > bought),
        (wanted, bought) => wanted.map(|_| true).or(bought.map(|_| false)),
    }
}

/// M拍成L了: what stands before is what was wanted.
fn followed_by_bought(after: &str) -> bool {
    let after = FILLERS.split_whitespace().fold(after, |rest, filler| rest.trim_start_matches(filler));
    ["拍成", "选成", "点成", "买成", "下成", "按成"].iter().any(|word| after.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(text: &str) -> Option<(Option<Slip>, String)> {
        let it = correction(text)?;
        Some((it.slip, [it.colours, it.sizes].concat().join(" ")))
    }

    #[test]
    fn a_mistake_names_what_is_wanted_and_not_what_was_bought() {
        for (text, slip, wanted) in [
            ("拍错了", Slip::Variant, ""),
            ("拍错规格了", Slip::Variant, ""),
            ("拍成M了 要L码", Slip::Variant, "L"),
            ("手滑拍成白色了想要黑色", Slip::Variant, "黑色"),
            ("我拍的M，帮我换成L", Slip::Change, "L"),
            ("刚拍的帮我改成黑色L", Slip::Change, "黑色 L"),
            ("拍错了 要黑色的XL", Slip::Variant, "黑色 XL"),
            ("拍多了一件", Slip::Quantity, ""),
            ("不小心拍重复了", Slip::Quantity, ""),
            ("地址写错了能改吗", Slip::Recipient, ""),
            ("刚拍的要改地址", Slip::Recipient, ""),
        ] {
            assert_eq!(read_as(text), Some((Some(slip), wanted.to_owned())), "{text}");
        }
    }

    #[test]
    fn who_says_what_they_want_says_so_before_they_buy() {
        for (text, wanted) in [("我要L码", "L"), ("要黑色L", "黑色 L"), ("给我来个红色", "红色")]
        {
            assert_eq!(read_as(text), Some((None, wanted.to_owned())), "{text}");
            assert!(correction(text).unwrap().wants, "{text}");
        }
    }

    #[test]
    fn worries_questions_and_talk_are_no_mistakes() {
        for text in [
            "怕拍错了",
            "万一拍错了呢",
            "别拍错了啊",
            "有L码吗",
            "M还是L",
            "红色好看",
            "我穿M",
            "主播身上是什么码",
            "已拍",
            "拍了两件",
            "什么时候发货",
            "换季了穿这个正好",
        ] {
            assert_eq!(correction(text), None, "{text}");
        }
    }
}
