//! The event: what a show's log is made of. This is a public format, version 1 (`docs/event.md`): adding optional keys
//! is fine, anything else is a new type. Unknown keys are kept, unknown types are stored and ignored by the fold.

use std::collections::BTreeMap;

use livehand_kernel::{CardId, Millis, PersonId, Phrase, Sequence};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Longest line of NDJSON, in bytes; an event that a real platform sends has about 150.
pub const LINE_BYTES_MAX: usize = 64 * 1024;
/// Longest id, nickname, product or order id, in bytes.
pub const ID_BYTES_MAX: usize = 256;
/// Longest text of a comment or note, in bytes. Ten thousand combining marks fit, so that they can be stored and shown inert.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;
/// Largest amount: 100 million yuan, in fen.
pub const AMOUNT_FEN_MAX: i64 = 10_000_000_000;
/// Largest count of like taps, gifts or pieces in one event.
pub const COUNT_MAX: i64 = 1_000_000_000;
/// Earliest and latest event time: 2000-01-01 and 2100-01-01, UTC.
pub const AT_RANGE_MS: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

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
    /// An item went on stage (上讲解); without `product` the stage was cleared.
    ItemStaged,
    /// A prompter card (提示卡) was pushed to the host.
    CardPushed,
    /// The host saw the card.
    CardAcknowledged,
    /// A marker (打点) for the review or for clips.
    MarkerPlaced,
    /// A note of the crew.
    NoteTaken,
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
    (Kind::ItemStaged, "crew.item_staged"),
    (Kind::CardPushed, "crew.card_pushed"),
    (Kind::CardAcknowledged, "crew.card_acknowledged"),
    (Kind::MarkerPlaced, "crew.marker_placed"),
    (Kind::NoteTaken, "crew.note_taken"),
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
    /// Who of the crew did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// On `crew.question_answered`: the sequence of the comment that asked.
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
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// What is wrong with one field of one event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: expected {expected}, found {found}")]
pub struct FieldError {
    /// The key, or "line" when the line as a whole cannot be read.
    pub field: String,
    /// What the contract asks for.
    pub expected: Phrase,
    /// What stood there, shortened.
    pub found: Phrase,
}

impl FieldError {
    /// An error in `field`.
    pub fn new(field: &str, expected: Phrase, found: Phrase) -> Self {
        Self { field: field.to_owned(), expected, found }
    }
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
            by: None,
            question: None,
            spoken: None,
            card: None,
            level: None,
            extra: BTreeMap::new(),
        }
    }

    /// Reads and checks one line of NDJSON (without its line end).
    ///
    /// # Errors
    /// [`FieldError`] names the key, what was expected, and what was found.
    pub fn parse_line(line: &[u8]) -> Result<Self, FieldError> {
        if line.len() > LINE_BYTES_MAX {
            return Err(FieldError::new("line", at_most(LINE_BYTES_MAX), bytes(line.len())));
        }
        let text = std::str::from_utf8(line).map_err(|error| {
            FieldError::new(
                "line",
                "UTF-8",
                format!("a byte that is not UTF-8 at column {}", error.valid_up_to() + 1),
            )
        })?;
        let event: Event = serde_json::from_str(text).map_err(|error| explain(&error, text))?;
        event.check()?;
        Ok(event)
    }

    /// Checks lengths, ranges and the keys that the type cannot do without.
    ///
    /// # Errors
    /// [`FieldError`] for the first key that breaks the contract.
    pub fn check(&self) -> Result<(), FieldError> {
        check_id("id", Some(&self.id))?;
        if !AT_RANGE_MS.contains(&self.at.0) {
            return Err(FieldError::new(
                "at",
                "milliseconds since the epoch between 2000 and 2100",
                self.at.0.to_string(),
            ));
        }
        if self.kind.name().is_empty() || self.kind.name().len() > ID_BYTES_MAX {
            return Err(FieldError::new(
                "type",
                Phrase::new("a type name", "事件类型名"),
                shorten(self.kind.name()),
            ));
        }
        for (field, value) in [
            ("user", &self.user),
            ("session", &self.session),
            ("source", &self.source),
            ("product", &self.product),
            ("sku", &self.sku),
            ("order", &self.order),
        ] {
            check_id(field, value.as_deref())?;
        }
        for (field, value) in [("name", &self.name), ("text", &self.text)] {
            if let Some(text) = value.as_deref().filter(|text| text.len() > TEXT_BYTES_MAX) {
                return Err(FieldError::new(field, at_most(TEXT_BYTES_MAX), bytes(text.len())));
            }
        }
        check_range("amount", self.amount, AMOUNT_FEN_MAX)?;
        check_range("count", self.count, COUNT_MAX)?;
        self.check_required()
    }

    fn check_required(&self) -> Result<(), FieldError> {
        let missing =
            |field: &str| Err(FieldError::new(field, format!("a value on {}", self.kind.name()), "nothing"));
        match self.kind {
            Kind::OrderCreated | Kind::OrderPaid | Kind::OrderRefunded if self.order.is_none() => {
                missing("order")
            }
            Kind::OrderPaid | Kind::OrderRefunded if self.amount.is_none() => missing("amount"),
            Kind::ProductView | Kind::ProductClick if self.product.is_none() => missing("product"),
            Kind::Comment | Kind::CardPushed | Kind::NoteTaken if self.text.is_none() => missing("text"),
            Kind::Stats if self.stats.is_none() => missing("stats"),
            Kind::QuestionAnswered if self.question.is_none() => missing("question"),
            Kind::CardPushed | Kind::CardAcknowledged if self.card.is_none() => missing("card"),
            _ => Ok(()),
        }
    }

    /// The time that the fold uses: `at`, but never more than five seconds after the event was received, so that a
    /// source with a fast clock cannot push the show into the future (spec `lc-metrics-1`).
    pub fn effective_at(&self) -> Millis {
        match self.received {
            Some(received) => self.at.min(received.plus(CLOCK_SKEW_MS_MAX)),
            None => self.at,
        }
    }

    /// Whether the event counts in the metrics.
    pub fn counts(&self) -> bool {
        self.quality.is_none()
    }
}

/// How far a source's clock may run ahead.
const CLOCK_SKEW_MS_MAX: i64 = 5_000;

fn check_id(field: &str, value: Option<&str>) -> Result<(), FieldError> {
    match value {
        Some("") => Err(FieldError::new(field, "text that is not empty", "\"\"")),
        Some(text) if text.len() > ID_BYTES_MAX => Err(FieldError::new(
            field,
            format!("at most {ID_BYTES_MAX} bytes"),
            format!("{} bytes", text.len()),
        )),
        _ => Ok(()),
    }
}

fn check_range(field: &str, value: Option<i64>, max: i64) -> Result<(), FieldError> {
    match value {
        Some(number) if !(0..=max).contains(&number) => {
            let expected = Phrase::new(format!("an integer from 0 to {max}"), format!("0 到 {max} 的整数"));
            Err(FieldError::new(field, expected, Phrase::literal(number.to_string())))
        }
        _ => Ok(()),
    }
}

/// Turns serde's error into the field that it is about. The second look at the line costs nothing on the good path.
fn explain(error: &serde_json::Error, text: &str) -> FieldError {
    let reason = error.to_string();
    let object = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => object,
        Ok(other) => {
            return FieldError::new(
                "line",
                Phrase::new("one JSON object", "一个 JSON 对象"),
                shorten(&other.to_string()),
            );
        }
        Err(_) => {
            let expected = Phrase::new("one whole JSON object", "一个完整的 JSON 对象");
            return FieldError::new("line", expected, Phrase::literal(reason));
        }
    };
    if let Some(key) = reason.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return FieldError::new(key, Phrase::new("a value, the key is required", "必填"), nothing());
    }
    if let Some(key) = reason.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next()) {
        let found = Phrase::new("the key twice", "出现了两次");
        return FieldError::new(key, Phrase::new("the key once", "只出现一次"), found);
    }
    for (field, en, zh, right) in SHAPES {
        if let Some(value) = object.get(*field).filter(|value| !value.is_null() && !right(value)) {
            return FieldError::new(field, Phrase::new(*en, *zh), shorten(&value.to_string()));
        }
    }
    FieldError::new(
        "line",
        Phrase::new("an event of the contract", "符合约定的事件"),
        Phrase::literal(reason),
    )
}

type Shape = (&'static str, &'static str, &'static str, fn(&Value) -> bool);

const SHAPES: &[Shape] = &[
    ("id", "text", "文本", Value::is_string),
    ("at", "milliseconds since the epoch or an RFC 3339 time", "毫秒时间戳或 RFC 3339 时间", is_instant),
    (
        "received",
        "milliseconds since the epoch or an RFC 3339 time",
        "毫秒时间戳或 RFC 3339 时间",
        is_instant,
    ),
    ("type", "text", "文本", Value::is_string),
    ("origin", "text", "文本", Value::is_string),
    ("user", "text", "文本", Value::is_string),
    ("name", "text", "文本", Value::is_string),
    ("session", "text or an integer", "文本或整数", is_text_or_integer),
    ("source", "text", "文本", Value::is_string),
    ("product", "text or an integer", "文本或整数", is_text_or_integer),
    ("sku", "text or an integer", "文本或整数", is_text_or_integer),
    ("order", "text or an integer", "文本或整数", is_text_or_integer),
    ("amount", "an integer number of fen", "以分为单位的整数", Value::is_i64),
    ("count", "an integer", "整数", Value::is_i64),
    ("text", "text", "文本", Value::is_string),
    ("stats", "an object of integer counters", "由整数计数组成的对象", Value::is_object),
    ("quality", "\"sampled\" or \"history\"", "\"sampled\" 或 \"history\"", |value| {
        matches!(value.as_str(), Some("sampled" | "history"))
    }),
    ("intent", "text", "文本", Value::is_string),
    ("by", "text", "文本", Value::is_string),
    ("question", "a sequence number", "序号", Value::is_u64),
    ("spoken", "true or false", "true 或 false", Value::is_boolean),
    ("card", "text", "文本", Value::is_string),
    ("level", "\"red\", \"yellow\" or \"green\"", "\"red\"、\"yellow\" 或 \"green\"", |value| {
        matches!(value.as_str(), Some("red" | "yellow" | "green"))
    }),
];

fn is_instant(value: &Value) -> bool {
    value.is_i64() || value.as_str().is_some_and(|text| Millis::parse_rfc3339(text).is_ok())
}

fn is_text_or_integer(value: &Value) -> bool {
    value.is_string() || value.is_i64() || value.is_u64()
}

fn shorten(text: &str) -> Phrase {
    const SHOWN_MAX: usize = 60;
    let text = livehand_kernel::display_text(text);
    Phrase::literal(match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    })
}

fn nothing() -> Phrase {
    Phrase::new("nothing", "空缺")
}

fn at_most(max_bytes: usize) -> Phrase {
    Phrase::new(format!("at most {max_bytes} bytes"), format!("不超过 {max_bytes} 字节"))
}

fn bytes(count: usize) -> Phrase {
    Phrase::new(format!("{count} bytes"), format!("{count} 字节"))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TextOrInteger {
    Text(String),
    Integer(i64),
    Large(u64),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> String {
        Event::parse_line(line.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_line_comes_back_with_its_unknown_keys_and_types() {
        let line =
            r#"{"id":"a","at":1763812800000,"type":"poll_opened","session":9007199254740993,"colour":"红"}"#;
        let event = Event::parse_line(line.as_bytes()).unwrap();
        assert_eq!(event.kind, Kind::Other("poll_opened".into()));
        assert_eq!(event.session.as_deref(), Some("9007199254740993"));
        let written = serde_json::to_string(&event).unwrap();
        assert_eq!(Event::parse_line(written.as_bytes()).unwrap(), event);
        assert!(written.contains("红"));
    }

    #[test]
    fn errors_name_the_field_and_what_was_expected() {
        insta::assert_snapshot!(
            [
                error("{"),
                error("[]"),
                error(r#"{"at":1763812800000,"type":"join"}"#),
                error(r#"{"id":"a","at":"yesterday","type":"join"}"#),
                error(r#"{"id":"a","at":12,"type":"join"}"#),
                error(r#"{"id":"a","at":1763812800000,"type":"order_paid","order":"o","amount":12.5}"#),
                error(r#"{"id":"a","at":1763812800000,"type":"order_paid","order":"o","amount":-1}"#),
                error(r#"{"id":"a","at":1763812800000,"type":"order_paid","order":"o"}"#),
                error(r#"{"id":"a","id":"b","at":1763812800000,"type":"join"}"#),
                error(r#"{"id":"","at":1763812800000,"type":"join"}"#),
                error(r#"{"id":"a","at":1763812800000,"type":"gift","quality":"good"}"#),
                Event::parse_line(b"{\"id\":\"\xff\"}").unwrap_err().to_string(),
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_fast_clock_is_held_to_five_seconds() {
        let mut event = Event::new("a", Millis(2_000_000), Kind::Join);
        event.received = Some(Millis(1_000_000));
        assert_eq!(event.effective_at(), Millis(1_005_000));
    }
}
