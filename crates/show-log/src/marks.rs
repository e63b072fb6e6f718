//! High-water marks: how far each log had come, kept outside the database.
//!
//! SQLite passes over a damaged end of its write-ahead file in silence: the database is whole, only shorter. A mark says
//! how long it was. It is written before an append is acknowledged, so that no death of the process leaves it behind, and
//! forced to the disk by [`Marks::flush`]: the end that can be lost unseen is what was appended in the moments before a
//! power cut that damaged the write-ahead file as well.
//!
//! A mark's file has two places that are written in turn, because a power cut may tear the one that is being written.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use livehand_kernel::{Phrase, ShowId};
use sha2::{Digest, Sha256};

use crate::{EventLog, Head, ReadError};

/// File name ending of a mark.
const EXTENSION: &str = "mark";
/// Bytes of each of the two places: a sector, which disks write as a whole.
const PLACE_BYTES: usize = 512;

/// Marks in a folder, one file each.
#[derive(Debug)]
pub struct Marks {
    folder: PathBuf,
    state: Mutex<BTreeMap<String, Mark>>,
}

/// The mark of one chain as far as this process moved it.
#[derive(Debug, Default)]
struct Mark {
    head: Option<Head>,
    /// Open once it was written.
    file: Option<File>,
    /// Which place is written next.
    place: u64,
    /// Written, as far as the operating system is concerned.
    written: bool,
    /// Forced to the disk.
    flushed: bool,
}

/// What is wrong with a log, compared with its mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GapKind {
    /// The log ends before its mark.
    Behind,
    /// The log is long enough but has another history.
    Diverged,
    /// The mark itself cannot be read.
    DamagedMark,
}

/// A log that is not what its mark says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Show id, or the name of another chain.
    pub name: String,
    /// Where the log had come to.
    pub marked: Head,
    /// Where it ends.
    pub found: Head,
    /// What is wrong.
    pub kind: GapKind,
}

impl Gap {
    /// What is wrong, for people.
    pub fn phrase(&self) -> Phrase {
        let (name, marked, found) = (&self.name, self.marked.sequence, self.found.sequence);
        match self.kind {
            GapKind::Behind => {
                let from = found + 1;
                Phrase::new(
                    format!(
                        "{name}: the database ends at {found}, its mark says {marked}: entries {from} to {marked} are missing"
                    ),
                    format!(
                        "{name}：数据库止于第 {found} 条，水位标记为 {marked}：缺少第 {from} 至 {marked} 条"
                    ),
                )
            }
            GapKind::Diverged => Phrase::new(
                format!("{name}: entry {marked} in the database is not the one that the mark was made for"),
                format!("{name}：数据库中的第 {marked} 条与水位标记不符"),
            ),
            GapKind::DamagedMark => {
                Phrase::new(format!("{name}: its mark cannot be read"), format!("{name}：水位标记无法读取"))
            }
        }
    }
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.phrase().fmt(f)
    }
}

impl Marks {
    /// Opens the marks in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// If the folder cannot be read or made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), state: Mutex::default() })
    }

    /// Notes how far a log has come, before anybody is told. Notes may come out of order; the farthest stands. What cannot
    /// be written is tried again by [`Marks::flush`], which says so if it still cannot.
    pub fn note(&self, name: &str, head: Head) {
        let mut state = self.locked();
        let mark = state.entry(name.to_owned()).or_default();
        if mark.head.is_some_and(|known| known.sequence >= head.sequence) {
            return;
        }
        (mark.head, mark.flushed) = (Some(head), false);
        mark.written = mark.write(name, &self.path(name)).is_ok();
    }

    /// Forces the marks that moved since the last time to the disk.
    ///
    /// # Errors
    /// If a mark cannot be written; it is tried again the next time.
    pub fn flush(&self) -> io::Result<()> {
        let mut moved = Vec::new();
        for (name, mark) in self.locked().iter_mut().filter(|(_, mark)| !mark.flushed) {
            if !mark.written {
                mark.write(name, &self.path(name))?;
                mark.written = true;
            }
            if let (Some(file), Some(head)) = (&mark.file, mark.head) {
                moved.push((name.clone(), head, file.try_clone()?));
            }
        }
        // Not under the lock: an append must not wait for the disk of the marks.
        for (_, _, file) in &moved {
            file.sync_data()?;
        }
        if !moved.is_empty() {
            File::open(&self.folder)?.sync_all()?;
        }
        let mut state = self.locked();
        for (name, head, _) in moved {
            if let Some(mark) = state.get_mut(&name) {
                mark.flushed = mark.head == Some(head);
            }
        }
        Ok(())
    }

    /// Takes a log as it is from now on; for an operator who accepted a gap.
    ///
    /// # Errors
    /// If the mark cannot be written.
    pub fn accept(&self, name: &str, head: Head) -> io::Result<()> {
        let mut state = self.locked();
        let part = self.folder.join(format!("{name}.part"));
        let mut file = File::create(&part)?;
        file.write_all(&place(name, head))?;
        file.sync_all()?;
        fs::rename(part, self.path(name))?;
        File::open(&self.folder)?.sync_all()?;
        let mark = Mark { head: Some(head), file: None, place: 1, written: true, flushed: true };
        state.insert(name.to_owned(), mark);
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{EXTENSION}"))
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, Mark>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every mark; an unreadable one has no head.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn all(&self) -> io::Result<BTreeMap<String, Option<Head>>> {
        let mut marks = BTreeMap::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION)
                && let Some(name) = path.file_stem().and_then(|stem| stem.to_str())
            {
                let farthest = places(name, &fs::read(&path)?).into_iter().flatten().max();
                marks.insert(name.to_owned(), farthest.map(|(sequence, hash)| Head { sequence, hash }));
            }
        }
        Ok(marks)
    }
}

impl Mark {
    fn write(&mut self, name: &str, path: &Path) -> io::Result<()> {
        let Some(head) = self.head else { return Ok(()) };
        if self.file.is_none() {
            let file = OpenOptions::new().create(true).truncate(false).write(true).read(true).open(path)?;
            // The place that holds the farther mark is the one to keep.
            let mut bytes = vec![0; 2 * PLACE_BYTES];
            let length = file.read_at(&mut bytes, 0)?;
            let known = places(name, bytes.get(..length).unwrap_or_default());
            self.place = u64::from(known.first().copied().flatten() > known.get(1).copied().flatten());
            self.file = Some(file);
        }
        if let Some(file) = &self.file {
            file.write_all_at(&place(name, head), self.place * PLACE_BYTES as u64)?;
            self.place = 1 - self.place;
        }
        Ok(())
    }
}

/// `sequence hash check`, padded, where the check tells a damaged mark from a lower one.
fn place(name: &str, head: Head) -> Vec<u8> {
    let mark = format!("{} {}", head.sequence, hex::encode(head.hash));
    let line = format!("{mark} {}", check(name, &mark));
    format!("{line:<width$}\n", width = PLACE_BYTES - 1).into_bytes()
}

fn check(name: &str, mark: &str) -> String {
    let digest = Sha256::digest(format!("{name} {mark}").as_bytes());
    hex::encode(digest.get(..8).unwrap_or_default())
}

/// What each place of a file says; nothing where it cannot be read.
fn places(name: &str, bytes: &[u8]) -> Vec<Option<(u64, [u8; 32])>> {
    let places = bytes.chunks(PLACE_BYTES);
    places.map(|place| parse(name, place).map(|head| (head.sequence, head.hash))).collect()
}

fn parse(name: &str, place: &[u8]) -> Option<Head> {
    if place.len() != PLACE_BYTES {
        return None;
    }
    let text = std::str::from_utf8(place).ok()?.strip_suffix('\n')?.trim_end_matches(' ');
    let (mark, found) = text.rsplit_once(' ')?;
    if check(name, mark) != found {
        return None;
    }
    let (sequence, hash) = mark.split_once(' ')?;
    let hash = <[u8; 32]>::try_from(hex::decode(hash).ok()?).ok()?;
    Some(Head { sequence: sequence.parse().ok()?, hash })
}

/// Compares every show's log with its mark, and raises marks that a log has passed. `skip` names marks of other chains.
///
/// # Errors
/// If the marks or the logs cannot be read.
pub async fn find_gaps(marks: &Marks, log: &dyn EventLog, skip: &[&str]) -> Result<Vec<Gap>, ReadError> {
    let all = marks.all().map_err(|error| {
        ReadError::Storage(livehand_storage::Error::Unusable(format!("the marks cannot be read: {error}")))
    })?;
    let mut gaps = Vec::new();
    for (name, marked) in all.into_iter().filter(|(name, _)| !skip.contains(&name.as_str())) {
        let show = ShowId(name.clone());
        let found = log.head(&show).await?;
        let Some(marked) = marked else {
            gaps.push(Gap { name, marked: Head::EMPTY, found, kind: GapKind::DamagedMark });
            continue;
        };
        if found.sequence < marked.sequence {
            gaps.push(Gap { name, marked, found, kind: GapKind::Behind });
        } else if marked != Head::EMPTY && log.hash_at(&show, marked.sequence).await? != Some(marked.hash) {
            gaps.push(Gap { name, marked, found, kind: GapKind::Diverged });
        } else {
            marks.note(&name, found);
        }
    }
    Ok(gaps)
}
