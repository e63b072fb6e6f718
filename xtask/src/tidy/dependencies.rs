//! Who may depend on whom. Dependencies point inward; the business stays free of machinery.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::tidy::Breach;

/// Which of our crates a crate may use.
enum May {
    Use(&'static [&'static str]),
    UseAny,
}

struct Rule {
    package: &'static str,
    /// Pure: no I/O, no tasks, no clock, no randomness, not even through others.
    business: bool,
    may: May,
}

const fn business(package: &'static str, may: &'static [&'static str]) -> Rule {
    Rule { package, business: true, may: May::Use(may) }
}

const fn outer(package: &'static str, may: May) -> Rule {
    Rule { package, business: false, may }
}

/// Every crate of ours, from the inside out, with the ones of ours that it may use.
const RULES: &[Rule] = &[
    business("livehand-kernel", &[]),
    business("livehand-prepare", &["livehand-kernel"]),
    business("livehand-live", &["livehand-kernel"]),
    business("livehand-trade", &["livehand-kernel"]),
    business("livehand-review", &["livehand-kernel"]),
    business("livehand-compliance", &["livehand-kernel"]),
    business("livehand-language", &["livehand-kernel"]),
    business("livehand-address", &["livehand-kernel"]),
    outer(
        "livehand-storage",
        May::Use(&[
            "livehand-kernel",
            "livehand-prepare",
            "livehand-trade",
            "livehand-review",
            "livehand-compliance",
            "livehand-language",
            "livehand-address",
        ]),
    ),
    outer("livehand-show-log", May::Use(&["livehand-live", "livehand-kernel", "livehand-storage"])),
    outer("livehand-rooms", May::Use(&["livehand-show-log", "livehand-live", "livehand-kernel"])),
    outer(
        "livehand-app",
        May::Use(&[
            "livehand-rooms",
            "livehand-show-log",
            "livehand-storage",
            "livehand-prepare",
            "livehand-live",
            "livehand-trade",
            "livehand-review",
            "livehand-compliance",
            "livehand-language",
            "livehand-address",
            "livehand-kernel",
        ]),
    ),
    outer(
        "livehand-connectors",
        May::Use(&["livehand-app", "livehand-prepare", "livehand-live", "livehand-kernel"]),
    ),
    outer(
        "livehand-api",
        May::Use(&[
            "livehand-app",
            "livehand-rooms",
            "livehand-live",
            "livehand-prepare",
            "livehand-trade",
            "livehand-compliance",
            "livehand-kernel",
        ]),
    ),
    outer("livehand", May::UseAny),
    outer("livehand-tests", May::UseAny),
    outer("livehand-bench", May::UseAny),
    outer("xtask", May::Use(&[])),
];

/// What a business crate may not reach, not even through another package.
const NOT_FOR_BUSINESS: &[&str] =
    &["tokio", "sqlx", "sqlx-core", "axum", "reqwest", "hyper", "async-nats", "tower", "rand", "getrandom"];

/// Machinery that one place owns, so that it can be replaced there.
const OWNED: &[(&str, &[&str])] = &[
    ("sqlx", &["livehand-storage"]),
    ("axum", &["livehand-api"]),
    ("async-nats", &["livehand-show-log"]),
    ("clap", &["livehand", "livehand-tests", "livehand-bench", "xtask"]),
    ("config", &["livehand"]),
];

/// A package of this workspace.
pub struct Member {
    pub name: String,
    /// Directory from the root, with `/`.
    pub directory: String,
    pub description: Option<String>,
    /// Packages that it names as normal dependencies, optional ones too.
    pub uses: BTreeSet<String>,
}

/// The packages of this workspace and what the business is built from.
#[derive(Default)]
pub struct Graph {
    pub members: Vec<Member>,
    /// Normal dependencies of every package that a business crate reaches, by name.
    pub links: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Reads the graph of the workspace at a root.
    ///
    /// # Errors
    /// Cargo cannot describe the workspace.
    pub fn read(root: &Path) -> Result<Self> {
        let mut command = MetadataCommand::new();
        let metadata = command.current_dir(root).no_deps().exec().context("cannot read the workspace")?;
        let mut graph = Self::default();
        for package in metadata.workspace_packages() {
            let directory =
                package.manifest_path.parent().and_then(|it| it.strip_prefix(&metadata.workspace_root).ok());
            let normal = package.dependencies.iter().filter(|it| it.kind == DependencyKind::Normal);
            graph.members.push(Member {
                name: package.name.to_string(),
                directory: directory.map(|it| it.as_str().replace('\\', "/")).unwrap_or_default(),
                description: package.description.clone(),
                uses: normal.map(|it| it.name.clone()).collect(),
            });
        }
        graph.members.sort_by(|a, b| a.name.cmp(&b.name));
        let is_business =
            |member: &&Member| RULES.iter().any(|rule| rule.business && rule.package == member.name);
        for member in graph.members.iter().filter(is_business) {
            add_links(&mut graph.links, &tree_of(root, &member.name)?);
        }
        Ok(graph)
    }

    /// The shortest way from a package to another, both included.
    fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut waiting = VecDeque::from([vec![from.to_owned()]]);
        let mut seen = BTreeSet::from([from.to_owned()]);
        while let Some(way) = waiting.pop_front() {
            let last = way.last()?;
            if last == to {
                return Some(way);
            }
            for next in self.links.get(last).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    waiting.push_back(way.iter().chain([next]).cloned().collect());
                }
            }
        }
        None
    }
}

/// What cargo prints about everything that one package pulls in by itself. The metadata of the whole workspace would not
/// do: there, a feature that one crate asks for counts for all.
fn tree_of(root: &Path, package: &str) -> Result<String> {
    let mut command = Command::new("cargo");
    command.args([
        "tree",
        "--quiet",
        "--edges",
        "normal",
        "--all-features",
        "--prefix",
        "depth",
        "--package",
        package,
    ]);
    let output = command.current_dir(root).output().context("cannot run cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree failed for {package}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).context("cargo tree printed no UTF-8")
}

/// Adds the links of lines such as `2serde v1.0.0 (*)`: the depth, the name, and more.
fn add_links(links: &mut BTreeMap<String, BTreeSet<String>>, tree: &str) {
    let mut way: Vec<&str> = Vec::new();
    for line in tree.lines() {
        let name = line.trim_start_matches(|char: char| char.is_ascii_digit());
        let depth = line.len() - name.len();
        let depth = line.get(..depth).and_then(|it| it.parse::<usize>().ok());
        let (Some(depth), Some(name)) = (depth, name.split(' ').next()) else { continue };
        way.truncate(depth);
        if let Some(user) = way.last() {
            links.entry((*user).to_owned()).or_default().insert(name.to_owned());
        }
        way.push(name);
    }
}

/// The breaches of the rules above.
pub fn check(graph: &Graph) -> Vec<Breach> {
    let ours: BTreeSet<&str> = graph.members.iter().map(|member| member.name.as_str()).collect();
    graph.members.iter().flat_map(|member| check_member(graph, &ours, member)).collect()
}

fn check_member(graph: &Graph, ours: &BTreeSet<&str>, member: &Member) -> Vec<Breach> {
    let place = format!("{}/Cargo.toml", member.directory);
    let name = &member.name;
    let Some(rule) = RULES.iter().find(|rule| rule.package == *name) else {
        let text = format!(
            "no rule says what {name} may depend on; add it to RULES in xtask/src/tidy/dependencies.rs"
        );
        return vec![Breach::new(place, text)];
    };
    let mut breaches = Vec::new();
    if let May::Use(allowed) = rule.may {
        for used in member
            .uses
            .iter()
            .filter(|used| ours.contains(used.as_str()) && !allowed.contains(&used.as_str()))
        {
            let text = format!(
                "{name} may not depend on {used}; move the code that needs it outward, or pass it in as data"
            );
            breaches.push(Breach::new(&*place, text));
        }
    }
    for (owned, owners) in OWNED.iter().filter(|(owned, _)| member.uses.contains(*owned)) {
        if !owners.contains(&name.as_str()) {
            let text = format!("{name} may not depend on {owned}; only {} may", owners.join(", "));
            breaches.push(Breach::new(&*place, text));
        }
    }
    for forbidden in NOT_FOR_BUSINESS.iter().filter(|_| rule.business) {
        let way =
            if member.uses.contains(*forbidden) { Some(Vec::new()) } else { graph.way(name, forbidden) };
        let Some(way) = way else { continue };
        let through = if way.is_empty() { String::new() } else { format!(" ({})", way.join(" → ")) };
        let text = format!(
            "{name} is business and may not depend on {forbidden}{through}; take what it gives as a parameter"
        );
        breaches.push(Breach::new(&*place, text));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn graph(members: &[(&str, &[&str])], links: &[(&str, &[&str])]) -> Graph {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let member = |(name, uses): &(&str, &[&str])| Member {
            name: (*name).to_owned(),
            directory: format!("crates/{}", name.trim_start_matches("livehand-")),
            description: Some("d".to_owned()),
            uses: set(uses),
        };
        let links = members.iter().chain(links).map(|(name, uses)| ((*name).to_owned(), set(uses))).collect();
        Graph { members: members.iter().map(member).collect(), links }
    }

    /// The lines for a graph, without the advice after the semicolon.
    fn lines(graph: &Graph) -> Vec<String> {
        let lines = check(graph).into_iter().map(|breach| breach.to_string());
        lines.map(|line| line.split(';').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn dependencies_that_point_inward_are_fine() {
        let graph = graph(
            &[
                ("livehand-kernel", &["serde"]),
                ("livehand-live", &["livehand-kernel", "serde"]),
                ("livehand-storage", &["livehand-kernel", "sqlx", "tokio"]),
                ("livehand-api", &["livehand-live", "axum"]),
                ("livehand", &["livehand-api", "livehand-storage", "clap", "config"]),
            ],
            &[("serde", &[]), ("sqlx", &["tokio"])],
        );
        assert_eq!(lines(&graph), Vec::<String>::new());
    }

    #[test]
    fn business_may_not_name_machinery() {
        let graph = graph(&[("livehand-live", &["tokio"])], &[]);
        let expected = "crates/live/Cargo.toml: livehand-live is business and may not depend on tokio";
        assert_eq!(lines(&graph), [expected]);
    }

    #[test]
    fn business_may_not_reach_machinery_through_others() {
        let graph =
            graph(&[("livehand-language", &["cache"])], &[("cache", &["timer"]), ("timer", &["tokio"])]);
        let expected = "crates/language/Cargo.toml: livehand-language is business and may not depend on tokio \
                        (livehand-language → cache → timer → tokio)";
        assert_eq!(lines(&graph), [expected]);
    }

    #[test]
    fn business_crates_do_not_know_one_another() {
        let graph = graph(&[("livehand-language", &[]), ("livehand-live", &["livehand-language"])], &[]);
        let expected = "crates/live/Cargo.toml: livehand-live may not depend on livehand-language";
        assert_eq!(lines(&graph), [expected]);
    }

    #[test]
    fn machinery_has_one_owner() {
        let graph = graph(
            &[
                ("livehand-api", &["sqlx", "clap"]),
                ("livehand-app", &["axum"]),
                ("livehand-rooms", &["config"]),
            ],
            &[],
        );
        let expected = [
            "crates/api/Cargo.toml: livehand-api may not depend on sqlx",
            "crates/api/Cargo.toml: livehand-api may not depend on clap",
            "crates/app/Cargo.toml: livehand-app may not depend on axum",
            "crates/rooms/Cargo.toml: livehand-rooms may not depend on config",
        ];
        assert_eq!(lines(&graph), expected);
    }

    #[test]
    fn routes_do_not_go_past_the_use_cases() {
        let graph = graph(&[("livehand-api", &["livehand-storage"]), ("livehand-storage", &[])], &[]);
        assert_eq!(lines(&graph), ["crates/api/Cargo.toml: livehand-api may not depend on livehand-storage"]);
    }

    #[test]
    fn a_crate_without_a_rule_is_named() {
        let graph = graph(&[("livehand-new", &[])], &[]);
        assert_eq!(lines(&graph), ["crates/new/Cargo.toml: no rule says what livehand-new may depend on"]);
    }

    /// Writes a workspace of empty packages with path dependencies; `outside` ones are not of the workspace.
    fn write_workspace(root: &Path, packages: &[(&str, &str, &[&str])]) {
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\nexclude = [\"outside\"]\n",
        );
        for (directory, name, uses) in packages {
            let mut manifest = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\n");
            for used in *uses {
                let (path, ..) = packages.iter().find(|(_, name, _)| name == used).unwrap();
                manifest += &format!("{used} = {{ path = \"../../{path}\" }}\n");
            }
            write(&format!("{directory}/Cargo.toml"), &manifest);
            write(&format!("{directory}/src/lib.rs"), "");
        }
    }

    #[test]
    fn a_breach_planted_in_a_real_workspace_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let mut packages: Vec<(&str, &str, &[&str])> = vec![
            ("outside/tokio", "tokio", &[]),
            ("outside/cache", "cache", &["tokio"]),
            ("crates/kernel", "livehand-kernel", &[]),
            ("crates/live", "livehand-live", &["livehand-kernel"]),
            ("crates/rooms", "livehand-rooms", &["livehand-live", "tokio"]),
        ];
        write_workspace(root, &packages);
        assert_eq!(lines(&Graph::read(root).unwrap()), Vec::<String>::new());

        packages[3] = ("crates/live", "livehand-live", &["livehand-kernel", "tokio"]);
        packages[2] = ("crates/kernel", "livehand-kernel", &["cache"]);
        write_workspace(root, &packages);
        let expected = [
            "crates/kernel/Cargo.toml: livehand-kernel is business and may not depend on tokio \
             (livehand-kernel → cache → tokio)",
            "crates/live/Cargo.toml: livehand-live is business and may not depend on tokio",
        ];
        assert_eq!(lines(&Graph::read(root).unwrap()), expected);
    }
}
