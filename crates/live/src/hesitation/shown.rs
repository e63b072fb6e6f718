//! Hesitations as they are shown: only those who may be addressed, and figures of all.

use std::collections::BTreeMap;

use livehand_kernel::{Millis, Sequence};
use serde::Serialize;

use super::{ADDRESSED_MAX, Doubt, Hesitations};

/// Names in a group; the count says how many more there are.
const NAMES_MAX: usize = 5;

/// Viewers who hesitate about the same product for the same reason, and may be addressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HesitationGroup {
    /// Product id.
    pub product: String,
    /// What holds them back.
    pub doubt: Doubt,
    /// How many they are.
    pub viewers: u64,
    /// Those who hesitated last, safe to show, the latest first, at most five; masked names are left out.
    pub names: Vec<String>,
    /// The latest wording, safe to show; empty where nobody said anything.
    pub text: String,
    /// When the latest of them hesitated.
    pub at: Millis,
    /// Their ids, the latest first, at most as many as one line may be for.
    pub hesitations: Vec<Sequence>,
}

/// One of the two groups that are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Group {
    /// Viewers × products that hesitated.
    pub hesitated: u64,
    /// Those of them that ordered the product within 15 minutes.
    pub ordered: u64,
    /// Those of them whose 15 minutes are not over, so that they may still order.
    pub running: u64,
}

/// How much larger the share of those who ordered is where lines were offered, and its interval of 95 %, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Difference {
    /// The difference.
    pub points_ppm: i64,
    /// The lower end.
    pub low_ppm: i64,
    /// The upper end.
    pub high_ppm: i64,
}

/// What became of hesitations (引导成交).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GuidedOrders {
    /// Whether any order named its viewer and product; without, nothing is known.
    pub orders_known: bool,
    /// Closing lines that were said.
    pub lines: u64,
    /// Viewers × products that a line was for.
    pub addressed: u64,
    /// Those of them that ordered within 15 minutes after it.
    pub guided: u64,
    /// Those for whom lines were offered, also if none was said.
    pub offered: Group,
    /// Those for whom none was.
    pub held_out: Group,
    /// In each group so many must have hesitated before a difference is told.
    pub enough_from: u64,
    /// Absent while there are too few.
    pub difference: Option<Difference>,
}

/// Hesitations of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hesitating {
    /// The show's clock.
    pub clock: Millis,
    /// By product and doubt, the latest first.
    pub groups: Vec<HesitationGroup>,
    /// What became of all.
    pub figures: GuidedOrders,
    /// Doubts in comments that name no viewer, of whom nobody can be addressed or followed.
    pub unnamed: u64,
    /// Closing lines so far: which of the variants comes next.
    pub lines: u64,
}

impl Hesitations {
    /// What is shown at `clock`.
    pub fn shown(&self, clock: Millis) -> Hesitating {
        let mut figures = self.ended;
        let (mut offered, mut held_out) = (0, 0);
        for case in self.cases.values() {
            figures.count(case);
            let running = clock.0 - case.at.0 < super::WITHIN_MS && case.ordered.is_none();
            *(if case.held_out { &mut held_out } else { &mut offered }) += u64::from(running);
        }
        let figures = figures.shown(self.orders > 0, self.lines, [offered, held_out]);
        Hesitating { clock, groups: self.groups(clock), figures, unnamed: self.unnamed, lines: self.lines }
    }

    fn groups(&self, clock: Millis) -> Vec<HesitationGroup> {
        let mut addressable: Vec<_> = self
            .cases
            .keys()
            .filter_map(|pair| self.may_address(*pair, clock).ok())
            .filter_map(|case| Some((case.latest()?, case)))
            .collect();
        addressable.sort_by_key(|(latest, case)| std::cmp::Reverse((latest.at, case.id)));
        let mut groups: BTreeMap<(&str, Doubt), HesitationGroup> = BTreeMap::new();
        for (latest, case) in addressable {
            let made = || HesitationGroup {
                product: case.product.clone(),
                doubt: latest.doubt,
                viewers: 0,
                names: Vec::new(),
                text: String::new(),
                at: latest.at,
                hesitations: Vec::new(),
            };
            let group = groups.entry((&case.product, latest.doubt)).or_insert_with(made);
            group.viewers += 1;
            if group.text.is_empty() {
                group.text.clone_from(&latest.text);
            }
            if group.names.len() < NAMES_MAX && !case.name.is_empty() {
                group.names.push(case.name.clone());
            }
            if group.hesitations.len() < ADDRESSED_MAX {
                group.hesitations.push(case.id);
            }
        }
        let mut groups: Vec<HesitationGroup> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.at));
        groups
    }
}
