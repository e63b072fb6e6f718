//! What became of the towns of an earlier listing: names that towns had, and towns that went to another county.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::{PastTown, Table};
use super::changes::Changes;
use super::packages::Listing;
use super::towns;

/// Adds past names and moved towns to the table.
pub fn trace(table: &mut Table, year: u32, listing: &Listing, changes: &Changes) {
    let index = Index::of(table);
    let mut found = Found::default();
    for (code, town) in &listing.towns {
        if towns::for_counting_only(&town.name) {
            continue;
        }
        let counties = counties_today(town.area, listing, table, changes);
        let name = towns::clean(&town.name, &listing.names_above(town.area));
        if counties.is_empty() || counties.iter().any(|county| index.has(*county, &name)) {
            continue;
        }
        let former = Former { code: *code, area: town.area, name, counties, year };
        found.add(&former, &index, table);
    }
    for (at, town) in found.moved {
        if let Some(moved) = table.moves.get_mut(at)
            && !moved.towns.contains(&town)
        {
            moved.towns.push(town);
            moved.towns.sort_unstable();
        }
    }
    // A name that is known with its heir is not known better from another listing.
    let known: BTreeSet<(u32, String)> =
        table.past_towns.iter().map(|it| (it.county, it.name.clone())).collect();
    let fresh = found
        .past
        .into_iter()
        .filter(|it| !known.contains(&(it.county, it.name.clone())) && !index.has(it.county, &it.name));
    table.past_towns.extend(fresh);
}

/// A town of an earlier listing that has not its name in its county any more.
struct Former {
    code: u32,
    area: u32,
    name: String,
    counties: Vec<u32>,
    year: u32,
}

#[derive(Default)]
struct Found {
    past: Vec<PastTown>,
    /// Positions of moves, with the towns that went.
    moved: Vec<(usize, u32)>,
}

impl Found {
    /// The surest that can be said of a town.
    fn add(&mut self, former: &Former, index: &Index, table: &Table) {
        let stem = towns::stem(&former.name);
        let alike: Vec<u32> =
            former.counties.iter().flat_map(|county| index.alike(*county, stem)).copied().collect();
        if let [heir] = alike.as_slice() {
            return self.renamed(&former.name, *heir, table);
        }
        if let Some((at, heir)) = went(former, stem, index, table) {
            self.moved.push((at, heir));
            return self.renamed(&former.name, heir, table);
        }
        let [county] = former.counties.as_slice() else { return };
        // The same code may be that of another town now, but not if nobody else in the county has a like name.
        let heir = table.towns.get(&former.code).filter(|now| now.county == *county).map(|_| former.code);
        self.past.push(PastTown { county: *county, name: former.name.clone(), heir });
    }

    fn renamed(&mut self, name: &str, heir: u32, table: &Table) {
        if let Some(now) = table.towns.get(&heir)
            && now.name != name
        {
            self.past.push(PastTown { county: now.county, name: name.to_owned(), heir: Some(heir) });
        }
    }
}

/// The move by which a town went to a county where one with a like name is now.
fn went(former: &Former, stem: &str, index: &Index, table: &Table) -> Option<(usize, u32)> {
    let later = |year: u32| year >= former.year;
    let moves = table.moves.iter().enumerate().filter(|(_, it)| it.from == former.area && later(it.year));
    let mut heirs = moves.flat_map(|(at, it)| index.alike(it.to, stem).iter().map(move |heir| (at, *heir)));
    heirs.next()
}

/// The divisions that the land of an area of the listing belongs to today.
fn counties_today(area: u32, listing: &Listing, table: &Table, changes: &Changes) -> Vec<u32> {
    let same = changes.recoded.get(&area).copied().unwrap_or(area);
    let name = listing.areas.get(&area);
    let current = table.divisions.get(&same);
    if current.is_some_and(|it| same != area || name.is_none_or(|name| *name == it.name)) {
        return vec![same];
    }
    let ended = table.past.iter().find(|it| it.code == area && name.is_some_and(|name| *name == it.name));
    match (ended, current) {
        (Some(ended), _) => ended.heirs.clone(),
        (None, Some(_)) => vec![same],
        (None, None) => Vec::new(),
    }
}

/// The towns that there are, by county and name.
struct Index {
    names: BTreeSet<(u32, String)>,
    stems: BTreeMap<(u32, String), Vec<u32>>,
}

impl Index {
    fn of(table: &Table) -> Self {
        let mut index = Self { names: BTreeSet::new(), stems: BTreeMap::new() };
        for (code, town) in &table.towns {
            index.names.insert((town.county, town.name.clone()));
            let stem = towns::stem(&town.name).to_owned();
            index.stems.entry((town.county, stem)).or_default().push(*code);
        }
        index
    }

    fn has(&self, county: u32, name: &str) -> bool {
        self.names.contains(&(county, name.to_owned()))
    }

    fn alike(&self, county: u32, stem: &str) -> &[u32] {
        self.stems.get(&(county, stem.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }
}
