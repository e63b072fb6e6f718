//! What an event says of an alarm. All of it is whole numbers: it is stored, and read by any program.

use livehand_kernel::Millis;
use serde::{Deserialize, Serialize};

use crate::view::TimelineKind;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be looked at when there is time.
    Notice,
    /// To be answered within minutes.
    Warning,
    /// To be answered now.
    Urgent,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// A share fell.
    Fall {
        /// The first minute over which the fall is told.
        since: Millis,
        /// How many minutes.
        minutes: u32,
        /// How many had it, of those minutes.
        with: i64,
        /// Of how many.
        of: i64,
        /// How many of a million were to be expected to have it.
        expected_ppm: i64,
        /// By how many thousandths of what was expected the share is lower.
        fall_permille: i64,
        /// The lower end of its 95 % interval.
        low_permille: i64,
        /// The upper end.
        high_permille: i64,
    },
    /// A share is lower than that of others.
    Below {
        /// How many had it.
        with: i64,
        /// Of how many.
        of: i64,
        /// How many of the others had it.
        others_with: i64,
        /// Of how many.
        others_of: i64,
    },
    /// A number has passed its bound.
    Bound {
        /// The number.
        value: i64,
        /// The bound.
        bound: i64,
    },
    /// Nothing was heard.
    Silence {
        /// Since when.
        since: Millis,
    },
}

/// What may lie behind an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// The change of a share comes, in part, from viewers who came from other sources than before.
    SourceMix {
        /// By how many thousandths of those who came the mix changes the share: -25 lowers it by 2.5 percentage points.
        points_permille: i64,
    },
    /// In part it comes from one source whose viewers did otherwise than before.
    WithinSource {
        /// Which.
        source: Source,
        /// By how many thousandths of those who came it changes the share.
        points_permille: i64,
    },
    /// Something that happened in the two minutes before, or while the share fell.
    Before {
        /// When.
        at: Millis,
        /// What.
        what: TimelineKind,
        /// Product, device or kind of change that it is about.
        subject: Option<String>,
    },
    /// Of what is sold less than before, a part is one product.
    WithinProduct {
        /// Which.
        product: String,
        /// The part, in thousandths of the fall in paid orders for those present.
        part_permille: i64,
    },
}

pub use crate::metrics::Source;

/// What an event says of an alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AlarmNote {
    /// Which alarm.
    pub id: String,
    /// On `rule.alarm_raised`: the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// On `rule.alarm_raised`: how bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// On `rule.alarm_raised`: what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// On `rule.alarm_raised`: what was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// On `rule.alarm_raised`: what may lie behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// On `crew.alarm_step_done`: the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

impl AlarmNote {
    /// A note that only names its alarm.
    pub fn of(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }
}
