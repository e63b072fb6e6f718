//! Reading the file inside the program.
//!
//! It is deflated text: sections with a name in brackets, a line for each thing, tabs between its fields, commas inside a
//! list, nothing where there is nothing to say.

use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use super::names;
use super::table::Divisions;
use super::types::{Code, Division, Level, Move, Past, PastTown, Town, Zone};

const FILE: &[u8] = include_bytes!("../../data/divisions.bin");

/// The first line. The number is that of the format.
const HEAD: &str = "livehand-divisions 1";

/// The file, once it is inflated. Every name in the table is a part of it.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::new();
    match GzDecoder::new(FILE).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
});

/// Why the file was not understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LoadError {
    #[error("the divisions do not begin with {HEAD:?}")]
    Head,
    #[error("line {line} of the divisions is not understood")]
    Line { line: usize },
}

#[derive(Clone, Copy)]
enum Section {
    Divisions,
    Towns,
    Zones,
    Past,
    PastTowns,
    Moves,
    Aliases,
}

impl Section {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "[divisions]" => Self::Divisions,
            "[towns]" => Self::Towns,
            "[zones]" => Self::Zones,
            "[past]" => Self::Past,
            "[past towns]" => Self::PastTowns,
            "[moves]" => Self::Moves,
            "[aliases]" => Self::Aliases,
            _ => return None,
        })
    }
}

/// The table of the program.
pub(super) fn built_in() -> Result<Divisions, LoadError> {
    read(&TEXT)
}

fn read(text: &'static str) -> Result<Divisions, LoadError> {
    let mut lines = text.lines().enumerate();
    if lines.next().map(|(_, line)| line) != Some(HEAD) {
        return Err(LoadError::Head);
    }
    let mut table = Divisions::default();
    let mut section = None;
    for (at, line) in lines {
        if line.starts_with('[') {
            section = Section::named(line);
            continue;
        }
        section
            .and_then(|section| read_line(&mut table, section, line))
            .ok_or(LoadError::Line { line: at + 1 })?;
    }
    settle_parents(&mut table);
    Ok(table.indexed())
}

fn read_line(table: &mut Divisions, section: Section, line: &'static str) -> Option<()> {
    let mut fields = line.split('\t');
    match section {
        Section::Divisions => table.current.push(division(&mut fields)?),
        Section::Towns => table.towns.push(town(&mut fields)?),
        Section::Zones => table.zones.push(zone(&mut fields)?),
        Section::Past => table.past.push(past(&mut fields)?),
        Section::PastTowns => table.past_towns.push(past_town(&mut fields)?),
        Section::Moves => table.moves.push(moved(&mut fields)?),
        Section::Aliases => {
            let code = code(fields.next()?)?;
            table.by_hand.insert(code, list(fields.next()?).collect());
        }
    }
    Some(())
}

type Fields = std::str::Split<'static, char>;

fn division(fields: &mut Fields) -> Option<Division> {
    let code = code(fields.next()?)?;
    let name = fields.next()?;
    let level = code.level();
    let since = optional(fields.next().unwrap_or_default(), |year| year.parse().ok())?;
    Some(Division { code, level, name, short: names::short_of(level, name), parent: None, since })
}

fn town(fields: &mut Fields) -> Option<Town> {
    let code: u32 = fields.next()?.parse().ok()?;
    let name = fields.next()?;
    let county = match fields.next() {
        Some(county) => self::code(county)?,
        None => Code(code / 1_000),
    };
    Some(Town::new(code, name, county))
}

fn zone(fields: &mut Fields) -> Option<Zone> {
    Some(Zone {
        code: optional(fields.next()?, code)?,
        name: fields.next()?,
        city: code(fields.next()?)?,
        host: optional(fields.next()?, code)?,
        aliases: list(fields.next()?).collect(),
    })
}

fn past(fields: &mut Fields) -> Option<Past> {
    let code = code(fields.next()?)?;
    let name = fields.next()?;
    let city = optional(fields.next()?, Some)?;
    let ended = fields.next()?.parse().ok()?;
    let heirs: Vec<Code> = list(fields.next()?).map(self::code).collect::<Option<_>>()?;
    let province = heirs.first()?.province();
    let short = names::short_of(code.level(), name);
    Some(Past { code, name, short, province, city, ended, heirs })
}

fn past_town(fields: &mut Fields) -> Option<PastTown> {
    let name = fields.next()?;
    let county = code(fields.next()?)?;
    let heir = optional(fields.next()?, |town| town.parse().ok())?;
    Some(PastTown::new(name, county, heir))
}

fn moved(fields: &mut Fields) -> Option<Move> {
    Some(Move {
        from: code(fields.next()?)?,
        to: code(fields.next()?)?,
        year: fields.next()?.parse().ok()?,
        towns: list(fields.next()?).map(|town| town.parse().ok()).collect::<Option<_>>()?,
    })
}

/// What a field says, if it says anything; `None` if it cannot be understood.
fn optional<Value>(
    field: &'static str,
    read: impl FnOnce(&'static str) -> Option<Value>,
) -> Option<Option<Value>> {
    if field.is_empty() { Some(None) } else { read(field).map(Some) }
}

fn list(field: &'static str) -> impl Iterator<Item = &'static str> {
    field.split(',').filter(|it| !it.is_empty())
}

fn code(field: &str) -> Option<Code> {
    field.parse().ok().map(Code)
}

/// A county belongs to the prefecture that its code names, if there is one, and else to the province.
fn settle_parents(table: &mut Divisions) {
    let prefectures: Vec<Code> =
        table.current.iter().filter(|it| it.level == Level::Prefecture).map(|it| it.code).collect();
    for division in &mut table.current {
        division.parent = match division.level {
            Level::Province => None,
            Level::Prefecture => Some(division.code.province()),
            Level::County => Some(division.code.prefecture())
                .filter(|it| prefectures.binary_search(it).is_ok())
                .or(Some(division.code.province())),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_inside_the_program_can_be_read() {
        assert!(built_in().is_ok_and(|table| !table.all().is_empty() && !table.towns().is_empty()));
    }

    #[test]
    fn another_format_is_refused() {
        assert_eq!(read("livehand-divisions 2\n").unwrap_err(), LoadError::Head);
        assert_eq!(read("").unwrap_err(), LoadError::Head);
    }

    #[test]
    fn a_line_that_is_not_understood_is_named() {
        let text = "livehand-divisions 1\n[divisions]\n110000\t北京市\t\n11x000\t北京市\t\n";
        assert_eq!(read(text).unwrap_err(), LoadError::Line { line: 4 });
        assert_eq!(read("livehand-divisions 1\n[streets]\nx").unwrap_err(), LoadError::Line { line: 3 });
    }
}
