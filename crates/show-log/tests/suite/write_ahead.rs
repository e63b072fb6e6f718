//! A write-ahead file that was lost, cut or damaged while the program was down. SQLite opens such a database without a
//! word; the mark must tell.

use std::fs;
use std::path::{Path, PathBuf};

use livehand_show_log::{EventLog, Gap, GapKind, Head, Marks, SqlLog, find_gaps};
use livehand_storage::Db;
use tempfile::TempDir;

use crate::{append, show};

const BATCHES: usize = 12;
/// Size of the header of a write-ahead file, in bytes.
const HEADER: usize = 32;

/// A database as a power cut leaves it: the files were copied while they were in use.
struct Copied {
    folder: TempDir,
    database: Vec<u8>,
    wal: Vec<u8>,
    end: Head,
}

impl Copied {
    /// `settled` folds the schema and the first batches into the database first.
    async fn make(settled: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("live.db");
        let url = format!("sqlite:{}", path.display());
        let marks = Marks::open(&folder.path().join("marks")).unwrap();
        let mut db = Db::open(&url).await.unwrap();
        if settled {
            let log = SqlLog::new(db.clone());
            append(&log, "settled", 5).await;
            db.close().await;
            db = Db::open(&url).await.unwrap();
        }
        let log = SqlLog::new(db.clone());
        let mut end = Head::EMPTY;
        for n in 0..BATCHES {
            end = append(&log, &format!("b{n}"), 5).await;
        }
        marks.note("s1", end);
        marks.flush().unwrap();
        let copied =
            Self { database: fs::read(&path).unwrap(), wal: fs::read(wal_of(&path)).unwrap(), end, folder };
        db.close().await;
        assert!(copied.wal.len() > HEADER + 4096 * BATCHES, "the batches are in the write-ahead file");
        copied
    }

    /// What is found when the program starts with this write-ahead file.
    async fn start_with(&self, wal: Option<&[u8]>) -> Result<Vec<Gap>, String> {
        let folder = TempDir::new_in(self.folder.path()).unwrap();
        let path = folder.path().join("copy.db");
        fs::write(&path, &self.database).unwrap();
        if let Some(wal) = wal {
            fs::write(wal_of(&path), wal).unwrap();
        }
        let opened = Db::open(&format!("sqlite:{}", path.display())).await;
        let db = opened.map_err(|error| error.to_string())?;
        let marks = Marks::open(&self.folder.path().join("marks")).unwrap();
        let log = SqlLog::new(db.clone());
        let gaps = find_gaps(&marks, &log, &[]).await.map_err(|error| error.to_string());
        if let Ok(gaps) = &gaps
            && gaps.is_empty()
        {
            assert_eq!(log.head(&show()).await.unwrap(), self.end);
        }
        db.close().await;
        gaps
    }

    fn assert_named(&self, case: &str, found: Result<Vec<Gap>, String>) {
        match found {
            Ok(gaps) => {
                assert_eq!(gaps.len(), 1, "{case}: the loss went unnoticed");
                assert_eq!((gaps[0].kind.clone(), gaps[0].marked), (GapKind::Behind, self.end), "{case}");
                let missing =
                    format!("entries {} to {} are missing", gaps[0].found.sequence + 1, self.end.sequence);
                assert!(gaps[0].to_string().contains(&missing), "{case}: {}", gaps[0]);
            }
            Err(message) => assert!(!message.is_empty(), "{case}"),
        }
    }
}

fn wal_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", path.display()))
}

#[tokio::test]
async fn an_untouched_copy_has_everything() {
    for settled in [false, true] {
        let copied = Copied::make(settled).await;
        assert_eq!(copied.start_with(Some(&copied.wal)).await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn a_deleted_write_ahead_file_is_named() {
    for settled in [false, true] {
        let copied = Copied::make(settled).await;
        let found = copied.start_with(None).await;
        copied.assert_named("deleted", found.clone());
        let kept = if settled { 5 } else { 0 };
        assert!(found.is_ok_and(|gaps| gaps[0].found.sequence == kept));
    }
}

#[tokio::test]
async fn a_write_ahead_file_that_was_cut_is_named() {
    for settled in [false, true] {
        let copied = Copied::make(settled).await;
        let length = copied.wal.len();
        let mut kept: Vec<usize> = (0..12).map(|n| length * n / 12).collect();
        kept.extend([1, HEADER - 1, HEADER, length - 4096, length - 24, length - 1]);
        for kept in kept {
            let found = copied.start_with(Some(&copied.wal[..kept])).await;
            copied.assert_named(&format!("{kept} of {length} bytes"), found);
        }
    }
}

#[tokio::test]
async fn one_flipped_bit_in_a_write_ahead_file_is_named() {
    for settled in [false, true] {
        let copied = Copied::make(settled).await;
        let length = copied.wal.len();
        let header = (0..HEADER).step_by(3);
        let frames = (0..32).map(|n| HEADER + (length - HEADER) * n / 32 + n * 5 % 4096);
        for place in header.chain(frames).chain([length - 1]).filter(|place| *place < length) {
            let mut damaged = copied.wal.clone();
            damaged[place] ^= 1 << (place % 8);
            let found = copied.start_with(Some(&damaged)).await;
            copied.assert_named(&format!("byte {place} of {length}"), found);
        }
    }
}
