//! High-water marks: what they remember, and what they find.

use std::fs;
use std::path::Path;

use livehand_show_log::{EventLog, GapKind, Head, Marks, MemoryLog, SqlLog, find_gaps};
use livehand_storage::Db;

use crate::{append, show};

fn head(sequence: u64) -> Head {
    Head { sequence, hash: [3; 32] }
}

#[test]
fn a_mark_is_there_for_the_next_process_as_soon_as_it_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::open(&folder.path().join("new/marks")).unwrap();
    marks.note("s1", head(4));
    marks.note("s1", head(9));
    marks.note("s1", head(7));
    marks.note("s2", head(1));
    let again = Marks::open(&folder.path().join("new/marks")).unwrap();
    let all: Vec<_> = again.all().unwrap().into_iter().collect();
    assert_eq!(all, [("s1".to_owned(), Some(head(9))), ("s2".to_owned(), Some(head(1)))]);
    marks.flush().unwrap();
    assert_eq!(again.all().unwrap(), marks.all().unwrap());
}

#[test]
fn a_mark_that_was_torn_while_it_was_written_leaves_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s1.mark");
    for last in 2..9 {
        let marks = Marks::open(folder.path()).unwrap();
        marks.note("s1", head(last));
        let whole = fs::read(&file).unwrap();
        let newest = if last % 2 == 0 { 0 } else { 512 };
        for kept in [0, 1, 40, 511] {
            let mut torn = whole.clone();
            torn[newest + kept..newest + 512].fill(0);
            fs::write(&file, &torn).unwrap();
            let expected = if last == 2 { None } else { Some(head(last - 1)) };
            assert_eq!(marks.all().unwrap()["s1"], expected, "{last}, torn after {kept} bytes");
        }
        fs::write(&file, &whole).unwrap();
        assert_eq!(marks.all().unwrap()["s1"], Some(head(last)));
    }
}

#[tokio::test]
async fn a_log_that_passed_its_mark_raises_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = MemoryLog::default();
    Marks::open(folder.path()).unwrap().note("s1", append(&log, "a", 3).await);
    let end = append(&log, "b", 2).await;
    let marks = Marks::open(folder.path()).unwrap();
    assert_eq!(find_gaps(&marks, &log, &[]).await.unwrap(), []);
    assert_eq!(marks.all().unwrap()["s1"], Some(end));
}

#[test]
fn a_mark_that_could_not_be_written_is_written_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("marks");
    let marks = Marks::open(&path).unwrap();
    fs::remove_dir(&path).unwrap();
    marks.note("s1", head(4));
    assert!(marks.flush().is_err());
    fs::create_dir(&path).unwrap();
    marks.flush().unwrap();
    assert_eq!(marks.all().unwrap()["s1"], Some(head(4)));
}

#[test]
fn a_flipped_bit_anywhere_in_a_mark_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::open(folder.path()).unwrap();
    marks.note("s1", head(1_234_567));
    marks.flush().unwrap();
    let file = folder.path().join("s1.mark");
    let whole = fs::read(&file).unwrap();
    for n in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[n] ^= 1 << bit;
            fs::write(&file, &damaged).unwrap();
            assert_eq!(marks.all().unwrap()["s1"], None, "byte {n}, bit {bit}");
        }
    }
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        assert_eq!(marks.all().unwrap()["s1"], None, "{length} bytes");
    }
    fs::write(folder.path().join("s2.mark"), &whole).unwrap();
    assert_eq!(marks.all().unwrap()["s2"], None, "the mark of another show");
}

#[tokio::test]
async fn a_damaged_mark_is_a_gap_and_other_chains_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::open(folder.path()).unwrap();
    let log = MemoryLog::default();
    let end = append(&log, "a", 3).await;
    marks.note("s1", end);
    marks.note("audit", head(8));
    marks.flush().unwrap();
    assert_eq!(find_gaps(&marks, &log, &["audit"]).await.unwrap(), []);
    fs::write(folder.path().join("s1.mark"), b"1 2 3\n").unwrap();
    let gaps = find_gaps(&marks, &log, &["audit"]).await.unwrap();
    assert_eq!((gaps.len(), gaps[0].kind.clone(), gaps[0].found), (1, GapKind::DamagedMark, end));
    assert!(gaps[0].to_string().contains("s1"));
}

#[tokio::test]
async fn a_log_that_went_on_after_its_mark_has_no_gap() {
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::open(folder.path()).unwrap();
    let log = MemoryLog::default();
    marks.note("s1", append(&log, "a", 3).await);
    marks.flush().unwrap();
    append(&log, "b", 3).await;
    assert_eq!(find_gaps(&marks, &log, &[]).await.unwrap(), []);
}

async fn open(path: &Path) -> (Db, SqlLog) {
    let db = Db::open(&format!("sqlite:{}", path.display())).await.unwrap();
    (db.clone(), SqlLog::new(db))
}

#[tokio::test]
async fn a_database_restored_from_an_older_copy_lacks_what_its_mark_names() {
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::open(&folder.path().join("marks")).unwrap();
    let (db, log) = open(&folder.path().join("live.db")).await;
    append(&log, "a", 3).await;
    db.backup_to(&folder.path().join("old.db")).await.unwrap();
    let end = append(&log, "b", 4).await;
    marks.note("s1", end);
    marks.flush().unwrap();
    db.close().await;

    let (db, log) = open(&folder.path().join("old.db")).await;
    let gaps = find_gaps(&marks, &log, &[]).await.unwrap();
    let found = log.head(&show()).await.unwrap();
    assert_eq!((gaps.len(), gaps[0].kind.clone()), (1, GapKind::Behind));
    assert_eq!((gaps[0].marked, gaps[0].found), (end, found));
    assert!(gaps[0].to_string().contains("entries 4 to 7 are missing"), "{}", gaps[0]);

    // Somebody goes on with the older copy: long enough, but another history.
    append(&log, "other", 5).await;
    let gaps = find_gaps(&marks, &log, &[]).await.unwrap();
    assert_eq!((gaps.len(), gaps[0].kind.clone()), (1, GapKind::Diverged));
    assert!(gaps[0].to_string().contains("entry 7"), "{}", gaps[0]);

    let found = log.head(&show()).await.unwrap();
    marks.accept("s1", found).unwrap();
    assert_eq!(find_gaps(&marks, &log, &[]).await.unwrap(), []);
    let reopened = Marks::open(&folder.path().join("marks")).unwrap();
    assert_eq!(find_gaps(&reopened, &log, &[]).await.unwrap(), []);
    db.close().await;
}

#[tokio::test]
async fn a_gap_that_was_accepted_does_not_come_back_with_a_late_flush() {
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::open(folder.path()).unwrap();
    let log = MemoryLog::default();
    let end = append(&log, "a", 3).await;
    marks.note("s1", head(50));
    marks.flush().unwrap();
    marks.accept("s1", end).unwrap();
    marks.flush().unwrap();
    assert_eq!(marks.all().unwrap()["s1"], Some(end));
    marks.note("s1", append(&log, "b", 1).await);
    marks.flush().unwrap();
    assert_eq!(find_gaps(&marks, &log, &[]).await.unwrap(), []);
}
