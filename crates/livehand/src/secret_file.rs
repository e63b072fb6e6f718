//! Files with secrets: for their owner only.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, bail};
use zeroize::Zeroizing;

use crate::words::say;

/// Rights that nobody but the owner may have.
const OTHERS: u32 = 0o077;
/// Largest file, in bytes.
const BYTES_MAX: u64 = 64 * 1024;

/// The text of a file that nobody but its owner may read.
pub fn read(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let path = file.display();
    let cannot = || say(format!("cannot read {path}"), format!("无法读取 {path}"));
    let mut opened = File::open(file).with_context(cannot)?;
    let rights = opened.metadata().with_context(cannot)?.mode() & 0o777;
    if rights & OTHERS != 0 {
        bail!(say(
            format!("others may read {path} (mode {rights:o}); chmod 600 it"),
            format!("{path} 可被其他用户访问（权限 {rights:o}），请执行 chmod 600")
        ));
    }
    let mut text = Zeroizing::new(String::new());
    (&mut opened).take(BYTES_MAX).read_to_string(&mut text).with_context(cannot)?;
    Ok(text)
}
