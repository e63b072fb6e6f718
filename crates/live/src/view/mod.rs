//! What the crew sees of a room: a projection of the fold, in the words of the API. Ratios stay numerator and
//! denominator here; dividing and rounding belong to the screen.

mod demand;
mod question;

use std::collections::BTreeMap;

use livehand_kernel::{CardId, Millis, PersonId, Sequence};
use serde::Serialize;

pub use self::demand::{DemandCard, DemandState, Wanted, Wish, WishKind};
pub use self::question::{Answering, AutoAnswers, Question, QuestionState, Unsolved, UnsolvedWhy};
use crate::alarms::{Alarm, Watch};
use crate::event::Quality;
pub use crate::metrics::Series;
pub use crate::sayings::{Card, Saying, StaleQuote};

/// Everything that a console shows of a room at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RoomView {
    /// The last event folded in.
    pub sequence: Sequence,
    /// The show's clock: the latest event time seen, ms since the epoch; 0 before the first event.
    pub clock: Millis,
    /// The eight metrics.
    pub metrics: Metrics,
    /// Every minute from the first to the last that has data, gaps included.
    pub minutes: Vec<Minute>,
    /// Every product that an event named, by id.
    pub products: Vec<ProductFigures>,
    /// The item on stage.
    pub stage: Option<Stage>,
    /// The last comments, oldest first, at most 200.
    pub comments: Vec<Comment>,
    /// Open questions, oldest first, then the last 50 that were closed, newest first.
    pub questions: Vec<Question>,
    /// How the questions of the show were served so far.
    pub answering: Answering,
    /// Prompter cards not yet acknowledged, oldest first, then the last 20 acknowledged, newest first.
    pub prompter: Vec<Card>,
    /// Replies and lines: open ones, oldest first, then the last 20 replies that were sent or dropped, newest first.
    pub sayings: Vec<Saying>,
    /// Quotes that no longer hold, of cards, replies and lines that may still be said.
    pub stale: Vec<StaleQuote>,
    /// The event that last told of facts, 0 if none did: prices that were asked for before it may be old.
    pub facts_told: Sequence,
    /// Open alarms, the worst first, then the last 50 that were closed, newest first.
    pub alarms: Vec<Alarm>,
    /// Wishes of many viewers that rose, those that rose last first: open ones, then the last 30 that are over or closed.
    pub demands: Vec<DemandCard>,
    /// How answers go out by themselves; absent where they do not.
    pub auto_answers: Option<AutoAnswers>,
    /// What is watched for falls, and the smallest fall that could be seen.
    pub watches: Vec<Watch>,
    /// What the crew and the rules did, oldest first, at most the last 2,000 entries.
    pub timeline: Vec<TimelineEntry>,
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Counted from every event.
    Exact,
    /// Counted from events of which the platform delivers only some: the truth lies between `low` and `high`, or above `low`.
    Sampled,
    /// The platform's own counter, rounded: the truth lies between `low` and `high`.
    Rounded,
    /// The source does not deliver what this number needs.
    Missing,
}

/// A ratio, or a plain count with denominator 1. Money is in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ratio {
    /// Numerator.
    pub numerator: i64,
    /// Denominator, never 0.
    pub denominator: i64,
}

/// Lower and upper bound of a count that is not known exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Bounds {
    /// The truth is not below this.
    pub low: i64,
    /// The truth is not above this; absent when there is no upper bound.
    pub high: Option<i64>,
}

/// One of the eight metrics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Metric {
    /// The value for the whole show (for online count: now). Absent: not known.
    pub total: Option<Ratio>,
    /// The value over the ten minutes before the show's clock.
    pub last_10: Option<Ratio>,
    /// The value over the ten minutes before those.
    pub before_10: Option<Ratio>,
    /// For a count that is not exact: its bounds.
    pub bounds: Option<Bounds>,
    /// Where the number comes from.
    pub provenance: Provenance,
    /// Whether later events can still change it (a cohort whose window has not passed, an open minute).
    pub provisional: bool,
    /// Time of the last event that this metric is made of; its age is the show's clock minus this. Absent: none yet.
    pub as_of: Option<Millis>,
}

/// Views from one traffic source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourceViews {
    /// `follow feed paid video search square other`.
    pub source: String,
    /// Views (次) from it.
    pub views: i64,
    /// Those of them that the platform named more closely, the largest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<SourceDetail>,
}

/// Views from one traffic source as the platform names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourceDetail {
    /// The platform's own name, safe to show.
    pub name: String,
    /// Views (次) from it.
    pub views: i64,
}

/// The eight metrics (spec `lc-metrics-1`) with their parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Metrics {
    /// Online count (在线人数): viewers in the room now.
    pub online: Metric,
    /// Interaction rate (互动率): viewers who commented, liked, shared, followed or gave a gift / viewers.
    pub interaction_rate: Metric,
    /// Conversion rate (转化率): buyers / viewers.
    pub conversion_rate: Metric,
    /// Order value (客单价): GMV in fen / buyers.
    pub order_value: Metric,
    /// GPM: GMV in fen × 1000 / views.
    pub gpm: Metric,
    /// Retention R60 (留存率): sessions that stayed 60 s or more / sessions that joined.
    pub retention: Metric,
    /// Traffic sources (流量来源): views from the largest source, the first of `source_views` / views.
    pub sources: Metric,
    /// Product click-through (商品点击率): product clicks / product views.
    pub product_click_through: Metric,
    /// Views by source, largest first.
    pub source_views: Vec<SourceViews>,
    /// The counts behind the ratios, for the whole show.
    pub totals: Totals,
}

/// A counter of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlatformCounter {
    /// Its value.
    pub value: i64,
    /// The unit that it is rounded to; 1 if it is not.
    pub unit: i64,
}

/// Counts of the whole show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Views (观看人次).
    pub views: i64,
    /// The platform's own count of views, if it gives one.
    pub platform_views: Option<PlatformCounter>,
    /// Viewers (观看人数): distinct users who joined.
    pub viewers: i64,
    /// Most viewers online at the end of a minute (PCU), or the highest of the platform's own counts. Absent: not known.
    pub peak_online: Option<i64>,
    /// Sum of watch time, ms.
    pub watch_ms: i64,
    /// Sessions that stayed 30 s or more.
    pub retained_30: i64,
    /// Sessions that stayed 60 s or more.
    pub retained_60: i64,
    /// Sessions that stayed 300 s or more.
    pub retained_300: i64,
    /// Distinct users who interacted.
    pub interactors: i64,
    /// Comments.
    pub comments: i64,
    /// Product views (次).
    pub exposures: i64,
    /// Distinct users who were shown a product.
    pub exposed_viewers: i64,
    /// Product clicks (次).
    pub clicks: i64,
    /// Distinct users who clicked a product.
    pub clicking_viewers: i64,
    /// Orders created.
    pub orders_created: i64,
    /// Orders paid.
    pub orders_paid: i64,
    /// Distinct users who paid.
    pub buyers: i64,
    /// GMV in fen, at pay time; refunds never subtract from it.
    pub gmv: i64,
    /// Refunds in fen.
    pub refunds: i64,
}

/// What a product was shown, clicked and paid for, over the whole show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProductFigures {
    /// Product id.
    pub product: String,
    /// Product views (次).
    pub exposures: i64,
    /// Distinct users who were shown it.
    pub exposed_viewers: i64,
    /// Product clicks (次).
    pub clicks: i64,
    /// Distinct users who clicked it.
    pub clicking_viewers: i64,
    /// Orders created.
    pub orders_created: i64,
    /// Orders paid.
    pub orders_paid: i64,
    /// Distinct users who paid.
    pub buyers: i64,
    /// GMV in fen, at pay time; refunds never subtract from it.
    pub gmv: i64,
    /// Refunds in fen.
    pub refunds: i64,
}

/// One minute of the show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Minute {
    /// Its beginning, ms since the epoch.
    pub at: Millis,
    /// The number of the event that last restated it; a screen repaints it when this grows.
    pub version: u64,
    /// Whether any event fell into it. `false` is a gap in the data, not a zero.
    pub has_data: bool,
    /// Views (次).
    pub views: i64,
    /// Views by source.
    pub sources: BTreeMap<String, i64>,
    /// Sessions that joined in it and stayed 30 s or more.
    pub retained_30: i64,
    /// Sessions that joined in it and stayed 60 s or more.
    pub retained_60: i64,
    /// Sessions that joined in it and stayed 300 s or more.
    pub retained_300: i64,
    /// Viewers online at its end, or, in the minute of the last sign of life, then. Absent: not known.
    pub online: Option<i64>,
    /// Viewers present at some moment of it.
    pub present: i64,
    /// Viewers online both at its beginning and its end.
    pub stayed: i64,
    /// Interactions: comments, likes, shares, follows and gifts.
    pub interactions: i64,
    /// Distinct users who interacted.
    pub interactors: i64,
    /// Comments.
    pub comments: i64,
    /// Like taps.
    pub like_taps: i64,
    /// Shares.
    pub shares: i64,
    /// Follows.
    pub follows: i64,
    /// Gifts, each counted once however many pieces it has.
    pub gifts: i64,
    /// Product views.
    pub exposures: i64,
    /// Distinct users who were shown a product.
    pub exposed_viewers: i64,
    /// Product clicks.
    pub clicks: i64,
    /// Distinct users who clicked a product.
    pub clicking_viewers: i64,
    /// Orders created.
    pub orders_created: i64,
    /// Orders paid.
    pub orders_paid: i64,
    /// Distinct buyers.
    pub buyers: i64,
    /// GMV in fen.
    pub gmv: i64,
    /// Refunds in fen, booked at the refund minute.
    pub refunds: i64,
}

/// The item on stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stage {
    /// Product id.
    pub product: String,
    /// Since when.
    pub since: Millis,
    /// Its price then, fen, as the crew's table had it.
    pub price: Option<i64>,
}

/// One comment, its text safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Comment {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When it was written.
    pub at: Millis,
    /// Nickname, safe to show; empty when masked.
    pub name: String,
    /// Text, safe to show.
    pub text: String,
    /// What it asks for, if `language` recognised it.
    pub intent: Option<String>,
    /// Present for comments that are shown but not counted.
    pub quality: Option<Quality>,
}

/// One thing that the crew did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When.
    pub at: Millis,
    /// What.
    pub what: TimelineKind,
    /// Product, card, question, alarm or kind of change that it is about.
    pub subject: Option<String>,
    /// On a change: the product that it is about.
    pub product: Option<String>,
    /// Its text, safe to show.
    pub text: String,
    /// Who.
    pub by: Option<PersonId>,
}

/// The kinds of timeline entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// An item went on stage; without subject the stage was cleared.
    ItemStaged,
    /// A question was answered.
    QuestionAnswered,
    /// A card was pushed.
    CardPushed,
    /// The host acknowledged a card.
    CardAcknowledged,
    /// A closing line was put before the host or into the queue of replies; the subject is the doubt that it answers.
    ClosingLineSaid,
    /// A marker.
    MarkerPlaced,
    /// A note.
    NoteTaken,
    /// The crew changed something; the subject says what kind of change.
    AdjustmentMade,
    /// An alarm was raised; the subject is its id.
    AlarmRaised,
    /// Nobody took an alarm in time.
    AlarmEscalated,
    /// Somebody took an alarm.
    AlarmTaken,
    /// A step of an alarm's playbook was done; the text is the step.
    AlarmStepDone,
    /// An alarm was closed, by the crew or because its signal came back.
    AlarmClosed,
    /// The crew did something about a demand; the subject is its id.
    DemandClosed,
}

impl TimelineKind {
    /// Whether such a thing may set off a fall of a metric.
    pub(crate) fn can_set_off(self) -> bool {
        matches!(
            self,
            TimelineKind::ItemStaged
                | TimelineKind::AdjustmentMade
                | TimelineKind::MarkerPlaced
                | TimelineKind::AlarmRaised
        )
    }
}

/// What changed in a room since the frame before; the live stream sends a few of these a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Delta {
    /// The frame continues a view at this sequence.
    pub from: Sequence,
    /// The last event folded in.
    pub sequence: Sequence,
    /// The show's clock.
    pub clock: Millis,
    /// The eight metrics, whole.
    pub metrics: Metrics,
    /// Minutes that were added or restated, whole.
    pub minutes: Vec<Minute>,
    /// Products whose figures changed, whole; replace by id.
    pub products: Vec<ProductFigures>,
    /// The item on stage, whole.
    pub stage: Option<Stage>,
    /// New comments, oldest first, at most the last 100 of the frame.
    pub comments: Vec<Comment>,
    /// How many new comments were left out of `comments`.
    pub comments_left_out: u64,
    /// Questions that were added or changed, whole; replace by id.
    pub questions: Vec<Question>,
    /// Questions that closed so long ago that they are shown no more; remove by id.
    pub questions_gone: Vec<Sequence>,
    /// Whole.
    pub answering: Answering,
    /// Cards that were added or changed, whole; replace by id.
    pub prompter: Vec<Card>,
    /// Cards that were taken back; remove by id.
    pub cards_gone: Vec<CardId>,
    /// All replies and lines, whole, if any changed.
    pub sayings: Option<Vec<Saying>>,
    /// Whole.
    pub stale: Vec<StaleQuote>,
    /// As in the view.
    pub facts_told: Sequence,
    /// All alarms, whole, if any changed.
    pub alarms: Option<Vec<Alarm>>,
    /// All demands, whole, if any changed.
    pub demands: Option<Vec<DemandCard>>,
    /// Whole.
    pub auto_answers: Option<AutoAnswers>,
    /// Whole.
    pub watches: Vec<Watch>,
    /// New timeline entries.
    pub timeline: Vec<TimelineEntry>,
}
