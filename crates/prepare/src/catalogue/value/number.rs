//! Whole numbers, money and percentages as people write them.

use livehand_kernel::{Fen, Phrase};
use serde_json::{Value as Json, json};

use super::{Unit, Wrong, shown_json};

/// Largest amount, fen: ten million yuan, more than anything that is sold in a live room.
pub(crate) const AMOUNT_FEN_MAX: i64 = 1_000_000_000;

/// Words around a number that say nothing.
const AROUND: &[&str] =
    &["¥", "rmb", "cny", "元", "件", "个", "单", "份", "只", "盒", "套", "限购", "每人", "限", "/人", "库存"];

/// A decimal number as hundredths of itself.
fn hundredths(text: &str) -> Option<i64> {
    let mut bare = text.trim().to_lowercase().replace([',', ' '], "");
    for word in AROUND {
        bare = bare.replace(word, "");
    }
    let (digits, factor) = match bare.strip_suffix('万') {
        Some(digits) => (digits.to_owned(), 10_000),
        None => (bare, 1),
    };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.chars().all(|char| char.is_ascii_digit());
    if whole.is_empty()
        || !all_digits(whole)
        || !all_digits(fraction)
        || whole.len() > 12
        || fraction.len() > 12
    {
        return None;
    }
    // In units of 10⁻⁶, so that 26.8万 and 0.125万 are exact; what is finer than a hundredth is refused.
    let mut millionths = whole.parse::<i128>().ok()? * 1_000_000;
    let padded = format!("{fraction:0<6}");
    let (kept, rest) = padded.split_at_checked(6)?;
    if rest.chars().any(|char| char != '0') {
        return None;
    }
    millionths += kept.parse::<i128>().ok()?;
    let scaled = millionths * factor;
    if scaled % 10_000 != 0 {
        return None;
    }
    let value = i64::try_from(scaled / 10_000).ok()?;
    Some(if negative { -value } else { value })
}

/// A whole number.
pub(super) fn whole(text: &str) -> Result<i64, Wrong> {
    let expected = || Phrase::new("a whole number such as 200", "整数，例如 200");
    match hundredths(text) {
        Some(value) if value < 0 => Err(Wrong::error("negative", expected(), text)),
        Some(value) if value % 100 == 0 => Ok(value / 100),
        _ => Err(Wrong::error("whole_number", expected(), text)),
    }
}

/// An amount of money.
pub(super) fn money(text: &str, unit: Unit) -> Result<i64, Wrong> {
    let (expected, hundredths) = match unit {
        Unit::Yuan => (Phrase::new("yuan such as 59.90", "元，例如 59.90"), hundredths(text)),
        Unit::Fen => {
            let expected =
                Phrase::new("a whole number of fen, as the header says", "整数分（表头注明单位为分）");
            let value = hundredths(text).filter(|value| value % 100 == 0).map(|value| value / 100);
            if value.is_none() && hundredths(text).is_some() {
                return Err(Wrong::error("price_in_yuan", expected, text));
            }
            (expected, value)
        }
    };
    let Some(fen) = hundredths else { return Err(Wrong::error("not_an_amount", expected, text)) };
    in_range(fen, text)?;
    Ok(fen)
}

/// Whether an amount can be a price.
fn in_range(fen: i64, found: &str) -> Result<(), Wrong> {
    let above_zero = || Phrase::new("a price above 0", "大于 0 的价格");
    match fen {
        ..0 => Err(Wrong::error("negative", above_zero(), found)),
        0 => Err(Wrong::error("zero", above_zero(), found)),
        1..=AMOUNT_FEN_MAX => Ok(()),
        _ => {
            let most = Fen(AMOUNT_FEN_MAX);
            let expected = Phrase::new(format!("at most {most} yuan"), format!("不超过 {most} 元"));
            Err(Wrong::error("too_much", expected, found))
        }
    }
}

/// Hundredths of a percent.
pub(super) fn percent(text: &str) -> Result<i64, Wrong> {
    let expected = Phrase::new("a percentage from 0 to 100 such as 20%", "0 到 100 的百分比，例如 20%");
    let bare = text.trim().trim_end_matches('%');
    hundredths(bare)
        .filter(|value| (0..=10_000).contains(value))
        .ok_or_else(|| Wrong::error("percent", expected, text))
}

/// A percentage as a cell.
pub(super) fn shown_percent(hundredths: i64) -> String {
    let text = Fen(hundredths).to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A whole number that came as JSON.
pub(super) fn checked(value: &Json, low: i64, high: i64, code: &'static str) -> Result<Json, Wrong> {
    let expected =
        || Phrase::new(format!("a whole number from {low} to {high}"), format!("{low} 到 {high} 的整数"));
    match value.as_i64() {
        Some(number) if (low..=high).contains(&number) => Ok(json!(number)),
        Some(number) if number < 0 => Err(Wrong::error("negative", expected(), number.to_string())),
        _ => Err(Wrong::error(code, expected(), shown_json(value))),
    }
}

/// An amount that came as JSON.
pub(super) fn checked_money(value: &Json) -> Result<Json, Wrong> {
    let Some(fen) = value.as_i64() else {
        let expected = Phrase::new("a whole number of fen: 59.90 yuan are 5990", "整数分：59.90 元写作 5990");
        let code = if value.is_number() { "price_in_yuan" } else { "not_an_amount" };
        return Err(Wrong::error(code, expected, shown_json(value)));
    };
    in_range(fen, &Fen(fen).to_string())?;
    Ok(json!(fen))
}
