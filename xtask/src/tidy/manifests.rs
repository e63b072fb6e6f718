//! What every crate says about itself.

use crate::tidy::Breach;
use crate::tidy::dependencies::{Graph, Member};
use crate::tidy::tree::Tree;

const MAP: &str = "ARCHITECTURE.md";

/// The breaches.
pub fn check(graph: &Graph, tree: &Tree) -> Vec<Breach> {
    let mut breaches: Vec<Breach> =
        graph.members.iter().flat_map(|member| check_member(member, tree)).collect();
    let Some(map) = tree.text(MAP) else {
        breaches.push(Breach::new(MAP, "is missing; write the map of the crates and what must always hold"));
        return breaches;
    };
    for member in graph.members.iter().filter(|member| member.directory.starts_with("crates/")) {
        let name = member.directory.trim_start_matches("crates/");
        if !names(map, name) {
            let text = format!("does not mention {}; say in a line what it is for", member.directory);
            breaches.push(Breach::new(MAP, text));
        }
    }
    breaches
}

fn check_member(member: &Member, tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let manifest = format!("{}/Cargo.toml", member.directory);
    if member.description.as_deref().is_none_or(|text| text.trim().is_empty()) {
        let text = format!("{} has no description; add one line that says what it is for", member.name);
        breaches.push(Breach::new(&*manifest, text));
    }
    if tree.text(&manifest).is_some_and(|text| !text.contains("[lints]\nworkspace = true")) {
        let text = format!(
            "{} does not follow the lints of the workspace; add [lints] workspace = true",
            member.name
        );
        breaches.push(Breach::new(&*manifest, text));
    }
    for file in ["lib.rs", "main.rs"] {
        let path = format!("{}/src/{file}", member.directory);
        if tree.text(&path).is_some_and(|text| !text.starts_with("//!")) {
            breaches.push(Breach::new(
                path,
                "does not begin with //! docs; say what this is and what must never happen here",
            ));
        }
    }
    breaches
}

/// Whether a text names a directory as such: `crates/live`, `live/` or in backticks. The bare word is not enough, because
/// "live" is also English.
fn names(text: &str, directory: &str) -> bool {
    [
        format!("crates/{directory}"),
        format!("{directory}/"),
        format!("`{directory}`"),
        format!("livehand-{directory}"),
    ]
    .iter()
    .any(|form| contains_word(text, form))
}

fn contains_word(text: &str, form: &str) -> bool {
    let part_of_name = |char: char| char.is_alphanumeric() || char == '-' || char == '_';
    text.match_indices(form).any(|(start, _)| {
        let before = text.get(..start).and_then(|it| it.chars().next_back());
        let after = text.get(start + form.len()..).and_then(|it| it.chars().next());
        let ends = form.ends_with(['/', '`']) || !after.is_some_and(part_of_name);
        ends && !before.is_some_and(part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(directory: &str, description: Option<&str>) -> Member {
        Member {
            name: format!("livehand-{}", directory.trim_start_matches("crates/")),
            directory: directory.to_owned(),
            description: description.map(str::to_owned),
            uses: Default::default(),
        }
    }

    #[test]
    fn a_crate_says_what_it_is_and_follows_the_lints() {
        let tree = Tree::of([
            (MAP, "`live`, `kernel`"),
            ("crates/live/Cargo.toml", "[package]\n"),
            ("crates/live/src/lib.rs", "use std::fmt;\n"),
            ("crates/kernel/Cargo.toml", "[package]\n[lints]\nworkspace = true\n"),
            ("crates/kernel/src/lib.rs", "//! Words.\n"),
        ]);
        let members = vec![member("crates/live", None), member("crates/kernel", Some("words"))];
        let graph = Graph { members, ..Graph::default() };
        let places: Vec<String> = check(&graph, &tree).into_iter().map(|breach| breach.place).collect();
        assert_eq!(places, ["crates/live/Cargo.toml", "crates/live/Cargo.toml", "crates/live/src/lib.rs"]);
    }

    #[test]
    fn a_missing_map_is_found() {
        let lines: Vec<String> =
            check(&Graph::default(), &Tree::of([])).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            ["ARCHITECTURE.md: is missing; write the map of the crates and what must always hold"]
        );
    }

    #[test]
    fn the_map_names_every_crate_and_an_english_word_is_no_name() {
        let tree = Tree::of([(
            MAP,
            "Live shows: `show-log` keeps them, crates/rooms runs them. livehand-kernel-like",
        )]);
        let crates = ["live", "show-log", "rooms", "kernel", "log"];
        let members = crates.iter().map(|name| member(&format!("crates/{name}"), Some("d"))).collect();
        let graph = Graph { members, ..Graph::default() };
        let lines: Vec<String> = check(&graph, &tree).iter().map(ToString::to_string).collect();
        let missing = |name| format!("{MAP}: does not mention crates/{name}; say in a line what it is for");
        assert_eq!(lines, [missing("live"), missing("kernel"), missing("log")]);
    }
}
