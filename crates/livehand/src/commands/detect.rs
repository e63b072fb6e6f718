//! `livehand detect`.

use std::fmt::Display;
use std::fs::File;
use std::path::Path;

use livehand_live::alarms::drop::{DropWatch, Verdict};
use livehand_live::series::Share;
use serde_json::{Value, json};

use crate::exit::{self, FAILED, coded};
use crate::words::say;

/// Longest series: a month of minutes.
const MINUTES_MAX: usize = 31 * 24 * 60;
const COLUMNS: [&str; 3] = ["minute", "of", "with"];

/// Watches a series of shares for falls, and prints what it finds as JSON.
pub fn run(file: &Path) -> anyhow::Result<u8> {
    let mut watch = DropWatch::default();
    let (mut falls, mut visible) = (Vec::new(), None);
    let rows = read(file)?;
    for (minute, share) in &rows {
        match watch.note(*share) {
            Verdict::Learning => {}
            Verdict::Calm { visible: smallest } => visible = smallest,
            Verdict::Fallen(fall) => falls.push(json!({
                "minute": minute,
                "minutes": fall.minutes,
                "with": fall.seen.with,
                "of": fall.seen.of,
                "expected_permille": permille(fall.expected),
                "fall_permille": permille(fall.size),
                "low_permille": permille(fall.size_low),
                "high_permille": permille(fall.size_high),
            })),
        }
    }
    let found = json!({ "minutes": rows.len(), "falls": falls, "visible_permille": visible.map(permille) });
    super::print(&found.to_string())?;
    Ok(exit::DONE)
}

fn permille(part: f64) -> Value {
    json!((part * 1_000.0).round() as i64)
}

type Row = (String, Option<Share>);

fn read(file: &Path) -> anyhow::Result<Vec<Row>> {
    let input = File::open(file).map_err(|error| {
        let name = file.display();
        anyhow::Error::new(error).context(say(format!("cannot read {name}"), format!("无法读取 {name}")))
    })?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(input);
    let header: Vec<String> =
        reader.headers()?.iter().map(|name| name.trim_start_matches('\u{FEFF}').to_owned()).collect();
    let mut places = Vec::new();
    for name in COLUMNS {
        let place = header.iter().position(|known| known == name);
        places
            .push(place.ok_or_else(|| {
                wrong(1, name, &say("a column of this name", "同名的列"), header.join(","))
            })?);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells = places.iter().map(|place| record.get(*place).unwrap_or_default());
        let (minute, of, with) = (cells.next(), cells.next(), cells.next());
        let (of, with) = (of.unwrap_or_default(), with.unwrap_or_default());
        let share = match (of, with) {
            // A minute without data.
            ("", "") => None,
            _ => {
                let (of, with) = (count(line, "of", of)?, count(line, "with", with)?);
                if with > of {
                    return Err(wrong(
                        line,
                        "with",
                        &say(format!("at most {of}"), format!("不超过 {of}")),
                        with,
                    ));
                }
                Some(Share { of, with })
            }
        };
        rows.push((minute.unwrap_or_default().to_owned(), share));
        if rows.len() > MINUTES_MAX {
            return Err(wrong(
                line,
                "minute",
                &say(format!("at most {MINUTES_MAX} lines"), format!("最多 {MINUTES_MAX} 行")),
                "…",
            ));
        }
    }
    Ok(rows)
}

fn count(line: u64, field: &str, text: &str) -> anyhow::Result<i64> {
    let number = text.parse::<i64>().ok().filter(|number| (0..=i64::from(u32::MAX)).contains(number));
    number.ok_or_else(|| wrong(line, field, &say("a whole number, 0 or more", "不小于 0 的整数"), text))
}

fn wrong(line: u64, field: &str, expected: &str, found: impl Display) -> anyhow::Error {
    let found = livehand_kernel::display_text(&found.to_string());
    coded(
        FAILED,
        say(
            format!("line {line}, {field}: expected {expected}, found \"{found}\""),
            format!("第 {line} 行 {field}：应为{expected}，实际为“{found}”"),
        ),
    )
}
