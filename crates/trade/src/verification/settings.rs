//! What a shop may set.

use std::collections::BTreeSet;

use livehand_kernel::Phrase;
use serde::{Deserialize, Serialize};

use super::Clock;

/// Most times of a day.
const CLOCKS_MAX: usize = 24;
/// Longest window in which the same again is a duplicate, minutes: a week.
const DUPLICATE_MINUTES_MAX: i64 = 7 * 24 * 60;
/// Everything is looked at a second time.
pub const SAMPLE_PER_MILLE_MAX: i64 = 1_000;
/// Most kinds of corrections that can be named, and the longest name.
const ASK_MAX: usize = 64;

/// How a shop wants its orders checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Codes of corrections that a person is asked about instead of having them made.
    pub ask: BTreeSet<String>,
    /// When labels are printed (打单波次).
    pub waves: Vec<Clock>,
    /// When carriers come (揽收截止).
    pub collections: Vec<Clock>,
    /// Within how many minutes the same order again is a duplicate; 0 for never.
    pub duplicate_minutes: i64,
    /// How many of a thousand orders are looked at a second time.
    pub sample_per_mille: i64,
}

impl Default for Settings {
    fn default() -> Self {
        let clocks = |texts: &[&str]| texts.iter().filter_map(|text| Clock::parse(text)).collect();
        Self {
            ask: BTreeSet::new(),
            waves: clocks(&["10:00", "16:00"]),
            collections: clocks(&["18:30"]),
            duplicate_minutes: 10,
            sample_per_mille: 10,
        }
    }
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFault {
    /// Which.
    pub field: &'static str,
    /// What it must be.
    pub expected: Phrase,
}

impl Settings {
    /// Whether everything is within its limits; `known` are the codes of corrections that there are.
    ///
    /// # Errors
    /// Everything that cannot be used.
    pub fn check(&self, known: &[&str]) -> Result<(), Vec<SettingsFault>> {
        let mut faults = Vec::new();
        let mut wrong = |fails: bool, field: &'static str, expected: Phrase| {
            if fails {
                faults.push(SettingsFault { field, expected });
            }
        };
        let unknown = self.ask.iter().any(|code| !known.contains(&code.as_str()));
        let codes = known.join(", ");
        let expected = Phrase::new(format!("some of {codes}"), format!("以下修正类型：{codes}"));
        wrong(unknown || self.ask.len() > ASK_MAX, "ask", expected);
        let many = || Phrase::new(format!("at most {CLOCKS_MAX} times"), format!("最多 {CLOCKS_MAX} 个时间"));
        wrong(self.waves.len() > CLOCKS_MAX, "waves", many());
        wrong(self.collections.len() > CLOCKS_MAX, "collections", many());
        let range = |most: i64| Phrase::new(format!("0 to {most}"), format!("0 到 {most}"));
        let minutes = (0..=DUPLICATE_MINUTES_MAX).contains(&self.duplicate_minutes);
        wrong(!minutes, "duplicate_minutes", range(DUPLICATE_MINUTES_MAX));
        let sample = (0..=SAMPLE_PER_MILLE_MAX).contains(&self.sample_per_mille);
        wrong(!sample, "sample_per_mille", range(SAMPLE_PER_MILLE_MAX));
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}
