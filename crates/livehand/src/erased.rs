//! The customers who were erased, by their ids, outside the database: a backup from before an erasure brings nobody back. The
//! file is only added to, and its ids say nothing about anybody.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use livehand_app::NoteErased;
use livehand_kernel::CustomerId;

use crate::data_dir::DataDir;

/// Longest id; what is longer is no id, such as the rest of a line that was torn.
const ID_BYTES_MAX: usize = 64;

/// Writes ids into the file of a data directory, durably.
pub fn writer(data: &DataDir) -> NoteErased {
    let file = data.erased();
    Arc::new(move |customer: &CustomerId| add(&file, customer))
}

fn add(file: &Path, customer: &CustomerId) -> io::Result<()> {
    let mut opened = OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    // A line that was torn by a crash must not swallow this one.
    opened.write_all(format!("\n{}\n", customer.as_str()).as_bytes())?;
    opened.sync_all()
}

/// The ids in the file of a data directory; none if there is none.
pub fn read(data: &DataDir) -> anyhow::Result<Vec<CustomerId>> {
    let file = data.erased();
    let text = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("cannot read {}", file.display()))?,
    };
    let plain = |line: &&str| {
        !line.is_empty()
            && line.len() <= ID_BYTES_MAX
            && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let ids: BTreeSet<&str> = text.lines().filter(plain).collect();
    Ok(ids.into_iter().map(CustomerId::from).collect())
}

/// Adds what stands in the file of one directory to that of another.
pub fn carry(from: &DataDir, to: &DataDir) -> anyhow::Result<()> {
    let known: BTreeSet<CustomerId> = read(to)?.into_iter().collect();
    for customer in read(from)?.iter().filter(|customer| !known.contains(customer)) {
        add(&to.erased(), customer).with_context(|| format!("cannot write {}", to.erased().display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_added_once_each_and_a_torn_line_swallows_none() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let (one, two) = (DataDir::open(&one).unwrap(), DataDir::open(&two).unwrap());
        assert_eq!(read(&one).unwrap(), []);
        let write = writer(&one);
        write(&CustomerId::from("c-1")).unwrap();
        let mut torn = OpenOptions::new().append(true).open(one.erased()).unwrap();
        torn.write_all("c-2 王".as_bytes()).unwrap();
        write(&CustomerId::from("c-3")).unwrap();
        writer(&two)(&CustomerId::from("c-3")).unwrap();
        carry(&one, &two).unwrap();
        carry(&one, &two).unwrap();
        assert_eq!(read(&two).unwrap(), [CustomerId::from("c-1"), CustomerId::from("c-3")]);
        assert_eq!(fs::read_to_string(two.erased()).unwrap().matches("c-1").count(), 1);
    }
}
