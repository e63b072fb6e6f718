//! `livehand address`: how shipping lines are read, and how well.

mod eval;
mod figures;

use livehand_address::{Parsed, Part, parse};

use crate::cli::AddressCommand;
use crate::exit;
use crate::words::{said, say};

/// So many counties are named where it can be one of several.
const CANDIDATES_MAX: usize = 12;

/// Does what the command line says.
pub fn run(command: &AddressCommand) -> anyhow::Result<u8> {
    match command {
        AddressCommand::Eval { cases, predictions, json } => eval::run(cases, predictions.as_deref(), *json)?,
        AddressCommand::Parse { line, .. } if line.trim().is_empty() => {
            anyhow::bail!(say(
                "the line is empty: put the whole line in quotes, such as livehand address parse \"张三 13812345678 浙江省杭州市西湖区古墩路598号\"",
                "这条是空的：请把整条信息放进引号，例如 livehand address parse \"张三 13812345678 浙江省杭州市西湖区古墩路598号\""
            ))
        }
        AddressCommand::Parse { line, json: true } => {
            super::print(&serde_json::to_string_pretty(&parse(line))?)?
        }
        AddressCommand::Parse { line, .. } => super::print(&told(&parse(line)))?,
    }
    Ok(exit::DONE)
}

/// A line that was read, as a person reads it.
fn told(read: &Parsed) -> String {
    let nothing = || "-".to_owned();
    let phone = read.phone.as_ref().map(|phone| match &read.phone_ext {
        Some(extension) => say(format!("{phone} ext. {extension}"), format!("{phone} 转 {extension}")),
        None => phone.clone(),
    });
    let divisions: Vec<&str> = [&read.province, &read.city, &read.county, &read.devzone, &read.town]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let mut lines = vec![
        format!("{}  {}", say("name    ", "收件人"), read.name.clone().unwrap_or_else(nothing)),
        format!("{}  {}", say("phone   ", "电话  "), phone.unwrap_or_else(nothing)),
        format!(
            "{}  {}",
            say("division", "地区  "),
            if divisions.is_empty() { nothing() } else { divisions.join(" ") }
        ),
        format!("{}  {}", say("detail  ", "详细  "), read.detail.clone().unwrap_or_else(nothing)),
    ];
    let mut verdict = said(&read.verdict.said());
    if !read.defects.is_empty() {
        let why: Vec<String> = read.defects.iter().map(|defect| said(&defect.said())).collect();
        verdict = say(format!("{verdict} ({})", why.join("; ")), format!("{verdict}（{}）", why.join("；")));
    }
    lines.push(format!("{}  {verdict}", say("verdict ", "结论  ")));
    for change in &read.changes {
        let written = change.written.clone().unwrap_or_else(nothing);
        lines.push(format!("  {}: {written} → {}", part(change.part), change.read));
    }
    if !read.candidates.is_empty() {
        let codes: Vec<String> =
            read.candidates.iter().take(CANDIDATES_MAX).map(|code| named(*code)).collect();
        let more = read.candidates.len().saturating_sub(CANDIDATES_MAX);
        let more = if more > 0 {
            say(format!(" and {more} more"), format!(" 等，还有 {more} 个"))
        } else {
            String::new()
        };
        lines.push(format!("{}  {}{more}", say("could be", "可能是"), codes.join(say(", ", "、").as_str())));
    }
    lines.join("\n")
}

fn part(part: Part) -> String {
    match part {
        Part::Phone => say("phone", "电话"),
        Part::Province => say("province", "省"),
        Part::City => say("city", "市"),
        Part::County => say("county", "区县"),
        Part::Town => say("town", "乡镇街道"),
    }
}

/// A division with its city, since several can have one name.
fn named(code: u32) -> String {
    let table = livehand_address::divisions::Divisions::built_in();
    let code = livehand_address::divisions::Code(code);
    let name = table.get(code).map_or("", |it| it.name);
    let city = table.city_of(code).map_or("", |it| it.name);
    format!("{city}{name} {code}")
}
