//! Demand as it is shown.

use livehand_kernel::{Millis, PersonId, Sequence};
use serde::{Deserialize, Serialize};

/// What kind of thing is wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WishKind {
    /// A colour or a size (要某个颜色、尺码).
    Variant,
    /// That it is in stock again (补货).
    Restock,
    /// Its link (上链接).
    Link,
    /// That it is shown or tried on (再讲、试穿).
    Show,
}

/// What is wished for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Wanted {
    /// What kind of thing.
    pub kind: WishKind,
    /// In which colour, if one is named.
    pub colour: Option<String>,
    /// In which size, if one is named.
    pub size: Option<String>,
}

/// What became of a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DemandState {
    /// It rose, and many still write it.
    Open,
    /// It fell by itself.
    Over,
    /// The crew did something about it.
    Done,
}

/// A wish of many viewers that rose above its own background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DemandCard {
    /// The sequence of the comment by which it rose; this is its id.
    pub id: Sequence,
    /// When it rose.
    pub at: Millis,
    /// The product: the one that the comments name, or the item that was on stage.
    pub product: Option<String>,
    /// The link number that the comments name, if no product of the line-up has it.
    pub link: Option<u16>,
    /// What is wished for.
    pub wanted: Wanted,
    /// Open, over or done.
    pub state: DemandState,
    /// Comments that wish for it, in the whole show.
    pub comments: u64,
    /// Distinct viewers who wish for it, in the whole show; viewers without an id and a name are one.
    pub viewers: u64,
    /// Viewers within the last three minutes, each once; a third of them a minute is its speed.
    pub recent: u32,
    /// Viewers of each of the last 30 minutes, the oldest first, the present minute last; each once in five minutes.
    pub per_minute: Vec<u32>,
    /// The first comment that wished for it.
    pub first: Millis,
    /// The last one.
    pub last: Millis,
    /// The first three wordings, safe to show.
    pub wordings: Vec<String>,
    /// When it was over or closed.
    pub closed_at: Option<Millis>,
    /// Who closed it; absent when it fell by itself.
    pub by: Option<PersonId>,
    /// What was done, safe to show.
    pub outcome: Option<String>,
}

/// How often a variant was wished for in a whole show, be it bought, brought back or shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The product.
    pub product: Option<String>,
    /// The link number that the comments name, if no product of the line-up has it.
    pub link: Option<u16>,
    /// In which colour, if one is named.
    pub colour: Option<String>,
    /// In which size, if one is named.
    pub size: Option<String>,
    /// Comments.
    pub comments: u64,
    /// Distinct viewers.
    pub viewers: u64,
    /// The first comment.
    pub first: Millis,
    /// The last one.
    pub last: Millis,
    /// The first three wordings, safe to show.
    pub wordings: Vec<String>,
}
