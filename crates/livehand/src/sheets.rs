//! Spreadsheets are read by a process of their own: this program, started anew for each file with nothing of the server
//! but the file, and with little memory and time. Whatever a file does to its reader, the server goes on.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use livehand_app::{SheetFile, SheetReader};
use livehand_prepare::sheet::{FILE_BYTES_MAX, Problem, Row, SheetError, TEXT_BYTES_MAX, Table};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// Files that are read at the same time.
const AT_ONCE: usize = 2;
/// Files that are read or wait for their turn; one more is refused at once, because each holds its bytes.
const WAITING_MAX: usize = 10;
/// How long a file may take.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// How long a file may wait for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(20);
/// Most that a reader may answer, in bytes: all text with each character escaped, and the signs between the cells.
const ANSWER_BYTES_MAX: u64 = 2 * TEXT_BYTES_MAX as u64 + 16 * 1024 * 1024;
/// Of what a reader says when it fails, so many bytes are looked at.
const STDERR_BYTES_MAX: u64 = 4 * 1024;
/// Longest name that is handed over, in characters.
const NAME_CHARS_MAX: usize = 200;

/// The setting of the allocator without which it takes a gibibyte of addresses at the start, within which no limit holds.
pub const ALLOCATOR_SETTING: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "0");

/// What the reader is asked: one line before the bytes of the file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Name of the file.
    pub name: String,
    /// The worksheet that is wanted.
    pub sheet: Option<String>,
}

/// What the reader answers: one line, and then one for each row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// The table without its rows, and how many follow.
    Table(Table, usize),
    /// Why it was not read.
    Refused(SheetError),
}

/// Reads files in processes of their own, two at a time.
pub fn reader() -> SheetReader {
    let (turns, places) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(Semaphore::new(WAITING_MAX)));
    Arc::new(move |file| {
        let (turns, places) = (turns.clone(), places.clone());
        Box::pin(async move {
            let busy = || SheetError::from(Problem::Busy);
            let _place = places.try_acquire().map_err(|_| busy())?;
            let turn = tokio::time::timeout(TURN_WITHIN, turns.acquire()).await;
            let _turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
            read(file).await
        })
    })
}

/// Reads one file in a process of its own.
///
/// # Errors
/// The file is refused, or its reader passes a limit.
pub async fn read(file: SheetFile) -> Result<Table, SheetError> {
    if file.bytes.len() > FILE_BYTES_MAX {
        return Err(Problem::TooLarge.into());
    }
    let mut child = start().map_err(|error| broken(&format!("it cannot be started: {error}")))?;
    // Whoever asked may hang up: the process ends with the future that this is.
    match tokio::time::timeout(READ_WITHIN, converse(&mut child, &file)).await {
        Ok(Ok((status, answer, complaint))) => taken(status, answer, &complaint).await,
        Ok(Err(error)) => Err(broken(&error.to_string())),
        Err(_) => {
            // It is dropped anyway; this waits for it, so that there are never more than were allowed.
            if let Err(error) = child.kill().await {
                tracing::error!(%error, "a process that reads a spreadsheet cannot be ended");
            }
            Err(Problem::TookTooLong.into())
        }
    }
}

fn start() -> std::io::Result<Child> {
    let mut command = Command::new(myself()?);
    command.arg("read-sheet").env_clear().env(ALLOCATOR_SETTING.0, ALLOCATOR_SETTING.1).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn()
}

/// This program: the file that runs, also when another was put in its place since.
fn myself() -> std::io::Result<PathBuf> {
    let running = Path::new("/proc/self/exe");
    if running.exists() { Ok(running.to_owned()) } else { std::env::current_exe() }
}

/// Hands the file over and listens to the end.
async fn converse(child: &mut Child, file: &SheetFile) -> std::io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let cut = |text: &str| text.chars().take(NAME_CHARS_MAX).collect::<String>();
    let asked = Asked { name: cut(&file.name), sheet: file.sheet.as_deref().map(cut) };
    let mut asked = serde_json::to_vec(&asked)?;
    asked.push(b'\n');
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let send = async {
        // A reader that has seen enough closes its end, which is no failure.
        if let Some(mut stdin) = stdin
            && stdin.write_all(&asked).await.is_ok()
        {
            let _ = stdin.write_all(&file.bytes).await;
        }
    };
    let (mut answer, mut complaint) = (Vec::new(), Vec::new());
    let hear = async {
        match stdout {
            Some(stdout) => stdout.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await.map(|_| ()),
            None => Ok(()),
        }
    };
    let note = async {
        if let Some(stderr) = stderr {
            let _ = stderr.take(STDERR_BYTES_MAX).read_to_end(&mut complaint).await;
        }
    };
    let ((), heard, ()) = tokio::join!(send, hear, note);
    heard?;
    Ok((child.wait().await?, answer, complaint))
}

/// What came of it, by how the process ended and what it said.
async fn taken(status: ExitStatus, answer: Vec<u8>, complaint: &[u8]) -> Result<Table, SheetError> {
    const ABORTED: i32 = 6;
    const KILLED: [i32; 2] = [9, 24];
    if status.success() {
        let parsed = tokio::task::spawn_blocking(move || parse(&answer)).await;
        return parsed.map_err(|error| broken(&error.to_string()))?;
    }
    let complaint = String::from_utf8_lossy(complaint);
    match status.signal() {
        // What Rust says when there is no memory left.
        Some(ABORTED) if complaint.contains("memory allocation of") => Err(Problem::TookTooMuch.into()),
        Some(signal) if KILLED.contains(&signal) => Err(Problem::TookTooLong.into()),
        _ => Err(broken(&format!("{status}: {}", livehand_kernel::display_text(&complaint)))),
    }
}

/// The table as the reader answered it; an answer that breaks off is none.
fn parse(answer: &[u8]) -> Result<Table, SheetError> {
    let wrong = |error: serde_json::Error| broken(&error.to_string());
    let mut lines = answer.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let (mut table, count) = match serde_json::from_slice(first).map_err(wrong)? {
        Answered::Refused(error) => return Err(error),
        Answered::Table(table, count) => (table, count),
    };
    let rows: Result<Vec<Row>, _> = lines.map(serde_json::from_slice).collect();
    table.rows = rows.map_err(wrong)?;
    if table.rows.len() != count {
        return Err(broken("its answer breaks off"));
    }
    Ok(table)
}

/// The reader did what it must not. The file is refused, and somebody must look at the reader.
fn broken(reason: &str) -> SheetError {
    tracing::error!("reading a spreadsheet failed: {reason}");
    Problem::Broken.into()
}
