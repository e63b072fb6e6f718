//! `livehand backup` and `livehand restore`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use livehand_kernel::Clock;
use livehand_show_log::{Marks, SqlLog};
use livehand_storage::Db;

use crate::data_dir::DataDir;
use crate::edge::SystemClock;
use crate::exit;
use crate::node::{check_marks, open_database};
use crate::settings::Settings;

const DATABASE: &str = "livehand.db";
const MARKS: &str = "marks";

pub async fn backup(data: &DataDir, to: &Path) -> anyhow::Result<u8> {
    if to.exists() {
        bail!("{} exists already", to.display());
    }
    let settings = Settings::load(data.path())?;
    let db = open_database(data, &settings).await?;
    let part = with_suffix(to, ".part");
    if part.exists() {
        fs::remove_dir_all(&part).with_context(|| format!("cannot remove {}", part.display()))?;
    }
    fs::create_dir_all(part.join(MARKS)).with_context(|| format!("cannot make {}", part.display()))?;
    // Marks first: a mark that is behind the copied database is true, one that is ahead would be a false alarm.
    copy_files(&data.marks(), &part.join(MARKS))?;
    db.backup_to(&part.join(DATABASE)).await.context("the database cannot be copied")?;
    fs::rename(&part, to).with_context(|| format!("cannot make {}", to.display()))?;
    println!("backed up to {}, checked", to.display());
    Ok(exit::DONE)
}

pub async fn restore(from: &Path, to: &Path, replace: bool) -> anyhow::Result<u8> {
    check(from).await?;
    let in_use = fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some());
    if in_use {
        let _locked = DataDir::open(to)?.lock()?;
        if !replace {
            bail!("{} is not empty; --replace moves what is there aside", to.display());
        }
        let aside = with_suffix(to, &format!(".before-{}", SystemClock.now().0));
        fs::rename(to, &aside).with_context(|| format!("cannot move {} aside", to.display()))?;
        println!("what was there is now in {}", aside.display());
    }
    let data = DataDir::open(to)?;
    fs::create_dir_all(data.marks())?;
    copy_files(&from.join(MARKS), &data.marks())?;
    fs::copy(from.join(DATABASE), data.database()).context("the database cannot be copied")?;
    fs::File::open(data.database())?.sync_all()?;
    println!("restored into {}", to.display());
    Ok(exit::DONE)
}

/// Opens a copy of the backup and compares it with its marks, so that a damaged backup is found before it replaces anything.
async fn check(from: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join(DATABASE);
    fs::copy(from.join(DATABASE), &copy).with_context(|| format!("{} is no backup", from.display()))?;
    let db = Db::open(&format!("sqlite:{}", copy.display())).await.context("the backup is damaged")?;
    let marks = Marks::open(&from.join(MARKS))?;
    let gaps = check_marks(&db, &SqlLog::new(db.clone()), &marks).await?;
    db.close().await;
    match gaps.first() {
        None => Ok(()),
        Some(gap) => bail!("the backup is damaged: {gap}"),
    }
}

fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
