//! What a run of digits is, once it is known where it begins and ends.

use super::valid::is_mobile;
use super::{PhoneKind, Trouble};

/// What was made of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    pub number: String,
    pub kind: PhoneKind,
    pub trouble: Option<Trouble>,
}

impl Number {
    fn good(number: String, kind: PhoneKind) -> Number {
        Number { number, kind, trouble: None }
    }
    fn bad(trouble: Trouble) -> Number {
        Number { number: String::new(), kind: PhoneKind::Mobile, trouble: Some(trouble) }
    }
}

/// How many digits the area code has that a number with a zero in front begins with: 010, 02x, 0xxx.
pub(crate) fn area_len(digits: &str) -> Option<usize> {
    match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => Some(3),
        [b'0', b'3'..=b'9', b'1'..=b'9', ..] => Some(4),
        _ => None,
    }
}

/// A run of digits that stands by itself.
pub(crate) fn judge(digits: &str) -> Option<Number> {
    let digits = digits
        .strip_prefix("0086")
        .or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() >= 11 && rest.starts_with('1')))
        .unwrap_or(digits);
    match (digits.as_bytes().first()?, digits.len()) {
        (b'1', 11) if is_mobile(digits) => Some(Number::good(digits.to_owned(), PhoneKind::Mobile)),
        (b'1', 11) => Some(Number::bad(Trouble::BadSegment)),
        (b'1', 12..=14) => Some(Number::bad(Trouble::Long)),
        (b'1', 7..=10) => Some(Number::bad(Trouble::Short)),
        (b'0', 12) if is_mobile(&digits[1..]) => Some(Number {
            number: digits[1..].to_owned(),
            kind: PhoneKind::Mobile,
            trouble: Some(Trouble::LeadingZero),
        }),
        (b'0', 10..=12) => {
            let area = area_len(digits);
            match area.map(|area| (area, digits.len() - area)) {
                Some((area, 7 | 8)) => Some(Number::good(
                    format!("{}-{}", &digits[..area], &digits[area..]),
                    PhoneKind::Landline,
                )),
                _ => Some(Number::bad(Trouble::BadSegment)),
            }
        }
        (b'4' | b'8', 10) if digits.starts_with("400") || digits.starts_with("800") => {
            Some(Number::bad(Trouble::Service))
        }
        (b'2'..=b'8', 7) | (b'2'..=b'9', 8) => Some(Number {
            number: digits.to_owned(),
            kind: PhoneKind::Landline,
            trouble: Some(Trouble::NoArea),
        }),
        (b'2'..=b'9', 11) => Some(Number::bad(Trouble::BadSegment)),
        (b'2'..=b'9', 9 | 10) => Some(Number::bad(Trouble::Short)),
        _ => None,
    }
}
