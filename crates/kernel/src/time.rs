//! Time is UTC milliseconds since the epoch. Asia/Shanghai exists on screens only.

use serde::{Deserialize, Serialize};

/// Milliseconds in a minute; metric minutes are aligned to the epoch, so that they do not depend on when a show began.
pub const MINUTE_MS: i64 = 60_000;

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
        (self.0.div_euclid(HOUR_MS) + 8).rem_euclid(24)
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
    use super::Millis;

    #[test]
    fn an_instant_before_the_epoch_lies_in_the_minute_before() {
        assert_eq!(Millis(-1).minute(), -1);
        assert_eq!(Millis(59_999).minute(), 0);
    }

    #[test]
    fn rfc3339_with_an_offset_is_read() {
        assert_eq!(Millis::parse_rfc3339("2025-11-22T20:00:00.25+08:00").unwrap(), Millis(1_763_812_800_250));
        assert!(Millis::parse_rfc3339("2025-11-22 20:00").is_err());
        assert_eq!(Millis(1_763_812_800_250).to_rfc3339(), "2025-11-22T12:00:00.250Z");
    }
}
