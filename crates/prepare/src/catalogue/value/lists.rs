//! Lists of texts, and names with values.

use std::collections::BTreeMap;

use livehand_kernel::Phrase;
use serde_json::{Value as Json, json};

use super::{TEXT_BYTES_MAX, Wrong, shown_json};
use crate::catalogue::text::{items, joined};

/// Most items of a list.
pub(super) const ITEMS_MAX: usize = 100;
/// Separators of lists where there is no semicolon.
const WEAK: &[char] = &['、', '|', '，', ','];
/// Separators of aliases as well: they are short words.
const WEAK_ALIASES: &[char] = &['/', '、', '|', '，', ','];

fn weak(code: &str) -> &'static [char] {
    if code == "aliases" { WEAK_ALIASES } else { WEAK }
}

/// A list of texts from a cell.
pub(super) fn texts(code: &str, text: &str) -> Vec<String> {
    items(text, weak(code))
}

/// A list of texts as a cell.
pub(super) fn shown_texts(code: &str, value: &Json) -> String {
    let texts: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    joined(&texts, weak(code))
}

/// `颜色:黑;尺码:L` from a cell; what has no name is the 规格.
pub(super) fn pairs(text: &str) -> Json {
    let mut found = BTreeMap::new();
    let mut unnamed = Vec::new();
    for item in items(text, &['，', ',']) {
        match item.split_once([':', '：', '=']) {
            Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                found.insert(name.trim().to_owned(), value.trim().to_owned());
            }
            _ => unnamed.push(item),
        }
    }
    if !unnamed.is_empty() {
        found.insert("规格".to_owned(), unnamed.join(" "));
    }
    json!(found)
}

/// Names with values as a cell.
pub(super) fn shown_pairs(value: &Json) -> String {
    let pairs = value.as_object().into_iter().flatten();
    let shown: Vec<String> =
        pairs.map(|(name, value)| format!("{name}:{}", value.as_str().unwrap_or_default())).collect();
    joined(&shown, &['，', ','])
}

/// A list that came as JSON: each item once, without empty ones.
pub(super) fn checked_texts(value: &Json) -> Result<Json, Wrong> {
    let expected = || Phrase::new("a list of short texts without semicolons", "短文字列表，不含分号");
    let Some(array) = value.as_array() else {
        return Err(Wrong::error("list", expected(), shown_json(value)));
    };
    let mut texts: Vec<String> = Vec::new();
    for item in array {
        let text = plain(item).ok_or_else(|| Wrong::error("list", expected(), shown_json(item)))?;
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    at_most(texts.len(), ITEMS_MAX)?;
    Ok(if texts.is_empty() { Json::Null } else { json!(texts) })
}

/// Names with values that came as JSON.
pub(super) fn checked_pairs(value: &Json) -> Result<Json, Wrong> {
    let expected = || Phrase::new("names with values, such as 颜色: 黑", "名称和值，例如 颜色:黑");
    let Some(object) = value.as_object() else {
        return Err(Wrong::error("pairs", expected(), shown_json(value)));
    };
    let mut pairs = BTreeMap::new();
    for (name, value) in object {
        let name = plain(&json!(name)).filter(|name| !name.is_empty() && !name.contains([':', '：', '=']));
        let value = plain(value).filter(|value| !value.is_empty());
        let (Some(name), Some(value)) = (name, value) else {
            return Err(Wrong::error(
                "pairs",
                expected(),
                object.keys().cloned().collect::<Vec<_>>().join(" "),
            ));
        };
        pairs.insert(name, value);
    }
    at_most(pairs.len(), ITEMS_MAX)?;
    Ok(if pairs.is_empty() { Json::Null } else { json!(pairs) })
}

/// One line that no list is taken apart by.
pub(super) fn plain(value: &Json) -> Option<String> {
    let text = value.as_str()?.trim();
    let clean = text.len() <= TEXT_BYTES_MAX
        && !text.contains(|char: char| matches!(char, ';' | '；') || char.is_control());
    clean.then(|| text.to_owned())
}

/// Whether a list has no more items than it may.
pub(super) fn at_most(count: usize, most: usize) -> Result<(), Wrong> {
    if count <= most {
        return Ok(());
    }
    let expected = Phrase::new(format!("at most {most} items"), format!("最多 {most} 项"));
    Err(Wrong::error("too_many", expected, count.to_string()))
}
