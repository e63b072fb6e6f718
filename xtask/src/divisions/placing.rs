//! Which county each town of the package belongs to, and what it is called now.

use super::assemble::{PastTown, Table};
use super::changes::{Changes, TownNow};
use super::packages::Listing;
use super::towns;

/// Puts the towns of the current package, as our tables correct them, into the table.
pub fn place(table: &mut Table, listing: &Listing, changes: &Changes) {
    let mut gone = Vec::new();
    for (code, town) in &listing.towns {
        if towns::for_counting_only(&town.name) {
            continue;
        }
        let name = towns::clean(&town.name, &listing.names_above(town.area));
        let Some(county) = county_of(town.area, table, changes) else { continue };
        match (changes.towns_were.get(code), changes.towns_now.get(code)) {
            (Some(heir), _) => gone.push(PastTown { county, name, heir: *heir }),
            (None, Some(now)) if now.name != name => {
                gone.push(PastTown { county: now.county, name, heir: Some(*code) });
            }
            (None, Some(_)) => {}
            (None, None) => {
                table.towns.insert(*code, TownNow { name, county });
            }
        }
    }
    table.towns.extend(changes.towns_now.clone());
    for past in gone {
        let county =
            past.heir.and_then(|heir| table.towns.get(&heir)).map_or(past.county, |heir| heir.county);
        let still = table.towns.values().any(|town| town.county == county && town.name == past.name);
        if !still {
            table.past_towns.insert(PastTown { county, ..past });
        }
    }
}

/// The county of what stands below an area of the package; for a development zone its host, or else its city.
fn county_of(area: u32, table: &Table, changes: &Changes) -> Option<u32> {
    let area = changes.recoded.get(&area).copied().unwrap_or(area);
    if table.divisions.contains_key(&area) {
        return Some(area);
    }
    let zone = table.zones.iter().find(|zone| zone.code == Some(area))?;
    Some(zone.host.unwrap_or(zone.city))
}
