//! Time is UTC milliseconds since the epoch. Asia/Shanghai exists on screens only.

use serde::{Deserialize, Serialize};

/// Milliseconds in a minute; metric minutes are aligned to the epoch, so that they do not depend on when a show began.
pub const MINUTE_MS: i64 = 60_000;

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;
/// Shanghai is eight hours ahead of UTC, all year.
const SHANGHAI_AHEAD_MS: i64 = 28_800_000;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Millis(pub i64);

/// Text that is not an RFC 3339 instant.
#[derive(Debug, thiserror::Error)]
#[error("not an RFC 3339 time such as 2026-06-18T20:00:00+08:00")]
pub struct ParseTimeError;

impl Millis {
    /// Before every instant that an event may have.
    pub const MIN: Self = Self(i64::MIN);
    /// After every instant that an event may have.
    pub const MAX: Self = Self(i64::MAX);

    /// The epoch minute that this instant lies in.
    pub fn minute(self) -> i64 {
        self.0.div_euclid(MINUTE_MS)
    }

    /// Reads an RFC 3339 instant; fractions below a millisecond are cut.
    ///
    /// # Errors
    /// [`ParseTimeError`] if the text is anything else.
    pub fn parse_rfc3339(text: &str) -> Result<Self, ParseTimeError> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| ParseTimeError)?;
        Ok(Self(instant.as_millisecond()))
    }

    /// The instant as RFC 3339 in UTC with milliseconds.
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| self.0.to_string(), |t| format!("{t:.3}"))
    }

    /// The hour of the day in Asia/Shanghai, 0 to 23; China has one time zone and no summer time.
    pub fn hour_in_shanghai(self) -> i64 {
        const HOUR_MS: i64 = 3_600_000;
        self.0.saturating_add(SHANGHAI_AHEAD_MS).div_euclid(HOUR_MS).rem_euclid(24)
    }

    /// The beginning of the calendar day in Shanghai that this instant lies in, `days` days later; earlier if negative.
    #[must_use]
    pub fn shanghai_midnight(self, days: i64) -> Self {
        let day = self.0.saturating_add(SHANGHAI_AHEAD_MS).div_euclid(DAY_MS).saturating_add(days);
        Self(day.saturating_mul(DAY_MS).saturating_sub(SHANGHAI_AHEAD_MS))
    }

    /// The calendar date in Shanghai, such as `2026-06-18`.
    pub fn shanghai_date(self) -> String {
        let shifted = jiff::Timestamp::from_millisecond(self.0.saturating_add(SHANGHAI_AHEAD_MS));
        shifted.map_or_else(|_| self.0.to_string(), |time| format!("{time:.0}").chars().take(10).collect())
    }

    /// The minute in Shanghai, such as `2026-06-18 20:05`.
    pub fn shanghai_minute(self) -> String {
        let shifted = jiff::Timestamp::from_millisecond(self.0.saturating_add(SHANGHAI_AHEAD_MS));
        let text = shifted.map_or_else(|_| self.0.to_string(), |time| format!("{time:.0}"));
        text.replacen('T', " ", 1).chars().take(16).collect()
    }

    /// This instant moved by `ms`, saturating at the ends of the scale.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// Where the time comes from. Production has one; tests own another.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Millis;
}

#[cfg(test)]
mod tests {
    use super::{Millis, SHANGHAI_AHEAD_MS};

    #[test]
    fn an_instant_before_the_epoch_lies_in_the_minute_before() {
        assert_eq!(Millis(-1).minute(), -1);
        assert_eq!(Millis(59_999).minute(), 0);
    }

    #[test]
    fn a_day_in_shanghai_begins_eight_hours_before_that_of_utc() {
        let evening = Millis::parse_rfc3339("2026-06-18T23:59:59.999+08:00").unwrap();
        assert_eq!(
            (evening.shanghai_date(), evening.plus(1).shanghai_date()),
            ("2026-06-18".into(), "2026-06-19".into())
        );
        assert_eq!(evening.shanghai_minute(), "2026-06-18 23:59");
        assert_eq!(evening.shanghai_midnight(0).to_rfc3339(), "2026-06-17T16:00:00.000Z");
        assert_eq!(evening.shanghai_midnight(1), evening.plus(1));
        assert_eq!(evening.shanghai_midnight(-7).shanghai_date(), "2026-06-11");
        assert_eq!(Millis(-SHANGHAI_AHEAD_MS - 1).shanghai_date(), "1969-12-31");
    }

    #[test]
    fn rfc3339_with_an_offset_is_read() {
        assert_eq!(Millis::parse_rfc3339("2025-11-22T20:00:00.25+08:00").unwrap(), Millis(1_763_812_800_250));
        assert!(Millis::parse_rfc3339("2025-11-22 20:00").is_err());
        assert_eq!(Millis(1_763_812_800_250).to_rfc3339(), "2025-11-22T12:00:00.250Z");
    }
}
