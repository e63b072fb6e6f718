//! Money is an integer number of fen (分, 1/100 yuan). There is no floating point on the way of a price.

use chinese_number::{ChineseCase, ChineseCountMethod, ChineseVariant, NumberToChinese};
use serde::{Deserialize, Serialize};

use crate::Phrase;

/// An amount in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Fen(pub i64);

impl std::fmt::Display for Fen {
    /// Yuan with two decimals: `Fen(1990)` is `19.90`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Fen {
    /// The amount as it is read out loud, so that a digit too few is heard: 二百六十八万元, "2,680,000 yuan (7 digits)".
    pub fn in_words(self) -> Phrase {
        let yuan = (self.0.unsigned_abs() / 100).cast_signed();
        let (jiao, fen) = (self.0 / 10 % 10, self.0 % 10);
        let small = match (jiao.unsigned_abs(), fen.unsigned_abs()) {
            (0, 0) => String::new(),
            (0, fen) => format!("零{}分", chinese(fen.cast_signed())),
            (jiao, 0) => format!("{}角", chinese(jiao.cast_signed())),
            (jiao, fen) => format!("{}角{}分", chinese(jiao.cast_signed()), chinese(fen.cast_signed())),
        };
        let (minus, negative) = if self.0 < 0 { ("负", "-") } else { ("", "") };
        let grouped = grouped(yuan);
        let cents =
            if small.is_empty() { String::new() } else { format!(".{:02}", self.0.unsigned_abs() % 100) };
        let digits = yuan.to_string().len();
        let plural = if digits == 1 { "" } else { "s" };
        Phrase::new(
            format!("{negative}{grouped}{cents} yuan ({digits} digit{plural} before the point)"),
            format!("{minus}{}元{small}", chinese(yuan)),
        )
    }
}

/// Numbers below 10^17, as the sum of an i64 of fen never exceeds; larger ones keep their digits.
fn chinese(number: i64) -> String {
    number
        .to_chinese(ChineseVariant::Simple, ChineseCase::Lower, ChineseCountMethod::TenThousand)
        .unwrap_or_else(|_| number.to_string())
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::Fen;

    #[test]
    fn a_missing_digit_is_heard() {
        let said = |fen| Fen(fen).in_words().zh.into_owned();
        assert_eq!(said(268_000_000), "二百六十八万元");
        assert_eq!(said(26_800_000), "二十六万八千元");
        assert_eq!(said(12_990), "一百二十九元九角");
        assert_eq!(said(1_905), "十九元零五分");
        assert_eq!(said(-1_234), "负十二元三角四分");
        assert_eq!(said(50), "零元五角");
        assert_eq!(Fen(268_000_000).in_words().en, "2,680,000 yuan (7 digits before the point)");
        assert_eq!(Fen(990).in_words().en, "9.90 yuan (1 digit before the point)");
    }

    #[test]
    fn yuan_have_two_decimals_and_one_sign() {
        assert_eq!(Fen(1990).to_string(), "19.90");
        assert_eq!(Fen(-5).to_string(), "-0.05");
        assert_eq!(Fen(i64::MIN).to_string(), "-92233720368547758.08");
    }
}
