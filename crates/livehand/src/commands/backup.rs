//! `livehand backup` and `livehand restore`. Both make their result beside its place, check it there as thoroughly as
//! `livehand doctor` does, and only then put it in place.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use livehand_kernel::Clock;
use livehand_show_log::Marks;
use livehand_storage::{Db, Engine};

use crate::checkup::{Finding, examine};
use crate::data_dir::DataDir;
use crate::edge::SystemClock;
use crate::exit::{self, DAMAGED, coded};
use crate::node::open_database;
use crate::settings::Settings;
use crate::words::{said, say};

pub async fn backup(data: &DataDir, to: &Path) -> anyhow::Result<u8> {
    if to.exists() {
        bail!(say(format!("{} exists already", to.display()), format!("{} 已存在", to.display())));
    }
    let settings = Settings::load(data)?;
    let db = open_database(data, &settings).await?;
    if db.engine() == Engine::Postgres {
        bail!("the data is in PostgreSQL; back it up with pg_dump, and {} with it", data.marks().display());
    }
    let part = fresh_part(to)?;
    let copy = DataDir::open(&part)?;
    // Marks first: a mark that is behind the copied database is true, one that is ahead would be a false alarm.
    copy_marks(data, &copy)?;
    crate::erased::carry(data, &copy)?;
    db.backup_to(&copy.database()).await.context("the database cannot be copied")?;
    check(&copy).await.context("the copy is damaged, so the data is, or the disk of the copy")?;
    fs::rename(&part, to).with_context(|| format!("cannot make {}", to.display()))?;
    sync_folder_of(to)?;
    println!(
        "{}",
        say(
            format!("backed up to {}, checked", to.display()),
            format!("已备份到 {}，并已校验", to.display())
        )
    );
    Ok(exit::DONE)
}

pub async fn restore(from: &Path, to: &Path, replace: bool) -> anyhow::Result<u8> {
    let source = DataDir::existing(from)?;
    let target = DataDir::open(to)?;
    let _locked = target.lock()?;
    if Settings::load(&target)?.database_url.is_some_and(|url| !url.starts_with("sqlite:")) {
        bail!("the settings name a PostgreSQL database, which is restored with pg_restore");
    }
    let in_use = holds_something(&target)?;
    if in_use && !replace {
        bail!(say(
            format!("{} holds data; --replace moves it aside", to.display()),
            format!("{} 已有数据；加 --replace 可将其移开", to.display())
        ));
    }
    let part = fresh_part(to)?;
    let copy = DataDir::open(&part)?;
    copy_marks(&source, &copy)?;
    // Who was erased since the backup is erased again at the start.
    crate::erased::carry(&source, &copy)?;
    crate::erased::carry(&target, &copy)?;
    fs::copy(source.database(), copy.database())
        .with_context(|| format!("{} is no backup", from.display()))?;
    let damaged = || say(format!("{} is damaged", from.display()), format!("{} 已损坏", from.display()));
    check(&copy).await.with_context(damaged)?;
    let settings = target.settings_file();
    if settings.exists() {
        fs::copy(settings, copy.settings_file()).context("cannot keep the settings")?;
    }
    let aside = with_suffix(to, &format!(".before-{}", SystemClock.now().0));
    fs::rename(to, &aside).with_context(|| format!("cannot move {} aside", to.display()))?;
    if let Err(error) = fs::rename(&part, to) {
        fs::rename(&aside, to).with_context(|| format!("cannot move {} back", aside.display()))?;
        return Err(error).with_context(|| format!("cannot make {}", to.display()));
    }
    sync_folder_of(to)?;
    if in_use {
        println!(
            "{}",
            say(
                format!("what was there is now in {}", aside.display()),
                format!("原有数据已移到 {}", aside.display())
            )
        );
    } else {
        fs::remove_dir_all(&aside)?;
    }
    println!(
        "{}",
        say(
            format!("restored into {}, checked", to.display()),
            format!("已恢复到 {}，并已校验", to.display())
        )
    );
    Ok(exit::DONE)
}

/// Checks a copy that nobody else uses, and forces it to the disk.
async fn check(copy: &DataDir) -> anyhow::Result<()> {
    let db = Db::open(&format!("sqlite:{}", copy.database().display())).await?;
    let marks = Marks::open(&copy.marks())?;
    let mut wrong = Vec::new();
    let whole = examine(&db, &marks, |Finding { good, text }| {
        if !good {
            wrong.push(said(&text));
        }
    });
    let whole = whole.await;
    db.close().await;
    if !whole? {
        return Err(coded(DAMAGED, wrong.join("; ")));
    }
    marks.flush()?;
    File::open(copy.database())?.sync_all()?;
    File::open(copy.path())?.sync_all()?;
    Ok(())
}

/// Whether a directory holds anything that a restored one would not: data, or files that have nothing to do with Livehand.
fn holds_something(target: &DataDir) -> anyhow::Result<bool> {
    for entry in fs::read_dir(target.path())? {
        let path = entry?.path();
        // The lock was made a moment ago, and the settings are kept.
        if path != target.lock_file() && path != target.settings_file() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An empty directory beside `place`, which becomes it in the end. What an interrupted attempt left is removed.
fn fresh_part(place: &Path) -> anyhow::Result<PathBuf> {
    let part = with_suffix(place, ".part");
    if part.exists() {
        fs::remove_dir_all(&part).with_context(|| format!("cannot remove {}", part.display()))?;
    }
    Ok(part)
}

fn copy_marks(from: &DataDir, to: &DataDir) -> anyhow::Result<()> {
    fs::create_dir_all(to.marks())?;
    let Ok(entries) = fs::read_dir(from.marks()) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|it| it == "mark")) {
            fs::copy(&path, to.marks().join(name))?;
        }
    }
    Ok(())
}

fn sync_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    Ok(File::open(folder)?.sync_all()?)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    // A trailing slash would put the suffix inside.
    let mut name = path.components().as_path().as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
