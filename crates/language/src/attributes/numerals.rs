//! Numbers as they are typed: 12, 十二, 一百二, 两百, 一百一十五.

/// Characters of a number in words.
pub(super) const NUMERALS: &str = "零〇一二两三四五六七八九十百";

/// The value of a number in digits or words; nothing if it is none or above 9,999.
pub(super) fn value(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().filter(|value| *value < 10_000);
    }
    let (mut total, mut digit, mut unit) = (0, None, 1);
    for c in text.chars() {
        match c {
            '十' | '百' => {
                unit = if c == '十' { 10 } else { 100 };
                total += digit.take().unwrap_or(1) * unit;
            }
            '零' | '〇' => unit = 1,
            _ => {
                let value =
                    "一二三四五六七八九".chars().position(|numeral| numeral == c).map(|at| at as u32 + 1);
                let value = value.or((c == '两').then_some(2))?;
                if digit.replace(value).is_some() {
                    return None;
                }
            }
        }
    }
    // 一百二 is 120, 一百零二 is 102.
    let last = if unit == 100 { 10 } else { 1 };
    total += digit.unwrap_or(0) * last;
    (total > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn numbers_in_words_are_read() {
        for (text, read) in [
            ("12", Some(12)),
            ("十二", Some(12)),
            ("三", Some(3)),
            ("二十", Some(20)),
            ("一百二", Some(120)),
            ("一百零二", Some(102)),
            ("一百一十五", Some(115)),
            ("两百", Some(200)),
            ("一三", None),
            ("十", Some(10)),
            ("", None),
        ] {
            assert_eq!(value(text), read, "{text}");
        }
    }
}
