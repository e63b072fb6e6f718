//! `livehand comments eval`: what is understood of labelled comments.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use livehand_language::understand::{AUTO_FROM, Library, Understood};
use serde_json::{Value, json};

use super::cases::{Case, read_cases, read_faq};
use super::figures::{Judged, figures};
use super::model;
use crate::edge::stopwatch;
use crate::words::say;

pub(super) fn run(faq: &Path, cases: &Path, predictions: Option<&Path>, as_json: bool) -> anyhow::Result<()> {
    let model = model()?;
    let (entries, cases) = (read_faq(faq)?, read_cases(cases)?);
    let library = Library::new(entries, model);
    let begun = stopwatch();
    let understood: Vec<Understood> =
        cases.iter().map(|case| library.understand(&case.text, case.room.as_deref(), model)).collect();
    let rate = cases.len() as f64 / begun.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
    let judged: Vec<Judged<'_>> = cases
        .iter()
        .zip(&understood)
        .map(|(case, understood)| {
            let entries = understood.candidates.iter().filter_map(|found| library.entries().get(found.entry));
            Judged { case, understood, top: entries.map(|entry| entry.id.as_str()).collect() }
        })
        .collect();
    if let Some(file) = predictions {
        write_predictions(file, &judged)?;
    }
    let mut figures = figures(&judged);
    if let Some(object) = figures.as_object_mut() {
        object.insert("comments_per_second".to_owned(), json!(rate.round()));
    }
    let told = if as_json { serde_json::to_string_pretty(&figures)? } else { table(&figures) };
    super::super::print(&told)?;
    Ok(())
}

/// One line each, in the format of the scorer of the labelled comments.
fn write_predictions(file: &Path, judged: &[Judged<'_>]) -> anyhow::Result<()> {
    let shown = || file.display().to_string();
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).with_context(shown)?);
    for one in judged {
        let (named, reading) = (&one.understood.attributes, &one.understood.reading);
        let Case { id, .. } = one.case;
        let row = json!({
            "id": id,
            "faq_top": one.top,
            "answer": one.understood.trust >= AUTO_FROM,
            "conf": one.understood.trust,
            "intent": reading.act.code(),
            "hesitation": reading.about.is_some(),
            "link": named.link,
            "colors": named.colours,
            "sizes": named.sizes,
            "height_cm": named.height_cm,
            "weight_kg": named.weight_kg,
        });
        writeln!(out, "{row}").with_context(shown)?;
    }
    out.flush().with_context(shown)
}

fn table(figures: &Value) -> String {
    let percent = |pointer: &str| {
        let value = figures.pointer(pointer).and_then(Value::as_f64).unwrap_or(0.0);
        format!("{:>6.1} %", value * 100.0)
    };
    let rows = [
        (say("first answer right (top-1)", "首条答对（top-1）"), "/top1"),
        (say("right among three (top-3)", "前三条有对的（top-3）"), "/top3"),
        ("MRR".to_owned(), "/mrr10"),
        (say("  tier A", "  A 层"), "/top1_by_tier/A"),
        (say("  tier B", "  B 层"), "/top1_by_tier/B"),
        (say("  tier C", "  C 层"), "/top1_by_tier/C"),
        (say("automatic: precision", "自动答：准确率"), "/auto/precision"),
        (
            say("automatic: of the answerable, right", "自动答：可答的答对率"),
            "/auto/answerable_answered_right",
        ),
        (
            say("automatic: of the unanswerable, answered", "自动答：不可答的误答率"),
            "/auto/unanswerable_answered",
        ),
        (say("calibration error", "置信度误差（ECE）"), "/calibration_error"),
        (say("intent accuracy", "意图准确率"), "/intent/accuracy"),
        (say("intent macro-F1", "意图宏平均 F1"), "/intent/macro_f1"),
        (say("hesitation F1", "犹豫 F1"), "/hesitation/f1"),
        (say("link F1", "链接号 F1"), "/named/link/f1"),
        (say("colour F1", "颜色 F1"), "/named/colour/f1"),
        (say("size F1", "尺码 F1"), "/named/size/f1"),
        (say("height F1", "身高 F1"), "/named/height/f1"),
        (say("weight F1", "体重 F1"), "/named/weight/f1"),
    ];
    let count = |key: &str| figures.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    let mut lines = vec![say(
        format!(
            "{} comments, {} answerable, {} per second",
            count("comments"),
            count("answerable"),
            count("comments_per_second")
        ),
        format!(
            "{} 条评论，{} 条可答，每秒 {} 条",
            count("comments"),
            count("answerable"),
            count("comments_per_second")
        ),
    )];
    lines.extend(rows.into_iter().map(|(name, pointer)| format!("{}  {name}", percent(pointer))));
    lines.join("\n")
}
