//! Our own tables: what changed since the packages, what became of what, and what no package knows.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, anyhow, bail};

use crate::shell;

const DIRECTORY: &str = "crates/address/data";
const FILES: &[&str] = &["changes.tsv", "towns.tsv", "zones.tsv", "aliases.tsv"];

/// A name of a county or prefecture that ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ended {
    pub code: u32,
    pub name: String,
    pub city: String,
    pub year: u32,
    pub heirs: Vec<u32>,
}

/// Land that went from one county to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    pub from: u32,
    pub to: u32,
    pub year: u32,
    pub towns: Vec<u32>,
}

/// A town as it is called now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TownNow {
    pub name: String,
    pub county: u32,
}

/// A development zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zone {
    pub city: u32,
    pub code: Option<u32>,
    pub name: String,
    pub host: Option<u32>,
    pub aliases: Vec<String>,
}

/// What the tables say.
#[derive(Default)]
pub struct Changes {
    /// Divisions that the packages lack, with the year if it is known.
    pub new: BTreeMap<u32, (String, Option<u32>)>,
    pub ended: Vec<Ended>,
    pub moved: Vec<Moved>,
    /// Names that a revision of the codes has by mistake.
    pub wrong: BTreeSet<(u32, String)>,
    /// Codes of the packages that are others here.
    pub recoded: BTreeMap<u32, u32>,
    pub towns_now: BTreeMap<u32, TownNow>,
    /// Towns of the package that are no more, with the one that each became.
    pub towns_were: BTreeMap<u32, Option<u32>>,
    pub zones: Vec<Zone>,
    pub aliases: BTreeMap<u32, Vec<String>>,
}

/// Reads the tables.
///
/// # Errors
/// A table is missing, or a line of it is not understood.
pub fn read() -> Result<Changes> {
    let mut changes = Changes::default();
    for file in FILES {
        let path = shell::root().join(DIRECTORY).join(file);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {DIRECTORY}/{file}"))?;
        for (at, line) in text.lines().enumerate() {
            let place = || format!("{DIRECTORY}/{file}, line {}", at + 1);
            changes.take(line).with_context(place)?;
        }
    }
    Ok(changes)
}

impl Changes {
    fn take(&mut self, line: &str) -> Result<()> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let fields = Fields(line.split('\t').collect());
        match fields.text(0)? {
            "new" => {
                self.new.insert(fields.number(2)?, (fields.text(3)?.to_owned(), fields.optional(1)?));
            }
            "ended" => self.ended.push(Ended {
                year: fields.number(1)?,
                code: fields.number(2)?,
                name: fields.text(3)?.to_owned(),
                city: fields.text(4)?.to_owned(),
                heirs: fields.numbers(5)?,
            }),
            "moved" => self.moved.push(Moved {
                year: fields.number(1)?,
                from: fields.number(2)?,
                to: fields.number(3)?,
                towns: fields.numbers(4)?,
            }),
            "wrong" => {
                self.wrong.insert((fields.number(1)?, fields.text(2)?.to_owned()));
            }
            "recoded" => {
                self.recoded.insert(fields.number(1)?, fields.number(2)?);
            }
            "now" => {
                let code = fields.number(1)?;
                let county = fields.optional(3)?.unwrap_or(code / 1_000);
                self.towns_now.insert(code, TownNow { name: fields.text(2)?.to_owned(), county });
            }
            "was" => {
                self.towns_were.insert(fields.number(1)?, fields.optional(2)?);
            }
            "zone" => self.zones.push(Zone {
                code: fields.optional(1)?,
                name: fields.text(2)?.to_owned(),
                city: fields.number(3)?,
                host: fields.optional(4)?,
                aliases: fields.texts(5),
            }),
            "alias" => {
                self.aliases.insert(fields.number(1)?, fields.texts(2));
            }
            other => bail!("there is no kind {other:?}"),
        }
        Ok(())
    }
}

/// Fields of a line. Fields at its end that say nothing may be missing.
struct Fields<'line>(Vec<&'line str>);

impl<'line> Fields<'line> {
    fn at(&self, at: usize) -> &'line str {
        self.0.get(at).copied().unwrap_or_default()
    }

    fn text(&self, at: usize) -> Result<&'line str> {
        self.0.get(at).copied().ok_or_else(|| anyhow!("field {at} is missing"))
    }

    fn number(&self, at: usize) -> Result<u32> {
        let field = self.text(at)?;
        field.parse().with_context(|| format!("{field:?} is no number"))
    }

    fn optional(&self, at: usize) -> Result<Option<u32>> {
        if self.at(at).is_empty() { Ok(None) } else { self.number(at).map(Some) }
    }

    fn texts(&self, at: usize) -> Vec<String> {
        self.at(at).split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    fn numbers(&self, at: usize) -> Result<Vec<u32>> {
        let number = |it: String| it.parse().with_context(|| format!("{it:?} is no number"));
        self.texts(at).into_iter().map(number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_changed() {
        let mut changes = Changes::default();
        let lines = [
            "# a remark",
            "new\t2024\t653228\t和康县",
            "ended\t2021\t330103\t下城区\t杭州市\t330105",
            "moved\t2016\t330212\t330203",
            "now\t620122108\t中川镇\t620121",
        ];
        for line in lines {
            changes.take(line).unwrap();
        }
        assert_eq!(changes.new.get(&653_228), Some(&("和康县".to_owned(), Some(2024))));
        assert_eq!(changes.ended.first().map(|it| it.heirs.clone()), Some(vec![330_105]));
        assert_eq!(changes.moved.first().map(|it| it.to), Some(330_203));
        assert_eq!(changes.towns_now.get(&620_122_108).map(|it| it.county), Some(620_121));
    }

    #[test]
    fn a_line_without_sense_is_refused() {
        let mut changes = Changes::default();
        assert!(changes.take("gone\t2024").is_err());
        assert!(changes.take("moved\t2016\t3302x2\t330203").is_err());
        assert!(changes.take("moved\t2016").is_err());
    }
}
