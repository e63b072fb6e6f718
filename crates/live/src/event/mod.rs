//! The event: what a show's log is made of. This is a public format, version 1 (`docs/event.md`): adding optional keys
//! is fine, anything else is a new type. Unknown keys are kept, unknown types are stored and ignored by the fold.

mod check;
mod line;

use std::collections::BTreeMap;

use livehand_kernel::{CardId, Millis, PersonId, Sequence};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use check::{
    AMOUNT_FEN_MAX, AT_RANGE_MS, COUNT_MAX, COUNTER_MAX, FieldError, ID_BYTES_MAX, LINE_BYTES_MAX,
    TEXT_BYTES_MAX,
};
pub(crate) use line::Line;

use crate::alarms::AlarmNote;
use crate::sayings::{FactNow, SayingNote};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A viewer's device entered the room.
    Join,
    /// A viewer's device left.
    Leave,
    /// A viewer's device is still there.
    Heartbeat,
    /// A comment (评论) on the public screen.
    Comment,
    /// Like taps, `count` of them.
    Like,
    /// The room was shared.
    Share,
    /// The room was followed.
    Follow,
    /// A gift, `count` pieces worth `amount`.
    Gift,
    /// A product was shown to a viewer.
    ProductView,
    /// A viewer opened a product.
    ProductClick,
    /// An order was placed.
    OrderCreated,
    /// An order was paid.
    OrderPaid,
    /// An order, or a part of it, was refunded.
    OrderRefunded,
    /// The platform's own counters.
    Stats,
    /// A question was answered, typed or aloud.
    QuestionAnswered,
    /// Somebody of the crew is answering a question.
    QuestionClaimed,
    /// An item went on stage (上讲解); without `product` the stage was cleared.
    ItemStaged,
    /// A prompter card (提示卡) was pushed to the host.
    CardPushed,
    /// The host saw the card.
    CardAcknowledged,
    /// A reply was queued, or a line set over the picture or in the script (回复, 贴片, 话术).
    SayingMade,
    /// A saying has a new version that quotes what is so now.
    SayingRefreshed,
    /// Somebody sent a queued reply into the public chat.
    ReplySent,
    /// A saying was taken back.
    SayingDropped,
    /// Answers by themselves were switched on or off (自动回复).
    AutoAnswersSet,
    /// A closing line (催单话术) was put before the host or into the queue of replies.
    ClosingLineSaid,
    /// Facts of products have new versions.
    FactChanged,
    /// A marker (打点) for the review or for clips.
    MarkerPlaced,
    /// A note of the crew.
    NoteTaken,
    /// The crew changed something: the order of items, a price, the pace, an activity, a selling point.
    AdjustmentMade,
    /// A rule was crossed (告警).
    AlarmRaised,
    /// Nobody took an alarm in time.
    AlarmEscalated,
    /// The signal of an alarm is back where it should be.
    AlarmResolved,
    /// Somebody took an alarm.
    AlarmTaken,
    /// A step of an alarm's playbook was done.
    AlarmStepDone,
    /// The crew closed an alarm.
    AlarmClosed,
    /// The crew did something about a demand (需求).
    DemandClosed,
    /// A number that a device, a stock ledger or a price watch read.
    Reading,
    /// Anything else: stored, shown in exports, ignored by the fold.
    Other(String),
}

const KINDS: &[(Kind, &str)] = &[
    (Kind::Join, "join"),
    (Kind::Leave, "leave"),
    (Kind::Heartbeat, "heartbeat"),
    (Kind::Comment, "comment"),
    (Kind::Like, "like"),
    (Kind::Share, "share"),
    (Kind::Follow, "follow"),
    (Kind::Gift, "gift"),
    (Kind::ProductView, "product_view"),
    (Kind::ProductClick, "product_click"),
    (Kind::OrderCreated, "order_created"),
    (Kind::OrderPaid, "order_paid"),
    (Kind::OrderRefunded, "order_refunded"),
    (Kind::Stats, "stats"),
    (Kind::QuestionAnswered, "crew.question_answered"),
    (Kind::QuestionClaimed, "crew.question_claimed"),
    (Kind::ItemStaged, "crew.item_staged"),
    (Kind::CardPushed, "crew.card_pushed"),
    (Kind::CardAcknowledged, "crew.card_acknowledged"),
    (Kind::SayingMade, "crew.saying_made"),
    (Kind::SayingRefreshed, "crew.saying_refreshed"),
    (Kind::ReplySent, "crew.reply_sent"),
    (Kind::SayingDropped, "crew.saying_dropped"),
    (Kind::AutoAnswersSet, "crew.auto_answers_set"),
    (Kind::ClosingLineSaid, "crew.closing_line_said"),
    (Kind::FactChanged, "rule.fact_changed"),
    (Kind::MarkerPlaced, "crew.marker_placed"),
    (Kind::NoteTaken, "crew.note_taken"),
    (Kind::AdjustmentMade, "crew.adjustment_made"),
    (Kind::AlarmRaised, "rule.alarm_raised"),
    (Kind::AlarmEscalated, "rule.alarm_escalated"),
    (Kind::AlarmResolved, "rule.alarm_resolved"),
    (Kind::AlarmTaken, "crew.alarm_taken"),
    (Kind::AlarmStepDone, "crew.alarm_step_done"),
    (Kind::AlarmClosed, "crew.alarm_closed"),
    (Kind::DemandClosed, "crew.demand_closed"),
    (Kind::Reading, "reading"),
];

impl Kind {
    /// The `type` of the wire format.
    pub fn name(&self) -> &str {
        match self {
            Kind::Other(name) => name,
            known => KINDS.iter().find(|(kind, _)| kind == known).map_or("", |(_, name)| name),
        }
    }

    /// The kind with this `type`; never fails, unknown types are [`Kind::Other`].
    pub fn from_name(name: &str) -> Kind {
        KINDS
            .iter()
            .find(|(_, known)| *known == name)
            .map_or_else(|| Kind::Other(name.to_owned()), |(kind, _)| kind.clone())
    }

    /// Whether the event speaks for the crew or a rule, and so may not come from an audience source.
    pub fn is_reserved(&self) -> bool {
        let name = self.name();
        name.starts_with("crew.") || name.starts_with("rule.")
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Kind::from_name(&String::deserialize(deserializer)?))
    }
}

/// How far an event can be trusted as a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// One of some, the platform drops the others: shown, never counted.
    Sampled,
    /// Repeated from before the source was connected: shown, never counted.
    History,
}

/// The platform's own counters. Absent counters are not zero, they are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Viewers in the room now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<i64>,
    /// Views (场观, 次) since the show began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<i64>,
    /// Like taps since the show began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<i64>,
    /// For each counter that is rounded, the rounding unit: "6.8万" is 68,000 with unit 1,000.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub precision: BTreeMap<String, i64>,
    /// Counters that the fold does not know.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// How urgent a prompter card is. Colour is never alone on screen: each has a word and a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardLevel {
    /// Do it now.
    Red,
    /// Within five minutes.
    Yellow,
    /// For information.
    Green,
}

/// What the crew changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The order of the items (调品序).
    ItemOrder,
    /// A price or a coupon (改价, 发券).
    Price,
    /// The pace of the script (话术节奏).
    Pace,
    /// An activity: draw, red packet, game (互动活动).
    Activity,
    /// A selling point, or how it is shown (卖点, 演示).
    SellingPoint,
    /// Something else.
    Other,
}

impl Change {
    /// As the wire spells it.
    pub fn code(self) -> &'static str {
        match self {
            Change::ItemOrder => "item_order",
            Change::Price => "price",
            Change::Pace => "pace",
            Change::Activity => "activity",
            Change::SellingPoint => "selling_point",
            Change::Other => "other",
        }
    }
}

/// One event of a show. All keys but `id`, `at` and `type` are optional; which ones a type uses stands in `docs/event.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Unique within its origin; a redelivery keeps it.
    pub id: String,
    /// When it happened.
    #[serde(deserialize_with = "instant")]
    pub at: Millis,
    /// When Livehand got it.
    #[serde(default, deserialize_with = "optional_instant", skip_serializing_if = "Option::is_none")]
    pub received: Option<Millis>,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which connection delivered it; with `id` it identifies the event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// The platform's id for the viewer; absent when masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Nickname, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One device connection.
    #[serde(default, deserialize_with = "text_or_integer", skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// On `join`: where the viewer came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Product id.
    #[serde(default, deserialize_with = "text_or_integer", skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// SKU id.
    #[serde(default, deserialize_with = "text_or_integer", skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Order id.
    #[serde(default, deserialize_with = "text_or_integer", skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// Like taps, gift pieces, quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// Comment, answer, card, marker or note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Platform counters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stats: Option<Stats>,
    /// Absent for an event that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// What the comment asks for, written by `language` before the append.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// What the comment is about: the code of a concept such as `shipping.time`, written by `language` before the append.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What the comment names, separated by blanks: 3号 红色 M 160cm 55kg; written by `language` before the append.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// What the writer of a comment doubts, or that they say no: a code of `hesitation::Voice`, written by `language` before
    /// the append. On `crew.closing_line_said`: the doubt that the line answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
    /// Who of the crew did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// On `crew.question_answered`, and on a reply: the sequence of the comment that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Sequence>,
    /// On `crew.question_answered`: answered aloud by the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoken: Option<bool>,
    /// On card events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardId>,
    /// On `crew.card_pushed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<CardLevel>,
    /// On `crew.adjustment_made`: what was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// On `reading`: what was read, such as `dropped_frames_permille`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// On `reading`: which device, or whose stock or price; absent if there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// On `reading`: the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// On `reading`: the bound that it should keep, if it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<i64>,
    /// On events about an alarm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Box<AlarmNote>>,
    /// On `crew.demand_closed`: the sequence of the comment by which the demand rose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand: Option<Sequence>,
    /// On events about a saying: what it is besides its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saying: Option<Box<SayingNote>>,
    /// On `rule.fact_changed`: the facts as they are now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Box<[FactNow]>>,
    /// On `crew.closing_line_said`: the hesitations that it answers, each by the sequence of the event that showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hesitations: Option<Box<[Sequence]>>,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

impl Event {
    /// An event with only the required keys.
    pub fn new(id: impl Into<String>, at: Millis, kind: Kind) -> Self {
        Self {
            id: id.into(),
            at,
            received: None,
            kind,
            origin: String::new(),
            user: None,
            name: None,
            session: None,
            source: None,
            product: None,
            sku: None,
            order: None,
            amount: None,
            count: None,
            text: None,
            stats: None,
            quality: None,
            intent: None,
            topic: None,
            named: None,
            doubt: None,
            by: None,
            question: None,
            spoken: None,
            card: None,
            level: None,
            change: None,
            signal: None,
            subject: None,
            value: None,
            bound: None,
            alarm: None,
            demand: None,
            saying: None,
            facts: None,
            hesitations: None,
            extra: BTreeMap::new(),
        }
    }

    /// The time that the fold uses: `at`, but never more than five seconds after the event was received, so that a
    /// source with a fast clock cannot push the show into the future (spec `lc-metrics-1`).
    pub fn effective_at(&self) -> Millis {
        held_to(self.at, self.received)
    }

    /// Whether the event counts in the metrics.
    pub fn counts(&self) -> bool {
        self.quality.is_none()
    }
}

/// A time, or five seconds after it was received, if that is earlier.
pub(crate) fn held_to(at: Millis, received: Option<Millis>) -> Millis {
    received.map_or(at, |received| at.min(received.plus(CLOCK_SKEW_MS_MAX)))
}

/// How far a source's clock may run ahead.
const CLOCK_SKEW_MS_MAX: i64 = 5_000;

/// A text or an integer, told apart as it is read: trying one after the other would make an error for every number.
enum TextOrInteger {
    Text(String),
    Integer(i64),
    Large(u64),
}

impl<'de> Deserialize<'de> for TextOrInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl serde::de::Visitor<'_> for Either {
            type Value = TextOrInteger;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("text or an integer")
            }

            fn visit_i64<E>(self, number: i64) -> Result<TextOrInteger, E> {
                Ok(TextOrInteger::Integer(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<TextOrInteger, E> {
                Ok(i64::try_from(number).map_or(TextOrInteger::Large(number), TextOrInteger::Integer))
            }

            fn visit_str<E>(self, text: &str) -> Result<TextOrInteger, E> {
                Ok(TextOrInteger::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<TextOrInteger, E> {
                Ok(TextOrInteger::Text(text))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Millis, D::Error> {
    optional_instant(deserializer)?.ok_or_else(|| serde::de::Error::custom("missing time"))
}

fn optional_instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Millis>, D::Error> {
    match Option::<TextOrInteger>::deserialize(deserializer)? {
        None => Ok(None),
        Some(TextOrInteger::Integer(number)) => Ok(Some(Millis(number))),
        Some(TextOrInteger::Large(_)) => Err(serde::de::Error::custom("time out of range")),
        Some(TextOrInteger::Text(text)) => {
            Millis::parse_rfc3339(&text).map(Some).map_err(serde::de::Error::custom)
        }
    }
}

fn text_or_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<TextOrInteger>::deserialize(deserializer)?.map(|value| match value {
        TextOrInteger::Text(text) => text,
        TextOrInteger::Integer(number) => number.to_string(),
        TextOrInteger::Large(number) => number.to_string(),
    }))
}
