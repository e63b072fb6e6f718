//! The table, from the packages and our own tables.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::changes::{Changes, Ended, Moved, TownNow, Zone};
use super::history::{self, History};
use super::packages::Packages;
use super::{former, placing, zones};

/// Rows that stand where a prefecture would, in provinces and municipalities that have counties without one.
const NO_PREFECTURES: &[&str] = &["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

/// A division and the first year of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    pub name: String,
    pub since: Option<u32>,
}

/// A name of a town that is no more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PastTown {
    pub county: u32,
    pub name: String,
    pub heir: Option<u32>,
}

/// Everything that goes into the file.
#[derive(Default)]
pub struct Table {
    pub divisions: BTreeMap<u32, Division>,
    pub towns: BTreeMap<u32, TownNow>,
    pub zones: Vec<Zone>,
    pub past: Vec<Ended>,
    pub past_towns: BTreeSet<PastTown>,
    pub moves: Vec<Moved>,
    pub aliases: BTreeMap<u32, Vec<String>>,
}

/// Makes the table.
///
/// # Errors
/// Our tables name something that does not exist.
pub fn assemble(packages: &Packages, changes: &Changes) -> Result<Table> {
    let mut table = Table { aliases: changes.aliases.clone(), ..Table::default() };
    table.divisions = divisions(packages, changes);
    table.zones = zones::zones(&packages.current, changes, &table.divisions);
    table.past = past(packages, changes, &table.divisions);
    table.moves = changes.moved.clone();
    table.moves.sort();
    placing::place(&mut table, &packages.current, changes);
    for (year, listing) in &packages.former {
        former::trace(&mut table, *year, listing, changes);
    }
    check(&table)?;
    Ok(table)
}

fn divisions(packages: &Packages, changes: &Changes) -> BTreeMap<u32, Division> {
    let above = packages.current.above.iter().filter(|(_, name)| !NO_PREFECTURES.contains(&name.as_str()));
    let areas = packages.current.areas.iter().filter(|(code, _)| is_county(**code, changes));
    let known = above.chain(areas).map(|(code, name)| {
        let since =
            history::since(&packages.revisions, *code, name).or_else(|| made_by(*code, name, changes));
        (*code, Division { name: name.clone(), since })
    });
    let new =
        changes.new.iter().map(|(code, (name, year))| (*code, Division { name: name.clone(), since: *year }));
    known.chain(new).collect()
}

/// Our own tables, and what the revisions tell beside them.
fn past(packages: &Packages, changes: &Changes, divisions: &BTreeMap<u32, Division>) -> Vec<Ended> {
    let told = History::new(&packages.revisions, divisions, changes).past();
    // What our own tables say is not said again with the code and the year of a revision.
    let key = |it: &Ended| (it.name.clone(), it.city.clone(), it.heirs.clone());
    let mut seen: BTreeSet<_> = changes.ended.iter().map(key).collect();
    let mut past = changes.ended.clone();
    past.extend(told.into_iter().filter(|it| seen.insert(key(it))));
    past.sort();
    past
}

/// What statistics treat as a county and is one.
fn is_county(code: u32, changes: &Changes) -> bool {
    let by_hand = changes.zones.iter().any(|zone| zone.code == Some(code));
    let stands_for_none = code.is_multiple_of(100) || zones::LAST_DIGITS.contains(&(code % 100));
    !stands_for_none && !by_hand && !changes.recoded.contains_key(&code)
}

/// The year of a division that came after the last revision of the codes: that in which what it came of ended.
fn made_by(code: u32, name: &str, changes: &Changes) -> Option<u32> {
    let ended = changes.ended.iter().filter(|it| it.heirs.contains(&code) && it.name != name);
    ended.map(|it| it.year).filter(|year| *year >= history::LAST_YEAR).max()
}

fn check(table: &Table) -> Result<()> {
    let missing = |code: &u32| !table.divisions.contains_key(code);
    for ended in &table.past {
        if ended.heirs.is_empty() || ended.heirs.iter().any(missing) {
            bail!("an heir of {} {} does not exist", ended.code, ended.name);
        }
    }
    for moved in &table.moves {
        if missing(&moved.to) || moved.towns.iter().any(|town| !table.towns.contains_key(town)) {
            bail!("what went from {} to {} does not exist", moved.from, moved.to);
        }
    }
    for zone in &table.zones {
        if missing(&zone.city) || zone.host.as_ref().is_some_and(missing) {
            bail!("the city or the host of {} does not exist", zone.name);
        }
    }
    for (code, town) in &table.towns {
        if missing(&town.county) {
            bail!("the county of {code} {} does not exist", town.name);
        }
    }
    for past in &table.past_towns {
        if past.heir.is_some_and(|heir| !table.towns.contains_key(&heir)) {
            bail!("the town that {} became does not exist", past.name);
        }
    }
    if let Some(code) = table.aliases.keys().find(|code| missing(code)) {
        bail!("there are names for {code}, which does not exist");
    }
    Ok(())
}
