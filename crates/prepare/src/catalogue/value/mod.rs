//! Values of facts: read from a cell, checked when they come as JSON, and written as a cell that is read back as the same.

mod lists;
mod number;
mod structured;
mod time;

use livehand_kernel::{Phrase, display_text};
use serde_json::{Value as Json, json};

use super::fault::Wrong;
use super::field::{Choice, Field, Kind};
use super::text::{cell_text, code_text, half_width, has_wide_digits};
pub(crate) use structured::parsed;
pub use structured::{Gift, PaidPrice, Qualification, SellingPoint, Shipping, SizeChart, Trial, Window};
pub use time::shown_day;

/// Longest text of one line, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 300;
/// Longest text of several lines, in bytes.
const LONG_TEXT_BYTES_MAX: usize = 4_000;
/// Largest whole number, such as a stock.
const INTEGER_MAX: i64 = 100_000_000;
/// Largest link number (链接号).
const LINK_NUMBER_MAX: i64 = 9_999;

/// A value as it was read, and what about it looks like a slip.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value; null if the cell stands for nothing.
    pub value: Json,
    /// What somebody should look at.
    pub doubt: Option<Wrong>,
}

/// How the amounts of a column are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// In yuan with two decimals.
    #[default]
    Yuan,
    /// In fen, because the header says so.
    Fen,
}

/// Reads a cell.
///
/// # Errors
/// What was expected, and what was found.
pub fn read(field: &Field, cell: &str, unit: Unit) -> Result<Reading, Wrong> {
    let text = cell_text(cell);
    if text.is_empty() {
        return Ok(Reading { value: Json::Null, doubt: None });
    }
    let numeric = matches!(field.kind, Kind::Integer | Kind::Money | Kind::Percent);
    let value = match field.kind {
        Kind::Text if ["merchant_code", "barcode"].contains(&field.code) => json!(code_text(cell)),
        Kind::Text => json!(display_text(&text)),
        Kind::LongText => json!(text),
        Kind::Integer => json!(number::whole(&half_width(&text))?),
        Kind::Money => json!(number::money(&half_width(&text), unit)?),
        Kind::Percent => json!(number::percent(&half_width(&text))?),
        Kind::Choice(choices) => json!(chosen(choices, &text)?),
        Kind::Texts => json!(lists::texts(field.code, &text)),
        Kind::Pairs => lists::pairs(&text),
        _ => structured::read(field.kind, &text)?,
    };
    let doubt = (numeric && has_wide_digits(&text)).then(|| {
        let expected = format!("半角数字 {}", show(field, &value));
        let expected_en = format!("half-width digits: {}", show(field, &value));
        Wrong::warning("full_width_digits", Phrase::new(expected_en, expected), text.clone())
    });
    Ok(Reading { value: check(field, value)?, doubt })
}

/// Checks a value that came as JSON; the value as it is kept.
///
/// # Errors
/// What was expected, and what was found.
pub fn check(field: &Field, value: Json) -> Result<Json, Wrong> {
    if value.is_null() {
        return Ok(value);
    }
    match field.kind {
        Kind::Text => checked_text(&value, TEXT_BYTES_MAX, false),
        Kind::LongText => checked_text(&value, LONG_TEXT_BYTES_MAX, true),
        Kind::Integer if field.code == "link_number" => {
            number::checked(&value, 1, LINK_NUMBER_MAX, "whole_number")
        }
        Kind::Integer => number::checked(&value, 0, INTEGER_MAX, "whole_number"),
        Kind::Money => number::checked_money(&value),
        Kind::Percent => number::checked(&value, 0, 10_000, "percent"),
        Kind::Choice(choices) => {
            let code = value.as_str().unwrap_or_default();
            match choices.iter().find(|choice| choice.code == code) {
                Some(choice) => Ok(json!(choice.code)),
                None => Err(unknown_choice(choices, &shown_json(&value))),
            }
        }
        Kind::Texts => lists::checked_texts(&value),
        Kind::Pairs => lists::checked_pairs(&value),
        kind => structured::checked(kind, value),
    }
}

/// The value as a cell, which [`read`] reads as the same value.
pub fn show(field: &Field, value: &Json) -> String {
    match (field.kind, value) {
        (_, Json::Null) => String::new(),
        (Kind::Text | Kind::LongText, Json::String(text)) => text.clone(),
        (Kind::Integer, value) => value.to_string(),
        (Kind::Money, value) => livehand_kernel::Fen(value.as_i64().unwrap_or(0)).to_string(),
        (Kind::Percent, value) => number::shown_percent(value.as_i64().unwrap_or(0)),
        (Kind::Choice(choices), value) => {
            let code = value.as_str().unwrap_or_default();
            choices.iter().find(|choice| choice.code == code).map_or(code, |choice| choice.zh).to_owned()
        }
        (Kind::Texts, value) => lists::shown_texts(field.code, value),
        (Kind::Pairs, value) => lists::shown_pairs(value),
        (kind, value) => structured::shown(kind, value),
    }
}

fn chosen(choices: &[Choice], text: &str) -> Result<&'static str, Wrong> {
    let folded = half_width(text).to_lowercase();
    let is = |choice: &&Choice| {
        let names = [choice.code, choice.zh, choice.en].into_iter().chain(choice.aliases.iter().copied());
        names.into_iter().any(|name| name.to_lowercase() == folded)
    };
    choices.iter().find(is).map(|choice| choice.code).ok_or_else(|| unknown_choice(choices, text))
}

fn unknown_choice(choices: &[Choice], found: &str) -> Wrong {
    let zh = choices.iter().map(|choice| choice.zh).collect::<Vec<_>>().join("、");
    let en = choices.iter().map(|choice| choice.code).collect::<Vec<_>>().join(", ");
    Wrong::error("unknown_choice", Phrase::new(format!("one of {en}"), format!("以下之一：{zh}")), found)
}

fn checked_text(value: &Json, bytes_max: usize, lines: bool) -> Result<Json, Wrong> {
    let Some(text) = value.as_str() else {
        return Err(Wrong::error("text", Phrase::new("a text", "文字"), shown_json(value)));
    };
    let clean: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|char| if char == '\t' { ' ' } else { char })
        .filter(|char| (lines && *char == '\n') || !char.is_control())
        .collect();
    let clean = clean.trim().to_owned();
    if clean.len() > bytes_max {
        let expected = Phrase::new(format!("at most {bytes_max} bytes"), format!("最多 {bytes_max} 字节"));
        return Err(Wrong::error("too_long", expected, clean));
    }
    Ok(if clean.is_empty() { Json::Null } else { json!(clean) })
}

fn shown_json(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
