//! `livehand address eval`: how labelled shipping lines are read.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use livehand_address::{Parsed, parse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::figures::figures;
use crate::edge::stopwatch;
use crate::words::say;

/// Largest file, in bytes.
const BYTES_MAX: u64 = 256 << 20;

/// A labelled line.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub id: String,
    pub text: String,
    pub gold: Gold,
    pub verdict: livehand_address::Verdict,
    #[serde(default)]
    pub defects: Vec<String>,
}

/// What is right; none where it is not there or nobody can know.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Gold {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub phone_ext: Option<String>,
    pub phone_alt: Option<String>,
    pub province: Option<String>,
    pub city: Option<String>,
    pub county: Option<String>,
    pub county_accept: Option<String>,
    pub town: Option<String>,
    pub devzone: Option<String>,
    pub detail: Option<String>,
}

pub(super) fn run(cases: &Path, predictions: Option<&Path>, as_json: bool) -> anyhow::Result<()> {
    let cases = read(cases)?;
    let begun = stopwatch();
    let read: Vec<Parsed> = cases.iter().map(|case| parse(&case.text)).collect();
    let rate = cases.len() as f64 / begun.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
    if let Some(file) = predictions {
        write_predictions(file, &cases, &read)?;
    }
    let mut figures = figures(&cases, &read);
    if let Some(object) = figures.as_object_mut() {
        object.insert("lines_per_second".to_owned(), json!(rate.round()));
    }
    let told = if as_json { serde_json::to_string_pretty(&figures)? } else { table(&figures) };
    super::super::print(&told)?;
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<Case>> {
    let shown = file.display();
    let length = std::fs::metadata(file).with_context(|| shown.to_string())?.len();
    anyhow::ensure!(
        length <= BYTES_MAX,
        say(format!("{shown}: larger than 256 MiB"), format!("{shown}：超过 256 MiB"))
    );
    let text = std::fs::read_to_string(file).with_context(|| shown.to_string())?;
    let lines =
        (1..).zip(text.trim_start_matches('\u{FEFF}').lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| {
                say(
                    format!(
                        "{shown}, line {number}: expected one JSON object with id, text, gold and verdict"
                    ),
                    format!("{shown} 第 {number} 行：应为一个含 id、text、gold、verdict 的 JSON 对象"),
                )
            })
        })
        .collect()
}

/// One line each, in the format of the scorer of the labelled lines.
fn write_predictions(file: &Path, cases: &[Case], read: &[Parsed]) -> anyhow::Result<()> {
    let shown = || file.display().to_string();
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).with_context(shown)?);
    for (case, read) in cases.iter().zip(read) {
        let mut row = serde_json::to_value(read)?;
        if let Some(row) = row.as_object_mut() {
            row.insert("id".to_owned(), json!(case.id));
        }
        writeln!(out, "{row}").with_context(shown)?;
    }
    out.flush().with_context(shown)
}

fn table(figures: &Value) -> String {
    let rows = [
        (say("province, city and county", "省市区县全对"), "pck"),
        (say("town", "乡镇街道"), "town"),
        (say("name", "收件人"), "name"),
        (say("phone", "电话"), "phone"),
        (say("detail, nearly", "详细地址（近似）"), "detail"),
        (say("whole line", "整条全对"), "whole_line"),
        (say("silent errors: wrong, and nobody was asked", "静默错误：错了却没有提请人工"), "silent_error"),
        (say("of lines that need a person, found", "该人工的找出率"), "needs_human_recall"),
        (say("of lines in order, sent to a person", "没问题却送人工"), "ok_sent_to_human"),
    ];
    let number = |key: &str| figures.get(key).and_then(Value::as_f64);
    let count = |key: &str| number(key).unwrap_or(0.0);
    let mut lines = vec![say(
        format!("{} lines, {} per second", count("lines"), count("lines_per_second")),
        format!("{} 条，每秒 {} 条", count("lines"), count("lines_per_second")),
    )];
    lines.extend(rows.into_iter().map(|(name, key)| match number(key) {
        Some(share) => format!("{:>7.2} %  {name}", share * 100.0),
        None => format!("{:>9}  {name}", "-"),
    }));
    lines.join("\n")
}
