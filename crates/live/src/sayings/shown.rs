//! How a fact is said: the text that stands in the place of a slot. What must never happen here: a cost, a floor or a
//! margin that can be quoted, because what is quoted is read by the public.

use livehand_kernel::Fen;
use serde_json::Value;

use super::{SHOWN_VALUE_BYTES_MAX, fit};

/// The fields that may be quoted, with what the crew calls them.
pub const QUOTABLE: &[(&str, &str, &str)] = &[
    ("live_price", "live price", "直播价"),
    ("daily_price", "daily price", "日常价"),
    ("list_price", "list price", "划线价"),
    ("stock", "stock", "库存"),
    ("gifts", "gifts", "赠品"),
    ("guarantees", "guarantees", "保障"),
    ("shipping_promise", "shipping promise", "发货承诺"),
    ("purchase_limit", "purchase limit", "限购"),
    ("name", "name", "品名"),
    ("brand", "brand", "品牌"),
    ("specs", "specs", "规格参数"),
    ("spec", "spec", "规格"),
    ("size_chart", "size chart", "尺码表"),
    ("ingredients", "ingredients", "成分"),
    ("allergens", "allergens", "过敏原"),
    ("selling_points", "selling points", "卖点"),
    ("demonstration", "demonstration", "演示"),
];

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
        "specs" | "spec" => {
            let pairs = value.as_object()?.iter();
            let pairs: Vec<String> =
                pairs.filter_map(|(name, value)| Some(format!("{name} {}", value.as_str()?))).collect();
            pairs.join("、")
        }
        "size_chart" => joined(value.get("rows")?, |row| {
            let cells: Vec<&str> = row.as_array()?.iter().filter_map(Value::as_str).collect();
            Some(cells.join(" "))
        })?,
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
        ] {
            assert_eq!(shown(field, &value).as_deref(), Some(expected), "{field}");
        }
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
