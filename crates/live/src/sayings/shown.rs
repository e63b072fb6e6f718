//! How a fact is said: the text that stands in the place of a slot. What must never happen here: a cost, a floor or a
//! margin that can be quoted, because what is quoted is read by the public.

use livehand_kernel::{Fen, Millis};
use serde_json::Value;

use super::{SHOWN_VALUE_BYTES_MAX, fit};

/// The fields that may be quoted, with what the crew calls them.
pub const QUOTABLE: &[(&str, &str, &str)] = &[
    ("live_price", "live price", "直播价"),
    ("daily_price", "daily price", "日常价"),
    ("list_price", "list price", "划线价"),
    ("stock", "stock", "库存"),
    ("gifts", "gifts", "赠品"),
    ("windows", "promotion window", "活动时段"),
    ("guarantees", "guarantees", "保障"),
    ("qualifications", "qualifications", "资质"),
    ("size_chart", "sizes", "尺码"),
    ("shipping_promise", "shipping promise", "发货承诺"),
    ("purchase_limit", "purchase limit", "限购"),
    ("name", "name", "品名"),
    ("brand", "brand", "品牌"),
    ("specs", "specs", "规格参数"),
    ("spec", "spec", "规格"),
    ("ingredients", "ingredients", "成分"),
    ("allergens", "allergens", "过敏原"),
    ("selling_points", "selling points", "卖点"),
    ("demonstration", "demonstration", "演示"),
];

/// Whether a field is a price.
pub fn is_price(field: &str) -> bool {
    matches!(field, "live_price" | "daily_price" | "list_price")
}

/// Whether a field may be quoted.
pub fn is_quotable(field: &str) -> bool {
    QUOTABLE.iter().any(|(code, _, _)| *code == field)
}

/// The value as it is said; nothing where there is none to be said.
pub fn shown(field: &str, value: &Value) -> Option<String> {
    let text = match field {
        "live_price" | "daily_price" | "list_price" => format!("¥{}", Fen(value.as_i64()?)),
        "stock" | "purchase_limit" => value.as_i64()?.to_string(),
        "gifts" => joined(value, |gift| {
            let name = gift.get("name")?.as_str()?;
            let quantity = gift.get("quantity").and_then(Value::as_i64).unwrap_or(1);
            Some(if quantity == 1 { name.to_owned() } else { format!("{name}×{quantity}") })
        })?,
        "selling_points" => joined(value, |point| Some(point.get("feature")?.as_str()?.to_owned()))?,
        "guarantees" | "allergens" => joined(value, |one| Some(one.as_str()?.to_owned()))?,
        "shipping_promise" => promise(value)?,
        "qualifications" => joined(value, |one| Some(one.get("kind")?.as_str()?.to_owned()))?,
        "size_chart" => {
            let first = |row: &Value| Some(row.get(0)?.as_str()?.to_owned());
            joined(value.get("rows")?, first)?
        }
        "windows" => joined(value, |one| {
            let moment = |key| Some(Millis(one.get(key)?.as_i64()?).shanghai_minute());
            Some(format!("{} 至 {}", moment("from")?, moment("to")?))
        })?,
        "specs" | "spec" => {
            let pairs = value.as_object()?.iter();
            let pairs: Vec<String> =
                pairs.filter_map(|(name, value)| Some(format!("{name} {}", value.as_str()?))).collect();
            pairs.join("、")
        }
        _ if is_quotable(field) => value.as_str()?.to_owned(),
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| fitting(text))
}

/// A part of the value as it is said: what stands under a name in pairs, or the size that a chart gives for a body such
/// as `160x55` (cm, kg); nothing where there is none.
pub fn shown_part(field: &str, value: &Value, part: &str) -> Option<String> {
    let text = match field {
        "specs" | "spec" => value.get(part)?.as_str()?.to_owned(),
        "size_chart" => fit::fitting(value, part)?,
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| fitting(text))
}

/// The field of a slot, and the part of it that is meant: `specs.材质`, `size_chart.160x55`, or the word by which entries of
/// a list are picked, as in `guarantees.运费险`.
pub fn picked(slot_field: &str) -> (&str, Option<&str>) {
    match slot_field.split_once('.') {
        Some((field, part)) if !part.is_empty() => (field, Some(part)),
        _ => (slot_field, None),
    }
}

/// What a slot is filled with at `now`, and until when that is so at most, where the value itself says so: of papers those
/// that hold, of the windows of a promotion the end of the one that is open, of a list the entries with the picked word.
pub fn shown_at(slot_field: &str, value: &Value, now: Millis) -> Option<(String, Option<Millis>)> {
    match picked(slot_field) {
        (field @ "guarantees", Some(word)) => {
            let entries = value.as_array()?.iter();
            let fit = |one: &&Value| one.as_str().is_some_and(|text| text.contains(word));
            let entries: Vec<Value> = entries.filter(fit).cloned().collect();
            Some((shown(field, &Value::Array(entries))?, None))
        }
        (field, Some(part)) => Some((shown_part(field, value, part)?, None)),
        ("qualifications", None) => {
            let until = |one: &Value| one.get("valid_until").and_then(Value::as_i64).map(Millis);
            let holds = |one: &&Value| until(one).is_none_or(|until| until > now);
            let valid: Vec<Value> = value.as_array()?.iter().filter(holds).cloned().collect();
            let ends = valid.iter().filter_map(until).min();
            Some((shown("qualifications", &Value::Array(valid))?, ends))
        }
        ("windows", None) => {
            let moment = |one: &Value, key| one.get(key).and_then(Value::as_i64).map(Millis);
            let open = |one: &&Value| moment(one, "from").is_some_and(|from| from <= now);
            let ends = value.as_array()?.iter().filter(open).filter_map(|one| moment(one, "to"));
            let end = ends.filter(|end| *end > now).min()?;
            Some((end_of_day_or_minute(end, now), Some(end)))
        }
        (field, None) => Some((shown(field, value)?, None)),
    }
}

/// The end of a promotion as a host says it; midnight belongs to the day before it.
fn end_of_day_or_minute(end: Millis, now: Millis) -> String {
    let midnight = end == end.shanghai_midnight(0);
    let day = if midnight { end.plus(-1) } else { end }.shanghai_date();
    let minute = end.shanghai_minute();
    let clock = if midnight { "24:00" } else { minute.get(11..).unwrap_or_default() };
    if day == now.shanghai_date() {
        return format!("今天 {clock}");
    }
    let mut parts = day.split('-').skip(1).map(|part| part.trim_start_matches('0'));
    let (month, day) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{month}月{day}日 {clock}")
}

fn joined(value: &Value, each: impl Fn(&Value) -> Option<String>) -> Option<String> {
    let all: Vec<String> = value.as_array()?.iter().filter_map(each).collect();
    Some(all.join("、"))
}

fn promise(value: &Value) -> Option<String> {
    let mut text = format!("{} 小时内发货", value.get("within_hours")?.as_i64()?);
    if let Some(carrier) = value.get("carrier").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        text.push_str(&format!("（{carrier}）"));
    }
    let excluded = value.get("excluded").and_then(|list| joined(list, |one| Some(one.as_str()?.to_owned())));
    if let Some(excluded) = excluded.filter(|names| !names.is_empty()) {
        text.push_str(&format!("，{excluded}除外"));
    }
    Some(text)
}

fn fitting(text: &str) -> String {
    if text.len() <= SHOWN_VALUE_BYTES_MAX {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(SHOWN_VALUE_BYTES_MAX.saturating_sub('…'.len_utf8()));
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_said_as_a_host_would_read_them() {
        for (field, value, expected) in [
            ("live_price", json!(26_800), "¥268.00"),
            ("stock", json!(3), "3"),
            (
                "gifts",
                json!([{"name": "挂钩", "quantity": 1}, {"name": "湿巾", "quantity": 3}]),
                "挂钩、湿巾×3",
            ),
            ("guarantees", json!(["七天无理由", "运费险"]), "七天无理由、运费险"),
            (
                "shipping_promise",
                json!({"within_hours": 48, "carrier": "顺丰", "excluded": ["新疆", "西藏"]}),
                "48 小时内发货（顺丰），新疆、西藏除外",
            ),
            ("specs", json!({"材质": "棉", "重量": "200 g"}), "材质 棉、重量 200 g"),
            ("name", json!(" 油污喷雾 "), "油污喷雾"),
            ("qualifications", json!([{"kind": "质检报告", "number": "QJ-1"}]), "质检报告"),
            ("size_chart", json!({"columns": ["尺码", "胸围"], "rows": [["S", "90"], ["M", "95"]]}), "S、M"),
        ] {
            assert_eq!(shown(field, &value).as_deref(), Some(expected), "{field}");
        }
    }

    #[test]
    fn a_paper_or_a_window_is_said_only_while_it_holds_and_a_picked_entry_only_if_it_is_there() {
        let at = |text: &str| Millis::parse_rfc3339(text).unwrap();
        let (begin, end) = (at("2026-06-18T20:00:00+08:00"), at("2026-06-19T00:00:00+08:00"));
        let windows = json!([{"from": begin.0, "to": end.0}]);
        assert_eq!(shown_at("windows", &windows, begin.plus(-1)), None);
        assert_eq!(shown_at("windows", &windows, begin), Some(("今天 24:00".to_owned(), Some(end))));
        assert_eq!(shown_at("windows", &windows, end), None);
        let longer = json!([{"from": begin.0, "to": at("2026-07-01T09:05:00+08:00").0}]);
        assert_eq!(
            shown_at("windows", &longer, begin).map(|(text, _)| text).as_deref(),
            Some("7月1日 09:05")
        );

        let papers = json!([{"kind": "质检报告", "number": "1", "valid_until": end.0}, {"kind": "商标证", "number": "2"}]);
        assert_eq!(
            shown_at("qualifications", &papers, begin),
            Some(("质检报告、商标证".to_owned(), Some(end)))
        );
        assert_eq!(shown_at("qualifications", &papers, end), Some(("商标证".to_owned(), None)));

        let guarantees = json!(["7天无理由退货", "运费险"]);
        let said = |slot| shown_at(slot, &guarantees, begin).map(|(text, _)| text);
        assert_eq!(said("guarantees.运费险").as_deref(), Some("运费险"));
        assert_eq!(said("guarantees").as_deref(), Some("7天无理由退货、运费险"));
        assert_eq!(said("guarantees.保价"), None);
        assert_eq!(picked("name/a"), ("name/a", None));
    }

    #[test]
    fn what_is_not_for_the_public_and_what_is_not_there_cannot_be_said() {
        for field in ["cost_price", "floor_price", "minimum_margin", "commission_percent", "risk", "supplier"]
        {
            assert_eq!(shown(field, &json!(100)), None, "{field}");
        }
        for (field, value) in [
            ("live_price", json!(null)),
            ("live_price", json!("268")),
            ("gifts", json!([])),
            ("name", json!("")),
        ] {
            assert_eq!(shown(field, &value), None, "{field} {value}");
        }
    }

    #[test]
    fn a_value_is_never_longer_than_an_event_may_hold() {
        let long = shown("name", &json!("长".repeat(1_000))).unwrap();
        assert!(long.len() <= SHOWN_VALUE_BYTES_MAX && long.ends_with('…'));
    }
}
