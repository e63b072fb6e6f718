//! The text that is deflated into the file. `crates/address/src/divisions/load.rs` reads it.

use std::fmt::{Display, Write as _};

use super::assemble::Table;

/// The first line. The number is that of the format.
const HEAD: &str = "livehand-divisions 1";

/// The table as text: sections, lines in a fixed order, tabs between fields.
pub fn render(table: &Table) -> String {
    let mut text = format!("{HEAD}\n");
    section(
        &mut text,
        "divisions",
        table.divisions.iter().map(|(code, it)| {
            [code.to_string(), it.name.clone(), it.since.map(|year| year.to_string()).unwrap_or_default()]
        }),
    );
    section(
        &mut text,
        "towns",
        table.towns.iter().map(|(code, it)| {
            let mut fields = vec![code.to_string(), it.name.clone()];
            if it.county != code / 1_000 {
                fields.push(it.county.to_string());
            }
            fields
        }),
    );
    section(
        &mut text,
        "zones",
        table.zones.iter().map(|it| {
            [optional(it.code), it.name.clone(), it.city.to_string(), optional(it.host), it.aliases.join(",")]
        }),
    );
    section(
        &mut text,
        "past",
        table.past.iter().map(|it| {
            [it.code.to_string(), it.name.clone(), it.city.clone(), it.year.to_string(), list(&it.heirs)]
        }),
    );
    section(
        &mut text,
        "past towns",
        table.past_towns.iter().map(|it| [it.name.clone(), it.county.to_string(), optional(it.heir)]),
    );
    section(
        &mut text,
        "moves",
        table
            .moves
            .iter()
            .map(|it| [it.from.to_string(), it.to.to_string(), it.year.to_string(), list(&it.towns)]),
    );
    section(
        &mut text,
        "aliases",
        table.aliases.iter().map(|(code, names)| [code.to_string(), names.join(",")]),
    );
    text
}

fn section<Line: AsRef<[String]>>(text: &mut String, name: &str, lines: impl Iterator<Item = Line>) {
    // Writing into a string cannot fail.
    let _ = writeln!(text, "[{name}]");
    for line in lines {
        text.push_str(&line.as_ref().join("\t"));
        text.push('\n');
    }
}

fn optional(number: Option<u32>) -> String {
    number.map(|it| it.to_string()).unwrap_or_default()
}

fn list<Item: Display>(items: &[Item]) -> String {
    items.iter().map(Item::to_string).collect::<Vec<_>>().join(",")
}
