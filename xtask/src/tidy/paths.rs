//! Nothing in the repository knows the machine that it was written on, nor where its packages came from.

use crate::tidy::Breach;
use crate::tidy::tree::{Tree, file_name, is_test_file, lines_before_tests};

/// Top directories that exist only on somebody's machine: named nowhere.
const OF_A_MACHINE: [&str; 1] = ["work"];
/// Top directories that documents, comments and tests may use as examples, and code may not.
const FOR_EXAMPLES: [&str; 3] = ["home", "root", "tmp"];
/// Where Cargo.lock may say that a package comes from; its absence means this workspace.
const CRATES_IO: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// The breaches.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (path, text) in tree.texts() {
        match file_name(path) {
            "Cargo.lock" => breaches.extend(check_cargo_lock(path, text)),
            "package-lock.json" => breaches.extend(check_package_lock(path, text)),
            ".npmrc" => breaches.extend(check_npmrc(path, text)),
            _ => breaches.extend(check_paths(path, text)),
        }
    }
    breaches
}

fn check_paths(path: &str, text: &str) -> Vec<Breach> {
    let examples = path.ends_with(".md") || path.ends_with(".txt") || is_test_file(path);
    let code_lines = lines_before_tests(text).count();
    let mut breaches = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let example = examples || number > code_lines || is_comment(line);
        let mut forbidden = OF_A_MACHINE.iter().chain(FOR_EXAMPLES.iter().filter(|_| !example));
        if let Some(top) = forbidden.find(|top| names_path(line, top)) {
            let text =
                format!("a path of one machine (/{top}/…); derive it, or take it from the configuration");
            breaches.push(Breach::new(format!("{path}:{number}"), text));
        }
    }
    breaches
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["//", "#", "*", "/*", "<!--", "--"].iter().any(|start| line.starts_with(start))
        && !line.starts_with("#[")
}

/// Whether a line names an absolute path below a top directory. The path of an address and one that starts with `..` are none.
fn names_path(line: &str, top: &str) -> bool {
    let path = format!("/{top}/");
    line.match_indices(&path).any(|(start, _)| {
        let before = line.get(..start).and_then(|it| it.chars().next_back());
        !before.is_some_and(|char| char.is_alphanumeric() || "._-})]*~/".contains(char))
    })
}

fn check_cargo_lock(path: &str, text: &str) -> Vec<Breach> {
    let lines = (1..).zip(text.lines());
    let other = lines.filter(|(_, line)| line.starts_with("source = ") && *line != CRATES_IO);
    let rule = "a package from elsewhere than crates.io; lock without a replaced registry";
    other.map(|(number, _)| Breach::new(format!("{path}:{number}"), rule)).collect()
}

fn check_package_lock(path: &str, text: &str) -> Vec<Breach> {
    let lines = (1..).zip(text.lines());
    let resolved = lines.filter(|(_, line)| line.trim_start().starts_with("\"resolved\": \"http"));
    let rule = "names the host of a registry; lock with omit-lockfile-registry-resolved=true";
    resolved.map(|(number, _)| Breach::new(format!("{path}:{number}"), rule)).collect()
}

fn check_npmrc(path: &str, text: &str) -> Vec<Breach> {
    let lines = (1..).zip(text.lines());
    let chosen = lines.filter(|(_, line)| line.contains("registry=") || line.contains("_auth"));
    let rule = "chooses a registry for everybody; leave that to each user's own settings";
    chosen.map(|(number, _)| Breach::new(format!("{path}:{number}"), rule)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<const N: usize>(files: [(&str, &str); N]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|breach| breach.place).collect()
    }

    #[test]
    fn a_path_of_a_machine_is_found_in_code() {
        let home = format!("/{}/", "home");
        let code = format!("let a = \"{home}me\";\n// such as {home}me\n#[cfg(test)]\nlet b = 1;\n");
        assert_eq!(places([("crates/a/src/lib.rs", code.as_str())]), ["crates/a/src/lib.rs:1"]);
    }

    #[test]
    fn examples_in_documents_and_tests_are_fine_and_a_checkout_is_not() {
        let temporary = format!("cp show.xml /{}/\n", "tmp");
        let checkout = format!("cd /{}/main\n", "work");
        let in_tests =
            format!("fn a() {{}}\n\n#[cfg(test)]\nmod tests {{\n    const A: &str = \"/{}/\";\n}}\n", "tmp");
        let found = places([
            ("README.md", temporary.as_str()),
            ("crates/a/src/lib.rs", in_tests.as_str()),
            ("crates/a/tests/story.rs", temporary.as_str()),
            ("docs/start.md", checkout.as_str()),
        ]);
        assert_eq!(found, ["docs/start.md:1"]);
    }

    #[test]
    fn an_address_is_no_path() {
        let text = format!(
            "fetch(\"https://example.com/{0}/a\"); open(\"../{0}/a\"); get(`${{base}}/{0}/`)",
            "home"
        );
        assert_eq!(places([("web/src/a.ts", text.as_str())]), Vec::<String>::new());
    }

    #[test]
    fn lock_files_name_no_other_registry() {
        let cargo = format!("[[package]]\n{CRATES_IO}\nsource = \"registry+https://mirror.example/index\"\n");
        let npm =
            "{\n  \"resolved\": \"https://mirror.example/vue.tgz\",\n  \"resolved\": \"packages/a\"\n}\n";
        let found = places([
            ("Cargo.lock", cargo.as_str()),
            ("web/.npmrc", "omit-lockfile-registry-resolved=true\nregistry=https://mirror.example/\n"),
            ("web/package-lock.json", npm),
        ]);
        assert_eq!(found, ["Cargo.lock:3", "web/.npmrc:2", "web/package-lock.json:2"]);
    }
}
