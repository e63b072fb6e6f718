//! The numbers of a workbook as the sheet shows them: it keeps 19.9 as 19.899999999999999, and a day as how many came
//! before it.

use super::super::builder::DIGITS_KEPT;

/// Numbers beyond this are shown with an exponent everywhere and are no price and no id.
const LARGEST: f64 = 1e30;
/// The last day that a sheet knows: 9999-12-31.
const DAYS_MAX: f64 = 2_958_466.0;
/// Days of 1970-01-01 by the calendar that begins with 1900, and by the one that begins with 1904.
const EPOCH_1900: i64 = 25_569;
const EPOCH_1904: i64 = 24_107;
const SECONDS_PER_DAY: i64 = 86_400;

/// The digits of a number, and whether it had more than a sheet keeps; nothing if it is no number.
pub(super) fn digits(raw: &str) -> Option<(String, bool)> {
    let raw = raw.trim();
    let bare = raw.strip_prefix('-').unwrap_or(raw);
    if !bare.is_empty()
        && bare.len() <= LARGEST.log10() as usize
        && bare.bytes().all(|byte| byte.is_ascii_digit())
    {
        let beyond = bare.get(DIGITS_KEPT..).unwrap_or_default();
        let damaged = !beyond.is_empty() && beyond.bytes().all(|byte| byte == b'0');
        if bare.len() == 1 || !bare.starts_with('0') {
            return Some((raw.to_owned(), damaged));
        }
    }
    let value: f64 = raw.parse().ok().filter(|value: &f64| value.abs() < LARGEST)?;
    Some((decimal(value), value.abs() >= 1e15))
}

/// A number with the 15 digits that a sheet keeps.
fn decimal(value: f64) -> String {
    let kept = DIGITS_KEPT - 1;
    let rounded = format!("{value:.kept$e}").parse().unwrap_or(value);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// A part as a percentage: 0.15 is `15%`.
pub(super) fn percent(raw: &str) -> Option<String> {
    let value: f64 = raw.trim().parse().ok().filter(|value: &f64| value.abs() < LARGEST)?;
    Some(format!("{}%", decimal(value * 100.0)))
}

/// A whole number with zeros before it.
pub(super) fn with_zeros(raw: &str, width: usize) -> Option<String> {
    let (text, _) = digits(raw)?;
    Some(if text.bytes().all(|byte| byte.is_ascii_digit()) { format!("{text:0>width$}") } else { text })
}

/// A moment as `2026-06-18`, or with its time `2026-06-18 20:00`; nothing if the number is no day.
pub(super) fn date(raw: &str, since_1904: bool) -> Option<String> {
    let value: f64 = raw.trim().parse().ok().filter(|value| (0.0..DAYS_MAX).contains(value))?;
    let seconds = (value * SECONDS_PER_DAY as f64).round() as i64;
    let (days, of_day) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
    let days = match (since_1904, days) {
        (true, days) => days - EPOCH_1904,
        // The calendar of 1900 has a 29 February that never was, as day 60.
        (false, days) if days < 60 => days - EPOCH_1900 + 1,
        (false, days) => days - EPOCH_1900,
    };
    let (year, month, day) = civil(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    Some(if of_day == 0 { date } else { format!("{date} {}", clock(of_day)) })
}

/// A part of a day as `20:00`; of more than a day, all hours.
pub(super) fn time(raw: &str) -> Option<String> {
    let value: f64 = raw.trim().parse().ok().filter(|value| (0.0..DAYS_MAX).contains(value))?;
    Some(clock((value * SECONDS_PER_DAY as f64).round() as i64))
}

fn clock(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{rest:02}") }
}

/// The day that many days after 1970-01-01, by counting in eras of 400 years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    const ERA_DAYS: i64 = 146_097;
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(ERA_DAYS), shifted.rem_euclid(ERA_DAYS));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_digits_that_the_sheet_shows() {
        for (raw, text, damaged) in [
            ("19.9", "19.9", false),
            ("19.899999999999999", "19.9", false),
            ("0.30000000000000004", "0.3", false),
            ("2680000", "2680000", false),
            ("-5", "-5", false),
            ("1E3", "1000", false),
            ("1.0", "1", false),
            ("-0", "-0", false),
            ("-0.0", "0", false),
            ("007", "7", false),
            ("123456789012345", "123456789012345", false),
            ("6917926768823643751", "6917926768823643751", false),
            ("6917926768823640000", "6917926768823640000", true),
            ("6.9179267688236401E+18", "6917926768823640000", true),
            ("1E-7", "0.0000001", false),
        ] {
            assert_eq!(digits(raw), Some((text.to_owned(), damaged)), "{raw}");
        }
        for raw in ["", "abc", "NaN", "inf", "1e300", "--1", "0x10"] {
            assert_eq!(digits(raw), None, "{raw}");
        }
        assert_eq!(percent("0.15").as_deref(), Some("15%"));
        assert_eq!(percent("0.29"), Some("29%".to_owned()));
        assert_eq!(with_zeros("123", 5).as_deref(), Some("00123"));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (raw, since_1904, text) in [
            ("46191", false, "2026-06-18"),
            ("46191.833333333336", false, "2026-06-18 20:00"),
            ("1", false, "1900-01-01"),
            ("59", false, "1900-02-28"),
            ("61", false, "1900-03-01"),
            ("44729", true, "2026-06-18"),
            ("45351", false, "2024-02-29"),
            ("46191.999999999", false, "2026-06-19"),
        ] {
            assert_eq!(date(raw, since_1904).as_deref(), Some(text), "{raw}");
        }
        assert_eq!(time("0.833333333333333").as_deref(), Some("20:00"));
        assert_eq!(time("1.25").as_deref(), Some("30:00"));
        assert_eq!((date("-1", false), date("9e9", false), date("x", false)), (None, None, None));
    }
}
