//! Masking (掩码): what of a name, a number and an address may stand on a screen, in a table and in a file.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What is shown instead of what is hidden.
const HIDDEN: &str = "**";
/// Ends of the names of places, from the largest to the smallest that may be seen.
const LEVELS: &[&[&str]] = &[
    &["特别行政区", "自治区", "省"],
    &["自治州", "地区", "盟", "市"],
    &["自治县", "自治旗", "林区", "新区", "区", "县", "旗", "市"],
    &["街道", "镇", "乡"],
];
/// Characters of the name of a place with its end, at most (双江拉祜族佤族布朗族傣族自治县 has sixteen).
const PLACE_CHARS_MAX: usize = 16;
/// A street's name may hold the end of a place (人民路街道口); whoever sees one of these sees too much.
const FINER: &[char] = &['路', '街', '巷', '弄', '号', '栋', '幢', '室', '楼', '村', '组'];

/// Places that end like a district and are finer than a town.
const NO_DISTRICTS: &[&str] = &["小区", "社区", "园区", "校区", "厂区", "库区", "片区"];
/// A place that a town has passed already is within it (长安镇锦厦社区).
const TOWNS: &[char] = &['镇', '乡'];

/// A recipient as every screen has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// 张**
    pub name: String,
    /// 138****8000
    pub phone: String,
    /// Down to the town; the street and the door are never in it.
    pub region: String,
}

/// The first character of a name.
pub fn mask_name(name: &str) -> String {
    let first = name.trim().nfc().next();
    first.map_or_else(String::new, |first| format!("{first}{HIDDEN}"))
}

/// A number without its middle: `138****8000`, `0571-****9999`. Of a short or unusual one the last two digits stay.
pub fn mask_phone(phone: &str) -> String {
    let (area, local) = phone.split_once('-').unwrap_or(("", phone));
    let digits: Vec<char> = local.chars().collect();
    let last = |count: usize| digits.iter().skip(digits.len().saturating_sub(count)).collect::<String>();
    if area.is_empty() && digits.len() == 11 && local.starts_with('1') {
        let first: String = digits.iter().take(3).collect();
        return format!("{first}****{}", last(4));
    }
    match (area.is_empty(), digits.len()) {
        (_, 0) => String::new(),
        (false, 7..) => format!("{area}-****{}", last(4)),
        (_, 7..) => format!("****{}", last(2)),
        _ => "****".to_owned(),
    }
}

/// The beginning of an address that may be seen, 浙江省杭州市余杭区五常街道, and its length in bytes. It ends before anything
/// finer than a town; of an address that names no place it is empty.
pub fn public_region(address: &str) -> &str {
    let mut end = 0;
    for ends in LEVELS {
        let rest = address.get(end..).unwrap_or_default();
        end += place(rest, ends).unwrap_or(0);
    }
    address.get(..end).unwrap_or_default()
}

/// The length in bytes of a place at the beginning of `text` that ends with one of `ends`; the shortest there is.
fn place(text: &str, ends: &[&str]) -> Option<usize> {
    let mut length = 0;
    for (count, c) in text.chars().take(PLACE_CHARS_MAX).enumerate() {
        let begun = text.get(..length)?;
        let end = ends.iter().find(|end| text.get(length..).is_some_and(|rest| rest.starts_with(**end)));
        if let Some(end) = end
            && count > 0
        {
            let whole = text.get(..length + end.len())?;
            let within_town = begun.chars().skip(1).any(|c| TOWNS.contains(&c)) && *end == "区";
            let finer = begun.contains(FINER) || NO_DISTRICTS.iter().any(|no| whole.ends_with(no));
            return (!finer && !within_town).then_some(whole.len());
        }
        if !is_han(c) {
            return None;
        }
        length += c.len_utf8();
    }
    None
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_keep_their_first_character() {
        for (name, shown) in
            [("张三丰", "张**"), ("李", "李**"), ("Anna Li", "A**"), ("", ""), (" 欧阳锋 ", "欧**")]
        {
            assert_eq!(mask_name(name), shown);
        }
    }

    #[test]
    fn numbers_lose_their_middle() {
        for (phone, shown) in [
            ("13800138000", "138****8000"),
            ("0571-88889999", "0571-****9999"),
            ("4001234567", "****67"),
            ("+8521234", "****34"),
            ("12345", "****"),
            ("", ""),
        ] {
            assert_eq!(mask_phone(phone), shown, "{phone}");
        }
    }

    #[test]
    fn addresses_end_at_the_town() {
        for (address, shown) in [
            ("浙江省杭州市余杭区五常街道文一西路969号3幢501室", "浙江省杭州市余杭区五常街道"),
            ("上海市浦东新区张江镇碧波路690号", "上海市浦东新区张江镇"),
            ("北京市朝阳区建国路88号", "北京市朝阳区"),
            ("新疆维吾尔自治区喀什地区疏勒县疏勒镇一组", "新疆维吾尔自治区喀什地区疏勒县疏勒镇"),
            ("广东省东莞市长安镇锦厦社区", "广东省东莞市长安镇"),
            ("江苏省昆山市玉山镇前进西路1号", "江苏省昆山市玉山镇"),
            ("杭州市西湖区文三路街道口小区3栋", "杭州市西湖区"),
            ("文一西路969号", ""),
            ("Baker Street 221B", ""),
            ("", ""),
        ] {
            assert_eq!(public_region(address), shown, "{address}");
        }
    }

    proptest! {
        #[test]
        fn what_is_masked_never_holds_the_whole(name in "\\PC{2,12}", phone in "1[3-9][0-9]{9}", door in "[0-9]{1,4}号") {
            let shown = mask_name(&name);
            prop_assert!(shown.chars().count() <= 3);
            prop_assert!(!mask_phone(&phone).contains(&phone[3..7]) || mask_phone(&phone).starts_with(&phone[..3]));
            prop_assert!(!mask_phone(&phone).chars().all(|c| c.is_ascii_digit()));
            let address = format!("浙江省杭州市余杭区{name}路{door}");
            prop_assert!(!public_region(&address).contains(&door));
        }
    }
}
