//! What a line must look like, and what is said when it does not.

use livehand_kernel::{CardId, Millis, PersonId, Phrase, Sequence};
use serde_json::Value;

use super::{Event, Kind, Stats};
use crate::alarms::{AlarmNote, Cause};
use crate::hesitation::ADDRESSED_MAX;
use crate::sayings::{FactNow, SayingNote, check_facts, check_note};

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
/// Largest counter of a platform, and largest rounding unit of one.
pub const COUNTER_MAX: i64 = 1_000_000_000_000;
/// Most causes of one alarm.
const CAUSES_MAX: usize = 20;
/// Earliest and latest event time: 2000-01-01 and 2100-01-01, UTC.
pub const AT_RANGE_MS: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

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
    /// Reads and checks one line of NDJSON (without its line end).
    ///
    /// # Errors
    /// [`FieldError`] names the key, what was expected, and what was found.
    pub fn parse_line(line: &[u8]) -> Result<Self, FieldError> {
        if line.len() > LINE_BYTES_MAX {
            return Err(FieldError::new("line", at_most(LINE_BYTES_MAX), bytes(line.len())));
        }
        let text = std::str::from_utf8(line).map_err(|error| {
            let column = error.valid_up_to() + 1;
            let found = Phrase::new(
                format!("a byte that is not UTF-8 at column {column}"),
                format!("第 {column} 列不是 UTF-8"),
            );
            FieldError::new("line", Phrase::new("UTF-8", "UTF-8 编码"), found)
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
        check_at("at", self.at)?;
        check_at("received", self.received.unwrap_or(self.at))?;
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
            ("intent", &self.intent),
            ("topic", &self.topic),
            ("named", &self.named),
            ("doubt", &self.doubt),
            ("signal", &self.signal),
            ("subject", &self.subject),
        ] {
            check_id(field, value.as_deref())?;
        }
        check_id("origin", Some(self.origin.as_str()).filter(|origin| !origin.is_empty()))?;
        check_id("by", self.by.as_ref().map(PersonId::as_str))?;
        check_id("card", self.card.as_ref().map(CardId::as_str))?;
        for (field, value) in [("name", &self.name), ("text", &self.text)] {
            if let Some(text) = value.as_deref().filter(|text| text.len() > TEXT_BYTES_MAX) {
                return Err(FieldError::new(field, at_most(TEXT_BYTES_MAX), bytes(text.len())));
            }
        }
        check_range("amount", self.amount, AMOUNT_FEN_MAX)?;
        check_range("count", self.count, COUNT_MAX)?;
        check_range("value", self.value.map(i64::saturating_abs), COUNTER_MAX)?;
        check_range("bound", self.bound.map(i64::saturating_abs), COUNTER_MAX)?;
        self.stats.as_ref().map_or(Ok(()), Stats::check)?;
        self.alarm.as_deref().map_or(Ok(()), check_alarm)?;
        self.saying.as_deref().map_or(Ok(()), check_note)?;
        self.facts.as_deref().map_or(Ok(()), check_facts)?;
        self.hesitations.as_deref().map_or(Ok(()), check_hesitations)?;
        self.check_required()
    }

    fn check_required(&self) -> Result<(), FieldError> {
        let missing = |field: &str| {
            let name = self.kind.name();
            Err(FieldError::new(
                field,
                Phrase::new(format!("a value on {name}"), format!("{name} 必须填写")),
                nothing(),
            ))
        };
        match self.kind {
            Kind::OrderCreated | Kind::OrderPaid | Kind::OrderRefunded if self.order.is_none() => {
                missing("order")
            }
            Kind::OrderPaid | Kind::OrderRefunded if self.amount.is_none() => missing("amount"),
            Kind::ProductView | Kind::ProductClick if self.product.is_none() => missing("product"),
            Kind::Comment
            | Kind::CardPushed
            | Kind::NoteTaken
            | Kind::SayingMade
            | Kind::SayingRefreshed
            | Kind::ClosingLineSaid
                if self.text.is_none() =>
            {
                missing("text")
            }
            Kind::Stats if self.stats.is_none() => missing("stats"),
            Kind::QuestionAnswered | Kind::QuestionClaimed if self.question.is_none() => missing("question"),
            Kind::CardPushed | Kind::CardAcknowledged if self.card.is_none() => missing("card"),
            Kind::SayingMade
            | Kind::SayingRefreshed
            | Kind::ReplySent
            | Kind::SayingDropped
            | Kind::ClosingLineSaid
                if self.saying.as_ref().is_none_or(|note| note.id.is_none()) =>
            {
                missing("saying.id")
            }
            Kind::SayingMade | Kind::ClosingLineSaid
                if self.saying.as_ref().is_none_or(|note| note.kind.is_none()) =>
            {
                missing("saying.kind")
            }
            Kind::ClosingLineSaid if self.hesitations.is_none() => missing("hesitations"),
            Kind::FactChanged if self.facts.is_none() => missing("facts"),
            Kind::DemandClosed if self.demand.is_none() => missing("demand"),
            Kind::AdjustmentMade if self.change.is_none() => missing("change"),
            Kind::Reading if self.signal.is_none() => missing("signal"),
            Kind::Reading if self.value.is_none() => missing("value"),
            Kind::AlarmRaised
            | Kind::AlarmEscalated
            | Kind::AlarmResolved
            | Kind::AlarmTaken
            | Kind::AlarmStepDone
            | Kind::AlarmClosed
                if self.alarm.is_none() =>
            {
                missing("alarm")
            }
            _ => Ok(()),
        }
    }
}

impl Stats {
    /// Checks the ranges of the counters that the fold knows, and of every rounding unit.
    fn check(&self) -> Result<(), FieldError> {
        check_range("stats.online", self.online, COUNTER_MAX)?;
        check_range("stats.views", self.views, COUNTER_MAX)?;
        check_range("stats.likes", self.likes, COUNTER_MAX)?;
        self.precision.values().try_for_each(|unit| check_range("stats.precision", Some(*unit), COUNTER_MAX))
    }
}

/// Checks the lengths in a note on an alarm.
fn check_alarm(note: &AlarmNote) -> Result<(), FieldError> {
    check_id("alarm.id", Some(&note.id))?;
    for (field, value) in
        [("alarm.rule", &note.rule), ("alarm.subject", &note.subject), ("alarm.step", &note.step)]
    {
        check_id(field, value.as_deref())?;
    }
    if note.causes.len() > CAUSES_MAX {
        let expected = Phrase::new(format!("at most {CAUSES_MAX}"), format!("最多 {CAUSES_MAX} 条"));
        return Err(FieldError::new(
            "alarm.causes",
            expected,
            Phrase::literal(note.causes.len().to_string()),
        ));
    }
    note.causes.iter().try_for_each(|cause| match cause {
        Cause::Before { subject, .. } => check_id("alarm.causes.subject", subject.as_deref()),
        Cause::WithinProduct { product, .. } => check_id("alarm.causes.product", Some(product)),
        _ => Ok(()),
    })
}

fn check_hesitations(hesitations: &[Sequence]) -> Result<(), FieldError> {
    if hesitations.len() <= ADDRESSED_MAX {
        return Ok(());
    }
    let expected = Phrase::new(format!("at most {ADDRESSED_MAX}"), format!("最多 {ADDRESSED_MAX} 个"));
    Err(FieldError::new("hesitations", expected, Phrase::literal(hesitations.len().to_string())))
}

fn check_at(field: &str, at: Millis) -> Result<(), FieldError> {
    if AT_RANGE_MS.contains(&at.0) {
        return Ok(());
    }
    let expected =
        Phrase::new("milliseconds since the epoch between 2000 and 2100", "2000 至 2100 年之间的毫秒时间戳");
    Err(FieldError::new(field, expected, Phrase::literal(at.0.to_string())))
}

fn check_id(field: &str, value: Option<&str>) -> Result<(), FieldError> {
    match value {
        Some("") => Err(FieldError::new(
            field,
            Phrase::new("text that is not empty", "非空文本"),
            Phrase::literal("\"\""),
        )),
        Some(text) if text.len() > ID_BYTES_MAX => {
            Err(FieldError::new(field, at_most(ID_BYTES_MAX), bytes(text.len())))
        }
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
    ("topic", "text", "文本", Value::is_string),
    ("named", "text", "文本", Value::is_string),
    ("doubt", "text", "文本", Value::is_string),
    ("by", "text", "文本", Value::is_string),
    ("question", "a sequence number", "序号", Value::is_u64),
    ("spoken", "true or false", "true 或 false", Value::is_boolean),
    ("card", "text", "文本", Value::is_string),
    ("level", "\"red\", \"yellow\" or \"green\"", "\"red\"、\"yellow\" 或 \"green\"", |value| {
        matches!(value.as_str(), Some("red" | "yellow" | "green"))
    }),
    (
        "change",
        "\"item_order\", \"price\", \"pace\", \"activity\", \"selling_point\" or \"other\"",
        "\"item_order\"、\"price\"、\"pace\"、\"activity\"、\"selling_point\" 或 \"other\"",
        |value| {
            matches!(
                value.as_str(),
                Some("item_order" | "price" | "pace" | "activity" | "selling_point" | "other")
            )
        },
    ),
    ("signal", "text", "文本", Value::is_string),
    ("subject", "text", "文本", Value::is_string),
    ("value", "an integer", "整数", Value::is_i64),
    ("bound", "an integer", "整数", Value::is_i64),
    ("alarm", "a note on an alarm", "告警说明", |value| {
        serde_json::from_value::<AlarmNote>(value.clone()).is_ok()
    }),
    ("demand", "a sequence number", "序号", Value::is_u64),
    ("saying", "a note on what is said", "话的说明", |value| {
        serde_json::from_value::<SayingNote>(value.clone()).is_ok()
    }),
    ("facts", "a list of facts with their versions", "带版本号的事实列表", |value| {
        serde_json::from_value::<Vec<FactNow>>(value.clone()).is_ok()
    }),
    ("hesitations", "a list of sequence numbers", "序号列表", |value| {
        value.as_array().is_some_and(|all| all.iter().all(Value::is_u64))
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
                error(r#"{"id":"a","at":1763812800000,"received":-9000000000000000000,"type":"join"}"#),
                error(
                    r#"{"id":"a","at":1763812800000,"type":"stats","stats":{"online":9223372036854775807}}"#
                ),
                error(r#"{"id":"a","at":1763812800000,"type":"stats","stats":{"precision":{"views":-1}}}"#),
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
