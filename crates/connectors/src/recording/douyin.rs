//! JSON lines of a Douyin collector: `{"type","payload","timestamp"}`, float seconds.
//!
//! Such files are a platform's public screen, not its books. User ids may all be one placeholder, nicknames are masked,
//! `member` is a sample of those who came, totals are rounded and go backwards, and the first two seconds repeat what
//! happened before. None of it may pass for a count: a placeholder is no user, samples and repetitions carry their
//! quality, rounded totals carry their rounding unit.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead};

use livehand_kernel::{Millis, Phrase};
use livehand_live::{AT_RANGE_MS, Event, FieldError, Kind, Quality, Stats};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::lines::{Line, lines};
use super::{Item, check, line_id};

/// What is delivered this soon after the beginning repeats what happened before, ms.
const HISTORY_MS: i64 = 2_000;
/// Users whose nickname is remembered, as 16 bytes each, while looking for placeholders. A placeholder occurs from the
/// beginning of a file, so one that first occurs after so many different users is no placeholder.
const USERS_REMEMBERED_MAX: usize = 1_000_000;
/// Placeholders that are told apart; a file with more has no usable ids at all.
const PLACEHOLDERS_MAX: usize = 100_000;

/// User ids that several people share, which makes them nobody's.
#[derive(Clone, Debug, Default)]
pub(super) struct Placeholders {
    ids: BTreeSet<String>,
    all: bool,
}

impl Placeholders {
    fn contains(&self, id: &str) -> bool {
        self.all || id == "0" || self.ids.contains(id)
    }
}

/// Finds the ids that occur with more than one nickname. Somebody who changes the nickname during a show loses the id
/// too: better no viewer than two people counted as one.
pub(super) fn placeholders(reader: impl BufRead) -> io::Result<Placeholders> {
    let mut names: HashMap<u64, u64> = HashMap::new();
    let mut shared = Placeholders::default();
    for line in lines(reader) {
        let Ok(Value::Object(object)) = serde_json::from_slice(&line?.bytes) else { continue };
        let Some(payload) = object.get("payload").and_then(Value::as_object) else { continue };
        let (Some(id), Some(name)) = (user_id(payload), text(payload, "nickname")) else { continue };
        let (key, name) = (xxh3_64(id.as_bytes()), xxh3_64(name.as_bytes()));
        match names.get(&key) {
            Some(known) if *known != name => {
                shared.ids.insert(id);
            }
            Some(_) => {}
            None if names.len() < USERS_REMEMBERED_MAX => {
                names.insert(key, name);
            }
            None => {}
        }
        if shared.ids.len() > PLACEHOLDERS_MAX {
            return Ok(Placeholders { ids: BTreeSet::new(), all: true });
        }
    }
    Ok(shared)
}

/// The events of `reader`.
pub(super) fn read(
    reader: impl BufRead,
    placeholders: Placeholders,
) -> impl Iterator<Item = io::Result<Item>> {
    let mut first = None;
    lines(reader).map(move |line| {
        let line = line?;
        Ok(match event(&line, &placeholders, &mut first) {
            Ok(event) => Item::Event(Box::new(event)),
            Err(error) => line.left_out(error),
        })
    })
}

fn event(line: &Line, placeholders: &Placeholders, first: &mut Option<Millis>) -> Result<Event, FieldError> {
    if line.too_long {
        return Err(Line::length_error());
    }
    let object: Map<String, Value> = serde_json::from_slice(&line.bytes).map_err(|error| {
        let expected = Phrase::new("one whole JSON object", "一个完整的 JSON 对象");
        FieldError::new("line", expected, Phrase::literal(error.to_string()))
    })?;
    let at = time(&object)?;
    let kind = object.get("type").and_then(Value::as_str).ok_or_else(|| {
        FieldError::new("type", Phrase::new("a type name", "事件类型名"), found(object.get("type")))
    })?;
    let payload = object.get("payload").and_then(Value::as_object).ok_or_else(|| {
        let expected = Phrase::new("an object", "一个 JSON 对象");
        FieldError::new("payload", expected, found(object.get("payload")))
    })?;
    let began = *first.get_or_insert(at);
    let mut event = Event::new(line_id(line.number, &line.bytes), at, Kind::Comment);
    event.user = user_id(payload).filter(|id| !placeholders.contains(id));
    event.name = text(payload, "nickname");
    fill(&mut event, kind, payload)?;
    let counted = !matches!(event.kind, Kind::Stats | Kind::Other(_));
    if counted && at < began.plus(HISTORY_MS) {
        event.quality = Some(Quality::History);
    }
    check(&event)?;
    Ok(event)
}

fn fill(event: &mut Event, kind: &str, payload: &Map<String, Value>) -> Result<(), FieldError> {
    match kind {
        "chat" => {
            let content = payload.get("content");
            let text = content.and_then(Value::as_str).ok_or_else(|| {
                FieldError::new("payload.content", Phrase::new("text", "文本"), found(content))
            })?;
            event.text = Some(text.to_owned());
        }
        "member" => {
            event.kind = Kind::Join;
            event.quality = Some(Quality::Sampled);
        }
        "gift" => {
            event.kind = Kind::Gift;
            event.text = text(payload, "gift_name");
            event.count = count(payload, "count").or_else(|| count(payload, "gift_count"));
            // Diamonds are the platform's own coin, so they are kept as such and never become fen.
            keep(event, payload, "diamond_count");
        }
        "like" => {
            event.kind = Kind::Like;
            event.count = count(payload, "count");
            keep(event, payload, "total");
        }
        "follow" => event.kind = Kind::Follow,
        "fansclub" => {
            event.kind = Kind::Other("douyin.fansclub".to_owned());
            event.text = text(payload, "content");
        }
        "room_stats" | "room_user_stats" => {
            event.kind = Kind::Stats;
            event.stats = Some(stats(payload));
        }
        "room_control" if payload.get("status").and_then(Value::as_i64) == Some(3) => {
            event.kind = Kind::Other("platform.room_ended".to_owned());
        }
        other => {
            event.kind = Kind::Other(format!("douyin.{other}"));
            event.extra.insert("payload".to_owned(), Value::Object(payload.clone()));
        }
    }
    Ok(())
}

fn time(object: &Map<String, Value>) -> Result<Millis, FieldError> {
    let timestamp = object.get("timestamp");
    let range = AT_RANGE_MS.start as f64..AT_RANGE_MS.end as f64;
    timestamp
        .and_then(Value::as_f64)
        .map(|seconds| (seconds * 1000.0).round())
        .filter(|ms| range.contains(ms))
        .map(|ms| Millis(ms as i64))
        .ok_or_else(|| {
            let expected = Phrase::new(
                "seconds since the epoch between 2000 and 2100",
                "2000 至 2100 年之间的秒级时间戳",
            );
            FieldError::new("timestamp", expected, found(timestamp))
        })
}

/// What stood there, shortened.
fn found(value: Option<&Value>) -> Phrase {
    const SHOWN_MAX: usize = 60;
    match value {
        None | Some(Value::Null) => Phrase::new("nothing", "空缺"),
        Some(value) => {
            let text = livehand_kernel::display_text(&value.to_string());
            Phrase::literal(text.chars().take(SHOWN_MAX).collect::<String>())
        }
    }
}

fn stats(payload: &Map<String, Value>) -> Stats {
    let mut stats = Stats::default();
    let current =
        payload.get("current").and_then(figure).or_else(|| payload.get("display_short").and_then(figure));
    if let Some((online, unit)) = current {
        stats.online = Some(online);
        note_unit(&mut stats, "online", unit);
    }
    if let Some((views, unit)) = payload.get("total").and_then(figure) {
        stats.views = Some(views);
        note_unit(&mut stats, "views", unit);
    }
    if let Some(long) = payload.get("display_long").filter(|long| long.is_string()) {
        stats.extra.insert("display_long".to_owned(), long.clone());
    }
    stats
}

fn note_unit(stats: &mut Stats, counter: &str, unit: i64) {
    if unit > 1 {
        stats.precision.insert(counter.to_owned(), unit);
    }
}

/// A figure as platforms print it, with its rounding unit: `"6.8万"` is 68,000 to the nearest 1,000.
pub(super) fn figure(value: &Value) -> Option<(i64, i64)> {
    if let Some(number) = value.as_i64() {
        return (number >= 0).then_some((number, 1));
    }
    let text =
        value.as_str()?.trim().trim_end_matches("在线观众").trim_end_matches('人').trim_end_matches('+');
    let (digits, scale) = match text.chars().last()? {
        '万' | 'w' | 'W' => (text.trim_end_matches(['万', 'w', 'W']), 10_000_i64),
        '亿' => (text.trim_end_matches('亿'), 100_000_000),
        _ => (text, 1),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_digit()) && part.len() <= 12;
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return None;
    }
    let unit = scale.checked_div(10_i64.checked_pow(u32::try_from(fraction.len()).ok()?)?)?;
    if unit == 0 {
        return None;
    }
    let parts: i64 = format!("{whole}{fraction}").parse().ok()?;
    Some((parts.checked_mul(unit)?, unit))
}

fn text(payload: &Map<String, Value>, key: &str) -> Option<String> {
    payload.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The user id, which some collectors write as a number.
fn user_id(payload: &Map<String, Value>) -> Option<String> {
    let number = || payload.get("user_id").and_then(Value::as_u64).map(|id| id.to_string());
    text(payload, "user_id_str").or_else(|| text(payload, "user_id")).or_else(number)
}

fn count(payload: &Map<String, Value>, key: &str) -> Option<i64> {
    payload.get(key).and_then(Value::as_i64).filter(|count| *count > 0)
}

fn keep(event: &mut Event, payload: &Map<String, Value>, key: &str) {
    if let Some(value) = payload.get(key) {
        event.extra.insert(key.to_owned(), value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_with_their_rounding_unit() {
        for (printed, expected) in [
            ("6.8万", Some((68_000, 1_000))),
            ("12万+", Some((120_000, 10_000))),
            ("1.25亿", Some((125_000_000, 1_000_000))),
            ("1.2w", Some((12_000, 1_000))),
            ("3456", Some((3_456, 1))),
            ("万", None),
            ("-5", None),
            ("很多", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(figure(&Value::from(printed)), expected, "{printed}");
        }
        assert_eq!(figure(&Value::from(812)), Some((812, 1)));
    }
}
