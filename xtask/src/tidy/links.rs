//! Links in documents lead somewhere.

use crate::tidy::Breach;
use crate::tidy::tree::Tree;

/// The breaches: links to files of the repository that are not there.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        let mut in_code = false;
        for (number, line) in (1..).zip(text.lines()) {
            in_code ^= line.trim_start().starts_with("```");
            let links = targets(line).filter(|_| !in_code);
            for target in links.filter(|target| resolve(path, target).is_none_or(|file| !tree.has(&file))) {
                let text = format!("links to {target}, which is not there; correct the link or add the file");
                breaches.push(Breach::new(format!("{path}:{number}"), text));
            }
        }
    }
    breaches
}

/// Link targets in a line that are paths, without their anchors.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let ends = line.match_indices("](").filter_map(|(start, mark)| line.get(start + mark.len()..));
    let whole = ends.filter_map(|rest| rest.split([')', ' ']).next());
    let paths = whole.filter(|it| !it.contains("://") && !it.starts_with("mailto:") && !it.starts_with('<'));
    paths.filter_map(|it| it.split('#').next()).filter(|it| !it.is_empty())
}

/// A target as a path from the root; none if it leads out of the repository.
fn resolve(document: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nothing_is_found_with_its_line() {
        let readme = "[map](ARCHITECTURE.md#live) ![shot](docs/shot.png)\n[gone](docs/gone.md), [web](https://example.com)\n\
                      ```\n[code](nothing.md)\n```\n[anchor](#here) [directory](docs/)\n";
        let tree = Tree::of([
            ("README.md", readme),
            ("ARCHITECTURE.md", ""),
            ("docs/shot.png", ""),
            ("docs/start.md", "[up](../README.md) [out](../../other.md)"),
        ]);
        let lines: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        let rest = "which is not there; correct the link or add the file";
        let expected = [
            format!("README.md:2: links to docs/gone.md, {rest}"),
            format!("docs/start.md:1: links to ../../other.md, {rest}"),
        ];
        assert_eq!(lines, expected);
    }
}
