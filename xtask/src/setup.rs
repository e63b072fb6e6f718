//! What a bare Debian 12 machine with Rust and Node lacks, and how it gets it.
//!
//! Nothing is ever asked: either the package manager may be used (as root, or with a sudo that needs no password), or the
//! one command that does it is printed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};

use crate::needs_user::NeedsUser;
use crate::{shell, web};

/// Oldest Node that the console's tools run on.
const NODE_MAJOR_MIN: u32 = 20;

#[derive(Args)]
pub struct SetupArgs {
    /// What the machine is to be ready for.
    #[arg(long = "for", value_enum, default_value_t = Purpose::Test)]
    purpose: Purpose,
}

/// What a machine is made ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Purpose {
    /// Building and running the program.
    Demo,
    /// All tests: also a browser, Chinese fonts and PostgreSQL.
    Test,
    /// All measurements: also Redis, beside which is measured.
    Bench,
}

struct Need {
    name: &'static str,
    packages: &'static [&'static str],
    /// The least that it is needed for.
    since: Purpose,
    present: fn(&Machine) -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        name: "a C compiler",
        packages: &["gcc", "libc6-dev"],
        since: Purpose::Demo,
        // Debian's gcc does not insist on the headers of the C library.
        present: |machine| {
            let headers = machine.exists("usr/include/stdio.h") || machine.program("apt-get").is_none();
            machine.program("cc").is_some() && headers
        },
    },
    Need {
        name: "Chromium",
        packages: &["chromium"],
        since: Purpose::Test,
        present: |machine| machine.chromium().is_some(),
    },
    Need {
        name: "Chinese fonts",
        packages: &["fonts-noto-cjk"],
        since: Purpose::Test,
        present: |machine| {
            machine.exists("usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
                || machine.lists_chinese_fonts()
        },
    },
    Need {
        name: "the PostgreSQL server",
        packages: &["postgresql"],
        since: Purpose::Test,
        present: |machine| machine.postgres_programs().is_some(),
    },
    Need {
        name: "Redis",
        packages: &["redis-server"],
        since: Purpose::Bench,
        present: |machine| machine.program("redis-server").is_some(),
    },
];

/// Where things are looked up, and who looks; tests give another root, PATH and user.
pub struct Machine {
    root: PathBuf,
    path: Vec<PathBuf>,
    user_is_root: bool,
}

impl Machine {
    /// The machine that this runs on.
    pub fn this() -> Self {
        let effective = Command::new("id").arg("-u").output();
        let user_is_root = effective.is_ok_and(|output| output.stdout.trim_ascii() == b"0");
        Self { root: PathBuf::from("/"), path: shell::search_path(), user_is_root }
    }

    fn exists(&self, relative: &str) -> bool {
        self.root.join(relative).exists()
    }

    /// Where a program of PATH is.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|directory| directory.join(name)).find(|file| file.is_file())
    }

    /// A browser that the tests can drive.
    pub fn chromium(&self) -> Option<PathBuf> {
        ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| self.program(name))
    }

    /// The directory of `initdb` and `postgres`, which Debian keeps out of PATH; the newest version if there are several.
    pub fn postgres_programs(&self) -> Option<PathBuf> {
        let versions =
            std::fs::read_dir(self.root.join("usr/lib/postgresql")).into_iter().flatten().flatten();
        let debian = versions
            .filter_map(|entry| {
                Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
            })
            .filter(|(_, directory)| has_server(directory))
            .max_by_key(|(version, _)| *version);
        debian.map(|(_, directory)| directory).or_else(|| self.path.iter().find(|it| has_server(it)).cloned())
    }

    fn lists_chinese_fonts(&self) -> bool {
        let Some(program) = self.program("fc-list") else { return false };
        Command::new(program).arg(":lang=zh-cn").output().is_ok_and(|output| !output.stdout.is_empty())
    }

    fn node_major(&self) -> Option<u32> {
        let output = Command::new(self.program("node")?).arg("--version").output().ok()?;
        let version = String::from_utf8(output.stdout).ok()?;
        version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
    }
}

fn has_server(directory: &Path) -> bool {
    directory.join("initdb").is_file() && directory.join("postgres").is_file()
}

/// The task: the machine's packages, then the console's.
///
/// # Errors
/// [`NeedsUser`] if the user must install something; otherwise a command that failed.
pub fn setup(args: &SetupArgs) -> Result<()> {
    prepare(args.purpose)?;
    web::install_if_stale()?;
    println!("setup: this machine is ready");
    Ok(())
}

/// Makes the machine ready, without the console's packages.
///
/// # Errors
/// [`NeedsUser`] if the user must install something.
pub fn prepare(purpose: Purpose) -> Result<()> {
    prepare_machine(&Machine::this(), purpose)
}

fn prepare_machine(machine: &Machine, purpose: Purpose) -> Result<()> {
    check_node(machine.node_major())?;
    let missing: Vec<&Need> =
        NEEDS.iter().filter(|need| purpose >= need.since).filter(|need| !(need.present)(machine)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.name).collect();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    println!("setup: missing here: {}; installing {}", names.join(", "), packages.join(" "));
    install(machine, &packages)?;
    let still: Vec<&str> =
        missing.iter().filter(|need| !(need.present)(machine)).map(|need| need.name).collect();
    if still.is_empty() {
        Ok(())
    } else {
        Err(anyhow!("still missing after the installation: {}", still.join(", ")))
    }
}

fn check_node(major: Option<u32>) -> Result<()> {
    let found = match major {
        Some(major) if major >= NODE_MAJOR_MIN => return Ok(()),
        Some(major) => format!("Node {major} is too old"),
        None => "Node is missing".to_owned(),
    };
    Err(NeedsUser(format!("{found}: install Node {NODE_MAJOR_MIN} or later, with npm, from nodejs.org"))
        .into())
}

fn install(machine: &Machine, packages: &[&str]) -> Result<()> {
    let by_hand = || NeedsUser(by_hand(machine, packages));
    let Some(apt_get) = machine.program("apt-get") else { return Err(by_hand().into()) };
    let Some(prefix) = privilege(machine) else { return Err(by_hand().into()) };
    let apt = |arguments: &[&str]| {
        let mut words = prefix.clone();
        words.extend(["env".into(), "DEBIAN_FRONTEND=noninteractive".into(), apt_get.display().to_string()]);
        words.extend(arguments.iter().map(|&word| word.to_owned()));
        let (program, rest) = words.split_first().ok_or_else(|| anyhow!("no command"))?;
        shell::run(Command::new(program).args(rest).stdin(Stdio::null()))
    };
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(packages);
    // A fresh machine has no package lists, and an old one has lists of versions that are gone.
    let installed = apt(&arguments).or_else(|_| apt(&["update", "-q"]).and_then(|()| apt(&arguments)));
    installed.map_err(|error| anyhow!(NeedsUser(format!("{error:#}\n{}", by_hand()))))
}

/// The words before a command that make it run as root, if that needs no password.
fn privilege(machine: &Machine) -> Option<Vec<String>> {
    if machine.user_is_root {
        return Some(Vec::new());
    }
    let sudo = machine.program("sudo")?.display().to_string();
    let quiet = Command::new(&sudo).args(["-n", "true"]).stderr(Stdio::null()).status().ok()?;
    quiet.success().then(|| vec![sudo, "-n".to_owned()])
}

fn by_hand(machine: &Machine, packages: &[&str]) -> String {
    let packages = packages.join(" ");
    if machine.program("apt-get").is_some() {
        format!(
            "please run: sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends {packages}'"
        )
    } else {
        format!("please install with this system's package manager what Debian calls: {packages}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use tempfile::TempDir;

    /// Debian's package manager as a script: it writes down what it is asked, fails `install` until `update` has run if
    /// there is a file `stale`, and installs what a compiler's package would.
    const APT_GET: &str = r#"
root=$(dirname "$0")/..
echo "$DEBIAN_FRONTEND $*" >> "$root/asked"
case "$1" in
  update) rm -f "$root/stale" ;;
  install)
    test ! -e "$root/stale" || exit 100
    for package in "$@"; do
      case "$package" in
        gcc) : > "$root/bin/cc" ;;
        libc6-dev) mkdir -p "$root/usr/include"; : > "$root/usr/include/stdio.h" ;;
      esac
    done ;;
esac
"#;

    struct Fake {
        directory: TempDir,
        machine: Machine,
    }

    impl Fake {
        /// A machine with Node, Debian's package manager and nothing else.
        fn bare() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let root = directory.path().to_owned();
            let fake = Self {
                directory,
                machine: Machine { path: vec![root.join("bin")], root, user_is_root: true },
            };
            fake.script("node", "echo v20.11.1");
            fake.script("apt-get", APT_GET);
            fake
        }

        fn file(&self, path: &str) -> PathBuf {
            let file = self.directory.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "").unwrap();
            file
        }

        /// The program is written by another process: a file that this one has open for writing may be inherited by a
        /// process that a test beside starts, and then cannot be run.
        fn script(&self, name: &str, text: &str) {
            let draft = self.file("draft");
            fs::write(&draft, format!("#!/bin/sh\n{text}\n")).unwrap();
            let mut copy = Command::new("sh");
            copy.args(["-c", "mkdir -p \"$2\" && cp \"$1\" \"$2/$3\" && chmod +x \"$2/$3\"", "sh"]);
            assert!(
                copy.arg(draft).arg(self.directory.path().join("bin")).arg(name).status().unwrap().success()
            );
        }

        fn asked(&self) -> String {
            fs::read_to_string(self.directory.path().join("asked")).unwrap_or_default()
        }

        fn prepare(&self, purpose: Purpose) -> Result<()> {
            prepare_machine(&self.machine, purpose)
        }

        fn told(&self, purpose: Purpose) -> String {
            let error = self.prepare(purpose).unwrap_err();
            assert!(error.is::<NeedsUser>(), "{error:#}");
            error.to_string()
        }
    }

    const INSTALL: &str = "noninteractive install -y -q --no-install-recommends gcc libc6-dev\n";

    #[test]
    fn what_is_missing_is_installed_without_a_question() {
        let fake = Fake::bare();
        fake.prepare(Purpose::Demo).unwrap();
        assert_eq!(fake.asked(), INSTALL);
        fake.prepare(Purpose::Demo).unwrap();
        assert_eq!(fake.asked(), INSTALL, "a machine that has everything is left alone");
    }

    #[test]
    fn old_package_lists_are_fetched_anew_once() {
        let fake = Fake::bare();
        fake.file("stale");
        fake.prepare(Purpose::Demo).unwrap();
        assert_eq!(fake.asked(), format!("{INSTALL}noninteractive update -q\n{INSTALL}"));
    }

    #[test]
    fn the_tests_also_need_a_browser_fonts_and_a_database_server() {
        let fake = Fake::bare();
        let error = fake.prepare(Purpose::Test).unwrap_err().to_string();
        assert!(
            fake.asked().ends_with("gcc libc6-dev chromium fonts-noto-cjk postgresql\n"),
            "{}",
            fake.asked()
        );
        assert_eq!(
            error,
            "still missing after the installation: Chromium, Chinese fonts, the PostgreSQL server"
        );
    }

    #[test]
    fn a_user_whose_sudo_needs_no_password_is_not_asked() {
        let mut fake = Fake::bare();
        fake.machine.user_is_root = false;
        fake.script("sudo", "test \"$1\" = -n && shift && exec \"$@\"");
        fake.prepare(Purpose::Demo).unwrap();
        assert_eq!(fake.asked(), INSTALL);
    }

    #[test]
    fn a_user_who_may_not_install_gets_the_one_command() {
        let mut fake = Fake::bare();
        fake.machine.user_is_root = false;
        let command = "please run: sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev'";
        assert_eq!(fake.told(Purpose::Demo), command);
        fake.script("sudo", "exit 1");
        assert_eq!(fake.told(Purpose::Demo), command);
        assert_eq!(fake.asked(), "");
    }

    #[test]
    fn another_system_is_told_what_to_look_for() {
        let fake = Fake::bare();
        fs::remove_file(fake.directory.path().join("bin/apt-get")).unwrap();
        let told = fake.told(Purpose::Demo);
        assert_eq!(
            told,
            "please install with this system's package manager what Debian calls: gcc libc6-dev"
        );
    }

    #[test]
    fn an_old_node_and_a_missing_one_are_told_apart() {
        let fake = Fake::bare();
        fake.script("node", "echo v18.20.4");
        let rest = "install Node 20 or later, with npm, from nodejs.org";
        assert_eq!(fake.told(Purpose::Demo), format!("Node 18 is too old: {rest}"));
        fs::remove_file(fake.directory.path().join("bin/node")).unwrap();
        assert_eq!(fake.told(Purpose::Demo), format!("Node is missing: {rest}"));
    }

    #[test]
    fn the_newest_whole_server_is_taken() {
        let fake = Fake::bare();
        for file in ["9/bin/initdb", "9/bin/postgres", "15/bin/initdb", "15/bin/postgres", "17/bin/psql"] {
            fake.file(&format!("usr/lib/postgresql/{file}"));
        }
        let expected = fake.directory.path().join("usr/lib/postgresql/15/bin");
        assert_eq!(fake.machine.postgres_programs(), Some(expected));
    }
}
