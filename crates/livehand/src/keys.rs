//! The key file of personal data: outside the data directory, so that whoever has a copy of the data has no key, and for
//! its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use livehand_app::{KeySource, Keyring, NoKeys};
use livehand_kernel::{Clock, Phrase};
use zeroize::Zeroizing;

use crate::data_dir::DataDir;
use crate::edge::{SystemClock, SystemEntropy};

/// Rights that nobody but the owner may have.
const OTHERS: u32 = 0o077;
/// Largest key file, in bytes.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Reads the file that the settings name, whenever the server asks.
pub fn source(data: &DataDir, file: Option<&Path>) -> KeySource {
    let (data, file) = (data.clone(), file.map(Path::to_owned));
    Arc::new(move || {
        let not_set = || NoKeys(Phrase::new("no key file is set", "未设置密钥文件"));
        read(&data, file.as_deref().ok_or_else(not_set)?)
    })
}

/// Reads a key file, if it is where and as it should be.
pub fn read(data: &DataDir, file: &Path) -> Result<Keyring, NoKeys> {
    let path = file.display();
    let broken = |error: &io::Error| {
        NoKeys(Phrase::new(
            format!("the key file {path} cannot be read: {error}"),
            format!("密钥文件 {path} 无法读取：{error}"),
        ))
    };
    let whole = fs::canonicalize(file).map_err(|error| broken(&error))?;
    if is_inside(data, &whole) {
        return Err(NoKeys(Phrase::new(
            format!(
                "the key file {path} lies in the data directory, where a copy of the data would take it along"
            ),
            format!("密钥文件 {path} 在数据目录之内，备份数据时会连同密钥一起带走"),
        )));
    }
    let mut opened = File::open(&whole).map_err(|error| broken(&error))?;
    let about = opened.metadata().map_err(|error| broken(&error))?;
    let rights = about.mode() & 0o777;
    if rights & OTHERS != 0 {
        return Err(NoKeys(Phrase::new(
            format!("others may read the key file {path} (mode {rights:o}); chmod 600 it"),
            format!("密钥文件 {path} 可被其他用户访问（权限 {rights:o}），请执行 chmod 600"),
        )));
    }
    let mut text = Zeroizing::new(String::new());
    let mut limited = (&mut opened).take(BYTES_MAX);
    limited.read_to_string(&mut text).map_err(|error| broken(&error))?;
    Keyring::parse(&text)
}

fn is_inside(data: &DataDir, file: &Path) -> bool {
    fs::canonicalize(data.path()).is_ok_and(|data| file.starts_with(data))
}

/// Makes a key file with one key; one that is there already is never written over.
pub fn make(file: &Path) -> anyhow::Result<Keyring> {
    let ring = Keyring::new(SystemClock.now(), &SystemEntropy);
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(file);
    let written = made.and_then(|mut opened| {
        opened.write_all(ring.to_text().as_bytes())?;
        opened.sync_all()
    });
    written.with_context(|| format!("cannot make {}", file.display()))?;
    sync_folder(file)?;
    Ok(ring)
}

/// Puts a changed ring in the place of the one in the file: either of them is there at any moment, whole.
pub fn replace(file: &Path, ring: &Keyring) -> anyhow::Result<()> {
    let part = part_of(file);
    let written = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&part);
    let written = written.and_then(|mut opened| {
        opened.write_all(ring.to_text().as_bytes())?;
        opened.sync_all()?;
        fs::rename(&part, file)
    });
    written.with_context(|| format!("cannot write {}", file.display()))?;
    sync_folder(file)
}

fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

fn sync_folder(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("cannot write {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_file_is_private_outside_the_data_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(&folder.path().join("data")).unwrap();
        let file = folder.path().join("keys.json");
        let ring = make(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        assert_eq!(read(&data, &file).unwrap().about(), ring.about());
        assert!(make(&file).is_err());
        let rotated = read(&data, &file).unwrap().rotated(SystemClock.now(), &SystemEntropy);
        replace(&file, &rotated).unwrap();
        assert_eq!(read(&data, &file).unwrap().about(), rotated.about());
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&data, &file).unwrap_err().0.en.contains("640"));
    }

    #[test]
    fn a_key_file_in_the_data_directory_is_refused_also_behind_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(&folder.path().join("data")).unwrap();
        let inside = data.path().join("keys.json");
        make(&inside).unwrap();
        let link = folder.path().join("link.json");
        std::os::unix::fs::symlink(&inside, &link).unwrap();
        for file in [&inside, &link] {
            assert!(read(&data, file).unwrap_err().0.en.contains("data directory"));
        }
        assert!(read(&data, &folder.path().join("nothing")).unwrap_err().0.en.contains("cannot be read"));
    }
}
