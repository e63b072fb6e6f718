#![cfg(test)]
//! The table beside another collection of the same facts, if `LIVEHAND_DIVISIONS` names its directory.
//!
//! It is not part of the project: without the variable these tests have nothing to compare with and pass.

use std::collections::BTreeSet;
use std::path::PathBuf;

use livehand_address::divisions::{Code, Divisions};

const VARIABLE: &str = "LIVEHAND_DIVISIONS";

/// The rows of a table of the other collection; nothing if there is none.
fn rows(file: &str) -> Option<Vec<Vec<String>>> {
    let directory = std::env::var_os(VARIABLE).filter(|it| !it.is_empty()).map(PathBuf::from);
    let Some(directory) = directory else {
        eprintln!("{VARIABLE} is not set: nothing is compared");
        return None;
    };
    let text = std::fs::read_to_string(directory.join(file)).unwrap();
    Some(text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

fn number(field: &str) -> u32 {
    field.parse().unwrap()
}

/// Prints how many agree, with the first that do not, and holds them to a least share in thousandths.
fn agree(what: &str, all: usize, different: &[String], least: usize) {
    let same = all - different.len();
    println!("{what}: {same} of {all}");
    for it in different.iter().take(40) {
        println!("  {it}");
    }
    assert!(same * 1_000 >= all * least, "{what}: only {same} of {all}");
}

#[test]
fn divisions_are_the_same() {
    let Some(rows) = rows("divisions.tsv") else { return };
    let table = Divisions::built_in();
    // 台湾 stands as a province only.
    let rows: Vec<_> = rows.into_iter().filter(|row| !row[0].starts_with("83")).collect();
    let different: Vec<_> = rows
        .iter()
        .filter(|row| {
            let parent = Some(row[4].as_str()).filter(|it| !it.is_empty()).map(|it| Code(number(it)));
            table.get(Code(number(&row[0]))).is_none_or(|it| it.name != row[2] || it.parent != parent)
        })
        .map(|row| row.join(" "))
        .collect();
    assert_eq!(table.all().len(), rows.len());
    agree("divisions", rows.len(), &different, 1_000);
}

#[test]
fn towns_are_known_in_their_county() {
    let Some(rows) = rows("towns.tsv") else { return };
    let table = Divisions::built_in();
    let now: BTreeSet<_> = table.towns().iter().map(|it| (it.county, it.name)).collect();
    let once: BTreeSet<_> = table.past_towns().iter().map(|it| (it.county, it.name)).collect();
    let place = |row: &Vec<String>| Code(number(&row[2]));
    let missing = |known: &dyn Fn(&Vec<String>) -> bool| -> Vec<String> {
        rows.iter().filter(|row| !known(row)).map(|row| row.join(" ")).collect()
    };
    let not_now = missing(&|row| now.contains(&(place(row), row[1].as_str())));
    let unknown = missing(&|row| {
        now.contains(&(place(row), row[1].as_str())) || once.contains(&(place(row), row[1].as_str()))
    });
    agree("towns", rows.len(), &not_now, 996);
    agree("towns, with past names", rows.len(), &unknown, 997);
}

#[test]
fn past_counties_have_the_same_heirs() {
    let Some(rows) = rows("old_counties.tsv") else { return };
    let table = Divisions::built_in();
    let heirs = |row: &Vec<String>| -> Vec<Code> {
        let mut heirs: Vec<_> = row[5].split(',').map(|it| Code(number(it))).collect();
        heirs.sort();
        heirs
    };
    let different: Vec<_> = rows
        .iter()
        .filter(|row| {
            let year = number(&row[4]);
            let mut named = table.past_named(&row[1]);
            !named.any(|it| {
                it.heirs == heirs(row) && (u32::from(it.ended) == year || it.code == Code(number(&row[0])))
            })
        })
        .map(|row| row.join(" "))
        .collect();
    agree("past counties", rows.len(), &different, 997);
}

#[test]
fn moves_are_the_same() {
    let Some(rows) = rows("county_moves.tsv") else { return };
    let ours: BTreeSet<_> =
        Divisions::built_in().moves().iter().map(|it| (it.from.0, it.to.0, u32::from(it.year))).collect();
    let different: Vec<_> = rows
        .iter()
        .filter(|row| !ours.contains(&(number(&row[0]), number(&row[1]), number(&row[2]))))
        .map(|row| row.join(" "))
        .collect();
    agree("moves", rows.len(), &different, 1_000);
}

#[test]
fn zones_are_known_in_their_city() {
    let Some(rows) = rows("devzones.tsv") else { return };
    let zones = Divisions::built_in().zones();
    let different: Vec<_> = rows
        .iter()
        .filter(|row| {
            let city = Code(number(&row[2]));
            !zones
                .iter()
                .any(|it| it.city == city && (it.name == row[1] || it.aliases.contains(&row[1].as_str())))
        })
        .map(|row| row.join(" "))
        .collect();
    agree("zones", rows.len(), &different, 1_000);
}
