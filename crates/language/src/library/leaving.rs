//! What a viewer wrote, as it may leave the house: to a model that the owner of the shop named. What must never happen
//! here: a number, an address, a name or a nickname that goes along; what is in doubt stays.

use super::masked::MaskedText;
use crate::private::private;

/// What stands where private data was masked.
const MASKED: &str = "***";
/// Words behind which people tell who they are, where they live and which order is theirs. No mask knows a name.
const TELLING: &[&str] = &[
    "我叫",
    "我姓",
    "名叫",
    "姓名",
    "名字是",
    "收件",
    "收货人",
    "联系人",
    "身份证",
    "手机号",
    "电话",
    "微信",
    "vx",
    "wx",
    "qq",
    "我住",
    "家住",
    "我家在",
    "门牌",
    "单号",
    "尾号",
];

/// The words of a viewer without whom they address (`@小鱼`), if they tell nothing about anybody; `nickname` is the
/// writer's.
pub fn leaving(text: &str, nickname: &str) -> Option<MaskedText> {
    let addressed = |word: &'_ str| word.split(['@', '＠']).next().unwrap_or_default().to_owned();
    let words: Vec<String> = text.split_whitespace().map(addressed).filter(|word| !word.is_empty()).collect();
    let words = words.join(" ");
    let lower = words.to_lowercase();
    let nickname = nickname.trim().to_lowercase();
    let named = nickname.chars().count() > 1 && lower.contains(&nickname);
    let tells = named
        || words.contains(MASKED)
        || TELLING.iter().any(|word| lower.contains(word))
        || !private(&words).is_empty();
    MaskedText::of(&words).filter(|text| !tells && !text.as_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_nobody_leaves() {
        for (text, left) in [
            ("这个能机洗吗", "这个能机洗吗"),
            ("@小鱼 这个  能机洗吗", "这个 能机洗吗"),
            ("敏感肌能用吗＠小鱼", "敏感肌能用吗"),
            ("我是敏感肌 160 52kg穿啥码", "我是敏感肌 160 52kg穿啥码"),
        ] {
            assert_eq!(leaving(text, "鱼").unwrap().as_str(), left, "{text}");
        }
    }

    #[test]
    fn what_tells_of_somebody_stays() {
        for text in [
            "我电话13912345678加我",
            "王小明 *********** ************谢谢",
            "寄到幸福小区3栋201室可以吗",
            "我叫王小明 能开发票吗",
            "收件人王小明能发顺丰吗",
            "加我VX abc 问一下能机洗吗",
            "订单6917926768能改吗",
            "尾号8823发了吗",
            "一三九一二三四五六七八",
            "爱吃糖的小鱼想问能机洗吗",
            "@小鱼",
            "",
        ] {
            assert_eq!(leaving(text, "爱吃糖的小鱼"), None, "{text}");
        }
    }
}
