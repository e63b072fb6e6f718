//! What phrases cannot say: telephone numbers, addresses, measurements, link numbers.

/// What the digits of a comment are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// A mobile number, or an address with a house number.
    pub private: bool,
    /// A body measurement: 165/110, 120斤, 身高160.
    pub body: bool,
    /// A link number: 3号, 十二号.
    pub link: bool,
}

/// Digits of a mobile number on the mainland.
const MOBILE_DIGITS: usize = 11;
/// Kinds of place words that make an address, of those in [`PLACES`].
const ADDRESS_PLACES_MIN: usize = 3;
/// Body heights that are taken for one when no unit says so, in centimetres.
const HEIGHT_CM: std::ops::RangeInclusive<u32> = 140..=199;
/// Weights that are taken for one after a height, in jin or kilograms.
const WEIGHT: std::ops::RangeInclusive<u32> = 35..=240;
/// Link numbers that a show has.
const LINK: std::ops::RangeInclusive<u32> = 1..=300;

const PLACES: &[&[&str]] = &[
    &["省", "自治区"],
    &["市"],
    &["区", "县"],
    &["镇", "乡", "街道"],
    &["路", "街", "巷", "弄"],
    &["小区", "花园", "村", "广场"],
    &["栋", "幢", "单元", "室", "楼"],
];
const WEIGHT_UNITS: &[&str] = &["斤", "kg", "公斤", "千克"];
const LENGTH_UNITS: &[&str] = &["cm", "厘米", "公分"];
const BODY_WORDS: &[&str] = &["身高", "体重", "腰围", "胸围", "臀围", "脚长", "净高", "净重"];
const NUMERALS: &str = "一二三四五六七八九十";

/// Reads the figures of a normalised comment.
pub(crate) fn figures(text: &str) -> Figures {
    let mut figures = Figures { private: is_address(text), ..Figures::default() };
    let mut previous: Option<(u32, usize)> = None;
    for (start, digits) in numbers(text) {
        let (before, after) =
            (text.get(..start).unwrap_or(""), text.get(start + digits.len()..).unwrap_or(""));
        if digits.len() == MOBILE_DIGITS && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]) {
            figures.private = true;
            continue;
        }
        let Ok(number) = digits.parse::<u32>() else { continue };
        let unit = |units: &[&str]| units.iter().any(|unit| after.starts_with(unit));
        let pack = ["装", "/袋", "/箱", "一袋", "一箱"].iter().any(|word| after.contains(word));
        if ((unit(WEIGHT_UNITS) && WEIGHT.contains(&number))
            || (unit(LENGTH_UNITS) && HEIGHT_CM.contains(&number)))
            && !pack
        {
            figures.body = true;
        }
        if BODY_WORDS.iter().any(|word| before.ends_with(word)) {
            figures.body = true;
        }
        let follows = |(height, end): (u32, usize)| HEIGHT_CM.contains(&height) && start - end <= 3;
        if WEIGHT.contains(&number) && previous.is_some_and(follows) {
            figures.body = true;
        }
        if LINK.contains(&number) && after.starts_with('号') && !is_date(before, after) {
            figures.link = true;
        }
        previous = Some((number, start + digits.len()));
    }
    figures.link |= text.match_indices('号').any(|(at, _)| {
        let before = text.get(..at).unwrap_or("");
        before.ends_with(|c| NUMERALS.contains(c)) && !before.contains('月')
    });
    figures
}

/// 6月18号 and 18号发货 are dates, not links.
fn is_date(before: &str, after: &str) -> bool {
    before.ends_with('月')
        || ["号发", "号到", "号开播", "号直播", "号生日"].iter().any(|date| after.starts_with(date))
}

fn is_address(text: &str) -> bool {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let kinds = PLACES.iter().filter(|words| words.iter().any(|word| text.contains(word))).count();
    kinds >= ADDRESS_PLACES_MIN
}

/// The runs of digits with their byte positions.
fn numbers(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(|c: char| c.is_ascii_digit())?;
        let run = text.get(start..)?;
        let length = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
        at = start + length;
        run.get(..length).map(|digits| (start, digits))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_apart() {
        let none = Figures::default();
        let body = Figures { body: true, ..none };
        let link = Figures { link: true, ..none };
        let private = Figures { private: true, ..none };
        for (text, expected) in [
            ("165/110穿什么码", body),
            ("120斤能穿吗", body),
            ("身高158", body),
            ("158cm", body),
            ("5斤装一箱", none),
            ("3号多少钱", link),
            ("上十二号", link),
            ("6月18号", none),
            ("18号发吗", none),
            ("13812345678", private),
            ("138123456789", none),
            ("海州市东湖区青石路8号3单元", Figures { private: true, link: true, body: false }),
            ("666", none),
            ("2026", none),
        ] {
            assert_eq!(figures(text), expected, "{text}");
        }
    }
}
