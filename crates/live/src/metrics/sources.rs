//! Traffic sources (流量来源), and a count for each.

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

    /// The source that an event names.
    pub fn named(name: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|source| Some(source.name()) == name).unwrap_or(Source::Other)
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
