//! Days and moments as people write them, in the time of Shanghai, which has no summer time.

use livehand_kernel::Millis;

/// Shanghai is so far ahead of UTC.
const SHANGHAI_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// `2026-06-18`, `2026/6/18`, `2026.6.18` or `2026年6月18日`, with `20:00` behind it or not; the moment it begins, and
/// whether only a day was given.
pub(super) fn moment(text: &str) -> Option<(Millis, bool)> {
    let text = text.trim().replace(['年', '月', '/', '.'], "-").replace('日', " ");
    let mut parts = text.split_whitespace();
    let day = day_start(parts.next()?)?;
    let Some(clock) = parts.next() else { return Some((day, true)) };
    if parts.next().is_some() {
        return None;
    }
    let mut numbers = clock.split(':').map(|part| part.parse::<i64>().ok());
    let hours = numbers.next()??;
    let minutes = numbers.next()??;
    let seconds = numbers.next().unwrap_or(Some(0))?;
    let valid = (0..24).contains(&hours) && (0..60).contains(&minutes) && (0..60).contains(&seconds);
    let end_of_day = hours == 24 && minutes == 0 && seconds == 0;
    (valid || end_of_day).then(|| (day.plus(((hours * 60 + minutes) * 60 + seconds) * 1_000), false))
}

fn day_start(text: &str) -> Option<Millis> {
    let mut numbers = text.split('-').map(|part| part.parse::<u16>().ok());
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() {
        return None;
    }
    Millis::parse_rfc3339(&format!("{year:04}-{month:02}-{day:02}T00:00:00+08:00")).ok()
}

/// The last millisecond of a day that begins at `start`.
pub(super) fn end_of_day(start: Millis) -> Millis {
    start.plus(DAY_MS - 1)
}

/// The day that a moment lies in.
pub fn shown_day(at: Millis) -> String {
    at.plus(SHANGHAI_MS).to_rfc3339().chars().take(10).collect()
}

/// A moment to the minute, or to the second where that matters.
pub(super) fn shown_moment(at: Millis) -> String {
    let length = if at.0.rem_euclid(60_000) == 0 { 16 } else { 19 };
    at.plus(SHANGHAI_MS).to_rfc3339().replace('T', " ").chars().take(length).collect()
}

/// The end of a stretch of time: midnight belongs to the day before it.
pub(super) fn shown_end(at: Millis) -> String {
    if at.plus(SHANGHAI_MS).0.rem_euclid(DAY_MS) == 0 {
        return format!("{} 24:00", shown_day(at.plus(-1)));
    }
    shown_moment(at)
}
