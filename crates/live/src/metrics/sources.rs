//! Traffic sources (流量来源) at two levels: those of the event contract, which every metric goes by, and within them the
//! names that the platform itself uses; and a count for each.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Where a viewer came from: the values of the event contract, in the order of their names, which decides between two
/// joins of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The platform's recommendation (推荐).
    Feed,
    /// Followers (关注).
    Follow,
    /// Named in no contract, or not named at all.
    Other,
    /// Paid for (付费投放).
    Paid,
    /// Search (搜索).
    Search,
    /// The platform's square of live rooms (直播广场).
    Square,
    /// Short videos (短视频引流).
    Video,
}

impl Source {
    /// Every source.
    pub const ALL: [Source; 7] = [
        Source::Feed,
        Source::Follow,
        Source::Other,
        Source::Paid,
        Source::Search,
        Source::Square,
        Source::Video,
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// As the contract spells it.
    pub fn name(self) -> &'static str {
        match self {
            Source::Feed => "feed",
            Source::Follow => "follow",
            Source::Other => "other",
            Source::Paid => "paid",
            Source::Search => "search",
            Source::Square => "square",
            Source::Video => "video",
        }
    }
}

/// Where a viewer came from, at both levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CameFrom {
    pub source: Source,
    /// The number of the platform's own name; 0 if it gave none.
    detail: u8,
}

impl CameFrom {
    /// From nowhere that is known.
    pub const ELSEWHERE: Self = Self { source: Source::Other, detail: 0 };
}

/// Names of the platform's own that are told apart in one show; what has another is counted at the first level only.
const DETAILS_MAX: usize = 100;

/// The platform's own names by their numbers, from 1, and the views that came from each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Details {
    names: Vec<String>,
    views: BTreeMap<(Source, u8), i64>,
}

impl Details {
    /// Where an event says that a viewer came from: a source of the contract, one with the platform's own name after a
    /// slash, or only such a name.
    pub fn read(&mut self, name: Option<&str>) -> CameFrom {
        let Some(name) = name else { return CameFrom::ELSEWHERE };
        if let Some(source) = Source::named(name) {
            return CameFrom { source, detail: 0 };
        }
        let split = name.split_once('/').and_then(|(source, detail)| Some((Source::named(source)?, detail)));
        let (source, detail) = split.unwrap_or((Source::Other, name));
        CameFrom { source, detail: self.number(detail) }
    }

    fn number(&mut self, name: &str) -> u8 {
        let known = self.names.iter().position(|known| known == name);
        let place = known.unwrap_or(self.names.len());
        if place >= DETAILS_MAX || name.is_empty() {
            return 0;
        }
        if known.is_none() {
            self.names.push(name.to_owned());
        }
        u8::try_from(place + 1).unwrap_or(0)
    }

    /// Which of two joins of one moment counts: that whose source comes first by its name.
    pub fn first(&self, one: CameFrom, other: CameFrom) -> CameFrom {
        let name = |from: CameFrom| self.name(from.detail);
        let order = one.source.cmp(&other.source).then_with(|| name(one).cmp(&name(other)));
        if order == Ordering::Greater { other } else { one }
    }

    fn name(&self, detail: u8) -> Option<&str> {
        self.names.get(usize::from(detail).checked_sub(1)?).map(String::as_str)
    }

    /// One view more (`change` 1) or less (-1).
    pub fn add(&mut self, from: CameFrom, change: i64) {
        if from.detail != 0 {
            *self.views.entry((from.source, from.detail)).or_default() += change;
        }
    }

    /// The views of a source by the platform's own names, the largest first.
    pub fn of(&self, source: Source) -> Vec<(&str, i64)> {
        let named = |((of, detail), views): (&(Source, u8), &i64)| {
            (*of == source && *views != 0).then_some((self.name(*detail)?, *views))
        };
        let mut details: Vec<(&str, i64)> = self.views.iter().filter_map(named).collect();
        details.sort_by_key(|(name, views)| (std::cmp::Reverse(*views), *name));
        details
    }
}

/// One count for each source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BySource([i64; Source::ALL.len()]);

impl BySource {
    pub fn add(&mut self, source: Source, change: i64) {
        if let Some(count) = self.0.get_mut(source as usize) {
            *count += change;
        }
    }

    pub fn of(&self, source: Source) -> i64 {
        self.0.get(source as usize).copied().unwrap_or(0)
    }

    /// The sources that have a count, by name.
    pub fn counted(&self) -> impl Iterator<Item = (Source, i64)> {
        Source::ALL.into_iter().zip(self.0).filter(|(_, count)| *count != 0)
    }
}
