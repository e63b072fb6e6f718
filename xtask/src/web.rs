//! The console: its packages and its build, each only when something changed.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Result;

use crate::shell;

/// Directories of web/ that hold no source of the console.
const NOT_SOURCE: [&str; 4] = ["node_modules", "dist", "browser", "screenshots"];

/// The directory of the console.
pub fn directory() -> PathBuf {
    shell::root().join("web")
}

/// `npm ci`, unless the packages are those of the lock file.
///
/// # Errors
/// npm failed.
pub fn install_if_stale() -> Result<()> {
    let web = directory();
    // npm writes its own copy of the lock file last, so an interrupted installation counts as none.
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    let wanted = modified(&web.join("package-lock.json"));
    if installed.is_some() && installed >= wanted {
        return Ok(());
    }
    println!("web: installing the console's packages");
    shell::run(shell::command("npm").args(["--prefix", "web", "ci", "--no-audit", "--no-fund"]))
}

/// Builds web/dist, unless it is newer than every source.
///
/// # Errors
/// npm failed.
pub fn build_if_stale() -> Result<()> {
    install_if_stale()?;
    let web = directory();
    let built = modified(&web.join("dist/index.html"));
    if built.is_some() && built >= newest_source(&web) {
        println!("web: web/dist is up to date");
        return Ok(());
    }
    println!("web: building the console");
    shell::run(&mut shell::npm_run("build"))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// When a source was last changed. A directory counts with its own time, because a removed file leaves no other trace;
/// web/ itself does not, because the build changes it.
fn newest_source(web: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(web).into_iter().flatten().flatten();
    let sources = entries.filter(|entry| !NOT_SOURCE.iter().any(|name| entry.file_name() == *name));
    sources.filter_map(|entry| newest_in(&entry.path())).max()
}

fn newest_in(path: &Path) -> Option<SystemTime> {
    let own = modified(path);
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    own.max(entries.filter_map(|entry| newest_in(&entry.path())).max())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::time::Duration;

    fn touch(path: &Path, seconds: u64) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = File::create(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn a_changed_source_is_newer_than_the_build_and_packages_do_not_count() {
        let directory = tempfile::tempdir().unwrap();
        let web = directory.path();
        touch(&web.join("package.json"), 10);
        touch(&web.join("node_modules/a/index.js"), 4_000_000_000);
        touch(&web.join("browser/story.test.mjs"), 4_000_000_000);
        assert_eq!(newest_source(web), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(10)));
        touch(&web.join("src/app/main.ts"), 3_000_000_000);
        assert_eq!(newest_source(web), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(3_000_000_000)));
    }
}
