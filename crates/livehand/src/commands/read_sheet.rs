//! `livehand read-sheet`, which the server starts for each upload. It gives itself limits before it reads a byte, and then
//! does nothing but read: a file of a stranger, from the standard input to the standard output.

use std::io::{self, BufRead, Read, Write};

use livehand_prepare::sheet::FILE_BYTES_MAX;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::exit;
use crate::sheets::{ALLOCATOR_SETTING, Answered, Asked};

/// Addresses that the process may have, in bytes: its program, the file, and what is made of it.
const MEMORY_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Processor time, in seconds.
const PROCESSOR_SECONDS_MAX: u64 = 10;
/// Longest first line, in bytes.
const ASKED_BYTES_MAX: u64 = 16 * 1024;

/// Reads one file; the exit code.
pub fn run() -> u8 {
    match limit_myself().and_then(|()| read()) {
        Ok(()) => exit::DONE,
        Err(error) => {
            eprintln!("livehand read-sheet: {error}");
            exit::FAILED
        }
    }
}

fn limit_myself() -> io::Result<()> {
    let (name, value) = ALLOCATOR_SETTING;
    if std::env::var_os(name).is_none_or(|set| set != value) {
        return Err(io::Error::other(format!("the server starts this, with {name}={value}")));
    }
    for (resource, most) in [
        (Resource::RLIMIT_AS, MEMORY_BYTES_MAX),
        (Resource::RLIMIT_CPU, PROCESSOR_SECONDS_MAX),
        // No file is written or opened, and what stood in memory is not kept when the process fails.
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_NOFILE, 3),
        (Resource::RLIMIT_CORE, 0),
    ] {
        // Whoever runs the server may have set less.
        let (_, allowed) = getrlimit(resource)?;
        let most = most.min(allowed);
        setrlimit(resource, most, most)?;
    }
    Ok(())
}

fn read() -> io::Result<()> {
    let mut input = io::BufReader::new(io::stdin().lock());
    let mut asked = Vec::new();
    input.by_ref().take(ASKED_BYTES_MAX).read_until(b'\n', &mut asked)?;
    let asked: Asked = serde_json::from_slice(&asked)?;
    let mut bytes = Vec::new();
    input.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    let read = livehand_connectors::sheet::read(&bytes, &asked.name, asked.sheet.as_deref());
    drop(bytes);
    let mut output = io::BufWriter::new(io::stdout().lock());
    let answered = match read {
        Ok(mut table) => {
            let rows = std::mem::take(&mut table.rows);
            line(&mut output, &Answered::Table(table, rows.len()))?;
            rows.iter().try_for_each(|row| line(&mut output, row))
        }
        Err(error) => line(&mut output, &Answered::Refused(error)),
    };
    answered.and_then(|()| output.flush())
}

fn line(output: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, value)?;
    output.write_all(b"\n")
}
