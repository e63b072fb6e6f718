//! What a shop may set of its after-sale.

use livehand_kernel::{Fen, Phrase};
use serde::{Deserialize, Serialize};

use super::WorkingHours;
use super::compensation::{FEN_MAX, Limits};

/// Most that a carrier may take for bringing a parcel back: ¥1,000.
const CARRIER_FEE_FEN_MAX: i64 = 100_000;
/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;
/// A day with less work would put a first answer off for days.
const WORK_MINUTES_MIN: i64 = 60;

/// How a shop runs its after-sale. What was decided under other settings stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Up to where whose agreement to a compensation is enough.
    pub limits: Limits,
    /// When first answers that are not urgent are due.
    pub hours: WorkingHours,
    /// What a carrier takes for bringing a parcel back (拦截费).
    pub carrier_fee: Fen,
}

impl Default for Settings {
    /// ¥20 and ¥200, 09:00 to 22:00, ¥10.
    fn default() -> Self {
        Self { limits: Limits::default(), hours: WorkingHours::default(), carrier_fee: Fen(1_000) }
    }
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFault {
    /// Which.
    pub field: &'static str,
    /// What it must be.
    pub expected: Phrase,
    /// What it is.
    pub found: String,
}

impl Settings {
    /// Whether everything is within its limits.
    ///
    /// # Errors
    /// Everything that cannot be used.
    pub fn check(&self) -> Result<(), Vec<SettingsFault>> {
        let Self { limits, hours, carrier_fee } = *self;
        let mut faults = Vec::new();
        let mut money = |field: &'static str, fen: Fen, least: i64, most: i64| {
            if !(least..=most).contains(&fen.0) {
                let expected = Phrase::new(format!("{least} to {most} fen"), format!("{least} 到 {most} 分"));
                faults.push(SettingsFault { field, expected, found: fen.0.to_string() });
            }
        };
        money("service_fen", limits.service, 0, FEN_MAX);
        // Whoever may give more alone than with a lead needs no lead.
        money("lead_fen", limits.lead, limits.service.0.clamp(0, FEN_MAX), FEN_MAX);
        money("carrier_fee_fen", carrier_fee, 0, CARRIER_FEE_FEN_MAX);
        if !(0..DAY_MINUTES).contains(&hours.from) {
            let expected = Phrase::new("00:00 to 23:59", "00:00 到 23:59");
            faults.push(SettingsFault { field: "works_from", expected, found: hours.texts().0 });
        }
        let (to, length) = (hours.to, (hours.to - hours.from).rem_euclid(DAY_MINUTES));
        let whole = hours.from == 0 && to == DAY_MINUTES;
        if !(0..=DAY_MINUTES).contains(&to) || !(whole || length >= WORK_MINUTES_MIN) {
            let expected = Phrase::new(
                "at least an hour after the beginning, at night too; 00:00 to 24:00 for the whole day",
                "至少比开始时间晚 1 小时，可以跨零点；全天请填 00:00 到 24:00",
            );
            faults.push(SettingsFault { field: "works_to", expected, found: hours.texts().1 });
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(change: impl Fn(&mut Settings)) -> Vec<&'static str> {
        let mut settings = Settings::default();
        change(&mut settings);
        settings.check().err().unwrap_or_default().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn every_setting_has_its_bounds() {
        type Change = fn(&mut Settings);
        let cases: [(Change, &[&str]); 10] = [
            (|_| {}, &[]),
            (|it| it.limits = Limits { service: Fen(0), lead: Fen(0) }, &[]),
            (|it| it.limits.service = Fen(-1), &["service_fen"]),
            (|it| it.limits.lead = Fen(1_999), &["lead_fen"]),
            (|it| it.limits.lead = Fen(FEN_MAX + 1), &["lead_fen"]),
            (|it| it.carrier_fee = Fen(CARRIER_FEE_FEN_MAX + 1), &["carrier_fee_fen"]),
            (|it| it.hours = WorkingHours { from: 0, to: 1_440 }, &[]),
            (|it| it.hours = WorkingHours { from: 18 * 60, to: 2 * 60 }, &[]),
            (|it| it.hours = WorkingHours { from: 540, to: 540 }, &["works_to"]),
            (|it| it.hours = WorkingHours { from: 1_440, to: 1_441 }, &["works_from", "works_to"]),
        ];
        for (place, (change, expected)) in cases.into_iter().enumerate() {
            assert_eq!(faults(change), expected, "case {place}");
        }
    }
}
