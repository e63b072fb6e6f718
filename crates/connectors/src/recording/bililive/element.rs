//! One element of a recording, and the events that it stands for.

use livehand_kernel::{Millis, Phrase};
use livehand_live::{AT_RANGE_MS, Event, FieldError, Kind};
use quick_xml::events::BytesStart;
use serde_json::Value;

use super::super::{check, line_id};

/// Attributes of one element; the recorder writes at most seven.
const ATTRIBUTES_MAX: usize = 32;
/// Longest recording: about 115 days, in seconds.
const SECONDS_MAX: f64 = 1e7;
/// The platform counts what viewers pay in thousandths of a yuan (`1000` gold coins are 1 yuan), the contract in fen.
const COINS_PER_FEN: i64 = 10;

/// The elements that stand for events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementKind {
    Danmaku,
    SuperChat,
    Gift,
    Guard,
}

impl ElementKind {
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "d" => Some(ElementKind::Danmaku),
            "sc" => Some(ElementKind::SuperChat),
            "gift" => Some(ElementKind::Gift),
            "guard" => Some(ElementKind::Guard),
            _ => None,
        }
    }

    fn time_field(self) -> &'static str {
        if self == ElementKind::Danmaku { "p" } else { "ts" }
    }
}

/// The attributes of an element; empty ones count as absent.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    pub fn of(tag: &BytesStart<'_>) -> Result<Self, FieldError> {
        let mut read = Self::default();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| malformed(error.to_string()))?;
            if read.0.len() == ATTRIBUTES_MAX {
                let expected = Phrase::new(
                    format!("at most {ATTRIBUTES_MAX} attributes"),
                    format!("最多 {ATTRIBUTES_MAX} 个属性"),
                );
                return Err(FieldError::new("attributes", expected, Phrase::new("more", "超出")));
            }
            let value = quick_xml::escape::unescape(&attribute.value)
                .map_err(|error| malformed(error.to_string()))?
                .into_owned();
            read.0.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        Ok(read)
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(|number| number.parse().ok())
    }
}

/// An element whose text is being collected.
#[derive(Debug)]
pub(super) struct Element {
    pub kind: ElementKind,
    /// Where it begins, from 1.
    pub line: u64,
    /// Where it begins, in bytes: tells elements apart that say the same.
    pub position: u64,
    /// How many elements are open with it.
    pub depth: usize,
    pub attributes: Attributes,
    pub text: String,
}

impl Element {
    /// The events of a whole element. `start` is when the recording began, if that is known.
    pub fn events(&self, start: Option<Millis>) -> Result<Vec<Event>, FieldError> {
        // `p` of a danmaku: seconds, mode, size, colour, time of sending, 0, user id, 0.
        let parts: Vec<&str> =
            self.attributes.get("p").map(|parts| parts.split(',').collect()).unwrap_or_default();
        let danmaku = self.kind == ElementKind::Danmaku;
        let seconds = if danmaku { parts.first().copied() } else { self.attributes.get("ts") };
        let sent = if danmaku { parts.get(4).copied() } else { None };
        let at = self.time(seconds, sent, start)?;
        let user = if danmaku { parts.get(6).copied() } else { self.attributes.get("uid") };
        let text = self.text.trim();
        let make = |part: &str, kind: Kind| {
            let key = format!("{part}|{}|{}|{text}", seconds.unwrap_or_default(), user.unwrap_or_default());
            let mut event = Event::new(line_id(self.position, key.as_bytes()), at, kind);
            // The platform shows 0 for viewers whose id it hides.
            event.user = user.filter(|id| *id != "0" && !id.is_empty()).map(str::to_owned);
            event.name = self.attributes.get("user").map(str::to_owned);
            event
        };
        let mut events = Vec::new();
        if matches!(self.kind, ElementKind::Danmaku | ElementKind::SuperChat) {
            let mut comment = make("comment", Kind::Comment);
            comment.text = Some(text.to_owned());
            events.push(comment);
        }
        if !danmaku {
            let mut gift = make("gift", Kind::Gift);
            self.fill_gift(&mut gift);
            events.push(gift);
        }
        events.iter().try_for_each(check)?;
        Ok(events)
    }

    fn fill_gift(&self, gift: &mut Event) {
        let count = self.attributes.number("giftcount").or_else(|| self.attributes.number("count"));
        gift.count = count.or(Some(1));
        gift.text = match self.kind {
            ElementKind::SuperChat => Some("SC".to_owned()),
            ElementKind::Guard => Some(format!("guard {}", self.attributes.get("level").unwrap_or_default())),
            _ => self.attributes.get("giftname").map(str::to_owned),
        };
        gift.amount = match self.kind {
            // A super chat is priced in yuan.
            ElementKind::SuperChat => self.attributes.number("price").and_then(|yuan| yuan.checked_mul(100)),
            _ => self.coins_in_raw().map(|coins| coins / COINS_PER_FEN),
        };
    }

    /// What was paid, in the platform's coins. Only the platform's own message says it, which recorders keep on demand;
    /// silver coins are not bought.
    fn coins_in_raw(&self) -> Option<i64> {
        let raw: Value = serde_json::from_str(self.attributes.get("raw")?).ok()?;
        let number = |key: &str| raw.get(key).and_then(Value::as_i64).filter(|coins| *coins >= 0);
        match self.kind {
            ElementKind::Gift if raw.get("coin_type")?.as_str()? == "gold" => number("total_coin"),
            ElementKind::Guard if number("num") == Some(1) => number("price"),
            _ => None,
        }
    }

    fn time(
        &self,
        seconds: Option<&str>,
        sent: Option<&str>,
        start: Option<Millis>,
    ) -> Result<Millis, FieldError> {
        let offset = seconds
            .and_then(|seconds| seconds.parse::<f64>().ok())
            .filter(|value| (0.0..SECONDS_MAX).contains(value))
            .ok_or_else(|| {
                let expected = Phrase::new("seconds since the recording began", "距录制开始的秒数");
                let found = seconds.map_or(Phrase::new("nothing", "空缺"), |seconds| {
                    Phrase::literal(seconds.chars().take(40).collect::<String>())
                });
                FieldError::new(self.kind.time_field(), expected, found)
            })?;
        let sent =
            || sent.and_then(|sent| sent.parse().ok()).filter(|ms| AT_RANGE_MS.contains(ms)).map(Millis);
        match start {
            Some(start) => Ok(start.plus((offset * 1000.0).round() as i64)),
            None => sent().ok_or_else(|| {
                let expected = Phrase::new(
                    "start_time in BililiveRecorderRecordInfo, or a start given on import",
                    "BililiveRecorderRecordInfo 中的 start_time，或导入时指定的开始时间",
                );
                FieldError::new("start_time", expected, Phrase::new("nothing", "空缺"))
            }),
        }
    }
}

fn malformed(found: String) -> FieldError {
    let expected = Phrase::new("well-formed XML", "格式正确的 XML");
    FieldError::new("attributes", expected, Phrase::literal(found))
}
