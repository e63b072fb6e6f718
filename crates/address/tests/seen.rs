//! What may be seen of an address: all of its divisions and nothing finer, for every county and every town of the table.

#![cfg(test)]

use livehand_address::divisions::{Code, Division, Divisions, Level, TownKind};
use livehand_address::divisions_end;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Names of the levels, one after the other, as they stand in an address.
fn chain(county: &Division) -> String {
    let table = Divisions::built_in();
    let mut names = vec![county.name];
    let mut at = county.parent;
    while let Some(division) = at.and_then(|code| table.get(code)) {
        if names.last() != Some(&division.name) {
            names.push(division.name);
        }
        at = division.parent;
    }
    names.reverse();
    names.concat()
}

/// Counties, and cities that have none.
fn lowest() -> Vec<&'static Division> {
    let table = Divisions::built_in();
    let is_lowest = |it: &&Division| it.level == Level::County || table.children(it.code).next().is_none();
    table.all().iter().filter(is_lowest).collect()
}

fn seen(address: &str) -> &str {
    &address[..divisions_end(address)]
}

#[test]
fn every_county_of_the_table_is_seen_whole_and_nothing_of_the_street() {
    let wrong: Vec<String> = lowest()
        .into_iter()
        .map(chain)
        .filter(|region| seen(&format!("{region}文一西路969号3幢501室")) != region)
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

fn streets() -> impl Strategy<Value = String> {
    let road = select(vec!["文一西路", "建设路", "人民南路", "新村", "幸福里小区", "科技园A座", "大桥街"]);
    (road, 1_u32..2_000, 1_u32..40).prop_map(|(road, number, room)| format!("{road}{number}号{room}室"))
}

proptest! {
    #[test]
    fn every_town_is_seen_and_nothing_finer(county in any::<Index>(), town in any::<Index>(), street in streets()) {
        let counties = lowest();
        let county = county.get(&counties);
        let region = chain(county);
        let address = format!("{region}{street}");
        prop_assert!(address.len() - divisions_end(&address) >= street.len(), "{} is seen of {address}", seen(&address));
        let table = Divisions::built_in();
        let towns: Vec<_> =
            table.towns_of(Code(county.code.0)).iter().filter(|it| it.kind != TownKind::Other).collect();
        if !towns.is_empty() {
            let region = format!("{region}{}", town.get(&towns).name);
            let address = format!("{region}{street}");
            prop_assert_eq!(seen(&address), region, "{}", address);
        }
    }

    #[test]
    fn whatever_is_written_is_cut_between_characters(address in "\\PC{0,40}") {
        prop_assert!(address.is_char_boundary(divisions_end(&address)));
    }
}
