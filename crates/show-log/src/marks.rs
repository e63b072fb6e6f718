//! High-water marks: how far each log had come, kept outside the database.
//!
//! SQLite passes over a damaged end of its write-ahead file in silence: the database is whole, only shorter. A mark says
//! how long it was. The end that can be lost unseen is what was appended since the last [`Marks::flush`].

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use livehand_kernel::ShowId;
use sha2::{Digest, Sha256};

use crate::{EventLog, Head, ReadError};

/// File name ending of a mark.
const EXTENSION: &str = "mark";

/// Marks in a folder, one file each.
#[derive(Debug)]
pub struct Marks {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    noted: BTreeMap<String, Head>,
    flushed: BTreeMap<String, Head>,
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

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, marked, found) = (&self.name, self.marked.sequence, self.found.sequence);
        match self.kind {
            GapKind::Behind => {
                write!(
                    f,
                    "{name}: the database ends at {found}, its mark says {marked}: entries {} to {marked} are missing",
                    found + 1
                )
            }
            GapKind::Diverged => {
                write!(f, "{name}: entry {marked} in the database is not the one that the mark was made for")
            }
            GapKind::DamagedMark => write!(f, "{name}: its mark cannot be read"),
        }
    }
}

impl Marks {
    /// Opens the marks in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// If the folder cannot be read or made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), state: Mutex::new(State::default()) })
    }

    /// Notes how far a log has come; cheap. Notes may come out of order; the farthest stands.
    pub fn note(&self, name: &str, head: Head) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = state.noted.entry(name.to_owned()).or_insert(head);
        if noted.sequence < head.sequence {
            *noted = head;
        }
    }

    /// Writes the marks that moved since the last time.
    ///
    /// # Errors
    /// If a mark cannot be written; it is tried again the next time.
    pub fn flush(&self) -> io::Result<()> {
        let moved: Vec<(String, Head)> = {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let moved = state.noted.iter().filter(|(name, head)| state.flushed.get(*name) != Some(head));
            moved.map(|(name, head)| (name.clone(), *head)).collect()
        };
        for (name, head) in &moved {
            self.write(name, *head)?;
        }
        if !moved.is_empty() {
            File::open(&self.folder)?.sync_all()?;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.flushed.extend(moved);
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{EXTENSION}"))
    }

    fn write(&self, name: &str, head: Head) -> io::Result<()> {
        let part = self.folder.join(format!("{name}.part"));
        let mut file = File::create(&part)?;
        file.write_all(line(name, head).as_bytes())?;
        file.sync_all()?;
        fs::rename(part, self.path(name))
    }

    /// Takes a log as it is from now on; for an operator who accepted a gap.
    ///
    /// # Errors
    /// If the mark cannot be written.
    pub fn accept(&self, name: &str, head: Head) -> io::Result<()> {
        self.write(name, head)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.noted.insert(name.to_owned(), head);
        state.flushed.insert(name.to_owned(), head);
        Ok(())
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
                marks.insert(name.to_owned(), parse(name, &fs::read(&path)?));
            }
        }
        Ok(marks)
    }
}

/// `sequence hash check`, where the check tells a damaged mark from a lower one.
fn line(name: &str, head: Head) -> String {
    let mark = format!("{} {}", head.sequence, hex::encode(head.hash));
    format!("{mark} {}\n", check(name, &mark))
}

fn check(name: &str, mark: &str) -> String {
    let digest = Sha256::digest(format!("{name} {mark}").as_bytes());
    hex::encode(digest.get(..8).unwrap_or_default())
}

fn parse(name: &str, bytes: &[u8]) -> Option<Head> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (mark, found) = text.rsplit_once(' ')?;
    if check(name, mark) != found {
        return None;
    }
    let (sequence, hash) = mark.split_once(' ')?;
    let hash = <[u8; 32]>::try_from(hex::decode(hash).ok()?).ok()?;
    Some(Head { sequence: sequence.parse().ok()?, hash })
}

/// Compares every show's log with its mark. `skip` names marks of other chains.
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
        }
    }
    Ok(gaps)
}
