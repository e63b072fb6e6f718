//! Names, sizes and contents of source files.

use crate::tidy::Breach;
use crate::tidy::tree::{Tree, is_test_file};

/// More lines than this are more than one thing.
const RUST_LINES_MAX: usize = 500;
/// Names that say nothing, so that everything ends up there.
const SAY_NOTHING: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "misc", "shared"];
/// Ways to put a text into a page as markup, with which a viewer's comment could run code in the console.
const MARKUP: [&str; 4] = ["v-html", "innerHTML", "outerHTML", "insertAdjacentHTML"];

/// The breaches.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let mut breaches: Vec<Breach> = tree.paths().flat_map(check_name).collect();
    for (path, text) in tree.texts() {
        if path.ends_with(".rs") {
            breaches.extend(check_rust(path, text));
        }
        if path.starts_with("web/src/")
            && !is_test_file(path)
            && (path.ends_with(".vue") || path.ends_with(".ts"))
        {
            breaches.extend(check_console(path, text));
        }
    }
    breaches
}

fn check_name(path: &str) -> Option<Breach> {
    let in_crates = path.starts_with("crates/") && path.ends_with(".rs");
    let mut parts = path.trim_end_matches(".rs").split('/');
    let name = parts.find(|part| in_crates && SAY_NOTHING.contains(part))?;
    Some(Breach::new(path, format!("the name {name} says nothing; name it after what it holds")))
}

fn check_rust(path: &str, text: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let lines = text.lines().count();
    if lines > RUST_LINES_MAX {
        breaches.push(Breach::new(
            path,
            format!("{lines} lines, at most {RUST_LINES_MAX}; split it by what it does"),
        ));
    }
    for (number, line) in (1..).zip(text.lines().map(str::trim_start)) {
        let place = format!("{path}:{number}");
        if line.starts_with("#[allow(") || line.starts_with("#![allow(") {
            breaches
                .push(Breach::new(&*place, "allow hides a lint for good; use #[expect(…, reason = \"…\")]"));
        }
        if path.starts_with("crates/")
            && let Some(name) = module(line).filter(|name| SAY_NOTHING.contains(name))
        {
            breaches.push(Breach::new(
                place,
                format!("the name {name} says nothing; name it after what it holds"),
            ));
        }
    }
    breaches
}

/// The name in a line that declares a module.
fn module(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "mod").filter(|at| *at <= 1)?;
    (at == 0 || words.first().is_some_and(|word| word.starts_with("pub")))
        .then(|| words.get(at + 1).map(|name| name.trim_end_matches([';', '{'])))?
}

fn check_console(path: &str, text: &str) -> Vec<Breach> {
    let lines = (1..).zip(text.lines());
    let found =
        lines.filter_map(|(number, line)| Some((number, MARKUP.iter().find(|it| line.contains(**it))?)));
    found
        .map(|(number, markup)| {
            let text = format!("{markup} lets a viewer's text run code in the console; bind it as text");
            Breach::new(format!("{}:{number}", path), text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines<const N: usize>(files: [(&str, &str); N]) -> Vec<String> {
        let lines = check(&Tree::of(files)).into_iter().map(|breach| breach.to_string());
        lines.map(|line| line.split(';').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn names_that_say_nothing_are_found_as_file_directory_and_module() {
        let found = lines([
            ("crates/live/src/util.rs", ""),
            ("crates/live/src/helpers/time.rs", ""),
            ("crates/live/src/lib.rs", "pub mod common;\nmod utils {}\nmod utility;\n// mod misc\n"),
            ("web/src/common.ts", ""),
        ]);
        let expected = [
            "crates/live/src/helpers/time.rs: the name helpers says nothing",
            "crates/live/src/util.rs: the name util says nothing",
            "crates/live/src/lib.rs:1: the name common says nothing",
            "crates/live/src/lib.rs:2: the name utils says nothing",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_long_file_and_a_hidden_lint_are_found() {
        let long = "//\n".repeat(RUST_LINES_MAX + 1);
        let found = lines([
            ("xtask/src/a.rs", long.as_str()),
            ("tests/src/b.rs", "fn a() {}\n  #[allow(dead_code)]\n"),
        ]);
        let expected =
            ["tests/src/b.rs:2: allow hides a lint for good", "xtask/src/a.rs: 501 lines, at most 500"];
        assert_eq!(found, expected);
    }

    #[test]
    fn markup_from_text_is_found_outside_tests() {
        let found = lines([
            ("web/src/a/Card.vue", "<p>{{ text }}</p>\n<p v-html=\"text\" />"),
            ("web/src/a/chart.ts", "element.innerHTML = name"),
            ("web/src/a/Card.test.ts", "expect(element.innerHTML)"),
        ]);
        let because = "lets a viewer's text run code in the console";
        let expected = [
            format!("web/src/a/Card.vue:2: v-html {because}"),
            format!("web/src/a/chart.ts:1: innerHTML {because}"),
        ];
        assert_eq!(found, expected);
    }
}
