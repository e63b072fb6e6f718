//! By when a customer is answered, and by when it is done (时效).

use livehand_kernel::{DAY_MS, MINUTE_MS, Millis};
use serde::{Deserialize, Serialize};

use super::Priority;
use crate::stock::codes;

/// First answer while a show is on air (播中首响).
pub const FIRST_ON_AIR_MS: i64 = 10 * MINUTE_MS;
/// First answer to what is urgent, whenever it comes.
pub const FIRST_URGENT_MS: i64 = 5 * MINUTE_MS;
/// First answer after the show, in working hours (播后首响).
pub const FIRST_AFTER_SHOW_MS: i64 = 30 * MINUTE_MS;
/// Until it is resolved.
pub const RESOLVE_MS: i64 = DAY_MS;

/// Minutes of a day.
const DAY_MINUTES: i64 = DAY_MS / MINUTE_MS;

/// When people work, in minutes of the day in Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    /// From this minute on.
    pub from: i64,
    /// Until this minute; of the next day, if that is before the beginning.
    pub to: i64,
}

impl Default for WorkingHours {
    /// 09:00 to 22:00.
    fn default() -> Self {
        Self { from: 9 * 60, to: 22 * 60 }
    }
}

impl WorkingHours {
    /// The minute of the day that is written `09:00`; a day ends at `24:00`.
    pub fn minute(text: &str) -> Option<i64> {
        let (hour, minute) = text.split_once(':')?;
        let number = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<i64>().ok()).flatten()
        };
        let (hour, minute) = (number(hour)?, number(minute)?);
        let of_day = hour * 60 + minute;
        (minute < 60 && of_day <= DAY_MINUTES).then_some(of_day)
    }

    /// Both times as they are written.
    pub fn texts(self) -> (String, String) {
        let text = |minute: i64| format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60));
        (text(self.from), text(self.to))
    }

    /// The moment at which so much working time has gone by since `at`, ms.
    pub fn after(self, at: Millis, ms: i64) -> Millis {
        // 14:00 to 02:00 ends on the next day; hours that never end or never begin are the whole day.
        let length = (self.to - self.from).rem_euclid(DAY_MINUTES) * MINUTE_MS;
        if length == 0 {
            return at.plus(ms);
        }
        // What began yesterday may still go on.
        let (mut midnight, mut left) = (at.shanghai_midnight(-1), ms);
        loop {
            let opens = midnight.plus(self.from * MINUTE_MS);
            let (begins, closes) = (at.max(opens), opens.plus(length));
            if begins < closes {
                let rest = closes.0 - begins.0;
                if left <= rest {
                    return begins.plus(left);
                }
                left -= rest;
            }
            midnight = midnight.shanghai_midnight(1);
        }
    }
}

/// By when the customer must have a first answer.
pub fn first_due(at: Millis, priority: Priority, on_air: bool, hours: WorkingHours) -> Millis {
    match priority {
        Priority::P0 | Priority::Urgent => at.plus(FIRST_URGENT_MS),
        Priority::Usual if on_air => at.plus(FIRST_ON_AIR_MS),
        Priority::Usual => hours.after(at, FIRST_AFTER_SHOW_MS),
    }
}

/// By when it must be resolved.
pub fn resolve_due(at: Millis) -> Millis {
    at.plus(RESOLVE_MS)
}

codes! {
    /// What is late.
    #[cfg_attr(feature = "schema", schema(as = TicketLate))]
    Late {
        /// Nobody has answered the customer (首响超时).
        FirstAnswer = "first_answer",
        /// It is not resolved (解决超时).
        Resolution = "resolution",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Millis {
        Millis::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn on_air_ten_minutes_urgent_five_and_afterwards_half_an_hour_of_work() {
        let hours = WorkingHours::default();
        let due = |when: &str, priority, on_air| first_due(at(when), priority, on_air, hours).to_rfc3339();
        let night = "2026-06-18T23:50:00+08:00";
        assert_eq!(due(night, Priority::Usual, true), at("2026-06-19T00:00:00+08:00").to_rfc3339());
        assert_eq!(due(night, Priority::Urgent, true), at("2026-06-18T23:55:00+08:00").to_rfc3339());
        assert_eq!(due(night, Priority::P0, false), at("2026-06-18T23:55:00+08:00").to_rfc3339());
        assert_eq!(due(night, Priority::Usual, false), at("2026-06-19T09:30:00+08:00").to_rfc3339());
        let early = "2026-06-18T06:00:00+08:00";
        assert_eq!(due(early, Priority::Usual, false), at("2026-06-18T09:30:00+08:00").to_rfc3339());
        let noon = "2026-06-18T12:00:00+08:00";
        assert_eq!(due(noon, Priority::Usual, false), at("2026-06-18T12:30:00+08:00").to_rfc3339());
        let late = "2026-06-18T21:50:00+08:00";
        assert_eq!(due(late, Priority::Usual, false), at("2026-06-19T09:20:00+08:00").to_rfc3339());
    }

    #[test]
    fn who_works_past_midnight_answers_past_midnight() {
        let night = WorkingHours { from: 14 * 60, to: 2 * 60 };
        let due = |when: &str| first_due(at(when), Priority::Usual, false, night);
        assert_eq!(due("2026-06-18T01:15:00+08:00"), at("2026-06-18T01:45:00+08:00"));
        assert_eq!(due("2026-06-18T01:50:00+08:00"), at("2026-06-18T14:20:00+08:00"));
        assert_eq!(due("2026-06-18T09:00:00+08:00"), at("2026-06-18T14:30:00+08:00"));
        assert_eq!(due("2026-06-18T23:50:00+08:00"), at("2026-06-19T00:20:00+08:00"));
    }

    #[test]
    fn times_of_the_day_are_read_as_they_are_written() {
        for (text, minute) in [("09:00", Some(540)), ("00:00", Some(0)), ("24:00", Some(1_440))] {
            assert_eq!(WorkingHours::minute(text), minute);
        }
        for text in ["24:01", "9:00", "12:60", "12", "", "１２:00", "+1:00"] {
            assert_eq!(WorkingHours::minute(text), None, "{text}");
        }
        let hours = WorkingHours { from: 545, to: 1_440 };
        assert_eq!(hours.texts(), ("09:05".to_owned(), "24:00".to_owned()));
    }

    #[test]
    fn hours_that_make_no_sense_are_the_whole_day() {
        let never = WorkingHours { from: 600, to: 600 };
        assert_eq!(never.after(Millis(5), 7), Millis(12));
        let always = WorkingHours { from: 0, to: 1_440 };
        assert_eq!(always.after(Millis(5), 7), Millis(12));
    }
}
