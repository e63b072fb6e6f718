//! Private data in a comment: telephone numbers and addresses, which are masked before anybody sees them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Numbers of eleven digits that begin like a mobile number, also in words and with marks between the digits.
static MOBILE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:\+?86[\s-]?)?[1１一壹][\s\-.·_,，]*[3-9３-９三四五六七八九](?:[\s\-.·_,，]*[0-9０-９零〇一二三四五六七八九]){9}").ok()
});
/// Numbers with an area code.
static LANDLINE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b0\d{2,3}[-\s]\d{7,8}\b").ok());
/// A number of the identity card.
static IDENTITY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[1-9]\d{5}(?:19|20)\d{9}[\dXx]\b").ok());
/// A place that is as fine as a street with a number, or a building with a door.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:[\p{Han}]{2,8}(?:省|市|区|县|镇|乡|街道))*[\p{Han}A-Za-z0-9]{1,12}(?:路|街|巷|弄|大道|小区|花园|村|苑|公寓|大厦)[\p{Han}]{0,4}[0-9０-９一二三四五六七八九十]{1,5}(?:号楼|号|栋|幢|单元|室|弄|座)(?:[0-9０-９一二三四五六七八九十\-]{1,5}(?:号楼|号|栋|幢|单元|室|楼|层|座)?)*",
    )
    .ok()
});

/// What is shown instead of a private character.
const MASK: char = '*';

/// Where private data stands in a text, in bytes, in order.
pub fn private(text: &str) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = [&MOBILE, &LANDLINE, &IDENTITY, &ADDRESS]
        .into_iter()
        .filter_map(|regex| regex.as_ref())
        .flat_map(|regex| regex.find_iter(text).map(|found| found.range()))
        .collect();
    places.sort_by_key(|place| place.start);
    places
}

/// The text with private data masked; nothing if it has none.
pub fn masked(text: &str) -> Option<String> {
    let places = private(text);
    if places.is_empty() {
        return None;
    }
    let hidden = |at: usize| places.iter().any(|place| place.contains(&at));
    Some(text.char_indices().map(|(at, c)| if hidden(at) && !c.is_whitespace() { MASK } else { c }).collect())
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn numbers_and_addresses_are_masked() {
        for (text, shown) in [
            ("我电话13912345678加我", "我电话***********加我"),
            ("139 1234 5678", "*** **** ****"),
            ("一三九一二三四五六七八", "***********"),
            ("寄到幸福小区3栋201室谢谢", "************谢谢"),
            ("0571-88889999", "*************"),
        ] {
            assert_eq!(masked(text).as_deref(), Some(shown), "{text}");
        }
    }

    #[test]
    fn what_is_not_private_stays() {
        for text in [
            "13号链接还有吗",
            "订单尾号8823",
            "160/110穿什么",
            "满300减50",
            "11号发货吗",
            "这个路上用方便吗",
            "1388的那个",
        ] {
            assert_eq!(masked(text), None, "{text}");
        }
    }
}
